//! Weeks as a session sees them, and keys that are not printed. Imports its
//! parent.

use super::*;
use crate::event::{Event, Kind};
use crate::policy::EPOCH_US;

fn view(actor: u64, week: u64) -> Event {
    let actor = (actor, Segment::Founder);
    Event::new(1, week * EPOCH_US, Kind::ProfileView, false, actor, 5, 0)
}

#[test]
fn a_session_counts_views_of_the_week_that_was_open_when_it_was() {
    let views = Views::unique(HiddenShare::new(0.0));
    assert!(views.viewing().viewer_of(&view(7, 0), false).is_none());
    views.open_epoch(1).unwrap();
    let viewing = views.viewing();
    assert!(viewing.viewer_of(&view(7, 0), false).is_none());
    let seen = viewing.viewer_of(&view(7, 1), false).unwrap();
    assert_eq!(seen.stamp.segment(), Segment::Founder);
    assert!(seen.is_counted());
    assert_ne!(seen.token, 7);
    assert_eq!(views.failed(), 2);
    assert_eq!(views.afresh().failed(), 0);
    // hidden viewers are of no segment of their own
    let hidden = Views::unique(HiddenShare::new(1.0));
    hidden.open_epoch(1).unwrap();
    let seen = hidden.viewing().viewer_of(&view(7, 1), false).unwrap();
    assert_eq!(seen.stamp.segment(), Segment::Other);
}

#[test]
fn keys_are_drawn_anew_and_never_printed() {
    let views = Views::unique(HiddenShare::new(0.0));
    let token = || {
        views.open_epoch(0).unwrap();
        views.viewing().viewer_of(&view(7, 0), false).unwrap().token
    };
    assert_ne!(token(), token());
    let rule = ReleaseRule {
        epsilon: crate::policy::Epsilon::of_thousandths(500),
        threshold: 10,
    };
    let released = Views::released(HiddenShare::new(0.1), Releasing::draw(rule).unwrap());
    released.open_epoch(0).unwrap();
    let printed = format!("{released:?}");
    assert!(printed.contains("key: NoiseKey"), "{printed}");
    assert!(printed.contains("key: PermutationKey }"), "{printed}");
}
