//! Counters by `perf_event_open(2)`.

use std::io;

use perf_event::Builder;
use perf_event::events::{Cache, CacheOp, CacheResult, Event, Hardware, WhichCache};

use crate::host::counters::counted::Counted;

/// The kernel's name of what is counted.
fn event(what: Counted) -> Event {
    match what {
        Counted::Cycles => Hardware::CPU_CYCLES.into(),
        Counted::Instructions => Hardware::INSTRUCTIONS.into(),
        Counted::CacheMisses => Hardware::CACHE_MISSES.into(),
        Counted::TlbMisses => Cache {
            which: WhichCache::DTLB,
            operation: CacheOp::READ,
            result: CacheResult::MISS,
        }
        .into(),
    }
}

/// One counter of one thread and of those that it starts.
#[derive(Debug)]
pub(super) struct Counter {
    counter: perf_event::Counter,
    /// Whether the kernel did as it was told: else there is no count.
    obeyed: bool,
}

impl Counter {
    fn of(event: Event, thread: Option<i32>) -> io::Result<Self> {
        let mut builder = Builder::new().kind(event);
        if let Some(thread) = thread {
            builder = builder.observe_pid(thread);
        }
        builder.inherit(true);
        let counter = builder.build()?;
        Ok(Self {
            counter,
            obeyed: true,
        })
    }

    pub(super) fn start(&mut self) {
        self.obeyed &= self.counter.enable().is_ok();
    }

    pub(super) fn stop(&mut self) {
        self.obeyed &= self.counter.disable().is_ok();
    }

    /// What was counted. A processor has few counters: where they had to
    /// take turns, the count is scaled up to the whole time.
    pub(super) fn count(&mut self) -> Option<u64> {
        let read = self.counter.read_count_and_time().ok()?;
        let scaled = scale(read.count, read.time_enabled, read.time_running)?;
        self.obeyed.then_some(scaled)
    }
}

/// A count of `running` ns as one of `enabled` ns; none where it never ran
/// though it should have.
fn scale(count: u64, enabled: u64, running: u64) -> Option<u64> {
    if enabled == 0 {
        // the thread slept all the time
        return Some(count);
    }
    let scaled = u128::from(count) * u128::from(enabled);
    u64::try_from(scaled.checked_div(u128::from(running))?).ok()
}

/// Why the machine does not count that; `None` where it does.
pub(super) fn missing(what: Counted) -> Option<String> {
    let error = Counter::of(event(what), None).err()?;
    Some(match error.kind() {
        io::ErrorKind::PermissionDenied => "the kernel does not permit it: set \
                                            /proc/sys/kernel/perf_event_paranoid to 2 or lower"
            .to_owned(),
        io::ErrorKind::NotFound | io::ErrorKind::Unsupported => {
            "a virtual machine has only those that its host lends it".to_owned()
        }
        _ => error.to_string(),
    })
}

/// The counter for every thread of the process; none where the machine has
/// none.
pub(super) fn open(what: Counted) -> Option<Vec<Counter>> {
    open_event(&event(what))
}

fn open_event(event: &Event) -> Option<Vec<Counter>> {
    let threads = std::fs::read_dir("/proc/self/task").ok()?;
    let ids = threads.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    // a thread may have ended since it was listed
    let counters: Vec<Counter> = ids
        .filter_map(|id| Counter::of(event.clone(), Some(id)).ok())
        .collect();
    (!counters.is_empty()).then_some(counters)
}

#[cfg(test)]
mod tests {
    use super::*;
    use perf_event::events::Software;

    #[test]
    fn a_count_of_part_of_the_time_is_scaled_up() {
        assert_eq!(scale(100, 10, 10), Some(100));
        assert_eq!(scale(100, 10, 5), Some(200));
        assert_eq!(scale(100, 10, 0), None);
        assert_eq!(scale(0, 0, 0), Some(0));
        assert_eq!(scale(u64::MAX, 2, 1), None);
    }

    /// By a counter of the kernel's own, which needs no hardware: threads
    /// that were there and threads that came later are counted, between start
    /// and stop only.
    #[test]
    fn all_threads_are_counted_while_it_runs() {
        let faults = Event::from(Software::PAGE_FAULTS);
        let touch = || std::hint::black_box(vec![1_u8; 64 << 20]).len();
        let (go, wait) = std::sync::mpsc::channel::<()>();
        let early = std::thread::spawn(move || {
            wait.recv().unwrap();
            touch()
        });
        let Some(mut counters) = open_event(&faults) else {
            eprintln!("skipped: this system lets nothing be counted");
            drop(go);
            return;
        };
        let sum = |all: &mut Vec<Counter>| all.iter_mut().map(|c| c.count().unwrap()).sum::<u64>();
        touch();
        assert_eq!(sum(&mut counters), 0, "before the start");
        counters.iter_mut().for_each(Counter::start);
        go.send(()).unwrap();
        early.join().unwrap();
        std::thread::spawn(touch).join().unwrap();
        counters.iter_mut().for_each(Counter::stop);
        let counted = sum(&mut counters);
        touch();
        assert_eq!(sum(&mut counters), counted, "after the end");
        // two threads, each 64 MiB; in pages of 2 MiB, 32 faults each
        assert!(counted >= 64, "{counted} page faults");
    }
}
