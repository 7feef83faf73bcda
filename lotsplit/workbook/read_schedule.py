"""A lot schedule from a workbook as the report writes it, perhaps edited: sheets Lots and Lot items."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from pathlib import Path

from lotsplit.errors import PlanErrors
from lotsplit.plan import Extra, Item, Month, TenderPlan, month_of
from lotsplit.problems import (
    ITEM_TWICE,
    LOT_WITHOUT_ITEMS,
    MISSING_SHEET,
    MONTHS_DISAGREE,
    PART_DISAGREES,
    UNKNOWN_ITEM,
    UNKNOWN_LOT,
    UNKNOWN_PACKAGE,
    WINDOW_REVERSED,
    Known,
    Problem,
    Source,
)
from lotsplit.schedule import Lot, LotItem, Schedule
from lotsplit.sheets import LOT_ITEMS, LOTS, Sheet, normalised
from lotsplit.workbook.files import Book, open_book
from lotsplit.workbook.headers import find_sheets, find_table
from lotsplit.workbook.read_packages import agree
from lotsplit.workbook.tables import Row, in_reading_order

# What is read back; every other column of the report is worked out anew and may say what it likes.
_READ = {
    LOTS.name: ("lot_id", "package_id", "start", "finish", "months", "undivided", "reserved", "locked"),
    LOT_ITEMS.name: ("lot_id", "item_id", "quantity", "value", "share"),
}
_ANY_CURRENCY = ""


def read_schedule(path: Path, plan: TenderPlan) -> tuple[Schedule, tuple[Problem, ...]]:
    """A schedule for a plan, in order of package and of the sheet, and the warnings.

    A lot's months run from the month of start to the month of finish; of a part its quantity counts, and a value or
    share that does not follow from it is a warning. Whether the lots keep the plan's rules is not asked here: that is
    `evaluate`'s to say. Raises Unreadable when the file cannot be read at all, PlanErrors with all errors and warnings.
    """
    book = open_book(Path(path))
    problems: list[Problem] = []
    found = find_sheets(book.sheet_names, (LOTS, LOT_ITEMS), problems)
    for sheet in (LOTS, LOT_ITEMS):
        if sheet.name not in found:
            said = f'there is no sheet "{sheet.name}"'
            problems.append(Problem(MISSING_SHEET, Source(sheet.name), said, "a schedule as lotsplit writes it"))
    lot_rows, part_rows = (_rows(book, sheet, found, problems) for sheet in (LOTS, LOT_ITEMS))
    parts = _parts(part_rows, {row.text("lot_id") for row in lot_rows}, plan, problems)
    order = {package.id: number for number, package in enumerate(plan.packages)}
    lots, known = list[Lot](), Known(plan.package_by_id)
    for row in lot_rows:
        lot = _lot(row, parts.get(row.text("lot_id") or "", ()), plan, known, problems)
        if lot is not None:
            lots.append(lot)
        # Where Lot items could not be read as a whole, that a lot is empty is no news.
        if row.text("lot_id") not in parts and part_rows:
            said = f"lot {row.text('lot_id')} holds no item"
            problems.append(Problem(LOT_WITHOUT_ITEMS, row.cell("lot_id"), said, "a row for it in Lot items"))
    if not lot_rows and not any(problem.stops for problem in problems):
        problems.append(Problem(MISSING_SHEET, Source(found[LOTS.name]), "there is no lot", "a row for each lot"))
    ordered = in_reading_order(problems, [found.get(sheet.name, sheet.name) for sheet in (LOTS, LOT_ITEMS)])
    if any(problem.stops for problem in ordered):
        raise PlanErrors(ordered)
    lots.sort(key=lambda lot: order[lot.package_id])
    return Schedule(tuple(lots)), ordered


def _rows(book: Book, sheet: Sheet, found: dict[str, str], problems: list[Problem]) -> list[Row]:
    if sheet.name not in found:
        return []
    table = find_table(book.read(found[sheet.name]), sheet, _ANY_CURRENCY, problems)
    if table is None:
        return []
    columns = tuple(column for column in sheet.columns if column.name in _READ[sheet.name])
    table.sheet = replace(sheet, columns=columns)
    return table.read()


def _parts(
    rows: list[Row], lots: set[str | None], plan: TenderPlan, problems: list[Problem]
) -> dict[str, tuple[LotItem, ...]]:
    """What each lot holds, by its key. A lot that has rows is in it, even when none of them could be read."""
    held: dict[str, dict[str, LotItem]] = defaultdict(dict)
    first: dict[tuple[str, str], Row] = {}
    known_lots, known_items = Known(name for name in lots if name), Known(plan.item_by_id)
    for row in rows:
        lot, key, quantity = row.text("lot_id"), row.text("item_id"), row.number("quantity")
        if lot is None:
            continue
        held[lot]
        if lot not in lots:
            said, hint = f'lot "{lot}" is not on the sheet Lots', known_lots.hint(lot)
            problems.append(Problem(UNKNOWN_LOT, row.cell("lot_id"), said, "a lot_id of the sheet Lots", hint))
        item = plan.item_by_id.get(key) if key is not None else None
        if key is None or item is None:
            if key is not None:
                said, hint = f'the plan has no item "{key}"', known_items.hint(key)
                problems.append(Problem(UNKNOWN_ITEM, row.cell("item_id"), said, "an item_id of the plan", hint))
            continue
        if (lot, key) in first:
            said = f"lot {lot} holds item {key} already, in row {(first[lot, key].source.row or 0) + 1}"
            problems.append(Problem(ITEM_TWICE, row.cell("item_id"), said, "each item once a lot", "add the rows up"))
            continue
        first[lot, key] = row
        if quantity is not None:
            problems += _disagreements(row, item, quantity)
            held[lot][key] = LotItem(key, quantity, _added(row.extra, item))
    return {lot: tuple(parts.values()) for lot, parts in held.items()}


def _disagreements(row: Row, item: Item, quantity: float) -> list[Problem]:
    """A value or share that does not follow from the quantity, as when an officer edited them instead of it."""
    problems = []
    share = quantity / item.quantity
    for name, follows in (("value", item.value * share), ("share", share)):
        said = row.number(name)
        if said is not None and not agree(said, follows, 0.005 if name == "value" else 0.0005):
            found = f"{name} {said:,.6g} does not follow from quantity {quantity:g}, which counts: it would be {follows:,.6g}"
            problems.append(
                Problem(PART_DISAGREES, row.cell(name), found, hint="to change the part, change its quantity")
            )
    return problems


def _added(extra: Extra, item: Item) -> Extra:
    """The further columns that are the schedule's own: those that the report took over from the plan stay the plan's."""
    of_plan = {normalised(name + mark) for name, _ in item.extra for mark in ("", " (plan)")}
    return tuple((name, value) for name, value in extra if value is not None and normalised(name) not in of_plan)


def _lot(row: Row, parts: tuple[LotItem, ...], plan: TenderPlan, known: Known, problems: list[Problem]) -> Lot | None:
    package = row.text("package_id")
    if package is not None and package not in plan.package_by_id:
        said, hint = f'the plan has no package "{package}"', known.hint(package)
        problems.append(Problem(UNKNOWN_PACKAGE, row.cell("package_id"), said, "a package_id of the plan", hint))
        package = None
    months = _months(row, problems)
    if package is None or months is None:
        return None
    start, length = months
    return Lot(
        id=row.text("lot_id") or "",
        package_id=package,
        items=parts,
        start=start,
        months=length,
        undivided=row.flag("undivided") is True,
        reserved=row.flag("reserved") is True,
        locked=row.flag("locked") is True,
        extra=tuple((name, value) for name, value in row.extra if value is not None),
    )


def _months(row: Row, problems: list[Problem]) -> tuple[Month, int] | None:
    """First month and number of months, from start to finish; `months` must say the same where it is filled in."""
    start, finish = row.first_day("start"), row.last_day("finish")
    if start is None or finish is None:
        return None
    if finish < start:
        said = f"finish {finish:%d/%m/%Y} is before start {start:%d/%m/%Y}"
        problems.append(Problem(WINDOW_REVERSED, row.cell("finish"), said, "a finish after the start"))
        return None
    length = month_of(finish) - month_of(start) + 1
    given = row.whole("months")
    if given is not None and given != length:
        said = f"months is {given}, but start to finish are {length}"
        hint = "correct start or finish, or leave months blank"
        problems.append(Problem(MONTHS_DISAGREE, row.cell("months"), said, str(length), hint))
    return month_of(start), length
