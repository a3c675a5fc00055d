//! Tests of what a machine says of itself.

use super::*;

#[test]
fn a_debug_build_on_a_busy_machine_is_found_out() {
    let env = Environment {
        profile: "debug".to_owned(),
        cores: 2,
        load_1m: 5.0,
        governor: Some("powersave".to_owned()),
        ..Environment::default()
    };
    let spoiled: Vec<_> = findings(&env, 30.0)
        .into_iter()
        .filter(|f| f.fix.is_some())
        .map(|f| f.what)
        .collect();
    for what in ["build", "load", "governor", "memory"] {
        assert!(spoiled.contains(&what), "{what} in {spoiled:?}");
    }
    assert!(!spoiled.contains(&"clock cost"));
}

#[test]
fn bracketed_modes_are_read() {
    assert_eq!(chosen("always [madvise] never"), "madvise");
    assert_eq!(chosen("tsc"), "tsc");
}

#[test]
fn processors_are_named_on_other_architectures() {
    let arm = "processor\t: 0\nCPU implementer\t: 0x41\nCPU part\t: 0xd0c\n";
    let cases = [
        ("model name\t: A B\n", Some("A B")),
        (arm, Some("implementer 0x41, part 0xd0c")),
        ("processor\t: 0\nmodel name\t: \n", None),
        ("", None),
    ];
    for (cpuinfo, name) in cases {
        assert_eq!(processor_name(cpuinfo).as_deref(), name, "{cpuinfo}");
    }
}

#[test]
fn a_processor_says_what_it_is_beside_its_name() {
    let x86 = "processor\t: 0\nvendor_id\t: AuthenticAMD\ncpu family\t: 25\nmodel\t\t: 17\n\
               model name\t: AMD EPYC\nstepping\t: 1\n";
    let arm = "processor\t: 0\nCPU implementer\t: 0x41\nCPU architecture: 8\n\
               CPU variant\t: 0x3\nCPU part\t: 0xd0c\nCPU revision\t: 1\n";
    for (cpuinfo, wanted) in [
        (x86, Some(["AuthenticAMD", "25", "17", "1"])),
        (arm, Some(["0x41", "8", "0xd0c", "r0x3p1"])),
        ("vendor_id\t: AuthenticAMD\nmodel name\t: AMD EPYC\n", None),
        ("", None),
    ] {
        let found = processor_id(cpuinfo);
        let found = found.map(|id| [id.vendor, id.family, id.model, id.stepping]);
        assert_eq!(found, wanted.map(|id| id.map(str::to_owned)), "{cpuinfo}");
    }
}

#[test]
fn this_machine_can_be_examined() {
    let env = examine();
    assert!(env.cores >= 1 && !findings(&env, 20.0).is_empty());
}
