"""A file is looked at before it is read: what it is, whether it is whole, whether it is reasonably large."""

from __future__ import annotations

import csv
import hashlib
import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import python_calamine as calamine

from lotsplit.errors import Unreadable
from lotsplit.workbook.grid import MOST_BYTES, MOST_CELLS, Faults, Grid, Value, merged_cells
from lotsplit.workbook.oldexcel import open_xls
from lotsplit.workbook.scan import Refused
from lotsplit.workbook.zips import checked_parts, open_ods, open_xlsx

_ZIP = b"PK"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHERS = (
    (b"%PDF", "a PDF"),
    (b"{\\rtf", "a text document (RTF)"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"<!doctype html", "a web page"),
    (b"<html", "a web page"),
    (b"<?xml", "an XML file"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
)


@dataclass(frozen=True)
class Book:
    """A file that may be read. read: the grid of a sheet by its name, as spelled in sheet_names."""

    name: str
    sha256: str
    sheet_names: tuple[str, ...]
    read: Callable[[str], Grid]


def open_book(path: Path) -> Book:
    """Opens a workbook, or a folder of CSV files named like the sheets. Raises Unreadable, in one line, whatever is wrong."""
    path = Path(path)
    try:
        if path.is_dir():
            return _open_folder(path)
        if not path.exists():
            raise Refused("there is no such file")
        if not path.is_file():
            raise Refused("not a file")
        if path.stat().st_size > MOST_BYTES:
            raise Refused(f"unreasonably large: more than {MOST_BYTES // 10**9} GB")
        data = path.read_bytes()
        return _open_workbook(path.name, data)
    except Refused as refusal:
        raise Unreadable(f"{path.name or path}: {refusal}") from refusal
    except OSError as error:
        raise Unreadable(f"{path.name or path}: cannot be read ({error.strerror or error})") from error


def _open_workbook(name: str, data: bytes) -> Book:
    if not data.strip(b"\0 \r\n\t"):
        raise Refused("empty: there is nothing in the file")
    faults: dict[str, Faults] | list[Faults]
    if data.startswith(_ZIP):
        parts = checked_parts(data)
        if "content.xml" in parts and parts.get("mimetype", b"").startswith(
            b"application/vnd.oasis.opendocument.spreadsheet"
        ):
            checked, faults = open_ods(parts)
        elif any(part.lower() == "xl/workbook.xml" for part in parts):
            checked, faults = open_xlsx(parts)
        else:
            raise Refused(_other_zip(parts))
    elif data.startswith(_OLE):
        checked, faults = open_xls(data)
    else:
        raise Refused(_not_a_workbook(data))
    try:
        with _quiet() if data.startswith(_OLE) else nullcontext():
            workbook = calamine.load_workbook(io.BytesIO(checked))
        names = tuple(workbook.sheet_names)
    except BaseException as error:
        raise _refusal(error) from error
    by_sheet = faults if isinstance(faults, dict) else dict(zip(names, faults))

    def read(sheet: str) -> Grid:
        return _read_sheet(name, workbook, sheet, by_sheet.get(sheet, Faults()))

    return Book(name, hashlib.sha256(data).hexdigest(), names, read)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keeps the reading library, which writes to descriptor 2 when it panics over a broken .xls, from being heard."""
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def _refusal(error: BaseException) -> BaseException:
    """What the reading library could not make sense of is a damaged file; a panic inside it is an exception of its own."""
    if isinstance(error, calamine.PasswordError):
        return Refused("encrypted: open it with its password and save it without one")
    if isinstance(error, Exception) or type(error).__name__ == "PanicException":
        return Refused("damaged: it cannot be made sense of; save it anew in the program it comes from")
    return error


def _read_sheet(name: str, workbook: calamine.CalamineWorkbook, sheet: str, faults: Faults) -> Grid:
    try:
        loaded = workbook.get_sheet_by_name(sheet)
        rows = cast(list[list[Value]], loaded.to_python())
        top, left = loaded.start or (0, 0)
        merged = faults.merged or list(loaded.merged_cell_ranges or [])
    except BaseException as error:
        refusal = _refusal(error)
        if isinstance(refusal, Refused):
            raise Unreadable(f"{name}: {refusal}") from error
        raise
    return Grid(sheet, rows, top, left, faults, merged_cells(merged))


def _other_zip(parts: dict[str, bytes]) -> str:
    names = {name.lower() for name in parts}
    if "xl/workbook.bin" in names:
        return "a binary workbook (.xlsb), which is not read: save it as .xlsx"
    if any(name.startswith("word/") for name in names):
        return "not a workbook: it is a Word document"
    if any(name.startswith("ppt/") for name in names):
        return "not a workbook: it is a presentation"
    if "mimetype" in names:
        return "not a workbook: it is another kind of OpenDocument file"
    return "not a workbook: it is an archive of other files"


def _not_a_workbook(data: bytes) -> str:
    begin = data[:200].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    for sign, what in _OTHERS:
        if begin.startswith(sign.lower()):
            return f"not a workbook: it is {what}"
    if b"\0" not in data[:2000] and (b";" in data[:2000] or b"," in data[:2000] or b"\t" in data[:2000]):
        return "not a workbook but text; of CSV files, name the folder that holds Packages.csv and the others"
    return "not a workbook: it is neither .xlsx, .xlsm, .xls nor .ods"


def _open_folder(path: Path) -> Book:
    files = sorted((f for f in path.iterdir() if f.suffix.lower() == ".csv" and f.is_file()), key=lambda f: f.name)
    if not files:
        raise Refused(
            "there are no CSV files in this folder; expected Packages.csv and, as needed, Items.csv and others"
        )
    if sum(f.stat().st_size for f in files) > MOST_BYTES:
        raise Refused(f"unreasonably large: its CSV files hold more than {MOST_BYTES // 10**9} GB")
    if len({f.stem for f in files}) < len(files):
        raise Refused("two of the CSV files in this folder differ only in how .csv is written")
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    by_name = {f.stem: f for f in files}

    def read(sheet: str) -> Grid:
        return _read_csv(by_name[sheet])

    return Book(path.name, digest.hexdigest(), tuple(by_name), read)


def _read_csv(file: Path) -> Grid:
    data = file.read_bytes()
    if data.startswith((_ZIP, _OLE)) or (b"\0" in data[:4096] and not data.startswith((b"\xff\xfe", b"\xfe\xff"))):
        raise Unreadable(f"{file.name}: not a CSV file: it is not text")
    text = _decoded(data)
    rows: list[list[Value]] = []
    widest = 0
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text), strict=False):
            rows.append(list(row))
            widest = max(widest, len(row))
            if widest * len(rows) > MOST_CELLS:
                raise Unreadable(f"{file.name}: unreasonably large: more than {MOST_CELLS:,} cells")
    except csv.Error as error:
        raise Unreadable(f"{file.name}: damaged: line {len(rows) + 1} is no sound CSV ({error})") from error
    return Grid(file.stem, [[*row, *[None] * (widest - len(row))] for row in rows])


def _decoded(data: bytes) -> str:
    """Text as UTF-8 with or without mark, as UTF-16 with one, otherwise as Windows-1252."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def delimiter_of(text: str) -> str:
    """The delimiter of a CSV text, of `;`, `,` and tab: the one that most often splits its first lines alike."""
    lines = [line for line in text.splitlines()[:50] if line.strip()]

    def score(delimiter: str) -> tuple[int, int]:
        counts = [len(next(csv.reader([line], delimiter=delimiter), [])) - 1 for line in lines]
        usual = max(set(counts), key=lambda c: (c > 0, counts.count(c)), default=0)
        return (counts.count(usual) if usual else 0, usual)

    return max((";", ",", "\t"), key=score)
