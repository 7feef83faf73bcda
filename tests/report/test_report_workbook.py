"""The lot schedule as a workbook, read back by openpyxl and calamine."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from math import inf, isfinite
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineWorkbook

import lotsplit
from lotsplit.errors import Unwritable
from lotsplit.limits import BUDGET
from lotsplit.problems import Kind, Problem, Source
from lotsplit.report import write_workbook
from lotsplit.report.workbook import calendar
from lotsplit.result import Aim, Stop
from lotsplit.rules import RULES
from lotsplit.sheets.report import SCHEDULE_SHEETS

NAMES = [
    "Summary",
    "Lots",
    "Lot items",
    "Packages",
    "Regions",
    "Budgets",
    "Calendar",
    "Suppliers",
    "Checks",
    "Rules",
    "Run",
]
LOTS_COLUMNS = [
    "lot_id",
    "package_id",
    "title",
    "trade",
    "regions",
    "value",
    "cost",
    "start",
    "finish",
    "months",
    "undivided",
    "reserved",
    "eligible_smes",
    "eligible_suppliers",
    "expected_bids",
    "no_bid_probability",
    "single_bid_probability",
    "sme_win_probability",
    "expected_sme_value",
    "limited_by",
    "locked",
    "flags",
]
WARNING = Problem(
    Kind("unused", "unused", False, "correct it"), Source("Suppliers", 4, 3), 'region "FRX"', "a region of the plan"
)


@pytest.fixture(scope="module")
def path(market: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("report") / "lots.xlsx"
    write_workbook(file, market.plan, market.rules, market.evaluation, market.result, warnings=[WARNING])
    return file


@pytest.fixture(scope="module")
def book(path: Path) -> Workbook:
    return load_workbook(path)


@pytest.fixture(scope="module")
def curve_book(curve: Any, tmp_path_factory: pytest.TempPathFactory) -> Workbook:
    file = tmp_path_factory.mktemp("report") / "curve.xlsx"
    write_workbook(file, curve.plan, curve.rules, curve.evaluation, None)
    return load_workbook(file)


def rows(sheet: Worksheet, table: str = "") -> list[dict[str, Any]]:
    """The rows of the first (or named) table of a sheet, by column name."""
    reference = sheet.tables[table or next(iter(sheet.tables))].ref
    header, *lines = [[cell.value for cell in line] for line in sheet[reference]]
    return [dict(zip(header, line, strict=True)) for line in lines]


def words(sheet: Worksheet) -> dict[str, str]:
    return {row["key figure"]: row["in words"] for row in rows(sheet)}


def test_the_sheets_are_those_of_the_specification_in_its_order(book: Workbook) -> None:
    assert book.sheetnames == NAMES == [sheet.name for sheet in SCHEDULE_SHEETS]


@pytest.mark.parametrize("declared", SCHEDULE_SHEETS, ids=lambda sheet: str(sheet.name))
def test_every_sheet_is_a_table_with_noted_and_frozen_header(book: Workbook, declared: Any) -> None:
    sheet = book[declared.name]
    table = sheet.tables[declared.name.replace(" ", "_")]
    header = sheet[table.ref][0]
    names = [column.name for column in declared.columns]
    assert [cell.value for cell in header][: len(names)] == names
    for cell, column in zip(header, declared.columns, strict=False):
        assert cell.comment is not None
        assert column.meaning[1:] in cell.comment.text
        assert cell.fill.fgColor.rgb == "FF1F5FA6"
    assert sheet.freeze_panes == f"{'C' if declared.name == 'Lot items' else 'B'}{header[0].row + 1}"


@pytest.mark.parametrize("name", NAMES)
def test_every_sheet_prints_in_landscape_on_a4(book: Workbook, name: str) -> None:
    setup = book[name].page_setup
    assert (setup.orientation, setup.paperSize) == ("landscape", 9)
    assert setup.scale or setup.fitToHeight == 0
    assert "plan && co.xlsx" in book[name].oddFooter.left.text


def test_lots_have_the_columns_of_the_specification_and_the_further_ones(book: Workbook) -> None:
    assert list(rows(book["Lots"])[0]) == [*LOTS_COLUMNS, "remark"]


def test_lots_have_the_figures_of_the_evaluation(book: Workbook, market: Any) -> None:
    for row, lot in zip(rows(book["Lots"]), market.evaluation.lots, strict=True):
        assert row["lot_id"] == lot.lot.id
        assert row["value"] == pytest.approx(lot.value, rel=1e-15)
        assert row["cost"] == pytest.approx(lot.cost, rel=1e-15)
        assert row["expected_sme_value"] == pytest.approx(lot.sme_win_probability * lot.value, rel=1e-15)
        assert row["eligible_smes"] == lot.eligible_smes
        assert row["limited_by"] == lot.limited_by
    first = rows(book["Lots"])[1]
    assert (first["start"], first["finish"]) == (datetime(2027, 4, 1), datetime(2027, 9, 30))
    assert (first["undivided"], first["reserved"], first["locked"]) == ("no", "no", "yes")


def test_formats_are_of_the_kind_of_column_and_in_the_plans_currency(book: Workbook, make_case: Any) -> None:
    line = {head.value: cell for head, cell in zip(book["Lots"][1], book["Lots"][2], strict=True)}
    assert line["value"].number_format == '#,##0 "EUR"'
    assert line["start"].number_format == "yyyy-mm-dd"
    assert line["start"].is_date
    assert line["sme_win_probability"].number_format == "0.0 %"


def test_another_currency_and_cents_where_amounts_are_small(market: Any, make_case: Any, tmp_path: Path) -> None:
    plan = market.plan
    desks = replace(plan.packages[1], items=(replace(plan.packages[1].items[0], value=240.0),))
    small = make_case(
        replace(plan, packages=(plan.packages[0], desks, plan.packages[2])), replace(market.rules, currency='F"CFA')
    )
    write_workbook(tmp_path / "f.xlsx", small.plan, small.rules, small.evaluation, None)
    assert load_workbook(tmp_path / "f.xlsx")["Lots"]["F2"].number_format == '#,##0.00 "FCFA"'


def test_yes_and_no_are_chosen_from_a_list(book: Workbook) -> None:
    lists = {str(rule.sqref): rule.formula1 for rule in book["Lots"].data_validations.dataValidation}
    assert lists == dict.fromkeys(("K2:K7", "L2:L7", "U2:U7"), '"yes,no"')


def test_text_that_looks_like_a_formula_stays_text(book: Workbook, path: Path) -> None:
    assert rows(book["Lots"])[0]["title"] == "=School & more"
    assert rows(book["Lots"])[0]["remark"] == "=check"
    assert rows(book["Packages"])[0]["file no."] == "-17"
    item = rows(book["Lot items"])[0]
    assert (item["building"], item["Share (plan)"], item["share"]) == ("@north", "+half", 1)
    assert rows(book["Suppliers"])[0]["phone"] == "+33 1"
    for sheet in book:
        assert all(cell.data_type != "f" and cell.hyperlink is None for line in sheet for cell in line), sheet.title
    by_calamine = CalamineWorkbook.from_path(path).get_sheet_by_name("Lots").to_python()
    assert by_calamine[1][2] == "=School & more"


def test_a_further_column_named_like_one_of_ours_is_told_apart(book: Workbook, market: Any) -> None:
    package = rows(book["Packages"])[0]
    assert (package["lots"], package["lots (plan)"]) == (2, 3)


def test_no_number_is_missing_or_infinite(book: Workbook) -> None:
    numbers = [cell.value for sheet in book for line in sheet for cell in line if isinstance(cell.value, float)]
    assert numbers
    assert all(isfinite(number) for number in numbers)


def test_a_sheet_without_rows_has_one_blank_row(curve_book: Workbook) -> None:
    for name in ("Budgets", "Suppliers"):
        (row,) = rows(curve_book[name])
        assert set(row.values()) == {None}


def test_with_a_curve_firms_and_bids_are_blank(curve_book: Workbook) -> None:
    for row in rows(curve_book["Lots"]):
        assert row["eligible_smes"] is row["expected_bids"] is row["no_bid_probability"] is None
        assert 0 < row["sme_win_probability"] < 1


def test_the_same_arguments_give_the_same_bytes(market: Any, path: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.xlsx"
    write_workbook(again, market.plan, market.rules, market.evaluation, market.result, warnings=[WARNING])
    assert again.read_bytes() == path.read_bytes()


def test_a_failure_leaves_the_file_that_was_there(market: Any, tmp_path: Path) -> None:
    file = tmp_path / "lots.xlsx"
    file.write_bytes(b"an officer's edits")
    with pytest.raises(AttributeError):
        write_workbook(file, market.plan, market.rules, market.evaluation, object())  # type: ignore[arg-type]
    assert [p.name for p in tmp_path.iterdir()] == ["lots.xlsx"]
    assert file.read_bytes() == b"an officer's edits"


def test_a_folder_that_is_missing_is_told_in_a_sentence(market: Any, tmp_path: Path) -> None:
    with pytest.raises(Unwritable, match="does not exist"):
        write_workbook(tmp_path / "none" / "lots.xlsx", market.plan, market.rules, market.evaluation, None)


def test_the_charts_have_alternative_text_with_figures(path: Path, market: Any) -> None:
    with zipfile.ZipFile(path) as parts:
        drawing = parts.read("xl/drawings/drawing1.xml").decode()
        assert sum(name.startswith("xl/charts/chart") for name in parts.namelist()) == 3
    texts = re.findall(r'descr="([^"]*)"', drawing)
    regions = {part.key: part for part in market.evaluation.regions}
    north = f"FRK26 {regions['FRK26'].undivided_share:.1%} to {regions['FRK26'].share:.1%}".replace("%", " %")
    assert north in texts[0]
    assert "no trade" not in texts[1]
    assert "45261000" in texts[1]
    assert "largest lot is worth 900,000 EUR" in texts[2]


def test_the_charts_show_the_figures_of_their_tables(path: Path, book: Workbook) -> None:
    with zipfile.ZipFile(path) as parts:
        charts = [parts.read(f"xl/charts/chart{n}.xml").decode() for n in (1, 2, 3)]
    ranges = [re.findall(r"<c:val><c:numRef><c:f>(.*?)</c:f>", chart) for chart in charts]
    assert [len(found) for found in ranges] == [2, 2, 3]
    for found, sheet in zip(ranges, ("Regions", "Regions", "Summary"), strict=True):
        for reference in found:
            name, cells = reference.split("!")
            assert name == sheet
            assert all(
                isinstance(cell.value, int | float) for line in book[name][cells.replace("$", "")] for cell in line
            )


def test_regions_trades_and_sizes_have_their_shares_before_and_after(book: Workbook, market: Any) -> None:
    for table, key, parts in (
        ("Regions", "region", market.evaluation.regions),
        ("Trades", "trade", market.evaluation.trades),
        ("Size_classes", "size", market.evaluation.sizes),
    ):
        found = {
            row[key]: (row["expected_sme_share"], row["undivided_expected_sme_share"])
            for row in rows(book["Regions"], table)
        }
        assert found == {
            part.key or f"no {key}": pytest.approx((part.share, part.undivided_share), rel=1e-14) for part in parts
        }


def test_lots_are_counted_into_bands_of_value(book: Workbook) -> None:
    bands = {row["lot value"]: row for row in rows(book["Summary"], "Value_bands")}
    assert {band: row["lots"] for band, row in bands.items()} == {
        "50,000 to 100,000 EUR": 3,
        "100,000 to 250,000 EUR": 0,
        "250,000 to 500,000 EUR": 1,
        "500,000 to 1,000,000 EUR": 2,
    }
    assert bands["100,000 to 250,000 EUR"]["value undivided"] == 240_000
    # All nine electricians carry the lot of 300,000; no furniture maker can deliver 80,000 in four months.
    assert bands["250,000 to 500,000 EUR"]["SMEs that can carry one"] == 9
    assert bands["50,000 to 100,000 EUR"]["SMEs that can carry one"] == 0


def test_budgets_say_what_is_left(book: Workbook, market: Any) -> None:
    costs = [check.reached for check in market.evaluation.checks if check.limit and check.limit.kind == BUDGET]
    held, broken = rows(book["Budgets"])
    assert held["left"] == pytest.approx(2_000_000 - costs[0])
    assert (held["status"], broken["status"]) == ("held", "broken")
    assert broken["left"] < 0
    assert (broken["fund"], broken["region"], broken["year"]) == (None, "FRK26", None)


def test_the_calendar_marks_the_months_of_each_lot(book: Workbook, market: Any) -> None:
    months = [f"2027-{number:02d}" for number in range(1, 13)]
    marked = {row["lot_id"]: [m for m in months if row[m] == "x"] for row in rows(book["Calendar"])}
    assert marked["SCHOOL-02"] == months[3:9]
    assert marked["BRIDGE-01"] == months
    kinds = {row["lot_id"]: row["kind"] for row in rows(book["Calendar"])}
    thin = {lot.lot.id for lot in market.evaluation.lots if lot.thin}
    assert {key for key, kind in kinds.items() if kind == "thin"} == thin
    assert kinds["BRIDGE-01"] == "undivided"
    starts = [cell.value for cell in book["Calendar"][2]][5:17]
    assert starts == [2, None, 3, 1] + [None] * 8


def test_a_calendar_of_too_many_lots_is_grouped_and_says_so(
    market: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calendar, "MOST_LOTS", 5)
    write_workbook(tmp_path / "l.xlsx", market.plan, market.rules, market.evaluation, None)
    sheet = load_workbook(tmp_path / "l.xlsx")["Calendar"]
    assert "6 lots, more than 5: they are grouped by package" in sheet["A1"].value
    by_package = {row["package_id"]: row for row in rows(sheet)}
    assert by_package["DESKS"]["2027-03"] == 3
    assert by_package["DESKS"]["2027-07"] is None
    assert by_package["SCHOOL"]["2027-04"] == 2


def test_a_lot_far_outside_the_plan_does_not_stretch_the_calendar(market: Any, make_case: Any, tmp_path: Path) -> None:
    lots = market.evaluation.schedule.lots
    far = make_case(schedule=lotsplit.Schedule((replace(lots[0], start=lots[0].start + 12 * 900), *lots[1:])))
    write_workbook(tmp_path / "far.xlsx", far.plan, far.rules, far.evaluation, None)
    row = rows(load_workbook(tmp_path / "far.xlsx")["Calendar"])[-1]
    assert row["lot_id"] == "SCHOOL-01"
    assert row["start"] == datetime(2927, 1, 1)
    assert len(row) == 5 + 24


def test_checks_list_constraints_flags_and_warnings_in_words_and_colour(book: Workbook, market: Any) -> None:
    sheet = book["Checks"]
    listed = rows(sheet)
    broken, held = len(market.evaluation.broken), len(market.evaluation.checks) - len(market.evaluation.broken)
    flags = sum(len(lot.flags) for lot in market.evaluation.lots) + sum(
        p.thin_undivided for p in market.evaluation.packages
    )
    assert broken == 1
    assert flags > 1
    assert [row["status"] for row in listed] == ["broken"] * broken + ["held"] * held + ["flag"] * flags + ["warning"]
    assert (sheet["A2"].fill.fgColor.rgb, sheet["A3"].fill.fgColor.rgb) == ("FFF9DEDC", "FFE3F1E7")
    assert listed[0]["check"] == "budget FRK26: cost at most"
    assert listed[0]["limit"] == 500_000
    assert listed[0]["margin"] == pytest.approx(500_000 - market.evaluation.broken[0].reached)
    assert listed[-1]["scope"] == "Suppliers!D5"
    assert listed[-1]["found"] == 'region "FRX"; expected a region of the plan'


def test_the_price_of_a_limit_stands_beside_it(book: Workbook) -> None:
    prices = {row["check"]: row["price"] for row in rows(book["Checks"])}
    assert (
        prices["budget FRK26: cost at most"]
        == "one more EUR of this budget would add about 0.31 EUR to the objective, at the margin"
    )
    assert prices["every item lies wholly in lots"] is None


def test_rules_are_all_listed_with_their_standing(book: Workbook) -> None:
    listed = {row["rule"]: row for row in rows(book["Rules"])}
    assert list(listed) == [rule.name for rule in RULES]
    assert listed["lot_fixed_cost"]["standing"] == "assumption"
    assert listed["extra_cost_weight"]["standing"] == "judgement"
    assert listed["single_bid_premium"]["standing"] == "sourced default"
    assert listed["max_lots_per_month"]["standing"] == "set for this plan"
    assert listed["min_sme_share"]["standing"] == "no limit"
    assert listed["min_bidders"]["standing"] == "default"
    assert (listed["reserve_max_value"]["value"], listed["reserve_max_value"]["from"]) == (100_000, "command line")
    assert listed["plan_start"]["value"] == datetime(2027, 1, 1)
    assert listed["min_sme_share"]["value"] == "none"
    assert "Titl 2023" in listed["single_bid_premium"]["source of the default"]


def test_run_has_the_audit_trail(book: Workbook, market: Any) -> None:
    run = {row["entry"]: row["value"] for row in rows(book["Run"])}
    assert (run["input file"], run["SHA-256"]) == ("plan & co.xlsx", "ab" * 32)
    assert run["lotsplit"] == lotsplit.__version__
    assert {"Python", "pulp", "highspy", "numpy"} <= set(run)
    assert run["bound"] == pytest.approx(market.result.bound)
    assert run["gap"] == pytest.approx(40_312 / market.plan.value)
    assert run["relative gap"] == pytest.approx(40_312 / abs(market.result.bound))
    assert (run["stop reason"], run["seconds"], run["seconds: packings"]) == ("gap", 12.3, 3.2)
    assert (run["solver"], run["columns"]) == ("HiGHS 1.0", 812)


def test_a_scored_schedule_has_no_search(curve_book: Workbook) -> None:
    run = {row["entry"]: row["value"] for row in rows(curve_book["Run"])}
    assert run["search"] == "none"
    assert not {"bound", "gap", "seconds", "stop reason"} & set(run)
    assert "not searched for" in words(curve_book["Summary"])["What could still be gained"]


def test_a_bound_that_was_never_proven_is_not_written_as_a_number(market: Any, tmp_path: Path) -> None:
    unproven = replace(market.result, bound=inf, stop=Stop.INTERRUPTED)
    write_workbook(tmp_path / "l.xlsx", market.plan, market.rules, market.evaluation, unproven)
    run = {row["entry"]: row["value"] for row in rows(load_workbook(tmp_path / "l.xlsx")["Run"])}
    assert run["bound"] == "none proven"
    assert "gap" not in run


def test_the_least_cost_is_an_aim_of_its_own(market: Any, tmp_path: Path) -> None:
    totals = market.evaluation.totals
    aim = -market.evaluation.extra_cost - totals.thin_value
    result = replace(market.result, aim=Aim.COST, bound=aim + 5_000.0)
    write_workbook(tmp_path / "l.xlsx", market.plan, market.rules, market.evaluation, result)
    written = load_workbook(tmp_path / "l.xlsx")
    run = {row["entry"]: row["value"] for row in rows(written["Run"])}
    assert (run["aim"], run["aim value"]) == ("cost", pytest.approx(aim))
    assert run["gap"] == pytest.approx(5_000 / market.plan.value)
    assert "could cost less by more than 5,000 EUR" in words(written["Summary"])["What could still be gained"]


def test_the_summary_has_the_figures_of_both_plans(book: Workbook, market: Any) -> None:
    after, before = market.evaluation.totals, market.evaluation.undivided
    figures = {row["key figure"]: row for row in rows(book["Summary"])}
    share = figures["SME share of the value"]
    assert share["this schedule"] == pytest.approx(after.expected_sme_share)
    assert share["undivided plan"] == pytest.approx(before.expected_sme_share)
    assert share["difference"] == pytest.approx(100 * (after.expected_sme_share - before.expected_sme_share))
    parts = sum(
        figures[name]["difference"]
        for name in ("of which lost economies of scale", "of which single bids", "of which procedures")
    )
    assert figures["Cost"]["difference"] == pytest.approx(market.evaluation.extra_cost)
    assert parts == pytest.approx(market.evaluation.extra_cost)
    assert (
        figures["Constraints that hold"]["this schedule"]
        == f"{len(market.evaluation.checks) - 1} of {len(market.evaluation.checks)}"
    )
    assert figures["What could still be gained"]["this schedule"] == 40_312


@pytest.mark.parametrize("stop", list(Stop))
def test_optimal_is_said_only_of_what_is_proven(market: Any, tmp_path: Path, stop: Stop) -> None:
    result = replace(market.result, stop=stop)
    write_workbook(tmp_path / "l.xlsx", market.plan, market.rules, market.evaluation, result)
    said = " ".join(str(cell.value) for line in load_workbook(tmp_path / "l.xlsx")["Summary"] for cell in line)
    assert ("optimal" in said) == (stop is Stop.OPTIMAL)


def test_the_schedule_can_be_read_back(path: Path, market: Any) -> None:
    schedule, warnings = lotsplit.read_schedule(path, market.plan)
    assert warnings == ()
    stripped = tuple(replace(lot, items=tuple(replace(part, extra=()) for part in lot.items)) for lot in schedule.lots)
    assert stripped == market.evaluation.schedule.lots


def test_what_is_read_back_and_written_again_is_the_same_sheet(
    path: Path, market: Any, make_case: Callable[..., Any], tmp_path: Path
) -> None:
    schedule, _ = lotsplit.read_schedule(path, market.plan)
    again = make_case(schedule=schedule)
    write_workbook(tmp_path / "again.xlsx", again.plan, again.rules, again.evaluation, None)
    first, second = load_workbook(path), load_workbook(tmp_path / "again.xlsx")
    for name in ("Lots", "Lot items"):
        assert rows(first[name]) == rows(second[name])


def test_long_texts_are_cut_where_excel_would_refuse_them(market: Any, make_case: Any, tmp_path: Path) -> None:
    school = replace(market.plan.packages[0], title="long " * 8_000)
    long = make_case(replace(market.plan, packages=(school, *market.plan.packages[1:])))
    write_workbook(tmp_path / "l.xlsx", long.plan, long.rules, long.evaluation, None)
    title = rows(load_workbook(tmp_path / "l.xlsx")["Lots"])[0]["title"]
    assert len(title) <= 32_767
    assert title.endswith("long  …")
