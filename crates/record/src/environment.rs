//! What a record says of the machine: plain data.

use serde::{Deserialize, Serialize};

/// One cache.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct CacheNote {
    /// Level, from 1.
    pub level: u32,
    /// Size in bytes.
    pub bytes: u64,
    /// Processors that share it, as the kernel lists them: `0-3`.
    pub shared_by: String,
}

/// The model of a processor that the machine does not name. Two machines that
/// have it need not be alike.
pub const UNKNOWN_CPU: &str = "unknown";

/// What a processor says that it is: models that differ may share one name.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct CpuId {
    /// Its maker, as the kernel writes it: `AuthenticAMD`; on ARM its number.
    pub vendor: String,
    /// Family; on ARM the architecture.
    pub family: String,
    /// Model within the family; on ARM the part.
    pub model: String,
    /// Stepping of the model; on ARM variant and revision: `r1p2`.
    pub stepping: String,
}

/// The machine, and what on it could spoil a measurement.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Default)]
#[serde(deny_unknown_fields)]
pub struct Environment {
    /// Model of the processor, or [`UNKNOWN_CPU`].
    pub cpu: String,
    /// What the processor says beside its model's name; none where the
    /// machine doesn't say, and in records that are older than it.
    #[serde(default)]
    pub cpu_id: Option<CpuId>,
    /// Processors that this process may use.
    pub cores: usize,
    /// Operating system and kernel.
    pub os: String,
    /// Memory of the machine, in bytes.
    pub memory_bytes: u64,
    /// Memory free for use when the run began, in bytes.
    pub available_bytes: u64,
    /// The control group's limit, in bytes, where there is one.
    pub cgroup_memory_bytes: Option<u64>,
    /// The control group's processors, where they are limited.
    pub cgroup_cpus: Option<f64>,
    /// How long the control group had been throttled when the run began, in
    /// ms; none where it doesn't say, and in records that are older than it.
    #[serde(default)]
    pub throttled_ms: Option<u64>,
    /// The same when the run ended.
    #[serde(default)]
    pub throttled_ms_end: Option<u64>,
    /// What the process's own limits of address space and data left it when
    /// the run began, in bytes, where there are any.
    #[serde(default)]
    pub process_memory_bytes: Option<u64>,
    /// Caches for data of the first processor, the nearest first; none where the
    /// machine doesn't say, and in records that are older than it.
    #[serde(default)]
    pub caches: Vec<CacheNote>,
    /// Frequency governor, where the machine says it.
    pub governor: Option<String>,
    /// Clock source of the kernel.
    pub clock_source: Option<String>,
    /// Transparent huge pages: the mode in force.
    pub huge_pages: Option<String>,
    /// Load average over a minute when the run began.
    pub load_1m: f64,
    /// Load average over a minute when the run ended.
    pub load_1m_end: f64,
    /// Build profile: `release` or `debug`.
    pub profile: String,
}
