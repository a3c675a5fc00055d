//! A run as one process of several.

#[cfg(feature = "cluster")]
mod local;
#[cfg(feature = "cluster")]
mod member;
#[cfg(feature = "cluster")]
pub(super) use member::{Member, engines};

/// What a build without the feature `cluster` has in its place.
#[cfg(not(feature = "cluster"))]
mod absent {
    use crate::args::cluster::ClusterArgs;
    use crate::args::run::RunArgs;
    use crate::exit::Failure;
    use notibench_harness::{Contender, RunOptions, RunRequest};

    /// Not constructible in this build.
    #[derive(Debug)]
    pub(crate) enum Member {}

    const WORDS: &str = "clusters are not in this build: build with `cargo build --release \
                         --features cluster`";

    impl Member {
        pub(crate) fn of(args: &ClusterArgs) -> Result<Option<Self>, Failure> {
            match args.hosts {
                Some(_) => Err(Failure::Usage(WORDS.to_owned())),
                None => Ok(None),
            }
        }

        pub(crate) fn local(_: usize, _: Option<usize>) -> Result<Self, Failure> {
            Err(Failure::Usage(WORDS.to_owned()))
        }

        pub(crate) fn fill(&self, _: &mut RunOptions, _: &[Contender]) -> Result<(), Failure> {
            match *self {}
        }

        pub(crate) fn take_part(
            &mut self,
            _: &RunArgs,
            _: &mut RunRequest<'_>,
        ) -> Result<bool, Failure> {
            match *self {}
        }
    }

    pub(crate) fn engines(asked: &[String]) -> Result<Vec<Contender>, Failure> {
        if asked.iter().any(|engine| engine == "timely") {
            return Err(Failure::Usage(format!("--engine timely: {WORDS}")));
        }
        Ok(vec![])
    }
}
#[cfg(not(feature = "cluster"))]
pub(super) use absent::{Member, engines};
