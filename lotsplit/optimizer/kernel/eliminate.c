/* The best packing of the lots that a better packing of a wide pool can have (see ../elimination.py). */

#include "eliminate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* of the table of what was met: places looked at, nodes for each place, and places at most (50 MB) */
#define PROBES 8
#define NODES_PER_PLACE 16
#define MOST_PLACES (1 << 21)

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

/* The next of a row of numbers that look random (SplitMix64; Steele, Lea, Flood 2014). */
static uint64_t random_number(uint64_t *state) {
    uint64_t z = *state += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static int by_first_unit(const void *a, const void *b) {
    const Lot *one = a, *other = b;
    if (one->first != other->first) return one->first < other->first ? -1 : 1;
    if (one->cell != other->cell) return one->cell < other->cell ? -1 : 1;
    if (one->spare != other->spare) return one->spare > other->spare ? -1 : 1;
    return by_key(one->key, other->key);
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
