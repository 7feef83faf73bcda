/* What lots put on suppliers month by month: summed up (see ../columns.py), and laid out for candidates (see ../ascent.py). Both
   say the same in NumPy, and add up in the same order. */

#include "kernel.h"

#include <stdlib.h>
#include <string.h>

int sum_loads(const LotLoads *l, int64_t lots, int64_t suppliers, double *table) {
    const int64_t line = l->months + 1, cells = suppliers * line;
    double *ended = calloc((size_t)cells, sizeof(double));
    if (!ended) return -1;
    memset(table, 0, (size_t)cells * sizeof(double));
    for (int64_t n = 0; n < lots; n++)
        for (int64_t m = l->set_first[l->set[n]]; m < l->set_first[l->set[n] + 1]; m++) {
            const int64_t begin = l->supplier[m] * line + l->start[n];
            const double load = l->chance[m] * l->rate[n];
            table[begin] += load;
            ended[begin + l->duration[n]] += load;
        }
    for (int64_t s = 0; s < suppliers; s++) {
        double *row = table + s * line, *end = ended + s * line;
        for (int64_t t = 0; t < line; t++) row[t] = row[t] - end[t] + (t ? row[t - 1] : 0.0);
    }
    free(ended);
    return 0;
}

/* Sums by cell, of which only those touched since it was emptied are looked at. */
typedef struct {
    double *sum;
    int64_t *touched, count;
    char *is_touched;
} Cells;

static int new_cells(Cells *c, int64_t cells) {
    c->sum = malloc((size_t)cells * sizeof(double));
    c->touched = malloc((size_t)cells * sizeof(int64_t));
    c->is_touched = calloc((size_t)cells, 1);
    c->count = 0;
    return c->sum && c->touched && c->is_touched;
}

static void free_cells(Cells *c) {
    free(c->sum);
    free(c->touched);
    free(c->is_touched);
}

static void empty(Cells *c) {
    for (int64_t n = 0; n < c->count; n++) c->is_touched[c->touched[n]] = 0;
    c->count = 0;
}

static double *at(Cells *c, int64_t cell) {
    if (!c->is_touched[cell]) {
        c->is_touched[cell] = 1;
        c->touched[c->count++] = cell;
        c->sum[cell] = 0.0;
    }
    return &c->sum[cell];
}

/* What the lots of one candidate put on cells. */
static void add_candidate(const LotLoads *l, int64_t first, int64_t end, Cells *c) {
    empty(c);
    for (int64_t n = first; n < end; n++)
        for (int64_t m = l->set_first[l->set[n]]; m < l->set_first[l->set[n] + 1]; m++) {
            const int64_t cell = l->supplier[m] * l->months + l->start[n];
            const double load = l->chance[m] * l->rate[n];
            for (int64_t t = 0; t < l->duration[n]; t++) *at(c, cell + t) += load;
        }
}

static int ascending(const void *a, const void *b) {
    const int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

/* Add to every cell the most that any candidate of each group puts on it. */
static void add_highest(const LotLoads *l, const Groups *g, Cells *one, Cells *group, double *highest) {
    for (int64_t k = 0; k < g->groups; k++) {
        empty(group);
        for (int64_t c = g->column_first[k]; c < g->column_first[k + 1]; c++) {
            add_candidate(l, g->lot_first[c], g->lot_first[c + 1], one);
            for (int64_t n = 0; n < one->count; n++) {
                const int64_t cell = one->touched[n];
                double *most = at(group, cell);
                if (one->sum[cell] > *most) *most = one->sum[cell];
            }
        }
        for (int64_t n = 0; n < group->count; n++) highest[group->touched[n]] += group->sum[group->touched[n]];
    }
}

/* How many cells of every candidate some choice can overload, as where those of each begin; gives how many there are in all. */
static int64_t count_cells(const LotLoads *l, const Groups *g, const double *highest, Cells *one, int64_t *first) {
    int64_t count = 0;
    for (int64_t c = 0; c < g->column_first[g->groups]; c++) {
        first[c] = count;
        add_candidate(l, g->lot_first[c], g->lot_first[c + 1], one);
        for (int64_t n = 0; n < one->count; n++) count += highest[one->touched[n]] > g->most[one->touched[n]];
    }
    first[g->column_first[g->groups]] = count;
    return count;
}

/* The cells that some choice can overload, of every candidate ascending. */
static void list_cells(const LotLoads *l, const Groups *g, const Layout *out, Cells *one) {
    int64_t count = 0;
    for (int64_t c = 0; c < g->column_first[g->groups]; c++) {
        const int64_t from = count;
        add_candidate(l, g->lot_first[c], g->lot_first[c + 1], one);
        for (int64_t n = 0; n < one->count; n++)
            if (out->highest[one->touched[n]] > g->most[one->touched[n]]) out->cell[count++] = (int32_t)one->touched[n];
        qsort(out->cell + from, (size_t)(count - from), sizeof(int32_t), ascending);
        for (int64_t n = from; n < count; n++) out->load[n] = one->sum[out->cell[n]];
    }
}

int64_t count_layout(const LotLoads *l, const Groups *g, int64_t cells, Layout *out) {
    Cells one = {0}, group = {0};
    int64_t count = -1;
    out->highest = calloc((size_t)cells, sizeof(double));
    if (out->highest && new_cells(&one, cells) && new_cells(&group, cells)) {
        add_highest(l, g, &one, &group, out->highest);
        count = count_cells(l, g, out->highest, &one, out->first);
    }
    free_cells(&one);
    free_cells(&group);
    return count;
}

int lay_out(const LotLoads *l, const Groups *g, int64_t cells, const Layout *out) {
    Cells one = {0};
    const int room = new_cells(&one, cells);
    if (room) list_cells(l, g, out, &one);
    free_cells(&one);
    return room ? 0 : -1;
}
