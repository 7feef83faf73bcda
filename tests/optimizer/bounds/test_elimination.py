"""Bounds by elimination, against the best of all packings of pools small enough to try them all."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest
from priced_pools import some

from lotsplit.optimizer import compiled
from lotsplit.optimizer.bounds import elimination
from lotsplit.optimizer.bounds.elimination import Effort, least_bound
from lotsplit.optimizer.bounds.goods import PricedGoods
from lotsplit.optimizer.bounds.heights import NEVER
from lotsplit.optimizer.bounds.ranges import all_values
from lotsplit.optimizer.bounds.whole import WholeLots, layout_of, nesting_of
from lotsplit.optimizer.solver import Clock

pytestmark = pytest.mark.skipif(compiled.kernel is None, reason="lotsplit was built without a C compiler")

MUCH = Effort(lots=20_000, nodes=1_000_000, targets=(0.0,))


class Bounded:
    """A pool of a tiny plan with a bound at poor prices of goods, and what its best packing brings."""

    def __init__(self, priced, n: int) -> None:
        self.units, self.pool = priced.wide[n], priced.pools[n]
        self.ranges = all_values(self.units, priced.curves(), priced.first_mix[n])
        typical = self.pool.value / 3
        known = priced.known(self.pool)
        goods = PricedGoods([self.units], [known], [0.0], np.array([NEVER]))
        lots = WholeLots([[layout_of(self.units, nesting_of(self.units), self.ranges[0], typical, 200)]], goods)
        bound, (self.brings,) = lots.closest(goods.price, np.array([True]))
        self.bound, self.best, self.optimum = float(bound[0]), float(known.profits.sum()), priced.optimum(self.pool)
        self.profit = dict(
            zip(
                (priced.contents.counts[row] for row in priced.rows[self.pool.index]),
                priced.best.profit[priced.rows[self.pool.index]].tolist(),
                strict=True,
            )
        )

    def least(self, effort: Effort, seconds: float = 600.0):
        clock = Clock(time.monotonic() + seconds, lambda: False)
        return least_bound(self.units, self.ranges, self.brings, self.best, self.bound, effort, clock)


def bounded(seeds):
    for priced in some(seeds):
        for n in range(len(priced.pools)):
            one = Bounded(priced, n)
            if np.isfinite(one.best) and one.bound > one.best:
                yield one


@pytest.mark.parametrize("targets", [(0.0,), (0.5,), (0.9, 0.95)])
def test_no_packing_brings_more(targets, mixes):
    compared = 0
    for one in bounded(range(120)):
        bound, _ = one.least(replace(MUCH, targets=targets))
        assert one.optimum - 1e-9 * one.pool.value <= bound <= one.bound
        compared += 1
    assert compared >= 100


def test_the_bound_is_the_best_packing_and_that_is_found():
    """Where windows and services are told apart, curves are nearly exact, and so is this."""
    compared = exact = better = 0
    for one in bounded(range(120)):
        bound, packing = one.least(MUCH)
        compared += 1
        exact += bound <= one.optimum + 1e-3 * one.pool.value
        if packing:
            better += 1
            assert np.sum(packing, axis=0).tolist() == list(one.pool.shape)
            assert sum(one.profit[lot] for lot in packing) > one.best
    assert compared >= 100
    assert exact >= 0.95 * compared
    assert better >= 20


@pytest.mark.parametrize("little", [replace(MUCH, lots=1), replace(MUCH, nodes=1)])
def test_with_too_little_effort_the_bound_known_stands(little):
    stands = 0
    for one in bounded(range(60)):
        bound, _ = one.least(little)
        assert one.optimum - 1e-9 * one.pool.value <= bound <= one.bound
        stands += bound == one.bound
    assert stands >= 10


@pytest.mark.parametrize("limits", [{"FEW_PARTS": 1, "MOST_STATES": 1.0}, {"MOST_PARTS": 1}])
def test_pools_that_can_be_divided_in_too_many_ways_are_left_alone(limits, monkeypatch):
    for name, limit in limits.items():
        monkeypatch.setattr(elimination, name, limit)
    one = next(bounded(range(20)))
    assert one.least(MUCH) == (one.bound, [])


def test_nothing_is_begun_when_the_time_is_over():
    one = next(bounded(range(20)))
    assert one.least(MUCH, seconds=-1.0) == (one.bound, [])


def test_a_higher_target_is_proven_where_a_lower_one_is_too_much():
    tried = replace(MUCH, lots=3)
    better = 0
    for one in bounded(range(120)):
        alone = one.least(tried)[0]
        in_turn = one.least(replace(tried, targets=(0.0, 0.5, 0.9)))[0]
        assert in_turn <= alone
        better += in_turn < alone
    assert better >= 3
