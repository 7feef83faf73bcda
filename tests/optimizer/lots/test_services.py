"""Lots of pools with many trades and regions: told apart by the suppliers that can carry them."""

from __future__ import annotations

import numpy as np
import pytest
from oracle.brute import TooLarge, best
from priced_pools import Priced, plan_of_trades, regrouped_near_optimum, some

from lotsplit.evaluation import evaluate
from lotsplit.market import Market
from lotsplit.optimizer import optimize
from lotsplit.optimizer.compiled import kernel
from lotsplit.optimizer.lots import services
from lotsplit.optimizer.lots.arrays import Contents
from lotsplit.optimizer.lots.pools import pools_of_plan
from lotsplit.optimizer.packings import mixes as mixes_room
from lotsplit.optimizer.packings import regroup
from lotsplit.optimizer.packings.holding import units_of
from lotsplit.optimizer.packings.mixes import wide_units
from lotsplit.optimizer.packings.regroup import QUICK
from lotsplit.optimizer.pricing import pricer as pricing
from lotsplit.plan import Item, Package, Supplier, TenderPlan
from lotsplit.rules import Rules

TRADES = [f"451{n:02}000" for n in range(11, 11 + 12)]


def plan_of_many_trades(shared: bool, windows: int = 1) -> tuple[TenderPlan, Rules]:
    """One package of twelve trades; each has eight firms of its own, or every small firm has three trades side by side.

    windows: first and last months of items, so many of each.
    """
    draw = np.random.default_rng(1)
    items = tuple(
        Item(
            f"I{n}",
            "P",
            f"item {n}",
            TRADES[n % len(TRADES)],
            "XA1",
            round(float(draw.lognormal(11.5, 0.8)), 2),
            quantity=1.0,
            unit="piece",
            step=1.0,
            divisible=False,
            start=24_324 + n // 5 % windows,
            finish=24_335 - n // 7 % windows,
            min_months=1,
        )
        for n in range(72)
    )
    firms = [Supplier("large", "large", "large", ("45",), ("*",), count=2)]
    for n, trade in enumerate(TRADES):
        of = tuple(TRADES[(n + k) % len(TRADES)] for k in range(3)) if shared else (trade,)
        firms.append(Supplier(f"S{n}", f"S{n}", "small", of, ("*",), count=8, max_contract=300_000.0))
    return TenderPlan((Package("P", "package", items, nature="works"),), 24_324, 12, tuple(firms)), Rules(
        trade_digits=2
    )


@pytest.mark.parametrize("shared", [False, True])
def test_a_package_of_many_trades_is_divided_near_its_bound(shared):
    plan, rules = plan_of_many_trades(shared)
    result = optimize(plan, rules)
    evaluation = evaluate(plan, rules, result.schedule)
    assert not evaluation.broken
    # where every lot of several trades was taken for the best of them, nothing was won by dividing
    assert evaluation.objective >= 0.25 * plan.value
    assert evaluation.objective <= result.bound + 0.01
    assert result.bound - evaluation.objective <= 0.02 * plan.value


def test_trades_that_lots_mix_are_told_apart_before_windows(monkeypatch):
    """Where there is not time for both: which suppliers can carry a lot matters more than a month of its window."""
    plan, rules = plan_of_many_trades(True, windows=6)
    contents = Contents(plan, rules, Market(plan, rules), pools_of_plan(plan, rules))
    (pool,) = contents.pools
    told = wide_units(contents, pool, most=600)
    monkeypatch.setattr(mixes_room, "SETS_WITH_TIME", 0)
    windows_first = wide_units(contents, pool, most=600)
    assert max(len(told.mixes), len(windows_first.mixes)) <= 600
    # those taken together are the groups of the last set
    assert not told.sets.groups[told.sets.others]
    assert windows_first.sets.groups[windows_first.sets.others]


def test_sets_are_those_of_the_suppliers_in_common(monkeypatch):
    monkeypatch.setattr(services, "MOST_SERVICES", 1)
    several = 0
    for priced in some(range(120), plan_of_trades):
        market = priced.contents.market
        for units in priced.wide:
            sets = units.sets
            if sets.few:
                continue
            members = [set(market.group_members(sets.groups[n + 1][0]).tolist()) for n in range(sets.services)]
            for held in range(1, 1 << sets.services):
                found = int(sets.set_of(np.array([held]))[0])
                inside = [members[n] for n in range(sets.services) if held >> n & 1]
                common = set.intersection(*inside)
                assert set(market.group_members(sets.groups[found][0]).tolist()) == common
                assert sets.allowed[found] & held == held
                several += len(inside) > 1
    assert several >= 100


@pytest.mark.parametrize("with_kernel", [True, False])
def test_packings_of_many_trades_are_regrouped_near_their_optimum(with_kernel, mixes, monkeypatch):
    monkeypatch.setattr(regroup, "there_is_a_kernel", lambda: with_kernel and kernel is not None)
    pools, near = regrouped_near_optimum(QUICK, plan_of_trades)
    assert pools >= 60
    assert mixes == "taken together" or near >= 0.6 * pools


@pytest.mark.parametrize(
    ("room", "name"), [(services, "MOST_BITS"), (services, "MOST_COMMON"), (mixes_room, "LEAST_SETS")]
)
def test_the_bound_holds_where_not_all_sets_are_told_apart(room, name, monkeypatch):
    monkeypatch.setattr(pricing, "small_shapes", lambda shapes: set())
    monkeypatch.setattr(services, "MOST_SERVICES", 1)
    monkeypatch.setattr("lotsplit.optimizer.pricing.wide.MOST_MIXES", 0)
    monkeypatch.setattr(room, name, 2 if name == "MOST_BITS" else 1)
    solved = 0
    for seed in range(25):
        plan, rules = plan_of_trades(seed)
        try:
            optimum = best(plan, rules)
        except TooLarge:
            continue
        result = optimize(plan, rules)
        if result.schedule is None:
            continue
        evaluation = evaluate(plan, rules, result.schedule)
        assert not evaluation.broken
        assert optimum.aim - 1e-6 * abs(optimum.aim) - 0.01 <= result.bound
        assert evaluation.objective <= optimum.aim + 1e-6 * abs(optimum.aim) + 0.01
        solved += 1
    assert solved >= 8


def test_units_of_several_pools_know_their_own_sets(monkeypatch):
    monkeypatch.setattr(services, "MOST_SERVICES", 1)
    compared = 0
    for seed in range(20):
        priced = Priced(seed, plan_of_trades)
        if len(priced.wide) < 2:
            continue
        units = units_of(priced.wide, priced.first_mix)
        for number, of_pool in enumerate(priced.wide):
            held = np.arange(1, 1 << of_pool.sets.services)
            expected = of_pool.sets.set_of(held)
            assert units._set(np.full(len(held), number), held).tolist() == expected.tolist()
            compared += len(held)
    assert compared >= 20
