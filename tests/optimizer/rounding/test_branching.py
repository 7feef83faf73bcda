"""Branching on whether packages are divided, where a budget has money for half of a division."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
from like_items import FIRMS

from lotsplit.evaluation import evaluate
from lotsplit.optimizer import optimize
from lotsplit.optimizer import search as search_room
from lotsplit.optimizer.rounding.branching import branch
from lotsplit.optimizer.search import Search
from lotsplit.optimizer.solver import Clock
from lotsplit.plan import Budget, Item, Package, TenderPlan
from lotsplit.result import Aim, Silent, Stop
from lotsplit.rules import Rules
from lotsplit.schedule import undivided_plan

# every lot costs a tenth of what it is worth
RULES = Rules(lot_fixed_cost=10_000.0)
MONTHS = {"start": 24_324, "finish": 24_347, "min_months": 1}


def plan_of(packages: int, trades: int, divisions: float, draw: np.random.Generator | None = None) -> TenderPlan:
    """Packages of an item of each of some trades, which are divided wholly or not at all, and money for so many divisions."""
    made = tuple(
        Package(
            f"P{p}",
            f"package {p}",
            tuple(
                Item(
                    f"I{p}-{n}",
                    f"P{p}",
                    f"item {n}",
                    f"45{n + 1}00000",
                    "XA1",
                    100_000.0 + 1_000 * p if draw is None else round(draw.uniform(50_000, 150_000), 2),
                    quantity=1.0,
                    unit="piece",
                    step=1.0,
                    divisible=False,
                    **MONTHS,
                )
                for n in range(trades)
            ),
            nature="works",
        )
        for p in range(packages)
    )
    plan = TenderPlan(made, 24_324, 24, FIRMS)
    undivided = evaluate(plan, RULES, undivided_plan(plan)).totals.cost
    best = evaluate(plan, RULES, optimize(plan, RULES).schedule)
    ceiling = undivided + best.extra_cost * divisions / packages
    return replace(plan, budgets=(Budget(None, None, None, round(ceiling, 2)),))


def search_of(plan: TenderPlan, rules: Rules, without: tuple[str, ...] = ()) -> Search:
    clock = Clock(time.monotonic() + 60, lambda: False)
    search = Search(plan, rules, Aim.OBJECTIVE, 0.001 * plan.value, "highs", 0, clock, Silent())
    for step in without:
        setattr(search, step, lambda *given: None)
    search.run()
    search.pricer.wide.close()
    return search


def gap_of(search: Search) -> float:
    return search._gap() / search.plan.value


def test_money_for_a_part_of_the_divisions_goes_to_whole_ones_and_the_bound_knows():
    plan, rules = plan_of(3, 4, 1.5), RULES
    without = search_of(plan, rules, ("_branch", "_move_lots", "_close"))
    with_branches = search_of(plan, rules, ("_move_lots", "_close"))
    assert with_branches.bound < without.bound - 0.005 * plan.value
    assert with_branches.schedules.best.value >= without.schedules.best.value
    assert gap_of(with_branches) < 0.6 * gap_of(without)
    result = optimize(plan, rules)
    found = evaluate(plan, rules, result.schedule)
    assert not found.broken
    assert result.bound >= found.objective - 1e-6 * plan.value


def test_prices_and_columns_are_as_they_were_after_branching():
    search = search_of(plan_of(3, 4, 1.5), RULES, ("_branch", "_improve_by_master", "_move_lots", "_close"))
    before = search.pricer.may_stay_whole.copy(), search.pricer.may_be_divided.copy()
    open_ = search.master.solve()[0].objective
    bound = branch(search.schedules, search.bound, search.pace.effort, search.wanted)
    assert bound <= search.bound
    assert np.array_equal(search.pricer.may_stay_whole, before[0])
    assert np.array_equal(search.pricer.may_be_divided, before[1])
    # with the columns that branches added it can only be better
    assert search.master.solve()[0].objective <= open_ + 1e-6 * search.plan.value


def test_no_bound_of_branches_is_below_the_best_schedule(monkeypatch):
    """That of small plans is proven without branches, by going through the lots that a better one could have."""
    monkeypatch.setattr(search_room, "FAR_ASTRAY", 0.0)
    monkeypatch.setattr(search_room, "MORE_LUCK", 0)
    branched = nearer = 0
    for seed in range(30):
        draw = np.random.default_rng(seed)
        plan = plan_of(int(draw.integers(2, 4)), int(draw.integers(2, 4)), float(draw.uniform(0.2, 2.8)), draw)
        with monkeypatch.context() as without:
            without.setattr(search_room, "branch", lambda schedules, bound, effort, enough: bound)
            proven = optimize(plan, RULES)
            loose = search_of(plan, RULES, ("_move_lots", "_close")).bound
        if proven.schedule is None:
            continue
        assert proven.stop is Stop.OPTIMAL
        optimum = evaluate(plan, RULES, proven.schedule).objective
        search = search_of(plan, RULES, ("_move_lots", "_close"))
        assert search.bound + search.constant >= optimum - 1e-6 * plan.value, seed
        branched += "branching" in search.phases.seconds
        nearer += search.bound < loose - 1e-3 * plan.value
    assert branched >= 10
    assert nearer >= 5
