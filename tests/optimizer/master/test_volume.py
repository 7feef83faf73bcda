"""The volume algorithm against the linear program that it stands in for."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from lotsplit.evaluation import evaluate
from lotsplit.optimizer import search
from lotsplit.optimizer.master.columns import Columns
from lotsplit.optimizer.master.volume import Volume
from lotsplit.optimizer.search import Search
from lotsplit.optimizer.solver import Clock
from lotsplit.result import Aim, Silent, Stop
from lotsplit.workbook import read_plan

REGIONAL = Path(__file__).parents[3] / "examples" / "regional-stimulus.xlsx"


def searched(aim: Aim = Aim.OBJECTIVE) -> Search:
    """The regional example, searched."""
    plan, rules, _ = read_plan(REGIONAL)
    clock = Clock(time.monotonic() + 120, lambda: False)
    found = Search(plan, rules, aim, 0.005 * plan.value, "highs", 0, clock, Silent())
    found.run()
    found.pricer.wide.close()
    return found


@pytest.fixture(scope="module", params=list(Aim))
def case(request):
    """A search whose master is solved, and that solution."""
    found = searched(request.param)
    point, prices, _ = found.master.solve()
    return found, point, prices


def test_it_never_promises_less_than_the_linear_program_and_hardly_more(case):
    found, point, prices = case
    volume = Volume(found.columns, found.weights, found.master.pools_of, found.clock)
    nothing = type(prices)(np.zeros_like(prices.rows), np.zeros_like(prices.capacity))
    near, _, _ = volume.solve(nothing)
    value = found.plan.value
    assert -near.objective >= -point.objective - 1e-6 * value
    for _ in range(3):
        near, nothing, _ = volume.solve(nothing)
    assert -near.objective <= -point.objective + 1e-3 * value


def test_from_the_prices_of_the_linear_program_it_stays_where_it_is(case):
    found, point, prices = case
    near, _, thresholds = Volume(found.columns, found.weights, found.master.pools_of, found.clock).solve(prices)
    assert near.objective == pytest.approx(point.objective, abs=1e-5 * found.plan.value)
    # no packing known beats what it must beat
    profits = found.columns.reduced_profits(near_prices(found, prices))
    for pool, members in found.columns.of_group.items():
        if pool >= 0:
            assert thresholds[pool] == pytest.approx(profits[members].max(), abs=1e-6 * found.plan.value)


def near_prices(found: Search, prices):
    """The prices at which the thresholds of the test above hold."""
    return Volume(found.columns, found.weights, found.master.pools_of, found.clock).solve(prices)[1]


def test_every_pool_has_one_packing_in_the_mean_or_its_package_is_undivided(case):
    found, _, prices = case
    near, _, _ = Volume(found.columns, found.weights, found.master.pools_of, found.clock).solve(prices)
    for package, pools in found.master.pools_of.items():
        whole = near.weights[found.columns.of_group.get(-1 - package, [])].sum()
        for pool in pools:
            assert near.weights[found.columns.of_group[pool]].sum() + whole == pytest.approx(1.0)


def test_a_package_without_columns_is_missing_and_the_others_are_priced(case):
    found, _, prices = case
    volume = Volume(
        known := Columns(found.rows, found.weights, found.columns.set_loads),
        found.weights,
        found.master.pools_of,
        found.clock,
    )
    package = next(number for number, pools in found.master.pools_of.items() if pools)
    for column, group in enumerate(found.columns.group):
        if group not in (-1 - package, *found.master.pools_of[package]):
            lots = found.columns.lots_of(column)
            known.add([group], [len(lots)], lots)
    near, _, _ = volume.solve(prices)
    assert np.flatnonzero(near.missing).tolist() == found.master.pools_of[package]
    assert np.isfinite(near.objective)
    assert len(near.weights) == len(known)


def test_a_search_by_it_holds_every_limit_and_its_bound(monkeypatch):
    by_programs = searched()
    monkeypatch.setattr(search, "MANY_WIDE", 1)
    found = searched()
    result = found.result()
    figures = evaluate(found.plan, found.rules, result.schedule)
    assert not figures.broken
    assert figures.objective <= result.bound
    assert found.bound >= by_programs.schedules.best.value
    assert result.bound - figures.objective <= 0.01 * found.plan.value


def test_a_large_plan_leaves_time_for_its_bound_and_for_rounding(monkeypatch):
    monkeypatch.setattr(search, "MANY_WIDE", 1)
    plan, rules, _ = read_plan(REGIONAL)
    closer = []

    def result():
        clock = Clock(time.monotonic() + 120, lambda: False)
        found = Search(plan, rules, Aim.OBJECTIVE, 1e-6 * plan.value, "highs", 0, clock, Silent())
        for last_step in ("_improve_by_master", "_move_lots", "_close"):
            monkeypatch.setattr(found, last_step, lambda: None)
        refined = found.pricer.refined
        monkeypatch.setattr(found.pricer, "refined", lambda *given: closer.append(given) or refined(*given))
        found.run()
        found.pricer.wide.close()
        return found.result()

    in_full = result()
    assert in_full.stop is Stop.NO_PROGRESS
    assert len(closer) == 1
    # as if the bound and rounding took far longer than there is time
    monkeypatch.setattr(search, "RESERVE", 1e6)
    hurried = result()
    assert hurried.stop is Stop.TIME_LIMIT
    assert len(closer) == 1
    assert in_full.bound - 1e-3 * plan.value < hurried.bound < in_full.bound + 0.02 * plan.value
    assert not evaluate(plan, rules, hurried.schedule).broken


def test_a_search_that_has_no_time_left_rounds_before_its_bound(monkeypatch):
    """The bound takes as long as it takes, and no time may be left after it."""
    plan, rules, _ = read_plan(REGIONAL)
    monkeypatch.setattr(search, "MANY_WIDE", 1)
    monkeypatch.setattr(search, "RESERVE", 1e6)
    clock = Clock(time.monotonic() + 120, lambda: False)
    found = Search(plan, rules, Aim.OBJECTIVE, 1e-6 * plan.value, "highs", 0, clock, Silent())
    for last_step in ("_improve_by_master", "_move_lots", "_close", "_find_clash"):
        monkeypatch.setattr(found, last_step, lambda: None)
    rounded = []
    monkeypatch.setattr(found, "_round", lambda: rounded.append(found.bound))
    monkeypatch.setattr(found, "_prove", lambda: rounded.append("bound"))
    found.run()
    found.pricer.wide.close()
    assert rounded[0] != "bound"
    assert rounded[1] == "bound"
