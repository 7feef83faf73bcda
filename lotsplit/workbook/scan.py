"""One pass over a sheet's XML before it is read: its outermost cells, its error cells, its formulas without a value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from lotsplit.problems import column_letters
from lotsplit.workbook.grid import MOST_CELLS, Address, Faults

_MOST_SPACES = 10_000_000


class Refused(Exception):
    """A part that must not be read; the message completes "NAME: ..."."""


@dataclass
class Extent:
    """The block of cells between the outermost values of a sheet, which is what reading it takes in memory."""

    sheet: str
    top: int = -1
    bottom: int = -1
    left: int = -1
    right: int = -1

    def take_in(self, row: int, column: int) -> None:
        """Widens the block to a cell. Raises Refused when it becomes unreasonably large."""
        if self.top < 0:
            self.top = self.bottom = row
            self.left = self.right = column
            return
        if self.left <= column <= self.right and self.top <= row <= self.bottom:
            return
        self.top, self.bottom = min(self.top, row), max(self.bottom, row)
        self.left, self.right = min(self.left, column), max(self.right, column)
        cells = (self.bottom - self.top + 1) * (self.right - self.left + 1)
        if cells > MOST_CELLS:
            first = f"{column_letters(self.left)}{self.top + 1}"
            last = f"{column_letters(self.right)}{self.bottom + 1}"
            raise Refused(
                f'unreasonably large: {cells:,} cells lie between the outermost values of sheet "{self.sheet}"'
                f" ({first} and {last}); at most {MOST_CELLS:,} are read; delete stray values far from the table"
            )


def parse(data: bytes, start: Callable[[str, dict[str, str]], None], parser: expat.XMLParserType | None = None) -> None:
    """Runs over an XML part. A document type is refused: workbooks have none, and entities are declared in it.

    Raises Refused when the XML is broken.
    """
    parser = parser or expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start

    def refuse(*_: object) -> None:
        raise Refused("not a sound workbook: it declares an XML document type, which no spreadsheet program writes")

    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise Refused(f"damaged: its XML breaks off or is broken ({expat.ErrorString(error.code)})") from error


def address(reference: str) -> Address:
    """Row and column, from 0, of a reference such as "F17". Raises Refused."""
    letters = reference.rstrip("0123456789")
    digits = reference[len(letters) :]
    if not letters.isascii() or not letters.isalpha() or not digits or len(letters) > 3 or len(digits) > 7:
        raise Refused(f'damaged: it has a cell with the address "{reference[:20]}"')
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - 64
    return int(digits) - 1, column - 1


@dataclass(slots=True)
class _SheetScan:
    """The state of a pass over the XML of an .xlsx sheet. It sees every cell, and is written to be fast."""

    extent: Extent
    faults: Faults
    currency_styles: Mapping[str, str]
    row: int = -1
    row_number: str = "0"
    column: int = -1
    has_formula: bool = False
    has_value: bool = True
    is_error: bool = False
    is_text: bool = False
    in_value: bool = False
    style: str = ""
    columns: dict[str, int] = field(default_factory=dict)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name not in _SHEET_ELEMENTS:
            name = name.rpartition(":")[2]
        if name == "c":
            if self.has_formula:
                self.finish_formula()
            self.place(attributes.get("r"))
            kind = attributes.get("t")
            self.is_error, self.is_text = kind == "e", kind == "str"
            self.style = attributes.get("s", "")
            self.in_value = False
        elif name == "v" or name == "is":
            self.in_value = True
            # A formula that was never calculated may be written with an empty value; one that gives "" is of type str.
            self.has_value = not self.has_formula or self.is_text
            extent = self.extent
            if not (extent.left <= self.column <= extent.right and extent.top <= self.row <= extent.bottom):
                extent.take_in(self.row, self.column)
            if self.is_error:
                self.has_value = True
                self.faults.errors[self.row, self.column] = ""
            elif self.style in self.currency_styles:
                self.faults.currency_formats[self.row, self.column] = self.currency_styles[self.style]
        elif name == "f":
            self.has_formula, self.has_value, self.in_value = True, False, False
        elif name == "row":
            if self.has_formula:
                self.finish_formula()
            number = attributes.get("r")
            self.row = address(f"A{number}")[0] if number is not None else self.row + 1
            self.row_number = str(self.row + 1)
            self.column, self.in_value = -1, False

    def place(self, reference: str | None) -> None:
        """Goes to the address of a cell; a cell without one follows the last."""
        if reference is None:
            self.column += 1
            return
        letters = reference.removesuffix(self.row_number)
        column = self.columns.get(letters)
        if column is not None and letters is not reference:
            self.column = column
            return
        self.row, self.column = address(reference)
        self.row_number = str(self.row + 1)
        self.columns[reference.removesuffix(self.row_number)] = self.column

    def finish_formula(self) -> None:
        """The cell with a formula is over: without a value, it was never calculated."""
        if not self.has_value:
            self.extent.take_in(self.row, self.column)
            self.faults.uncalculated.add((self.row, self.column))
        self.has_formula, self.has_value = False, True

    def text(self, text: str) -> None:
        if not self.in_value:
            return
        if self.is_error:
            self.faults.errors[self.row, self.column] += text.strip()
        elif text.strip():
            self.has_value = True


_SHEET_ELEMENTS = frozenset({"c", "v", "f", "row"})
_WITH_TEXTS = (b'"e"', b"'e'", b"<f>", b"<f ", b"<f/", b":f>", b":f ", b":f/")


def scan_xlsx_sheet(name: str, data: bytes, currency_styles: Mapping[str, str]) -> Faults:
    """Looks through the XML of a sheet. `currency_styles`: style number to number format, of those with a currency sign.

    Raises Refused: broken, or too far between its outermost cells.
    """
    scan = _SheetScan(Extent(name), Faults(), currency_styles)
    parser = expat.ParserCreate()
    # Texts are looked at only where they matter: it takes twice the time.
    if any(sign in data for sign in _WITH_TEXTS):
        parser.CharacterDataHandler = scan.text
    parse(data, scan.start, parser)
    if scan.has_formula:
        scan.finish_formula()
    return scan.faults


@dataclass
class _OdsScan:
    """The state of a pass over the content of an .ods workbook: all its sheets are in one part."""

    faults: dict[str, Faults] = field(default_factory=dict)
    extent: Extent = field(default_factory=lambda: Extent(""))
    row: int = 0
    rows: int = 1
    column: int = 0
    columns: int = 1
    errors_at: list[Address] = field(default_factory=list)
    spaces: int = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "table:table":
            sheet = attributes.get("table:name", "")
            self.faults[sheet] = Faults()
            self.extent = Extent(sheet)
            self.row, self.rows, self.column, self.columns = 0, 0, 0, 0
        elif name == "table:table-row":
            self.row += self.rows
            self.rows = _repeats(attributes, "table:number-rows-repeated")
            self.column, self.columns = 0, 0
        elif name in ("table:table-cell", "table:covered-table-cell"):
            self.column += self.columns
            self.columns = _repeats(attributes, "table:number-columns-repeated")
            self.errors_at = []
            self._cell(attributes)
        elif name == "text:s":
            self.spaces += _repeats(attributes, "text:c")
            if self.spaces > _MOST_SPACES:
                raise Refused("unreasonably large: it consists of spaces")

    def _cell(self, attributes: dict[str, str]) -> None:
        kind = attributes.get("office:value-type")
        formula = "table:formula" in attributes
        if (
            kind is None
            and not formula
            and not any(name.endswith("-value") or name == "office:value" for name in attributes)
        ):
            return
        self.extent.take_in(self.row, self.column)
        self.extent.take_in(self.row + self.rows - 1, self.column + self.columns - 1)
        faults = self.faults.setdefault(self.extent.sheet, Faults())
        here = (self.row, self.column)
        if kind is None and formula:
            faults.uncalculated.update(self._repeated())
        elif attributes.get("calcext:value-type") == "error":
            self.errors_at = self._repeated()
            faults.errors.update(dict.fromkeys(self.errors_at, ""))
        elif "office:currency" in attributes:
            faults.currency_formats.update(dict.fromkeys(self._repeated(), attributes["office:currency"]))
        down = _repeats(attributes, "table:number-rows-spanned")
        across = _repeats(attributes, "table:number-columns-spanned")
        if down > 1 or across > 1:
            faults.merged.append((here, (self.row + down - 1, self.column + across - 1)))

    def _repeated(self) -> list[Address]:
        """The addresses of a cell that is written once for several."""
        rows, columns = range(self.row, self.row + self.rows), range(self.column, self.column + self.columns)
        return [(row, column) for row in rows for column in columns] if len(rows) * len(columns) <= 100_000 else []

    def text(self, text: str) -> None:
        for address in self.errors_at:
            self.faults[self.extent.sheet].errors[address] += text.strip()


def _repeats(attributes: dict[str, str], name: str) -> int:
    given = attributes.get(name, "1")
    if not given.isascii() or not given.isdigit() or len(given) > 9:
        raise Refused(f'damaged: a cell of it is repeated "{given[:20]}" times')
    return max(1, int(given))


def scan_ods_content(data: bytes) -> dict[str, Faults]:
    """Looks through the content of an .ods workbook, sheet by sheet. Raises Refused as scan_xlsx_sheet does."""
    scan = _OdsScan()
    parser = expat.ParserCreate()
    parser.CharacterDataHandler = scan.text
    parse(data, scan.start, parser)
    return scan.faults
