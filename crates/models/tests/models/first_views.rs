//! A model of the admission of first views: of all sessions that bring the same
//! view exactly one has it admitted, whether it looks at events one by one or
//! sweeps over the stripes of a batch.

use std::sync::Arc;

use super::counting::ViewFilter;
use crate::event::{Event, Kind, Segment};
use crate::policy::HiddenShare;
use crate::viewing::Views;
use crate::{Fault, check};

/// Two viewers of a profile, and, with `more`, what is no view, so that the
/// batch is long enough to be grouped.
fn batch(more: usize) -> Vec<Event> {
    let event = |kind, actor| Event::new(1, 0, kind, false, (actor, Segment::Other), 5, 0);
    let views = [7, 8].map(|viewer| event(Kind::ProfileView, viewer));
    let others = std::iter::repeat_n(event(Kind::MemberFollow, 9), more);
    views.into_iter().chain(others).collect()
}

/// Views that a session of that worker has admitted of a batch.
fn admitted(views: &Views, worker: usize, batch: &[Event]) -> usize {
    let mut filter = ViewFilter::of(views, worker).unwrap();
    let admitted = filter.admitted(batch).iter();
    let is_view = |event: &&Event| event.kind() == Kind::ProfileView && !event.is_self_action();
    admitted.filter(is_view).count()
}

fn two_sessions(more: usize) {
    let views = Arc::new(Views::unique(HiddenShare::new(0.0)));
    views.open_epoch(0).unwrap();
    let other = {
        let views = Arc::clone(&views);
        loom::thread::spawn(move || admitted(&views, 1, &batch(more)))
    };
    let own = admitted(&views, 0, &batch(more));
    let both = own + other.join().unwrap();
    assert_eq!(both, 2, "each of two viewers counts once");
}

#[test]
fn a_view_that_two_sessions_bring_is_admitted_once() {
    for more in [0, 6] {
        check(None, &[Fault::NoMutex], move |_| two_sessions(more));
    }
}
