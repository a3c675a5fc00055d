//! Reads across processes: a read travels to the worker that holds the member or
//! the content, which answers it from what it has folded; the answer travels
//! back. The worker that asks folds and answers meanwhile.
//!
//! A page takes two such journeys: one to the owner of its member, then one to
//! the owners of the contents whose counts it shows.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use ::timely::container::NoopBuilder;
use ::timely::dataflow::channels::pact::DistributorPact;
use ::timely::dataflow::operators::{Input, Operator};
use ::timely::dataflow::{InputHandle, Scope};
use crossbeam_utils::CachePadded;
use parking_lot::Mutex;

use super::shared::Shared;
use super::words::{ToTarget, Words};
use crate::shared::tables::Tables;
use notibench_core::event::{Read, ReadKind};
use notibench_core::read::{Answer, InboxGroup, InboxPage, answer_read, raise_groups};
use notibench_core::unit::hash::hash_id;
use notibench_core::unit::hash_bits::owner_of;
use notibench_core::viewing::Views;

/// Words of a read on its way: the read, and [`Ticket`].
const READ_WORDS: usize = 3;
/// Words of an answer that travel together, behind a word that says of which.
const ROW_WORDS: usize = 5;
/// What travels back.
type Row = [u64; 1 + ROW_WORDS];

/// What one worker holds.
type Part = CachePadded<Mutex<Tables>>;

/// Which read of which worker.
#[derive(Clone, Copy)]
struct Ticket {
    worker: u32,
    read: u32,
}

impl Ticket {
    const fn word(self) -> u64 {
        (self.worker as u64) << 32 | self.read as u64
    }

    const fn from_word(word: u64) -> Self {
        Self {
            worker: (word >> 32) as u32,
            read: word as u32,
        }
    }
}

/// The part of a worker's dataflow through which it asks and answers reads.
pub(super) struct Router {
    reads: InputHandle<u64, NoopBuilder<Words<READ_WORDS>>>,
    arrived: Rc<RefCell<Vec<Row>>>,
    worker: usize,
    shared: Arc<Shared>,
    views: Views,
}

impl Router {
    /// That of the worker with the number `local` in its process.
    pub(super) fn new(
        scope: Scope<'_, u64>,
        shared: &Arc<Shared>,
        views: &Views,
        local: usize,
    ) -> Self {
        let (reads, asked) = scope.new_input_with_builder::<NoopBuilder<Words<READ_WORDS>>>();
        let (answering, answering_views) = (Arc::clone(shared), views.clone());
        let answered = asked.unary::<NoopBuilder<Words<{ 1 + ROW_WORDS }>>, _, _, _>(
            DistributorPact(|_| ToTarget),
            "answer reads",
            move |_, _| {
                move |input, output| {
                    input.for_each_stamp(|stamp, batches| {
                        let mut session = output.session_with_builder(&stamp);
                        for batch in batches {
                            for (worker, rows) in
                                answers_to(batch, &answering, local, &answering_views)
                            {
                                session.give_container(&mut Words::of_rows(worker, rows));
                            }
                        }
                    });
                }
            },
        );
        let arrived = Rc::new(RefCell::new(Vec::new()));
        let arriving = Rc::clone(&arrived);
        answered.unary::<NoopBuilder<Vec<()>>, _, _, _>(
            DistributorPact(|_| ToTarget),
            "take answers",
            move |_, _| {
                move |input, _| {
                    input.for_each_stamp(|_, batches| {
                        let mut arriving = arriving.borrow_mut();
                        for batch in batches {
                            batch.for_each_row(|row| arriving.push(row));
                        }
                    });
                }
            },
        );
        Self {
            reads,
            arrived,
            worker: shared.first + local,
            shared: Arc::clone(shared),
            views: views.clone(),
        }
    }

    /// Answers in the order of the reads. `step` steps the dataflow; where the
    /// run ends meanwhile, what has not arrived is answered with nothing.
    pub(super) fn ask(&mut self, reads: &[Read], step: &mut dyn FnMut()) -> Vec<Answer> {
        let mut answers = self.ask_owners(reads, step);
        let of_page = |answer: &Answer| match answer {
            Answer::Inbox(page) => page.clone(),
            _ => InboxPage::new(),
        };
        let counted = answers.iter().flat_map(of_page);
        let mut contents: Vec<u64> = counted
            .filter(InboxGroup::needs_count)
            .map(|group| group.content)
            .collect();
        contents.sort_unstable();
        contents.dedup();
        let kind = ReadKind::Reactions;
        let of_contents: Vec<Read> = contents.iter().map(|&id| Read { id, kind }).collect();
        let counts = self.ask_owners(&of_contents, step);
        let mut counts_of = |id: u64| {
            let at = contents.binary_search(&id).ok();
            match at.map(|at| &counts[at]) {
                Some(Answer::Reactions(counts)) => *counts,
                _ => Default::default(),
            }
        };
        for answer in &mut answers {
            if let Answer::Inbox(page) = answer {
                raise_groups(page, &mut counts_of);
            }
        }
        answers
    }

    /// What the owners of the state say, pages without the counts of contents.
    fn ask_owners(&mut self, reads: &[Read], step: &mut dyn FnMut()) -> Vec<Answer> {
        let (shared, views) = (&self.shared, &self.views);
        let mut away: BTreeMap<usize, Vec<[u64; READ_WORDS]>> = BTreeMap::new();
        let mut left = 0;
        let mut answers: Vec<Answer> = Vec::with_capacity(reads.len());
        for (at, read) in (0..).zip(reads) {
            let hash = hash_id(&shared.hasher, read.id);
            let owner = owner_of(hash, shared.peers);
            let here = shared.parts.get(owner.wrapping_sub(shared.first));
            if here.is_none() && read.kind.is_of_state() {
                let ticket = Ticket {
                    worker: self.worker as u32,
                    read: at,
                };
                let [id, kind] = read.to_words();
                let batch = away.entry(owner).or_default();
                batch.push([id, kind, ticket.word()]);
                left += 1;
            }
            answers.push(answer_from(here, hash, read, views));
        }
        for (owner, rows) in away {
            self.reads.send_batch(&mut Words::of_rows(owner, rows));
        }
        let mut words: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
        while left > 0 && !shared.stop.is_set() {
            step();
            for [ticket_and_more, row @ ..] in self.arrived.borrow_mut().drain(..) {
                let (read, more) = (ticket_and_more as u32, ticket_and_more >> 32);
                words.entry(read.into()).or_default().extend(row);
                left -= usize::from(more == 0);
            }
        }
        for (read, words) in words {
            let read = read as usize;
            if let Some(answer) = Answer::from_words(reads[read].kind, &words) {
                answers[read] = answer;
            }
        }
        answers
    }
}

/// Answers a read from the part of the state that a worker holds; none: as of
/// a member or content without state. Counts of contents on a page are left to
/// the owners of the contents.
fn answer_from(part: Option<&Part>, hash: u64, read: &Read, views: &Views) -> Answer {
    let is_of_content = read.kind.is_of_content();
    answer_read(
        read,
        views,
        |id, look| match part {
            Some(part) => look(part.lock().members.get(hash, id)),
            None => look(None),
        },
        |id, look| match part.filter(|_| is_of_content) {
            Some(part) => look(part.lock().contents.get(hash, id)),
            None => look(None),
        },
    )
}

/// The answers to a batch of reads, by the worker that asked: of each the number
/// of its read and of its rows that follow, then its words.
fn answers_to(
    batch: &Words<READ_WORDS>,
    shared: &Shared,
    local: usize,
    views: &Views,
) -> BTreeMap<usize, Vec<Row>> {
    let mut rows: BTreeMap<usize, Vec<Row>> = BTreeMap::new();
    let mut words = Vec::new();
    batch.for_each_row(|[id, kind, ticket]| {
        let Some(read) = Read::from_words([id, kind]) else {
            return;
        };
        let hash = hash_id(&shared.hasher, read.id);
        words.clear();
        answer_from(shared.parts.get(local), hash, &read, views).add_words(&mut words);
        let ticket = Ticket::from_word(ticket);
        let rows = rows.entry(ticket.worker as usize).or_default();
        let parts = words.chunks(ROW_WORDS);
        for (more, part) in (0..parts.len() as u64).rev().zip(parts) {
            let mut row = [0; 1 + ROW_WORDS];
            row[0] = more << 32 | u64::from(ticket.read);
            row[1..=part.len()].copy_from_slice(part);
            rows.push(row);
        }
    });
    rows
}
