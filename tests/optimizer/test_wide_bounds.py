"""Curves, packings and bounds of wide pools at random prices, against every packing of pools small enough to try them all."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest
from oracle.brute import TooLarge
from oracle.tiny import tiny_plan

from lotsplit.evaluation import largest_priority
from lotsplit.market import Market
from lotsplit.optimizer import mixes as mixes_room
from lotsplit.optimizer import regroup, whole
from lotsplit.optimizer import services as services_room
from lotsplit.optimizer.arrays import Contents
from lotsplit.optimizer.compiled import kernel
from lotsplit.optimizer.curves import Curves, curves_of
from lotsplit.optimizer.elimination import Effort
from lotsplit.optimizer.exact import Partitions, all_counts
from lotsplit.optimizer.goods import Known
from lotsplit.optimizer.line_table import LineTable
from lotsplit.optimizer.lines import curve_points, lines_of
from lotsplit.optimizer.mixes import wide_units
from lotsplit.optimizer.pools import pools_of_plan
from lotsplit.optimizer.pricing import Pricer, SmallPools
from lotsplit.optimizer.regroup import QUICK, THOROUGH, regrouped
from lotsplit.optimizer.relaxed import FINE, wide_bounds
from lotsplit.optimizer.relaxed import QUICK as COARSE
from lotsplit.optimizer.rows import Prices, Rows, Weights
from lotsplit.optimizer.slots import SetLoads, best_slots
from lotsplit.optimizer.solver import Clock
from lotsplit.optimizer.wide import WidePools
from lotsplit.plan import Item, Package, Supplier, TenderPlan
from lotsplit.rules import Rules

MOST_STATES = 200
BY_PRICES_ONLY = replace(whole.QUICK, effort=Effort(1, 1, (0.0,)))
NONE_SMALL = SmallPools([], np.zeros(0, dtype=np.int64), Partitions([]))


def plan_of_trades(seed: int):
    """A tiny plan whose pools hold items of several trades, each with suppliers of its own: lots that mix them can bring more."""
    # what binds several packages together takes long to set, and prices are random here
    without = ("budgets", "curve", "keep_together", "lots_per_month", "mixed", "region_floors", "share_floor")
    plan, rules = tiny_plan(seed, without)
    draw = np.random.default_rng(seed)
    trades = ("45210000", "45233000", "45110000", "45400000")[: int(draw.integers(2, 5))]
    packages = tuple(
        replace(package, items=tuple(replace(item, trade=str(draw.choice(trades))) for item in package.items))
        for package in plan.packages
    )
    suppliers = tuple(
        replace(
            supplier,
            trades=("*",) if draw.random() < 0.15 else tuple(t for t in trades if draw.random() < 0.55) or trades[:1],
            regions=("*",),
        )
        for supplier in plan.suppliers
    )
    return replace(plan, packages=packages, suppliers=suppliers), replace(rules, trade_digits=2)


class Priced:
    """A tiny plan at random prices: its pools of several units, and what every content of them brings."""

    def __init__(self, seed: int, plan_of=tiny_plan) -> None:
        plan, rules = plan_of(seed)
        draw = np.random.default_rng(seed)
        contents = Contents(plan, rules, Market(plan, rules), pools_of_plan(plan, rules))
        undivided = contents.add_undivided()
        self.pools = [p for p in contents.pools if 1 < p.states <= MOST_STATES]
        self.rows = {p.index: contents.add(p, all_counts(p.shape)) for p in self.pools}
        self.wide = [wide_units(contents, p) for p in self.pools]
        contents.make_options(np.arange(len(contents)))
        rows, loads = Rows(contents), SetLoads(contents)
        weights = Weights(1.0, rules.extra_cost_weight, 1.0, largest_priority(plan))
        clock = Clock(time.monotonic() + 600, lambda: False)
        pricer = Pricer(rows, weights, loads, NONE_SMALL, WidePools(contents, [], clock), undivided)
        unit = np.array([1.0 if row.scale > 1e4 else plan.value / 20 for row in rows.rows])
        of_rows = unit * draw.choice([0.0, 0.05, 0.5], len(rows.rows)) * draw.random(len(rows.rows))
        capacity = draw.choice([0.0, 1.0], (len(plan.suppliers), contents.months)) * draw.random(
            (len(plan.suppliers), contents.months)
        )
        self.contents, self.clock, self.row_table = contents, clock, rows
        self.tables = pricer.tables(Prices(of_rows, capacity))
        self.best = best_slots(contents, self.tables, contents.all_options())
        self.first_mix = np.cumsum([0, *(len(units.mixes) for units in self.wide[:-1])]).tolist()

    def curves(self) -> Curves:
        """The curves of all pools, as a search works them out."""
        if kernel is None:
            return curves_of(self.contents, self.wide, self.tables)
        return LineTable(self.contents, self.wide).curves(np.arange(len(self.wide)), self.tables)

    def known(self, pool) -> Known:
        """The pool in one lot, and three other lots at random, as if of other packings."""
        counts = np.array([self.contents.counts[row] for row in self.rows[pool.index]])
        profits = self.best.profit[self.rows[pool.index]]
        one_lot = (counts == pool.shape).all(axis=1)
        others = np.flatnonzero(np.isfinite(profits) & ~one_lot)
        others = np.random.default_rng(pool.index).permutation(others)[:3]
        return Known(counts[one_lot], profits[one_lot], counts[others], profits[others], pool.value / 3)

    def optimum(self, pool) -> float:
        profits = np.concatenate([[0.0], self.best.profit[self.rows[pool.index]]])
        return float(Partitions([pool.shape]).best_values(profits)[-1])


def some(seeds, plan_of=tiny_plan):
    for seed in seeds:
        try:
            priced = Priced(seed, plan_of)
        except TooLarge:
            continue
        if priced.pools:
            yield priced


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
        bounds, packings = whole.whole_bounds(
            priced.curves(), priced.wide, priced.first_mix, known, grain, priced.clock
        )
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
        curves = priced.curves()
        return whole.whole_bounds(curves, priced.wide, priced.first_mix, known, BY_PRICES_ONLY, priced.clock)[0]

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
        curves = priced.curves()
        return whole.whole_bounds(curves, priced.wide, priced.first_mix, known, BY_PRICES_ONLY, priced.clock)[0]

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
            bounds, _ = whole.whole_bounds(priced.curves(), priced.wide, priced.first_mix, known, whole.QUICK, over)
        else:
            bounds = wide_bounds(priced.contents, priced.tables, priced.wide, known, COARSE, over)
        assert np.isfinite(bounds).all()
        return bounds

    assert compare(bounds_of, range(40), 0.1)[0] >= 40


def test_a_curve_is_at_least_what_every_content_brings(mixes):
    compared = 0
    for priced in some(range(60)):
        points, curves = curve_points(lines_of(priced.contents, priced.wide), priced.tables), priced.curves()
        first_mix = 0
        for units, pool in zip(priced.wide, priced.pools, strict=True):
            for row in priced.rows[pool.index]:
                profit, value = priced.best.profit[row], priced.contents.value[row]
                held = np.array(priced.contents.counts[row]) > 0
                if not np.isfinite(profit):
                    continue
                service = np.bitwise_or.reduce(units.service[held])
                window = units.first[held].max(), units.last[held].min(), units.least[held].max()
                mix = units.mix_of[*window, units.sets.set_of(service)]
                assert mix >= 0
                highest = -np.inf
                for curve in np.unique(points.curve[points.mix == first_mix + mix]):
                    on = points.curve == curve
                    v, f = points.value[on], points.profit[on]
                    if v[0] * (1 - 1e-9) <= value <= v[-1] * (1 + 1e-9):
                        highest = max(highest, float(np.interp(value, v, f)))
                assert highest >= profit - 1e-9 * pool.value
                on_curves = curves.profit(np.array([first_mix + mix]), np.array([value]))[0]
                assert on_curves >= profit - 1e-9 * pool.value
                compared += 1
            first_mix += len(units.mixes)
    assert compared >= 400


def regrouped_near_optimum(effort, plan_of=tiny_plan) -> tuple[int, int]:
    """How many pools of tiny plans have an optimum, and how many are regrouped near it from a single lot; each holds its pool, none brings more."""
    compared, near = 0, 0
    for priced in some(range(60), plan_of):
        start = [[pool.shape] for pool in priced.pools]
        found = regrouped(priced.wide, priced.first_mix, priced.curves(), start, effort, np.random.default_rng(1))
        for pool, packing in zip(priced.pools, found, strict=True):
            assert np.sum(packing, axis=0).tolist() == list(pool.shape)
            optimum = priced.optimum(pool)
            rows = {priced.contents.counts[row]: row for row in priced.rows[pool.index]}
            value = float(sum(priced.best.profit[rows[lot]] for lot in packing))
            if np.isfinite(optimum):
                assert value <= optimum + 1e-9 * pool.value
                compared += 1
                near += value >= optimum - 1e-3 * pool.value
    return compared, near


@pytest.mark.parametrize(("with_kernel", "effort"), [(True, QUICK), (True, THOROUGH), (False, QUICK)])
def test_regrouping_keeps_every_part_and_finds_most_optima_of_small_pools(with_kernel, effort, monkeypatch):
    monkeypatch.setattr(regroup, "there_is_a_kernel", lambda: with_kernel and kernel is not None)
    pools, best = regrouped_near_optimum(effort)
    assert pools >= 60
    assert best >= 0.6 * pools


@pytest.mark.parametrize(("with_kernel", "effort"), [(True, QUICK), (True, THOROUGH), (False, QUICK)])
def test_lots_of_a_regrouped_packing_have_a_window(with_kernel, effort, monkeypatch):
    """Also where curves take different windows together."""
    monkeypatch.setattr(regroup, "there_is_a_kernel", lambda: with_kernel and kernel is not None)
    monkeypatch.setattr(mixes_room, "MOST_EDGES", 1)
    without_one = 0
    for priced in some(range(140)):
        alone = [[tuple(row) for row in np.diag(pool.shape).tolist()] for pool in priced.pools]
        found = regrouped(priced.wide, priced.first_mix, priced.curves(), alone, effort, np.random.default_rng(1))
        for pool, packing in zip(priced.pools, found, strict=True):
            of = pool.columns
            without_one += of.last.min() - of.first.max() + 1 < of.least.max()
            for lot in packing:
                held = np.array(lot) > 0
                assert of.last[held].min() - of.first[held].max() + 1 >= of.least[held].max()
    assert without_one >= 10


def test_more_windows_are_told_apart_where_there_is_time_for_them(monkeypatch):
    monkeypatch.setattr(mixes_room, "MOST_EDGES", 1)
    more = 0
    for priced in some(range(60)):
        for pool, units in zip(priced.pools, priced.wide, strict=True):
            many = wide_units(priced.contents, pool, most=250)
            assert len(units.mixes) <= len(many.mixes) <= 250
            more += len(many.mixes) > len(units.mixes)
    assert more >= 20


def test_no_pools_have_no_bounds_and_no_packings(search):
    """As where every package with wide pools is best left undivided."""
    nothing = np.zeros(0, dtype=np.int64)
    assert search.pricer.refined(search.priced, nothing).bound == search.priced.bound
    assert len(search.pricer.wide.widen(search.prices, nothing, 2, QUICK, 0)) == 0
