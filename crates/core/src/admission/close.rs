//! How an epoch of an engine is closed.

use std::sync::atomic::Ordering;

use super::AnyEngine;
use crate::viewing::Views;

impl Views {
    /// Closes the open epoch of `engine`, while it has no session: the key is
    /// overwritten, the seen set is dropped, and what may be shown is kept
    /// in place of what was shown of the epoch before. Without an open epoch
    /// it does nothing.
    pub fn close_epoch(&self, engine: &dyn AnyEngine) {
        let Some(epochs) = &self.epochs else { return };
        let Some(open) = epochs.open.write().take() else {
            return;
        };
        let epoch = open.epoch;
        *epochs.sizes.write() = Some(open.seen.sizes());
        drop(open);
        if let Some(releasing) = &epochs.releasing {
            engine.visit_states_mut(&|state| releasing.close(epoch, self.showing, state));
        }
        epochs.closed.store(epoch + 1, Ordering::Release);
    }
}
