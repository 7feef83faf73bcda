"""The sheet Lots: every lot with its figures; it can be edited and read back."""

from __future__ import annotations

from lotsplit.evaluation import Evaluation
from lotsplit.plan import TenderPlan
from lotsplit.report.rows import Row, lot_row
from lotsplit.report.workbook.page import Page
from lotsplit.sheets import LOTS

_OF_MARKET = ("eligible_smes", "eligible_suppliers", "expected_bids", "no_bid_probability", "single_bid_probability")


def write_lots(page: Page, plan: TenderPlan, evaluation: Evaluation) -> None:
    """One row a lot. With a participation curve firms and bids are left blank, for nothing is known of them."""
    rows: list[Row] = [lot_row(lot, plan) for lot in evaluation.lots]
    if evaluation.participation == "curve":
        rows = [row | dict.fromkeys(_OF_MARKET) for row in rows]
    placed = page.table(LOTS, rows)
    page.yes_or_no(placed, "undivided", "reserved", "locked")
    page.finish()
