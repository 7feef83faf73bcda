"""How the example workbooks look: titles, formatted headers, widths and number formats, as an authority would make them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

CellValue = str | float | int | date | None
Row = Mapping[str, CellValue]

# A fixed date of creation: the same bytes each time the script runs.
CREATED = datetime(2026, 10, 1, 9, 0, 0)

NUMBER_FORMATS = {
    "text": "@",
    "wrapped": "@",
    "money": "#,##0",
    "price": "#,##0.00",
    "number": "#,##0.##",
    "whole": "0",
    "date": "dd/mm/yyyy",
    "percent": "0 %",
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its header, its width in characters, and its kind (a key of NUMBER_FORMATS, or "any": by the value)."""

    header: str
    width: float
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class SheetContent:
    """A sheet: its columns and rows (by header), the titles above the header, and the colour of its tab."""

    name: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    titles: Sequence[str] = ()
    colour: str = "#1F4E79"


def write_workbook(path: Path, author: str, title: str, sheets: Sequence[SheetContent]) -> None:
    """Writes the sheets into a new workbook, replacing one that is there."""
    book = xlsxwriter.Workbook(
        str(path), {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    book.set_properties({"title": title, "author": author, "company": author, "created": CREATED})
    formats = _formats(book)
    for sheet in sheets:
        _write_sheet(book.add_worksheet(sheet.name), formats, sheet)
    book.close()


def _formats(book: xlsxwriter.Workbook) -> dict[str, Format]:
    body = {"font_name": "Calibri", "font_size": 10, "valign": "top", "border": 1, "border_color": "#D0D7DE"}
    formats = {
        kind: book.add_format(
            {**body, "num_format": number_format, "text_wrap": kind == "wrapped", "indent": int(number_format == "@")}
        )
        for kind, number_format in NUMBER_FORMATS.items()
    }
    formats["title"] = book.add_format({"font_name": "Calibri", "font_size": 15, "bold": True, "font_color": "#1F4E79"})
    formats["subtitle"] = book.add_format({"font_name": "Calibri", "font_size": 10, "italic": True})
    formats["header"] = book.add_format(
        {
            "font_name": "Calibri",
            "font_size": 10,
            "bold": True,
            "font_color": "#FFFFFF",
            "bg_color": "#1F4E79",
            "border": 1,
            "border_color": "#FFFFFF",
            "text_wrap": True,
            "valign": "vcenter",
        }
    )
    return formats


def _write_sheet(sheet: Worksheet, formats: Mapping[str, Format], content: SheetContent) -> None:
    for number, line in enumerate(content.titles):
        if number == 0:
            sheet.set_row(0, 22)
        sheet.write_string(number, 0, line, formats["title" if number == 0 else "subtitle"])
    top = len(content.titles) + 1 if content.titles else 0
    sheet.set_row(top, 32)
    for position, column in enumerate(content.columns):
        sheet.set_column(position, position, column.width)
        sheet.write_string(top, position, column.header, formats["header"])
    for number, row in enumerate(content.rows, start=top + 1):
        unknown = set(row) - {column.header for column in content.columns}
        if unknown:
            raise KeyError(f"sheet {content.name} has no column {sorted(unknown)}")
        for position, column in enumerate(content.columns):
            value = row.get(column.header)
            kind = _kind_of(value) if column.kind == "any" else column.kind
            _write_cell(sheet, number, position, value, formats[kind])
    sheet.freeze_panes(top + 1, 1)
    sheet.autofilter(top, 0, top + len(content.rows), len(content.columns) - 1)
    sheet.set_tab_color(content.colour)
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(top)


def _kind_of(value: CellValue) -> str:
    if isinstance(value, date):
        return "date"
    return "text" if value is None or isinstance(value, str) else "number"


def _write_cell(sheet: Worksheet, row: int, column: int, value: CellValue, look: Format) -> None:
    if value is None:
        sheet.write_blank(row, column, None, look)
    elif isinstance(value, str):
        sheet.write_string(row, column, value, look)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, look)
    else:
        sheet.write_number(row, column, value, look)
