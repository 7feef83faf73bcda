"""A sheet as a table: its header row found below any titles, its rows with their true addresses, its cells read by column."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from lotsplit.plan import Cell, Extra
from lotsplit.problems import (
    BLANK,
    COLUMN_WITHOUT_NAME,
    DUPLICATE_KEY,
    EXCEL_ERROR,
    FOREIGN_CURRENCY,
    MERGED_CELLS,
    NOT_CALCULATED,
    ROW_WITHOUT_KEY,
    Problem,
    Source,
    column_letters,
)
from lotsplit.sheets import NUMERIC_KINDS, Column, Sheet
from lotsplit.workbook.cells import (
    Days,
    Misread,
    choice_of,
    currencies_of,
    days_of,
    decimal_style,
    list_of,
    number_of,
    text_of,
    trade_of,
    yes_or_no,
)
from lotsplit.workbook.grid import Grid, Value, is_blank

_LONGEST_SHOWN = 50
_Meaning = str | float | bool | Days | tuple[str, ...]


def shown(value: Value) -> str:
    """A cell's value as a sentence shows it after the column's name; nothing for a blank cell."""
    if is_blank(value):
        return ""
    text = text_of(value)
    text = text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 3] + "..."
    return f' "{text}"' if isinstance(value, str) else f" {text}"


@dataclass(slots=True)
class Row:
    """A row of a table. source: the row. values: what each cell means, blank ones left out.

    unread: the columns whose cell holds something that could not be read (its problem is told already).
    """

    source: Source
    places: dict[str, int]
    values: dict[str, _Meaning] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)
    extra: Extra = ()

    def cell(self, name: str) -> Source:
        """Where a column's cell of this row is; the row where the sheet lacks the column."""
        return Source(self.source.sheet, self.source.row, self.places.get(name))

    def text(self, name: str) -> str | None:
        """A text, None when blank or unread."""
        value = self.values.get(name)
        return value if isinstance(value, str) else None

    def number(self, name: str) -> float | None:
        """A number, None when blank or unread."""
        value = self.values.get(name)
        return float(value) if isinstance(value, (int, float)) else None

    def whole(self, name: str) -> int | None:
        """A whole number, None when blank or unread."""
        value = self.number(name)
        return None if value is None else int(value)

    def flag(self, name: str) -> bool | None:
        """Yes or no, None when blank or unread."""
        value = self.values.get(name)
        return value if isinstance(value, bool) else None

    def first_day(self, name: str) -> date | None:
        """The first day that a date means, None when blank or unread."""
        value = self.values.get(name)
        return value[0] if isinstance(value, tuple) and isinstance(value[0], date) else None

    def last_day(self, name: str) -> date | None:
        """The last day that a date means, None when blank or unread."""
        value = self.values.get(name)
        return value[1] if isinstance(value, tuple) and isinstance(value[1], date) else None

    def words(self, name: str) -> tuple[str, ...]:
        """A list, empty when blank or unread."""
        value = self.values.get(name)
        return tuple(w for w in value if isinstance(w, str)) if isinstance(value, tuple) else ()


@dataclass
class Table:
    """A sheet whose header has been found. places: column name to column; extra: further columns and their names."""

    sheet: Sheet
    grid: Grid
    header: int
    places: dict[str, int]
    extra: tuple[tuple[str, int], ...]
    currency: str
    problems: list[Problem]
    styles: dict[str, str] = field(default_factory=dict)

    def read(self, unique: bool = True) -> list[Row]:
        """All rows that hold something, each cell read; what is wrong goes into `problems`.

        Rows without a key are told and left out; `unique`: a key that occurs twice is told.
        """
        self._settle_styles()
        rows = self._with_key([self._read_row(number) for number in self._filled()])
        if unique:
            self._check_unique(rows)
        self._tell_unnamed()
        return rows

    @cached_property
    def _columns(self) -> list[tuple[Column, int]]:
        return [(column, self.places[column.name]) for column in self.sheet.columns if column.name in self.places]

    @cached_property
    def _odd_rows(self) -> frozenset[int]:
        """The rows in which a cell that looks blank may hold an error or be merged with another."""
        faults = self.grid.faults
        return frozenset(row for row, _ in (*faults.errors, *faults.uncalculated, *self.grid.merged))

    def _filled(self) -> Iterator[int]:
        """The numbers of the rows under the header that hold something in a named column and do not repeat the header."""
        named = (*self.places.values(), *(place for _, place in self.extra))
        header = {place: text_of(self.grid.at(self.header, place)) for place in named}
        faulty = {row for row, column in (*self.grid.faults.errors, *self.grid.faults.uncalculated) if column in named}
        first = next(iter(self.places.values()))
        for number in self.numbers():
            # A row whose first cell holds no column name is no header: most rows are known by that alone.
            start = self.grid.at(number, first)
            if not is_blank(start) and text_of(start) != header[first]:
                yield number
                continue
            filled = [place for place in named if not is_blank(self.grid.at(number, place))]
            if not filled and number not in faulty:
                continue
            if filled and all(header.get(place) == text_of(self.grid.at(number, place)) for place in filled):
                continue
            yield number

    def _settle_styles(self) -> None:
        """The decimal mark of each column of numbers: its own where its texts give one away, otherwise the sheet's."""
        texts: dict[str, list[str]] = {}
        for column in self.sheet.columns:
            place = self.places.get(column.name)
            if place is not None and column.kind in NUMERIC_KINDS:
                values = (self.grid.at(number, place) for number in self.numbers())
                texts[column.name] = [value for value in values if isinstance(value, str) and value.strip()]
        whole_sheet = decimal_style([text for some in texts.values() for text in some])
        for name, some in texts.items():
            self.styles[name] = decimal_style(some) or whole_sheet

    def numbers(self) -> range:
        """The numbers of all rows under the header."""
        return range(self.header + 1, self.grid.top + len(self.grid.rows))

    def _read_row(self, number: int) -> Row:
        row = Row(Source(self.grid.name, number), self.places)
        cells = self.grid.rows[number - self.grid.top]
        odd = number in self._odd_rows
        for column, place in self._columns:
            value = cells[place - self.grid.left]
            if not odd and (value == "" or value is None):
                meaning = None
            else:
                try:
                    meaning = self._meaning(column, number, place)
                except Misread as misread:
                    row.unread.add(column.name)
                    self._tell(misread, Source(self.grid.name, number, place), column.name, value)
                    continue
            if meaning is not None:
                row.values[column.name] = meaning
            elif column.required and column.name != self.sheet.key:
                row.unread.add(column.name)
                where = Source(self.grid.name, number, place)
                self.problems.append(Problem(BLANK, where, f"{column.name} is blank", column.meaning))
        row.extra = self._extra(number)
        return row

    def _meaning(self, column: Column, number: int, place: int) -> _Meaning | None:
        value = self._value(column, number, place)
        if is_blank(value):
            return None
        if column.kind in NUMERIC_KINDS:
            self._check_format(column, number, place)
            return number_of(value, column, self.styles.get(column.name, ""), self.currency)
        if column.kind == "yes/no":
            return yes_or_no(value)
        if column.kind in ("date", "month"):
            return days_of(value)
        if column.kind == "choice":
            return choice_of(value, column.choices)
        if column.kind == "trade":
            return trade_of(value)
        if column.kind == "list":
            return list_of(value)
        if column.kind == "trades":
            return tuple(map(trade_of, list_of(value))) if isinstance(value, str) else (trade_of(value),)
        return text_of(value)

    def _value(self, column: Column, number: int, place: int) -> Value:
        """The cell's value; of a merged cell that spans rows, the value shown, where it may stand for several rows."""
        here = (number, place)
        if here in self.grid.faults.errors:
            error = self.grid.faults.errors[here]
            raise Misread(EXCEL_ERROR, f"holds the error {error}", "a value", "mend the formula")
        if here in self.grid.faults.uncalculated:
            raise Misread(
                NOT_CALCULATED,
                "is a formula that was never calculated",
                "a value",
                "open the file in a spreadsheet program and save it",
            )
        value = self.grid.at(number, place)
        merge = self.grid.merged.get(here)
        if merge is None or merge[0] == here:
            return value
        (top, left), _ = merge
        first = f"{column_letters(left)}{top + 1}"
        alone = not is_blank(value)  # a value of its own, which the merged cell hides
        if (
            alone
            or left != place
            or column.kind in NUMERIC_KINDS
            or column.name == self.sheet.key
            or top <= self.header
        ):
            raise Misread(
                MERGED_CELLS, f"is merged with {first}", "a cell of its own for every value", "unmerge the cells"
            )
        return self.grid.at(top, left)

    def _check_format(self, column: Column, number: int, place: int) -> None:
        sign = self.grid.faults.currency_formats.get((number, place))
        if sign is None or column.kind != "money":
            return
        known = currencies_of(sign)
        if self.currency and known and self.currency not in known:
            raise Misread(
                FOREIGN_CURRENCY,
                f"is shown in another currency ({sign})",
                f"an amount in {self.currency}",
                "change the cell's format, convert it, or set the rule currency",
            )

    def _extra(self, number: int) -> Extra:
        extra: list[tuple[str, Cell]] = []
        for name, place in self.extra:
            where = Source(self.grid.name, number, place)
            value = self.grid.at(number, place)
            if (number, place) in self.grid.faults.errors:
                error = self.grid.faults.errors[number, place]
                self.problems.append(Problem(EXCEL_ERROR, where, f"{name} holds the error {error}", "a value"))
            elif (number, place) in self.grid.faults.uncalculated:
                found = f"{name} is a formula that was never calculated"
                self.problems.append(Problem(NOT_CALCULATED, where, found, "a value"))
            elif is_blank(value):
                extra.append((name, None))
            elif isinstance(value, (bool, int, float)):
                extra.append((name, value))
            else:
                extra.append((name, text_of(value)))
        return tuple(extra)

    def _tell(self, misread: Misread, where: Source, name: str, value: Value) -> None:
        found = f"{name}{shown(value)} {misread.what}"
        self.problems.append(Problem(misread.kind, where, found, misread.expected, misread.hint))

    def _with_key(self, rows: list[Row]) -> list[Row]:
        """The rows that have a key; the others are told, and nothing else about them."""
        key = self.sheet.key
        if key is None or key not in self.places:
            return rows
        keyless = {row.source.row: row for row in rows if row.text(key) is None and key not in row.unread}
        self.problems[:] = [
            problem
            for problem in self.problems
            if problem.source is None or problem.source.sheet != self.grid.name or problem.source.row not in keyless
        ]
        for row in keyless.values():
            found = f"the row holds {self._first_value(row)} but no {key}"
            hint = "move totals and remarks out of the table"
            self.problems.append(Problem(ROW_WITHOUT_KEY, row.source, found, f"a {key}, or nothing", hint))
        return [row for row in rows if row.text(key) is not None]

    def _first_value(self, row: Row) -> str:
        places = {**self.places, **dict(self.extra)}
        values = ((name, self.grid.at(row.source.row or 0, place)) for name, place in places.items())
        return next((f"{name}{shown(value)}" for name, value in values if not is_blank(value)), "something")

    def _check_unique(self, rows: list[Row]) -> None:
        key = self.sheet.key
        if key is None:
            return
        first: dict[str, Row] = {}
        for row in rows:
            name = row.text(key)
            if name is not None and name in first:
                found = f'{key} "{name}" is already in row {(first[name].source.row or 0) + 1}'
                self.problems.append(Problem(DUPLICATE_KEY, row.cell(key), found, "a key of its own for each row"))
            elif name is not None:
                first[name] = row

    def _tell_unnamed(self) -> None:
        """Values beside the table are not read: told once a column."""
        cells = self.grid.rows[self.header - self.grid.top]
        named = {place for place, cell in enumerate(cells, start=self.grid.left) if not is_blank(cell)}
        told: set[int] = set()
        for offset, cells in enumerate(self.grid.rows[self.header + 1 - self.grid.top :]):
            for index, value in enumerate(cells):
                place = index + self.grid.left
                if place in named or place in told or is_blank(value):
                    continue
                told.add(place)
                where = Source(self.grid.name, self.header + 1 + offset, place)
                found = f'"{text_of(value)[:40]}" stands under no column name and is not read'
                self.problems.append(Problem(COLUMN_WITHOUT_NAME, where, found))


def in_reading_order(problems: list[Problem], sheets: list[str]) -> tuple[Problem, ...]:
    """Problems by sheet, row and column, each once."""
    place = {name: number for number, name in enumerate(sheets)}

    def key(problem: Problem) -> tuple[int, int, int]:
        source = problem.source
        if source is None:
            return (-1, -1, -1)
        row, column = (-1 if n is None else n for n in (source.row, source.column))
        return (place.get(source.sheet, len(place)), row, column)

    return tuple(sorted(dict.fromkeys(problems), key=key))
