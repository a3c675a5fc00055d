//! Batches on every path.

use super::*;
use notibench_core::testing::{Fold, agrees_with_fold, all_reads, answers, holds, ingest, stream};

#[test]
fn no_answer_is_kept_beyond_what_another_session_ingests() {
    let events = stream(11, 6_000);
    let reads = all_reads();
    for threads in [1, 2] {
        let engine = DashMapEngine::build(&EngineConfig::new(threads));
        let mut writer = engine.session(threads - 1);
        let mut reader = (threads == 2).then(|| engine.session(0));
        let mut seen = 0;
        // small steps and large ones: every way to ingest
        for step in [1, 1, SMALLEST_GROUPED, 1000, 1, 1500, 2000] {
            writer.ingest(&events[seen..seen + step]);
            seen += step;
            let fold = Fold::of(&events[..seen]);
            let expected: Vec<Answer> = reads.iter().map(|read| fold.answer(read)).collect();
            for _ in 0..3 {
                let session = reader.as_mut().unwrap_or(&mut writer);
                assert!(answers(session, &reads) == expected, "after {seen} events");
            }
            // few enough of them that all are kept
            let few = &reads[..90];
            for _ in 0..3 {
                let session = reader.as_mut().unwrap_or(&mut writer);
                assert!(
                    answers(session, few) == expected[..90],
                    "after {seen} events"
                );
            }
        }
    }
}

/// On tables that are taken to be far, all is prefetched first.
#[test]
fn agrees_with_the_plain_fold_where_everything_is_far() {
    let events = stream(12, 20_000);
    for threads in [1, 2] {
        for batch in [1, SMALLEST_GROUPED, 300, LARGEST_GROUPED + 1] {
            let mut engine = DashMapEngine::build(&EngineConfig::new(threads));
            engine.near = Near {
                second_level: 0,
                shared: 0,
                alone: 0,
            };
            ingest(&engine, threads, &events, batch);
            holds(&engine, threads, &Fold::of(&events));
        }
    }
}

#[test]
fn agrees_with_the_plain_fold_in_batches_of_every_path() {
    for threads in [1, 2, 8] {
        for batch in [1, SMALLEST_GROUPED, 1000, LARGEST_GROUPED + 1] {
            agrees_with_fold::<DashMapEngine>(threads, batch);
        }
    }
}
