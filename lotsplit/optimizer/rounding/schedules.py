"""From columns to schedules: rounding, more columns to round with, an integer master; the best schedule is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np

from lotsplit.optimizer.beside import Answer, Task, side_by_side
from lotsplit.optimizer.compiled import give_back, there_is_a_kernel
from lotsplit.optimizer.lots.arrays import Bools, Floats, Ints
from lotsplit.optimizer.lots.rows import Lots, Prices
from lotsplit.optimizer.master.columns import Columns
from lotsplit.optimizer.master.program import Master, Point
from lotsplit.optimizer.pricing.pricer import Pricer
from lotsplit.optimizer.rounding.candidates import in_dispute, in_limits, promising
from lotsplit.optimizer.rounding.choices import WIDTHS, choice_of_columns, choice_of_slots, climbed, prices_around
from lotsplit.optimizer.rounding.diving import Settled, most_fractional, others_of, stuck
from lotsplit.optimizer.rounding.incumbent import Incumbent, assess
from lotsplit.optimizer.rounding.spreading import best_broken, spread, with_others
from lotsplit.optimizer.solver import Clock, Status

# so few are rounded before a second process would have begun
FEW_COLUMNS = 500
VARIATIONS = 10
STARTS = 2
MOST_STARTS = 12
# orders tried in each start where the kernel is there: fewer, but some, of more columns in all; and before the columns are complete
ORDERS, LEAST_ORDERS, COLUMNS_IN_ORDERS, EARLY_ORDERS = 8, 2, 160_000, 1
# turns of moving lots and choosing among columns again: at most, and in all of so many lots; how many without a gain of so
# much of the plan's value
MOST_ALTERNATIONS, LOTS_TO_ALTERNATE = 8, 2_000
PATIENCE, LEAST_OF_TURN = 2, 2e-5
MOST_LOTS_TO_MOVE = 50_000
# of a limit: within how much of it prices around a schedule rise by their whole range, one after another
AROUND = (0.3, 0.1, 0.03)
# rounds of spreading packings over other months; and packages that are tried again in a dive in that way
SPREADS, MOST_AGAIN = 4, 6
# with the time over and no schedule yet
LATE_STARTS = 8
LATE_VARIATIONS = 2
# of what a unit of a row is worth: the price of a limit that is broken and had none
LEAST_PRICE = 0.02
# what a package loses by its columns before it counts as stuck, of what the schedule lacks of the linear program and of the
# plan's value
STUCK = 0.2
LEAST_STUCK = 5e-4
# packages settled in a dive: at most, and of so many columns in all programs together
MOST_DIVES, COLUMNS_TO_DIVE = 12, 40_000
MASTER_NODES = 25_000
# of the integer master that mends broken limits; of the plan's value
MEND_NODES, MEND_GAP = 50, 2e-4
MOST_OF_MASTER = 1_500


class Schedules:
    """The best schedule so far, and the ways to better ones. chosen: its columns, where it was put together from columns.

    nearest: while there is none, what breaks the limits least.
    """

    def __init__(
        self,
        pricer: Pricer,
        columns: Columns,
        master: Master,
        clock: Clock,
        seed: int,
        found_better: Callable[[], None],
    ) -> None:
        self.pricer, self.columns, self.master, self.clock = pricer, columns, master, clock
        self.seed, self.found_better = seed, found_better
        self.best: Incumbent | None = None
        self.nearest: Incumbent | None = None
        self.chosen: Ints | None = None
        self._alternated: Incumbent | None = None
        # columns that the linear program does without, as no schedule takes them
        self._left_out: Ints = np.zeros(0, dtype=np.int64)
        self.value = pricer.rows.contents.plan.value
        self.pools = pricer.rows.contents.pools
        self._penalties = (self.value, 100.0 * self.value)

    def take(self, found: Incumbent, allowed: bool = True) -> bool:
        """Keep lots that hold every limit and are the best so far; allowed: of no package that must be divided as a whole."""
        better = allowed and found.feasible and (self.best is None or found.value > self.best.value)
        if better:
            self.best = found
            self.found_better()
        elif (
            allowed and self.best is None and (self.nearest is None or self._broken(found) < self._broken(self.nearest))
        ):
            self.nearest = found
        return better

    def _broken(self, found: Incumbent) -> float:
        """By how much lots break limits, each relative to its scale, together."""
        return float((found.excess / self.master.scales).sum())

    def _take_columns(self, chosen: Ints) -> Incumbent:
        """Keep a choice of columns if it is the best so far; gives what it comes to."""
        found = assess(self.pricer, self.columns.lots_in(chosen))
        if self.take(found):
            self.chosen = chosen
        return found

    def behind(self, point: Point | None) -> float:
        """How far the best schedule is behind a solution of the linear program; infinitely where there is none of either."""
        return np.inf if self.best is None or point is None else -point.objective - self.best.value

    # -- rounding --------------------------------------------------------------------------------------------------

    def first(self, prices: Prices) -> None:
        """A schedule from the first columns, before there is a linear program."""
        self._ascend(np.arange(len(self.columns)), np.zeros(len(self.columns)), prices, 0, EARLY_ORDERS)

    def vary(self, prices: Prices, number: int) -> None:
        """More columns to round with: the best packings at prices about those of the linear program; others for each number."""
        draw = np.random.default_rng((self.seed, number))
        most = max(self.pricer.weights.overflow, 1e-9)
        varied = []
        for _ in range(VARIATIONS):
            rows = prices.rows * draw.uniform(0.5, 1.5, len(prices.rows))
            capacity = prices.capacity * draw.uniform(0.5, 1.5, prices.capacity.shape)
            varied.append(Prices(rows, np.minimum(most, capacity)))
        for packings in self._side_by_side(self._packings_at, [varied[::2], varied[1::2]]):
            for groups, sizes, lots in packings:
                self.columns.add(groups, sizes, lots)
        give_back()

    def _packings_at(self, varied: list[Prices]) -> list[tuple[list[int], list[int], Lots]]:
        """The best packing of every pool at each of some prices, while there is time."""
        found = []
        for number, prices in enumerate(varied):
            if self.clock.over() and (self.best is not None or number >= LATE_VARIATIONS):
                break
            priced = self.pricer.price(prices, prove=False)
            found.append(self.pricer.packings(priced, np.arange(len(self.pools))))
        return found

    def spread(self, point: Point, prices: Prices) -> tuple[Point, Prices]:
        """Columns that break a limit by themselves give way to others of the same contents in other months.

        The linear program may take half of one, no schedule any. Gives its solution without them.
        """
        for _ in range(SPREADS):
            best = best_broken(self.columns, self.columns.breaking(), prices, LEAST_STUCK * 1e-3 * self.value)
            if not best or self.clock.over():
                break
            self._spread(best, prices)
            solved = self._leave_out(self.columns.breaking())
            if solved is None:
                break
            point, prices = solved
            self.add_packings(prices)
        return point, prices

    def _spread(self, columns: list[int], prices: Prices) -> None:
        for column in columns:
            lots = self.columns.lots_of(column)
            self.columns.of_lots(spread(self.pricer, lots, prices, self._penalties, self.seed))

    def _leave_out(self, columns: Ints) -> tuple[Point, Prices] | None:
        """Close some columns for good, where there are others; the solution without them."""
        self._left_out = np.union1d(self._left_out, with_others(self.columns, np.union1d(self._left_out, columns)))
        self.master.close(self._left_out)
        solved = self.master.solve()
        return None if solved is None else solved[:2]

    def round(self, point: Point, prices: Prices, most: int = MOST_STARTS, orders: int | None = None) -> None:
        """Schedules by coordinate ascent from several starts; more, up to `most`, until one holds every limit. orders: of each."""
        if (point.missing > 1e-6).any():
            return
        dearer = prices
        for number in range(0, most, 2):
            if self.best is not None and (number >= STARTS or self.clock.over()):
                return
            if number >= LATE_STARTS and self.clock.over():
                return
            weights = self.weights(point)
            found = self._ascend(promising(self.master, prices, weights), weights, prices, number, orders)
            if self.best is None and found is not None:
                dearer = self._dearer(dearer, found.excess > 0)

    def dive(self, point: Point, prices: Prices, near: float) -> None:
        """Settle packages one after another in the linear program, and round the solution of each (diving.py).

        At first those that are stuck in the best schedule; then, while it is not so near the linear program, those that
        this divides between columns. In the end what was found in another way is alternated from.
        """
        if (point.missing > 1e-6).any():
            return
        kept: list[Settled] = []
        tried: set[int] = set()
        again = 0
        before = prices
        top = -point.objective
        for _ in range(min(MOST_DIVES, max(1, COLUMNS_TO_DIVE // len(self.columns)))):
            settled = self._to_settle(point, prices, top, near, tried)
            if settled is None or self.clock.over():
                break
            tried.add(settled[0])
            self.master.close(others_of(self.master, [*kept, settled]))
            solved = self.master.solve()
            if solved is None or (self.best is not None and -solved[0].objective <= self.best.value):
                # with these columns of it no schedule can be better
                self._open([settled])
                if solved is not None and len(settled[1]) == 1 and again < MOST_AGAIN:
                    again += 1
                    self._spread(settled[1], solved[1])
                    self.add_packings(solved[1])
                    point, prices = self._leave_out(np.array(settled[1])) or (point, prices)
                    tried.discard(settled[0])
                continue
            point, prices, _ = solved
            kept.append(settled)
            self.add_packings(prices)
            weights = self.weights(point)
            candidates = np.setdiff1d(promising(self.master, prices, weights), others_of(self.master, kept))
            found = self._climbed(candidates, weights, prices, 0, WIDTHS)
            mended = self._mended(self._best_of(found), prices, others_of(self.master, kept))
            self.alternate(self.columns.lots_in(mended), prices)
        self._open(kept)
        if self.best is not None and self.best is not self._alternated:
            # found in another way
            self.alternate(self.best.lots, before)

    def _mended(self, chosen: Ints, prices: Prices, closed: Ints) -> Ints:
        """The packages in the limits that a choice of columns breaks chosen anew, without the closed ones; as it was where that fails."""
        broken = np.flatnonzero(assess(self.pricer, self.columns.lots_in(chosen)).excess > 0)
        candidates = np.setdiff1d(in_limits(self.master, chosen, broken, prices), closed)
        if len(candidates) <= len(chosen):
            return chosen
        # what it overloads is put right lot by lot
        found = self._take_whole(candidates, MEND_NODES, MEND_GAP * self.value, again=False)
        return chosen if found is None else found

    def _open(self, settled: list[Settled]) -> None:
        """Take the other columns of some packages in again."""
        self.master.open(np.setdiff1d(others_of(self.master, settled), self._left_out))

    @contextmanager
    def every_column(self) -> Iterator[None]:
        """The linear program with the columns that no schedule takes: without them it bounds nothing."""
        self.master.open(self._left_out)
        try:
            yield
        finally:
            self.master.close(self._left_out)

    def _to_settle(self, point: Point, prices: Prices, top: float, near: float, tried: set[int]) -> Settled | None:
        weights = self.weights(point)
        settled = None
        if self.best is not None and self.chosen is not None:
            much = max(STUCK * (top - self.best.value), LEAST_STUCK * self.value)
            settled = stuck(self.master, prices, weights, self.chosen, much, tried)
        if settled is None and (self.best is None or top - self.best.value > near):
            settled = most_fractional(self.master, weights, LEAST_STUCK * self.value, tried)
        return settled

    def reprice(self, prices: Prices) -> None:
        """From the best schedule: in turn add the best packings at what limits cost around it, and choose among all columns again."""
        for width in AROUND:
            if self.best is None or self.clock.over():
                return
            known = len(self.columns)
            self.add_packings(prices_around(self.pricer, self.best.lots, prices, width))
            fresh = np.arange(known, len(self.columns))
            if len(fresh):
                self._chosen_again(self.columns.of_lots(self.best.lots), fresh, prices, 0)

    def alternate(self, lots: Lots, prices: Prices) -> None:
        """From some lots, which may break limits: in turn move each by itself to another slot, and choose among all columns again.

        Of very many lots only the columns are chosen again.
        """
        idle = 0
        for turn in range(self._turns(lots)):
            if idle >= PATIENCE or self.clock.over():
                return
            before = -np.inf if self.best is None else self.best.value
            columns = self._moved(lots, prices, turn) if len(lots) <= MOST_LOTS_TO_MOVE else self.columns.of_lots(lots)
            lots = self._chosen_again(columns, columns, prices, 2 * turn)
            better = self.best is not None and self.best.value > before + LEAST_OF_TURN * self.value
            idle = 0 if better else idle + 1
            if better:
                self._alternated = self.best

    def _chosen_again(self, columns: Ints, others: Ints, prices: Prices, number: int) -> Lots:
        """The lots of the best choice met in ascents from some columns, among these, others, and all that are promising."""
        weights = np.isin(np.arange(len(self.columns)), columns).astype(np.float64)
        candidates = np.union1d(promising(self.master, prices, weights), others)
        found = self._climbed(candidates, weights, prices, number, WIDTHS[-1:])
        return self.columns.lots_in(self._best_of(found))

    def _turns(self, lots: Lots) -> int:
        return min(MOST_ALTERNATIONS, 1 + LOTS_TO_ALTERNATE // len(lots))

    def _moved(self, lots: Lots, prices: Prices, turn: int) -> Ints:
        ascent, every = choice_of_slots(self.pricer, lots, prices)

        def moved(number: int) -> Ints:
            return climbed(ascent, self._penalties, [self.seed + number], WIDTHS)

        found = self._side_by_side(moved, [2 * turn, 2 * turn + 1])
        return self._best_of([self.columns.of_lots(every.take(some)) for some in found])

    def _climbed(
        self,
        candidates: Ints,
        weights: Floats,
        prices: Prices,
        number: int,
        widths: tuple[float, ...],
        orders: int | None = None,
    ) -> list[Ints]:
        """Columns chosen by ascent from the heaviest ones, in some orders of this number and in some of the next."""

        ascent, candidates = choice_of_columns(self.pricer, self.columns, weights, candidates, prices)
        if orders is None:
            orders = min(ORDERS, max(LEAST_ORDERS, COLUMNS_IN_ORDERS // len(self.columns)))

        def chosen(number: int) -> Ints:
            # with the kernel many orders cost little more than one
            seeds = [self.seed + number + MOST_STARTS * k for k in range(orders if there_is_a_kernel() else 1)]
            return climbed(ascent, self._penalties, seeds, widths)

        return [candidates[some] for some in self._side_by_side(chosen, [number, number + 1])]

    def _side_by_side(self, function: Callable[[Task], Answer], tasks: list[Task]) -> list[Answer]:
        """The answers to some tasks, by two processes where that is worth splitting one off."""
        if len(self.columns) <= FEW_COLUMNS:
            return [function(task) for task in tasks]
        return side_by_side(function, tasks, self.clock)

    def _best_of(self, choices: list[Ints]) -> Ints:
        """The best of some choices of columns, less a penalty for what it breaks; each is kept where it is the best so far."""

        def worth(chosen: Ints) -> float:
            found = self._take_columns(chosen)
            return found.value - self._penalties[-1] * float((found.excess / self.master.scales).sum())

        return max(choices, key=worth)

    def _dearer(self, prices: Prices, broken: Bools) -> Prices:
        """Prices at which the rows broken cost twice as much, and the best packings there as columns."""
        least = LEAST_PRICE * self.pricer.rows.unit
        dearer = Prices(np.where(broken, np.maximum(2.0 * prices.rows, least), prices.rows), prices.capacity)
        self.add_packings(dearer)
        return dearer

    def add_packings(self, prices: Prices) -> None:
        priced = self.pricer.price(prices, prove=False)
        self.pricer.add_to(self.columns, priced, np.arange(len(self.pools)))

    def _ascend(
        self, candidates: Ints, weights: Floats, prices: Prices, number: int, orders: int | None
    ) -> Incumbent | None:
        """Coordinate ascent where there are columns for every package; what the best came to."""
        groups = {self.columns.group[column] for column in candidates.tolist()}
        whole = {-1 - group for group in groups if group < 0}
        if not all(pool.index in groups or pool.package in whole for pool in self.pools):
            return None
        climbed = self._climbed(candidates, weights, prices, number, WIDTHS, orders)
        found = [self._take_columns(chosen) for chosen in climbed]
        return min(found, key=self._broken)

    def weights(self, point: Point) -> Floats:
        """The weight of every column in a solution of the linear program; 0 for those added since."""
        fresh = len(self.columns) - len(point.weights)
        weights: Floats = np.concatenate([point.weights, np.zeros(fresh)])
        return weights

    # -- the integer master ----------------------------------------------------------------------------------------

    def improve_by_master(self, point: Point, prices: Prices, gap: float) -> None:
        """An integer master over the packages on which linear program and best schedule differ, where columns are not too many."""
        weights = self.weights(point)
        candidates = promising(self.master, prices, weights)
        if len(candidates) > MOST_OF_MASTER:
            return
        if self.chosen is not None:
            candidates = in_dispute(self.master, candidates, weights, self.chosen)
        nodes = max(30, MASTER_NODES // len(candidates))
        self._take_whole(candidates, nodes, gap)

    def _take_whole(self, candidates: Ints, nodes: int, gap: float, again: bool = True) -> Ints | None:
        """The choice that an integer master over some columns finds, kept where it is the best so far."""
        answer = self.master.solve_integer(candidates, nodes, gap, self.best is not None, again)
        if answer.status not in (Status.OPTIMAL, Status.FEASIBLE):
            return None
        whole = self.master.point(answer)
        if (whole.missing > 1e-6).any():
            return None
        chosen = np.flatnonzero(whole.weights > 0.5)
        self._take_columns(chosen)
        return chosen
