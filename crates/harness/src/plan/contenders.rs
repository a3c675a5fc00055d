//! Who takes part in a run: the engines asked for, the baseline, the control
//! and the probes.

use crate::contender::Contender;
use crate::plan::error::PlanError;
use crate::plan::options::RunOptions;
use notibench_core::engine::{EngineInfo, Role};
use notibench_engines::registry::ENTRIES;

/// Engines of a run that names none.
const DEFAULT_ENGINES: [&str; 4] = ["dashmap", "dashmap-naive", "sharded-mutex", "partitioned"];
/// The baseline, where it takes part and no other was named.
const DEFAULT_BASELINE: &str = "dashmap-naive";
/// The probe of every run.
const PROBE: &str = "null";

/// Chooses the engines: those named, then the A/A control, then `null`; and
/// the baseline. `own` are engines beside the registry's.
///
/// # Errors
/// Unknown names, names given twice, a probe as a baseline.
pub fn choose_contenders(
    options: &RunOptions,
    own: &[Contender],
) -> Result<(Vec<Contender>, String), PlanError> {
    let names = names_of(options, own);
    let mut contenders: Vec<Contender> = Vec::new();
    for name in &names {
        if contenders.iter().any(|other| other.name == *name) {
            return Err(PlanError::Conflict(format!(
                "--engine {name} is given twice"
            )));
        }
        contenders.push(find_contender(name, own)?);
    }
    let ranked = |name: &str| {
        contenders
            .iter()
            .any(|c| c.name == name && c.info.role != Role::Probe)
    };
    let baseline = match &options.baseline {
        Some(name) if ranked(name) => name.clone(),
        Some(name) => {
            let found = find_contender(name, own)?;
            if found.info.role == Role::Probe {
                return Err(PlanError::Conflict(format!(
                    "--baseline {name} is a probe: ratios are taken to an engine"
                )));
            }
            contenders.push(found);
            name.clone()
        }
        None if ranked(DEFAULT_BASELINE) => DEFAULT_BASELINE.to_owned(),
        None => contenders
            .iter()
            .filter(|contender| contender.info.role != Role::Probe)
            // the registry's first: records of other builds have that one, too
            .min_by_key(|contender| is_of(own, &contender.name))
            .map(|contender| contender.name.clone())
            .ok_or_else(|| {
                PlanError::Conflict(
                    "only probes were asked for: add an engine with --engine".to_owned(),
                )
            })?,
    };
    let beside = contenders
        .iter()
        .any(|c| c.info.role == Role::Engine && c.name != baseline);
    if options.precision.is_some() && !beside {
        return Err(PlanError::Conflict(
            "--precision is that of ratios, and there is one engine: add another with --engine"
                .to_owned(),
        ));
    }
    let control = contenders
        .iter()
        // an open loop compares response times at one rate, not speed
        .find(|c| c.name == baseline && !options.open_loop.is_asked())
        .map(Contender::as_control);
    contenders.extend(control);
    if !contenders.iter().any(|contender| contender.name == PROBE) {
        contenders.push(find_contender(PROBE, own)?);
    }
    Ok((contenders, baseline))
}

/// Names of all that take part, but for the baseline, the control and `null`.
fn names_of(options: &RunOptions, own: &[Contender]) -> Vec<String> {
    let registered = |wanted: &dyn Fn(&EngineInfo) -> bool| {
        let wanted = ENTRIES.iter().filter(|info| wanted(info));
        wanted.map(|info| info.name.to_owned()).collect::<Vec<_>>()
    };
    let is_limit = |info: &EngineInfo| info.role == Role::Probe && info.name != PROBE;
    let mut names = if options.all {
        with_own(registered(&|info| info.role == Role::Engine), own)
    } else if options.engines.is_empty() {
        with_own(DEFAULT_ENGINES.map(str::to_owned).to_vec(), own)
    } else {
        options.engines.clone()
    };
    if options.limits || (options.all && !options.open_loop.is_asked()) {
        // of a stream that is generated inline `--all` means what there is
        let may_be_had = |name: &str| options.limits || !options.inline || !needs_dense_ids(name);
        let limits = registered(&is_limit).into_iter();
        let more: Vec<String> = limits
            .filter(|name| may_be_had(name) && !names.contains(name))
            .collect();
        names.extend(more);
    }
    names
}

/// Engines that a command takes where none is named, and after them the
/// user's own: no default leaves those out.
#[must_use]
pub fn with_own(mut names: Vec<String>, own: &[Contender]) -> Vec<String> {
    for contender in own {
        if !names.contains(&contender.name) {
            names.push(contender.name.clone());
        }
    }
    names
}

/// Whether an engine of that name is one of the user's own.
fn is_of(own: &[Contender], name: &str) -> bool {
    own.iter().any(|contender| contender.name == name)
}

fn needs_dense_ids(name: &str) -> bool {
    Contender::registered(name).is_some_and(|contender| contender.needs_dense_ids())
}

/// The contender of a name, of the user's own or the registry's.
///
/// # Errors
/// Where there is none.
pub fn find_contender(name: &str, own: &[Contender]) -> Result<Contender, PlanError> {
    own.iter()
        .find(|contender| contender.info.name == name)
        .cloned()
        .or_else(|| Contender::registered(name))
        .ok_or_else(|| {
            let known: Vec<&str> = ENTRIES
                .iter()
                .map(|info| info.name)
                .chain(own.iter().map(|contender| contender.info.name))
                .collect();
            PlanError::unknown_engine(name, &known)
        })
}
