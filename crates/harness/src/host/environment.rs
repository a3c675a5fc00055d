//! The machine: what it is, what on it would spoil a measurement and how to fix
//! it, and what happened to the process during a trial.

use std::fs;
use std::path::Path;

use nix::sys::resource::{Resource, UsageWho, getrlimit, getrusage};

use crate::host::control_group::ControlGroup;
use notibench_core::unit::cache::{self, Cache};
use notibench_core::unit::quantity::{show_bytes, show_whole};
use notibench_record::{CacheNote, CpuId, Environment, UNKNOWN_CPU};

/// Reads what the machine says of itself; what it doesn't say is left out.
#[must_use]
pub fn examine() -> Environment {
    let meminfo = text("/proc/meminfo").unwrap_or_default();
    let kib = |name: &str| field(&meminfo, name).unwrap_or(0) * 1024;
    let cpuinfo = text("/proc/cpuinfo").unwrap_or_default();
    let profile = if cfg!(debug_assertions) {
        "debug"
    } else {
        "release"
    };
    let load = load_1m();
    let group = ControlGroup::read(Path::new("/"));
    Environment {
        cpu: processor_name(&cpuinfo).unwrap_or_else(|| UNKNOWN_CPU.to_owned()),
        cpu_id: processor_id(&cpuinfo),
        cores: std::thread::available_parallelism().map_or(1, usize::from),
        os: operating_system(),
        memory_bytes: kib("MemTotal:"),
        available_bytes: kib("MemAvailable:"),
        cgroup_memory_bytes: group.memory_bytes,
        cgroup_cpus: group.cpus,
        throttled_ms: group.throttled_ms,
        throttled_ms_end: group.throttled_ms,
        process_memory_bytes: process_memory(),
        caches: caches(),
        governor: text("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
        clock_source: text("/sys/devices/system/clocksource/clocksource0/current_clocksource"),
        huge_pages: text("/sys/kernel/mm/transparent_hugepage/enabled")
            .map(|modes| chosen(&modes).to_owned()),
        load_1m: load,
        load_1m_end: load,
        profile: profile.to_owned(),
    }
}

/// The processor's model as `/proc/cpuinfo` names it, whose fields differ
/// between architectures; on ARM at least its maker's number and its part's.
fn processor_name(cpuinfo: &str) -> Option<String> {
    let named = ["model name", "Model", "cpu model", "Hardware", "uarch"]
        .into_iter()
        .find_map(|field| value_after(cpuinfo, field));
    let numbered = || {
        let maker = value_after(cpuinfo, "CPU implementer")?;
        let part = value_after(cpuinfo, "CPU part")?;
        Some(format!("implementer {maker}, part {part}"))
    };
    named.map(str::to_owned).or_else(numbered)
}

/// Vendor, family, model and stepping of the first processor; on ARM what
/// stands for them. `None` unless all four are there.
fn processor_id(cpuinfo: &str) -> Option<CpuId> {
    let of = |field: &str| value_after(cpuinfo, field).map(str::to_owned);
    let x86 = || {
        Some(CpuId {
            vendor: of("vendor_id")?,
            family: of("cpu family")?,
            // not the name, which is "model name"
            model: of("model\t")?,
            stepping: of("stepping")?,
        })
    };
    let arm = || {
        Some(CpuId {
            vendor: of("CPU implementer")?,
            family: of("CPU architecture")?,
            model: of("CPU part")?,
            stepping: format!("r{}p{}", of("CPU variant")?, of("CPU revision")?),
        })
    };
    x86().or_else(arm)
}

/// The first processor's caches for data, the nearest first.
fn caches() -> Vec<CacheNote> {
    let note = |cache: Cache| CacheNote {
        level: cache.level,
        bytes: cache.bytes,
        shared_by: cache.shared_by,
    };
    cache::caches().into_iter().map(note).collect()
}

/// Load average over a minute.
fn load_1m() -> f64 {
    text("/proc/loadavg")
        .and_then(|line| line.split(' ').next().and_then(|load| load.parse().ok()))
        .unwrap_or(0.0)
}

/// Notes what the machine says at the end of a run.
pub(crate) fn at_end(env: &mut Environment) {
    env.load_1m_end = load_1m();
    env.throttled_ms_end = ControlGroup::read(Path::new("/")).throttled_ms;
}

/// What the process's own limits of address space and of data (`ulimit -v`
/// and `-d`) leave it beyond what it has already, in bytes.
fn process_memory() -> Option<u64> {
    let status = text("/proc/self/status").unwrap_or_default();
    let limits = [
        (Resource::RLIMIT_AS, "VmSize:"),
        (Resource::RLIMIT_DATA, "VmData:"),
    ];
    let left = limits.into_iter().filter_map(|(resource, used)| {
        let (limit, _) = getrlimit(resource).ok()?;
        let used = field(&status, used).unwrap_or(0) * 1024;
        // "unlimited" is the largest number
        (limit < 1 << 60).then(|| limit.saturating_sub(used))
    });
    left.min()
}

/// One thing about the machine, and how to fix it where it spoils.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at.
    pub what: &'static str,
    /// What it is.
    pub found: String,
    /// How to fix it; `None` where it is well, or can't be seen.
    pub fix: Option<String>,
}

/// What on this machine would spoil a measurement.
#[must_use]
pub fn findings(env: &Environment, clock_cost_ns: f64) -> Vec<Finding> {
    let mut found = Vec::from(findings_of_processors(env));
    found.extend(findings_of_sharing(env));
    found.extend(findings_of_system(env, clock_cost_ns));
    found
}

fn finding(what: &'static str, found: String, fix: Option<&str>) -> Finding {
    Finding {
        what,
        found,
        fix: fix.map(str::to_owned),
    }
}

fn or_unseen(value: Option<&String>) -> String {
    value.map_or_else(|| "not to be seen here".to_owned(), Clone::clone)
}

/// The build, and what it runs on.
fn findings_of_processors(env: &Environment) -> [Finding; 3] {
    let debug = env.profile == "debug";
    let powersave = env
        .governor
        .as_deref()
        .is_some_and(|governor| governor != "performance");
    [
        finding(
            "build",
            env.profile.clone(),
            debug.then_some("build with `cargo run --release`"),
        ),
        finding(
            "processors",
            format!("{} × {}", env.cores, env.processor()),
            (env.cores < 2).then_some("nothing contends on one processor: use a larger machine"),
        ),
        finding(
            "governor",
            or_unseen(env.governor.as_ref()),
            powersave.then_some("cpupower frequency-set -g performance"),
        ),
    ]
}

/// Who else has the processors.
fn findings_of_sharing(env: &Environment) -> [Finding; 3] {
    let busy = env.load_1m > 0.3 * env.cores as f64;
    let (ticks, total) = steal_and_total_ticks();
    let stolen = if total > 0 {
        ticks as f64 / total as f64 * 100.0
    } else {
        0.0
    };
    let limit = match (env.cgroup_memory_bytes, env.cgroup_cpus) {
        (None, None) => "none".to_owned(),
        (memory, cpus) => format!(
            "memory {}, processors {}",
            memory.map_or("unlimited".to_owned(), |bytes| show_bytes(bytes as f64)),
            cpus.map_or("unlimited".to_owned(), |cpus| format!("{cpus:.2}"))
        ),
    };
    let throttled = env.throttled_ms.unwrap_or(0);
    let limit = match throttled {
        0 => limit,
        ms => format!("{limit}; throttled for {} ms so far", show_whole(ms)),
    };
    [
        finding(
            "load",
            format!("{:.2} over a minute", env.load_1m),
            busy.then_some("stop what else is running, or wait; interleaved rounds bear the rest"),
        ),
        finding(
            "steal",
            format!("{stolen:.2}% of the time since boot"),
            (stolen > 0.5).then_some("the host gives time to others: raise --rounds, or move"),
        ),
        finding(
            "cgroup",
            limit,
            (throttled > 0 || env.cgroup_cpus.is_some_and(|cpus| cpus < env.cores as f64))
                .then_some("the group is throttled: raise its processors, or lower --threads"),
        ),
    ]
}

/// The clock and the memory.
fn findings_of_system(env: &Environment, clock_cost_ns: f64) -> [Finding; 4] {
    let slow_clock = env
        .clock_source
        .as_deref()
        .is_some_and(|source| !matches!(source, "tsc" | "kvm-clock" | "arch_sys_counter"));
    let never = env.huge_pages.as_deref() == Some("never");
    [
        finding(
            "clock source",
            or_unseen(env.clock_source.as_ref()),
            slow_clock.then_some("boot with clocksource=tsc; reading this one is a system call"),
        ),
        finding(
            "clock cost",
            format!("{clock_cost_ns:.1} ns a reading"),
            (clock_cost_ns > 200.0).then_some("keep --batch large, so that it is read seldom"),
        ),
        finding(
            "huge pages",
            or_unseen(env.huge_pages.as_ref()),
            never.then_some("echo madvise > /sys/kernel/mm/transparent_hugepage/enabled"),
        ),
        finding(
            "memory",
            match env.process_memory_bytes {
                None => format!("{} free for use", show_bytes(env.available_bytes as f64)),
                Some(left) => format!(
                    "{} free for use; the process's own limits leave it {}",
                    show_bytes(env.available_bytes as f64),
                    show_bytes(left as f64)
                ),
            },
            (env.available_bytes < 2 << 30).then_some("lower --events, or generate --inline"),
        ),
    ]
}

/// What happened to the process between two moments.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Usage {
    pub(crate) steal_ms: u64,
    pub(crate) involuntary_switches: u64,
    pub(crate) peak_resident_bytes: u64,
}

impl Usage {
    /// Begins to count; resets the peak of resident memory where the kernel
    /// lets us.
    pub(crate) fn start() -> Self {
        // not every container lets a process reset its own peak: the peak is
        // then that of the process so far
        let _ = fs::write("/proc/self/clear_refs", "5");
        Self {
            peak_resident_bytes: 0,
            ..Self::now()
        }
    }

    /// What happened in both of two times.
    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            steal_ms: self.steal_ms + other.steal_ms,
            involuntary_switches: self.involuntary_switches + other.involuntary_switches,
            peak_resident_bytes: self.peak_resident_bytes.max(other.peak_resident_bytes),
        }
    }

    /// What has happened since.
    pub(crate) fn until_now(self) -> Self {
        let now = Self::now();
        Self {
            steal_ms: now.steal_ms.saturating_sub(self.steal_ms),
            involuntary_switches: now.involuntary_switches - self.involuntary_switches,
            peak_resident_bytes: now.peak_resident_bytes,
        }
    }

    fn now() -> Self {
        let switches = getrusage(UsageWho::RUSAGE_SELF)
            .map_or(0, |usage| usage.involuntary_context_switches());
        let status = text("/proc/self/status").unwrap_or_default();
        Self {
            // a tick is 10 ms wherever Linux runs today
            steal_ms: steal_and_total_ticks().0 * 10,
            involuntary_switches: u64::try_from(switches).unwrap_or(0),
            peak_resident_bytes: field(&status, "VmHWM:").unwrap_or(0) * 1024,
        }
    }
}

fn steal_and_total_ticks() -> (u64, u64) {
    let stat = text("/proc/stat").unwrap_or_default();
    let line = stat.lines().next().unwrap_or_default();
    let ticks: Vec<u64> = line
        .split_whitespace()
        .skip(1)
        .filter_map(|t| t.parse().ok())
        .collect();
    (
        ticks.get(7).copied().unwrap_or(0),
        ticks.iter().take(8).sum(),
    )
}

/// Resident size of the process, in bytes; 0 where it is not known.
pub(crate) fn resident_bytes() -> u64 {
    let status = text("/proc/self/status").unwrap_or_default();
    field(&status, "VmRSS:").unwrap_or(0) * 1024
}

fn operating_system() -> String {
    let kernel = text("/proc/sys/kernel/osrelease").unwrap_or_default();
    format!(
        "{} {kernel} {}",
        std::env::consts::OS,
        std::env::consts::ARCH
    )
}

/// The mode in brackets: `always [madvise] never`.
fn chosen(modes: &str) -> &str {
    modes
        .split_once('[')
        .and_then(|(_, rest)| rest.split_once(']'))
        .map_or(modes, |(mode, _)| mode)
}

fn text(path: &str) -> Option<String> {
    fs::read_to_string(path)
        .ok()
        .map(|text| text.trim().to_owned())
}

fn field(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find(|line| line.starts_with(name))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

fn value_after<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.lines()
        .find(|line| line.starts_with(name))?
        .split_once(':')
        .map(|(_, value)| value.trim())
        .filter(|value| !value.is_empty())
}

#[cfg(test)]
#[path = "environment_tests.rs"]
mod tests;
