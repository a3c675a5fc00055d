//! The processor's caches for data, as the kernel tells of them, and how much
//! lies near a core.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

/// One cache.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cache {
    /// Level, from 1.
    pub level: u32,
    /// Size in bytes.
    pub bytes: u64,
    /// Processors that share it, as the kernel lists them: `0-3`.
    pub shared_by: String,
}

/// The first processor's caches for data, the nearest first; none where the
/// system does not say.
#[must_use]
pub fn caches() -> Vec<Cache> {
    caches_in(Path::new("/sys/devices/system/cpu/cpu0/cache"))
}

fn caches_in(folder: &Path) -> Vec<Cache> {
    let cache = |index: usize| {
        let of = |name: &str| {
            let text = fs::read_to_string(folder.join(format!("index{index}/{name}"))).ok()?;
            Some(text.trim().to_owned())
        };
        (of("type")? != "Instruction").then_some(())?;
        Some(Cache {
            level: of("level")?.parse().ok()?,
            bytes: of("size")?.strip_suffix('K')?.parse::<u64>().ok()? << 10,
            shared_by: of("shared_cpu_list")?,
        })
    };
    let mut found: Vec<Cache> = (0..8).filter_map(cache).collect();
    found.sort_by_key(|cache| cache.level);
    found
}

/// How much lies near a core: lines of what is smaller are not worth being asked
/// for ahead of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Near {
    /// Bytes of the second-level cache.
    pub second_level: usize,
    /// Bytes that are near where other cores write to them, too: what left the
    /// second-level cache comes from another core's.
    pub shared: usize,
    /// Bytes that are near where one core alone writes to them: what left its
    /// second-level cache is in the last level.
    pub alone: usize,
}

/// Of the processor on which the factors below were measured, for one that says
/// nothing: AMD EPYC 9004, whose cores have a second level each.
const SECOND_LEVEL: u64 = 1 << 20;
const LAST_LEVEL: u64 = 32 << 20;
/// Second-level caches that are near, as they were measured
/// (docs/ATTEMPTS.md): 4 MiB of 1, and 16.
const NEAR_SHARED: u64 = 4;
const NEAR_ALONE: u64 = 16;

impl Near {
    /// Of this machine.
    #[inline]
    #[must_use]
    pub fn here() -> Self {
        static HERE: LazyLock<Near> = LazyLock::new(|| Near::of(&caches()));
        *HERE
    }

    fn of(caches: &[Cache]) -> Self {
        let second = caches.iter().find(|cache| cache.level == 2);
        let second = second.map_or(SECOND_LEVEL, |cache| cache.bytes);
        // the largest, though a virtual machine may say more than it gets
        let last = caches.iter().map(|cache| cache.bytes).max();
        let half = last.unwrap_or(LAST_LEVEL) / 2;
        let bytes = |times: u64| usize::try_from((times * second).min(half)).unwrap_or(usize::MAX);
        Self {
            second_level: usize::try_from(second).unwrap_or(usize::MAX),
            shared: bytes(NEAR_SHARED),
            alone: bytes(NEAR_ALONE),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cache(level: u32, bytes: u64) -> Cache {
        Cache {
            level,
            bytes,
            shared_by: "0".to_owned(),
        }
    }

    #[test]
    fn caches_are_read_as_the_kernel_writes_them() {
        let folder = tempfile::tempdir().unwrap();
        let written = [
            ["3", "Unified", "32768K", "0-7"],
            ["1", "Instruction", "32K", "0"],
            ["1", "Data", "48K", "0"],
            ["2", "Unified", "much", "0"],
        ];
        for (index, values) in written.iter().enumerate() {
            let index = folder.path().join(format!("index{index}"));
            fs::create_dir(&index).unwrap();
            let names = ["level", "type", "size", "shared_cpu_list"];
            for (name, value) in names.iter().zip(values) {
                fs::write(index.join(name), format!("{value}\n")).unwrap();
            }
        }
        let shared = Cache {
            shared_by: "0-7".to_owned(),
            ..cache(3, 32 << 20)
        };
        assert_eq!(caches_in(folder.path()), [cache(1, 48 << 10), shared]);
        assert_eq!(caches_in(&folder.path().join("none")), []);
    }

    #[test]
    fn what_is_near_follows_the_caches() {
        let near = |caches: &[Cache]| {
            let near = Near::of(caches);
            (near.second_level >> 10, near.shared >> 10, near.alone >> 10)
        };
        let measured = [cache(1, 32 << 10), cache(2, 1 << 20), cache(3, 32 << 20)];
        assert_eq!(near(&measured), (1_024, 4_096, 16_384));
        assert_eq!(near(&[]), near(&measured));
        let larger = [cache(2, 2 << 20), cache(3, 480 << 20)];
        assert_eq!(near(&larger), (2_048, 8_192, 32_768));
        // no more than half of the last level, which may be the second
        let small = [cache(2, 512 << 10), cache(3, 4 << 20)];
        assert_eq!(near(&small), (512, 2_048, 2_048));
        assert_eq!(near(&[cache(2, 8 << 20)]), (8_192, 4_096, 4_096));
    }
}
