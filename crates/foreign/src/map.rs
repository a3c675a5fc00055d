//! A library's map as a store: values are made, changed and ended here, and lie
//! where the library puts them.

use std::collections::HashMap;
use std::ffi::{c_int, c_void};
use std::marker::PhantomData;
use std::mem::take;
use std::sync::OnceLock;

use notibench_core::engine::map_memory::Allocated;
use notibench_core::engine::{EngineConfig, StopFlag};
use notibench_core::state::Keyed;
use notibench_core::store::{Store, Value};
use parking_lot::Mutex;

use crate::layout::{MapFunctions, Options};
use crate::library::LibraryMap;

/// Keys that a library is given at a time.
const TOGETHER: usize = 128;

/// A library's map, fed `MANY` events at a time: one by one with 1.
#[derive(Debug)]
pub struct ForeignMap<const MANY: usize>;

/// One by one.
pub type SingleForeignMap = ForeignMap<1>;
/// Many at a time, for libraries that can.
pub(crate) type BulkForeignMap = ForeignMap<TOGETHER>;

/// Maps of libraries by address: an engine is built from an address alone.
static OPEN: Mutex<Option<HashMap<String, LibraryMap>>> = Mutex::new(None);

/// Puts a map where engines find it, and gives its address.
pub fn address_of(map: &LibraryMap) -> String {
    let mut open = OPEN.lock();
    let address = map.address();
    open.get_or_insert_default()
        .insert(address.clone(), map.clone());
    address
}

fn map_at(config: &EngineConfig) -> LibraryMap {
    let open = OPEN.lock();
    let address = config.external.as_deref().unwrap_or_default();
    let map = open.as_ref().and_then(|open| open.get(address));
    map.unwrap_or_else(|| panic!("the engine of a library's map is built without its library"))
        .clone()
}

/// A map of values `V` in a library.
#[derive(Debug)]
pub struct InLibrary<V: Value> {
    functions: &'static MapFunctions,
    map: *mut c_void,
    /// By worker.
    sessions: Box<[OnceLock<Handle>]>,
    // the library and the byte that it was told to look at outlive the map
    _library: Option<LibraryMap>,
    _stop: StopFlag,
    values: PhantomData<V>,
}

/// A session of a library's map.
#[derive(Clone, Copy, Debug)]
struct Handle(*mut c_void);

// SAFETY: the header lets a session be used by one thread at a time, and ended by
// any.
unsafe impl Send for Handle {}
// SAFETY: the same; it is only given to the worker whose it is.
unsafe impl Sync for Handle {}
// SAFETY: the header lets a map be used by any thread; values are `Send`.
unsafe impl<V: Value> Send for InLibrary<V> {}
// SAFETY: the same; values are changed by one thread at a time.
unsafe impl<V: Value> Sync for InLibrary<V> {}

impl<V: Value> InLibrary<V> {
    /// An empty map made by `functions`, which the caller holds to the header.
    pub(crate) fn new(
        functions: &'static MapFunctions,
        library: Option<LibraryMap>,
        config: &EngineConfig,
    ) -> Self {
        let options = Options {
            value_size: size_of::<V>(),
            value_align: align_of::<V>(),
            threads: config.threads,
            stop: config.stop.as_byte(),
        };
        // SAFETY: `functions` is of the header's layout and has `create`, or it
        // was refused; `options` lives through the call, its byte as long as the map.
        let map = functions
            .create
            .map(|create| unsafe { create(&raw const options) });
        let map = map.filter(|map| !map.is_null());
        Self {
            functions,
            map: map.unwrap_or_else(|| panic!("the library's `create` gives no map")),
            sessions: (0..config.threads).map(|_| OnceLock::new()).collect(),
            _library: library,
            _stop: config.stop.clone(),
            values: PhantomData,
        }
    }

    pub(crate) fn pin(&self, worker: usize) -> InSession<'_, V> {
        let session = self.sessions[worker].get_or_init(|| {
            let open = self.functions.session;
            // SAFETY: the map is alive; a library without `session` was refused.
            Handle(open.map_or(self.map, |open| unsafe { open(self.map, worker) }))
        });
        InSession {
            functions: self.functions,
            session: session.0,
            map: PhantomData,
        }
    }

    pub(crate) fn visit(&self, mut visit: &(dyn Fn(u64, &mut V) + Sync)) {
        unsafe extern "C" fn one<V: Value>(context: *mut c_void, id: u64, value: *mut c_void) {
            // SAFETY: `context` is the reference below, alive through the call.
            let visit = unsafe { *context.cast::<&(dyn Fn(u64, &mut V) + Sync)>() };
            // SAFETY: the header: a value that a callback wrote, not used by others.
            if let Some(value) = unsafe { value_at::<V>(value).as_mut() } {
                visit(id, value);
            }
        }
        if let Some(function) = self.functions.visit {
            // SAFETY: the map is alive, no session is used, `visit` outlives the call.
            unsafe { function(self.map, one::<V>, (&raw mut visit).cast()) };
        }
    }

    pub(crate) fn allocated(&self) -> Option<Allocated> {
        // SAFETY: the map is alive.
        let bytes = self.functions.bytes.map(|bytes| unsafe { bytes(self.map) });
        bytes.map(|bytes| Allocated::once(bytes as u64))
    }
}

impl<V: Value> Drop for InLibrary<V> {
    fn drop(&mut self) {
        // what values hold is freed; the library frees their bytes
        self.visit(&|_, value| drop(take(value)));
        for session in self.sessions.iter().filter_map(OnceLock::get) {
            if let Some(end) = self.functions.end_session {
                // SAFETY: it was made by `session`, and is not used any more.
                unsafe { end(session.0) };
            }
        }
        if let Some(destroy) = self.functions.destroy {
            // SAFETY: the map is alive, and not used any more.
            unsafe { destroy(self.map) };
        }
    }
}

/// A worker's session of a map.
#[derive(Debug)]
pub struct InSession<'map, V: Value> {
    functions: &'static MapFunctions,
    session: *mut c_void,
    map: PhantomData<&'map InLibrary<V>>,
}

/// The value at an address that a library gives; null where no `V` can lie.
fn value_at<V>(address: *mut c_void) -> *mut V {
    let value = address.cast::<V>();
    if value.is_aligned() {
        value
    } else {
        std::ptr::null_mut()
    }
}

/// # Safety
/// `value` is null, or valid for a `V`, whose bytes were written unless `is_new`.
unsafe fn change_at<V: Value>(value: *mut c_void, is_new: c_int, change: impl FnOnce(&mut V)) {
    let value = value_at::<V>(value);
    if is_new != 0 && !value.is_null() {
        // SAFETY: as this function's.
        unsafe { value.write(V::default()) };
    }
    // SAFETY: as this function's. An update that goes nowhere is found by the proof.
    if let Some(value) = unsafe { value.as_mut() } {
        change(value);
    }
}

impl<V: Value> InSession<'_, V> {
    #[inline]
    pub(crate) fn update<F: FnOnce(&mut V)>(&mut self, id: u64, change: F) {
        unsafe extern "C" fn one<V: Value, F: FnOnce(&mut V)>(
            context: *mut c_void,
            value: *mut c_void,
            is_new: c_int,
        ) {
            // SAFETY: `context` is the option below, alive through the call.
            let change = unsafe { &mut *context.cast::<Option<F>>() };
            if let Some(change) = change.take() {
                // SAFETY: the header's promise about `value` and `is_new`.
                unsafe { change_at(value, is_new, change) };
            }
        }
        let mut change = Some(change);
        if let Some(update) = self.functions.update {
            // SAFETY: the session is alive and this thread's.
            unsafe { update(self.session, id, one::<V, F>, (&raw mut change).cast()) };
        }
    }

    #[inline]
    pub(crate) fn look<F: FnOnce(Option<&V>)>(&mut self, id: u64, look: F) {
        unsafe extern "C" fn one<V: Value, F: FnOnce(Option<&V>)>(
            context: *mut c_void,
            value: *const c_void,
        ) {
            // SAFETY: `context` is the option below, alive through the call.
            let look = unsafe { &mut *context.cast::<Option<F>>() };
            if let Some(look) = look.take() {
                // SAFETY: the header: a value that a callback wrote, or null.
                look(unsafe { value_at::<V>(value.cast_mut()).as_ref() });
            }
        }
        let mut look = Some(look);
        if let Some(function) = self.functions.look {
            // SAFETY: the session is alive and this thread's.
            unsafe { function(self.session, id, one::<V, F>, (&raw mut look).cast()) };
        }
        // a read is answered even where the library does not
        if let Some(look) = look {
            look(None);
        }
    }

    /// Up to [`TOGETHER`] updates at a time.
    fn update_many<U: Keyed<State = V>>(&mut self, updates: &[U], inbox_capacity: usize) {
        unsafe extern "C" fn one<U: Keyed<State: Value>>(
            context: *mut c_void,
            at: usize,
            value: *mut c_void,
            is_new: c_int,
        ) {
            // SAFETY: `context` is the pair below, alive through the call.
            let (updates, inbox_capacity) = unsafe { *context.cast::<(&[U], usize)>() };
            if let Some(update) = updates.get(at) {
                // SAFETY: the header's promise about `value` and `is_new`.
                unsafe {
                    change_at(value, is_new, |state: &mut U::State| {
                        update.apply_to(state, inbox_capacity);
                    });
                }
            }
        }
        let Some(many) = self.functions.update_many else {
            return;
        };
        let mut ids = [0; TOGETHER];
        for updates in updates.chunks(TOGETHER) {
            let ids = &mut ids[..updates.len()];
            ids.iter_mut()
                .zip(updates)
                .for_each(|(id, update)| *id = update.id());
            let mut context = (updates, inbox_capacity);
            // SAFETY: the session is alive and this thread's; so many ids are there.
            unsafe {
                many(
                    self.session,
                    ids.as_ptr(),
                    ids.len(),
                    one::<U>,
                    (&raw mut context).cast(),
                );
            }
        }
    }
}

impl<const MANY: usize> Store for ForeignMap<MANY> {
    const NAME: &'static str = "map-lib";
    const ABOUT: &'static str = "a map from a shared library; gives up inlining";
    const TOGETHER: usize = MANY;
    type Map<V: Value> = InLibrary<V>;
    type Pin<'map, V: Value> = InSession<'map, V>;

    fn build<V: Value>(config: &EngineConfig) -> InLibrary<V> {
        let map = map_at(config);
        InLibrary::new(map.functions(), Some(map), config)
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

    fn update_many<U: Keyed<State: Value>>(
        session: &mut InSession<'_, U::State>,
        updates: &[U],
        inbox_capacity: usize,
    ) {
        session.update_many(updates, inbox_capacity);
    }
}
