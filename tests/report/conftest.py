"""A plan that a person can hold in mind, a schedule for it, and what it is worth: the report's own fixture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from lotsplit.evaluation import Evaluation, evaluate
from lotsplit.limits import limits_of
from lotsplit.plan import Budget, Item, Package, Region, Supplier, TenderPlan, month
from lotsplit.result import Result, SolverRecord, Stop
from lotsplit.rules import Rules
from lotsplit.schedule import Lot, LotItem, Schedule, undivided_lot

FIRST = month(2027, 1)


def _item(package: str, number: int, trade: str | None, region: str | None, value: float, **more: object) -> Item:
    fields: dict[str, object] = {"quantity": 1.0, "unit": "piece", "step": 1.0, "divisible": False, "min_months": 3}
    fields |= more
    return Item(
        f"{package}-{number}",
        package,
        f"item {number}",
        trade,
        region,
        value,
        start=FIRST,
        finish=FIRST + 11,
        **fields,  # type: ignore[arg-type]
    )


SCHOOL = Package(
    "SCHOOL",
    "=School & more",
    (
        _item("SCHOOL", 1, "45261000", "FRK26", 600_000.0, extra=(("building", "@north"), ("Share", "+half"))),
        _item("SCHOOL", 2, "45310000", "FRK26", 300_000.0),
    ),
    nature="works",
    fund="ERDF",
    extra=(("file no.", "-17"), ("lots", 3)),
)
DESKS = Package(
    "DESKS",
    "Desks",
    (_item("DESKS", 1, "39130000", None, 240_000.0, quantity=1200.0, divisible=True, unit="desk"),),
    nature="supplies",
    max_lots=4,
)
BRIDGE = Package(
    "BRIDGE",
    "Bridge",
    (_item("BRIDGE", 1, "45221000", "FRK24", 900_000.0),),
    nature="works",
    fund="ERDF",
    divisible=False,
    reason="one structure",
)

SUPPLIERS = (
    Supplier(
        "R", "Roofers", "small", ("4526",), ("FRK2",), count=6, max_contract=700_000.0, extra=(("phone", "+33 1"),)
    ),
    Supplier("E", "Electricians", "micro", ("4531",), ("*",), count=9, turnover=800_000.0),
    Supplier(
        "F", "Furniture makers", "medium", ("39",), ("*",), count=5, max_contract=90_000.0, monthly_capacity=900.0
    ),
    Supplier("G", "General contractors", "large", ("45",), ("*",), count=3),
)

PLAN = TenderPlan(
    (SCHOOL, DESKS, BRIDGE),
    FIRST,
    12,
    SUPPLIERS,
    (Region("FRK24", "Isère", priority=1.5), Region("FRK26", "Rhône", min_sme_share=0.05)),
    (Budget("ERDF", None, 2027, 2_000_000.0), Budget(None, "FRK26", None, 500_000.0)),
    None,
    "plan & co.xlsx",
    "ab" * 32,
)

RULES = Rules(
    max_lots_per_month=9,
    reserve_max_value=100_000.0,
    plan_start=FIRST,
    plan_months=12,
    origins={
        "max_lots_per_month": "workbook",
        "reserve_max_value": "command line",
        "plan_start": "plan",
        "plan_months": "plan",
    },
)

SCHEDULE = Schedule(
    (
        Lot("SCHOOL-01", "SCHOOL", (LotItem("SCHOOL-1", 1.0),), FIRST, 12, extra=(("remark", "=check"),)),
        Lot("SCHOOL-02", "SCHOOL", (LotItem("SCHOOL-2", 1.0),), FIRST + 3, 6, locked=True),
        Lot("DESKS-01", "DESKS", (LotItem("DESKS-1", 400.0),), FIRST + 2, 4, reserved=True),
        Lot("DESKS-02", "DESKS", (LotItem("DESKS-1", 400.0),), FIRST + 2, 4),
        Lot("DESKS-03", "DESKS", (LotItem("DESKS-1", 400.0),), FIRST + 2, 4),
        undivided_lot(BRIDGE),
    )
)


@dataclass(frozen=True)
class Case:
    """All that a report is made of."""

    plan: TenderPlan
    rules: Rules
    evaluation: Evaluation
    result: Result


def case(plan: TenderPlan = PLAN, rules: Rules = RULES, schedule: Schedule = SCHEDULE) -> Case:
    """A schedule with its figures and a search that left 40,312 of room above it."""
    evaluation = evaluate(plan, rules, schedule)
    result = Result(
        schedule,
        evaluation.objective + 40_312.0,
        Stop.GAP,
        12.3,
        prices={limit.id: 0.31 for limit in limits_of(plan, rules)},
        solver=SolverRecord("HiGHS", "1.0", 14, 1, 812),
        seconds_by_phase={"packings": 3.2},
    )
    return Case(plan, rules, evaluation, result)


@pytest.fixture(scope="session")
def market() -> Case:
    """With a supplier register; the budget of FRK26 is broken."""
    return case()


@pytest.fixture(scope="session")
def curve() -> Case:
    """Without one, and without budgets and regions: a participation curve stands in."""
    return case(replace(PLAN, suppliers=(), budgets=(), regions=()))


@pytest.fixture(scope="session")
def make_case() -> Callable[..., Case]:
    """To make a case of another plan, other rules or another schedule."""
    return case
