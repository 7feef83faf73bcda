"""The lines of some pools, taken from those of all, are those that would be laid out for these pools alone."""

from __future__ import annotations

import numpy as np
from test_wide_bounds import some

from lotsplit.optimizer.curves import Curves
from lotsplit.optimizer.lines import RATIO, SearchLines, lines_of, some_durations


def test_lines_of_some_pools_are_those_laid_out_for_them_alone():
    compared = 0
    for priced in some(range(40)):
        which = np.arange(len(priced.wide))[::-2]
        taken = [priced.wide[n] for n in which]
        one = Curves(SearchLines(priced.contents, priced.wide).of(which), priced.tables, taken)
        other = Curves(lines_of(priced.contents, taken, some_durations, RATIO), priced.tables, taken)
        assert one.keys.tolist() == other.keys.tolist()
        assert one.profits.tolist() == other.profits.tolist()
        assert one.first.tolist() == other.first.tolist()
        compared += len(which) < len(priced.wide)
    assert compared >= 10
