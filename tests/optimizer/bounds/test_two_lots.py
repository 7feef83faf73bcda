"""Bounds of one or two lots of a wide pool, against every division of it in two."""

from __future__ import annotations

import numpy as np
import pytest
from priced_pools import some

from lotsplit.optimizer import compiled
from lotsplit.optimizer.bounds import two_lots

pytestmark = pytest.mark.skipif(compiled.kernel is None, reason="lotsplit was built without a C compiler")


def best_of_two(priced, pool) -> float:
    """The most that the pool as a whole, or any two contents that make it up, bring."""
    profit = {priced.contents.counts[row]: float(priced.best.profit[row]) for row in priced.rows[pool.index]}
    every = tuple(pool.shape)
    two = [
        brings + profit[rest]
        for counts, brings in profit.items()
        if (rest := tuple(a - b for a, b in zip(every, counts, strict=True))) in profit
    ]
    return max([profit[every], *two])


def test_no_two_lots_bring_more_and_the_bound_is_near():
    compared, near = 0, 0
    for priced in some(range(150)):
        known = [priced.known(pool) for pool in priced.pools]
        bounds = two_lots.bounds_of_two_lots(priced.wide, priced.first_mix, known, priced.curves())
        for pool, one, bound in zip(priced.pools, known, bounds, strict=True):
            best = best_of_two(priced, pool)
            if np.isfinite(one.profits.sum()):
                assert bound >= best - 1e-9 * pool.value
                compared += 1
                near += bound <= best + 0.05 * pool.value
    assert compared >= 150
    assert near >= 0.8 * compared
