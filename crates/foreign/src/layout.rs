//! The structs of `include/notibench.h`, as Rust sees them.

use std::ffi::{c_char, c_int, c_void};

/// The version of the interface.
pub(crate) const VERSION: u32 = 1;

/// What a library exports.
pub(crate) const SYMBOL: &str = "notibench_maps";

pub(crate) type Maps = unsafe extern "C" fn(usize) -> *const MapFunctions;

/// What a map is made for.
#[repr(C)]
pub(crate) struct Options {
    pub(crate) value_size: usize,
    pub(crate) value_align: usize,
    pub(crate) threads: usize,
    pub(crate) stop: *const u8,
}

pub(crate) type Change = unsafe extern "C" fn(*mut c_void, *mut c_void, c_int);
pub(crate) type ChangeAt = unsafe extern "C" fn(*mut c_void, usize, *mut c_void, c_int);
pub(crate) type Look = unsafe extern "C" fn(*mut c_void, *const c_void);
pub(crate) type Visit = unsafe extern "C" fn(*mut c_void, u64, *mut c_void);

/// One map of a library; a function that is not there is none.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct MapFunctions {
    pub(crate) version: u32,
    pub(crate) name: *const c_char,
    pub(crate) about: *const c_char,
    pub(crate) create: Option<unsafe extern "C" fn(*const Options) -> *mut c_void>,
    pub(crate) session: Option<unsafe extern "C" fn(*mut c_void, usize) -> *mut c_void>,
    pub(crate) update: Option<unsafe extern "C" fn(*mut c_void, u64, Change, *mut c_void)>,
    pub(crate) update_many:
        Option<unsafe extern "C" fn(*mut c_void, *const u64, usize, ChangeAt, *mut c_void)>,
    pub(crate) look: Option<unsafe extern "C" fn(*mut c_void, u64, Look, *mut c_void)>,
    pub(crate) visit: Option<unsafe extern "C" fn(*mut c_void, Visit, *mut c_void)>,
    pub(crate) bytes: Option<unsafe extern "C" fn(*mut c_void) -> usize>,
    pub(crate) end_session: Option<unsafe extern "C" fn(*mut c_void)>,
    pub(crate) destroy: Option<unsafe extern "C" fn(*mut c_void)>,
}
