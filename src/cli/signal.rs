//! Ctrl-C and SIGTERM: the first ends the run in good order, the second at
//! once. Imports `engine`'s stop flag.

use std::sync::OnceLock;

use super::progress::restore_terminal;
use crate::engine::StopFlag;

/// The one flag of the process.
static STOP: OnceLock<StopFlag> = OnceLock::new();

/// The flag that an interruption sets; installs the handler the first time.
pub(super) fn stop_flag() -> StopFlag {
    STOP.get_or_init(|| {
        let stop = StopFlag::default();
        let seen = stop.clone();
        let handler = move || {
            restore_terminal();
            if seen.is_set() {
                std::process::exit(130);
            }
            eprintln!("interrupted: ending in good order; once more ends at once");
            seen.set();
        };
        if let Err(error) = ctrlc::set_handler(handler) {
            eprintln!("warning: Ctrl-C will end the run without a record: {error}");
        }
        stop
    })
    .clone()
}

/// Ends the process where a worker has panicked and another can't be stopped.
pub(super) fn end_process(message: &str) {
    restore_terminal();
    eprintln!("error: {message}");
    eprintln!("another worker did not stop, so the process ends here; no record was written");
    std::process::exit(1);
}
