"""A sheet of the report: tables of declared columns, with widths, header notes, frozen header and page set-up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest
from math import ceil
from typing import Any, NamedTuple

from lotsplit.limits import MONEY_TOLERANCE
from lotsplit.report.rows import Value, columns_of
from lotsplit.report.workbook.book import BOLD, Book
from lotsplit.report.workbook.lettering import lines_of, text_width
from lotsplit.sheets import Column, Sheet

WIDEST, WIDEST_LIST = 48.0, 22.0
SHORT_TEXT = 12
HEADER_HEIGHT, ROW_HEIGHT, LINE_HEIGHT = 18.0, 15.0, 12.75
INDENT = 2.0
MEASURED = 100
BOLDER = 1.08
LONGEST_TEXT = 32_767
# Characters of default width that fit across a page of A4 in landscape at full size, and at the smallest legible one.
A4_LANDSCAPE = 138
A4_LANDSCAPE_POINTS = 510
SMALLEST_SCALE = 0.65

_GENERAL = {"quantity", "priority"}


class Figure(NamedTuple):
    """A value with a kind of its own, in a column where every row has its own unit."""

    value: Value
    kind: str


Cells = dict[str, Value | Figure]


@dataclass(frozen=True)
class Placed:
    """Where a table came to lie: header row, first and last row of data, column by name; all counted from 0."""

    header: int
    first: int
    last: int
    columns: dict[str, int]


class Page:
    """One sheet of the workbook. finish() must be called once all tables are placed."""

    def __init__(self, book: Book, name: str) -> None:
        self.book = book
        self.sheet = book.file.add_worksheet(name)
        self._widths: dict[int, float] = {}
        self._long_texts: list[tuple[int, int, str]] = []

    def table(
        self, declared: Sheet, rows: Sequence[Mapping[str, Value | Figure]], *, top: int = 0, months: Sequence[str] = ()
    ) -> Placed:
        """Write an Excel table with its header in row `top`; a table without rows gets one blank row.

        months: headers of further narrow columns, which the caller fills.
        """
        names = columns_of(declared, rows)
        known = {column.name: column for column in declared.columns}
        columns = [known.get(name, Column(name, "a further column of the plan")) for name in names]
        kinds = [_kind(column) for column in columns]
        data: list[list[Any]] = [
            [_plain(row.get(name), kind) for name, kind in zip(names, kinds, strict=True)] for row in rows
        ] or [[None] * len(names)]
        last = top + len(data)
        self.sheet.add_table(
            top,
            0,
            last,
            len(names) + len(months) - 1,
            {
                "name": declared.name.replace(" ", "_"),
                "description": declared.meaning,
                "style": "Table Style Light 1",
                "columns": [
                    {"header": name, "header_format": self.book.format("header"), "format": self.book.format(kind)}
                    for name, kind in zip(names, kinds, strict=True)
                ]
                + [{"header": month, "header_format": self.book.format("month header")} for month in months],
                "autofilter": not months,
                "data": data,
            },
        )
        self.sheet.set_row(top, HEADER_HEIGHT)
        for number, column in enumerate(columns):
            self.note(top, number, column)
            # Room for the button of the filter.
            self.widen(number, BOLDER * text_width(column.name) + 5)
            values = [line[number] for line in data]
            most = WIDEST_LIST if column.kind == "list" else WIDEST
            self.widen(number, min(most, _widest(values, kinds[number], self.book.currency)))
            self._remember(top + 1, number, values)
        self._write_figures(rows, names, top + 1)
        return Placed(top, top + 1, last, {name: n for n, name in enumerate(names)})

    def _write_figures(self, rows: Sequence[Mapping[str, Value | Figure]], names: list[str], first: int) -> None:
        for r, row in enumerate(rows, start=first):
            for c, name in enumerate(names):
                cell = row.get(name)
                if isinstance(cell, Figure):
                    value = _plain(cell.value, cell.kind)
                    self.sheet.write(r, c, value, self.book.format(cell.kind))
                    self.widen(c, _widest([value], cell.kind, self.book.currency))
                    self._remember(r, c, [value])

    def _remember(self, first: int, column: int, values: Sequence[Any]) -> None:
        self._long_texts += [
            (row, column, value)
            for row, value in enumerate(values, start=first)
            if isinstance(value, str) and (len(value) > SHORT_TEXT or "\n" in value)
        ]

    def note(self, row: int, column: int, declared: Column) -> None:
        """A note on a header cell: meaning and unit."""
        text = _note(declared, self.book.currency)
        lines = sum(ceil(len(line) / 38) for line in text.split("\n"))
        self.sheet.write_comment(row, column, text, {"x_scale": 1.9, "height": 24 + 16 * lines, "author": "lotsplit"})

    def yes_or_no(self, placed: Placed, *names: str) -> None:
        """A drop-down of yes and no on columns of a table."""
        for name in names:
            column = placed.columns[name]
            self.sheet.data_validation(
                placed.first,
                column,
                placed.last,
                column,
                {
                    "validate": "list",
                    "source": ["yes", "no"],
                    "error_title": "yes or no",
                    "error_message": f"{name} is yes or no.",
                },
            )

    def widen(self, column: int, width: float) -> None:
        """Make a column at least so wide, in characters."""
        self._widths[column] = max(self._widths.get(column, 0.0), min(WIDEST, width))

    def set_width(self, column: int, width: float) -> None:
        """Make a column exactly so wide, in characters."""
        self._widths[column] = width

    def column_width(self, column: int) -> float:
        """The width that a column has so far, in characters."""
        return self._widths.get(column, 0.0)

    @property
    def width(self) -> float:
        """The width of all columns together, in characters."""
        return sum(self._widths.values())

    def finish(self, *, header: int = 0, frozen_columns: int = 1, first_page: int | None = None) -> None:
        """Widths, frozen header and page set-up: A4 in landscape, as many pages wide as stay legible, header repeated.

        first_page: the number of rows that belong on the first page; only at a fixed scale does Excel keep such a break.
        """
        for column, width in self._widths.items():
            self.sheet.set_column(column, column, width)
        heights = self._set_heights()
        self.sheet.freeze_panes(header + 1, frozen_columns)
        self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        pages = ceil(self.width * SMALLEST_SCALE / A4_LANDSCAPE)
        if first_page is not None:
            height = sum(heights.get(row, ROW_HEIGHT) for row in range(first_page))
            across, down = A4_LANDSCAPE / self.width, A4_LANDSCAPE_POINTS / height
            self.sheet.set_print_scale(int(100 * max(0.5, min(1.0, across, down))))
            self.sheet.set_h_pagebreaks([first_page])
        else:
            self.sheet.fit_to_pages(pages, 0)
            self.sheet.repeat_rows(header)
        if pages > 1 and frozen_columns:
            self.sheet.repeat_columns(0, frozen_columns - 1)
        left = self.book.subject.replace("&", "&&")[:120]
        self.sheet.set_footer(f"&L&8{left}&C&8&A&R&8Page &P of &N")

    def _set_heights(self) -> dict[int, float]:
        # Not every viewer makes rows as high as their wrapped text.
        heights: dict[int, float] = {}
        for row, column, text in self._long_texts:
            lines = lines_of(text, max(8.0, self._widths[column] - INDENT))
            heights[row] = min(409.0, max(heights.get(row, 0.0), ROW_HEIGHT + (lines - 1) * LINE_HEIGHT))
        for row, height in heights.items():
            if height > ROW_HEIGHT:
                self.sheet.set_row(row, height)
        return heights


def _kind(column: Column) -> str:
    if column.name in _GENERAL:
        return "general"
    return "year" if column.name == "year" else column.kind


def _plain(value: Value | Figure, kind: str) -> Value:
    if isinstance(value, Figure):
        return None
    if isinstance(value, float) and kind.startswith("money") and abs(value) < MONEY_TOLERANCE:
        # What is left of a difference of equal sums would show as "-0".
        return 0.0
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value if len(value) <= LONGEST_TEXT else value[: LONGEST_TEXT - 2] + " …"
    return value


def _widest(values: Sequence[Any], kind: str, currency: str) -> float:
    """Characters that the widest of the values takes in its format; wrapped text is cut to WIDEST by the caller."""
    kind = kind.removeprefix("left ")
    if kind in ("date", "month"):
        return 12.0
    lines = {line for value in values if isinstance(value, str) for line in value.split("\n")}
    # The widest text is among those of most letters; measuring all of ten thousand lots would take seconds.
    longest = max(map(text_width, nlargest(MEASURED, lines, key=len)), default=0.0)
    if kind in BOLD:
        longest *= BOLDER
    numbers = [abs(value) for value in values if isinstance(value, int | float)]
    if numbers:
        most = max(numbers)
        digits = len(f"{most:,.0f}")
        longest = max(longest, digits + {"money": 4 + len(currency), "money change": 5 + len(currency)}.get(kind, 3))
        if kind in ("share",):
            longest = max(longest, len(f"{100 * most:.1f} %"))
        if kind in ("points", "spread"):
            longest = max(longest, 13)
        if kind in ("text", "general"):
            longest = max(longest, max(len(f"{number:.10g}") for number in numbers))
    # Half a digit more, so that what fits exactly is not taken to need a second line.
    return longest + INDENT + 0.5


def _note(column: Column, currency: str) -> str:
    text = column.meaning[:1].upper() + column.meaning[1:] + "."
    if column.kind == "money":
        text += f"\nUnit: {currency} {column.unit}".rstrip()
    elif column.kind == "share":
        text += f"\nUnit: per cent {column.unit}".rstrip()
    elif column.unit:
        text += f"\nUnit: {column.unit}"
    elif column.kind in ("date", "month"):
        text += f"\nUnit: a {'day' if column.kind == 'date' else 'month'}"
    if column.blank:
        text += f"\nBlank: {column.blank}"
    return text
