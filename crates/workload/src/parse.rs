//! From a workload file's text to a [`Workload`]: its top level.

use std::path::Path;

use toml::de::DeTable;

use super::anonymity::{anonymity, digest_fits, reads_fit};
use super::error::{Fault, WorkloadError};
use super::fields::{Checked, Faults, Field, Table};
use super::homes::home_of;
use super::mix::{read_mix, write_mix};
use super::population::population;
use super::settings::settings;
use super::spec::{Anonymity, ReadMix, Settings, Workload};
use super::syntax::syntax_fault;
use super::time::time_shape;
use notibench_core::unit::digest::Digest;

/// Most events of one span.
const MAX_EVENTS: u64 = 1 << 31;
/// A second and 366 days.
const SPAN_LIMITS_US: (u64, u64) = (1_000_000, 366 * 86_400_000_000);

impl Workload {
    /// Reads a workload from `text`. `name` is the file's path as messages
    /// shall show it; the workload's name is its stem.
    ///
    /// # Errors
    /// Every mistake in the text, each with its place and its remedy.
    pub fn parse(name: &str, text: &str) -> Result<Self, WorkloadError> {
        let faults = Faults::default();
        let document = DeTable::parse(text)
            .map_err(|error| WorkloadError::new(name, text, vec![syntax_fault(&error, text)]))?;
        if document.get_ref().is_empty() {
            return Err(WorkloadError::new(name, text, vec![nothing_in_it()]));
        }
        let stem = Path::new(name)
            .file_stem()
            .map_or(name.into(), |stem| stem.to_string_lossy());
        let read = workload(&stem, Table::root(&document, &faults));
        match read {
            Ok(workload) if faults.is_empty() => Ok(workload),
            _ => Err(WorkloadError::new(name, text, faults.into_vec())),
        }
    }
}

fn nothing_in_it() -> Fault {
    Fault {
        span: Some(0..0),
        title: "the workload is empty".to_owned(),
        label: "no key at all".to_owned(),
        help: "say at least about, events, span, [mix], [population], [population.segments] \
               and [time];\na file under workloads/smoke/ is a start"
            .to_owned(),
        note: String::new(),
    }
}

fn workload(name: &str, mut root: Table<'_>) -> Checked<Workload> {
    let about = root.required(
        "about",
        "about = \"what it models, and the sources of its figures\"",
    );
    let about = about.and_then(|field| prose(&field));
    let seed = root.or_default("seed", "seed = 1", 1, |f| f.count(0..=i64::MAX as u64));
    let events = root
        .required("events", "events = \"10M\"")
        .and_then(|f| f.count(1..=MAX_EVENTS));
    let span_us = root
        .required("span", "span = \"7d\"")
        .and_then(|field| field.duration_us(SPAN_LIMITS_US.0..=SPAN_LIMITS_US.1));
    let mix = root
        .required(
            "mix",
            "[mix] with a weight for each kind, such as post_like = 3",
        )
        .and_then(|field| write_mix(field.table()?));
    let population = root
        .required("population", "[population] with members = \"1M\", …")
        .and_then(|field| population(field.table()?));
    let hot = population
        .as_ref()
        .map(|known| (known.hot_contents, known.hot_share));
    let hot = hot.map_err(|&told| told);
    let time = root
        .required("time", "[time] with shape = \"constant\"")
        .and_then(|field| time_shape(field.table()?, span_us, hot));
    let off = Anonymity::default();
    let example = "[anonymity] with mode = \"released\", …";
    let anonymity = root.or_default("anonymity", example, off, |field| {
        anonymity(field.table()?, span_us)
    });
    let example = "[settings] with blocked_share = 0.01, …";
    let settings = root.or_default("settings", example, Settings::default(), |field| {
        settings(field.table()?)
    });
    let example = "[reads] with per_event = 0.25, …";
    let reads = root.or_default("reads", example, no_reads(), |field| {
        let reads = read_mix(field.table()?)?;
        reads_fit(&field, &reads, &anonymity?, &settings?)?;
        Ok(reads)
    });
    let expected = root.or_default("expected", "[expected]", (None, None), |field| {
        let digests = expected(field.table()?)?;
        digest_fits(&field, digests.1, &anonymity?)?;
        Ok(digests)
    });
    root.close(|key| home_of(key, ""));
    let (expected_events_digest, expected_snapshot_digest) = expected?;
    Ok(Workload {
        name: name.to_owned(),
        about: about?,
        seed: seed?,
        events: events?,
        span_us: span_us?,
        mix: mix?,
        population: population?,
        time: time?,
        reads: reads?,
        anonymity: anonymity?,
        settings: settings?,
        expected_events_digest,
        expected_snapshot_digest,
    })
}

fn no_reads() -> ReadMix {
    ReadMix {
        per_event: 0.0,
        kinds: [1.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        exponent: 0.0,
    }
}

fn prose(field: &Field<'_>) -> Checked<String> {
    let text = field.text()?.trim();
    if text.is_empty() {
        let help = "say in a few sentences what the workload models and where its figures \
                    come from";
        let title = "`about` says nothing".to_owned();
        return Err(field.fault(title, "empty".to_owned(), help.to_owned()));
    }
    Ok(text.to_owned())
}

/// The digests that are known, of events and of the snapshot.
fn expected(mut table: Table<'_>) -> Checked<(Option<Digest>, Option<Digest>)> {
    let mut digest = |key| {
        let field = table.optional(key, "events_digest = \"00112233445566778899aabbccddeeff\"");
        field.map(|field| field.digest()).transpose()
    };
    let (events, snapshot) = (digest("events_digest"), digest("snapshot_digest"));
    table.close(|key| home_of(key, "expected"));
    Ok((events?, snapshot?))
}
