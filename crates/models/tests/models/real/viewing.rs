//! In place of the library's `viewing`: its seen set, and as much of the epochs
//! as a session looks at, under a key that is the same in every run.

#[allow(dead_code, reason = "the model has no need of all of it")]
#[path = "../../../../core/src/viewing/seen_set.rs"]
pub(crate) mod seen_set;

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use parking_lot::RwLock;

use crate::policy::{HiddenShare, PermutationKey};
use seen_set::SeenSet;

#[derive(Debug, Default)]
pub(crate) struct Views {
    pub(crate) epochs: Option<Arc<Epochs>>,
}

#[derive(Debug)]
pub(crate) struct Epochs {
    pub(crate) hidden: HiddenShare,
    pub(crate) open: RwLock<Option<Arc<OpenEpoch>>>,
    pub(crate) failed: AtomicU64,
}

#[derive(Debug, Default)]
pub(crate) struct OpenEpoch {
    pub(crate) epoch: u32,
    pub(crate) key: PermutationKey,
    pub(crate) seen: SeenSet,
}

impl Views {
    pub(crate) fn unique(hidden: HiddenShare) -> Self {
        let epochs = Epochs {
            hidden,
            open: RwLock::default(),
            failed: AtomicU64::new(0),
        };
        Self {
            epochs: Some(Arc::new(epochs)),
        }
    }

    pub(crate) fn open_epoch(&self, epoch: u32) -> Result<(), String> {
        let epochs = self.epochs.as_ref().ok_or("each view counts")?;
        let open = OpenEpoch {
            epoch,
            ..OpenEpoch::default()
        };
        *epochs.open.write() = Some(Arc::new(open));
        Ok(())
    }

    pub(crate) fn failed(&self) -> u64 {
        let failed = self.epochs.as_ref().map(|epochs| &epochs.failed);
        failed.map_or(0, |failed| {
            failed.load(std::sync::atomic::Ordering::Relaxed)
        })
    }

    pub(crate) fn afresh(&self) -> Self {
        self.epochs
            .as_ref()
            .map_or_else(Self::default, |epochs| Self::unique(epochs.hidden))
    }
}
