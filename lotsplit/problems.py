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


class Known:
    """The keys that exist, to find the one that a misspelt key may have meant.

    Each is looked for once, and only the first hundred different ones: in a large plan a search takes some hundredths
    of a second, and one wrong column misspells thousands.
    """

    def __init__(self, keys: Iterable[str]) -> None:
        self._by_fold = {key.casefold(): key for key in keys}
        self._found: dict[str, str | None] = {}

    def nearest(self, name: str) -> str | None:
        """The known key most like a name, if any is."""
        if name not in self._found and len(self._found) < 100:
            close = difflib.get_close_matches(name.casefold(), self._by_fold, n=1, cutoff=0.6)
            self._found[name] = self._by_fold[close[0]] if close else None
        return self._found.get(name)

    def hint(self, name: str) -> str:
        """A hint naming the nearest key, or nothing: 'did you mean "North"?'."""
        found = self.nearest(name)
        return f'did you mean "{found}"?' if found is not None else ""


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint naming the known key most like a misspelt one, or nothing: 'did you mean "North"?'."""
    return Known(known).hint(name)


def _error(code: str, title: str, remedy: str) -> Kind:
    return Kind(code, title, True, remedy)


def _warning(code: str, title: str, remedy: str) -> Kind:
    return Kind(code, title, False, remedy)


# Sheets and columns
MISSING_SHEET = _error(
    "missing-sheet", "A sheet that is required is missing or has no rows", "add the sheet, or give it its proper name"
)
DUPLICATE_SHEET = _error("duplicate-sheet", "Two sheets have the same name", "delete or rename one of them")
SHEET_SPELLING = _warning(
    "sheet-spelling", "A sheet is not read, though its name is close to one that would be", "rename it, if it is meant"
)
NO_HEADER = _error(
    "no-header",
    "No row of a sheet holds the names of its columns",
    "write the column names into one row above the data",
)
MISSING_COLUMN = _error(
    "missing-column", "A column that is required is missing", "add the column, or give it its proper name"
)
DUPLICATE_COLUMN = _error("duplicate-column", "A column occurs twice", "delete or rename one of them")
COLUMN_SPELLING = _warning(
    "column-spelling",
    "A column is carried along unread, though its name is close to one that would be read",
    "rename it, if it is meant",
)
COLUMN_WITHOUT_NAME = _warning(
    "column-without-name",
    "Cells beside the table stand under no column name and are not read",
    "name the column in the header row, or move the notes to another sheet",
)
ROW_WITHOUT_KEY = _error(
    "row-without-key",
    "A row holds something but has no key: a total or a remark perhaps",
    "give the row its key, or move it out of the table",
)
# Cells
BLANK = _error("blank", "A cell that must be filled in is blank", "fill it in")
MERGED_CELLS = _error(
    "merged-cells", "A merged cell stands for several values", "unmerge the cells and write the value into each"
)
EXCEL_ERROR = _error("excel-error", "A cell holds an Excel error", "mend the formula, or write the value")
NOT_CALCULATED = _error(
    "not-calculated",
    "A formula has never been calculated, so that its cell has no value",
    "open the file in a spreadsheet program and save it",
)
NOT_A_NUMBER = _error("not-a-number", "A cell should hold a number", "write a number")
AMBIGUOUS_NUMBER = _error(
    "ambiguous-number",
    "A number written as text can be read in two ways",
    "make it a real number, or write it without a thousands sign",
)
FOREIGN_CURRENCY = _error(
    "foreign-currency", "An amount is in another currency than the plan", "convert it, or set the rule currency"
)
NOT_WHOLE = _error("not-whole", "A number should be whole", "write a whole number")
OUT_OF_RANGE = _error("out-of-range", "A number is too small or too large", "write a number in the range")
NOT_A_DATE = _error(
    "not-a-date", "A cell should hold a date or a month", "write it as 2027-03-01, 01/03/2027 (day first) or March 2027"
)
NOT_YES_OR_NO = _error("not-yes-or-no", "A cell should say yes or no", "write yes or no")
NOT_A_CHOICE = _error("not-a-choice", "A cell should hold one of a few words", "write one of them")
AMBIGUOUS_CODE = _error(
    "ambiguous-code",
    "A CPV code stored as a number may have lost its leading zero",
    "store it as text, with all its digits",
)
# Keys
DUPLICATE_KEY = _error("duplicate-key", "A key occurs twice", "give each row a key of its own")
UNKNOWN_PACKAGE = _error(
    "unknown-package", "A row names a package that does not exist", "correct the key, or add the package"
)
UNKNOWN_FUND = _error("unknown-fund", "A budget names a fund that no package has", "correct the name")
UNKNOWN_RULE = _error("unknown-rule", "A rule does not exist", "correct the name; `lotsplit rules` lists all")
# Values and quantities
NO_VALUE = _error(
    "no-value", "An item has neither value nor unit price, or a package neither value nor items", "fill in one of them"
)
VALUES_DISAGREE = _error(
    "values-disagree", "The value of an item is not its quantity times its unit price", "correct one of the three"
)
SUM_DISAGREES = _error(
    "sum-disagrees", "The value of a package is not the sum of its items", "correct it, or leave it blank"
)
STEP_DOES_NOT_DIVIDE = _error(
    "step-does-not-divide", "A quantity is not a whole multiple of its step", "correct the quantity or the step"
)
# Months
WINDOW_REVERSED = _error("window-reversed", "A window of delivery ends before it starts", "correct one of the dates")
WINDOW_TOO_SHORT = _error(
    "window-too-short",
    "A window of delivery is shorter than the least time of delivery",
    "widen the window or lower min_months",
)
WINDOW_OUTSIDE_PLAN = _error(
    "window-outside-plan",
    "A window of delivery lies outside the plan's span",
    "correct the date, or the rules plan_start and plan_months",
)
NO_DATES = _warning(
    "no-dates",
    "The plan has no date, so that it is taken to start next month",
    "give dates, or the rules plan_start and plan_months",
)
# Lots
TOGETHER_IN_TWO_POOLS = _error(
    "together-in-two-pools",
    "Items to be kept together differ in trade or region, so that no lot may hold them",
    "change keep_together, trade or region",
)
TOGETHER_WITHOUT_TIME = _error(
    "together-without-time",
    "Items to be kept together have no common window that is long enough",
    "change keep_together or their windows",
)
MIN_LOTS_ABOVE_MAX = _error(
    "min-lots-above-max", "A package asks for more lots than it allows", "correct min_lots or max_lots"
)
TOO_FEW_PARTS = _error(
    "too-few-parts",
    "A package asks for more lots than can be made of it",
    "lower min_lots, or make more items divisible",
)
TOO_MANY_POOLS = _error(
    "too-many-pools",
    "A package allows fewer lots than it has trades and regions that must not share one",
    "raise max_lots, or set min_lots to 1",
)
# Regions, budgets, suppliers, curve
REGION_ABOVE_ITSELF = _error("region-above-itself", "A region is its own ancestor", "correct its parent")
FLOOR_WITHOUT_ITEMS = _error(
    "floor-without-items", "A least SME share is asked of a region that has no items", "correct the region's name"
)
BUDGET_WITHOUT_ITEMS = _error("budget-without-items", "A ceiling matches no item", "correct its fund or region")
BUDGET_OUTSIDE_PLAN = _error(
    "budget-outside-plan", "A ceiling is for a year outside the plan's span", "correct the year"
)
BUDGET_UNREACHED = _warning(
    "budget-unreached",
    "A ceiling is for a year in which no matching item can be delivered",
    "correct the year, or delete the row",
)
CONTRACTS_REVERSED = _error(
    "contracts-reversed",
    "A supplier's smallest contract is above its largest",
    "correct min_contract, max_contract or turnover",
)
UNUSED_REGION = _warning(
    "unused-region", "A supplier serves a region that no item lies in", "correct the name, if it is misspelt"
)
UNUSED_TRADE = _warning(
    "unused-trade", "A supplier serves a trade that no item has", "correct the name, if it is misspelt"
)
NO_CONSORTIUM = _warning(
    "no-consortium",
    "A segment has fewer firms than one consortium needs, so that it never bids",
    "lower consortium_size or raise count",
)
CURVE_INCOMPLETE = _error(
    "curve-incomplete", "The curve lacks a row from value 0 for a nature that occurs", "add the row"
)
BAND_TWICE = _error("band-twice", "The curve has the same band twice", "delete one of the rows")
# Schedules
UNKNOWN_LOT = _error(
    "unknown-lot", "Lot items names a lot that is not on the sheet Lots", "correct the key, or add the lot"
)
UNKNOWN_ITEM = _error("unknown-item", "A lot holds an item that the plan does not have", "correct the key")
ITEM_TWICE = _error("item-twice", "A lot holds the same item twice", "add the two rows up")
LOT_WITHOUT_ITEMS = _error("lot-without-items", "A lot holds no item", "add its items, or delete the lot")
MONTHS_DISAGREE = _error(
    "months-disagree",
    "The months of a lot are not those from its start to its finish",
    "correct start or finish, or leave months blank",
)
PART_DISAGREES = _warning(
    "part-disagrees",
    "Value or share of a lot's part does not follow from its quantity, which counts",
    "change the quantity; value and share are worked out",
)

KINDS: tuple[Kind, ...] = (
    MISSING_SHEET,
    DUPLICATE_SHEET,
    SHEET_SPELLING,
    NO_HEADER,
    MISSING_COLUMN,
    DUPLICATE_COLUMN,
    COLUMN_SPELLING,
    COLUMN_WITHOUT_NAME,
    ROW_WITHOUT_KEY,
    BLANK,
    MERGED_CELLS,
    EXCEL_ERROR,
    NOT_CALCULATED,
    NOT_A_NUMBER,
    AMBIGUOUS_NUMBER,
    FOREIGN_CURRENCY,
    NOT_WHOLE,
    OUT_OF_RANGE,
    NOT_A_DATE,
    NOT_YES_OR_NO,
    NOT_A_CHOICE,
    AMBIGUOUS_CODE,
    DUPLICATE_KEY,
    UNKNOWN_PACKAGE,
    UNKNOWN_FUND,
    UNKNOWN_RULE,
    NO_VALUE,
    VALUES_DISAGREE,
    SUM_DISAGREES,
    STEP_DOES_NOT_DIVIDE,
    WINDOW_REVERSED,
    WINDOW_TOO_SHORT,
    WINDOW_OUTSIDE_PLAN,
    NO_DATES,
    TOGETHER_IN_TWO_POOLS,
    TOGETHER_WITHOUT_TIME,
    MIN_LOTS_ABOVE_MAX,
    TOO_FEW_PARTS,
    TOO_MANY_POOLS,
    REGION_ABOVE_ITSELF,
    FLOOR_WITHOUT_ITEMS,
    BUDGET_WITHOUT_ITEMS,
    BUDGET_OUTSIDE_PLAN,
    BUDGET_UNREACHED,
    CONTRACTS_REVERSED,
    UNUSED_REGION,
    UNUSED_TRADE,
    NO_CONSORTIUM,
    CURVE_INCOMPLETE,
    BAND_TWICE,
    UNKNOWN_LOT,
    UNKNOWN_ITEM,
    ITEM_TWICE,
    LOT_WITHOUT_ITEMS,
    MONTHS_DISAGREE,
    PART_DISAGREES,
)
