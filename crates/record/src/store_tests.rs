//! Tests of saving, loading and validation.

use super::*;
use crate::{Pass, fixture};
use proptest::prelude::*;

fn read(text: &str) -> Result<Record, RecordError> {
    Record::from_json(text.as_bytes(), Path::new("r.json"))
}

/// The message of reading the fixture after `change`.
fn complaint(change: impl FnOnce(&mut Record)) -> String {
    let mut record = fixture::record();
    change(&mut record);
    read(&record.to_json()).unwrap_err().to_string()
}

#[test]
fn what_is_saved_loads_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("record.json");
    let record = fixture::record();
    record.save(&path).unwrap();
    assert_eq!(Record::load(&path).unwrap(), record);
    assert!(std::fs::read_to_string(&path).unwrap().ends_with("}\n"));
}

#[test]
fn a_byte_order_mark_is_passed_over_and_other_encodings_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("record.json");
    let json = fixture::record().to_json();
    std::fs::write(&path, format!("\u{feff}{json}")).unwrap();
    assert_eq!(Record::load(&path).unwrap(), fixture::record());
    let utf16: Vec<u8> = json.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (bytes, part) in [(utf16, "UTF-16"), (b"PK\x03\x04".to_vec(), "zip archive")] {
        std::fs::write(&path, bytes).unwrap();
        let message = Record::load(&path).unwrap_err().to_string();
        assert!(message.contains(part), "{message}");
    }
}

#[test]
fn a_record_packed_with_gzip_is_read_and_one_cut_short_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("record.json.gz");
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    io::Write::write_all(&mut packer, fixture::record().to_json().as_bytes()).unwrap();
    let packed = packer.finish().unwrap();
    std::fs::write(&path, &packed).unwrap();
    assert_eq!(Record::load(&path).unwrap(), fixture::record());
    std::fs::write(&path, &packed[..packed.len() / 2]).unwrap();
    let message = Record::load(&path).unwrap_err().to_string();
    assert!(message.contains("record.json.gz"), "{message}");
}

#[test]
fn a_missing_file_is_named() {
    let message = Record::load(Path::new("/no/such/record.json"))
        .unwrap_err()
        .to_string();
    assert!(message.contains("/no/such/record.json"), "{message}");
}

#[test]
fn another_schema_is_refused_before_its_fields() {
    let message = read(r#"{"schema":"notibench-record/9","unheard_of":1}"#)
        .unwrap_err()
        .to_string();
    assert!(
        message
            .contains("written by schema notibench-record/9; this build reads notibench-record/1"),
        "{message}"
    );
    let message = read("{}").unwrap_err().to_string();
    assert!(
        message.contains("written by schema nothing named"),
        "{message}"
    );
}

#[test]
fn a_truncated_file_is_called_so_wherever_it_ends() {
    let json = fixture::with_rounds(1).to_json();
    for length in (0..json.len() - 2).step_by(97) {
        let error = read(&json[..length]).unwrap_err();
        assert!(
            matches!(error, RecordError::Truncated { .. }),
            "{length}: {error}"
        );
    }
    assert!(
        read(&json[..500])
            .unwrap_err()
            .to_string()
            .starts_with("r.json:")
    );
}

#[test]
fn a_wrong_field_is_found_by_line_and_column() {
    let json = fixture::record().to_json();
    let message = read(&json.replace("\"seed\": 42", "\"seed\": \"x\""))
        .unwrap_err()
        .to_string();
    let line = 1 + json
        .lines()
        .position(|line| line.contains("\"seed\": 42"))
        .unwrap();
    assert!(message.starts_with(&format!("r.json:{line}:")), "{message}");
    assert!(
        message.contains("expected u64") && !message.contains("at line"),
        "{message}"
    );
    let message = read(&json.replace("\"seed\"", "\"sead\""))
        .unwrap_err()
        .to_string();
    assert!(message.contains("unknown field `sead`"), "{message}");
}

#[test]
fn contradictions_are_found() {
    let message = complaint(|record| record.trials[3].engine = "ghost".to_owned());
    assert!(message.contains("trial 3 is of `ghost`"), "{message}");
    let message = complaint(|record| record.proofs[0].engine = "ghost".to_owned());
    assert!(message.contains("a proof is of `ghost`"), "{message}");
    let message = complaint(|record| record.engines[1].name = "dashmap-naive".to_owned());
    assert!(message.contains("`dashmap-naive` twice"), "{message}");
    let message = complaint(|record| record.trials[5].round = 0);
    assert!(message.contains("ran twice in round 0"), "{message}");
    let message = complaint(|record| {
        *record = fixture::with_warm_passes();
        let last = record.trials.len() - 1;
        record.trials[last].pass = Pass::Fresh;
    });
    assert!(message.contains("ran twice in round 5"), "{message}");
    let message = complaint(|record| {
        record.oracle.as_mut().unwrap().warm_snapshot_digest = Some("short".to_owned());
    });
    assert!(message.contains("oracle.warm_snapshot_digest"), "{message}");
    let message = complaint(|record| {
        record.trials[2].ingest_service_ns.truncate(40);
    });
    assert!(
        message.contains("trial 2") && message.contains("truncated"),
        "{message}"
    );
    let message = complaint(|record| record.trials[0].events_digest = Some("12".to_owned()));
    assert!(message.contains("`events_digest`"), "{message}");
}

#[test]
fn numbers_that_are_none_are_not_saved() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("record.json");
    let mut record = fixture::record();
    record.clock.cost_ns = f64::NAN;
    let message = record.save(&path).unwrap_err().to_string();
    assert!(message.contains("clock.cost_ns"), "{message}");
    assert!(!path.exists());
    assert!(read(&fixture::record().to_json().replace("21.5", "1e999")).is_err());
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = Record::from_json(&bytes, Path::new("r.json"));
    }

    #[test]
    fn no_altered_record_panics(at in 0.0..1.0_f64, byte in any::<u8>()) {
        let mut bytes = fixture::with_rounds(1).to_json().into_bytes();
        let at = (at * bytes.len() as f64) as usize;
        bytes[at] = byte;
        if let Err(error) = Record::from_json(&bytes, Path::new("r.json")) {
            prop_assert!(error.to_string().starts_with("r.json"));
        }
    }
}
