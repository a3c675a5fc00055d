//! notibench: a load-testing benchmark harness for the hot path that decides,
//! for each event, whether a service stays silent, counts anonymously, or
//! rings someone's bell.
//!
//! The floors, imports only downward: 5 [`cli`]; 4 [`harness`], [`report`];
//! 3 [`generator`], [`engine`], [`record`], [`trace`]; 2 [`workload`], [`stats`];
//! 1 [`event`], [`policy`]; 0 [`mod@unit`].

// they panic where their reader has gone
#![cfg_attr(not(test), deny(clippy::print_stdout, clippy::print_stderr))]

pub mod cli;
pub mod engine;
pub mod event;
pub mod generator;
pub mod harness;
pub mod policy;
pub mod record;
pub mod report;
pub mod stats;
pub mod trace;
pub mod unit;
pub mod workload;

/// The page's code is compiled and run with the tests, so that it stays true.
#[cfg(doctest)]
#[doc = include_str!("../docs/ADDING-AN-ENGINE.md")]
pub struct AddingAnEngine;
