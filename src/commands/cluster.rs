//! `cluster`: a run whose trials several processes on this machine make
//! together.

use super::run;
use crate::args::local_cluster::LocalClusterArgs;
use crate::cluster::Member;
use crate::exit::Failure;
use notibench_harness::Contender;

/// `notibench cluster`: this process leads, and starts the others.
pub(crate) fn cluster(args: &LocalClusterArgs, own: &[Contender]) -> Result<(), Failure> {
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
