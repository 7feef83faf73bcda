/* Lots that a better packing of a wide pool can have: how they are listed (list_lots.c), and packed (eliminate.c). */

#ifndef LOTSPLIT_ELIMINATE_H
#define LOTSPLIT_ELIMINATE_H

#include "kernel.h"

#define NO_MEMORY (-2)
#define GIVEN_UP (-1)

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

/* The lots of a pool. target: what a packing of them must beat. of_part: the keys of single parts. store: what lots hold. */
typedef struct {
    const Elimination *given;
    double pool_value, target;
    Key *of_part;
    Lot *lots;
    int64_t count;
    int32_t *store;
} Listed;

void add_parts(Key *key, Key of_part, int64_t parts);

int by_key(Key a, Key b);

double most_of(const double *by_cell, const Elimination *given, double least, double most);

void gain_of(const Elimination *given, const Lot *lots, int64_t count, double *gain);

double by_small_lots(const Elimination *given, const Lot *lots, int64_t count);

int list_lots(Listed *listed);

#endif
