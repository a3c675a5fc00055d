//! A sweep: a run for each value of one axis. Where all have one stream it is
//! made once, and the points take turns round by round, so that drift of the
//! machine falls on all alike.

use std::time::Instant;

use parking_lot::Mutex;

use crate::host::clock::measure_clock;
use crate::host::weather::WeatherStation;
use crate::proof::realised::realised;
use crate::run::new_record::{new_record, now};
use crate::run::request::RunRequest;
use crate::run::round::{Rounds, most_rounds, shuffled};
use crate::run::stopping::end_after;
use crate::run::{expectation_of, finish, noted, run, source_of, weather_of};
use crate::trial::error::TrialError;
use crate::trial::source::Source;
use crate::trial::watch::Observer;
use notibench_record::{Record, SWEEP_SCHEMA, Sweep, SweepAxis, SweepPoint};

/// Keeps the order of points apart from the order of turns within one.
const POINTS_KEY: u64 = 0x706f_696e_7473;

/// Everything that a sweep needs.
#[derive(Debug)]
pub struct SweepRequest<'a> {
    /// What varies.
    pub axis: SweepAxis,
    /// Each value of it with its run. All have one stop flag; where the axis
    /// shares a stream, they have one workload, seed and number of events.
    pub points: Vec<(f64, RunRequest<'a>)>,
    /// The command line, for the record.
    pub command: Vec<String>,
}

/// Runs every point. An interruption, or an error that ends a run, ends the
/// sweep: what was measured until then is kept, and told in the records of the
/// points. An engine that is wrong at one point goes on at the others.
pub fn sweep(request: &SweepRequest<'_>, observer: &mut dyn Observer) -> Sweep {
    let started = now();
    let points = if request.axis.shares_stream() {
        in_turns(request, observer)
    } else {
        one_after_the_other(request, observer)
    };
    Sweep {
        started,
        complete: points.len() == request.points.len()
            && points.iter().all(|point| point.record.complete),
        points,
        ..request.without_points()
    }
}

impl SweepRequest<'_> {
    /// The sweep before its first point, begun now.
    #[must_use]
    pub fn without_points(&self) -> Sweep {
        Sweep {
            schema: SWEEP_SCHEMA.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            complete: false,
            command: self.command.clone(),
            started: now(),
            axis: self.axis,
            asked: self.points.iter().map(|(value, _)| *value).collect(),
            interleaved: self.axis.shares_stream(),
            points: Vec::new(),
        }
    }
}

fn one_after_the_other(request: &SweepRequest<'_>, observer: &mut dyn Observer) -> Vec<SweepPoint> {
    let turns = |run: &RunRequest<'_>| most_rounds(&run.plan) * run.contenders.len();
    let of = request.points.iter().map(|(_, run)| turns(run)).sum();
    let mut points: Vec<SweepPoint> = Vec::new();
    let mut before = 0;
    for (value, point) in &request.points {
        if point.stop.is_set() {
            break;
        }
        let mut part = Part {
            inner: &mut *observer,
            value: *value,
            label: label(request.axis, *value),
            before,
            within: turns(point),
            of,
        };
        let record = run(point, &mut part);
        before += turns(point);
        let ended = !record.complete;
        points.push(SweepPoint {
            value: *value,
            record,
        });
        if ended {
            break;
        }
    }
    points
}

fn in_turns(request: &SweepRequest<'_>, observer: &mut dyn Observer) -> Vec<SweepPoint> {
    let Some((_, first)) = request.points.first() else {
        return Vec::new();
    };
    let clock = measure_clock();
    let source = source_of(first, observer);
    observer.stage("looking at the stream");
    let realised = realised(&source);
    let expected = expectation_of(first, &source, observer);
    let mut records: Vec<Record> = request
        .points
        .iter()
        .map(|(_, run)| new_record(run, clock, realised.clone(), expected.as_ref()))
        .collect();
    let passes = most_rounds(&first.plan);
    let weather = Mutex::new(weather_of(first, observer));
    let start = Instant::now();
    let each = first.contenders.len();
    let of = passes * request.points.len() * each;
    // where and why it ended early
    let mut ended: Option<(usize, TrialError)> = None;
    'passes: for pass in 0..passes {
        // all points share the time
        let elapsed = start.elapsed() / request.points.len() as u32;
        let order = shuffled(records.len(), first.plan.order_seed ^ POINTS_KEY, pass);
        for (turn, at) in order.enumerate() {
            let (value, run) = &request.points[at];
            let record = &mut records[at];
            if let Some(ended_by) = end_after(record, pass, elapsed) {
                record.ended_by = ended_by;
                continue;
            }
            let mut part = Part {
                inner: &mut *observer,
                value: *value,
                label: label(request.axis, *value),
                before: (pass * request.points.len() + turn) * each,
                within: each,
                of,
            };
            let rounds = Rounds {
                request: run,
                source: &source,
                expected: expected.as_ref(),
                start,
                weather: &weather,
                taker: None,
            };
            if let Err(error) = rounds.run(record, &mut part, pass) {
                ended = Some((at, error));
                break 'passes;
            }
            part.measured(None, record);
        }
    }
    close(request, &source, &mut records, ended, &weather, observer);
    let values = request.points.iter().map(|(value, _)| *value);
    values
        .zip(records)
        .map(|(value, record)| SweepPoint { value, record })
        .collect()
}

/// Ends every point's run, at the place of an error with that.
fn close(
    request: &SweepRequest<'_>,
    source: &Source,
    records: &mut [Record],
    mut ended: Option<(usize, TrialError)>,
    weather: &Mutex<WeatherStation>,
    observer: &mut dyn Observer,
) {
    for (at, (record, (_, run))) in records.iter_mut().zip(&request.points).enumerate() {
        let outcome = match &mut ended {
            None => Ok(()),
            Some((place, error)) if *place == at => {
                Err(std::mem::replace(error, TrialError::Interrupted))
            }
            // the run at this point was well, and is ended with the sweep
            Some(_) => Err(TrialError::Interrupted),
        };
        record.weather = noted(run, weather);
        finish(run, source, outcome, record, observer);
    }
}

fn label(axis: SweepAxis, value: f64) -> String {
    format!("{} {}", axis.name(), axis.show(value))
}

/// Tells the sweep's observer how far the whole is while one point runs.
struct Part<'o> {
    inner: &'o mut dyn Observer,
    value: f64,
    label: String,
    /// Turns that were over before this part.
    before: usize,
    /// Turns of this part.
    within: usize,
    /// Turns of the whole sweep.
    of: usize,
}

impl Observer for Part<'_> {
    fn stage(&mut self, what: &str) {
        self.inner.stage(&format!("{}: {what}", self.label));
    }

    fn turn(&mut self, over: usize, _: usize, engine: &str) {
        let over = self.before + over % self.within.max(1);
        self.inner
            .turn(over, self.of, &format!("{}: {engine}", self.label));
    }

    fn measured(&mut self, _: Option<f64>, record: &Record) {
        self.inner.measured(Some(self.value), record);
    }
}

#[cfg(test)]
#[path = "sweep_tests.rs"]
mod tests;
