//! Writers and readers apart: how many threads only write and how many only
//! read, and what each kind did alone and beside the other.

use serde::{Deserialize, Serialize};

use crate::stats::ServiceHistogram;

/// Threads of which each has one role.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct ApartPlan {
    /// Threads that only ingest.
    pub writers: usize,
    /// Threads that only read; 0: none does, and nothing is measured beside
    /// readers.
    pub readers: usize,
    /// Events at the stream's start that fill the state before anything is
    /// measured.
    pub filled: u64,
    /// Events a second that all writers together ingest; none: as fast as they
    /// can.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub events_per_s: Option<f64>,
    /// Reads a second that all readers together ask, whether or not they are
    /// answered; none: one group after the other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reads_per_s: Option<f64>,
}

impl ApartPlan {
    /// Operations a second that threads of a role are to do; none: as many as
    /// they can.
    #[must_use]
    pub const fn rate(&self, role: ApartRole) -> Option<f64> {
        match role {
            ApartRole::Writer => self.events_per_s,
            ApartRole::Reader => self.reads_per_s,
        }
    }
}

/// What one trial measured of each role.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct ApartTrial {
    /// Slices of the stream, and times that readers had alone.
    pub slices: usize,
    /// What filling the state took, in ns; in no figure.
    pub fill_ns: u64,
    /// What finishing the sessions took, in ns; in no figure.
    pub finish_ns: u64,
    /// Writers while no reader reads.
    pub writers_alone: ApartPhase,
    /// Readers while no writer writes.
    pub readers_alone: ApartPhase,
    /// Writers beside the readers.
    pub writers_beside: ApartPhase,
    /// Readers beside the writers.
    pub readers_beside: ApartPhase,
}

/// What threads of one role did in one kind of slices.
#[derive(Clone, Debug, Default, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct ApartPhase {
    /// From the first thread's start to the last one's end, summed over the
    /// slices, in ns.
    pub wall_ns: u64,
    /// Events ingested, or reads answered.
    pub operations: u64,
    /// Service time of groups of calls in ns: an HdrHistogram, V2 with deflate,
    /// in base64.
    pub service_ns: String,
    /// The same of response times, from when a group's last operation was due;
    /// missing where there is no rate.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub response_ns: String,
}

/// What a thread does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApartRole {
    /// It ingests.
    Writer,
    /// It reads.
    Reader,
}

impl ApartPhase {
    /// Wall time per event or read; none where there is none.
    #[must_use]
    pub fn ns_each(&self) -> Option<f64> {
        let is_timed = self.operations > 0 && self.wall_ns > 0;
        is_timed.then(|| self.wall_ns as f64 / self.operations as f64)
    }
}

impl ApartTrial {
    /// What threads of a role did while those of the other did nothing.
    #[must_use]
    pub const fn alone(&self, role: ApartRole) -> &ApartPhase {
        match role {
            ApartRole::Writer => &self.writers_alone,
            ApartRole::Reader => &self.readers_alone,
        }
    }

    /// What they did beside those of the other.
    #[must_use]
    pub const fn beside(&self, role: ApartRole) -> &ApartPhase {
        match role {
            ApartRole::Writer => &self.writers_beside,
            ApartRole::Reader => &self.readers_beside,
        }
    }

    /// All four with their names.
    pub(super) const fn phases(&self) -> [(&'static str, &ApartPhase); 4] {
        [
            ("writers_alone", &self.writers_alone),
            ("readers_alone", &self.readers_alone),
            ("writers_beside", &self.writers_beside),
            ("readers_beside", &self.readers_beside),
        ]
    }

    /// Checks that every histogram can be read.
    pub(super) fn validate(&self) -> Result<(), String> {
        for (name, phase) in self.phases() {
            let texts = [
                ("service_ns", &phase.service_ns),
                ("response_ns", &phase.response_ns),
            ];
            // no text: nothing was timed
            for (of, text) in texts.into_iter().filter(|(_, text)| !text.is_empty()) {
                ServiceHistogram::from_base64(text)
                    .map_err(|error| format!("`apart.{name}.{of}`: {error}"))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phase_without_operations_has_no_time_for_each() {
        let phase = |wall_ns, operations| ApartPhase {
            wall_ns,
            operations,
            ..ApartPhase::default()
        };
        assert_eq!(phase(1_000, 10).ns_each(), Some(100.0));
        assert_eq!(phase(1_000, 0).ns_each(), None);
        assert_eq!(phase(0, 10).ns_each(), None);
    }
}
