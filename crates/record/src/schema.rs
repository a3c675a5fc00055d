//! The record's schema: plain data, serialised as JSON; docs/FORMAT.md
//! describes it.

use serde::{Deserialize, Serialize};

use super::apart::ApartTrial;
use super::cluster::ExchangeNote;
use super::environment::Environment;
use super::failure::RunFailure;
use super::interleaving::{InterleavedRound, SlicesNote};
use super::open_loop::{OpenLoopTrial, RecordingNote};
use super::pass::Pass;
use super::plan::Plan;
use super::role::EngineRole;
use super::trace_note::TraceNote;
use super::weather::Weather;

/// Version of the schema. A reader refuses others.
pub const SCHEMA: &str = "notibench-record/1";

/// Everything that one run measured and proved.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// [`SCHEMA`].
    pub schema: String,
    /// Version of notibench that wrote it.
    pub version: String,
    /// Whether the run came to its end; false after an interruption.
    pub complete: bool,
    /// Why the run failed, where it did.
    pub failure: Option<RunFailure>,
    /// What ended the rounds of a run that is complete.
    #[serde(default)]
    pub ended_by: EndedBy,
    /// The command line, word by word.
    pub command: Vec<String>,
    /// When it started, RFC 3339, UTC.
    pub started: String,
    /// What was run.
    pub workload: WorkloadNote,
    /// How it was run; with the workload's text, all that a rerun needs.
    pub plan: Plan,
    /// Where it was run.
    pub environment: Environment,
    /// The engines of the run, in the order asked for.
    pub engines: Vec<EngineNote>,
    /// Every timed run, warm-up included, in the order in which they ran.
    pub trials: Vec<Trial>,
    /// The rounds in which engines took turns slice by slice.
    #[serde(default)]
    pub interleaved: Vec<InterleavedRound>,
    /// What the oracle says, where it was asked.
    pub oracle: Option<OracleNote>,
    /// Whether each engine's final state was right.
    pub proofs: Vec<EngineProof>,
    /// The clock that the trials were timed with.
    pub clock: ClockNote,
    /// What the stream really held.
    pub realised: Option<Realised>,
    /// What recording response times costs, by engine; empty in a closed loop.
    #[serde(default)]
    pub recording: Vec<RecordingNote>,
    /// How fast the machine itself was meanwhile; none in records that are
    /// older than it, and where no round is interleaved.
    #[serde(default)]
    pub weather: Option<Weather>,
    /// What else a reader should know, a sentence each, naming the flag that
    /// fixes it.
    pub warnings: Vec<String>,
}

/// The workload of a run.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct WorkloadNote {
    /// Its name.
    pub name: String,
    /// The whole text of its file; of a trace, its shares and counts as one.
    pub toml: String,
    /// The trace that was run, where the stream was not generated.
    #[serde(default)]
    pub trace: Option<TraceNote>,
}

/// What ended the rounds.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum EndedBy {
    /// As many rounds as were asked for.
    #[default]
    Rounds,
    /// Every interval was narrow enough.
    Precision,
    /// The time was over.
    MaxTime,
}

/// One contestant.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct EngineNote {
    /// Name in this record.
    pub name: String,
    /// Name in the registry; differs for the second name of the A/A control.
    pub engine: String,
    /// What it is to the run.
    pub role: EngineRole,
    /// `immediate` or `deferred`.
    pub freshness: String,
    /// Whether it is the baseline under its second name (the A/A control).
    pub control: bool,
    /// Whether its state lies in another process, beyond a socket.
    #[serde(default)]
    pub out_of_process: bool,
}

/// One timed run of one engine.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Trial {
    /// [`EngineNote::name`].
    pub engine: String,
    /// Process that ran it, from 0.
    #[serde(default)]
    pub process: usize,
    /// Round, from 0, warm-up rounds first.
    pub round: usize,
    /// Group of an interleaved round, from 0: trials of one group are
    /// compared.
    #[serde(default)]
    pub group: usize,
    /// Position in the round's shuffled order; 0 in an interleaved round,
    /// where each slice has an order of its own.
    pub turn: usize,
    /// Whether the round is thrown away.
    pub warmup: bool,
    /// What state it found.
    #[serde(default)]
    pub pass: Pass,
    /// When it started, in ms since the first round did.
    #[serde(default)]
    pub started_ms: u64,
    /// First worker's start to last worker's end, finish included, in ns; of
    /// an interleaved trial the sum over its slices.
    pub wall_ns: u64,
    /// The slices of an interleaved trial; none where it was made in one
    /// piece.
    #[serde(default)]
    pub slices: Option<SlicesNote>,
    /// Each worker's own stamps.
    pub workers: Vec<WorkerStamp>,
    /// Events generated for it.
    pub generated: u64,
    /// Events that changed state.
    pub applied: u64,
    /// Events that the policy discards.
    pub discarded: u64,
    /// Events that failed.
    pub failed: u64,
    /// Events that were never started.
    pub skipped: u64,
    /// Events whose disposition is notify.
    pub notified: u64,
    /// Reads answered.
    pub reads: u64,
    /// Service time of ingest calls in ns, timed in groups: an HdrHistogram,
    /// V2 with deflate, in base64.
    pub ingest_service_ns: String,
    /// Ingest calls in one timed group.
    pub ingest_group_calls: u64,
    /// Service time of groups of reads in ns, likewise.
    pub read_service_ns: String,
    /// Values that were outside the histograms' range.
    pub out_of_range: u64,
    /// Digest of the multiset of events that were ingested.
    pub events_digest: Option<String>,
    /// Digest of the engine's snapshot.
    pub snapshot_digest: Option<String>,
    /// Members that have state.
    pub members: u64,
    /// Contents that have state.
    pub contents: u64,
    /// Bytes of state of touched members and contents.
    pub state_bytes: u64,
    /// Bytes of room in inboxes that holds no entry.
    pub slack_bytes: u64,
    /// Bytes of the maps beyond the states in them.
    pub map_bytes: Option<u64>,
    /// Bytes that the allocator takes beyond all of these, computed from the
    /// sizes of the allocations; none in records that are older than it.
    #[serde(default)]
    pub allocator_bytes: Option<u64>,
    /// Peak resident size of the process during the trial, in bytes.
    pub peak_resident_bytes: u64,
    /// Time stolen from this machine by its host during the trial, in ms.
    pub steal_ms: u64,
    /// Involuntary context switches of the process during the trial.
    pub involuntary_switches: u64,
    /// Time that a screen took which was drawn while the trial ran, in ns: of
    /// the thread that waits for the workers, never of theirs.
    #[serde(default)]
    pub watched_ns: u64,
    /// What the processors counted during the timed part; none where it was
    /// not asked for, or they count nothing.
    #[serde(default)]
    pub perf: Option<PerfNote>,
    /// What an open loop measured; none in a closed one.
    #[serde(default)]
    pub open_loop: Option<OpenLoopTrial>,
    /// What processes exchanged that made the trial together; none where one
    /// process made it.
    #[serde(default)]
    pub exchange: Option<ExchangeNote>,
    /// What writers and readers did alone and beside each other; none where
    /// each worker does both.
    #[serde(default)]
    pub apart: Option<ApartTrial>,
}

/// What the processors counted in user mode, in all threads of the process;
/// each is none where the machine does not count it.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, PartialEq, Default)]
#[serde(deny_unknown_fields)]
pub struct PerfNote {
    /// Cycles.
    pub cycles: Option<u64>,
    /// Instructions retired.
    pub instructions: Option<u64>,
    /// Misses of the last level of cache.
    pub cache_misses: Option<u64>,
    /// Loads whose page was not in the data TLB.
    pub tlb_misses: Option<u64>,
}

/// When one worker started and ended, in ns since the trial's set-up.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct WorkerStamp {
    /// Before its first batch.
    pub start_ns: u64,
    /// After its session was finished.
    pub end_ns: u64,
    /// Events it ingested.
    pub events: u64,
}

/// What the oracle found.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct OracleNote {
    /// Digest of the generated event multiset.
    pub events_digest: String,
    /// Digest of the snapshot.
    pub snapshot_digest: String,
    /// Digest of the snapshot of the stream folded twice, where there were
    /// passes over warm state.
    #[serde(default)]
    pub warm_snapshot_digest: Option<String>,
    /// Members in it.
    pub members: u64,
    /// Contents in it.
    pub contents: u64,
    /// Whether the workload's file expects these digests: `matches`, `differs`, or
    /// `unknown`.
    pub expected: String,
    /// How long it took, in ms.
    pub took_ms: u64,
}

/// Whether an engine's final state was right.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct EngineProof {
    /// [`EngineNote::name`].
    pub engine: String,
    /// What was found.
    pub verdict: ProofVerdict,
    /// Snapshots compared.
    pub snapshots: u64,
    /// Reads compared.
    pub reads: u64,
    /// Answers given while others wrote that some set of events explains.
    #[serde(default)]
    pub explained: u64,
    /// Such answers that lie within every bound, of which no set of events was
    /// found nor excluded.
    #[serde(default)]
    pub bounded: u64,
}

/// What a proof found.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ProofVerdict {
    /// Equal to the oracle's, bit for bit.
    Equal,
    /// Not asked for, or a probe.
    NotChecked,
    /// Differs; the first difference in words.
    Differs(String),
}

/// The clock.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, PartialEq, Default)]
#[serde(deny_unknown_fields)]
pub struct ClockNote {
    /// What one reading costs, in ns.
    pub cost_ns: f64,
    /// The smallest step seen between two readings that differ, in ns.
    pub resolution_ns: u64,
}

/// What the stream really held.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Realised {
    /// Events looked at, from the stream's start.
    pub events: u64,
    /// Name of each kind and how many fresh events of it there were.
    pub kinds: Vec<(String, u64)>,
    /// Undos.
    pub undos: u64,
    /// Name of each disposition and how many events had it.
    pub dispositions: Vec<(String, u64)>,
    /// Self-actions other than read marks.
    pub self_actions: u64,
    /// Distinct recipients.
    pub recipients: u64,
    /// Share of the events that the most frequent recipient got.
    pub top_1_share: f64,
    /// Share of the events that the hundred most frequent recipients got.
    pub top_100_share: f64,
    /// Ranks of recipients, the most frequent first, from 1, spaced by a factor, and how
    /// many events each of these got; none in records that are older than it.
    #[serde(default)]
    pub popularity: Vec<[u64; 2]>,
}

impl Record {
    /// Time stolen by the host, in ms, and involuntary context switches: of
    /// each trial that was made alone, and of each interleaved round.
    pub fn disturbances(&self) -> impl Iterator<Item = (u64, u64)> {
        let alone = self.trials.iter().filter(|trial| trial.slices.is_none());
        let alone = alone.map(|trial| (trial.steal_ms, trial.involuntary_switches));
        let rounds = self.interleaved.iter();
        alone.chain(rounds.map(|round| (round.steal_ms, round.involuntary_switches)))
    }
}
