"""Trades: CPV codes of any number of leading digits, or free names (model, sections 1 to 3)."""

from __future__ import annotations

import re
from functools import cache

_CPV = re.compile(r"(\d{1,8})(?:-\d|(?<=\d{8})\d)?")

EVERYTHING = "*"


@cache
def cpv_digits(trade: str) -> str | None:
    """The digits of a CPV code without check digit and trailing zeros, or None for a free name."""
    match = _CPV.fullmatch(trade)
    return match.group(1).rstrip("0") if match else None


@cache
def trades_match(one: str, other: str) -> bool:
    """Whether a supplier of one trade serves the other: `*`, CPV prefixes either way, names without regard to case."""
    if EVERYTHING in (one, other):
        return True
    a, b = cpv_digits(one), cpv_digits(other)
    if a is not None and b is not None:
        return a.startswith(b) or b.startswith(a)
    return a is None and b is None and one.casefold() == other.casefold()


@cache
def trade_key(trade: str | None, digits: int) -> str | None:
    """What items of one pool have in common: the first `digits` digits of the CPV code, or the free name."""
    if trade is None:
        return None
    code = cpv_digits(trade)
    return trade.casefold() if code is None else code.ljust(digits, "0")[:digits]
