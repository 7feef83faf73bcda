/* Lots of whole units of one wide pool: by value, what the best lot brings above what it pays (see ../whole.py). */

#include "kernel.h"

#include <stdlib.h>
#include <string.h>

#define EMPTY (-1)
#define NO_MEMORY (-2)
#define UNREACHED (-3)

/* of a value: two that differ by less are one */
static const double SAME = 1.5e-9;

/* what contents that there are not pay, and their least value */
#define NOTHING 1e300

/* Contents whose values fall into one cell: the least that any pays above slope x value, the range of their values, and the
   way to the one that pays least. */
typedef struct {
    double paid, low, high;
    int32_t trail;
} State;

typedef struct {
    int32_t before, item;
} Step;

typedef struct {
    Step *steps;
    int64_t count, room;
} Trails;

/* some parts of a unit, taken or left together: 1, 2, 4, ... and a rest, so that any number can be made up */
typedef struct {
    int64_t unit, parts;
    double value, paid;
} Item;

/* Make room for some more steps. */
static int make_room(Trails *trails, int64_t more) {
    if (trails->count + more <= trails->room) return 0;
    const int64_t room = 2 * trails->room + more;
    Step *grown = room < INT32_MAX ? realloc(trails->steps, (size_t)room * sizeof(Step)) : NULL;
    if (!grown) return NO_MEMORY;
    trails->steps = grown;
    trails->room = room;
    return 0;
}

/* To every content add an item or not. states[cells] is the empty content. A range of values that reaches over several
   cells is cut at their edges. From the highest cell down, so that none takes the item twice. Whether a content pays less
   than another cannot be foretold, so there is no branch for it. */
static int take(State *states, int64_t cells, const double *edges, const Item *item, int32_t number, Trails *trails) {
    if (make_room(trails, cells + 1)) return NO_MEMORY;
    int64_t to = cells - 1;
    for (int64_t from = cells - 1; from >= -1; from--) {
        const State old = states[from < 0 ? cells : from];
        const double low = old.low + item->value, high = old.high + item->value, paid = old.paid + item->paid;
        if (low > edges[cells]) continue;
        while (to > 0 && edges[to] > low) to--;
        trails->steps[trails->count] = (Step){old.trail, number};
        int32_t used = 0;
        int64_t c = to;
        do {
            State *state = &states[c];
            const double l = low > edges[c] ? low : edges[c], h = high < edges[c + 1] ? high : edges[c + 1];
            const int32_t less = -(paid < state->paid);
            state->trail ^= (state->trail ^ (int32_t)trails->count) & less;
            state->paid = paid < state->paid ? paid : state->paid;
            state->low = l < state->low ? l : state->low;
            state->high = h > state->high ? h : state->high;
            used |= less;
            c++;
        } while (c < cells && edges[c] <= high);
        trails->count -= used;
    }
    return 0;
}

/* The most of a curve less slope x value between two values. *point moves up with least. */
double highest(const double *x, const double *y, int64_t points, double slope, double least, double most, int64_t *point) {
    const double low = least - SAME * least, high = most + SAME * most;
    double best = NEVER;
    if (points == 0 || low > x[points - 1] || high < x[0]) return NEVER;
    while (*point + 1 < points && x[*point + 1] <= low) (*point)++;
    for (int64_t n = *point; n < points && x[n] <= high; n++) {
        const int64_t next = n + 1 < points ? n + 1 : n;
        const double ends[2] = {x[n] > low ? x[n] : low, x[next] < high ? x[next] : high};
        for (int e = 0; e < 2; e++) {
            const double value = ends[e];
            double profit = NEVER;
            if (value < x[n] || value > x[next]) continue;
            if (value == x[n]) profit = y[n];
            else if (value == x[next]) profit = y[next];
            else if (y[n] > NEVER && y[next] > NEVER)
                profit = y[n] + (y[next] - y[n]) * ((value - x[n]) / (x[next] - x[n]));
            if (profit <= NEVER) continue;
            profit -= slope * (value < least ? least : value > most ? most : value);
            if (profit > best) best = profit;
        }
    }
    return best;
}

/* The most of a curve between two values, wherever they lie. */
double highest_near(const double *x, const double *y, int64_t points, double least, double most) {
    const double before = least - SAME * least;
    int64_t low = 0, high = points - 1;
    while (low < high) {
        const int64_t middle = (low + high + 1) / 2;
        if (x[middle] <= before) low = middle;
        else high = middle - 1;
    }
    return highest(x, y, points, 0, least, most, &low);
}

static int larger_first(const void *a, const void *b) {
    const Item *one = a, *other = b;
    if (one->value != other->value) return one->value > other->value ? -1 : 1;
    if (one->unit != other->unit) return one->unit < other->unit ? -1 : 1;
    return one->parts != other->parts ? (one->parts > other->parts ? -1 : 1) : 0;
}

/* The items of some units, largest first. */
static int64_t items_of(const Pool *pool, int64_t first, int64_t end, const double *price, double slope, Item *items) {
    int64_t count = 0;
    for (int64_t n = first; n < end; n++) {
        const int64_t unit = pool->extra[n];
        int64_t left = pool->parts[unit], some = 1;
        for (; left > 0; some *= 2) {
            const int64_t now = some < left ? some : left;
            left -= now;
            if ((double)now * pool->value[unit] > pool->edges[pool->cells]) continue;
            items[count].unit = unit;
            items[count].parts = now;
            items[count].value = (double)now * pool->value[unit];
            items[count].paid = (double)now * (price[unit] - slope * pool->value[unit]);
            count++;
        }
    }
    qsort(items, (size_t)count, sizeof(Item), larger_first);
    return count;
}

/* The best lots met: of every mix, and of every group of values. where: mix x (cells + 1) + cell. */
typedef struct {
    double *spare;
    int64_t *where;
} Leaders;

static void lead(Leaders *leaders, int64_t place, double spare, int64_t where) {
    if (spare > leaders->spare[place]) {
        leaders->spare[place] = spare;
        leaders->where[place] = where;
    }
}

/* What the contents of one mix bring above what they pay, cell by cell, into coarser cells for filling up the pool. */
static void read_mix(const Pool *pool, const State *states, int64_t mix, double slope, double *spare, Leaders *leaders) {
    const int64_t first = pool->curve_first[mix], points = pool->curve_first[mix + 1] - first;
    int64_t point = 0;
    for (int64_t n = 0; n < pool->fill; n++) spare[n] = NEVER;
    for (int64_t c = 0; c < pool->cells; c++) {
        if (states[c].trail == UNREACHED) continue;
        double more = highest(pool->x + first, pool->y + first, points, slope, states[c].low, states[c].high, &point);
        if (more <= NEVER) continue;
        more -= states[c].paid;
        int64_t low = (int64_t)(states[c].low / pool->width * (1 - SAME));
        int64_t high = (int64_t)(states[c].high / pool->width * (1 + SAME));
        if (high >= pool->fill) high = pool->fill - 1;
        if (low > high) low = high;
        for (int64_t n = low; n <= high; n++)
            if (more > spare[n]) spare[n] = more;
        const int64_t where = mix * (pool->cells + 1) + c;
        lead(leaders, mix, more, where);
        lead(leaders, pool->mixes + low * pool->groups / pool->fill, more, where);
    }
}

/* The contents of the leaders, each once; gives how many. */
static int64_t read_lots(const Pool *pool, const State *states, const Trails *trails, const Item *items,
                         const double *price, const Leaders *leaders, double *profit, int64_t *counts) {
    int64_t made = 0;
    for (int64_t n = 0; n < pool->mixes + pool->groups; n++) {
        int seen = leaders->where[n] < 0;
        for (int64_t k = 0; k < n && !seen; k++) seen = leaders->where[k] == leaders->where[n];
        if (seen) continue;
        int64_t *held = counts + made * pool->units;
        memset(held, 0, (size_t)pool->units * sizeof(int64_t));
        double paid = 0;
        for (int32_t t = states[leaders->where[n]].trail; t >= 0; t = trails->steps[t].before) {
            const Item *item = &items[trails->steps[t].item];
            held[item->unit] += item->parts;
            paid += (double)item->parts * price[item->unit];
        }
        profit[made++] = leaders->spare[n] + paid;
    }
    return made;
}

/* spare: one row a mix, one column a cell of filling. profit, counts: of the lots that lead, room for one of each mix and
   group. Gives how many lots lead, or a negative number where there is no memory. */
int64_t whole_lots(const Pool *pool, const double *price, double slope, double *spare, double *profit, int64_t *counts) {
    const size_t line = (size_t)pool->cells + 1, places = (size_t)(pool->mixes + pool->groups);
    int64_t most_items = 0, made = NO_MEMORY, count = 0;
    for (int64_t n = 0; n < pool->extra_first[pool->mixes]; n++) {
        int64_t items = 1;
        for (int64_t left = pool->parts[pool->extra[n]]; left > 1; left /= 2) items++;
        most_items += items;
    }
    State *states = malloc((size_t)pool->mixes * line * sizeof(State));
    Item *items = malloc((size_t)(most_items + 1) * sizeof(Item));
    Leaders leaders = {calloc(places, sizeof(double)), malloc(places * sizeof(int64_t))};
    Trails trails = {NULL, 0, 0};
    if (!states || !items || !leaders.spare || !leaders.where) goto done;
    for (size_t n = 0; n < places; n++) leaders.where[n] = -1;
    for (int64_t mix = 0; mix < pool->mixes; mix++) {
        State *mine = states + (size_t)mix * line;
        if (pool->parent[mix] >= 0) memcpy(mine, states + (size_t)pool->parent[mix] * line, line * sizeof(State));
        else {
            for (int64_t c = 0; c < pool->cells; c++) mine[c] = (State){NOTHING, NOTHING, -1, UNREACHED};
            mine[pool->cells] = (State){0, 0, 0, EMPTY};
        }
        int64_t end = count + items_of(pool, pool->extra_first[mix], pool->extra_first[mix + 1], price, slope, items + count);
        for (; count < end; count++)
            if (take(mine, pool->cells, pool->edges, &items[count], (int32_t)count, &trails)) goto done;
        read_mix(pool, mine, mix, slope, spare + mix * pool->fill, &leaders);
    }
    made = read_lots(pool, states, &trails, items, price, &leaders, profit, counts);
done:
    free(states);
    free(items);
    free(leaders.spare);
    free(leaders.where);
    free(trails.steps);
    return made;
}
