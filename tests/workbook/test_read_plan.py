"""Whole plans: what blanks mean, what is worked out, what the command line says, and every kind of file."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

from lotsplit.errors import PlanErrors
from lotsplit.plan import CurveRow, month, month_of
from lotsplit.problems import Source
from lotsplit.workbook import read_plan

Found = list[tuple[str, str]]

TOWN = """
Packages
| package_id | title | nature | cpv | region | fund | divisible | min_lots | earliest_start | latest_finish | min_months |
| ROAD | Road | works | '45233120-6 | North | ERDF | | 2 | 2027-03-01 | 2027-12-31 | 2 |
| 007 | NA | | | | | no | | | | |

Items
| item_id | package_id | cpv | region | quantity | unit | unit_price | value | quantity_step | latest_finish | keep_together |
| R1 | ROAD | | | 10 | km | 100 | | 2.5 | | |
| R2 | ROAD | 71300000 | South | | | | 500 | | 2027-06 | k |
| 1 | 007 | | NA | | | | 40 | | | |

Suppliers
| supplier_id | size | trades | regions | count | turnover |
| S1 | small | '45; 71 | * | 3 | 1 200 |

Regions
| region | parent | priority |
| North | Land | 1.5 |
| Land | | |

Budgets
| fund | region | year | ceiling |
| ERDF | Land | 2027 | 5000 |

Rules
| rule | value |
| trade_digits | 2 |
| Min SME share | 30 % |
| max_lots_per_month | none |
"""


def test_a_plan_with_everything(plan_file: Callable[[str], Path]) -> None:
    plan, rules, warnings = read_plan(plan_file(TOWN))
    assert warnings == ()
    assert [(p.id, p.title, p.nature, p.fund, p.divisible, p.min_lots, p.procedure) for p in plan.packages] == [
        ("ROAD", "Road", "works", "ERDF", True, 2, "open"),
        ("7", "NA", "services", None, False, 1, "open"),
    ]
    r1, r2, one = plan.items
    assert (r1.trade, r1.region, r1.value, r1.quantity, r1.unit, r1.step) == (
        "45233120-6",
        "North",
        1000,
        10,
        "km",
        2.5,
    )
    assert (r1.start, r1.finish, r1.min_months, r1.divisible, r1.parts) == (month(2027, 3), month(2027, 12), 2, True, 4)
    assert (r2.trade, r2.region, r2.value, r2.quantity, r2.finish) == ("71300000", "South", 500, 1, month(2027, 6))
    assert (r2.divisible, r2.keep_together) == (False, "k")
    assert (one.id, one.trade, one.region, one.start, one.finish) == ("1", None, "NA", month(2027, 3), month(2027, 12))
    assert (plan.first_month, plan.months) == (month(2027, 3), 10)
    assert plan.suppliers[0].trades == ("45", "71")
    assert plan.suppliers[0].turnover == 1200
    assert plan.suppliers[0].name == "S1"
    assert [(r.id, r.parent, r.priority) for r in plan.regions] == [("North", "Land", 1.5), ("Land", None, None)]
    assert plan.curve is None
    assert (rules.trade_digits, rules.min_sme_share, rules.max_lots_per_month) == (2, 0.3, None)
    assert {name: rules.origin(name) for name in ("trade_digits", "bid_cost", "plan_start", "plan_months")} == {
        "trade_digits": "workbook",
        "bid_cost": "default",
        "plan_start": "plan",
        "plan_months": "plan",
    }
    assert r2.source == Source("Items", 2)
    assert plan.file_name == "plan.xlsx"
    assert len(plan.sha256) == 64


def cells_of(text: str) -> dict[str, list[list[str]]]:
    """The sheets of TOWN as plain text cells."""
    sheets: dict[str, list[list[str]]] = {}
    name = ""
    for line in text.strip().splitlines():
        if line.startswith("|"):
            sheets[name].append([cell.strip().removeprefix("'") for cell in line.strip("|").split("|")])
        elif line:
            name = line
            sheets[name] = []
    return sheets


def as_csv(folder: Path, delimiter: str = ";") -> Path:
    for name, rows in cells_of(TOWN).items():
        with (folder / f"{name.lower()}.csv").open("w", newline="", encoding="cp1252") as file:
            csv.writer(file, delimiter=delimiter).writerows(rows)
    return folder


def as_xls(folder: Path) -> Path:
    book = xlwt.Workbook()
    for name, rows in cells_of(TOWN).items():
        page = book.add_sheet(name)
        for r, row in enumerate(rows):
            for c, text in enumerate(row):
                if text:
                    page.write(r, c, float(text) if text.isdecimal() and text != "007" else text)
    book.save(folder / "plan.xls")
    return folder / "plan.xls"


def as_ods(folder: Path) -> Path:
    book = OpenDocumentSpreadsheet()
    for name, rows in cells_of(TOWN).items():
        table = Table(name=name)
        for row in rows:
            line = TableRow()
            for text in row:
                if text.isdecimal() and text != "007":
                    cell = TableCell(valuetype="float", value=text)
                else:
                    cell = TableCell(valuetype="string") if text else TableCell()
                if text:
                    cell.addElement(P(text=text))
                line.addElement(cell)
            table.addElement(line)
        book.spreadsheet.addElement(table)
    book.save(folder / "plan.ods")
    return folder / "plan.ods"


@pytest.mark.parametrize(
    "write", [as_csv, as_xls, as_ods, lambda folder: as_csv(folder, ","), lambda folder: as_csv(folder, "\t")]
)
def test_the_same_plan_from_every_kind_of_file(
    tmp_path: Path, plan_file: Callable[..., Path], write: Callable[[Path], Path]
) -> None:
    """Only the key `007`, which the .xlsx of the test has as a number, is text here and stays what it is."""
    folder = tmp_path / "other"
    folder.mkdir()
    plan, rules, warnings = read_plan(write(folder))
    same, same_rules, _ = read_plan(plan_file(TOWN.replace("| 007 |", "| '007 |").replace("| 1 | 007", "| 1 | '007")))
    assert [package.id for package in plan.packages] == ["ROAD", "007"]
    assert warnings == ()
    assert plan.packages == same.packages
    assert (plan.suppliers, plan.regions, plan.budgets) == (same.suppliers, same.regions, same.budgets)
    assert rules == same_rules


def test_a_folder_without_packages(tmp_path: Path) -> None:
    (tmp_path / "Items.csv").write_text("item_id;package_id;value\nA;B;5\n")
    with pytest.raises(PlanErrors) as errors:
        read_plan(tmp_path)
    assert [(str(p.source), p.kind.code) for p in errors.value.problems] == [("Packages", "missing-sheet")]


def test_a_csv_problem_names_its_sheet_and_cell(tmp_path: Path) -> None:
    (tmp_path / "packages.csv").write_text("package_id;title;value;latest_finish\nA;B;x;2027-01\n")
    with pytest.raises(PlanErrors) as errors:
        read_plan(tmp_path)
    assert str(errors.value) == 'packages!C2: value "x" is not a number; expected an amount above 0'


def test_a_package_without_items_is_one_item_of_a_hundred_parts(plan_file: Callable[[str], Path]) -> None:
    path = plan_file(
        "Packages\n| package_id | title | value | divisible | latest_finish |\n| A | Paper | 50 | | 2027-05 |\n| B | Pens | 9 | no | |"
    )
    a, b = read_plan(path)[0].items
    assert (a.id, a.package_id, a.value, a.quantity, a.unit, a.step, a.parts) == ("A", "A", 50, 100, "%", 1, 100)
    assert (b.divisible, b.parts) == (False, 1)
    assert a.description == "Paper"


def test_a_plan_without_any_date_starts_next_month(plan_file: Callable[[str], Path]) -> None:
    plan, rules, warnings = read_plan(plan_file("Packages\n| package_id | title | value |\n| A | Paper | 50 |"))
    assert plan.first_month == month_of(date.today()) + 1
    assert plan.months == 12
    assert [w.kind.code for w in warnings] == ["no-dates"]
    assert rules.origin("plan_start") == rules.origin("plan_months") == "default"


@pytest.mark.parametrize(
    ("rule_rows", "first", "months", "windows"),
    [
        ("", (2027, 3), 4, [((2027, 3), (2027, 6)), ((2027, 3), (2027, 6))]),
        ("| plan_start | 2027-01 |", (2027, 1), 6, [((2027, 3), (2027, 6)), ((2027, 1), (2027, 6))]),
        ("| plan_months | 24 |", (2027, 3), 24, [((2027, 3), (2027, 6)), ((2027, 3), (2029, 2))]),
    ],
)
def test_the_span_of_a_plan(
    plan_file: Callable[[str], Path],
    rule_rows: str,
    first: tuple[int, int],
    months: int,
    windows: list[tuple[tuple[int, int], tuple[int, int]]],
) -> None:
    path = plan_file(
        f"""
        Packages
        | package_id | title | value | earliest_start | latest_finish |
        | A | Paper | 50 | 2027-03-15 | June 2027 |
        | B | Pens | 9 | | |
        Rules
        | rule | value |
        {rule_rows}
        """
    )
    plan, rules, _ = read_plan(path)
    assert (plan.first_month, plan.months) == (month(*first), months)
    assert [(i.start, i.finish) for i in plan.items] == [(month(*a), month(*b)) for a, b in windows]
    assert (rules.plan_start, rules.plan_months) == (plan.first_month, plan.months)


def test_the_command_line_wins_and_is_read_like_the_sheet(plan_file: Callable[[str], Path]) -> None:
    path = plan_file(TOWN)
    _, rules, _ = read_plan(path, {"trade_digits": "4", "reserve-max-value": "1.500,50 €", "min_sme_share": "none"})
    assert (rules.trade_digits, rules.reserve_max_value, rules.min_sme_share) == (4, 1500.5, None)
    assert rules.origin("trade_digits") == "command line"


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        (
            "min_bider",
            "1",
            '--set: there is no rule "min_bider"; expected the name of a rule (did you mean "min_bidders"?)',
        ),
        ("lot_fixed_cost", "1,234", '--set: lot_fixed_cost "1,234" can be read as 1234 or as 1.234'),
        ("subcontracting", "1.5", '--set: subcontracting "1.5" is too large; expected a share from 0 to 1'),
        ("trade_digits", "", "--set: trade_digits is blank"),
        ("bid_cost", "none", '--set: bid_cost "none" is not a number'),
        (
            "plan_months",
            "999999999",
            "--set: plan_months 999999999 is too large; expected a plan that ends by the year 2200",
        ),
        ("plan_start", "soon", '--set: plan_start "soon" is not a date'),
    ],
)
def test_problems_of_the_command_line(
    sentences_of: Callable[..., list[str]], name: str, value: str, sentence: str
) -> None:
    (told,) = sentences_of(TOWN, **{name: value})
    assert told.startswith(sentence)


def test_the_currency_of_the_plan_decides_which_signs_are_foreign(problems_of: Callable[..., Found]) -> None:
    text = """
        Packages
        | package_id | title | value | latest_finish |
        | A | Paper | £ 50 | 2027-05 |
        Rules
        | rule | value |
        | bid_cost | £ 5 |
        | currency | {} |
        """
    assert problems_of(text.format("GBP")) == []
    assert problems_of(text.format("EUR")) == [("Packages!C2", "foreign-currency"), ("Rules!B2", "foreign-currency")]
    assert problems_of(text.format("EUR"), currency="gbp") == []


def test_everything_is_told_at_once_in_reading_order(problems_of: Callable[..., Found]) -> None:
    found = problems_of(
        """
        Packages
        | package_id | title | value | min_lots | max_lots | fund | latest_finish |
        | A | Paper | fifty | 3 | 2 | F | 2027-12 |
        | A | | 5 | | | | |
        | B | Pens | 5 | | | | '2027-02-31 |
        Items
        | item_id | package_id | quantity | value | earliest_start |
        | i | C | 1 | 5 | |
        | j | B | 0 | 5 | |
        | k | B | 2.5 | | 2028-06 |
        Budgets
        | fund | ceiling |
        | G | 5 |
        Suppliers
        | supplier_id | size | trades | regions |
        | S | tiny | | Mars |
        """
    )
    assert found == [
        ("Packages!C2", "not-a-number"),
        ("Packages!D2", "min-lots-above-max"),
        ("Packages!A3", "duplicate-key"),
        ("Packages!B3", "blank"),
        ("Packages!G4", "not-a-date"),
        ("Items!B2", "unknown-package"),
        ("Items!C3", "out-of-range"),
        ("Items!C4", "step-does-not-divide"),
        ("Items!D4", "no-value"),
        ("Suppliers!B2", "not-a-choice"),
        ("Suppliers!C2", "blank"),
        ("Suppliers!D2", "unused-region"),
        ("Budgets!A2", "unknown-fund"),
    ]


def test_sentences_say_what_was_found_and_what_was_expected(sentences_of: Callable[..., list[str]]) -> None:
    told = sentences_of(
        """
        Packages
        | package_id | title | latest_finish |
        | ROAD | Road | 2027-12 |
        Items
        | item_id | package_id | value | earliest_start | latest_finish |
        | a | RAOD | 5 | | |
        | b | ROAD | 5 | 2027-06-01 | 2027-03-01 |
        """
    )
    assert told == [
        'Items!B2: there is no package "RAOD"; expected a package_id of the sheet Packages (did you mean "ROAD"?)',
        "Items!E3: latest_finish 01/03/2027 is before earliest_start 01/06/2027; expected a finish after the start",
    ]


def test_a_curve_of_ones_own(plan_file: Callable[[str], Path]) -> None:
    path = plan_file(
        """
        Packages
        | package_id | title | value | nature | latest_finish |
        | A | Paper | 50 | Supplies | 2027-05 |
        Curve
        | nature | from_value | sme_win_share | source |
        | supplies | 100 000 | 40 % | survey |
        | supplies | 0 | 0.8 | survey |
        """
    )
    assert read_plan(path)[0].curve == (
        CurveRow("supplies", 0, 0.8, "survey"),
        CurveRow("supplies", 100_000, 0.4, "survey"),
    )


def test_a_nature_left_blank_in_the_curve_is_all_three(plan_file: Callable[[str], Path]) -> None:
    path = plan_file(
        "Packages\n| package_id | title | value | latest_finish |\n| A | Paper | 50 | 2027-05 |\n"
        "Curve\n| from_value | sme_win_share |\n| 0 | 0.5 |"
    )
    curve = read_plan(path)[0].curve
    assert curve is not None
    assert [row.nature for row in curve] == ["works", "supplies", "services"]


def test_text_that_looks_like_a_formula_is_text(plan_file: Callable[[str], Path], tmp_path: Path) -> None:
    (tmp_path / "csv").mkdir()
    (tmp_path / "csv" / "Packages.csv").write_text('package_id;title;value;latest_finish\n=A;"=cmd|x!A0";5;2027-05\n')
    (package,) = read_plan(tmp_path / "csv")[0].packages
    assert (package.id, package.title) == ("=A", "=cmd|x!A0")


def test_nothing_follows_from_a_cell_that_could_not_be_read(problems_of: Callable[..., Found]) -> None:
    """One bad cell is one problem: the sum, the step, the window, the pool and the budget that hang on it keep silent."""
    text = """
        Packages
        | package_id | title | region | value | fund | earliest_start | latest_finish | min_lots |
        | A | Paper | North | 50 | F | {start} | 2027-12 | 2 |
        Items
        | item_id | package_id | region | value | quantity | quantity_step | keep_together | min_months |
        | a | A | {region} | {value} | {quantity} | 4 | | 3 |
        | b | A | | 25 | 8 | {step} | k | |
        | c | A | | 15 | 1 | | k | |
        Budgets
        | fund | region | ceiling |
        | F | South | 5 |
        """
    good = {"start": "2027-03", "region": "South", "value": "10", "quantity": "8", "step": "2"}
    assert problems_of(text.format(**good)) == []
    for name, bad, where in [
        ("start", "soon", "Packages!F2"),
        ("region", "#N/A", "Items!C2"),
        ("value", "much", "Items!D2"),
        ("quantity", "many", "Items!E2"),
        ("step", "small", "Items!F3"),
    ]:
        assert [cell for cell, _ in problems_of(text.format(**{**good, name: bad}))] == [where]
