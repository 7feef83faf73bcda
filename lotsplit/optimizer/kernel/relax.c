/* What lots of a wide pool bring above what they pay at most, of any fractions of units (see ../whole.py). */

#include "kernel.h"

#include <stdlib.h>
#include <string.h>

#define NO_MEMORY (-2)

/* of a value: two that differ by less are one */
static const double SAME = 1.5e-9;

/* A unit by what it pays for its value. */
typedef struct {
    double rate;
    int64_t unit;
} Rated;

static int cheapest_first(const void *a, const void *b) {
    const Rated *one = a, *other = b;
    if (one->rate != other->rate) return one->rate < other->rate ? -1 : 1;
    return one->unit < other->unit ? -1 : one->unit > other->unit;
}

/* At most what lots of one mix bring above what they pay, cell by cell: any fractions of its units, the cheapest first. What these
   pay above slope x value is convex in the value (x, y: its corners, to be filled in), so that the least of a cell is at an end of
   it or where it turns. */
static void relax(const Pool *pool, int64_t mix, const Rated *rated, const uint8_t *holds, double slope, double *x, double *y,
                  double *most) {
    const int64_t first = pool->curve_first[mix], points = pool->curve_first[mix + 1] - first;
    int64_t corners = 0, turn = 0, corner = 0, point = 0;
    x[0] = y[0] = 0;
    for (int64_t n = 0; n < pool->units; n++) {
        const int64_t unit = rated[n].unit;
        if (!holds[mix * pool->units + unit]) continue;
        const double amount = pool->value[unit] * (double)pool->parts[unit];
        x[corners + 1] = x[corners] + amount;
        y[corners + 1] = y[corners] + amount * (rated[n].rate - slope);
        corners++;
        if (rated[n].rate < slope) turn = corners;
    }
    for (int64_t c = 0; c < pool->cells; c++) {
        const double low = pool->edges[c], high = pool->edges[c + 1];
        most[c] = NEVER;
        if (low > x[corners] * (1 + SAME)) continue;
        const double profit = highest(pool->x + first, pool->y + first, points, slope, low, high, &point);
        if (profit <= NEVER) continue;
        const double at = x[turn] < low ? low : x[turn] > high ? high : x[turn];
        while (corner + 1 < corners && x[corner + 1] < at) corner++;
        most[c] = profit - (y[corner] + (at - x[corner]) * (y[corner + 1] - y[corner]) / (x[corner + 1] - x[corner]));
    }
}

/* The same of all mixes. reach: of each mix how many cells hold a lot of it, or of a mix made from it, that may bring more than
   least. Gives 0, or a negative number where there is no memory. */
int relax_all(const Pool *pool, const double *price, double slope, double least, double *most, int64_t *reach) {
    const size_t units = (size_t)pool->units;
    uint8_t *holds = calloc((size_t)pool->mixes * units, 1);
    Rated *rated = malloc(units * sizeof(Rated));
    double *corners = malloc(2 * (units + 1) * sizeof(double));
    const int done = holds && rated && corners ? 0 : NO_MEMORY;
    for (int64_t n = 0; done == 0 && n < pool->units; n++) rated[n] = (Rated){price[n] / pool->value[n], n};
    if (done == 0) qsort(rated, units, sizeof(Rated), cheapest_first);
    for (int64_t mix = 0; done == 0 && mix < pool->mixes; mix++) {
        uint8_t *mine = holds + (size_t)mix * units;
        if (pool->parent[mix] >= 0) memcpy(mine, holds + (size_t)pool->parent[mix] * units, units);
        for (int64_t n = pool->extra_first[mix]; n < pool->extra_first[mix + 1]; n++) mine[pool->extra[n]] = 1;
        relax(pool, mix, rated, holds, slope, corners, corners + units + 1, most + mix * pool->cells);
        reach[mix] = pool->cells;
        while (reach[mix] > 0 && most[mix * pool->cells + reach[mix] - 1] <= least) reach[mix]--;
    }
    for (int64_t mix = pool->mixes - 1; done == 0 && mix >= 0; mix--) {
        const int64_t parent = pool->parent[mix];
        if (parent >= 0 && reach[parent] < reach[mix]) reach[parent] = reach[mix];
    }
    free(holds);
    free(rated);
    free(corners);
    return done;
}
