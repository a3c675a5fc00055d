//! The connections of a cluster: which processes belong to it, a link of words between
//! process 0 and each other, and connections for updates, new in each trial. A
//! process that goes, or falls silent, ends the run for all.

use std::collections::HashMap;
use std::io;
use std::net::{TcpListener, TcpStream, ToSocketAddrs as _};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use super::frame::{GREETING_BYTES, Greeting, MESSAGE_BYTES, Message, receive, send};
use notibench_core::engine::StopFlag;

/// How often it is looked whether all is well.
pub(super) const TICK: Duration = Duration::from_millis(10);
/// How long a stranger may keep silent.
const GREETING_TIME: Duration = Duration::from_secs(2);
/// How often each says that it is there, unless that would be too late.
const BEAT: Duration = Duration::from_millis(250);

/// A connection that greeted as one of us would.
pub(super) type Arrival = (Greeting, TcpStream);

/// Why the run ends early; the first one counts.
#[derive(Clone, Debug, Default)]
pub(super) struct Fault {
    words: Arc<OnceLock<String>>,
    stop: StopFlag,
}

impl Fault {
    pub(super) fn new(stop: StopFlag) -> Self {
        Self {
            words: Arc::default(),
            stop,
        }
    }

    pub(super) fn set(&self, words: String) {
        // later ones follow from the first, or from an interruption before it
        if !self.is_stopped() {
            let _ = self.words.set(words);
        }
        self.stop.set();
    }

    /// Ends the run without a fault.
    pub(super) fn interrupt(&self) {
        self.stop.set();
    }

    pub(super) fn words(&self) -> Option<&String> {
        self.words.get()
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.stop.is_set()
    }
}

/// Listens on this process' address, and accepts processes that greet as members of the cluster.
#[derive(Debug)]
pub(super) struct Door {
    arrivals: Mutex<Receiver<Arrival>>,
    ended: Arc<AtomicBool>,
    /// Connections that were closed since they did not.
    pub(super) strays: Arc<AtomicU64>,
}

impl Door {
    pub(super) fn open(address: &str) -> io::Result<Self> {
        let listener = TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        let (sender, arrivals) = channel();
        let (ended, strays) = (Arc::new(AtomicBool::new(false)), Arc::default());
        let door = Self {
            arrivals: Mutex::new(arrivals),
            ended: Arc::clone(&ended),
            strays: Arc::clone(&strays),
        };
        thread::Builder::new()
            .name("cluster: door".to_owned())
            .spawn(move || {
                while !ended.load(Ordering::Acquire) {
                    match listener.accept() {
                        Ok((stream, _)) => greet(stream, sender.clone(), Arc::clone(&strays)),
                        Err(_) => thread::sleep(TICK),
                    }
                }
            })?;
        Ok(door)
    }

    pub(super) fn next(&self) -> Option<Arrival> {
        self.arrivals.lock().recv_timeout(TICK).ok()
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Release);
    }
}

/// Hears a stranger's greeting on a thread of its own: nobody waits for one
/// who says nothing.
fn greet(stream: TcpStream, arrivals: Sender<Arrival>, strays: Arc<AtomicU64>) {
    let hear = move || {
        let heard = (|| {
            let mut stream = stream;
            stream.set_nonblocking(false)?;
            stream.set_nodelay(true)?;
            stream.set_read_timeout(Some(GREETING_TIME))?;
            let greeting = receive(&mut stream, GREETING_BYTES)?;
            stream.set_read_timeout(None)?;
            Ok::<_, io::Error>((greeting, stream))
        })();
        match heard {
            Ok(arrival) => drop(arrivals.send(arrival)),
            Err(_) => drop(strays.fetch_add(1, Ordering::Relaxed)),
        }
    };
    // without a thread to hear it there is no peer either
    let _ = thread::Builder::new()
        .name("cluster: greeting".to_owned())
        .spawn(hear);
}

/// Connects within `limit`, however late the other starts.
pub(super) fn connect(address: &str, limit: Duration, fault: &Fault) -> Result<TcpStream, String> {
    let deadline = Instant::now() + limit;
    let mut last = "it has no address".to_owned();
    while Instant::now() < deadline && !fault.is_stopped() {
        let resolved = address.to_socket_addrs();
        for socket in resolved.into_iter().flatten() {
            match TcpStream::connect_timeout(&socket, GREETING_TIME) {
                Ok(stream) => {
                    stream
                        .set_nodelay(true)
                        .map_err(|error| error.to_string())?;
                    return Ok(stream);
                }
                Err(error) => last = error.to_string(),
            }
        }
        thread::sleep(TICK);
    }
    Err(last)
}

/// A link of words to one other process.
#[derive(Debug)]
pub(super) struct Link {
    writer: Arc<Mutex<TcpStream>>,
    messages: Mutex<Receiver<Message>>,
    /// How errors call it.
    name: String,
}

impl Link {
    /// Starts to listen, and to say all the time that this process is there.
    pub(super) fn new(
        stream: TcpStream,
        name: String,
        timeout: Duration,
        fault: &Fault,
        ended: &Arc<AtomicBool>,
    ) -> io::Result<Self> {
        stream.set_read_timeout(Some(timeout))?;
        stream.set_write_timeout(Some(timeout))?;
        let mut reader = stream.try_clone()?;
        let writer = Arc::new(Mutex::new(stream));
        let (sender, messages) = channel();
        let (heard_by, heard_of) = (fault.clone(), name.clone());
        let is_over = Arc::clone(ended);
        let listen = move || loop {
            match receive::<Message>(&mut reader, MESSAGE_BYTES) {
                Ok(Message::Beat) => {}
                Ok(Message::Abort { why }) => return heard_by.set(why),
                Ok(Message::Failed { why }) => {
                    return heard_by.set(format!("{heard_of} failed: {why}"));
                }
                Ok(Message::Interrupted) => return heard_by.interrupt(),
                Ok(message) => drop(sender.send(message)),
                Err(_) if is_over.load(Ordering::Acquire) => return,
                Err(error) => return heard_by.set(silence(&heard_of, &error, timeout)),
            }
        };
        let spawn = |what: &str| thread::Builder::new().name(format!("cluster: {what} {name}"));
        spawn("from").spawn(listen)?;
        let (beating, is_over) = (Arc::clone(&writer), Arc::clone(ended));
        let pause = BEAT.min(timeout / 4);
        spawn("to").spawn(move || {
            while !is_over.load(Ordering::Acquire) {
                if send(&mut *beating.lock(), &Message::Beat).is_err() {
                    // the listening side has noticed, and says so
                    return;
                }
                thread::sleep(pause);
            }
        })?;
        Ok(Self {
            writer,
            messages: Mutex::new(messages),
            name,
        })
    }

    pub(super) fn tell(&self, message: &Message) {
        // where it can't be told, the listener has noticed why
        let _ = send(&mut *self.writer.lock(), message);
    }

    /// The next message; none where the run ends early.
    pub(super) fn next(&self, fault: &Fault) -> Option<Message> {
        let messages = self.messages.lock();
        loop {
            match messages.recv_timeout(TICK) {
                Ok(message) => return Some(message),
                Err(RecvTimeoutError::Timeout) if !fault.is_stopped() => {}
                Err(_) => return None,
            }
        }
    }

    /// Says that what it said was not its turn to say.
    pub(super) fn confused(&self, said: &Message, fault: &Fault) {
        fault.set(format!(
            "{} said {said:?} out of turn: use one build of notibench everywhere",
            self.name
        ));
    }
}

fn silence(name: &str, error: &io::Error, timeout: Duration) -> String {
    match error.kind() {
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => format!(
            "{name} has not been heard of for {timeout:?}: it hangs, or the network does; \
             --peer-timeout says how long to wait"
        ),
        io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset => {
            format!("{name} has gone: its connection was closed; its own messages say why")
        }
        _ => format!("{name} can't be understood: {error}"),
    }
}

/// This process' place among the others.
#[derive(Debug)]
pub(super) struct Mesh {
    pub(super) process: usize,
    pub(super) hosts: Vec<String>,
    pub(super) token: u64,
    pub(super) timeout: Duration,
    pub(super) fault: Fault,
    pub(super) door: Door,
    pub(super) ended: Arc<AtomicBool>,
    /// Of process 0 to all others; of another to process 0.
    pub(super) links: Vec<Link>,
    /// Connections that came before they were asked for.
    pub(super) early: Mutex<HashMap<(u64, usize), TcpStream>>,
}

impl Mesh {
    pub(super) fn tell_all(&self, message: &Message) {
        self.links.iter().for_each(|link| link.tell(message));
    }

    /// A connection to each other process for one trial; none where the run
    /// ends early.
    pub(super) fn sockets(&self, trial: u64) -> Option<Vec<Option<TcpStream>>> {
        let mut sockets: Vec<Option<TcpStream>> = self.hosts.iter().map(|_| None).collect();
        for (other, host) in self.hosts.iter().enumerate().take(self.process) {
            let connected = connect(host, self.timeout, &self.fault).and_then(|mut stream| {
                let greeting = Greeting::Data {
                    token: self.token,
                    trial,
                    process: self.process,
                };
                let greeted = send(&mut stream, &greeting);
                greeted.map(|()| stream).map_err(|error| error.to_string())
            });
            match connected {
                Ok(stream) => sockets[other] = Some(stream),
                Err(why) => {
                    self.fault
                        .set(format!("no connection to process {other} ({host}): {why}"));
                    return None;
                }
            }
        }
        let deadline = Instant::now() + self.timeout;
        let is_missing = |sockets: &[Option<TcpStream>]| {
            let of_later = sockets.iter().skip(self.process + 1);
            of_later.into_iter().any(Option::is_none)
        };
        while is_missing(&sockets) {
            self.let_in();
            let mut early = self.early.lock();
            for (other, socket) in sockets.iter_mut().enumerate().skip(self.process + 1) {
                if let Some(stream) = early.remove(&(trial, other)) {
                    *socket = Some(stream);
                }
            }
            if self.fault.is_stopped() {
                return None;
            }
            if Instant::now() > deadline {
                self.fault.set(format!(
                    "no connection for updates came within {:?}: all processes must reach each \
                     other's address",
                    self.timeout
                ));
            }
        }
        Some(sockets)
    }

    /// Keeps the next arrival, if it is of this run.
    fn let_in(&self) {
        let Some((greeting, stream)) = self.door.next() else {
            return;
        };
        match greeting {
            Greeting::Data {
                token,
                trial,
                process,
            } if token == self.token => {
                self.early.lock().insert((trial, process), stream);
            }
            _ => drop(self.door.strays.fetch_add(1, Ordering::Relaxed)),
        }
    }
}

impl Drop for Mesh {
    /// Process 0 tells the others how it ended, another tells it that it was
    /// interrupted: where that is not said, it looks like a crash.
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Release);
        let words = self.fault.words().cloned();
        let is_interrupted = words.is_none() && self.fault.is_stopped();
        if self.process == 0 {
            self.tell_all(&match words {
                Some(why) => Message::Abort { why },
                None if is_interrupted => Message::Abort {
                    why: "process 0 was interrupted".to_owned(),
                },
                None => Message::End,
            });
        } else if is_interrupted {
            self.tell_all(&Message::Interrupted);
        }
    }
}
