//! The attacks: what each looks at, and how it guesses.

use notibench_core::event::Segment;
use notibench_core::policy::ReleaseRule;
use notibench_core::viewing::{ReleasedViews, Showing};

/// EpochsClosed, and colluding members, of the attacks that use several.
const SEVERAL: u32 = 4;

/// One attack on one kind of world.
#[derive(Clone, Copy, Debug)]
pub struct Attack {
    /// Its name.
    pub name: &'static str,
    /// What the adversary does, in words.
    pub about: &'static str,
    /// Viewers of each object without the one in question, all of its
    /// segment.
    pub viewers: u32,
    /// Viewers of every other segment.
    pub(super) others: u32,
    /// The segment of the viewer in question.
    pub(super) segment: Segment,
    /// EpochsClosed in each of which the viewer looks.
    pub(super) weeks: u32,
    /// Objects at each of which the viewer looks: the members of the
    /// adversaries who collude.
    pub(super) objects: u32,
    /// What it looks at beside who viewed, which every attack asks.
    pub(super) beside: Beside,
    /// The guess: 1 for the world with the view, 0 for that without; what
    /// lies between is a coin's chance of 1.
    pub(super) guess: fn(&Attack, &[Seen]) -> f64,
}

/// What an attack looks at beside who viewed a profile.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Beside {
    Nothing,
    /// Further polls after the close, by several readers.
    Polls,
    /// Every other read.
    OtherReads,
    /// The snapshot.
    Snapshot,
}

/// What the adversary saw of one object in one week.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    /// Who viewed the profile: asked when all but the one had looked, asked
    /// once more when the one had, and after the close.
    pub(super) early: Option<ReleasedViews>,
    pub(super) late: Option<ReleasedViews>,
    pub(super) closed: Option<ReleasedViews>,
    /// The same after the close, asked by others, again and again.
    pub(super) again: Vec<Option<ReleasedViews>>,
    /// Whether any other read (badge, inbox page; reactions and views of the
    /// member's content) changed at any time, or the snapshot's other fields.
    pub(super) others_changed: bool,
    /// Whether a line of the snapshot is there, and its profile views of the
    /// segment.
    pub(super) line: Option<u64>,
}

impl Attack {
    /// Releases that the one viewer is part of.
    #[must_use]
    pub const fn releases(&self) -> u32 {
        self.weeks * self.objects
    }

    /// What is shown of the segment.
    fn shown(&self, views: Option<ReleasedViews>) -> u32 {
        views.map_or(0, |views| views.release.viewers[self.segment as usize])
    }

    /// Whether more was shown than there are without the one: the best test
    /// of a single release.
    fn exceeds(&self, seen: &Seen) -> bool {
        self.shown(seen.closed) > self.viewers
    }
}

fn certain(guess: bool) -> f64 {
    f64::from(u8::from(guess))
}

/// Each release is evidence of one strength for either world: the majority.
fn majority(attack: &Attack, seen: &[Seen]) -> f64 {
    let votes = seen.iter().filter(|seen| attack.exceeds(seen)).count() * 2;
    match votes.cmp(&seen.len()) {
        std::cmp::Ordering::Less => 0.0,
        std::cmp::Ordering::Equal => 0.5,
        std::cmp::Ordering::Greater => 1.0,
    }
}

/// Whether the answer changed while the week was open.
fn difference(attack: &Attack, seen: &[Seen]) -> f64 {
    let changed = |seen: &Seen| attack.shown(seen.late) != attack.shown(seen.early);
    certain(seen.iter().any(changed))
}

/// Whether anything is shown.
fn is_shown(attack: &Attack, seen: &[Seen]) -> f64 {
    certain(seen.iter().any(|seen| attack.shown(seen.closed) > 0))
}

/// Whether the total has something that no part shows.
fn rest_of_total(_: &Attack, seen: &[Seen]) -> f64 {
    let rest = |seen: &Seen| {
        let release = seen.closed.map(|views| views.release).unwrap_or_default();
        let parts: u64 = release.viewers.iter().copied().map(u64::from).sum();
        release.total() > parts
    };
    certain(seen.iter().any(rest))
}

/// Whether there is a line in the snapshot, or anything is shown.
fn any_trace(attack: &Attack, seen: &[Seen]) -> f64 {
    let trace = |seen: &Seen| seen.line.is_some() || attack.shown(seen.closed) > 0;
    certain(seen.iter().any(trace))
}

/// What the snapshot's line says.
fn in_snapshot(attack: &Attack, seen: &[Seen]) -> f64 {
    let exceeds = |seen: &Seen| seen.line > Some(u64::from(attack.viewers));
    certain(seen.iter().any(exceeds))
}

/// The mean over polls by several readers, in case the noise averages out.
fn mean_of_polls(attack: &Attack, seen: &[Seen]) -> f64 {
    let mean = |seen: &Seen| {
        let shown = seen.again.iter().map(|views| attack.shown(*views));
        f64::from(shown.sum::<u32>()) / seen.again.len().max(1) as f64
    };
    certain(
        seen.iter()
            .any(|seen| mean(seen) > f64::from(attack.viewers) + 0.5),
    )
}

/// Whether two readers were told different things.
fn readers_differ(_: &Attack, seen: &[Seen]) -> f64 {
    let differ = |seen: &Seen| seen.again.iter().any(|views| *views != seen.closed);
    certain(seen.iter().any(differ))
}

/// Whether a read that has nothing to do with views changed.
fn others_changed(_: &Attack, seen: &[Seen]) -> f64 {
    certain(seen.iter().any(|seen| seen.others_changed))
}

/// The best test of a single release; the others differ from it.
const fn base(rule: &ReleaseRule) -> Attack {
    Attack {
        name: "shown count",
        about: "guesses by whether more is shown than there are without the one: the best test \
                of a release",
        // so far above the threshold that nothing is suppressed
        viewers: rule.threshold + 20,
        others: 0,
        segment: Segment::Recruiter,
        weeks: 1,
        objects: 1,
        beside: Beside::Nothing,
        guess: majority,
    }
}

/// The attacks on releases; counts are chosen by the rule's threshold.
#[must_use]
pub fn attacks(rule: &ReleaseRule) -> Vec<Attack> {
    let mut attacks = on_answers(rule);
    attacks.extend(on_the_rest(rule));
    attacks
}

/// By who viewed, asked before, between and after.
fn on_answers(rule: &ReleaseRule) -> Vec<Attack> {
    let base = base(rule);
    vec![
        base,
        Attack {
            name: "shown count, in reverse",
            about: "the same where the viewer is an engineer, and recruiters are viewed",
            segment: Segment::Engineer,
            ..base
        },
        Attack {
            name: "before and after",
            about: "polls before and after the one view, and takes the difference",
            guess: difference,
            ..base
        },
        Attack {
            name: "threshold",
            about: "the one view would reach the threshold: guesses by whether anything is shown",
            viewers: rule.threshold - 1,
            guess: is_shown,
            ..base
        },
        Attack {
            name: "total minus parts",
            about: "the segment is suppressed, the others are shown: takes the parts from the total",
            viewers: rule.threshold / 4,
            others: base.viewers,
            guess: rest_of_total,
            ..base
        },
        Attack {
            name: "trailing weeks",
            about: "the viewer comes back each week: a vote of the weeks",
            weeks: SEVERAL,
            ..base
        },
        Attack {
            name: "collusion",
            about: "several members pool what they see; the viewer looked at each: their vote",
            objects: SEVERAL,
            ..base
        },
    ]
}

/// By whatever else there is to be seen.
fn on_the_rest(rule: &ReleaseRule) -> Vec<Attack> {
    let base = base(rule);
    vec![
        Attack {
            name: "object without state",
            about: "nobody ever looked, or one did: guesses by any trace, in answers or snapshot",
            viewers: 0,
            beside: Beside::Snapshot,
            guess: any_trace,
            ..base
        },
        Attack {
            name: "any reader, many polls",
            about: "asks through every session, again and again, and takes the mean",
            beside: Beside::Polls,
            guess: mean_of_polls,
            ..base
        },
        Attack {
            name: "reader's role or plan",
            about: "compares what different readers are told",
            beside: Beside::Polls,
            guess: readers_differ,
            ..base
        },
        Attack {
            name: "other reads",
            about: "badge, inbox page, reactions, content views: guesses by whether any changed",
            beside: Beside::OtherReads,
            guess: others_changed,
            ..base
        },
        Attack {
            name: "snapshot",
            about: "the member has a line for another reason: reads its profile views",
            beside: Beside::Snapshot,
            guess: in_snapshot,
            ..base
        },
    ]
}

/// Attacks on the controls, and whether each must tell the worlds apart.
#[must_use]
pub fn controls(rule: &ReleaseRule) -> Vec<(Showing, Attack, bool)> {
    let all = attacks(rule);
    let picked = ["before and after", "threshold", "shown count"];
    let mut controls = Vec::new();
    for showing in Showing::ABLATIONS {
        let telling = match showing {
            Showing::ThresholdBeforeNoise => "threshold",
            _ => "before and after",
        };
        let of_this = all.iter().filter(|attack| picked.contains(&attack.name));
        controls.extend(of_this.map(|attack| (showing, *attack, attack.name == telling)));
    }
    controls
}
