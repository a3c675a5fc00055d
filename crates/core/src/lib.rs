//! What an engine is, and what every engine shares: events and the seed policy,
//! the state that events fold into, answers, the sequential fold that is right,
//! and the checks against it.
//!
//! A crate that brings an engine needs this one alone: it implements
//! [`engine::Engine`], and holds itself against [`oracle::Oracle`] with
//! [`proof`] and the streams of [`testing`].
//!
//! | module | holds |
//! |---|---|
//! | [`event`], [`policy`] | what happens, and what the seed policy makes of it |
//! | [`engine`] | [`engine::Engine`], [`engine::Session`], what an engine is built from, what it takes of memory |
//! | [`store`] | what a concurrent map must do to be an engine |
//! | [`state`], [`read`], [`snapshot`] | the state of a member and of a content, answers, final states |
//! | [`viewing`], [`admission`] | how views are counted and what is shown of them; which events reach a session |
//! | [`oracle`], [`proof`] | the sequential fold that is right, and checks against it |
//! | [`testing`] | streams and folds for the tests of an engine |
//! | [`mod@unit`] | plain parts: mixing, digests, quantities, files that are replaced whole |

// they panic where their reader has gone
#![cfg_attr(not(test), deny(clippy::print_stdout, clippy::print_stderr))]

pub mod admission;
pub mod engine;
pub mod event;
pub mod oracle;
pub mod policy;
pub mod proof;
pub mod read;
pub mod snapshot;
pub mod state;
pub mod store;
pub mod testing;
pub mod unit;
pub mod viewing;
