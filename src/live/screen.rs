//! What the screen of `--live` shows, as a value, and how it is drawn.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout};
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::{Block, Gauge, Paragraph, Row, Table};

use notibench_core::unit::quantity::{counted, show_count, show_ns, show_whole};
use notibench_harness::TrialProgress;
use notibench_record::Trial;
use notibench_record::stats::{ServiceHistogram, percentile_is_supported};

/// What the screen shows.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) stage: String,
    pub(super) engine: String,
    pub(super) over: usize,
    pub(super) of: usize,
    /// The trial that runs now.
    pub(super) now: Option<TrialProgress>,
    last: Option<Last>,
    engines: Vec<Overall>,
}

/// The trial that was over last.
#[derive(Debug)]
struct Last {
    engine: String,
    events_per_s: f64,
    /// Of its last interval in an open loop, else of all of it.
    times: ServiceHistogram,
    /// Events due and not started at the end of its last interval, and the
    /// most; of an open loop.
    backlog: Option<[u64; 2]>,
}

/// All trials of one engine so far, warm-up apart.
#[derive(Debug)]
struct Overall {
    engine: String,
    trials: u64,
    events: u64,
    wall_ns: u64,
    times: ServiceHistogram,
    is_open: bool,
}

/// The histogram of a record's text; what can't be read has no samples.
fn read(text: &str) -> ServiceHistogram {
    ServiceHistogram::from_base64(text).unwrap_or_default()
}

impl State {
    pub(super) fn add(&mut self, trial: &Trial) {
        let open = trial.open_loop.as_ref();
        let times = read(open.map_or(&trial.ingest_service_ns, |open| &open.response_ns));
        let events = trial.applied + trial.discarded;
        let interval = open.and_then(|open| open.intervals.last());
        self.last = Some(Last {
            engine: trial.engine.clone(),
            events_per_s: events as f64 * 1e9 / trial.wall_ns.max(1) as f64,
            times: interval.map_or_else(|| times.clone(), |last| read(&last.response_ns)),
            backlog: open.map(|open| [interval.map_or(0, |last| last.backlog), open.peak_backlog]),
        });
        if trial.warmup {
            return;
        }
        let known = self.engines.iter().position(|of| of.engine == trial.engine);
        let at = known.unwrap_or_else(|| {
            self.engines.push(Overall {
                engine: trial.engine.clone(),
                trials: 0,
                events: 0,
                wall_ns: 0,
                times: ServiceHistogram::new(),
                is_open: open.is_some(),
            });
            self.engines.len() - 1
        });
        let overall = &mut self.engines[at];
        overall.trials += 1;
        overall.events += events;
        overall.wall_ns += trial.wall_ns;
        overall.times.merge(&times);
    }

    pub(super) fn draw(&self, frame: &mut Frame<'_>) {
        let [progress, last, overall] = Layout::vertical([
            Constraint::Length(3),
            Constraint::Length(6),
            Constraint::Min(4),
        ])
        .areas(frame.area());
        let of_trial = self.now.as_ref().map_or(0.0, share_of);
        let share = if self.of == 0 {
            0.0
        } else {
            ((self.over as f64 + of_trial) / self.of as f64).clamp(0.0, 1.0)
        };
        let title = if self.engine.is_empty() {
            self.stage.clone()
        } else {
            format!("{} · trial {} of {}", self.engine, self.over + 1, self.of)
        };
        let bar = Gauge::default()
            .block(Block::bordered().title(title))
            .label(format!("{:.0}%", share * 100.0))
            .ratio(share);
        frame.render_widget(bar, progress);
        let (title, lines) = match &self.now {
            Some(now) => ("this trial", lines_of(now)),
            None => {
                let lines = self.last.as_ref().map(Last::lines);
                ("last trial", lines.unwrap_or_default())
            }
        };
        let block = Block::bordered().title(title);
        frame.render_widget(Paragraph::new(lines).block(block), last);
        frame.render_widget(self.table(), overall);
    }

    fn table(&self) -> Table<'_> {
        let header = ["engine", "trials", "events/s", "p50", "p99", "p99.9", "max"];
        let row = |of: &Overall| {
            let rate = of.events as f64 * 1e9 / of.wall_ns.max(1) as f64;
            let mut cells = vec![of.engine.clone(), show_whole(of.trials), show_count(rate)];
            cells.extend([0.5, 0.99, 0.999].map(|at| percentile(&of.times, at)));
            cells.push(maximum(&of.times));
            Row::new(cells)
        };
        let is_open = self.engines.iter().any(|of| of.is_open);
        let what = if is_open {
            "overall: response time of events"
        } else {
            "overall: service time of groups of ingest calls"
        };
        let widths = [22, 7, 9, 9, 9, 9, 9].map(Constraint::Length);
        Table::new(self.engines.iter().map(row), widths)
            .header(Row::new(header).style(Style::new().bold()))
            .block(Block::bordered().title(what))
    }
}

/// How much of a trial is over, from 0 to 1.
fn share_of(now: &TrialProgress) -> f64 {
    now.over as f64 / now.of.max(1) as f64
}

/// How the trial stands that runs now.
fn lines_of(now: &TrialProgress) -> Vec<Line<'static>> {
    let rate = now.over as f64 * 1e9 / now.elapsed_ns.max(1) as f64;
    let mut lines = vec![Line::from(format!(
        "{} events/s so far: {} of {} events, after {}",
        show_count(rate),
        show_count(now.over as f64),
        show_count(now.of as f64),
        show_ns(now.elapsed_ns as f64)
    ))];
    let Some(open) = &now.open_loop else {
        lines.push(Line::from("service times are shown when it is over"));
        return lines;
    };
    lines.push(Line::from(format!(
        "last interval: {} events/s, response time {}",
        show_count(open.interval_per_s),
        times_of(&open.interval_response)
    )));
    lines.push(Line::from(format!(
        "so far: response time {}",
        times_of(&open.response)
    )));
    lines.push(Line::from(format!(
        "due and not completed: {}",
        counted(open.behind, "event")
    )));
    lines
}

/// The percentiles of one line.
fn times_of(times: &ServiceHistogram) -> String {
    let [p50, p99, p999] = [0.5, 0.99, 0.999].map(|at| percentile(times, at));
    format!("p50 {p50}, p99 {p99}, p99.9 {p999}, max {}", maximum(times))
}

/// A percentile; `-` where fewer than 100 samples lie beyond it. The report
/// asks for several rounds, too: this is a look while there are few.
fn percentile(times: &ServiceHistogram, at: f64) -> String {
    if percentile_is_supported(at, times.count(), u64::MAX, u64::MAX) {
        show_ns(times.value_at_quantile(at) as f64)
    } else {
        "-".to_owned()
    }
}

fn maximum(times: &ServiceHistogram) -> String {
    if times.is_empty() {
        return "-".to_owned();
    }
    show_ns(times.max() as f64)
}

impl Last {
    fn lines(&self) -> Vec<Line<'_>> {
        let times = &self.times;
        let [p50, p99] = [0.5, 0.99].map(|at| percentile(times, at));
        let what = if self.backlog.is_some() {
            "response time of the last interval"
        } else {
            "service time of groups"
        };
        let mut lines = vec![
            Line::from(format!(
                "{}: {} events/s",
                self.engine,
                show_count(self.events_per_s)
            )),
            Line::from(format!(
                "{what}: p50 {p50}, p99 {p99}, max {}",
                maximum(times)
            )),
        ];
        lines.extend(self.backlog.map(|[end, most]| {
            Line::from(format!(
                "backlog: {} at the end, {} at most",
                show_whole(end),
                show_whole(most)
            ))
        }));
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use notibench_harness::OpenLoopProgress;
    use notibench_record::fixture;
    use notibench_record::fixture_open_loop;
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;
    use ratatui::buffer::Cell;

    /// What a screen of this size shows, line by line.
    fn drawn(state: &State, width: u16, height: u16) -> String {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        terminal.draw(|frame| state.draw(frame)).unwrap();
        let buffer = terminal.backend().buffer();
        let rows = buffer.content().chunks(usize::from(width));
        rows.map(|row| row.iter().map(Cell::symbol).collect::<String>() + "\n")
            .collect()
    }

    #[test]
    fn it_shows_who_runs_how_far_and_what_was_measured() {
        let record = fixture::record();
        let mut state = State {
            stage: "asking the oracle".to_owned(),
            ..State::default()
        };
        assert!(drawn(&state, 80, 20).contains("asking the oracle"));
        for trial in &record.trials {
            state.add(trial);
        }
        (state.over, state.of) = (3, 12);
        state.engine = "sharded-mutex".to_owned();
        let screen = drawn(&state, 80, 20);
        for words in [
            "sharded-mutex · trial 4 of 12",
            "25%",
            "service time of groups: p50",
        ] {
            assert!(screen.contains(words), "{words} in\n{screen}");
        }
        let counted = record.trials.iter().filter(|trial| !trial.warmup);
        let of_one = counted.filter(|trial| trial.engine == "dashmap").count();
        let row = screen.lines().find(|line| line.starts_with("│dashmap "));
        let cells: Vec<&str> = row.unwrap().split_whitespace().collect();
        assert_eq!(cells[1], of_one.to_string());
        // the mean rate of trials of about 100 ns an event
        assert!(
            cells[2].starts_with("9.") && cells[2].ends_with('M'),
            "{screen}"
        );
        assert!(!screen.contains("backlog"), "{screen}");
    }

    #[test]
    fn an_open_loop_has_response_times_and_a_backlog() {
        let record = fixture_open_loop::record();
        let mut state = State::default();
        for trial in &record.trials {
            state.add(trial);
        }
        let screen = drawn(&state, 80, 20);
        for words in ["overall: response time", "last interval: p50", "backlog: "] {
            assert!(screen.contains(words), "{words} in\n{screen}");
        }
    }

    #[test]
    fn a_trial_that_runs_is_seen_to_move() {
        let mut state = State {
            engine: "dashmap".to_owned(),
            of: 2,
            now: Some(TrialProgress {
                elapsed_ns: 500_000_000,
                over: 5_000_000,
                of: 10_000_000,
                open_loop: None,
            }),
            ..State::default()
        };
        let screen = drawn(&state, 80, 20);
        // half of the first of two trials
        for words in ["25%", "10.0M events/s so far", "after 500 ms"] {
            assert!(screen.contains(words), "{words} in\n{screen}");
        }
        let mut times = ServiceHistogram::new();
        times.record_n(1_000_000, 1_000_000);
        let now = state.now.as_mut().unwrap();
        now.open_loop = Some(OpenLoopProgress {
            behind: 1_234,
            interval_per_s: 7e6,
            interval_response: times.clone(),
            response: times,
        });
        let screen = drawn(&state, 100, 20);
        for words in [
            "last interval: 7.00M events/s, response time p50 1.00 ms",
            "so far: response time p50 1.00 ms",
            "due and not completed: 1,234 events",
        ] {
            assert!(screen.contains(words), "{words} in\n{screen}");
        }
    }

    #[test]
    fn a_small_screen_and_hostile_names_are_no_trouble() {
        let mut record = fixture::record();
        for trial in &mut record.trials {
            trial.engine = "a\u{1b}[31mb\n\u{202e}c".to_owned();
        }
        let mut state = State::default();
        record.trials.iter().for_each(|trial| state.add(trial));
        for (width, height) in [(1, 1), (10, 3), (300, 100)] {
            let screen = drawn(&state, width, height);
            assert!(!screen.contains('\u{1b}'), "{screen}");
        }
    }
}
