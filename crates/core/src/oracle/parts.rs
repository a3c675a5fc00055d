//! An oracle's parts: each knows the members and contents of some ids.

use super::counting::Counting;
use super::{Oracle, part_of};

impl Oracle {
    /// Takes over what another oracle folded.
    ///
    /// # Panics
    /// Where both know of one member or content: they are then no parts of
    /// one partition.
    pub fn unite(&mut self, other: Self) {
        self.counting.failed += other.counting.failed;
        for (id, member) in other.members {
            assert!(
                self.members.insert(id, member).is_none(),
                "member {id} is in both parts"
            );
        }
        for (id, content) in other.contents {
            assert!(
                self.contents.insert(id, content).is_none(),
                "content {id} is in both parts"
            );
        }
    }

    /// One that counts as this one, in the same epoch, and has seen nothing.
    #[must_use]
    pub fn emptied(&self) -> Self {
        let counting = Counting {
            failed: 0,
            ..self.counting.clone()
        };
        Self {
            counting,
            ..Self::new(self.inbox_capacity)
        }
    }

    /// The reverse of [`Oracle::unite`]: the parts that
    /// [`Oracle::fold_partition`] goes on folding. None where `parts` is 0.
    #[must_use]
    pub fn into_parts(self, parts: usize) -> Vec<Self> {
        let empty = || self.emptied();
        let mut divided: Vec<Self> = std::iter::repeat_with(empty).take(parts).collect();
        for (id, member) in self.members {
            if let Some(part) = divided.get_mut(part_of(id, parts.max(1))) {
                part.members.insert(id, member);
            }
        }
        for (id, content) in self.contents {
            if let Some(part) = divided.get_mut(part_of(id, parts.max(1))) {
                part.contents.insert(id, content);
            }
        }
        divided
    }
}
