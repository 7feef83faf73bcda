"""What a cell says: numbers, dates, yes and no, codes and lists, real or as text in local styles. Never a guess.

Every reader takes a cell's value and gives what it means, or raises Misread with the kind of problem.
"""

from __future__ import annotations

import calendar
import math
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime

from lotsplit.problems import (
    AMBIGUOUS_CODE,
    AMBIGUOUS_NUMBER,
    FOREIGN_CURRENCY,
    NOT_A_CHOICE,
    NOT_A_DATE,
    NOT_A_NUMBER,
    NOT_WHOLE,
    NOT_YES_OR_NO,
    OUT_OF_RANGE,
    Kind,
    nearest,
)
from lotsplit.sheets import Column, normalised
from lotsplit.workbook.grid import Value


class Misread(Exception):
    """A cell that does not say what its column needs. The sentence: COLUMN VALUE `what`; expected `expected` (`hint`)."""

    def __init__(self, kind: Kind, what: str, expected: str, hint: str = "") -> None:
        super().__init__(what)
        self.kind, self.what, self.expected, self.hint = kind, what, expected, hint


def text_of(value: Value) -> str:
    """A cell as text: spaces around it do not count, a whole number has no decimals, text stays what it is."""
    if isinstance(value, str):
        return value.strip()
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        midnight = (value.hour, value.minute, value.second, value.microsecond) == (0, 0, 0, 0)
        return value.date().isoformat() if midnight else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


# Numbers

_SPACES = dict.fromkeys(map(ord, "\u00a0\u2007\u2009\u202f"), " ")
_SIGNS: dict[str, frozenset[str]] = {
    sign: frozenset(codes.split())
    for sign, codes in {
        "€": "EUR",
        "euro": "EUR",
        "euros": "EUR",
        "£": "GBP EGP",
        "$": "USD AUD BBD BMD BND BSD BZD CAD CLP COP DOP FJD GYD HKD JMD LRD MXN NAD NZD SGD SRD TTD TWD UYU XCD",
        "us$": "USD",
        "r$": "BRL",
        "¥": "JPY CNY",
        "₹": "INR",
        "rs": "INR LKR MUR NPR PKR SCR",
        "rs.": "INR LKR MUR NPR PKR SCR",
        "kr": "SEK NOK DKK ISK",
        "kr.": "SEK NOK DKK ISK",
        "zł": "PLN",
        "kč": "CZK",
        "ft": "HUF",
        "lei": "RON MDL",
        "лв": "BGN",
        "лв.": "BGN",
        "din": "RSD",
        "fr": "CHF",
        "fr.": "CHF",
        "r": "ZAR",
        "₺": "TRY",
        "tl": "TRY",
        "₴": "UAH",
        "₦": "NGN",
        "₱": "PHP",
        "ksh": "KES",
        "s/": "PEN",
        "s/.": "PEN",
    }.items()
}
_NUMBER_TEXT = re.compile(r"([^0-9.,]*?)([0-9][0-9., '’]*?|[.,][0-9]+)\s*([^0-9., '’]*[.]?)")
_EXPONENT = re.compile(r"([+-]?[0-9]+(?:[.,][0-9]+)?)[eE]([+-]?[0-9]{1,3})")


@dataclass(frozen=True, slots=True)
class Readings:
    """What a number written as text can mean: with a decimal point, and with a decimal comma; None where it cannot.

    before, after: what stands around the number: signs, currencies, per cent.
    """

    point: float | None
    comma: float | None
    before: str = ""
    after: str = ""

    @property
    def style(self) -> str:
        """The decimal mark that the text gives away: "." or ",", or nothing."""
        if (self.point is None) == (self.comma is None):
            return ""
        return "," if self.point is None else "."


def readings(text: str) -> Readings:
    """All that a text can mean as a number: `1,234` is 1234 with a decimal point and 1.234 with a decimal comma."""
    text = text.translate(_SPACES).strip().replace("−", "-")
    match = _EXPONENT.fullmatch(text)
    if match:
        value = float(match[1].replace(",", ".") + "e" + match[2])
        return Readings(value, value)
    negative = text.startswith("(") and text.endswith(")")
    if negative:
        text = text[1:-1].strip()
    match = _NUMBER_TEXT.fullmatch(text)
    if not match:
        return Readings(None, None)
    before, digits, after = match[1].strip(), match[2].strip(), match[3].strip()
    # A sign may stand on either side of the currency: -€ 5 and € -5.
    for sign in ("-", "+"):
        if before.startswith(sign) or before.endswith(sign):
            before = (before[1:] if before.startswith(sign) else before[:-1]).strip()
            negative = negative or sign == "-"
            break
    factor = -1.0 if negative else 1.0
    values = [_with_mark(digits, mark, other) for mark, other in ((".", ","), (",", "."))]
    point, comma = (None if v is None else factor * v for v in values)
    return Readings(point, comma, before, after)


def _with_mark(digits: str, mark: str, other: str) -> float | None:
    whole, found, fraction = digits.partition(mark)
    if found and not fraction.isdecimal():
        return None
    separators = {c for c in whole if not c.isdecimal()}
    if len(separators) > 1 or mark in separators:
        return None
    if separators:
        separator = re.escape(separators.pop())
        thousands = rf"[1-9][0-9]{{0,2}}(?:{separator}[0-9]{{3}})+"
        lakhs = rf"[1-9][0-9]?(?:{separator}[0-9]{{2}})+{separator}[0-9]{{3}}"
        if not re.fullmatch(f"{thousands}|{lakhs}", whole):
            return None
        whole = re.sub(separator, "", whole)
    return float(f"{whole or '0'}.{fraction or '0'}")


def decimal_style(texts: list[str]) -> str:
    """The decimal mark that some texts have in common: "." or ",", or nothing where they give none away or two."""
    styles = {readings(text).style for text in texts} - {""}
    return styles.pop() if len(styles) == 1 else ""


def number_of(value: Value, column: Column, style: str = "", currency: str = "EUR") -> float:
    """A number by its column's kind and range.

    style: the decimal mark of the column, "" where it is not known. currency: the only one that an amount may bear a
    sign of, "" for any. Raises Misread.
    """
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise Misread(NOT_A_NUMBER, "is not a number", _number_expected(column))
    number = _number_in_text(value, column, style, currency) if isinstance(value, str) else float(value)
    if not math.isfinite(number):
        raise Misread(NOT_A_NUMBER, "is not a finite number", _number_expected(column))
    if column.kind == "whole" and not number.is_integer():
        raise Misread(NOT_WHOLE, "is not a whole number", _number_expected(column))
    too_small = column.least is not None and (number < column.least or (column.above and number == column.least))
    if too_small or (column.most is not None and number > column.most):
        hint = f"30 % is written 0.3 or 30 %, not {number:g}" if column.kind == "share" and number > 1 else ""
        raise Misread(OUT_OF_RANGE, f"is {'too small' if too_small else 'too large'}", _number_expected(column), hint)
    return number


def _number_in_text(text: str, column: Column, style: str, currency: str) -> float:
    expected = _number_expected(column)
    read = readings(text)
    after, factor = read.after, 1.0
    if after == "%" and column.kind == "share":
        after, factor = "", 0.01
    for sign in (read.before, after):
        if sign:
            _check_sign(sign, column, currency, expected)
    if read.point is None and read.comma is None:
        raise Misread(NOT_A_NUMBER, "is not a number", expected)
    value = read.comma if style == "," else read.point
    if value is None:
        value = read.point if read.comma is None else read.comma
    assert value is not None
    if read.point is not None and read.comma is not None and read.point != read.comma and not style:
        raise Misread(
            AMBIGUOUS_NUMBER,
            f"can be read as {_plain(read.point * factor)} or as {_plain(read.comma * factor)}",
            "a number that can be read in one way only",
            "make it a real number, or write it without a thousands sign",
        )
    # 0.07 and not 0.07000000000000001, as if 7 had been divided by 100.
    return value / 100 if factor != 1.0 else value


def _plain(number: float) -> str:
    return text_of(number) if number.is_integer() else repr(number)


def _check_sign(sign: str, column: Column, currency: str, expected: str) -> None:
    known = currencies_of(sign)
    if not known:
        raise Misread(NOT_A_NUMBER, "is not a number", expected)
    if column.kind != "money":
        raise Misread(NOT_A_NUMBER, "is an amount of money", expected)
    if currency and currency not in known:
        raise Misread(
            FOREIGN_CURRENCY,
            f"is in another currency ({sign})",
            f"an amount in {currency}",
            "convert it, or set the rule currency",
        )


def currencies_of(sign: str) -> frozenset[str]:
    """The currencies that a sign or a code of three capitals may mean; none where it is no such sign."""
    if re.fullmatch("[A-Z]{3}", sign):
        return frozenset({sign})
    return _SIGNS.get(sign.casefold(), frozenset())


def _number_expected(column: Column) -> str:
    noun = {"money": "an amount", "whole": "a whole number", "share": "a share"}.get(column.kind, "a number")
    least = None if column.least is None else _plain(float(column.least))
    most = None if column.most is None else _plain(float(column.most))
    if least is not None and most is not None:
        return f"{noun} from {least} to {most}"
    if least is not None:
        return f"{noun} above {least}" if column.above else f"{noun} of at least {least}"
    return noun if most is None else f"{noun} of at most {most}"


# Dates

_MONTH_NAMES = (
    "january jan januar janvier janv enero ene janeiro gennaio gen januari",
    "february feb februar fevrier fevr febrero fevereiro fev febbraio februari",
    "march mar marz maerz mrz mars marzo marco maart marec",
    "april apr avril avr abril abr aprile",
    "may mai mayo maio maggio mag mei maj",
    "june jun juni juin junio junho giugno giu junij",
    "july jul juli juillet juil julio julho luglio lug julij",
    "august aug aout agosto ago augustus avgust avg augusti",
    "september sep sept septembre septiembre setembro set settembre",
    "october oct oktober okt octobre octubre outubro out ottobre ott",
    "november nov novembre noviembre novembro",
    "december dec dezember dez decembre diciembre dic dezembro dicembre",
)
_MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, start=1) for name in names.split()}
_TIME = r"(?:[T ][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?Z?)?"
_YEAR_FIRST = re.compile(rf"([0-9]{{4}})([-/.])([0-9]{{1,2}})(?:\2([0-9]{{1,2}}){_TIME})?")
_DAY_FIRST = re.compile(rf"(?:([0-9]{{1,2}})([-/.]) ?)?([0-9]{{1,2}})[-/.] ?([0-9]{{4}}){_TIME}")
_NAMED = re.compile(
    r"(?:([0-9]{1,2})(?:\.|st|nd|rd|th|er|º|°)?[ -]*(?:de )?)?([^\W\d_]+)\.?,?[ /-]+(?:del? )?([0-9]{4})"
)
_NAMED_FIRST = re.compile(r"([^\W\d_]+)\.? ([0-9]{1,2})(?:st|nd|rd|th)?,? ([0-9]{4})")
_DATE_EXPECTED = "a date such as 2027-03-01, 01/03/2027 (day first), March 2027 or 2027-03"

Days = tuple[date, date]


def days_of(value: Value) -> Days:
    """The first and the last day that a cell means: a day twice, or the ends of a month."""
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return _span(value.year, value.month, value.day)
    if isinstance(value, str):
        return _days_in_text(" ".join(value.split()))
    hint = "format the cell as a date" if isinstance(value, (int, float)) and not isinstance(value, bool) else ""
    raise Misread(NOT_A_DATE, "is not a date", _DATE_EXPECTED, hint)


def _days_in_text(text: str) -> Days:
    if match := _YEAR_FIRST.fullmatch(text):
        return _span(match[1], match[3], match[4])
    if match := _DAY_FIRST.fullmatch(text):
        return _span(match[4], match[3], match[1])
    if match := _NAMED.fullmatch(text):
        return _span(match[3], _month_number(match[2]), match[1])
    if match := _NAMED_FIRST.fullmatch(text):
        return _span(match[3], _month_number(match[1]), match[2])
    raise Misread(NOT_A_DATE, "is not a date", _DATE_EXPECTED)


def _month_number(name: str) -> int:
    plain = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    return _MONTHS.get(plain, 0)


def _span(year: str | int, month: str | int, day: str | int | None) -> Days:
    y, m = int(year), int(month)
    if not 1 <= m <= 12 or not 1900 <= y <= 2200:
        raise Misread(NOT_A_DATE, "is not a date" if 1900 <= y <= 2200 else "lies in a strange year", _DATE_EXPECTED)
    last = calendar.monthrange(y, m)[1]
    if day is None:
        return date(y, m, 1), date(y, m, last)
    if not 1 <= int(day) <= last:
        raise Misread(NOT_A_DATE, "is not a date", _DATE_EXPECTED)
    return date(y, m, int(day)), date(y, m, int(day))


# Yes and no, choices, trades, lists

_YES = frozenset(["yes", "y", "true", "1", "x", "oui", "ja", "sí", "si", "sim", "da"])
_NO = frozenset(["no", "n", "false", "0", "non", "nein", "não", "nao", "ne"])


def yes_or_no(value: Value) -> bool:
    """Yes or no, in the languages understood."""
    if isinstance(value, bool):
        return value
    word = text_of(value).casefold()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise Misread(NOT_YES_OR_NO, "is neither yes nor no", "yes or no")


def choice_of(value: Value, choices: tuple[str, ...]) -> str:
    """One of a few words, without regard to case, spaces and punctuation."""
    word = normalised(text_of(value))
    for choice in choices:
        if normalised(choice) == word:
            return choice
    expected = ", ".join(choices[:-1]) + " or " + choices[-1]
    raise Misread(NOT_A_CHOICE, "is not known", expected, nearest(text_of(value), choices))


_CODE_AND_TITLE = re.compile(r"([0-9]{8}(?:-[0-9])?)[\s:,;–-]+\D.*", re.DOTALL)


def trade_of(value: Value) -> str:
    """A CPV code or a free name. A whole code may carry its title behind it; a number may have lost its first zero."""
    if isinstance(value, bool):
        return text_of(value)
    text = re.sub(r"(?<=[0-9])\s*[-–]\s*(?=[0-9]$)", "-", text_of(value))
    if isinstance(value, (int, float)) and len(text) == 7 and text.isdecimal() and text[0] in "39":
        raise Misread(
            AMBIGUOUS_CODE, f"can be the code {text} or 0{text}", "a CPV code stored as text, with its leading zero", ""
        )
    titled = _CODE_AND_TITLE.fullmatch(text)
    return titled[1] if titled else text


def list_of(value: Value) -> tuple[str, ...]:
    """The parts of a list separated by `;`, each once, in order."""
    parts = (part.strip() for part in value.split(";")) if isinstance(value, str) else (text_of(value),)
    return tuple(dict.fromkeys(part for part in parts if part))
