"""A bound on what any packing of a wide pool can bring at given prices.

Every unit (small ones of a kind together: a *good*) gets a price per unit of value; lots pay for what they hold. At any
such prices a pool brings at most the sum of all prices plus the best choice of lots that pay, whose values add up to the
pool's: a Lagrangean bound, with the sum of values kept as a constraint (dynamic programming over cells of value). A lot is
relaxed to: a mix (curves.py), some parts of its unit with the largest parts whole, and any fractions of units with smaller
ones. The prices are found by column generation over such relaxed lots, kept near the best prices known (du Merle,
Villeneuve, Desrosiers, Hansen, Discrete Mathematics 194, 1999); whatever they are, the bound holds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lotsplit.optimizer.arrays import Bools, Contents, Floats, Ints
from lotsplit.optimizer.curves import WideUnits, curve_points, every_duration, lines_of
from lotsplit.optimizer.fillings import fillings_of
from lotsplit.optimizer.heights import NEVER, OFFSETS, Heights, heights_of
from lotsplit.optimizer.slots import PriceTables, best_slots
from lotsplit.optimizer.solver import Clock, ColumnBlock, LinearProgram, Status

CELLS_AT_ONCE = 4_096
MOST_LARGE = 16
# neighbouring points of a curve differ by this factor at most, so that a chord is near the curve
RATIO = 1.2
BOX, GROW, SHRINK = 0.3, 2.0, 0.5
GROUPS_OF_CELLS = 8
# of the pool's value: a bound this near the best packing known need not get better
NEAR = 1e-4


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


@dataclass(frozen=True)
class Known:
    """The best packing known of a pool: counts of each lot, and the profit of each. typical: value of a lot that pays."""

    packing: Ints
    profits: Floats
    typical: float


@dataclass(frozen=True)
class Goods:
    """What the lots of a pool pay for. amount: value of each. large: the units that are goods by themselves, first and in
    descending order of part value. of_unit: the good of each unit. in_mix: which goods each mix may hold."""

    amount: Floats
    large: Ints
    of_unit: Ints
    in_mix: Bools


def goods_of(units: WideUnits, typical: float) -> Goods:
    """The goods of a pool: units whose parts are large beside a typical lot by themselves, all others by kind."""
    large = np.flatnonzero(units.part_value >= typical / 4)
    large = large[np.argsort(-units.part_value[large], kind="stable")][:MOST_LARGE]
    of_unit = np.full(len(units.parts), -1)
    of_unit[large] = np.arange(len(large))
    kinds: dict[tuple[int, int, int, int], int] = {}
    for n in np.flatnonzero(of_unit < 0).tolist():
        kind = (int(units.first[n]), int(units.last[n]), int(units.least[n]), int(units.service[n]))
        of_unit[n] = kinds.setdefault(kind, len(large) + len(kinds))
    count = len(large) + len(kinds)
    in_mix = np.zeros((len(units.mixes), count), dtype=np.bool_)
    for n, mix in enumerate(units.mixes):
        in_mix[n, of_unit[mix.units]] = True
    amount = np.bincount(of_unit, units.part_value * units.parts, minlength=count).astype(np.float64)
    return Goods(amount, large, of_unit, in_mix)


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
    lines = lines_of(contents, wide, every_duration, RATIO)
    heights = heights_of(
        curve_points(lines, tables),
        np.repeat(np.arange(len(wide)), [len(w.mixes) for w in wide]),
        np.array([w.pool.value for w in wide]),
        np.stack([_slopes(w, k) for w, k in zip(wide, known, strict=True)]),
        cells,
    )
    first = Relaxation(wide, known, heights.coarser(fineness.coarser))
    bounds = first.at(first.price)[0]
    open_ = np.flatnonzero(bounds > first.enough)
    if len(open_) and not clock.over():
        some, best, heights = [wide[n] for n in open_], [known[n] for n in open_], heights.of_pools(open_)
        coarse = Relaxation(some, best, heights.coarser(fineness.coarser))
        better = coarse.improve(fineness.rounds, clock)
        fine = Relaxation(some, best, heights).at(coarse.price)[0]
        bounds[open_] = np.minimum(bounds[open_], np.minimum(better, fine))
    return bounds


def _slopes(units: WideUnits, known: Known) -> Floats:
    """Slopes about the profit per value of the lots known."""
    rates = known.profits / (known.packing @ units.part_value)
    rates = rates[np.isfinite(rates)] if np.isfinite(rates).any() else np.zeros(1)
    low, high = float(rates.min()), float(rates.max())
    slopes: Floats = (low + high) / 2 + ((high - low) / 2 + 0.02) * OFFSETS
    return slopes


@dataclass(frozen=True)
class RelaxedLots:
    """Relaxed lots as columns: pool, profit, and how much value of each good they hold."""

    pool: Ints
    profit: Floats
    held: Floats


class Relaxation:
    """Some pools and their goods, at prices that can be improved."""

    def __init__(self, wide: list[WideUnits], known: list[Known], heights: Heights) -> None:
        self.wide, self.heights, self.cells = wide, heights, heights.cells
        self.value = np.array([w.pool.value for w in wide])
        self.width = heights.width
        self.goods = [goods_of(w, k.typical) for w, k in zip(wide, known, strict=True)]
        self.amount = np.zeros((len(wide), max(len(g.amount) for g in self.goods)))
        for n, g in enumerate(self.goods):
            self.amount[n, : len(g.amount)] = g.amount
        best_known = np.array([k.profits.sum() for k in known])
        self.enough = np.where(np.isfinite(best_known), best_known, NEVER) + NEAR * self.value
        known_price = self._take_known(known)
        self.slopes = heights.slopes
        self.middle = self.slopes[:, len(OFFSETS) // 2]
        self.spread = (self.slopes[:, -1] - self.slopes[:, 0]) / (OFFSETS[-1] - OFFSETS[0])
        # no price may leave the slopes at which heights are held
        self.price: Floats = np.where(self.amount > 0, self._held(known_price), self.middle[:, None])
        self._combine([k.typical for k in known])

    def _take_known(self, known: list[Known]) -> Floats:
        """Keep the lots of the packings known as columns; gives as first prices what they bring for each good."""
        price: Floats = np.zeros_like(self.amount)
        pool: list[int] = []
        profit: list[Floats] = []
        held: list[Floats] = []
        for n, (w, g, k) in enumerate(zip(self.wide, self.goods, known, strict=True)):
            values = k.packing * w.part_value
            profits = np.where(np.isfinite(k.profits), k.profits, 0.0)
            paid = (values * (profits / values.sum(axis=1))[:, None]).sum(axis=0)
            price[n, : len(g.amount)] = np.bincount(g.of_unit, paid, minlength=len(g.amount)) / g.amount
            pool.extend([n] * len(values))
            profit.append(profits)
            goods = self.amount.shape[1]
            held.extend(np.bincount(g.of_unit, line, minlength=goods).astype(np.float64) for line in values)
        self.known_lots = RelaxedLots(np.array(pool), np.concatenate(profit), np.array(held))
        return price

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

    # -- prices ----------------------------------------------------------------------------------------------------

    def improve(self, rounds: int, clock: Clock) -> Floats:
        """Find prices of goods by column generation over relaxed lots; gives the least bound met, and keeps its prices."""
        goods = np.flatnonzero(self.amount.ravel() > 0)
        row = np.full(self.amount.size, -1)
        row[goods] = np.arange(len(goods))
        row = row.reshape(self.amount.shape)
        program = self._program(len(goods), clock)
        self._add(program, row, self.known_lots)
        best, best_price = np.full(len(self.wide), np.inf), self.price.copy()
        box = BOX * self.spread
        pool_of_good, amount = goods // self.amount.shape[1], self.amount.ravel()[goods]
        for number in range(rounds):
            bound, lots = self.at(self.price)
            better = bound < best
            box = np.where(better, box * (GROW if number else 1.0), box * SHRINK)
            best = np.minimum(best, bound)
            best_price[better] = self.price[better]
            busy = best > self.enough
            if number == rounds - 1 or not busy.any():
                break
            mine = busy[lots.pool]
            self._add(program, row, RelaxedLots(lots.pool[mine], lots.profit[mine], lots.held[mine]))
            center, width = best_price.ravel()[goods], box[pool_of_good]
            sides = np.concatenate([width - center, center + width]) * np.tile(amount, 2)
            program.set_cost(np.arange(2 * len(goods)), sides)
            answer = program.solve()
            if answer.status is not Status.OPTIMAL:
                break
            price = self.price.copy()
            price[row >= 0] = -answer.duals[row[row >= 0]] / self.amount[row >= 0]
            self.price = self._held(price)
        self.price = best_price
        return best

    def _held(self, price: Floats) -> Floats:
        """Prices within the slopes at which heights are held."""
        held: Floats = np.clip(price, self.slopes[:, :1], self.slopes[:, -1:])
        return held

    def _program(self, goods: int, clock: Clock) -> LinearProgram:
        """One row a good, and two columns a good that keep its price near the best one known."""
        program = LinearProgram("highs", clock, unit=float(self.value.mean()) / 100)
        for _ in range(goods):
            program.add_row(1.0, 1.0)
        signs = np.repeat([1.0, -1.0], goods)
        rows = np.tile(np.arange(goods), 2)
        program.add_columns(ColumnBlock(np.zeros(2 * goods), np.ones(2 * goods), np.arange(2 * goods + 1), rows, signs))
        return program

    def _add(self, program: LinearProgram, row: Ints, lots: RelaxedLots) -> None:
        if len(lots.pool):
            lot, good = np.nonzero(lots.held > 0)
            starts = np.concatenate([[0], np.cumsum(np.bincount(lot, minlength=len(lots.pool)))])
            entries = lots.held[lot, good] / self.amount[lots.pool[lot], good]
            upper = np.full(len(lots.pool), 1e4)
            program.add_columns(ColumnBlock(-lots.profit, upper, starts, row[lots.pool[lot], good], entries))

    # -- the bound -------------------------------------------------------------------------------------------------

    def at(self, price: Floats) -> tuple[Floats, RelaxedLots]:
        """The bound at some prices of goods, and relaxed lots that bring more than they pay."""
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
        bound = (price * self.amount).sum(axis=1) + self.fillings.most(spare)
        kind, cell = self._paying(spare, starts)
        rest = self.rest[kind, cell]
        taken = np.clip(rest[:, None] - (upto[kind] - free[kind]), 0.0, free[kind])
        held = np.zeros((len(kind), self.amount.shape[1]))
        np.put_along_axis(held, order[kind], taken, axis=1)
        whole = np.flatnonzero(self.large[kind] >= 0)
        held[whole, self.large[kind][whole]] += self.least[kind][whole]
        profit = spare[kind, cell] + (held * price[self.pool[kind]]).sum(axis=1)
        return bound, RelaxedLots(self.pool[kind], profit, held)

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


def known_of(
    contents: Contents, tables: PriceTables, wide: list[WideUnits], packings: list[Ints], typical: list[float]
) -> list[Known]:
    """The packings known with the profits of their lots in the best slots."""
    table = contents.scratch()
    sizes = [len(packing) for packing in packings]
    for units, packing in zip(wide, packings, strict=True):
        table.add(units.pool, packing)
    table.make_options(np.arange(len(table)))
    profits = np.split(best_slots(table, tables, table.all_options()).profit, np.cumsum(sizes)[:-1])
    return [Known(p, f, t) for p, f, t in zip(packings, profits, typical, strict=True)]
