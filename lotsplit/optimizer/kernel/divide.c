/* The best division of bundles between two lots (see ../regroup.py, which says the same in NumPy). */

#include "divide.h"

#include <math.h>

#define NONE (-1)

static int64_t larger(int64_t a, int64_t b) { return a > b ? a : b; }
static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

Held together(Held a, Held b) {
    return (Held){a.value + b.value, larger(a.first, b.first), smaller(a.last, b.last), larger(a.least, b.least),
                  a.service | b.service};
}

Held some_of(const Units *u, int64_t unit, int64_t parts) {
    return (Held){(double)parts * u->value[unit], u->first[unit], u->last[unit], u->least[unit], u->service[unit]};
}

Held held_of(const Units *u, int64_t first_unit, int64_t pool_units, const int32_t *count) {
    Held held = {0, 0, u->months, 0, 0};
    for (int64_t n = 0; n < pool_units; n++)
        if (count[n]) held = together(held, some_of(u, first_unit + n, count[n]));
    return held;
}

/* The set of services of a lot that has some (bits). */
static int64_t set_of(const Units *u, int64_t pool, int64_t held) {
    if (!u->services[pool]) return held;
    const int64_t *step = u->step + u->step_place[pool];
    int64_t set = 0;
    for (; held; held &= held - 1) set = step[set * u->services[pool] + __builtin_ctzll((uint64_t)held)];
    return set;
}

int64_t mix_of(const Place *p, Held held) {
    if (!held.service) return p->first_mix;
    const Units *u = p->units;
    if (held.last - held.first + 1 < held.least) return NONE;
    const int64_t *first = u->levels + p->pool * 3 * u->months, *last = first + u->months, *least = last + u->months;
    const int64_t at = (first[held.first] * u->lasts[p->pool] + last[held.last]) * u->leasts[p->pool] + least[held.least];
    return u->mix_table[u->mix_place[p->pool] + at * u->sets[p->pool] + set_of(u, p->pool, held.service)];
}

double lot_profit(const Place *place, Held held) { return indexed_profit(place, mix_of(place, held), held.value); }

/* What one of the two lots holds, and its mix, without the filler and with some of it. */
typedef struct {
    double value;
    int64_t bare, full;
} Side;

/* Of two lots which share a filler of so many parts, what they bring where the first gets some; best where that is no more. */
static double divided(const Place *place, Side one, Side other, int64_t some, int64_t total, double each, double best) {
    const int64_t mix = some > 0 ? one.full : one.bare, rest = some < total ? other.full : other.bare;
    const double value = one.value + (double)some * each, left = other.value + (double)(total - some) * each;
    if (!(most_profit(place, mix, value) + most_profit(place, rest, left) > best)) return best;
    const double both = indexed_profit(place, mix, value) + indexed_profit(place, rest, left);
    return both > best ? both : best;
}

/* The most that they bring, of how the filler makes up a size that pays, and of all of it in the second; best where that is no
   more. filled: what the first gets. */
static double shared(const Place *place, Side one, Side other, int64_t total, double each, double best, int64_t *filled) {
    const Units *u = place->units;
    int64_t last = 0;
    double most = divided(place, one, other, 0, total, each, best);
    if (most > best) *filled = 0;
    for (int64_t k = 0; total && k < u->targets; k++) {
        const double room = u->target[larger(one.full, 0) * u->targets + k] - one.value;
        const double fits = room / each + 1e-9;
        const int64_t some = fits < 1 ? 0 : fits > (double)total ? total : (int64_t)fits;
        if (some == last) continue;
        last = some;
        const double both = divided(place, one, other, some, total, each, most);
        if (both > most) {
            most = both;
            *filled = some;
        }
    }
    return most;
}

double best_division(const Place *place, const Held *bundle, int64_t bundles, int64_t filler, int64_t total, double least,
                     int64_t *mask, int64_t *filled) {
    const Units *u = place->units;
    const int64_t ways = (int64_t)1 << bundles;
    const Held nothing = {0, 0, u->months, 0, 0};
    const Held some = filler < 0 ? nothing : some_of(u, filler, 0);
    const double each = filler < 0 ? 0 : u->value[filler];
    Held held[1 << MOST_BUNDLES];
    Side side[1 << MOST_BUNDLES];
    held[0] = nothing;
    for (int64_t n = 0; n < bundles; n++)
        for (int64_t low = 0; low < (int64_t)1 << n; low++) held[low | (int64_t)1 << n] = together(held[low], bundle[n]);
    for (int64_t way = 0; way < ways; way++) {
        const int64_t bare = mix_of(place, held[way]);
        side[way] = (Side){held[way].value, bare, filler < 0 ? bare : mix_of(place, together(held[way], some))};
    }
    double best = least;
    *mask = *filled = 0;
    /* without a filler the second half are the same divisions with the two lots changed over */
    for (int64_t way = 0; way < (filler < 0 ? (ways + 1) / 2 : ways); way++) {
        const double both = shared(place, side[way], side[ways - 1 - way], total, each, best, filled);
        if (both > best) *mask = way;
        best = both;
    }
    return best;
}
