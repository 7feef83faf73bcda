/* What a unit of load of every eligible set pays in each month, and the best slot of every option (see ../slots.py, which says the
   same in NumPy). */

#include "kernel.h"

#include <stdlib.h>

void charge(const Charges *c, int64_t sets) {
    for (int64_t line = 0; line < sets; line++) {
        double *restrict row = c->table + line * (c->months + 1);
        for (int64_t month = 0; month <= c->months; month++) row[month] = 0.0;
        for (int64_t n = c->set_first[c->set[line]]; n < c->set_first[c->set[line] + 1]; n++) {
            const int64_t supplier = c->supplier[n];
            const double *restrict price = c->price + supplier * c->months, chance = c->chance[n];
            for (int64_t month = c->low[supplier]; month < c->high[supplier]; month++) row[month + 1] += chance * price[month];
        }
        for (int64_t month = 0; month < c->months; month++) row[month + 1] += row[month];
    }
}

/* What an option brings before anything that depends on the first month. */
static double base_profit(const Slots *s, int64_t n) {
    const int64_t content = s->content[n], set = s->set[n];
    const double value = s->value[content], pool_value = s->pool_value[content];
    double profit = s->sme_win[set] * value * s->worth[s->profile[content]];
    profit -= s->cost * s->extra[n];
    profit -= s->thin * (s->is_thin[set] > 0 ? value : 0.0);
    profit -= s->lot[s->package[content]];
    profit -= s->lot_tie * pool_value;
    return s->reserved[n] ? profit - (s->reserve * value + s->reserved_tie * pool_value) : profit;
}

/* What one option brings in its best month, the first of those that are as good, and how long it waits for it. */
static double best_wait(const Slots *s, int64_t n, int64_t *wait) {
    const int64_t line = s->all_months + 1, content = s->content[n], months = s->months[n], first = s->first[content];
    const int64_t slots = s->last[content] - first + 2 - months;
    const double *budget = s->budget ? s->budget + s->profile[content] * line : 0;
    const double *load = s->load ? s->load + s->set[n] * line : 0;
    const double base = base_profit(s, n), value = s->value[content];
    const double paid = (value + s->extra[n]) / (double)months, loaded = value / (double)months;
    double best = 0.0;
    for (int64_t w = 0; w < slots; w++) {
        const int64_t from = first + w, to = from + months;
        double profit = base - s->start[from];
        if (budget) profit -= (budget[to] - budget[from]) * paid;
        if (load) profit -= (load[to] - load[from]) * loaded;
        if (w == 0 || profit > best) {
            best = profit;
            *wait = w;
        }
    }
    return best;
}

int best_slots(const Slots *s, int64_t options, double *profit, int64_t *row, int64_t *start) {
    /* open and reserved ones of every duration */
    double *brings = malloc((size_t)(2 * s->all_months) * sizeof(double));
    int64_t *wait = malloc((size_t)(2 * s->all_months) * sizeof(int64_t));
    for (int64_t n = 0, end; brings && wait && n < options; n = end) {
        const int64_t content = s->content[n];
        double most = NEVER;
        for (end = n; end < options && s->content[end] == content; end++) {
            brings[end - n] = best_wait(s, end, &wait[end - n]);
            if (brings[end - n] > most) most = brings[end - n];
        }
        /* the first option that is as good, but for noise */
        int64_t k = 0;
        while (brings[k] < most - 1e-12 * s->value[content]) k++;
        profit[content] = brings[k];
        row[content] = n + k;
        start[content] = s->first[content] + wait[k];
    }
    const int done = brings && wait ? 0 : -1;
    free(brings);
    free(wait);
    return done;
}
