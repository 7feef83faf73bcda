"""The native charts of the sheet Summary, each with its alternative text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lotsplit.evaluation import Evaluation, PartFigures
from lotsplit.report.words import percent
from lotsplit.report.workbook.book import BLUE, GREY, ORANGE, Book
from lotsplit.report.workbook.page import Placed

MOST_PARTS = 10

_SMALL = {"size": 9, "bold": False}


def part_chart(book: Book, placed: Placed, what: str, parts: Sequence[PartFigures]) -> tuple[Any, str]:
    """SME share before and after by part, of the largest parts (as the sheet Regions lists them), and the text for it."""
    shown = min(MOST_PARTS, len(parts))
    last = placed.first + max(shown, 1) - 1
    chart = book.file.add_chart({"type": "bar"})
    for name, column, colour in (
        ("undivided plan", "undivided_expected_sme_share", GREY),
        ("this schedule", "expected_sme_share", BLUE),
    ):
        chart.add_series(
            {
                "name": name,
                "categories": ["Regions", placed.first, 0, last, 0],
                "values": ["Regions", placed.first, placed.columns[column], last, placed.columns[column]],
                "fill": {"color": colour},
                "gap": 60,
            }
        )
    largest = f" (largest {shown} of {len(parts)})" if shown < len(parts) else ""
    chart.set_title({"name": f"SME share of the value by {what}{largest}", "name_font": {"size": 11}, "overlay": False})
    # Bars are drawn from the bottom up; the largest part belongs on top.
    chart.set_y_axis({"reverse": True, "num_font": {"size": 8, "bold": False}, "interval_unit": 1})
    chart.set_x_axis(
        {
            "name": "expected SME share of the value",
            "name_font": _SMALL,
            "num_font": _SMALL,
            "num_format": "0 %",
            "min": 0,
            "max": 1,
            "major_gridlines": {"visible": True, "line": {"color": "#D9D9D9"}},
            "label_position": "high",
        }
    )
    chart.set_legend({"position": "bottom"})
    by_value = sorted(parts, key=lambda part: (-part.value, part.key))[:shown]
    listed = "; ".join(
        f"{part.key or f'no {what}'} {percent(part.undivided_share)} to {percent(part.share)}" for part in by_value
    )
    return chart, f"Bar chart: SME share of the value by {what}, undivided and in this schedule{largest}: {listed}."


def value_chart(book: Book, placed: Placed, evaluation: Evaluation) -> tuple[Any, str]:
    """Value by band of lot value, before and after, with the SMEs that can carry such a lot, and the text for it."""
    columns = book.file.add_chart({"type": "column"})
    line = book.file.add_chart({"type": "line"})
    categories = ["Summary", placed.first, 0, placed.last, 0]

    def values(name: str) -> list[str | int]:
        return ["Summary", placed.first, placed.columns[name], placed.last, placed.columns[name]]

    for name, column, colour in (
        ("value in undivided packages", "value undivided", GREY),
        ("value in lots", "value in lots", BLUE),
    ):
        columns.add_series(
            {"name": name, "categories": categories, "values": values(column), "fill": {"color": colour}, "gap": 60}
        )
    last = list(placed.columns)[-1]
    line.add_series(
        {
            "name": f"{last} (right axis)",
            "categories": categories,
            "values": values(last),
            "y2_axis": True,
            "line": {"color": ORANGE, "width": 2.25},
            "marker": {"type": "circle", "size": 7, "fill": {"color": ORANGE}, "border": {"color": ORANGE}},
        }
    )
    columns.combine(line)
    share = evaluation.participation == "curve"
    about = "the chance that an SME wins such a lot" if share else "the SMEs that can carry such a lot"
    columns.set_title({"name": f"Value by size of lot, and {about}", "name_font": {"size": 11}})
    # no name: the labels are slanted, and some programs would draw it across them
    columns.set_x_axis({"num_font": _SMALL})
    columns.set_y_axis(
        {
            "name": f"value, {book.currency}",
            "name_font": _SMALL,
            "num_font": _SMALL,
            "num_format": "#,##0",
            "major_gridlines": {"visible": True, "line": {"color": "#D9D9D9"}},
        }
    )
    line.set_y2_axis(
        {
            "name": last if share else f"{last}, firms",
            "name_font": _SMALL,
            "num_font": _SMALL,
            "num_format": "0 %" if share else "#,##0",
            "min": 0,
        }
    )
    columns.set_legend({"position": "bottom"})
    columns.show_blanks_as("span")
    words = (
        "Column chart: value by size of lot, in undivided packages and in the lots of this schedule, with a line for "
        f"{last}. The largest lot is worth {max((lot.value for lot in evaluation.lots), default=0.0):,.0f} {book.currency}, the largest"
        f" package {max(lot.value for lot in evaluation.undivided_lots):,.0f} {book.currency}. The table below has the figures."
    )
    return columns, words
