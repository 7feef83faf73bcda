/* The most that one or two lots of a wide pool bring (see ../two_lots.py). */

#include "kernel.h"

#include <stdlib.h>
#include <string.h>

/* of the pool's value: two values that differ by less are one */
static const double SAME = 2e-9;

/* The most of a curve at a value. */
static double at(const double *x, const double *y, int64_t points, double value, double pool_value) {
    return highest_near(x, y, points, value - SAME * pool_value, value + SAME * pool_value);
}

/* A curve, and the value of what lots on it may hold. */
typedef struct {
    const double *x, *y;
    int64_t points;
    double most, top;
} Curve;

/* The most that lots of two mixes bring which together hold the pool, the first of a value from low to high. */
static double pair(const Curve *one, const Curve *other, double low, double high, double pool_value, double best) {
    const double near = SAME * pool_value;
    for (int side = 0; side < 2; side++) {
        const Curve *curve = side ? other : one;
        for (int64_t n = -1; n < curve->points; n++) {
            double value = n < 0 ? (side ? high : low) : side ? pool_value - curve->x[n] : curve->x[n];
            if (value < low - near || value > high + near) continue;
            const double first = at(one->x, one->y, one->points, value, pool_value);
            if (first <= NEVER) continue;
            const double both = first + at(other->x, other->y, other->points, pool_value - value, pool_value);
            if (both > best) best = both;
        }
    }
    return best;
}

/* holds: one row a mix, one column a unit; 1 where it may. slope: any; the nearer to what the best pair brings for its
   value, the fewer pairs are looked at. least: what need not be exceeded. */
int two_lots(const double *unit_value, int64_t units, const int64_t *holds, const int64_t *curve_first, int64_t mixes,
             const double *x, const double *y, double slope, double least, double *best) {
    Curve *curves = malloc((size_t)mixes * sizeof(Curve));
    if (!curves) return -1;
    double pool_value = 0;
    for (int64_t n = 0; n < units; n++) pool_value += unit_value[n];
    for (int64_t m = 0; m < mixes; m++) {
        const int64_t first = curve_first[m];
        Curve *curve = &curves[m];
        *curve = (Curve){x + first, y + first, curve_first[m + 1] - first, 0, NEVER};
        for (int64_t n = 0; n < units; n++)
            if (holds[m * units + n]) curve->most += unit_value[n];
        for (int64_t n = 0; n < curve->points; n++)
            if (curve->y[n] > NEVER && curve->y[n] - slope * curve->x[n] > curve->top)
                curve->top = curve->y[n] - slope * curve->x[n];
    }
    *best = least;
    for (int64_t a = 0; a < mixes; a++) {
        const Curve *one = &curves[a];
        if (one->points == 0) continue;
        if (one->most >= pool_value * (1 - SAME)) {
            const double whole = at(one->x, one->y, one->points, pool_value, pool_value);
            if (whole > *best) *best = whole;
        }
        for (int64_t b = a; b < mixes; b++) {
            const Curve *other = &curves[b];
            if (other->points == 0 || one->top + other->top + slope * pool_value <= *best) continue;
            double only_one = 0;
            int64_t n = 0;
            for (; n < units && (holds[a * units + n] || holds[b * units + n]); n++)
                if (!holds[b * units + n]) only_one += unit_value[n];
            if (n == units) *best = pair(one, other, only_one, one->most, pool_value, *best);
        }
    }
    free(curves);
    return 0;
}
