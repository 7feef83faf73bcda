"""Runs of places, against lists put one after another."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lotsplit.optimizer.lots.runs import places_of_runs


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 6)), max_size=12))
def test_places_of_runs_are_those_of_each_one_after_another(runs):
    starts, sizes = (np.array([run[k] for run in runs], dtype=np.int64) for k in range(2))
    expected = [start + n for start, size in runs for n in range(size)]
    assert places_of_runs(starts, sizes).tolist() == expected


def test_one_start_is_that_of_all_runs():
    assert places_of_runs(3, np.array([2, 0, 1])).tolist() == [3, 4, 3]
