//! What a reader of activities may infer.

use super::author::AuthorRule;

/// What a reader of activities may infer; nothing by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActivityOptions {
    /// Take the order of the entries for their times, one each ms.
    pub by_order: bool,
    /// Where authors are from that the trace does not say; the first rule
    /// that gives one is taken.
    pub authors: Vec<AuthorRule>,
}
