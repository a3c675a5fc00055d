//! The workload files of this project: each parses, they cover what they
//! must, and the figures that their prose derives are what it says.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use notibench_core::event::{Kind, ReadKind};
use notibench_workload::{IdScheme, TimeShape, Workload, summaries};

const NAMES: [&str; 12] = [
    "badge_polling",
    "cold_start",
    "diurnal_week",
    "engagement_only",
    "extension_adversary",
    "influencer",
    "picture_scraper",
    "recruiter_sweep",
    "steady_month",
    "steady_week",
    "tag_churn_storm",
    "viral_post",
];

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn all(name: &str) -> Vec<Workload> {
    let listed = summaries(&folder(name));
    let paths = listed
        .into_iter()
        .map(|summary| summary.unwrap_or_else(|e| panic!("{e}")).path);
    paths
        .map(|path| Workload::load(&path).unwrap_or_else(|e| panic!("{e}")).0)
        .collect()
}

fn named(name: &str) -> Workload {
    let path = folder("workloads").join(format!("{name}.toml"));
    Workload::load(&path)
        .unwrap_or_else(|error| panic!("{error}"))
        .0
}

fn id_schemes(workloads: &[Workload]) -> BTreeSet<String> {
    workloads
        .iter()
        .map(|workload| format!("{:?}", workload.population.ids))
        .collect()
}

fn shapes(workloads: &[Workload]) -> usize {
    let number = |time: &TimeShape| match time {
        TimeShape::Constant => 0,
        TimeShape::Diurnal { .. } => 1,
        TimeShape::OnOff { .. } => 2,
        TimeShape::Viral { .. } => 3,
    };
    workloads
        .iter()
        .map(|workload| number(&workload.time))
        .collect::<BTreeSet<_>>()
        .len()
}

#[test]
fn they_are_there_and_say_where_their_figures_come_from() {
    let workloads = all("workloads");
    let names: Vec<&str> = workloads
        .iter()
        .map(|workload| workload.name.as_str())
        .collect();
    assert_eq!(names, NAMES);
    for workload in &workloads {
        let (name, about) = (&workload.name, workload.about.replace('\n', " "));
        assert!(about.contains("What it models:"), "{name}");
        assert!(about.contains("Sources."), "{name}");
        let unknown = "ours: no published table of a professional network's notification \
                       frequencies was found";
        assert!(about.contains(unknown), "{name}");
        let first = workload.about.lines().next().unwrap_or_default();
        assert!(first.len() <= 90 && first.ends_with('.'), "{name}: {first}");
        let operations = workload.events as f64 * (1.0 + workload.reads.per_event);
        assert!(
            (1e6..=2e7).contains(&operations),
            "{name} takes long: {operations}"
        );
    }
}

#[test]
fn both_folders_cover_every_id_scheme_and_every_shape() {
    // ids from 0 on are for tests alone
    for (name, schemes) in [("workloads", 4), ("workloads/smoke", 5)] {
        let workloads = all(name);
        assert_eq!(id_schemes(&workloads).len(), schemes, "{name}");
        assert_eq!(shapes(&workloads), 4, "{name}");
    }
}

#[test]
fn the_small_ones_are_small_and_cover_the_edges() {
    let workloads = all("workloads/smoke");
    let exponents: Vec<f64> = workloads
        .iter()
        .map(|w| w.population.recipient_exponent)
        .collect();
    for edge in [0.0, 0.5, 1.0, 1.5] {
        assert!(exponents.contains(&edge), "{edge}");
    }
    for kind in Kind::ALL {
        assert!(
            workloads.iter().any(|w| w.mix.kinds[kind as usize] > 0.0),
            "{}",
            kind.name()
        );
    }
    for kind in ReadKind::ALL {
        assert!(
            workloads.iter().any(|w| w.reads.kinds[kind as usize] > 0.0),
            "{}",
            kind.name()
        );
    }
    for workload in &workloads {
        assert!(
            (20_000..=100_000).contains(&workload.events),
            "{}",
            workload.name
        );
        assert!(
            (2..=5_000).contains(&workload.population.members),
            "{}",
            workload.name
        );
        assert!(workload.reads.per_event > 0.0, "{}", workload.name);
    }
}

#[test]
fn shares_sum_to_one() {
    for workload in all("workloads").into_iter().chain(all("workloads/smoke")) {
        let mix = &workload.mix;
        let stream = mix.kinds.iter().sum::<f64>() + mix.undo + mix.duplicate;
        let segments: f64 = workload.population.segments.iter().sum();
        let reads: f64 = workload.reads.kinds.iter().sum();
        for sum in [stream, segments, reads] {
            assert!((sum - 1.0).abs() < 1e-12, "{}: {sum}", workload.name);
        }
    }
}

/// Undos over fresh events of the kinds that can be undone.
fn undo_ratio(workload: &Workload) -> f64 {
    let undoable = Kind::ALL.into_iter().filter(|kind| kind.is_undoable());
    let fresh: f64 = undoable.map(|kind| workload.mix.kinds[kind as usize]).sum();
    workload.mix.undo / fresh
}

#[test]
fn undos_are_as_often_as_the_prose_says() {
    // LinkBench: link add : delete is 9 : 3
    let names = [
        "steady_week",
        "diurnal_week",
        "viral_post",
        "influencer",
        "badge_polling",
    ];
    for name in names.into_iter().chain(["engagement_only"]) {
        let ratio = undo_ratio(&named(name));
        assert!((ratio - 3.0 / 9.0).abs() < 0.005, "{name}: {ratio}");
    }
    let storm = undo_ratio(&named("tag_churn_storm"));
    assert!((storm - 0.75).abs() < 0.02, "{storm}");
}

#[test]
fn nine_tenths_of_a_steady_week_are_views() {
    let mix = named("steady_week").mix;
    let views: f64 = mix.kinds[..=Kind::ContentView as usize].iter().sum();
    assert!((views / mix.kinds.iter().sum::<f64>() - 0.9).abs() < 1e-9);
}

/// Peak over mean of a weekday's whole stream: each zone's rate is a power of
/// a raised cosine, found by bisection from the zone's own peak over mean.
fn weekday_peak(peak_to_mean: f64, zones: &[(f64, f64)]) -> f64 {
    let minutes = 1440;
    let wave = |power: f64, minute: usize, utc: f64| {
        let turn = (minute as f64 / 60.0 + utc) / 24.0 * std::f64::consts::TAU;
        f64::midpoint(1.0, turn.cos()).powf(power)
    };
    let mean = |power: f64| {
        (0..minutes)
            .map(|minute| wave(power, minute, 0.0))
            .sum::<f64>()
            / minutes as f64
    };
    let (mut low, mut high) = (0.0, 100.0);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if 1.0 / mean(middle) < peak_to_mean {
            low = middle;
        } else {
            high = middle;
        }
    }
    let rate = |minute| -> f64 {
        zones
            .iter()
            .map(|&(utc, share)| share * wave(low, minute, utc))
            .sum()
    };
    (0..minutes).map(rate).fold(0.0, f64::max) / mean(low)
}

#[test]
fn the_diurnal_week_peaks_at_2_6_times_its_mean() {
    let TimeShape::Diurnal {
        peak_to_mean,
        zones,
        ..
    } = named("diurnal_week").time
    else {
        panic!("not diurnal");
    };
    let peak = weekday_peak(peak_to_mean, &zones);
    assert!((peak - 2.6).abs() < 0.05, "{peak}");
}

#[test]
fn the_record_peaks_are_25_times_the_mean() {
    let viral = named("viral_post");
    let TimeShape::Viral {
        at_us,
        flat_us,
        decay,
    } = viral.time
    else {
        panic!("not viral")
    };
    let (after, flat) = ((viral.span_us - at_us) as f64, flat_us as f64);
    let area = flat + flat / (decay - 1.0) * (1.0 - (after / flat).powf(1.0 - decay));
    let content: f64 = Kind::ALL
        .into_iter()
        .filter(|kind| kind.has_content())
        .map(|kind| viral.mix.kinds[kind as usize])
        .sum::<f64>()
        / viral.mix.kinds.iter().sum::<f64>();
    let hot = viral.population.hot_share * content;
    let peak = 1.0 - hot + hot * viral.span_us as f64 / area;
    assert!((peak - 25.0).abs() < 0.5, "{peak}");

    let TimeShape::OnOff {
        on_us,
        off_us,
        off_rate,
    } = named("tag_churn_storm").time
    else {
        panic!("no bursts");
    };
    let (on, off) = (on_us as f64, off_us as f64);
    let peak = (on + off) / (on + off * off_rate);
    assert!((peak - 25.0).abs() < 0.1, "{peak}");
}

#[test]
fn the_influencers_hottest_has_38_percent() {
    let population = named("influencer").population;
    let weight = |rank: u64| (rank as f64).powf(-population.recipient_exponent);
    let all: f64 = (1..=population.members).map(weight).sum();
    assert!((weight(1) / all - 0.38).abs() < 0.005);
    assert!((weight(2) / all - 0.13).abs() < 0.005);
}

#[test]
fn badge_polling_reads_others_than_it_writes() {
    let polling = named("badge_polling");
    assert_eq!(polling.reads.per_event, 50.0);
    assert!(polling.reads.exponent > polling.population.recipient_exponent);
    assert_eq!(polling.population.ids, IdScheme::Sequential);
}

#[test]
fn summaries_are_sorted_and_keep_what_is_broken_in_its_place() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let text = std::fs::read_to_string(self::folder("workloads/smoke/pair.toml")).expect("pair");
    std::fs::write(folder.path().join("b.toml"), &text).expect("written");
    std::fs::write(folder.path().join("c.toml"), "events = 0").expect("written");
    std::fs::write(folder.path().join("a.toml"), &text).expect("written");
    std::fs::write(folder.path().join("notes.md"), "none").expect("written");
    let listed = summaries(folder.path());
    assert_eq!(listed.len(), 3);
    let first = listed[0].as_ref().expect("a.toml is right");
    assert_eq!(
        (first.name.as_str(), first.events, first.members),
        ("a", 20_000, 2)
    );
    assert_eq!(
        (first.span_us, first.reads_per_event),
        (3_600_000_000, 0.25)
    );
    assert!(first.about.starts_with("For tests:") && !first.about.contains('\n'));
    assert_eq!(listed[1].as_ref().expect("b.toml is right").name, "b");
    assert!(
        listed[2]
            .as_ref()
            .expect_err("c.toml is wrong")
            .to_string()
            .contains("c.toml:1:")
    );
}

#[test]
fn a_folder_that_is_not_there_is_one_error() {
    let listed = summaries(Path::new("no/such/folder"));
    assert_eq!(listed.len(), 1);
    let message = listed[0].as_ref().expect_err("no folder").to_string();
    assert!(
        message.contains("no/such/folder") && message.contains("help:"),
        "{message}"
    );
}
