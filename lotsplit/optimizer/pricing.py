"""Pricing: the best packing of every pool at given prices, and the bound that these prices prove (model, section 8)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lotsplit.limits import SHARE_FLOOR
from lotsplit.optimizer.arrays import Contents, Floats, Ints
from lotsplit.optimizer.curves import Curves, Lines, search_lines
from lotsplit.optimizer.exact import all_counts, best_packing, best_values, small_shapes
from lotsplit.optimizer.packing import WidePool, keep, main_target, packings_for, wide_pool
from lotsplit.optimizer.pools import Pool
from lotsplit.optimizer.relaxed import known_of, wide_bounds
from lotsplit.optimizer.rows import Lots, Prices, Rows, Weights
from lotsplit.optimizer.slots import LOT_TIE, RESERVED_TIE, Best, PriceTables, SetLoads, best_slots, price_tables
from lotsplit.optimizer.solver import Clock

SWEEPS = 30
# of the pool's value: packings so near the best known at some prices become columns with it
NEARLY_BEST = 1e-3


@dataclass(frozen=True)
class SmallPools:
    """Pools of one shape that are solved exactly: their contents are rows[pool, number], number 0 being the empty one."""

    shape: tuple[int, ...]
    pools: list[Pool]
    rows: Ints


def enumerate_small(contents: Contents) -> list[SmallPools]:
    """Add every content of every small pool to the table, pools grouped by shape."""
    by_shape: dict[tuple[int, ...], list[Pool]] = {}
    small = small_shapes([pool.shape for pool in contents.pools])
    for pool in contents.pools:
        if pool.shape in small:
            by_shape.setdefault(pool.shape, []).append(pool)
    found = []
    for shape, pools in by_shape.items():
        counts = all_counts(shape)
        rows = np.stack([np.concatenate([[-1], contents.add(pool, counts)]) for pool in pools])
        found.append(SmallPools(shape, pools, rows))
    return found


def wide_pools(contents: Contents) -> list[WidePool]:
    """The pools that are too wide to try every content."""
    small = small_shapes([pool.shape for pool in contents.pools])
    return [wide_pool(contents, pool) for pool in contents.pools if pool.shape not in small]


@dataclass(frozen=True)
class Priced:
    """What pricing found. best: slots. pool_value: of the best packing known of each pool (of small ones: the best there is).

    values: of every state of the small pools. undivided_value: of each package as a whole, minus infinity where it may
    not be. package_value: at most, of each package. estimate: the bound that would hold if the packings known were
    the best. bound: proven upper bound on the aim without its constant
    (infinity where it was not asked for and some pool is wide).
    """

    best: Best
    tables: PriceTables
    pool_value: Floats
    values: list[Floats]
    undivided_value: Floats
    package_value: Floats
    estimate: float
    bound: float


class Pricer:
    """Prices the pools of a plan for one aim."""

    def __init__(
        self,
        rows: Rows,
        weights: Weights,
        loads: SetLoads,
        small: list[SmallPools],
        wide: list[WidePool],
        undivided: Ints,
        clock: Clock,
    ) -> None:
        self.rows, self.weights, self.loads, self.small, self.undivided = rows, weights, loads, small, undivided
        self.wide, self.clock = wide, clock
        self._search_lines: list[Lines] | None = None
        contents = rows.contents
        packages = contents.plan.packages
        self.may_stay_whole = np.array([not p.divisible or p.min_lots <= 1 for p in packages])
        self.package_of_pool = np.array([pool.package for pool in contents.pools], dtype=np.int64)
        self.has_pools = np.array([p.divisible for p in packages])
        parts = np.array([sum(pool.shape) for pool in contents.pools], dtype=np.float64)
        values = np.array([pool.value for pool in contents.pools])
        # what the tie-breaking amounts can have taken off a packing, given back to the bound
        self.ties = parts * values * (LOT_TIE + RESERVED_TIE)
        self.undivided_ties: Floats = contents.pool_value[undivided] * (LOT_TIE + RESERVED_TIE)
        bidders = contents.market.bidders
        limit = np.where(loads.limited, bidders.row_capacity, 0.0)
        self._capacity = np.where(np.isfinite(limit), limit, 0.0)

    def price(self, prices: Prices, prove: bool = True) -> Priced:
        """Best packings at these prices, and the bound: prices x limits + the best of every package by itself.

        prove: also bound the wide pools, which takes a while.
        """
        contents = self.rows.contents
        prices = self._tamed(prices)
        tables = self.tables(prices)
        best = best_slots(contents, tables, contents.all_options())
        pool_value = np.full(len(contents.pools), -np.inf)
        values = []
        for group in self.small:
            profits = best.profit[group.rows]
            profits[:, 0] = 0.0
            value = best_values(group.shape, profits)
            values.append(value)
            pool_value[[pool.index for pool in group.pools]] = value[:, -1]
        at_most = pool_value + self.ties
        found = self.wide_values(best)
        numbers = np.array([w.pool.index for w in self.wide], dtype=np.int64)
        if len(numbers):
            pool_value[numbers] = [values.max(initial=-np.inf) for values in found]
            at_most[numbers] = np.inf
            if prove:
                at_most[numbers] = self._wide_bounds(tables, found) + self.ties[numbers]
        whole = np.where(self.may_stay_whole, best.profit[self.undivided], -np.inf)
        divided = np.full(len(whole), -np.inf)
        divided[self.has_pools] = 0.0
        np.add.at(divided, self.package_of_pool, at_most)
        package_value = np.maximum(divided, whole + self.undivided_ties)
        known = np.where(self.has_pools, np.bincount(self.package_of_pool, pool_value, minlength=len(whole)), -np.inf)
        estimate = float(np.maximum(known, whole).sum())
        constant = float(prices.rows @ self.rows.most) + float((prices.capacity * self._capacity[:, None]).sum())
        return Priced(
            best,
            tables,
            pool_value,
            values,
            whole,
            package_value,
            constant + estimate,
            constant + float(package_value.sum()),
        )

    def _wide_bounds(self, tables: PriceTables, found: list[Floats]) -> Floats:
        contents = self.rows.contents
        units = [w.units for w in self.wide]
        curves = Curves(self._lines(), tables, units)
        first = np.cumsum([0] + [len(u.mixes) for u in units])
        packings = [
            np.array([contents.counts[row] for row in w.packings[int(np.argmax(values))]], dtype=np.int64)
            for w, values in zip(self.wide, found, strict=True)
        ]
        typical = [
            min(main_target(curves, int(n), u, 0), u.pool.value / len(p))
            for n, u, p in zip(first, units, packings, strict=False)
        ]
        known = known_of(contents, tables, units, packings, typical)
        return wide_bounds(contents, tables, units, known, self.clock)

    def widen(self, prices: Prices, targets: int, seed: int) -> bool:
        """Find packings of wide pools that pay at these prices; whether there were new ones.

        targets: how many sizes to start from, beside the best packing known.
        """
        if not self.wide:
            return False
        contents, tables = self.rows.contents, self.tables(prices)
        before = sum(len(wide.packings) for wide in self.wide)
        best: list[list[tuple[int, ...]] | None] = [None for _ in self.wide]
        if all(wide.packings for wide in self.wide):
            found = self.wide_values(best_slots(contents, tables, contents.all_options()))
            for n, (wide, values) in enumerate(zip(self.wide, found, strict=True)):
                best[n] = [contents.counts[row] for row in wide.packings[int(np.argmax(values))]]
        curves = Curves(self._lines(), tables, [w.units for w in self.wide])
        fresh: list[int] = []
        packings = packings_for(self.wide, curves, best, targets, SWEEPS, seed)
        for wide, new in zip(self.wide, packings, strict=True):
            for packing in new:
                fresh.extend(keep(contents, wide, packing))
        self._make(fresh)
        return sum(len(wide.packings) for wide in self.wide) > before

    def _lines(self) -> list[Lines]:
        if self._search_lines is None:
            self._search_lines = search_lines(self.rows.contents, [w.units for w in self.wide])
        return self._search_lines

    def _make(self, rows: list[int]) -> None:
        if rows:
            self.rows.contents.make_options(np.array(rows, dtype=np.int64))

    def tables(self, prices: Prices) -> PriceTables:
        """The price tables of all contents there are."""
        return price_tables(self.rows, self._tamed(prices), self.weights, self.loads)

    def wide_values(self, best: Best) -> list[Floats]:
        """What the packings known of each wide pool bring, in the best slots."""
        packings = [packing for wide in self.wide for packing in wide.packings]
        if not packings:
            return [np.zeros(0) for _ in self.wide]
        sizes = [len(packing) for packing in packings]
        profits = best.profit[np.concatenate([np.array(p) for p in packings])]
        values = np.add.reduceat(profits, np.cumsum([0, *sizes[:-1]]))
        return np.split(values, np.cumsum([len(wide.packings) for wide in self.wide])[:-1])

    def _tamed(self, prices: Prices) -> Prices:
        """Overflow costs its weight (and what the overall floor adds): a higher price of capacity proves nothing."""
        most = self.weights.overflow + sum(float(prices.rows[n]) for n in self.rows.by_kind.get(SHARE_FLOOR, []))
        return Prices(prices.rows, np.minimum(prices.capacity, most))

    def packings(self, priced: Priced, wanted: Ints) -> tuple[list[int], list[int], Lots]:
        """The best packing of each pool marked in `wanted`: groups, sizes and lots as Columns.add takes them."""
        groups: list[int] = []
        sizes: list[int] = []
        rows: list[int] = []
        marked = set(wanted.tolist())
        for group, value in zip(self.small, priced.values, strict=True):
            for n, pool in enumerate(group.pools):
                if pool.index in marked and np.isfinite(value[n, -1]):
                    profits = priced.best.profit[group.rows[n]]
                    profits[0] = 0.0
                    packing = best_packing(group.shape, profits, value[n])
                    groups.append(pool.index)
                    sizes.append(len(packing))
                    rows.extend(group.rows[n][packing].tolist())
        for wide, found in zip(self.wide, self.wide_values(priced.best), strict=True):
            if wide.pool.index in marked:
                enough = priced.pool_value[wide.pool.index] - NEARLY_BEST * wide.pool.value
                for n in np.flatnonzero(np.isfinite(found) & (found >= enough)).tolist():
                    groups.append(wide.pool.index)
                    sizes.append(len(wide.packings[n]))
                    rows.extend(wide.packings[n])
        return groups, sizes, priced.best.lots(np.array(rows, dtype=np.int64))

    def whole_packages(self, priced: Priced, wanted: Ints) -> tuple[list[int], list[int], Lots]:
        """Packages left undivided, as columns."""
        rows = self.undivided[wanted]
        return [-1 - int(n) for n in wanted], [1] * len(wanted), priced.best.lots(rows)
