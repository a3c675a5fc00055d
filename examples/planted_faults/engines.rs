//! Engines with a planted fault each: the state is right in the end and every
//! answer at rest, some answers under load are not. The default engine lies
//! behind each of them.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use notibench_core::engine::{Engine, EngineConfig, EngineInfo, MemoryUse, Role, Session};
use notibench_core::event::{Event, Read, ReadKind};
use notibench_core::read::Answer;
use notibench_core::state::{StateMut, StateRef};
use notibench_engines::maps::dashmap::{DashMapEngine, DashMapSession};

use crate::faults::{self, Fault, LAG, Strikes, stream};

/// The default engine with the fault of that number.
pub(crate) struct Planted<const FAULT: u8> {
    inner: DashMapEngine,
    /// A second copy that lags, for reads that go back in time.
    lagging: Option<DashMapEngine>,
    /// Badges that were not counted anew when their inbox changed.
    badges: Mutex<HashMap<u64, Answer>>,
    /// The stream, where an engine knows of events before they come.
    stream: Arc<Vec<Event>>,
    /// Of each event of the stream, whether it was applied.
    applied: Box<[AtomicBool]>,
}

impl<const FAULT: u8> Planted<FAULT> {
    const FAULT: Fault = faults::ALL[FAULT as usize];

    /// Whether an event was not applied before; from now on it was.
    fn is_new(&self, event: &Event) -> bool {
        let applied = self.applied.get(event.index() as usize);
        applied.is_none_or(|applied| !applied.swap(true, Ordering::AcqRel))
    }
}

impl<const FAULT: u8> Engine for Planted<FAULT> {
    const INFO: EngineInfo = EngineInfo {
        name: Self::FAULT.name,
        role: Role::Engine,
        freshness: Self::FAULT.freshness,
        about: Self::FAULT.about,
    };
    type Session<'engine> = PlantedSession<'engine, FAULT>;

    fn build(config: &EngineConfig) -> Self {
        let stream = match FAULT {
            faults::AHEAD_OF_CALL => stream(),
            _ => Arc::default(),
        };
        Self {
            inner: DashMapEngine::build(config),
            lagging: (FAULT == faults::BACK_IN_TIME).then(|| DashMapEngine::build(config)),
            badges: Mutex::default(),
            applied: stream.iter().map(|_| AtomicBool::new(false)).collect(),
            stream,
        }
    }

    fn session(&self, worker: usize) -> PlantedSession<'_, FAULT> {
        PlantedSession {
            engine: self,
            inner: self.inner.session(worker),
            lagging: self.lagging.as_ref().map(|engine| engine.session(worker)),
            strikes: Strikes::every(Self::FAULT.one_in),
            kept: Kept::default(),
            earlier: HashMap::new(),
        }
    }

    fn visit(&self, visit: &(dyn Fn(StateRef<'_>) + Sync)) {
        self.inner.visit(visit);
    }

    fn visit_mut(&self, visit: &(dyn Fn(StateMut<'_>) + Sync)) {
        self.inner.visit_mut(visit);
    }

    fn memory(&self) -> MemoryUse {
        self.inner.memory()
    }
}

/// Events that a session keeps to itself, by call.
#[derive(Default)]
struct Kept {
    calls: VecDeque<Vec<Event>>,
    events: usize,
    /// Events to be kept before any is given up again.
    asleep_until: usize,
}

impl Kept {
    fn push(&mut self, batch: &[Event]) {
        self.events += batch.len();
        self.calls.push_back(batch.to_vec());
    }

    fn pop(&mut self) -> Option<Vec<Event>> {
        let call = self.calls.pop_front()?;
        self.events -= call.len();
        Some(call)
    }
}

/// A session of [`Planted`].
pub(crate) struct PlantedSession<'engine, const FAULT: u8> {
    engine: &'engine Planted<FAULT>,
    inner: DashMapSession<'engine>,
    lagging: Option<DashMapSession<'engine>>,
    strikes: Strikes,
    kept: Kept,
    /// What it answered last.
    earlier: HashMap<(u64, ReadKind), Answer>,
}

impl<const FAULT: u8> PlantedSession<'_, FAULT> {
    /// The last update of the call waits for the next one.
    fn ingest_but_the_last(&mut self, batch: &[Event]) {
        while let Some(kept) = self.kept.pop() {
            self.inner.ingest(&kept);
        }
        let Some((last, others)) = batch.split_last() else {
            return;
        };
        self.inner.ingest(others);
        if self.strikes.strikes() {
            self.kept.push(&[*last]);
        } else {
            self.inner.ingest(&[*last]);
        }
    }

    /// Badges are counted beside the inbox, and one update in so many is not
    /// told to the counter before the member's next one.
    fn ingest_beside_badges(&mut self, batch: &[Event]) {
        let members = batch.iter().map(|event| event.recipient);
        let missed: Vec<u64> = members.filter(|_| self.strikes.strikes()).collect();
        let read = |&id: &u64| Read {
            id,
            kind: ReadKind::Badge,
        };
        let reads: Vec<Read> = missed.iter().map(read).collect();
        let mut before = HashMap::new();
        self.inner.read(&reads, &mut |at, answer| {
            before.insert(reads[at].id, answer.clone());
        });
        self.inner.ingest(batch);
        let mut badges = self
            .engine
            .badges
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        for event in batch {
            badges.remove(&event.recipient);
        }
        badges.extend(before);
    }

    /// One event in so many is applied long before its call.
    fn ingest_ahead(&mut self, batch: &[Event]) {
        let engine = self.engine;
        let mut now: Vec<Event> = Vec::with_capacity(batch.len());
        for event in batch {
            if engine.is_new(event) {
                now.push(*event);
            }
            let ahead = event.index() as usize + faults::AHEAD;
            let ahead = engine.stream.get(ahead).filter(|_| self.strikes.strikes());
            now.extend(ahead.filter(|ahead| engine.is_new(ahead)));
        }
        self.inner.ingest(&now);
    }

    /// A copy is up to date, the other lags within what is declared.
    fn ingest_into_copies(&mut self, batch: &[Event]) {
        self.inner.ingest(batch);
        self.kept.push(batch);
        while self.kept.events > LAG / 2 {
            let (Some(kept), Some(lagging)) = (self.kept.pop(), &mut self.lagging) else {
                return;
            };
            lagging.ingest(&kept);
        }
    }

    /// Buffers are handed to a worker of the engine's, which is woken up for
    /// each; one wake-up in so many is lost, and the next ones are not sent,
    /// since the worker is taken to be awake, until the buffers are full.
    fn ingest_and_wake(&mut self, batch: &[Event]) {
        self.kept.push(batch);
        if self.kept.events < self.kept.asleep_until.max(LAG / 4) {
            return;
        }
        if self.kept.asleep_until == 0 && self.strikes.strikes() {
            self.kept.asleep_until = 2 * LAG;
            return;
        }
        self.kept.asleep_until = 0;
        while let Some(kept) = self.kept.pop() {
            self.inner.ingest(&kept);
        }
    }

    /// What is answered in place of the right answer, which is kept.
    fn instead_of(&mut self, read: &Read, answer: &Answer) -> Option<Answer> {
        let key = (read.id, read.kind);
        // the others strike where they ingest
        let counts = match FAULT {
            faults::OLD_ANSWER => true,
            faults::HALF_OLD_PAGE => read.kind == ReadKind::InboxPage,
            _ => false,
        };
        if counts {
            self.strikes.count();
        }
        let is_due = self.strikes.is_due();
        match FAULT {
            faults::OLD_ANSWER => {
                let old = self.earlier.insert(key, answer.clone());
                let wrong = old.filter(|old| is_due && old != answer)?;
                self.strikes.struck();
                Some(wrong)
            }
            faults::HALF_OLD_PAGE => {
                let Answer::Inbox(page) = answer else {
                    return None;
                };
                let Some(Answer::Inbox(old)) = self.earlier.insert(key, answer.clone()) else {
                    return None;
                };
                let half = page.len() / 2;
                let newer = page.iter().take(half);
                let mixed = newer.chain(old.iter().skip(half)).copied().collect();
                let shows = mixed != *page && mixed != old;
                if !is_due || !shows {
                    return None;
                }
                self.strikes.struck();
                Some(Answer::Inbox(mixed))
            }
            faults::OTHER_BADGE => {
                let badges = self.engine.badges.lock();
                let badges = badges.unwrap_or_else(PoisonError::into_inner);
                let badge = badges.get(&read.id).cloned();
                badge.filter(|_| read.kind == ReadKind::Badge)
            }
            _ => None,
        }
    }
}

impl<const FAULT: u8> Session for PlantedSession<'_, FAULT> {
    fn ingest(&mut self, batch: &[Event]) {
        match FAULT {
            faults::EARLY_RETURN => self.ingest_but_the_last(batch),
            faults::OTHER_BADGE => self.ingest_beside_badges(batch),
            faults::AHEAD_OF_CALL => self.ingest_ahead(batch),
            faults::BACK_IN_TIME => self.ingest_into_copies(batch),
            faults::LOST_WAKE_UP | faults::RIGHT_DEFERRED => self.ingest_and_wake(batch),
            _ => self.inner.ingest(batch),
        }
    }

    fn read(&mut self, reads: &[Read], sink: &mut impl FnMut(usize, &Answer)) {
        if let Some(lagging) = &mut self.lagging {
            for (at, read) in reads.iter().enumerate() {
                let one = std::slice::from_ref(read);
                let mut sink = |_, answer: &Answer| sink(at, answer);
                if self.strikes.strikes() {
                    lagging.read(one, &mut sink);
                } else {
                    self.inner.read(one, &mut sink);
                }
            }
            return;
        }
        let mut answers: Vec<(usize, Answer)> = Vec::with_capacity(reads.len());
        self.inner.read(reads, &mut |at, answer| {
            answers.push((at, answer.clone()));
        });
        for (at, answer) in answers {
            let wrong = self.instead_of(&reads[at], &answer);
            sink(at, wrong.as_ref().unwrap_or(&answer));
        }
    }

    fn finish(mut self) {
        while let Some(kept) = self.kept.pop() {
            match &mut self.lagging {
                Some(lagging) => lagging.ingest(&kept),
                None => self.inner.ingest(&kept),
            }
        }
        let badges = self.engine.badges.lock();
        badges.unwrap_or_else(PoisonError::into_inner).clear();
        self.inner.finish();
    }
}
