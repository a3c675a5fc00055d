// libcuckoo's cuckoohash_map: buckets of four, a spin lock for each few of them.
#include <libcuckoo/cuckoohash_map.hh>

#include "values.hpp"

namespace {

struct CuckooMap {
    libcuckoo::cuckoohash_map<uint64_t, Value, Hash> map;

    void update(uint64_t key, notibench_change change, void *context) {
        map.upsert(
            key, [&](Value &value) { change(context, value.bytes, 0); },
            [&](void *bytes) { change(context, bytes, 1); });
    }
    void look(uint64_t key, notibench_look look, void *context) {
        if (!map.find_fn(key, [&](const Value &value) { look(context, value.bytes); })) {
            look(context, nullptr);
        }
    }
    void visit(notibench_visit visit, void *context) {
        auto locked = map.lock_table();
        for (auto &slot : locked) visit(context, slot.first, slot.second.bytes);
    }
};

} // namespace

extern "C" const notibench_map *notibench_maps(size_t number) {
    static const notibench_map map = functions<CuckooMap>(
        "libcuckoo", "libcuckoo's cuckoo hash map: two places a key, few misses; gives up cheap growth");
    return number == 0 ? &map : nullptr;
}
