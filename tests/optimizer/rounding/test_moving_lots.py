"""Few lots may start in each month: the lots of a packing must be moved by themselves, which no choice of whole packings does."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from pathlib import Path

from lotsplit.evaluation import evaluate
from lotsplit.optimizer import optimize
from lotsplit.optimizer.rounding import moving
from lotsplit.optimizer.rounding.closing import lots_in_every_month
from lotsplit.optimizer.search import Search
from lotsplit.optimizer.solver import Clock
from lotsplit.result import Aim, Silent

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))
from generate import Size, make


def small(packages: int, items: int, suppliers: int, regions: int, seed: int):
    """A generated plan over 14 months with its budgets raised: as they are, plans so small have no schedule."""
    plan, rules = make(Size(packages, items, suppliers, regions, 14), seed)
    return replace(plan, budgets=tuple(replace(b, ceiling=1.2 * b.ceiling) for b in plan.budgets)), rules


def test_a_limit_on_lots_a_month_with_room_for_all_costs_little():
    """Some 25 lots over half a year and more, at most six a month."""
    plan, rules = small(8, 40, 30, 4, 1)
    assert rules.max_lots_per_month == 6
    found = {}
    for most in (6, None):
        limited = replace(rules, max_lots_per_month=most)
        schedule = optimize(plan, limited, time_limit=60).schedule
        figures = evaluate(plan, limited, schedule)
        assert not figures.broken
        found[most] = figures.objective
    assert found[6] >= 0.97 * found[None]


def test_dividing_items_is_never_worse_than_leaving_them_whole():
    """One lot a month: the packings that suit prices best do not fit beside each other, those of whole items do."""
    plan, rules = small(4, 12, 24, 2, 1)
    whole = replace(plan, packages=tuple(_of_whole_items(package) for package in plan.packages))
    found = []
    for one in (plan, whole):
        figures = evaluate(one, rules, optimize(one, rules, time_limit=60).schedule)
        assert not figures.broken
        found.append(figures.objective)
    assert found[0] >= found[1] - 1e-6 * plan.value


def test_lots_are_moved_without_those_of_whole_units_where_these_are_too_many(monkeypatch):
    plan, rules = small(8, 40, 30, 4, 1)
    clock = Clock(time.monotonic() + 60, lambda: False)
    search = Search(plan, rules, Aim.OBJECTIVE, 0.001 * plan.value, "highs", 0, clock, Silent())
    search.run()
    search.pricer.wide.close()
    sizes = []

    def counted(*arguments):
        lots = lots_in_every_month(*arguments)
        sizes.append(len(lots))
        return lots

    monkeypatch.setattr(moving, "lots_in_every_month", counted)
    monkeypatch.setattr(moving, "MOST_TO_MOVE", (1,))
    monkeypatch.setattr(moving, "MOST_MOVED", 0)
    search.schedules.best = None
    moving.move_lots(search.schedules, search.point, search.prices, 0.0, far=True)
    with_whole, without = sizes
    assert without < with_whole
    monkeypatch.setattr(moving, "MOST_MOVED", without)
    moving.move_lots(search.schedules, search.point, search.prices, 0.0, far=False)
    assert search.schedules.best is None
    moving.move_lots(search.schedules, search.point, search.prices, 0.0, far=True)
    assert search.schedules.best is not None


def _of_whole_items(package):
    items = tuple(replace(item, divisible=False) for item in package.items)
    return replace(package, items=items)
