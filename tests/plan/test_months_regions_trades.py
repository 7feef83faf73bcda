"""Months that subtract, regions in a tree, trades that match by their leading digits."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotsplit.plan import (
    RegionTree,
    cpv_digits,
    first_day,
    fiscal_year,
    is_nuts,
    iso_month,
    last_day,
    month,
    month_of,
    trade_key,
    trades_match,
)


@given(st.dates(date(1900, 1, 1), date(2200, 12, 31)))
def test_a_day_lies_in_its_month(day: date) -> None:
    m = month_of(day)
    assert first_day(m) <= day <= last_day(m)
    assert m == month(day.year, day.month)
    assert iso_month(m) == day.strftime("%Y-%m")


def test_a_fiscal_year_is_named_by_the_year_in_which_it_starts() -> None:
    assert [fiscal_year(month(2027, m), 1) for m in (1, 12)] == [2027, 2027]
    assert [fiscal_year(month(2027, m), 4) for m in (3, 4)] == [2026, 2027]


@pytest.mark.parametrize("name", ["FR1", "FRK", "FRK2", "FRK26", "DE21H", "EL30"])
def test_nuts_codes(name: str) -> None:
    assert is_nuts(name)


@pytest.mark.parametrize("name", ["FR", "NORTH", "East", "FRK267", "fr1", "WEST", "1FR", ""])
def test_names_that_are_no_nuts_codes(name: str) -> None:
    assert not is_nuts(name)


def test_regions_lie_in_their_ancestors() -> None:
    tree = RegionTree({"North": "Land", "FRK26": "Alps"})
    assert list(tree.upwards("North")) == ["North", "Land"]
    assert list(tree.upwards("FRK24")) == ["FRK24", "FRK2", "FRK", "FR"]
    assert list(tree.upwards("FRK26")) == ["FRK26", "Alps"]
    assert tree.within("North", "Land")
    assert tree.within("North", "*")
    assert tree.within(None, "*")
    assert not tree.within(None, "Land")
    assert not tree.within("Land", "North")
    assert tree.key("North", same_parent=True) == "Land"
    assert tree.key("Land", same_parent=True) == "Land"
    assert tree.key("North", same_parent=False) == "North"


def test_a_circle_of_regions_ends() -> None:
    assert list(RegionTree({"A": "B", "B": "A"}).upwards("A")) == ["A", "B"]


@pytest.mark.parametrize(
    ("trade", "digits"),
    [("45233120-6", "4523312"), ("452331206", "4523312"), ("45000000", "45"), ("45", "45"), ("03000000", "03"), ("Roads", None), ("4x", None)],
)  # fmt: skip
def test_the_digits_of_a_code(trade: str, digits: str | None) -> None:
    assert cpv_digits(trade) == digits


def test_trades_match_by_prefix_either_way_and_names_without_case() -> None:
    assert trades_match("45000000-7", "45233120")
    assert trades_match("45233120", "45")
    assert trades_match("ROADS", "roads")
    assert trades_match("*", "roads")
    assert not trades_match("45100000", "45233120")
    assert not trades_match("45", "roads")


def test_the_key_of_a_trade() -> None:
    assert trade_key("45233120-6", 3) == "452"
    assert trade_key("45", 3) == "450"
    assert trade_key("Roads", 3) == "roads"
    assert trade_key(None, 3) is None
