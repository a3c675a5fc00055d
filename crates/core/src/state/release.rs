//! How a state asks what is shown of its counts.

use crate::event::Segment;
use crate::policy::Surface;

/// What is shown of the counts of one surface, by segment; 0: nothing.
pub type ReleaseOf<'a> = &'a mut dyn FnMut([u32; Segment::COUNT], Surface) -> [u32; Segment::COUNT];
