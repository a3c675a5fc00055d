//! Connections to the other processes of a cluster, handed to an engine whose
//! workers exchange updates across processes.

use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use parking_lot::Mutex;

/// One connection to each other process, for one trial.
#[derive(Debug)]
pub struct Links {
    /// Number of this process, from 0.
    pub process: usize,
    /// Processes, this one among them.
    pub processes: usize,
    /// Bytes that this process has sent over them.
    pub sent_bytes: Arc<AtomicU64>,
    sockets: Mutex<Option<Vec<Option<TcpStream>>>>,
}

impl Links {
    /// Connections in the order of the processes; none at the place of this
    /// one.
    #[must_use]
    pub fn new(process: usize, sockets: Vec<Option<TcpStream>>) -> Self {
        Self {
            process,
            processes: sockets.len(),
            sent_bytes: Arc::default(),
            sockets: Mutex::new(Some(sockets)),
        }
    }

    /// The connections, once.
    pub fn take(&self) -> Option<Vec<Option<TcpStream>>> {
        self.sockets.lock().take()
    }
}
