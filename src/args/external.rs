//! Flags of engines whose state lies in another process.

use std::ffi::OsString;

use clap::Args;

/// None, unless such an engine was built in.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct ExternalArgs {
    /// Server of the engine `redis`, such as redis://127.0.0.1:6379/9; that database must be empty, and is emptied in the end
    #[cfg(feature = "redis")]
    #[arg(long, value_name = "URL", conflicts_with = "redis_server")]
    pub(crate) redis: Option<String>,
    /// Start a Redis server for the engine `redis`: on a free loopback port, without persistence, stopped in the end
    #[cfg(feature = "redis")]
    #[arg(long)]
    pub(crate) redis_server: bool,
}

impl ExternalArgs {
    /// The words that, given to another process, mean the same.
    #[cfg(feature = "redis")]
    pub(crate) fn words(&self) -> Vec<OsString> {
        let mut words = Vec::new();
        if let Some(redis) = &self.redis {
            words.extend(["--redis".into(), redis.into()]);
        }
        words.extend(self.redis_server.then(|| "--redis-server".into()));
        words
    }

    /// None, as none was built in.
    #[cfg(not(feature = "redis"))]
    #[expect(clippy::unused_self, reason = "a build with such an engine has some")]
    pub(crate) const fn words(&self) -> Vec<OsString> {
        Vec::new()
    }
}
