"""Pools that span places with budgets and weights of their own: what a euro brings less for where it lies."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from oracle.tiny import tiny_plan
from priced_pools import some

from lotsplit.optimizer.bounds import places, whole
from lotsplit.optimizer.bounds.elimination import Effort
from lotsplit.optimizer.bounds.places import PlaceRates
from lotsplit.optimizer.compiled import kernel
from lotsplit.optimizer.lots.rows import no_prices
from lotsplit.optimizer.pricing.wide import Bounding, WidePools
from lotsplit.plan import Budget, Region

pytestmark = pytest.mark.skipif(kernel is None, reason="lotsplit was built without a C compiler")

REGIONS = ("XA1", "XA2", "XA3")


def plan_of_places(seed: int):
    """A tiny plan whose lots may cross regions, with a budget for each of these."""
    # what binds several packages together takes long to set, and prices are random here
    without = ("budgets", "curve", "keep_together", "lots_per_month", "region_floors", "share_floor")
    plan, rules = tiny_plan(seed, without)
    draw = np.random.default_rng(seed)
    packages = tuple(
        replace(
            package,
            items=tuple(replace(item, trade="45210000", region=str(draw.choice(REGIONS))) for item in package.items),
        )
        for package in plan.packages
    )
    suppliers = tuple(replace(supplier, trades=("*",), regions=("*",)) for supplier in plan.suppliers)
    regions = (*(Region(r, parent="XA", priority=float(draw.choice([0.5, 1.0, 2.0]))) for r in REGIONS), Region("XA"))
    budgets = tuple(
        Budget(None, region, None if draw.random() < 0.5 else plan.first_month // 12, 1e5) for region in REGIONS
    )
    plan = replace(plan, packages=packages, suppliers=suppliers, regions=regions, budgets=budgets)
    return plan, replace(rules, trade_digits=2, lots_cross_regions="same_parent")


def bounds_above_optimum(seeds, closer=False) -> list[float]:
    """By how much the bound of each pool that spans several places lies above its optimum, of its value."""
    above = []
    for priced in some(seeds, plan_of_places):
        wide = WidePools(priced.contents, priced.pools, priced.clock)
        wide.begin(lambda prices, tables=priced.tables: tables)
        known = [priced.known(pool) for pool in priced.pools]
        task = Bounding(np.arange(len(wide)), no_prices(priced.row_table), known, closer=closer)
        bounds, _ = wide._work(task)
        for pool, units, bound in zip(priced.pools, wide.pools, bounds, strict=True):
            optimum = priced.optimum(pool)
            if len(units.units.profiles) > 1 and np.isfinite(optimum):
                assert bound >= optimum - 1e-9 * pool.value, pool.index
                above.append((bound - optimum) / pool.value)
    return above


def test_bounds_hold_and_are_nearer_where_a_euro_counts_by_its_place(monkeypatch):
    with_rates = bounds_above_optimum(range(150))
    assert len(with_rates) >= 100
    less = PlaceRates.less
    monkeypatch.setattr(PlaceRates, "less", lambda self, pool, alone: 0 * less(self, pool, alone))
    monkeypatch.setattr(PlaceRates, "_by_value", lambda self, pool, alone: (np.zeros(0), np.zeros((0, 1))))
    without = bounds_above_optimum(range(150))
    near, near_without = (sum(one <= 0.01 for one in some) for some in (with_rates, without))
    assert near >= 1.2 * near_without
    assert np.mean(with_rates) <= 0.8 * np.mean(without)


@pytest.mark.parametrize("closer", [False, True])
def test_bounds_hold_and_are_nearer_where_ranges_of_values_are_told_apart(closer, monkeypatch):
    """What a euro brings less in a place depends on how likely SMEs win the lot, which depends on its value."""
    # elimination finds the optimum of most tiny pools whatever lots seem to bring
    for name in ("QUICK", "CLOSEST"):
        monkeypatch.setattr(whole, name, replace(getattr(whole, name), effort=Effort(1, 1, (0.0,))))
    apart = bounds_above_optimum(range(150), closer)
    assert len(apart) >= 100
    monkeypatch.setattr(places, "MOST_RANGES", 1)
    together = bounds_above_optimum(range(150), closer)
    assert np.mean(apart) <= 0.9 * np.mean(together)


def test_ranges_reach_over_all_values_and_no_curve_is_below_what_lots_bring():
    """Of every content: what it brings is no more than the curve of its value less what its parts take off."""
    compared = several = 0
    for priced in some(range(100), plan_of_places):
        wide = WidePools(priced.contents, priced.pools, priced.clock)
        wide.begin(lambda prices, tables=priced.tables: tables)
        for n, (pool, units) in enumerate(zip(priced.pools, wide.pools, strict=True)):
            of = units.units
            if len(of.profiles) == 1:
                continue
            alone = wide._rates.alone(n, priced.tables)
            less = wide._rates.less(n, alone)
            ranges = wide._rates.ranges(n, alone, priced.tables, wide._line_table, less)
            several += len(ranges) > 1
            whole_curves = wide._line_table.curves(np.array([n]), priced.tables, [less])
            for one in ranges:
                # no lot is smaller than the least of its mix, nor does an empty one count
                assert all(
                    x[0] >= whole_curves.points_of(m)[0][0] * (1 - 1e-12)
                    for m, (x, _) in enumerate(one.points)
                    if len(x)
                )
            for row in priced.rows[pool.index]:
                profit, value, held = (
                    priced.best.profit[row],
                    priced.contents.value[row],
                    np.array(priced.contents.counts[row]),
                )
                if not np.isfinite(profit):
                    continue
                made_up = profit + held @ (of.value_by_profile @ less)
                fits = [m for m, mix in enumerate(of.mixes) if mix.units[held > 0].all()]
                most = max(
                    np.interp(value, *one.points[m], left=-np.inf, right=-np.inf) - held @ one.less
                    for one in ranges
                    for m in fits
                    if len(one.points[m][0])
                )
                assert most >= made_up - 1e-8 * pool.value
                compared += 1
    assert compared >= 300
    assert several >= 20
