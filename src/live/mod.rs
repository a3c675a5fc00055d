//! `run --live`: a screen on stderr while a run runs. It is drawn by the thread
//! that waits for the workers, between trials and four times a second within
//! one, from what the workers write anyway: nothing of it is in theirs.
//!
//! The terminal is not put into raw mode: Ctrl-C stays a signal. Whoever ends
//! the process, or has something to say, calls [`restore`] first.

mod screen;

use std::io::{self, Stderr};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::crossterm::cursor::{Hide, Show};
use ratatui::crossterm::execute;
use ratatui::crossterm::terminal::{EnterAlternateScreen, LeaveAlternateScreen};

use self::screen::State;
use notibench_harness::{Observer, TrialProgress};
use notibench_record::Trial;

/// Whether the screen is ours now.
static IS_SHOWN: AtomicBool = AtomicBool::new(false);
static HOOK: Once = Once::new();

/// Gives the terminal back as it was, if it was taken. Nothing is drawn from
/// then on.
pub(super) fn restore() {
    if IS_SHOWN.swap(false, Ordering::AcqRel) {
        // a terminal that is gone needs nothing
        let _ = execute!(io::stderr(), LeaveAlternateScreen, Show);
    }
}

/// The screen.
#[derive(Debug)]
pub(super) struct Live {
    terminal: Terminal<CrosstermBackend<Stderr>>,
    state: State,
}

impl Live {
    /// Takes the terminal of stderr.
    ///
    /// # Errors
    /// Where it can't be used.
    pub(super) fn new() -> io::Result<Self> {
        HOOK.call_once(|| {
            let before = std::panic::take_hook();
            std::panic::set_hook(Box::new(move |panic| {
                restore();
                before(panic);
            }));
        });
        let terminal = Terminal::new(CrosstermBackend::new(io::stderr()))?;
        execute!(io::stderr(), EnterAlternateScreen, Hide)?;
        IS_SHOWN.store(true, Ordering::Release);
        Ok(Self {
            terminal,
            state: State::default(),
        })
    }

    fn show(&mut self) {
        let Self { terminal, state } = self;
        if IS_SHOWN.load(Ordering::Acquire) && terminal.draw(|frame| state.draw(frame)).is_err() {
            restore();
        }
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        restore();
    }
}

impl Observer for Live {
    fn stage(&mut self, what: &str) {
        what.clone_into(&mut self.state.stage);
        self.state.engine.clear();
        self.state.now = None;
        self.show();
    }

    fn turn(&mut self, over: usize, of: usize, engine: &str) {
        (self.state.over, self.state.of) = (over, of);
        engine.clone_into(&mut self.state.engine);
        self.state.now = None;
        self.show();
    }

    fn trial(&mut self, trial: &Trial) {
        self.state.now = None;
        self.state.add(trial);
        self.show();
    }

    fn wants_progress(&self) -> bool {
        true
    }

    fn progress(&mut self, progress: &TrialProgress) {
        self.state.now = Some(progress.clone());
        self.show();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_taken_is_not_given_back() {
        restore();
        assert!(!IS_SHOWN.load(Ordering::Acquire));
    }
}
