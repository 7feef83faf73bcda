"""The sheet Suppliers: what each supplier can carry, what it is expected to win, and its busiest month."""

from __future__ import annotations

from lotsplit.evaluation import Evaluation
from lotsplit.market import bidders_of
from lotsplit.plan import TenderPlan
from lotsplit.report.rows import supplier_row
from lotsplit.report.workbook.page import Page
from lotsplit.rules import Rules
from lotsplit.sheets.report import SUPPLIER_RESULTS


def write_suppliers(page: Page, plan: TenderPlan, rules: Rules, evaluation: Evaluation) -> None:
    """One row for each row of the supplier register, in its order; none with a participation curve."""
    bidders = bidders_of(plan.suppliers, rules)
    rows = [supplier_row(figures, n, plan, bidders) for n, figures in enumerate(evaluation.suppliers)]
    page.table(SUPPLIER_RESULTS, rows)
    page.finish()
