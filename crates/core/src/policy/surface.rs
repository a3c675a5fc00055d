//! What views are of.

/// What a release is of.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Surface {
    /// A member's profile.
    Profile = 0,
    /// A member's picture.
    Picture,
    /// A content.
    Content,
}
