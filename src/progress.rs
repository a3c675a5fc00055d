//! Progress on stderr, where that is a terminal.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::exit::{Failure, progress_wanted};
use notibench_harness::Observer;

/// A spinner for each stage, and a bar that says which trial runs, of how
/// many, and how long the rest will take.
#[derive(Debug)]
pub(super) struct Progress {
    bar: ProgressBar,
    /// Whether trials are counted; else a stage goes on.
    in_turns: bool,
}

/// How often the spinner of a stage turns.
const TICK: Duration = Duration::from_millis(120);
/// A stage of unknown length.
const STAGE: &str = "{spinner} {msg} {elapsed}";
/// Trials of one run.
const TURNS: &str = "{msg:40!} {wide_bar} {pos}/{len} {elapsed}, {eta} left";

impl Progress {
    pub(super) fn new() -> Self {
        let bar = if progress_wanted() {
            ProgressBar::new_spinner()
        } else {
            ProgressBar::hidden()
        };
        let progress = Self {
            bar,
            in_turns: false,
        };
        progress.draw_as(STAGE);
        progress
    }

    fn draw_as(&self, template: &str) {
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.bar.set_style(style);
        }
    }
}

/// What a run shows while it runs: with `live` a screen, where this build has
/// one and stderr is a terminal; else the bar.
pub(super) fn observer(live: bool) -> Result<Box<dyn Observer>, Failure> {
    if !live {
        return Ok(Box::new(Progress::new()));
    }
    #[cfg(not(feature = "live"))]
    return Err(Failure::Usage(
        "--live needs a build with the screen in it: cargo build --release --features live"
            .to_owned(),
    ));
    #[cfg(feature = "live")]
    {
        if !progress_wanted() {
            super::exit::say(
                "note: --live needs a terminal on stderr; going on without its screen",
            );
            return Ok(Box::new(Progress::new()));
        }
        match super::live::Live::new() {
            Ok(live) => Ok(Box::new(live)),
            Err(error) => {
                super::exit::say(format_args!(
                    "note: --live cannot use this terminal ({error}); plain progress"
                ));
                Ok(Box::new(Progress::new()))
            }
        }
    }
}

/// Gives the terminal back as it was, before the process ends or says
/// something.
pub(super) fn restore_terminal() {
    #[cfg(feature = "live")]
    super::live::restore();
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

impl Observer for Progress {
    fn stage(&mut self, what: &str) {
        self.in_turns = false;
        self.draw_as(STAGE);
        self.bar.set_message(what.to_owned());
        self.bar.tick();
        if progress_wanted() {
            self.bar.enable_steady_tick(TICK);
        }
    }

    fn turn(&mut self, over: usize, of: usize, engine: &str) {
        if !self.in_turns {
            self.in_turns = true;
            // its thread would take time from the workers
            self.bar.disable_steady_tick();
            self.draw_as(TURNS);
            self.bar.reset_eta();
        }
        self.bar.set_length(of as u64);
        self.bar.set_position(over as u64);
        self.bar.set_message(engine.to_owned());
        self.bar.tick();
    }
}
