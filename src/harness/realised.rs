//! What a stream really held: mix, dispositions, popularity. Imports
//! `event`, `policy`, `record`.

use rayon::prelude::*;

use super::source::Source;
use crate::event::Kind;
use crate::policy::{Disposition, effect_of};
use crate::record::Realised;

/// Events looked at, at the most: 8 bytes each while it lasts.
const LOOKED_AT: u64 = 10_000_000;

/// Looks at the events from the stream's start.
pub(super) fn realised(source: &Source) -> Realised {
    let events = source.events().min(LOOKED_AT);
    let mut kinds = [0_u64; Kind::ALL.len()];
    let mut dispositions = [0_u64; Disposition::ALL.len()];
    let (mut undos, mut self_actions) = (0, 0);
    let mut recipients = Vec::with_capacity(events as usize);
    source.for_each(0..events, |event| {
        let disposition = effect_of(event).disposition;
        if event.undo() {
            undos += 1;
        } else {
            kinds[event.kind() as usize] += 1;
        }
        dispositions[disposition as usize] += 1;
        self_actions += u64::from(event.is_self_action() && disposition != Disposition::OwnAct);
        recipients.push(event.recipient);
    });
    recipients.par_sort_unstable();
    let mut counts: Vec<u64> = recipients
        .chunk_by(|a, b| a == b)
        .map(|same| same.len() as u64)
        .collect();
    counts.sort_unstable_by(|a, b| b.cmp(a));
    let share = |top: usize| counts.iter().take(top).sum::<u64>() as f64 / (events as f64).max(1.0);
    Realised {
        events,
        kinds: Kind::ALL
            .into_iter()
            .zip(kinds)
            .map(|(k, n)| (k.name().to_owned(), n))
            .collect(),
        undos,
        dispositions: Disposition::ALL
            .into_iter()
            .zip(dispositions)
            .map(|(disposition, n)| (disposition.name().to_owned(), n))
            .collect(),
        self_actions,
        recipients: counts.len() as u64,
        top_1_share: share(1),
        top_100_share: share(100),
    }
}
