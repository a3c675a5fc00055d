//! `cluster`, and `run` as one process of several. Imports `harness`.

use super::args::LocalClusterArgs;
use super::exit::Failure;
use super::run;
use crate::harness::Contender;

#[cfg(feature = "cluster")]
mod local;
#[cfg(feature = "cluster")]
mod member;
#[cfg(feature = "cluster")]
pub(super) use member::{Member, engines};

/// `notibench cluster`: this process leads, and starts the others.
pub(super) fn cluster(args: &LocalClusterArgs, own: &[Contender]) -> Result<(), Failure> {
    if args.run.cluster.hosts.is_some() {
        return Err(Failure::Usage(
            "`cluster` starts processes on this machine, and --hosts names those of others: give \
             --hosts and --process to `run` on each machine"
                .to_owned(),
        ));
    }
    let member = Member::local(args.local, args.run.threads)?;
    run::run_as(&args.run, own, Some(member))
}

/// What a build without the feature `cluster` has in its place.
#[cfg(not(feature = "cluster"))]
mod absent {
    use super::Failure;
    use crate::cli::args::{ClusterArgs, RunArgs};
    use crate::harness::{Contender, RunOptions, RunRequest};

    /// Nobody is one.
    #[derive(Debug)]
    pub(in crate::cli) enum Member {}

    const WORDS: &str = "clusters are not in this build: build with `cargo build --release \
                         --features cluster`";

    impl Member {
        pub(in crate::cli) fn of(args: &ClusterArgs) -> Result<Option<Self>, Failure> {
            match args.hosts {
                Some(_) => Err(Failure::Usage(WORDS.to_owned())),
                None => Ok(None),
            }
        }

        pub(in crate::cli) fn local(_: usize, _: Option<usize>) -> Result<Self, Failure> {
            Err(Failure::Usage(WORDS.to_owned()))
        }

        pub(in crate::cli) fn fill(
            &self,
            _: &mut RunOptions,
            _: &[Contender],
        ) -> Result<(), Failure> {
            match *self {}
        }

        pub(in crate::cli) fn take_part(
            &mut self,
            _: &RunArgs,
            _: &mut RunRequest<'_>,
        ) -> Result<bool, Failure> {
            match *self {}
        }
    }

    pub(in crate::cli) fn engines(asked: &[String]) -> Result<Vec<Contender>, Failure> {
        if asked.iter().any(|engine| engine == "timely") {
            return Err(Failure::Usage(format!("--engine timely: {WORDS}")));
        }
        Ok(vec![])
    }
}
#[cfg(not(feature = "cluster"))]
pub(super) use absent::{Member, engines};
