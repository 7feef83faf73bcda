/* Lots as full as whole units can make them: each is begun with the largest unit left and filled up to a size that pays, as nearly as
   any of the units that can go with it sum up to (minimum bin slack: Gupta and Ho, Production Planning and Control 10, 1999; here by
   dynamic programming over sums). */

#include "regroup.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* of a size that pays: where values are so many whole cells at most, and otherwise */
#define EXACT_CELLS 16384
#define CELLS 4096
/* windows and services that a lot is tried with */
#define TRIES 4
/* sizes that pay, of each mix, at most */
#define MOST_TARGETS 8
/* money counts in cents */
#define CENTS 100.0
#define BITS 64

/* A unit and what orders it. */
typedef struct {
    double value;
    int64_t unit, divisible;
} Sized;

static int64_t cells_of(const Filling *f, double value) {
    return f->exact ? llround(value / f->cell) : (int64_t)ceil(value / f->cell * (1 - 1e-12));
}

/* The largest whole amount of cents that all values are multiples of; 0 where some are not of whole cents. */
static int64_t common_cents(const double *value, int64_t units) {
    int64_t common = 0;
    for (int64_t n = 0; n < units; n++) {
        const double cents = value[n] * CENTS;
        if (!(cents < 1e15) || fabs(cents - nearbyint(cents)) > 1e-6 * CENTS) return 0;
        for (int64_t rest = llround(cents); rest;) {
            const int64_t left = common % rest;
            common = rest;
            rest = left;
        }
    }
    return common;
}

static int same_kind(Held a, Held b) {
    return a.first == b.first && a.last == b.last && a.least == b.least && a.service == b.service;
}

/* Largest first, divisible units last. */
static int by_size(const void *a, const void *b) {
    const Sized *one = a, *other = b;
    if (one->divisible != other->divisible) return one->divisible ? 1 : -1;
    if (one->value != other->value) return one->value > other->value ? -1 : 1;
    return one->unit < other->unit ? -1 : one->unit > other->unit;
}

static int sort_units(Filling *f, const int32_t *parts) {
    Sized *sized = malloc((size_t)f->units * sizeof(Sized));
    if (!sized) return -1;
    for (int64_t n = 0; n < f->units; n++) sized[n] = (Sized){f->place->units->value[f->first_unit + n], n, parts[n] > 1};
    qsort(sized, (size_t)f->units, sizeof(Sized), by_size);
    for (int64_t n = 0; n < f->units; n++) f->order[n] = sized[n].unit;
    free(sized);
    return 0;
}

/* The units of each kind get its number. */
static void find_kinds(Filling *f) {
    for (int64_t n = 0; n < f->units; n++) {
        const Held held = some_of(f->place->units, f->first_unit + n, 0);
        int64_t kind = 0;
        while (kind < f->kinds && !same_kind(f->held[kind], held)) kind++;
        if (kind == f->kinds) f->held[f->kinds++] = held;
        f->kind[n] = kind;
    }
}

int begin_filling(const Place *place, const int32_t *parts, Filling *f) {
    const Units *u = place->units;
    const int64_t first = u->first_unit[place->pool], units = u->first_unit[place->pool + 1] - first;
    *f = (Filling){.place = place, .first_unit = first, .units = units};
    f->order = malloc((size_t)units * sizeof(int64_t));
    f->kind = malloc((size_t)units * sizeof(int64_t));
    f->held = malloc((size_t)units * sizeof(Held));
    f->rest = calloc((size_t)units * 3, sizeof(int32_t));
    if (!f->order || !f->kind || !f->held || !f->rest) return -1;
    f->tried = f->rest + units;
    f->best = f->tried + units;
    if (sort_units(f, parts)) return -1;
    find_kinds(f);
    double most = 0;
    for (int64_t mix = u->first_mix[place->pool]; mix < u->end_mix[place->pool]; mix++)
        for (int64_t k = 0; k < u->targets; k++) most = fmax(most, u->target[mix * u->targets + k]);
    f->cell = (double)common_cents(u->value + first, units) / CENTS;
    f->exact = f->cell > 0 && most <= f->cell * EXACT_CELLS;
    if (!f->exact) f->cell = most / CELLS;
    f->words = (size_t)(most / f->cell) / BITS + 2;
    double bundles = 0;
    for (int64_t n = 0; n < units; n++) bundles += log2((double)parts[n] + 1);
    f->work = bundles * (double)f->words * TRIES;
    return 0;
}

void end_filling(Filling *f) {
    free(f->order);
    free(f->kind);
    free(f->held);
    free(f->rest);
    free(f->bundle);
    free(f->reach);
}

/* Room for so many bundles. Gives 0, or -1 without memory. */
static int room_for(Filling *f, size_t bundles) {
    if (bundles <= f->bundles) return 0;
    const size_t room = 2 * bundles + 64;
    Bundle *bundle = realloc(f->bundle, room * sizeof(Bundle));
    if (bundle) f->bundle = bundle;
    uint64_t *reach = realloc(f->reach, (room + 1) * f->words * sizeof(uint64_t));
    if (reach) f->reach = reach;
    if (!bundle || !reach) return -1;
    f->bundles = room;
    return 0;
}

/* Whether some of a kind can be in a lot without narrowing what it holds. */
static int fits(Held kind, Held held) {
    return kind.first <= held.first && kind.last >= held.last && kind.least <= held.least && !(kind.service & ~held.service);
}

/* The units that can go with the first of a lot, in bundles of 1, 2, 4 parts and so on, the smallest first. Gives how many, or -1. */
static int64_t bundles_of(Filling *f, Held held, int64_t begun, int64_t most) {
    const Units *u = f->place->units;
    int64_t bundles = 0;
    for (int64_t k = f->units - 1; k >= 0; k--) {
        const int64_t unit = f->order[k];
        int64_t left = f->rest[unit] - (unit == begun);
        if (left <= 0 || !fits(f->held[f->kind[unit]], held)) continue;
        for (int64_t size = 1; left > 0; left -= size, size *= 2) {
            const int64_t count = size < left ? size : left;
            const int64_t cells = cells_of(f, (double)count * u->value[f->first_unit + unit]);
            if (cells > most) break;
            if (room_for(f, (size_t)bundles + 1)) return -1;
            f->bundle[bundles++] = (Bundle){unit, count, cells};
        }
    }
    return bundles;
}

/* The bits of a line moved up by so many cells, joined with the line itself. */
static void join(const uint64_t *line, size_t words, int64_t cells, uint64_t *out) {
    const size_t whole = (size_t)cells / BITS;
    const unsigned part = (unsigned)(cells % BITS);
    memcpy(out, line, words * sizeof(uint64_t));
    if (!part) {
        for (size_t n = whole; n < words; n++) out[n] |= line[n - whole];
        return;
    }
    if (whole < words) out[whole] |= line[0] << part;
    for (size_t n = whole + 1; n < words; n++) out[n] |= line[n - whole] << part | line[n - whole - 1] >> (BITS - part);
}

static int reached(const uint64_t *line, int64_t cells) { return (int)(line[cells / BITS] >> (cells % BITS) & 1); }

/* The highest sum that is no more than so many cells; 0 always is one. */
static int64_t highest_sum(const uint64_t *line, int64_t most) {
    int64_t word = most / BITS;
    uint64_t bits = line[word] & (~(uint64_t)0 >> (BITS - 1 - most % BITS));
    while (!bits) bits = line[--word];
    return word * BITS + BITS - 1 - __builtin_clzll(bits);
}

/* The parts that make up a sum, the largest bundles first. */
static void take_apart(Filling *f, int64_t bundles, size_t words, int64_t sum, int64_t begun) {
    memset(f->tried, 0, (size_t)f->units * sizeof(int32_t));
    f->tried[begun] = 1;
    for (int64_t n = bundles - 1; n >= 0 && sum > 0; n--) {
        const Bundle *bundle = &f->bundle[n];
        if (bundle->cells > sum || !reached(f->reach + (size_t)n * words, sum - bundle->cells)) continue;
        f->tried[bundle->unit] += (int32_t)bundle->count;
        sum -= bundle->cells;
    }
}

/* What the lot at hand brings for its value. */
static double rate_of(const Filling *f) {
    const Held held = held_of(f->place->units, f->first_unit, f->units, f->tried);
    return lot_profit(f->place, held) / held.value;
}

/* Lots of a unit and others that do not narrow what is held, near each size that pays; the best so far is kept, of that rate.
   Gives 0, or -1 without memory. */
static int fill_up(Filling *f, Held held, int64_t begun, double *rate) {
    const Units *u = f->place->units;
    const int64_t mix = mix_of(f->place, held);
    if (mix < 0) return 0;
    const int64_t first = cells_of(f, u->value[f->first_unit + begun]);
    int64_t room[MOST_TARGETS], most = 0;
    const int64_t targets = u->targets < MOST_TARGETS ? u->targets : MOST_TARGETS;
    for (int64_t k = 0; k < targets; k++) {
        const double target = u->target[mix * u->targets + k] / f->cell * (1 + 1e-9);
        room[k] = (int64_t)target > first ? (int64_t)target - first : 0;
        most = room[k] > most ? room[k] : most;
    }
    const int64_t bundles = bundles_of(f, held, begun, most);
    if (bundles < 0) return -1;
    const size_t words = (size_t)most / BITS + 1;
    if (room_for(f, 1)) return -1;
    memset(f->reach, 0, words * sizeof(uint64_t));
    f->reach[0] = 1;
    for (int64_t n = 0; n < bundles; n++)
        join(f->reach + (size_t)n * words, words, f->bundle[n].cells, f->reach + (size_t)(n + 1) * words);
    int64_t last = -1;
    for (int64_t k = 0; k < targets; k++) {
        const int64_t sum = highest_sum(f->reach + (size_t)bundles * words, room[k]);
        if (sum == last) continue;
        last = sum;
        take_apart(f, bundles, words, sum, begun);
        const double brings = rate_of(f);
        if (brings > *rate || !f->best[begun]) {
            *rate = brings;
            memcpy(f->best, f->tried, (size_t)f->units * sizeof(int32_t));
        }
    }
    return 0;
}

/* The unit that the next lot begins with, -1 where none is left. */
static int64_t next_unit(const Filling *f, double stray, uint64_t *random) {
    int64_t left = 0, largest = -1;
    for (int64_t k = 0; k < f->units; k++)
        if (f->rest[f->order[k]] > 0 && left++ == 0) largest = f->order[k];
    if (left < 2 || !(draw(random) < stray)) return largest;
    int64_t which = (int64_t)(draw(random) * (double)left);
    for (int64_t k = 0; k < f->units; k++)
        if (f->rest[f->order[k]] > 0 && which-- == 0) return f->order[k];
    return largest;
}

/* The best lot found that begins with a unit, in `best`: with others of its kind, and of some more. Gives 0, or -1 without memory. */
static int next_lot(Filling *f, int64_t begun, uint64_t *random) {
    double rate = -INFINITY;
    const Held own = f->held[f->kind[begun]];
    memset(f->best, 0, (size_t)f->units * sizeof(int32_t));
    if (fill_up(f, own, begun, &rate)) return -1;
    const int64_t tries = f->kinds < TRIES ? f->kinds : TRIES;
    for (int64_t n = 0; n < tries; n++) {
        const int64_t kind = f->kinds <= TRIES ? n : (int64_t)(draw(random) * (double)f->kinds);
        const Held held = together(own, f->held[kind]);
        if (!same_kind(held, own) && fill_up(f, held, begun, &rate)) return -1;
    }
    if (!f->best[begun]) f->best[begun] = 1;
    return 0;
}

int full_lots(Filling *f, double stray, uint64_t *random, Packed *out) {
    for (int64_t begun; (begun = next_unit(f, stray, random)) >= 0;) {
        if (next_lot(f, begun, random)) return -1;
        if (out->lots >= out->room) {
            const size_t room = 2 * (size_t)out->room + 8;
            int32_t *count = realloc(out->count, room * (size_t)f->units * sizeof(int32_t));
            if (!count) return -1;
            out->count = count;
            out->room = (int64_t)room;
        }
        memcpy(out->count + out->lots * f->units, f->best, (size_t)f->units * sizeof(int32_t));
        out->lots++;
        for (int64_t n = 0; n < f->units; n++) f->rest[n] -= f->best[n];
    }
    return 0;
}
