/* A concurrent map for notibench, in any language that can make a shared
 * library: fill one struct of functions, and run
 *
 *     notibench run WORKLOAD --map-lib ./libmine.so
 *
 * The map brings placement, locking and growth. What lies in it are values of a
 * size and an alignment that `create` is told: bytes that a map may move with
 * memcpy, and that only the callbacks change. docs/ADDING-AN-ENGINE.md says
 * what is done with a map, and how it is proved.
 */
#ifndef NOTIBENCH_H
#define NOTIBENCH_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The version of this interface: it changes with every change of a struct or of
 * what a function promises. */
#define NOTIBENCH_VERSION 1

/* What a map is made for. */
typedef struct notibench_options {
    /* Bytes of a value, a multiple of its alignment. */
    size_t value_size;
    size_t value_align;
    /* Sessions that are open at once, each used by a thread of its own. */
    size_t threads;
    /* Not 0 once the run is to end early: every wait must look at it and give up. */
    const volatile uint8_t *stop;
} notibench_options;

/* Changes a value, while nobody else has it. `is_new`: its bytes are not written
 * yet, and the callback writes all of them. */
typedef void (*notibench_change)(void *context, void *value, int is_new);

/* The same for the key at position `at` of several. */
typedef void (*notibench_change_at)(void *context, size_t at, void *value, int is_new);

/* Looks at a value, which nobody changes meanwhile. */
typedef void (*notibench_look)(void *context, const void *value);

/* Takes one key and its value, to look at or to change. */
typedef void (*notibench_visit)(void *context, uint64_t key, void *value);

/* One map of a library. Every function but those that say so must be there. */
typedef struct notibench_map {
    /* NOTIBENCH_VERSION. */
    uint32_t version;
    /* Name on the command line and in reports: letters, digits, hyphens. */
    const char *name;
    /* When a person would pick it, and what it gives up: one line. */
    const char *about;
    /* An empty map; NULL where there is no memory for it. */
    void *(*create)(const notibench_options *options);
    /* The session of worker `worker`, from 0, made on its thread: whatever a map
     * keeps for each thread; the map itself will do. */
    void *(*session)(void *map, size_t worker);
    /* Calls `change` exactly once with the value of `key`, made where there is none. */
    void (*update)(void *session, uint64_t key, notibench_change change, void *context);
    /* The same for `count` keys, some of which may be equal, in any order; NULL:
     * keys are updated one by one. */
    void (*update_many)(void *session, const uint64_t *keys, size_t count,
                        notibench_change_at change, void *context);
    /* Calls `look` exactly once with the value of `key`; with NULL where there is none. */
    void (*look)(void *session, uint64_t key, notibench_look look, void *context);
    /* Calls `visit` once for every key, while no session is used. */
    void (*visit)(void *map, notibench_visit visit, void *context);
    /* Bytes that the map has allocated, values among them; NULL: it can't tell. */
    size_t (*bytes)(void *map);
    /* Ends a session; NULL: there is nothing to end. */
    void (*end_session)(void *session);
    /* Frees the map. Values hold nothing then. */
    void (*destroy)(void *map);
} notibench_map;

/* What a library exports: its maps by number, from 0; NULL after the last one. */
const notibench_map *notibench_maps(size_t number);

/* The hash of a key that all engines share, for maps that can be given one: two
 * maps then differ in nothing but themselves. */
static inline uint64_t notibench_hash(uint64_t key) {
#if defined(__SIZEOF_INT128__)
    __extension__ typedef unsigned __int128 wide;
    wide product = (wide)(key ^ UINT64_C(0x66418ef18e2b02ea)) * UINT64_C(0xc0ac29b7c97c50dd);
    return (uint64_t)product ^ (uint64_t)(product >> 64);
#else
    uint64_t x = key ^ UINT64_C(0x66418ef18e2b02ea), y = UINT64_C(0xc0ac29b7c97c50dd);
    uint64_t x0 = (uint32_t)x, x1 = x >> 32, y0 = (uint32_t)y, y1 = y >> 32;
    uint64_t low = x0 * y0, a = x1 * y0 + (low >> 32), b = x0 * y1 + (uint32_t)a;
    return (x * y) ^ (x1 * y1 + (a >> 32) + (b >> 32));
#endif
}

#ifdef __cplusplus
}
#endif

#endif
