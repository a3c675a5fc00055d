//! Flags of engines that are not in this program: maps of shared libraries, and
//! engines whose state lies in another process.

use std::ffi::OsString;

use clap::Args;

#[derive(Clone, Debug, Default, Args)]
pub(crate) struct ExternalArgs {
    /// Shared library with maps, all of them or the one of that name: include/notibench.h; repeatable
    #[arg(long = "map-lib", value_name = "PATH[:NAME]")]
    pub(crate) map_libs: Vec<String>,
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
    pub(crate) fn words(&self) -> Vec<OsString> {
        let mut words = Vec::new();
        for library in &self.map_libs {
            words.extend(["--map-lib".into(), library.into()]);
        }
        #[cfg(feature = "redis")]
        if let Some(redis) = &self.redis {
            words.extend(["--redis".into(), redis.into()]);
        }
        #[cfg(feature = "redis")]
        words.extend(self.redis_server.then(|| "--redis-server".into()));
        words
    }
}
