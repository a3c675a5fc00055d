//! A map and its proof, with nothing but this crate: snapshot, answers and memory of
//! two threads against the plain fold. `cargo run --release -p notibench-core --example one_lock`.

use std::{collections::HashMap, sync::Mutex};

use notibench_core::engine::EngineConfig;
use notibench_core::store::{Store, StoreEngine, Value};
use notibench_core::testing::agrees_with_fold;

struct OneLock;

impl Store for OneLock {
    const NAME: &'static str = "one-lock-map";
    const ABOUT: &'static str = "the standard library's map behind a lock; gives up concurrency";
    type Map<V: Value> = Mutex<HashMap<u64, V>>;
    type Pin<'map, V: Value> = &'map Self::Map<V>;

    fn build<V: Value>(_: &EngineConfig) -> Self::Map<V> {
        Mutex::default()
    }
    fn pin<V: Value>(map: &Self::Map<V>, _worker: usize) -> &Self::Map<V> {
        map
    }
    fn update<V: Value>(map: &mut &Self::Map<V>, id: u64, change: impl FnOnce(&mut V)) {
        change(map.lock().unwrap().entry(id).or_default());
    }
    fn look<V: Value>(map: &mut &Self::Map<V>, id: u64, look: impl FnOnce(Option<&V>)) {
        look(map.lock().unwrap().get(&id));
    }
    fn visit<V: Value>(map: &Self::Map<V>, visit: &(dyn Fn(u64, &mut V) + Sync)) {
        (map.lock().unwrap().iter_mut()).for_each(|(id, state)| visit(*id, state));
    }
}

fn main() {
    agrees_with_fold::<StoreEngine<OneLock>>(2, 100);
    println!("{} comes to the fold", OneLock::NAME);
}
