"""The sheet Budgets: every ceiling of the plan and the cost that falls under it."""

from __future__ import annotations

from lotsplit.evaluation import Evaluation
from lotsplit.report.rows import Row, budget_rows
from lotsplit.report.workbook.page import Cells, Figure, Page
from lotsplit.sheets.report import BUDGET_RESULTS


def write_budgets(page: Page, evaluation: Evaluation) -> None:
    """One row a ceiling, in the order of the plan; all that is blank matches everything."""
    page.table(BUDGET_RESULTS, [_coloured(row) for row in budget_rows(evaluation)])
    page.finish()


def _coloured(row: Row) -> Cells:
    status = str(row["status"])
    return {**row, "status": Figure(status, status)}
