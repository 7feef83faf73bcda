"""How many lines a text takes in a cell: viewers do not all make rows as high as their wrapped text, so the file must say."""

from __future__ import annotations

from functools import cache

# Widths of Arial's letters in thousandths of its size; digits, and most small letters, take 556.
_WIDTHS = {
    222: "ijl'",
    278: " .,:;!/\\tfI[]|",
    333: 'r()-`"*',
    500: "ckvxyzsJ",
    584: "+<=>~",
    667: "ABEKPSVXY&",
    722: "CDHNRUw",
    778: "GOQ",
    833: "mM",
    944: "W%@—",
}
_WIDTH_OF = {letter: width for width, letters in _WIDTHS.items() for letter in letters}
_DIGIT = 556
# Screens and printers round letters to whole dots.
_SAFETY = 1.04


def text_width(text: str) -> float:
    """The width of a line of text in the unit of column widths, that of a digit."""
    return sum(_WIDTH_OF.get(letter, 611 if letter.isupper() else _DIGIT) for letter in text) * _SAFETY / _DIGIT


@cache
def lines_of(text: str, width: float) -> int:
    """The lines that a text takes when it is wrapped between words in a column so wide."""
    return sum(_lines_of_paragraph(paragraph, width) for paragraph in text.split("\n"))


def _lines_of_paragraph(paragraph: str, width: float) -> int:
    lines, used = 1, 0.0
    for word in paragraph.split(" "):
        needed = text_width(word)
        gap = text_width(" ") if used else 0.0
        if used and used + gap + needed > width:
            lines, used, gap = lines + 1, 0.0, 0.0
        # A word longer than the column is broken anywhere.
        lines += int(needed // width) if needed > width else 0
        used += gap + (needed % width if needed > width else needed)
    return lines
