//! A connection to a Redis server, the words of its failures, and whose the
//! database is.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use ::redis::{Client, Cmd, Connection, FromRedisValue, Pipeline, Value};

use super::layout::LEASE;
use notibench_core::unit::quantity::counted;

/// How long a server may take to accept a connection.
const TO_CONNECT: Duration = Duration::from_secs(5);
/// How long a server may be silent: one that was stopped ends the run.
const TO_ANSWER: Duration = Duration::from_secs(20);
/// The oldest version that knows `ZADD GT`.
const OLDEST: (u32, u32) = (6, 2);

/// Ends the trial: the contract of engines has no other way to say so. The
/// harness makes an error of it, and there is no figure.
pub(super) fn give_up(words: &str) -> ! {
    panic!("{words}")
}

/// An open connection.
pub(super) struct Link {
    connection: Connection,
    /// Host, port and database, without the password.
    shown: String,
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Link({})", self.shown)
    }
}

impl Link {
    /// Connects, or ends the trial.
    pub(super) fn open(address: &str) -> Self {
        Self::try_open(address).unwrap_or_else(|words| give_up(&words))
    }

    /// Connects.
    ///
    /// # Errors
    /// Why not, in words.
    pub(super) fn try_open(address: &str) -> Result<Self, String> {
        if address.is_empty() {
            return Err("no server was named: give --redis URL, or --redis-server".to_owned());
        }
        let client = Client::open(address).map_err(|error| {
            format!(
                "the address is none of a Redis server: {error}; write redis://HOST:PORT/DATABASE"
            )
        })?;
        let info = client.get_connection_info();
        let shown = format!("{}/{}", info.addr(), info.redis_settings().db());
        let unreachable = |error| {
            format!(
                "no Redis server answers at {shown}: {error}; start one, name another with \
                 --redis URL, or give --redis-server"
            )
        };
        let connection = client
            .get_connection_with_timeout(TO_CONNECT)
            .map_err(unreachable)?;
        connection
            .set_read_timeout(Some(TO_ANSWER))
            .and_then(|()| connection.set_write_timeout(Some(TO_ANSWER)))
            .map_err(unreachable)?;
        Ok(Self { connection, shown })
    }

    /// Sends commands whose replies are of no interest.
    pub(super) fn tell(&mut self, pipeline: &Pipeline) {
        self.ask::<()>(pipeline);
    }

    /// The replies to a pipeline, which must not be empty.
    pub(super) fn ask<T: FromRedisValue>(&mut self, pipeline: &Pipeline) -> T {
        match pipeline.query(&mut self.connection) {
            Ok(reply) => reply,
            Err(error) => self.failed(&error),
        }
    }

    /// The reply to one command.
    pub(super) fn ask_one<T: FromRedisValue>(&mut self, command: &Cmd) -> T {
        match command.query(&mut self.connection) {
            Ok(reply) => reply,
            Err(error) => self.failed(&error),
        }
    }

    /// The next reply of several.
    pub(super) fn next<T: FromRedisValue>(&self, replies: &mut impl Iterator<Item = Value>) -> T {
        let reply = replies.next().unwrap_or(Value::Nil);
        match T::from_redis_value(reply) {
            Ok(reply) => reply,
            Err(error) => give_up(&format!("{} gave an odd reply: {error}", self.shown)),
        }
    }

    /// Bytes that the server has from its allocator.
    pub(super) fn used_memory(&mut self) -> u64 {
        let info: String = self.ask_one(::redis::cmd("INFO").arg("memory"));
        field_of(&info, "used_memory")
            .and_then(|bytes| bytes.parse().ok())
            .unwrap_or(0)
    }

    fn keys(&mut self) -> u64 {
        self.ask_one(&::redis::cmd("DBSIZE"))
    }

    fn failed(&self, error: &::redis::RedisError) -> ! {
        let why = if error.is_timeout() {
            format!("it has not answered for {} s", TO_ANSWER.as_secs())
        } else {
            error.to_string()
        };
        give_up(&format!("the Redis server at {} failed: {why}", self.shown))
    }
}

/// Whether a run may use the database of that address: the server answers, is
/// not too old, and the database is empty.
///
/// # Errors
/// Why not, and what to do about it.
pub fn check_address(address: &str) -> Result<(), String> {
    let mut link = Link::try_open(address)?;
    let asked: Result<String, _> = ::redis::cmd("INFO")
        .arg("server")
        .query(&mut link.connection);
    let info = asked.map_err(|error| failed_at(&link, &error))?;
    let version = field_of(&info, "redis_version").unwrap_or("unknown");
    if version_of(version).is_none_or(|version| version < OLDEST) {
        return Err(format!(
            "the Redis server at {} is {version}, and {}.{} is the oldest that will do (ZADD GT)",
            link.shown, OLDEST.0, OLDEST.1
        ));
    }
    let asked: Result<u64, _> = ::redis::cmd("DBSIZE").query(&mut link.connection);
    match asked {
        Ok(0) => Ok(()),
        Ok(keys) => Err(not_ours(&link.shown, keys)),
        Err(error) => Err(failed_at(&link, &error)),
    }
}

fn failed_at(link: &Link, error: &::redis::RedisError) -> String {
    format!("the Redis server at {} refuses: {error}", link.shown)
}

fn not_ours(shown: &str, keys: u64) -> String {
    format!(
        "the database at {shown} is not empty: it has {}, which a run would delete. Name \
         an empty one (redis://HOST:PORT/9 is number 9), or give --redis-server. If a run that was \
         killed left them, FLUSHDB there",
        counted(keys, "key")
    )
}

/// The value of a line `name:value` of what `INFO` gives.
fn field_of<'a>(info: &'a str, name: &str) -> Option<&'a str> {
    info.lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
        .map(str::trim)
}

fn version_of(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.split('.').map(str::parse);
    Some((parts.next()?.ok()?, parts.next()?.ok()?))
}

/// The right to empty a database: a key in it that says whose it is.
#[derive(Debug)]
pub(super) struct Lease {
    word: String,
}

impl Lease {
    /// Takes an empty database, or one that an earlier engine of this process
    /// has filled, which is emptied. Ends the trial where it is another's.
    pub(super) fn take(link: &mut Link) -> Self {
        static TAKEN: AtomicU64 = AtomicU64::new(0);
        let process = process_word();
        let keys = link.keys();
        if keys > 0 {
            let holder: Option<String> = link.ask_one(::redis::cmd("GET").arg(LEASE));
            if !holder.is_some_and(|holder| holder.starts_with(process)) {
                give_up(&not_ours(&link.shown, keys));
            }
            link.ask_one::<()>(&::redis::cmd("FLUSHDB"));
        }
        let word = format!("{process}{}", TAKEN.fetch_add(1, Ordering::Relaxed));
        let mut set = ::redis::cmd("SET");
        let taken: Option<String> = link.ask_one(set.arg(LEASE).arg(&word).arg("NX"));
        if taken.is_none() {
            give_up(&format!(
                "another run has just taken the database at {}",
                link.shown
            ));
        }
        Self { word }
    }

    /// Empties the database where it is still this engine's. A server that has
    /// gone has nothing to be emptied.
    pub(super) fn give_back(&self, link: &mut Link) {
        let holder: Result<Option<String>, _> =
            ::redis::cmd("GET").arg(LEASE).query(&mut link.connection);
        if holder.is_ok_and(|holder| holder.as_ref() == Some(&self.word)) {
            let _: Result<(), _> = ::redis::cmd("FLUSHDB").query(&mut link.connection);
        }
    }
}

/// What the leases of this process begin with.
fn process_word() -> &'static str {
    static WORD: OnceLock<String> = OnceLock::new();
    WORD.get_or_init(|| {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let since = since.map_or(0, |since| since.as_nanos());
        format!("process {} since {since}, ", std::process::id())
    })
}
