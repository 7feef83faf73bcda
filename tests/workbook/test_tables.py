"""Tables in sheets as people lay them out: titles above, columns in any order, notes beside, cells merged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from lotsplit.errors import PlanErrors
from lotsplit.workbook import read_plan

Found = list[tuple[str, str]]

PLAN = """
Packages
| package_id | title | earliest_start | latest_finish |
| ROAD | Road | 2027-03-01 | 2028-02-29 |
"""


def test_titles_odd_spellings_and_any_order(plan_file: Callable[[str], Path]) -> None:
    path = plan_file(
        """
        PACKAGES
        | Tender plan of the town, value in euros |
        |  |
        | | Title | VALUE | Package ID | Min-Lots | Earliest start | latest finish |
        | | Road | 5 | 'R 1 | 1 | 2027-03-01 | 2027-12-31 |
        |  |
        | | Rail | 7 | R2 | 1 | 2027-03-01 | 2027-12-31 |
        """
    )
    plan, _, warnings = read_plan(path)
    assert [(p.id, p.title, p.value) for p in plan.packages] == [("R 1", "Road", 5), ("R2", "Rail", 7)]
    assert [str(p.source) for p in plan.packages] == ["PACKAGES!row 4", "PACKAGES!row 6"]
    assert warnings == ()


def test_problems_have_true_addresses_below_blank_rows_and_columns(problems_of: Callable[..., Found]) -> None:
    found = problems_of(
        PLAN
        + """
        Items
        |  |
        | | | Bill of quantities |
        |  |
        | | | item_id | package_id | value |
        | | | a | ROAD | 5 |
        |  |
        | | | b | ROAD | five |
        """
    )
    assert found == [("Items!E7", "not-a-number")]


def test_a_repeated_header_is_no_row(plan_file: Callable[[str], Path]) -> None:
    path = plan_file(
        PLAN
        + """
        Items
        | item_id | package_id | value | note |
        | a | ROAD | 5 | |
        | item_id | package_id | value | note |
        | b | ROAD | 6 | |
        """
    )
    assert [item.id for item in read_plan(path)[0].items] == ["a", "b"]


def test_totals_and_remarks_are_told_by_their_row_and_nothing_else_of_them(
    sentences_of: Callable[..., list[str]],
) -> None:
    (sentence,) = sentences_of(
        PLAN
        + """
        Items
        | item_id | package_id | value | min_months |
        | a | ROAD | 5 | |
        | | Total | 5,000 | see left |
        """
    )
    assert sentence.startswith('Items!row 3: the row holds package_id "Total" but no item_id')


def test_the_style_of_a_column_settles_its_other_numbers_and_otherwise_the_sheets(
    plan_file: Callable[[str], Path], problems_of: Callable[..., Found]
) -> None:
    items = """
        Items
        | item_id | package_id | value | min_months |
        | a | ROAD | '1.234 | |
        | b | ROAD | {} | {} |
        """
    column = read_plan(plan_file(PLAN + items.format("'1234,5", "")))[0]
    assert [item.value for item in column.items] == [1234, 1234.5]
    assert problems_of(PLAN + items.format("5", "")) == [("Items!C2", "ambiguous-number")]
    # Quantity gives nothing away, unit_price a comma: it settles the sheet.
    both = read_plan(
        plan_file(
            PLAN
            + """
            Items
            | item_id | package_id | unit_price | quantity |
            | a | ROAD | '1.234 | '1.000 |
            | b | ROAD | '5,5 | '2 |
            """
        )
    )[0]
    assert [(item.value, item.quantity) for item in both.items] == [(1_234_000, 1000), (11, 2)]


def merged(path: Path, ranges: list[tuple[int, int, int, int, object]]) -> Path:
    """PLAN, and three items, with some cells of Items merged."""
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet("Packages")
        for r, cells in enumerate((["package_id", "title", "latest_finish"], ["ROAD", "Road", "2028-02"])):
            page.write_row(r, 0, cells)
        page = book.add_worksheet("Items")
        page.write_row(0, 0, ["item_id", "package_id", "region", "value", "quantity"])
        covered = {
            (r, c)
            for top, left, bottom, right, _ in ranges
            for r in range(top, bottom + 1)
            for c in range(left, right + 1)
        }
        for r, key in enumerate("abc", start=1):
            for c, value in enumerate([key, "ROAD", "North", 5, 1]):
                if (r, c) not in covered:
                    page.write(r, c, value)
        for merge in ranges:
            page.merge_range(*merge)
    return path


def test_a_text_merged_over_rows_holds_for_each(tmp_path: Path) -> None:
    path = merged(tmp_path / "plan.xlsx", [(1, 1, 3, 1, "ROAD"), (2, 2, 3, 2, "South")])
    plan = read_plan(path)[0]
    assert [item.region for item in plan.items] == ["North", "South", "South"]


@pytest.mark.parametrize(
    ("merge", "cells"),
    [
        ((1, 3, 2, 3, 10), ["Items!D3"]),
        ((1, 0, 2, 0, "a"), ["Items!A3"]),
        ((2, 3, 2, 4, 10), ["Items!E3"]),
    ],
)
def test_a_merged_number_key_or_row_is_an_error(
    tmp_path: Path, merge: tuple[int, int, int, int, object], cells: list[str]
) -> None:
    with pytest.raises(PlanErrors) as errors:
        read_plan(merged(tmp_path / "plan.xlsx", [merge]))
    assert [(str(p.source), p.kind.code) for p in errors.value.problems] == [(cell, "merged-cells") for cell in cells]


def test_a_value_hidden_under_a_merged_cell_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet("Packages")
        page.write_row(0, 0, ["package_id", "title", "value", "latest_finish"])
        page.merge_range(1, 1, 2, 1, "Paper")
        page.write_row(1, 0, ["A", "Paper", 5, "2027-05"])
        page.write_row(2, 0, ["B", "Pens", 5, "2027-05"])
    with pytest.raises(PlanErrors) as errors:
        read_plan(path)
    assert [(str(p.source), p.kind.code) for p in errors.value.problems] == [("Packages!B3", "merged-cells")]


def test_a_missing_column_is_told_once_with_the_name_that_is_there(sentences_of: Callable[..., list[str]]) -> None:
    (sentence,) = sentences_of(PLAN + "\nItems\n| item_id | packge_id | value |\n| a | ROAD | 5 |\n| b | ROAD | 5 |")
    assert sentence == (
        'Items!row 1: the column package_id is missing; expected the package it belongs to (is it "packge_id"?)'
    )


def test_further_columns_are_kept(plan_file: Callable[[str], Path]) -> None:
    path = plan_file(
        PLAN
        + """
        Items
        | item_id | package_id | value | Officer | Due | Hours | Done |
        | a | ROAD | 5 | NA | 2027-05-01 | 7.5 | TRUE |
        | b | ROAD | 5 | =1+1 | | | |
        """
    )
    first, second = read_plan(path)[0].items
    assert first.extra == (("Officer", "NA"), ("Due", "2027-05-01"), ("Hours", 7.5), ("Done", True))
    assert second.extra == (("Officer", 2.0), ("Due", None), ("Hours", None), ("Done", None))


def test_a_foreign_currency_in_the_number_format(tmp_path: Path) -> None:
    def plan(form: str) -> Path:
        path = tmp_path / "plan.xlsx"
        with xlsxwriter.Workbook(path) as book:
            page = book.add_worksheet("Packages")
            page.write_row(0, 0, ["package_id", "title", "value", "latest_finish"])
            page.write_row(1, 0, ["P", "Paper"])
            page.write_number(1, 2, 500, book.add_format({"num_format": form}))
            page.write_string(1, 3, "2027-05")
        return path

    for own in ("#,##0.00", '#,##0.00 "€"', "[$€-407] #,##0", "[$-409]#,##0", "0%", '#,##0 "km"'):
        assert read_plan(plan(own))[0].value == 500
    for foreign in ("[$£-809]#,##0", '"$"#,##0', "[$USD] #,##0", '#,##0 "CHF"'):
        with pytest.raises(PlanErrors) as errors:
            read_plan(plan(foreign))
        assert [p.kind.code for p in errors.value.problems] == ["foreign-currency"]
