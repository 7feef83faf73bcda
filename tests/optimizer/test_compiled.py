"""The compiled kernel gives what NumPy gives, and the search works without it."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from lotsplit.evaluation import evaluate
from lotsplit.optimizer import compiled, optimize
from lotsplit.optimizer.bounds import fillings
from lotsplit.optimizer.lots import slots
from lotsplit.optimizer.packings import regroup
from lotsplit.optimizer.packings.curves import Curves
from lotsplit.optimizer.pricing import pricer as pricing
from lotsplit.optimizer.pricing import wide
from lotsplit.optimizer.rounding import schedules
from lotsplit.workbook import read_plan

REGIONAL = Path(__file__).parents[2] / "examples" / "regional-stimulus.xlsx"
pytestmark = pytest.mark.skipif(compiled.kernel is None, reason="lotsplit was built without a C compiler")


@pytest.fixture(scope="module")
def plan_and_rules():
    plan, rules, _ = read_plan(REGIONAL)
    return plan, rules


@pytest.fixture
def both(monkeypatch):
    """Makes a function run with the kernel and without it; gives the pairs of results met."""

    def compare(owner, name: str) -> list:
        function, met = getattr(owner, name), []

        def twice(*arguments, **options):
            with_kernel = function(*arguments, **options)
            with pytest.MonkeyPatch.context() as without, np.errstate(all="ignore"):
                without.setattr(compiled, "kernel", None)
                met.append((with_kernel, function(*arguments, **options)))
            return with_kernel

        monkeypatch.setattr(owner, name, twice)
        return met

    return compare


def test_slots_and_curves_are_the_same_with_and_without_it_and_rounding_mostly(both, plan_and_rules, monkeypatch):
    # in this process alone, so that every call is seen
    monkeypatch.setattr("lotsplit.optimizer.beside._second_core", lambda: False)
    looked_up, best = both(Curves, "profit"), both(slots, "best_slots")
    monkeypatch.setattr(pricing, "best_slots", slots.best_slots)
    charged = both(slots.LoadPrices, "of")
    monkeypatch.setattr(schedules, "ORDERS", 1)
    rounded = both(schedules, "climbed")
    optimize(*plan_and_rules, gap=0.02)
    assert len(best) >= 10
    assert all(
        np.array_equal(getattr(a, name), getattr(b, name)) for a, b in best for name in ("profit", "row", "start")
    )
    assert sum(a.size for a, _ in looked_up) >= 1_000
    assert all(np.array_equal(a, b) for a, b in looked_up)
    assert len(charged) >= 20
    assert all(np.array_equal(a, b) for a, b in charged)
    assert max(a.max(initial=0.0) for a, _ in charged) > 0
    # sums are added up in another order, so that a choice between equals may fall otherwise
    assert len(rounded) >= 2
    assert np.mean([np.array_equal(a, b) for a, b in rounded]) >= 0.5


def test_packings_hold_the_same_and_bring_as_much_with_and_without_it(plan_and_rules, monkeypatch):
    """Other random numbers give other packings, no worse ones."""
    monkeypatch.setattr("lotsplit.optimizer.beside._second_core", lambda: False)
    met = []

    def each_way(units, first_mix, curves, packings, effort, draw):
        found = regroup.regrouped(units, first_mix, curves, packings, effort, draw)
        with pytest.MonkeyPatch.context() as without:
            without.setattr(regroup, "there_is_a_kernel", lambda: False)
            other = regroup.regrouped(units, first_mix, curves, packings, effort, draw)
        brought = [regroup.worth(units, first_mix, curves, one) for one in (packings, found, other)]
        met.append((np.array([u.pool.value for u in units]), brought, packings, found))
        return found

    monkeypatch.setattr(wide, "regrouped", each_way)
    optimize(*plan_and_rules, gap=0.02)
    assert sum(len(value) for value, *_ in met) >= 100
    ahead = []
    for value, (start, found, other), before, after in met:
        possible = np.isfinite(start)
        assert (found[possible] >= start[possible] - 1e-9 * value[possible]).all()
        ahead.extend(((found - other) / value)[np.isfinite(found) & np.isfinite(other)].tolist())
        for one, more in zip(before, after, strict=True):
            assert np.array_equal(np.sum(one, axis=0), np.sum(more, axis=0))
            assert all(any(lot) for lot in more)
    assert np.mean(ahead) >= -2e-4
    assert min(ahead) >= -0.05


def test_the_search_works_without_it(plan_and_rules, monkeypatch):
    monkeypatch.setattr(compiled, "kernel", None)
    result = optimize(*plan_and_rules)
    found = evaluate(*plan_and_rules, result.schedule)
    assert not found.broken
    assert result.bound >= found.objective
    assert result.bound - found.objective <= 0.005 * plan_and_rules[0].value


def test_it_refuses_numbers_of_another_size():
    with pytest.raises(TypeError, match="8 bytes"):
        compiled.kernel.curve_profits(*[np.zeros(4)] * 2, *[np.zeros(4, dtype=np.int32)] * 2, np.zeros(4), np.zeros(4))


def test_it_is_there_where_the_package_was_built_with_a_compiler():
    assert importlib.util.find_spec("lotsplit.optimizer._kernel") is not None


@pytest.mark.parametrize("fewest", [1, 3])
def test_fillings_are_the_same_with_and_without_it(fewest, monkeypatch):
    draw = np.random.default_rng(fewest)
    most, lost = draw.normal(0.0, 1.0, (7, 40)), -draw.random(7)
    most[draw.random(most.shape) < 0.5] = fillings.NEVER
    with_kernel = fillings._fill(most, lost, fewest)
    monkeypatch.setattr(fillings, "there_is_a_kernel", lambda: False)
    assert np.array_equal(with_kernel, fillings._fill(most, lost, fewest))
