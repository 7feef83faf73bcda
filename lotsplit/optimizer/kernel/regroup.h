/* Packings of a wide pool, lot by lot (regroup.c), and lots as full as units can make them (full_lots.c). */

#ifndef LOTSPLIT_REGROUP_H
#define LOTSPLIT_REGROUP_H

#include "divide.h"

#include <stddef.h>

/* From 0 up to 1. */
double draw(uint64_t *state);

/* Some parts of a unit that go into a lot together or not at all, in cells of value. */
typedef struct {
    int64_t unit, count, cells;
} Bundle;

/* What full lots of a pool are found with. order: units, the largest first, divisible ones last; kind: of each unit which months and
   services it has; held: of each kind. cell: of value; exact where every value is so many whole cells. reach: a line of bits for every
   bundle: the sums of cells that it and those before it can make. rest: parts that are in no lot yet. work: steps for one lot of all
   units. */
typedef struct {
    const Place *place;
    int64_t first_unit, units, kinds, exact;
    double cell, work;
    int64_t *order, *kind;
    Held *held;
    Bundle *bundle;
    uint64_t *reach;
    size_t bundles, words;
    int32_t *rest, *tried, *best;
} Filling;

/* parts: of each unit in all. Gives 0, or -1 without memory; to be ended in both cases. */
int begin_filling(const Place *place, const int32_t *parts, Filling *filling);

void end_filling(Filling *filling);

/* Lots of all that is in rest, added to those in `out`. stray: how often a lot is begun from any unit, not the largest left.
   Gives 0, or -1 without memory. */
int full_lots(Filling *filling, double stray, uint64_t *random, Packed *out);

#endif
