"""What cells say: local styles, dates, codes, and that nothing is ever guessed."""

from __future__ import annotations

import math
from contextlib import suppress
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotsplit.sheets import Column
from lotsplit.workbook.cells import (
    Misread,
    choice_of,
    days_of,
    decimal_style,
    list_of,
    number_of,
    readings,
    text_of,
    trade_of,
    yes_or_no,
)
from lotsplit.workbook.grid import Value

MONEY = Column("value", "", "money")
NUMBER = Column("quantity", "", "number")
SHARE = Column("share", "", "share", least=0, most=1)
WHOLE = Column("count", "", "whole", least=1)


def kind_of(value: Value, column: Column = MONEY, style: str = "", currency: str = "EUR") -> str:
    """The code of the problem that a number has."""
    with pytest.raises(Misread) as misread:
        number_of(value, column, style, currency)
    return misread.value.kind.code


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1234", 1234),
        ("1,234.56", 1234.56),
        ("1.234,56", 1234.56),
        ("1 234,56", 1234.56),
        ("1\u00a0234\u202f567,5", 1234567.5),
        ("1'234'567.5", 1234567.5),
        ("1’234.50", 1234.5),
        ("12,34,567.5", 1234567.5),
        ("1.234.567", 1234567),
        ("1,234,567", 1234567),
        ("12,5", 12.5),
        ("12.5", 12.5),
        ("0.125", 0.125),
        ("0,125", 0.125),
        (".5", 0.5),
        ("1234.567", 1234.567),
        ("1234,567", 1234.567),
        ("1 234,567", 1234.567),
        ("-5", -5),
        ("−5", -5),
        ("+5", 5),
        ("(1,200.50)", -1200.5),
        ("€ 1 200", 1200),
        ("1.200,50 €", 1200.5),
        ("EUR 1,200.50", 1200.5),
        ("-€5", -5),
        ("€ -5", -5),
        ("1.2E+05", 120000),
        ("1,2e3", 1200),
        ("  7  ", 7),
    ],
)
def test_numbers_in_local_styles(text: str, number: float) -> None:
    assert number_of(text, MONEY) == number


@pytest.mark.parametrize("text", ["1,234", "1.234", "999,999", "-1,234", "€ 1.234"])
def test_numbers_that_can_be_read_in_two_ways(text: str) -> None:
    assert kind_of(text) == "ambiguous-number"


def test_both_readings_are_shown() -> None:
    with pytest.raises(Misread, match=r"can be read as 1234 or as 1\.234"):
        number_of("1,234", MONEY)


@pytest.mark.parametrize(
    "text",
    ["", "abc", "12 34", "1.2.3", "1,23,4", "1,234,56", "1.234.56,7", "1,234.567,8", "0,123,456", "12.", "--5", "5-", "1/2",
     "nan", "inf", "1e999", "12 m", "about 12", "1 200 ,5", "٣", "1_000", "$", "1 234 5678", "1'234,567.8"],
)  # fmt: skip
def test_texts_that_are_no_numbers(text: str) -> None:
    assert kind_of(text) == "not-a-number"


@pytest.mark.parametrize("value", [True, date(2027, 3, 1), time(1), timedelta(1), math.nan, math.inf, -math.inf])
def test_values_that_are_no_numbers(value: Value) -> None:
    assert kind_of(value) == "not-a-number"


def test_the_style_of_the_column_settles_it() -> None:
    assert number_of("1,234", MONEY, style=".") == 1234
    assert number_of("1,234", MONEY, style=",") == 1.234
    assert number_of("1.234", MONEY, style=",") == 1234
    # A number that can be read in one way only is read so, whatever its neighbours look like.
    assert number_of("1,234.5", MONEY, style=",") == 1234.5
    assert decimal_style(["12", "1.234", "1.234,5"]) == ","
    assert decimal_style(["12", "1,234"]) == ""
    assert decimal_style(["1.5", "1,5"]) == ""


def test_currencies() -> None:
    assert number_of("£ 5", MONEY, currency="GBP") == 5
    assert number_of("5 kr", MONEY, currency="SEK") == 5
    assert number_of("$5", MONEY, currency="CAD") == 5
    assert number_of("R$ 1.200,50", MONEY, currency="BRL") == 1200.5
    assert number_of("USD 5", MONEY, currency="") == 5
    for text in ("£ 5", "$ 5", "5 kr", "USD 5", "R$ 1.200,50"):
        assert kind_of(text) == "foreign-currency"
    assert kind_of("€ 5", NUMBER) == "not-a-number"


def test_shares() -> None:
    assert number_of("30 %", SHARE) == 0.3
    assert number_of("7%", SHARE) == 0.07
    assert number_of("12,5 %", SHARE) == 0.125
    assert number_of(0.3, SHARE) == 0.3
    assert kind_of("30", SHARE) == "out-of-range"
    assert kind_of(30.0, SHARE) == "out-of-range"
    assert kind_of("130 %", SHARE) == "out-of-range"
    assert kind_of("30 %") == "not-a-number"


def test_ranges_and_whole_numbers() -> None:
    assert number_of(3.0, WHOLE) == 3
    assert kind_of(2.5, WHOLE) == "not-whole"
    assert kind_of(0, WHOLE) == "out-of-range"
    assert kind_of(0, Column("x", "", "money", least=0, above=True)) == "out-of-range"
    assert number_of(0, Column("x", "", "money", least=0)) == 0


@given(
    st.integers(-(10**12), 10**12),
    st.integers(0, 99),
    st.sampled_from([(",", "."), (".", ","), (" ", ","), ("'", ".")]),
)
def test_a_number_written_with_cents_comes_back(whole: int, cents: int, style: tuple[str, str]) -> None:
    grouping, mark = style
    text = f"{abs(whole):,}".replace(",", grouping) + f"{mark}{cents:02d}"
    expected = float(f"{abs(whole)}.{cents:02d}")
    assert number_of(("-" if whole < 0 else "") + text, MONEY) == (-expected if whole < 0 else expected)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_as_python_writes_it_comes_back_or_is_told_to_be_ambiguous(number: float) -> None:
    read = readings(repr(number))
    assert number in (read.point, read.comma)


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    for column in (MONEY, NUMBER, SHARE, WHOLE):
        with suppress(Misread):
            assert math.isfinite(number_of(text, column))


@given(st.text(alphabet="0123456789.,-+ '()€%eE"))
def test_any_text_that_looks_like_a_number_is_read_in_one_way_or_refused(text: str) -> None:
    read = readings(text)
    try:
        number = number_of(text, NUMBER)
    except Misread:
        return
    assert {value for value in (read.point, read.comma) if value is not None} == {number}


def days(first: str, last: str = "") -> tuple[date, date]:
    return date.fromisoformat(first), date.fromisoformat(last or first)


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        (date(2027, 3, 1), days("2027-03-01")),
        (datetime(2027, 3, 1, 12), days("2027-03-01")),
        ("2027-03-01", days("2027-03-01")),
        ("2027-03-01T00:00:00", days("2027-03-01")),
        ("01/03/2027", days("2027-03-01")),
        ("1.3.2027", days("2027-03-01")),
        ("1. 3. 2027", days("2027-03-01")),
        ("31-12-2027", days("2027-12-31")),
        ("2027/03/01", days("2027-03-01")),
        ("1 March 2027", days("2027-03-01")),
        ("1st March 2027", days("2027-03-01")),
        ("March 1, 2027", days("2027-03-01")),
        ("01-Mar-2027", days("2027-03-01")),
        ("1er août 2027", days("2027-08-01")),
        ("1. März 2027", days("2027-03-01")),
        ("1 de marzo de 2027", days("2027-03-01")),
        ("March 2027", days("2027-03-01", "2027-03-31")),
        ("février 2028", days("2028-02-01", "2028-02-29")),
        ("dezembro de 2027", days("2027-12-01", "2027-12-31")),
        ("2027-03", days("2027-03-01", "2027-03-31")),
        ("03/2027", days("2027-03-01", "2027-03-31")),
        ("  MARCH   2027 ", days("2027-03-01", "2027-03-31")),
    ],
)
def test_dates(value: Value, meant: tuple[date, date]) -> None:
    assert days_of(value) == meant


@pytest.mark.parametrize(
    "value",
    ["", "soon", "2027", "01/03/27", "13/13/2027", "29/02/2027", "03/13/2027", "2027-00-01", "00/03/2027", "Marchember 2027",
     "1/2/3/2027", "0001-01-01", "9999-12-31", 46500, 46500.0, True, time(1), timedelta(1), "2027-03-01 to 2027-04-01"],
)  # fmt: skip
def test_what_is_no_date(value: Value) -> None:
    with pytest.raises(Misread) as misread:
        days_of(value)
    assert misread.value.kind.code == "not-a-date"


@given(st.dates(date(1900, 1, 1), date(2200, 12, 31)))
def test_a_date_comes_back_from_every_style(day: date) -> None:
    for style in ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d %B %Y", "%d-%b-%Y", "%B %d, %Y"):
        # strftime writes years below 1000 short, which do not occur here.
        assert days_of(day.strftime(style)) == (day, day)
    first, last = days_of(day.strftime("%m/%Y"))
    assert first.day == 1
    assert (last + timedelta(1)).day == 1
    assert (first.year, first.month) == (last.year, last.month) == (day.year, day.month)


@given(st.text())
def test_any_text_is_a_date_or_refused(text: str) -> None:
    with suppress(Misread):
        first, last = days_of(text)
        assert first <= last


@pytest.mark.parametrize(
    "value", ["yes", "Y", "TRUE", "1", 1, 1.0, True, "x", "X", "oui", "ja", "sí", "SÍ", "si", "sim", "da"]
)
def test_yes(value: Value) -> None:
    assert yes_or_no(value) is True


@pytest.mark.parametrize("value", ["no", "N", "false", "0", 0, 0.0, False, "non", "nein", "não", "ne", " no "])
def test_no(value: Value) -> None:
    assert yes_or_no(value) is False


@pytest.mark.parametrize("value", ["maybe", "2", 2, "yes and no", "-"])
def test_neither_yes_nor_no(value: Value) -> None:
    with pytest.raises(Misread):
        yes_or_no(value)


@pytest.mark.parametrize(
    ("value", "trade"),
    [
        (45233120.0, "45233120"),
        (45233120, "45233120"),
        ("45233120", "45233120"),
        ("45233120-6", "45233120-6"),
        ("45233120 - 6", "45233120-6"),
        ("45233120-6 Road works", "45233120-6"),
        ("45233120: road works", "45233120"),
        ("03000000", "03000000"),
        (45.0, "45"),
        ("Road works", "Road works"),
        ("4x4 vehicles", "4x4 vehicles"),
        ("*", "*"),
        ("45 and more", "45 and more"),
    ],
)
def test_trades(value: Value, trade: str) -> None:
    assert trade_of(value) == trade


@pytest.mark.parametrize("value", [3000000.0, 9100000])
def test_a_code_that_may_have_lost_its_zero(value: Value) -> None:
    with pytest.raises(Misread) as misread:
        trade_of(value)
    assert misread.value.kind.code == "ambiguous-code"
    assert f"0{int(float(str(value)))}" in misread.value.what


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (7.0, "7"),
        (7, "7"),
        (7.5, "7.5"),
        ("007", "007"),
        (" NA ", "NA"),
        ("nan", "nan"),
        ("None", "None"),
        ("\u00a0x\u00a0", "x"),
        ("=1+1", "=1+1"),
        (date(2027, 3, 1), "2027-03-01"),
        (datetime(2027, 3, 1), "2027-03-01"),
        (datetime(2027, 3, 1, 8, 30), "2027-03-01 08:30:00"),
        (True, "TRUE"),
        (None, ""),
    ],
)
def test_text_stays_what_it_is(value: Value, text: str) -> None:
    assert text_of(value) == text


def test_lists() -> None:
    assert list_of(" 45 ; 71;45;; ") == ("45", "71")
    assert list_of("Road, rail") == ("Road, rail",)
    assert list_of(45233120.0) == ("45233120",)


def test_choices() -> None:
    assert choice_of("Same Parent", ("never", "same_parent")) == "same_parent"
    with pytest.raises(Misread) as misread:
        choice_of("smal", ("micro", "small", "medium", "large"))
    assert misread.value.expected == "micro, small, medium or large"
    assert misread.value.hint == 'did you mean "small"?'
