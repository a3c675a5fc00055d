//! This process as one of a cluster: which it is, and what it does then.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::local::Children;
use crate::args::cluster::ClusterArgs;
use crate::args::run::RunArgs;
use crate::exit::{Failure, say};
use notibench_core::engine::Engine as _;
use notibench_core::unit::quantity::counted;
use notibench_engines::partitioned::timely::TimelyEngine;
use notibench_harness::cluster::{agreement, follow};
use notibench_harness::{
    ClusterError, ClusterOptions, Contender, Leader, RunOptions, RunRequest, with_own,
};

/// The engine in one process, to stand beside itself in several.
const IN_PROCESS: &str = "timely-in-process";

/// The engines on timely dataflow that were asked for by name: `--all` is of
/// the registry.
#[expect(
    clippy::unnecessary_wraps,
    reason = "a build without the feature refuses"
)]
pub(crate) fn engines(asked: &[String]) -> Result<Vec<Contender>, Failure> {
    let timely = Contender::of::<TimelyEngine>();
    let about = "the same dataflow in one process, to stand beside itself in several; gives up \
                 what timely gives up, and the other machines";
    let beside = timely.renamed(IN_PROCESS, about);
    let is_asked = |engine: &Contender| asked.contains(&engine.name);
    Ok([timely, beside].into_iter().filter(is_asked).collect())
}

/// One process of a cluster.
#[derive(Debug)]
pub(crate) struct Member {
    options: ClusterOptions,
    /// Workers of each process, where `--threads` is not given.
    threads: Option<usize>,
    /// Whether the others are on this machine, and started by this one.
    is_local: bool,
    children: Option<Children>,
}

impl Member {
    /// That of `run`'s flags, if they say one.
    pub(crate) fn of(args: &ClusterArgs) -> Result<Option<Self>, Failure> {
        let (Some(file), Some(process)) = (&args.hosts, args.process) else {
            return Ok(None);
        };
        let hosts = hosts_in(file)?;
        if process >= hosts.len() {
            return Err(Failure::Usage(format!(
                "--process is {process}, and {} names {}: they are numbered from 0",
                file.display(),
                counted(hosts.len(), "host")
            )));
        }
        Ok(Some(Self {
            options: ClusterOptions {
                hosts,
                process,
                peer_timeout: Duration::from_nanos(args.peer_timeout),
            },
            threads: None,
            is_local: false,
            children: None,
        }))
    }

    /// The first of so many processes on this machine, each with so many
    /// workers.
    pub(crate) fn local(processes: usize, threads: Option<usize>) -> Result<Self, Failure> {
        if !(2..=64).contains(&processes) {
            return Err(Failure::Usage(format!(
                "--local is {processes}, must be 2 to 64"
            )));
        }
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Ok(Self {
            options: ClusterOptions {
                hosts: super::local::free_addresses(processes)?,
                process: 0,
                peer_timeout: Duration::default(),
            },
            threads: threads.or(Some((cores / processes).max(1))),
            is_local: true,
            children: None,
        })
    }

    /// Fills in what was not asked for.
    pub(crate) fn fill(&self, options: &mut RunOptions, own: &[Contender]) -> Result<(), Failure> {
        options.cluster = Some(self.options.hosts.len());
        options.threads = options.threads.or(self.threads);
        let timely = TimelyEngine::INFO.name;
        if options.all {
            return Err(Failure::Usage(
                "--all is of the engines of one process: name those that are to stand beside the \
                 cluster with --engine"
                    .to_owned(),
            ));
        }
        if options.engines.is_empty() {
            let own = if self.is_local { own } else { &[] };
            let beside: &[&str] = if self.is_local {
                options
                    .baseline
                    .get_or_insert_with(|| IN_PROCESS.to_owned());
                &[IN_PROCESS, "dashmap"]
            } else {
                &[]
            };
            let names = std::iter::once(&timely).chain(beside);
            let names = names.map(|&name| name.to_owned()).collect();
            options.engines = with_own(names, own);
        }
        if !options.engines.iter().any(|engine| engine == timely) {
            return Err(Failure::Usage(format!(
                "a cluster makes the trials of the engine `{timely}`: add --engine {timely}"
            )));
        }
        Ok(())
    }

    /// Takes part. False where that was all: this is not process 0.
    pub(crate) fn take_part(
        &mut self,
        args: &RunArgs,
        request: &mut RunRequest<'_>,
    ) -> Result<bool, Failure> {
        refuse(args, request)?;
        keep_panics_of_connections_quiet();
        self.options.peer_timeout = Duration::from_nanos(args.cluster.peer_timeout);
        let (process, processes) = (self.options.process, self.options.hosts.len());
        if process > 0 {
            let mut told =
                |words: &str| say(format_args!("process {process} of {processes}: {words}"));
            let trials = follow(request, &self.options, &mut told).map_err(failure)?;
            told(&format!("done after {}", counted(trials, "trial")));
            return Ok(false);
        }
        if self.is_local {
            let children = Children::start(&self.options, args, request)?;
            self.children = Some(children);
        }
        let agreed = agreement(&request.plan, &request.toml);
        let (children, stop) = (self.children.as_ref(), &request.stop);
        let is_lost = || children.and_then(|children| children.lost(stop));
        let leader = Leader::gather(&self.options, &agreed, stop, &is_lost);
        let leader = Arc::new(leader.map_err(failure)?);
        if leader.strays() > 0 {
            say(format_args!(
                "warning: {} of no process of this run: closed; keep a cluster's addresses in a \
                 private network",
                counted(leader.strays(), "connection")
            ));
        }
        for contender in &mut request.contenders {
            if contender.info.name == TimelyEngine::INFO.name {
                *contender = contender.spread(Arc::clone(&leader));
            }
        }
        Ok(true)
    }
}

fn failure(error: ClusterError) -> Failure {
    match error {
        ClusterError::Interrupted => Failure::Interrupted(error.to_string()),
        ClusterError::Broken(words) => Failure::Error(words),
    }
}

fn refuse(args: &RunArgs, request: &RunRequest<'_>) -> Result<(), Failure> {
    let unfit = [
        ("--trace", request.trace.is_some()),
        ("--snapshot", args.snapshot.is_some()),
    ];
    match unfit.into_iter().find(|(_, is_asked)| *is_asked) {
        Some((flag, _)) => Err(Failure::Usage(format!(
            "{flag} can't be had of a cluster: leave it out, or the cluster"
        ))),
        None => Ok(()),
    }
}

/// The addresses in a file of hosts.
fn hosts_in(file: &Path) -> Result<Vec<String>, Failure> {
    let text = std::fs::read_to_string(file).map_err(|error| {
        Failure::Error(format!(
            "cannot read {}: {error}; name a file with a line host:port for each process",
            file.display()
        ))
    })?;
    parse_hosts(&text).map_err(|words| Failure::Error(format!("{}:{words}", file.display())))
}

fn parse_hosts(text: &str) -> Result<Vec<String>, String> {
    let mut hosts: Vec<String> = Vec::new();
    for (at, line) in (1..).zip(text.lines()) {
        let host = line.split('#').next().unwrap_or("").trim();
        if host.is_empty() {
            continue;
        }
        let port = host.rsplit_once(':').filter(|(name, _)| !name.is_empty());
        if port.is_none_or(|(_, port)| port.parse::<u16>().is_err()) {
            return Err(format!(
                "{at}: `{host}` is no address of a process: write it as 10.0.0.1:7000"
            ));
        }
        if hosts.iter().any(|other| other == host) {
            return Err(format!(
                "{at}: `{host}` is there twice: each process listens on its own"
            ));
        }
        hosts.push(host.to_owned());
    }
    if hosts.len() < 2 {
        return Err(format!(
            "1: {} make no cluster: a line host:port for each process, two at least",
            counted(hosts.len(), "host")
        ));
    }
    Ok(hosts)
}

/// Where a connection breaks, timely dataflow panics in threads of its own,
/// and then in our workers: the link to that process says why, in words.
fn keep_panics_of_connections_quiet() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let thread = std::thread::current();
        let is_its_own = thread
            .name()
            .is_some_and(|name| name.starts_with("timely:"));
        let place = panic.location().map_or("", |place| place.file());
        if !is_its_own && !place.contains("timely_communication") {
            usual(panic);
        }
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_read_and_mistakes_have_their_line() {
        let hosts = parse_hosts("# ours\n10.0.0.1:7000\n\n[::1]:7001 # the second\n");
        assert_eq!(hosts.unwrap(), ["10.0.0.1:7000", "[::1]:7001"]);
        let wrong = |text: &str| parse_hosts(text).unwrap_err();
        assert!(wrong("a:1\nb\n").starts_with("2: `b` is no address"));
        assert!(wrong("a:1\nb:70000\n").starts_with("2: `b:70000`"));
        assert!(wrong("a:1\n:7\n").starts_with("2: `:7`"));
        assert!(wrong("a:1\na:1\n").starts_with("2: `a:1` is there twice"));
        assert!(wrong("a:1\n").contains("two at least"));
        assert!(wrong("").contains("0 hosts"));
    }
}
