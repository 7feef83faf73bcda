"""Branching on whether packages are divided: a linear program may leave half of one undivided, no schedule can.

Column generation goes on in every branch, as other packings pay where a package must be divided, or must not (branch and price;
Barnhart, Johnson, Nemhauser, Savelsbergh, Vance, Operations Research 46, 1998). What no branch can exceed, no schedule can.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from lotsplit.optimizer.lots.rows import Prices
from lotsplit.optimizer.master.program import Point
from lotsplit.optimizer.packings.regroup import Effort
from lotsplit.optimizer.pricing.pricer import Priced
from lotsplit.optimizer.rounding.diving import Settled, others_of
from lotsplit.optimizer.rounding.schedules import Schedules

# branches looked at, at most; rounds of column generation in each, twice with packings of wide pools between; lot sizes to start from
MOST_BRANCHES, ROUNDS, STAGES, TARGETS = 48, 8, 2, 2
# wide pools of a branch that are bounded more closely
CLOSER = 16
# of a package: a linear program that leaves less of it, or all but less, undivided has settled it
LEAST_SHARE = 1e-4


@dataclass(frozen=True)
class Branch:
    """Packages settled so far. bound: on what any schedule of the branch brings."""

    whole: tuple[int, ...]
    divided: tuple[int, ...]
    bound: float

    def children(self, package: int, bound: float) -> list[Branch]:
        """The branches in which one more package must be divided, and must not."""
        return [
            Branch(self.whole, (*self.divided, package), bound),
            Branch((*self.whole, package), self.divided, bound),
        ]


def branch(schedules: Schedules, bound: float, effort: Effort, enough: float) -> float:
    """Better schedules from branches on packages that the linear program leaves partly undivided, the most promising first.

    Gives a bound on any schedule; no more than the one known. enough: a branch in which no more than that can be gained is given up.
    """
    with schedules.every_column():
        solved = schedules.master.solve()
        first = None if solved is None else _undecided(schedules, solved[0])
        if first is None:
            return bound
        open_ = Branch((), (), bound).children(first, bound)
        given_up = -np.inf
        for _ in range(MOST_BRANCHES):
            if not open_ or schedules.clock.over():
                break
            next_ = max(open_, key=lambda one: one.bound)
            if _hopeless(schedules, next_.bound, enough):
                break
            open_.remove(next_)
            package, most = _looked_at(schedules, next_, effort)
            if package is None or _hopeless(schedules, most, enough):
                given_up = max(given_up, most)
            else:
                open_.extend(next_.children(package, most))
    return min(bound, max([given_up, *(one.bound for one in open_)]))


def _hopeless(schedules: Schedules, bound: float, enough: float) -> bool:
    return schedules.best is not None and bound <= schedules.best.value + enough


def _looked_at(schedules: Schedules, one: Branch, effort: Effort) -> tuple[int | None, float]:
    """Schedules of a branch; the package to branch on next, or none, and the bound of the branch."""
    with _settled(schedules, one):
        solved = _solved(schedules, effort)
        if solved is None:
            return None, one.bound
        point, prices = solved
        bound = min(one.bound, _bound(schedules, prices))
        schedules.round(point, prices)
        schedules.improve_by_master(point, prices, 0.0)
        return _undecided(schedules, point), bound


def _solved(schedules: Schedules, effort: Effort) -> tuple[Point, Prices] | None:
    """The linear program of a branch, with the columns that it wants."""
    pricer, master, solved = schedules.pricer, schedules.master, None
    for stage in range(STAGES):
        if stage and pricer.wide and solved is not None:
            every = np.arange(len(pricer.wide))
            pricer.wide.widen(solved[1], every, TARGETS, effort, schedules.seed + stage)
        for _ in range(ROUNDS):
            answer = master.solve()
            if answer is None or schedules.clock.over():
                return solved
            solved = answer[:2]
            added = pricer.add_improving(schedules.columns, pricer.price(solved[1], prove=False), answer[2])
            if not added and (master.slack_is_dear or not master.lacking(solved[0])):
                break
            if not added:
                # a branch that cannot hold its limits must not seem to bring something by breaking them
                master.make_slack_dear()
    return solved


def _bound(schedules: Schedules, prices: Prices) -> float:
    pricer = schedules.pricer
    priced: Priced = pricer.price(prices)
    loosest = pricer.loosest(priced, CLOSER)
    return pricer.refined(priced, loosest).bound if len(loosest) else priced.bound


def _undecided(schedules: Schedules, point: Point) -> int | None:
    """The package of most value that a solution divides in part and leaves undivided in part; none where there is none."""
    columns, pools = schedules.columns, schedules.pools
    most, package = 0.0, None
    for number, mine in schedules.master.pools_of.items():
        whole = [column for column in columns.of_group.get(-1 - number, ()) if column < len(point.weights)]
        share = float(point.weights[whole].sum())
        value = min(share, 1.0 - share) * sum(pools[pool].value for pool in mine)
        if LEAST_SHARE < share < 1.0 - LEAST_SHARE and value > most:
            most, package = value, number
    return package


@contextmanager
def _settled(schedules: Schedules, one: Branch) -> Iterator[None]:
    """Price and master as if some packages had to be divided, and others had not to be."""
    pricer, master = schedules.pricer, schedules.master
    before = pricer.may_stay_whole, pricer.may_be_divided
    pricer.may_stay_whole, pricer.may_be_divided = (mask.copy() for mask in before)
    pricer.may_stay_whole[list(one.divided)] = False
    pricer.may_be_divided[list(one.whole)] = False
    of_group = master.columns.of_group
    settled: list[Settled] = [(number, [*of_group.get(-1 - number, ())]) for number in one.whole]
    settled += [
        (number, [column for pool in master.pools_of[number] for column in of_group.get(pool, ())])
        for number in one.divided
    ]
    closed = others_of(master, settled)
    master.close(closed)
    try:
        yield
    finally:
        master.open(closed)
        pricer.may_stay_whole, pricer.may_be_divided = before
