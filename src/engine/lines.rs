//! Entries on their way to parts of the state: gathered by the cache line,
//! then appended to chunks that no growth copies. Imports `unit::prefetch`.
//!
//! There may be thousands of parts. The open lines of all of them stay in the
//! second-level cache, on few pages; only a full line goes out to its chunk.

use crate::unit::prefetch::prefetch_line;

/// Bytes of a chunk: a page.
const CHUNK_BYTES: usize = 4096;

/// Entries `T` for each of some parts; `LINE` of them are a cache line or
/// two, and a power of two.
#[derive(Debug)]
pub(in crate::engine) struct Lines<T, const LINE: usize> {
    open: Box<[Line<T, LINE>]>,
    /// Entries in each open line; as many as fit where it was just emptied.
    filled: Box<[u8]>,
    chunks: Box<[Vec<Vec<T>>]>,
    /// Empty chunks.
    spare: Vec<Vec<T>>,
}

#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
struct Line<T, const LINE: usize>([T; LINE]);

impl<T: Copy, const LINE: usize> Lines<T, LINE> {
    /// Entries of a chunk.
    const CHUNK: usize = CHUNK_BYTES / size_of::<T>();

    /// Lines for `parts` parts, with room for about `entries` entries, all
    /// written to once: `blank` must not be zeroes, which the system might
    /// put off.
    pub(in crate::engine) fn new(parts: usize, entries: usize, blank: T) -> Self {
        let chunk = || {
            let mut chunk = vec![blank; Self::CHUNK];
            chunk.clear();
            chunk
        };
        let spare = entries.div_ceil(Self::CHUNK) + parts;
        Self {
            open: vec![Line([blank; LINE]); parts].into(),
            filled: vec![0; parts].into(),
            chunks: vec![Vec::new(); parts].into(),
            spare: std::iter::repeat_with(chunk).take(spare).collect(),
        }
    }

    /// Adds an entry for a part.
    #[inline(always)]
    pub(in crate::engine) fn push(&mut self, part: usize, entry: T) {
        // a full line goes out when the next entry comes: by then its own
        // entries have left the store buffer, and are read in one piece
        if usize::from(self.filled[part]) == LINE {
            self.flush(part);
        }
        let at = usize::from(self.filled[part]) % LINE;
        self.open[part].0[at] = entry;
        self.filled[part] = at as u8 + 1;
    }

    #[inline(always)]
    fn flush(&mut self, part: usize) {
        self.filled[part] = 0;
        let line = &self.open[part].0;
        if let Some(chunk) = self.chunks[part].last_mut()
            && chunk.len() + LINE <= Self::CHUNK
        {
            chunk.extend_from_slice(line);
            prefetch_line(chunk.as_ptr_range().end.cast());
        } else {
            let mut chunk = self.empty_chunk();
            chunk.extend_from_slice(&self.open[part].0);
            self.chunks[part].push(chunk);
        }
    }

    #[cold]
    fn empty_chunk(&mut self) -> Vec<T> {
        let spare = self.spare.pop();
        spare.unwrap_or_else(|| Vec::with_capacity(Self::CHUNK))
    }

    /// Sends out what is left in open lines.
    pub(in crate::engine) fn close(&mut self) {
        for part in 0..self.open.len() {
            let count = usize::from(std::mem::take(&mut self.filled[part]));
            if count > 0 {
                let mut chunk = self.empty_chunk();
                chunk.extend_from_slice(&self.open[part].0[..count]);
                self.chunks[part].push(chunk);
            }
        }
    }

    /// Forgets all entries and keeps their room.
    pub(in crate::engine) fn clear(&mut self) {
        self.filled.fill(0);
        for mut chunk in self.chunks.iter_mut().flat_map(|chunks| chunks.drain(..)) {
            chunk.clear();
            self.spare.push(chunk);
        }
    }

    /// Bytes that lines for `parts` parts have from the allocator at most,
    /// where they never hold more than `entries` entries.
    pub(in crate::engine) const fn bytes_at_most(parts: usize, entries: u64) -> u64 {
        let full = entries.div_ceil(Self::CHUNK as u64);
        // beside the full chunks: one that was begun for each part, one that
        // closing began, and an empty one; then a part's line and its count
        let parts = parts as u64;
        (full + 3 * parts) * CHUNK_BYTES as u64 + parts * (size_of::<Line<T, LINE>>() as u64 + 1)
    }

    /// Bytes that it has from the allocator, full or not.
    pub(in crate::engine) fn allocated_bytes(&self) -> usize {
        let lists = self.chunks.iter().chain(std::iter::once(&self.spare));
        let chunks: usize = lists.flatten().map(Vec::capacity).sum();
        size_of_val(&*self.open) + size_of_val(&*self.filled) + chunks * size_of::<T>()
    }

    /// The entries of a part, chunk by chunk.
    pub(in crate::engine) fn of_part(&self, part: usize) -> impl Iterator<Item = &[T]> {
        self.chunks[part].iter().map(Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_comes_out_of_its_part_once() {
        for count in [0, 1, 15, 16, 17, 1024, 1025, 5_000] {
            let mut lines: Lines<u32, 16> = Lines::new(3, 100, u32::MAX);
            for round in 0..2 {
                for entry in 0..count {
                    lines.push(entry as usize % 3, entry + round);
                }
                lines.close();
                for part in 0..3_u32 {
                    let found: Vec<u32> = lines.of_part(part as usize).flatten().copied().collect();
                    let given = (part..count).step_by(3).map(|entry| entry + round);
                    assert_eq!(found, given.collect::<Vec<u32>>(), "{count}, part {part}");
                }
                lines.clear();
            }
        }
    }
}
