/* Looking up curves of mixes (see ../curves.py, which says the same in NumPy). */

#include "kernel.h"

#include <math.h>

void curve_profits(const Curves *c, int64_t lots, const int64_t *mix, const double *value, double *profit) {
    for (int64_t n = 0; n < lots; n++) {
        profit[n] = value[n] <= 0 ? 0 : -INFINITY;
        if (value[n] <= 0 || mix[n] < 0) continue;
        int64_t low = c->first[mix[n]], high = c->first[mix[n] + 1] - 1;
        const double key = (double)mix[n] + value[n] * c->half[mix[n]] * (1 - 1e-12);
        if (high - low < 1 || key < c->keys[low] - 1e-9) continue;
        while (high - low > 1) {
            const int64_t middle = (low + high) / 2;
            if (c->keys[middle] < key) low = middle;
            else high = middle;
        }
        double share = (key - c->keys[low]) / (c->keys[high] - c->keys[low]);
        share = share < 0 ? 0 : share > 1 ? 1 : share;
        const double found = c->profits[low] + share * (c->profits[high] - c->profits[low]);
        if (!isnan(found)) profit[n] = found;
    }
}
