//! A worker's session: one connection; a batch is one pipeline, a group of
//! reads one or two.

use ::redis::Value;

use super::combine::Combined;
use super::connection::{Link, give_up};
use super::engine::RedisEngine;
use super::layout::{self, Counts, MARKS, Scores};
use notibench_core::engine::Session;
use notibench_core::event::{Event, Read, ReadKind};
use notibench_core::read::{
    Answer, InboxPage, badge_of, content_views_of, page_of, profile_views_of,
};
use notibench_core::state::{Content, Member, for_each_update};

/// A session of [`RedisEngine`].
#[derive(Debug)]
pub struct RedisSession<'engine> {
    engine: &'engine RedisEngine,
    link: Link,
    combined: Combined,
}

impl<'engine> RedisSession<'engine> {
    pub(super) fn new(engine: &'engine RedisEngine, link: Link) -> Self {
        Self {
            engine,
            link,
            combined: Combined::default(),
        }
    }

    fn member(&mut self, replies: &mut impl Iterator<Item = Value>, has_mark: bool) -> Member {
        let entries: Scores = self.link.next(replies);
        let mark: Option<f64> = has_mark.then(|| self.link.next(replies)).flatten();
        let mark = mark.map(|mark| mark as u64);
        layout::member_of(&Counts::new(), &entries, mark, self.engine.inbox_capacity)
    }

    fn replies(&mut self, pipeline: &::redis::Pipeline) -> Vec<Value> {
        // an empty pipeline is an error
        match pipeline.is_empty() {
            true => Vec::new(),
            false => self.link.ask(pipeline),
        }
    }

    /// Raises the groups of pages by the contents' counts, asked in one
    /// pipeline after the pages were read.
    fn raise(&mut self, pages: &mut [(usize, InboxPage)]) {
        let mut pipeline = ::redis::pipe();
        let groups = || {
            pages
                .iter()
                .flat_map(|(_, page)| page)
                .filter(|group| group.needs_count())
        };
        for group in groups() {
            if let Some(slot) = group.kind.reaction_slot() {
                pipeline
                    .cmd("HGET")
                    .arg(layout::content_key(group.content))
                    .arg(&layout::reaction_field(slot)[..]);
            }
        }
        if pipeline.is_empty() {
            return;
        }
        let counts: Vec<Option<i64>> = self.link.ask(&pipeline);
        let groups = pages.iter_mut().flat_map(|(_, page)| page);
        let groups =
            groups.filter(|group| group.needs_count() && group.kind.reaction_slot().is_some());
        for (group, count) in groups.zip(counts) {
            group.raise_to_count(u64::try_from(count.unwrap_or(0)).unwrap_or(0));
        }
    }
}

impl Session for RedisSession<'_> {
    fn ingest(&mut self, batch: &[Event]) {
        let combined = std::cell::RefCell::new(&mut self.combined);
        for event in batch {
            for_each_update(
                event,
                |update| combined.borrow_mut().add_member(&update),
                |update| combined.borrow_mut().add_content(&update),
            );
        }
        match self.combined.take(self.engine.inbox_capacity) {
            // an empty pipeline is an error
            Ok(pipeline) if pipeline.is_empty() => {}
            Ok(pipeline) => self.link.tell(&pipeline),
            Err(words) => give_up(&words),
        }
    }

    fn read(&mut self, reads: &[Read], sink: &mut impl FnMut(usize, &Answer)) {
        if reads.is_empty() {
            return;
        }
        let capacity = self.engine.inbox_capacity;
        let mut pipeline = ::redis::pipe();
        for read in reads {
            match read.kind {
                ReadKind::Badge => {
                    layout::ask_inbox(&mut pipeline, read.id, capacity);
                    pipeline.cmd("ZSCORE").arg(MARKS).arg(read.id);
                }
                ReadKind::InboxPage => layout::ask_inbox(&mut pipeline, read.id, capacity),
                ReadKind::WhoViewed => {
                    pipeline.cmd("HGETALL").arg(layout::member_key(read.id));
                }
                // counted here, beside the state
                ReadKind::Pushes => {}
                ReadKind::Reactions | ReadKind::ContentViews => {
                    pipeline.cmd("HGETALL").arg(layout::content_key(read.id));
                }
            }
        }
        let mut replies = self.replies(&pipeline).into_iter();
        let mut pages = Vec::new();
        for (at, read) in reads.iter().enumerate() {
            match read.kind {
                ReadKind::Badge => {
                    let member = self.member(&mut replies, true);
                    let badge = badge_of(read.id, &member, self.engine.views.settings());
                    sink(at, &Answer::Badge(badge));
                }
                ReadKind::InboxPage => {
                    let member = self.member(&mut replies, false);
                    let settings = self.engine.views.settings();
                    pages.push((at, page_of(read.id, &member, settings)));
                }
                ReadKind::Reactions => {
                    let counts: Counts = self.link.next(&mut replies);
                    let content: Content = layout::content_of(&counts);
                    sink(at, &Answer::Reactions(content.shown_reactions()));
                }
                ReadKind::WhoViewed => {
                    let counts: Counts = self.link.next(&mut replies);
                    let member = layout::member_of(&counts, &Scores::new(), None, capacity);
                    let views = profile_views_of(read.id, Some(&member), &self.engine.views);
                    sink(at, &Answer::Views(views));
                }
                ReadKind::ContentViews => {
                    let counts: Counts = self.link.next(&mut replies);
                    let content = layout::content_of(&counts);
                    let views = content_views_of(read.id, Some(&content), &self.engine.views);
                    sink(at, &Answer::Views(views));
                }
                ReadKind::Pushes => {
                    let sent = self.engine.views.pushes_sent_to(read.id);
                    sink(at, &Answer::Pushes(sent));
                }
            }
        }
        self.raise(&mut pages);
        for (at, page) in pages {
            sink(at, &Answer::Inbox(page));
        }
    }

    fn finish(self) {}
}
