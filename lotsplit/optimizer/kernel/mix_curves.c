/* The curves of all mixes of some wide pools at some prices (see ../line_table.py; ../curves.py says the same in NumPy). */

#include "kernel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* of a value: the two sides of a step are kept this far apart */
static const double APART = 1e-9;

enum { OPEN, RESERVED, WAYS };

typedef struct {
    double value, profit;
} Point;

typedef struct {
    Point *points;
    int64_t count, room;
} List;

static int make_room(List *list, int64_t more) {
    if (list->count + more <= list->room) return 0;
    const int64_t room = 2 * list->room + more;
    Point *grown = realloc(list->points, (size_t)room * sizeof(Point));
    if (!grown) return -1;
    list->points = grown;
    list->room = room;
    return 0;
}

/* The curves of one pool. points: of its lines, curve after curve. curve: where each begins, by line, duration and way;
   those of a line begin at line_curve. keys, spare: values of one mix. runs: where each of its curves begins in them. */
typedef struct {
    List points, mine;
    int64_t *curve, *line_curve, *runs;
    double *keys, *spare;
    int64_t curves, lines, most_keys, most_runs;
} Scratch;

/* What a lot brings in its best slot. */
static double brings(const LineTable *t, int64_t pool, int64_t line, int64_t months, int way, double value, int64_t set) {
    const double whole = t->pool_value[pool];
    const double scale = value * expm1(t->elasticity[pool] * log(whole / value));
    const double single = (value + scale) * (t->premium * t->single_bid[set]);
    const double extra = scale + single + t->fixed_cost * (1.0 + t->no_bid[set]);
    double base = t->sme_win[set] * value * t->worth[t->profile[line]] + t->made_up[line] * value;
    base -= t->cost * extra;
    if (t->is_thin[set] > 0) base -= t->thin * value;
    base -= t->lot[pool];
    base -= t->lot_tie * whole;
    if (way == RESERVED) base -= t->reserve * value + t->reserved_tie * whole;
    const int64_t row = t->all_months + 1;
    const double *budget = t->budget ? t->budget + t->profile[line] * row : 0, *load = t->load ? t->load + set * row : 0;
    const double paid = (value + extra) / (double)months, loaded = value / (double)months;
    double best = -INFINITY;
    for (int64_t from = t->first[line]; from + months <= t->last[line] + 1; from++) {
        double profit = base - t->start[from];
        if (budget) profit -= (budget[from + months] - budget[from]) * paid;
        if (load) profit -= (load[from + months] - load[from]) * loaded;
        if (profit > best) best = profit;
    }
    return best;
}

/* The points of one curve: on both sides of every step of the eligible set, and at the values between. */
static int add_curve(const LineTable *t, int64_t pool, int64_t line, int64_t months, int way, List *list) {
    const int64_t cell = (months - 1) * t->groups + t->group[line];
    const double *between = t->between + t->between_first[pool], whole = t->pool_value[pool];
    const int64_t values = t->between_first[pool + 1] - t->between_first[pool], begun = list->count;
    int64_t step = t->step_first[cell];
    const int64_t end = t->step_first[cell + 1];
    if (make_room(list, values + 2 * (end - step))) return -1;
    for (int64_t n = 0; n < values; n++) {
        double asked[3];
        int64_t sets[3];
        int more = 1;
        while (more) {
            int count = 0;
            more = step + 1 < end && t->step_start[step + 1] <= between[n];
            if (more) {
                const double start = t->step_start[step + 1];
                asked[count] = nextafter(start, 0.0);
                sets[count++] = t->set[way][step++];
                asked[count] = start;
                sets[count++] = t->set[way][step];
            } else {
                asked[count] = between[n];
                sets[count++] = t->set[way][step];
            }
            for (int k = 0; k < count; k++) {
                const double value = asked[k];
                if (value < between[0] || value > whole) continue;
                if (list->count > begun && value <= list->points[list->count - 1].value) continue;
                if (value != whole && value < t->least_value) continue;
                if (way == RESERVED && value > t->most_reserved) continue;
                list->points[list->count++] = (Point){value, brings(t, pool, line, months, way, value, sets[k])};
            }
        }
    }
    return 0;
}

/* The curves of all lines of a pool. */
static int add_lines(const LineTable *t, int64_t pool, Scratch *s) {
    const int64_t first = t->line_first[pool], end = t->line_first[pool + 1];
    int64_t curves = 0;
    for (int64_t line = first; line < end; line++) curves += WAYS * (t->last[line] - t->first[line] + 2 - t->least[line]);
    if (curves > s->curves || end - first > s->lines) {
        s->curves = 2 * curves;
        s->lines = 2 * (end - first);
        free(s->curve);
        free(s->line_curve);
        s->curve = malloc((size_t)(s->curves + 1) * sizeof(int64_t));
        s->line_curve = malloc((size_t)s->lines * sizeof(int64_t));
        if (!s->curve || !s->line_curve) return -1;
    }
    s->points.count = curves = 0;
    for (int64_t line = first; line < end; line++) {
        s->line_curve[line - first] = curves;
        for (int64_t months = t->least[line]; months <= t->last[line] - t->first[line] + 1; months++)
            for (int way = OPEN; way < WAYS; way++) {
                s->curve[curves++] = s->points.count;
                if ((way == OPEN || t->most_reserved > 0) && add_curve(t, pool, line, months, way, &s->points)) return -1;
            }
    }
    s->curve[curves] = s->points.count;
    return 0;
}

/* Take in a curve from a value on, its steps apart. */
static int take_curve(Scratch *s, const Point *points, int64_t count, double low, int64_t *runs) {
    if (make_room(&s->mine, count)) return -1;
    const int64_t begun = s->mine.count;
    double before = -1;
    for (int64_t n = 0; n < count; n++) {
        if (points[n].value < low) continue;
        Point point = points[n];
        if (point.value - before < APART * point.value) point.value *= 1 + APART;
        before = points[n].value;
        Point *last = s->mine.points + s->mine.count - 1;
        if (s->mine.count > begun && point.value <= last->value) {
            if (point.profit > last->profit) last->profit = point.profit;
        } else s->mine.points[s->mine.count++] = point;
    }
    if (s->mine.count == begun) return 0;
    if (*runs + 2 > s->most_runs) {
        const int64_t room = 2 * s->most_runs + 64;
        int64_t *grown = realloc(s->runs, (size_t)room * sizeof(int64_t));
        if (!grown) return -1;
        s->runs = grown;
        s->most_runs = room;
    }
    s->runs[(*runs)++] = begun;
    s->runs[*runs] = s->mine.count;
    return 0;
}

/* Merge two ascending lists, each value once. */
static int64_t merge(const double *a, int64_t as, const double *b, int64_t bs, double *into) {
    int64_t i = 0, j = 0, count = 0;
    while (i < as || j < bs) {
        const double value = j >= bs || (i < as && a[i] <= b[j]) ? a[i] : b[j];
        i += i < as && a[i] == value;
        j += j < bs && b[j] == value;
        into[count++] = value;
    }
    return count;
}

/* All values of the runs, ascending and each once, in s->keys; gives how many. Runs are merged two by two. */
static int64_t sorted_values(Scratch *s, int64_t runs, int64_t *sizes) {
    double *from = s->keys, *into = s->spare;
    for (int64_t n = 0; n < s->mine.count; n++) from[n] = s->mine.points[n].value;
    for (int64_t n = 0; n < runs; n++) sizes[n] = s->runs[n + 1] - s->runs[n];
    while (runs > 1) {
        int64_t read = 0, written = 0, made = 0;
        for (int64_t n = 0; n < runs; n += 2) {
            const int64_t one = sizes[n], other = n + 1 < runs ? sizes[n + 1] : 0;
            const int64_t count = merge(from + read, one, from + read + one, other, into + written);
            read += one + other;
            written += count;
            sizes[made++] = count;
        }
        runs = made;
        double *swap = from;
        from = into;
        into = swap;
    }
    s->keys = from;
    s->spare = into;
    return sizes[0];
}

/* What the best curve of a mix brings at all values of any of them. */
static int add_mix(const LineTable *t, int64_t pool, int64_t mix, Scratch *s, List *found) {
    int64_t runs = 0;
    s->mine.count = 0;
    for (int64_t n = t->use_first[mix]; n < t->use_first[mix + 1]; n++) {
        const int64_t line = t->use[n], span = t->last[line] - t->first[line] + 1;
        for (int64_t months = t->mix_least[mix]; months <= span; months++)
            for (int way = OPEN; way < WAYS; way++) {
                const int64_t c = s->line_curve[line - t->line_first[pool]] + WAYS * (months - t->least[line]) + way;
                if (take_curve(s, s->points.points + s->curve[c], s->curve[c + 1] - s->curve[c], t->low[mix], &runs)) return -1;
            }
    }
    if (!runs) return 0;
    if (s->mine.count > s->most_keys) {
        s->most_keys = 2 * s->mine.count;
        free(s->keys);
        free(s->spare);
        s->keys = malloc((size_t)s->most_keys * sizeof(double));
        s->spare = malloc((size_t)s->most_keys * sizeof(double));
        if (!s->keys || !s->spare) return -1;
    }
    int64_t *sizes = malloc((size_t)runs * sizeof(int64_t));
    if (!sizes || make_room(found, s->mine.count)) {
        free(sizes);
        return -1;
    }
    const int64_t keys = sorted_values(s, runs, sizes);
    free(sizes);
    Point *best = found->points + found->count;
    for (int64_t n = 0; n < keys; n++) best[n] = (Point){s->keys[n], -INFINITY};
    for (int64_t run = 0; run < runs; run++) {
        const Point *point = s->mine.points + s->runs[run], *last = s->mine.points + s->runs[run + 1] - 1;
        int64_t n = 0;
        for (int64_t high = keys; n < high;) {
            const int64_t middle = (n + high) / 2;
            if (best[middle].value < point->value) n = middle + 1;
            else high = middle;
        }
        for (; point < last; point++) {
            const double slope = (point[1].profit - point[0].profit) / (point[1].value - point[0].value);
            for (; best[n].value < point[1].value; n++) {
                const double profit = point[0].profit + slope * (best[n].value - point[0].value);
                if (profit > best[n].profit) best[n].profit = profit;
            }
        }
        if (last->profit > best[n].profit) best[n].profit = last->profit;
    }
    found->count += keys;
    return 0;
}

static void let_go(Scratch *s) {
    free(s->points.points);
    free(s->mine.points);
    free(s->curve);
    free(s->line_curve);
    free(s->runs);
    free(s->keys);
    free(s->spare);
}

/* value, profit: of all points, mix after mix, to be freed by the caller. first: room for one of each mix and one more.
   Gives how many points, or a negative number where there is no memory. */
int64_t mix_curves(const LineTable *t, const int64_t *pools, int64_t count, double **value, double **profit, int64_t *first) {
    Scratch scratch = {0};
    List found = {0};
    int64_t mixes = 0, made = -1;
    *value = *profit = NULL;
    for (int64_t n = 0; n < count; n++) {
        const int64_t pool = pools[n];
        if (add_lines(t, pool, &scratch)) goto done;
        for (int64_t mix = t->mix_first[pool]; mix < t->mix_first[pool + 1]; mix++) {
            first[mixes++] = found.count;
            if (add_mix(t, pool, mix, &scratch, &found)) goto done;
        }
    }
    first[mixes] = found.count;
    *value = malloc((size_t)(found.count + 1) * sizeof(double));
    *profit = malloc((size_t)(found.count + 1) * sizeof(double));
    if (!*value || !*profit) goto done;
    for (int64_t n = 0; n < found.count; n++) {
        (*value)[n] = found.points[n].value;
        (*profit)[n] = found.points[n].profit;
    }
    made = found.count;
done:
    let_go(&scratch);
    free(found.points);
    if (made < 0) {
        free(*value);
        free(*profit);
    }
    return made;
}
