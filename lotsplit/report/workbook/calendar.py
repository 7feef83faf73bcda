"""The sheet Calendar: a Gantt chart of cells, one column a month."""

from __future__ import annotations

from lotsplit.evaluation import Evaluation, LotFigures
from lotsplit.plan import Month, TenderPlan, first_day, iso_month, last_day
from lotsplit.report.rows import Row
from lotsplit.report.workbook.page import Page
from lotsplit.sheets import Sheet
from lotsplit.sheets.report import CALENDAR, CALENDAR_OF_PACKAGES

MOST_LOTS = 20_000
HEADER = 2
MONTH_WIDTH = 3.3
# A lot edited by hand may lie outside the plan; a mistyped year must not make a thousand columns.
MONTHS_AROUND = 12


def write_calendar(page: Page, plan: TenderPlan, evaluation: Evaluation) -> None:
    """One row a lot, in order of start; above MOST_LOTS lots one row a package, and the sheet says so."""
    first, last = _span(plan, evaluation.lots)
    if len(evaluation.lots) > MOST_LOTS:
        _write_packages(page, plan, evaluation.lots, first, last)
    else:
        _write_lots(page, plan, evaluation.lots, first, last)
    starts: dict[Month, int] = {}
    for lot in evaluation.lots:
        starts[lot.lot.start] = starts.get(lot.lot.start, 0) + 1
    columns = len(CALENDAR.columns)
    page.sheet.write_string(HEADER - 1, columns - 1, "lots that start", page.book.format("note"))
    for month, number in starts.items():
        if first <= month <= last:
            page.sheet.write_number(HEADER - 1, columns + month - first, number, page.book.format("month count"))
    page.finish(header=HEADER)


def _span(plan: TenderPlan, lots: tuple[LotFigures, ...]) -> tuple[Month, Month]:
    first = min((lot.lot.start for lot in lots), default=plan.first_month)
    last = max((lot.lot.last_month for lot in lots), default=plan.last_month)
    return (
        max(plan.first_month - MONTHS_AROUND, min(plan.first_month, first)),
        min(plan.last_month + MONTHS_AROUND, max(plan.last_month, last)),
    )


def _write_lots(page: Page, plan: TenderPlan, lots: tuple[LotFigures, ...], first: Month, last: Month) -> None:
    page.sheet.write_string(
        0,
        0,
        "Delivery of each lot by month. Blue: lot. Grey: undivided package. Green: reserved for SMEs. Red: thin, too few can carry it.",
        page.book.format("subtitle"),
    )
    ordered = sorted(lots, key=lambda lot: (lot.lot.start, lot.lot.last_month, lot.lot.id))
    rows: list[Row] = [
        {
            "lot_id": lot.lot.id,
            "title": plan.package_by_id[lot.lot.package_id].title,
            "kind": _kind(lot),
            "start": first_day(lot.lot.start),
            "finish": last_day(lot.lot.last_month),
        }
        for lot in ordered
    ]
    _write_table(page, CALENDAR, rows, first, last)
    for r, lot in enumerate(ordered, start=HEADER + 1):
        bar = page.book.format(f"bar {_kind(lot)}")
        for month in range(max(first, lot.lot.start), min(last, lot.lot.last_month) + 1):
            # The mark has the colour of its cell: it is there for filters and for who reads without colours.
            page.sheet.write_string(r, len(CALENDAR.columns) + month - first, "x", bar)


def _kind(lot: LotFigures) -> str:
    if lot.thin:
        return "thin"
    if lot.lot.reserved:
        return "reserved"
    return "undivided" if lot.lot.undivided else "lot"


def _write_packages(page: Page, plan: TenderPlan, lots: tuple[LotFigures, ...], first: Month, last: Month) -> None:
    page.sheet.write_string(
        0,
        0,
        f"Lots in delivery by month. The schedule has {len(lots):,} lots, more than {MOST_LOTS:,}: they are grouped by package.",
        page.book.format("subtitle"),
    )
    own: dict[str, list[LotFigures]] = {}
    for lot in lots:
        own.setdefault(lot.lot.package_id, []).append(lot)
    rows: list[Row] = [
        {
            "package_id": key,
            "title": plan.package_by_id[key].title,
            "lots": len(of),
            "start": first_day(min(lot.lot.start for lot in of)),
            "finish": last_day(max(lot.lot.last_month for lot in of)),
        }
        for key, of in own.items()
    ]
    _write_table(page, CALENDAR_OF_PACKAGES, rows, first, last)
    for r, of in enumerate(own.values(), start=HEADER + 1):
        active: dict[Month, int] = {}
        for lot in of:
            for month in range(max(first, lot.lot.start), min(last, lot.lot.last_month) + 1):
                active[month] = active.get(month, 0) + 1
        for month, number in active.items():
            page.sheet.write_number(r, len(CALENDAR.columns) + month - first, number, page.book.format("bar count"))


def _write_table(page: Page, declared: Sheet, rows: list[Row], first: Month, last: Month) -> None:
    months = [iso_month(month) for month in range(first, last + 1)]
    page.table(declared, rows, top=HEADER, months=months)
    for column in range(len(declared.columns), len(declared.columns) + len(months)):
        page.set_width(column, MONTH_WIDTH)
    page.sheet.set_row_pixels(HEADER, 62)
