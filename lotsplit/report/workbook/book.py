"""The workbook that is being written: its formats, in the plan's currency, and its pages."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter

# Bytes repeat only with a fixed date of creation.
CREATED = datetime(2000, 1, 1)

BLUE, GREY, GREEN, ORANGE, RED = "#1F5FA6", "#8A94A0", "#2E7D4F", "#C46A00", "#B3261E"

_CELL = {"valign": "top"}
_WRAPPED = {**_CELL, "text_wrap": True, "align": "left", "indent": 1}
_STATUS = {
    "held": ("#E3F1E7", "#1B5E35"),
    "broken": ("#F9DEDC", "#8C1D18"),
    "flag": ("#FCEBD3", "#7A4100"),
    "warning": ("#FCEBD3", "#7A4100"),
}
# White lines keep the bars of a Gantt chart apart.
_LINES = {"top": 2, "bottom": 2, "top_color": "#FFFFFF", "bottom_color": "#FFFFFF"}
_BARS = {"bar lot": BLUE, "bar undivided": GREY, "bar reserved": GREEN, "bar thin": RED}


BOLD = {"figure", *_STATUS}


class Book:
    """An XlsxWriter workbook with formats by kind of value (sheets.columns.KINDS, and those named below).

    Further kinds: "money change", "points" (a difference of shares times 100), "words" (wrapped text), "general"
    (a number as it is), "year", "figure" (what a row is about), held, broken, flag and warning; any number after "left". With `cents`
    money is shown with two decimals. Text of the input is never a formula or a link.
    """

    def __init__(self, path: Path, currency: str, cents: bool, subject: str) -> None:
        options = {
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_format_properties": {"font_name": "Arial", "font_size": 10},
        }
        self.file = xlsxwriter.Workbook(str(path), options)
        self.file.set_properties(
            {"title": "Lot schedule", "subject": subject, "created": CREATED, "author": "lotsplit"}
        )
        self.currency = currency
        self.subject = subject
        self._formats: dict[str, Any] = {}
        quoted = '"' + currency.replace('"', "") + '"'
        amount = "#,##0.00" if cents else "#,##0"
        self._codes = {
            "money": f"{amount} {quoted}",
            "money change": f"+{amount} {quoted};-{amount} {quoted};0 {quoted}",
            "at most money": f'"at most "{amount} {quoted}',
            "share": "0.0 %",
            "points": '+0.0 "points";-0.0 "points";0.0 "points"',
            "spread": '0.0 "points"',
            "number": "#,##0.0",
            "whole": "#,##0",
            "change": "+#,##0.0;-#,##0.0;0.0",
            "whole change": "+#,##0;-#,##0;0",
            "lots change": '+#,##0 "lots";-#,##0 "lots";0 "lots"',
            "lots": '[=1]0 "lot";#,##0 "lots"',
            "seconds": '#,##0.00 "s"',
            "fine share": "0.0000 %",
            "year": "0",
            "date": "yyyy-mm-dd",
            "month": "mmm yyyy",
        }

    def format(self, kind: str) -> Any:
        """The format of a kind of value, made when first asked for."""
        if kind not in self._formats:
            self._formats[kind] = self.file.add_format(self._properties(kind))
        return self._formats[kind]

    def _properties(self, kind: str) -> dict[str, Any]:
        if kind in self._codes:
            return {**_CELL, "num_format": self._codes[kind], "align": "right"}
        if kind.startswith("left "):
            return {**_CELL, "num_format": self._codes[kind.removeprefix("left ")], "align": "left", "indent": 1}
        if kind in _BARS:
            return {"bg_color": _BARS[kind], "font_color": _BARS[kind], "align": "center", **_LINES}
        if kind in _STATUS:
            fill, ink = _STATUS[kind]
            return {**_WRAPPED, "bg_color": fill, "font_color": ink, "bold": True}
        special: dict[str, dict[str, Any]] = {
            "general": {**_CELL, "align": "right"},
            "right text": {**_CELL, "align": "right"},
            "figure": {**_WRAPPED, "bold": True},
            "header": {
                "bold": True,
                "font_color": "#FFFFFF",
                "bg_color": BLUE,
                "border": 1,
                "border_color": "#FFFFFF",
                "align": "left",
                "valign": "vcenter",
                "indent": 1,
            },
            "month header": {
                "bold": True,
                "font_color": "#FFFFFF",
                "bg_color": BLUE,
                "rotation": 90,
                "align": "center",
                "border": 1,
                "border_color": "#FFFFFF",
            },
            "title": {"bold": True, "font_size": 14, "font_color": BLUE},
            "subtitle": {"bold": True, "font_size": 11, "font_color": BLUE},
            "note": {"italic": True, "font_color": "#444444"},
            "yes/no": {**_CELL, "align": "center"},
            "bar count": {"bg_color": "#CFE0F2", "align": "center", **_LINES},
            "month count": {"font_color": "#444444", "align": "center", "rotation": 90},
        }
        return special.get(kind, _WRAPPED)

    def close(self) -> None:
        """Write the file."""
        self.file.close()
