//! Which engines a command takes: those named, or the default and one's own;
//! those whose state lies in another process.

use super::args::external::ExternalArgs;
use super::cluster::engines as engines_of_clusters;
use super::exit::Failure;
use super::map_libs::contenders_of;
use notibench_core::engine::Role;
use notibench_harness::{self as harness, Contender};

/// The engines of these names, none twice, none a probe.
pub(crate) fn chosen(names: &[String], own: &[Contender]) -> Result<Vec<Contender>, Failure> {
    let mut contenders: Vec<Contender> = Vec::new();
    for name in names {
        let found = harness::find_contender(name, own)?;
        if found.info.role == Role::Probe {
            return Err(Failure::Usage(format!(
                "--engine {name} is a probe, which keeps no state: name an engine"
            )));
        }
        if contenders.iter().any(|other| other.name == found.name) {
            return Err(Failure::Usage(format!("--engine {name} is given twice")));
        }
        contenders.push(found);
    }
    Ok(contenders)
}

/// The engine of commands that take few where none is named.
const ENGINE: &str = "dashmap";

/// The engines named, or else the default one and those of one's own; probes,
/// which keep no state, apart.
pub(crate) fn engines_or_default(named: &[String], own: &[Contender]) -> Vec<String> {
    if !named.is_empty() {
        return named.to_vec();
    }
    let own = own.iter().filter(|own| own.info.role != Role::Probe);
    let own: Vec<Contender> = own.cloned().collect();
    harness::with_own(vec![ENGINE.to_owned()], &own)
}

/// Engines of one's own, those out of process among them, and what they need
/// for as long as they run.
#[derive(Debug)]
pub(crate) struct AvailableEngines {
    /// Engines beside the registry's.
    pub(crate) contenders: Vec<Contender>,
    /// Names of those that come from shared libraries.
    maps: Vec<String>,
    #[cfg(feature = "redis")]
    _server: Option<notibench_engines::redis::PrivateServer>,
}

impl AvailableEngines {
    /// Those of `own`, and those whose server the flags name; `engines` are
    /// the names asked for.
    #[cfg(feature = "redis")]
    pub(crate) fn with_external(
        own: &[Contender],
        args: &ExternalArgs,
        engines: &[String],
    ) -> Result<Self, Failure> {
        use notibench_core::engine::Engine as _;
        use notibench_engines::redis::{PrivateServer, RedisEngine, check_address};

        let name = RedisEngine::INFO.name;
        let is_asked_for = engines.iter().any(|engine| engine == name);
        let mut contenders = own.to_vec();
        let maps = contenders_of(&args.map_libs)?;
        let names = maps.iter().map(|map| map.name.clone()).collect();
        contenders.extend(maps);
        contenders.extend(engines_of_clusters(engines)?);
        let server = args
            .redis_server
            .then(PrivateServer::start)
            .transpose()
            .map_err(Failure::Error)?;
        let address = server.as_ref().map(PrivateServer::address);
        match address.or(args.redis.as_deref()) {
            Some(address) => {
                check_address(address).map_err(Failure::Error)?;
                contenders.push(Contender::of::<RedisEngine>().at(address));
            }
            None if is_asked_for && !own.iter().any(|own| own.info.name == name) => {
                return Err(Failure::Usage(format!(
                    "--engine {name} keeps its state in a server: name one with --redis URL, or \
                     give --redis-server"
                )));
            }
            None => {}
        }
        Ok(Self {
            contenders,
            maps: names,
            _server: server,
        })
    }

    /// Those of `own`: no engine out of process was built in.
    #[cfg(not(feature = "redis"))]
    pub(crate) fn with_external(
        own: &[Contender],
        args: &ExternalArgs,
        engines: &[String],
    ) -> Result<Self, Failure> {
        let is_own = own.iter().any(|own| own.info.name == "redis");
        if engines.iter().any(|engine| engine == "redis") && !is_own {
            return Err(Failure::Usage(
                "--engine redis is not in this build: build with `cargo build --release --features \
                 redis`"
                    .to_owned(),
            ));
        }
        let mut contenders = own.to_vec();
        let maps = contenders_of(&args.map_libs)?;
        let names = maps.iter().map(|map| map.name.clone()).collect();
        contenders.extend(maps);
        contenders.extend(engines_of_clusters(engines)?);
        Ok(Self {
            contenders,
            maps: names,
        })
    }

    /// Where engines are named, maps of shared libraries run beside them: their
    /// flag names them.
    pub(crate) fn add_maps_to(&self, named: &mut Vec<String>) {
        let others: Vec<String> = self
            .maps
            .iter()
            .filter(|map| !named.contains(map))
            .cloned()
            .collect();
        if !named.is_empty() {
            named.extend(others);
        }
    }
}

/// What is known of the engines that need a server, to be listed.
pub(crate) fn listed() -> Vec<notibench_core::engine::EngineInfo> {
    #[cfg(any(feature = "redis", feature = "cluster"))]
    use notibench_core::engine::Engine as _;
    #[cfg(feature = "cluster")]
    use notibench_engines::partitioned::timely::TimelyEngine;
    #[cfg(feature = "redis")]
    use notibench_engines::redis::RedisEngine;
    vec![
        #[cfg(feature = "cluster")]
        TimelyEngine::INFO,
        #[cfg(feature = "redis")]
        RedisEngine::INFO,
    ]
}
