"""The kernel's curves are those that NumPy makes from lots laid out one by one, whatever pools are asked for."""

from __future__ import annotations

import numpy as np
import pytest
from priced_pools import some

from lotsplit.optimizer.compiled import there_is_a_kernel
from lotsplit.optimizer.packings.curves import curves_of
from lotsplit.optimizer.packings.line_table import LineTable

pytestmark = pytest.mark.skipif(not there_is_a_kernel(), reason="needs the compiled kernel")


def test_curves_are_those_of_lots_laid_out_one_by_one():
    compared = reserved = alike = 0
    for priced in some(range(60)):
        which = np.arange(len(priced.wide))[::-2]
        taken = [priced.wide[n] for n in which]
        one = LineTable(priced.contents, priced.wide).curves(which, priced.tables)
        other = curves_of(priced.contents, taken, priced.tables)
        assert one.first.tolist() == other.first.tolist()
        assert one.values == pytest.approx(other.values, rel=1e-14)
        # what two curves bring between the sides of one's step depends on the last digits of a value
        near = np.abs(np.diff(one.values)) < 1e-8 * one.values[1:]
        apart = ~(np.append(near, False) | np.append(False, near))
        assert one.profits[apart] == pytest.approx(other.profits[apart], rel=1e-11, abs=1e-6)
        assert one.profits == pytest.approx(other.profits, rel=1e-3, abs=1e-6)
        compared += len(one.most)
        alike += int(apart.sum())
        reserved += priced.contents.rules.reserve_max_value is not None
    assert compared >= 100
    assert alike >= 400
    assert reserved >= 5
