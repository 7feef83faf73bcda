"""lotsplit evaluate: a schedule as an officer left it gets its figures, and every rule that it breaks is named."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from doors import Run
from openpyxl.worksheet.worksheet import Worksheet


@pytest.fixture
def schedule(lotsplit: Run, plan: Path) -> Path:
    assert lotsplit("optimize", plan, "--quiet").returncode == 0
    return plan.with_name("plan-lots.xlsx")


def edit(schedule: Path, sheet: str, change: Callable[[Worksheet, int, dict[str, int]], None]) -> None:
    """Edit a sheet as an officer would: `change` gets the sheet, the row of its header and its columns by name."""
    book = openpyxl.load_workbook(schedule)
    header = next(row for row in book[sheet].iter_rows() if any(cell.value == "lot_id" for cell in row))
    change(book[sheet], header[0].row, {str(cell.value): cell.column for cell in header})
    book.save(schedule)


def summary(path: Path) -> dict[str, Any]:
    figures: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["summary"]
    return figures


def test_an_untouched_schedule_breaks_nothing(lotsplit: Run, plan: Path, schedule: Path) -> None:
    told = lotsplit("evaluate", plan, schedule)
    assert told.returncode == 0
    assert "broken: " not in told.stdout
    assert "how far it is from the best is not known" in told.stdout


def test_a_lot_that_is_left_out_is_told_for_each_item_that_it_held(lotsplit: Run, plan: Path, schedule: Path) -> None:
    lost: list[str] = []

    def drop_first_item(sheet: Worksheet, header: int, columns: dict[str, int]) -> None:
        lost.append(str(sheet.cell(header + 1, columns["item_id"]).value))
        sheet.cell(header + 1, columns["quantity"]).value = sheet.cell(header + 1, columns["quantity"]).value / 2

    edit(schedule, "Lot items", drop_first_item)
    told = lotsplit("evaluate", plan, schedule, "-o", "scored.xlsx")
    assert told.returncode == 0
    broken = [line for line in told.stdout.splitlines() if line.startswith("broken: ")]
    assert [line for line in broken if lost[0] in line]
    assert "written: scored.xlsx" in told.stdout
    assert "Checks" in openpyxl.load_workbook(plan.with_name("scored.xlsx")).sheetnames


def test_a_rule_set_afterwards_is_broken_by_the_old_schedule(lotsplit: Run, plan: Path, schedule: Path) -> None:
    told = lotsplit("evaluate", plan, schedule, "--set", "min_sme_share=99%")
    assert told.returncode == 0
    (broken,) = [line for line in told.stdout.splitlines() if line.startswith("broken: ")]
    assert "expected SME share of the whole plan: at least 99" in broken
    assert "reached" in broken


def test_a_locked_lot_stays_locked_in_the_scored_workbook(
    lotsplit: Run, plan: Path, schedule: Path, tmp_path: Path
) -> None:
    def lock(sheet: Worksheet, header: int, columns: dict[str, int]) -> None:
        sheet.cell(header + 1, columns["locked"]).value = "yes"

    edit(schedule, "Lots", lock)
    told = lotsplit("evaluate", plan, schedule, "-o", "scored.xlsx", "--json", "scored.json")
    assert told.returncode == 0
    lots = json.loads((tmp_path / "scored.json").read_text(encoding="utf-8"))["lots"]
    assert [lot["locked"] for lot in lots] == [True] + [False] * (len(lots) - 1)
    again = lotsplit("evaluate", plan, "scored.xlsx", "--json", "again.json")
    assert again.returncode == 0
    assert summary(tmp_path / "again.json") == pytest.approx(summary(tmp_path / "scored.json"), rel=1e-9)


def test_a_lot_of_an_unknown_package_is_an_error_with_its_cell(lotsplit: Run, plan: Path, schedule: Path) -> None:
    cells: list[str] = []

    def misspell(sheet: Worksheet, header: int, columns: dict[str, int]) -> None:
        cell = sheet.cell(header + 1, columns["item_id"])
        cell.value = f"{cell.value}x"
        cells.append(cell.coordinate)

    edit(schedule, "Lot items", misspell)
    told = lotsplit("evaluate", plan, schedule, "--json", "scored.json")
    assert told.returncode == 3
    assert f"Lot items!{cells[0]}: " in told.stderr
    assert not plan.with_name("scored.json").exists()


def test_a_plan_in_place_of_a_schedule_is_told(lotsplit: Run, plan: Path) -> None:
    told = lotsplit("evaluate", plan, plan)
    assert told.returncode == 3
    assert told.stderr
    assert "Traceback" not in told.stderr
