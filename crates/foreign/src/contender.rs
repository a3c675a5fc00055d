//! A library's map as a contender. The trials of its engine are compiled here,
//! and not in the command, so that they are optimised like those of all engines.

use notibench_core::store::StoreEngine;
use notibench_harness::Contender;

use crate::library::LibraryMap;
use crate::map::{BulkForeignMap, SingleForeignMap, address_of};
use crate::null_map::NullForeignMap;

/// The contender of a map, under the map's name.
#[must_use]
pub fn contender_of(map: &LibraryMap) -> Contender {
    let contender = match map.is_bulk() {
        true => Contender::of::<StoreEngine<BulkForeignMap>>(),
        false => Contender::of::<StoreEngine<SingleForeignMap>>(),
    };
    // names live as long as the program, like those of the registry
    let text = |text: &str| -> &'static str { text.to_owned().leak() };
    contender
        .at(&address_of(map))
        .renamed(text(map.name()), text(map.about()))
}

/// The probe of the interface itself.
#[must_use]
pub fn null_contender() -> Contender {
    Contender::of::<StoreEngine<NullForeignMap>>()
}
