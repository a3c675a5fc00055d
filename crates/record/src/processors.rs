//! What a machine's notes come to.

use super::environment::Environment;

impl Environment {
    /// Processors that the run could use at one time: those of the machine,
    /// or what the control group allows of them; 0 where unknown.
    #[must_use]
    pub fn usable_processors(&self) -> f64 {
        let cores = self.cores as f64;
        self.cgroup_cpus.map_or(cores, |cpus| cpus.min(cores))
    }

    /// The processor's name, and what else it says that it is.
    #[must_use]
    pub fn processor(&self) -> String {
        let id = self.cpu_id.as_ref().map_or_else(String::new, |id| {
            format!(
                " ({}, family {}, model {}, stepping {})",
                id.vendor, id.family, id.model, id.stepping
            )
        });
        format!("{}{id}", self.cpu)
    }

    /// Whether the processor is of the same name, and of the same vendor,
    /// family, model and stepping where both machines say these: an older
    /// record does not.
    #[must_use]
    pub fn has_processor_of(&self, other: &Self) -> bool {
        let ids = self.cpu_id.as_ref().zip(other.cpu_id.as_ref());
        self.cpu == other.cpu && ids.is_none_or(|(one, other)| one == other)
    }

    /// Level and bytes of each cache.
    fn cache_sizes(&self) -> impl Iterator<Item = (u32, u64)> {
        self.caches.iter().map(|cache| (cache.level, cache.bytes))
    }

    /// Whether the caches are as large, where both machines say it.
    #[must_use]
    pub fn has_caches_of(&self, other: &Self) -> bool {
        let known = !self.caches.is_empty() && !other.caches.is_empty();
        !known || self.cache_sizes().eq(other.cache_sizes())
    }
}

#[cfg(test)]
mod tests {
    use super::super::environment::{CacheNote, CpuId};
    use super::*;

    fn epyc(model: &str, bytes: u64) -> Environment {
        Environment {
            cpu: "AMD EPYC".to_owned(),
            cpu_id: Some(CpuId {
                vendor: "AuthenticAMD".to_owned(),
                family: "25".to_owned(),
                model: model.to_owned(),
                stepping: "1".to_owned(),
            }),
            caches: vec![CacheNote {
                level: 3,
                bytes,
                shared_by: "0-7".to_owned(),
            }],
            ..Environment::default()
        }
    }

    #[test]
    fn one_name_is_several_processors() {
        let milan = epyc("1", 32 << 20);
        assert!(milan.has_processor_of(&milan.clone()));
        assert!(!milan.has_processor_of(&epyc("17", 32 << 20)));
        assert!(milan.processor().contains("family 25, model 1,"));
        // an older record names it alone
        let older = Environment {
            cpu_id: None,
            ..epyc("17", 0)
        };
        assert!(milan.has_processor_of(&older) && older.has_processor_of(&milan));
        assert_eq!(older.processor(), "AMD EPYC");
    }

    #[test]
    fn caches_that_differ_are_seen_where_both_are_known() {
        let (small, large) = (epyc("1", 16 << 20), epyc("1", 32 << 20));
        assert!(!small.has_caches_of(&large));
        let mut moved = small.clone();
        moved.caches[0].shared_by = "8-15".to_owned();
        assert!(small.has_caches_of(&moved));
        moved.caches.clear();
        assert!(large.has_caches_of(&moved));
    }
}
