"""All wide pools of a plan: the packings found so far, more packings at some prices, and bounds on what any could bring."""

from __future__ import annotations

import numpy as np

from lotsplit.optimizer.arrays import Contents, Floats, Ints
from lotsplit.optimizer.curves import Curves, Lines, search_lines
from lotsplit.optimizer.packing import WidePool, best_fit, keep, main_target
from lotsplit.optimizer.pools import Pool
from lotsplit.optimizer.regroup import Effort, Packing, regrouped
from lotsplit.optimizer.relaxed import Fineness, known_of, wide_bounds
from lotsplit.optimizer.slots import Best, PriceTables, best_slots
from lotsplit.optimizer.solver import Clock


class WidePools:
    """Pools too wide to try every content. numbers: of their pools in the plan."""

    def __init__(self, contents: Contents, pools: list[Pool], clock: Clock) -> None:
        self.contents, self.clock = contents, clock
        self.pools = [WidePool.of(contents, pool) for pool in pools]
        self.numbers: Ints = np.array([pool.index for pool in pools], dtype=np.int64)
        self._lines: list[Lines] | None = None

    def __len__(self) -> int:
        return len(self.pools)

    def values(self, best: Best) -> list[Floats]:
        """What the packings known of each pool bring, in the best slots."""
        packings = [packing for wide in self.pools for packing in wide.packings]
        if not packings:
            return [np.zeros(0) for _ in self.pools]
        sizes = [len(packing) for packing in packings]
        profits = best.profit[np.concatenate([np.array(p) for p in packings])]
        values = np.add.reduceat(profits, np.cumsum([0, *sizes[:-1]]))
        return np.split(values, np.cumsum([len(wide.packings) for wide in self.pools])[:-1])

    def widen(self, tables: PriceTables, which: Ints, targets: int, effort: Effort, seed: int) -> bool:
        """Find packings of some pools that pay at these prices; whether there were new ones.

        which: places in the list. targets: how many lot sizes to start from, beside the best packing known.
        """
        if not len(which):
            return False
        some = [self.pools[n] for n in which.tolist()]
        units = [wide.units for wide in some]
        before = sum(len(wide.packings) for wide in some)
        curves = Curves(self._lines_of(which), tables, units)
        first_mix = np.cumsum([0, *(len(u.mixes) for u in units[:-1])]).tolist()
        starts: list[list[Packing]] = []
        if all(wide.packings for wide in some):
            found = self.values(best_slots(self.contents, tables, self.contents.all_options()))
            starts.append([self._counts(n, found[n]) for n in which.tolist()])
        for number in range(targets):
            sizes = [main_target(curves, first, u, number) for first, u in zip(first_mix, units, strict=True)]
            starts.append([best_fit(wide.pool, size) for wide, size in zip(some, sizes, strict=True)])
        draw = np.random.default_rng(seed)
        fresh: list[int] = []
        for start in starts:
            for wide, packing in zip(some, regrouped(units, curves, start, effort, draw), strict=True):
                fresh.extend(keep(self.contents, wide, packing))
        if fresh:
            self.contents.make_options(np.array(fresh, dtype=np.int64))
        return sum(len(wide.packings) for wide in some) > before

    def bounds(self, tables: PriceTables, best: Best, which: Ints, fineness: Fineness) -> Floats:
        """An upper bound on what any packing of some pools can bring at these prices."""
        if not len(which):
            return np.zeros(0)
        units = [self.pools[n].units for n in which.tolist()]
        curves = Curves(self._lines_of(which), tables, units)
        found = self.values(best)
        packings = [np.array(self._counts(n, found[n]), dtype=np.int64) for n in which.tolist()]
        first_mix = np.cumsum([0, *(len(u.mixes) for u in units[:-1])]).tolist()
        typical = [
            min(main_target(curves, first, u, 0), u.pool.value / len(packing))
            for first, u, packing in zip(first_mix, units, packings, strict=True)
        ]
        known = known_of(self.contents, tables, units, packings, typical)
        return wide_bounds(self.contents, tables, units, known, fineness, self.clock)

    def _counts(self, number: int, values: Floats) -> Packing:
        """The best of the packings known of a pool."""
        rows = self.pools[number].packings[int(np.argmax(values))]
        return [self.contents.counts[row] for row in rows]

    def _lines_of(self, which: Ints) -> list[Lines]:
        if len(which) < len(self.pools):
            return search_lines(self.contents, [self.pools[n].units for n in which.tolist()])
        if self._lines is None:
            self._lines = search_lines(self.contents, [wide.units for wide in self.pools])
        return self._lines
