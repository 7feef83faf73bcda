"""Lots of whole units of a wide pool, found by the kernel, against every content there is."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from oracle.brute import TooLarge
from priced_pools import Priced

from lotsplit.optimizer import compiled
from lotsplit.optimizer.bounds import whole
from lotsplit.optimizer.bounds.goods import PricedGoods
from lotsplit.optimizer.bounds.heights import NEVER
from lotsplit.optimizer.bounds.ranges import all_values
from lotsplit.optimizer.bounds.whole import FILL, FINE, LARGE, WholeLots, layout_of, nesting_of

pytestmark = pytest.mark.skipif(compiled.kernel is None, reason="lotsplit was built without a C compiler")


def lots_of_first_pool(seed: int):
    """The first pool of a tiny plan: the bound's lots at some prices, and what it takes to check them."""
    try:
        priced = Priced(seed)
    except TooLarge:
        return None
    if not priced.pools:
        return None
    units, pool = priced.wide[0], priced.pools[0]
    (every,) = all_values(units, priced.curves(), 0)
    lots = WholeLots(
        [[layout_of(units, nesting_of(units), every, pool.value / 3, FINE.of_a_lot)]],
        PricedGoods([units], [priced.known(pool)], [LARGE], np.array([NEVER])),
    )
    return priced, units, pool, lots


@pytest.mark.parametrize("seed", range(0, 60, 3))
def test_every_content_counts_at_least_what_it_brings_above_what_it_pays(seed):
    found = lots_of_first_pool(seed)
    if found is None:
        pytest.skip("no pool of several units")
    priced, units, pool, lots = found
    price = np.random.default_rng(seed).normal(0.1, 0.2, len(units.parts)) * units.part_value
    spare, profit, counts = lots._lots(lots.layouts[0][0], price)
    for row in priced.rows[pool.index]:
        held = np.array(priced.contents.counts[row])
        brings = priced.best.profit[row] - held @ price
        if np.isfinite(brings):
            cell = min(int(priced.contents.value[row] / pool.value * FILL * (1 - 1e-9)), FILL - 1)
            assert spare[:, cell].max() >= brings - 1e-9 * pool.value
    assert (counts >= 0).all()
    assert (counts <= units.parts).all()
    # no lot leads that does not bring more than it pays
    assert (profit - counts @ price > -1e-9 * pool.value).all()


def first_pools():
    """Seed, prices, units, pool and lots of the first pool of several units of tiny plans."""
    for seed in range(60):
        found = lots_of_first_pool(seed)
        if found is not None:
            yield seed, *found


def test_lots_are_hardly_worth_more_than_the_best_content():
    near, compared = 0, 0
    for _, priced, units, pool, lots in first_pools():
        price = np.zeros(len(units.parts))
        spare = lots._lots(lots.layouts[0][0], price)[0]
        best = max(
            (priced.best.profit[row] for row in priced.rows[pool.index] if np.isfinite(priced.best.profit[row])),
            default=None,
        )
        if best is not None:
            compared += 1
            near += spare.max() <= best + 0.01 * pool.value
    assert compared >= 20
    assert near >= 0.9 * compared


def test_parts_are_counted_whole_however_many_there_are():
    value, parts = np.array([3.0, 1.0]), np.array([2, 5])
    contents = sorted({3.0 * a + b for a, b in product(range(3), range(6))} - {0.0})
    edges = np.array([*(v - 0.5 for v in contents), contents[-1] + 0.5])
    spare, profit, counts = np.empty((1, 11)), np.empty(9), np.empty((9, 2), dtype=np.int64)
    # a lot of value 8 brings 10, any other nothing; a part of the second unit pays 1
    x, y = np.array([1.0, 7.9, 7.95, 8.05, 8.1, 11.0]), np.array([0.0, 0.0, 10.0, 10.0, 0.0, 0.0])
    ints = [np.array(a) for a in ([-1], [0, 2], [0, 1], [0, 6])]
    cells, paid = (11, 8, 1.0, 0.0, -1e9), np.array([0.0, 1.0])
    service = np.array([1, 2])

    def best_lots(needed: int) -> list[list[int]]:
        given = value, parts, *ints[:3], edges, ints[3], x, y, service, np.array([needed])
        made = compiled.kernel.whole_lots(*given, *cells, paid, spare, profit, counts)
        return counts[:made].tolist()

    assert [2, 2] in best_lots(0)
    assert spare.max() == pytest.approx(8.0)
    # each service needed by itself, any of them, both
    for needed in (1, 2, -1, -2, 3):
        found = best_lots(needed)
        assert [2, 2] in found
        assert all(has[0] or not abs(needed) & 1 for has in found)
        assert all(has[1] or not abs(needed) & 2 for has in found)


def test_lots_too_large_to_bring_enough_are_bounded_by_fractions_and_those_told_apart_are_the_same():
    """Whatever is not told apart, no lot brings more than is said; what may bring more than asked for is as it was."""
    compared, less = 0, 0
    for seed, _, units, pool, lots in first_pools():
        price = np.random.default_rng(seed).normal(0.05, 0.05, len(units.parts)) * units.part_value
        layout = lots.layouts[0][0]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(whole, "WITHIN", 1e9)
            every, profits, counts = lots._lots(layout, price)
            patch.setattr(whole, "WITHIN", 0.0)
            some, *leading = lots._lots(layout, price)
        assert (some >= every - 1e-9 * pool.value).all()
        assert np.array_equal(some[every > 0], every[every > 0])
        assert np.array_equal(profits, leading[0])
        assert np.array_equal(counts, leading[1])
        compared += 1
        less += not np.array_equal(some, every)
    assert compared >= 20
    assert less >= 10
