// boost::concurrent_flat_map, by visits of one key and by visits of many.
#include <boost/unordered/concurrent_flat_map.hpp>

#include "values.hpp"

namespace {

// Bulk visits say which element was found, not for which key of the call: the
// comparison that finds it comes right before, in the same thread.
struct Asked {
    uint64_t key;
    size_t at;
};
thread_local size_t found_at;

struct AskedHash : Hash {
    using is_transparent = void;
    using Hash::operator();
    size_t operator()(const Asked &asked) const { return notibench_hash(asked.key); }
};
struct AskedEqual {
    using is_transparent = void;
    bool operator()(uint64_t one, uint64_t other) const { return one == other; }
    bool operator()(const Asked &asked, uint64_t key) const {
        found_at = asked.at;
        return asked.key == key;
    }
    bool operator()(uint64_t key, const Asked &asked) const { return (*this)(asked, key); }
};

struct FlatMap {
    boost::concurrent_flat_map<uint64_t, Value, AskedHash, AskedEqual> map;

    template <class Change> void change(uint64_t key, Change change) {
        auto there = [&](auto &slot) { change(slot.second.bytes, 0); };
        // nearly every key is there
        if (map.visit(key, there) == 0) {
            map.try_emplace_or_visit(key, [&](void *bytes) { change(bytes, 1); }, there);
        }
    }
    void update(uint64_t key, notibench_change call, void *context) {
        change(key, [&](void *bytes, int is_new) { call(context, bytes, is_new); });
    }
    void update_many(const uint64_t *keys, size_t count, notibench_change_at call, void *context) {
        constexpr size_t TOGETHER = boost::concurrent_flat_map<uint64_t, Value>::bulk_visit_size;
        for (size_t from = 0; from < count; from += TOGETHER) {
            const size_t until = count - from < TOGETHER ? count : from + TOGETHER;
            Asked asked[TOGETHER];
            bool is_found[TOGETHER] = {};
            for (size_t at = from; at < until; at++) asked[at - from] = {keys[at], at};
            map.visit(asked, asked + (until - from), [&](auto &slot) {
                is_found[found_at - from] = true;
                call(context, found_at, slot.second.bytes, 0);
            });
            for (size_t at = from; at < until; at++) {
                if (is_found[at - from]) continue;
                change(keys[at], [&](void *bytes, int is_new) { call(context, at, bytes, is_new); });
            }
        }
    }
    void look(uint64_t key, notibench_look look, void *context) {
        auto there = [&](const auto &slot) { look(context, slot.second.bytes); };
        if (map.cvisit(key, there) == 0) look(context, nullptr);
    }
    void visit(notibench_visit visit, void *context) {
        map.visit_all([&](auto &slot) { visit(context, slot.first, slot.second.bytes); });
    }
};

} // namespace

extern "C" const notibench_map *notibench_maps(size_t number) {
    static const notibench_map single = functions<FlatMap>(
        "boost-flat", "boost::concurrent_flat_map by visits of one key; gives up the order of growth");
    static const notibench_map bulk = [] {
        notibench_map of = functions<FlatMap>(
            "boost-flat-bulk", "boost::concurrent_flat_map by visits of many keys; gives up events that arrive singly");
        of.update_many = [](void *map, const uint64_t *keys, size_t count, notibench_change_at change,
                            void *context) { as<FlatMap>(map)->update_many(keys, count, change, context); };
        return of;
    }();
    return number == 0 ? &single : number == 1 ? &bulk : nullptr;
}
