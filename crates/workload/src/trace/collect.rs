//! Where readers put what they find: events in order, what was skipped, and
//! what is bad.

use std::collections::BTreeMap;
use std::io;

use super::error::{Bad, Place, TraceError, cannot_read_on};
use notibench_core::event::{Event, Kind, MAX_INDEX, Segment};
use notibench_core::unit::digest::Digest;
use notibench_core::unit::mix::mix;

/// Events of a trace at the most, as of a run.
pub const MAX_EVENTS: u64 = 1 << 31;
/// A year: times that begin within it are counted from 0, not from the first.
const YEAR_US: i64 = 366 * 86_400_000_000;
/// Reasons told apart; a file's own words are among them.
const MAX_REASONS: usize = 64;

/// From one entry to the next, in µs, where the order is all that is known of
/// their times.
pub(super) const STEP_US: i64 = 1_000;

/// One event of a trace before it has its place in the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Draft {
    /// Its index, where the format has one; else it is its place in time.
    pub(super) index: Option<u64>,
    /// µs: since 1970, or since the stream's start where there is an index.
    pub(super) at_us: i64,
    pub(super) kind: Kind,
    pub(super) undo: bool,
    pub(super) actor: u64,
    pub(super) segment: Segment,
    pub(super) recipient: u64,
    pub(super) content: u64,
}

/// Why reading ended before the file did.
#[derive(Debug)]
pub(super) enum Stop {
    /// As many events as were wanted have been read.
    Enough,
    /// Something is wrong.
    Error(TraceError),
}

/// What was read of a trace, and what was not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Entries that were bad, and skipped on request.
    pub bad: u64,
    /// The first of them, with its place.
    pub first_bad: Option<TraceError>,
    /// All of them by what is wrong.
    pub bad_reasons: BTreeMap<String, u64>,
    /// Entries that mean nothing here, by reason.
    pub skipped: BTreeMap<String, u64>,
    /// Events that came before an earlier one's time, and were put in order.
    pub out_of_order: u64,
    /// The longest time without an event, where that is more than a year and
    /// more than half of all: one of its sides is likely to be mistaken.
    pub gap: Option<Gap>,
}

/// A time without an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Events before it.
    pub before: u64,
    /// Events after it.
    pub after: u64,
    /// Its length, in µs.
    pub us: u64,
}

/// Takes events, one after the other.
#[derive(Debug)]
pub(super) struct Collector {
    path: String,
    skip_bad: bool,
    limit: u64,
    events: Vec<Event>,
    counts: Counts,
    last: Option<(u64, i64)>,
    indexed: bool,
    /// Events at the time 0, where that may be 1970, and the first's place.
    zeros: Option<(u64, Place)>,
}

/// The stream that was collected.
#[derive(Debug)]
pub(super) struct Collected {
    pub(super) events: Vec<Event>,
    pub(super) counts: Counts,
    pub(super) digest: Digest,
    /// µs since 1970 of event time 0, where it is known.
    pub(super) origin_us: Option<i64>,
}

impl Collector {
    /// A collector of at most `limit` events of the file `path`.
    pub(super) fn new(path: &str, skip_bad: bool, limit: u64) -> Self {
        Self {
            path: path.to_owned(),
            skip_bad,
            limit,
            events: Vec::new(),
            counts: Counts::default(),
            last: None,
            indexed: false,
            zeros: None,
        }
    }

    /// Whether bad entries are counted instead of ending the reading.
    pub(super) const fn skips_bad(&self) -> bool {
        self.skip_bad
    }

    /// Events that may still come.
    pub(super) fn room(&self) -> u64 {
        self.limit.saturating_sub(self.events.len() as u64)
    }

    /// The error at a place of this file.
    pub(super) fn error(&self, place: Place, bad: Bad) -> TraceError {
        TraceError {
            path: self.path.clone(),
            place,
            bad,
        }
    }

    /// Takes what an entry came to.
    pub(super) fn take(&mut self, place: Place, read: Result<Draft, Bad>) -> Result<(), Stop> {
        match read.and_then(|draft| self.checked(place, &draft)) {
            Ok(event) => self.keep(event),
            Err(bad) => self.take_bad(place, bad),
        }
    }

    /// Takes note of a bad entry; an error unless such are to be skipped.
    pub(super) fn take_bad(&mut self, place: Place, bad: Bad) -> Result<(), Stop> {
        if !self.skip_bad {
            return Err(Stop::Error(self.error(place, bad)));
        }
        self.count_bad(place, bad, 1);
        Ok(())
    }

    fn count_bad(&mut self, place: Place, bad: Bad, number: u64) {
        count(&mut self.counts.bad_reasons, &bad.general(), number);
        self.counts.bad += number;
        let error = self.error(place, bad);
        self.counts.first_bad.get_or_insert(error);
    }

    /// Counts an entry that means nothing here.
    pub(super) fn skip(&mut self, reason: &str) {
        count(&mut self.counts.skipped, reason, 1);
    }

    fn keep(&mut self, event: Event) -> Result<(), Stop> {
        self.events.push(event);
        if self.events.len() as u64 >= self.limit {
            return Err(Stop::Enough);
        }
        Ok(())
    }

    /// The event of a draft. Where the format has no index, the time is kept
    /// as an offset from the smallest `i64`, and put right at the end.
    fn checked(&mut self, place: Place, draft: &Draft) -> Result<Event, Bad> {
        check_meaning(draft)?;
        let at = self.events.len() as u64;
        let (index, at_us) = match draft.index {
            Some(index) => {
                self.indexed = true;
                (self.in_order(index, draft.at_us)?, draft.at_us as u64)
            }
            None => {
                let fell = self.last.is_some_and(|(_, last)| draft.at_us < last);
                self.counts.out_of_order += u64::from(fell);
                if !fell {
                    self.last = Some((at, draft.at_us));
                }
                if draft.at_us == 0 {
                    self.zeros.get_or_insert((0, place)).0 += 1;
                }
                (at, draft.at_us as u64 ^ (1 << 63))
            }
        };
        Ok(Event::new(
            index,
            at_us,
            draft.kind,
            draft.undo,
            (draft.actor, draft.segment),
            draft.recipient,
            draft.content,
        ))
    }

    /// An index that is above the last one, at a time that is not before.
    fn in_order(&mut self, index: u64, at_us: i64) -> Result<u64, Bad> {
        if index >= MAX_INDEX {
            let what = "the index is 2^56 or above";
            return Err(Bad::of("index", what, "number events from 0"));
        }
        if let Some((last, last_us)) = self.last {
            if index <= last {
                let what = format!("index {index} comes after {last}");
                let help = "sort the file by index, and leave out what stands in it twice";
                return Err(Bad::of("index", what, help));
            }
            if at_us < last_us {
                let what = format!("time falls from {last_us} to {at_us}");
                let help = "event time never falls as the index grows: sort and number anew";
                return Err(Bad::of("at_us", what, help));
            }
        }
        self.last = Some((index, at_us));
        Ok(index)
    }

    /// The stream: by time, numbered from 0, where the format has no index.
    pub(super) fn finish(mut self) -> Result<Collected, TraceError> {
        let mut origin_us = None;
        if !self.indexed && !self.events.is_empty() {
            self.check_zeros()?;
            // stable: of one time, the order of the file stays
            if self.counts.out_of_order > 0 {
                self.events.sort_by_key(|event| event.at_us);
            }
            self.counts.gap = longest_gap(&self.events);
            let first = (self.events[0].at_us ^ (1 << 63)) as i64;
            let origin = if (0..YEAR_US).contains(&first) {
                0
            } else {
                origin_us = Some(first);
                first
            };
            let base = origin as u64 ^ (1 << 63);
            for (index, event) in (0..).zip(&mut self.events) {
                *event = Event::new(
                    index,
                    event.at_us - base,
                    event.kind(),
                    event.undo(),
                    (event.actor, event.segment()),
                    event.recipient,
                    event.content,
                );
            }
        }
        self.events.shrink_to_fit();
        let digest = self.events.iter().map(Event::digest).sum();
        Ok(Collected {
            events: self.events,
            counts: self.counts,
            digest,
            origin_us,
        })
    }

    /// Takes the times 0 for bad where all others are long after 1970.
    fn check_zeros(&mut self) -> Result<(), TraceError> {
        let zero = 1 << 63;
        let others = self.events.iter().map(|event| event.at_us);
        let first = others.filter(|&at_us| at_us != zero).min();
        let (Some((number, place)), Some(first)) = (self.zeros, first) else {
            return Ok(());
        };
        if first < zero + YEAR_US as u64 {
            return Ok(());
        }
        let bad = Bad::new(
            "the time is 0, which is 1970, and all other times are more than a year later",
            "write the event's own time; where it has none, leave it out with --skip-bad",
        );
        if !self.skip_bad {
            return Err(self.error(place, bad));
        }
        self.count_bad(place, bad, number);
        self.events.retain(|event| event.at_us != zero);
        Ok(())
    }
}

/// Counts what was left out by its reason, of which there are not too many.
fn count(reasons: &mut BTreeMap<String, u64>, reason: &str, number: u64) {
    let is_told_apart = reasons.len() < MAX_REASONS || reasons.contains_key(reason);
    let reason = if is_told_apart {
        reason
    } else {
        "other reasons"
    };
    *reasons.entry(reason.to_owned()).or_default() += number;
}

/// The longest gap of a stream by time, where it is suspicious.
fn longest_gap(events: &[Event]) -> Option<Gap> {
    let [first, .., last] = events else {
        return None;
    };
    let gaps = events.windows(2).map(|pair| pair[1].at_us - pair[0].at_us);
    let (at, us) = (1..).zip(gaps).max_by_key(|&(_, us)| us)?;
    let is_long = us > YEAR_US as u64 && us > (last.at_us - first.at_us) / 2;
    is_long.then_some(Gap {
        before: at,
        after: events.len() as u64 - at,
        us,
    })
}

/// What every event must be, whatever it was read from.
fn check_meaning(draft: &Draft) -> Result<(), Bad> {
    let name = draft.kind.name();
    if draft.undo && !draft.kind.is_undoable() {
        let what = format!("`{name}` can't be taken back");
        return Err(Bad::of("undo", what, "leave the undo out"));
    }
    if draft.kind.has_content() && draft.content == 0 {
        let what = format!("`{name}` needs a content, and there is none");
        let help = "give each post or article an id above 0, or choose a kind without content: \
                    profile_view, member_follow, skill_endorse, message_reply";
        return Err(Bad::of("content", what, help));
    }
    if !draft.kind.has_content() && draft.content != 0 {
        let what = format!("`{name}` has no content, and here is one");
        return Err(Bad::of("content", what, "write 0"));
    }
    if draft.kind == Kind::MarkRead && draft.actor != draft.recipient {
        let what = "somebody marks another's inbox as read";
        return Err(Bad::of("recipient", what, "write the actor's id here, too"));
    }
    Ok(())
}

/// The segment of an actor of whom the trace says none: uniform, and a pure
/// function of the actor's id.
pub(super) fn segment_of(actor: u64) -> Segment {
    Segment::from_bits(mix(actor ^ 0x7365_676d_656e_7473))
}

/// A file that can't be read on.
pub(super) fn read_error(to: &Collector, error: &io::Error) -> Stop {
    Stop::Error(to.error(Place::File, cannot_read_on(error)))
}
