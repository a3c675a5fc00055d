//! What updates of members and of contents have in common.

use super::{Content, ContentUpdate, Member, MemberUpdate};
use crate::unit::prefetch::prefetch_line;

/// An update of one state, which is found by its id.
pub trait Keyed: Copy + Send {
    /// What it changes.
    type State: Default + Send + Sync;

    /// Whether a state keeps anything elsewhere.
    const IS_BEHIND: bool = false;

    /// Whose state changes.
    fn id(&self) -> u64;

    /// Changes it; `inbox_capacity` is the inbox's K.
    fn apply_to(&self, state: &mut Self::State, inbox_capacity: usize);

    /// Whether it looks at what the state keeps elsewhere.
    #[inline(always)]
    fn looks_behind(&self) -> bool {
        false
    }

    /// Prefetches what the state keeps elsewhere, and this update looks at.
    fn prefetch_behind(&self, _: &Self::State) {}

    /// The same for what is kept behind that, once that has arrived.
    fn prefetch_further(&self, _: &Self::State) {}
}

impl Keyed for MemberUpdate {
    type State = Member;
    const IS_BEHIND: bool = true;

    #[inline(always)]
    fn looks_behind(&self) -> bool {
        Member::is_engaged_by(self.stamp)
    }

    #[inline(always)]
    fn id(&self) -> u64 {
        self.member
    }

    #[inline(always)]
    fn apply_to(&self, state: &mut Member, inbox_capacity: usize) {
        state.apply(self, inbox_capacity);
    }

    #[inline(always)]
    fn prefetch_behind(&self, state: &Member) {
        if self.looks_behind() {
            state.behind().inspect(|line| prefetch_line(*line));
        }
    }

    #[inline(always)]
    fn prefetch_further(&self, state: &Member) {
        if self.looks_behind() {
            let lines = state.behind_inbox().into_iter().flatten();
            lines.for_each(prefetch_line);
        }
    }
}

impl Keyed for ContentUpdate {
    type State = Content;

    #[inline(always)]
    fn id(&self) -> u64 {
        self.content
    }

    #[inline(always)]
    fn apply_to(&self, state: &mut Content, _: usize) {
        state.apply(self);
    }
}
