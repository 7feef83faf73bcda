"""The sheet Lot items: what each lot holds; it can be edited and read back."""

from __future__ import annotations

from lotsplit.evaluation import Evaluation
from lotsplit.plan import TenderPlan
from lotsplit.report.rows import lot_item_rows
from lotsplit.report.workbook.page import Page
from lotsplit.sheets import LOT_ITEMS


def write_lot_items(page: Page, plan: TenderPlan, evaluation: Evaluation) -> None:
    """One row for each part of an item in a lot."""
    page.table(LOT_ITEMS, [row for lot in evaluation.lots for row in lot_item_rows(lot, plan)])
    page.finish(frozen_columns=2)
