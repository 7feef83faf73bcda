"""Prices of the master's rows by the volume algorithm (Barahona and Anbil, Mathematical Programming 87, 2000), for large plans.

Where the simplex method takes ten seconds and more for one solution, this takes about one. At any prices every package takes
its best columns by itself; limits that the mean of these choices breaks become dearer, others cheaper. The best prices met bound the
linear program from above; the mean of the choices comes near its solution.
"""

from __future__ import annotations

import numpy as np

from lotsplit.limits import SHARE_FLOOR
from lotsplit.optimizer.lots.arrays import Floats, Ints
from lotsplit.optimizer.lots.rows import Prices, Weights
from lotsplit.optimizer.master.columns import Columns
from lotsplit.optimizer.master.program import Point
from lotsplit.optimizer.solver import Clock, Status

ROUNDS = 120
# rounds in which the prices must get better by so much of the plan's value
PATIENCE, LITTLE = 6, 2e-5
# steps of a price, of what its limit is worth at most, where that is broken (or left) by all of it: the first one, its range,
# how it grows while a limit stays broken (or kept), and shrinks when that turns
FIRST, LEAST, MOST = 0.1, 1e-4, 1.0
LONGER, SHORTER = 1.1, 0.6
# of the prices of rows before: where a solution may start
STARTS = (1.0, 0.9, 0.7, 0.4, 0.2, 0.0)
# of a limit: what the mean breaks by more is far from any schedule
FAR = 0.3
# of the latest choice in the mean
SHARE = 0.1


Choice = tuple[Ints, Floats, Floats]
"""What every package takes by itself: its columns, what they bring, and the best of every pool."""


class Steps:
    """How far each of some prices moves in a round."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.length = np.full(shape, FIRST)
        self.before = np.zeros(shape)

    def by(self, broken: Floats) -> Floats:
        """The moves of prices whose limits are broken by so much of theirs (below 0: kept)."""
        broken = np.clip(broken, -1.0, 1.0)
        turn = np.sign(broken) * np.sign(self.before)
        self.length = np.clip(self.length * np.where(turn > 0, LONGER, np.where(turn < 0, SHORTER, 1.0)), LEAST, MOST)
        self.before = broken
        return self.length * broken


class Volume:
    """Prices and fractional solutions over a growing list of columns, for one aim. pools_of: the pools of each package."""

    def __init__(self, columns: Columns, weights: Weights, pools_of: dict[int, list[int]], clock: Clock) -> None:
        self.columns, self.weights, self.clock = columns, weights, clock
        contents = columns.rows.contents
        self.value, self.months = contents.plan.value, contents.months
        self.package_of_pool = np.array([pool.package for pool in contents.pools], dtype=np.int64)
        self.has_pools = np.array([bool(pools_of[package]) for package in range(len(pools_of))])
        self.scale = np.array([row.scale for row in columns.rows.rows])
        self.shares = np.zeros(len(columns.rows.rows))
        self.shares[columns.rows.by_kind.get(SHARE_FLOOR, [])] = 1.0
        limits = np.where(columns.set_loads.limited, contents.market.bidders.row_capacity, np.inf)
        self.most: Floats = np.repeat(limits[:, None], contents.months, axis=1)
        self.mean = np.zeros(0)
        self.row_steps, self.cell_steps = Steps(self.scale.shape), Steps(self.most.shape)

    def solve(self, prices: Prices) -> tuple[Point, Prices, Floats]:
        """Better prices than these: the mean solution, the prices, and what a packing of each pool must beat at them.

        Packages for which there are no columns yet are left out, and their pools said to be missing.
        """
        self._take_columns()
        prices, dual, (chosen, best, thresholds) = self._start(prices)
        if not self.mean.any():
            self.mean[chosen] = 1.0
        used = np.flatnonzero(self.mean)
        load, reached = self.columns.use(used, self.mean[used])
        use = self.columns.use(chosen, np.ones(len(chosen)))
        since, mark = 0, dual
        for _ in range(ROUNDS):
            tried = self._moved(prices, load, reached)
            before = chosen
            chosen, best, found = self._best_columns(self.columns.reduced_profits(tried))
            now = self._dual(tried, best)
            self.mean *= 1 - SHARE
            self.mean[chosen] += SHARE
            use = self._use(chosen, before, use)
            load, reached = load + SHARE * (use[0] - load), reached + SHARE * (use[1] - reached)
            if now < dual:
                prices, dual, thresholds = tried, now, found
            since += 1
            if mark - dual > LITTLE * self.value:
                since, mark = 0, dual
            if since >= PATIENCE or self.clock.over():
                break
        slack = np.maximum(0.0, reached - self.columns.rows.most)
        missing = np.isneginf(best)[self.package_of_pool].astype(np.float64)
        return Point(-dual, self.mean.copy(), slack, missing, -dual, Status.FEASIBLE), prices, thresholds

    def _start(self, prices: Prices) -> tuple[Prices, float, Choice]:
        """Of the prices known, and of less for the rows, those of the least bound; the bound, and what is chosen at them."""
        # while the columns known could not keep the limits, their prices rose and rose
        gain = self.columns.gain - self.columns.paid_for_capacity(prices.capacity)
        of_rows = self.columns.amounts.at(prices.rows)
        found = []
        for share in STARTS:
            start, choice = Prices(share * prices.rows, prices.capacity), self._best_columns(gain - share * of_rows)
            found.append((start, self._dual(start, choice[1]), choice))
        return min(found, key=lambda one: one[1])

    # -- one round -------------------------------------------------------------------------------------------------

    def _use(self, chosen: Ints, before: Ints, use: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
        """What a choice uses, from what the one before used: most of the columns are in both."""
        change = np.zeros(len(self.columns), dtype=np.int8)
        change[chosen] += 1
        change[before] -= 1
        fresh, gone = np.flatnonzero(change > 0), np.flatnonzero(change < 0)
        load, reached = self.columns.use(np.concatenate([fresh, gone]), np.repeat([1.0, -1.0], [len(fresh), len(gone)]))
        return use[0] + load, use[1] + reached

    def _moved(self, prices: Prices, load: Floats, reached: Floats) -> Prices:
        """Prices after a step towards keeping what the mean breaks."""
        rows = self.columns.rows
        over = float(np.maximum(0.0, load - self.most).sum())
        of_rows = self.row_steps.by((reached + self.shares * over - rows.most) / self.scale)
        of_rows = np.maximum(0.0, prices.rows + rows.unit * of_rows)
        # overflow costs its weight, and what the overall floor adds
        dearest = self.weights.overflow + float(self.shares @ of_rows)
        of_cells = dearest * self.cell_steps.by(load / np.maximum(self.most, 1e-9) - 1.0)
        return Prices(of_rows, np.clip(prices.capacity + of_cells, 0.0, dearest))

    def _best_columns(self, profit: Floats) -> Choice:
        """What every package takes by itself where the columns bring so much."""
        ordered = profit[self.order]
        highest = np.maximum.reduceat(ordered, self.starts)
        ends = np.append(self.starts[1:], len(ordered))
        first = np.flatnonzero(ordered == np.repeat(highest, ends - self.starts))
        line = np.searchsorted(self.starts, first, side="right") - 1
        first = first[np.diff(line, prepend=-1) != 0]
        best = np.full(len(self.package_of_pool) + len(self.has_pools), -np.inf)
        column = np.full(len(best), -1)
        best[self.lines], column[self.lines] = highest, self.order[first]
        pools = len(self.package_of_pool)
        divided = np.bincount(self.package_of_pool, best[:pools], minlength=len(self.has_pools))
        divided = np.where(self.has_pools, divided, -np.inf)
        whole = best[pools:] > divided
        chosen = np.concatenate([column[:pools][~whole[self.package_of_pool]], column[pools:][whole]])
        return chosen[chosen >= 0], np.maximum(best[pools:], divided), best[:pools]

    def _dual(self, prices: Prices, best: Floats) -> float:
        capacity = np.where(np.isfinite(self.most), self.most, 0.0)
        paid = float(prices.rows @ self.columns.rows.most) + float((prices.capacity * capacity).sum())
        return paid + float(best[np.isfinite(best)].sum())

    def _take_columns(self) -> None:
        """Take in the columns that the list has gained."""
        columns = self.columns
        self.mean = np.concatenate([self.mean, np.zeros(len(columns) - len(self.mean))])
        group = np.array(columns.group)
        line = np.where(group >= 0, group, len(self.package_of_pool) - 1 - group)
        self.order = np.argsort(line, kind="stable")
        self.starts = np.flatnonzero(np.diff(line[self.order], prepend=-1))
        self.lines = line[self.order[self.starts]]
