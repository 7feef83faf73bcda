/* The best division of bundles between two lots (see ../regroup.py, which says the same in NumPy). */

#include "kernel.h"

#include <math.h>

#define MOST_BUNDLES 8

typedef struct {
    double value;
    int64_t first, last, least, service;
} Held;

static int64_t larger(int64_t a, int64_t b) { return a > b ? a : b; }
static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

static Held together(Held a, Held b) {
    return (Held){a.value + b.value, larger(a.first, b.first), smaller(a.last, b.last), larger(a.least, b.least),
                  a.service | b.service};
}

static int64_t mix_of(const Divide *d, int64_t pool, Held held) {
    if (!held.service) return 0;
    const int64_t place = (held.first * d->lasts[pool] + held.last) * d->leasts[pool] + held.least;
    return d->mix_table[d->mix_place[pool] + place * d->masks[pool] + held.service];
}

void best_divisions(const Divide *d, int64_t trials, int64_t bundles, double *gain, int64_t *mask, int64_t *filled) {
    const int64_t ways = (int64_t)1 << bundles;
    Held held[1 << MOST_BUNDLES];
    int64_t bare[1 << MOST_BUNDLES], full[1 << MOST_BUNDLES];
    for (int64_t t = 0; t < trials; t++) {
        const int64_t pool = d->pool[t], unit = d->filler[t], total = d->fill_count[t];
        const double each = unit < 0 ? 0 : d->unit_value[unit];
        held[0] = (Held){0, d->nothing_first, d->nothing_last, 0, 0};
        for (int64_t n = 0; n < bundles; n++) {
            const int64_t at = t * bundles + n;
            const Held one = {d->value[at], d->first[at], d->last[at], d->least[at], d->service[at]};
            for (int64_t low = 0; low < (int64_t)1 << n; low++) held[low | (int64_t)1 << n] = together(held[low], one);
        }
        for (int64_t way = 0; way < ways; way++) {
            bare[way] = full[way] = mix_of(d, pool, held[way]);
            if (unit < 0) continue;
            const Held some = {0, d->unit_first[unit], d->unit_last[unit], d->unit_least[unit], d->unit_service[unit]};
            full[way] = mix_of(d, pool, together(held[way], some));
        }
        gain[t] = -INFINITY;
        mask[t] = filled[t] = 0;
        /* without a filler the second half are the same divisions with the two lots changed over */
        for (int64_t way = 0; way < (unit < 0 ? (ways + 1) / 2 : ways); way++) {
            const int64_t other = ways - 1 - way;
            const double value = held[way].value, rest = held[other].value;
            double best = curve_profit(d->curves, bare[way], value) + curve_profit(d->curves, full[other], rest + (double)total * each);
            int64_t parts = 0, last = 0;
            for (int64_t k = 0; unit >= 0 && k < d->targets; k++) {
                const double room = d->target[larger(full[way], 0) * d->targets + k] - value;
                const double fits = room / each + 1e-9;
                const int64_t some = fits < 1 ? 0 : fits > (double)total ? total : (int64_t)fits;
                if (some == last) continue;
                last = some;
                const double both =
                    curve_profit(d->curves, some > 0 ? full[way] : bare[way], value + (double)some * each) +
                    curve_profit(d->curves, some < total ? full[other] : bare[other], rest + (double)(total - some) * each);
                if (both > best) {
                    best = both;
                    parts = some;
                }
            }
            if (best > gain[t]) {
                gain[t] = best;
                mask[t] = way;
                filled[t] = parts;
            }
        }
    }
}
