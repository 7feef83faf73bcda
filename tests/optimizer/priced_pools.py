"""Pools of tiny plans at random prices, small enough to know every content of theirs and the best packing."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
from oracle.brute import TooLarge
from oracle.tiny import tiny_plan

from lotsplit.evaluation import largest_priority
from lotsplit.market import Market
from lotsplit.optimizer.bounds.goods import Known
from lotsplit.optimizer.compiled import kernel
from lotsplit.optimizer.lots.arrays import Contents
from lotsplit.optimizer.lots.pools import pools_of_plan
from lotsplit.optimizer.lots.rows import Prices, Rows, Weights
from lotsplit.optimizer.lots.slots import SetLoads, best_slots
from lotsplit.optimizer.packings.curves import Curves, curves_of
from lotsplit.optimizer.packings.line_table import LineTable
from lotsplit.optimizer.packings.mixes import wide_units
from lotsplit.optimizer.packings.regroup import regrouped
from lotsplit.optimizer.pricing.exact import Partitions, all_counts
from lotsplit.optimizer.pricing.pricer import Pricer, SmallPools
from lotsplit.optimizer.pricing.wide import WidePools
from lotsplit.optimizer.solver import Clock

MOST_STATES = 200


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
