//! A seeded maker of small, crowded streams for the tests: every kind, undos
//! (of what can't be undone too), duplicates, self-actions, and few members
//! and contents, so that keys collide and inboxes overflow. Not the
//! generator: it owes no workload anything.

// each test file uses its own part
#![allow(dead_code)]

pub(crate) mod binary;
pub(crate) mod checks;

use notibench_core::event::{Event, Kind, Segment};
use notibench_core::unit::mix::{below, counter_word, mix};

/// What a stream is made from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stream {
    pub(crate) seed: u64,
    pub(crate) events: u64,
    pub(crate) members: u64,
    pub(crate) contents: u64,
}

impl Stream {
    /// A stream of `events` events over few members and contents.
    pub(crate) fn crowded(seed: u64, events: u64) -> Self {
        Self {
            seed,
            events,
            members: 40,
            contents: 25,
        }
    }

    /// Its events, in the order of their indexes.
    pub(crate) fn make(&self) -> Vec<Event> {
        let mut events: Vec<Event> = Vec::with_capacity(self.events as usize);
        for index in 0..self.events {
            let mut draws = Draws {
                key: mix(self.seed) ^ mix(index),
                at: 0,
            };
            let event = match draws.below(10) {
                0 | 1 => self.undo(index, &events, &mut draws),
                2 => copy_of(index, &events, &mut draws),
                _ => None,
            };
            events.push(event.unwrap_or_else(|| self.fresh(index, &mut draws)));
        }
        events
    }

    fn fresh(&self, index: u64, draws: &mut Draws) -> Event {
        let kind = Kind::from_bits(draws.word());
        let recipient = member_id(draws.skewed(self.members));
        let actor = match kind {
            Kind::MarkRead => recipient,
            _ if draws.below(12) == 0 => recipient,
            _ => member_id(draws.below(self.members)),
        };
        let content = if kind.has_content() {
            content_id(draws.skewed(self.contents))
        } else {
            0
        };
        event(index, kind, false, actor, recipient, content)
    }

    /// An undo of an earlier event; one in eight is of a kind that has none.
    fn undo(&self, index: u64, earlier: &[Event], draws: &mut Draws) -> Option<Event> {
        let any = draws.below(8) == 0;
        (0..16).find_map(|_| {
            let target = draws.pick(earlier)?;
            let fits = !target.undo() && (any || target.kind().is_undoable());
            fits.then(|| {
                event(
                    index,
                    target.kind(),
                    true,
                    target.actor,
                    target.recipient,
                    target.content,
                )
            })
        })
    }
}

/// A duplicate of an earlier event, undone or not as it was.
fn copy_of(index: u64, earlier: &[Event], draws: &mut Draws) -> Option<Event> {
    let original = draws.pick(earlier)?;
    let &Event {
        actor,
        recipient,
        content,
        ..
    } = original;
    Some(event(
        index,
        original.kind(),
        original.undo(),
        actor,
        recipient,
        content,
    ))
}

fn event(index: u64, kind: Kind, undo: bool, actor: u64, recipient: u64, content: u64) -> Event {
    Event::new(
        index,
        index * 1000,
        kind,
        undo,
        (actor, segment_of(actor)),
        recipient,
        content,
    )
}

/// The segment of an actor: a pure function of its id.
pub(crate) fn segment_of(actor: u64) -> Segment {
    Segment::from_bits(mix(actor ^ 0x5e67))
}

/// Ids of members: small ones, and a few as large as can be.
pub(crate) fn member_id(number: u64) -> u64 {
    if number % 7 == 3 {
        u64::MAX - number
    } else {
        number + 1
    }
}

/// Ids of contents: some of them are members' ids too.
pub(crate) fn content_id(number: u64) -> u64 {
    if number % 5 == 2 {
        (1 << 63) + number
    } else {
        number + 1
    }
}

/// A sequence of words for one event.
pub(crate) struct Draws {
    pub(crate) key: u64,
    pub(crate) at: u64,
}

impl Draws {
    pub(crate) fn word(&mut self) -> u64 {
        self.at += 1;
        counter_word(self.key, self.at)
    }

    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        below(self.word(), bound)
    }

    /// Low numbers more often: the least of three.
    fn skewed(&mut self, bound: u64) -> u64 {
        (0..3).map(|_| self.below(bound)).min().unwrap_or(0)
    }

    fn pick<'a>(&mut self, events: &'a [Event]) -> Option<&'a Event> {
        let at = self.below(events.len() as u64);
        events.get(at as usize)
    }
}

/// Puts a list into a random order (Fisher and Yates).
pub(crate) fn shuffle<T>(list: &mut [T], seed: u64) {
    let mut draws = Draws {
        key: mix(seed ^ 0x7368_7566),
        at: 0,
    };
    for last in (1..list.len()).rev() {
        list.swap(last, draws.below(last as u64 + 1) as usize);
    }
}
