//! How the processes of a cluster find each other.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use super::frame::{Agreement, Greeting, MESSAGE_BYTES, Message, PROTOCOL, receive, send};
use super::mesh::{Door, Fault, Link, Mesh, connect};
use notibench_core::engine::StopFlag;

/// Who belongs to a cluster, and which of them this is.
#[derive(Clone, Debug)]
pub struct ClusterOptions {
    /// The address of each process, `host:port`, in order.
    pub hosts: Vec<String>,
    /// Number of this one, from 0.
    pub process: usize,
    /// How long another may keep silent.
    pub peer_timeout: Duration,
}

/// Why a cluster did not come together, or broke.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ClusterError {
    /// The stop flag was set.
    #[error("interrupted")]
    Interrupted,
    /// In words.
    #[error("{0}")]
    Broken(String),
}

impl ClusterError {
    pub(super) fn of(fault: &Fault) -> Self {
        match fault.words() {
            Some(words) => Self::Broken(words.clone()),
            None => Self::Interrupted,
        }
    }
}

fn open_door(options: &ClusterOptions) -> Result<Door, ClusterError> {
    let address = &options.hosts[options.process];
    Door::open(address).map_err(|error| {
        ClusterError::Broken(format!(
            "process {} can't listen on {address}: {error}; give it another line in the file of \
             hosts",
            options.process
        ))
    })
}

fn mesh_of(
    options: &ClusterOptions,
    door: Door,
    token: u64,
    fault: Fault,
    ended: Arc<AtomicBool>,
    links: Vec<Link>,
) -> Mesh {
    Mesh {
        process: options.process,
        hosts: options.hosts.clone(),
        token,
        timeout: options.peer_timeout,
        fault,
        door,
        ended,
        links,
        early: Mutex::default(),
    }
}

/// Process 0: waits until all others have come. `is_lost` is asked meanwhile
/// whether one of them can't come any more, and why.
pub(super) fn lead(
    options: &ClusterOptions,
    agreement: &Agreement,
    stop: &StopFlag,
    is_lost: &dyn Fn() -> Option<String>,
) -> Result<Mesh, ClusterError> {
    let fault = Fault::new(stop.clone());
    let door = open_door(options)?;
    let token = getrandom::u64().map_err(|error| {
        ClusterError::Broken(format!("the system gives no random words: {error}"))
    })?;
    let mut mesh = mesh_of(options, door, token, fault, Arc::default(), vec![]);
    let deadline = Instant::now() + options.peer_timeout;
    let mut came: Vec<Option<Link>> = options.hosts.iter().skip(1).map(|_| None).collect();
    while let Some(missing) = came.iter().position(Option::is_none) {
        let missing = missing + 1;
        let why = if Instant::now() > deadline {
            Some(format!(
                "process {missing} ({}) has not come within {:?}: start it with --process \
                 {missing}, or give more time with --peer-timeout",
                options.hosts[missing], options.peer_timeout
            ))
        } else {
            is_lost().or_else(|| let_in(&mesh, agreement, &mut came).err())
        };
        if let Some(why) = why {
            mesh.fault.set(why);
        }
        if mesh.fault.is_stopped() {
            // those that came are told when the mesh goes
            mesh.links = came.into_iter().flatten().collect();
            return Err(ClusterError::of(&mesh.fault));
        }
    }
    mesh.links = came.into_iter().flatten().collect();
    Ok(mesh)
}

/// Accepts the next process, if one connects.
///
/// # Errors
/// Where it can't take part: why.
fn let_in(mesh: &Mesh, agreement: &Agreement, came: &mut [Option<Link>]) -> Result<(), String> {
    let Some((greeting, mut stream)) = mesh.door.next() else {
        return Ok(());
    };
    let Greeting::Join {
        protocol,
        version,
        process,
        agreement: theirs,
    } = greeting
    else {
        mesh.door.strays.fetch_add(1, Ordering::Relaxed);
        return Ok(());
    };
    let ours = env!("CARGO_PKG_VERSION");
    let hosts = mesh.hosts.len();
    let why = if protocol != PROTOCOL || version != ours {
        Some(format!("it is notibench {version}, process 0 is {ours}"))
    } else if process == 0 || process >= hosts {
        Some(format!("there are {hosts} hosts, numbered from 0"))
    } else if came[process - 1].is_some() {
        Some("a process of that number has come before".to_owned())
    } else {
        agreement.difference(&theirs)
    };
    if let Some(why) = why {
        let why = format!("process {process} can't take part: {why}");
        // it may have gone already
        let _ = send(&mut stream, &Message::Refused { why: why.clone() });
        return Err(why);
    }
    let name = format!("process {process} ({})", mesh.hosts[process]);
    let link = send(&mut stream, &Message::Welcome { token: mesh.token })
        .and_then(|()| Link::new(stream, name, mesh.timeout, &mesh.fault, &mesh.ended));
    let link = link.map_err(|error| format!("process {process} went as it came: {error}"))?;
    came[process - 1] = Some(link);
    Ok(())
}

/// Another process: joins process 0.
pub(super) fn join(
    options: &ClusterOptions,
    agreement: &Agreement,
    stop: &StopFlag,
) -> Result<Mesh, ClusterError> {
    let fault = Fault::new(stop.clone());
    let ended = Arc::new(AtomicBool::new(false));
    let door = open_door(options)?;
    let leader = &options.hosts[0];
    let broken = |why: String| {
        if fault.is_stopped() {
            return ClusterError::of(&fault);
        }
        ClusterError::Broken(format!(
            "process 0 ({leader}) does not answer within {:?}: {why}",
            options.peer_timeout
        ))
    };
    let mut stream = connect(leader, options.peer_timeout, &fault).map_err(broken)?;
    let greeting = Greeting::Join {
        protocol: PROTOCOL.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        process: options.process,
        agreement: Box::new(agreement.clone()),
    };
    let answer = stream
        .set_read_timeout(Some(options.peer_timeout))
        .and_then(|()| send(&mut stream, &greeting))
        .and_then(|()| receive(&mut stream, MESSAGE_BYTES))
        .map_err(|error| broken(error.to_string()))?;
    let token = match answer {
        Message::Welcome { token } => token,
        Message::Refused { why } => return Err(ClusterError::Broken(why)),
        other => {
            return Err(ClusterError::Broken(format!(
                "process 0 ({leader}) said {other:?} in place of a welcome"
            )));
        }
    };
    let name = format!("process 0 ({leader})");
    let link = Link::new(stream, name, options.peer_timeout, &fault, &ended)
        .map_err(|error| broken(error.to_string()))?;
    Ok(mesh_of(options, door, token, fault, ended, vec![link]))
}

/// The events of a process: a run of them, as long as any other's.
pub(super) fn share_of(process: usize, processes: usize, events: u64) -> std::ops::Range<u64> {
    let at = |process: usize| (u128::from(events) * process as u128 / processes as u128) as u64;
    at(process)..at(process + 1)
}
