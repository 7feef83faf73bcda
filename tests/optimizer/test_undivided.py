"""Packages left undivided: the only one is solved by itself, and half of one makes no room for lots of its other half."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import replace

import numpy as np
from like_items import plan_of
from oracle.brute import TooLarge
from oracle.tiny import tiny_plan

from lotsplit.evaluation import evaluate
from lotsplit.optimizer import optimize
from lotsplit.optimizer.master import program as master
from lotsplit.optimizer.search import Search
from lotsplit.optimizer.solver import Clock
from lotsplit.optimizer.undivided import best_undivided
from lotsplit.plan import Budget, TenderPlan
from lotsplit.result import Aim, Silent
from lotsplit.rules import Rules
from lotsplit.schedule import Schedule, undivided_lot


def two_of(plan: TenderPlan) -> TenderPlan:
    """A second package like the only one of a plan."""
    first = plan.packages[0]
    items = tuple(replace(item, id=f"J{n}", package_id="Q") for n, item in enumerate(first.items))
    return replace(plan, packages=(first, replace(first, id="Q", items=items)))


def cost_of(plan: TenderPlan, rules: Rules, schedule: Schedule) -> float:
    """What a schedule costs."""
    return sum(lot.cost for lot in evaluate(plan, rules, schedule).lots)


def search_of(plan: TenderPlan, rules: Rules) -> Search:
    """A search that has not begun."""
    clock = Clock(time.monotonic() + 60, lambda: False)
    return Search(plan, rules, Aim.OBJECTIVE, 0.001 * plan.value, "highs", 0, clock, Silent())


def test_the_only_package_undivided_is_solved_exactly():
    """Reserved or not, where a package may be: the better of those that hold every limit."""
    kinds = set()
    for seed in range(300):
        with suppress(TooLarge):
            plan, rules = tiny_plan(seed)
        package = plan.packages[0]
        if len(plan.packages) > 1 or not package.divisible or package.min_lots > 1:
            continue
        pricer = search_of(plan, rules).pricer
        ways = []
        most = best_undivided(pricer, Clock(time.monotonic() + 60, lambda: False), ways.append)
        ways = [way.value for way in ways if way.feasible]
        judged = [evaluate(plan, rules, Schedule((undivided_lot(package, kind),))) for kind in (False, True)]
        held = [figures.objective for figures in judged if not figures.broken]
        constant = pricer.weights.cost * pricer.undivided_extra()
        if not pricer.apart.any():
            # fewer lots than pools: it can only stay undivided
            assert most == -np.inf
            continue
        assert bool(ways) == bool(held)
        assert most == max(ways, default=-np.inf)
        if held:
            assert np.isclose(most + constant, max(held), atol=0.01)
        kinds.add(len(held))
    assert {0, 1} <= kinds


def test_a_budget_for_half_of_the_lots_gets_some():
    """No mixture of divided and undivided costs as little as it seems to: of the only package there is none in the linear program."""
    plan, rules = plan_of(40), Rules(extra_cost_weight=1.0)
    package = plan.packages[0]
    free = optimize(plan, rules)
    least = cost_of(plan, rules, Schedule((undivided_lot(package),)))
    ceiling = least + 0.5 * (cost_of(plan, rules, free.schedule) - least)
    plan = replace(plan, packages=(replace(package, fund="State"),), budgets=(Budget("State", None, None, ceiling),))
    result = optimize(plan, rules)
    found = evaluate(plan, rules, result.schedule)
    assert not found.broken
    assert found.objective >= 0.2 * plan.value
    assert result.bound >= found.objective


def test_half_of_a_package_makes_no_room_for_lots_of_the_other_half():
    plan, rules = two_of(plan_of(12, trades=2, parts=20, max_lots=5)), Rules(trade_digits=5)
    result = optimize(plan, rules)
    found = evaluate(plan, rules, result.schedule)
    assert not found.broken
    assert 0 <= result.bound - found.objective <= 0.005 * plan.value


def test_breaking_a_limit_gets_dearer_where_it_was_too_cheap(monkeypatch):
    """Every lot brings more than breaking the limit on lots costs at first."""
    monkeypatch.setattr(master, "CHEAP_SLACK", 1e-3)
    plan, rules = two_of(plan_of(12, trades=2, parts=20, max_lots=5)), Rules(trade_digits=5)
    search = search_of(plan, rules)
    search.run()
    search.pricer.wide.close()
    assert search.master.slack_is_dear
    assert (search.point.slack <= 1e-7 * search.master.scales).all()
    assert search.bound - search.schedules.best.value <= 0.005 * plan.value


def test_items_alike_are_one_unit_and_each_is_in_one_lot():
    """Forty items of seven values in turn, and of one in parts: seven units; what lots hold adds up to the items."""
    for parts in (1, 20):
        plan, rules = plan_of(40, parts=parts), Rules()
        search = search_of(plan, rules)
        assert [len(pool.units) for pool in search.contents.pools] == [7]
        search.pricer.wide.close()
        result = optimize(plan, rules)
        held: dict[str, float] = {}
        for lot in result.schedule.lots:
            for part in lot.items:
                held[part.item_id] = held.get(part.item_id, 0.0) + part.quantity
        assert held == {item.id: item.quantity for item in plan.packages[0].items}
        assert not evaluate(plan, rules, result.schedule).broken
    # kept together they are one part
    kept = replace(
        plan,
        packages=(
            replace(
                plan.packages[0],
                items=tuple(replace(i, divisible=False, keep_together="all") for i in plan.packages[0].items),
            ),
        ),
    )
    assert [pool.shape for pool in search_of(kept, rules).contents.pools] == [(1,)]


def test_what_limits_cost_is_left_open_beside_packages_left_undivided():
    """A budget that no division keeps; and, of two packages, the limit on lots of the one that is better left whole."""
    plan, rules = plan_of(40), Rules(extra_cost_weight=1.0)
    package = plan.packages[0]
    ceiling = cost_of(plan, rules, Schedule((undivided_lot(package),))) + 1.0
    budgeted = replace(
        plan, packages=(replace(package, fund="State"),), budgets=(Budget("State", None, None, ceiling),)
    )
    result = optimize(budgeted, rules)
    assert [lot.undivided for lot in result.schedule.lots] == [True]
    assert result.prices == {}
    plan, rules = two_of(plan_of(12, trades=2, parts=20, max_lots=2)), Rules(trade_digits=5)
    result = optimize(plan, rules)
    whole = {lot.package_id for lot in result.schedule.lots if lot.undivided}
    assert whole
    assert not any(f"max-lots-{package}" in result.prices for package in whole)
    plan = two_of(plan_of(12, trades=2, parts=20, max_lots=5))
    assert all(price > 0 for price in optimize(plan, rules).prices.values())
