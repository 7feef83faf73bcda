"""A sheet as it stands in a file: values with their true addresses, cells that hold an error, merged ranges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

Value = str | int | float | bool | date | datetime | time | timedelta | None
Address = tuple[int, int]
Merge = tuple[Address, Address]

MOST_CELLS = 20_000_000
MOST_BYTES = 1_000_000_000


@dataclass(frozen=True)
class Faults:
    """What stands in a sheet and is no value.

    errors: address (row, column, from 0) to the error as Excel shows it. uncalculated: formulas without a stored value.
    currency_formats: address to the currency sign or code that the number format shows.
    merged: ranges by their first and last address, where the reader cannot tell them (.ods).
    """

    errors: dict[Address, str] = field(default_factory=dict)
    uncalculated: set[Address] = field(default_factory=set)
    currency_formats: dict[Address, str] = field(default_factory=dict)
    merged: list[Merge] = field(default_factory=list)


@dataclass(frozen=True)
class Grid:
    """The cells of one sheet. rows: from row `top` and column `left` on (counted from 0), blank ones included."""

    name: str
    rows: list[list[Value]]
    top: int = 0
    left: int = 0
    faults: Faults = field(default_factory=Faults)
    merged: Mapping[Address, Merge] = field(default_factory=dict)

    def at(self, row: int, column: int) -> Value:
        """The value at an address, None outside."""
        row -= self.top
        column -= self.left
        if 0 <= row < len(self.rows) and 0 <= column < len(self.rows[row]):
            return self.rows[row][column]
        return None


def is_blank(value: Value) -> bool:
    """Whether a cell shows nothing: no value, or spaces alone."""
    return value is None or (isinstance(value, str) and not value.strip())


def merged_cells(ranges: list[Merge]) -> dict[Address, Merge]:
    """Every covered address of the merged ranges that are small enough to matter (titles over whole columns are not)."""
    covered: dict[Address, Merge] = {}
    for merge in ranges:
        (top, left), (bottom, right) = merge
        if (bottom - top + 1) * (right - left + 1) > 100_000 or len(covered) > 1_000_000:
            continue
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                covered[row, column] = merge
    return covered
