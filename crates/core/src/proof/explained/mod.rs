//! Whether the answers that readers got while others wrote are explained by
//! what had been written: the shared module of the check, one file for contents
//! and one for members.
//!
//! An answer is explained if some set of events folds to it that contains every
//! event that must have been visible when the read began, none whose call began
//! after the read ended, and what earlier answers of the session contained.
//! State is a commutative fold, so that no order has to be searched for: sums
//! lie between bounds, and of an inbox only the events in flight are open.
//!
//! The idea of checking recorded answers against recorded intervals is that of
//! linearizability: M. P. Herlihy and J. M. Wing, "Linearizability: a
//! correctness condition for concurrent objects", TOPLAS 12(3), 1990.

mod content;
mod member;
mod observation;
mod search;
#[cfg(test)]
mod tests;

pub use content::ContentHistory;
pub use member::MemberHistory;
pub use observation::{Asked, Change, Explained, Unexplained};
