"""The judge judged: hand examples of the model, methods against each other, search against plain enumeration."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction

import pytest

from lotsplit.plan import Budget, Item, Package, Region, Supplier, TenderPlan, month
from lotsplit.rules import Rules
from lotsplit.schedule import Lot, LotItem, Schedule
from oracle.brute import TooLarge, best, contents
from oracle.evaluate import evaluate, whole_package
from oracle.market import (
    chances_by_convolution,
    chances_by_counts,
    chances_by_race,
    chances_by_subsets,
    cpv,
    lineage,
    no_bid,
    odds,
    serves_trade,
    single_bid,
)
from oracle.tiny import FEATURES, tiny_plan

ONE, HALF = Fraction(1), Fraction(1, 2)
JAN = month(2027, 1)


@pytest.mark.parametrize(
    ("types", "wins"),
    [
        ([(1, ONE, ONE), (1, ONE, ONE)], [HALF, HALF]),
        ([(1, Fraction(3, 10), ONE)], [Fraction(3, 10)]),
        ([(2, ONE, ONE), (1, ONE, ONE)], [Fraction(2, 3), Fraction(1, 3)]),
        ([(1, HALF, ONE), (1, ONE, ONE)], [Fraction(1, 4), Fraction(3, 4)]),
        ([(1, ONE, Fraction(3)), (1, ONE, ONE)], [Fraction(3, 4), Fraction(1, 4)]),
    ],
)
def test_hand_examples_of_winning(types, wins):
    assert chances_by_subsets(types) == wins
    assert chances_by_counts(types) == wins
    assert chances_by_race(types) == pytest.approx([float(q) for q in wins], rel=1e-13)


def random_types(r: random.Random, firms: int, strengths: tuple[Fraction, ...]) -> list[tuple[int, Fraction, Fraction]]:
    types = []
    while firms > 0:
        n = r.randint(1, firms)
        types.append((n, r.choice((ONE, Fraction(r.randint(1, 99), 100))), r.choice(strengths)))
        firms -= n
    return types


def test_methods_agree_exactly_on_few_firms():
    r = random.Random(1)
    strengths = (Fraction(1, 10), Fraction(7, 10), ONE, Fraction(3))
    for _ in range(60):
        types = random_types(r, r.randint(1, 8), strengths)
        exact = chances_by_subsets(types)
        assert chances_by_counts(types) == exact
        none = ONE
        for n, pi, _ in types:
            none *= (1 - pi) ** n
        assert sum(exact) + none == 1
        assert no_bid(types) == pytest.approx(float(none), rel=1e-12)
        assert chances_by_race(types) == pytest.approx([float(q) for q in exact], rel=1e-12)


def test_single_bid_counts_the_sets_of_one_firm():
    r = random.Random(2)
    for _ in range(40):
        types = random_types(r, r.randint(1, 6), (ONE,))
        firms = [pi for n, pi, _ in types for _ in range(n)]
        exact = Fraction(0)
        for bidder in range(len(firms)):
            term = ONE
            for firm, pi in enumerate(firms):
                term *= pi if firm == bidder else 1 - pi
            exact += term
        assert single_bid(types) == pytest.approx(float(exact), rel=1e-12)


def test_methods_agree_on_thousands_of_firms():
    for types in (
        [(4000, 0.1, 1.0), (12, 0.4, 1.0)],
        [(2500, 0.002, 1.0), (1, 1.0, 1.0)],
        [(1500, 0.17, 1.0), (900, 0.3, 1.0), (3, 0.9, 1.0)],
        [(3000, 0.0001, 1.0)],
    ):
        race = chances_by_race(types)
        assert chances_by_convolution(types) == pytest.approx(race, rel=1e-11)
        assert sum(race) + no_bid(types) == pytest.approx(1, abs=1e-12)
    # Two strengths: the counts that matter, one by one.
    types = [(300, 0.05, 0.5), (40, 0.3, 2.0)]
    assert chances_by_race(types) == pytest.approx(chances_by_counts(types), rel=1e-11)


@pytest.mark.parametrize(
    ("offered", "trade", "serves"),
    [
        ("45", "45210000", True),
        ("45000000-7", "45210000", True),
        ("45233000", "4523", True),
        ("45233000-9", "45210000", False),
        ("450", "45210000", True),
        ("road signs", "Road Signs", True),
        ("road signs", "45", False),
        ("*", "anything", True),
        ("45", None, True),
    ],
)
def test_trades(offered, trade, serves):
    assert serves_trade((offered,), trade) is serves


def test_codes_and_regions():
    assert [cpv(t) for t in ("45210000-2", "4500", "road")] == ["4521", "45", None]
    plan = TenderPlan((), JAN, 12, regions=(Region("Isle", parent="FRK26"), Region("FRK2", parent="Alps")))
    assert lineage(plan, "Isle") == ["Isle", "FRK26", "FRK2", "Alps"]
    assert lineage(plan, "FR1") == ["FR1", "FR"]
    assert lineage(plan, "NORTH") == ["NORTH"]
    assert lineage(plan, "FRKA") == ["FRKA"]
    assert lineage(plan, None) == []


def item(key: str, value: float = 100_000.0, **more) -> Item:
    given = {"trade": "45", "region": "XA1", "quantity": 1.0, "step": 1.0, "divisible": False, "min_months": 1}
    given |= {"start": JAN, "finish": JAN + 1} | more
    return Item(key, "P", key, value=value, unit="", **given)


def firm(key: str, size: str, **more) -> Supplier:
    return Supplier(key, key, size, more.pop("trades", ("*",)), ("*",), **({"bid_probability": 1.0} | more))


def one_package(items: list[Item], suppliers: list[Supplier], **more) -> TenderPlan:
    package = Package("P", "P", tuple(items), **more)
    return TenderPlan((package,), JAN, 2, tuple(suppliers))


def lot(number: int, *keys: str, start: int = JAN, months: int = 2, **more) -> Lot:
    return Lot(f"P-{number:02d}", "P", tuple(LotItem(key, 1.0) for key in keys), start, months, **more)


def test_halving_a_pool_costs_1_4_per_cent():
    plan = one_package([item("a"), item("b")], [firm("s", "small"), firm("l", "large")])
    rules = Rules(lot_fixed_cost=0, scale_elasticity=0.02)
    figures = evaluate(plan, rules, Schedule((lot(1, "a"), lot(2, "b"))))
    assert figures.extra_cost / 200_000 == pytest.approx(2**0.02 - 1)
    assert round(100 * figures.extra_cost / 200_000, 1) == 1.4
    assert figures.sums.share == pytest.approx(0.5)


def test_overflow_budgets_and_objective_by_hand():
    # One small firm, certain, alone: it wins both lots, 100,000 a month, of which it can deliver 60,000.
    plan = one_package([item("a"), item("b")], [firm("s", "small", monthly_capacity=60_000.0)], fund="F")
    plan = replace(plan, regions=(Region("XA", priority=2.0),), budgets=(Budget("F", "XA", 2027, 223_999.0),))
    rules = Rules(lot_fixed_cost=2000, scale_elasticity=0.0, single_bid_premium=0.1, extra_cost_weight=5)
    figures = evaluate(plan, rules, Schedule((lot(1, "a"), lot(2, "b"))))
    assert figures.sums.overflow == pytest.approx(80_000)
    assert figures.sums.share == pytest.approx(0.6)
    assert figures.sums.weighted_sme_value == pytest.approx(2 * 200_000 - 2 * 80_000)
    assert figures.reached["budget", 0] == pytest.approx(2 * (110_000 + 2000))
    assert figures.broken == {("budget", 0)}
    # Whole, 100,000 a month is more than the firm can deliver: nobody carries it, no premium, two procedures.
    assert figures.undivided.cost == pytest.approx(200_000 + 2 * 2000)
    assert figures.undivided.thin_value == pytest.approx(200_000)
    assert figures.objective == pytest.approx(240_000 - 5 * 20_000)


def test_limits_of_one_firm():
    parts = [("45", "XA1", 120_000.0)]
    rules = Rules(payment_months=2, advance_payment=0.1)

    def carries(months: int, **limits) -> bool:
        return odds(one_package([item("a")], [firm("s", "small", **limits)]), rules, parts, months).firms == 1

    assert carries(1)
    assert carries(1, max_contract=120_000.0)
    assert not carries(1, max_contract=119_999.0)
    assert not carries(1, min_contract=120_001.0)
    assert carries(1, turnover=1_440_000.0)
    assert not carries(2, turnover=239_000.0)
    assert not carries(1, turnover=1_439_000.0)
    assert carries(2, monthly_capacity=70_000.0, commitments=10_000.0)
    assert not carries(2, monthly_capacity=60_000.0, commitments=10_000.0)
    assert carries(4, working_capital=48_000.0)
    assert not carries(4, working_capital=47_999.0)
    assert carries(2, count=2, consortium_size=2, max_contract=60_000.0, monthly_capacity=30_000.0)
    assert not carries(2, count=1, consortium_size=2)


def test_subcontracting_serves_an_undivided_package():
    parts = [("45", "XA1", 60_000.0), ("71", "XA1", 40_000.0)]
    plan = one_package([item("a")], [firm("s", "small", trades=("71",)), firm("m", "medium", trades=("45",))])
    for share, firms in ((0.0, 0), (0.4, 1), (0.5, 1), (0.6, 2)):
        assert odds(plan, Rules(subcontracting=share), parts, 2, undivided=True).firms == firms
    assert odds(plan, Rules(subcontracting=1.0), parts, 2).firms == 0


def test_partitions_are_all_there_once():
    assert [len(list(contents((1,) * n))) for n in range(1, 6)] == [1, 2, 5, 15, 52]
    assert [len(list(contents((n,)))) for n in range(1, 7)] == [1, 2, 3, 5, 7, 11]
    assert len(list(contents((2, 2)))) == 9


def test_the_search_drops_nothing_good():
    compared = infeasible = 0
    for seed in range(60):
        for for_cost in (False, True):
            try:
                plan, rules = tiny_plan(seed)
                plain = best(plan, rules, for_cost=for_cost, prune=False)
            except TooLarge:
                continue
            found = best(plan, rules, for_cost=for_cost)
            compared += 1
            if plain.aim is None:
                assert found.aim is None
                infeasible += 1
                continue
            assert found.aim == pytest.approx(plain.aim, rel=1e-9, abs=1e-3)
            figures = evaluate(plan, rules, found.schedule)
            assert not figures.broken
            aim = figures.aim_cost if for_cost else figures.objective
            assert aim == pytest.approx(found.aim, rel=1e-9, abs=1e-3)
    assert compared > 60
    assert infeasible > 3


def test_undivided_is_never_better_than_best():
    compared = 0
    for seed in range(40):
        plan, rules = tiny_plan(seed, without=("budgets", "share_floor", "region_floors", "lots_per_month"))
        undivided = evaluate(plan, rules, Schedule(tuple(whole_package(package) for package in plan.packages)))
        try:
            found = best(plan, rules)
        except TooLarge:
            continue
        if not undivided.broken:
            assert found.aim >= undivided.objective - 1e-6
            compared += 1
    assert compared > 10


@pytest.mark.parametrize("feature", FEATURES)
def test_every_feature_occurs_and_can_be_switched_off(feature):
    for seed in range(200):
        try:
            changed = tiny_plan(seed) != tiny_plan(seed, without=(feature,))
        except TooLarge:
            continue
        if changed:
            return
    pytest.fail(f"{feature} changes no plan")
