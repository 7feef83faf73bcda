"""Amounts as an officer reads them: money, shares and counts with their unit, never more digits than they deserve."""

from __future__ import annotations

from math import ceil, floor, log10


def money(amount: float, currency: str) -> str:
    """An amount of money: "41,200 EUR"; below 100 with cents."""
    return f"{_grouped(amount)} {currency}"


def money_change(amount: float, currency: str) -> str:
    """A difference of money with its sign: "+41,200 EUR", "-3,000 EUR", "0 EUR"."""
    text = _grouped(amount)
    return f"{'+' if amount > 0 and text != '0' else ''}{text} {currency}"


def money_at_most(amount: float, currency: str) -> str:
    """An upper end of an amount above 0, rounded up to three digits: 40,312 is "40,400 EUR"."""
    if amount < 1:
        return f"1 {currency}"
    unit = 10.0 ** (floor(log10(amount)) - 2)
    # The last bits of a division must not push a round amount up by one.
    return f"{_grouped(ceil(amount / unit - 1e-9) * unit)} {currency}"


def percent(share: float) -> str:
    """A share of 0 to 1 in per cent with one decimal: "52.3 %"."""
    return f"{_no_minus_zero(f'{100 * share:.1f}')} %"


def points(difference: float) -> str:
    """A difference of shares in points of a hundred: "+21.3 points"."""
    text = _no_minus_zero(f"{100 * difference:.1f}")
    return f"{'+' if difference > 0 and text != '0.0' else ''}{text} points"


def count(number: float, one: str, many: str = "") -> str:
    """A whole number of things: "1 lot", "3 lots", "2,400 lots"."""
    return f"{number:,.0f} {one if number == 1 else many or one + 's'}"


def amount(number: float, unit: str, currency: str) -> str:
    """An amount in the unit of a limit: "money", "share" or "lots"."""
    if unit == "money":
        return money(number, currency)
    return percent(number) if unit == "share" else count(number, "lot")


def listed(names: list[str], most: int = 5) -> str:
    """Names in a row, the first few of them: "P1, P2, P3 and 9 more"."""
    if len(names) <= most:
        return ", ".join(names[:-1]) + " and " + names[-1] if len(names) > 1 else "".join(names)
    return f"{', '.join(names[:most])} and {len(names) - most:,} more"


def _grouped(amount: float) -> str:
    digits = 2 if abs(amount) < 100 and round(amount, 2) != round(amount) else 0
    return _no_minus_zero(f"{amount:,.{digits}f}")


def _no_minus_zero(text: str) -> str:
    return text.removeprefix("-") if not text.strip("-0.,") else text
