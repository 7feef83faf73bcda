/* The kernel as a Python module: arrays come and go through the buffer protocol. Numbers of 64 bits are asked for; that shapes
   fit together is up to the callers. */

#include "module.h"

#include "kernel.h"

#include <stdlib.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

void release(Py_buffer *buffers, int count) {
    for (int n = 0; n < count; n++) PyBuffer_Release(&buffers[n]);
}

/* Whether an array is of numbers of so many bytes; sets an error where not. */
int of_bytes(const Py_buffer *buffer, Py_ssize_t bytes) {
    if (buffer->itemsize == bytes) return 1;
    PyErr_Format(PyExc_TypeError, "expected an array of numbers of %zd bytes", bytes);
    return 0;
}

/* Whether all are arrays of numbers of 64 bits; sets an error where not. */
int of_64_bits(const Py_buffer *buffers, int count) {
    for (int n = 0; n < count; n++)
        if (!of_bytes(&buffers[n], 8)) return 0;
    return 1;
}

/* The buffers of a sequence of arrays; gives how many could be had. */
int buffers_of(PyObject *arrays, Py_buffer *buffers, int count, int flags) {
    if (PySequence_Size(arrays) != count) {
        PyErr_SetString(PyExc_ValueError, "not as many arrays as expected");
        return 0;
    }
    for (int n = 0; n < count; n++) {
        PyObject *array = PySequence_GetItem(arrays, n);
        const int failed = !array || PyObject_GetBuffer(array, &buffers[n], flags);
        Py_XDECREF(array);
        if (failed) return n;
    }
    return count;
}

/* Lots and the chances of sets, from the arrays of two sequences. */
static int lot_loads(PyObject *lots, PyObject *sets, Py_buffer *b, LotLoads *l) {
    int have = buffers_of(lots, b, 4, PyBUF_SIMPLE);
    if (have == 4) have += buffers_of(sets, b + 4, 3, PyBUF_SIMPLE);
    if (have == 7 && of_64_bits(b, 7)) {
        l->set = b[0].buf;
        l->start = b[1].buf;
        l->duration = b[2].buf;
        l->rate = b[3].buf;
        l->set_first = b[4].buf;
        l->supplier = b[5].buf;
        l->chance = b[6].buf;
        return 1;
    }
    release(b, have);
    return 0;
}

static PyObject *py_sum_loads(PyObject *self, PyObject *args) {
    (void)self;
    PyObject *lots, *sets;
    Py_buffer b[7], table;
    LotLoads l;
    long long months;
    if (!PyArg_ParseTuple(args, "OOLw*", &lots, &sets, &months, &table)) return NULL;
    l.months = months;
    int done = 0;
    const int fit = of_64_bits(&table, 1) && lot_loads(lots, sets, b, &l);
    if (fit) {
        Py_BEGIN_ALLOW_THREADS
        done = sum_loads(&l, b[0].len / 8, table.len / 8 / (months + 1), table.buf);
        Py_END_ALLOW_THREADS
        release(b, 7);
    }
    PyBuffer_Release(&table);
    if (!fit) return NULL;
    if (done < 0) return PyErr_NoMemory();
    Py_RETURN_NONE;
}

static PyObject *py_lay_out(PyObject *self, PyObject *args) {
    (void)self;
    PyObject *lots, *sets, *found = NULL;
    Py_buffer b[7], g[3];
    LotLoads l;
    Groups groups;
    long long months;
    if (!PyArg_ParseTuple(args, "OOLy*y*y*", &lots, &sets, &months, &g[0], &g[1], &g[2])) return NULL;
    l.months = months;
    if (of_64_bits(g, 3) && lot_loads(lots, sets, b, &l)) {
        groups.column_first = g[0].buf;
        groups.lot_first = g[1].buf;
        groups.most = g[2].buf;
        groups.groups = g[0].len / 8 - 1;
        const Py_ssize_t firsts = g[1].len;
        Layout out = {PyMem_Malloc((size_t)firsts), NULL, NULL, NULL};
        int64_t count = -1;
        if (out.first) {
            Py_BEGIN_ALLOW_THREADS
            count = count_layout(&l, &groups, g[2].len / 8, &out);
            Py_END_ALLOW_THREADS
        }
        /* counted first, so that there is never a copy */
        PyObject *cells = count < 0 ? NULL : PyBytes_FromStringAndSize(NULL, (Py_ssize_t)(count * 4));
        PyObject *amounts = count < 0 ? NULL : PyBytes_FromStringAndSize(NULL, (Py_ssize_t)(count * 8));
        int failed = !cells || !amounts;
        if (!failed) {
            out.cell = (int32_t *)PyBytes_AsString(cells);
            out.load = (double *)PyBytes_AsString(amounts);
            Py_BEGIN_ALLOW_THREADS
            failed = lay_out(&l, &groups, g[2].len / 8, &out);
            Py_END_ALLOW_THREADS
        }
        if (failed) PyErr_NoMemory();
        else found = Py_BuildValue("(y#OO)", (char *)out.first, firsts, cells, amounts);
        Py_XDECREF(cells);
        Py_XDECREF(amounts);
        free(out.highest);
        PyMem_Free(out.first);
        release(b, 7);
    }
    release(g, 3);
    return found;
}

static PyObject *py_improve(PyObject *self, PyObject *args) {
    (void)self;
    enum { WHOLE = 7, REAL = 10, NUMBERS = WHOLE + REAL, GIVEN = NUMBERS + 1, STATE = 4 };
    PyObject *given, *state;
    Py_buffer g[GIVEN], s[STATE], order;
    Choice c;
    long long sweeps;
    if (!PyArg_ParseTuple(args, "OOdddy*L", &given, &state, &c.weight, &c.penalty, &c.width, &order, &sweeps)) return NULL;
    const int have = buffers_of(given, g, GIVEN, PyBUF_SIMPLE);
    const int hold = have == GIVEN ? buffers_of(state, s, STATE, PyBUF_WRITABLE) : 0;
    int done = 0;
    const int fit = hold == STATE && of_64_bits(g, NUMBERS) && of_bytes(&g[NUMBERS], 4) && of_64_bits(s, STATE) && of_64_bits(&order, 1);
    if (fit) {
        const int64_t **whole[WHOLE] = {&c.column_first, &c.cell_first, &c.row_first, &c.row, &c.pool_first, &c.pool, &c.whole};
        const double **real[REAL] = {&c.gain, &c.loads, &c.amounts, &c.most, &c.cell_price,
                                 &c.row_most, &c.scale, &c.unit, &c.share, &c.row_price};
        for (int n = 0; n < WHOLE; n++) *whole[n] = g[n].buf;
        for (int n = 0; n < REAL; n++) *real[n] = g[WHOLE + n].buf;
        c.cell = g[NUMBERS].buf;
        c.load = s[0].buf;
        c.reached = s[1].buf;
        c.overflow = s[2].buf;
        c.chosen = s[3].buf;
        Py_BEGIN_ALLOW_THREADS
        done = improve(&c, order.buf, order.len / 8, sweeps);
        Py_END_ALLOW_THREADS
    }
    release(g, have);
    release(s, hold);
    PyBuffer_Release(&order);
    if (!fit) return NULL;
    if (done < 0) return PyErr_NoMemory();
    Py_RETURN_NONE;
}

static PyObject *py_best_slots(PyObject *self, PyObject *args) {
    (void)self;
    enum { OPTION = 5, CONTENT = 6, PRICE = 5, GIVEN = OPTION + CONTENT + PRICE };
    static const Py_ssize_t bytes[OPTION] = {4, 2, 1, 4, 8};
    static const int sizes[] = {OPTION, CONTENT, PRICE};
    PyObject *given[3];
    Py_buffer g[GIVEN], b[5];
    Slots s;
    if (!PyArg_ParseTuple(args, "OOOy*y*(ddddd)w*w*w*", &given[0], &given[1], &given[2], &b[0], &b[1], &s.cost, &s.thin, &s.reserve,
                          &s.lot_tie, &s.reserved_tie, &b[2], &b[3], &b[4]))
        return NULL;
    int have = 0, wanted = 0, done = 0;
    for (int n = 0; n < 3 && have == wanted; n++) {
        have += buffers_of(given[n], g + have, sizes[n], PyBUF_SIMPLE);
        wanted += sizes[n];
    }
    int fit = have == GIVEN && of_64_bits(g + OPTION, CONTENT + PRICE) && of_64_bits(b, 5);
    for (int n = 0; fit && n < OPTION; n++) fit = of_bytes(&g[n], bytes[n]);
    if (fit) {
        s.content = g[0].buf;
        s.months = g[1].buf;
        s.reserved = g[2].buf;
        s.set = g[3].buf;
        s.extra = g[4].buf;
        const int64_t **whole[] = {&s.first, &s.last, &s.profile, &s.package};
        const double **real[] = {&s.value, &s.pool_value, &s.sme_win, &s.is_thin, &s.worth, &s.lot, &s.start};
        for (int n = 0; n < 4; n++) *whole[n] = g[OPTION + n].buf;
        for (int n = 0; n < 7; n++) *real[n] = g[OPTION + 4 + n].buf;
        s.budget = b[0].len ? b[0].buf : NULL;
        s.load = b[1].len ? b[1].buf : NULL;
        s.all_months = g[GIVEN - 1].len / 8;
        Py_BEGIN_ALLOW_THREADS
        done = best_slots(&s, g[0].len / 4, b[2].buf, b[3].buf, b[4].buf);
        Py_END_ALLOW_THREADS
    }
    release(g, have);
    release(b, 5);
    if (!fit) return NULL;
    if (done < 0) return PyErr_NoMemory();
    Py_RETURN_NONE;
}

static PyObject *py_charge(PyObject *self, PyObject *args) {
    (void)self;
    Py_buffer b[8];
    Charges c;
    if (!PyArg_ParseTuple(args, "y*y*y*y*y*y*y*w*", &b[0], &b[1], &b[2], &b[3], &b[4], &b[5], &b[6], &b[7])) return NULL;
    if (!of_64_bits(b, 8)) {
        release(b, 8);
        return NULL;
    }
    c.set = b[0].buf;
    c.set_first = b[1].buf;
    c.supplier = b[2].buf;
    c.chance = b[3].buf;
    c.low = b[4].buf;
    c.high = b[5].buf;
    c.price = b[6].buf;
    c.table = b[7].buf;
    c.months = b[4].len ? b[6].len / b[4].len : 0;
    Py_BEGIN_ALLOW_THREADS
    charge(&c, b[0].len / 8);
    Py_END_ALLOW_THREADS
    release(b, 8);
    Py_RETURN_NONE;
}

static PyObject *py_mix_curves(PyObject *self, PyObject *args) {
    (void)self;
    enum { WHOLE = 14, REAL = 5, PRICES = 10, RULES = 9 };
    PyObject *given[3];
    Py_buffer w[WHOLE], r[REAL], p[PRICES], pools;
    LineTable t;
    double *rules[RULES] = {&t.fixed_cost, &t.premium, &t.least_value, &t.most_reserved, &t.reserve,
                            &t.cost,       &t.thin,    &t.lot_tie,     &t.reserved_tie};
    if (!PyArg_ParseTuple(args, "y*OOO(ddddddddd)", &pools, &given[0], &given[1], &given[2], rules[0], rules[1], rules[2],
                          rules[3], rules[4], rules[5], rules[6], rules[7], rules[8]))
        return NULL;
    const int whole = buffers_of(given[0], w, WHOLE, PyBUF_SIMPLE);
    const int real = whole == WHOLE ? buffers_of(given[1], r, REAL, PyBUF_SIMPLE) : 0;
    const int prices = real == REAL ? buffers_of(given[2], p, PRICES, PyBUF_SIMPLE) : 0;
    const int fit = prices == PRICES && of_64_bits(w, WHOLE) && of_64_bits(r, REAL) && of_64_bits(p, PRICES) && of_64_bits(&pools, 1);
    PyObject *found = NULL;
    if (fit) {
        const int64_t **wholes[WHOLE] = {&t.line_first, &t.mix_first, &t.between_first, &t.first,     &t.last,
                                         &t.least,      &t.group,     &t.profile,       &t.mix_least, &t.use_first,
                                         &t.use,        &t.step_first, &t.set[0],       &t.set[1]};
        const double **reals[REAL] = {&t.pool_value, &t.elasticity, &t.between, &t.low, &t.step_start};
        const double **priced[PRICES] = {&t.lot,   &t.sme_win, &t.no_bid, &t.single_bid, &t.is_thin,
                                         &t.worth, &t.start,   &t.budget, &t.load,       &t.made_up};
        for (int n = 0; n < WHOLE; n++) *wholes[n] = w[n].buf;
        for (int n = 0; n < REAL; n++) *reals[n] = r[n].buf;
        for (int n = 0; n < PRICES; n++) *priced[n] = p[n].buf;
        t.all_months = p[6].len / 8;
        t.groups = (w[11].len / 8 - 1) / t.all_months;
        if (!p[7].len) t.budget = NULL;
        if (!p[8].len) t.load = NULL;
        const int64_t *which = pools.buf, count = pools.len / 8;
        int64_t mixes = 0, points = -1;
        for (int64_t n = 0; n < count; n++) mixes += t.mix_first[which[n] + 1] - t.mix_first[which[n]];
        int64_t *first = PyMem_Malloc((size_t)(mixes + 1) * sizeof(int64_t));
        double *value = NULL, *profit = NULL;
        if (first) {
            Py_BEGIN_ALLOW_THREADS
            points = mix_curves(&t, which, count, &value, &profit, first);
            Py_END_ALLOW_THREADS
        }
        if (points < 0) PyErr_NoMemory();
        else {
            found = Py_BuildValue("(y#y#y#)", value, (Py_ssize_t)(points * 8), profit, (Py_ssize_t)(points * 8), first,
                                  (Py_ssize_t)((mixes + 1) * 8));
            free(value);
            free(profit);
        }
        PyMem_Free(first);
    }
    release(w, whole);
    release(r, real);
    release(p, prices);
    PyBuffer_Release(&pools);
    return found;
}

static PyObject *py_curve_profits(PyObject *self, PyObject *args) {
    (void)self;
    Py_buffer b[6];
    Curves c;
    if (!PyArg_ParseTuple(args, "y*y*y*y*y*w*", &b[0], &b[1], &b[2], &b[3], &b[4], &b[5])) return NULL;
    if (!of_64_bits(b, 6)) {
        release(b, 6);
        return NULL;
    }
    c.values = b[0].buf;
    c.profits = b[1].buf;
    c.first = b[2].buf;
    Py_BEGIN_ALLOW_THREADS
    curve_profits(&c, b[3].len / 8, b[3].buf, b[4].buf, b[5].buf);
    Py_END_ALLOW_THREADS
    release(b, 6);
    Py_RETURN_NONE;
}

/* What was freed in pieces goes back to the system, where its allocator keeps it otherwise. */
static PyObject *py_give_back(PyObject *self, PyObject *nothing) {
    (void)self;
    (void)nothing;
#ifdef __GLIBC__
    malloc_trim(0);
#endif
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"whole_lots", py_whole_lots, METH_VARARGS, "Lots of whole units of one wide pool that bring most above what they pay."},
    {"two_lots", py_two_lots, METH_VARARGS, "The most that one or two lots of a wide pool bring."},
    {"eliminate", py_eliminate, METH_VARARGS, "The best packing of a wide pool that beats a target, and the bound proven."},
    {"fill", py_fill, METH_VARARGS, "The best choice of lots by the cells of value they add up to."},
    {"sum_loads", py_sum_loads, METH_VARARGS, "What lots put on every supplier, month by month."},
    {"lay_out", py_lay_out, METH_VARARGS, "What candidates put on the cells that some choice of them can overload."},
    {"improve", py_improve, METH_VARARGS, "Sweep over packages, each taking the columns worth most beside all others."},
    {"charge", py_charge, METH_VARARGS, "Add what a unit of load of each eligible set pays in each month."},
    {"best_slots", py_best_slots, METH_VARARGS, "The best option and first month of each content, and what it brings."},
    {"mix_curves", py_mix_curves, METH_VARARGS, "The curves of all mixes of some pools: values, profits, and where each begins."},
    {"curve_profits", py_curve_profits, METH_VARARGS, "What lots of some mixes and values bring on their curves."},
    {"regroup", py_regroup, METH_VARARGS, "Better packings of wide pools."},
    {"give_back", py_give_back, METH_NOARGS, "Give memory that was freed back to the system."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "_kernel", NULL, 0, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__kernel(void) { return PyModuleDef_Init(&definition); }
