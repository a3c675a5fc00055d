//! The map that keeps one value a session, whatever the key, behind the same
//! interface: what crossing it costs, and a state's own work.

use std::ffi::c_void;

use notibench_core::engine::map_memory::Allocated;
use notibench_core::engine::{EngineConfig, Role};
use notibench_core::store::{Store, Value};
use parking_lot::Mutex;

use crate::layout::{Change, Look, MapFunctions, Options, VERSION, Visit};
use crate::map::{InLibrary, InSession};

/// The probe `null-map-lib`.
#[derive(Debug)]
pub(crate) struct NullForeignMap;

/// Room for a value, aligned as far as any is, and whether it was written.
struct Scratch {
    room: Box<[u128]>,
    is_written: bool,
}

/// The map: its sessions.
struct NullMap {
    words: usize,
    sessions: Mutex<Vec<*mut Scratch>>,
}

static FUNCTIONS: MapFunctions = MapFunctions {
    version: VERSION,
    name: c"null-map-lib".as_ptr(),
    about: c"".as_ptr(),
    create: Some(create),
    session: Some(session),
    update: Some(update),
    update_many: None,
    look: Some(look),
    visit: Some(visit),
    bytes: None,
    end_session: None,
    destroy: Some(destroy),
};

// In each of these `map` comes from `create`, `session` from `session`, and both
// are used as the header says.

unsafe extern "C" fn create(options: *const Options) -> *mut c_void {
    // SAFETY: the caller gives options that live through the call.
    let size = unsafe { options.as_ref() }.map_or(0, |options| options.value_size);
    let map = NullMap {
        words: size.div_ceil(size_of::<u128>()),
        sessions: Mutex::default(),
    };
    Box::into_raw(Box::new(map)).cast()
}

unsafe extern "C" fn session(map: *mut c_void, _: usize) -> *mut c_void {
    // SAFETY: see above.
    let map = unsafe { &*map.cast::<NullMap>() };
    let scratch = Box::into_raw(Box::new(Scratch {
        room: vec![0; map.words].into(),
        is_written: false,
    }));
    map.sessions.lock().push(scratch);
    scratch.cast()
}

unsafe extern "C" fn update(session: *mut c_void, _: u64, change: Change, context: *mut c_void) {
    // SAFETY: see above; a session is one thread's.
    let scratch = unsafe { &mut *session.cast::<Scratch>() };
    let is_new = !std::mem::replace(&mut scratch.is_written, true);
    // SAFETY: the room is as large as a value, and aligned.
    unsafe { change(context, scratch.room.as_mut_ptr().cast(), is_new.into()) };
}

unsafe extern "C" fn look(session: *mut c_void, _: u64, look: Look, context: *mut c_void) {
    // SAFETY: see above.
    let scratch = unsafe { &*session.cast::<Scratch>() };
    let value = match scratch.is_written {
        true => scratch.room.as_ptr().cast(),
        false => std::ptr::null(),
    };
    // SAFETY: null, or a value that was written.
    unsafe { look(context, value) };
}

unsafe extern "C" fn visit(map: *mut c_void, visit: Visit, context: *mut c_void) {
    // SAFETY: see above; no session is used meanwhile.
    let map = unsafe { &*map.cast::<NullMap>() };
    for (number, scratch) in map.sessions.lock().iter().enumerate() {
        // SAFETY: it came from a box that is not freed yet.
        let scratch = unsafe { &mut **scratch };
        if scratch.is_written {
            // SAFETY: a value that was written.
            unsafe { visit(context, number as u64, scratch.room.as_mut_ptr().cast()) };
        }
    }
}

unsafe extern "C" fn destroy(map: *mut c_void) {
    // SAFETY: it is not used any more.
    let map = unsafe { Box::from_raw(map.cast::<NullMap>()) };
    for scratch in map.sessions.into_inner() {
        // SAFETY: it came from a box, and is not used any more.
        drop(unsafe { Box::from_raw(scratch) });
    }
}

// SAFETY: its pointers are to texts that are constant.
unsafe impl Sync for MapFunctions {}

impl Store for NullForeignMap {
    const NAME: &'static str = "null-map-lib";
    const ABOUT: &'static str =
        "a map that keeps one value, behind the C interface: what crossing it costs";
    const ROLE: Role = Role::Probe;
    type Map<V: Value> = InLibrary<V>;
    type Pin<'map, V: Value> = InSession<'map, V>;

    fn build<V: Value>(config: &EngineConfig) -> InLibrary<V> {
        InLibrary::new(&FUNCTIONS, None, config)
    }

    #[inline]
    fn pin<V: Value>(map: &InLibrary<V>, worker: usize) -> InSession<'_, V> {
        map.pin(worker)
    }

    #[inline]
    fn update<V: Value>(session: &mut InSession<'_, V>, id: u64, change: impl FnOnce(&mut V)) {
        session.update(id, change);
    }

    #[inline]
    fn look<V: Value>(session: &mut InSession<'_, V>, id: u64, look: impl FnOnce(Option<&V>)) {
        session.look(id, look);
    }

    fn visit<V: Value>(map: &InLibrary<V>, visit: &(dyn Fn(u64, &mut V) + Sync)) {
        map.visit(visit);
    }

    fn allocated<V: Value>(map: &InLibrary<V>) -> Option<Allocated> {
        map.allocated()
    }
}
