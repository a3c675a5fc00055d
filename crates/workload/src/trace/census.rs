//! What a stream really holds: mix, undos, repetitions, popularity, time.
//!
//! The events lie in memory; what is counted here takes 8 bytes an event more
//! while it lasts, and 8 bytes for each distinct id afterwards.

use rayon::prelude::*;

use notibench_core::event::{Event, Kind};
use notibench_core::policy::{Disposition, effect_of};
use notibench_core::unit::mix::{below, counter_word, mix};

/// Parts of the span that events are counted in.
pub const PARTS: usize = 48;

/// How often each of some ids occurs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Popularity {
    /// Occurrences of each distinct id, the most frequent first.
    pub counts: Vec<u64>,
    /// Their sum.
    pub total: u64,
}

impl Popularity {
    /// Of a list of ids, in any order.
    #[must_use]
    pub fn of(mut ids: Vec<u64>) -> Self {
        ids.par_sort_unstable();
        let runs = ids.chunk_by(|a, b| a == b);
        let mut counts: Vec<u64> = runs.map(|same| same.len() as u64).collect();
        counts.par_sort_unstable_by(|a, b| b.cmp(a));
        Self {
            total: ids.len() as u64,
            counts,
        }
    }

    /// Distinct ids.
    #[must_use]
    pub fn distinct(&self) -> u64 {
        self.counts.len() as u64
    }

    /// Share of all occurrences that fall on the `top` most frequent.
    #[must_use]
    pub fn top_share(&self, top: usize) -> f64 {
        let of_top: u64 = self.counts.iter().take(top).sum();
        of_top as f64 / (self.total as f64).max(1.0)
    }
}

/// The census of a stream.
#[derive(Clone, Debug, PartialEq)]
pub struct Census {
    /// All events.
    pub events: u64,
    /// Of each kind, undos left out, in the order of [`Kind::ALL`].
    pub kinds: [u64; Kind::ALL.len()],
    /// Undos.
    pub undos: u64,
    /// Of each disposition, in the order of [`Disposition::ALL`].
    pub dispositions: [u64; Disposition::ALL.len()],
    /// Events that are no undo, and whose kind, actor, recipient and content
    /// are those of an earlier one; read marks left out.
    pub repeats: u64,
    /// How many there would be by chance: the same count after the actors of
    /// each kind were shuffled.
    pub chance_repeats: u64,
    /// Events whose actor is their recipient, undos and read marks left out.
    pub self_actions: u64,
    /// From the first event to the last, in µs of event time.
    pub span_us: u64,
    /// Distinct members, as actors or recipients.
    pub members: u64,
    /// Recipients of all events.
    pub recipients: Popularity,
    /// Recipients of events without content, undos and read marks left out:
    /// no hot content decides them.
    pub plain_recipients: Popularity,
    /// Actors, undos, read marks and self-actions left out.
    pub actors: Popularity,
    /// Contents of events that have one, undos left out.
    pub contents: Popularity,
    /// Events in each of [`PARTS`] equal parts of that time.
    pub parts: [u64; PARTS],
}

impl Census {
    /// Looks at all of a stream.
    #[must_use]
    pub fn of(events: &[Event]) -> Self {
        let (tally, (members, popularity)) =
            rayon::join(|| tally(events), || (members(events), popularities(events)));
        let (repeats, chance_repeats) = repeats(events);
        let [recipients, plain_recipients, actors, contents] = popularity;
        Self {
            repeats,
            chance_repeats,
            members,
            recipients,
            plain_recipients,
            actors,
            contents,
            ..tally
        }
    }

    /// Events that are no undo.
    #[must_use]
    pub const fn done(&self) -> u64 {
        self.events - self.undos
    }

    /// Share of the stream that repeats an earlier event beyond what chance
    /// does.
    #[must_use]
    pub fn duplicate_share(&self) -> f64 {
        let beyond = self.repeats.saturating_sub(self.chance_repeats);
        beyond as f64 / (self.events as f64).max(1.0)
    }
}

/// Everything that is a plain sum.
fn tally(events: &[Event]) -> Census {
    // a slice of a stream does not begin at its start
    let times = || events.iter().map(|event| event.at_us);
    let start_us = times().min().unwrap_or(0);
    let span_us = times().max().unwrap_or(0) - start_us;
    let mut census = Census {
        events: events.len() as u64,
        kinds: [0; Kind::ALL.len()],
        undos: 0,
        dispositions: [0; Disposition::ALL.len()],
        repeats: 0,
        chance_repeats: 0,
        self_actions: 0,
        span_us,
        members: 0,
        recipients: Popularity::default(),
        plain_recipients: Popularity::default(),
        actors: Popularity::default(),
        contents: Popularity::default(),
        parts: [0; PARTS],
    };
    for event in events {
        census.dispositions[effect_of(event).disposition as usize] += 1;
        let part = u128::from(event.at_us - start_us) * PARTS as u128 / (u128::from(span_us) + 1);
        census.parts[part as usize] += 1;
        if event.undo() {
            census.undos += 1;
            continue;
        }
        census.kinds[event.kind() as usize] += 1;
        let is_own = event.is_self_action() && event.kind() != Kind::MarkRead;
        census.self_actions += u64::from(is_own);
    }
    census
}

fn members(events: &[Event]) -> u64 {
    let ids = events.iter().flat_map(|e| [e.actor, e.recipient]);
    Popularity::of(ids.collect()).distinct()
}

fn popularities(events: &[Event]) -> [Popularity; 4] {
    let done = || {
        let is_done = |event: &&Event| !event.undo() && event.kind() != Kind::MarkRead;
        events.iter().filter(is_done)
    };
    let recipients = events.iter().map(|event| event.recipient);
    let plain = done().filter(|event| !event.kind().has_content());
    let actors = done().filter(|event| !event.is_self_action());
    let contents = done().filter(|event| event.kind().has_content());
    [
        recipients.collect(),
        plain.map(|event| event.recipient).collect(),
        actors.map(|event| event.actor).collect(),
        contents.map(|event| event.content).collect(),
    ]
    .map(Popularity::of)
}

/// Events that repeat an earlier one, and how many would by chance.
fn repeats(events: &[Event]) -> (u64, u64) {
    let is_counted = |event: &&Event| !event.undo() && event.kind() != Kind::MarkRead;
    let done: Vec<&Event> = events.iter().filter(is_counted).collect();
    let with = |actor_of: &dyn Fn(usize) -> u64| {
        let keys = done.iter().enumerate().map(|(at, event)| {
            let key = mix(actor_of(at) ^ mix(event.recipient ^ mix(event.content)));
            mix(key ^ event.kind() as u64)
        });
        let keys = Popularity::of(keys.collect());
        keys.total - keys.distinct()
    };
    let repeats = with(&|at| done[at].actor);
    // Fisher and Yates, within each kind; self-actions stay what they are
    let mut actors: Vec<u64> = done.iter().map(|event| event.actor).collect();
    let mut by_kind: Vec<Vec<usize>> = vec![Vec::new(); Kind::ALL.len()];
    for (at, event) in done.iter().enumerate() {
        if !event.is_self_action() {
            by_kind[event.kind() as usize].push(at);
        }
    }
    for places in &by_kind {
        for last in (1..places.len()).rev() {
            let other = below(counter_word(0x6368_616e_6365, last as u64), last as u64 + 1);
            actors.swap(places[last], places[other as usize]);
        }
    }
    (repeats, with(&|at| actors[at]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use notibench_core::event::Segment;

    fn event(index: u64, kind: Kind, undo: bool, actor: u64, recipient: u64) -> Event {
        let content = if kind.has_content() { 9 } else { 0 };
        let actor = (actor, Segment::Other);
        Event::new(index, index * 10, kind, undo, actor, recipient, content)
    }

    #[test]
    fn everything_is_counted() {
        let events = [
            event(0, Kind::PostLike, false, 1, 2),
            event(1, Kind::PostLike, false, 1, 2),
            event(2, Kind::PostLike, true, 1, 2),
            event(3, Kind::MemberFollow, false, 3, 3),
            event(4, Kind::MarkRead, false, 2, 2),
            event(5, Kind::MarkRead, false, 2, 2),
        ];
        let census = Census::of(&events);
        assert_eq!((census.events, census.undos, census.done()), (6, 1, 5));
        assert_eq!(census.kinds[Kind::PostLike as usize], 2);
        assert_eq!((census.repeats, census.self_actions), (1, 1));
        assert_eq!((census.members, census.span_us), (3, 50));
        assert_eq!(census.recipients.counts, [5, 1]);
        assert_eq!(census.plain_recipients.counts, [1]);
        assert_eq!(census.actors.counts, [2]);
        assert_eq!(census.contents.counts, [2]);
        assert!((census.recipients.top_share(1) - 5.0 / 6.0).abs() < 1e-12);
        assert_eq!(census.parts.iter().sum::<u64>(), 6);
        assert_eq!((census.parts[0], census.parts[PARTS - 1]), (1, 1));
    }

    #[test]
    fn a_slice_of_a_stream_has_its_own_time() {
        let events: Vec<Event> = (700..800)
            .map(|index| event(index, Kind::MemberFollow, false, 1, 2))
            .collect();
        let census = Census::of(&events);
        let between = events[99].at_us - events[0].at_us;
        assert_eq!((census.span_us, census.events), (between, 100));
        assert!(
            census.parts.iter().all(|count| (2..4).contains(count)),
            "{:?}",
            census.parts
        );
    }

    #[test]
    fn an_empty_stream_has_an_empty_census() {
        let census = Census::of(&[]);
        assert_eq!((census.events, census.members), (0, 0));
        assert!(census.recipients.top_share(1) == 0.0);
    }
}
