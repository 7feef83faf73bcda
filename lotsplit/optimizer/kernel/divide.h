/* Lots of wide pools as ../holding.py has them, looked up on the curves of their mixes (curves.c); and the best division of
   what two of them hold (divide.c). */

#ifndef LOTSPLIT_DIVIDE_H
#define LOTSPLIT_DIVIDE_H

#include "kernel.h"

#define MOST_BUNDLES 8

/* What a lot holds: value, latest first month, earliest last one, longest least duration, services. */
typedef struct {
    double value;
    int64_t first, last, least, service;
} Held;

/* Values of a mix with the same leading bits: where to begin on its curve, and the most that it brings there per value. */
typedef struct {
    double rate;
    int32_t start;
} Stretch;

/* The stretches of the curves of a pool's mixes: those of each mix (count) begin at place, with leading bits of base. */
typedef struct {
    int64_t *place, *base, *count;
    Stretch *stretch;
} CurveIndex;

int index_curves(const Curves *curves, int64_t first_mix, int64_t mixes, CurveIndex *index);

void free_index(CurveIndex *index);

/* One pool whose lots are regrouped: its number among the units, its first mix, and where to begin on their curves. */
typedef struct {
    const Units *units;
    int64_t pool, first_mix;
    CurveIndex index;
} Place;

/* What a lot of a mix and a value brings. */
double indexed_profit(const Place *place, int64_t mix, double value);

/* No less than that, sooner. */
double most_profit(const Place *place, int64_t mix, double value);

Held together(Held a, Held b);

Held some_of(const Units *units, int64_t unit, int64_t parts);

/* What a lot of so many parts of each unit of a pool holds. */
Held held_of(const Units *units, int64_t first_unit, int64_t pool_units, const int32_t *count);

/* The mix of a lot, -1 where there cannot be one; of an empty lot any. */
int64_t mix_of(const Place *place, Held held);

/* What a lot brings, 0 for an empty one. */
double lot_profit(const Place *place, Held held);

/* The best division of what two lots hold, tied into bundles, and a filler (a unit, or -1) of so many parts, of those that bring more
   than `least`. mask: the bundles of the first lot. filled: its parts of the filler. Gives what both lots bring, or least. */
double best_division(const Place *place, const Held *bundle, int64_t bundles, int64_t filler, int64_t total, double least,
                     int64_t *mask, int64_t *filled);

#endif
