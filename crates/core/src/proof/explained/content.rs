//! Answers about a content: each reaction count is a sum, and lies between the
//! bounds that the events in flight leave open.

use std::collections::HashMap;

use super::observation::{Asked, Change, Explained, Unexplained};
use crate::event::REACTION_KINDS;
use crate::policy::effect_of;
use crate::read::Answer;

/// Every change of one content's reactions.
#[derive(Debug, Default)]
pub struct ContentHistory {
    changes: Vec<Change>,
    slots: [Slot; REACTION_KINDS],
}

/// When one reaction count was raised and lowered, each list sorted.
#[derive(Debug, Default)]
struct Slot {
    raised: Times,
    lowered: Times,
}

#[derive(Debug, Default)]
struct Times {
    began: Vec<u64>,
    visible: Vec<u64>,
}

impl Times {
    fn push(&mut self, change: &Change) {
        self.began.push(change.began);
        self.visible.push(change.visible);
    }

    fn sort(&mut self) {
        self.began.sort_unstable();
        self.visible.sort_unstable();
    }

    /// How many a read from `began` to `ended` must contain, and may.
    fn bounds(&self, began: u64, ended: u64) -> [u64; 2] {
        let must = self.visible.partition_point(|&at| at < began);
        let may = self.began.partition_point(|&at| at <= ended);
        [must as u64, may as u64]
    }
}

/// How many raises and lowerings a session's earlier answers contained, at the
/// least, by slot.
type Floor = [[u64; 2]; REACTION_KINDS];

impl ContentHistory {
    /// Of the changes of one content, in any order; those that change no
    /// reaction are left out.
    #[must_use]
    pub fn new(changes: impl IntoIterator<Item = Change>) -> Self {
        let mut history = Self::default();
        for change in changes {
            let event = &change.event;
            let slot = event.kind().reaction_slot();
            let Some(slot) = slot.filter(|_| effect_of(event).touches_content) else {
                continue;
            };
            let slot = &mut history.slots[slot];
            let times = if event.undo() {
                &mut slot.lowered
            } else {
                &mut slot.raised
            };
            times.push(&change);
            history.changes.push(change);
        }
        for slot in &mut history.slots {
            slot.raised.sort();
            slot.lowered.sort();
        }
        history
    }

    /// The least and the most that a reaction count may show within a read.
    pub(super) fn count_bounds(&self, slot: usize, began: u64, ended: u64) -> [u64; 2] {
        let [raised, lowered] = self.bounds(slot, began, ended, [0, 0]);
        shown_bounds(raised, lowered)
    }

    fn bounds(&self, slot: usize, began: u64, ended: u64, floor: [u64; 2]) -> [[u64; 2]; 2] {
        let slot = &self.slots[slot];
        let mut raised = slot.raised.bounds(began, ended);
        let mut lowered = slot.lowered.bounds(began, ended);
        raised[0] = raised[0].max(floor[0]);
        lowered[0] = lowered[0].max(floor[1]);
        [raised, lowered]
    }

    /// Holds answers to `reactions` against the history; other reads are left
    /// out. `asked` in the order in which the reads began.
    ///
    /// # Errors
    /// The first answer that nothing explains.
    pub fn explain(&self, asked: &[Asked<'_>]) -> Result<Explained, Box<Unexplained>> {
        let mut found = Explained::default();
        // reads of one call have no order among themselves
        let mut floors: HashMap<usize, (u64, Floor, Floor)> = HashMap::new();
        for asked in asked {
            let Answer::Reactions(counts) = asked.answer else {
                continue;
            };
            let (call, floor, next) = floors.entry(asked.session).or_default();
            if *call != asked.began {
                (*call, *floor) = (asked.began, *next);
            }
            for (slot, &shown) in counts.iter().enumerate() {
                let [raised, lowered] = self.bounds(slot, asked.began, asked.ended, floor[slot]);
                let [least, most] = shown_bounds(raised, lowered);
                if !(least..=most).contains(&shown) {
                    let why = format!("{shown} in slot {slot}, {least} to {most} can be explained");
                    return Err(Box::new(Unexplained::of(asked, why, &self.changes)));
                }
                let contained = contained(shown, raised[0], lowered[0]);
                for (floor, least) in next[slot].iter_mut().zip(contained) {
                    *floor = (*floor).max(least);
                }
            }
            found.explained += 1;
        }
        Ok(found)
    }
}

/// The least and the most that a count shows, of the least and the most raises
/// and lowerings: never below zero.
fn shown_bounds([least_up, most_up]: [u64; 2], [least_down, most_down]: [u64; 2]) -> [u64; 2] {
    [
        least_up.saturating_sub(most_down),
        most_up.saturating_sub(least_down),
    ]
}

/// How many raises and lowerings an answer contained at the least, of which it
/// had to contain so many.
fn contained(shown: u64, must_up: u64, must_down: u64) -> [u64; 2] {
    if shown == 0 {
        // the sum may lie below zero: as many lowerings as raises, at least
        return [must_up, must_down.max(must_up)];
    }
    [
        must_up.max(shown + must_down),
        must_down.max(must_up.saturating_sub(shown)),
    ]
}
