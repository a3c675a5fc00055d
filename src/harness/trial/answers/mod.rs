//! Answers under load: a sample of keys whose answers are logged while the
//! workers write, and held against the history of ingest calls after the trial.

mod check;
mod choose;
mod log;
mod sample;

pub(in crate::harness) use crate::harness::trial::answers::check::explain_answers;
pub(in crate::harness) use crate::harness::trial::answers::choose::sampled;
pub(in crate::harness) use crate::harness::trial::answers::log::AnswerLog;
pub(in crate::harness) use crate::harness::trial::answers::sample::AnswerSample;
