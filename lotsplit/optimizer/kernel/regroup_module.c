/* The call for better packings of wide pools (see module.c). */

#include "module.h"

#include "kernel.h"

#include <stdlib.h>
#include <string.h>

/* The packings of some pools, taken from and put into one array of counts each. */
static int regroup_all(const Units *units, const Regrouping *how, const int64_t *seed, const int64_t *lots, const int32_t *count,
                       Packed *packed, int64_t pools) {
    for (int64_t n = 0; n < pools; n++) {
        const int64_t width = units->first_unit[n + 1] - units->first_unit[n];
        const size_t bytes = (size_t)(lots[n] * width) * sizeof(int32_t);
        packed[n] = (Packed){lots[n], lots[n], malloc(bytes + 1)};
        if (!packed[n].count) return -1;
        memcpy(packed[n].count, count, bytes);
        count += lots[n] * width;
        if (regroup(units, n, how, (uint64_t)seed[n], &packed[n])) return -1;
    }
    return 0;
}

/* Lots of each packing, and the counts of all. */
static PyObject *found(const Units *units, const Packed *packed, int64_t pools) {
    Py_ssize_t size = 0;
    for (int64_t n = 0; n < pools; n++) size += packed[n].lots * (units->first_unit[n + 1] - units->first_unit[n]);
    PyObject *lots = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)(pools * 8));
    PyObject *counts = PyBytes_FromStringAndSize(NULL, size * 4);
    PyObject *both = lots && counts ? PyTuple_Pack(2, lots, counts) : NULL;
    if (both) {
        int64_t *of_packing = (int64_t *)PyBytes_AsString(lots);
        char *to = PyBytes_AsString(counts);
        for (int64_t n = 0; n < pools; n++) {
            const size_t bytes = (size_t)(packed[n].lots * (units->first_unit[n + 1] - units->first_unit[n])) * 4;
            of_packing[n] = packed[n].lots;
            memcpy(to, packed[n].count, bytes);
            to += bytes;
        }
    }
    Py_XDECREF(lots);
    Py_XDECREF(counts);
    return both;
}

PyObject *py_regroup(PyObject *self, PyObject *args) {
    (void)self;
    enum { CURVES = 4, UNITS = 18, PACKINGS = 3, ALL = CURVES + UNITS + PACKINGS };
    PyObject *curves, *of_units, *packings, *answer = NULL;
    Py_buffer g[ALL];
    Regrouping how;
    long long bundles, patience, sweeps, refills, months;
    if (!PyArg_ParseTuple(args, "OOOLLLLLd", &curves, &of_units, &packings, &months, &bundles, &patience, &sweeps, &refills,
                          &how.gain))
        return NULL;
    int have = buffers_of(curves, g, CURVES, PyBUF_SIMPLE);
    if (have == CURVES) have += buffers_of(of_units, g + have, UNITS, PyBUF_SIMPLE);
    if (have == CURVES + UNITS) have += buffers_of(packings, g + have, PACKINGS, PyBUF_SIMPLE);
    if (have == ALL && of_64_bits(g, ALL - 1) && of_bytes(&g[ALL - 1], 4)) {
        const Curves c = {g[0].buf, g[1].buf, g[2].buf};
        Units u = {.curves = &c, .months = months, .target = g[3].buf, .value = g[4].buf, .pool_value = g[5].buf};
        const int64_t **columns[] = {&u.first,     &u.last,      &u.least, &u.service, &u.first_unit, &u.levels,
                                     &u.mix_table, &u.mix_place, &u.lasts, &u.leasts,  &u.services,   &u.sets, &u.step, &u.step_place, &u.first_mix,
                                     &u.end_mix};
        for (int n = 0; n < 16; n++) *columns[n] = g[6 + n].buf;
        const int64_t mixes = g[2].len / 8 - 1, pools = g[CURVES + UNITS].len / 8;
        u.targets = mixes ? g[3].len / 8 / mixes : 0;
        how.bundles = bundles;
        how.patience = patience;
        how.sweeps = sweeps;
        how.refills = refills;
        Packed *packed = calloc((size_t)pools + 1, sizeof(Packed));
        int failed = !packed;
        Py_BEGIN_ALLOW_THREADS
        if (!failed) failed = regroup_all(&u, &how, g[ALL - 3].buf, g[ALL - 2].buf, g[ALL - 1].buf, packed, pools);
        Py_END_ALLOW_THREADS
        answer = failed ? PyErr_NoMemory() : found(&u, packed, pools);
        for (int64_t n = 0; packed && n < pools; n++) free(packed[n].count);
        free(packed);
    }
    release(g, have);
    return answer;
}
