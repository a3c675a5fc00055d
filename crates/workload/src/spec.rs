//! A validated workload: plain data, every number within its range.

use std::num::NonZeroU32;

use notibench_core::event::{Kind, ReadKind, Segment};
use notibench_core::policy::Epsilon;
use notibench_core::unit::digest::Digest;

/// One workload, as its file says it.
#[derive(Clone, Debug, PartialEq)]
pub struct Workload {
    /// Name, the file's stem.
    pub name: String,
    /// What it models, and the sources of its figures.
    pub about: String,
    /// Seed of the stream unless told otherwise.
    pub seed: u64,
    /// Events of one span; the stream goes on beyond it with the same rate,
    /// span after span.
    pub events: u64,
    /// Length of one span in µs of event time.
    pub span_us: u64,
    /// Kinds, undos, duplicates, self-actions.
    pub mix: WriteMix,
    /// Who acts, whom it concerns, what it is about.
    pub population: Population,
    /// How the events lie in the span.
    pub time: TimeShape,
    /// Reads beside the events.
    pub reads: ReadMix,
    /// How views are counted and shown.
    pub anonymity: Anonymity,
    /// What members have set.
    pub settings: Settings,
    /// Digest of the event multiset at the default seed and events, where known.
    pub expected_events_digest: Option<Digest>,
    /// Digest of the snapshot at the default seed and events, where known.
    pub expected_snapshot_digest: Option<Digest>,
}

/// What becomes of views.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum ViewMode {
    /// Each view counts; counts are in the snapshot, and no read shows them.
    #[default]
    Off,
    /// Each viewer counts once an epoch; counts are in the snapshot, and no
    /// read shows them.
    Counts,
    /// Each viewer counts once an epoch, and is shown in releases alone.
    Released,
}

impl ViewMode {
    /// Its name in workload files and records.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Counts => "counts",
            Self::Released => "released",
        }
    }
}

/// How views are counted and shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Anonymity {
    /// What becomes of views.
    pub mode: ViewMode,
    /// Share of the members who are hidden in an epoch, and count as `other`.
    pub hidden_share: f64,
    /// Of the noise of releases.
    pub epsilon: Epsilon,
    /// What is below it after the noise is not shown.
    pub threshold: u32,
}

impl Default for Anonymity {
    fn default() -> Self {
        Self {
            mode: ViewMode::Off,
            hidden_share: 0.0,
            epsilon: Epsilon::of_thousandths(500),
            threshold: 10,
        }
    }
}

/// What members have set, and how notifications of one thing are shown.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct Settings {
    /// Share of the pairs of members of whom one has blocked the other.
    pub blocked_share: f64,
    /// Share of the pairs of a recipient and an actor whose actor is muted.
    pub muted_share: f64,
    /// Share of the pairs of a member and a kind that are switched off.
    pub opted_out_share: f64,
    /// Whether of a comment, a tag and a mention by one actor in one content
    /// the foremost alone is shown.
    pub precedence: bool,
    /// Pushes that a member is sent in a day at the most; none: no cap, and
    /// pushes are not counted.
    pub pushes_per_day: Option<NonZeroU32>,
}

/// Shares of the whole stream; `kinds`, `undo` and `duplicate` sum to 1.
#[derive(Clone, Debug, PartialEq)]
pub struct WriteMix {
    /// Share of fresh events of each kind, in the order of [`Kind::ALL`].
    pub kinds: [f64; Kind::ALL.len()],
    /// Share of undos.
    pub undo: f64,
    /// Share of duplicates.
    pub duplicate: f64,
    /// Share of fresh events whose actor is made their recipient.
    pub self_action: f64,
}

/// Members, contents and their popularity.
#[derive(Clone, Debug, PartialEq)]
pub struct Population {
    /// How many members there are (1 to 2^32 - 1).
    pub members: u64,
    /// Zipf exponent of recipients.
    pub recipient_exponent: f64,
    /// Zipf exponent of actors; 0: all alike.
    pub actor_exponent: f64,
    /// Contents that each member owns, articles first (at least 2).
    pub contents_per_member: u64,
    /// How many contents are hot.
    pub hot_contents: u64,
    /// Share of content events that fall on the hot contents (0 to 1); under
    /// [`TimeShape::Viral`] the share that the kernel adds, over the span.
    pub hot_share: f64,
    /// Zipf exponent among the hot contents.
    pub hot_exponent: f64,
    /// Shares of the segments, in the order of [`Segment::ALL`]; sum 1.
    pub segments: [f64; Segment::COUNT],
    /// How numbers become ids.
    pub ids: IdScheme,
}

/// How the number of a member or content becomes its 64-bit id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdScheme {
    /// 1, 2, 3, …
    Sequential,
    /// Members 0, 1, 2, …; contents 1, 2, 3, …, since a content of 0 is none.
    FromZero,
    /// Time in the high bits, machine and sequence in the low ones.
    Snowflake,
    /// Uniform words.
    Random,
    /// Chosen so that their hashes crowd into few shards.
    Adversarial,
}

/// How event times lie in the span.
#[derive(Clone, Debug, PartialEq)]
pub enum TimeShape {
    /// Evenly.
    Constant,
    /// Day and night by time zone, and weekends.
    Diurnal {
        /// Peak rate over mean rate of a day, in one zone (1 to 8): a zone's
        /// rate is a power of a raised cosine, ((1 + cos)/2)^k, whose peak
        /// over mean is √π·Γ(k + 1)/Γ(k + ½); 1 is flat (k = 0), 2 the plain
        /// raised cosine (k = 1). The stream's own peak is lower where zones
        /// are spread.
        peak_to_mean: f64,
        /// Rate of Saturday and Sunday over that of a weekday.
        weekend: f64,
        /// Hours from UTC and share of the members; shares sum to 1.
        zones: Vec<(f64, f64)>,
    },
    /// Bursts.
    OnOff {
        /// Length of a burst in µs.
        on_us: u64,
        /// Length of a pause in µs.
        off_us: u64,
        /// Rate in a pause over that of a burst (0 to 1).
        off_rate: f64,
    },
    /// A steady background and, from `at_us` on, one content that spreads:
    /// a flat kernel, then a power law.
    Viral {
        /// When the hot contents appear, µs from the span's start.
        at_us: u64,
        /// How long the kernel is flat, in µs.
        flat_us: u64,
        /// Exponent of the power law after that (above 1): the rate falls
        /// as (t / flat)^-decay.
        decay: f64,
    },
}

/// Reads: their number per event, their kinds, their popularity.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadMix {
    /// Reads per event.
    pub per_event: f64,
    /// Shares of the kinds, in the order of [`ReadKind::ALL`]; sum 1.
    pub kinds: [f64; ReadKind::ALL.len()],
    /// Zipf exponent of the members and contents that are read.
    pub exponent: f64,
}
