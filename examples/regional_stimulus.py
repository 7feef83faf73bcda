"""regional-stimulus.xlsx: a two-year stimulus programme of an invented region, with its market, budgets and rules."""

from __future__ import annotations

from pathlib import Path

import regional_market
import regional_purchases
import regional_works
from regional_programme import Programme
from sheet_look import Column, SheetContent, write_workbook

AUTHORITY = "Region of Valmara"

PACKAGES = (
    Column("Package ID", 11),
    Column("Title", 48, "wrapped"),
    Column("Nature", 10),
    Column("CPV code", 12),
    Column("Region", 9),
    Column("Fund", 10),
    Column("Buyer", 30),
    Column("Procedure", 12),
    Column("Divisible", 10),
    Column("Reason", 48, "wrapped"),
    Column("Award limit", 8, "whole"),
    Column("Scale elasticity", 10, "price"),
    Column("Earliest start", 12, "date"),
    Column("Latest finish", 12, "date"),
)
ITEMS = (
    Column("Item ID", 11),
    Column("Package ID", 11),
    Column("Description", 48, "wrapped"),
    Column("CPV", 12),
    Column("Region", 9),
    Column("Quantity", 12, "number"),
    Column("Unit", 8),
    Column("Unit price", 12, "price"),
    Column("Value", 13, "money"),
    Column("Divisible", 10),
    Column("Quantity step", 10, "number"),
    Column("Earliest start", 12, "date"),
    Column("Latest finish", 12, "date"),
    Column("Min months", 8, "whole"),
    Column("Keep together", 12),
)
SUPPLIERS = (
    Column("Supplier ID", 14),
    Column("Name", 44),
    Column("Count", 8, "whole"),
    Column("Size", 9),
    Column("Trades", 24),
    Column("Regions", 12),
    Column("Min contract", 12, "money"),
    Column("Max contract", 13, "money"),
    Column("Turnover", 14, "money"),
    Column("Working capital", 13, "money"),
    Column("Commitments", 13, "money"),
    Column("Bid probability", 11, "percent"),
    Column("Consortium size", 11, "whole"),
)
REGIONS = (
    Column("Region", 10),
    Column("Name", 22),
    Column("Parent", 10),
    Column("Min SME share", 10, "percent"),
    Column("Priority", 9, "price"),
)
BUDGETS = (
    Column("Fund", 12),
    Column("Region", 10),
    Column("Year", 8, "whole"),
    Column("Ceiling", 15, "money"),
    Column("Remark", 44),
)
RULES = (Column("Rule", 20), Column("Value", 14, "any"), Column("Decided", 66))


def write(path: Path) -> None:
    """Writes the plan."""
    programme = Programme()
    for family in regional_works.FAMILIES + regional_purchases.FAMILIES:
        family(programme)
    titles = (
        f"{AUTHORITY}: stimulus programme 2027-2028",
        "Tender plan of 1 October 2026. Estimated values in euro, net of VAT. Example data: region and firms are invented.",
    )
    write_workbook(
        path,
        AUTHORITY,
        "Stimulus programme 2027-2028: tender plan",
        [
            SheetContent("Packages", PACKAGES, programme.packages, titles=titles),
            SheetContent("Items", ITEMS, programme.items),
            SheetContent("Suppliers", SUPPLIERS, regional_market.suppliers(), colour="#2E7D32"),
            SheetContent("Regions", REGIONS, regional_market.regions(), colour="#2E7D32"),
            SheetContent("Budgets", BUDGETS, regional_market.budgets(), colour="#7F6000"),
            SheetContent("Rules", RULES, regional_market.rules(), colour="#7F6000"),
        ],
    )
