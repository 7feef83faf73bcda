"""The optimizer against the best of all schedules, on some hundred random tiny plans with binding constraints."""

from __future__ import annotations

from functools import cache

import pytest
from oracle.brute import Best, TooLarge, best
from oracle.evaluate import evaluate
from oracle.tiny import tiny_plan

from lotsplit.optimizer import optimize
from lotsplit.plan import TenderPlan
from lotsplit.result import Aim, Stop
from lotsplit.rules import Rules

BATCH = 40


@cache
def solved(seed: int, *, for_cost: bool) -> tuple[TenderPlan, Rules, Best] | None:
    """A plan and its best schedule; None where trying all takes too long."""
    try:
        plan, rules = tiny_plan(seed)
        return plan, rules, best(plan, rules, for_cost=for_cost)
    except TooLarge:
        return None


def disagreement(seed: int, *, for_cost: bool = False) -> str | None:
    """What is wrong with the optimizer's answer to a plan, in words."""
    known = solved(seed, for_cost=for_cost)
    if known is None:
        return None
    plan, rules, optimum = known
    result = optimize(plan, rules, aim=Aim.COST if for_cost else Aim.OBJECTIVE, gap=0.0, time_limit=20)
    if optimum.aim is None:
        if result.schedule is not None:
            return f"a schedule where there is none: {sorted(evaluate(plan, rules, result.schedule).broken, key=str)}"
        if not result.relaxations or any(relaxation.amount <= 0 for relaxation in result.relaxations):
            return f"no relaxation that says what clashes: {result.relaxations}"
        return None
    if result.schedule is None:
        return f"no schedule where there is one of {optimum.aim:.2f}"
    tolerance = 1e-4 * max(1.0, abs(optimum.aim)) + 0.005
    figures = evaluate(plan, rules, result.schedule)
    aim = figures.aim_cost if for_cost else figures.objective
    if figures.broken:
        return f"breaks {sorted(figures.broken, key=str)}"
    if aim < optimum.aim - tolerance:
        return f"{aim:.2f} ({result.stop}, bound {result.bound:.2f}) where {optimum.aim:.2f} is best"
    if aim > optimum.aim + tolerance:
        return f"{aim:.2f} better than the best, {optimum.aim:.2f}: the judge is wrong"
    if result.bound < optimum.aim - tolerance:
        return f"bound {result.bound:.2f} below the best, {optimum.aim:.2f}"
    if result.stop is Stop.OPTIMAL and result.bound > aim + 1e-6 * plan.value + tolerance:
        return f"called optimal with bound {result.bound:.2f} far above {aim:.2f}"
    return None


@pytest.mark.parametrize("batch", range(8))
def test_objective_is_that_of_the_best_schedule(batch):
    seeds = range(batch * BATCH, (batch + 1) * BATCH)
    found = {seed: disagreement(seed) for seed in seeds}
    assert not {seed: what for seed, what in found.items() if what}


@pytest.mark.parametrize("batch", range(2))
def test_least_cost_is_that_of_the_cheapest_schedule(batch):
    seeds = range(batch * BATCH, (batch + 1) * BATCH)
    found = {seed: disagreement(seed, for_cost=True) for seed in seeds}
    assert not {seed: what for seed, what in found.items() if what}


def test_few_plans_are_too_large_to_judge():
    known = [solved(seed, for_cost=False) for seed in range(320)]
    assert sum(k is not None for k in known) >= 300
    assert 20 <= sum(k is not None and k[2].aim is None for k in known) <= 120
