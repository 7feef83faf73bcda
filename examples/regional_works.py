"""The works of regional-stimulus.xlsx: schools, roads, water, energy (supplies and services are in regional_purchases)."""

from __future__ import annotations

from collections.abc import Callable

from regional_programme import CENTRE, DISTRICTS, ERDF, EVERY, NORTH, OWN, SOUTH, Programme, begin, end
from sheet_look import CellValue


def _thousands(value: float) -> float:
    return float(round(value, -3))


def _schools(p: Programme) -> None:
    plans = (
        ("XV111", "Harsund Primary School", 3_100, 2027, 2),
        ("XV112", "Brenning Grammar School", 4_600, 2027, 3),
        ("XV113", "Osterby School Centre", 2_700, 2027, 4),
        ("XV121", "Valmaris Riverside School", 6_200, 2027, 1),
        ("XV121", "Valmaris Vocational College", 5_400, 2027, 6),
        ("XV122", "Tannhof Primary School", 2_900, 2027, 3),
        ("XV131", "Corvane School Centre", 2_500, 2027, 5),
        ("XV132", "Saltera Comprehensive School", 4_100, 2027, 2),
    )
    for number, (district, name, area, year, month) in enumerate(plans, start=1):
        level = DISTRICTS[district][2]
        key = p.package(
            f"SCH-{number:02d}",
            f"{name}: renovation and extension",
            "works",
            "45214200-2",
            Region=district,
            Fund=ERDF,
            Buyer="Regional Schools Office",
            Procedure="open",
            Earliest_start=begin(year, month),
            Latest_finish=end(year + 1, 10),
        )
        shell = {"Latest_finish": end(year + 1, month), "Keep_together": f"shell {number}"}
        fit_out = {"Earliest_start": begin(year, month + 4), "Latest_finish": end(year + 1, month + 4)}

        def lump(
            text: str,
            rate: float,
            months: int,
            *,
            package: str = key,
            size: float = area * level,
            **cells: CellValue,
        ) -> None:
            p.item(package, text, Value=_thousands(size * rate * p.vary(0.08)), Min_months=months, **cells)

        lump("Demolition and site clearance", 28, 1, CPV="45111000-8", **shell | {"Keep_together": None})
        lump("Structural works: foundations, frame, masonry", 330, 5, **shell)
        lump("Staircases and lift shaft", 55, 3, **shell)
        p.item(
            key,
            "Roof covering with insulation",
            CPV="45261210-9",
            Quantity=float(round(area * 0.45, -1)),
            Unit="m2",
            Unit_price=round(168 * level, 2),
            Quantity_step=10.0,
            Divisible="no",
            Earliest_start=begin(year, month + 3),
            Latest_finish=end(year + 1, month + 2),
            Min_months=2,
        )
        p.item(
            key,
            "Facade insulation and render",
            CPV="45321000-3",
            Quantity=float(round(area * 0.9, -1)),
            Unit="m2",
            Unit_price=round(132 * level, 2),
            Quantity_step=10.0,
            Earliest_start=begin(year, month + 3),
            Latest_finish=end(year + 1, month + 3),
            Min_months=2,
        )
        lump("Electrical installation and data cabling", 145, 4, CPV="45310000-3", **fit_out)
        lump("Heating, ventilation and air conditioning", 185, 4, CPV="45331000-6", **fit_out)
        lump("Plumbing and sanitary rooms", 78, 3, CPV="45330000-9", **fit_out)
        lump("Joinery: doors, windows, fitted furniture", 120, 3, CPV="45421000-4", **fit_out)
        p.item(
            key,
            "Floor coverings and painting",
            CPV="45430000-0",
            Quantity=float(area),
            Unit="m2",
            Unit_price=round(64 * level, 2),
            Quantity_step=50.0,
            Earliest_start=begin(year + 1, 1),
            Latest_finish=end(year + 1, month + 4),
            Min_months=2,
        )


def _roads_and_bridges(p: Programme) -> None:
    for number, (area, districts) in enumerate((("North", NORTH), ("Centre", CENTRE), ("South", SOUTH)), start=1):
        key = p.package(
            f"ROAD-{number:02d}",
            f"Regional roads {area}: resurfacing and safety",
            "works",
            "45233223-8",
            Region=districts[0][:4],
            Fund=OWN,
            Buyer="Regional Roads Administration",
            Procedure="open",
            Scale_elasticity=0.03,
            Award_limit=3,
            Earliest_start=begin(2027, 3),
            Latest_finish=end(2028, 11),
        )
        p.shares(key, "Resurfacing of class II roads, {}", districts, 420_000, 2_000, "m2", 21.5, Min_months=3)
        p.shares(
            key,
            "Repair of class III roads, {}",
            districts,
            260_000,
            2_000,
            "m2",
            13.8,
            CPV="45233142-6",
            Min_months=2,
        )
        p.shares(
            key,
            "Safety barriers, {}",
            districts,
            46_000,
            500,
            "m",
            74.0,
            CPV="45233280-5",
            Earliest_start=begin(2027, 6),
        )
        p.shares(key, "Pavements at school crossings, {}", districts, 38_000, 200, "m2", 66.0, CPV="45233161-5")
    key = p.package(
        "BRI-01",
        "Four municipal bridges: renewal",
        "works",
        "45221119-9",
        Fund=OWN,
        Buyer="Regional Roads Administration",
        Procedure="restricted",
        Earliest_start=begin(2027, 4),
        Latest_finish=end(2028, 10),
    )
    for district, name, value in (
        ("XV112", "Mill Bridge", 940_000),
        ("XV122", "Tannhof Viaduct, northern span", 1_380_000),
        ("XV123", "Ister Footbridge", 420_000),
        ("XV132", "Salt Road Bridge", 760_000),
    ):
        p.item(key, f"Renewal of {name}", Region=district, Value=float(value), Min_months=6)
    key = p.package(
        "BRI-02",
        "Harsund Strait Bridge: deck and bearings",
        "works",
        "45221119-9",
        Region="XV111",
        Fund=ERDF,
        Buyer="Regional Roads Administration",
        Procedure="negotiated",
        Divisible="no",
        Reason="one structure under traffic: two contractors on the same deck could not be held to one closure",
        Earliest_start=begin(2027, 5),
        Latest_finish=end(2028, 8),
    )
    p.item(key, "Replacement of bearings and joints", Value=1_150_000.0, Min_months=6)
    p.item(key, "Deck waterproofing and surfacing", Value=1_620_000.0, Min_months=6)
    p.item(key, "Corrosion protection of the steel arch", CPV="45442000-7", Value=880_000.0, Min_months=4)
    for number, (area, districts) in enumerate((("North", NORTH), ("Centre and South", CENTRE + SOUTH)), start=1):
        key = p.package(
            f"CYC-{number:02d}",
            f"Cycle network {area}",
            "works",
            "45233162-2",
            Fund=ERDF,
            Buyer="Regional Roads Administration",
            Procedure="open",
            Earliest_start=begin(2027, 5),
            Latest_finish=end(2028, 9),
        )
        p.shares(key, "Cycle path construction, {}", districts, 64, 0.5, "km", 148_000, Min_months=3)
        p.shares(
            key,
            "Path lighting, {}",
            districts,
            1_500,
            10,
            "pieces",
            1_240,
            CPV="45316110-9",
            Earliest_start=begin(2027, 9),
        )


def _water(p: Programme) -> None:
    for number, (area, districts) in enumerate((("North", NORTH), ("Centre", CENTRE), ("South", SOUTH)), start=1):
        key = p.package(
            f"WAT-{number:02d}",
            f"Water mains and sewers {area}",
            "works",
            "45231300-8",
            Fund=ERDF,
            Buyer="Valmara Water",
            Procedure="open",
            Scale_elasticity=0.05,
            Earliest_start=begin(2027, 2),
            Latest_finish=end(2028, 12),
        )
        p.shares(key, "Replacement of water mains DN 150, {}", districts, 46_000, 250, "m", 232, Min_months=4)
        p.shares(key, "Sewer renewal DN 400, {}", districts, 21_000, 250, "m", 415, CPV="45232410-9", Min_months=4)
        p.shares(key, "House connections, {}", districts, 5_200, 50, "pieces", 890, CPV="45232410-9")
    key = p.package(
        "WAT-04",
        "Saltera sewage works: third treatment stage",
        "works",
        "45252127-4",
        Region="XV132",
        Fund=ERDF,
        Buyer="Valmara Water",
        Procedure="negotiated",
        Divisible="no",
        Reason="the process guarantee covers civil, mechanical and control works together",
        Earliest_start=begin(2027, 3),
        Latest_finish=end(2028, 12),
    )
    p.item(key, "Civil works", Value=3_900_000.0, Min_months=10)
    p.item(key, "Mechanical and process equipment", Value=2_850_000.0, Min_months=8)
    p.item(key, "Control system and commissioning", CPV="45310000-3", Value=640_000.0, Min_months=4)
    key = p.package(
        "FLD-01",
        "Flood protection on the Ister",
        "works",
        "45246400-7",
        Fund=ERDF,
        Buyer="Valmara Water",
        Procedure="open",
        Earliest_start=begin(2027, 4),
        Latest_finish=end(2028, 10),
    )
    for district, text, value in (
        ("XV122", "Retention basin Tannhof", 1_260_000),
        ("XV123", "Dyke, river km 41 to 44", 980_000),
        ("XV123", "Dyke, river km 44 to 46", 720_000),
        ("XV123", "Pumping station Lower Ister", 610_000),
        ("XV132", "Mobile barriers and quay wall, Saltera", 840_000),
    ):
        p.item(key, text, Region=district, Value=float(value), Min_months=5)


def _energy_and_places(p: Programme) -> None:
    key = p.package(
        "LED-01",
        "LED street lighting",
        "works",
        "45316110-9",
        Fund=ERDF,
        Buyer="Valmara Energy Agency",
        Procedure="open",
        Earliest_start=begin(2027, 4),
        Latest_finish=end(2028, 6),
    )
    p.shares(key, "Luminaires, supplied and fitted, {}", EVERY, 9_600, 50, "pieces", 410)
    key = p.package(
        "SOL-01",
        "Solar power on public roofs",
        "works",
        "09332000-5",
        Fund=ERDF,
        Buyer="Valmara Energy Agency",
        Procedure="open",
        Earliest_start=begin(2027, 5),
        Latest_finish=end(2028, 9),
    )
    p.shares(key, "Solar installations, {}", EVERY, 4_800, 10, "kWp", 1_080, Min_months=2)
    key = p.package(
        "HER-01",
        "Old Customs House and three town halls: restoration",
        "works",
        "45454100-5",
        Fund=OWN,
        Buyer="Regional Property Office",
        Procedure="restricted",
        Earliest_start=begin(2027, 6),
        Latest_finish=end(2028, 11),
    )
    for district, text, value in (
        ("XV121", "Old Customs House, facade and roof", 1_120_000),
        ("XV113", "Osterby Town Hall", 540_000),
        ("XV131", "Corvane Town Hall", 460_000),
        ("XV132", "Saltera Salt Exchange", 690_000),
    ):
        p.item(key, text, Region=district, Value=float(value), Min_months=6)
    key = p.package(
        "PLY-01",
        "Playgrounds and small parks",
        "works",
        "45112723-9",
        Fund=OWN,
        Buyer="Regional Property Office",
        Procedure="open",
        Earliest_start=begin(2027, 3),
        Latest_finish=end(2028, 6),
    )
    p.shares(key, "Playgrounds, {}", EVERY, 44, 1, "sites", 46_500, Min_months=2)


FAMILIES: tuple[Callable[[Programme], None], ...] = (_schools, _roads_and_bridges, _water, _energy_and_places)
