/* The compiled kernel: loops over single numbers that NumPy cannot take together. */

#ifndef LOTSPLIT_KERNEL_H
#define LOTSPLIT_KERNEL_H

#include <stdint.h>

/* One wide pool as ../whole.py lays it out. extra: units of each mix beyond its parent's. edges: of cells of value.
   x, y: points of each mix's curve. fill, width: cells of filling. groups: of values, for lots to return. */
typedef struct {
    int64_t units, mixes, cells, fill, groups;
    double width;
    const double *value, *edges, *x, *y;
    const int64_t *parts, *parent, *extra_first, *extra, *curve_first, *service, *needed;
} Pool;

/* Less than any profit. */
#define NEVER (-1e18)

double highest(const double *x, const double *y, int64_t points, double slope, double least, double most, int64_t *point);

double highest_near(const double *x, const double *y, int64_t points, double least, double most);

int relax_all(const Pool *pool, const double *price, double slope, double least, double *most, int64_t *reach);

int64_t whole_lots(const Pool *pool, const double *price, double slope, double least, double *spare, double *profit,
                   int64_t *counts);

int two_lots(const double *unit_value, int64_t units, const int64_t *holds, const int64_t *curve_first, int64_t mixes,
             const double *x, const double *y, double slope, double least, double *best);

void fill(const double *gain, const double *lost, int64_t lines, int64_t cells, int64_t fewest, double *best);

/* A wide pool whose lots are listed (see ../elimination.py): its units, and by number of cells the most that any choice of lots brings
   above what they pay (beside). holds: one row a mix, one column a unit; price: the same, what each part pays. x, y: points of the
   curve of each mix. largest: no lot of a greater value is looked for. */
typedef struct {
    int64_t units, mixes, fill, most_lots, most_nodes;
    double width, largest;
    const double *value, *price, *x, *y, *beside;
    const int64_t *parts, *holds, *curve_first, *service, *services;
} Elimination;

int64_t eliminate(const Elimination *given, double target, int64_t *counts, double *bound);

/* Lots (eligible set, first month, duration, value a month), and the win chances of limited suppliers in every set. */
typedef struct {
    int64_t months;
    const int64_t *set, *start, *duration, *set_first, *supplier;
    const double *rate, *chance;
} LotLoads;

int sum_loads(const LotLoads *loads, int64_t lots, int64_t suppliers, double *table);

/* Candidates group after group, as in Choice, the lots of each, and what each cell (supplier and month) can take on. */
typedef struct {
    int64_t groups;
    const int64_t *column_first, *lot_first;
    const double *most;
} Groups;

/* What candidates put on cells: those of each begin at first. highest: the most that any choice puts on each cell, to be freed. */
typedef struct {
    int64_t *first;
    int32_t *cell;
    double *load, *highest;
} Layout;

/* Fills in first and highest; gives how many cells there will be, or -1 without memory. */
int64_t count_layout(const LotLoads *loads, const Groups *groups, int64_t cells, Layout *out);

/* Fills in cell and load; gives 0, or -1 without memory. */
int lay_out(const LotLoads *loads, const Groups *groups, int64_t cells, const Layout *out);

/* Candidate columns by group, and a choice of one of each (see ../ascent.py). Columns of group g go from column_first[g] to
   column_first[g + 1], and so the cells and rows of each column. pool: groups of each package, whole: the group of its
   undivided columns, both -1 where there are none. chosen: the column of each group, or -1. */
typedef struct {
    const int64_t *column_first, *cell_first, *row_first, *row, *pool_first, *pool, *whole;
    const int32_t *cell;
    const double *gain, *loads, *amounts, *most, *cell_price, *row_most, *scale, *unit, *share, *row_price;
    double weight, penalty, width;
    double *load, *reached, *overflow;
    int64_t *chosen;
} Choice;

int improve(Choice *choice, const int64_t *order, int64_t packages, int64_t sweeps);

/* Options, one after another (content, set, months, reserved, extra cost); contents (window, profile, package, value); and prices
   (see ../slots.py): sme_win and is_thin by set, worth by profile, lot by package, start by month. budget, load: lines of sums up to
   each month, by profile and by set; none where nothing is charged. */
typedef struct {
    int64_t all_months;
    double cost, thin, reserve, lot_tie, reserved_tie;
    const int32_t *content, *set;
    const int16_t *months;
    const uint8_t *reserved;
    const int64_t *first, *last, *profile, *package;
    const double *extra, *value, *pool_value, *sme_win, *is_thin, *worth, *lot, *start, *budget, *load;
} Slots;

int best_slots(const Slots *slots, int64_t options, double *profit, int64_t *row, int64_t *start);

/* Eligible sets, one a line of the table; win chances of suppliers in every set; and prices of their months, of which those from low to
   high may be above 0. table: cumulative over months, from one number before the first month on. */
typedef struct {
    int64_t months;
    const int64_t *set, *set_first, *supplier, *low, *high;
    const double *chance, *price;
    double *table;
} Charges;

void charge(const Charges *charges, int64_t sets);

/* Points of the curves of all mixes: those of mix m from first[m] to first[m + 1], by ascending value. */
typedef struct {
    const double *values, *profits;
    const int64_t *first;
} Curves;

/* Where curves of mixes are worked out (see ../line_table.py), and prices. Lines and mixes of pool p go from line_first[p] and
   mix_first[p] on, its values from between_first[p] on, and the lines of mix m from use_first[m] on. Steps of a group at a
   duration: from step_first[(months - 1) x groups + group] on. lot: price of a lot of each pool. budget, load: as in Slots.
   made_up: what is added for a euro of each line. */
typedef struct {
    int64_t all_months, groups;
    double fixed_cost, premium, least_value, most_reserved, reserve, cost, thin, lot_tie, reserved_tie;
    const int64_t *line_first, *mix_first, *between_first, *first, *last, *least, *group, *profile;
    const int64_t *mix_least, *use_first, *use, *step_first, *set[2];
    const double *pool_value, *elasticity, *between, *low, *step_start;
    const double *lot, *sme_win, *no_bid, *single_bid, *is_thin, *worth, *start, *budget, *load, *made_up;
} LineTable;

int64_t mix_curves(const LineTable *table, const int64_t *pools, int64_t count, double **value, double **profit, int64_t *first);

void curve_profits(const Curves *curves, int64_t lots, const int64_t *mix, const double *value, double *profit);

/* The units of some pools, one after another, as ../holding.py has them, and what lots of them bring. first_unit: of each
   pool, and one more; its mixes go from first_mix to end_mix. levels: of each pool, those of every
   first month, last month and least duration, a line each of so many months. services: how many
   each pool has, 0 where few. sets: of services, that are told apart; step: from one to another by one more service. target: sizes that pay, a line a mix. */
typedef struct {
    const Curves *curves;
    int64_t targets, months;
    const double *target, *value, *pool_value;
    const int64_t *first, *last, *least, *service, *first_unit, *levels, *mix_table, *mix_place, *lasts, *leasts, *services, *sets, *step, *step_place, *first_mix, *end_mix;
} Units;

/* How hard to look for better packings (see ../regroup.py). gain: of the pool's value; less is not worth a change. */
typedef struct {
    int64_t bundles, patience, sweeps, refills;
    double gain;
} Regrouping;

/* Lots of one pool, a line a lot, a column a unit; room: for so many. */
typedef struct {
    int64_t lots, room;
    int32_t *count;
} Packed;

int regroup(const Units *units, int64_t pool, const Regrouping *how, uint64_t seed, Packed *packed);

#endif
