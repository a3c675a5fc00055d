//! Engines that are right in the end, and show it too late.

use std::num::NonZeroU32;

use notibench_core::policy::MemberSettings;
use notibench_core::viewing::Views;

use super::*;

#[test]
fn stale_answers_about_pushes_are_caught() {
    let settings = MemberSettings {
        pushes_per_day: NonZeroU32::new(3),
        ..MemberSettings::default()
    };
    let mut config = EngineConfig::new(2);
    config.views = Views::default().with_settings(settings);
    check_freshness::<Broken<SOUND>>(&config, &small()[..2_000], 10).unwrap();
    config.views = config.views.afresh();
    let verdict = check_freshness::<Broken<STALE_PUSHES>>(&config, &small()[..2_000], 10);
    assert_caught(verdict, &["another session sees: member ", "pushes"]);
}

#[test]
fn an_engine_that_is_late_breaks_its_promise_of_immediacy() {
    prove::<LATE>(&small()).unwrap();
    let verdict = check_freshness::<Broken<LATE>>(&EngineConfig::new(2), &small()[..2_000], 10);
    assert_caught(verdict, &["after 10 events another session sees: "]);
}

#[test]
fn an_engine_that_defers_longer_than_it_states_is_caught() {
    let config = EngineConfig::new(2);
    let events = small();
    for batch in [1, 10, 97] {
        prove::<DEFERS>(&events).unwrap();
        check_freshness::<Broken<DEFERS>>(&config, &events, batch).unwrap();
        // everything is there in the end
        prove::<DEFERS_LONGER>(&events).unwrap();
        let verdict = check_freshness::<Broken<DEFERS_LONGER>>(&config, &events, batch);
        assert_caught(verdict, &["after ", ", 500 of them since, another session"]);
    }
}
