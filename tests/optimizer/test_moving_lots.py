"""Few lots may start in each month: the lots of a packing must be moved by themselves, which no choice of whole packings does."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from lotsplit.evaluation import evaluate
from lotsplit.optimizer import optimize

sys.path.append(str(Path(__file__).parents[1] / "benchmarks"))
from generate import Size, make


def test_a_limit_on_lots_a_month_with_room_for_all_costs_little():
    """Some 25 lots over half a year and more, at most six a month; with their budgets raised plans so small have a schedule."""
    plan, rules = make(Size(8, 40, 30, 4, 14), 1)
    plan = replace(plan, budgets=tuple(replace(b, ceiling=1.2 * b.ceiling) for b in plan.budgets))
    assert rules.max_lots_per_month == 6
    found = {}
    for most in (6, None):
        limited = replace(rules, max_lots_per_month=most)
        schedule = optimize(plan, limited, time_limit=60).schedule
        figures = evaluate(plan, limited, schedule)
        assert not figures.broken
        found[most] = figures.objective
    assert found[6] >= 0.97 * found[None]
