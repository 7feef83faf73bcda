/* The best slot of every option (see ../slots.py, which says the same in NumPy). */

#include "kernel.h"

void best_waits(const Slots *s, int64_t options, double *best, int64_t *wait) {
    const int64_t line = s->all_months + 1;
    for (int64_t n = 0; n < options; n++) {
        const int64_t months = s->months[n], slots = s->last[n] - s->first[n] + 2 - months;
        const double *budget = s->budget ? s->budget + s->profile[n] * line : 0, *load = s->load ? s->load + s->set[n] * line : 0;
        const double paid = s->cost[n] / (double)months, loaded = s->value[n] / (double)months;
        for (int64_t w = 0; w < slots; w++) {
            const int64_t from = s->first[n] + w, to = from + months;
            double profit = s->base[n] - s->start[from];
            if (budget) profit -= (budget[to] - budget[from]) * paid;
            if (load) profit -= (load[to] - load[from]) * loaded;
            if (w == 0 || profit > best[n]) {
                best[n] = profit;
                wait[n] = w;
            }
        }
    }
}
