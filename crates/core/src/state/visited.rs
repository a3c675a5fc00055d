//! A state with its id, as an engine shows it.

use super::content::Content;
use super::member::Member;

/// What [`Engine::visit`](crate::engine::Engine::visit) shows.
#[derive(Clone, Copy, Debug)]
pub enum StateRef<'a> {
    /// A member's id and state.
    Member(u64, &'a Member),
    /// A content's id and state.
    Content(u64, &'a Content),
}

/// What [`Engine::visit_mut`](crate::engine::Engine::visit_mut) shows.
#[derive(Debug)]
pub enum StateMut<'a> {
    /// A member's id and state.
    Member(u64, &'a mut Member),
    /// A content's id and state.
    Content(u64, &'a mut Content),
}

impl StateMut<'_> {
    /// The same to look at alone.
    #[must_use]
    pub const fn as_ref(&self) -> StateRef<'_> {
        match self {
            Self::Member(id, state) => StateRef::Member(*id, state),
            Self::Content(id, state) => StateRef::Content(*id, state),
        }
    }
}
