"""What a sheet and a column are: declared once, and read by the reader, the template, the report and the documents."""

from __future__ import annotations

from dataclasses import dataclass

KINDS = ("text", "trade", "money", "number", "whole", "share", "yes/no", "date", "month", "choice", "list", "trades")
NUMERIC_KINDS = ("money", "number", "whole", "share")


def normalised(name: str) -> str:
    """A sheet or column name as it is compared: without regard to case, spaces, underscores and punctuation."""
    return "".join(c for c in name.casefold() if c.isalnum())


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a sheet.

    kind: one of KINDS; a date is a day or a whole month, a list (of trades: trades) is separated by `;`, a share lies
    between 0 and 1 (`30 %` is 0.3), money is in the plan's currency, a trade is a CPV code or a free name. unit: in words, where it
    is not plain. required: must be there and not blank. blank: what a blank cell or a missing column means.
    spellings: other names it goes by. choices: the words that a choice, or a text, may be. least, most: the range of a number, both
    included; above: the number must be above `least`, not equal.
    """

    name: str
    meaning: str
    kind: str = "text"
    unit: str = ""
    required: bool = False
    blank: str = ""
    spellings: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None
    above: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Its name and its other spellings, as they are compared."""
        return tuple(normalised(n) for n in (self.name, *self.spellings))


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of a workbook (or a CSV file of that name).

    required: a plan must have it. key: the column whose values are unique and name the row, where there is one.
    """

    name: str
    meaning: str
    columns: tuple[Column, ...]
    required: bool = False
    key: str | None = None

    def column(self, name: str) -> Column:
        """A column by its name. Raises KeyError."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)
