// oneTBB's concurrent_hash_map: chains of nodes, a lock each.
#include <oneapi/tbb/concurrent_hash_map.h>

#include "values.hpp"

namespace {

struct HashMap {
    using Map = tbb::concurrent_hash_map<uint64_t, Value, Hash>;
    Map map;

    void update(uint64_t key, notibench_change change, void *context) {
        Map::accessor found;
        const bool is_new = map.insert(found, key);
        change(context, found->second.bytes, is_new);
    }
    void look(uint64_t key, notibench_look look, void *context) {
        Map::const_accessor found;
        look(context, map.find(found, key) ? found->second.bytes : nullptr);
    }
    void visit(notibench_visit visit, void *context) {
        for (auto &slot : map) visit(context, slot.first, slot.second.bytes);
    }
};

} // namespace

extern "C" const notibench_map *notibench_maps(size_t number) {
    static const notibench_map map = functions<HashMap>(
        "tbb-hash-map", "oneTBB's concurrent_hash_map, a lock a node; gives up an allocation a state");
    return number == 0 ? &map : nullptr;
}
