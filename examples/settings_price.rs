//! What each setting of members costs: the table of docs/POLICY.md.
//! `cargo run --release --example settings_price -- [WORKLOAD [EVENTS [THREADS [ENGINE]]]]`.
//!
//! Engines take the same stream with reads under each setting, in turns.

mod price;

use std::num::NonZeroU32;
use std::path::Path;
use std::process::ExitCode;

use notibench_harness::{Source, views_of};
use notibench_workload::generator::{Generator, ReadStream};
use notibench_workload::{Settings, Workload};

/// Each setting alone, then all.
fn all_settings() -> [(&'static str, Settings); 7] {
    let off = Settings::default();
    let blocked = Settings {
        blocked_share: 0.01,
        ..off
    };
    let muted = Settings {
        muted_share: 0.02,
        ..off
    };
    let opted_out = Settings {
        opted_out_share: 0.1,
        ..off
    };
    let precedence = Settings {
        precedence: true,
        ..off
    };
    let capped = Settings {
        pushes_per_day: NonZeroU32::new(5),
        ..off
    };
    let all = Settings {
        blocked_share: 0.01,
        muted_share: 0.02,
        opted_out_share: 0.1,
        precedence: true,
        pushes_per_day: NonZeroU32::new(5),
    };
    [
        ("off", off),
        ("blocked_share = 0.01", blocked),
        ("muted_share = 0.02", muted),
        ("opted_out_share = 0.1", opted_out),
        ("precedence = true", precedence),
        ("pushes_per_day = 5", capped),
        ("all", all),
    ]
}

fn table(path: &str, events: u64, threads: usize, only: Option<&String>) -> Result<(), String> {
    let (mut workload, _) = Workload::load(Path::new(path)).map_err(|error| error.to_string())?;
    let mut sources = Vec::new();
    for (_, settings) in all_settings() {
        workload.settings = settings;
        let generator = Generator::new(&workload, workload.seed);
        let reads = ReadStream::new(&workload, workload.seed);
        let source = Source::new(generator, reads, events, false);
        sources.push(source.counted(views_of(&workload)?));
    }
    println!("{} · {events} events, {threads} threads\n", workload.name);
    println!("| engine | setting | core time an event | more than `off` |");
    println!("|---|---|--:|--:|");
    let asked = only.map_or(vec!["dashmap", "dashmap-naive"], |only| vec![only.as_str()]);
    for engine in asked {
        let best = price::best_of(engine, &sources, threads)?;
        let core_ns = |ns: f64| ns * threads as f64 / events as f64;
        for ((setting, _), (ns, _)) in all_settings().iter().zip(&best) {
            let more = core_ns(ns - best[0].0);
            println!(
                "| `{engine}` | {setting} | {:.1} ns | {more:.1} ns |",
                core_ns(*ns)
            );
        }
    }
    Ok(())
}

fn main() -> ExitCode {
    price::main_with("workloads/steady_week.toml", table)
}
