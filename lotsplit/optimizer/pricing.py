"""Pricing: the best packing of every pool at given prices, and the bound that these prices prove (model, section 8)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lotsplit.limits import SHARE_FLOOR
from lotsplit.optimizer.arrays import Contents, Floats, Ints
from lotsplit.optimizer.exact import all_counts, best_packing, best_values, small_shapes
from lotsplit.optimizer.packing import WidePool, keep_packing, wide_pool, widen
from lotsplit.optimizer.pools import Pool
from lotsplit.optimizer.regroup import regrouped
from lotsplit.optimizer.relaxed import wide_bound
from lotsplit.optimizer.rows import Lots, Prices, Rows, Weights
from lotsplit.optimizer.slots import LOT_TIE, RESERVED_TIE, Best, PriceTables, SetLoads, best_slots, price_tables

SWEEPS = 4


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
    ) -> None:
        self.rows, self.weights, self.loads, self.small, self.undivided = rows, weights, loads, small, undivided
        self.wide = wide
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

    def price(self, prices: Prices, prove: bool = True, rough: bool = False) -> Priced:
        """Best packings at these prices, and the bound: prices x limits + the best of every package by itself.

        prove: also bound the wide pools, which takes a while. rough: look at the longest options only, which proves nothing.
        """
        contents = self.rows.contents
        prices = self._tamed(prices)
        tables = self.tables(prices)
        best = best_slots(contents, tables, contents.longest_options() if rough else contents.all_options())
        pool_value = np.full(len(contents.pools), -np.inf)
        values = []
        for group in self.small:
            profits = best.profit[group.rows]
            profits[:, 0] = 0.0
            value = best_values(group.shape, profits)
            values.append(value)
            pool_value[[pool.index for pool in group.pools]] = value[:, -1]
        at_most = pool_value + self.ties
        for wide in self.wide:
            pool_value[wide.pool.index] = max((v for v, _ in self.wide_packings(wide, best)), default=-np.inf)
            at_most[wide.pool.index] = np.inf
            if prove:
                at_most[wide.pool.index] = wide_bound(contents, tables, wide.pool, wide.kinds)
        whole = np.where(self.may_stay_whole, best.profit[self.undivided], -np.inf)
        divided = np.full(len(whole), -np.inf)
        divided[self.has_pools] = 0.0
        np.add.at(divided, self.package_of_pool, at_most)
        package_value = np.maximum(divided, whole + self.undivided_ties)
        known = np.where(self.has_pools, np.bincount(self.package_of_pool, pool_value, minlength=len(whole)), -np.inf)
        estimate = float(np.maximum(known, whole).sum())
        if rough:
            package_value = np.full(len(whole), np.inf)
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

    def widen(self, priced: Priced, prices: Prices, over: Callable[[], bool]) -> bool:
        """Find packings of wide pools that pay at these prices, by best fit and by regrouping; whether there were new ones.

        over: whether the time is up, asked before every sweep.
        """
        contents = self.rows.contents
        before = sum(len(wide.packings) + len(wide.bundled) for wide in self.wide)
        self._make([row for wide in self.wide for row in widen(contents, wide, priced.tables)])
        for sweep in range(SWEEPS):
            if over():
                break
            best = best_slots(contents, self.tables(prices), contents.longest_options())
            packings = []
            for wide in self.wide:
                rows = max(self.wide_packings(wide, best), default=(0.0, []), key=lambda found: found[0])[1]
                packings.append([contents.counts[row] for row in rows])
            pools = [wide.pool for wide in self.wide]
            better = regrouped(contents, pools, packings, lambda: self.tables(prices), sweep)
            fresh: list[int] = []
            for wide, packing in zip(self.wide, better, strict=True):
                if packing is not None:
                    fresh.extend(keep_packing(contents, wide, packing))
            self._make(fresh)
            if all(packing is None for packing in better):
                break
        return sum(len(wide.packings) + len(wide.bundled) for wide in self.wide) > before

    def _make(self, rows: list[int]) -> None:
        if rows:
            self.rows.contents.make_options(np.array(rows, dtype=np.int64))

    def tables(self, prices: Prices) -> PriceTables:
        """The price tables of all contents there are."""
        return price_tables(self.rows, self._tamed(prices), self.weights, self.loads)

    def wide_packings(self, wide: WidePool, best: Best) -> list[tuple[float, list[int]]]:
        """The packings of a wide pool: by best fit as they are, of each bundling the best; value and content rows."""
        found = [(float(best.profit[list(rows)].sum()), list(rows)) for rows in wide.packings]
        for bundled in wide.bundled:
            profits = best.profit[bundled.rows]
            profits[0] = 0.0
            value = best_values(bundled.shape, profits[None, :])[0]
            if np.isfinite(value[-1]):
                packing = best_packing(bundled.shape, profits, value)
                found.append((float(value[-1]), bundled.rows[packing].tolist()))
        return found

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
        for wide in self.wide:
            if wide.pool.index in marked:
                for value_found, packing_rows in self.wide_packings(wide, priced.best):
                    if (
                        np.isfinite(value_found)
                        and value_found >= priced.pool_value[wide.pool.index] - 1e-3 * wide.pool.value
                    ):
                        groups.append(wide.pool.index)
                        sizes.append(len(packing_rows))
                        rows.extend(packing_rows)
        return groups, sizes, priced.best.lots(np.array(rows, dtype=np.int64))

    def whole_packages(self, priced: Priced, wanted: Ints) -> tuple[list[int], list[int], Lots]:
        """Packages left undivided, as columns."""
        rows = self.undivided[wanted]
        return [-1 - int(n) for n in wanted], [1] * len(wanted), priced.best.lots(rows)
