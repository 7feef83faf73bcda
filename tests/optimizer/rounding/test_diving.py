"""Which package a dive settles next, and a plan whose largest package no single change can divide."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from searches import LAST_STEPS, search_of

from lotsplit.optimizer import pace
from lotsplit.optimizer import search as search_room
from lotsplit.optimizer.master.program import Master
from lotsplit.optimizer.packings.regroup import THOROUGH
from lotsplit.optimizer.rounding import schedules
from lotsplit.optimizer.rounding.diving import most_fractional, others_of, stuck

# columns of packages A (pools 0 and 1, or whole), B (pool 2, or whole) and C (whole only): group, reduced profit
GROUPS = [0, 0, 1, -1, 2, 2, -2, -3]
PROFIT = np.array([5.0, 4.0, 3.0, 6.0, 2.0, 2.0, 1.0, 7.0])


@pytest.fixture
def master():
    pools = [SimpleNamespace(package=p, value=v) for p, v in ((0, 100.0), (0, 20.0), (1, 50.0))]
    of_group = {g: [n for n, group in enumerate(GROUPS) if group == g] for g in set(GROUPS)}
    columns = SimpleNamespace(
        group=GROUPS,
        of_group=of_group,
        rows=SimpleNamespace(contents=SimpleNamespace(pools=pools)),
        reduced_profits=lambda prices: PROFIT,
    )
    found = SimpleNamespace(columns=columns, pools_of={0: [0, 1], 1: [2], 2: []})
    found.package_of = lambda group: Master.package_of(found, group)
    return found


def test_a_package_is_stuck_that_is_left_whole_and_had_better_be_divided(master):
    weights = np.array([0.3, 0.7, 1.0, 0.0, 0.5, 0.5, 0.0, 1.0])
    whole = np.array([3, 4, 7])
    assert stuck(master, None, weights, whole, 1.5, set()) == (0, [1, 2])
    assert stuck(master, None, weights, whole, 2.5, set()) is None
    assert stuck(master, None, weights, whole, 1.5, {0}) is None


def test_most_money_divided_between_columns_comes_first(master):
    weights = np.array([0.3, 0.7, 1.0, 0.0, 0.5, 0.5, 0.0, 1.0])
    assert most_fractional(master, weights, 1.0, set()) == (0, [1, 2])
    assert most_fractional(master, weights, 1.0, {0}) == (1, [4])
    assert most_fractional(master, weights, 26.0, {0}) is None
    weights[[0, 1, 2, 3]] = 0.2, 0.2, 0.4, 0.6
    assert most_fractional(master, weights, 1.0, set()) == (0, [3])


def test_what_else_a_settled_package_has_is_left_out(master):
    assert others_of(master, [(0, [1, 2]), (1, [6])]).tolist() == [0, 3, 4, 5]
    assert others_of(master, []).tolist() == []


def farthest_behind(number: int, seeds: tuple[int, ...], without: tuple[str, ...]) -> float:
    """How far the schedules of some seeds are behind the linear program at most, of the plan's value."""
    searches = [search_of("town", number, seed, without) for seed in seeds]
    return max((-one.point.objective - one.schedules.best.value) / one.plan.value for one in searches)


def test_large_packages_are_divided_though_no_step_by_itself_can_do_it(monkeypatch):
    """Columns that divide one break a limit unless others move at once: which seed has the luck to divide it all the same differs."""
    assert farthest_behind(14, (0, 1, 2), LAST_STEPS) < 0.003
    monkeypatch.setattr(schedules, "MOST_DIVES", 0)
    monkeypatch.setattr(search_room, "MORE_LUCK", 0)
    assert farthest_behind(14, (0, 1, 2), LAST_STEPS) > 0.05


def test_packings_that_break_a_limit_by_themselves_are_spread_over_other_months(monkeypatch):
    """The best packings of large packages start more lots in one month than may start."""
    # as of plans with more pools: with more rounds, and lots filled anew, there are columns for other months
    as_of_more = replace(pace.OF_FEW, effort=replace(THOROUGH, refills=0), stages=4, early_rounds=3, patience=1)
    monkeypatch.setattr(pace, "OF_FEW", as_of_more)
    search = search_of("town", 19, 0, ("_round", *LAST_STEPS))
    value, relaxed = search.plan.value, search.point.objective
    # no schedule may take a column that is left out here
    without, _ = search.schedules._leave_out(search.columns.breaking())
    assert without.objective - relaxed > 0.005 * value
    search.master.open(search.schedules._left_out)
    search.schedules._left_out = np.zeros(0, dtype=np.int64)
    point, _ = search.schedules.spread(search.point, search.prices)
    assert point.objective - relaxed < 0.002 * value
    used = np.flatnonzero(point.weights > 1e-6)
    assert not np.isin(used, search.columns.breaking()).any()


def test_columns_that_break_a_limit_by_themselves_are_known(search, monkeypatch):
    monkeypatch.setattr(search.rows, "most", 0.1 * search.rows.most)
    every = search.columns.amounts
    floors = np.isin(np.arange(len(search.rows.rows)), every.row[every.amount < 0])
    broken = set(search.columns.breaking().tolist())
    for column in range(len(search.columns)):
        amounts = search.rows.amounts(search.columns.lots_of(column)).by_row(len(floors))
        over = (amounts > search.rows.most * (1 + 1e-6) + 1e-3) & ~floors
        assert over.any() == (column in broken)
    assert 0 < len(broken) < len(search.columns)


def test_a_point_that_leaves_pools_out_is_not_dived_from(search):
    """No column may cover such a pool."""
    before = len(search.columns)
    missing = np.where(np.arange(len(search.point.missing)) == 0, 1.0, search.point.missing)
    search.schedules.dive(replace(search.point, missing=missing), search.prices, 0.0)
    assert len(search.columns) == before
