//! The command as a user meets it: what it prints where, what it exits with,
//! and what it says to a mistake.

#[path = "../common/mod.rs"]
mod common;

mod apart;
mod built_in;
mod compare;
mod comparisons;
mod formats;
mod gate_action;
mod history;
mod html;
mod lock_step;
mod manuals;
mod mistakes;
mod open_loop;
mod outputs;
mod places;
mod runs;
mod streams;
mod sweep;
mod words;
