// What the adapters share: the value, the hash, and the interface's functions
// made of a class with `update`, `look` and `visit`.
#ifndef NOTIBENCH_VALUES_HPP
#define NOTIBENCH_VALUES_HPP

#include <new>

#include "notibench.h"

// The state of a member, or of a content: both have this size. A value that is
// new is written by the callback at once.
struct Value {
    alignas(8) unsigned char bytes[24];
    Value() = default;
    template <class Write> explicit Value(Write write) { write(bytes); }
};

// The hash that all engines share. It mixes well: a map need not do it again.
struct Hash {
    using is_avalanching = void;
    size_t operator()(uint64_t key) const { return notibench_hash(key); }
    // for oneTBB
    static size_t hash(uint64_t key) { return notibench_hash(key); }
    static bool equal(uint64_t one, uint64_t other) { return one == other; }
};

template <class Map> void *create(const notibench_options *options) {
    if (options->value_size != sizeof(Value) || options->value_align > alignof(Value)) {
        return nullptr;
    }
    return new (std::nothrow) Map();
}

template <class Map> Map *as(void *map) { return static_cast<Map *>(map); }

// The functions of a map that is its own session.
template <class Map> notibench_map functions(const char *name, const char *about) {
    notibench_map of{};
    of.version = NOTIBENCH_VERSION;
    of.name = name;
    of.about = about;
    of.create = create<Map>;
    of.session = [](void *map, size_t) { return map; };
    of.update = [](void *map, uint64_t key, notibench_change change, void *context) {
        as<Map>(map)->update(key, change, context);
    };
    of.look = [](void *map, uint64_t key, notibench_look look, void *context) {
        as<Map>(map)->look(key, look, context);
    };
    of.visit = [](void *map, notibench_visit visit, void *context) {
        as<Map>(map)->visit(visit, context);
    };
    of.destroy = [](void *map) { delete as<Map>(map); };
    return of;
}

#endif
