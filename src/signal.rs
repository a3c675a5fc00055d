//! Ctrl-C, SIGTERM and SIGHUP: the first ends the run in good order, the second
//! at once.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use signal_hook::consts::{SIGABRT, SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use super::args::stall::StallArgs;
use super::exit::{INTERRUPTED, say};
use super::progress::restore_terminal;
use super::unfinished;
use notibench_core::engine::StopFlag;
use notibench_harness::OnHang;

/// The one flag of the process.
static STOP: OnceLock<StopFlag> = OnceLock::new();

/// Whether all work has come to its end.
static OVER: AtomicBool = AtomicBool::new(false);
/// Whether what was measured so far is had only once the work ends.
static IS_SAVED: AtomicBool = AtomicBool::new(false);
/// How long work may go on after an interruption.
const PATIENCE: Duration = Duration::from_secs(2);
/// The same where nothing is handed on before the end: a stream that is being
/// generated, or a state that the oracle folds, takes longer than a worker.
const PATIENCE_WITH_RECORD: Duration = Duration::from_secs(20);

/// The flag that an interruption sets; installs the handler the first time.
pub(super) fn stop_flag() -> StopFlag {
    STOP.get_or_init(|| {
        let stop = StopFlag::default();
        if let Err(error) = handle_signals(stop.clone()) {
            say(format_args!(
                "warning: Ctrl-C will end the run without a record: {error}"
            ));
        }
        stop
    })
    .clone()
}

/// Has the process end with exit code 1 where it would abort: where an
/// allocation fails that the prediction of memory did not foresee, after the
/// runtime has said how large it was. Nothing can be saved there.
pub(super) fn end_with_error_where_memory_runs_out() {
    let always = Arc::new(AtomicBool::new(true));
    // without it an abort is what it was: a signal
    let _ = signal_hook::flag::register_conditional_shutdown(SIGABRT, 1, always);
}

/// What is done about an engine that hangs.
pub(super) fn on_hang(stall: StallArgs) -> OnHang {
    let usual = OnHang::new(end_process);
    OnHang {
        after: stall.after().or(usual.after),
        ..usual
    }
}

/// Notes that what is measured from now on is shown, and perhaps saved, once
/// the work ends, unless it is kept by [`unfinished`] before.
pub(super) fn work_is_saved() {
    IS_SAVED.store(true, Ordering::Release);
}

/// Notes that work begins of which nothing is saved before its end, after
/// other work that has come to its end.
pub(super) fn work_begins_anew() {
    IS_SAVED.store(false, Ordering::Release);
    OVER.store(false, Ordering::Release);
}

/// Notes that all work has come to its end, so that what is saved of it after
/// an interruption is saved to the last byte.
pub(super) fn work_is_over() {
    OVER.store(true, Ordering::Release);
    drop(unfinished::take());
}

/// Ends the process where an interruption has not ended its work: an engine
/// that waits for ever, wherever it is called.
fn end_if_stuck() {
    std::thread::sleep(PATIENCE);
    let mut waited = PATIENCE;
    let is_lost = IS_SAVED.load(Ordering::Acquire) && !unfinished::is_ready();
    if is_lost && !OVER.load(Ordering::Acquire) {
        say("still ending: what runs now can't be interrupted; once more ends at once");
        waited = PATIENCE_WITH_RECORD;
        std::thread::sleep(PATIENCE_WITH_RECORD - PATIENCE);
    }
    if OVER.load(Ordering::Acquire) {
        return;
    }
    end_process(&format!(
        "what was running did not stop within {} s of the interruption",
        waited.as_secs()
    ));
}

/// Handles the signals that end a run, but for those that were ignored when
/// the process started, as `nohup` and the shell's `&` ask for.
fn handle_signals(stop: StopFlag) -> io::Result<()> {
    let ignored = ignored_signals();
    let handled = [SIGINT, SIGTERM, SIGHUP]
        .into_iter()
        .filter(|signal| !is_in_mask(ignored, *signal));
    let mut signals = Signals::new(handled)?;
    std::thread::Builder::new()
        .name("signals".to_owned())
        .spawn(move || {
            for _ in signals.forever() {
                restore_terminal();
                if stop.is_set() {
                    std::process::exit(i32::from(INTERRUPTED));
                }
                say("interrupted: ending in good order; once more ends at once");
                stop.set();
                std::thread::spawn(end_if_stuck);
            }
        })
        .map(drop)
}

/// Mask of the signals that this process ignores. Linux tells it in
/// `/proc/self/status`; where that can't be read, none.
fn ignored_signals() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    mask_in(&status)
}

fn mask_in(status: &str) -> u64 {
    status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .unwrap_or(0)
}

/// Whether a signal is in a mask, whose lowest bit is signal 1.
fn is_in_mask(mask: u64, signal: i32) -> bool {
    mask >> (signal - 1) & 1 == 1
}

/// Ends the process where a worker can't be stopped, after another's panic or
/// an interruption. What was measured before is saved and shown first.
pub(super) fn end_process(message: &str) {
    restore_terminal();
    say(format_args!("error: {message}"));
    match unfinished::take() {
        Some(save) => save(message),
        None => say("the process ends here; no record was written"),
    }
    let interrupted = STOP.get().is_some_and(StopFlag::is_set);
    std::process::exit(if interrupted { INTERRUPTED.into() } else { 1 });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ignored_signals_are_read_from_the_status() {
        // as under `nohup` within a shell's background job
        let status = "SigBlk:\t0000000000000000\nSigIgn:\t0000000000001007\nSigCgt:\t0\n";
        let ignored = |signal| is_in_mask(mask_in(status), signal);
        assert!(ignored(SIGHUP) && ignored(SIGINT));
        assert!(!ignored(SIGTERM));
        assert_eq!(mask_in("no such line"), 0);
    }
}
