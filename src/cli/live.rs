//! `run --live`: a screen on stderr while a run runs. It is drawn between
//! trials and never within one, by the thread that waits for the workers; so
//! it takes no time from them. Imports `harness`'s observer, `record`,
//! `stats`.
//!
//! The terminal is not put into raw mode: Ctrl-C stays a signal. Whoever ends
//! the process, or has something to say, calls [`restore`] first.

use std::io::{self, Stderr};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

use ratatui::backend::CrosstermBackend;
use ratatui::crossterm::cursor::{Hide, Show};
use ratatui::crossterm::execute;
use ratatui::crossterm::terminal::{EnterAlternateScreen, LeaveAlternateScreen};
use ratatui::layout::{Constraint, Layout};
use ratatui::style::{Style, Stylize as _};
use ratatui::text::Line;
use ratatui::widgets::{Block, Gauge, Paragraph, Row, Table};
use ratatui::{Frame, Terminal};

use crate::harness::Observer;
use crate::record::Trial;
use crate::stats::{ServiceHistogram, percentile_is_supported};
use crate::unit::quantity::{show_count, show_ns, show_whole};

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

/// What the screen shows.
#[derive(Debug, Default)]
struct State {
    stage: String,
    engine: String,
    over: usize,
    of: usize,
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
    fn add(&mut self, trial: &Trial) {
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

    fn draw(&self, frame: &mut Frame<'_>) {
        let [progress, last, overall] = Layout::vertical([
            Constraint::Length(3),
            Constraint::Length(5),
            Constraint::Min(4),
        ])
        .areas(frame.area());
        let share = if self.of == 0 {
            0.0
        } else {
            (self.over as f64 / self.of as f64).clamp(0.0, 1.0)
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
        let block = Block::bordered().title("last trial");
        let lines = self.last.as_ref().map(Last::lines).unwrap_or_default();
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
        self.show();
    }

    fn turn(&mut self, over: usize, of: usize, engine: &str) {
        (self.state.over, self.state.of) = (over, of);
        engine.clone_into(&mut self.state.engine);
        self.show();
    }

    fn trial(&mut self, trial: &Trial) {
        self.state.add(trial);
        self.show();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{fixture, fixture_open_loop};
    use ratatui::backend::TestBackend;

    /// What a screen of this size shows, line by line.
    fn drawn(state: &State, width: u16, height: u16) -> String {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        terminal.draw(|frame| state.draw(frame)).unwrap();
        let buffer = terminal.backend().buffer();
        let rows = buffer.content().chunks(usize::from(width));
        rows.map(|row| row.iter().map(|cell| cell.symbol()).collect::<String>() + "\n")
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

    #[test]
    fn what_was_not_taken_is_not_given_back() {
        restore();
        assert!(!IS_SHOWN.load(Ordering::Acquire));
    }
}
