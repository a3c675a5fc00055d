//! Lock-step: processes, of one build or of several, that are alive at the same
//! time and take the same slice of the stream in turn. What a neighbour on the
//! machine does falls on all of them alike.
//!
//! A process is a run with interleaved rounds whose turns another process
//! gives: each says a line when it is there, and sleeps until a line lets it
//! go on. Lines are not part of any slice, which workers stamp themselves.
//!
//! | a process says | it is answered | then it |
//! |---|---|---|
//! | `notibench-lock-step/1` | `go` | makes its stream and asks the oracle |
//! | `ready START END UNIT ENGINES` | `turns ENDS / ORDER` | opens its sessions |
//! | `at STEP` | `go` | takes its next slice, finishes an engine's sessions, or closes an engine's epoch |
//! | `end` | `go` | proves its engines, and prepares what comes next |
//! | `record` | | prints its record, and ends |
//!
//! `START` to `END` are the events of a stretch, `UNIT` what slices are a
//! multiple of, `ENDS` where the slices end, `ORDER` the number of the engine
//! that takes each of the process' turns.

mod giver;
mod line;
mod message;
mod processes;
mod taker;

pub use crate::run::lock_step::processes::LockStep;
pub use crate::run::lock_step::taker::TurnTaker;

#[cfg(test)]
mod tests;
