"""A lot schedule read back: as the report writes it, as an officer edits it, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from lotsplit.errors import PlanErrors, Unreadable
from lotsplit.evaluation import evaluate
from lotsplit.plan import TenderPlan, month
from lotsplit.report import write_workbook
from lotsplit.schedule import Lot, LotItem, Schedule, undivided_plan
from lotsplit.workbook import read_plan, read_schedule

PLAN = """
Packages
| package_id | title | earliest_start | latest_finish |
| ROAD | Road | 2027-03-01 | 2028-02-29 |
| RAIL | Rail | 2027-03-01 | 2028-02-29 |

Items
| item_id | package_id | value | quantity | Officer |
| R1 | ROAD | 1000 | 10 | Ann |
| R2 | ROAD | 500 | 1 | Bob |
| L1 | RAIL | 300 | 1 | |
"""

LOTS = "Lots\n| lot_id | package_id | start | finish | months | undivided | reserved | locked | {more} |\n{rows}\n"
PARTS = "Lot items\n| lot_id | item_id | quantity | value | share | {more} |\n{rows}\n"
GOOD_LOTS = """| RAIL-01 | RAIL | 2027-03-01 | 2028-02-29 | 12 | yes | no | no | |
| ROAD-01 | ROAD | 2027-03-01 | 2027-05-31 | 3 | no | yes | | late |
| ROAD-02 | ROAD | April 2027 | 04/2027 | | | | x | |"""
GOOD_PARTS = """| ROAD-01 | R1 | 4 | 400 | 0.4 | see note |
| ROAD-02 | R1 | 6 | 600 | 60 % | |
| ROAD-02 | R2 | 1 | | | |
| RAIL-01 | L1 | 1 | 300 | 1 | |"""


@pytest.fixture
def plan(plan_file: Callable[..., Path]) -> TenderPlan:
    return read_plan(plan_file(PLAN))[0]


def text(lots: str = GOOD_LOTS, parts: str = GOOD_PARTS) -> str:
    return LOTS.format(more="note", rows=lots) + PARTS.format(more="remark", rows=parts)


def test_a_schedule_in_order_of_package(plan_file: Callable[..., Path], plan: TenderPlan) -> None:
    schedule, warnings = read_schedule(plan_file(text(), "lots.xlsx"), plan)
    assert warnings == ()
    assert schedule == Schedule(
        (
            Lot(
                "ROAD-01",
                "ROAD",
                (LotItem("R1", 4, (("remark", "see note"),)),),
                month(2027, 3),
                3,
                reserved=True,
                extra=(("note", "late"),),
            ),
            Lot("ROAD-02", "ROAD", (LotItem("R1", 6), LotItem("R2", 1)), month(2027, 4), 1, locked=True),
            Lot("RAIL-01", "RAIL", (LotItem("L1", 1),), month(2027, 3), 12, undivided=True),
        )
    )


def test_what_the_report_writes_is_read_back_as_it_was(tmp_path: Path, plan_file: Callable[..., Path]) -> None:
    plan, rules, _ = read_plan(plan_file(PLAN))
    halves = [
        Lot(
            "ROAD-01", "ROAD", (LotItem("R1", 4, (("remark", "ours"),)),), month(2027, 5), 2, reserved=True, locked=True
        ),
        Lot("ROAD-02", "ROAD", (LotItem("R1", 6), LotItem("R2", 1)), month(2027, 3), 12, extra=(("note", 7.5),)),
        undivided_plan(plan).lots[1],
    ]
    schedule = Schedule(tuple(halves))
    for currency in ("EUR", "GBP"):
        path = tmp_path / f"{currency}.xlsx"
        plan, rules, _ = read_plan(plan_file(PLAN), {"currency": currency})
        write_workbook(path, plan, rules, evaluate(plan, rules, schedule), None)
        assert read_schedule(path, plan) == (schedule, ())


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("| RAIL-01 | RAIL |", "| RAIL-01 | RIAL |", [("Lots!B2", "unknown-package")]),
        ("| ROAD-02 | ROAD |", "| ROAD-01 | ROAD |", [("Lots!A4", "duplicate-key"), ("Lot items!A3", "unknown-lot"), ("Lot items!A4", "unknown-lot")]),
        ("| RAIL-01 | L1 |", "| RAIL-1 | L1 |", [("Lots!A2", "lot-without-items"), ("Lot items!A5", "unknown-lot")]),
        ("| R2 | 1 |", "| R3 | 1 |", [("Lot items!B4", "unknown-item")]),
        ("| ROAD-02 | R2 |", "| ROAD-02 | R1 |", [("Lot items!B4", "item-twice")]),
        ("| R1 | 4 |", "| R1 | 0 |", [("Lot items!C2", "out-of-range")]),
        ("| R1 | 4 |", "| R1 | -4 |", [("Lot items!C2", "out-of-range")]),
        ("| R1 | 4 |", "| R1 |  |", [("Lot items!C2", "blank")]),
        ("| 2027-05-31 | 3 |", "| 2027-05-31 | 4 |", [("Lots!E3", "months-disagree")]),
        ("| 2027-05-31 | 3 |", "| 2027-02-28 |  |", [("Lots!D3", "window-reversed")]),
        ("| 2027-05-31 | 3 |", "| never | 3 |", [("Lots!D3", "not-a-date")]),
        ("| no | yes | | late |", "| no | perhaps | | late |", [("Lots!G3", "not-yes-or-no")]),
        ("| 4 | 400 | 0.4 |", "| 4 | 500 | 0.4 |", [("Lot items!D2", "part-disagrees")]),
        ("| 4 | 400 | 0.4 |", "| 4 | 400.3 | 0.4 |", []),
        ("| 4 | 400 | 0.4 |", "| 4 | 400 | 0.5 |", [("Lot items!E2", "part-disagrees")]),
    ],
)  # fmt: skip
def test_what_can_be_wrong(
    plan_file: Callable[..., Path], plan: TenderPlan, old: str, new: str, told: list[tuple[str, str]]
) -> None:
    assert text().count(old) == 1
    path = plan_file(text().replace(old, new), "lots.xlsx")
    try:
        problems = read_schedule(path, plan)[1]
        assert all(not problem.stops for problem in problems)
    except PlanErrors as errors:
        problems = errors.problems
    assert [(str(p.source), p.kind.code) for p in problems] == told


def test_the_quantity_counts_not_the_value(plan_file: Callable[..., Path], plan: TenderPlan) -> None:
    path = plan_file(text().replace("| 4 | 400 | 0.4 |", "| 5 | 400 | 0.4 |"), "lots.xlsx")
    schedule, warnings = read_schedule(path, plan)
    assert schedule.lots[0].items[0].quantity == 5
    assert [w.kind.code for w in warnings] == ["part-disagrees", "part-disagrees"]
    assert str(warnings[0]).startswith(
        "Lot items!D2: value 400 does not follow from quantity 5, which counts: it would be 500"
    )


def test_the_nearest_known_key_is_named(plan_file: Callable[..., Path], plan: TenderPlan) -> None:
    path = plan_file(text().replace("| RAIL-01 | RAIL |", "| RAIL-01 | RIAL |"), "lots.xlsx")
    with pytest.raises(PlanErrors, match='did you mean "RAIL"'):
        read_schedule(path, plan)


def test_a_plan_is_no_schedule(plan_file: Callable[..., Path], plan: TenderPlan) -> None:
    with pytest.raises(PlanErrors) as errors:
        read_schedule(plan_file(PLAN), plan)
    assert [(str(p.source), p.kind.code) for p in errors.value.problems] == [
        ("Lots", "missing-sheet"),
        ("Lot items", "missing-sheet"),
    ]


def test_a_schedule_without_lots(plan_file: Callable[..., Path], plan: TenderPlan) -> None:
    with pytest.raises(PlanErrors) as errors:
        read_schedule(plan_file(text("", ""), "lots.xlsx"), plan)
    assert [(str(p.source), p.kind.code) for p in errors.value.problems] == [("Lots", "missing-sheet")]


def test_a_missing_schedule(tmp_path: Path, plan: TenderPlan) -> None:
    with pytest.raises(Unreadable, match="no such file"):
        read_schedule(tmp_path / "lots.xlsx", plan)
