//! Inbox pages on their way to the reader, where members and contents have
//! owners that must be asked: first the member's for the page, then the
//! contents' for the counts that raise its groups.

use notibench_core::event::{REACTION_KINDS, Read, ReadKind};
use notibench_core::read::{Answer, InboxPage, PAGE_GROUPS, raise_groups};

/// Pages that wait for counts.
#[derive(Debug, Default)]
pub(crate) struct Pages {
    /// Each with the position of its read.
    pages: Vec<(usize, InboxPage)>,
    /// The counts of each page's groups, [`PAGE_GROUPS`] a page, in the order
    /// of the groups that need one.
    counts: Vec<[u64; REACTION_KINDS]>,
}

impl Pages {
    /// Forgets all, and keeps the room.
    pub(crate) fn clear(&mut self) {
        self.pages.clear();
        self.counts.clear();
    }

    /// Adds the page that answers the read at `at`.
    pub(crate) fn push(&mut self, at: usize, page: InboxPage) {
        self.pages.push((at, page));
    }

    /// Calls `ask` for every count that is needed, with a tag and the read
    /// that gives it.
    pub(crate) fn ask_counts(&mut self, mut ask: impl FnMut(usize, Read)) {
        let room = self.pages.len() * PAGE_GROUPS;
        self.counts.resize(room, [0; REACTION_KINDS]);
        for (number, (_, page)) in self.pages.iter().enumerate() {
            let groups = page.iter().filter(|group| group.needs_count());
            for (nth, group) in groups.enumerate() {
                let read = Read {
                    id: group.content,
                    kind: ReadKind::Reactions,
                };
                ask(number * PAGE_GROUPS + nth, read);
            }
        }
    }

    /// Takes the answer to the read of that tag.
    pub(crate) fn take_count(&mut self, tag: usize, answer: &Answer) {
        if let Answer::Reactions(of_content) = answer {
            self.counts[tag] = *of_content;
        }
    }

    /// Raises the pages' groups by the counts, and shows them.
    pub(crate) fn show(&mut self, sink: &mut impl FnMut(usize, &Answer)) {
        let counts = self.counts.chunks(PAGE_GROUPS);
        for ((at, mut page), counts) in self.pages.drain(..).zip(counts) {
            let mut counts = counts.iter();
            raise_groups(&mut page, &mut |_| {
                *counts.next().unwrap_or(&[0; REACTION_KINDS])
            });
            sink(at, &Answer::Inbox(page));
        }
    }
}
