"""Workbooks as tables in the test: a sheet's name on a line, its rows below it between bars."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

import pytest
import xlsxwriter

from lotsplit.errors import PlanErrors
from lotsplit.problems import Problem
from lotsplit.workbook import read_plan

Found = list[tuple[str, str]]


def cell_value(text: str) -> object:
    """`12.5` is a number, `2027-03-01` a date, `'12` and all else text, TRUE and FALSE are truth values."""
    if text.startswith("'"):
        return text[1:]
    if re.fullmatch(r"-?\d+(\.\d+)?", text):
        return float(text)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return datetime.fromisoformat(text)
    return {"TRUE": True, "FALSE": False, "": None}.get(text, text)


def sheets_of(text: str) -> dict[str, list[list[object]]]:
    """The sheets of a text. A line `|` is a blank row."""
    sheets: dict[str, list[list[object]]] = {}
    rows: list[list[object]] = []
    for line in text.strip().splitlines():
        line = line.strip()
        if line.startswith("|"):
            rows.append([cell_value(cell.strip()) for cell in line.strip("|").split("|")])
        elif line:
            rows = sheets.setdefault(line, [])
    return sheets


def write_workbook(path: Path, sheets: Mapping[str, list[list[object]]]) -> Path:
    """A workbook. `#N/A` and its like are error cells; `=1+1` is a formula calculated to 2, `=?` one never calculated."""
    book = xlsxwriter.Workbook(path, {"default_date_format": "dd/mm/yyyy", "strings_to_numbers": False})
    for name, rows in sheets.items():
        page = book.add_worksheet(name)
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                if isinstance(value, str) and re.fullmatch(r"#[A-Z0-9/]+[!?]?", value):
                    page.write_formula(r, c, "=NA()", None, value)
                elif value == "=?":
                    page.write_formula(r, c, "=A1", None, "")
                elif value is not None and value != "=1+1":
                    page.write(r, c, value)
                elif value is not None:
                    page.write_formula(r, c, "=1+1", None, 2)
    book.close()
    return path


@pytest.fixture
def plan_file(tmp_path: Path) -> Callable[[str], Path]:
    """Writes the workbook that a text shows."""

    def write(text: str, name: str = "plan.xlsx") -> Path:
        return write_workbook(tmp_path / name, sheets_of(text))

    return write


def found_in(path: Path, settings: Mapping[str, str] | None = None) -> tuple[Problem, ...]:
    """All problems of a plan, errors and warnings."""
    try:
        return read_plan(path, settings or {})[2]
    except PlanErrors as errors:
        return errors.problems


@pytest.fixture
def problems_of(plan_file: Callable[[str], Path]) -> Callable[..., Found]:
    """The problems of the workbook that a text shows, as (cell, code)."""

    def read(text: str, **settings: str) -> Found:
        return [(str(p.source), p.kind.code) for p in found_in(plan_file(text), settings)]

    return read


@pytest.fixture
def sentences_of(plan_file: Callable[[str], Path]) -> Callable[..., list[str]]:
    """The problems of the workbook that a text shows, as sentences."""

    def read(text: str, **settings: str) -> list[str]:
        return [str(problem) for problem in found_in(plan_file(text), settings)]

    return read
