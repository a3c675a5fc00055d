//! From what was asked of a cluster to what is run.

use crate::plan::error::PlanError;
use crate::plan::options::RunOptions;
use notibench_record::ClusterPlan;
use notibench_workload::{ViewMode, Workload};

/// Processes of a cluster at the most.
const MAX_PROCESSES: usize = 64;

/// The cluster that was asked for.
///
/// # Errors
/// What can't be had of one.
pub(crate) fn cluster_plan(
    options: &RunOptions,
    workload: &Workload,
) -> Result<Option<ClusterPlan>, PlanError> {
    let Some(processes) = options.cluster else {
        return Ok(None);
    };
    if !(1..=MAX_PROCESSES).contains(&processes) {
        return Err(PlanError::OutOfRange {
            flag: "the number of hosts",
            value: processes.to_string(),
            range: format!("1 to {MAX_PROCESSES}"),
        });
    }
    if workload.anonymity.mode != ViewMode::Off {
        return Err(PlanError::Conflict(format!(
            "a cluster has no set of who was seen that all its processes share, which \
             [anonymity] of `{}` asks for: take a workload whose mode is off",
            workload.name
        )));
    }
    if workload.settings.pushes_per_day.is_some() {
        return Err(PlanError::Conflict(format!(
            "a cluster has no count of pushes that all its processes share, which \
             pushes_per_day of `{}` asks for: take a workload without",
            workload.name
        )));
    }
    let unfit = [
        ("--warm", options.warm),
        ("--processes", options.processes.is_some()),
        ("--plant", options.planted_share > 0.0),
        ("--perf", options.perf),
        ("an open loop", options.open_loop.is_asked()),
    ];
    match unfit.into_iter().find(|(_, is_asked)| *is_asked) {
        Some((what, _)) => Err(PlanError::Conflict(format!(
            "{what} can't be had of a cluster: leave it out, or the cluster"
        ))),
        None => Ok(Some(ClusterPlan { processes })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn workload(name: &str) -> Workload {
        let file = format!("workloads/smoke/{name}.toml");
        let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
        Workload::load(&root.join(file)).unwrap().0
    }

    fn refused(change: impl FnOnce(&mut RunOptions), name: &str) -> String {
        let mut options = RunOptions {
            cluster: Some(2),
            ..RunOptions::default()
        };
        change(&mut options);
        let refused = cluster_plan(&options, &workload(name)).unwrap_err();
        refused.to_string()
    }

    #[test]
    fn what_a_cluster_can_not_do_is_told_before_it_starts() {
        assert!(refused(|options| options.warm = true, "pair").starts_with("--warm "));
        assert!(refused(|options| options.perf = true, "pair").starts_with("--perf "));
        assert!(refused(|options| options.processes = Some(3), "pair").starts_with("--processes"));
        assert!(refused(|_| {}, "released_views").contains("[anonymity]"));
        assert!(refused(|_| {}, "push_cap").contains("pushes_per_day"));
        assert!(refused(|options| options.cluster = Some(65), "pair").contains("1 to 64"));
    }

    #[test]
    fn without_one_there_is_none() {
        let options = RunOptions::default();
        assert_eq!(
            cluster_plan(&options, &workload("released_views")),
            Ok(None)
        );
    }
}
