"""Pricing: the best packing of every pool at given prices, and the bound that these prices prove (model, section 8)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from lotsplit.limits import SHARE_FLOOR
from lotsplit.optimizer.lots.arrays import Bools, Contents, Floats, Ints
from lotsplit.optimizer.lots.pools import Pool
from lotsplit.optimizer.lots.rows import Lots, Prices, Rows, Weights
from lotsplit.optimizer.lots.slots import LOT_TIE, RESERVED_TIE, Best, PriceTables, SetLoads, best_slots, price_tables
from lotsplit.optimizer.master.columns import Columns
from lotsplit.optimizer.packings.packing import WidePool
from lotsplit.optimizer.pricing.exact import Partitions, all_counts, small_shapes
from lotsplit.optimizer.pricing.wide import WidePools
from lotsplit.optimizer.solver import Clock
from lotsplit.plan import Package

# of the pool's value: packings so near the best known at some prices become columns with it
NEARLY_BEST = 1e-3


@dataclass(frozen=True)
class SmallPools:
    """Pools that are solved exactly. rows: of contents, for every state of the partitions; minus 1 for empty states."""

    pools: list[Pool]
    rows: Ints
    partitions: Partitions

    @property
    def numbers(self) -> Ints:
        """Of their pools in the plan."""
        return np.array([pool.index for pool in self.pools], dtype=np.int64)


def enumerate_small(contents: Contents) -> SmallPools:
    """Add every content of every small pool to the table."""
    small = small_shapes([pool.shape for pool in contents.pools])
    pools = [pool for pool in contents.pools if pool.shape in small]
    rows = [np.zeros(0, dtype=np.int64)]
    for pool in pools:
        rows.extend([np.array([-1]), contents.add(pool, all_counts(pool.shape))])
    return SmallPools(pools, np.concatenate(rows), Partitions([pool.shape for pool in pools]))


def wide_pools(contents: Contents, clock: Clock) -> WidePools:
    """The pools that are too wide to try every content."""
    small = small_shapes([pool.shape for pool in contents.pools])
    return WidePools(contents, [pool for pool in contents.pools if pool.shape not in small], clock)


@dataclass(frozen=True)
class Priced:
    """What pricing found at some prices. best: slots. pool_value: of the best packing known of each pool (of small ones: the
    best there is). pool_bound: at most, of each pool.

    values: of every state of the small pools. undivided_value: of each package as a whole, minus infinity where it may
    not be or is solved apart. package_value: at most, of each package. estimate: the bound that would hold if the packings known were
    the best. bound: proven upper bound on the aim without its constant
    (infinity where it was not asked for and some pool is wide).
    """

    prices: Prices
    best: Best
    tables: PriceTables
    pool_value: Floats
    pool_bound: Floats
    values: Floats
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
        small: SmallPools,
        wide: WidePools,
        undivided: Ints,
    ) -> None:
        self.rows, self.weights, self.loads, self.small, self.undivided = rows, weights, loads, small, undivided
        self.wide = wide
        contents = rows.contents
        packages = contents.plan.packages
        self.may_stay_whole = np.array([not p.divisible or p.min_lots <= 1 for p in packages])
        self.package_of_pool = np.array([pool.package for pool in contents.pools], dtype=np.int64)
        self.may_be_divided = np.array([p.divisible for p in packages]) & ~self._too_few_lots(packages)
        # the only package: left undivided it is solved by itself, and has no column for that
        self.apart = self.may_stay_whole & self.may_be_divided & (len(packages) == 1)
        parts = np.array([sum(pool.shape) for pool in contents.pools], dtype=np.float64)
        values = np.array([pool.value for pool in contents.pools])
        # what the tie-breaking amounts can have taken off a packing, given back to the bound
        self.ties = parts * values * (LOT_TIE + RESERVED_TIE)
        self.undivided_ties: Floats = contents.pool_value[undivided] * (LOT_TIE + RESERVED_TIE)
        bidders = contents.market.bidders
        limit = np.where(loads.limited, bidders.row_capacity, 0.0)
        self._capacity = np.where(np.isfinite(limit), limit, 0.0)
        wide.begin(self.tables)

    def price(self, prices: Prices, prove: bool = True) -> Priced:
        """Best packings at these prices, and the bound: prices x limits + the best of every package by itself.

        prove: also bound the wide pools, which takes a while.
        """
        contents = self.rows.contents
        prices = self._tamed(prices)
        tables = self.tables(prices)
        best = best_slots(contents, tables, contents.all_options())
        pool_value = np.full(len(contents.pools), -np.inf)
        values = self.small.partitions.best_values(best.profit[self.small.rows])
        pool_value[self.small.numbers] = values[self.small.partitions.end - 1]
        at_most = pool_value + self.ties
        wide = self.wide.numbers
        if len(wide):
            pool_value[wide] = self.wide.best_values(best.profit)
            at_most[wide] = np.inf
            if prove:
                bounds = self.wide.bounds(prices, best, np.arange(len(wide)), closer=False)
                at_most[wide] = bounds + self.ties[wide]
        whole = np.where(self.may_stay_whole & ~self.apart, best.profit[self.undivided], -np.inf)
        known = self._package_values(pool_value, whole, 0.0)
        package_value = self._package_values(at_most, whole, self.undivided_ties)
        constant = float(prices.rows @ self.rows.most) + float((prices.capacity * self._capacity[:, None]).sum())
        return Priced(
            prices,
            best,
            tables,
            pool_value,
            at_most,
            values,
            whole,
            package_value,
            constant + float(known.sum()),
            constant + float(package_value.sum()),
        )

    def _too_few_lots(self, packages: tuple[Package, ...]) -> Bools:
        """Packages that may stay whole and have more pools than lots: every pool needs a lot of its own."""
        pools = np.bincount(self.package_of_pool, minlength=len(packages))
        most = np.array([np.inf if package.max_lots is None else package.max_lots for package in packages])
        return self.may_stay_whole & (most < pools)

    def _package_values(self, pool_values: Floats, whole: Floats, ties: Floats | float) -> Floats:
        """Of each package the better of its pools together and of staying whole."""
        divided = np.full(len(whole), -np.inf)
        divided[self.may_be_divided] = 0.0
        possible = (pool_values > -np.inf) & self.may_be_divided[self.package_of_pool]
        np.add.at(divided, self.package_of_pool[possible], pool_values[possible])
        divided[self.package_of_pool[~possible]] = -np.inf
        values: Floats = np.maximum(divided, whole + ties)
        return values

    def loosest(self, priced: Priced, most: int) -> Ints:
        """The wide pools (by place) whose bound is farthest from the best packing known, where that matters."""
        wide = self.wide.numbers
        loss = priced.pool_bound[wide] - priced.pool_value[wide]
        matters = priced.package_value > priced.undivided_value + self.undivided_ties
        loss = np.where(matters[self.package_of_pool[wide]], loss, 0.0)
        order = np.argsort(-loss, kind="stable")[:most]
        return order[loss[order] > 0]

    def refined(self, priced: Priced, which: Ints) -> Priced:
        """The same with closer bounds of some wide pools (by place)."""
        numbers = self.wide.numbers[which]
        # contents may have been added since, in places of their own
        tables = self.tables(priced.prices)
        best = best_slots(self.rows.contents, tables, self.rows.contents.all_options())
        closer = self.wide.bounds(priced.prices, best, which, closer=True) + self.ties[numbers]
        at_most = priced.pool_bound.copy()
        at_most[numbers] = np.minimum(at_most[numbers], closer)
        package_value = self._package_values(at_most, priced.undivided_value, self.undivided_ties)
        bound = priced.bound - float(priced.package_value.sum()) + float(package_value.sum())
        return replace(priced, pool_bound=at_most, package_value=package_value, bound=bound)

    def tables(self, prices: Prices) -> PriceTables:
        """The price tables of all contents there are."""
        return price_tables(self.rows, self._tamed(prices), self.weights, self.loads)

    def _tamed(self, prices: Prices) -> Prices:
        """Overflow costs its weight (and what the overall floor adds): a higher price of capacity proves nothing."""
        most = self.weights.overflow + sum(float(prices.rows[n]) for n in self.rows.by_kind.get(SHARE_FLOOR, []))
        return Prices(prices.rows, np.minimum(prices.capacity, most))

    def packings(self, priced: Priced, wanted: Ints) -> tuple[list[int], list[int], Lots]:
        """The best packing of each pool marked in `wanted` whose package may be divided: groups, sizes and lots as Columns.add takes them."""
        wanted = wanted[self.may_be_divided[self.package_of_pool[wanted]]]
        groups: list[int] = []
        sizes: list[int] = []
        rows: list[int] = []
        marked = set(wanted.tolist())
        profits = priced.best.profit[self.small.rows]
        for n, pool in enumerate(self.small.pools):
            if pool.index in marked and np.isfinite(priced.pool_value[pool.index]):
                packing = self.small.partitions.best_packing(n, profits, priced.values)
                groups.append(pool.index)
                sizes.append(len(packing))
                rows.extend(self.small.rows[packing].tolist())
        for wide, n in self._good_packings(priced):
            if wide.pool.index in marked:
                groups.append(wide.pool.index)
                sizes.append(len(wide.packings[n]))
                rows.extend(wide.packings[n])
        return groups, sizes, priced.best.lots(np.array(rows, dtype=np.int64))

    def _good_packings(self, priced: Priced) -> Iterator[tuple[WidePool, int]]:
        """The packings known of wide pools that are nearly as good as the best of the pool."""
        numbers, first, found = self.wide.numbers, self.wide.first(), self.wide.values(priced.best.profit)
        pool = np.repeat(np.arange(len(numbers)), np.diff(first))
        value = np.array([wide.pool.value for wide in self.wide.pools])
        enough = priced.pool_value[numbers] - NEARLY_BEST * value
        good = np.flatnonzero(np.isfinite(found) & (found >= enough[pool]))
        for place, n in zip(pool[good].tolist(), (good - first[pool[good]]).tolist(), strict=True):
            yield self.wide.pools[place], n

    def whole_packages(self, priced: Priced, wanted: Ints) -> tuple[list[int], list[int], Lots]:
        """Packages left undivided, as columns."""
        rows = self.undivided[wanted]
        return [-1 - int(n) for n in wanted], [1] * len(wanted), priced.best.lots(rows)

    def add_to(self, columns: Columns, priced: Priced, pools: Ints) -> int:
        """Add the best packings of some pools, and every package that may stay whole, as columns; gives how many were new."""
        whole = np.flatnonzero(np.isfinite(priced.undivided_value))
        fresh = columns.add(*self.packings(priced, pools))
        return len(fresh) + len(columns.add(*self.whole_packages(priced, whole)))

    def add_improving(self, columns: Columns, priced: Priced, thresholds: Floats) -> bool:
        """Add the packings that beat what the master has of each pool; whether there were any."""
        value = np.array([pool.value for pool in self.rows.contents.pools])
        return self.add_to(columns, priced, np.flatnonzero(priced.pool_value > thresholds + 1e-9 * value)) > 0

    def undivided_extra(self) -> float:
        """What all packages cost above their value where none is divided."""
        options = self.rows.contents.all_options()
        return float(options.extra[np.isin(options.content, self.undivided) & ~options.reserved].sum())
