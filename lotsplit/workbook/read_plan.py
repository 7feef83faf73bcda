"""A tender plan from a workbook or a folder of CSV files: every sheet read, every problem told at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import MappingProxyType

from lotsplit.errors import PlanErrors
from lotsplit.plan import Budget, CurveRow, Package, Region, Supplier, TenderPlan, month, month_of
from lotsplit.plan.consistency import inconsistencies
from lotsplit.plan.given import Given
from lotsplit.plan.records import NATURES
from lotsplit.problems import MISSING_SHEET, NO_DATES, OUT_OF_RANGE, Problem, Source
from lotsplit.rules import Rules
from lotsplit.sheets import BUDGETS, CURVE, INPUT_SHEETS, ITEMS, PACKAGES, REGIONS, RULES_SHEET, SUPPLIERS, Sheet
from lotsplit.workbook.files import Book, open_book
from lotsplit.workbook.headers import find_sheets, find_table
from lotsplit.workbook.read_packages import PackageRows, Span, read_packages
from lotsplit.workbook.read_rules import COMMAND_LINE, GivenRules, read_rules
from lotsplit.workbook.tables import Row, Table, in_reading_order

_NO_SETTINGS: Mapping[str, str] = MappingProxyType({})
_USUAL_MONTHS = 12
_LAST_MONTH = month(2200, 12)


def read_plan(path: Path, settings: Mapping[str, str] = _NO_SETTINGS) -> tuple[TenderPlan, Rules, tuple[Problem, ...]]:
    """A plan, the rules in force for it, and the warnings, from a workbook or a folder of CSV files.

    settings: rules by name as text, as given by --set; they win over the sheet Rules. Raises Unreadable when the
    file cannot be read at all, PlanErrors with all errors and warnings when there is any error (workbook, What is checked).
    """
    book = open_book(Path(path))
    problems: list[Problem] = []
    found = find_sheets(book.sheet_names, INPUT_SHEETS, problems)
    if PACKAGES.name not in found:
        names = ", ".join(f'"{name}"' for name in book.sheet_names[:10])
        problems.append(
            Problem(MISSING_SHEET, Source("Packages"), f"there is no such sheet among {names}", "a sheet Packages")
        )
    rules_table = _table(book, RULES_SHEET, found, "EUR", problems)
    given_rules = read_rules(rules_table, settings, problems)
    currency = given_rules.in_force().currency
    rows = {
        sheet.name: _rows(book, sheet, found, currency, problems) for sheet in INPUT_SHEETS if sheet is not RULES_SHEET
    }
    span, rules = _span(given_rules, rows[PACKAGES.name], rows[ITEMS.name], problems)
    packages = read_packages(rows[PACKAGES.name], rows[ITEMS.name], span, PACKAGES.name in found, problems)
    plan = _plan(book, packages.packages, rows, span)
    if plan.packages:
        problems += inconsistencies(_given(plan, rules, packages, rows))
    elif PACKAGES.name in found and not problems:
        problems.append(
            Problem(MISSING_SHEET, Source(found[PACKAGES.name]), "there is no package", "a row for each package")
        )
    ordered = in_reading_order(problems, [found.get(sheet.name, sheet.name) for sheet in INPUT_SHEETS])
    if any(problem.stops for problem in ordered):
        raise PlanErrors(ordered)
    return plan, rules, ordered


def _table(book: Book, sheet: Sheet, found: Mapping[str, str], currency: str, problems: list[Problem]) -> Table | None:
    name = found.get(sheet.name)
    if name is None:
        return None
    grid = book.read(name)
    if not grid.rows and not grid.faults.errors and not grid.faults.uncalculated and sheet is not PACKAGES:
        return None
    return find_table(grid, sheet, currency, problems)


def _rows(book: Book, sheet: Sheet, found: Mapping[str, str], currency: str, problems: list[Problem]) -> list[Row]:
    table = _table(book, sheet, found, currency, problems)
    return table.read() if table is not None else []


def _span(
    given: GivenRules, packages: Sequence[Row], items: Sequence[Row], problems: list[Problem]
) -> tuple[Span, Rules]:
    """The plan's span: rules plan_start and plan_months, otherwise from the earliest date to the latest (workbook, Rules)."""
    rules, rows = given.in_force(), [*packages, *items]
    dates = [
        day
        for row in rows
        for day in (
            row.first_day("earliest_start"),
            row.last_day("earliest_start"),
            row.first_day("latest_finish"),
            row.last_day("latest_finish"),
        )
        if day is not None
    ]
    origins = dict(given.origins)
    start, months = rules.plan_start, rules.plan_months
    if start is None:
        start = month_of(min(dates)) if dates else _next_month()
        origins["plan_start"] = "plan" if dates else "default"
        unread = any({"earliest_start", "latest_finish"} & row.unread for row in rows)
        if not dates and packages and not unread:
            problems.append(
                Problem(
                    NO_DATES, Source(PACKAGES.name), "the plan has no date and is taken to start next month", "a date"
                )
            )
    if months is None:
        latest = month_of(max(dates)) if dates else start + _USUAL_MONTHS - 1
        months = max(1, latest - start + 1)
        origins["plan_months"] = "plan" if dates else "default"
    if start + months - 1 > _LAST_MONTH:
        where = COMMAND_LINE if origins["plan_months"] == "command line" else Source(RULES_SHEET.name)
        problems.append(
            Problem(OUT_OF_RANGE, where, f"plan_months {months} is too large", "a plan that ends by the year 2200")
        )
        months = _USUAL_MONTHS
    return Span(start, months), replace(rules, plan_start=start, plan_months=months, origins=origins)


def _next_month() -> int:
    today = date.today()
    return month(today.year, today.month) + 1


def _plan(book: Book, packages: tuple[Package, ...], rows: Mapping[str, list[Row]], span: Span) -> TenderPlan:
    curve = tuple(part for row in rows[CURVE.name] for part in _curve_rows(row))
    return TenderPlan(
        packages=packages,
        first_month=span.start,
        months=span.months,
        suppliers=tuple(_supplier(row) for row in rows[SUPPLIERS.name]),
        regions=tuple(_region(row) for row in rows[REGIONS.name]),
        budgets=tuple(_budget(row) for row in rows[BUDGETS.name] if "ceiling" not in row.unread),
        curve=tuple(sorted(curve, key=lambda row: (NATURES.index(row.nature), row.from_value))) or None,
        file_name=book.name,
        sha256=book.sha256,
    )


def _supplier(row: Row) -> Supplier:
    key = row.text("supplier_id") or ""
    return Supplier(
        id=key,
        name=row.text("name") or key,
        size=row.text("size") or "micro",
        trades=row.words("trades"),
        regions=row.words("regions"),
        count=row.whole("count") or 1,
        max_contract=row.number("max_contract"),
        turnover=row.number("turnover"),
        working_capital=row.number("working_capital"),
        consortium_size=row.whole("consortium_size") or 1,
        min_contract=row.number("min_contract") or 0.0,
        monthly_capacity=row.number("monthly_capacity"),
        commitments=row.number("commitments") or 0.0,
        bid_probability=row.number("bid_probability"),
        strength=row.number("strength") or 1.0,
        extra=row.extra,
        source=row.source,
    )


def _region(row: Row) -> Region:
    return Region(
        id=row.text("region") or "",
        name=row.text("name") or "",
        parent=row.text("parent"),
        min_sme_share=row.number("min_sme_share"),
        priority=row.number("priority"),
        source=row.source,
    )


def _budget(row: Row) -> Budget:
    return Budget(row.text("fund"), row.text("region"), row.whole("year"), row.number("ceiling") or 0.0, row.source)


def _curve_rows(row: Row) -> list[CurveRow]:
    """A band for its nature; without one, for all three."""
    from_value, share = row.number("from_value"), row.number("sme_win_share")
    if from_value is None or share is None or "nature" in row.unread:
        return []
    nature, provenance = row.text("nature"), row.text("source") or ""
    return [CurveRow(n, from_value, share, provenance, row.source) for n in ((nature,) if nature else NATURES)]


def _given(plan: TenderPlan, rules: Rules, packages: PackageRows, rows: Mapping[str, list[Row]]) -> Given:
    by_source = {row.source: row for some in rows.values() for row in some}
    unread: dict[Source | None, frozenset[str]] = {
        source: frozenset(row.unread) for source, row in by_source.items() if row.unread
    }
    unread.update(packages.unread)

    def cell(source: Source | None, column: str) -> Source | None:
        """The row's own cell where it holds something; otherwise that of the package, if the package's does."""
        row = by_source.get(source) if source is not None else None
        if row is None:
            return source
        above = packages.package_row.get(row.source)
        if column not in row.values and above is not None and column in above.values:
            return above.cell(column)
        return row.cell(column)

    return Given(
        plan,
        trade_digits=rules.trade_digits,
        same_parent=rules.lots_cross_regions == "same_parent",
        turnover_ratio=rules.turnover_ratio,
        fiscal_year_start=rules.fiscal_year_start,
        cell=cell,
        unread=unread,
    )
