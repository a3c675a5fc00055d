//! Keys that are not printed.

use super::*;

#[test]
fn keys_are_drawn_anew_and_nothing_secret_is_printed() {
    let views = Views::unique(HiddenShare::new(0.0));
    let token = || {
        views.open_epoch(0).unwrap();
        let epochs = views.epochs.as_ref().unwrap();
        let open = epochs.open.read();
        open.as_ref().unwrap().key.token(Surface::Profile, 5, 7)
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
    assert!(
        printed.contains("key: PermutationKey, seen: SeenSet }"),
        "{printed}"
    );
}
