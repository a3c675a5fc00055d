//! A contender: an engine's type behind a value, so that engines of the
//! registry and engines of the user's own stand in one list.

pub(super) mod live_engine;

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::contender::live_engine::LiveEngine;
use crate::proof::expectation::Expectation;
use crate::proof::inspect::{Proved, check_declared_freshness, inspect};
use crate::trial::closed_loop::build;
use crate::trial::error::TrialError;
use crate::trial::run::{run_trial_of, run_trial_twice};
use crate::trial::setup::{OnHang, TrialSetup};
use crate::trial::timed_engine::Builder;
use crate::trial::worker_threads::message_of;
use notibench_core::engine::{Engine, EngineInfo, ExpectedLoad, Role, StopFlag};
use notibench_core::snapshot::Snapshot;
use notibench_core::unit::digest::Digest;
use notibench_engines::registry::{EngineVisitor, dispatch};
use notibench_record::Pass;

/// How a contender's trials are made where several processes make them
/// together.
pub(super) trait ClusterTrials: fmt::Debug + Send + Sync {
    /// One trial of all processes.
    fn trial(
        &self,
        setup: &TrialSetup<'_>,
        expected: Option<&Expectation<'_>>,
    ) -> Result<Proved, TrialError>;

    /// Why no further trial can be made, where that is so.
    fn broken(&self) -> Option<String>;
}

/// An engine that can be run and proved.
#[derive(Clone, Debug)]
pub struct Contender {
    /// Name in this run.
    pub name: String,
    /// What is known of the engine.
    pub info: EngineInfo,
    /// Whether it is the baseline under its second name.
    pub control: bool,
    /// Whether its state lies in another process.
    pub out_of_process: bool,
    /// Address of the server that holds it then.
    external: Option<Arc<str>>,
    /// Bytes that it may hold beyond its state.
    pub(super) held_bytes: fn(&ExpectedLoad) -> u64,
    builder: Builder,
    /// How much its trials are slowed down on purpose, as a share of the
    /// engine's own time; 0 unless planted.
    planted_share: f64,
    /// Who makes its trials in several processes; none: this one.
    spread: Option<Arc<dyn ClusterTrials>>,
}

impl Contender {
    /// The contender of an engine type.
    #[must_use]
    pub fn of<E: Engine>() -> Self {
        Self {
            name: E::INFO.name.to_owned(),
            info: E::INFO,
            control: false,
            out_of_process: E::OUT_OF_PROCESS,
            external: None,
            held_bytes: E::held_bytes,
            planted_share: 0.0,
            builder: Builder::of::<E>(),
            spread: None,
        }
    }

    /// Whether it needs the dense numbers of the stream's ids.
    #[must_use]
    pub const fn needs_dense_ids(&self) -> bool {
        self.builder.needs_dense_ids
    }

    /// The contender of a registered name.
    #[must_use]
    pub fn registered(name: &str) -> Option<Self> {
        struct Visitor;
        impl EngineVisitor for Visitor {
            type Output = Contender;
            fn visit<E: Engine>(self) -> Contender {
                Contender::of::<E>()
            }
        }
        dispatch(name, Visitor)
    }

    /// The same engine under a second name, for the A/A control.
    #[must_use]
    pub fn as_control(&self) -> Self {
        Self {
            name: format!("{} (A/A)", self.name),
            control: true,
            ..self.clone()
        }
    }

    /// The same engine slowed down by a share of its own time, to see whether
    /// that is found: 0.03 is 3%. Nothing but its trials' time changes.
    #[must_use]
    pub fn planted(&self, share: f64) -> Self {
        Self {
            planted_share: share,
            ..self.clone()
        }
    }

    /// The same engine with its state in the server of that address, where it
    /// is out of process.
    #[must_use]
    pub fn at(&self, address: &str) -> Self {
        Self {
            external: Some(address.into()),
            ..self.clone()
        }
    }

    /// The same under another name, to stand beside itself.
    #[must_use]
    pub fn renamed(&self, name: &'static str, about: &'static str) -> Self {
        Self {
            name: name.to_owned(),
            info: EngineInfo {
                name,
                about,
                ..self.info
            },
            ..self.clone()
        }
    }

    /// The same, its trials made so.
    #[cfg(feature = "cluster")]
    pub(super) fn with_trials_by(&self, trials: Arc<dyn ClusterTrials>) -> Self {
        Self {
            spread: Some(trials),
            ..self.clone()
        }
    }

    /// Why it can make no further trial, where that is so.
    pub(super) fn broken(&self) -> Option<String> {
        self.spread.as_ref().and_then(|spread| spread.broken())
    }

    fn setup<'a>(&'a self, setup: &TrialSetup<'a>) -> TrialSetup<'a> {
        TrialSetup {
            external: self.external.as_ref(),
            planted_share: self.planted_share,
            on_hang: self.on_hang(setup.on_hang),
            ..*setup
        }
    }

    /// Where no time was asked for, an engine out of process has four times the
    /// usual one: a server may be saving its state.
    pub(super) fn on_hang(&self, asked: OnHang) -> OnHang {
        let longer = self.out_of_process.then_some(OnHang::USUAL * 4);
        OnHang {
            after: asked.after.or(longer),
            ..asked
        }
    }

    pub(super) fn trial(
        &self,
        setup: &TrialSetup<'_>,
        expected: Option<&Expectation<'_>>,
    ) -> Result<Proved, TrialError> {
        self.at_rest(|| {
            if let Some(spread) = &self.spread {
                spread.trial(setup, expected)
            } else {
                run_trial_of(
                    self.builder,
                    &self.setup(setup),
                    |engine, config, outcome| {
                        inspect(engine, config, outcome, expected, Pass::Fresh)
                    },
                )
            }
        })
    }

    /// The same with a second pass over the state that the first one left.
    pub(super) fn trial_twice(
        &self,
        setup: &TrialSetup<'_>,
        expected: Option<&Expectation<'_>>,
    ) -> Result<[Proved; 2], TrialError> {
        self.at_rest(|| {
            let setup = self.setup(setup);
            run_trial_twice(self.builder, &setup, |engine, config, outcome, pass| {
                inspect(engine, config, outcome, expected, pass)
            })
        })
    }

    /// The engine, empty, for an interleaved round.
    pub(super) fn alive(
        &self,
        setup: &TrialSetup<'_>,
        stop: &StopFlag,
    ) -> Result<LiveEngine, TrialError> {
        self.at_rest(|| {
            let (engine, config) = build(self.builder, &self.setup(setup), stop.clone())?;
            Ok(LiveEngine {
                engine,
                config,
                planted_share: self.planted_share,
            })
        })
    }

    /// The final state of one trial.
    pub(super) fn snapshot(
        &self,
        setup: &TrialSetup<'_>,
    ) -> Result<(Snapshot, Digest), TrialError> {
        let trial = || {
            run_trial_of(self.builder, &self.setup(setup), |engine, config, _| {
                Snapshot::shown(engine, &config.views)
            })
        };
        self.at_rest(trial)
            .map(|(outcome, snapshot)| (snapshot, outcome.recorded().digest))
    }

    /// Makes an error of a panic in the engine's own thread-less parts.
    pub(super) fn at_rest<T>(
        &self,
        trial: impl FnOnce() -> Result<T, TrialError>,
    ) -> Result<T, TrialError> {
        catch_unwind(AssertUnwindSafe(trial)).unwrap_or_else(|payload| {
            Err(TrialError::PanickedAtRest {
                engine: self.info.name.to_owned(),
                message: message_of(payload.as_ref()),
            })
        })
    }

    /// Checks the engine's declaration of freshness on the stream's first
    /// `events` events.
    pub(super) fn check_freshness(
        &self,
        setup: &TrialSetup<'_>,
        events: u64,
    ) -> Result<(), String> {
        if self.spread.is_some() {
            // its answers under load are explained, those of a still engine are not asked for
            return Ok(());
        }
        if self.info.role == Role::Probe {
            return Ok(());
        }
        let freshness = self.info.freshness;
        check_declared_freshness(
            &|config| (self.builder.build)(config),
            freshness,
            &self.setup(setup),
            events,
        )
    }
}
