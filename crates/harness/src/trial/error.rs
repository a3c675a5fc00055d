//! Why a trial gives no figures.

/// Why a trial gave no figures.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum TrialError {
    /// A worker panicked.
    #[error("engine `{engine}`: worker {worker} panicked: {message}")]
    Panicked {
        /// Name in the registry.
        engine: String,
        /// Number of the worker.
        worker: usize,
        /// What it said.
        message: String,
    },
    /// Workers stand in calls of the engine that do not end.
    #[error(
        "engine `{engine}` hangs: {calls}; no event and no answer for {after}: mend the engine, \
         or give it longer with --stall-timeout"
    )]
    Stalled {
        /// Name in the registry.
        engine: String,
        /// Which worker stands in which call, and since when.
        calls: String,
        /// How long nothing happened.
        after: String,
    },
    /// A worker's thread could not be started.
    #[error(
        "cannot start worker {worker} of {workers}: {why}; lower --threads, or raise the limit \
         of threads or of memory"
    )]
    NoThread {
        /// Number of the worker.
        worker: usize,
        /// How many there were to be.
        workers: usize,
        /// What the system said.
        why: String,
    },
    /// A probe asks for dense numbers, and the stream has none.
    #[error(
        "probe `{engine}` needs dense numbers of the stream's ids, and there are none: they are \
         made of a stream that is made beforehand, see --inline"
    )]
    NoDenseIds {
        /// Name in the registry.
        engine: String,
    },
    /// An engine panicked outside its sessions.
    #[error("engine `{engine}` panicked while it was built, visited or dropped: {message}")]
    PanickedAtRest {
        /// Name in the registry.
        engine: String,
        /// What it said.
        message: String,
    },
    /// The operating system gives no random words for the key of an epoch.
    #[error("{0}")]
    NoRandomKey(String),
    /// A cluster of processes broke.
    #[error("{0}")]
    Cluster(String),
    /// The trial was interrupted.
    #[error("interrupted")]
    Interrupted,
}
