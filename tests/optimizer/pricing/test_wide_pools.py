"""Pools too wide to try every content: tiny plans whose pools are all treated so, against the best of all schedules."""

from __future__ import annotations

import pytest
from oracle.brute import TooLarge, best
from oracle.tiny import tiny_plan

from lotsplit.evaluation import evaluate
from lotsplit.optimizer import optimize
from lotsplit.optimizer.pricing import pricer as pricing


@pytest.fixture(autouse=True)
def every_pool_is_wide(monkeypatch):
    monkeypatch.setattr(pricing, "small_shapes", lambda shapes: set())


@pytest.mark.parametrize("batch", range(6))
def test_bound_holds_and_schedule_keeps_every_limit(batch):
    solved = 0
    for seed in range(30 * batch, 30 * batch + 30):
        try:
            plan, rules = tiny_plan(seed)
            optimum = best(plan, rules)
        except TooLarge:
            continue
        result = optimize(plan, rules)
        if result.schedule is None:
            assert not result.proven or optimum.aim is None
            continue
        evaluation = evaluate(plan, rules, result.schedule)
        assert not evaluation.broken, seed
        assert result.bound >= optimum.aim - 1e-6 * max(1.0, abs(optimum.aim)) - 0.005, seed
        assert evaluation.objective <= optimum.aim + 1e-6 * max(1.0, abs(optimum.aim)) + 0.01, seed
        solved += 1
    assert solved >= 15
