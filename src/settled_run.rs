//! A run that is settled: what another process, or a rerun, needs to make it.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::args::external::ExternalArgs;
use super::args::stall::StallArgs;
use super::engines::AvailableEngines;
use super::exit::{Failure, command_words};
use super::signal::{on_hang, stop_flag};
use super::traces;
use notibench_harness::{self as harness, Contender, RunRequest, TraceStream};
use notibench_record::{Environment, Plan, Record, WorkloadNote};
use notibench_workload::Workload;

/// A run, settled: what a process needs to make it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SettledRun {
    workload: WorkloadNote,
    plan: Plan,
    engines: Vec<Place>,
}

/// An engine's place in a run.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    engine: String,
    /// Whether it is the baseline under its second name.
    control: bool,
}

impl SettledRun {
    pub(crate) fn of_request(request: &RunRequest<'_>) -> Self {
        let places = request.contenders.iter().map(|contender| Place {
            engine: contender.info.name.to_owned(),
            control: contender.control,
        });
        Self {
            workload: WorkloadNote {
                name: request.workload.name.clone(),
                toml: request.toml.clone(),
                trace: request.trace.map(|trace| trace.note.clone()),
            },
            plan: request.plan.clone(),
            engines: places.collect(),
        }
    }

    pub(crate) fn of_record(record: &Record) -> Self {
        let places = record.engines.iter().map(|note| Place {
            engine: note.engine.clone(),
            control: note.control,
        });
        Self {
            workload: record.workload.clone(),
            plan: record.plan.clone(),
            engines: places.collect(),
        }
    }

    /// Reads and finds all that it names; `file` is where it was read.
    pub(crate) fn prepare(
        self,
        file: &Path,
        external: &ExternalArgs,
        own: &[Contender],
    ) -> Result<Prepared, Failure> {
        let name = format!("{} (in {})", self.workload.name, file.display());
        let mut workload = Workload::parse(&name, &self.workload.toml)?;
        workload.name.clone_from(&self.workload.name);
        let names: Vec<String> = self.engines.iter().map(|e| e.engine.clone()).collect();
        let available = AvailableEngines::with_external(own, external, &names)?;
        let contenders = self
            .engines
            .iter()
            .map(|place| {
                let found = harness::find_contender(&place.engine, &available.contenders)?;
                Ok(if place.control {
                    found.as_control()
                } else {
                    found
                })
            })
            .collect::<Result<Vec<_>, harness::PlanError>>()?;
        if !contenders.iter().any(|c| c.name == self.plan.baseline) {
            return Err(Failure::Error(format!(
                "{}: the record is damaged: its baseline `{}` is not among its engines",
                file.display(),
                self.plan.baseline
            )));
        }
        let environment = harness::examine();
        let trace = self.workload.trace.as_ref();
        Ok(Prepared {
            stream: trace.map(traces::prepare_again).transpose()?,
            plan: harness::resolve_again(&self.plan, &workload, &contenders, &environment)?,
            workload,
            toml: self.workload.toml,
            contenders,
            environment,
            _available: available,
        })
    }
}

/// A run that is ready to be made.
pub(crate) struct Prepared {
    workload: Workload,
    toml: String,
    stream: Option<TraceStream>,
    plan: Plan,
    contenders: Vec<Contender>,
    environment: Environment,
    /// Their servers last as long as the run.
    _available: AvailableEngines,
}

impl Prepared {
    /// Of process `process`.
    pub(crate) fn request(
        &self,
        process: usize,
        stall: StallArgs,
    ) -> Result<RunRequest<'_>, Failure> {
        Ok(RunRequest {
            wait_quiet: None,
            workload: &self.workload,
            toml: self.toml.clone(),
            trace: self.stream.as_ref(),
            plan: self.plan.clone(),
            views: harness::views_of(&self.workload).map_err(Failure::Error)?,
            contenders: self.contenders.clone(),
            environment: self.environment.clone(),
            command: command_words(),
            stop: stop_flag(),
            on_hang: on_hang(stall),
            process,
        })
    }
}

pub(crate) fn load(path: &PathBuf) -> Result<SettledRun, Failure> {
    let cannot = |why: String| {
        Failure::Error(format!(
            "cannot read the plan {}: {why}; this command is one that `run --processes` gives",
            path.display()
        ))
    };
    let text = std::fs::read_to_string(path).map_err(|error| cannot(error.to_string()))?;
    serde_json::from_str(&text).map_err(|error| cannot(error.to_string()))
}
