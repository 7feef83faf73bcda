"""Every figure of a schedule, recomputed from its lots (model, sections 3 to 6)."""

from lotsplit.evaluation.contents import PoolKey, pool_key, pools_of
from lotsplit.evaluation.figures import (
    Check,
    Evaluation,
    LotFigures,
    LotItemFigures,
    PackageFigures,
    PartFigures,
    SupplierFigures,
    Totals,
)
from lotsplit.evaluation.money import procedure_cost, scale_cost, single_bid_cost
from lotsplit.evaluation.objective import largest_priority, least_cost_aim
from lotsplit.evaluation.scoring import evaluate

__all__ = [
    "Check",
    "Evaluation",
    "LotFigures",
    "LotItemFigures",
    "PackageFigures",
    "PartFigures",
    "PoolKey",
    "SupplierFigures",
    "Totals",
    "evaluate",
    "largest_priority",
    "least_cost_aim",
    "pool_key",
    "pools_of",
    "procedure_cost",
    "scale_cost",
    "single_bid_cost",
]
