"""The checks of a plan on records alone, without any file: what each says, and that each keeps silent about a sound plan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from lotsplit.plan import Budget, CurveRow, Item, Package, Region, Supplier, TenderPlan, month
from lotsplit.plan import consistency as checks
from lotsplit.plan.consistency import CHECKS, inconsistencies
from lotsplit.plan.given import Given
from lotsplit.problems import Source

START, FINISH = month(2027, 1), month(2027, 12)


def item(key: str, **more: object) -> Item:
    given = {
        "package_id": "P",
        "description": "",
        "trade": "45233120",
        "region": "FRK26",
        "value": 100.0,
        "quantity": 10.0,
        "unit": "km",
        "step": 1.0,
        "divisible": True,
        "start": START,
        "finish": FINISH,
        "min_months": 1,
    }
    return Item(id=key, **{**given, **more})  # type: ignore[arg-type]


def plan(*items: Item, package: dict[str, object] | None = None, **more: object) -> TenderPlan:
    held = items or (item("a"), item("b"))
    packages = (Package("P", "Roads", held, nature="works", fund="ERDF", **(package or {})),)  # type: ignore[arg-type]
    return TenderPlan(packages, START, 12, **more)  # type: ignore[arg-type]


def supplier(**more: object) -> Supplier:
    return replace(Supplier("S", "S", "small", ("45",), ("FR",)), **more)  # type: ignore[arg-type]


Checked = Callable[[Given], object]

KEPT_AND_BROKEN: list[tuple[Checked, TenderPlan, TenderPlan, str]] = [
    (
        checks.quantity_is_whole_steps,
        plan(item("a", quantity=0.3, step=0.1)),
        plan(item("a", quantity=1.0, step=0.3)),
        "quantity 1 is not a whole multiple of quantity_step 0.3",
    ),
    (
        checks.window_ends_after_it_starts,
        plan(item("a", start=START, finish=START)),
        plan(item("a", start=FINISH, finish=START)),
        "latest_finish 2027-01 is before earliest_start 2027-12",
    ),
    (
        checks.window_holds_least_months,
        plan(item("a", min_months=12)),
        plan(item("a", min_months=13)),
        "min_months 13 is longer than the window from 2027-01 to 2027-12",
    ),
    (
        checks.window_lies_in_plan,
        plan(item("a")),
        plan(item("a", finish=FINISH + 1)),
        "latest_finish 2028-01 lies outside the plan",
    ),
    (
        checks.kept_together_shares_pool,
        plan(item("a", keep_together="k"), item("b", keep_together="k", trade="45231000")),
        plan(item("a", keep_together="k"), item("b", keep_together="k", region="FRK24")),
        'keep_together "k" joins item b with a, of another region',
    ),
    (
        checks.kept_together_shares_pool,
        plan(item("a", keep_together="k"), item("b", keep_together="k", trade="x"), package={"divisible": False}),
        plan(item("a", keep_together="k"), item("b", keep_together="k", trade="x")),
        'keep_together "k" joins item b with a, of another trade',
    ),
    (
        checks.kept_together_shares_time,
        plan(item("a", keep_together="k", finish=START + 2), item("b", keep_together="k", min_months=3)),
        plan(item("a", keep_together="k", finish=START + 1), item("b", keep_together="k", min_months=3)),
        'the items with keep_together "k" have 2 months in common',
    ),
    (
        checks.least_lots_not_above_most,
        plan(package={"min_lots": 2, "max_lots": 2}),
        plan(package={"min_lots": 3, "max_lots": 2}),
        "min_lots 3 is above max_lots 2",
    ),
    (
        checks.least_lots_can_be_made,
        plan(item("a"), item("b", divisible=False), package={"min_lots": 11}),
        plan(item("a"), item("b", divisible=False), package={"min_lots": 12}),
        "min_lots is 12, but at most 11 can be made of package P",
    ),
    (
        checks.most_lots_hold_every_pool,
        plan(item("a"), item("b", trade="x"), package={"min_lots": 2, "max_lots": 2}),
        plan(item("a"), item("b", trade="x"), item("c", trade="y"), package={"min_lots": 2, "max_lots": 2}),
        "max_lots is 2, but 3 trades and regions of package P must not share a lot",
    ),
    (
        checks.no_region_above_itself,
        plan(regions=(Region("A", parent="B"), Region("B", parent="C"))),
        plan(regions=(Region("A", parent="B"), Region("B", parent="C"), Region("C", parent="A"))),
        "region A lies in itself: A in B in C in A",
    ),
    (
        checks.floor_has_items,
        plan(regions=(Region("FRK", min_sme_share=0.5),)),
        plan(regions=(Region("FRL", min_sme_share=0.5),)),
        'min_sme_share is asked of region "FRL", in which no item lies',
    ),
    (
        checks.budget_matches,
        plan(budgets=(Budget("ERDF", "FRK", 2027, 5.0),)),
        plan(budgets=(Budget("EDRF", None, None, 5.0),)),
        'fund "EDRF" is not the fund of any package',
    ),
    (
        checks.budget_matches,
        plan(budgets=(Budget(None, None, None, 5.0),)),
        plan(budgets=(Budget(None, "FRL", None, 5.0),)),
        'no item lies in region "FRL"',
    ),
    (
        checks.budget_matches,
        plan(budgets=(Budget(None, None, 2027, 5.0),)),
        plan(budgets=(Budget(None, None, 2028, 5.0),)),
        "year 2028 lies outside the plan",
    ),
    (
        checks.contracts_not_reversed,
        plan(suppliers=(supplier(min_contract=50.0, turnover=100.0),)),
        plan(suppliers=(supplier(min_contract=51.0, turnover=100.0),)),
        "min_contract 51 is above turnover / turnover_ratio, 50",
    ),
    (
        checks.consortium_can_be_formed,
        plan(suppliers=(supplier(count=3, consortium_size=3),)),
        plan(suppliers=(supplier(count=2, consortium_size=3),)),
        "consortium_size 3 is more than the segment's 2 firms: it never bids",
    ),
    (
        checks.served_regions_have_items,
        plan(suppliers=(supplier(regions=("*", "FRK", "FRK26")),)),
        plan(suppliers=(supplier(regions=("FRK24",)),)),
        'supplier S serves region "FRK24", in which no item lies',
    ),
    (
        checks.served_trades_have_items,
        plan(suppliers=(supplier(trades=("*", "45", "45233120-6")),)),
        plan(suppliers=(supplier(trades=("Roads",)),)),
        'supplier S serves trade "Roads", which no item has',
    ),
    (
        checks.curve_is_complete,
        plan(curve=(CurveRow("works", 0.0, 0.5),)),
        plan(curve=(CurveRow("works", 10.0, 0.5),)),
        "there is no row from value 0 for works, which the plan holds",
    ),
]


@pytest.mark.parametrize(("check", "kept", "broken", "found"), KEPT_AND_BROKEN)
def test_each_check_says_what_it_found(check: Checked, kept: TenderPlan, broken: TenderPlan, found: str) -> None:
    assert list(check(Given(kept))) == []  # type: ignore[call-overload]
    (problem,) = check(Given(broken))  # type: ignore[attr-defined]
    assert problem.found == found


def test_every_check_has_a_case() -> None:
    assert {case[0] for case in KEPT_AND_BROKEN} == set(CHECKS)


def test_all_checks_run_and_a_sound_plan_has_no_problem() -> None:
    assert inconsistencies(Given(plan())) == ()
    broken = plan(
        item("a", finish=FINISH + 1, min_months=20, quantity=2.5),
        package={"min_lots": 9, "max_lots": 8},
        suppliers=(supplier(count=1, consortium_size=2),),
    )
    assert [problem.kind.code for problem in inconsistencies(Given(broken))] == [
        "step-does-not-divide",
        "window-too-short",
        "window-outside-plan",
        "min-lots-above-max",
        "too-few-parts",
        "no-consortium",
    ]


def test_the_rules_decide_what_a_pool_is() -> None:
    apart = plan(item("a", keep_together="k"), item("b", keep_together="k", region="FRK24", trade="45100000"))
    assert len(inconsistencies(Given(apart))) == 1
    assert len(inconsistencies(Given(apart, same_parent=True))) == 1
    assert inconsistencies(Given(apart, same_parent=True, trade_digits=2)) == ()


def test_fiscal_years_that_start_in_another_month() -> None:
    budget = (Budget(None, None, 2026, 5.0),)
    assert [p.kind.code for p in inconsistencies(Given(plan(budgets=budget)))] == ["budget-outside-plan"]
    assert inconsistencies(Given(plan(budgets=budget), fiscal_year_start=4)) == ()


def test_a_problem_is_told_once_for_the_items_that_take_their_window_over() -> None:
    source = Source("Packages", 1)
    items = tuple(item(key, finish=FINISH + 3, source=Source("Items", n)) for n, key in enumerate("abc"))
    (problem,) = inconsistencies(Given(plan(*items), cell=lambda row, column: source))
    assert problem.source == source


def test_nothing_follows_from_what_was_not_read() -> None:
    source = Source("Items", 4)
    broken = plan(item("a", finish=FINISH + 1, source=source))
    assert len(inconsistencies(Given(broken))) == 1
    assert inconsistencies(Given(broken, unread={source: frozenset({"latest_finish"})})) == ()
