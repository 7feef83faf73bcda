"""The sheets of plans and schedules: every sheet and column declared once, for reader, template, report and documents."""

from lotsplit.sheets.columns import KINDS, NUMERIC_KINDS, Column, Sheet, normalised
from lotsplit.sheets.input import BUDGETS, CURVE, INPUT_SHEETS, ITEMS, PACKAGES, REGIONS, RULES_SHEET, SUPPLIERS
from lotsplit.sheets.output import LOT_ITEMS, LOTS

__all__ = [
    "BUDGETS",
    "CURVE",
    "INPUT_SHEETS",
    "ITEMS",
    "KINDS",
    "LOTS",
    "LOT_ITEMS",
    "NUMERIC_KINDS",
    "PACKAGES",
    "REGIONS",
    "RULES_SHEET",
    "SUPPLIERS",
    "Column",
    "Sheet",
    "normalised",
]
