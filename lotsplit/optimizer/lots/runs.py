"""Runs of places in an array, one run after another: how rows of different lengths are taken together in NumPy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


def places_of_runs(starts: Ints | int, sizes: Ints) -> Ints:
    """The places start, start + 1, ... of each run, so many as its size. starts: of each run, or of all."""
    before = np.cumsum(sizes) - sizes
    places: Ints = np.arange(int(sizes.sum())) + np.repeat(starts - before, sizes)
    return places
