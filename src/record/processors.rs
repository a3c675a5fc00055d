//! What a machine's notes come to. Imports the schema.

use super::environment::Environment;

impl Environment {
    /// Processors that the run could use at one time: those of the machine,
    /// or what the control group allows of them; 0 where unknown.
    #[must_use]
    pub fn usable_processors(&self) -> f64 {
        let cores = self.cores as f64;
        self.cgroup_cpus.map_or(cores, |cpus| cpus.min(cores))
    }
}
