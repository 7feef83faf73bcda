"""An empty plan to fill in: guidance first, then a sheet for each input sheet, with drop-downs, checks and a note on each header."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from lotsplit.problems import column_letters
from lotsplit.sheets import (
    BUDGETS,
    INPUT_SHEETS,
    ITEMS,
    NUMERIC_KINDS,
    PACKAGES,
    REGIONS,
    RULES_SHEET,
    Column,
    Sheet,
)
from lotsplit.whole_file import whole_file
from lotsplit.workbook import guidance

GUIDANCE = "Guidance"
# So many rows have drop-downs and checks; more may be filled in.
ROWS = 20_000

# Which column offers the keys of which other, and whether a key that is not there is questioned: a region need not
# be listed, a package and a fund must be, but may be written down later.
_KEYS: dict[tuple[str, str], tuple[Sheet, str, bool]] = {
    (ITEMS.name, "package_id"): (PACKAGES, "package_id", True),
    (PACKAGES.name, "region"): (REGIONS, "region", False),
    (ITEMS.name, "region"): (REGIONS, "region", False),
    (REGIONS.name, "parent"): (REGIONS, "region", False),
    (BUDGETS.name, "region"): (REGIONS, "region", False),
    (BUDGETS.name, "fund"): (PACKAGES, "fund", True),
}
_CELL_FORMATS = {"money": "#,##0.00", "share": "0.0%", "whole": "0", "number": "General", "date": "yyyy-mm-dd"}
_WIDTHS = {"money": 16, "date": 14, "trade": 16, "trades": 28, "list": 28}
_WIDE = {"title", "description", "reason", "source", "name"}
_KIND_WORDS = {
    "text": "text",
    "trade": "trade: a CPV code or a name",
    "money": "money, net of VAT, in the plan's currency",
    "number": "number",
    "whole": "whole number",
    "share": "share: 30 % or 0.3",
    "yes/no": "yes or no",
    "date": "a day or a month",
    "month": "a month",
    "choice": "one of a list",
    "list": "list, separated by semicolons",
    "trades": "list of trades, separated by semicolons",
}
_GUIDANCE_WIDTHS = (26, 14, 22, 66, 74)
_BLUE, _PALE = "#1F3864", "#E7ECF4"


def write_template(path: Path) -> None:
    """Writes an empty plan workbook (.xlsx), whole or not at all; the same bytes each time. Raises Unwritable."""
    with whole_file(Path(path)) as temporary:
        options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        with xlsxwriter.Workbook(str(temporary), options) as workbook:
            workbook.set_properties({"title": "Tender plan", "created": datetime(2000, 1, 1)})
            formats = _formats(workbook)
            rule_names = _write_guidance(workbook.add_worksheet(GUIDANCE), formats)
            for sheet in INPUT_SHEETS:
                _write_sheet(workbook.add_worksheet(sheet.name), sheet, formats, rule_names)


def _formats(workbook: Any) -> dict[str, Any]:
    header = {"bold": True, "border": 1, "valign": "vcenter"}
    looks: dict[str, dict[str, object]] = {
        "title": {"bold": True, "font_size": 16, "font_color": _BLUE},
        "section": {"bold": True, "font_size": 12, "font_color": _BLUE, "bottom": 1},
        "line": {"valign": "top"},
        "cell": {"valign": "top", "text_wrap": True, "border": 1, "border_color": "#BFBFBF"},
        "link": {"valign": "top", "border": 1, "border_color": "#BFBFBF", "font_color": "#0563C1", "underline": 1},
        "head": {**header, "bg_color": _PALE},
        "required": {**header, "bg_color": _BLUE, "font_color": "#FFFFFF"},
        "optional": {**header, "bold": False, "italic": True, "bg_color": _PALE},
        "text": {"num_format": "@"},
        **{kind: {"num_format": number} for kind, number in _CELL_FORMATS.items()},
    }
    return {name: workbook.add_format(look) for name, look in looks.items()}


def _write_guidance(page: Any, formats: dict[str, Any]) -> str:
    """Fills the first sheet. Returns where the names of the rules stand, as a drop-down needs it."""
    page.hide_gridlines(2)
    for place, width in enumerate(_GUIDANCE_WIDTHS):
        page.set_column(place, place, width)
    page.set_row(0, 26)
    page.write_string(0, 0, guidance.TITLE, formats["title"])
    row = _lines(page, 1, guidance.OPENING, formats) + 1
    row = _section(page, row, "How to fill it in", formats)
    row = _lines(page, row, [f"{n}.  {step}" for n, step in enumerate(guidance.STEPS, start=1)], formats)
    page.write_string(row + 1, 0, "package_id *", formats["required"])
    page.write_string(row + 1, 1, "must be filled in", formats["line"])
    page.write_string(row + 2, 0, "region", formats["optional"])
    page.write_string(row + 2, 1, "may stay blank", formats["line"])
    row = _section(page, row + 4, "How values are written", formats)
    for kind, meaning in guidance.VALUES:
        page.write_string(row, 0, kind, formats["line"])
        page.write_string(row, 1, meaning, formats["line"])
        row += 1
    row = _section(page, row + 1, "The sheets", formats)
    page.write_row(row, 0, guidance.SHEETS_HEADER, formats["head"])
    for name, needed, meaning in guidance.SHEETS:
        row += 1
        page.write_url(row, 0, f"internal:'{name}'!A1", formats["link"], name, f"Go to the sheet {name}")
        page.write_string(row, 1, needed, formats["cell"])
        page.write_string(row, 2, meaning, formats["line"])
    row = _section(page, row + 2, "The rules", formats)
    row = _lines(page, row, guidance.RULES_OPENING, formats)
    page.write_row(row, 0, guidance.RULES_HEADER, formats["head"])
    first = row + 1
    for row, texts in enumerate(guidance.RULE_ROWS, start=first):
        page.write_row(row, 0, texts, formats["cell"])
        # Not every program makes a row as high as its wrapped text needs.
        page.set_row(
            row, 15 * max(math.ceil(len(text) / (1.1 * width)) for text, width in zip(texts, _GUIDANCE_WIDTHS))
        )
    _print_on_one_page_wide(page)
    return f"={GUIDANCE}!$A${first + 1}:$A${row + 1}"


def _section(page: Any, row: int, title: str, formats: dict[str, Any]) -> int:
    page.write_string(row, 0, title, formats["section"])
    return row + 1


def _lines(page: Any, row: int, lines: Sequence[str], formats: dict[str, Any]) -> int:
    for line in lines:
        page.write_string(row, 0, line, formats["line"])
        row += 1
    return row


def _write_sheet(page: Any, sheet: Sheet, formats: dict[str, Any], rule_names: str) -> None:
    page.freeze_panes(1, 1)
    page.set_row(0, 22)
    for place, column in enumerate(sheet.columns):
        header = f"{column.name} *" if column.required else column.name
        page.write_string(0, place, header, formats["required" if column.required else "optional"])
        note = note_of(column)
        # A line of a note holds some 45 letters at this width, and is 15 points high.
        lines = sum(1 + len(line) // 45 for line in note.split("\n"))
        page.write_comment(0, place, note, {"width": 300, "height": 20 * lines + 12, "font_size": 9})
        page.set_column(place, place, _width(column, header), formats[_format_of(column, sheet)])
        check = _check(sheet, column, rule_names)
        if check is not None:
            page.data_validation(1, place, ROWS, place, check)
    page.repeat_rows(0)
    _print_on_one_page_wide(page)


def _print_on_one_page_wide(page: Any) -> None:
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)


def note_of(column: Column) -> str:
    """What the note on a header says: meaning, how it is written, and what a blank means."""
    unit = f" ({column.unit})" if column.unit else ""
    lines = [_sentence(column.meaning), f"Write: {_KIND_WORDS[column.kind]}{unit}."]
    if column.choices and column.kind == "choice":
        lines.append(f"One of: {', '.join(column.choices)}.")
    if column.required:
        lines.append("Must be filled in.")
    else:
        lines.append(f"Blank means: {column.blank or 'nothing is said'}.")
    return "\n".join(lines)


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def _width(column: Column, header: str) -> int:
    usual = 34 if column.name in _WIDE else _WIDTHS.get(column.kind, 12)
    return max(usual, len(header) + 3)


def _format_of(column: Column, sheet: Sheet) -> str:
    if column.kind in _CELL_FORMATS:
        return column.kind
    # The value of a rule may be a number, a word or a month: as text, a number would no longer be one.
    return "number" if sheet is RULES_SHEET and column.name == "value" else "text"


def _check(sheet: Sheet, column: Column, rule_names: str) -> dict[str, Any] | None:
    """The drop-down or the check of a column, with what is said on choosing a cell and on a value that does not fit."""
    said = {
        "input_title": column.name[:32],
        "input_message": _cut(f"{_sentence(column.meaning)}{_blank(column)}"),
        "error_title": column.name[:32],
        "ignore_blank": True,
    }
    if (sheet.name, column.name) in _KEYS:
        of, name, questioned = _KEYS[sheet.name, column.name]
        error = _cut(f"The sheet {of.name} has no such {name} yet. Keep it all the same?")
        said |= {"error_message": error, "error_type": "warning", "show_error": questioned}
        return said | {"validate": "list", "source": _filled(of, name)}
    if sheet is RULES_SHEET and column.name == "rule":
        return said | {
            "validate": "list",
            "source": rule_names,
            "error_message": f"There is no such rule. Choose one of the list; the sheet {GUIDANCE} explains them.",
        }
    if column.kind in ("choice", "yes/no"):
        words = list(column.choices) if column.kind == "choice" else ["yes", "no"]
        return said | {
            "validate": "list",
            "source": words,
            "error_message": _cut(f"Choose one of: {', '.join(words)}."),
        }
    if column.kind == "date":
        return said | {
            "validate": "date",
            "criteria": "between",
            "minimum": date(1900, 1, 1),
            "maximum": date(2200, 12, 31),
            "error_message": "Write a date such as 2027-03-01, or a month such as March 2027.",
        }
    return said | _number_check(column) if column.kind in NUMERIC_KINDS else None


def _number_check(column: Column) -> dict[str, Any]:
    check: dict[str, Any] = {"validate": "integer" if column.kind == "whole" else "decimal"}
    noun = {"whole": "a whole number", "share": "a share"}.get(column.kind, "a number")
    least = 0 if column.least is None else column.least
    if column.most is not None:
        between = "from 0 to 100 %" if column.kind == "share" else f"from {least:g} to {column.most:g}"
        check |= {"criteria": "between", "minimum": least, "maximum": column.most}
        return check | {"error_message": f"Write {noun} {between}."}
    check |= {"criteria": ">" if column.above else ">=", "value": least}
    return check | {"error_message": f"Write {noun} {'above' if column.above else 'of at least'} {least:g}."}


def _blank(column: Column) -> str:
    if column.required:
        return " Must be filled in."
    return f" Blank: {column.blank}." if column.blank else ""


def _cut(text: str) -> str:
    # Excel takes 255 characters in such a message.
    return text if len(text) <= 255 else f"{text[:252]}..."


def _filled(sheet: Sheet, name: str) -> str:
    """The cells of a column down to the last one that is filled in, as a formula for a drop-down."""
    letter = column_letters([column.name for column in sheet.columns].index(name))
    cells = f"{sheet.name}!${letter}$2:${letter}${ROWS + 1}"
    last = f'SUMPRODUCT(MAX(({cells}<>"")*ROW({cells})))-1'
    return f"=OFFSET({sheet.name}!${letter}$2,0,0,MAX(1,{last}),1)"
