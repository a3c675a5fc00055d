//! A session made slower by a known share of its own time, to see whether a
//! comparison finds that. It spins and never sleeps, and changes nothing else,
//! so that a slowed engine proves as it is.

use std::time::Instant;

/// By which share a session is slowed down.
///
/// Every call (ingest, read, pause, finish) is timed with one pair of clock
/// readings, and followed by a spin of that share of its time. The readings come
/// on top: about two of them a call.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slowdown {
    share: Option<f64>,
}

impl Slowdown {
    /// No slowdown: no clock is read.
    pub(super) const NONE: Self = Self { share: None };

    /// By a share of each call's time.
    pub(super) fn by(share: f64) -> Self {
        Self {
            share: Some(share).filter(|&share| share > 0.0),
        }
    }

    /// Whether there is none.
    #[inline(always)]
    pub(super) const fn is_none(self) -> bool {
        self.share.is_none()
    }

    /// Before a call: when it starts, where it is slowed down.
    #[inline(always)]
    pub(super) fn start(self) -> Option<(Instant, f64)> {
        self.share.map(|share| (Instant::now(), share))
    }

    /// After the call that started so. Both stand beside the call, so that no
    /// closure stands between the worker's loop and the session.
    #[inline(always)]
    pub(super) fn end(start: Option<(Instant, f64)>) {
        if let Some((start, share)) = start {
            spin(start, share);
        }
    }
}

/// Spins until `share` more than the time since `start` has gone. It reads the
/// clock all the while: a hint that this is a spin would give the core to the
/// thread that shares it, which would then be faster by what was to be lost.
#[inline(never)]
fn spin(start: Instant, share: f64) {
    let until = start.elapsed().mul_f64(1.0 + share);
    while start.elapsed() < until {}
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_call_takes_its_share_longer_at_least() {
        // a slow machine makes it longer, none makes it shorter
        let start = Instant::now();
        let call = Slowdown::by(1.5).start();
        std::thread::sleep(Duration::from_millis(2));
        Slowdown::end(call);
        assert!(start.elapsed() >= Duration::from_millis(5));
        assert!(Slowdown::by(0.0).is_none() && Slowdown::NONE.is_none());
    }
}
