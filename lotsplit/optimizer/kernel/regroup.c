/* Better packings of a wide pool: two lots are taken apart and put together again in the best way (see ../regroup.py, which does it in
   NumPy for all pools at once). */

#include "regroup.h"

#include <stdlib.h>
#include <string.h>

/* of the trials: one lot and an empty one */
#define ALONE 0.2
/* lots that are filled anew together, and of these lots those begun with any unit; of what packings bring: noise */
#define LEAST_ANEW 2
#define MOST_ANEW 6
#define STRAY 0.3
#define NOISE 1e-12
/* of so many lots as often again */
#define MANY_LOTS 100
/* steps that filling anew may take: all lots of a pool, and some of them again and again (about four lots at a time) */
#define MOST_WORK 2e9
#define LOTS_TWICE 16.0
/* of lots chosen to be filled anew: what counts beside how far behind the best rate they are, of the value of a mean lot */
#define ANY 0.02
#define NONE (-1)

/* Some parts of a unit in one of the two lots (side). drawn: a random number. */
typedef struct {
    int64_t unit, count, side, kind, bundle;
    double value, drawn;
} Piece;

/* A lot to be taken apart with another one, or with an empty one (NONE); the state of the random numbers that settle how; and what that
   gains. */
typedef struct {
    int64_t lot, other;
    uint64_t random;
    double gain;
} Trial;

/* A pool being regrouped. lot, profit: of each lot what it holds, and brings. piece: of the two lots at hand. */
typedef struct {
    Place place;
    const Regrouping *how;
    Packed *packed;
    int64_t first_unit, units;
    Held *lot;
    double *profit;
    Piece *piece;
    Trial *trial;
    uint8_t *touched;
    uint64_t random;
    Filling filling;
    Packed fresh;
} Work;

/* Steele, Lea and Flood, Fast splittable pseudorandom number generators (OOPSLA 2014): from 0 up to 1. */
double draw(uint64_t *state) {
    uint64_t z = *state += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return (double)((z ^ (z >> 31)) >> 11) * 0x1.0p-53;
}

static int64_t below(Work *w, int64_t count) { return (int64_t)(draw(&w->random) * (double)count); }

static int32_t *counts_of(const Work *w, int64_t lot) { return w->packed->count + lot * w->units; }

static Held held_by(const Work *w, const int32_t *count) { return held_of(w->place.units, w->first_unit, w->units, count); }

/* Work out what a lot holds, and brings. */
static void look_at(Work *w, int64_t lot) {
    w->lot[lot] = held_by(w, counts_of(w, lot));
    w->profit[lot] = lot_profit(&w->place, w->lot[lot]);
}

/* Room for one lot more than there are, an empty one. Gives 0, or -1 without memory. */
static int spare_lot(Work *w) {
    Packed *p = w->packed;
    if (p->lots >= p->room) {
        const size_t room = 2 * (size_t)p->room + 8;
        int32_t *count = realloc(p->count, room * (size_t)w->units * sizeof(int32_t));
        if (count) p->count = count;
        Held *lot = realloc(w->lot, room * sizeof(Held));
        if (lot) w->lot = lot;
        double *profit = realloc(w->profit, room * sizeof(double));
        if (profit) w->profit = profit;
        Trial *trial = realloc(w->trial, room * sizeof(Trial));
        if (trial) w->trial = trial;
        uint8_t *touched = realloc(w->touched, room);
        if (touched) w->touched = touched;
        if (!count || !lot || !profit || !trial || !touched) return -1;
        p->room = (int64_t)room;
    }
    memset(counts_of(w, p->lots), 0, (size_t)w->units * sizeof(int32_t));
    look_at(w, p->lots);
    return 0;
}

static void remove_empty(Work *w) {
    int64_t kept = 0;
    for (int64_t lot = 0; lot < w->packed->lots; lot++) {
        if (!w->lot[lot].service) continue;
        if (kept < lot) {
            memcpy(counts_of(w, kept), counts_of(w, lot), (size_t)w->units * sizeof(int32_t));
            w->lot[kept] = w->lot[lot];
            w->profit[kept] = w->profit[lot];
        }
        kept++;
    }
    w->packed->lots = kept;
}

/* One divisible unit of two lots, or -1: to be shared out in any number of parts. */
static int64_t filler_of(Work *w, const int32_t *one, const int32_t *other) {
    int64_t seen = 0, filler = -1;
    for (int64_t n = 0; n < w->units; n++)
        for (int64_t side = 0; side < 2; side++)
            if ((side ? other : one)[n] >= 2 && below(w, ++seen) == 0) filler = n;
    return filler;
}

/* What two lots hold, but for the filler, in pieces; of divisible units now and then in two. Gives how many. */
static int64_t pieces_of(Work *w, const int32_t *one, const int32_t *other, int64_t filler) {
    const Units *u = w->place.units;
    int64_t pieces = 0;
    for (int64_t n = 0; n < w->units; n++) {
        if (n == filler) continue;
        const int64_t unit = w->first_unit + n;
        const int64_t kind = ((u->first[unit] * 4096 + u->last[unit]) * 4096 + u->least[unit]) * 64 + __builtin_ctzll((uint64_t)u->service[unit]);
        for (int64_t side = 0; side < 2; side++) {
            const int64_t count = (side ? other : one)[n];
            const int64_t half = count >= 2 && draw(&w->random) < 0.5 ? count / 2 : 0;
            const int64_t parts[2] = {count - half, half};
            for (int64_t k = 0; k < 2; k++)
                if (parts[k])
                    w->piece[pieces++] =
                        (Piece){n, parts[k], side, kind, 0, (double)parts[k] * u->value[unit], draw(&w->random)};
        }
    }
    return pieces;
}

/* Whether a piece comes before another: by kind, by lot and kind, or by value. */
static int before(const Piece *a, const Piece *b, int64_t way) {
    if (way == 2) return a->value > b->value;
    if (way == 1 && a->side != b->side) return a->side < b->side;
    return a->kind != b->kind ? a->kind < b->kind : a->drawn < b->drawn;
}

/* Tie pieces into bundles: neighbours by kind, by lot and kind, or all but the largest together. */
static void tie(Work *w, int64_t pieces, int64_t way, Held *bundle) {
    const int64_t bundles = w->how->bundles;
    for (int64_t n = 1; n < pieces; n++) {
        const Piece piece = w->piece[n];
        int64_t at = n;
        for (; at > 0 && before(&piece, &w->piece[at - 1], way); at--) w->piece[at] = w->piece[at - 1];
        w->piece[at] = piece;
    }
    for (int64_t n = 0; n < bundles; n++) bundle[n] = (Held){0, 0, w->place.units->months, 0, 0};
    for (int64_t n = 0; n < pieces; n++) {
        Piece *piece = &w->piece[n];
        const int64_t last = n < bundles ? n : bundles - 1;
        piece->bundle = way == 2 || pieces <= bundles ? last : n * bundles / pieces;
        bundle[piece->bundle] =
            together(bundle[piece->bundle], some_of(w->place.units, w->first_unit + piece->unit, piece->count));
    }
}

/* Put what two lots held together in another way: a piece of a bundle in the mask into the first, and some of the filler. */
static void put(Work *w, int64_t one, int64_t other, int64_t pieces, int64_t mask, int64_t filler, int64_t filled, int64_t total) {
    int32_t *first = counts_of(w, one), *second = counts_of(w, other);
    memset(first, 0, (size_t)w->units * sizeof(int32_t));
    memset(second, 0, (size_t)w->units * sizeof(int32_t));
    for (int64_t n = 0; n < pieces; n++) {
        const Piece *piece = &w->piece[n];
        (mask >> piece->bundle & 1 ? first : second)[piece->unit] += (int32_t)piece->count;
    }
    if (filler >= 0) {
        first[filler] = (int32_t)filled;
        second[filler] = (int32_t)(total - filled);
    }
    look_at(w, one);
    look_at(w, other);
}

/* Take two lots apart and look for the best way to put them together again; done: do so. Gives what it gains, 0 where that is too
   little. */
static double attempt(Work *w, const Trial *trial, int64_t way, int done) {
    const int64_t one = trial->lot, other = trial->other == NONE ? w->packed->lots : trial->other;
    const int32_t *first = counts_of(w, one), *second = counts_of(w, other);
    w->random = trial->random;
    const int64_t filler = filler_of(w, first, second);
    const int64_t total = filler < 0 ? 0 : first[filler] + second[filler];
    const int64_t pieces = pieces_of(w, first, second, filler);
    Held bundle[MOST_BUNDLES];
    tie(w, pieces, way, bundle);
    /* empty bundles are not divided */
    const int64_t bundles = pieces < w->how->bundles ? pieces : w->how->bundles;
    const int64_t unit = filler < 0 ? -1 : w->first_unit + filler;
    const double now = w->profit[one] + w->profit[other];
    const double least = now + w->how->gain * w->place.units->pool_value[w->place.pool];
    int64_t mask, filled;
    const double brings = best_division(&w->place, bundle, bundles, unit, total, least, &mask, &filled);
    if (!(brings > least)) return 0;
    if (done) put(w, one, other, pieces, mask, filler, filled, total);
    return brings - now;
}

static int most_first(const void *a, const void *b) {
    const Trial *one = a, *other = b;
    if (one->gain != other->gain) return one->gain > other->gain ? -1 : 1;
    return one->lot < other->lot ? -1 : one->lot > other->lot;
}

/* One trial for each lot; those that gain most are done, no two of the same lot. Gives whether there were any, or -1 without memory. */
static int sweep(Work *w, int64_t way) {
    const int64_t lots = w->packed->lots;
    int64_t trials = 0;
    if (spare_lot(w)) return -1;
    for (int64_t lot = 0; lot < lots; lot++) {
        const int alone = lots == 1 || draw(&w->random) < ALONE;
        const int64_t other = alone ? NONE : (lot + 1 + below(w, lots - 1)) % lots;
        Trial trial = {lot, other, w->random, 0};
        trial.gain = attempt(w, &trial, way, 0);
        if (trial.gain > 0) w->trial[trials++] = trial;
    }
    if (!trials) return 0;
    const uint64_t random = w->random;
    qsort(w->trial, (size_t)trials, sizeof(Trial), most_first);
    memset(w->touched, 0, (size_t)lots);
    for (int64_t n = 0; n < trials; n++) {
        const Trial trial = w->trial[n];
        if (w->touched[trial.lot] || (trial.other != NONE && w->touched[trial.other])) continue;
        attempt(w, &trial, way, 1);
        w->touched[trial.lot] = 1;
        if (trial.other != NONE) w->touched[trial.other] = 1;
        else if (w->lot[w->packed->lots].service) {
            w->packed->lots++;
            if (spare_lot(w)) return -1;
        }
    }
    w->random = random;
    remove_empty(w);
    return 1;
}

/* Put the lots that are touched together anew, as full as can be; stray: how often one is begun from any unit. Done where that brings more,
   or as much in lots of which some are fuller. Gives whether it brings more, or -1 without memory. */
static int fill_anew(Work *w, double stray) {
    const int64_t lots = w->packed->lots;
    double now = 0, brings = 0, squares_now = 0, squares = 0;
    for (int64_t lot = 0; lot < lots; lot++) {
        if (!w->touched[lot]) continue;
        for (int64_t n = 0; n < w->units; n++) w->filling.rest[n] += counts_of(w, lot)[n];
        now += w->profit[lot];
        squares_now += w->lot[lot].value * w->lot[lot].value;
    }
    w->fresh.lots = 0;
    if (full_lots(&w->filling, stray, &w->random, &w->fresh)) return -1;
    for (int64_t lot = 0; lot < w->fresh.lots; lot++) {
        const Held held = held_by(w, w->fresh.count + lot * w->units);
        brings += lot_profit(&w->place, held);
        squares += held.value * held.value;
    }
    const double value = w->place.units->pool_value[w->place.pool];
    const int more = brings > now + w->how->gain * value;
    if (!more && !(brings >= now - NOISE * value && squares > squares_now * (1 + 1e-9))) return 0;
    for (int64_t lot = 0; lot < lots; lot++)
        if (w->touched[lot]) w->lot[lot].service = 0;
    remove_empty(w);
    for (int64_t lot = 0; lot < w->fresh.lots; lot++) {
        if (spare_lot(w)) return -1;
        memcpy(counts_of(w, w->packed->lots), w->fresh.count + lot * w->units, (size_t)w->units * sizeof(int32_t));
        look_at(w, w->packed->lots++);
    }
    return more;
}

/* How far a lot is behind a rate, and a little: no more than the pool's value, also of a lot that cannot be. */
static double far_behind(const Work *w, int64_t lot, double rate) {
    const double value = w->place.units->pool_value[w->place.pool];
    const double behind = rate * w->lot[lot].value - w->profit[lot];
    return (behind < value ? behind : value) + ANY * value / (double)w->packed->lots;
}

/* Touch some lots to be filled anew: of those far behind the best rate there is the most. */
static void choose_lots(Work *w, int64_t some) {
    const int64_t lots = w->packed->lots;
    double rate = NEVER;
    for (int64_t lot = 0; lot < lots; lot++) {
        const double own = w->profit[lot] / w->lot[lot].value;
        rate = own > rate ? own : rate;
    }
    memset(w->touched, 0, (size_t)lots);
    for (int64_t k = 0; k < some; k++) {
        double all = 0;
        for (int64_t lot = 0; lot < lots; lot++)
            if (!w->touched[lot]) all += far_behind(w, lot, rate);
        double left = all * draw(&w->random);
        int64_t last = -1;
        for (int64_t lot = 0; lot < lots && (last < 0 || left >= 0); lot++) {
            if (w->touched[lot]) continue;
            left -= far_behind(w, lot, rate);
            last = lot;
        }
        w->touched[last] = 1;
    }
}

/* Fill some lots anew, again and again. Gives whether that brought anything, or -1 without memory. */
static int refill(Work *w) {
    int better = 0;
    const double most = MOST_WORK * (double)w->packed->lots / (LOTS_TWICE * w->filling.work);
    const int64_t times = w->how->refills * (1 + w->packed->lots / MANY_LOTS);
    for (int64_t n = 0; n < times && (double)n < most && w->packed->lots >= LEAST_ANEW; n++) {
        const int64_t some = LEAST_ANEW + below(w, MOST_ANEW - LEAST_ANEW + 1);
        choose_lots(w, some < w->packed->lots ? some : w->packed->lots);
        const int more = fill_anew(w, STRAY);
        if (more < 0) return -1;
        better |= more;
    }
    return better;
}

/* Be ready to fill lots anew, and at first do so with all of them. Gives 0, or -1 without memory. */
static int fill_all_anew(Work *w) {
    if (!w->how->refills) return 0;
    int32_t *parts = calloc((size_t)w->units, sizeof(int32_t));
    if (!parts) return -1;
    for (int64_t lot = 0; lot < w->packed->lots; lot++)
        for (int64_t n = 0; n < w->units; n++) parts[n] += counts_of(w, lot)[n];
    const int done = begin_filling(&w->place, parts, &w->filling);
    free(parts);
    if (done || (double)w->packed->lots * w->filling.work > MOST_WORK) return done;
    memset(w->touched, 1, (size_t)w->packed->lots);
    return fill_anew(w, 0) < 0 ? -1 : 0;
}

/* Gives 0, or -1 without memory. */
int regroup(const Units *units, int64_t pool, const Regrouping *how, uint64_t seed, Packed *packed) {
    const int64_t first = units->first_unit[pool], count = units->first_unit[pool + 1] - first;
    const int64_t mixes = units->end_mix[pool] - units->first_mix[pool];
    Work w = {.place = {units, pool, units->first_mix[pool], {0}}, .how = how, .packed = packed, .first_unit = first,
              .units = count, .random = seed};
    if (index_curves(units->curves, w.place.first_mix, mixes, &w.place.index)) return -1;
    const size_t room = (size_t)packed->room;
    w.lot = malloc(room * sizeof(Held));
    w.profit = malloc(room * sizeof(double));
    w.trial = malloc(room * sizeof(Trial));
    w.touched = malloc(room);
    w.piece = malloc((size_t)count * 4 * sizeof(Piece));
    int done = w.lot && w.profit && w.trial && w.touched && w.piece ? 0 : -1;
    for (int64_t lot = 0; !done && lot < packed->lots; lot++) look_at(&w, lot);
    if (!done) done = fill_all_anew(&w);
    int64_t idle = 0;
    for (int64_t n = 0; !done && n < how->sweeps && idle < how->patience; n++) {
        int better = sweep(&w, n % 3);
        idle = better ? 0 : idle + 1;
        if (!better && idle == how->patience) better = refill(&w);
        if (better > 0) idle = 0;
        if (better < 0) done = -1;
    }
    free(w.lot);
    free(w.profit);
    free(w.trial);
    free(w.touched);
    free(w.piece);
    free(w.fresh.count);
    end_filling(&w.filling);
    free_index(&w.place.index);
    return done;
}
