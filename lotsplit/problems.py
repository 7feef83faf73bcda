"""What can be wrong with an input: a Problem is a value, told in one sentence with sheet and cell.

Every kind of problem is declared once, in a list of kinds, with a code, a title and a severity; the
sentence is made of data (found, expected, hint), so tests compare data and documents list the kinds.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field


def column_letters(column: int) -> str:
    """The spreadsheet letters of a column counted from 0: 0 is A, 26 is AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@dataclass(frozen=True, slots=True)
class Source:
    """Where in a file something stands: sheet, row and column, both counted from 0 (None: the whole row or sheet)."""

    sheet: str
    row: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        if self.row is None:
            return self.sheet
        if self.column is None:
            return f"{self.sheet}!row {self.row + 1}"
        return f"{self.sheet}!{column_letters(self.column)}{self.row + 1}"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem: a code for tests and documents, a title, whether it stops, and what to do about it."""

    code: str
    title: str
    stops: bool
    remedy: str


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem: its kind, where it is, what was found, what was expected, and one way out.

    Fields: found and expected are the two halves of the sentence "SOURCE: FOUND; expected EXPECTED (HINT)".
    """

    kind: Kind
    source: Source | None
    found: str
    expected: str = ""
    hint: str = field(default="", compare=False)

    @property
    def stops(self) -> bool:
        """Whether the plan cannot be used (an error), or can (a warning)."""
        return self.kind.stops

    def __str__(self) -> str:
        sentence = f"{self.source}: {self.found}" if self.source is not None else self.found
        if self.expected:
            sentence += f"; expected {self.expected}"
        if self.hint:
            sentence += f" ({self.hint})"
        return sentence


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint naming the known key most like a misspelt one, or nothing: 'did you mean "North"?'."""
    by_fold = {k.casefold(): k for k in known}
    found = difflib.get_close_matches(name.casefold(), by_fold, n=1, cutoff=0.6)
    return f'did you mean "{by_fold[found[0]]}"?' if found else ""
