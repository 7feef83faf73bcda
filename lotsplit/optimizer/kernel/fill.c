/* The best choice of lots by the cells of value they add up to (see ../fillings.py). */

#include "kernel.h"

#include <math.h>

/* four at a time, as these do not wait for each other */
static double best_of(const double *gain, const double *rest, int64_t cells) {
    double best[4] = {-INFINITY, -INFINITY, -INFINITY, -INFINITY};
    int64_t n = 0;
    for (; n + 4 <= cells; n += 4)
        for (int64_t k = 0; k < 4; k++) {
            const double both = gain[n + k] + rest[cells - 1 - n - k];
            best[k] = both > best[k] ? both : best[k];
        }
    for (; n < cells; n++) {
        const double both = gain[n] + rest[cells - 1 - n];
        best[0] = both > best[0] ? both : best[0];
    }
    for (int64_t k = 1; k < 4; k++) best[0] = best[k] > best[0] ? best[k] : best[0];
    return best[0];
}

/* gain: by line and cell. lost: by line. best: layers from no lot to `fewest` at least, by line and 0 to `cells` cells. */
void fill(const double *gain, const double *lost, int64_t lines, int64_t cells, int64_t fewest, double *best) {
    const int64_t width = cells + 1, layer = lines * width;
    for (int64_t line = 0; line < lines; line++) {
        const double *own = gain + line * cells;
        double *any = best + line * width, *one = any + layer;
        any[0] = 0;
        for (int64_t size = 1; size <= cells; size++) one[size] = any[size] = best_of(own, any, size);
        one[0] = lost[line];
        for (int64_t number = 2; number <= fewest; number++) {
            const double *before = any + (number - 1) * layer;
            double *now = any + number * layer;
            now[0] = before[0] + lost[line];
            for (int64_t size = 1; size <= cells; size++) {
                const double more = best_of(own, before, size), tiny = before[size] + lost[line];
                now[size] = more > tiny ? more : tiny;
            }
        }
    }
}
