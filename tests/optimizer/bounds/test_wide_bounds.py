"""Curves, packings and bounds of wide pools at random prices, against every packing of pools small enough to try them all."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest
from oracle.tiny import tiny_plan
from priced_pools import plan_of_trades, some

from lotsplit.optimizer.bounds import whole
from lotsplit.optimizer.bounds.elimination import Effort
from lotsplit.optimizer.bounds.ranges import all_values
from lotsplit.optimizer.bounds.relaxed import FINE, wide_bounds
from lotsplit.optimizer.bounds.relaxed import QUICK as COARSE
from lotsplit.optimizer.compiled import kernel
from lotsplit.optimizer.lots import services as services_room
from lotsplit.optimizer.packings.regroup import QUICK
from lotsplit.optimizer.solver import Clock
from lotsplit.plan import Item, Package, Supplier, TenderPlan
from lotsplit.rules import Rules

BY_PRICES_ONLY = replace(whole.QUICK, effort=Effort(1, 1, (0.0,)))


def whole_bounds_of(priced, known, grain, clock):
    """The bound of lots of whole units, of all values together."""
    curves = priced.curves()
    ways = [[all_values(units, curves, mix)] for units, mix in zip(priced.wide, priced.first_mix, strict=True)]
    return whole.whole_bounds(curves, priced.wide, priced.first_mix, known, ways, grain, clock)


def compare(bounds_of, seeds, near: float, plan_of=tiny_plan) -> tuple[int, int]:
    """How many pools of tiny plans were compared with their optimum, and how many bounds are near it; none may be below."""
    compared, close = 0, 0
    for priced in some(seeds, plan_of):
        known = [priced.known(pool) for pool in priced.pools]
        bounds = bounds_of(priced, known)
        for pool, bound in zip(priced.pools, bounds, strict=True):
            optimum = priced.optimum(pool)
            if np.isfinite(optimum):
                assert bound >= optimum - 1e-9 * pool.value, pool.index
                compared += 1
                close += bound <= optimum + near * pool.value
    return compared, close


@pytest.mark.parametrize("fineness", [COARSE, FINE], ids=["quick", "fine"])
def test_no_packing_brings_more_than_the_bound(fineness, mixes):
    def bounds_of(priced, known):
        return wide_bounds(priced.contents, priced.tables, priced.wide, known, fineness, priced.clock)

    compared, near = compare(bounds_of, range(120), 0.1)
    assert compared >= 120
    assert mixes == "taken together" or near >= 0.8 * compared


@pytest.mark.skipif(kernel is None, reason="lotsplit was built without a C compiler")
@pytest.mark.parametrize("grain", [whole.QUICK, whole.FINE], ids=["quick", "fine"])
def test_no_packing_brings_more_than_the_bound_of_whole_units(grain, mixes):
    def bounds_of(priced, known):
        bounds, packings = whole_bounds_of(priced, known, grain, priced.clock)
        for pool, packing in zip(priced.pools, packings, strict=True):
            assert np.sum(packing, axis=0).tolist() == list(pool.shape)
        return bounds

    compared, near = compare(bounds_of, range(70), 0.01)
    assert compared >= 70
    assert mixes == "taken together" or near >= 0.8 * compared


@pytest.mark.skipif(kernel is None, reason="lotsplit was built without a C compiler")
def test_no_packing_of_several_trades_brings_more_than_the_bound(mixes):
    several = 0

    def bounds_of(priced, known):
        nonlocal several
        several += sum(len(np.unique(units.service)) > 1 for units in priced.wide)
        return whole_bounds_of(priced, known, BY_PRICES_ONLY, priced.clock)[0]

    compared, near = compare(bounds_of, range(300), 1e-2, plan_of_trades)
    assert several >= 200
    assert mixes == "taken together" or near >= 0.95 * compared


def where_one_lot_may_mix(_seed: int):
    """A large firm bids for one trade only: a lot with some of the other trade, of which there is one small item, goes to SMEs."""
    months = {"start": 24_324, "finish": 24_327, "min_months": 1}
    items = [
        Item(
            f"I{n}",
            "P",
            f"item {n}",
            trade,
            "XA1",
            value,
            quantity=1.0,
            unit="piece",
            step=1.0,
            divisible=False,
            **months,
        )
        for n, (trade, value) in enumerate([*[("45210000", 100_000.0)] * 6, ("45233000", 10_000.0)])
    ]
    suppliers = (
        Supplier("SME", "SME", "small", ("*",), ("*",), max_contract=250_000.0),
        Supplier("large", "large", "large", ("45210000",), ("*",), strength=20.0),
    )
    package = Package("P", "package", tuple(items), nature="works")
    rules = Rules(trade_digits=2, scale_elasticity=0.0, lot_fixed_cost=100.0)
    return TenderPlan((package,), 24_324, 4, suppliers), rules


@pytest.mark.skipif(kernel is None, reason="lotsplit was built without a C compiler")
@pytest.mark.parametrize("told_apart", [3, 1])
def test_lots_of_one_trade_are_not_worth_what_those_of_two_are(told_apart, monkeypatch):
    monkeypatch.setattr(services_room, "MOST_SERVICES", told_apart)

    def bounds_of(priced, known):
        return whole_bounds_of(priced, known, BY_PRICES_ONLY, priced.clock)[0]

    assert compare(bounds_of, [0], 0.05, where_one_lot_may_mix) == (1, 1)


def test_lots_of_some_of_many_trades_are_bounded(mixes):
    """Also where no lot can hold units of all of them: no window is common to all."""

    def bounds_of(priced, known):
        return wide_bounds(priced.contents, priced.tables, priced.wide, known, COARSE, priced.clock)

    assert compare(bounds_of, [1688, *range(60)], 0.1, plan_of_trades)[0] >= 60


@pytest.mark.parametrize("with_kernel", [True, False])
def test_bounds_are_there_when_the_time_is_over(with_kernel):
    if with_kernel and kernel is None:
        pytest.skip("lotsplit was built without a C compiler")
    over = Clock(time.monotonic() - 1, lambda: False)

    def bounds_of(priced, known):
        if with_kernel:
            bounds, _ = whole_bounds_of(priced, known, whole.QUICK, over)
        else:
            bounds = wide_bounds(priced.contents, priced.tables, priced.wide, known, COARSE, over)
        assert np.isfinite(bounds).all()
        return bounds

    assert compare(bounds_of, range(40), 0.1)[0] >= 40


def test_no_pools_have_no_bounds_and_no_packings(search):
    """As where every package with wide pools is best left undivided."""
    nothing = np.zeros(0, dtype=np.int64)
    assert search.pricer.refined(search.priced, nothing).bound == search.priced.bound
    assert len(search.pricer.wide.widen(search.prices, nothing, 2, QUICK, 0)) == 0
