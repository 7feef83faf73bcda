"""All wide pools of a plan: the packings found so far, more packings at some prices, and bounds on what any could bring."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import chain, product
from math import prod

import numpy as np

from lotsplit.optimizer.beside import Beside
from lotsplit.optimizer.bounds import relaxed, whole
from lotsplit.optimizer.bounds.goods import Known
from lotsplit.optimizer.bounds.places import PlaceRates, added_to
from lotsplit.optimizer.bounds.ranges import all_values
from lotsplit.optimizer.compiled import there_is_a_kernel
from lotsplit.optimizer.lots.arrays import Bools, Contents, Floats, Ints
from lotsplit.optimizer.lots.pools import Pool
from lotsplit.optimizer.lots.rows import Prices
from lotsplit.optimizer.lots.slots import Best, PriceTables, best_slots
from lotsplit.optimizer.pace import FEW_WIDE
from lotsplit.optimizer.packings.curves import Curves, curves_of
from lotsplit.optimizer.packings.line_table import LineTable
from lotsplit.optimizer.packings.mixes import WideUnits
from lotsplit.optimizer.packings.packing import (
    WidePool,
    add_lots,
    best_size,
    first_packing,
    keep,
    partly_merged,
    partly_taken,
)
from lotsplit.optimizer.packings.regroup import Effort, Packing, regrouped, worth
from lotsplit.optimizer.solver import Clock

# so few pools are worked on as quickly together; others in parts, as many as two processes share out evenly, of no fewer pools
# than that NumPy is quick with, nor more than fit into memory
FEW_TO_DIVIDE = 8
PARTS, LEAST_IN_PART, MOST_IN_PART = 8, 16, 500
# mixes told apart where a pool has many windows: of a pool at most, and of all; for fewer of a pool the few edges do
MOST_MIXES, MIXES_IN_ALL, LEAST_MIXES = 600, 20_000, 40
# of a pool's value: what a better packing must bring more
LEAST_GAIN = 1e-5
# a bound begins with the lots of so many packings beside the best one, as near to it, of the pool's value
MOST_OTHERS, OTHERS_WITHIN = 11, 0.05
# of a pool's value: packings so near the best one are good
GOOD = 1e-2
# of a pool of so many units every content of whole ones can be listed
FEW_UNITS = 7


@dataclass(frozen=True)
class Widening:
    """Packings asked for, of some pools (by place): from the packings known, others, and `targets` lot sizes.

    known, others: one of each pool, or none.
    """

    which: Ints
    prices: Prices
    known: list[Packing]
    others: list[Packing]
    targets: int
    effort: Effort
    seed: int


@dataclass(frozen=True)
class Bounding:
    """Bounds asked for, of some pools (by place), with what is known of each. closer: at more work."""

    which: Ints
    prices: Prices
    known: list[Known]
    closer: bool


Task = Widening | Bounding
Answer = list[list[Packing]] | tuple[Floats, list[Packing]]


class WidePools:
    """Pools too wide to try every content. numbers: of their pools in the plan.

    They are worked on in parts, side by side where there are two cores (beside.py).
    """

    def __init__(self, contents: Contents, pools: list[Pool], clock: Clock) -> None:
        self.contents, self.clock = contents, clock
        mixes = min(MOST_MIXES, MIXES_IN_ALL // max(1, len(pools)))
        mixes = mixes if mixes >= LEAST_MIXES else 0
        self.pools = [WidePool.of(contents, pool, mixes) for pool in pools]
        self.numbers: Ints = np.array([pool.index for pool in pools], dtype=np.int64)
        self._laid_out: tuple[Ints, Ints] | None = None
        # packings put together from the lots that bounds rest on, by place
        self._others: dict[int, Packing] = {}
        self._beside: Beside[Task, Answer] | None = None
        self._work_of = np.array([len(wide.units.mixes) * len(wide.units.parts) for wide in self.pools], dtype=np.int64)
        if pools and there_is_a_kernel():
            self._line_table = LineTable(contents, [wide.units for wide in self.pools])
            self._rates = PlaceRates(contents, [wide.units for wide in self.pools])

    def __len__(self) -> int:
        return len(self.pools)

    def begin(self, tables: Callable[[Prices], PriceTables]) -> None:
        """Be ready to work, with what gives the tables of prices; when all contents given by the plan are there.

        Called again, it begins anew: for another aim, or so that the second process shares what was found since.
        """
        self.close()
        self._tables_of = tables
        self._last: tuple[Prices, PriceTables] | None = None
        self._beside = Beside(self._work, self.clock) if len(self.pools) >= FEW_TO_DIVIDE else None

    def _tables(self, prices: Prices) -> PriceTables:
        """The tables of some prices; those worked out last are kept, as all parts of a task ask for the same."""
        profiles = self.contents.profile_table()[3]
        if self._last is None or self._last[0] is not prices or len(self._last[1].worth) < profiles:
            self._last = prices, self._tables_of(prices)
        return self._last[1]

    def close(self) -> None:
        """End the second process."""
        if self._beside is not None:
            self._beside.close()
            self._beside = None

    def values(self, profit: Floats) -> Floats:
        """What the packings known bring, pool after pool, from what every content does; those of a pool from its place in first() on."""
        rows, first_row = self._rows()
        return np.add.reduceat(profit[rows], first_row) if len(rows) else np.zeros(0)

    def first(self) -> Ints:
        """Where the packings of each pool begin among all, and where the last ends."""
        return np.cumsum([0, *(len(wide.packings) for wide in self.pools)])

    def best_values(self, profit: Floats) -> Floats:
        """What the best packing known of each pool brings; minus infinity where there is none."""
        first, best = self.first(), np.full(len(self.pools), -np.inf)
        some = np.flatnonzero(np.diff(first))
        if len(some):
            best[some] = np.maximum.reduceat(self.values(profit), first[some])
        return best

    def _rows(self) -> tuple[Ints, Ints]:
        """The contents of all packings, one after another, and where each begins; laid out anew when there are more."""
        if self._laid_out is None or len(self._laid_out[1]) != sum(len(wide.packings) for wide in self.pools):
            packings = [packing for wide in self.pools for packing in wide.packings]
            sizes = np.array([len(packing) for packing in packings], dtype=np.int64)
            self._laid_out = np.fromiter(chain.from_iterable(packings), np.int64), np.cumsum(sizes) - sizes
        return self._laid_out

    def widen(self, prices: Prices, which: Ints, targets: int, effort: Effort, seed: int) -> Ints:
        """Find packings of some pools that pay at these prices; those pools that have better ones than before.

        which: places in the list. targets: how many lot sizes to start from, beside the best packing known.
        """
        if not len(which):
            return which
        profit = best_slots(self.contents, self._tables(prices), self.contents.all_options()).profit
        before = self.best_values(profit)[which]
        known = self._best_packings(which, profit) if np.isfinite(before).all() else []
        others = [self._others.pop(n) for n in which.tolist()] if set(which.tolist()) <= set(self._others) else []
        fresh: list[int] = []
        for places, answer in self._answers(Widening(which, prices, known, others, targets, effort, seed)):
            assert isinstance(answer, list)
            for place, found_of_pool in zip(places.tolist(), answer, strict=True):
                fresh.extend(keep(self.contents, self.pools[place], found_of_pool))
        if fresh:
            self.contents.make_options(np.array(fresh, dtype=np.int64))
            options = self.contents.all_options()
            new = options.take(np.arange(np.searchsorted(options.content, len(profit)), len(options)))
            # new contents may lie in places of their own
            found_now = best_slots(self.contents, self._tables(prices), new).profit
            profit = np.append(profit, found_now[len(profit) :])
        values = np.array([wide.pool.value for wide in self.pools])[which]
        return which[self.best_values(profit)[which] > before + LEAST_GAIN * values]

    def between(self, prices: Prices) -> list[tuple[int, list[int]]]:
        """Packings of fewer or less even lots than those known that are good at some prices: number of the pool, rows of contents."""
        profit = best_slots(self.contents, self._tables(prices), self.contents.all_options()).profit
        values, first = self.values(profit), self.first().tolist()
        fresh: list[int] = []
        found: list[tuple[int, list[int]]] = []
        for n, wide in enumerate(self.pools):
            mine = values[first[n] : first[n + 1]]
            if not len(mine):
                continue
            good = np.flatnonzero(mine >= mine.max() - GOOD * wide.pool.value).tolist()
            rows = max((wide.packings[k] for k in good), key=len, default=())
            counts, most = [self.contents.counts[row] for row in rows], self._most_lots(wide.pool)
            between = [*partly_merged(wide.units, counts, profit[list(rows)], most), *partly_taken(wide.units, counts)]
            fresh.extend(keep(self.contents, wide, between))
            found.extend((wide.pool.index, [wide.known[lot] for lot in packing]) for packing in between)
        if fresh:
            self.contents.make_options(np.array(fresh, dtype=np.int64))
        return found

    def _most_lots(self, pool: Pool) -> int:
        """How many lots a pool may have, where the other pools of its package have one each; 0 where there is no limit."""
        most = self.contents.plan.packages[pool.package].max_lots
        return 0 if most is None else most + 1 - sum(other.package == pool.package for other in self.contents.pools)

    def whole_units(self) -> Ints:
        """The rows of all contents of whole units, of pools with few units: each is in a lot with all its parts or not at all.

        Of units of items alike every number of them, where that gives no more contents than so few units can have.
        """
        fresh: list[int] = []
        rows: list[int] = []
        for wide in self.pools:
            if len(wide.units.parts) <= FEW_UNITS:
                numbers = [
                    tuple(range(u.parts + 1)) if u.parts == len(u.items) else (0, u.parts) for u in wide.pool.units
                ]
                if prod(map(len, numbers)) > 2**FEW_UNITS:
                    numbers = [(0, u.parts) for u in wide.pool.units]
                lots = [held for held in product(*numbers) if any(held)]
                fresh.extend(add_lots(self.contents, wide, lots))
                rows.extend(wide.known[held] for held in lots)
        if fresh:
            self.contents.make_options(np.array(fresh, dtype=np.int64))
        return np.array(rows, dtype=np.int64)

    def bounds(self, prices: Prices, best: Best, which: Ints, closer: bool) -> Floats:
        """An upper bound on what any packing of some pools can bring at these prices, of which `best` are the best slots.

        closer: at more work.
        """
        known = self._known(which, best.profit)
        bounds = np.zeros(len(self.pools))
        for places, answer in self._answers(Bounding(which, prices, known, closer)):
            assert isinstance(answer, tuple)
            values, packings = answer
            bounds[places] = values
            self._others.update(zip(places.tolist(), packings, strict=False))
        some: Floats = bounds[which]
        return some

    def _best_packings(self, which: Ints, profit: Floats) -> list[Packing]:
        """The best of the packings known of some pools (by place), at what every content brings."""
        values, first = self.values(profit), self.first().tolist()
        best = [int(np.argmax(values[first[n] : first[n + 1]])) for n in which.tolist()]
        packings = [self.pools[n].packings[k] for n, k in zip(which.tolist(), best, strict=True)]
        return [[self.contents.counts[row] for row in packing] for packing in packings]

    def _known(self, which: Ints, profit: Floats) -> list[Known]:
        """The best packing known of some pools (by place), at what every content brings, and the lots of others nearly as good."""
        values, first = self.values(profit), self.first().tolist()
        return [self._known_of(self.pools[n], values[first[n] : first[n + 1]], profit) for n in which.tolist()]

    def _known_of(self, wide: WidePool, values: Floats, profit: Floats) -> Known:
        order = np.argsort(-values, kind="stable")[: 1 + MOST_OTHERS].tolist()
        best = wide.packings[order[0]]
        near = [k for k in order[1:] if values[k] > values[order[0]] - OTHERS_WITHIN * wide.pool.value]
        others = sorted({row for k in near for row in wide.packings[k]} - set(best))
        counts = np.array([self.contents.counts[row] for row in (*best, *others)], dtype=np.int64)
        profits, lots = profit[[*best, *others]], len(best)
        return Known(counts[:lots], profits[:lots], counts[lots:], profits[lots:], wide.pool.value / lots)

    # -- in parts --------------------------------------------------------------------------------------------------

    def _answers(self, task: Task) -> list[tuple[Ints, Answer]]:
        """The task divided in parts of about the same work: places and answer of each."""
        part = self._parts(task.which)
        tasks = [self._of_part(task, part == number) for number in range(part.max(initial=-1) + 1)]
        answers = [self._work(one) for one in tasks] if self._beside is None else self._beside.answers(tasks)
        return [(one.which, answer) for one, answer in zip(tasks, answers, strict=True)]

    def _parts(self, which: Ints) -> Ints:
        """Which part each of some pools belongs to; the work of all parts is about the same."""
        least = 1 if len(which) < FEW_TO_DIVIDE else 2
        parts = max(least, min(PARTS, len(which) // LEAST_IN_PART), -(-len(which) // MOST_IN_PART))
        part = np.empty(len(which), dtype=np.int64)
        part[np.argsort(-self._work_of[which], kind="stable")] = np.arange(len(which)) % parts
        return part

    def _of_part(self, task: Task, mine: Bools) -> Task:
        places = np.flatnonzero(mine).tolist()
        if isinstance(task, Bounding):
            return replace(task, which=task.which[mine], known=[task.known[n] for n in places])
        known = [task.known[n] for n in places] if task.known else []
        others = [task.others[n] for n in places] if task.others else []
        return replace(task, which=task.which[mine], known=known, others=others)

    def _work(self, task: Task) -> Answer:
        """The answer to one part of a task."""
        tables = self._tables(task.prices)
        units = [self.pools[n].units for n in task.which.tolist()]
        less = [np.zeros(len(u.profiles)) for u in units]
        if there_is_a_kernel():
            alone = [self._rates.alone(pool, tables) for pool in task.which.tolist()]
            less = [self._rates.less(pool, one) for pool, one in zip(task.which.tolist(), alone, strict=True)]
            curves = self._line_table.curves(task.which, tables, less)
        else:
            curves = curves_of(self.contents, units, tables)
        first_mix = np.cumsum([0, *(len(u.mixes) for u in units[:-1])]).tolist()
        if isinstance(task, Widening):
            return self._better_packings(task, units, curves, first_mix)
        by_unit = [u.value_by_profile @ by_place for u, by_place in zip(units, less, strict=True)]
        known = [
            replace(added_to(one, added), typical=min(one.typical, best_size(curves, first, u)))
            for first, u, one, added in zip(first_mix, units, task.known, by_unit, strict=True)
        ]
        if there_is_a_kernel():
            ways = [[all_values(u, curves, first)] for u, first in zip(units, first_mix, strict=True)]
            for n, (pool, one) in enumerate(zip(task.which.tolist(), alone, strict=True)):
                ranges = [] if one is None else self._rates.ranges(pool, one, tables, self._line_table, less[n])
                if ranges:
                    # one amount for all lots may do as well, with fewer lots to choose from
                    ways[n] = [ranges, *ways[n]] if task.closer else [ranges]
            bounds, packings = whole.whole_bounds(
                curves, units, first_mix, known, ways, self._grain(task.closer), self.clock
            )
        else:
            fineness = relaxed.FINE if task.closer else relaxed.QUICK
            bounds, packings = relaxed.wide_bounds(self.contents, tables, units, known, fineness, self.clock), []
        for n, u in enumerate(units):
            if not u.sets.all_known:
                # nothing is known of what some lots bring but that SMEs win no more than all of them
                bounds[n] = u.pool.value * max(0.0, float(tables.worth[list(u.profiles)].max()))
                bounds[n] += float(u.parts @ by_unit[n])
        return bounds - np.array([float(u.parts @ added) for u, added in zip(units, by_unit, strict=True)]), packings

    def _grain(self, closer: bool) -> whole.Grain:
        if not closer:
            return whole.QUICK
        return whole.CLOSEST if len(self.pools) <= FEW_WIDE else whole.FINE

    def _better_packings(
        self, task: Widening, units: list[WideUnits], curves: Curves, first_mix: list[int]
    ) -> list[list[Packing]]:
        starts = [packings for packings in (task.known, task.others) if packings]
        starts.extend(_best_starts(units, curves, first_mix, task.targets))
        packings = [packing for start in starts for packing in start]
        draw = np.random.default_rng(task.seed)
        found = regrouped(units * len(starts), first_mix * len(starts), curves, packings, task.effort, draw)
        return [found[n :: len(units)] for n in range(len(units))]


def _best_starts(units: list[WideUnits], curves: Curves, first_mix: list[int], most: int) -> list[list[Packing]]:
    """Of the first packings of each pool, for every size that pays, the best `most`."""
    tried = [
        [first_packing(curves, first, u, number) for first, u in zip(first_mix, units, strict=True)]
        for number in range(Curves.TARGETS)
    ]
    brings = np.array([worth(units, first_mix, curves, packings) for packings in tried])
    order = np.argsort(-brings, axis=0, kind="stable")[:most]
    return [[tried[k][n] for n, k in enumerate(line.tolist())] for line in order]
