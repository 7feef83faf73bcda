"""packages-only.xlsx: the yearly procurement list of a town, a Packages sheet and nothing else."""

from __future__ import annotations

from pathlib import Path

from sheet_look import Column, Row, SheetContent, write_workbook

AUTHORITY = "Municipality of Westerlund"

PACKAGES = (
    Column("Package ID", 11),
    Column("Title", 52, "wrapped"),
    Column("Nature", 10),
    Column("CPV", 12),
    Column("Value", 14, "money"),
    Column("Procedure", 12),
    Column("Divisible", 10),
    Column("Reason", 40, "wrapped"),
    Column("Earliest start", 16),
    Column("Latest finish", 16),
    Column("Responsible", 18),
)

# Title, nature, CPV, value, procedure, first and last month, responsible, reason why it is not divided.
_LIST = (
    ("Extension of the Lindgard secondary school", "works", "45214200-2", 6_400_000, "open", "March 2027", "September 2028", "Buildings", ""),
    ("Roof renewal of the sports hall", "works", "45261210-9", 580_000, "open", "April 2027", "September 2027", "Buildings", ""),
    ("Energy renovation of three nursery schools", "works", "45321000-3", 2_150_000, "open", "May 2027", "June 2028", "Buildings", ""),
    ("Swimming pool: water treatment plant", "works", "45252120-5", 1_300_000, "restricted", "June 2027", "March 2028", "Buildings", "one plant with one process guarantee"),
    ("Reconstruction of Market Street", "works", "45233140-2", 3_250_000, "open", "April 2027", "May 2028", "Streets", ""),
    ("Road maintenance 2027", "works", "45233141-9", 1_750_000, "open", "March 2027", "November 2027", "Streets", ""),
    ("Sewer renewal, southern districts", "works", "45232410-9", 4_100_000, "open", "March 2027", "October 2028", "Streets", ""),
    ("Cycle bridge over the railway", "works", "45221113-7", 2_800_000, "restricted", "May 2027", "June 2028", "Streets", "one structure built in a few nights of closed track"),
    ("Street lighting: LED conversion", "works", "45316110-9", 960_000, "open", "May 2027", "December 2027", "Streets", ""),
    ("Playgrounds", "works", "45112723-9", 420_000, "open", "April 2027", "September 2027", "Parks", ""),
    ("Social housing, Birch Lane, 24 flats", "works", "45211340-4", 5_200_000, "open", "April 2027", "December 2028", "Housing", ""),
    ("Laptops for schools", "supplies", "30213100-6", 780_000, "open", "May 2027", "September 2027", "IT", ""),
    ("School furniture", "supplies", "39160000-1", 460_000, "open", "May 2027", "August 2027", "Schools", ""),
    ("Refuse collection vehicles", "supplies", "34144511-3", 1_450_000, "open", "June 2027", "June 2028", "Waste", ""),
    ("Fire engine", "supplies", "34144210-3", 520_000, "open", "June 2027", "June 2028", "Fire brigade", "one vehicle"),
    ("Food for municipal kitchens", "supplies", "15000000-8", 2_300_000, "open", "January 2027", "December 2028", "Schools", ""),
    ("Office supplies", "supplies", "30192000-1", 240_000, "open", "January 2027", "December 2028", "IT", ""),
    ("Road salt", "supplies", "34927100-2", 310_000, "open", "September 2027", "March 2028", "Streets", ""),
    ("Cleaning of municipal buildings", "services", "90911200-8", 2_950_000, "open", "January 2027", "December 2028", "Buildings", ""),
    ("School meals", "services", "55524000-9", 3_600_000, "open", "August 2027", "December 2028", "Schools", ""),
    ("Pupil transport", "services", "60130000-8", 1_280_000, "open", "August 2027", "July 2028", "Schools", ""),
    ("Upkeep of parks and cemeteries", "services", "77310000-6", 1_150_000, "open", "March 2027", "November 2028", "Parks", ""),
    ("Guarding and patrols", "services", "79710000-4", 480_000, "open", "January 2027", "December 2028", "Buildings", ""),
    ("Design of the new town library", "services", "71221000-3", 690_000, "restricted", "February 2027", "January 2028", "Buildings", "one design"),
    ("Digital town hall: records system", "services", "72230000-6", 840_000, "negotiated", "March 2027", "June 2028", "IT", "one system with one architecture"),
    ("Language and job courses", "services", "80530000-8", 560_000, "open", "February 2027", "December 2027", "Social affairs", ""),
)  # fmt: skip


def _rows() -> list[Row]:
    return [
        {
            "Package ID": f"W27-{number:02d}",
            "Title": title,
            "Nature": nature,
            "CPV": cpv,
            "Value": value,
            "Procedure": procedure,
            "Divisible": "no" if reason else "yes",
            "Reason": reason or None,
            "Earliest start": first,
            "Latest finish": last,
            "Responsible": responsible,
        }
        for number, (title, nature, cpv, value, procedure, first, last, responsible, reason) in enumerate(_LIST, 1)
    ]


def write(path: Path) -> None:
    """Writes the plan."""
    titles = (
        f"{AUTHORITY}: procurement list 2027",
        "Estimated values in euro, net of VAT; example data",
    )
    write_workbook(path, AUTHORITY, "Procurement list 2027", [SheetContent("Packages", PACKAGES, _rows(), titles)])
