"""The suppliers, regions, budgets and rules of regional-stimulus.xlsx."""

from __future__ import annotations

from datetime import date

from regional_programme import DISTRICTS, ERDF, ESF, OWN
from sheet_look import CellValue, Row

AREAS = {"XV11": "Northern Valmara", "XV12": "Central Valmara", "XV13": "Southern Valmara"}

# Trade families: key, name, CPV codes served.
_BUILD = ("BLD", "Builders", "4511; 4521; 4522; 4545")
_GENERAL = ("GEN", "General builders", "4511; 4521; 4522; 4526; 4532; 4542; 4543; 4545")
_SHELL = ("ROF", "Roofers and insulation firms", "4526; 4532")
_FITOUT = ("FIN", "Joiners, floor layers, painters", "4542; 4543; 4544")
_ELECTRIC = ("ELE", "Electricians", "4531; 09332000")
_HEATING = ("HVC", "Heating and plumbing firms", "4533")
_CIVIL = ("CIV", "Road and pipe builders", "4523; 4524")
_MEDICAL = ("MED", "Medical suppliers", "331; 384")
_FURNITURE = ("FUR", "Furniture makers", "391")
_DIGITAL = ("ITS", "IT firms", "302; 722")
_VEHICLES = ("VEH", "Bus dealers", "341; 4531530")
_TRANSPORT = ("TRA", "Bus operators", "601")
_MEALS = ("CAT", "Caterers", "555")
_CLEANING = ("CLN", "Cleaning firms", "909")
_GREEN = ("GRN", "Gardeners and foresters", "4511272; 772; 773")
_GUARDS = ("SEC", "Security firms", "797")
_CONTAINERS = ("WST", "Container suppliers", "34928480")
_TRAINING = ("TRN", "Training providers", "805")
_ENGINEERS = ("ENG", "Architects and engineers", "712; 715")

# Family, size, regions, firms, largest contract, turnover and working capital of one, part of its capacity that is taken, firms bidding together.
_SEGMENTS: tuple[tuple[tuple[str, str, str], str, str, int, int, int, int, float, int], ...] = (
    (_BUILD, "small", "XV11", 6, 1_100_000, 2_400_000, 330_000, 0.84, 1),
    (_BUILD, "small", "XV12", 7, 1_200_000, 2_600_000, 360_000, 0.84, 1),
    (_BUILD, "small", "XV13", 4, 950_000, 2_100_000, 280_000, 0.84, 1),
    (_GENERAL, "medium", "XV11", 3, 7_500_000, 24_000_000, 2_200_000, 0.72, 1),
    (_GENERAL, "medium", "XV12", 4, 7_500_000, 24_000_000, 2_200_000, 0.72, 1),
    (_GENERAL, "medium", "XV13", 2, 6_000_000, 19_200_000, 1_760_000, 0.72, 1),
    (_SHELL, "micro", "*", 11, 240_000, 700_000, 80_000, 0.50, 1),
    (_SHELL, "small", "XV11; XV12", 8, 650_000, 1_700_000, 210_000, 0.65, 1),
    (_SHELL, "small", "XV13", 4, 600_000, 1_500_000, 190_000, 0.65, 1),
    (_SHELL, "medium", "*", 2, 1_900_000, 7_000_000, 700_000, 0.65, 1),
    (_FITOUT, "micro", "XV11; XV12", 16, 200_000, 600_000, 70_000, 0.55, 1),
    (_FITOUT, "micro", "XV13", 9, 180_000, 520_000, 60_000, 0.55, 1),
    (_FITOUT, "small", "*", 10, 620_000, 1_600_000, 200_000, 0.80, 1),
    (_FITOUT, "medium", "*", 2, 1_700_000, 6_000_000, 600_000, 0.70, 1),
    (_ELECTRIC, "micro", "XV11; XV12", 14, 220_000, 680_000, 75_000, 0.60, 1),
    (_ELECTRIC, "micro", "XV13", 8, 200_000, 600_000, 70_000, 0.60, 2),
    (_ELECTRIC, "small", "XV11; XV12", 7, 680_000, 1_900_000, 230_000, 0.80, 1),
    (_ELECTRIC, "small", "XV13", 3, 600_000, 1_700_000, 200_000, 0.80, 1),
    (_ELECTRIC, "medium", "*", 3, 4_500_000, 16_000_000, 1_400_000, 0.75, 1),
    (_HEATING, "micro", "*", 10, 210_000, 650_000, 70_000, 0.63, 1),
    (_HEATING, "small", "XV11; XV12", 6, 720_000, 2_000_000, 240_000, 0.82, 1),
    (_HEATING, "small", "XV13", 3, 650_000, 1_800_000, 220_000, 0.82, 1),
    (_HEATING, "medium", "*", 2, 3_000_000, 11_000_000, 1_000_000, 0.78, 1),
    (_CIVIL, "small", "XV11", 5, 900_000, 2_500_000, 300_000, 0.84, 1),
    (_CIVIL, "small", "XV12", 6, 950_000, 2_700_000, 320_000, 0.84, 1),
    (_CIVIL, "small", "XV13", 4, 800_000, 2_200_000, 260_000, 0.84, 1),
    (_CIVIL, "medium", "XV11; XV12", 5, 7_000_000, 22_000_000, 2_000_000, 0.78, 1),
    (_CIVIL, "medium", "XV13", 2, 5_600_000, 17_600_000, 1_600_000, 0.78, 1),
    (_MEDICAL, "small", "*", 5, 420_000, 2_800_000, 260_000, 0.60, 1),
    (_MEDICAL, "medium", "*", 3, 3_000_000, 22_000_000, 1_800_000, 0.60, 1),
    (_FURNITURE, "micro", "*", 9, 130_000, 550_000, 60_000, 0.45, 1),
    (_FURNITURE, "small", "*", 8, 450_000, 2_100_000, 220_000, 0.60, 1),
    (_FURNITURE, "medium", "*", 2, 3_200_000, 15_000_000, 1_300_000, 0.60, 1),
    (_DIGITAL, "small", "*", 9, 380_000, 2_200_000, 240_000, 0.60, 1),
    (_DIGITAL, "medium", "*", 3, 3_000_000, 14_000_000, 1_200_000, 0.60, 1),
    (_VEHICLES, "medium", "*", 2, 3_400_000, 18_000_000, 1_700_000, 0.50, 1),
    (_TRANSPORT, "micro", "*", 12, 150_000, 480_000, 60_000, 0.55, 1),
    (_TRANSPORT, "small", "*", 9, 480_000, 1_700_000, 180_000, 0.80, 1),
    (_TRANSPORT, "medium", "*", 2, 3_400_000, 13_000_000, 1_200_000, 0.70, 1),
    (_MEALS, "small", "*", 8, 560_000, 1_900_000, 200_000, 0.84, 1),
    (_MEALS, "medium", "*", 3, 4_800_000, 15_000_000, 1_300_000, 0.75, 1),
    (_CLEANING, "micro", "*", 13, 140_000, 420_000, 50_000, 0.55, 1),
    (_CLEANING, "small", "*", 9, 500_000, 1_600_000, 170_000, 0.80, 1),
    (_CLEANING, "medium", "*", 3, 3_000_000, 11_000_000, 900_000, 0.70, 1),
    (_GREEN, "micro", "*", 14, 150_000, 450_000, 55_000, 0.50, 1),
    (_GREEN, "small", "*", 8, 480_000, 1_500_000, 170_000, 0.65, 1),
    (_GUARDS, "small", "*", 5, 420_000, 1_700_000, 160_000, 0.60, 1),
    (_CONTAINERS, "small", "*", 4, 330_000, 1_800_000, 170_000, 0.50, 1),
    (_TRAINING, "micro", "*", 12, 160_000, 400_000, 50_000, 0.60, 1),
    (_TRAINING, "small", "*", 9, 550_000, 1_500_000, 180_000, 0.84, 1),
    (_TRAINING, "medium", "*", 3, 4_200_000, 12_000_000, 1_200_000, 0.75, 1),
    (_ENGINEERS, "micro", "*", 15, 170_000, 420_000, 60_000, 0.55, 1),
    (_ENGINEERS, "small", "*", 9, 520_000, 1_600_000, 190_000, 0.80, 1),
    (_ENGINEERS, "medium", "*", 2, 3_000_000, 10_000_000, 1_000_000, 0.70, 1),
)  # fmt: skip

# Share of the tenders they could have bid for in which these firms did, 2023 to 2025, where the region knows it.
_OBSERVED = {("BLD", "small"): 0.30, ("ELE", "small"): 0.30, ("HVC", "small"): 0.32, ("CIV", "small"): 0.35}

# Large firms bid under their own names: key, name, trades, firms, turnover.
_LARGE = (
    ("L-VALBAU", "Valbau Group", "45", 1, 420_000_000),
    ("L-ISTER", "Ister Construct and partners", "45", 2, 190_000_000),
    ("L-ASPHALT", "National road builders", "4523; 4524", 2, 260_000_000),
    ("L-ENERGY", "Energy contractors", "4531; 4533; 09332000", 2, 150_000_000),
    ("L-HEALTH", "Medical groups", "331; 384", 3, 800_000_000),
    ("L-OFFICE", "Furnishing and computer wholesalers", "302; 391; 34928480", 3, 240_000_000),
    ("L-BUS", "Bus manufacturers", "341", 2, 900_000_000),
    ("L-SYSTEMS", "Software houses", "722", 2, 310_000_000),
    ("L-FACILITY", "Facility groups", "555; 773; 797; 909", 3, 280_000_000),
    ("L-TRAVEL", "Transport groups", "601", 2, 170_000_000),
    ("L-LEARN", "National training institutes", "805", 2, 85_000_000),
    ("L-PLAN", "Planning groups", "712; 715", 2, 120_000_000),
)


def suppliers() -> list[Row]:
    """Segments of SMEs by trade, size and area, then the large firms."""
    rows: list[Row] = []
    for (key, name, trades), size, where, count, largest, turnover, capital, taken, together in _SEGMENTS:
        suffix = "" if where == "*" else "-" + "+".join(area[-1] for area in where.split("; "))
        rows.append(
            {
                "Supplier ID": f"{key}-{size[:2].upper()}{suffix}",
                "Name": f"{name}, {size}" + ("" if where == "*" else f", {where.replace(';', ' and')}"),
                "Count": count,
                "Size": size,
                "Trades": trades,
                "Regions": where,
                "Max contract": largest,
                "Turnover": turnover,
                "Working capital": capital,
                "Commitments": float(round(turnover / 12 * taken, -3)),
                "Bid probability": _OBSERVED.get((key, size)),
                "Consortium size": together if together > 1 else None,
            }
        )
    for key, name, trades, count, turnover in _LARGE:
        rows.append(
            {
                "Supplier ID": key,
                "Name": name,
                "Count": count,
                "Size": "large",
                "Trades": trades,
                "Regions": "*",
                "Turnover": turnover,
                "Min contract": 40_000.0,
            }
        )
    return rows


def regions() -> list[Row]:
    """The region, its areas and districts; the south comes first in the programme."""
    rows: list[Row] = [{"Region": "XV1", "Name": "Valmara"}]
    for code, name in AREAS.items():
        south = code == "XV13"
        rows.append(
            {
                "Region": code,
                "Name": name,
                "Parent": "XV1",
                "Min SME share": 0.45 if south else None,
                "Priority": 1.3 if south else None,
            }
        )
    for code, (name, _, _) in DISTRICTS.items():
        rows.append(
            {
                "Region": code,
                "Name": name,
                "Parent": code[:4],
                "Priority": 1.5 if name == "Corvane" else None,
            }
        )
    return rows


# Fund, region, year, ceiling in euro, remark. A year not named is free within the ceiling of the whole.
_BUDGETS: tuple[tuple[str | None, str | None, int | None, float, str], ...] = (
    (ERDF, "XV11", 2027, 19_250_000, "operational programme, annual share"),
    (ERDF, "XV11", 2028, 19_350_000, "operational programme, annual share"),
    (ERDF, "XV12", 2027, 30_050_000, "operational programme, annual share"),
    (ERDF, "XV12", 2028, 30_400_000, "operational programme, annual share"),
    (ERDF, "XV13", 2027, 15_900_000, "operational programme, annual share"),
    (ERDF, "XV13", 2028, 14_950_000, "operational programme, annual share"),
    (ESF, None, 2027, 3_100_000, "employment programme"),
    (ESF, None, 2028, 3_500_000, "employment programme"),
    (OWN, "XV11", 2027, 8_600_000, "regional budget, chapter 4"),
    (OWN, "XV11", 2028, 9_650_000, "regional budget, chapter 4"),
    (OWN, "XV12", 2027, 12_950_000, "regional budget, chapter 4"),
    (OWN, "XV12", 2028, 13_100_000, "regional budget, chapter 4"),
    (OWN, "XV13", 2027, 5_600_000, "regional budget, chapter 4"),
    (OWN, "XV13", 2028, 6_600_000, "regional budget, chapter 4"),
    (None, "XV121", 2027, 26_500_000, "all works and purchases in the capital"),
    (None, None, 2027, 93_850_000, "medium-term plan"),
    (None, None, 2028, 98_600_000, "medium-term plan"),
)


def budgets() -> list[Row]:
    """The ceilings by fund, region and year."""
    return [
        {"Fund": fund, "Region": region, "Year": year, "Ceiling": ceiling, "Remark": remark}
        for fund, region, year, ceiling, remark in _BUDGETS
    ]


def rules() -> list[Row]:
    """The rules that differ from the defaults, with the authority's reasons."""
    values: tuple[tuple[str, CellValue, str], ...] = (
        ("currency", "EUR", ""),
        ("plan_start", date(2027, 1, 1), "programme 2027-2028"),
        ("plan_months", 24, "two years"),
        ("trade_digits", 4, "electrical (4531) and heating works (4533) are trades of their own"),
        ("max_lots_per_month", 55, "what the procurement office can hand over to its contract managers"),
        ("min_lot_value", 20_000, "smaller orders are placed by the municipalities themselves"),
        ("min_bidders", 3, "council decision on competition"),
        ("reserve_max_value", 80_000, "regional law on small contracts"),
        ("reserve_max_share", 0.03, "regional law on small contracts"),
        ("jobs_per_million", 6, "IMF WP/21/131, advanced economies: 3 to 7"),
    )
    return [{"Rule": rule, "Value": value, "Decided": why} for rule, value, why in values]
