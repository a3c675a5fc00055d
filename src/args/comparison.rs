//! Flags of how runs are repeated, ended and compared, and of `selftest`.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Args;

use super::external::ExternalArgs;
use super::parse::whole;
use super::stall::StallArgs;
use notibench_core::unit::quantity::{parse_count, parse_share};
use notibench_workload::parse_duration_us;

/// Reads a duration such as `10m` into ms.
pub(super) fn duration_ms(text: &str) -> Result<u64, String> {
    match parse_duration_us(text) {
        Ok(us) if us >= 1_000 => Ok(us / 1_000),
        Ok(_) => Err(format!(
            "`{text}` is shorter than 1ms: write it as 90s or 10m"
        )),
        Err(why) => Err(format!("`{text}`: {why}; write it as 90s or 10m")),
    }
}

/// How rounds are repeated, ended and compared.
#[derive(Debug, Args)]
pub(crate) struct ComparisonArgs {
    /// Difference that matters; a smaller one may be significant, and is called small [default: 2%]
    #[arg(long, value_name = "SHARE", value_parser = parse_share, allow_negative_numbers = true)]
    pub(crate) relevant: Option<f64>,
    /// Go on until the interval of every ratio has at most this half-width; --rounds is then a
    /// maximum [default: --rounds alone decides]
    #[arg(long, value_name = "SHARE", value_parser = parse_share, allow_negative_numbers = true)]
    pub(crate) precision: Option<f64>,
    /// Begin no round later than this after the first [default: 10m where only --precision is
    /// given, else none]
    #[arg(long, value_name = "TIME", value_parser = duration_ms, allow_negative_numbers = true)]
    pub(crate) max_time: Option<u64>,
    /// Make the whole run in so many processes, one after the other, each a sampling unit: the
    /// intervals then cover the luck of layout and allocation, too [default: 1]
    #[arg(long, value_name = "N", value_parser = whole::<usize>, allow_negative_numbers = true)]
    pub(crate) processes: Option<usize>,
    /// Slow every engine down by this share of its own time, to see whether a comparison finds it
    #[arg(long, value_name = "SHARE", value_parser = parse_share, hide = true)]
    pub(crate) plant: Option<f64>,
    /// This is one of N processes that take the same slice of the stream in turn, as the lines
    /// on its stdin allow
    #[arg(long, value_name = "N", value_parser = whole::<NonZeroUsize>, hide = true, conflicts_with_all = ["processes", "precision", "max_time", "live"])]
    pub(crate) lock_step: Option<NonZeroUsize>,
}

/// What a run with --processes tells each of them; no command for people.
#[derive(Debug, Args)]
pub(crate) struct ProcessArgs {
    /// The settled run, in a file
    pub(crate) plan: PathBuf,
    /// Which of the processes this is, from 0
    #[arg(long, value_name = "K")]
    pub(crate) number: usize,
    #[command(flatten)]
    pub(crate) stall: StallArgs,
    #[command(flatten)]
    pub(crate) external: ExternalArgs,
}

/// `selftest`.
#[derive(Debug, Args)]
pub(crate) struct SelftestArgs {
    /// Workload file, or the name of a built-in one (`notibench list workloads`)
    #[arg(default_value = "steady_week")]
    pub(crate) workload: PathBuf,
    /// Fewer and smaller: 80 comparisons of engines with themselves, 10 with one slowed down, 100k
    /// events a round; passes at most 15% of false verdicts, in place of 8%
    #[arg(long)]
    pub(crate) short: bool,
    /// Engine that is compared with itself, repeatable; the first one is slowed down, too [default:
    /// dashmap-naive, actor, dashmap, papaya, and engines of one's own]
    #[arg(
        short = 'e',
        long = "engine",
        value_name = "NAME,…",
        value_delimiter = ','
    )]
    pub(crate) engines: Vec<String>,
    #[command(flatten)]
    pub(crate) stall: StallArgs,
    /// Comparisons of engines with themselves, of all engines together [default: 400]
    #[arg(long, value_name = "N", value_parser = whole::<usize>, allow_negative_numbers = true)]
    pub(crate) comparisons: Option<usize>,
    /// Rounds of each of them
    #[arg(long, value_name = "N", value_parser = whole::<usize>, allow_negative_numbers = true, default_value = "5")]
    pub(crate) rounds: usize,
    /// Slowdown that is planted
    #[arg(long, value_name = "SHARE", value_parser = parse_share, default_value = "3%")]
    pub(crate) plant: f64,
    /// Workers where the engine is slowed down: with more than one, the others gain by it
    #[arg(long, value_name = "N", value_parser = whole::<usize>, allow_negative_numbers = true, default_value = "1")]
    pub(crate) planted_threads: usize,
    /// Comparisons with the engine slowed down [default: 20]
    #[arg(long, value_name = "N", value_parser = whole::<usize>, allow_negative_numbers = true)]
    pub(crate) planted_comparisons: Option<usize>,
    /// Rounds of each of them at the most
    #[arg(long, value_name = "N", value_parser = whole::<usize>, allow_negative_numbers = true, default_value = "1000")]
    pub(crate) planted_rounds: usize,
    /// Leave out the stall and the capacity that are planted in real time: some ten seconds
    #[arg(long)]
    pub(crate) no_real_time: bool,
    /// Events of each round [default: 200k]
    #[arg(short = 'n', long, value_name = "N", value_parser = parse_count, allow_negative_numbers = true)]
    pub(crate) events: Option<u64>,
    /// Workers [default: processors]
    #[arg(short = 't', long, value_name = "N", value_parser = whole::<usize>, allow_negative_numbers = true)]
    pub(crate) threads: Option<usize>,
    /// Events of one ingest call [default: 1024]
    #[arg(long, value_name = "N", value_parser = whole::<usize>, allow_negative_numbers = true)]
    pub(crate) batch: Option<usize>,
    /// Seed of the stream [default: the workload's]
    #[arg(long, value_name = "N", value_parser = whole::<u64>, allow_negative_numbers = true)]
    pub(crate) seed: Option<u64>,
    /// Where the record goes: a file, or a folder [default: reports/<workload>-selftest-<time>.json]
    #[arg(short = 'o', long, value_name = "PATH")]
    pub(crate) out: Option<PathBuf>,
    /// Save no record
    #[arg(long, conflicts_with = "out")]
    pub(crate) no_save: bool,
}
