//! Everything that a search for capacity needs.

use crate::contender::Contender;
use crate::trial::setup::OnHang;
use crate::trial::trace_stream::TraceStream;
use notibench_core::engine::StopFlag;
use notibench_record::{CapacityPlan, Environment, Objective};
use notibench_workload::Workload;

/// Everything that a search needs.
#[derive(Debug)]
pub struct CapacityRequest<'a> {
    /// What is run.
    pub workload: &'a Workload,
    /// The text of its file.
    pub toml: String,
    /// The trace that is run in place of the workload's stream, over and over.
    pub trace: Option<&'a TraceStream>,
    /// How it is searched.
    pub plan: CapacityPlan,
    /// The conditions.
    pub slo: Vec<Objective>,
    /// Who takes part.
    pub contenders: Vec<Contender>,
    /// Where.
    pub environment: Environment,
    /// The command line.
    pub command: Vec<String>,
    /// Set on an interruption.
    pub stop: StopFlag,
    /// What is done about an engine that hangs.
    pub on_hang: OnHang,
}
