/* Which lots a better packing of a wide pool can have (see ../elimination.py). */

#include "eliminate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* cells of the largest lot's value in which is foretold what the units still to come can add to a lot */
#define CELLS 1024
/* of the lots: visits to list them, and so often those are struck off that no others go with */
#define VISITS_PER_LOT 10
#define ROUNDS 6

/* of a value: two that differ by less are one */
static const double SAME = 1e-9;

static int64_t cells_up_to(double cells, const Elimination *given) {
    return cells < 0 ? 0 : cells > (double)given->fill ? given->fill : (int64_t)cells;
}

static double most_between(const double *by_cell, int64_t low, int64_t high) {
    double most = NEVER;
    for (int64_t c = low; c <= high; c++)
        if (by_cell[c] > most) most = by_cell[c];
    return most;
}

/* The most of some choices of lots whose values add up to one between two. by_cell: of each number of cells. As each lot may
   count its own rounded up or down, the value in cells, rounded up as well as down, bounds it. */
double most_of(const double *by_cell, const Elimination *given, double least, double most) {
    const double near = SAME * (double)given->fill, low = least / given->width, high = most / given->width;
    if (high < -near) return NEVER;
    const double down = most_between(by_cell, cells_up_to(floor(low + near), given), cells_up_to(floor(high + near), given));
    const double up = most_between(by_cell, cells_up_to(ceil(low - near), given), cells_up_to(ceil(high - near), given));
    return down < up ? down : up;
}

void add_parts(Key *key, Key of_part, int64_t parts) {
    key->one += (uint64_t)parts * of_part.one;
    key->other += (uint64_t)parts * of_part.other;
}

int by_key(Key a, Key b) {
    if (a.one != b.one) return a.one < b.one ? -1 : 1;
    return (a.other > b.other) - (a.other < b.other);
}

/* The lots of one mix being listed. mine: its units. to_come: one row a unit, one column a cell of value; the most that a
   lot of a value brings, with all beside it, above what units from this one on pay. services: those of
   which a lot must have some of each, or, below 0, of two. */
typedef struct {
    Listed *listed;
    const double *x, *y, *price;
    int64_t points, *mine, count, visits, services;
    double *to_come, width;
    int32_t *held;
} Listing;

static int keep_lot(Listed *listed, const int32_t *held, double spare, double value) {
    const Elimination *given = listed->given;
    if (listed->count == given->most_lots) return GIVEN_UP;
    Lot *lot = &listed->lots[listed->count];
    *lot = (Lot){spare, value, {0, 0}, -1, (int64_t)(value / given->width), listed->store + listed->count * given->units};
    memcpy(lot->held, held, (size_t)given->units * sizeof(int32_t));
    for (int64_t u = given->units - 1; u >= 0; u--) {
        add_parts(&lot->key, listed->of_part[u], held[u]);
        if (held[u]) lot->first = u;
    }
    listed->count++;
    return 0;
}

static int has_its_services(const Listing *one) {
    const Elimination *given = one->listed->given;
    int64_t has = 0;
    for (int64_t n = 0; n < one->count; n++)
        if (one->held[one->mine[n]]) has |= given->service[one->mine[n]];
    return one->services < 0 ? (has & (has - 1)) != 0 : (one->services & ~has) == 0;
}

/* Go through what units from number `from` of the mix on can add to a lot. */
static int list_from(Listing *one, int64_t from, double value, double paid) {
    Listed *listed = one->listed;
    const Elimination *given = listed->given;
    if (++one->visits > VISITS_PER_LOT * given->most_lots) return GIVEN_UP;
    if (from == one->count) {
        if (value <= 0 || !has_its_services(one)) return 0;
        const double profit = highest_near(one->x, one->y, one->points, value, value);
        if (profit <= NEVER) return 0;
        const double spare = profit - paid;
        const double left = listed->pool_value - value;
        if (spare + most_of(given->beside, given, left, left) <= listed->target) return 0;
        return keep_lot(listed, one->held, spare, value);
    }
    const int64_t unit = one->mine[from];
    const double *next = one->to_come + (from + 1) * CELLS;
    for (int64_t parts = 0; parts <= given->parts[unit]; parts++) {
        const double with = value + (double)parts * given->value[unit], pays = paid + (double)parts * one->price[unit];
        const int64_t cell = (int64_t)(with / one->width), low = cell > 0 ? cell - 1 : 0;
        if (cell >= CELLS) break;
        /* a rounding error may have it in the cell beside */
        int hopeless = 1;
        for (int64_t c = low; c <= cell + 1 && c < CELLS; c++) hopeless &= next[c] - pays <= listed->target;
        if (hopeless) continue;
        one->held[unit] = (int32_t)parts;
        const int failed = list_from(one, from + 1, with, pays);
        one->held[unit] = 0;
        if (failed) return failed;
    }
    return 0;
}

/* Of lots of a mix by cell, before they pay: the most that any brings with all beside it. */
static void foretell_lots(const Listing *one, double *most) {
    const Listed *listed = one->listed;
    const Elimination *given = listed->given;
    for (int64_t c = 0; c < CELLS; c++) {
        const double low = (double)c * one->width * (1 - SAME), high = (double)(c + 1) * one->width * (1 + SAME);
        most[c] = highest_near(one->x, one->y, one->points, low, high);
        if (most[c] <= NEVER) continue;
        const double beside = most_of(given->beside, given, listed->pool_value - high, listed->pool_value - low);
        most[c] = beside > NEVER ? most[c] + beside : NEVER;
    }
}

/* The same for every unit, with what it and all later ones pay; two values in cells a and b add up to one in a + b or a + b + 1. */
static void foretell(Listing *one) {
    const Elimination *given = one->listed->given;
    foretell_lots(one, one->to_come + one->count * CELLS);
    for (int64_t n = one->count - 1; n >= 0; n--) {
        const int64_t unit = one->mine[n];
        const double *next = one->to_come + (n + 1) * CELLS;
        double *now = one->to_come + n * CELLS;
        memcpy(now, next, CELLS * sizeof(double));
        for (int64_t parts = 1; parts <= given->parts[unit]; parts++) {
            const int64_t more = (int64_t)((double)parts * given->value[unit] / one->width);
            const double paid = (double)parts * one->price[unit];
            if (more >= CELLS) break;
            for (int64_t c = 0; c + more < CELLS; c++) {
                /* beyond the last cell there is nothing to look for */
                const int64_t beyond = c + more + 1 < CELLS ? c + more + 1 : CELLS - 1;
                const double most = next[c + more] > next[beyond] ? next[c + more] : next[beyond];
                if (most - paid > now[c]) now[c] = most - paid;
            }
        }
    }
}

static int list_mix(Listing *one, int64_t mix) {
    const Elimination *given = one->listed->given;
    one->x = given->x + given->curve_first[mix];
    one->y = given->y + given->curve_first[mix];
    one->points = given->curve_first[mix + 1] - given->curve_first[mix];
    one->price = given->price + mix * given->units;
    one->services = given->services[mix];
    one->count = 0;
    for (int64_t u = 0; u < given->units; u++)
        if (given->holds[mix * given->units + u]) one->mine[one->count++] = u;
    foretell(one);
    return one->to_come[0] > one->listed->target ? list_from(one, 0, 0, 0) : 0;
}

static int list_every(Listed *listed) {
    const Elimination *given = listed->given;
    Listing one = {.listed = listed, .width = given->largest / CELLS};
    one.mine = malloc((size_t)given->units * sizeof(int64_t));
    one.held = calloc((size_t)given->units, sizeof(int32_t));
    one.to_come = malloc((size_t)(given->units + 1) * CELLS * sizeof(double));
    int failed = one.mine && one.held && one.to_come ? 0 : NO_MEMORY;
    for (int64_t mix = 0; mix < given->mixes && !failed; mix++) failed = list_mix(&one, mix);
    free(one.mine);
    free(one.held);
    free(one.to_come);
    return failed;
}

static int by_content(const void *a, const void *b) {
    const Lot *one = a, *other = b;
    const int order = by_key(one->key, other->key);
    return order ? order : (one->spare < other->spare) - (one->spare > other->spare);
}

/* Into gain, of lots of so many cells, what these lots bring; see fill.c. */
void gain_of(const Elimination *given, const Lot *lots, int64_t count, double *gain) {
    for (int64_t n = 0; n < count; n++) {
        const double cells = lots[n].value / given->width, near = SAME * (double)given->fill;
        const int64_t low = (int64_t)(cells - near), high = (int64_t)(cells + near);
        /* rounded down it fills one cell less than rounded up, and the place of a number of cells is one below it */
        for (int64_t c = low > 0 ? low - 1 : 0; c <= high && c < given->fill; c++)
            if (lots[n].spare > gain[c]) gain[c] = lots[n].spare;
    }
}

/* What lots too small for a cell can add, however many there are. */
double by_small_lots(const Elimination *given, const Lot *lots, int64_t count) {
    double most = 0, parts = 0;
    for (int64_t u = 0; u < given->units; u++) parts += (double)given->parts[u];
    for (int64_t n = 0; n < count; n++)
        if (lots[n].cell == 0 && lots[n].spare > most) most = lots[n].spare;
    return most * parts;
}

/* Keep of lots that hold the same the one that brings most, and strike off those that do not go with any choice of the others. */
static int strike_off(Listed *listed) {
    const Elimination *given = listed->given;
    const double lost = 0;
    double *gain = malloc((size_t)given->fill * sizeof(double)), *best = malloc(2 * (size_t)(given->fill + 1) * sizeof(double));
    if (!gain || !best) {
        free(gain);
        free(best);
        return NO_MEMORY;
    }
    qsort(listed->lots, (size_t)listed->count, sizeof(Lot), by_content);
    int64_t kept = 0;
    for (int64_t n = 0; n < listed->count; n++)
        if (!kept || by_key(listed->lots[kept - 1].key, listed->lots[n].key)) listed->lots[kept++] = listed->lots[n];
    listed->count = kept;
    for (int round = 0; round < ROUNDS && kept; round++) {
        for (int64_t c = 0; c < given->fill; c++) gain[c] = NEVER;
        gain_of(given, listed->lots, listed->count, gain);
        fill(gain, &lost, 1, given->fill, 1, best);
        const double small = by_small_lots(given, listed->lots, listed->count);
        kept = 0;
        for (int64_t n = 0; n < listed->count; n++) {
            const Lot *lot = &listed->lots[n];
            const double left = listed->pool_value - lot->value;
            if (lot->spare + most_of(best, given, left, left) + small > listed->target) listed->lots[kept++] = *lot;
        }
        const int64_t gone = listed->count - kept;
        listed->count = kept;
        if (10 * gone < kept) break;
    }
    free(gain);
    free(best);
    return 0;
}

/* List the lots that beat the target with all that others can bring beside them; negative where they are too many. */
int list_lots(Listed *listed) {
    const int failed = list_every(listed);
    return failed ? failed : strike_off(listed);
}
