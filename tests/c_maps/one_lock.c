/* A hash table behind one lock: about the least that is right, and the place to
 * start from. `-DFAULT=…` breaks it on purpose, for the tests. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "notibench.h"

#define NONE 0
#define LOSES 1  /* an update in a thousand */
#define HANGS 2  /* after a thousand updates */
#define GARBAGE 3 /* says that it has next to no bytes */
#ifndef FAULT
#define FAULT NONE
#endif
#ifndef VERSION
#define VERSION NOTIBENCH_VERSION
#endif

typedef struct slot {
    uint64_t key;
    struct slot *next;
    /* the value follows */
} slot;

typedef struct map {
    pthread_mutex_t lock;
    const volatile uint8_t *stop;
    size_t value_size, slots, keys, updates;
    slot **chains;
} map;

static void *create(const notibench_options *options) {
    map *of = calloc(1, sizeof *of);
    if (of == NULL) return NULL;
    pthread_mutex_init(&of->lock, NULL);
    of->stop = options->stop;
    of->value_size = options->value_size;
    of->slots = 64;
    of->chains = calloc(of->slots, sizeof *of->chains);
    return of;
}

static void *session(void *of, size_t worker) {
    (void)worker;
    return of;
}

static slot **chain_of(map *of, uint64_t key) { return &of->chains[notibench_hash(key) & (of->slots - 1)]; }

static slot *find(map *of, uint64_t key) {
    slot *at = *chain_of(of, key);
    while (at != NULL && at->key != key) at = at->next;
    return at;
}

static void grow(map *of) {
    slot **old = of->chains;
    size_t slots = of->slots;
    of->slots = slots * 2;
    of->chains = calloc(of->slots, sizeof *of->chains);
    for (size_t chain = 0; chain < slots; chain++) {
        for (slot *at = old[chain], *next; at != NULL; at = next) {
            next = at->next;
            at->next = *chain_of(of, at->key);
            *chain_of(of, at->key) = at;
        }
    }
    free(old);
}

static void update(void *session, uint64_t key, notibench_change change, void *context) {
    map *of = session;
    pthread_mutex_lock(&of->lock);
    of->updates++;
    while (FAULT == HANGS && of->updates > 1000 && !*of->stop) {
    }
    slot *at = find(of, key);
    int is_new = at == NULL;
    if (is_new) {
        if (++of->keys > of->slots) grow(of);
        at = malloc(sizeof *at + of->value_size);
        at->key = key;
        at->next = *chain_of(of, key);
        *chain_of(of, key) = at;
    }
    if (FAULT != LOSES || is_new || of->updates % 1000 != 0) change(context, at + 1, is_new);
    pthread_mutex_unlock(&of->lock);
}

/* a map without it is refused */
#ifndef WITHOUT_LOOK
static void look(void *session, uint64_t key, notibench_look look, void *context) {
    map *of = session;
    pthread_mutex_lock(&of->lock);
    slot *at = find(of, key);
    look(context, at == NULL ? NULL : at + 1);
    pthread_mutex_unlock(&of->lock);
}
#endif

static void visit(void *map_, notibench_visit visit, void *context) {
    map *of = map_;
    for (size_t chain = 0; chain < of->slots; chain++) {
        for (slot *at = of->chains[chain]; at != NULL; at = at->next) visit(context, at->key, at + 1);
    }
}

static size_t bytes(void *map_) {
    map *of = map_;
    if (FAULT == GARBAGE) return 1;
    return sizeof *of + of->slots * sizeof *of->chains + of->keys * (sizeof(slot) + of->value_size);
}

static void destroy(void *map_) {
    map *of = map_;
    for (size_t chain = 0; chain < of->slots; chain++) {
        for (slot *at = of->chains[chain], *next; at != NULL; at = next) {
            next = at->next;
            free(at);
        }
    }
    free(of->chains);
    free(of);
}

static const notibench_map MAP = {
    .version = VERSION,
    .name = "one-lock-c",
    .about = "chains behind one lock, in C; gives up all concurrency",
    .create = create,
    .session = session,
    .update = update,
#ifndef WITHOUT_LOOK
    .look = look,
#endif
    .visit = visit,
    .bytes = bytes,
    .destroy = destroy,
};

const notibench_map *notibench_maps(size_t number) { return number == 0 ? &MAP : NULL; }
