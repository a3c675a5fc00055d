//! One batch of trials: an engine, its weeks, and everything that a reader may
//! ask.

use std::collections::HashMap;

use super::attacks::{Attack, Beside, Seen};
use notibench_core::admission::open_session;
use notibench_core::engine::{Engine, EngineConfig, Session};
use notibench_core::event::{Event, Kind, Read, ReadKind, Segment};
use notibench_core::policy::{EPOCH_US, HiddenShare, ReleaseRule};
use notibench_core::read::Answer;
use notibench_core::snapshot::Snapshot;
use notibench_core::unit::mix::{counter_word, mix};
use notibench_core::viewing::{ReleasedViews, Releasing, Showing, Views};
use notibench_engines::maps::dashmap::DashMapEngine;

/// Readers who ask after the close, each through a session of its own, and
/// how often.
const READERS: usize = 2;
const POLLS: usize = 3;
/// Ids of members begin here, those of contents and viewers elsewhere.
const MEMBERS: u64 = 1 << 32;
const CONTENTS: u64 = 1 << 33;
const VIEWERS: u64 = 1 << 34;
/// Who likes a content of each member whose line is to be in the snapshot.
const FAN: u64 = 7;

/// What every attack is played with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Game {
    pub(super) rule: ReleaseRule,
    pub(super) hidden: HiddenShare,
    pub(super) seed: u64,
}

/// Makes events; indexes go on.
struct Scribe {
    index: u64,
    week: u32,
}

impl Scribe {
    fn event(&mut self, kind: Kind, actor: (u64, Segment), member: u64, content: u64) -> Event {
        let at_us = u64::from(self.week) * EPOCH_US + self.index % EPOCH_US;
        self.index += 1;
        Event::new(self.index, at_us, kind, false, actor, member, content)
    }
}

impl Game {
    /// Plays so many trials, each with noise of its own; returns how many
    /// worlds were guessed right.
    ///
    /// # Errors
    /// Where the system gives no random words.
    pub(super) fn play(
        &self,
        showing: Showing,
        attack: &Attack,
        batch: u64,
        trials: u64,
    ) -> Result<u64, String> {
        let stage = Stage::new(self, showing, attack, batch, trials)?;
        let mut seen: Vec<Vec<Seen>> = vec![Vec::new(); trials as usize];
        for week in 0..attack.weeks {
            for (object, seen_of) in stage.week(self, week)?.into_iter().enumerate() {
                seen[object / attack.objects as usize].push(seen_of);
            }
        }
        let right = seen.iter().enumerate().filter(|(trial, seen)| {
            let chance = (attack.guess)(attack, seen);
            let coin = counter_word(stage.key ^ 0x636f_696e, *trial as u64) & 1 == 1;
            let guess = chance > 0.5 || (chance == 0.5 && coin);
            guess == stage.has_view(*trial as u64)
        });
        Ok(right.count() as u64)
    }

    /// Viewers who are not hidden in that week: `count` of them, from `first`
    /// on.
    fn viewers(&self, week: u32, first: u64, count: u32) -> Vec<u64> {
        let open = (first..).filter(|&viewer| !self.hidden.hides(viewer, week));
        open.take(count as usize).collect()
    }
}

/// An engine on which trials are played.
pub(super) struct Stage {
    pub(super) engine: DashMapEngine,
    pub(super) config: EngineConfig,
    attack: Attack,
    key: u64,
    trials: u64,
}

impl Stage {
    pub(super) fn new(
        game: &Game,
        showing: Showing,
        attack: &Attack,
        batch: u64,
        trials: u64,
    ) -> Result<Self, String> {
        let releasing = Releasing::draw(game.rule)?;
        let config = EngineConfig {
            views: Views::released(game.hidden, releasing).shown_as(showing),
            ..EngineConfig::new(READERS)
        };
        Ok(Self {
            engine: DashMapEngine::build(&config),
            config,
            attack: *attack,
            key: mix(game.seed ^ mix(batch)),
            trials,
        })
    }

    /// Whether a trial's world is the one with the view: of each two trials a
    /// coin decides which, so that whoever always guesses alike is right in
    /// half of them.
    pub(super) fn has_view(&self, trial: u64) -> bool {
        (counter_word(self.key, trial / 2) ^ trial) & 1 == 1
    }

    fn objects(&self) -> u64 {
        self.trials * u64::from(self.attack.objects)
    }

    /// Plays one week; what was seen of each object.
    fn week(&self, game: &Game, week: u32) -> Result<Vec<Seen>, String> {
        self.config.views.open_epoch(week)?;
        let reads = self.reads();
        let before = self.ask(0, &reads);
        self.ingest(&self.crowd(game, week));
        let early = self.ask(0, &reads);
        self.ingest(&self.ones(game, week));
        let late = self.ask(0, &reads);
        self.config.views.close_epoch(&self.engine);
        let closed = self.ask(0, &reads);
        let polls = match self.attack.beside {
            Beside::Polls => READERS * POLLS,
            _ => 0,
        };
        let polls: Vec<Vec<Option<Answer>>> = (0..polls)
            .map(|poll| self.ask(poll % READERS, &reads[..self.objects() as usize]))
            .collect();
        let lines = match self.attack.beside {
            Beside::Snapshot => self.lines(),
            _ => HashMap::new(),
        };
        let objects = self.objects() as usize;
        let seen_of = |object: usize| Seen {
            early: views_of(early[object].as_ref()),
            late: views_of(late[object].as_ref()),
            closed: views_of(closed[object].as_ref()),
            again: polls
                .iter()
                .map(|poll| views_of(poll[object].as_ref()))
                .collect(),
            others_changed: (1..reads.len() / objects).any(|kind| {
                let at = kind * objects + object;
                // what the crowd does itself is in both worlds
                let is_open = early[at] != late[at];
                let of_views = reads[at].kind.is_of_views();
                is_open || (!of_views && late[at] != closed[at]) || before[at].is_none()
            }),
            line: lines.get(&(MEMBERS + object as u64)).copied(),
        };
        Ok((0..objects).map(seen_of).collect())
    }

    /// The read of who viewed each object, then every other read of it.
    fn reads(&self) -> Vec<Read> {
        let kinds: &[ReadKind] = match self.attack.beside {
            Beside::OtherReads => &[
                ReadKind::WhoViewed,
                ReadKind::Badge,
                ReadKind::InboxPage,
                ReadKind::Reactions,
                ReadKind::ContentViews,
                ReadKind::Pushes,
            ],
            _ => &[ReadKind::WhoViewed],
        };
        let of_kind = |kind: ReadKind| {
            let first = if kind.is_of_content() {
                CONTENTS
            } else {
                MEMBERS
            };
            (0..self.objects()).map(move |object| Read {
                id: first + object,
                kind,
            })
        };
        kinds.iter().copied().flat_map(of_kind).collect()
    }

    /// The answer to each read; none where none came.
    pub(super) fn ask(&self, reader: usize, reads: &[Read]) -> Vec<Option<Answer>> {
        let mut answers = vec![None; reads.len()];
        let mut session = open_session(&self.engine, &self.config.views, reader);
        session.read(reads, &mut |at, answer| answers[at] = Some(answer.clone()));
        session.finish();
        answers
    }

    fn ingest(&self, events: &[Event]) {
        let mut session = open_session(&self.engine, &self.config.views, 0);
        events.chunks(1024).for_each(|batch| session.ingest(batch));
        session.finish();
    }

    /// What is in both worlds: the other viewers of each object, and a like
    /// that puts it into the snapshot where anybody looks at all.
    fn crowd(&self, game: &Game, week: u32) -> Vec<Event> {
        let attack = &self.attack;
        let mut scribe = Scribe {
            index: u64::from(week) << 32,
            week,
        };
        let mut crowd = Vec::new();
        for segment in Segment::ALL {
            let count = if segment == attack.segment {
                attack.viewers
            } else {
                attack.others
            };
            let first = VIEWERS + ((segment as u64 + 1) << 16);
            for viewer in game.viewers(week, first, count) {
                let views = (MEMBERS..MEMBERS + self.objects())
                    .map(|member| scribe.event(Kind::ProfileView, (viewer, segment), member, 0));
                crowd.extend(views);
            }
        }
        if attack.viewers > 0 {
            crowd.extend((0..self.objects()).map(|object| {
                let fan = (FAN, Segment::Other);
                let (member, content) = (MEMBERS + object, CONTENTS + object);
                scribe.event(Kind::PostLike, fan, member, content)
            }));
        }
        crowd
    }

    /// The one view of each object whose world has it.
    fn ones(&self, game: &Game, week: u32) -> Vec<Event> {
        let one = game.viewers(week, VIEWERS, 1)[0];
        let mut scribe = Scribe {
            index: (u64::from(week) << 32) + (1 << 31),
            week,
        };
        let objects = (0..self.objects()).filter(|object| {
            let trial = object / u64::from(self.attack.objects);
            self.has_view(trial)
        });
        objects
            .map(|object| {
                let actor = (one, self.attack.segment);
                scribe.event(Kind::ProfileView, actor, MEMBERS + object, 0)
            })
            .collect()
    }

    /// Profile views of the segment in each member's line of the snapshot.
    fn lines(&self) -> HashMap<u64, u64> {
        let snapshot = Snapshot::shown(&self.engine, &self.config.views);
        let segment = self.attack.segment as usize;
        let lines = snapshot.members.into_iter();
        lines
            .map(|line| (line.member, line.profile_views[segment]))
            .collect()
    }

    /// The read of who viewed the object of a trial.
    pub(super) fn read_of(&self, trial: u64) -> Read {
        Read {
            id: MEMBERS + trial * u64::from(self.attack.objects),
            kind: ReadKind::WhoViewed,
        }
    }

    /// Plays the first week, and closes it.
    pub(super) fn play_first_week(&self, game: &Game) -> Result<(), String> {
        self.config.views.open_epoch(0)?;
        self.ingest(&self.crowd(game, 0));
        self.ingest(&self.ones(game, 0));
        self.config.views.close_epoch(&self.engine);
        Ok(())
    }
}

fn views_of(answer: Option<&Answer>) -> Option<ReleasedViews> {
    match answer {
        Some(Answer::Views(views)) => *views,
        _ => None,
    }
}
