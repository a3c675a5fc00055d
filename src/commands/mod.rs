//! What each command does: one file a command.

pub(super) mod adversary;
pub(super) mod capacity;
pub(super) mod choose;
pub(super) mod cluster;
pub(super) mod compare;
pub(super) mod describe;
pub(super) mod doctor;
pub(super) mod generate;
pub(super) mod history;
pub(super) mod list;
mod lock_step;
pub(super) mod manual;
mod processes;
pub(super) mod report;
pub(super) mod rerun;
pub(super) mod run;
pub(super) mod selftest;
pub(super) mod sweep;
pub(super) mod verify;
pub(super) mod winners;
