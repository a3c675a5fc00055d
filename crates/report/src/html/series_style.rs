//! Colours and marks of engines: those of the registry look the same in every
//! report; any other gets what is free on its page.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

/// Colours there are: Okabe and Ito's without yellow, which is too pale on
/// white, and with the colour of the text for their black. M. Okabe and
/// K. Ito, "Color Universal Design", 2002.
pub(in crate::html) const HUES: u8 = 7;
/// Marks there are: circle, square, triangle, diamond.
const MARKS: u8 = 4;

/// Hue and mark of the first of [`KNOWN`], which no engine that is not listed
/// has: not the hue at all, the mark only where every other is taken.
const FIRST: (u8, u8) = (0, 0);

/// Engines whose hue and mark never change, those that are compared most often
/// with hues of their own. An engine that is not listed gets what is free.
const KNOWN: [(&str, u8, u8); 16] = [
    ("dashmap", FIRST.0, FIRST.1),
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
pub(in crate::html) struct SeriesStyle {
    /// Index of its colour in the style sheet.
    pub(in crate::html) hue: u8,
    /// Index of its mark.
    pub(in crate::html) mark: u8,
    /// Hash of the name of an engine that is not known by name, whose colour
    /// and mark are free to change; else 0.
    #[serde(skip)]
    id: u64,
}

impl SeriesStyle {
    /// That of an engine of this name: its own where it is known by name, else
    /// what [`settle`] may change.
    pub(in crate::html) fn of(engine: &str) -> Self {
        if let Some(&(_, hue, mark)) = KNOWN.iter().find(|(name, ..)| *name == engine) {
            return Self::fixed(hue, mark);
        }
        // FNV-1a: any hash will do that never changes
        let hash = engine
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            });
        let id = notibench_core::unit::mix::mix(hash).max(1);
        let (hues, marks) = (u64::from(HUES - 1), u64::from(MARKS - 1));
        Self {
            hue: FIRST.0 + 1 + (id % hues) as u8,
            mark: FIRST.1 + 1 + ((id >> 32) % marks) as u8,
            id,
        }
    }

    /// This colour and mark, whatever else a page draws.
    pub(in crate::html) const fn fixed(hue: u8, mark: u8) -> Self {
        Self { hue, mark, id: 0 }
    }

    /// That of a figure that is no engine's.
    pub(in crate::html) const fn neutral() -> Self {
        Self::fixed(6, 0)
    }

    const fn slot(self) -> (u8, u8) {
        (self.hue, self.mark)
    }
}

/// Gives engines that are not known by name a colour and mark that no other
/// engine of the page has, as long as there are any left, in the colour that
/// the fewest others have. A function of the set of engines.
pub(in crate::html) fn settle(styles: &mut [&mut SeriesStyle]) {
    let mut taken: BTreeSet<(u8, u8)> = BTreeSet::new();
    taken.extend(
        styles
            .iter()
            .filter(|style| style.id == 0)
            .map(|style| style.slot()),
    );
    let free: BTreeSet<u64> = styles
        .iter()
        .map(|style| style.id)
        .filter(|&id| id != 0)
        .collect();
    let mut settled = BTreeMap::new();
    for id in free {
        let hues = (0..HUES).filter(|&hue| hue != FIRST.0);
        let slots = hues.flat_map(|hue| (0..MARKS).map(move |mark| (hue, mark)));
        let users = |hue: u8| taken.iter().filter(|(other, _)| *other == hue).count();
        // from the hash on, so that a name tends to keep its colour
        let turn =
            |hue: u8| (u64::from(hue) + u64::from(HUES) - id % u64::from(HUES)) % u64::from(HUES);
        let left = slots.filter(|slot| !taken.contains(slot));
        let best = left.min_by_key(|&(hue, mark)| {
            let is_first = mark == FIRST.1;
            (users(hue), is_first, turn(hue), mark)
        });
        if let Some(slot) = best {
            taken.insert(slot);
            settled.insert(id, slot);
        }
    }
    for style in styles {
        if let Some(&(hue, mark)) = settled.get(&style.id) {
            (style.hue, style.mark) = (hue, mark);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use notibench_engines::registry::ENTRIES;

    /// The slots of a page with these engines, in their order.
    fn on_a_page(names: &[&str]) -> Vec<(u8, u8)> {
        let mut styles: Vec<SeriesStyle> = names.iter().map(|name| SeriesStyle::of(name)).collect();
        settle(&mut styles.iter_mut().collect::<Vec<_>>());
        styles.into_iter().map(SeriesStyle::slot).collect()
    }

    fn assert_apart(names: &[&str]) {
        let slots = on_a_page(names);
        for (at, slot) in slots.iter().enumerate() {
            assert!(
                !slots[..at].contains(slot),
                "{} has {slot:?}, too",
                names[at]
            );
        }
    }

    #[test]
    fn every_engine_of_the_registry_and_of_ones_own_has_an_ink_of_its_own() {
        let mut names: Vec<&str> = ENTRIES.iter().map(|info| info.name).collect();
        assert_apart(&names);
        names.extend(["mine", "my-map", "ünïcode", "</script>"]);
        assert_apart(&names);
    }

    #[test]
    fn an_engine_of_ones_own_has_a_colour_of_its_own_while_there_is_one() {
        for number in 0..200 {
            let mine = format!("mine-{number}");
            let slots = on_a_page(&["dashmap", "dashmap-naive", "sharded-mutex", &mine]);
            let others = slots[..3].iter().map(|(hue, _)| hue);
            assert!(
                others.clone().all(|hue| *hue != slots[3].0),
                "{mine}: {slots:?}"
            );
            assert!(slots[3].0 < HUES && slots[3].1 < MARKS);
            // nor dashmap's mark, nor either of them on a page without it
            let alone = on_a_page(&[&mine, "papaya"])[0];
            for (hue, mark) in [slots[3], alone] {
                assert!(hue != FIRST.0 && mark != FIRST.1, "{mine}: {hue} {mark}");
            }
            // wherever it stands on the page
            let turned = on_a_page(&[&mine, "sharded-mutex", "dashmap-naive", "dashmap"]);
            assert_eq!(turned[0], slots[3]);
        }
    }

    #[test]
    fn more_engines_than_inks_are_drawn_all_the_same() {
        let names: Vec<String> = (0..60).map(|number| format!("mine-{number}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let slots = on_a_page(&names);
        let distinct: BTreeSet<_> = slots.iter().collect();
        assert_eq!(distinct.len(), usize::from((HUES - 1) * MARKS));
        assert!(slots.iter().all(|slot| slot.0 != FIRST.0));
    }
}
