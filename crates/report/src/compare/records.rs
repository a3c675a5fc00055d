//! Two saved records: each engine's ratio to the same baseline inside its own
//! record, so that the machine's speed on that day cancels.

use super::collect_warnings::of_records;
use super::comparison::{Change, Comparison, Method, Side};
use super::gate::{Gate, GateVerdict};
use super::inputs::RecordFile;
use super::sides::{
    Refusal, changes_of, check_usable, compared, differ, digests, plan_differences, shared_digests,
    split,
};
use crate::figures::{cache_words, listed};
use notibench_record::stats::{geometric_mean, unpaired_ratio};
use notibench_record::{Environment, Pass, Record, UNKNOWN_CPU};

/// The record `after` beside the record `before`: the change of each engine's
/// ratio to the baseline, with an unpaired interval. With `force`, what was
/// not run alike is compared all the same, under a warning.
///
/// # Errors
/// Where a record is incomplete or wrong, their baselines differ, no engine
/// but the baseline is in both, or, without `force`, they were not run alike.
pub fn compare_records(
    before: RecordFile<'_>,
    after: RecordFile<'_>,
    pass: Pass,
    gate: Option<Gate>,
    force: bool,
) -> Result<Comparison, Refusal> {
    check_usable(before.path, before.record)?;
    check_usable(after.path, after.record)?;
    for file in [before, after] {
        if pass == Pass::Warm && !file.record.plan.warm {
            return Err(Refusal::Unusable(format!(
                "{} has no passes over warm state: leave out --pass, or run again with --warm",
                file.path
            )));
        }
    }
    let (old, new) = (before.record, after.record);
    let baseline = same_baseline(old, new)?;
    let differences = differences(old, new);
    if !force && !differences.is_empty() {
        return Err(Refusal::Unlike {
            what: "the two records",
            differences,
            fix: "run again in the same way, or give --force to compare them all the same",
        });
    }
    let (both, mut unmatched) = split(old, new);
    for names in &mut unmatched {
        names.retain(|name| *name != baseline);
    }
    let others = both.into_iter().filter(|name| *name != baseline).collect();
    let changes = changes_of(others, &mut unmatched, |name| {
        change([old, new], [name, name], (&baseline, pass), gate)
    });
    if changes.is_empty() {
        return Err(Refusal::Unusable(format!(
            "no engine beside the baseline {baseline} is in both records: {} has {}, {} has {}",
            before.path,
            compared(old).join(", "),
            after.path,
            compared(new).join(", ")
        )));
    }
    let mut comparison = Comparison {
        control: control([old, new], (&baseline, pass)),
        by_slice: None,
        method: Method::Records { baseline },
        pass,
        workload: new.workload.name.clone(),
        plan: old.plan.clone(),
        sides: [Side::of(before.path, old), Side::of(after.path, new)],
        weather: [old, new].map(|record| record.weather.clone()),
        changes,
        unmatched,
        digests: shared_digests(old, new),
        gate,
        warnings: Vec::new(),
    };
    comparison.warnings = of_records(&comparison, [before, after], differences);
    Ok(comparison)
}

/// The one baseline that both records' ratios are taken to.
fn same_baseline(old: &Record, new: &Record) -> Result<String, Refusal> {
    let [one, other] = [old, new].map(|record| {
        let name = &record.plan.baseline;
        let note = record.engines.iter().find(|note| note.name == *name);
        (name, note.map(|note| &note.engine))
    });
    if one == other && one.1.is_some() {
        return Ok(one.0.clone());
    }
    Err(Refusal::Unusable(format!(
        "the records' ratios are taken to two baselines, {} and {}: run again with one \
         --baseline for both",
        one.0, other.0
    )))
}

/// Everything that was not alike, a line each.
fn differences(old: &Record, new: &Record) -> Vec<String> {
    let mut found = plan_differences(old, new);
    let same_stream = found.is_empty();
    let (a, b) = (&old.environment, &new.environment);
    let number = |value: &usize| value.to_string();
    let limit =
        |cpus: &Option<f64>| cpus.map_or_else(|| "unlimited".to_owned(), |cpus| cpus.to_string());
    found.extend(
        [
            processor(a, b),
            caches(a, b),
            differ("processors", [&a.cores, &b.cores], number),
            differ(
                "processors of the control group",
                [&a.cgroup_cpus, &b.cgroup_cpus],
                limit,
            ),
            differ("kind of build", [&a.profile, &b.profile], Clone::clone),
            differ(
                "version of notibench",
                [&old.version, &new.version],
                Clone::clone,
            ),
        ]
        .into_iter()
        .flatten(),
    );
    // what follows from another seed need not be told again
    let whose = ["digest of the events", "digest of the final state"];
    for ((what, one), other) in whose.into_iter().zip(digests(old)).zip(digests(new)) {
        if let (true, Some(one), Some(other)) = (same_stream, one, other) {
            found.extend(differ(what, [&one, &other], Clone::clone));
        }
    }
    found
}

/// Whether the processors differ, or may: what is unknown on both sides is not
/// known to be the same.
fn processor(one: &Environment, other: &Environment) -> Option<String> {
    let is_unknown = |it: &Environment| it.cpu == UNKNOWN_CPU && it.cpu_id.is_none();
    if is_unknown(one) && is_unknown(other) {
        return Some(
            "processor: unknown on both sides, so that the machines may be two".to_owned(),
        );
    }
    if one.has_processor_of(other) {
        return None;
    }
    differ(
        "processor",
        [&one.processor(), &other.processor()],
        Clone::clone,
    )
}

fn caches(one: &Environment, other: &Environment) -> Option<String> {
    let sizes = |it: &Environment| {
        let each = it.caches.iter().map(cache_words);
        listed(&each.collect::<Vec<_>>())
    };
    let [one_has, other_has] = [one, other].map(sizes);
    (!one.has_caches_of(other)).then(|| format!("caches: {one_has}; and {other_has}"))
}

/// The change of one engine, under its name in each record.
fn change(
    records: [&Record; 2],
    names: [&str; 2],
    (baseline, pass): (&str, Pass),
    gate: Option<Gate>,
) -> Option<Change> {
    let pairs = |side: usize| records[side].paired_times_with(baseline, names[side], pass);
    let (before, after) = (pairs(0), pairs(1));
    let ratio = |pairs: &[(f64, f64)]| {
        geometric_mean(
            &pairs
                .iter()
                .map(|(own, base)| base / own)
                .collect::<Vec<_>>(),
        )
    };
    let figures = [ratio(&before)?, ratio(&after)?];
    let interval = unpaired_ratio(&before, &after);
    Some(Change {
        engine: names[1].to_owned(),
        figures,
        ratio: figures[1] / figures[0],
        interval,
        gate: gate.map(|gate| GateVerdict::of(interval.as_ref(), gate.slower)),
    })
}

/// The A/A control of both: the baseline beside itself then, and now.
fn control(records: [&Record; 2], of: (&str, Pass)) -> Option<Change> {
    let [old, new] = records.map(|record| {
        let note = record.engines.iter().find(|note| note.control);
        note.map(|note| note.name.as_str())
    });
    change(records, [old?, new?], of, None)
}
