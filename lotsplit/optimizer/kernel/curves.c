/* Looking up curves of mixes (see ../curves.py, which says the same in NumPy). */

#include "kernel.h"

#include <math.h>

double curve_profit(const Curves *c, int64_t mix, double value) {
    if (value <= 0) return 0;
    if (mix < 0) return -INFINITY;
    const int64_t first = c->first[mix];
    int64_t points = c->first[mix + 1] - first - 1;
    const double asked = value * (1 - 1e-12);
    if (points < 0 || asked < c->values[first] * (1 - 1e-9)) return -INFINITY;
    if (points == 0) return c->profits[first];
    /* the last point below, or the first: by halves, without a branch */
    const double *below = c->values + first;
    while (points > 1) {
        const int64_t half = points / 2;
        below += below[half] < asked ? half : 0;
        points -= half;
    }
    double share = (asked - below[0]) / (below[1] - below[0]);
    share = share < 0 ? 0 : share > 1 ? 1 : share;
    const double *profit = c->profits + (below - c->values);
    const double found = profit[0] + share * (profit[1] - profit[0]);
    return isnan(found) ? -INFINITY : found;
}

void curve_profits(const Curves *curves, int64_t lots, const int64_t *mix, const double *value, double *profit) {
    for (int64_t n = 0; n < lots; n++) profit[n] = curve_profit(curves, mix[n], value[n]);
}
