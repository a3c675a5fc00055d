//! Ctrl-C and SIGTERM: the first ends the run in good order, the second at
//! once. Imports `engine`'s stop flag.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::exit::INTERRUPTED;
use super::progress::restore_terminal;
use crate::engine::StopFlag;

/// The one flag of the process.
static STOP: OnceLock<StopFlag> = OnceLock::new();

/// Whether all work has come to its end.
static OVER: AtomicBool = AtomicBool::new(false);
/// How long work may go on after an interruption.
const PATIENCE: Duration = Duration::from_secs(2);

/// The flag that an interruption sets; installs the handler the first time.
pub(super) fn stop_flag() -> StopFlag {
    STOP.get_or_init(|| {
        let stop = StopFlag::default();
        let seen = stop.clone();
        let handler = move || {
            restore_terminal();
            if seen.is_set() {
                std::process::exit(INTERRUPTED.into());
            }
            eprintln!("interrupted: ending in good order; once more ends at once");
            seen.set();
            std::thread::spawn(end_if_stuck);
        };
        if let Err(error) = ctrlc::set_handler(handler) {
            eprintln!("warning: Ctrl-C will end the run without a record: {error}");
        }
        stop
    })
    .clone()
}

/// Notes that all work has come to its end, so that what is saved of it after
/// an interruption is saved to the last byte.
pub(super) fn work_is_over() {
    OVER.store(true, Ordering::Release);
}

/// Ends the process where an interruption has not ended its work: an engine
/// that waits for ever, wherever it is called.
fn end_if_stuck() {
    std::thread::sleep(PATIENCE);
    if OVER.load(Ordering::Acquire) {
        return;
    }
    end_process(&format!(
        "what was running did not stop within {} s of the interruption",
        PATIENCE.as_secs()
    ));
}

/// Ends the process where a worker can't be stopped, after another's panic or
/// an interruption.
pub(super) fn end_process(message: &str) {
    restore_terminal();
    eprintln!("error: {message}");
    eprintln!("the process ends here; no record was written");
    let interrupted = STOP.get().is_some_and(StopFlag::is_set);
    std::process::exit(if interrupted { INTERRUPTED.into() } else { 1 });
}
