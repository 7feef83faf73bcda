"""A bound on what any packing of a wide pool can bring at given prices.

Lots pay for what they hold (goods.py). At any prices of goods a pool brings at most the sum of all prices plus the best
choice of lots that pay, whose values add up to the pool's: a Lagrangean bound, with the sum of values kept as a constraint
(dynamic programming over cells of value, fillings.py). A lot is relaxed to: a mix (curves.py), some parts of its unit with
the largest parts whole, and any fractions of units with smaller ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lotsplit.optimizer.bounds.fillings import fillings_of
from lotsplit.optimizer.bounds.goods import Known, PricedGoods, RelaxedLots
from lotsplit.optimizer.bounds.heights import NEVER, OFFSETS, Heights, heights_of
from lotsplit.optimizer.bounds.two_lots import bounds_of_two_lots
from lotsplit.optimizer.lots.arrays import Bools, Contents, Floats, Ints
from lotsplit.optimizer.lots.slots import PriceTables
from lotsplit.optimizer.packings.curves import best_curves
from lotsplit.optimizer.packings.lines import curve_points, lines_of
from lotsplit.optimizer.packings.mixes import NONE, WideUnits
from lotsplit.optimizer.solver import Clock

CELLS_AT_ONCE = 4_096
GROUPS_OF_CELLS = 8
# of a typical lot: a unit with parts this large is a good by itself
LARGE = 0.25


@dataclass(frozen=True)
class Fineness:
    """Into how many cells the value of a pool is cut: the first number of `cells` of at least `of_a_lot` for each lot.

    coarser: by this factor while prices are looked for, which takes at most so many rounds.
    """

    cells: tuple[int, ...]
    of_a_lot: int
    coarser: int
    rounds: int


QUICK = Fineness((128, 256, 512), of_a_lot=60, coarser=4, rounds=10)
FINE = Fineness((512, 1024), of_a_lot=200, coarser=4, rounds=20)


def wide_bounds(
    contents: Contents,
    tables: PriceTables,
    wide: list[WideUnits],
    known: list[Known],
    fineness: Fineness,
    clock: Clock,
) -> Floats:
    """An upper bound on the profit of any packing of each wide pool."""
    bounds = np.full(len(wide), np.inf)
    choice = fineness.cells
    lots = [max(float(len(k.packing)), w.pool.value / k.typical) for w, k in zip(wide, known, strict=True)]
    cells = [next((c for c in choice if c >= fineness.of_a_lot * n), choice[-1]) for n in lots]
    for size in sorted(set(cells)):
        order = sorted((n for n in range(len(wide)) if cells[n] == size), key=lambda n: (len(wide[n].mixes), n))
        at_once = max(1, CELLS_AT_ONCE // size)
        for low in range(0, len(order), at_once):
            mine = order[low : low + at_once]
            some, best = [wide[n] for n in mine], [known[n] for n in mine]
            bounds[mine] = _bounds_of_block(contents, tables, some, best, size, fineness, clock)
    return bounds


def _bounds_of_block(
    contents: Contents,
    tables: PriceTables,
    wide: list[WideUnits],
    known: list[Known],
    cells: int,
    fineness: Fineness,
    clock: Clock,
) -> Floats:
    """Bounds of some pools: at the first prices in coarse cells, then, where these are not near, at better ones in finer cells."""
    points = curve_points(lines_of(contents, wide), tables)
    first_mix = np.cumsum([0, *(len(units.mixes) for units in wide[:-1])]).tolist()
    two = bounds_of_two_lots(wide, first_mix, known, best_curves(points, wide))
    goods = PricedGoods(wide, known, [LARGE] * len(wide), two)
    heights = heights_of(
        points,
        np.repeat(np.arange(len(wide)), [len(w.mixes) for w in wide]),
        np.array([w.pool.value for w in wide]),
        goods.middle[:, None] + goods.spread[:, None] * OFFSETS,
        cells,
    )
    first = Relaxation(wide, known, goods, heights.coarser(fineness.coarser))
    bounds = first.at(first.held(goods.price), np.ones(len(wide), dtype=np.bool_))[0]
    open_ = np.flatnonzero(bounds > goods.enough)
    if len(open_) and not clock.over():
        some, best, heights = [wide[n] for n in open_], [known[n] for n in open_], heights.of_pools(open_)
        goods = PricedGoods(some, best, [LARGE] * len(some), two[open_])
        coarse = Relaxation(some, best, goods, heights.coarser(fineness.coarser))
        better = goods.improved(coarse.at, coarse.held(goods.price), fineness.rounds, clock, coarse.held)
        fine = Relaxation(some, best, goods, heights).at(better.price, np.ones(len(some), dtype=np.bool_))[0]
        bounds[open_] = np.minimum(bounds[open_], np.minimum(better.bound, fine))
    return np.maximum(two, bounds)


class Relaxation:
    """Some pools and the relaxed lots they can have, in cells of value."""

    def __init__(self, wide: list[WideUnits], known: list[Known], goods: PricedGoods, heights: Heights) -> None:
        self.wide, self.heights, self.cells = wide, heights, heights.cells
        self.width = heights.width
        self.goods, self.amount = goods.goods, goods.amount
        self.slopes, self.middle, self.spread = heights.slopes, goods.middle, goods.spread
        self._combine([k.typical for k in known])

    def held(self, price: Floats) -> Floats:
        """Prices within the slopes at which heights are held."""
        held: Floats = np.clip(price, self.slopes[:, :1], self.slopes[:, -1:])
        return held

    def _combine(self, typical: list[float]) -> None:
        """The kinds of relaxed lots: every mix of a pool, with some parts of a large unit it may hold, or with none.

        least: value of these parts. free: how much of each good may be added, in fractions.
        """
        pool, mix, least, large, free, services = [], [], [], [], [], []
        first_mix = 0
        for n, (w, g) in enumerate(zip(self.wide, self.goods, strict=True)):
            for m in range(len(w.mixes)):
                amounts = np.zeros(self.amount.shape[1])
                amounts[: len(g.amount)] = np.where(g.in_mix[m], g.amount, 0.0)
                for k, unit in enumerate([*g.large.tolist(), -1]):
                    choices = [0]
                    if unit >= 0:
                        if not g.in_mix[m, k]:
                            continue
                        each, parts = float(w.part_value[unit]), int(w.parts[unit])
                        choices = list(range(1, 1 + max(1, min(parts, int(np.ceil(2.5 * typical[n] / each))))))
                    for count in choices:
                        rest = amounts.copy()
                        rest[: k + 1 if unit >= 0 else k] = 0.0
                        if unit >= 0 and count == choices[-1]:
                            rest[k] = (parts - count) * each
                        pool.append(n)
                        mix.append(first_mix + m)
                        services.append(w.mixes[m].services)
                        large.append(k if unit >= 0 else -1)
                        least.append(count * each if unit >= 0 else 0.0)
                        free.append(rest)
            first_mix += len(w.mixes)
        self.pool, self.mix, self.services = np.array(pool), np.array(mix), np.array(services)
        self.fillings = fillings_of(self.wide, self.pool, self.services, self.width)
        self.large, self.least, self.free = np.array(large), np.array(least), np.array(free)
        room = self.free.sum(axis=1)
        middle = (np.arange(1, self.cells + 1) - 0.5)[None, :] * self.width[self.pool][:, None]
        half = 0.5 * self.width[self.pool][:, None]
        most = self.least + room
        self.fits = (middle + half >= self.least[:, None] * (1 - 1e-9)) & (middle - half <= most[:, None] * (1 + 1e-9))
        self.fits &= most[:, None] > 0
        self.rest = np.clip(middle - self.least[:, None], 0.0, room[:, None])

    # -- the bound -------------------------------------------------------------------------------------------------

    def at(self, price: Floats, open_: Bools) -> tuple[Floats, RelaxedLots]:
        """The bound at some prices of goods, and relaxed lots that bring more than they pay; of pools that are not open, too."""
        order = np.argsort(price, axis=1, kind="stable")[self.pool]
        line = np.arange(len(self.pool))[:, None]
        free, rate = self.free[line, order], price[self.pool[:, None], order]
        upto, paid = np.cumsum(free, axis=1), np.cumsum(free * rate, axis=1)
        # the cheapest goods fill up: piecewise linear and convex, so that a line through one point is below it
        flat = line * free.shape[1] + self._last_good(upto)
        slope = rate.ravel()[flat]
        cost = (paid - upto * rate).ravel()[flat]
        cost += slope * (np.arange(self.cells) * self.width[self.pool][:, None] - self.least[:, None])
        cost += np.where(self.large >= 0, price[self.pool, self.large] * self.least, 0.0)[:, None]
        spare = np.where(self.fits, self._height(rate, flat) - cost, NEVER)
        starts = np.flatnonzero(np.diff(self.pool, prepend=-1))
        bound = (price * self.amount).sum(axis=1) + self.fillings.most(spare, (1,))[0][0]
        kind, cell = self._paying(spare, starts)
        rest = self.rest[kind, cell]
        taken = np.clip(rest[:, None] - (upto[kind] - free[kind]), 0.0, free[kind])
        held = np.zeros((len(kind), self.amount.shape[1]))
        np.put_along_axis(held, order[kind], taken, axis=1)
        whole = np.flatnonzero(self.large[kind] >= 0)
        held[whole, self.large[kind][whole]] += self.least[kind][whole]
        profit = spare[kind, cell] + (held * price[self.pool[kind]]).sum(axis=1)
        return bound, RelaxedLots(self.pool[kind], profit, held, np.full(len(kind), NONE))

    def _last_good(self, upto: Floats) -> Ints:
        """Up to which good (in order of price) the lots in the middle of each cell are filled."""
        kinds, goods = upto.shape
        cell = np.floor((upto + self.least[:, None]) / self.width[self.pool][:, None] - 0.5).astype(np.int64) + 1
        full = upto >= upto[:, -1:] * (1 - 1e-12)
        place = np.where(full, self.cells, np.clip(cell, 0, self.cells)) + np.arange(kinds)[:, None] * (self.cells + 1)
        passed = np.bincount(place.ravel(), minlength=kinds * (self.cells + 1)).reshape(kinds, -1)
        last: Ints = np.minimum(np.cumsum(passed, axis=1)[:, : self.cells], goods - 1)
        return last

    def _height(self, rate: Floats, last: Ints) -> Floats:
        """The most of profit less slope x value over the cell's lower edge, of every kind of lot in every cell.

        rate: prices of goods, in order. last: place among them of the last good, which is the slope.
        """
        offset = (rate - self.middle[self.pool, None]) / self.spread[self.pool, None]
        place = np.clip(np.interp(offset, OFFSETS, np.arange(len(OFFSETS))), 0, len(OFFSETS) - 1 - 1e-9)
        left = place.astype(np.int64)
        share = (place - left).ravel()[last]
        first = ((self.mix[:, None] * self.cells + np.arange(self.cells)) * len(OFFSETS)) + left.ravel()[last]
        most = self.heights.most.ravel()
        low = most[first]
        # convex in the slope, so that a chord is above it
        height: Floats = low + share * (most[first + 1] - low)
        return height

    def _paying(self, spare: Floats, starts: Ints) -> tuple[Ints, Ints]:
        """Kind and cell of lots that pay most: of every kind the best, and of every pool the best of some groups of cells."""
        best = spare.argmax(axis=1)
        kinds = [np.flatnonzero(spare[np.arange(len(best)), best] > 0)]
        cells = [best[kinds[0]]]
        groups = np.array_split(np.arange(self.cells), GROUPS_OF_CELLS)
        for group in groups:
            part = spare[:, group]
            at = part.argmax(axis=1)
            value = part[np.arange(len(at)), at]
            top = np.maximum.reduceat(value, starts)
            mine = np.flatnonzero((value >= top[self.pool]) & (value > 0))
            kinds.append(mine)
            cells.append(group[at[mine]])
        return np.concatenate(kinds), np.concatenate(cells)
