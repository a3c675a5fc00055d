//! A workload's own stream, fitted: the parameters that made it lie within
//! the stated intervals.

use notibench_core::event::{Event, Kind};
use notibench_workload::generator::Generator;
use notibench_workload::trace::{Census, Fit, Trace, TraceFormat, fit};
use notibench_workload::{TimeShape, Workload};

use super::binary::{output, succeed, text};
use super::read;

fn workload(change: impl FnOnce(&mut Workload)) -> Workload {
    let text = include_str!("../../workloads/steady_week.toml");
    let mut workload = Workload::parse("steady_week.toml", text).unwrap();
    workload.events = 200_000;
    workload.population.members = 8_000;
    change(&mut workload);
    workload
}

fn trace_of(workload: &Workload, seed: u64) -> Trace {
    let events = Generator::new(workload, seed).events(0..workload.events);
    Trace {
        format: TraceFormat::Csv,
        digest: events.iter().map(Event::digest).sum(),
        events,
        counts: notibench_workload::trace::Counts::default(),
        origin_us: None,
    }
}

fn fitted(workload: &Workload, seed: u64) -> Fit {
    let trace = trace_of(workload, seed);
    fit("again", &trace, &Census::of(&trace.events)).unwrap()
}

#[test]
fn a_workload_is_recovered_from_its_own_stream() {
    let mut outside = Vec::new();
    for (seed, exponents) in [(1, (0.741, 0.5)), (2, (0.99, 0.0)), (3, (0.3, 1.1))] {
        let made = workload(|w| {
            w.population.recipient_exponent = exponents.0;
            w.population.actor_exponent = exponents.1;
        });
        let found = fitted(&made, seed);
        let of = &found.workload;
        for (fitted, wanted) in [
            (found.recipients.exponent, exponents.0),
            (found.actors.exponent, exponents.1),
            (found.undo, made.mix.undo),
        ] {
            // an exponent of 0 is the end of what is possible
            if !fitted.holds(wanted) && (wanted > 0.0 || fitted.low > 0.001) {
                outside.push((wanted, fitted));
            }
        }
        let width = found.recipients.exponent.high - found.recipients.exponent.low;
        assert!(width < 0.15, "{width}");
        assert!(
            found.recipients.distance < 0.03,
            "{}",
            found.recipients.distance
        );
        for role in [found.recipients, found.actors] {
            assert!(role.is_law && !role.is_top_off(), "{role:?}");
        }
        assert!(found.has_segments);
        let members = of.population.members as f64 / 8_000.0;
        assert!((0.9..1.1).contains(&members), "{members}");
        for kind in Kind::ALL {
            let (a, b) = (made.mix.kinds[kind as usize], of.mix.kinds[kind as usize]);
            assert!((a - b).abs() < 0.005, "{kind:?}: {a} {b}");
        }
        let off = (of.mix.duplicate - made.mix.duplicate).abs();
        assert!(off < 0.003, "{}", of.mix.duplicate);
        assert!((of.mix.self_action - made.mix.self_action).abs() < 0.001);
        assert!(
            (of.population.hot_share - 0.1).abs() < 0.06,
            "{:?}",
            of.population
        );
        assert_eq!(of.population.contents_per_member, 4);
        assert_eq!(of.time, TimeShape::Constant);
        for (a, b) in made.population.segments.iter().zip(of.population.segments) {
            assert!((a - b).abs() < 0.02, "{a} {b}");
        }
    }
    // at 95% one of nine is no surprise
    assert!(outside.len() <= 1, "{outside:?}");
}

#[test]
fn day_and_night_are_recovered() {
    let made = workload(|w| {
        w.events = 300_000;
        w.time = TimeShape::Diurnal {
            peak_to_mean: 2.0,
            weekend: 0.5,
            zones: vec![(-5.0, 1.0)],
        };
    });
    let found = fitted(&made, 5);
    let Some(peak) = found.peak_to_mean else {
        panic!("no day was found");
    };
    assert!(peak.holds(2.0), "{peak:?}");
    assert!(peak.high - peak.low < 0.1, "{peak:?}");
    let TimeShape::Diurnal { weekend, zones, .. } = &found.workload.time else {
        panic!("{:?}", found.workload.time);
    };
    assert!((zones[0].0 + 5.0).abs() <= 0.25, "{zones:?}");
    assert!((weekend - 0.5).abs() < 0.1, "{weekend}");
}

#[test]
fn fit_and_describe_as_a_user_meets_them() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (log, made) = (path("log.csv"), path("made.toml"));
    let steady = "workloads/steady_week.toml";
    succeed(&["generate", steady, "--events", "2k", "--out", &log]);
    let refused = output(&["fit", &log]);
    assert_eq!(refused.status.code(), Some(1));
    let words = text(&refused.stderr);
    assert!(
        words.contains("any number of others may be there"),
        "{words}"
    );
    let small = "workloads/smoke/diurnal_snowflake.toml";
    succeed(&["generate", small, "--events", "20k", "--out", &log]);
    let told = succeed(&["fit", &log, "--out", &made]);
    assert!(
        text(&told.stderr).contains("recipient_exponent 0."),
        "{}",
        text(&told.stderr)
    );
    let workload = std::fs::read_to_string(&made).unwrap();
    assert!(Workload::parse(&made, &workload).is_ok());
    let printed = text(&succeed(&["fit", &log]).stdout);
    assert_eq!(printed, workload);
    let table = text(&succeed(&["describe", &log, &made]).stdout);
    let row = |name: &str| {
        let found = table.lines().find(|line| line.starts_with(name));
        found
            .unwrap_or_else(|| panic!("{name}: {table}"))
            .to_owned()
    };
    assert!(row("events").contains("20,000"), "{table}");
    assert_eq!(row("profile_view").matches('%').count(), 2, "{table}");
    assert!(!table.contains("reads"), "a trace has none: {table}");
    let reads = text(&succeed(&["describe", steady, "--events", "4k"]).stdout);
    assert!(
        reads
            .lines()
            .any(|line| line.starts_with("reads") && line.ends_with("1,000"))
    );
    let refused = output(&["fit", "no/such.csv"]);
    assert_eq!(refused.status.code(), Some(1));
}

#[test]
fn traces_of_very_little_are_refused_without_a_panic() {
    let header = "index,at_us,kind,undo,actor,segment,recipient,content\n";
    for rows in [
        "0,0,profile_view,0,1,sales,2,0\n",
        "0,0,post_like,1,1,sales,2,9\n",
        "0,0,mark_read,0,1,sales,1,0\n",
        "0,0,member_follow,0,1,sales,1,0\n5,9223372036854775807,mark_read,0,2,sales,2,0\n",
    ] {
        let trace = read(TraceFormat::Csv, format!("{header}{rows}").as_bytes()).unwrap();
        let refused = fit("little", &trace, &Census::of(&trace.events)).unwrap_err();
        assert!(
            refused.to_string().contains("no workload can be fitted"),
            "{refused}"
        );
    }
}

#[test]
fn traces_of_little_are_fitted_into_files_that_can_be_read() {
    let header = "index,at_us,kind,undo,actor,segment,recipient,content\n";
    for kind in ["member_follow", "post_like"] {
        let content = u8::from(kind == "post_like");
        let row = |n: u64| {
            let (actor, recipient) = (n % 4, 10 + n % 3 * (n % 2));
            format!("{n},{n},{kind},0,{actor},sales,{recipient},{content}\n")
        };
        let rows: String = (0..60).map(row).collect();
        let trace = read(TraceFormat::Csv, format!("{header}{rows}").as_bytes()).unwrap();
        let mut found = fit("little", &trace, &Census::of(&trace.events)).unwrap();
        found.workload.about = notibench_workload::trace::about(&found, "a test");
        let text = notibench_workload::trace::fitted_file(&found);
        let again = Workload::parse("little.toml", &text);
        assert!(
            again.is_ok(),
            "{text}\n{}",
            again.unwrap_err().render(false)
        );
        // its reads are a comment that can be taken off
        let asked: String = text
            .lines()
            .map(|line| match line.strip_prefix("# ") {
                Some(rest) if rest.starts_with('[') || rest.contains(" = ") => format!("{rest}\n"),
                _ => format!("{line}\n"),
            })
            .collect();
        let asked = Workload::parse("little.toml", &asked)
            .unwrap_or_else(|error| panic!("{}", error.render(false)));
        assert!(asked.reads.per_event > 0.0);
    }
}
