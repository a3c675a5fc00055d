//! The limits of the process's control groups, versions 1 and 2, alone or side
//! by side.

use std::fs;
use std::path::{Path, PathBuf};

/// What the control groups of a process allow it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct ControlGroup {
    /// The tightest limit of memory, in bytes.
    pub(crate) memory_bytes: Option<u64>,
    /// The tightest limit of processors.
    pub(crate) cpus: Option<f64>,
    /// How long a group was throttled since it was made, in ms, the longest of
    /// all; none where no group says it.
    pub(crate) throttled_ms: Option<u64>,
}

impl ControlGroup {
    /// Reads the limits of this process below `root`, which is `/` outside of
    /// tests. Each group limits what is below it, so that the tightest counts.
    pub(crate) fn read(root: &Path) -> Self {
        let mut found = Self::default();
        for folder in folders(root, "memory") {
            found.add_memory(&folder);
        }
        for folder in folders(root, "cpu") {
            found.add_processors(&folder);
        }
        found
    }

    fn add_memory(&mut self, folder: &Path) {
        let number = |name: &str| text(folder, name)?.parse::<u64>().ok();
        let stat = text(folder, "memory.stat").unwrap_or_default();
        // what groups above allow, where they can't be seen from in here
        let above = field(&stat, "hierarchical_memory_limit");
        let limits = [number("memory.max"), number("memory.limit_in_bytes"), above];
        // version 1 says "unlimited" as a number near 2^63
        let limits = limits
            .into_iter()
            .flatten()
            .filter(|&limit| limit < 1 << 60);
        self.memory_bytes = limits.chain(self.memory_bytes).min();
    }

    fn add_processors(&mut self, folder: &Path) {
        let version_2 = || {
            let line = text(folder, "cpu.max")?;
            let (quota, period) = line.split_once(' ')?;
            processors(quota, period)
        };
        let version_1 = || {
            let quota = text(folder, "cpu.cfs_quota_us")?;
            processors(&quota, &text(folder, "cpu.cfs_period_us")?)
        };
        let limits = version_2().into_iter().chain(version_1());
        self.cpus = limits.chain(self.cpus).reduce(f64::min);
        let stat = text(folder, "cpu.stat").unwrap_or_default();
        let in_us = field(&stat, "throttled_usec").map(|us| us / 1_000);
        let in_ns = field(&stat, "throttled_time").map(|ns| ns / 1_000_000);
        self.throttled_ms = self.throttled_ms.max(in_us).max(in_ns);
    }
}

/// A quota of processor time in a period; none where it is unlimited, which
/// is `max` or -1.
fn processors(quota: &str, period: &str) -> Option<f64> {
    let quota: u64 = quota.parse().ok()?;
    let period: u64 = period.parse().ok().filter(|period| *period > 0)?;
    Some(quota as f64 / period as f64)
}

/// The folders of the process's own group and of all above it, in every
/// hierarchy that has this controller.
fn folders(root: &Path, controller: &str) -> Vec<PathBuf> {
    let groups = text(root, "proc/self/cgroup").unwrap_or_default();
    let mounts = text(root, "proc/self/mountinfo").unwrap_or_default();
    let has = |list: &str| list.split(',').any(|one| one == controller);
    let mut found = Vec::new();
    for mount in mounts.lines().filter_map(Mount::parse) {
        // of version 2 there is one hierarchy, number 0, for all controllers
        let is_its = |line: &&str| match mount.is_version_2 {
            true => line.starts_with("0::"),
            false => line.split(':').nth(1).is_some_and(has),
        };
        if !mount.is_version_2 && !has(mount.options) {
            continue;
        }
        let group = groups.lines().find(is_its);
        let group = group.and_then(|line| line.splitn(3, ':').nth(2));
        let at = root.join(mount.point.trim_start_matches('/'));
        let own = Path::new(group.unwrap_or("/"))
            .strip_prefix(mount.root)
            .unwrap_or(Path::new(""));
        found.extend(own.ancestors().map(|group| at.join(group)));
    }
    found
}

/// A hierarchy of control groups in the tree of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Mount<'a> {
    /// The group that stands at `point`: not `/` in many containers.
    root: &'a str,
    point: &'a str,
    is_version_2: bool,
    /// Of version 1 the controllers, among others, split by commas.
    options: &'a str,
}

impl<'a> Mount<'a> {
    /// Reads a line of `mountinfo`, as proc(5) describes it; none of what
    /// holds no control groups.
    fn parse(line: &'a str) -> Option<Self> {
        let (place, kind) = line.split_once(" - ")?;
        let mut place = place.split(' ').skip(3);
        let mut kind = kind.split(' ');
        let is_version_2 = match kind.next()? {
            "cgroup" => false,
            "cgroup2" => true,
            _ => return None,
        };
        Some(Self {
            root: place.next()?,
            point: place.next()?,
            is_version_2,
            options: kind.nth(1).unwrap_or_default(),
        })
    }
}

fn text(folder: &Path, name: &str) -> Option<String> {
    let text = fs::read_to_string(folder.join(name)).ok()?;
    Some(text.trim().to_owned())
}

fn field(text: &str, name: &str) -> Option<u64> {
    let mut pairs = text.lines().filter_map(|line| line.split_once(' '));
    let (_, value) = pairs.find(|(key, _)| *key == name)?;
    value.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const VERSION_1: &str = "31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755\n\
        32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid shared:9 - cgroup cgroup rw,cpu,cpuacct\n\
        35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n";
    const HYBRID: &str = "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n";
    const VERSION_2: &str = "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw,nsdelegate\n";

    /// Reads a tree of these files.
    fn read(files: &[(&str, &str)]) -> ControlGroup {
        let root = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = root.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        ControlGroup::read(root.path())
    }

    #[test]
    fn version_1_is_read_in_nested_groups() {
        let found = read(&[
            ("proc/self/mountinfo", VERSION_1),
            (
                "proc/self/cgroup",
                "5:memory:/jobs/one\n4:cpu,cpuacct:/jobs/one\n1:name=systemd:/\n",
            ),
            (
                "sys/fs/cgroup/memory/memory.limit_in_bytes",
                "9223372036854771712\n",
            ),
            (
                "sys/fs/cgroup/memory/jobs/memory.limit_in_bytes",
                "1000000\n",
            ),
            (
                "sys/fs/cgroup/memory/jobs/one/memory.limit_in_bytes",
                "2000000\n",
            ),
            ("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1\n"),
            ("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n"),
            (
                "sys/fs/cgroup/cpu,cpuacct/jobs/one/cpu.cfs_quota_us",
                "150000\n",
            ),
            (
                "sys/fs/cgroup/cpu,cpuacct/jobs/one/cpu.cfs_period_us",
                "100000\n",
            ),
            (
                "sys/fs/cgroup/cpu,cpuacct/jobs/one/cpu.stat",
                "nr_periods 9\nnr_throttled 3\nthrottled_time 250000000\n",
            ),
        ]);
        let wanted = ControlGroup {
            memory_bytes: Some(1_000_000),
            cpus: Some(1.5),
            throttled_ms: Some(250),
        };
        assert_eq!(found, wanted);
    }

    #[test]
    fn version_2_is_read_in_nested_groups() {
        let found = read(&[
            ("proc/self/mountinfo", VERSION_2),
            ("proc/self/cgroup", "0::/a/b\n"),
            ("sys/fs/cgroup/a/memory.max", "max\n"),
            ("sys/fs/cgroup/a/b/memory.max", "4096000\n"),
            ("sys/fs/cgroup/a/cpu.max", "50000 100000\n"),
            ("sys/fs/cgroup/a/b/cpu.max", "max 100000\n"),
            (
                "sys/fs/cgroup/a/b/cpu.stat",
                "usage_usec 7\nthrottled_usec 4000\n",
            ),
        ]);
        let wanted = ControlGroup {
            memory_bytes: Some(4_096_000),
            cpus: Some(0.5),
            throttled_ms: Some(4),
        };
        assert_eq!(found, wanted);
    }

    #[test]
    fn of_two_versions_side_by_side_the_tighter_limit_counts() {
        let both = format!("{VERSION_1}{HYBRID}");
        let found = read(&[
            ("proc/self/mountinfo", &both),
            ("proc/self/cgroup", "3:memory:/\n2:cpu,cpuacct:/\n0::/a\n"),
            ("sys/fs/cgroup/memory/memory.limit_in_bytes", "800\n"),
            ("sys/fs/cgroup/unified/a/cpu.max", "200000 100000\n"),
            ("sys/fs/cgroup/unified/a/memory.max", "900\n"),
        ]);
        assert_eq!((found.memory_bytes, found.cpus), (Some(800), Some(2.0)));
        assert_eq!(found.throttled_ms, None);
    }

    #[test]
    fn a_container_sees_its_group_at_the_mount() {
        let mounts = "35 31 0:32 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n";
        let found = read(&[
            ("proc/self/mountinfo", mounts),
            ("proc/self/cgroup", "5:memory:/docker/abc/inner\n"),
            ("sys/fs/cgroup/memory/memory.limit_in_bytes", "700\n"),
            (
                "sys/fs/cgroup/memory/memory.stat",
                "cache 1\nhierarchical_memory_limit 600\n",
            ),
            ("sys/fs/cgroup/memory/inner/memory.limit_in_bytes", "900\n"),
        ]);
        assert_eq!(found.memory_bytes, Some(600));
        // a group that is not below the mount: what stands there is all there is
        let outside = read(&[
            ("proc/self/mountinfo", mounts),
            ("proc/self/cgroup", "5:memory:/../other\n"),
            ("sys/fs/cgroup/memory/memory.limit_in_bytes", "700\n"),
        ]);
        assert_eq!(outside.memory_bytes, Some(700));
    }

    #[test]
    fn what_is_not_there_or_not_to_be_read_limits_nothing() {
        assert_eq!(read(&[]), ControlGroup::default());
        let odd = read(&[
            (
                "proc/self/mountinfo",
                "x - cgroup2\n\n - cgroup\n30 23 0:26 / /g rw - cgroup2",
            ),
            ("proc/self/cgroup", "0::\n:::\nnonsense"),
            ("g/memory.max", "many"),
            ("g/cpu.max", "100 0"),
        ]);
        assert_eq!(odd, ControlGroup::default());
    }
}
