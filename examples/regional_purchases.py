"""The supplies and services of regional-stimulus.xlsx (works are in regional_works)."""

from __future__ import annotations

from collections.abc import Callable

from regional_programme import CENTRE, DISTRICTS, ERDF, ESF, EVERY, NORTH, OWN, SOUTH, Programme, begin, end

# fmt: off
# A call is a line of the plan here: packed, it reads like one.


def _health(p: Programme) -> None:
    buyer = "Valmara Hospitals"
    key = p.package(
        "MED-01", "Ward equipment for regional hospitals", "supplies", "33192120-9", Fund=ERDF, Buyer=buyer,
        Procedure="open", Earliest_start=begin(2027, 3), Latest_finish=end(2028, 3),
    )
    hospitals = ("XV112", "XV121", "XV122", "XV132")
    p.shares(key, "Hospital beds, {}", hospitals, 1_150, 10, "pieces", 2_350)
    p.shares(key, "Patient monitors, {}", hospitals, 620, 5, "pieces", 3_900, CPV="33195100-4")
    key = p.package(
        "MED-02", "Ultrasound and laboratory equipment", "supplies", "33112200-0", Fund=ERDF, Buyer=buyer,
        Procedure="open", Earliest_start=begin(2027, 5), Latest_finish=end(2028, 4),
    )
    p.shares(key, "Ultrasound units, {}", hospitals, 34, 1, "pieces", 61_000)
    p.shares(key, "Laboratory analysers, {}", hospitals, 22, 1, "pieces", 48_000, CPV="38434500-1")
    key = p.package(
        "MED-03", "Computed tomography, Valmaris University Hospital", "supplies", "33115100-0", Region="XV121",
        Fund=ERDF, Buyer=buyer, Procedure="negotiated", Divisible="no",
        Reason="scanner, shielding and software are one certified system",
        Earliest_start=begin(2027, 6), Latest_finish=end(2028, 2),
    )
    p.item(key, "Two scanners", Quantity=2.0, Unit="pieces", Unit_price=870_000.0, Divisible="no", Min_months=3)
    p.item(key, "Shielding, installation and software", Value=310_000.0, Min_months=2)


def _schools_and_transport(p: Programme) -> None:
    schools = "Regional Schools Office"
    key = p.package(
        "FUR-01", "School furniture", "supplies", "39160000-1", Fund=OWN, Buyer=schools, Procedure="open",
        Earliest_start=begin(2027, 5), Latest_finish=end(2028, 8),
    )
    p.shares(key, "Desks and chairs, {}", EVERY, 14_500, 100, "sets", 118)
    p.shares(key, "Laboratory and workshop furniture, {}", EVERY, 150, 1, "rooms", 8_900, CPV="39180000-7")
    key = p.package(
        "LAP-01", "Laptops and tablets for schools", "supplies", "30213100-6", Fund=OWN, Buyer=schools,
        Procedure="open", Earliest_start=begin(2027, 4), Latest_finish=end(2028, 3),
    )
    p.shares(key, "Laptops, {}", EVERY, 5_200, 50, "pieces", 590)
    key = p.package(
        "BUS-01", "Electric buses and depot chargers", "supplies", "34144910-0", Fund=ERDF,
        Buyer="Valmara Transport", Procedure="open",
        Earliest_start=begin(2027, 6), Latest_finish=end(2028, 12),
    )
    for district, buses in (("XV112", 4), ("XV121", 9), ("XV132", 4)):
        name = DISTRICTS[district][0]
        p.item(
            key, f"Electric buses, {name}", Region=district, Quantity=float(buses), Unit="pieces",
            Unit_price=412_000.0, Quantity_step=1.0, Min_months=6,
        )
        p.item(
            key, f"Depot charging points, {name}", Region=district, CPV="45315300-1", Quantity=buses / 1.0,
            Unit="pieces", Unit_price=38_500.0, Quantity_step=1.0, Min_months=3,
        )
    key = p.package(
        "SBT-01", "School bus services", "services", "60130000-8", Fund=OWN, Buyer="Valmara Transport",
        Procedure="open", Earliest_start=begin(2027, 9), Latest_finish=end(2028, 6),
    )
    p.shares(
        key, "School bus routes, {}", (*NORTH, "XV122", "XV123", *SOUTH), 132, 1, "routes", 34_500, Min_months=10
    )
    key = p.package(
        "CAT-01", "School meals", "services", "55524000-9", Fund=OWN, Buyer=schools, Procedure="open",
        Earliest_start=begin(2027, 9), Latest_finish=end(2028, 6),
    )
    p.shares(key, "School meals, {}", EVERY, 1_420_000, 10_000, "meals", 3.85, Min_months=10)


def _upkeep(p: Programme) -> None:
    buyer = "Regional Property Office"
    for number, (area, districts) in enumerate((("North", NORTH), ("Centre and South", CENTRE + SOUTH)), start=1):
        key = p.package(
            f"CLN-{number:02d}", f"Cleaning of public buildings {area}", "services", "90911200-8", Fund=OWN,
            Buyer=buyer, Procedure="open", Earliest_start=begin(2027, 4), Latest_finish=end(2028, 9),
        )
        p.shares(key, "Cleaning of schools, {}", districts, 310_000, 1_000, "m2", 11.4, Min_months=12)
        p.shares(key, "Cleaning of offices, {}", districts, 120_000, 1_000, "m2", 13.9, Min_months=12)
    key = p.package(
        "GRN-01", "Upkeep of green areas", "services", "77310000-6", Fund=OWN, Buyer=buyer, Procedure="open",
        Earliest_start=begin(2027, 3), Latest_finish=end(2028, 10),
    )
    p.shares(key, "Green areas, {}", EVERY, 640, 5, "ha", 3_300, Min_months=8)
    key = p.package(
        "FOR-01", "Afforestation and care of young forest", "services", "77231600-4", Fund=ERDF,
        Buyer="Valmara Forests", Procedure="open", Earliest_start=begin(2027, 2), Latest_finish=end(2028, 4),
    )
    p.shares(key, "Planting, {}", ("XV111", "XV113", "XV122", "XV123", *SOUTH), 560, 5, "ha", 5_400, Min_months=2)
    key = p.package(
        "SEC-01", "Guarding of public buildings", "services", "79710000-4", Fund=OWN, Buyer=buyer,
        Procedure="open", Earliest_start=begin(2027, 7), Latest_finish=end(2028, 12),
    )
    p.shares(key, "Guarding, {}", ("XV112", "XV121", "XV122", "XV132"), 84_000, 500, "hours", 27.5, Min_months=12)
    key = p.package(
        "WST-01", "Waste containers for separate collection", "supplies", "34928480-6", Fund=ERDF,
        Buyer="Valmara Waste", Procedure="open", Earliest_start=begin(2027, 6), Latest_finish=end(2028, 3),
    )
    p.shares(key, "Containers, {}", EVERY, 26_000, 500, "pieces", 47)


def _knowledge(p: Programme) -> None:
    key = p.package(
        "TRN-01", "Vocational training for jobseekers", "services", "80530000-8", Fund=ESF,
        Buyer="Valmara Employment Office", Procedure="open",
        Earliest_start=begin(2027, 3), Latest_finish=end(2028, 12),
    )
    p.shares(key, "Training places, {}", EVERY, 2_300, 10, "places", 2_150, Min_months=6)
    key = p.package(
        "TRN-02", "Digital skills courses", "services", "80533100-0", Fund=ESF, Buyer="Valmara Employment Office",
        Procedure="open", Earliest_start=begin(2027, 4), Latest_finish=end(2028, 11),
    )
    p.shares(key, "Courses, {}", EVERY, 720, 5, "courses", 1_900, Min_months=4)
    key = p.package(
        "DES-01", "Design of municipal buildings", "services", "71221000-3", Fund=OWN,
        Buyer="Regional Property Office", Procedure="restricted",
        Earliest_start=begin(2027, 2), Latest_finish=end(2028, 2),
    )
    for district, (name, share, level) in DISTRICTS.items():
        value = round(2_600_000 * share * level * p.vary(0.2), -3)
        p.item(key, f"Design of the community centre, {name}", Region=district, Value=value, Min_months=5)
    key = p.package(
        "SUP-01", "Supervision of building sites", "services", "71520000-9", Fund=ERDF,
        Buyer="Regional Property Office", Procedure="open",
        Earliest_start=begin(2027, 2), Latest_finish=end(2028, 12),
    )
    p.shares(key, "Site supervision, {}", EVERY, 36_000, 250, "hours", 82, Min_months=8)
    key = p.package(
        "DIG-01", "One portal for all municipalities", "services", "72230000-6", Region="XV121", Fund=ERDF,
        Buyer="Valmara Digital", Procedure="negotiated", Divisible="no",
        Reason="one system with one architecture; interfaces between two suppliers would cost more than they bring",
        Earliest_start=begin(2027, 3), Latest_finish=end(2028, 12),
    )
    p.item(key, "Development of the portal", Value=1_750_000.0, Min_months=12)
    p.item(key, "Operation and user support", CPV="72267000-4", Value=460_000.0, Min_months=6)
    key = p.package(
        "NET-01", "Network cabling of town halls and schools", "works", "45314300-4", Fund=ERDF,
        Buyer="Valmara Digital", Procedure="open", Earliest_start=begin(2027, 5), Latest_finish=end(2028, 7),
    )
    p.shares(key, "Cabling points, {}", EVERY, 11_500, 50, "points", 176, Min_months=2)


FAMILIES: tuple[Callable[[Programme], None], ...] = (_health, _schools_and_transport, _upkeep, _knowledge)
