//! The side of a process that takes turns.

use std::io::{Read, Write};
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use parking_lot::Mutex;

use crate::run::interleaved::schedule::Turn;
use crate::run::lock_step::line::{Line, LineError};
use crate::run::lock_step::message::{Said, Stretch, Told, Turns};
use crate::trial::error::TrialError;
use notibench_core::engine::StopFlag;

/// How long a process waits for its turn: the other processes may prepare
/// a long stream meanwhile.
const PATIENCE: Duration = Duration::from_secs(4 * 3_600);

/// A process that takes turns: the lines to the one that gives them.
pub struct TurnTaker {
    line: Mutex<Line>,
    stop: StopFlag,
    /// Steps of the stretch that were waited for.
    step: AtomicU64,
    /// Why it takes no further turn.
    broken: Mutex<Option<String>>,
}

impl TurnTaker {
    /// Says that this process takes turns, and waits until it may begin.
    ///
    /// # Errors
    /// Where no one answers, in words.
    pub fn greet(
        from: impl Read + Send + 'static,
        to: impl Write + Send + 'static,
        stop: StopFlag,
    ) -> Result<Self, String> {
        let line = Line::new(from, to).map_err(|error| error.to_string())?;
        let taker = Self {
            line: Mutex::new(line),
            stop,
            step: AtomicU64::new(0),
            broken: Mutex::new(None),
        };
        match taker.asks(&Said::Hello) {
            Some(Told::Go) => Ok(taker),
            _ => Err(taker.broken().unwrap_or_else(out_of_step)),
        }
    }

    /// Says that what follows is the record.
    pub fn record_follows(&self) {
        // one that has gone reads no record, either
        let _ = self.line.lock().say(&Said::Record.to_string());
    }

    /// Why no further turn can be taken, where that is so.
    #[must_use]
    pub fn broken(&self) -> Option<String> {
        self.broken.lock().clone()
    }

    /// The ends of the slices of `events`, and the turns of `engines` engines.
    pub(crate) fn turns(
        &self,
        events: &Range<u64>,
        unit: u64,
        engines: usize,
    ) -> Result<(Vec<u64>, Vec<Turn>), TrialError> {
        self.step.store(0, Ordering::Relaxed);
        let stretch = Stretch {
            events: events.clone(),
            unit,
            engines,
        };
        let turns = match self.asks(&Said::Ready(stretch.clone())) {
            Some(Told::Turns(turns)) => turns_of(&turns, &stretch),
            _ => None,
        };
        turns.ok_or_else(|| {
            self.broken.lock().get_or_insert_with(out_of_step);
            TrialError::Interrupted
        })
    }

    /// Waits for the next step. Returns false where there is none.
    pub(crate) fn step(&self) -> bool {
        let step = self.step.fetch_add(1, Ordering::Relaxed);
        self.may_go(&Said::At(step))
    }

    /// Says that the stretch is over, and waits until it is for all.
    pub(crate) fn end(&self) -> bool {
        self.may_go(&Said::End)
    }

    fn may_go(&self, said: &Said) -> bool {
        let told = self.asks(said);
        if matches!(told, Some(Told::Turns(_))) {
            self.broken.lock().get_or_insert_with(out_of_step);
        }
        told == Some(Told::Go)
    }

    fn asks(&self, said: &Said) -> Option<Told> {
        let mut line = self.line.lock();
        let answer = line
            .say(&said.to_string())
            .and_then(|()| line.hear(&self.stop, PATIENCE));
        let told = match answer {
            Ok(answer) => answer.parse::<Told>(),
            Err(LineError::Interrupted) => return None,
            Err(error) => Err(error.to_string()),
        };
        told.map_err(|why| {
            let why = format!("the process that gives turns: {why}");
            self.broken.lock().get_or_insert(why);
        })
        .ok()
    }
}

fn out_of_step() -> String {
    "the process that gives turns: it answered what was not asked".to_owned()
}

/// The turns, each with its events; none where not every engine takes every
/// slice of the stretch once.
fn turns_of(turns: &Turns, stretch: &Stretch) -> Option<(Vec<u64>, Vec<Turn>)> {
    let ends = &turns.ends;
    let rising = ends.windows(2).all(|pair| pair[0] < pair[1]);
    let covers = ends.first()? > &stretch.events.start && ends.last()? == &stretch.events.end;
    if !rising || !covers {
        return None;
    }
    let mut taken = vec![0; stretch.engines];
    let each = turns.order.iter().map(|&engine| {
        let slice: usize = *taken.get(engine)?;
        taken[engine] += 1;
        let start = match slice {
            0 => stretch.events.start,
            _ => ends[slice - 1],
        };
        let events = start..*ends.get(slice)?;
        Some(Turn {
            engine,
            slice,
            events,
            phase: None,
        })
    });
    let each: Vec<Turn> = each.collect::<Option<_>>()?;
    (each.len() == ends.len() * stretch.engines).then(|| (ends.clone(), each))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stretch() -> Stretch {
        Stretch {
            events: 10..40,
            unit: 10,
            engines: 2,
        }
    }

    #[test]
    fn every_engine_takes_every_slice_in_order() {
        let turns = Turns {
            ends: vec![20, 40],
            order: vec![1, 0, 0, 1],
        };
        let (ends, turns) = turns_of(&turns, &stretch()).unwrap();
        assert_eq!(ends, [20, 40]);
        let seen: Vec<_> = turns
            .into_iter()
            .map(|t| (t.engine, t.slice, t.events))
            .collect();
        assert_eq!(
            seen,
            [
                (1, 0, 10..20),
                (0, 0, 10..20),
                (0, 1, 20..40),
                (1, 1, 20..40)
            ]
        );
    }

    #[test]
    fn turns_that_leave_something_out_are_refused() {
        for (ends, order) in [
            (vec![], vec![]),
            (vec![20, 30], vec![0, 1, 0, 1]),
            (vec![10, 40], vec![0, 1, 0, 1]),
            (vec![30, 20, 40], vec![0, 1, 0, 1, 0, 1]),
            (vec![20, 40], vec![0, 1, 0]),
            (vec![20, 40], vec![0, 1, 0, 0]),
            (vec![20, 40], vec![0, 1, 0, 2]),
        ] {
            assert_eq!(turns_of(&Turns { ends, order }, &stretch()), None);
        }
    }
}
