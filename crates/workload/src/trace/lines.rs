//! Lines of a file, one at a time, in bounded memory.

use std::io::{self, BufRead};

use super::error::Bad;

/// Bytes of a line at the most.
pub(super) const MAX_LINE_BYTES: u64 = 1 << 20;

/// Reads the lines of `input`.
#[derive(Debug)]
pub(super) struct Lines<R> {
    input: R,
    line: Vec<u8>,
    number: u64,
    /// Whether the last line ended in `\r`, which a `\n` may follow.
    after_return: bool,
}

/// One line, or why it is none.
pub(super) type Line<'a> = Result<&'a [u8], Bad>;

impl<R: BufRead> Lines<R> {
    pub(super) const fn new(input: R) -> Self {
        Self {
            input,
            line: Vec::new(),
            number: 0,
            after_return: false,
        }
    }

    /// The next line that is not blank, with its number from 1 and without
    /// its end: `\n`, `\r\n` or `\r`. One that is too long is passed over and
    /// said to be bad.
    pub(super) fn next(&mut self) -> io::Result<Option<(u64, Line<'_>)>> {
        loop {
            if !self.read_line()? {
                return Ok(None);
            }
            self.number += 1;
            if self.line.len() as u64 > MAX_LINE_BYTES {
                let what = format!("a line of more than {MAX_LINE_BYTES} bytes");
                let bad = Bad::new(what, "an event is one short line: fix it or leave it out");
                return Ok(Some((self.number, Err(bad))));
            }
            if !self.line.trim_ascii().is_empty() {
                break;
            }
        }
        Ok(Some((self.number, Ok(self.line.trim_ascii()))))
    }

    /// Reads up to the end of a line, and keeps one byte more than a line may
    /// have; false at the end of the file.
    fn read_line(&mut self) -> io::Result<bool> {
        self.line.clear();
        let mut is_there = false;
        loop {
            let waiting = self.input.fill_buf()?;
            if waiting.is_empty() {
                return Ok(is_there);
            }
            // the other half of `\r\n`
            if std::mem::take(&mut self.after_return) && waiting[0] == b'\n' {
                self.input.consume(1);
                continue;
            }
            is_there = true;
            let end = waiting.iter().position(|byte| b"\r\n".contains(byte));
            let part = &waiting[..end.unwrap_or(waiting.len())];
            let room = MAX_LINE_BYTES as usize + 1 - self.line.len();
            self.line.extend_from_slice(&part[..part.len().min(room)]);
            let read = part.len() + usize::from(end.is_some());
            self.after_return = end.is_some_and(|end| waiting[end] == b'\r');
            self.input.consume(read);
            if end.is_some() {
                return Ok(true);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_lines_are_passed_over_and_counted() {
        let mut lines = Lines::new(&b"a\r\n\n  \nb"[..]);
        assert_eq!(lines.next().unwrap(), Some((1, Ok(&b"a"[..]))));
        assert_eq!(lines.next().unwrap(), Some((4, Ok(&b"b"[..]))));
        assert_eq!(lines.next().unwrap(), None);
    }

    #[test]
    fn lines_are_counted_whatever_ends_them() {
        for text in ["a\n\nb\n", "a\r\n\r\nb\r\n", "a\r\rb\r", "a\r\n\rb"] {
            // a pair of ends may lie in two parts
            for part in 1..text.len() {
                let mut lines = Lines::new(io::BufReader::with_capacity(part, text.as_bytes()));
                assert_eq!(lines.next().unwrap(), Some((1, Ok(&b"a"[..]))), "{text:?}");
                assert_eq!(lines.next().unwrap(), Some((3, Ok(&b"b"[..]))), "{text:?}");
                assert_eq!(lines.next().unwrap(), None);
            }
        }
    }

    #[test]
    fn a_line_without_end_takes_no_memory_and_the_next_is_read() {
        let mut text = vec![b'x'; 3 * MAX_LINE_BYTES as usize];
        text.extend(b"\nb\n");
        let mut lines = Lines::new(&text[..]);
        assert!(lines.next().unwrap().unwrap().1.is_err());
        assert!(lines.line.capacity() < 2 * MAX_LINE_BYTES as usize + 64);
        assert_eq!(lines.next().unwrap(), Some((2, Ok(&b"b"[..]))));
    }
}
