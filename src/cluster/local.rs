//! The other processes of a cluster on this machine: started, watched, and
//! ended with this one.

use std::io::Write as _;
use std::net::TcpListener;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use crate::args::run::RunArgs;
use crate::exit::{Failure, INTERRUPTED};
use notibench_core::engine::StopFlag;
use notibench_harness::{ClusterOptions, RunRequest};

/// How long a child may take to end by itself once it was told to.
const GRACE: Duration = Duration::from_secs(2);

/// Addresses on loopback with free ports.
pub(super) fn free_addresses(count: usize) -> Result<Vec<String>, Failure> {
    // held together, so that no two are the same
    let listeners: Result<Vec<TcpListener>, _> = (0..count)
        .map(|_| TcpListener::bind("127.0.0.1:0"))
        .collect();
    let addresses = listeners.and_then(|listeners| {
        let addresses = listeners.iter().map(TcpListener::local_addr);
        addresses.collect::<Result<Vec<_>, _>>()
    });
    match addresses {
        Ok(addresses) => Ok(addresses.iter().map(ToString::to_string).collect()),
        Err(error) => Err(Failure::Error(format!(
            "no free port on loopback for {count} processes: {error}"
        ))),
    }
}

/// The processes beside this one.
#[derive(Debug)]
pub(super) struct Children {
    children: Mutex<Vec<(usize, Child)>>,
    /// Read by them as long as they start.
    hosts: tempfile::NamedTempFile,
}

impl Children {
    /// Starts them with what this process has settled.
    pub(super) fn start(
        options: &ClusterOptions,
        args: &RunArgs,
        request: &RunRequest<'_>,
    ) -> Result<Self, Failure> {
        let failed = |error: std::io::Error| {
            Failure::Error(format!("cannot start the other processes: {error}"))
        };
        let mut hosts = tempfile::NamedTempFile::new().map_err(failed)?;
        writeln!(hosts, "{}", options.hosts.join("\n")).map_err(failed)?;
        let own = std::env::current_exe().map_err(failed)?;
        let mut started = Self {
            children: Mutex::default(),
            hosts,
        };
        let plan = &request.plan;
        let threads = plan.threads / options.hosts.len();
        for process in 1..options.hosts.len() {
            let mut command = Command::new(&own);
            command.arg("run").args(&args.workload);
            command.args(["--engine", "timely", "--no-save", "--no-verify"]);
            command.arg("--hosts").arg(started.hosts.path());
            command.args(["--process", &process.to_string()]);
            command.args([
                "--peer-timeout",
                &format!("{}us", args.cluster.peer_timeout / 1_000),
            ]);
            command.args(["--events", &plan.events.to_string()]);
            command.args(["--seed", &plan.seed.to_string()]);
            command.args(["--threads", &threads.to_string()]);
            command.args(["--batch", &plan.batch.to_string()]);
            command.args(plan.pin.then_some("--pin"));
            command.args(plan.inline.then_some("--inline"));
            command.stdin(Stdio::null()).stdout(Stdio::null());
            let child = command.spawn().map_err(failed)?;
            started.children.get_mut().push((process, child));
        }
        Ok(started)
    }

    /// Whether one of them has ended, in words. Where it was interrupted, so
    /// are we: by the same key, most likely.
    pub(super) fn lost(&self, stop: &StopFlag) -> Option<String> {
        let mut children = self.children.lock();
        children.iter_mut().find_map(|(process, child)| {
            let status = child.try_wait().ok().flatten()?;
            if is_interruption(status) {
                stop.set();
                return None;
            }
            Some(format!(
                "process {process} has ended before it came ({status}); its own message says why"
            ))
        })
    }
}

/// Whether it ended in good order, or before it could.
fn is_interruption(status: ExitStatus) -> bool {
    // SIGINT is 2 everywhere
    #[cfg(unix)]
    if std::os::unix::process::ExitStatusExt::signal(&status) == Some(2) {
        return true;
    }
    status.code() == Some(INTERRUPTED.into())
}

impl Drop for Children {
    /// They were told to end; one that does not is killed.
    fn drop(&mut self) {
        let deadline = Instant::now() + GRACE;
        for (_, child) in self.children.get_mut() {
            while matches!(child.try_wait(), Ok(None)) && Instant::now() < deadline {
                std::thread::sleep(Duration::from_millis(10));
            }
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::process::ExitStatusExt as _;

    use super::*;

    #[test]
    fn an_interruption_is_told_from_a_crash() {
        // as wait(2) gives it: a signal's number, or a code in the second byte
        let ended = |status| is_interruption(ExitStatus::from_raw(status));
        assert!(ended(2));
        assert!(ended(130 << 8));
        assert!(!ended(9));
        assert!(!ended(1 << 8));
        assert!(!ended(0));
    }
}
