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

/* Some states of a mix, one a cell, and last that of the empty content; top: the highest cell that is reached, or -1. */
typedef struct {
    State *states;
    int64_t *top;
} Layer;

/* To every content of a layer add an item or not, or (into another one) add it. A range of values that reaches over several
   cells is cut at their edges. From the highest cell that is reached down, so that none takes the item twice. Whether a content
   pays less than another cannot be foretold, so there is no branch for it. */
static int take(Layer source, Layer into, int64_t cells, const double *edges, const Item *item, int32_t number, Trails *trails) {
    if (make_room(trails, cells + 1)) return NO_MEMORY;
    State *states = into.states;
    int64_t to = cells - 1;
    for (int64_t from = *source.top; from >= -1; from--) {
        const State old = source.states[from < 0 ? cells : from];
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
        if (c - 1 > *into.top) *into.top = c - 1;
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
        const double from = x[n] > low ? x[n] : low, to = x[next] < high ? x[next] : high;
        const int finite = y[n] > NEVER && y[next] > NEVER, within = from > x[n] || to < x[next];
        const double rate = finite && within ? (y[next] - y[n]) / (x[next] - x[n]) : 0;
        if (from <= x[next] && (finite || (from == x[n] && y[n] > NEVER))) {
            const double held = from < least ? least : from > most ? most : from;
            const double profit = y[n] + rate * (from - x[n]) - slope * held;
            if (profit > best) best = profit;
        }
        if (to >= x[n] && (finite || (to == x[next] && y[next] > NEVER))) {
            const double held = to < least ? least : to > most ? most : to;
            const double profit = y[next] - rate * (x[next] - to) - slope * held;
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

static int smaller_first(const void *a, const void *b) {
    const Item *one = a, *other = b;
    if (one->value != other->value) return one->value < other->value ? -1 : 1;
    if (one->unit != other->unit) return one->unit < other->unit ? -1 : 1;
    return one->parts != other->parts ? (one->parts > other->parts ? -1 : 1) : 0;
}

/* The items of some units, smallest first: few cells are reached until the large ones come. */
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
    qsort(items, (size_t)count, sizeof(Item), smaller_first);
    return count;
}

/* The best lots met: of every mix, and of every group of values. where: their states. */
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

/* Take in what a lot of a value from low to high brings, by coarser cells; gives the first of these. */
static int64_t spread(const Pool *pool, double low, double high, double more, double *spare) {
    int64_t first = (int64_t)(low / pool->width * (1 - SAME)), last = (int64_t)(high / pool->width * (1 + SAME));
    if (last >= pool->fill) last = pool->fill - 1;
    if (first > last) first = last;
    for (int64_t n = first; n <= last; n++)
        if (more > spare[n]) spare[n] = more;
    return first;
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

/* Lots of several services can be worth more than those of one, so that they must have some of each. A mix with services that are
   needed has a layer of states for each set of these: which of them a content has; where any of them does (needed is below 0), one
   layer for all. At most two are needed at once (mixes.py). */
#define MOST_LAYERS 4

static int64_t bits_of(int64_t services) {
    int64_t count = 0;
    for (; services; services &= services - 1) count++;
    return count;
}

static int64_t layers_of(const Pool *pool, int64_t mix) {
    const int64_t needed = pool->needed[mix];
    return needed < 0 ? 2 : 1 << bits_of(needed);
}

/* The layer of a content that has one service only: 0 where it is not needed. */
static int64_t layer_of(int64_t needed, int64_t service) {
    if (needed < 0) return (-needed & service) != 0;
    return needed & service ? 1 << bits_of(needed & (service - 1)) : 0;
}

/* States of all mixes: those of each from its place in first on, in every layer so many as its reach and one more; the highest that is
   met of each layer. Items, and the first one not taken yet. */
typedef struct {
    State *states;
    int64_t *reach, *first, *top, taken;
    Item *items;
    Trails trails;
    Leaders leaders;
} Tables;

static void free_tables(Tables *tables) {
    free(tables->states);
    free(tables->reach);
    free(tables->items);
    free(tables->leaders.spare);
    free(tables->leaders.where);
    free(tables->trails.steps);
}

/* reach: of each mix, to be freed with the tables. Gives 0, or a negative number where there is no memory. */
static int lay_tables(const Pool *pool, int64_t *reach, Tables *tables) {
    const size_t mixes = (size_t)pool->mixes, places = mixes + (size_t)pool->groups;
    size_t items = 1;
    for (int64_t n = 0; n < pool->extra_first[pool->mixes]; n++) {
        items++;
        for (int64_t left = pool->parts[pool->extra[n]]; left > 1; left /= 2) items++;
    }
    int64_t *first = reach + mixes, states = 0;
    for (size_t n = 0; n < mixes; n++) {
        first[n] = states;
        states += layers_of(pool, (int64_t)n) * (reach[n] + 1);
    }
    *tables = (Tables){malloc((size_t)states * sizeof(State)), reach, first, first + mixes, 0,
                       malloc(items * sizeof(Item)), {NULL, 0, 0},
                       {calloc(places, sizeof(double)), malloc(places * sizeof(int64_t))}};
    if (!tables->states || !tables->items || !tables->leaders.spare || !tables->leaders.where) return NO_MEMORY;
    for (size_t n = 0; n < places; n++) tables->leaders.where[n] = -1;
    return 0;
}

static Layer layer(const Tables *tables, int64_t mix, int64_t number) {
    return (Layer){tables->states + tables->first[mix] + number * (tables->reach[mix] + 1), tables->top + MOST_LAYERS * mix + number};
}

/* Begin the states of one mix with those of its parent: one that needs the same services, or has none that this one needs. */
static void begin_mix(const Pool *pool, int64_t mix, Tables *tables) {
    const int64_t parent = pool->parent[mix], cells = tables->reach[mix];
    const int64_t known = parent < 0 ? 0 : layers_of(pool, parent);
    for (int64_t n = 0; n < layers_of(pool, mix); n++) {
        const Layer mine = layer(tables, mix, n);
        if (n < known) {
            const Layer of_parent = layer(tables, parent, n);
            memcpy(mine.states, of_parent.states, (size_t)cells * sizeof(State));
            *mine.top = *of_parent.top < cells ? *of_parent.top : cells - 1;
        } else {
            for (int64_t c = 0; c < cells; c++) mine.states[c] = (State){NOTHING, NOTHING, -1, UNREACHED};
            *mine.top = -1;
        }
        mine.states[cells] = n ? (State){NOTHING, NOTHING, -1, UNREACHED} : (State){0, 0, 0, EMPTY};
    }
}

/* Take an item, or not, into the contents of a mix. Gives 0, or a negative number where there is no memory. */
static int take_item(const Pool *pool, int64_t mix, int64_t number, Tables *tables) {
    const int64_t layers = layers_of(pool, mix), cells = tables->reach[mix];
    const Item *item = &tables->items[number];
    const int64_t own = layer_of(pool->needed[mix], pool->service[item->unit]);
    for (int64_t n = 0; n < layers; n++) {
        const Layer into = layer(tables, mix, n);
        if ((n & own) == own && take(into, into, cells, pool->edges, item, (int32_t)number, &tables->trails)) return NO_MEMORY;
    }
    for (int64_t n = 0; n < layers; n++)
        if ((n & own) != own && take(layer(tables, mix, n), layer(tables, mix, n | own), cells, pool->edges, item, (int32_t)number,
                                     &tables->trails))
            return NO_MEMORY;
    return 0;
}

/* The states of one mix. Gives 0, or a negative number where there is no memory. */
static int fill_mix(const Pool *pool, int64_t mix, const double *price, double slope, Tables *tables) {
    begin_mix(pool, mix, tables);
    const int64_t end = tables->taken + items_of(pool, pool->extra_first[mix], pool->extra_first[mix + 1], price, slope,
                                                 tables->items + tables->taken);
    for (; tables->taken < end; tables->taken++)
        if (tables->reach[mix] > 0 && take_item(pool, mix, tables->taken, tables)) return NO_MEMORY;
    return 0;
}

/* What the contents of one mix bring above what they pay, cell by cell, into coarser cells for filling up the pool. */
static void read_mix(const Pool *pool, const Tables *tables, int64_t mix, double slope, double *spare, Leaders *leaders) {
    const State *states = layer(tables, mix, layers_of(pool, mix) - 1).states;
    const int64_t first = pool->curve_first[mix], points = pool->curve_first[mix + 1] - first;
    int64_t point = 0;
    for (int64_t n = 0; n < pool->fill; n++) spare[n] = NEVER;
    for (int64_t c = 0; c < tables->reach[mix]; c++) {
        if (states[c].trail == UNREACHED) continue;
        double more = highest(pool->x + first, pool->y + first, points, slope, states[c].low, states[c].high, &point);
        if (more <= NEVER) continue;
        more -= states[c].paid;
        const int64_t low = spread(pool, states[c].low, states[c].high, more, spare);
        const int64_t where = states + c - tables->states;
        lead(leaders, mix, more, where);
        lead(leaders, pool->mixes + low * pool->groups / pool->fill, more, where);
    }
}

/* spare: one row a mix, one column a cell of filling. profit, counts: of the lots that lead, room for one of each mix and
   group. Lots so large that none can bring more than `least` are not told apart. Gives how many lots lead, or a negative number where
   there is no memory. */
int64_t whole_lots(const Pool *pool, const double *price, double slope, double least, double *spare, double *profit,
                   int64_t *counts) {
    double *most = malloc((size_t)(pool->mixes * pool->cells) * sizeof(double));
    int64_t *reach = malloc((2 + MOST_LAYERS) * (size_t)pool->mixes * sizeof(int64_t));
    Tables tables = {0};
    int64_t made = most && reach ? relax_all(pool, price, slope, least, most, reach) : NO_MEMORY;
    if (made == 0) made = lay_tables(pool, reach, &tables);
    else free(reach);
    for (int64_t mix = 0; made == 0 && mix < pool->mixes; mix++) {
        double *own = spare + mix * pool->fill, *relaxed = most + mix * pool->cells;
        made = fill_mix(pool, mix, price, slope, &tables);
        if (made < 0) break;
        read_mix(pool, &tables, mix, slope, own, &tables.leaders);
        for (int64_t c = reach[mix]; c < pool->cells; c++)
            if (relaxed[c] > NEVER) spread(pool, pool->edges[c], pool->edges[c + 1], relaxed[c], own);
    }
    if (made == 0) made = read_lots(pool, tables.states, &tables.trails, tables.items, price, &tables.leaders, profit, counts);
    free(most);
    free_tables(&tables);
    return made;
}
