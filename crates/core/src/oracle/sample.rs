//! Which reads of an oracle are compared with an engine's.

use super::Oracle;
use crate::event::{Read, ReadKind};
use crate::unit::mix::mix;

impl Oracle {
    /// Reads of `count` members and `count` contents (of all, where there are
    /// fewer), spread evenly over the ids and the same each time, and of one
    /// id that has no state: badge and inbox page of each member, reactions
    /// of each content; where views are released, those too.
    #[must_use]
    pub fn sample_reads(&self, count: usize) -> Vec<Read> {
        let unknown = (0..)
            .map(mix)
            .find(|id| !self.members.contains_key(id) && !self.contents.contains_key(id));
        let mut members = lowest_mixed(self.members.keys().copied(), count);
        let mut contents = lowest_mixed(self.contents.keys().copied(), count);
        if self.shows_views() {
            // few of all have views enough to be shown
            members.extend(self.most_viewed_members(count / 4));
            contents.extend(self.most_viewed_contents(count / 4));
        }
        let is_asked = |kind: &ReadKind| match kind {
            ReadKind::WhoViewed | ReadKind::ContentViews => self.shows_views(),
            ReadKind::Pushes => self.caps_pushes(),
            ReadKind::Badge | ReadKind::InboxPage | ReadKind::Reactions => true,
        };
        let kinds = || ReadKind::ALL.into_iter().filter(is_asked);
        let mut reads = Vec::new();
        for id in members.into_iter().chain(unknown) {
            let of_member = kinds().filter(|kind| !kind.is_of_content());
            reads.extend(of_member.map(|kind| Read { id, kind }));
        }
        for id in contents.into_iter().chain(unknown) {
            let of_content = kinds().filter(|kind| kind.is_of_content());
            reads.extend(of_content.map(|kind| Read { id, kind }));
        }
        reads
    }
}

/// The `count` ids whose mixed words are lowest.
fn lowest_mixed(ids: impl Iterator<Item = u64>, count: usize) -> Vec<u64> {
    let mut ids: Vec<u64> = ids.collect();
    ids.sort_unstable_by_key(|&id| mix(id));
    ids.truncate(count);
    ids
}
