"""A closer bound on what any packing of a wide pool can bring at given prices: every unit of a lot stays whole.

As relaxed.py, but for the lots: those of each mix are found by dynamic programming over what its units, taken whole, can add
up to. Contents whose values fall into one cell are taken together: any of these values, paying as little as any of them.
So a lot brings at least what it can, and, in cells that are small beside it and cut at the steps of the curve, hardly more.
The compiled kernel does it; without one this bound is not there.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from lotsplit.optimizer.bounds.elimination import Brings, Effort, least_bound
from lotsplit.optimizer.bounds.fillings import fillings_of
from lotsplit.optimizer.bounds.goods import Best, Known, PricedGoods, RelaxedLots
from lotsplit.optimizer.bounds.heights import NEVER
from lotsplit.optimizer.bounds.ranges import Range
from lotsplit.optimizer.bounds.two_lots import bounds_of_two_lots
from lotsplit.optimizer.compiled import kernel
from lotsplit.optimizer.lots.arrays import Bools, Floats, Ints
from lotsplit.optimizer.packings.curves import Curves
from lotsplit.optimizer.packings.mixes import WideUnits
from lotsplit.optimizer.packings.packing import completed
from lotsplit.optimizer.packings.regroup import Packing
from lotsplit.optimizer.solver import Clock

# a lot smaller than this of a typical one is cut no finer
FINEST = 0.25
# of a typical lot: a unit with parts this large is a good by itself; of a pool of few units all are
LARGE, FEW_UNITS = 0.5, 16
FILL = 256
GROUPS = 8
POOLS_AT_ONCE = 16
# of a lot in the linear program: what counts as using it
LEAST_WEIGHT = 1e-6
# of a pool's value: lots that surely fall short of what they pay by more are hardly in a packing as good as the bound, and bounded by
# fractions of units
WITHIN = 5e-3
# of a profit: a step this high is an edge of a cell; and by how much of a value the edge lies above it
STEP, ABOVE = 0.01, 4e-9


@dataclass(frozen=True)
class Grain:
    """How finely to look. of_a_lot: cells of a typical lot while prices are looked for, in so many rounds at most.

    finer: by this factor, at the best prices. effort: of the bound by elimination.
    """

    of_a_lot: int
    finer: int
    rounds: int
    effort: Effort


QUICK = Grain(of_a_lot=200, finer=3, rounds=10, effort=Effort(5_000, 300_000, (0.0,)))
FINE = Grain(of_a_lot=500, finer=5, rounds=12, effort=Effort(20_000, 10_000_000, (0.0, 0.4, 0.7)))
# where there are few pools: one of them may be a third of the plan
CLOSEST = Grain(of_a_lot=500, finer=5, rounds=25, effort=Effort(50_000, 50_000_000, (0.0, 0.4, 0.7, 0.97, 0.999)))


@dataclass(frozen=True)
class Nesting:
    """The mixes of a pool in an order in which each comes after one that it has all units of (parent, or none) and more (extra).

    needed: services (bits) that lots of each mix must have some units of each of, or, below 0, of any: all services but the one that
    most of the value is of.
    """

    order: Ints
    parent: Ints
    extra_first: Ints
    extra: Ints
    needed: Ints


def nesting_of(units: WideUnits) -> Nesting:
    """Nest the mixes of a pool: each in the last before it that has no unit which it has not.

    A parent needs the same services, or none, and has none of those needed.
    """
    sets = np.array([mix.units for mix in units.mixes])
    order = np.argsort(sets.sum(axis=1), kind="stable")
    has = sets[order].astype(np.float64)
    needed = _needed(units)[order]
    within = np.tril((1 - has) @ has.T == 0, -1)
    if needed.any():
        services = np.array([mix.services for mix in units.mixes])[order]
        none_of_those = (needed == 0) & (np.abs(needed)[:, None] & services == 0)
        within &= (needed[:, None] == needed) | none_of_those
    parent = np.where(within.any(axis=1), len(order) - 1 - within[:, ::-1].argmax(axis=1), -1)
    more = sets[order] & ~np.where(parent[:, None] >= 0, sets[order][parent], False)
    return Nesting(order, parent, np.cumsum([0, *more.sum(axis=1)]), np.nonzero(more)[1].copy(), needed)


def _needed(units: WideUnits) -> Ints:
    """The services needed by each mix of a pool; see Nesting."""
    needed = np.zeros(len(units.mixes), dtype=np.int64)
    if (units.service != units.service[0]).any():
        every = np.unique(units.service)
        value = np.array([float((units.part_value * units.parts)[units.service == one].sum()) for one in every])
        held = units.services_held()
        there = np.array([mix.units for mix in units.mixes]) @ (units.service[:, None] == every)
        most = every[np.where(there, value, -1.0).argmax(axis=1)]
        needed = np.sign(held) * (np.abs(held) & ~most)
    return needed


@dataclass(frozen=True)
class Layout:
    """A range of values of a pool's lots, as the kernel takes it. less: what every part of each unit takes off. edges: of cells of
    value. x, y: points of the curve of each mix, in the order of the nesting, from curve_first on."""

    units: WideUnits
    nesting: Nesting
    less: Floats
    edges: Floats
    curve_first: Ints
    x: Floats
    y: Floats


def layout_of(units: WideUnits, nesting: Nesting, some: Range, typical: float, of_a_lot: int) -> Layout:
    """Lay a range of a pool out. of_a_lot: cells of a typical lot."""
    points = [some.points[mix] for mix in nesting.order.tolist()]
    return Layout(
        units,
        nesting,
        some.less,
        _edges(units, typical, points, some.high, of_a_lot),
        np.cumsum([0, *(len(x) for x, _ in points)]),
        np.concatenate([x for x, _ in points]),
        np.concatenate([np.where(np.isfinite(y), y, NEVER) for _, y in points]),
    )


def _edges(units: WideUnits, typical: float, points: list[tuple[Floats, Floats]], most: float, of_a_lot: int) -> Floats:
    """Edges between cells of value, up to the most of a lot: growing with it, and just above every step."""
    low, high = float(units.part_value.min()) * (1 - 1e-6), most * (1 + 1e-6)
    fine = min(FINEST * typical, high)
    small = np.arange(low, fine, fine / of_a_lot)
    grown = fine * (1 + 1 / of_a_lot) ** np.arange(1 + int(np.log(high / fine) * (of_a_lot + 1)))
    steps = []
    for x, y in points:
        y = np.where(np.isfinite(y), y, NEVER)
        jump = np.flatnonzero((np.diff(x) < 1e-8 * x[1:]) & (np.abs(np.diff(y)) > STEP * np.abs(y[:-1])))
        steps.append(x[jump + 1] * (1 + ABOVE))
    edges = np.unique(np.concatenate([[low], small, grown, *steps]))
    edges = edges[(edges >= low) & (edges < high)]
    apart = np.diff(edges, prepend=0.0) > 1e-7 * edges
    kept: Floats = np.concatenate([edges[apart], [high]])
    return kept


class WholeLots:
    """Some pools and the lots of whole units they can have, of each range of values."""

    def __init__(self, layouts: list[list[Layout]], goods: PricedGoods, finer: int = 1) -> None:
        self.layouts, self.goods, self.fill = layouts, goods, FILL * finer
        # pool and counts of every lot met, those of the packings known first
        self.met: list[tuple[int, Ints]] = list(goods.counts_known)
        self.width = goods.value / self.fill
        self.units = [ranges[0].units for ranges in layouts]
        pool = np.repeat(np.arange(len(layouts)), [len(units.mixes) for units in self.units])
        services = np.array([mix.services for units in self.units for mix in units.mixes])
        self.fillings = fillings_of(self.units, pool, services, self.width)

    def at(self, price: Floats, open_: Bools) -> tuple[Floats, RelaxedLots]:
        """The bound at some prices of goods, and lots that bring more than they pay; infinite bounds of pools that are not open."""
        spare, lots = self._priced(price, open_)
        bound, _ = self._bounds(price, open_, spare)
        return bound, lots

    def closest(self, price: Floats, open_: Bools) -> tuple[Floats, list[Brings]]:
        """The bound as `at` gives it, and what the lots of each pool bring."""
        spare, _ = self._priced(price, open_)
        bound, beside = self._bounds(price, open_, spare)
        brings = [
            Brings(price[n][goods.of_unit] * units.part_value, by_cell, beside[n], float(self.width[n]))
            for n, (units, goods, by_cell) in enumerate(zip(self.units, self.goods.goods, spare, strict=True))
        ]
        return bound, brings

    def _bounds(self, price: Floats, open_: Bools, spare: list[Floats]) -> tuple[Floats, Floats]:
        """The bound, and what any lots of each pool bring by cells."""
        paid = (price * self.goods.amount).sum(axis=1)
        (most, more), beside = self.fillings.most(np.concatenate([one.max(axis=0) for one in spare]), (1, 3))
        # of three lots and more, or of one and two where that is known
        apart = np.where(self.goods.two > NEVER, np.maximum(self.goods.two, paid + more), np.inf)
        bound: Floats = np.minimum(paid + most, apart)
        bound[~open_] = np.inf
        return bound, beside

    def _priced(self, price: Floats, open_: Bools) -> tuple[list[Floats], RelaxedLots]:
        """What lots of each pool bring above what they pay, by range, mix and cell; and those that bring more than they pay."""
        spare, pool, profit, held = [], [], [], []
        first = len(self.met)
        for n, (ranges, goods) in enumerate(zip(self.layouts, self.goods.goods, strict=True)):
            spare.append(np.full((len(ranges), len(self.units[n].mixes), self.fill), NEVER))
            for place, one in enumerate(ranges if open_[n] else ()):
                spare[n][place], gains, counts = self._lots(one, price[n][goods.of_unit] * one.units.part_value)
                self.met.extend((n, line) for line in counts)
                pool.append(np.full(len(gains), n))
                profit.append(gains)
                amounts = np.zeros((len(gains), price.shape[1]))
                np.add.at(amounts.T, goods.of_unit, (counts * one.units.part_value).T)
                held.append(amounts)
        number = np.arange(first, len(self.met))
        return spare, RelaxedLots(np.concatenate(pool), np.concatenate(profit), np.concatenate(held), number)

    def chosen(self, best: Best) -> list[list[tuple[float, Ints]]]:
        """Weight and counts of the lots of each pool that the last linear program uses."""
        found: list[list[tuple[float, Ints]]] = [[] for _ in self.layouts]
        for number, weight in zip(np.concatenate(best.numbers).tolist(), best.weights.tolist(), strict=False):
            if weight > LEAST_WEIGHT:
                pool, counts = self.met[number]
                found[pool].append((weight, counts))
        return found

    def _lots(self, one: Layout, price: Floats) -> tuple[Floats, Floats, Ints]:
        """What lots of one range bring above what they pay, mix by mix and cell by cell; profits and counts of the best."""
        units, nesting, price = one.units, one.nesting, price + one.less
        mixes, most = len(units.mixes), len(units.mixes) + GROUPS
        spare, profit = np.empty((mixes, self.fill)), np.empty(most)
        counts = np.empty((most, len(units.parts)), dtype=np.int64)
        slope = float(price @ units.parts) / units.pool.value
        made = kernel.whole_lots(
            units.part_value,
            units.parts,
            nesting.parent,
            nesting.extra_first,
            nesting.extra,
            one.edges,
            one.curve_first,
            one.x,
            one.y,
            units.service,
            nesting.needed,
            self.fill,
            GROUPS,
            units.pool.value / self.fill,
            slope,
            -WITHIN * units.pool.value,
            price,
            spare,
            profit,
            counts,
        )
        in_order = np.empty_like(spare)
        in_order[nesting.order] = spare
        return in_order, profit[:made] - counts[:made] @ one.less, counts[:made]


def whole_bounds(
    curves: Curves,
    wide: list[WideUnits],
    first_mix: list[int],
    known: list[Known],
    ways: list[list[list[Range]]],
    grain: Grain,
    clock: Clock,
) -> tuple[Floats, list[Packing]]:
    """An upper bound on the profit of any packing of each wide pool, and a packing put together from the lots that it rests on.

    first_mix: of each pool, as the curves count mixes. ways: of each pool, one or more to divide the values of its lots into ranges, of
    which the one that bounds it nearest counts. The bound is infinity where time or memory did not do; the packing is then that known.
    """
    bounds = np.full(len(wide), np.inf)
    packings: list[Packing] = [[tuple(lot) for lot in one.packing.tolist()] for one in known]
    tried = [(n, ranges) for n, of_pool in enumerate(ways) for ranges in of_pool]
    tried.sort(key=lambda one: (len(one[1]) * len(wide[one[0]].mixes), one[0]))
    for low in range(0, len(tried), POOLS_AT_ONCE):
        mine = tried[low : low + POOLS_AT_ONCE]
        with suppress(MemoryError):
            some, best = [wide[n] for n, _ in mine], [known[n] for n, _ in mine]
            first = [first_mix[n] for n, _ in mine]
            nearer, found = _bounds_of_block(curves, some, first, best, [ranges for _, ranges in mine], grain, clock)
            for (n, _), bound, packing in zip(mine, nearer.tolist(), found, strict=True):
                if bound < bounds[n]:
                    bounds[n], packings[n] = bound, packing or packings[n]
    return bounds, packings


def _bounds_of_block(
    curves: Curves,
    wide: list[WideUnits],
    first_mix: list[int],
    known: list[Known],
    ranges: list[list[Range]],
    grain: Grain,
    clock: Clock,
) -> tuple[Floats, list[Packing]]:
    """As whole_bounds, of some pools; an empty packing where there are no lots to put one together from."""
    two = bounds_of_two_lots(wide, first_mix, known, curves)
    goods = PricedGoods(wide, known, [0.0 if len(units.parts) <= FEW_UNITS else LARGE for units in wide], two)

    nesting = [nesting_of(units) for units in wide]

    def cut(n: int, of_a_lot: int) -> list[Layout]:
        return [layout_of(wide[n], nesting[n], some, known[n].typical, of_a_lot) for some in ranges[n]]

    layouts = [cut(n, grain.of_a_lot) for n in range(len(wide))]
    lots = WholeLots(layouts, goods)
    best = goods.improved(lots.at, goods.price, grain.rounds, clock, lambda price: price)
    bounds, open_ = best.bound, best.bound > goods.enough
    brings: list[Brings] = []
    if open_.any():
        finer = [cut(n, grain.of_a_lot * grain.finer) if open_[n] else some for n, some in enumerate(layouts)]
        closer, brings = WholeLots(finer, goods, grain.finer).closest(best.price, open_)
        bounds = np.minimum(bounds, closer)
    packings = [
        completed(curves, mix, units, weighed) if weighed else []
        for units, mix, weighed in zip(wide, first_mix, lots.chosen(best), strict=True)
    ]
    for n in np.flatnonzero(open_ & (bounds > goods.enough)).tolist():
        bring, bound = float(known[n].profits.sum()), float(bounds[n])
        if np.isfinite(bring):
            bounds[n], better = least_bound(wide[n], ranges[n], brings[n], bring, bound, grain.effort, clock)
            packings[n] = better or packings[n]
    return bounds, packings
