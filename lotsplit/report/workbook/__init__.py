"""The lot schedule as a workbook, a file a sheet (workbook.md, docs: The lot schedule)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lotsplit.evaluation import Evaluation
from lotsplit.plan import TenderPlan
from lotsplit.problems import Problem
from lotsplit.report.workbook.book import Book
from lotsplit.report.workbook.budgets import write_budgets
from lotsplit.report.workbook.calendar import write_calendar
from lotsplit.report.workbook.checks import write_checks
from lotsplit.report.workbook.lot_items import write_lot_items
from lotsplit.report.workbook.lots import write_lots
from lotsplit.report.workbook.packages import write_packages
from lotsplit.report.workbook.page import Page
from lotsplit.report.workbook.regions import write_regions
from lotsplit.report.workbook.rules import write_rules
from lotsplit.report.workbook.run import write_run
from lotsplit.report.workbook.summary import write_summary
from lotsplit.report.workbook.suppliers import write_suppliers
from lotsplit.result import Result
from lotsplit.rules import Rules
from lotsplit.sheets.report import SCHEDULE_SHEETS
from lotsplit.whole_file import whole_file

CENTS_BELOW = 100.0


def write_workbook(
    path: Path,
    plan: TenderPlan,
    rules: Rules,
    evaluation: Evaluation,
    result: Result | None,
    *,
    warnings: Sequence[Problem] = (),
) -> None:
    """Write a lot schedule as a workbook, whole or not at all. Raises Unwritable.

    result: of the search that made the schedule, None where it was only scored. warnings: those of reading the plan,
    told on the sheet Checks. The same arguments give the same bytes.
    """
    # Cents are shown only where a part of a lot is worth so little that they matter.
    cents = any(part.value < CENTS_BELOW for lot in evaluation.lots for part in lot.items)
    with whole_file(path) as temporary:
        book = Book(temporary, rules.currency, cents, plan.file_name or "tender plan")
        pages = {sheet.name: Page(book, sheet.name) for sheet in SCHEDULE_SHEETS}
        regions, trades = write_regions(pages["Regions"], plan, evaluation)
        write_summary(pages["Summary"], regions, trades, plan, rules, evaluation, result)
        write_lots(pages["Lots"], plan, evaluation)
        write_lot_items(pages["Lot items"], plan, evaluation)
        write_packages(pages["Packages"], plan, evaluation)
        write_budgets(pages["Budgets"], evaluation)
        write_calendar(pages["Calendar"], plan, evaluation)
        write_suppliers(pages["Suppliers"], plan, rules, evaluation)
        write_checks(pages["Checks"], plan, evaluation, result, warnings)
        write_rules(pages["Rules"], rules)
        write_run(pages["Run"], plan, rules, evaluation, result)
        book.close()
