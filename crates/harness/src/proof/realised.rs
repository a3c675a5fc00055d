//! What a stream really held: mix, dispositions, popularity.

use rayon::prelude::*;

use crate::trial::source::Source;
use notibench_core::event::Kind;
use notibench_core::policy::{Disposition, effect_of};
use notibench_record::Realised;

/// Events looked at, at the most: 8 bytes each while it lasts.
const LOOKED_AT: u64 = 10_000_000;

/// Ranks of recipients, a decade, whose counts are kept.
const RANKS_A_DECADE: f64 = 8.0;

/// Looks at the events from the stream's start.
pub(crate) fn realised(source: &Source) -> Realised {
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
        popularity: popularity(&counts),
    }
}

/// Counts at so many ranks a decade, the first and the last among them;
/// `counts` is sorted, the highest first.
fn popularity(counts: &[u64]) -> Vec<[u64; 2]> {
    let mut ranks: Vec<usize> = (0..)
        .map(|step| 10_f64.powf(f64::from(step) / RANKS_A_DECADE).round() as usize)
        .take_while(|rank| *rank <= counts.len())
        .collect();
    ranks.extend((!counts.is_empty()).then_some(counts.len()));
    ranks.dedup();
    let count = |rank: usize| [rank as u64, counts[rank - 1]];
    ranks.into_iter().map(count).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_few_and_the_first_and_the_last_are_among_them() {
        let counts: Vec<u64> = (0..1_000_000).map(|at| 1_000_000 - at).collect();
        let points = popularity(&counts);
        assert!(points.len() < 60, "{}", points.len());
        assert_eq!(points[0], [1, 1_000_000]);
        assert_eq!(points.last(), Some(&[1_000_000, 1]));
        let decades = [10, 100, 1_000, 10_000, 100_000];
        assert!(
            decades
                .iter()
                .all(|rank| points.iter().any(|p| p[0] == *rank))
        );
        assert!(points.windows(2).all(|pair| pair[0][0] < pair[1][0]));
        assert_eq!(popularity(&[7]), [[1, 7]]);
        assert!(popularity(&[]).is_empty());
    }
}
