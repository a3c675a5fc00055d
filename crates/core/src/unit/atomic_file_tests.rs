//! Tests of files that are written whole.

use super::*;

#[test]
fn a_failed_write_leaves_what_was_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("record.json");
    write_atomically(&path, |out| out.write_all(b"first")).unwrap();
    let failed = write_atomically(&path, |out| {
        out.write_all(b"half")?;
        Err(io::Error::other("interrupted"))
    });
    assert!(failed.unwrap_err().to_string().contains("record.json"));
    assert_eq!(std::fs::read(&path).unwrap(), b"first");
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        1,
        "no litter"
    );
}

#[test]
fn a_file_is_replaced_with_and_without_a_name_in_passing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("record.json");
    let write = |mut temporary: Temporary, text: &[u8]| {
        temporary.file().write_all(text).unwrap();
        temporary.put_at(&path).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), text);
        let files = std::fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(files, 1, "no litter");
    };
    for text in [&b"first"[..], b"second"] {
        write(Temporary::in_folder(folder.path()).unwrap(), text);
    }
    for text in [&b"third"[..], b"fourth"] {
        write(Temporary::named(folder.path()).unwrap(), text);
        std::fs::remove_file(&path).unwrap();
    }
}

#[test]
fn of_one_name_each_writer_that_starts_at_once_gets_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let names = || (0..).map(|copy| folder.path().join(format!("{copy}.json")));
    let start = std::sync::Barrier::new(8);
    std::thread::scope(|scope| {
        for writer in 0..8 {
            let (start, names) = (&start, &names);
            scope.spawn(move || {
                start.wait();
                let text = format!("of {writer}");
                let path = write_new(names(), |out| out.write_all(text.as_bytes())).unwrap();
                assert_eq!(std::fs::read_to_string(path).unwrap(), text);
            });
        }
    });
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 8);
    let taken = write_new([folder.path().join("0.json")], |_| Ok(()));
    assert_eq!(
        taken.unwrap_err().source.kind(),
        io::ErrorKind::AlreadyExists
    );
    // the same by a file that has a name in passing
    let named = Temporary::named(folder.path()).unwrap();
    let (named, _) = named
        .put_at_new(&folder.path().join("0.json"))
        .expect_err("the name is taken");
    named.put_at_new(&folder.path().join("free.json")).unwrap();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 9);
}

#[cfg(unix)]
#[test]
fn a_link_stays_and_its_target_is_written_whole() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::create_dir(at("far")).unwrap();
    symlink("far/record.json", at("far.json")).unwrap();
    symlink(at("far.json"), at("twice.json")).unwrap();
    // the target is missing at first, then replaced
    for (name, text) in [("far.json", "first"), ("twice.json", "second")] {
        check_writable(&at(name)).unwrap();
        write_atomically(&at(name), |out| out.write_all(text.as_bytes())).unwrap();
        assert!(at(name).is_symlink());
        assert_eq!(
            std::fs::read_to_string(at("far/record.json")).unwrap(),
            text
        );
    }
    assert_eq!(std::fs::read_dir(at("far")).unwrap().count(), 1);
    symlink("round.json", at("round.json")).unwrap();
    assert!(check_writable(&at("round.json")).is_err());
    assert!(write_atomically(&at("round.json"), |_| Ok(())).is_err());
    symlink("/no/such/folder/file", at("nowhere.json")).unwrap();
    assert!(check_writable(&at("nowhere.json")).is_err());
}

#[test]
fn what_cannot_be_written_is_known_beforehand() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("record.json");
    check_writable(&path).unwrap();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    std::fs::write(&path, "first").unwrap();
    check_writable(&path).unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), b"first");
    assert!(check_writable(folder.path()).is_err(), "a folder");
    assert!(check_writable(&path.join("below")).is_err(), "below a file");
    for missing in ["new/record.json", "new/", ""] {
        let path = folder.path().join("no").join(missing);
        let message = check_writable(&path).unwrap_err().to_string();
        assert!(!message.contains(PREFIX), "{message}");
    }
    assert!(check_writable(Path::new("")).is_err());
    assert!(check_writable(Path::new("/proc/record.json")).is_err());
}

#[test]
fn a_full_disk_is_an_error() {
    if Path::new("/dev/full").exists() {
        let failed = write_atomically(Path::new("/dev/full"), |out| out.write_all(b"x"));
        assert!(failed.is_err());
    }
}

#[test]
fn a_missing_folder_is_an_error_that_names_the_file() {
    let failed = write_atomically(Path::new("/no/such/folder/file"), |_| Ok(()));
    let message = failed.unwrap_err().to_string();
    assert!(
        message.contains("/no/such/folder/file") && message.contains("--out"),
        "{message}"
    );
}
