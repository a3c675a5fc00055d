//! A Redis server of our own: on a free port of the loopback interface, with a
//! password, without persistence, gone when we are.

use std::fs;
use std::hash::{BuildHasher as _, RandomState};
use std::io;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::connection::check_address;

/// How long it may take until it answers.
const TO_START: Duration = Duration::from_secs(10);
/// How often a port is tried: another program may take it before the server.
const TRIES: usize = 3;
/// Runs the server until its own input ends, which it does when we let go of
/// it, and when we die of whatever cause; then clears up.
const KEEPER: &str = "redis-server \"$1\" >/dev/null 2>&1 </dev/null &
server=$!
cat >/dev/null
kill -9 $server 2>/dev/null
rm -f \"$1\" \"${1%.conf}.log\"
rmdir \"${1%/*}\"";

/// A running server; dropping it stops it.
#[derive(Debug)]
pub struct PrivateServer {
    keeper: Child,
    folder: TempDir,
    address: String,
}

impl PrivateServer {
    /// Whether the program is there.
    #[must_use]
    pub fn is_installed() -> bool {
        let mut version = Command::new("redis-server");
        version
            .arg("--version")
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        version.status().is_ok_and(|status| status.success())
    }

    /// Starts one, and waits until it answers.
    ///
    /// # Errors
    /// Why it can't be had, and what to do about it.
    pub fn start() -> Result<Self, String> {
        if !Self::is_installed() {
            return Err(
                "--redis-server needs the program redis-server, which is not there: install it \
                 (Debian: apt-get install redis-server), or name a server with --redis URL"
                    .to_owned(),
            );
        }
        let mut last = String::new();
        for _ in 0..TRIES {
            let server = Self::try_start().map_err(|error| {
                format!("cannot start a Redis server: {error}; name one with --redis URL")
            })?;
            match server.wait() {
                Ok(()) => return Ok(server),
                Err(why) => last = why,
            }
        }
        Err(format!(
            "the Redis server of this run's own does not answer: {last}"
        ))
    }

    /// Its address, the password in it.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    fn try_start() -> io::Result<Self> {
        let folder = TempDir::with_prefix("notibench-redis-")?;
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700))?;
        // free now, and soon the server's
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let password = password();
        let settings = folder.path().join("redis.conf");
        fs::write(&settings, settings_text(port, &password, folder.path()))?;
        let keeper = Command::new("sh")
            .args(["-c", KEEPER, "keeper"])
            .arg(&settings)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // Ctrl-C in a terminal is for this process, which then stops it
            .process_group(0)
            .spawn()?;
        Ok(Self {
            keeper,
            folder,
            address: format!("redis://:{password}@127.0.0.1:{port}/0"),
        })
    }

    fn wait(&self) -> Result<(), String> {
        let started = Instant::now();
        loop {
            match check_address(&self.address) {
                Ok(()) => return Ok(()),
                Err(why) if started.elapsed() > TO_START || self.has_ended() => {
                    return Err(format!("{why}; {}", self.last_words()));
                }
                Err(_) => std::thread::sleep(Duration::from_millis(20)),
            }
        }
    }

    /// Whether it has said that it can't go on.
    fn has_ended(&self) -> bool {
        self.last_words().contains("Failed listening")
    }

    fn last_words(&self) -> String {
        let log = fs::read_to_string(self.folder.path().join("redis.log")).unwrap_or_default();
        let last = log.lines().next_back().unwrap_or("its log is empty");
        last.to_owned()
    }
}

impl Drop for PrivateServer {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

fn settings_text(port: u16, password: &str, folder: &Path) -> String {
    let folder = folder.display();
    format!(
        "port {port}\nbind 127.0.0.1\nrequirepass {password}\nsave \"\"\nappendonly no\n\
         dir {folder}\nlogfile {folder}/redis.log\ndaemonize no\n"
    )
}

/// 128 bits that others on this machine don't know: the standard library's
/// hasher has its keys from the operating system.
fn password() -> String {
    let word = |at: u64| RandomState::new().hash_one(at);
    format!("{:016x}{:016x}", word(0), word(1))
}
