//! Progress on stderr, where that is a terminal. Imports `harness`'s
//! observer.

use indicatif::{ProgressBar, ProgressStyle};

use super::exit::progress_wanted;
use crate::harness::Observer;

/// A bar that says which trial runs, of how many.
#[derive(Debug)]
pub(super) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    pub(super) fn new() -> Self {
        let bar = if progress_wanted() {
            ProgressBar::new(0)
        } else {
            ProgressBar::hidden()
        };
        if let Ok(style) =
            ProgressStyle::with_template("{msg:40!} {wide_bar} {pos}/{len} {elapsed}")
        {
            bar.set_style(style);
        }
        Self { bar }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

impl Observer for Progress {
    fn stage(&mut self, what: &str) {
        self.bar.set_message(what.to_owned());
        self.bar.tick();
    }

    fn turn(&mut self, over: usize, of: usize, engine: &str) {
        self.bar.set_length(of as u64);
        self.bar.set_position(over as u64);
        self.bar.set_message(engine.to_owned());
        self.bar.tick();
    }
}
