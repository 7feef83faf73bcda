"""The sheet Packages: every package before and after, with its divide-or-explain statement."""

from __future__ import annotations

from lotsplit.evaluation import Evaluation
from lotsplit.plan import TenderPlan
from lotsplit.report.rows import package_row
from lotsplit.report.workbook.page import Page
from lotsplit.sheets.report import PACKAGE_RESULTS

STATEMENT_WIDTH = 60


def write_packages(page: Page, plan: TenderPlan, evaluation: Evaluation) -> None:
    """One row a package, in the order of the plan."""
    placed = page.table(PACKAGE_RESULTS, [package_row(figures, plan) for figures in evaluation.packages])
    page.set_width(placed.columns["statement"], STATEMENT_WIDTH)
    page.finish()
