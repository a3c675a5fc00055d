//! Workers start together, and a trial ends whatever becomes of one of them.

use std::thread;

use super::*;
use crate::trial::source::Source;
use notibench_workload::fixture::workload;
use notibench_workload::generator::{Generator, ReadStream};

const WORKERS: usize = 3;

fn no_events() -> Source {
    let workload = workload();
    let (generator, reads) = (Generator::new(&workload, 1), ReadStream::new(&workload, 1));
    Source::new(generator, reads, 0, false)
}

/// What `work` of each worker gives; `stop` is the trial's own flag.
fn run<R: Send>(
    (asked, stop, patience): (&StopFlag, &StopFlag, Duration),
    prepare: impl Fn(usize) -> usize + Sync,
    mut at_start: impl FnMut(),
    work: impl Fn(usize) -> R + Sync,
) -> Result<Vec<R>, TrialError> {
    let (source, calls) = (no_events(), CallBoard::new(WORKERS));
    let on_hang = OnHang {
        after: Some(patience),
        ..OnHang::new(|words| panic!("{words}"))
    };
    let setup = TrialSetup::new(&source, (WORKERS, 1), asked, on_hang);
    let threads = WorkerThreads {
        setup: &setup,
        engine: &|worker| format!("of {worker}"),
        stop,
        tick: Duration::from_millis(1),
        calls: &calls,
    };
    let work = |worker, started: &dyn Fn()| {
        let prepared = prepare(worker);
        started();
        work(prepared)
    };
    threads.run(&work, &mut at_start, &mut || ())
}

const PATIENCE: Duration = Duration::from_secs(600);

#[test]
fn none_works_before_all_are_ready_and_each_gives_its_own() {
    let (asked, stop) = (StopFlag::default(), StopFlag::default());
    let (prepared, started) = (AtomicUsize::new(0), AtomicBool::new(false));
    let prepare = |worker| {
        prepared.fetch_add(1, Ordering::SeqCst);
        worker
    };
    let at_start = || {
        assert_eq!(prepared.load(Ordering::SeqCst), WORKERS);
        started.store(true, Ordering::SeqCst);
    };
    let work = |worker| {
        assert!(started.load(Ordering::SeqCst), "the start comes first");
        worker * 10
    };
    let found = run((&asked, &stop, PATIENCE), prepare, at_start, work);
    let mut found = found.unwrap();
    found.sort_unstable();
    assert_eq!(found, [0, 10, 20]);
    assert!(!stop.is_set());
}

#[test]
fn a_panic_stops_the_others_and_is_told_with_its_worker_and_words() {
    for early in [true, false] {
        let (asked, stop) = (StopFlag::default(), StopFlag::default());
        let slip = |worker: usize, is_here: bool| {
            assert!(!is_here || worker != 1, "a slip in worker {worker}");
        };
        let prepare = |worker| {
            slip(worker, early);
            worker
        };
        let work = |worker| {
            slip(worker, !early);
            // until the panic of the other one is known
            while !stop.is_set() {
                thread::yield_now();
            }
        };
        let failed = run((&asked, &stop, PATIENCE), prepare, || (), work).unwrap_err();
        let expected = TrialError::Panicked {
            engine: "of 1".to_owned(),
            worker: 1,
            message: "a slip in worker 1".to_owned(),
        };
        assert_eq!(failed, expected);
        assert!(stop.is_set() && !asked.is_set());
    }
}

#[test]
fn an_interruption_reaches_the_workers() {
    let (asked, stop) = (StopFlag::default(), StopFlag::default());
    let work = |worker| {
        asked.set();
        while !stop.is_set() {
            thread::yield_now();
        }
        worker
    };
    let found = run((&asked, &stop, PATIENCE), |worker| worker, || (), work);
    assert_eq!(found.unwrap().len(), WORKERS, "what they gave is kept");
}

#[test]
fn a_call_that_does_not_end_is_told_and_the_others_are_stopped() {
    let (asked, stop) = (StopFlag::default(), StopFlag::default());
    // a session that opens only when it is told to give up
    let prepare = |worker| {
        while worker == 2 && !stop.is_set() {
            thread::yield_now();
        }
        worker
    };
    let hung = run(
        (&asked, &stop, Duration::from_millis(5)),
        prepare,
        || (),
        |_| (),
    );
    // where it gives up before the last look, nothing is left to tell
    if let Err(error) = hung {
        let words = error.to_string();
        assert!(words.contains("engine `of 2` hangs"), "{words}");
    }
    assert!(stop.is_set());
}

#[test]
fn what_a_panic_said_is_text_or_nothing() {
    assert_eq!(message_of(&"words"), "words");
    assert_eq!(message_of(&"words".to_owned()), "words");
    assert_eq!(message_of(&7_u8), "without a message");
}
