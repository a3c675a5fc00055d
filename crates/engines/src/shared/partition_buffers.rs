//! Entries on their way to parts of the state: appended to chunks that no
//! growth copies.

use notibench_core::unit::prefetch::prefetch_line;

/// Bytes of a chunk: a page.
const CHUNK_BYTES: usize = 4096;

/// Entries `T` for each of some parts.
///
/// There may be hundreds of parts. An entry goes straight to the end of its
/// part's last chunk: the cache lines at the ends of all chunks stay in the caches
/// until they are full.
#[derive(Debug)]
pub(crate) struct PartitionBuffers<T> {
    /// The last chunk of each part; without room where there is none yet.
    open: Box<[Vec<T>]>,
    /// The chunks before it.
    full: Box<[Vec<Vec<T>>]>,
    /// Empty chunks.
    spare: Vec<Vec<T>>,
}

impl<T: Copy> PartitionBuffers<T> {
    /// Entries of a chunk.
    const CHUNK: usize = CHUNK_BYTES / size_of::<T>();

    /// For `parts` parts, with room for about `entries` entries, all
    /// written to once: `blank` must not be zeroes, which the system might
    /// put off.
    pub(crate) fn new(parts: usize, entries: usize, blank: T) -> Self {
        let chunk = || {
            let mut chunk = vec![blank; Self::CHUNK];
            chunk.clear();
            chunk
        };
        let spare = entries.div_ceil(Self::CHUNK) + parts;
        Self {
            open: std::iter::repeat_with(Vec::new).take(parts).collect(),
            full: std::iter::repeat_with(Vec::new).take(parts).collect(),
            spare: std::iter::repeat_with(chunk).take(spare).collect(),
        }
    }

    /// Adds an entry for a part.
    #[inline(always)]
    pub(crate) fn push(&mut self, part: usize, entry: T) {
        if self.open[part].len() == self.open[part].capacity() {
            self.open_another(part);
        }
        let chunk = &mut self.open[part];
        chunk.push(entry);
        prefetch_line(chunk.as_ptr_range().end.cast::<u8>().wrapping_add(64));
    }

    #[cold]
    fn open_another(&mut self, part: usize) {
        let spare = self.spare.pop();
        let empty = spare.unwrap_or_else(|| Vec::with_capacity(Self::CHUNK));
        let full = std::mem::replace(&mut self.open[part], empty);
        if !full.is_empty() {
            self.full[part].push(full);
        }
    }

    /// Forgets all entries and keeps their room.
    pub(crate) fn clear(&mut self) {
        let full = self.full.iter_mut().flat_map(|chunks| chunks.drain(..));
        let open = self.open.iter_mut().map(std::mem::take);
        for mut chunk in full.chain(open).filter(|chunk| !chunk.is_empty()) {
            chunk.clear();
            self.spare.push(chunk);
        }
    }

    /// Bytes that `parts` parts have from the allocator at most, where they
    /// never hold more than `entries` entries.
    pub(crate) const fn bytes_at_most(parts: usize, entries: u64) -> u64 {
        let full = entries.div_ceil(Self::CHUNK as u64);
        // beside the full chunks one for each part, begun or not
        (full + parts as u64) * CHUNK_BYTES as u64 + (parts * size_of::<Vec<T>>()) as u64
    }

    /// Bytes that it has from the allocator, full or not.
    pub(crate) fn allocated_bytes(&self) -> usize {
        let full = self.full.iter().flatten();
        let chunks = full.chain(&self.open).chain(&self.spare);
        let entries: usize = chunks.map(Vec::capacity).sum();
        size_of_val(&*self.open) + entries * size_of::<T>()
    }

    /// The entries of a part, chunk by chunk, in the order in which they came.
    pub(crate) fn of_part(&self, part: usize) -> impl Iterator<Item = &[T]> {
        let chunks = self.full[part].iter();
        chunks.chain([&self.open[part]]).map(Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_comes_out_of_its_part_once() {
        for count in [0, 1, 1023, 1024, 3 * 1024, 3 * 1024 + 1, 20_000] {
            let mut buffers: PartitionBuffers<u32> = PartitionBuffers::new(3, 100, u32::MAX);
            for round in 0..2 {
                for entry in 0..count {
                    buffers.push(entry as usize % 3, entry + round);
                }
                for part in 0..3_u32 {
                    let found = buffers.of_part(part as usize).flatten().copied();
                    let given = (part..count).step_by(3).map(|entry| entry + round);
                    assert!(found.eq(given), "{count}, part {part}");
                }
                let most = PartitionBuffers::<u32>::bytes_at_most(3, u64::from(count).max(100));
                assert!(buffers.allocated_bytes() as u64 <= most, "{count}");
                buffers.clear();
            }
            assert!((0..3).all(|part| buffers.of_part(part).all(<[u32]>::is_empty)));
        }
    }
}
