/* What columns pay for the capacity they use (see ../use.py, which says the same in NumPy). */

#include "kernel.h"

void add_charges(const double *table, int64_t columns, const int64_t *first, const int64_t *begin, const int64_t *end,
                 const double *rate, double *charges) {
    for (int64_t c = 0; c < columns; c++) {
        double sum = 0;
        for (int64_t n = first[c]; n < first[c + 1]; n++) sum += rate[n] * (table[end[n]] - table[begin[n]]);
        charges[c] += sum;
    }
}
