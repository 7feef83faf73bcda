"""The sheet Regions: SME share before and after by region, and below it by trade and by size class."""

from __future__ import annotations

from collections.abc import Iterable

from lotsplit.evaluation import Evaluation, PartFigures
from lotsplit.plan import TenderPlan
from lotsplit.report.rows import region_row, size_row, trade_row
from lotsplit.report.workbook.page import Page, Placed
from lotsplit.sheets.report import REGION_RESULTS, SIZE_RESULTS, TRADE_RESULTS


def write_regions(page: Page, plan: TenderPlan, evaluation: Evaluation) -> tuple[Placed, Placed]:
    """Three tables, those of regions and trades with the largest value first; where they lie, for the charts."""
    regions = page.table(
        REGION_RESULTS,
        [region_row(p, plan) | {"region": p.key or "no region"} for p in _largest_first(evaluation.regions)],
    )
    trades = page.table(
        TRADE_RESULTS,
        [trade_row(p) | {"trade": p.key or "no trade"} for p in _largest_first(evaluation.trades)],
        top=regions.last + 2,
    )
    page.table(SIZE_RESULTS, [size_row(p) for p in evaluation.sizes], top=trades.last + 2)
    page.finish()
    return regions, trades


def _largest_first(parts: Iterable[PartFigures]) -> list[PartFigures]:
    return sorted(parts, key=lambda part: (-part.value, part.key))
