/* The calls for bounds of wide pools (see module.c). */

#include "module.h"

#include "kernel.h"

PyObject *py_whole_lots(PyObject *self, PyObject *args) {
    (void)self;
    Py_buffer b[15];
    Pool pool;
    double slope, least;
    long long fill, groups;
    if (!PyArg_ParseTuple(args, "y*y*y*y*y*y*y*y*y*y*y*LLdddy*w*w*w*", &b[0], &b[1], &b[2], &b[3], &b[4], &b[5], &b[6], &b[7],
                          &b[8], &b[9], &b[10], &fill, &groups, &pool.width, &slope, &least, &b[11], &b[12], &b[13], &b[14]))
        return NULL;
    if (!of_64_bits(b, 15)) {
        release(b, 15);
        return NULL;
    }
    pool.value = b[0].buf;
    pool.parts = b[1].buf;
    pool.parent = b[2].buf;
    pool.extra_first = b[3].buf;
    pool.extra = b[4].buf;
    pool.edges = b[5].buf;
    pool.curve_first = b[6].buf;
    pool.x = b[7].buf;
    pool.y = b[8].buf;
    pool.service = b[9].buf;
    pool.needed = b[10].buf;
    pool.units = b[0].len / 8;
    pool.mixes = b[2].len / 8;
    pool.cells = b[5].len / 8 - 1;
    pool.fill = fill;
    pool.groups = groups;
    int64_t made;
    Py_BEGIN_ALLOW_THREADS
    made = whole_lots(&pool, b[11].buf, slope, least, b[12].buf, b[13].buf, b[14].buf);
    Py_END_ALLOW_THREADS
    release(b, 15);
    return made < 0 ? PyErr_NoMemory() : PyLong_FromLongLong(made);
}

PyObject *py_two_lots(PyObject *self, PyObject *args) {
    (void)self;
    Py_buffer b[5];
    double slope, least, best = 0;
    if (!PyArg_ParseTuple(args, "y*y*y*y*y*dd", &b[0], &b[1], &b[2], &b[3], &b[4], &slope, &least)) return NULL;
    if (!of_64_bits(b, 5)) {
        release(b, 5);
        return NULL;
    }
    int done;
    Py_BEGIN_ALLOW_THREADS
    done = two_lots(b[0].buf, b[0].len / 8, b[1].buf, b[2].buf, b[2].len / 8 - 1, b[3].buf, b[4].buf, slope, least, &best);
    Py_END_ALLOW_THREADS
    release(b, 5);
    return done < 0 ? PyErr_NoMemory() : PyFloat_FromDouble(best);
}

PyObject *py_eliminate(PyObject *self, PyObject *args) {
    (void)self;
    Py_buffer b[11];
    Elimination given = {0};
    double target, bound = 0;
    long long most_lots, most_nodes;
    if (!PyArg_ParseTuple(args, "y*y*y*y*y*y*y*y*y*y*dddLLw*", &b[0], &b[1], &b[2], &b[3], &b[4], &b[5], &b[6], &b[7],
                          &b[8], &b[9], &given.width, &given.largest, &target, &most_lots, &most_nodes, &b[10]))
        return NULL;
    if (!of_64_bits(b, 11)) {
        release(b, 11);
        return NULL;
    }
    given.value = b[0].buf;
    given.parts = b[1].buf;
    given.price = b[2].buf;
    given.holds = b[3].buf;
    given.curve_first = b[4].buf;
    given.x = b[5].buf;
    given.y = b[6].buf;
    given.beside = b[7].buf;
    given.service = b[8].buf;
    given.services = b[9].buf;
    given.units = b[0].len / 8;
    given.mixes = b[4].len / 8 - 1;
    given.fill = b[7].len / 8 - 1;
    given.most_lots = most_lots;
    given.most_nodes = most_nodes;
    int64_t made;
    Py_BEGIN_ALLOW_THREADS
    made = eliminate(&given, target, b[10].buf, &bound);
    Py_END_ALLOW_THREADS
    release(b, 11);
    return made < 0 ? PyErr_NoMemory() : Py_BuildValue("Ld", (long long)made, bound);
}

PyObject *py_fill(PyObject *self, PyObject *args) {
    (void)self;
    Py_buffer b[3];
    long long fewest;
    if (!PyArg_ParseTuple(args, "y*y*Lw*", &b[0], &b[1], &fewest, &b[2])) return NULL;
    if (!of_64_bits(b, 3)) {
        release(b, 3);
        return NULL;
    }
    const int64_t lines = b[1].len / 8, cells = lines ? b[0].len / 8 / lines : 0;
    Py_BEGIN_ALLOW_THREADS
    fill(b[0].buf, b[1].buf, lines, cells, fewest, b[2].buf);
    Py_END_ALLOW_THREADS
    release(b, 3);
    Py_RETURN_NONE;
}
