"""Which sheets of a file are read, and where in each the table is: the row that holds its column names, below any titles."""

from __future__ import annotations

import difflib

from lotsplit.problems import (
    COLUMN_SPELLING,
    DUPLICATE_COLUMN,
    DUPLICATE_SHEET,
    MISSING_COLUMN,
    NO_HEADER,
    SHEET_SPELLING,
    Problem,
    Source,
    column_letters,
    nearest,
)
from lotsplit.sheets import Sheet, normalised
from lotsplit.workbook.cells import text_of
from lotsplit.workbook.grid import Grid
from lotsplit.workbook.tables import Table

_HEADER_WITHIN = 100


def find_table(grid: Grid, sheet: Sheet, currency: str, problems: list[Problem]) -> Table | None:
    """The table of a sheet, its header being the row that holds most of its column names; None where there is none."""
    names = {name for column in sheet.columns for name in column.names}

    def score(number: int) -> int:
        return len({normalised(text_of(v)) for v in grid.rows[number - grid.top]} & names)

    rows = range(grid.top, min(grid.top + len(grid.rows), grid.top + _HEADER_WITHIN))
    header = max(rows, key=score, default=None)
    least = min(2, sum(column.required for column in sheet.columns))
    if header is None or score(header) < max(1, least):
        required = ", ".join(column.name for column in sheet.columns if column.required)
        problems.append(Problem(NO_HEADER, Source(grid.name), "no row holds the column names", f"at least {required}"))
        return None
    places, extra = _places(grid, sheet, header, problems)
    _tell_missing(grid, sheet, header, places, extra, problems)
    return Table(sheet, grid, header, places, extra, currency, problems)


def _places(
    grid: Grid, sheet: Sheet, header: int, problems: list[Problem]
) -> tuple[dict[str, int], tuple[tuple[str, int], ...]]:
    by_name = {name: column.name for column in sheet.columns for name in column.names}
    places: dict[str, int] = {}
    extra: dict[str, tuple[str, int]] = {}
    for index, value in enumerate(grid.rows[header - grid.top]):
        text, place = text_of(value), index + grid.left
        name = by_name.get(normalised(text))
        if not text:
            continue
        taken = (
            places.get(name) if name is not None else extra[normalised(text)][1] if normalised(text) in extra else None
        )
        if taken is not None:
            found = f'"{text}" is the same column as {column_letters(taken)}{header + 1} ({text_of(grid.at(header, taken))})'
            problems.append(Problem(DUPLICATE_COLUMN, Source(grid.name, header, place), found, "each column once"))
        elif name is not None:
            places[name] = place
        else:
            extra[normalised(text)] = (text, place)
    return places, tuple(extra.values())


def _tell_missing(
    grid: Grid,
    sheet: Sheet,
    header: int,
    places: dict[str, int],
    extra: tuple[tuple[str, int], ...],
    problems: list[Problem],
) -> None:
    """Required columns that are missing; and further columns whose name is close to one that is not there."""
    absent = [column for column in sheet.columns if column.name not in places]
    for column in absent:
        if column.required:
            hint = nearest(column.name, (name for name, _ in extra)).replace("did you mean", "is it")
            found = f"the column {column.name} is missing"
            problems.append(Problem(MISSING_COLUMN, Source(grid.name, header), found, column.meaning, hint))
    optional = {name: column.name for column in absent if not column.required for name in column.names}
    for text, place in extra:
        close = difflib.get_close_matches(normalised(text), optional, n=1, cutoff=0.85)
        if close:
            found = f'the column "{text}" is not known and only carried along'
            hint = f'did you mean "{optional[close[0]]}"?'
            problems.append(Problem(COLUMN_SPELLING, Source(grid.name, header, place), found, hint=hint))


def find_sheets(names: tuple[str, ...], sheets: tuple[Sheet, ...], problems: list[Problem]) -> dict[str, str]:
    """Of each declared sheet that is there, its name as spelled in the file. Two of one name, and near misses, are told."""
    found: dict[str, str] = {}
    by_name = {normalised(sheet.name): sheet.name for sheet in sheets}
    others = []
    for name in names:
        declared = by_name.get(normalised(name))
        if declared is None:
            others.append(name)
        elif declared in found:
            same = f'the sheet "{name}" has the same name as "{found[declared]}"'
            problems.append(Problem(DUPLICATE_SHEET, Source(name), same, "each sheet once"))
        else:
            found[declared] = name
    absent = {name: declared for name, declared in by_name.items() if declared not in found}
    for name in others:
        close = difflib.get_close_matches(normalised(name), absent, n=1, cutoff=0.8)
        if close:
            hint = f'did you mean "{absent[close[0]]}"?'
            problems.append(
                Problem(SHEET_SPELLING, Source(name), f'the sheet "{name}" is not known and not read', hint=hint)
            )
    return found
