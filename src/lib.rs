//! notibench: a load-testing benchmark harness for the hot path that decides,
//! for each event, whether a service stays silent, counts anonymously, or
//! rings someone's bell.
//!
//! The floors, imports only downward: 5 [`cli`]; 4 [`harness`], [`report`];
//! 3 [`generator`], [`engine`], [`record`]; 2 [`workload`], [`stats`];
//! 1 [`event`], [`policy`]; 0 [`unit`].

pub mod cli;
pub mod engine;
pub mod event;
pub mod generator;
pub mod harness;
pub mod policy;
pub mod record;
pub mod report;
pub mod stats;
pub mod unit;
pub mod workload;
