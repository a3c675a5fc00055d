//! What is exchanged: updates of one kind on their way to one worker, as plain
//! words. Within a process the words move; between processes their bytes are
//! sent as they lie in memory and read where they arrive, without a format in
//! between.

use std::io::Write;

use ::timely::Accountable;
use ::timely::bytes::arc::Bytes;
use ::timely::communication::Push;
use ::timely::dataflow::channels::pushers::exchange::Distributor;
use ::timely::dataflow::channels::{ContainerBytes, Message};
use ::timely::progress::Stamp as TimeStamp;

use notibench_core::event::Stamp;
use notibench_core::state::Keyed;
use notibench_core::state::{ContentUpdate, Member, MemberUpdate};

/// Updates of a batch that is sent, at most: 32 KiB of members' updates.
pub(super) const BATCH_UPDATES: usize = 1_024;

/// An update as words, and back.
pub(super) trait Packed<const N: usize>: Keyed {
    fn pack(&self) -> [u64; N];
    fn unpack(words: [u64; N]) -> Self;
}

impl Packed<4> for MemberUpdate {
    #[inline(always)]
    fn pack(&self) -> [u64; 4] {
        [self.member, self.stamp.word(), self.actor, self.content]
    }

    #[inline(always)]
    fn unpack([member, stamp, actor, content]: [u64; 4]) -> Self {
        Self {
            member,
            stamp: Stamp::from_word(stamp),
            actor,
            content,
        }
    }
}

/// A member's update that changes nothing but counts of views: of the event,
/// who acted and on what content are left behind.
#[derive(Clone, Copy, Debug)]
pub(super) struct ViewUpdate(MemberUpdate);

impl ViewUpdate {
    /// That of an update, if it is of a view.
    #[inline(always)]
    pub(super) fn of(update: MemberUpdate) -> Option<Self> {
        (!Member::is_engaged_by(update.stamp)).then_some(Self(update))
    }
}

impl Keyed for ViewUpdate {
    type State = Member;

    #[inline(always)]
    fn id(&self) -> u64 {
        self.0.member
    }

    #[inline(always)]
    fn apply_to(&self, state: &mut Member, inbox_capacity: usize) {
        state.apply(&self.0, inbox_capacity);
    }
}

impl Packed<2> for ViewUpdate {
    #[inline(always)]
    fn pack(&self) -> [u64; 2] {
        [self.0.member, self.0.stamp.word()]
    }

    #[inline(always)]
    fn unpack([member, stamp]: [u64; 2]) -> Self {
        Self(MemberUpdate {
            member,
            stamp: Stamp::from_word(stamp),
            actor: 0,
            content: 0,
        })
    }
}

impl Packed<2> for ContentUpdate {
    #[inline(always)]
    fn pack(&self) -> [u64; 2] {
        [self.content, self.stamp.word()]
    }

    #[inline(always)]
    fn unpack([content, stamp]: [u64; 2]) -> Self {
        Self {
            content,
            stamp: Stamp::from_word(stamp),
        }
    }
}

/// Updates of `N` words each.
#[derive(Clone)]
pub(super) struct Words<const N: usize> {
    /// Number of the worker that they go to, of all processes' workers.
    pub(super) target: usize,
    held: Held<N>,
}

#[derive(Clone)]
enum Held<const N: usize> {
    Made(Vec<[u64; N]>),
    Received(Bytes),
}

impl<const N: usize> Default for Words<N> {
    fn default() -> Self {
        Self {
            target: 0,
            held: Held::Made(Vec::new()),
        }
    }
}

impl<const N: usize> Words<N> {
    /// Bytes of an update.
    const BYTES: usize = N * size_of::<u64>();

    /// An empty batch for a worker.
    pub(super) fn for_worker(target: usize) -> Self {
        let mut batch = Self::default();
        batch.empty_for(target);
        batch
    }

    /// Empties a batch for a worker, in the room that it has.
    pub(super) fn empty_for(&mut self, target: usize) {
        self.target = target;
        match &mut self.held {
            Held::Made(made) if made.capacity() >= BATCH_UPDATES => made.clear(),
            held => *held = Held::Made(Vec::with_capacity(BATCH_UPDATES)),
        }
    }

    /// Adds one; says whether the batch is full now.
    #[inline(always)]
    pub(super) fn push(&mut self, update: [u64; N]) -> bool {
        match &mut self.held {
            Held::Made(made) => {
                made.push(update);
                made.len() >= BATCH_UPDATES
            }
            // only what was made here is added to
            Held::Received(_) => true,
        }
    }

    /// A batch of these for a worker.
    pub(super) const fn of_rows(target: usize, rows: Vec<[u64; N]>) -> Self {
        Self {
            target,
            held: Held::Made(rows),
        }
    }

    /// Shows every update.
    #[inline]
    pub(super) fn for_each<U: Packed<N>>(&self, mut look: impl FnMut(U)) {
        self.for_each_row(|words| look(U::unpack(words)));
    }

    /// Shows the words of each update.
    #[inline]
    pub(super) fn for_each_row(&self, mut look: impl FnMut([u64; N])) {
        match &self.held {
            Held::Made(made) => made.iter().for_each(|words| look(*words)),
            Held::Received(bytes) => {
                for update in bytes.chunks_exact(Self::BYTES) {
                    let mut words = [0; N];
                    // the bytes may lie at any address
                    bytemuck::cast_slice_mut(&mut words).copy_from_slice(update);
                    look(words);
                }
            }
        }
    }
}

impl<const N: usize> Accountable for Words<N> {
    fn record_count(&self) -> i64 {
        match &self.held {
            Held::Made(made) => made.len() as i64,
            Held::Received(bytes) => (bytes.len() / Self::BYTES) as i64,
        }
    }
}

impl<const N: usize> ContainerBytes for Words<N> {
    fn from_bytes(bytes: Bytes) -> Self {
        Self {
            target: 0,
            held: Held::Received(bytes),
        }
    }

    fn length_in_bytes(&self) -> usize {
        self.record_count() as usize * Self::BYTES
    }

    fn into_bytes<W: Write>(&self, writer: &mut W) {
        let bytes: &[u8] = match &self.held {
            Held::Made(made) => bytemuck::cast_slice(made),
            Held::Received(bytes) => bytes,
        };
        // a slice of as many bytes as was asked for, which no write can fail on
        let _ = writer.write_all(bytes);
    }
}

/// Sends each batch to the worker that it was made for.
#[derive(Debug)]
pub(super) struct ToTarget;

impl<const N: usize> Distributor<Words<N>> for ToTarget {
    fn partition<T: Clone, P: Push<Message<T, Words<N>>>>(
        &mut self,
        batch: &mut Words<N>,
        stamp: &TimeStamp<T>,
        pushers: &mut [P],
    ) {
        let target = batch.target;
        Message::push_at(batch, stamp.clone(), &mut pushers[target]);
    }

    fn flush<T: Clone, P: Push<Message<T, Words<N>>>>(&mut self, _: &TimeStamp<T>, _: &mut [P]) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::timely::bytes::arc::BytesMut;
    use proptest::prelude::*;

    fn member(words: [u64; 4]) -> MemberUpdate {
        MemberUpdate::unpack(words)
    }

    proptest! {
        #[test]
        fn what_is_sent_arrives(updates in prop::collection::vec(any::<[u64; 4]>(), 0..100)) {
            let mut sent = Words::<4>::for_worker(3);
            for &update in &updates {
                prop_assert!(!sent.push(member(update).pack()));
            }
            prop_assert_eq!(sent.record_count() as usize, updates.len());
            // one byte off, as where a header of an odd length stands before it
            let mut bytes = vec![7_u8];
            sent.into_bytes(&mut bytes);
            prop_assert_eq!(bytes.len(), 1 + sent.length_in_bytes());
            let mut bytes = BytesMut::from(bytes).freeze();
            bytes.extract_to(1);
            let received = Words::<4>::from_bytes(bytes);
            prop_assert_eq!(received.record_count(), sent.record_count());
            let mut seen = Vec::new();
            received.for_each(|update: MemberUpdate| seen.push(update.pack()));
            prop_assert_eq!(&seen, &updates);
        }
    }

    #[test]
    fn a_full_batch_says_so() {
        let mut batch = Words::<2>::for_worker(0);
        let full = (0..BATCH_UPDATES as u64).position(|at| batch.push([at, at]));
        assert_eq!(full, Some(BATCH_UPDATES - 1));
    }
}
