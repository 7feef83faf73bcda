"""The districts of the invented region of regional-stimulus.xlsx, and its packages and items as they are collected."""

from __future__ import annotations

import random
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from sheet_look import CellValue, Row

# Code, name, share of the population, price level.
DISTRICTS = {
    "XV111": ("Harsund", 0.11, 1.02),
    "XV112": ("Brenning", 0.13, 0.98),
    "XV113": ("Osterby", 0.09, 1.04),
    "XV121": ("Valmaris City", 0.24, 1.08),
    "XV122": ("Tannhof", 0.12, 1.00),
    "XV123": ("Lower Ister", 0.10, 0.97),
    "XV131": ("Corvane", 0.08, 0.93),
    "XV132": ("Saltera", 0.13, 0.95),
}
NORTH = ("XV111", "XV112", "XV113")
CENTRE = ("XV121", "XV122", "XV123")
SOUTH = ("XV131", "XV132")
EVERY = NORTH + CENTRE + SOUTH

ERDF, ESF, OWN = "ERDF", "ESF+", "Regional"


def begin(year: int, number: int) -> date:
    """The first day of a month."""
    return date(year, number, 1)


def end(year: int, number: int) -> date:
    """The last day of a month."""
    return date(year, number, monthrange(year, number)[1])


@dataclass
class Programme:
    """Collects the rows of Packages and Items; `draw` gives the seeded variation between places."""

    packages: list[Row] = field(default_factory=list)
    items: list[Row] = field(default_factory=list)
    draw: random.Random = field(default_factory=lambda: random.Random(2027))

    def package(self, key: str, title: str, nature: str, cpv: str, **cells: CellValue) -> str:
        """Adds a package and gives its key. Cells by header, blanks written as underscores."""
        self.packages.append(
            {"Package ID": key, "Title": title, "Nature": nature, "CPV code": cpv, **_by_header(cells)}
        )
        return key

    def item(self, package: str, description: str, **cells: CellValue) -> None:
        """Adds an item to a package; its key is the package's with a number."""
        number = sum(1 for row in self.items if row["Package ID"] == package) + 1
        self.items.append(
            {
                "Item ID": f"{package}.{number:02d}",
                "Package ID": package,
                "Description": description,
                **_by_header(cells),
            }
        )

    def shares(
        self,
        package: str,
        description: str,
        districts: Iterable[str],
        total: float,
        step: float,
        unit: str,
        unit_price: float,
        **cells: CellValue,
    ) -> None:
        """An item for each district: its share of a total for the whole region, rounded to steps, at its price level."""
        for code in districts:
            name, share, level = DISTRICTS[code]
            quantity = max(1, round(total * share * self.vary(0.2) / step)) * step
            price = round(unit_price * level * self.vary(0.05), 2)
            self.item(
                package,
                description.format(name),
                Region=code,
                Quantity=quantity,
                Unit=unit,
                Unit_price=price,
                Quantity_step=step,
                **cells,
            )

    def vary(self, by: float) -> float:
        """A factor between 1 - by and 1 + by."""
        return 1 + by * (2 * self.draw.random() - 1)


def _by_header(cells: dict[str, CellValue]) -> dict[str, CellValue]:
    return {name.replace("_", " "): value for name, value in cells.items()}
