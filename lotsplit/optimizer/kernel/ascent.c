/* Coordinate ascent over groups of candidate columns (see ../ascent.py, which says the same in NumPy). */

#include "kernel.h"

#include <math.h>
#include <stdlib.h>

#define NONE (-1)
#define NO_MEMORY (-2)

static const double LITTLE = 1e-9;

static double above(double amount) { return amount > 0 ? amount : 0; }

/* the integral of a price that rises from 0 to 1 between 0 and 1 */
static double ramp(double position) {
    const double inside = position < 0 ? 0 : position > 1 ? 1 : position;
    return inside * (position - 0.5 * inside);
}

static void shift(Choice *c, int64_t column, double sign) {
    for (int64_t n = c->cell_first[column]; n < c->cell_first[column + 1]; n++) {
        const int64_t cell = c->cell[n];
        const double before = c->load[cell], after = before + sign * c->loads[n];
        c->load[cell] = after;
        *c->overflow += above(after - c->most[cell]) - above(before - c->most[cell]);
    }
    for (int64_t n = c->row_first[column]; n < c->row_first[column + 1]; n++) c->reached[c->row[n]] += sign * c->amounts[n];
}

static void put(Choice *c, int64_t group, int64_t column) {
    shift(c, column, 1);
    c->chosen[group] = column;
}

static int64_t drop(Choice *c, int64_t group) {
    const int64_t column = c->chosen[group];
    c->chosen[group] = NONE;
    shift(c, column, -1);
    return column;
}

/* What a column is worth, on prices that rise gently where a limit is reached; NEVER where that is surely below `floor`. */
static double smooth_worth(const Choice *c, int64_t column, double floor) {
    double over = 0, loss = 0;
    for (int64_t n = c->row_first[column]; n < c->row_first[column + 1]; n++) {
        const int64_t row = c->row[n];
        const double slope = c->unit[row] / (c->width * c->scale[row]);
        const double now = c->row_price[row] + slope * (c->reached[row] - c->row_most[row]);
        const double after = above(now + slope * c->amounts[n]);
        loss += (after * after - above(now) * above(now)) / (2 * slope);
    }
    const double enough = c->gain[column] - loss - floor + LITTLE * (1 + fabs(c->gain[column]));
    for (int64_t n = c->cell_first[column]; n < c->cell_first[column + 1]; n++) {
        const int64_t cell = c->cell[n];
        const double width = c->width * c->most[cell] + 1e-6;
        const double position = c->cell_price[cell] + (c->load[cell] - c->most[cell]) / width;
        over += (ramp(position + c->loads[n] / width) - ramp(position)) * width;
        if (c->weight * over > enough) return NEVER;
    }
    return c->gain[column] - (c->weight * over + loss);
}

/* The penalty for what a column breaks more, beside so much more overflow. */
static double more_broken(const Choice *c, int64_t column, double over) {
    double broken = 0;
    for (int64_t n = c->row_first[column]; n < c->row_first[column + 1]; n++) {
        const int64_t row = c->row[n];
        const double base = c->reached[row] - c->row_most[row] + c->share[row] * *c->overflow;
        const double after = base + c->amounts[n] + c->share[row] * over;
        broken += (above(after) - above(base)) / c->scale[row];
    }
    return c->penalty * broken;
}

/* The same on the limits as they are: overflow, and a penalty for what is broken. */
static double strict_worth(const Choice *c, int64_t column, double floor) {
    double over = 0;
    const double enough = c->gain[column] - more_broken(c, column, 0) - floor + LITTLE * (1 + fabs(c->gain[column]));
    for (int64_t n = c->cell_first[column]; n < c->cell_first[column + 1]; n++) {
        const double room = c->load[c->cell[n]] - c->most[c->cell[n]];
        over += above(room + c->loads[n]) - above(room);
        if (c->weight * over > enough) return NEVER;
    }
    return c->gain[column] - (c->weight * over + more_broken(c, column, over));
}

static double worth(const Choice *c, int64_t column, double floor) {
    return c->width > 0 ? smooth_worth(c, column, floor) : strict_worth(c, column, floor);
}

/* The best column of a group of which none is chosen, if it is better than `best`, which is worth `most`. */
static int64_t best_of(const Choice *c, int64_t group, int64_t best, double *most) {
    for (int64_t column = c->column_first[group]; column < c->column_first[group + 1]; column++) {
        const double now = worth(c, column, *most);
        if (now > *most) {
            *most = now;
            best = column;
        }
    }
    return best;
}

static int improve_group(Choice *c, int64_t group) {
    if (c->column_first[group + 1] - c->column_first[group] == 1) return 0;
    const int64_t old = drop(c, group);
    const double now = worth(c, old, -INFINITY);
    double most = now;
    const int64_t best = best_of(c, group, old, &most);
    const int better = most > now + LITTLE * fabs(now) + LITTLE;
    put(c, group, better ? best : old);
    return better;
}

/* Leave a package undivided, or divide one that is, if that is worth more. */
static int switch_package(Choice *c, const int64_t *pools, int64_t count, int64_t whole) {
    for (int64_t n = 0; n < count; n++)
        if (pools[n] < 0) return 0;
    int64_t *kept = malloc((size_t)count * sizeof(int64_t));
    if (!kept) return NO_MEMORY;
    double divided = 0, undivided = -INFINITY;
    const int was_whole = c->chosen[whole] != NONE;
    int64_t way = NONE;
    if (was_whole) way = drop(c, whole);
    else
        for (int64_t n = 0; n < count; n++) kept[n] = drop(c, pools[n]);
    if (was_whole) undivided = worth(c, way, -INFINITY);
    else way = best_of(c, whole, NONE, &undivided);
    for (int64_t n = 0; n < count; n++) {
        double most = -INFINITY;
        if (was_whole) kept[n] = best_of(c, pools[n], NONE, &most);
        else most = worth(c, kept[n], -INFINITY);
        divided += most;
        put(c, pools[n], kept[n]);
    }
    const double now = was_whole ? undivided : divided;
    const double gain = was_whole ? divided - undivided : undivided - divided;
    const int take = gain > LITTLE * fabs(now) + LITTLE;
    if (take != was_whole) {
        for (int64_t n = 0; n < count; n++) drop(c, pools[n]);
        put(c, whole, way);
    }
    free(kept);
    return take;
}

static int improve_package(Choice *c, int64_t package, int may_switch) {
    const int64_t *pools = c->pool + c->pool_first[package], whole = c->whole[package];
    const int64_t count = c->pool_first[package + 1] - c->pool_first[package];
    int better = 0;
    if (whole < 0 || c->chosen[whole] == NONE) {
        for (int64_t n = 0; n < count; n++)
            if (pools[n] >= 0) better |= improve_group(c, pools[n]);
    } else better |= improve_group(c, whole);
    if (may_switch && count && whole >= 0) {
        const int switched = switch_package(c, pools, count, whole);
        if (switched == NO_MEMORY) return NO_MEMORY;
        better |= switched;
    }
    return better;
}

/* Sweep over packages in an order until nothing gets better, or `sweeps` times; negative where there is no memory. */
int improve(Choice *c, const int64_t *order, int64_t packages, int64_t sweeps) {
    for (int64_t sweep = 0; sweep < sweeps; sweep++) {
        int better = 0;
        for (int64_t n = 0; n < packages; n++) {
            const int now = improve_package(c, order[n], sweep == 0);
            if (now == NO_MEMORY) return NO_MEMORY;
            better |= now;
        }
        if (!better) break;
    }
    return 0;
}
