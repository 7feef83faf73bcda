/* What the files that make a Python module of the kernel share. */

#ifndef LOTSPLIT_MODULE_H
#define LOTSPLIT_MODULE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

void release(Py_buffer *buffers, int count);

int of_bytes(const Py_buffer *buffer, Py_ssize_t bytes);

int of_64_bits(const Py_buffer *buffers, int count);

int buffers_of(PyObject *arrays, Py_buffer *buffers, int count, int flags);

PyObject *py_whole_lots(PyObject *self, PyObject *args);

PyObject *py_two_lots(PyObject *self, PyObject *args);

PyObject *py_eliminate(PyObject *self, PyObject *args);

PyObject *py_fill(PyObject *self, PyObject *args);

PyObject *py_regroup(PyObject *self, PyObject *args);

#endif
