//! Answers under load: a sample of reads whose answers are logged while the
//! workers write, and held against the history of ingest calls after the trial.

mod check;
mod choose;
mod log;
mod looked_at;
mod sample;

pub(crate) use crate::trial::answers::check::explain_answers;
pub(crate) use crate::trial::answers::choose::sampled;
pub(crate) use crate::trial::answers::log::AnswerLog;
pub(crate) use crate::trial::answers::sample::AnswerSample;
