//! How even a cluster's load is at a network's full size: the share of the
//! busiest worker, and of the most popular recipient in it, from the generator
//! itself: the table of docs/SCALING.md.
//! `cargo run --release --example skew_at_scale -- [WORKLOAD [MEMBERS [EVENTS]]]`.
//!
//! Nothing is folded: an event is a function of its index, whatever the number
//! of members, so that a sample of the stream needs no more than its own memory.

use std::path::Path;
use std::process::ExitCode;

use notibench_core::engine::owner_of_id;
use notibench_core::policy::effect_of;
use notibench_workload::Workload;
use notibench_workload::generator::Generator;
use rayon::prelude::*;

const WORKERS: [usize; 6] = [2, 16, 64, 256, 1_024, 4_096];
/// Events that one task makes at a time.
const CHUNK: u64 = 1 << 16;

fn main() -> ExitCode {
    match run(&std::env::args().skip(1).collect::<Vec<_>>()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(words) => {
            eprintln!("error: {words}");
            ExitCode::FAILURE
        }
    }
}

fn run(words: &[String]) -> Result<(), String> {
    let file = words
        .first()
        .map_or("workloads/steady_week.toml", String::as_str);
    let number = |at: usize, or: u64| {
        let word = words.get(at);
        word.map_or(Ok(or), |word| {
            notibench_core::unit::quantity::parse_count(word)
        })
    };
    let (members, events) = (number(1, 1_200_000_000)?, number(2, 20_000_000)?);
    let (mut workload, _) = Workload::load(Path::new(file)).map_err(|error| error.render(false))?;
    workload.population.members = members;
    let generator = Generator::new(&workload, workload.seed);
    let recipients = touched_members(&generator, events);
    let total = recipients.len() as f64;
    let mut counts: Vec<(u64, u64)> = recipients
        .chunk_by(|one, other| one == other)
        .map(|same| (same.len() as u64, same[0]))
        .collect();
    counts.sort_unstable_by(|one, other| other.cmp(one));
    println!(
        "{} · {members} members · {events} events, {} updates of {} members; the most popular gets \
         {:.4}% of them, the first hundred {:.3}%\n",
        workload.name,
        recipients.len(),
        counts.len(),
        100.0 * counts[0].0 as f64 / total,
        100.0 * counts.iter().take(100).map(|of| of.0).sum::<u64>() as f64 / total,
    );
    println!(
        "| workers | busiest worker beside the mean | most popular recipient, of its worker's updates |"
    );
    println!("|--:|--:|--:|");
    for workers in WORKERS {
        let mut shares = vec![0_u64; workers];
        for (count, member) in &counts {
            shares[owner_of_id(*member, workers)] += count;
        }
        let busiest = shares.iter().max().map_or(0, |most| *most);
        let of_hottest = shares[owner_of_id(counts[0].1, workers)];
        println!(
            "| {workers} | {:.3} | {:.2}% |",
            busiest as f64 * workers as f64 / total,
            100.0 * counts[0].0 as f64 / of_hottest as f64
        );
    }
    Ok(())
}

/// The recipients of every update of a member, sorted.
fn touched_members(generator: &Generator, events: u64) -> Vec<u64> {
    let chunks = events.div_ceil(CHUNK);
    let mut recipients: Vec<u64> = (0..chunks)
        .into_par_iter()
        .flat_map_iter(|chunk| {
            let made = generator.events(chunk * CHUNK..events.min((chunk + 1) * CHUNK));
            let touching = made
                .into_iter()
                .filter(|event| effect_of(event).touches_member);
            touching.map(|event| event.recipient).collect::<Vec<_>>()
        })
        .collect();
    recipients.par_sort_unstable();
    recipients
}
