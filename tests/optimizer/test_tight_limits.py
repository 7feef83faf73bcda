"""Limits that leave hardly any room, in plans of wide pools: columns and schedules are still found, and what clashes is told soon."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from lotsplit.evaluation import evaluate
from lotsplit.optimizer import optimize
from lotsplit.optimizer import search as search_room
from lotsplit.plan import Item, Package, Supplier, TenderPlan
from lotsplit.rules import Rules

FIRST = 24_324
MONTHS = 12


def plan_of(packages: int, items: int, seed: int, windows: bool = False) -> TenderPlan:
    """Packages of one trade in one region, every other item divisible; windows: a different one for almost every item."""
    draw = random.Random(seed)
    every = []
    for n in range(packages):
        held = []
        for k in range(items):
            start = draw.randrange(MONTHS - 3) if windows else 0
            finish = min(MONTHS - 1, start + draw.randrange(2, MONTHS)) if windows else MONTHS - 1
            parts = 12 if k % 2 else 1
            held.append(
                Item(
                    f"I{n}-{k}",
                    f"P{n}",
                    "",
                    "45233000",
                    "XA1",
                    value=round(draw.lognormvariate(12, 1), 2),
                    quantity=float(parts),
                    unit="m",
                    step=1.0,
                    divisible=parts > 1,
                    start=FIRST + start,
                    finish=FIRST + finish,
                    min_months=1,
                )
            )
        every.append(Package(f"P{n}", f"package {n}", tuple(held), nature="works"))
    suppliers = [Supplier("L", "large", "large", ("45",), ("*",), count=2)]
    for n in range(12):
        largest = round(draw.lognormvariate(12.9, 0.7), -3)
        capacity = round(largest / 6, -2) if n % 2 else None
        suppliers.append(
            Supplier(
                f"S{n}",
                f"firm {n}",
                "small",
                ("45",),
                ("*",),
                count=2,
                max_contract=largest,
                monthly_capacity=capacity,
            )
        )
    return TenderPlan(tuple(every), FIRST, MONTHS, tuple(suppliers))


@pytest.mark.parametrize("by_volume", [False, True])
def test_hardly_more_lots_may_start_in_a_month_than_there_are_packages(by_volume, monkeypatch):
    """Twelve packages, two lots in every one of twelve months: undivided, all start in the first month."""
    if by_volume:
        monkeypatch.setattr(search_room, "MANY_WIDE", 5)
    plan = plan_of(12, 14, 1)
    rules = Rules(max_lots_per_month=2)
    result = optimize(plan, rules, time_limit=60)
    assert result.schedule is not None
    figures = evaluate(plan, rules, result.schedule)
    assert not figures.broken
    assert len(figures.lots) > 12
    assert result.bound - figures.objective < 0.01 * plan.value


def test_a_pool_of_many_windows_is_divided_well():
    plan = plan_of(1, 80, 2, windows=True)
    rules = Rules(max_lots_per_month=8)
    result = optimize(plan, rules, time_limit=60)
    assert result.schedule is not None
    figures = evaluate(plan, rules, result.schedule)
    assert not figures.broken
    assert result.bound - figures.objective < 0.03 * plan.value


def test_a_floor_out_of_reach_gives_way_no_more_than_it_must():
    plan = plan_of(5, 20, 3)
    rules = Rules(extra_cost_weight=0.0)
    reached = evaluate(plan, rules, optimize(plan, rules, time_limit=60).schedule).totals.expected_sme_share
    floor = replace(rules, min_sme_share=round(reached + 0.1, 3))
    result = optimize(plan, floor, time_limit=60)
    assert result.schedule is None
    (relaxation,) = result.relaxations
    assert relaxation.amount < 0.12
