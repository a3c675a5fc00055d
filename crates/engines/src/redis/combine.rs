//! A batch's updates made into few commands: counts of one field are added,
//! actions of one key are one, the rest of an inbox goes in one command.

use ::redis::Pipeline;

use super::layout::{
    self, ActionKey, Field, MARKS, OF_CONTENT, OF_MEMBER, action_key, content_field, member_field,
    score_of,
};
use notibench_core::event::{Kind, Stamp};
use notibench_core::state::{ContentUpdate, MemberUpdate};

/// An addition to a count: whose hash, whose id, which field.
type Addition = ((u8, u64, Field), i64);
/// An action offered to an inbox: the member, the action, its score.
type Offer = (u64, ActionKey, u64);

/// What a batch changes.
#[derive(Debug, Default)]
pub(super) struct Combined {
    additions: Vec<Addition>,
    offers: Vec<Offer>,
    marks: Vec<(u64, u64)>,
    /// An index that a score can't hold.
    too_high: Option<u64>,
}

impl Combined {
    pub(super) fn add_member(&mut self, update: &MemberUpdate) {
        let stamp = update.stamp;
        let Some(score) = score_of(stamp) else {
            self.too_high = Some(stamp.index());
            return;
        };
        if stamp.kind() == Kind::MarkRead {
            self.marks.push((update.member, stamp.index()));
        }
        if let Some(field) = member_field(update) {
            let key = (OF_MEMBER, update.member, field);
            self.additions.push((key, amount(stamp)));
        }
        if stamp.kind().notify_slot().is_some() {
            self.offers.push((update.member, action_key(update), score));
        }
    }

    pub(super) fn add_content(&mut self, update: &ContentUpdate) {
        let key = (OF_CONTENT, update.content, content_field(update));
        self.additions.push((key, amount(update.stamp)));
    }

    /// The commands of all that was added, which is then forgotten.
    ///
    /// # Errors
    /// Where an index is too high for a score; in words.
    pub(super) fn take(&mut self, capacity: usize) -> Result<Pipeline, String> {
        if let Some(index) = self.too_high {
            return Err(format!(
                "an event's index is {index}, and scores in Redis are exact below 2^53 only: \
                 give a stream of fewer events"
            ));
        }
        let mut pipeline = ::redis::pipe();
        self.take_additions(&mut pipeline);
        self.take_offers(&mut pipeline, capacity);
        self.take_marks(&mut pipeline);
        Ok(pipeline)
    }

    fn take_additions(&mut self, pipeline: &mut Pipeline) {
        self.additions.sort_unstable();
        for same in self.additions.chunk_by(|one, other| one.0 == other.0) {
            let ((letter, id, field), _) = same[0];
            let sum: i64 = same.iter().map(|(_, amount)| amount).sum();
            if sum != 0 {
                pipeline
                    .cmd("HINCRBY")
                    .arg(layout::key(letter, id))
                    .arg(&field[..])
                    .arg(sum)
                    .ignore();
            }
        }
        self.additions.clear();
    }

    fn take_offers(&mut self, pipeline: &mut Pipeline, capacity: usize) {
        // of one key the highest score first, and it alone is left
        self.offers
            .sort_unstable_by(|a, b| (a.0, a.1, b.2).cmp(&(b.0, b.1, a.2)));
        self.offers.dedup_by_key(|offer| (offer.0, offer.1));
        for of_member in self.offers.chunk_by_mut(|one, other| one.0 == other.0) {
            of_member.sort_unstable_by_key(|offer| std::cmp::Reverse(offer.2));
            let key = layout::inbox_key(of_member[0].0);
            let add = pipeline.cmd("ZADD").arg(&key).arg("GT");
            // of more than K the lowest would be cut at once
            for (_, action, score) in of_member.iter().take(capacity) {
                add.arg(*score).arg(&action[..]);
            }
            add.ignore();
            pipeline
                .cmd("ZREMRANGEBYRANK")
                .arg(&key)
                .arg(0)
                .arg(-(capacity as i64) - 1)
                .ignore();
        }
        self.offers.clear();
    }

    fn take_marks(&mut self, pipeline: &mut Pipeline) {
        if self.marks.is_empty() {
            return;
        }
        let add = pipeline.cmd("ZADD").arg(MARKS).arg("GT");
        for (member, index) in self.marks.drain(..) {
            add.arg(index).arg(member);
        }
        add.ignore();
    }
}

const fn amount(stamp: Stamp) -> i64 {
    if stamp.undo() { -1 } else { 1 }
}
