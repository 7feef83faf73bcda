/* What a unit of load of every eligible set pays in each month, and the best slot of every option (see ../slots.py, which says the
   same in NumPy). */

#include "kernel.h"

void charge(const Charges *c, int64_t places, int64_t lines) {
    for (int64_t n = 0; n < places; n++) {
        const int64_t supplier = c->supplier[c->place[n]];
        const double chance = c->chance[c->place[n]], *price = c->price + supplier * c->months;
        double *to = c->table + c->line[n] * (c->months + 1) + 1;
        for (int64_t month = c->low[supplier]; month < c->high[supplier]; month++) to[month] += chance * price[month];
    }
    for (int64_t line = 0; line < lines; line++) {
        double *row = c->table + line * (c->months + 1);
        for (int64_t month = 0; month < c->months; month++) row[month + 1] += row[month];
    }
}

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
