//! What the first bytes of a file say of how it is encoded.

/// The byte order mark that some programs write before UTF-8 text.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// First bytes of files that are no plain text, what they are, and a command
/// that makes text of them.
const SIGNATURES: [(&[u8], &str, &str); 4] = [
    (b"\x28\xb5\x2f\xfd", "compressed with zstd", "zstd -d"),
    (b"\xfd7zXZ\0", "compressed with xz", "xz -d"),
    (b"BZh", "compressed with bzip2", "bzip2 -d"),
    (b"PK\x03\x04", "a zip archive or a workbook", "unzip"),
];

/// Why bytes are not the UTF-8 text that they should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Foreign {
    /// What the bytes are.
    pub what: &'static str,
    /// A command that makes UTF-8 text of them.
    pub help: &'static str,
}

/// Bytes without a byte order mark of UTF-8 at their start.
#[must_use]
pub fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(MARK).unwrap_or(bytes)
}

/// Whether bytes are the start of a gzip file.
#[must_use]
pub fn is_gzip(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\x1f\x8b")
}

/// What the bytes at the start of a file are, where they are a known encoding
/// other than UTF-8; gzip included.
#[must_use]
pub fn foreign(start: &[u8]) -> Option<Foreign> {
    let of = |what, help| Some(Foreign { what, help });
    if is_gzip(start) {
        return of("compressed with gzip", "gzip -d");
    }
    // ASCII characters in UTF-16 have a zero in every second byte
    let zeros: Vec<bool> = start.iter().take(4).map(|&byte| byte == 0).collect();
    let utf16 = start.starts_with(b"\xff\xfe")
        || start.starts_with(b"\xfe\xff")
        || zeros == [true, false, true, false]
        || zeros == [false, true, false, true];
    if utf16 {
        return of("UTF-16 text", "iconv -f UTF-16 -t UTF-8");
    }
    let found = SIGNATURES
        .iter()
        .find(|(bytes, ..)| start.starts_with(bytes));
    found.and_then(|(_, what, help)| of(what, help))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_known_by_their_first_bytes() {
        let what = |bytes: &[u8]| foreign(bytes).map(|foreign| foreign.what);
        assert_eq!(what(b"\xff\xfea\0,\0"), Some("UTF-16 text"));
        assert_eq!(what(b"\xfe\xff\0a\0,"), Some("UTF-16 text"));
        assert_eq!(what(b"a\0,\0"), Some("UTF-16 text"));
        assert_eq!(what(b"\0a\0,"), Some("UTF-16 text"));
        assert_eq!(what(b"\x1f\x8b\x08"), Some("compressed with gzip"));
        assert_eq!(what(b"PK\x03\x04"), Some("a zip archive or a workbook"));
        for text in [&b"actor,recipient"[..], b"", b"a", b"\xef\xbb\xbfa", b"{"] {
            assert_eq!(what(text), None);
        }
        assert_eq!(without_mark(b"\xef\xbb\xbfa"), b"a");
        assert_eq!(without_mark(b"a"), b"a");
    }
}
