//! Colours and marks of engines: a function of the name alone, so that an
//! engine looks the same in every report. Imports `unit::hash`'s kin only.

use serde::Serialize;

/// Colours there are: Okabe and Ito's without yellow, which is too pale on
/// white, and with the colour of the text for their black. M. Okabe and
/// K. Ito, "Color Universal Design", 2002.
pub(super) const HUES: u8 = 7;
/// Marks there are: circle, square, triangle, diamond.
const MARKS: u8 = 4;

/// The engines that are known by name: each its own hue and mark, those that
/// are compared most often with hues of their own.
const KNOWN: [(&str, u8, u8); 16] = [
    ("dashmap", 0, 0),
    ("dashmap-naive", 6, 0),
    ("sharded-mutex", 1, 0),
    ("partitioned", 2, 0),
    ("papaya", 3, 0),
    ("scc", 4, 0),
    ("actor", 5, 0),
    ("dashmap-deferred", 3, 1),
    ("dashmap-entry", 4, 1),
    ("fold-reduce", 5, 1),
    ("global-mutex", 1, 1),
    ("null", 6, 3),
    ("limit-read", 0, 3),
    ("limit-flat", 1, 3),
    ("limit-state", 2, 3),
    ("limit-partitioned", 3, 3),
];

/// How one engine is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Ink {
    /// Index of its colour in the style sheet.
    pub(super) hue: u8,
    /// Index of its mark.
    pub(super) mark: u8,
}

impl Ink {
    /// That of an engine of this name.
    pub(super) fn of(engine: &str) -> Self {
        if let Some(&(_, hue, mark)) = KNOWN.iter().find(|(name, ..)| *name == engine) {
            return Self { hue, mark };
        }
        // FNV-1a: any hash will do that never changes
        let hash = engine
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            });
        let mixed = crate::unit::mix::mix(hash);
        Self {
            hue: (mixed % u64::from(HUES)) as u8,
            mark: ((mixed >> 32) % u64::from(MARKS)) as u8,
        }
    }

    /// That of a figure that is no engine's.
    pub(super) const fn neutral() -> Self {
        Self { hue: 6, mark: 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::registry::ENTRIES;

    #[test]
    fn every_engine_of_the_registry_has_an_ink_of_its_own() {
        let inks: Vec<(u8, u8)> = ENTRIES
            .iter()
            .map(|info| {
                let ink = Ink::of(info.name);
                (ink.hue, ink.mark)
            })
            .collect();
        for (at, ink) in inks.iter().enumerate() {
            assert!(
                !inks[..at].contains(ink),
                "{} has {ink:?}, too",
                ENTRIES[at].name
            );
        }
    }

    #[test]
    fn an_unknown_name_has_an_ink_that_is_there() {
        for name in ["", "my-engine", "</script>", "ünïcode"] {
            let ink = Ink::of(name);
            assert!(ink.hue < HUES && ink.mark < MARKS);
            assert_eq!(ink, Ink::of(name));
        }
    }
}
