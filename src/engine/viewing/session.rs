//! What a session counts views with: the open week's key, and the updates that
//! views make. Imports its parent, `event`, `policy`, the shared state.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::{Epochs, OpenEpoch};
use crate::engine::state::{ContentUpdate, MemberUpdate, for_each_update, stamp_of_viewer};
use crate::event::{Event, Stamp};
use crate::policy::{Disposition, Object, effect_of, epoch_of};

/// What a session counts views with.
#[derive(Clone, Debug, Default)]
pub struct Viewing(pub(super) Option<Counting>);

#[derive(Clone, Debug)]
pub(super) struct Counting {
    pub(super) epochs: Arc<Epochs>,
    pub(super) open: Option<Arc<OpenEpoch>>,
}

/// A view that is counted: what stands for its viewer, and the update's stamp.
#[derive(Clone, Copy, Debug, Default)]
pub struct Viewer {
    /// What stands for the viewer.
    pub token: u64,
    /// Kind and effective segment, as [`stamp_of_viewer`] says.
    pub stamp: Stamp,
}

impl Viewer {
    /// Whether it is one: the default is nobody.
    #[inline(always)]
    #[must_use]
    pub const fn is_counted(self) -> bool {
        self.stamp.undo()
    }
}

impl Viewing {
    /// Whether each view counts, whoever the viewer is.
    #[inline(always)]
    #[must_use]
    pub const fn is_plain(&self) -> bool {
        self.0.is_none()
    }

    /// Calls `member` and `content` with the updates that an event makes:
    /// none, one or both.
    #[inline(always)]
    pub fn for_each_update(
        &self,
        event: &Event,
        member: impl FnOnce(MemberUpdate),
        content: impl FnOnce(ContentUpdate),
    ) {
        if self.is_plain() {
            return for_each_update(event, member, content);
        }
        let effect = effect_of(event);
        if effect.disposition != Disposition::Aggregate {
            return for_each_update(event, member, content);
        }
        let Some(Viewer { token, stamp }) = self.viewer_of(event, effect.touches_content) else {
            return;
        };
        if effect.touches_content {
            content(ContentUpdate::of_viewer(event.content, token, stamp));
        } else {
            member(MemberUpdate::of_viewer(event.recipient, token, stamp));
        }
    }

    /// Who a view is counted for, where viewers count once; none where its
    /// epoch is not the open one: then it has failed.
    #[inline(always)]
    #[must_use]
    pub fn viewer_of(&self, view: &Event, is_of_content: bool) -> Option<Viewer> {
        let Counting { epochs, open } = self.0.as_ref()?;
        let epoch = epoch_of(view.at_us);
        let Some(open) = open.as_deref().filter(|open| open.epoch == epoch) else {
            epochs.failed.fetch_add(1, Ordering::Relaxed);
            return None;
        };
        let (object, id) = if is_of_content {
            (Object::Content, view.content)
        } else {
            (Object::Member, view.recipient)
        };
        Some(Viewer {
            token: open.key.token(object, id, view.actor),
            stamp: stamp_of_viewer(view.kind(), epochs.hidden.segment_of(view)),
        })
    }
}
