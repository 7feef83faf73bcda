/* Which lots a better packing of a wide pool can have, and the best packing of these (see ../elimination.py). */

#include "kernel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NO_MEMORY (-2)
#define GIVEN_UP (-1)

/* cells of the largest lot's value in which is foretold what the units still to come can add to a lot */
#define CELLS 1024
/* of the lots: visits to list them, and so often those are struck off that no others go with */
#define VISITS_PER_LOT 10
#define ROUNDS 6
#define PROBES 8
#define NODES_PER_PLACE 16
#define MOST_PLACES (1 << 21)

/* of a value: two that differ by less are one */
static const double SAME = 1e-9;

/* What a lot holds, or what is left to pack, as two sums of random numbers: that any two of millions of different ones have the
   same is less likely (1e-25) than that the machine errs. */
typedef struct {
    uint64_t one, other;
} Key;

/* A lot that a better packing can have. spare: what it brings above what it pays. first: its first unit. cell: of filling.
   held: parts of each unit. */
typedef struct {
    double spare, value;
    Key key;
    int64_t first, cell;
    int32_t *held;
} Lot;

typedef struct {
    const Elimination *given;
    double pool_value, target;
    Key *of_part;
    Lot *lots;
    int64_t count;
    int32_t *store;
} Listed;

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
static double most_of(const double *by_cell, const Elimination *given, double least, double most) {
    const double near = SAME * (double)given->fill, low = least / given->width, high = most / given->width;
    if (high < -near) return NEVER;
    const double down = most_between(by_cell, cells_up_to(floor(low + near), given), cells_up_to(floor(high + near), given));
    const double up = most_between(by_cell, cells_up_to(ceil(low - near), given), cells_up_to(ceil(high - near), given));
    return down < up ? down : up;
}

/* The next of a row of numbers that look random (SplitMix64; Steele, Lea, Flood 2014). */
static uint64_t random_number(uint64_t *state) {
    uint64_t z = *state += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static void add_parts(Key *key, Key of_part, int64_t parts) {
    key->one += (uint64_t)parts * of_part.one;
    key->other += (uint64_t)parts * of_part.other;
}

static int by_key(Key a, Key b) {
    if (a.one != b.one) return a.one < b.one ? -1 : 1;
    return (a.other > b.other) - (a.other < b.other);
}

/* -- listing the lots --------------------------------------------------------------------------------------------- */

/* The lots of one mix being listed. mine: its units. to_come: one row a unit, one column a cell of value; the most that a
   lot of a value brings, with all beside it, above what units from this one on pay. */
typedef struct {
    Listed *listed;
    const double *x, *y;
    int64_t points, *mine, count, visits;
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

/* Go through what units from number `from` of the mix on can add to a lot. */
static int list_from(Listing *one, int64_t from, double value, double paid) {
    Listed *listed = one->listed;
    const Elimination *given = listed->given;
    if (++one->visits > VISITS_PER_LOT * given->most_lots) return GIVEN_UP;
    if (from == one->count) {
        if (value <= 0) return 0;
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
        const double with = value + (double)parts * given->value[unit], pays = paid + (double)parts * given->price[unit];
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
            const double paid = (double)parts * given->price[unit];
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
    one->count = 0;
    for (int64_t u = 0; u < given->units; u++)
        if (given->holds[mix * given->units + u]) one->mine[one->count++] = u;
    foretell(one);
    return one->to_come[0] > one->listed->target ? list_from(one, 0, 0, 0) : 0;
}

static int list_lots(Listed *listed) {
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

/* -- striking off and putting in order ---------------------------------------------------------------------------- */

static int by_content(const void *a, const void *b) {
    const Lot *one = a, *other = b;
    const int order = by_key(one->key, other->key);
    return order ? order : (one->spare < other->spare) - (one->spare > other->spare);
}

static int by_first_unit(const void *a, const void *b) {
    const Lot *one = a, *other = b;
    if (one->first != other->first) return one->first < other->first ? -1 : 1;
    if (one->cell != other->cell) return one->cell < other->cell ? -1 : 1;
    if (one->spare != other->spare) return one->spare > other->spare ? -1 : 1;
    return by_key(one->key, other->key);
}

/* Into gain, of lots of so many cells, what these lots bring; see fill.c. */
static void gain_of(const Elimination *given, const Lot *lots, int64_t count, double *gain) {
    for (int64_t n = 0; n < count; n++) {
        const double cells = lots[n].value / given->width, near = SAME * (double)given->fill;
        const int64_t low = (int64_t)(cells - near), high = (int64_t)(cells + near);
        /* rounded down it fills one cell less than rounded up, and the place of a number of cells is one below it */
        for (int64_t c = low > 0 ? low - 1 : 0; c <= high && c < given->fill; c++)
            if (lots[n].spare > gain[c]) gain[c] = lots[n].spare;
    }
}

/* What lots too small for a cell can add, however many there are. */
static double by_small_lots(const Elimination *given, const Lot *lots, int64_t count) {
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

/* -- the best packing --------------------------------------------------------------------------------------------- */

/* Lots of one first unit whose values lie in one cell, those that bring most first. */
typedef struct {
    int64_t begin, end;
    double least, most;
} Bin;

/* What was left to pack, and the most that lots chosen before brought. */
typedef struct {
    Key left;
    double brought;
} Met;

/* bins: those of first unit u go from bin_first[u] to bin_first[u + 1]. beside: one row a first unit; see most_of. met: a table
   of what was left before, of places (a power of two). */
typedef struct {
    Listed *listed;
    Bin *bins;
    int64_t *bin_first;
    double *beside;
    Met *met;
    uint64_t places;
    int64_t nodes, *left, *chosen, *best, depth, best_depth;
} Search;

/* Whether at least as much was brought before with the same left to pack; keeps it where not. */
static int met_before(Search *search, Key left, double brought) {
    uint64_t place = left.one;
    for (int probe = 0; probe < PROBES; probe++, place++) {
        Met *met = &search->met[place & (search->places - 1)];
        if (met->brought > NEVER && by_key(met->left, left)) continue;
        if (met->brought >= brought) return 1;
        *met = (Met){left, brought};
        return 0;
    }
    return 0;
}

static int fits(const Lot *lot, const int64_t *left, int64_t units) {
    for (int64_t u = lot->first; u < units; u++)
        if (lot->held[u] > left[u]) return 0;
    return 1;
}

/* Pack what is left: the first unit of which some is left is in one of the lots of which it is the first. */
static int pack(Search *search, int64_t first, Key left, double brought, double value) {
    Listed *listed = search->listed;
    const Elimination *given = listed->given;
    while (first < given->units && search->left[first] == 0) first++;
    if (first == given->units) {
        if (brought <= listed->target) return 0;
        listed->target = brought;
        search->best_depth = search->depth;
        memcpy(search->best, search->chosen, (size_t)search->depth * sizeof(int64_t));
        return 0;
    }
    if (met_before(search, left, brought)) return 0;
    const double *beside = search->beside + first * (given->fill + 1), room = listed->pool_value - value;
    for (int64_t b = search->bin_first[first]; b < search->bin_first[first + 1]; b++) {
        const Bin *bin = &search->bins[b];
        const double most = most_of(beside, given, room - bin->most, room - bin->least);
        search->nodes++;
        for (int64_t n = bin->begin; n < bin->end; n++) {
            const Lot *lot = &listed->lots[n];
            if (brought + lot->spare + most <= listed->target) break;
            if (++search->nodes > given->most_nodes) return GIVEN_UP;
            if (!fits(lot, search->left, given->units)) continue;
            const double here = most_of(beside, given, room - lot->value, room - lot->value);
            if (brought + lot->spare + here <= listed->target) continue;
            for (int64_t u = first; u < given->units; u++) search->left[u] -= lot->held[u];
            search->chosen[search->depth++] = n;
            const Key rest = {left.one - lot->key.one, left.other - lot->key.other};
            const int failed = pack(search, first, rest, brought + lot->spare, value + lot->value);
            search->depth--;
            for (int64_t u = first; u < given->units; u++) search->left[u] += lot->held[u];
            if (failed) return failed;
        }
    }
    return 0;
}

/* The bins of the lots, which come in order. */
static void make_bins(Search *search) {
    const Listed *listed = search->listed;
    const int64_t units = listed->given->units;
    int64_t bins = 0, n = 0;
    for (int64_t unit = 0; unit < units; unit++) {
        search->bin_first[unit] = bins;
        for (; n < listed->count && listed->lots[n].first == unit; n++) {
            const Lot *lot = &listed->lots[n];
            if (bins == search->bin_first[unit] || lot->cell != lot[-1].cell) {
                search->bins[bins++] = (Bin){n, n + 1, lot->value, lot->value};
                continue;
            }
            Bin *bin = &search->bins[bins - 1];
            bin->end = n + 1;
            if (lot->value < bin->least) bin->least = lot->value;
            if (lot->value > bin->most) bin->most = lot->value;
        }
    }
    search->bin_first[units] = bins;
}

/* What lots whose first unit is none before `unit` bring beside others, of every unit. */
static int bring_beside(Search *search) {
    const Listed *listed = search->listed;
    const Elimination *given = listed->given;
    const int64_t units = given->units, width = given->fill + 1;
    double *gain = malloc((size_t)(units * given->fill) * sizeof(double)), *lost = calloc((size_t)units, sizeof(double));
    double *best = malloc((size_t)(2 * units * width) * sizeof(double));
    const int failed = gain && lost && best ? 0 : NO_MEMORY;
    if (!failed) {
        for (int64_t unit = units - 1, end = listed->count; unit >= 0; unit--) {
            double *row = gain + unit * given->fill;
            for (int64_t c = 0; c < given->fill; c++) row[c] = unit + 1 < units ? row[given->fill + c] : NEVER;
            int64_t begin = end;
            while (begin > 0 && listed->lots[begin - 1].first == unit) begin--;
            gain_of(given, listed->lots + begin, end - begin, row);
            end = begin;
        }
        fill(gain, lost, units, given->fill, 1, best);
        const double small = by_small_lots(given, listed->lots, listed->count);
        for (int64_t n = 0; n < units * width; n++) search->beside[n] = best[n] + small;
    }
    free(gain);
    free(lost);
    free(best);
    return failed;
}

/* The best packing of the lots listed, if it brings more than the target; gives how many lots it has. */
static int64_t best_packing(Listed *listed, int64_t *counts, double *bound) {
    const Elimination *given = listed->given;
    const size_t units = (size_t)given->units;
    Key all = {0, 0};
    size_t parts = 1;
    Search search = {.listed = listed, .places = 1024};
    while (search.places < MOST_PLACES && search.places < (uint64_t)given->most_nodes / NODES_PER_PLACE) search.places *= 2;
    for (size_t u = 0; u < units; u++) parts += (size_t)given->parts[u];
    search.bins = malloc((size_t)(listed->count + 1) * sizeof(Bin));
    search.bin_first = malloc((units + 1) * sizeof(int64_t));
    search.beside = malloc(units * (size_t)(given->fill + 1) * sizeof(double));
    search.met = malloc((size_t)search.places * sizeof(Met));
    search.left = malloc(units * sizeof(int64_t));
    search.chosen = malloc(2 * parts * sizeof(int64_t));
    int failed = search.bins && search.bin_first && search.beside && search.met && search.left && search.chosen ? 0 : NO_MEMORY;
    if (!failed) failed = bring_beside(&search);
    if (!failed) {
        search.best = search.chosen + parts;
        make_bins(&search);
        for (uint64_t n = 0; n < search.places; n++) search.met[n].brought = NEVER;
        for (size_t u = 0; u < units; u++) {
            search.left[u] = given->parts[u];
            add_parts(&all, listed->of_part[u], given->parts[u]);
        }
        failed = pack(&search, 0, all, 0, 0);
        if (!failed) *bound = listed->target;
        for (int64_t n = 0; n < search.best_depth; n++)
            for (size_t u = 0; u < units; u++) counts[(size_t)n * units + u] = listed->lots[search.best[n]].held[u];
    }
    free(search.bins);
    free(search.bin_first);
    free(search.beside);
    free(search.met);
    free(search.left);
    free(search.chosen);
    return failed == NO_MEMORY ? NO_MEMORY : search.best_depth;
}

/* counts: one row a lot of the best packing found, if it brings more than the target. bound: what no packing exceeds; infinity
   where that was not settled. Gives how many lots that packing has, or a negative number where there is no memory. */
int64_t eliminate(const Elimination *given, double target, int64_t *counts, double *bound) {
    const size_t units = (size_t)given->units, most = (size_t)given->most_lots;
    Listed listed = {.given = given, .target = target};
    listed.of_part = malloc(units * sizeof(Key));
    listed.lots = malloc(most * sizeof(Lot));
    listed.store = malloc(most * units * sizeof(int32_t));
    *bound = INFINITY;
    int64_t made = listed.of_part && listed.lots && listed.store ? 0 : NO_MEMORY;
    if (!made) {
        uint64_t state = 0;
        for (size_t u = 0; u < units; u++) {
            listed.pool_value += given->value[u] * (double)given->parts[u];
            listed.of_part[u].one = random_number(&state);
            listed.of_part[u].other = random_number(&state);
        }
        made = list_lots(&listed);
        if (!made) made = strike_off(&listed);
        if (!made) {
            qsort(listed.lots, (size_t)listed.count, sizeof(Lot), by_first_unit);
            made = best_packing(&listed, counts, bound);
        }
    }
    free(listed.of_part);
    free(listed.lots);
    free(listed.store);
    return made == GIVEN_UP ? 0 : made;
}
