//! The side that gives turns: which process takes the next slice, until all processes
//! have come to their records.

use std::time::{Duration, Instant};

use crate::run::interleaved::schedule;
use crate::run::interleaved::schedule::Draw;
use crate::run::lock_step::line::{Line, LineError};
use crate::run::lock_step::message::{Said, Stretch, Told, Turns};
use crate::run::round::USUAL_NS_PER_EVENT;
use notibench_core::engine::StopFlag;

/// How long a process may take to say its first line.
const GREETING: Duration = Duration::from_secs(60);
/// How long it may take to prepare a stretch: its stream, oracle and proofs.
const PREPARING: Duration = Duration::from_secs(4 * 3_600);
/// How long it may take for a step: a slice of some ms, or the finish of
/// engines that have deferred a whole stream.
const STEP: Duration = Duration::from_secs(600);

/// Where lock-step ended early.
#[derive(Debug)]
pub(super) struct Broken {
    /// The process that it is about.
    pub(super) member: usize,
    pub(super) why: Why,
}

/// Why it ended early.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// The stop flag was set.
    Interrupted,
    /// The process takes no turns: what it did in place of saying so.
    TakesNone(String),
    /// The process ended, or said something that does not belong here.
    OutOfStep(String),
}

/// The processes, and what is known of their speed.
pub(super) struct Giver<'a> {
    pub(super) lines: &'a mut [Line],
    pub(super) stop: &'a StopFlag,
    /// What a slice is to take on average, in ns.
    pub(super) slice_ns: f64,
    /// Draws slices and orders.
    pub(super) draw: Draw,
    pub(super) pace: &'a mut Pace,
}

/// How long events take, by the slices of the last stretch.
#[derive(Debug)]
pub(super) struct Pace {
    ns_per_event: f64,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            ns_per_event: USUAL_NS_PER_EVENT,
        }
    }
}

impl Giver<'_> {
    /// Gives turns from the first line of each process to its record, which
    /// is not read here.
    pub(super) fn give(&mut self) -> Result<(), Broken> {
        for member in 0..self.lines.len() {
            self.greeted(member)?;
        }
        self.all_go()?;
        loop {
            let said = self.all_say()?;
            if said.iter().all(|said| *said == Said::Record) {
                return Ok(());
            }
            // a record before its time is of a process that failed
            let early = said.iter().position(|said| *said == Said::Record);
            let odd = early.or_else(|| said.iter().position(|other| *other != said[0]));
            match (&said[0], odd) {
                (Said::Ready(stretch), None) => self.stretch(&stretch.clone())?,
                (_, odd) => {
                    let member = odd.unwrap_or(0);
                    let words = format!(
                        "it said `{}`, and another process `{}`",
                        said[member],
                        said[usize::from(member == 0).min(said.len() - 1)]
                    );
                    return Err(out_of_step(member, words));
                }
            }
        }
    }

    fn greeted(&self, member: usize) -> Result<(), Broken> {
        let heard = self.lines[member].hear(self.stop, GREETING);
        let why = match heard.map(|line| line.parse()) {
            Ok(Ok(Said::Hello)) => return Ok(()),
            Ok(Ok(other)) => Why::TakesNone(format!("it said `{other}` first")),
            Ok(Err(words)) => Why::TakesNone(words),
            Err(LineError::Interrupted) => Why::Interrupted,
            Err(error) => Why::TakesNone(error.to_string()),
        };
        Err(Broken { member, why })
    }

    /// One stretch: every slice by every engine of every process in turn,
    /// then what is left to be finished.
    fn stretch(&mut self, stretch: &Stretch) -> Result<(), Broken> {
        let Stretch {
            events,
            unit,
            engines,
        } = stretch;
        let mean = ((self.slice_ns / self.pace.ns_per_event) as u64).max(1);
        let slices = schedule::slices(events, mean, *unit, &mut self.draw);
        let turns = schedule::turns(&slices, self.lines.len() * engines, &mut self.draw);
        for member in 0..self.lines.len() {
            let own = turns.iter().map(|turn| turn.engine);
            let own = own.filter(|engine| engine / engines == member);
            let turns = Turns {
                ends: slices.iter().map(|slice| slice.end).collect(),
                order: own.map(|engine| engine % engines).collect(),
            };
            self.tell(member, &Told::Turns(turns))?;
        }
        let mut steps = vec![0; self.lines.len()];
        for (member, step) in steps.iter_mut().enumerate() {
            self.is_at(member, step)?;
        }
        let start = Instant::now();
        for turn in &turns {
            let member = turn.engine / engines;
            self.tell(member, &Told::Go)?;
            self.is_at(member, &mut steps[member])?;
        }
        let taken = (events.end - events.start) as f64 * (self.lines.len() * engines) as f64;
        self.pace.ns_per_event = (start.elapsed().as_nanos() as f64 / taken).max(0.1);
        self.finish(steps)?;
        self.all_go()
    }

    /// Gives each process a step in turn, until all have come to the end.
    fn finish(&mut self, mut steps: Vec<u64>) -> Result<(), Broken> {
        let mut left: Vec<usize> = (0..self.lines.len()).collect();
        self.draw.shuffle(&mut left);
        while !left.is_empty() {
            let mut going = Vec::with_capacity(left.len());
            for member in left {
                self.tell(member, &Told::Go)?;
                match self.hear(member, STEP)? {
                    Said::End => {}
                    said => {
                        is_step(member, &said, &mut steps[member])?;
                        going.push(member);
                    }
                }
            }
            left = going;
        }
        Ok(())
    }

    fn is_at(&self, member: usize, step: &mut u64) -> Result<(), Broken> {
        is_step(member, &self.hear(member, STEP)?, step)
    }

    fn hear(&self, member: usize, patience: Duration) -> Result<Said, Broken> {
        let line = self.lines[member].hear(self.stop, patience);
        let line = line.map_err(|error| broken(member, &error))?;
        line.parse().map_err(|words| out_of_step(member, words))
    }

    fn all_say(&self) -> Result<Vec<Said>, Broken> {
        let members = 0..self.lines.len();
        members.map(|at| self.hear(at, PREPARING)).collect()
    }

    fn tell(&mut self, member: usize, told: &Told) -> Result<(), Broken> {
        let said = self.lines[member].say(&told.to_string());
        said.map_err(|error| broken(member, &error))
    }

    fn all_go(&mut self) -> Result<(), Broken> {
        (0..self.lines.len()).try_for_each(|member| self.tell(member, &Told::Go))
    }
}

/// Whether it is the process' next step; counts it.
fn is_step(member: usize, said: &Said, step: &mut u64) -> Result<(), Broken> {
    if *said != Said::At(*step) {
        let words = format!("it said `{said}`, and was to say `{}`", Said::At(*step));
        return Err(out_of_step(member, words));
    }
    *step += 1;
    Ok(())
}

fn broken(member: usize, error: &LineError) -> Broken {
    match error {
        LineError::Interrupted => Broken {
            member,
            why: Why::Interrupted,
        },
        error => out_of_step(member, error.to_string()),
    }
}

const fn out_of_step(member: usize, words: String) -> Broken {
    Broken {
        member,
        why: Why::OutOfStep(words),
    }
}
