/* Looking up curves of mixes (see ../curves.py, which says the same in NumPy): lot by lot, or many times on the curves of one pool. */

#include "divide.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* sums of values are rounded: a value this little above that of a point has its profit */
static double asked_of(double value) { return value * (1 - 1e-12); }

/* Whether a curve of so many points from the first on does not reach down to what is asked. */
static int is_below(const double *values, int64_t points, double asked) {
    return points == 0 || asked < values[0] * (1 - 1e-9);
}

/* The profit between a point and the next. */
static double between(const double *value, const double *profit, double asked) {
    double share = (asked - value[0]) / (value[1] - value[0]);
    share = share < 0 ? 0 : share > 1 ? 1 : share;
    const double found = profit[0] + share * (profit[1] - profit[0]);
    return isnan(found) ? -INFINITY : found;
}

static double curve_profit(const Curves *c, int64_t mix, double value) {
    if (value <= 0) return 0;
    if (mix < 0) return -INFINITY;
    const int64_t first = c->first[mix];
    int64_t points = c->first[mix + 1] - first;
    const double asked = asked_of(value);
    if (is_below(c->values + first, points, asked)) return -INFINITY;
    if (points == 1) return c->profits[first];
    /* the last point below, or the first: by halves, without a branch */
    const double *below = c->values + first;
    for (points--; points > 1;) {
        const int64_t half = points / 2;
        below += below[half] < asked ? half : 0;
        points -= half;
    }
    return between(below, c->profits + (below - c->values), asked);
}

void curve_profits(const Curves *curves, int64_t lots, const int64_t *mix, const double *value, double *profit) {
    for (int64_t n = 0; n < lots; n++) profit[n] = curve_profit(curves, mix[n], value[n]);
}

/* the exponent of a value and three bits more: eight steps for every doubling */
#define SHIFT 49

static int64_t leading_bits(double value) {
    int64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits >> SHIFT;
}

void free_index(CurveIndex *index) {
    free(index->place);
    free(index->stretch);
}

/* Lay out the stretches of one mix: of each where the last point below it is (or the first point), and the best rate of that and
   of all points up to the first one beyond it, as between two points the rate is best at one of them. */
static void lay_stretches(const double *value, const double *profit, int64_t points, int64_t base, int64_t count, Stretch *stretch) {
    int64_t below = 0;
    for (int64_t n = 0; n < count; n++) {
        while (below + 2 < points && leading_bits(value[below + 1]) < base + n) below++;
        double rate = -INFINITY;
        for (int64_t k = below; k < points; k++) {
            const double own = profit[k] / value[k];
            if (own > rate) rate = own;
            if (k > below && leading_bits(value[k]) > base + n) break;
        }
        stretch[n] = (Stretch){rate, (int32_t)below};
    }
}

/* Gives 0, or -1 without memory. */
int index_curves(const Curves *curves, int64_t first_mix, int64_t mixes, CurveIndex *index) {
    index->stretch = NULL;
    index->place = malloc((size_t)mixes * 3 * sizeof(int64_t));
    if (!index->place) return -1;
    index->base = index->place + mixes;
    index->count = index->base + mixes;
    int64_t size = 0;
    for (int64_t m = 0; m < mixes; m++) {
        const int64_t first = curves->first[first_mix + m], points = curves->first[first_mix + m + 1] - first;
        index->place[m] = size;
        index->base[m] = points ? leading_bits(curves->values[first]) : 0;
        index->count[m] = points ? leading_bits(curves->values[first + points - 1]) - index->base[m] + 2 : 0;
        size += index->count[m];
    }
    index->stretch = malloc((size_t)(size + 1) * sizeof(Stretch));
    if (!index->stretch) {
        free(index->place);
        return -1;
    }
    for (int64_t m = 0; m < mixes; m++) {
        const int64_t first = curves->first[first_mix + m], points = curves->first[first_mix + m + 1] - first;
        lay_stretches(curves->values + first, curves->profits + first, points, index->base[m], index->count[m],
                      index->stretch + index->place[m]);
    }
    return 0;
}

static const Stretch *stretch_of(const Place *place, int64_t mix, double asked) {
    const int64_t m = mix - place->first_mix, last = place->index.count[m] - 1;
    const int64_t step = leading_bits(asked) - place->index.base[m];
    return place->index.stretch + place->index.place[m] + (step < 0 ? 0 : step > last ? last : step);
}

double most_profit(const Place *place, int64_t mix, double value) {
    if (value <= 0) return 0;
    if (mix < 0) return -INFINITY;
    const Curves *c = place->units->curves;
    if (c->first[mix + 1] == c->first[mix]) return -INFINITY;
    const double rate = stretch_of(place, mix, asked_of(value))->rate;
    /* for rounding errors of both ways */
    return rate == -INFINITY ? rate : rate * value + 1e-9 * fabs(rate * value);
}

double indexed_profit(const Place *place, int64_t mix, double value) {
    if (value <= 0) return 0;
    if (mix < 0) return -INFINITY;
    const Curves *c = place->units->curves;
    const int64_t first = c->first[mix], points = c->first[mix + 1] - first;
    const double asked = asked_of(value), *values = c->values + first, *profits = c->profits + first;
    if (is_below(values, points, asked)) return -INFINITY;
    if (points == 1) return profits[0];
    int64_t n = stretch_of(place, mix, asked)->start;
    while (n + 2 < points && values[n + 1] < asked) n++;
    return between(values + n, profits + n, asked);
}
