"""first-plan.xlsx: the plan of a small town, four packages that a person reads at a glance."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from sheet_look import Column, Row, SheetContent, write_workbook

AUTHORITY = "Town of Aldermere"

PACKAGES = (
    Column("Package ID", 12),
    Column("Title", 44, "wrapped"),
    Column("Nature", 11),
    Column("CPV", 13),
    Column("Region", 10),
    Column("Fund", 10),
    Column("Divisible", 10),
    Column("Reason", 48, "wrapped"),
    Column("Earliest start", 13, "date"),
    Column("Latest finish", 13, "date"),
)
ITEMS = (
    Column("Item ID", 10),
    Column("Package ID", 12),
    Column("Description", 44, "wrapped"),
    Column("CPV", 13),
    Column("Region", 10),
    Column("Quantity", 11, "number"),
    Column("Unit", 8),
    Column("Unit price", 12, "price"),
    Column("Value", 13, "money"),
    Column("Quantity step", 10, "number"),
    Column("Min months", 9, "whole"),
)
SUPPLIERS = (
    Column("Supplier ID", 12),
    Column("Name", 38),
    Column("Count", 8, "whole"),
    Column("Size", 9),
    Column("Trades", 18),
    Column("Regions", 14),
    Column("Max contract", 13, "money"),
    Column("Turnover", 13, "money"),
    Column("Working capital", 13, "money"),
)


def _packages() -> list[Row]:
    return [
        {
            "Package ID": "SCHOOL",
            "Title": "Renovation of Hill Road School",
            "Nature": "works",
            "CPV": "45214200-2",
            "Region": "North",
            "Fund": "Schools",
            "Earliest start": date(2027, 3, 1),
            "Latest finish": date(2028, 2, 29),
        },
        {
            "Package ID": "ROADS",
            "Title": "Resurfacing of town roads",
            "Nature": "works",
            "CPV": "45233223-8",
            "Fund": "Roads",
            "Earliest start": date(2027, 4, 1),
            "Latest finish": date(2027, 10, 31),
        },
        {
            "Package ID": "LAPTOPS",
            "Title": "Laptops for pupils and teachers",
            "Nature": "supplies",
            "CPV": "30213100-6",
            "Fund": "Schools",
            "Earliest start": date(2027, 6, 1),
            "Latest finish": date(2027, 9, 30),
        },
        {
            "Package ID": "BRIDGE",
            "Title": "Renewal of the Mill Bridge",
            "Nature": "works",
            "CPV": "45221119-9",
            "Region": "South",
            "Fund": "Roads",
            "Divisible": "no",
            "Reason": "the deck and its bearings are renewed in one closure of the road, under one responsibility",
            "Earliest start": date(2027, 5, 1),
            "Latest finish": date(2027, 11, 30),
        },
    ]


def _items() -> list[Row]:
    def item(key: str, package: str, description: str, **cells: str | float) -> Row:
        named = {name.replace("_", " "): value for name, value in cells.items()}
        return {"Item ID": key, "Package ID": package, "Description": description, **named}

    return [
        item("S1", "SCHOOL", "Building works: walls, floors, windows", Value=980_000, Min_months=6),
        item("S2", "SCHOOL", "Roof covering", CPV="45261210-9", Value=220_000, Min_months=3),
        item("S3", "SCHOOL", "Electrical installation", CPV="45310000-3", Value=260_000, Min_months=4),
        item("S4", "SCHOOL", "Heating and ventilation", CPV="45331000-6", Value=340_000, Min_months=4),
        item("R1", "ROADS", "Roads north of the river", Region="North", Quantity=42_000, Unit="m2", Unit_price=15.5, Quantity_step=1_000, Min_months=3),
        item("R2", "ROADS", "Roads south of the river", Region="South", Quantity=28_000, Unit="m2", Unit_price=16.25, Quantity_step=1_000, Min_months=2),
        item("L1", "LAPTOPS", "Laptops, schools in the north", Region="North", Quantity=900, Unit="pieces", Unit_price=640, Quantity_step=50),
        item("L2", "LAPTOPS", "Laptops, schools in the south", Region="South", Quantity=600, Unit="pieces", Unit_price=640, Quantity_step=50),
        item("B1", "BRIDGE", "Deck", Value=690_000, Min_months=5),
        item("B2", "BRIDGE", "Bearings and joints", Value=210_000, Min_months=3),
    ]  # fmt: skip


def _suppliers() -> list[Row]:
    headers = [column.header for column in SUPPLIERS]
    rows: list[tuple[str | float | None, ...]] = [
        ("BUILD-L", "General contractors", 3, "large", "45", "*", None, 60_000_000, None),
        ("BUILD-M", "Building firms, medium", 4, "medium", "452", "North; South", 1_200_000, 9_000_000, 600_000),
        ("BUILD-S", "Building and roofing firms, small", 8, "small", "4521; 4526", "North; South", 450_000, 1_800_000, 150_000),
        ("ROAD-S", "Road builders, small", 9, "small", "4523", "North; South", 350_000, 2_400_000, 160_000),
        ("ELEC-S", "Electricians, small", 12, "small", "4531", "*", 300_000, 1_500_000, 120_000),
        ("HEAT-S", "Heating fitters, small", 10, "small", "4533", "*", 380_000, 1_700_000, 140_000),
        ("IT-L", "Computer wholesalers", 3, "large", "302", "*", None, 90_000_000, None),
        ("IT-S", "Computer shops, small", 12, "small", "302", "*", 250_000, 1_900_000, 200_000),
    ]  # fmt: skip
    return [dict(zip(headers, row, strict=True)) for row in rows]


def write(path: Path) -> None:
    """Writes the plan."""
    rules: list[Row] = [
        {"Rule": "trade_digits", "Value": 4, "Why": "electrical and heating works are trades of their own"},
        {"Rule": "plan_start", "Value": date(2027, 3, 1), "Why": "first month of the programme"},
    ]
    budgets: list[Row] = [
        {"Fund": "Schools", "Ceiling": 2_900_000},
        {"Fund": "Roads", "Year": 2027, "Ceiling": 2_150_000},
    ]
    write_workbook(
        path,
        AUTHORITY,
        "Tender plan 2027",
        [
            SheetContent(
                "Packages",
                PACKAGES,
                _packages(),
                titles=(f"{AUTHORITY}: tender plan 2027", "All values in euro, net of VAT; example data"),
            ),
            SheetContent("Items", ITEMS, _items()),
            SheetContent("Suppliers", SUPPLIERS, _suppliers(), colour="#2E7D32"),
            SheetContent(
                "Budgets",
                (Column("Fund", 12), Column("Year", 8, "whole"), Column("Ceiling", 14, "money")),
                budgets,
                colour="#7F6000",
            ),
            SheetContent(
                "Rules",
                (Column("Rule", 18), Column("Value", 14, "any"), Column("Why", 60)),
                rules,
                colour="#7F6000",
            ),
        ],
    )
