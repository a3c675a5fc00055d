//! A member's inbox: for each key (kind, content, actor) the action with the
//! highest index wins, an undo being a tombstone; of those keys the K with
//! the highest winning index are kept, tombstones included. Imports `event`.

use crate::event::{Kind, Stamp};

/// One kept entry, 24 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InboxEntry {
    /// Index, segment, undo and kind of the winning event.
    pub stamp: Stamp,
    /// Who acted.
    pub actor: u64,
    /// What it was about; 0: nothing.
    pub content: u64,
}

impl InboxEntry {
    /// Index of the winning event.
    #[must_use]
    pub const fn index(&self) -> u64 {
        self.stamp.index()
    }

    /// The kind of the key.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.stamp.kind()
    }

    /// Whether it is a tombstone.
    #[must_use]
    pub const fn undone(&self) -> bool {
        self.stamp.undo()
    }

    #[inline(always)]
    const fn same_key(&self, other: &Self) -> bool {
        self.actor == other.actor
            && self.content == other.content
            && self.stamp.same_kind(other.stamp)
    }
}

/// The entries kept, in no order.
#[derive(Clone, Debug, Default)]
pub struct Inbox {
    entries: Vec<InboxEntry>,
}

impl Inbox {
    /// Offers one action; `capacity` is K, at least 1.
    #[inline]
    pub fn offer(&mut self, entry: InboxEntry, capacity: usize) {
        let mut lowest = 0;
        let mut lowest_stamp = Stamp::MAX;
        for (at, kept) in self.entries.iter_mut().enumerate() {
            if kept.same_key(&entry) {
                if entry.stamp > kept.stamp {
                    kept.stamp = entry.stamp;
                }
                return;
            }
            if kept.stamp < lowest_stamp {
                (lowest, lowest_stamp) = (at, kept.stamp);
            }
        }
        if self.entries.len() < capacity {
            self.entries.push(entry);
        } else if entry.stamp > lowest_stamp {
            self.entries[lowest] = entry;
        }
    }

    /// Offers every entry of another part of the same inbox.
    pub fn merge(&mut self, other: &Self, capacity: usize) {
        for &entry in &other.entries {
            self.offer(entry, capacity);
        }
    }

    /// The entries, in no order.
    #[must_use]
    pub fn entries(&self) -> &[InboxEntry] {
        &self.entries
    }

    /// Bytes of the entries, and bytes of room that holds none.
    #[must_use]
    pub fn bytes(&self) -> (u64, u64) {
        let size = size_of::<InboxEntry>();
        let (used, room) = (self.entries.len(), self.entries.capacity());
        ((used * size) as u64, ((room - used) * size) as u64)
    }
}
