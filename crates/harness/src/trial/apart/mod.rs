//! Slices in which some workers only write and the others only read: what a
//! slice is for, the loop of a worker in it, and what the worker measures.

mod paced;
mod report;
mod slice;
mod work;

pub(crate) use crate::trial::apart::paced::Paced;
pub(crate) use crate::trial::apart::report::{ApartReport, PhaseReport};
pub(crate) use crate::trial::apart::slice::{ApartSlice, Phase};
pub(crate) use crate::trial::apart::work::{IDLE, work_apart};
