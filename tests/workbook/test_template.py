"""The empty plan: filled in as an officer would it is a valid plan, and every column of it explains and checks itself."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from lotsplit.errors import PlanErrors, Unwritable
from lotsplit.plan import Budget, CurveRow, month
from lotsplit.problems import MISSING_SHEET
from lotsplit.rules import RULES
from lotsplit.sheets import INPUT_SHEETS, NUMERIC_KINDS, PACKAGES, Column, Sheet
from lotsplit.workbook.guidance import default_text
from lotsplit.workbook.read_plan import read_plan
from lotsplit.workbook.template import ROWS, write_template

COLUMNS = [(sheet, column) for sheet in INPUT_SHEETS for column in sheet.columns]
COLUMN_IDS = [f"{sheet.name}-{column.name}" for sheet, column in COLUMNS]

FILLED: dict[str, list[dict[str, Any]]] = {
    "Packages": [
        {"package_id": "P1", "title": "Road repair", "nature": "works", "cpv": "45233141", "region": "FRK26", "fund": "ERDF"},
        {"package_id": "007", "title": "Legal advice", "cpv": "79", "value": 90000, "earliest_start": date(2027, 1, 1), "min_lots": 2},
    ],
    "Items": [
        {
            "item_id": "I1",
            "package_id": "P1",
            "quantity": 12,
            "unit": "km",
            "unit_price": 50000.5,
            "divisible": "yes",
            "earliest_start": datetime(2027, 3, 1),
            "latest_finish": datetime(2027, 11, 30),
            "min_months": 2,
        },
    ],
    "Suppliers": [
        {"supplier_id": "S1", "size": "small", "trades": "45; 79", "regions": "*", "turnover": 2e6, "bid_probability": 0.3},
        {"supplier_id": "S2", "size": "large", "trades": "*", "regions": "FRK", "count": 3},
    ],
    "Regions": [{"region": "FRK26", "name": "Rhône", "min_sme_share": 0.25}],
    "Budgets": [{"fund": "ERDF", "year": 2027, "ceiling": 5e6}],
    "Curve": [{"from_value": 0, "sme_win_share": 0.7}, {"from_value": 1e6, "sme_win_share": 0.4, "source": "own awards"}],
    "Rules": [{"rule": "extra_cost_weight", "value": 4}, {"rule": "lots_cross_regions", "value": "same_parent"}],
}  # fmt: skip


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "plan.xlsx"
    write_template(path)
    return path


@pytest.fixture(scope="module")
def book(template: Path) -> openpyxl.Workbook:
    return openpyxl.load_workbook(template)


def place(sheet: Sheet, column: Column) -> int:
    return sheet.columns.index(column) + 1


def check_of(page: Worksheet, number: int) -> DataValidation | None:
    letter = openpyxl.utils.get_column_letter(number)
    return next(
        (
            check
            for check in page.data_validations.dataValidation
            if str(check.sqref) == f"{letter}2:{letter}{ROWS + 1}"
        ),
        None,
    )


def test_filled_in_as_an_officer_would_it_is_a_valid_plan(template: Path, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(template)
    for name, rows in FILLED.items():
        at = {str(cell.value).removesuffix(" *"): cell.column for cell in book[name][1]}
        for number, row in enumerate(rows, start=2):
            for column, value in row.items():
                book[name].cell(number, at[column], value)
    book.save(tmp_path / "filled.xlsx")
    plan, rules, warnings = read_plan(tmp_path / "filled.xlsx")
    assert warnings == ()
    assert [(p.id, p.title, p.nature, p.fund, p.value, p.min_lots) for p in plan.packages] == [
        ("P1", "Road repair", "works", "ERDF", 600006.0, 1),
        ("007", "Legal advice", "services", None, 90000.0, 2),
    ]
    item = plan.item_by_id["I1"]
    assert (item.trade, item.region, item.parts, item.start, item.finish, item.min_months) == (
        "45233141",
        "FRK26",
        12,
        month(2027, 3),
        month(2027, 11),
        2,
    )
    assert [(s.id, s.trades, s.regions, s.count, s.bid_probability) for s in plan.suppliers] == [
        ("S1", ("45", "79"), ("*",), 1, 0.3),
        ("S2", ("*",), ("FRK",), 3, None),
    ]
    assert plan.regions[0].min_sme_share == 0.25
    assert plan.budgets == (Budget("ERDF", None, 2027, 5e6),)
    assert plan.curve is not None
    assert CurveRow("works", 1e6, 0.4, "own awards") in plan.curve
    assert (rules.extra_cost_weight, rules.lots_cross_regions) == (4, "same_parent")
    assert rules.origin("extra_cost_weight") == "workbook"
    assert rules.origin("bid_cost") == "default"


def test_packages_alone_are_enough(template: Path, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(template)
    row = {"package_id": "P1", "title": "Paper", "value": 1000, "latest_finish": date(2027, 5, 1)}
    for cell in book["Packages"][1]:
        book["Packages"].cell(2, cell.column, row.get(str(cell.value).removesuffix(" *")))
    book.save(tmp_path / "filled.xlsx")
    plan, rules, warnings = read_plan(tmp_path / "filled.xlsx")
    assert warnings == ()
    assert (plan.value, plan.suppliers, plan.curve, dict(rules.as_dict())["bid_cost"]) == (1000.0, (), None, 4100.0)


def test_an_empty_one_says_only_that_there_is_no_package(template: Path) -> None:
    with pytest.raises(PlanErrors) as raised:
        read_plan(template)
    assert [problem.kind for problem in raised.value.problems] == [MISSING_SHEET]


def test_guidance_comes_first_and_explains_every_sheet_and_rule(book: openpyxl.Workbook) -> None:
    assert book.sheetnames == ["Guidance", *(sheet.name for sheet in INPUT_SHEETS)]
    rows = [tuple(cell for cell in row if cell is not None) for row in book["Guidance"].iter_rows(values_only=True)]
    for sheet in INPUT_SHEETS:
        assert (sheet.name, "yes" if sheet is PACKAGES else "no", sheet.meaning) in rows
    told = {row[0]: row[1:] for row in rows if row}
    for rule in RULES:
        assert told[rule.name][0] == default_text(rule)
        assert told[rule.name][-1] == rule.source
        assert any(text.startswith(rule.meaning) for text in told[rule.name])
    cells = (cell for row in book["Guidance"].iter_rows() for cell in row)
    links = {cell.hyperlink.location for cell in cells if cell.hyperlink}
    assert links == {f"'{sheet.name}'!A1" for sheet in INPUT_SHEETS}


@pytest.mark.parametrize(("sheet", "column"), COLUMNS, ids=COLUMN_IDS)
def test_every_header_has_a_note_and_required_ones_differ_not_by_colour_alone(
    book: openpyxl.Workbook, sheet: Sheet, column: Column
) -> None:
    cell = book[sheet.name].cell(1, place(sheet, column))
    assert cell.value == f"{column.name} *" if column.required else column.name
    assert cell.font.bold is column.required
    assert cell.font.italic is not column.required
    assert cell.comment is not None
    note = cell.comment.text
    assert note.casefold().startswith(column.meaning.casefold())
    assert column.unit in note
    assert ("Must be filled in." in note) is column.required
    assert column.required or f"Blank means: {column.blank or 'nothing is said'}." in note
    assert book[sheet.name].freeze_panes == "B2"


@pytest.mark.parametrize(("sheet", "column"), COLUMNS, ids=COLUMN_IDS)
def test_every_column_of_numbers_dates_and_choices_checks_what_is_written(
    book: openpyxl.Workbook, sheet: Sheet, column: Column
) -> None:
    check = check_of(book[sheet.name], place(sheet, column))
    if column.kind in NUMERIC_KINDS:
        assert check is not None
        assert check.type == ("whole" if column.kind == "whole" else "decimal")
        assert float(check.formula1) == (column.least or 0)
        if column.most is None:
            assert check.operator == ("greaterThan" if column.above else "greaterThanOrEqual")
        else:
            assert (check.operator or "between", float(check.formula2)) == ("between", column.most)
    elif column.kind == "date":
        assert check is not None
        assert (check.type, check.formula1, check.formula2) == (
            "date",
            "1",
            str((date(2200, 12, 31) - date(1899, 12, 30)).days),
        )
    elif column.kind in ("choice", "yes/no"):
        assert check is not None
        words = column.choices if column.kind == "choice" else ("yes", "no")
        assert (check.type, check.formula1) == ("list", f'"{",".join(words)}"')
    if check is not None:
        assert check.prompt
        assert check.allow_blank
        assert check.error


def test_keys_are_offered_from_the_sheet_they_are_on(book: openpyxl.Workbook) -> None:
    offered = {}
    for sheet in INPUT_SHEETS:
        for column in sheet.columns:
            check = check_of(book[sheet.name], place(sheet, column))
            if check is not None and check.type == "list" and "!" in check.formula1:
                start = check.formula1.removeprefix("OFFSET(").split(",")[0].split(":")[0]
                name, address = start.split("!")
                header = book[name][address].offset(row=-1).value
                offered[sheet.name, column.name] = (name, header, bool(check.showErrorMessage))
    assert offered == {
        ("Packages", "region"): ("Regions", "region *", False),
        ("Items", "package_id"): ("Packages", "package_id *", True),
        ("Items", "region"): ("Regions", "region *", False),
        ("Regions", "parent"): ("Regions", "region *", False),
        ("Budgets", "fund"): ("Packages", "fund", True),
        ("Budgets", "region"): ("Regions", "region *", False),
        ("Rules", "rule"): ("Guidance", "rule", True),
    }
    check = check_of(book["Rules"], 1)
    assert check is not None
    cells = book["Guidance"][check.formula1.partition("!")[2].replace("$", "")]
    assert [cell[0].value for cell in cells] == [rule.name for rule in RULES]


def test_keys_and_codes_stay_text_and_money_is_shown_as_such(book: openpyxl.Workbook) -> None:
    formats = {
        column.name: book["Packages"].column_dimensions[openpyxl.utils.get_column_letter(number)].number_format
        for number, column in enumerate(PACKAGES.columns, start=1)
    }
    assert {formats[name] for name in ("package_id", "cpv", "region")} == {"@"}
    assert formats["value"] == "#,##0.00"
    assert formats["earliest_start"] == "yyyy-mm-dd"


def test_the_same_bytes_each_time(template: Path, tmp_path: Path) -> None:
    write_template(tmp_path / "again.xlsx")
    assert (tmp_path / "again.xlsx").read_bytes() == template.read_bytes()


def test_a_missing_folder_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(Unwritable, match="does not exist"):
        write_template(tmp_path / "nowhere" / "plan.xlsx")
