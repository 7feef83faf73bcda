"""A package of items that are alike, and firms for it."""

from __future__ import annotations

from lotsplit.plan import Item, Package, Supplier, TenderPlan

FIRMS = (
    Supplier("large", "large", "large", ("45",), ("*",), count=2),
    Supplier("small", "small", "small", ("45",), ("*",), count=40, max_contract=200_000.0),
)


def plan_of(items: int, trades: int = 1, months: int = 24, parts: int = 1, **limits) -> TenderPlan:
    """One package of like items, in turn of some trades."""
    its = tuple(
        Item(
            f"I{n}",
            "P",
            f"item {n}",
            f"45{100 + n % trades}000",
            "XA1",
            100_000.0 + 100 * (n % 7),
            quantity=float(parts),
            unit="piece",
            step=1.0,
            divisible=parts > 1,
            start=24_324,
            finish=24_323 + months,
            min_months=1,
        )
        for n in range(items)
    )
    return TenderPlan((Package("P", "package", its, nature="works", **limits),), 24_324, months, FIRMS)
