//! Tests of runs in processes of their own.

use super::*;
use crate::Silent;
use notibench_record::fixture;

/// What a shell gives for a script, the stop flag unset.
fn shell(script: &str) -> Result<Record, ChildError> {
    let words = ["-c", script].map(OsString::from);
    run_child(Path::new("/bin/sh"), &words, &StopFlag::default())
}

#[test]
fn the_record_that_it_prints_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("record.json");
    let record = fixture::record();
    record.save(&path).unwrap();
    let read = shell(&format!("echo progress >&2; cat '{}'", path.display()));
    assert_eq!(read.unwrap(), record);
}

#[test]
fn what_it_said_last_is_told() {
    let error = shell("seq 1 20 >&2; printf 'oh\\033[31mno\\n' >&2; exit 7").unwrap_err();
    let words = error.to_string();
    assert!(words.contains("exit status: 7"), "{words}");
    assert!(
        words.ends_with("\n  19\n  20\n  oh [31mno") && !words.contains("\n  13\n"),
        "{words}"
    );
}

#[test]
fn each_end_has_its_own_error() {
    assert!(matches!(shell("exit 3"), Err(ChildError::Wrong { .. })));
    assert!(matches!(shell("exit 130"), Err(ChildError::Interrupted)));
    assert!(matches!(
        shell("kill -9 $$"),
        Err(ChildError::Failed { status, .. }) if status.contains("signal: 9")
    ));
    for (script, why) in [
        ("true", "printed nothing"),
        ("echo hello", "not a record"),
        ("echo '{\"schema\":\"other/7\"}'", "schema other/7"),
    ] {
        let error = shell(script).unwrap_err();
        assert!(matches!(error, ChildError::NoRecord { .. }));
        assert!(error.to_string().contains(why), "{error}");
    }
    let gone = run_child(Path::new("/no/such/file"), &[], &StopFlag::default());
    assert!(matches!(gone, Err(ChildError::NotStarted { .. })));
}

#[test]
fn a_turn_gives_the_old_one_first_whoever_ran_first() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("record.json");
    let record = fixture::record();
    record.save(&path).unwrap();
    let script = format!("cat '{}'", path.display());
    let words = ["-c", &script].map(OsString::from);
    let shell = Path::new("/bin/sh");
    let mut firsts = [0, 0];
    for turn in 0..20 {
        let mut order = Vec::new();
        let stop = StopFlag::default();
        let begins = &mut |at| order.push(at);
        let [old, new] = run_turn([shell; 2], &words, (7, turn), &stop, begins).unwrap();
        assert_eq!((&old, &new), (&record, &record));
        firsts[order[0]] += 1;
        order.sort_unstable();
        assert_eq!(order, [0, 1]);
    }
    assert!(firsts.iter().all(|&count| count > 3), "{firsts:?}");
}

/// A shell that prints the fixture's record, up to process `fails`, which
/// ends as `script` says.
fn in_processes(fails: usize, script: &str) -> Result<Record, ChildError> {
    let folder = tempfile::tempdir().unwrap();
    let words = |number: usize| {
        let path = folder.path().join(format!("{number}.json"));
        let mut record = fixture::record();
        for trial in &mut record.trials {
            trial.process = number;
        }
        record.plan.processes = 3;
        record.save(&path).unwrap();
        let prints = format!("cat '{}'", path.display());
        let script = if number == fails { script } else { &prints };
        ["-c", script].map(OsString::from).to_vec()
    };
    let shell = Path::new("/bin/sh");
    run_in_processes(shell, words, 3, &StopFlag::default(), &mut Silent)
}

#[test]
fn the_records_of_several_processes_are_one() {
    let trials = fixture::record().trials.len();
    let whole = in_processes(9, "").unwrap();
    assert!(whole.complete);
    assert_eq!(whole.trials.len(), 3 * trials);
    let interrupted = in_processes(2, "exit 130").unwrap();
    assert!(!interrupted.complete);
    assert_eq!(interrupted.trials.len(), 2 * trials);
    let none = in_processes(0, "exit 130");
    assert!(matches!(none, Err(ChildError::Interrupted)));
    let wrong = in_processes(1, "exit 3");
    assert!(matches!(wrong, Err(ChildError::Wrong { .. })));
}

#[test]
fn the_stop_flag_ends_it() {
    let stop = StopFlag::default();
    stop.set();
    let words = ["-c", "exec sleep 600"].map(OsString::from);
    let ended = run_child(Path::new("/bin/sh"), &words, &stop);
    assert!(matches!(ended, Err(ChildError::Interrupted)));
}
