//! Answers as words of 64 bits: how they are logged, and how they travel between
//! processes.

use super::{Answer, InboxGroup, InboxPage};
use crate::event::{Kind, REACTION_KINDS, Read, ReadKind};

/// Words of a group of a page.
const GROUP_WORDS: usize = 5;

impl Read {
    /// As words, and back.
    #[must_use]
    pub const fn to_words(self) -> [u64; 2] {
        [self.id, self.kind as u64]
    }

    /// The read that [`Self::to_words`] gives these words of; none where it is of
    /// no kind.
    #[must_use]
    pub fn from_words([id, kind]: [u64; 2]) -> Option<Self> {
        let kind = ReadKind::ALL.get(usize::try_from(kind).ok()?)?;
        Some(Self { id, kind: *kind })
    }
}

impl Answer {
    /// Adds its words: of a badge 1, of reactions one a kind, of a page 1 and 5 a
    /// group. Released views and pushes have none: false.
    #[inline]
    pub fn add_words(&self, words: &mut Vec<u64>) -> bool {
        match self {
            Self::Badge(badge) => words.push(u64::from(*badge)),
            Self::Reactions(counts) => words.extend_from_slice(counts),
            Self::Inbox(page) => {
                words.push(page.len() as u64);
                for group in page {
                    words.extend_from_slice(&[
                        group.kind as u64,
                        group.content,
                        group.actor,
                        group.index,
                        group.others,
                    ]);
                }
            }
            Self::Views(_) | Self::Pushes(_) => return false,
        }
        true
    }

    /// The answer to a read of that kind whose words are the first of these; none
    /// where they are too few, or the kind has no words.
    #[must_use]
    pub fn from_words(kind: ReadKind, words: &[u64]) -> Option<Self> {
        match kind {
            ReadKind::Badge => Some(Self::Badge(u32::try_from(*words.first()?).ok()?)),
            ReadKind::Reactions => {
                let counts = words.first_chunk::<REACTION_KINDS>()?;
                Some(Self::Reactions(*counts))
            }
            ReadKind::InboxPage => {
                let (&groups, words) = words.split_first()?;
                let groups = usize::try_from(groups).ok()?;
                let words = words.get(..groups.checked_mul(GROUP_WORDS)?)?;
                let mut page = InboxPage::new();
                for group in words.chunks_exact(GROUP_WORDS) {
                    let group = InboxGroup {
                        kind: Kind::ALL.get(usize::try_from(group[0]).ok()?).copied()?,
                        content: group[1],
                        actor: group[2],
                        index: group[3],
                        others: group[4],
                    };
                    page.try_push(group).ok()?;
                }
                Some(Self::Inbox(page))
            }
            ReadKind::WhoViewed | ReadKind::ContentViews | ReadKind::Pushes => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn kind() -> impl Strategy<Value = Kind> {
        (0..Kind::ALL.len()).prop_map(|at| Kind::ALL[at])
    }

    fn group() -> impl Strategy<Value = InboxGroup> {
        let rest = any::<[u64; 4]>();
        (kind(), rest).prop_map(|(kind, [content, actor, index, others])| InboxGroup {
            kind,
            content,
            actor,
            index,
            others,
        })
    }

    fn answer() -> impl Strategy<Value = (ReadKind, Answer)> {
        let groups = prop::collection::vec(group(), 0..=super::super::PAGE_GROUPS);
        prop_oneof![
            any::<u32>().prop_map(|badge| (ReadKind::Badge, Answer::Badge(badge))),
            any::<[u64; REACTION_KINDS]>()
                .prop_map(|counts| (ReadKind::Reactions, Answer::Reactions(counts))),
            groups.prop_map(|groups| {
                let page = groups.into_iter().collect();
                (ReadKind::InboxPage, Answer::Inbox(page))
            }),
        ]
    }

    proptest! {
        #[test]
        fn an_answer_comes_back_from_its_words((kind, answer) in answer(), more in any::<[u64; 3]>()) {
            let mut words = Vec::new();
            prop_assert!(answer.add_words(&mut words));
            let few = &words[..words.len() - 1];
            prop_assert_eq!(Answer::from_words(kind, few), None);
            words.extend(more);
            prop_assert_eq!(Answer::from_words(kind, &words), Some(answer));
        }

        #[test]
        fn no_words_panic(words in prop::collection::vec(any::<u64>(), 0..20), kind in 0..6_usize) {
            let _ = Answer::from_words(ReadKind::ALL[kind], &words);
        }
    }

    #[test]
    fn a_read_comes_back_from_its_words() {
        for kind in ReadKind::ALL {
            let read = Read { id: 7, kind };
            assert_eq!(Read::from_words(read.to_words()), Some(read));
            let words = Answer::Pushes(1).add_words(&mut Vec::new());
            assert!(!words);
        }
        assert_eq!(Read::from_words([7, 6]), None);
    }
}
