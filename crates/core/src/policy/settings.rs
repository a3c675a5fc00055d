//! What members have set: whom they block and mute, of what they want to hear
//! nothing; and which of several notifications of one thing is shown. All of it
//! a pure function of ids, fixed for a run.
//!
//! Nothing here depends on an order of arrival: blocks drop events one by one,
//! whatever else came, and the rest is applied to what is kept when it is read.

use std::num::NonZeroU32;

use super::share::Share;
use crate::event::Kind;
use crate::unit::mix::mix;

/// What members have set. The default: nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct MemberSettings {
    /// Of the pairs of members, those of which one has blocked the other.
    pub blocked: Share,
    /// Of the pairs of a recipient and an actor, those whose actor is muted.
    pub muted: Share,
    /// Of the pairs of a member and a kind, those that are switched off.
    pub opted_out: Share,
    /// Whether of a comment, a tag and a mention by one actor in one content
    /// the foremost alone is shown.
    pub precedence: bool,
    /// Pushes that a member is sent in a day of event time at the most; none:
    /// pushes are not counted.
    pub pushes_per_day: Option<NonZeroU32>,
}

/// A day of event time, in µs.
pub const DAY_US: u64 = 24 * 60 * 60 * 1_000_000;

/// The day that a time belongs to, from the stream's start.
#[must_use]
pub const fn day_of(at_us: u64) -> u32 {
    (at_us / DAY_US) as u32
}

/// Keeps the draws of one setting apart from those of another.
const MUTED: u64 = 0x6d75_7465;
const BLOCKED: u64 = 0x0062_6c6f_636b;
const OPTED_OUT: u64 = 0x6f70_746f_7574;

impl MemberSettings {
    /// Whether reads show whatever is kept.
    #[inline(always)]
    #[must_use]
    pub fn show_all(&self) -> bool {
        self.muted == Share::NONE && self.opted_out == Share::NONE && !self.precedence
    }

    /// Whether one of the two has blocked the other: what one does to the other
    /// is dropped then, whoever it was that blocked.
    #[inline(always)]
    #[must_use]
    pub fn is_blocked(&self, one: u64, other: u64) -> bool {
        let (low, high) = (one.min(other), one.max(other));
        self.blocked.takes(mix(mix(low ^ BLOCKED) ^ high))
    }

    /// Whether a notification of that kind by that actor is shown to its
    /// recipient: the actor is not muted, nor the kind switched off.
    #[inline]
    #[must_use]
    pub fn shows(&self, recipient: u64, actor: u64, kind: Kind) -> bool {
        let of_recipient = |what: u64| mix(recipient ^ mix(what));
        let is_muted = self.muted.takes(mix(of_recipient(MUTED) ^ actor));
        let is_off = || {
            let word = mix(of_recipient(OPTED_OUT) ^ kind as u64);
            self.opted_out.takes(word)
        };
        !is_muted && !is_off()
    }
}

/// How far in front a kind comes where several tell of one thing, if it is one
/// of those: who is mentioned in a comment is not told of the comment, too.
#[must_use]
pub const fn rank_of(kind: Kind) -> Option<u8> {
    match kind {
        Kind::PostMention => Some(3),
        Kind::PostTag => Some(2),
        Kind::CommentTag => Some(1),
        Kind::PostComment => Some(0),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::unit::mix::counter_word;

    #[test]
    fn shares_are_as_asked_and_settings_independent() {
        let settings = MemberSettings {
            blocked: Share::new(0.1),
            muted: Share::new(0.2),
            opted_out: Share::new(0.3),
            ..MemberSettings::default()
        };
        let (mut blocked, mut shown) = (0, 0);
        for at in 0..20_000 {
            let (one, other) = (counter_word(1, at), counter_word(2, at));
            assert_eq!(
                settings.is_blocked(one, other),
                settings.is_blocked(other, one)
            );
            blocked += u32::from(settings.is_blocked(one, other));
            shown += u32::from(settings.shows(one, other, Kind::PostLike));
        }
        // five standard deviations are 212 and 351
        assert!(blocked.abs_diff(2_000) < 212, "{blocked}");
        assert!(shown.abs_diff(11_200) < 351, "{shown}");
    }

    #[test]
    fn nothing_set_blocks_nobody_and_shows_all() {
        let settings = MemberSettings::default();
        assert!(settings.show_all());
        for at in 0..1_000 {
            let (one, other) = (counter_word(1, at), counter_word(2, at));
            assert!(!settings.is_blocked(one, other));
            assert!(settings.shows(one, other, Kind::ALL[at as usize % 16]));
        }
    }
}
