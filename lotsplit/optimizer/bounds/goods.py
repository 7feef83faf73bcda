"""Prices for what the lots of wide pools hold, found by column generation over relaxed lots.

Every unit (small ones of a kind together: a *good*) gets a price per unit of value; lots pay for what they hold. Whatever
the prices, they prove a bound; good ones are looked for near the best known (du Merle, Villeneuve, Desrosiers, Hansen,
Discrete Mathematics 194, 1999). Which lots there are is up to the relaxation (relaxed.py, whole.py).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lotsplit.optimizer.bounds.heights import NEVER
from lotsplit.optimizer.lots.arrays import Bools, Floats, Ints
from lotsplit.optimizer.packings.mixes import WideUnits
from lotsplit.optimizer.solver import Answer, Clock, ColumnBlock, LinearProgram, Status

# goods that are single units, for each service
MOST_LARGE = 16
BOX, GROW, SHRINK = 0.3, 2.0, 0.5
# of the pool's value: a bound this near the best packing known need not get better
NEAR = 1e-4
# of the pool's value: where a bound of one or two lots is this near the best packing known, more lots need not be bounded below it
CLOSE = 2e-3


@dataclass(frozen=True)
class Known:
    """The best packing known of a pool: counts of each lot, and the profit of each; and the same of lots of other packings (finite
    profits). typical: value of a lot that pays."""

    packing: Ints
    profits: Floats
    others: Ints
    other_profits: Floats
    typical: float


@dataclass(frozen=True)
class Goods:
    """What the lots of a pool pay for. amount: value of each. large: the units that are goods by themselves, first and in
    descending order of part value. of_unit: the good of each unit. in_mix: which goods each mix may hold."""

    amount: Floats
    large: Ints
    of_unit: Ints
    in_mix: Bools


def goods_of(units: WideUnits, large_from: float) -> Goods:
    """The goods of a pool: units with parts of at least some value by themselves, all others by kind."""
    large = np.flatnonzero(units.part_value >= large_from)
    large = large[np.argsort(-units.part_value[large], kind="stable")][: MOST_LARGE * units.sets.services]
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


@dataclass(frozen=True)
class RelaxedLots:
    """Relaxed lots as columns: pool, profit, and how much value of each good they hold. number: a name for real ones, or NONE."""

    pool: Ints
    profit: Floats
    held: Floats
    number: Ints


Bound = Callable[[Floats, Bools], tuple[Floats, RelaxedLots]]
"""From prices of goods, one row a pool, and which pools are open: the bound of each open pool, and relaxed lots that bring
more than they pay."""


class PricedGoods:
    """The goods of some pools, one row a pool, with the packings known.

    enough: a bound that need not get better. price: what the lots known bring for each good. middle, spread: of what they
    bring per value. large_from: of a typical lot of each pool, see goods_of. counts_known: pool and
    counts of the lots known. two: what one or two lots bring at most, or NEVER where that is not known.
    """

    def __init__(self, wide: list[WideUnits], known: list[Known], large_from: list[float], two: Floats) -> None:
        self.value = np.array([w.pool.value for w in wide])
        self.goods = [goods_of(w, f * k.typical) for w, k, f in zip(wide, known, large_from, strict=True)]
        self.amount = np.zeros((len(wide), max(len(g.amount) for g in self.goods)))
        for n, g in enumerate(self.goods):
            self.amount[n, : len(g.amount)] = g.amount
        self.counts_known = [(n, line) for n, k in enumerate(known) for line in (*k.packing, *k.others)]
        self.two = two
        best_known = np.array([k.profits.sum() for k in known])
        best_known = np.where(np.isfinite(best_known), best_known, NEVER)
        close = two <= best_known + CLOSE * self.value
        self.enough = np.maximum(np.where(close, two, NEVER), best_known + NEAR * self.value)
        sides = np.array([_least_and_most(w, k) for w, k in zip(wide, known, strict=True)])
        self.middle: Floats = sides.mean(axis=1)
        self.spread: Floats = (sides[:, 1] - sides[:, 0]) / 2 + 0.02
        self.price: Floats = np.zeros_like(self.amount)
        self._take_known(wide, known)

    def _take_known(self, wide: list[WideUnits], known: list[Known]) -> None:
        """Keep the lots known as columns, and as first prices what those of the best packing bring for each good."""
        pool: list[int] = []
        profit: list[Floats] = []
        held: list[Floats] = []
        goods = self.amount.shape[1]
        for n, (w, g, k) in enumerate(zip(wide, self.goods, known, strict=True)):
            values = k.packing * w.part_value
            profits = np.where(np.isfinite(k.profits), k.profits, 0.0)
            paid = (values * (profits / values.sum(axis=1))[:, None]).sum(axis=0)
            self.price[n, : len(g.amount)] = np.bincount(g.of_unit, paid, minlength=len(g.amount)) / g.amount
            self.price[n, len(g.amount) :] = self.middle[n]
            values = np.concatenate([values, k.others * w.part_value])
            pool.extend([n] * len(values))
            profit.extend([profits, k.other_profits])
            held.extend(np.bincount(g.of_unit, line, minlength=goods).astype(np.float64) for line in values)
        self.known_lots = RelaxedLots(np.array(pool), np.concatenate(profit), np.array(held), np.arange(len(pool)))

    def improved(self, at: Bound, price: Floats, rounds: int, clock: Clock, held: Callable[[Floats], Floats]) -> Best:
        """Column generation over relaxed lots: the least bound met of each pool, and its prices. held: prices that are allowed."""
        goods = np.flatnonzero(self.amount.ravel() > 0)
        row = np.full(self.amount.size, -1)
        row[goods] = np.arange(len(goods))
        row = row.reshape(self.amount.shape)
        program = self._program(len(goods), clock)
        self._add(program, row, self.known_lots)
        best = Best(np.full(len(self.value), np.inf), price.copy(), [self.known_lots.number], np.zeros(0))
        box, busy = BOX * self.spread, np.ones(len(self.value), dtype=np.bool_)
        for number in range(rounds):
            answer = self._solved(program, goods, best.price, box)
            if answer.status is Status.OPTIMAL:
                best.weights = answer.values[2 * len(goods) :]
                price = price.copy()
                price[row >= 0] = -answer.duals[row[row >= 0]] / self.amount[row >= 0]
                price = held(price)
            elif number:
                break
            bound, lots = at(price, busy)
            better = bound < best.bound
            box = np.where(better, box * (GROW if number else 1.0), box * SHRINK)
            best.bound[better], best.price[better] = bound[better], price[better]
            busy = best.bound > self.enough
            if not busy.any() or clock.over():
                break
            mine = busy[lots.pool]
            self._add(program, row, RelaxedLots(lots.pool[mine], lots.profit[mine], lots.held[mine], lots.number[mine]))
            best.numbers.append(lots.number[mine])
        return best

    def _solved(self, program: LinearProgram, goods: Ints, center: Floats, box: Floats) -> Answer:
        """The linear program with the price of every good near a center: within so much of it, by pool."""
        center, width = center.ravel()[goods], box[goods // self.amount.shape[1]]
        sides = np.concatenate([width - center, center + width]) * np.tile(self.amount.ravel()[goods], 2)
        program.set_cost(np.arange(2 * len(goods)), sides)
        return program.solve()

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


@dataclass
class Best:
    """The least bound met of each pool, and the prices that prove it. numbers, weights: of lots in the last linear program."""

    bound: Floats
    price: Floats
    numbers: list[Ints]
    weights: Floats


def _least_and_most(units: WideUnits, known: Known) -> tuple[float, float]:
    """Profit per value of the lots known."""
    rates = known.profits / (known.packing @ units.part_value)
    rates = rates[np.isfinite(rates)] if np.isfinite(rates).any() else np.zeros(1)
    return float(rates.min()), float(rates.max())
