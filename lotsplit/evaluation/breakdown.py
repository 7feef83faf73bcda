"""Schedule and undivided plan side by side, by package, region, trade, size class and supplier (model, section 5)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lotsplit.evaluation.contents import Content
from lotsplit.evaluation.figures import PartFigures, SupplierFigures
from lotsplit.evaluation.lots import LotColumns
from lotsplit.market import Market
from lotsplit.plan import SME_SIZES, Item, TenderPlan


@dataclass
class _Sums:
    value: float = 0.0
    lots: int = 0
    cost: float = 0.0
    won: float = 0.0
    overflow: float = 0.0

    @property
    def sme_value(self) -> float:
        return self.won - self.overflow


def _sums(columns: LotColumns, key: Callable[[Content, Item], str]) -> dict[str, _Sums]:
    sums: dict[str, _Sums] = {}
    for content, cost, chance, over in zip(
        columns.contents, columns.cost, columns.sme_win, columns.loads.of_lots, strict=True
    ):
        touched: set[str] = set()
        for part, item in zip(content.parts, content.items, strict=True):
            name = key(content, item)
            s = sums.setdefault(name, _Sums())
            share = part.value / content.value
            s.value += part.value
            s.cost += float(cost) * share
            s.won += float(chance) * part.value
            s.overflow += float(over) * share
            if name not in touched:
                touched.add(name)
                s.lots += 1
    return sums


def parts_by(after: LotColumns, before: LotColumns, key: Callable[[Content, Item], str]) -> tuple[PartFigures, ...]:
    """One PartFigures for each key that an item has, in order of key; sums over schedule (after) and undivided plan."""
    one, other = _sums(after, key), _sums(before, key)
    figures = []
    for name in sorted(other | one):
        a, b = one.get(name, _Sums()), other.get(name, _Sums())
        figures.append(
            PartFigures(
                name,
                a.value,
                a.lots,
                a.cost,
                a.sme_value,
                a.sme_value / a.value if a.value else 0.0,
                b.cost,
                b.sme_value,
                b.sme_value / b.value if b.value else 0.0,
                a.overflow,
            )
        )
    return tuple(figures)


def by_package(content: Content, item: Item) -> str:
    """The key of an item's package."""
    return content.package.id


def by_region(content: Content, item: Item) -> str:
    """The key of an item's region."""
    return item.region or ""


def by_trade(content: Content, item: Item) -> str:
    """The key of an item's trade."""
    return item.trade or ""


def parts_by_size(after: LotColumns, before: LotColumns, plan: TenderPlan, market: Market) -> tuple[PartFigures, ...]:
    """What each SME size class can be expected to win; cost is not divided by size and left at 0."""
    value = float(after.value.sum()) or 1.0
    one, other = _won_by_row(after, market), _won_by_row(before, market)
    sets, times = np.unique(np.asarray(after.sets), return_counts=True)
    figures = []
    for size in SME_SIZES:
        rows = [n for n, s in enumerate(plan.suppliers) if s.size == size]
        over = float(after.loads.overflow[rows].sum()) if rows else 0.0
        over_before = float(before.loads.overflow[rows].sum()) if rows else 0.0
        won, won_before = float(one[rows].sum()) - over, float(other[rows].sum()) - over_before
        of_size = np.isin(np.arange(len(one)), rows)
        lots = sum(n for k, n in zip(sets.tolist(), times.tolist(), strict=True) if of_size[market.members(k)].any())
        figures.append(
            PartFigures(
                size, float(after.value.sum()), lots, 0.0, won, won / value, 0.0, won_before, won_before / value, over
            )
        )
    return tuple(figures)


def _won_by_row(columns: LotColumns, market: Market) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    won = np.zeros(len(market.bidders.count))
    for value, number in zip(columns.value, columns.sets, strict=True):
        won[market.members(int(number))] += value * market.chances(int(number))
    return won


def supplier_figures(
    after: LotColumns, before: LotColumns, plan: TenderPlan, market: Market
) -> tuple[SupplierFigures, ...]:
    """One SupplierFigures for each row of the register, in its order."""
    rows = len(plan.suppliers)
    won, won_before = _won_by_row(after, market), _won_by_row(before, market)
    lots, value, packages = np.zeros(rows, dtype=int), np.zeros(rows), np.zeros(rows, dtype=int)
    for v, number in zip(after.value, after.sets, strict=True):
        lots[market.members(int(number))] += 1
        value[market.members(int(number))] += v
    for number in before.sets:
        packages[market.members(int(number))] += 1
    load, overflow = after.loads.load, after.loads.overflow
    bidders = market.bidders
    figures = []
    for n, supplier in enumerate(plan.suppliers):
        peak = int(np.argmax(load[n]))
        limit = float(bidders.row_capacity[n])
        figures.append(
            SupplierFigures(
                supplier_id=supplier.id,
                firms=int(bidders.count[n]),
                eligible_lots=int(lots[n]),
                eligible_value=float(value[n]),
                expected_value=float(won[n]),
                undivided_eligible_packages=int(packages[n]),
                undivided_expected_value=float(won_before[n]),
                capacity=limit if np.isfinite(limit) else None,
                peak_load=float(load[n, peak]),
                peak_month=plan.first_month + peak if load[n, peak] > 0 else None,
                overflow=float(overflow[n].sum()),
            )
        )
    return tuple(figures)
