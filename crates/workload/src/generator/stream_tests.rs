//! What holds for every stream.

use super::*;
use crate::fixture::workload;
use notibench_core::policy::{Disposition, effect_of};

#[test]
fn any_slice_can_be_made_again_in_any_order() {
    let stream = Generator::new(&workload(), 1);
    let whole = stream.events(0..200_000);
    assert_eq!(stream.events(70_001..170_003), whole[70_001..170_003]);
    assert_eq!(stream.event(199_999), whole[199_999]);
    let digest: Digest = whole.iter().map(Event::digest).sum();
    assert_eq!(
        stream.digest(0..70_001) + stream.digest(70_001..200_000),
        digest
    );
    assert_ne!(Generator::new(&workload(), 2).digest(0..200_000), digest);
}

#[test]
fn the_mix_is_the_one_asked_for() {
    let workload = workload();
    let events = Generator::new(&workload, 5).events(0..400_000);
    let mut fresh_or_copied = [0_u64; 16];
    let mut undos = 0;
    for event in &events {
        fresh_or_copied[event.kind() as usize] += u64::from(!event.undo());
        undos += u64::from(event.undo());
    }
    let share = |count: u64| count as f64 / events.len() as f64;
    assert!(
        (share(undos) - workload.mix.undo).abs() < 0.002,
        "{}",
        share(undos)
    );
    for (kind, count) in Kind::ALL.into_iter().zip(fresh_or_copied) {
        // duplicates repeat kinds in proportion
        let asked = workload.mix.kinds[kind as usize] * (1.0 + workload.mix.duplicate / 0.93);
        assert!(
            (share(count) - asked).abs() < 0.004,
            "{kind:?} {} {asked}",
            share(count)
        );
    }
}

#[test]
fn undos_copy_an_earlier_fresh_event_of_a_kind_that_can_be_undone() {
    use std::collections::HashSet;
    let events = Generator::new(&workload(), 5).events(0..100_000);
    let mut earlier = HashSet::new();
    let mut undos = 0;
    for event in &events {
        let what = (event.kind(), event.actor, event.recipient, event.content);
        if event.undo() {
            undos += 1;
            assert!(event.kind().is_undoable());
            assert!(earlier.contains(&what), "index {}", event.index());
        } else {
            earlier.insert(what);
        }
    }
    assert!(undos > 4_000);
}

#[test]
fn fields_fit_their_kind() {
    for ids in [IdScheme::Sequential, IdScheme::FromZero] {
        let mut workload = workload();
        workload.population.ids = ids;
        fields_of_their_kind_under(&workload);
    }
}

fn fields_of_their_kind_under(workload: &Workload) {
    let mut self_actions = 0;
    for event in Generator::new(workload, 9).events(0..100_000) {
        assert_eq!(event.content != 0, event.kind().has_content());
        if event.kind() == Kind::MarkRead {
            assert!(event.is_self_action());
            assert_eq!(effect_of(&event).disposition, Disposition::OwnAct);
        } else {
            self_actions += u32::from(event.is_self_action());
        }
    }
    let share = f64::from(self_actions) / 1e5;
    assert!((0.008..0.014).contains(&share), "{share}");
}

#[test]
fn recipients_are_zipf_and_the_segment_is_a_function_of_the_actor() {
    use std::collections::HashMap;
    let mut workload = workload();
    workload.population.hot_share = 0.0;
    let mut recipients: HashMap<u64, u64> = HashMap::new();
    let mut segments = HashMap::new();
    for event in Generator::new(&workload, 9).events(0..200_000) {
        *recipients.entry(event.recipient).or_default() += 1;
        assert_eq!(
            *segments.entry(event.actor).or_insert(event.segment()),
            event.segment()
        );
    }
    let top = *recipients.values().max().unwrap() as f64 / 200_000.0;
    let total: f64 = (1..=2_000).map(|k| f64::from(k).powf(-0.99)).sum();
    assert!(
        (top * total - 1.0).abs() < 0.05,
        "{top} for {}",
        1.0 / total
    );
    for (segment, share) in Segment::ALL.into_iter().zip(workload.population.segments) {
        let members = segments.values().filter(|&&found| found == segment).count();
        let found = members as f64 / segments.len() as f64;
        assert!((found - share).abs() < 0.01, "{segment:?} {found} {share}");
    }
}

#[test]
fn hot_contents_get_their_share() {
    let events = Generator::new(&workload(), 9).events(0..200_000);
    let mut counts = std::collections::HashMap::new();
    let views = events
        .iter()
        .filter(|event| event.kind() == Kind::ContentView);
    let total = views.clone().count() as f64;
    for event in views {
        *counts.entry(event.content).or_insert(0_u32) += 1;
    }
    let mut counts: Vec<u32> = counts.into_values().collect();
    counts.sort_unstable_by(|a, b| b.cmp(a));
    let top_ten = f64::from(counts[..10].iter().sum::<u32>()) / total;
    // 30 % hot, and what the members' own popularity adds
    assert!((0.3..0.5).contains(&top_ten), "{top_ten}");
}
