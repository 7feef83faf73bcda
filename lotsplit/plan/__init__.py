"""The tender plan: packages, items, suppliers, trades, regions, months, budgets, and whether they are consistent."""

from lotsplit.plan.months import Month, first_day, fiscal_year, iso_month, last_day, month, month_of
from lotsplit.plan.records import (
    NATURES,
    SIZES,
    SME_SIZES,
    Budget,
    Cell,
    CurveRow,
    Extra,
    Item,
    Package,
    Region,
    Supplier,
    TenderPlan,
)
from lotsplit.plan.regions import EVERYWHERE, RegionTree, is_nuts
from lotsplit.plan.trades import EVERYTHING, cpv_digits, trade_key, trades_match

__all__ = [
    "EVERYTHING",
    "EVERYWHERE",
    "NATURES",
    "SIZES",
    "SME_SIZES",
    "Budget",
    "Cell",
    "CurveRow",
    "Extra",
    "Item",
    "Month",
    "Package",
    "Region",
    "RegionTree",
    "Supplier",
    "TenderPlan",
    "cpv_digits",
    "first_day",
    "fiscal_year",
    "is_nuts",
    "iso_month",
    "last_day",
    "month",
    "month_of",
    "trade_key",
    "trades_match",
]
