//! Answers under load: a sample of keys whose answers are logged while the
//! workers write, and held against the history of ingest calls after the trial.
//! Imports its siblings.

mod check;
mod log;
mod sample;

pub(super) use check::explain_answers;
pub(super) use log::AnswerLog;
pub(super) use sample::AnswerSample;
