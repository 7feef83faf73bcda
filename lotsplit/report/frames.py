"""The analyst's tables: lots, items and packages as pandas DataFrames."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lotsplit.evaluation import Evaluation
from lotsplit.plan import TenderPlan
from lotsplit.report.rows import Row, columns_of, lot_item_rows, lot_row, package_row
from lotsplit.sheets import LOT_ITEMS, LOTS, Sheet
from lotsplit.sheets.report import PACKAGE_RESULTS

if TYPE_CHECKING:
    from pandas import DataFrame


def frames(plan: TenderPlan, evaluation: Evaluation) -> dict[str, DataFrame]:
    """Tables "lots", "items" and "packages" with the columns of Lots, Lot items and Packages, further ones included.

    Index: a running number. Money in the plan's currency, shares between 0 and 1, days as datetime64, yes or no as bool.
    """
    lots = [lot_row(lot, plan) for lot in evaluation.lots]
    items = [row for lot in evaluation.lots for row in lot_item_rows(lot, plan)]
    packages = [package_row(package, plan) for package in evaluation.packages]
    return {
        "lots": _frame(LOTS, lots),
        "items": _frame(LOT_ITEMS, items),
        "packages": _frame(PACKAGE_RESULTS, packages),
    }


def _frame(sheet: Sheet, rows: list[Row]) -> DataFrame:
    # pandas takes a third of a second to import; only who asks for frames pays for it.
    import pandas as pd

    frame = pd.DataFrame(rows, columns=columns_of(sheet, rows))
    for column in sheet.columns:
        if column.kind == "date":
            frame[column.name] = pd.to_datetime(frame[column.name])
    return frame
