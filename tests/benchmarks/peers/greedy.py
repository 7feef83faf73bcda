"""What a spreadsheet does: every package cut into lots of the median SME capacity, in item order, from the earliest month."""

from __future__ import annotations

import time

from compact import median_sme_limit
from found import Found

from lotsplit.evaluation import pools_of
from lotsplit.market import Market
from lotsplit.plan import Item, Package, TenderPlan
from lotsplit.rules import Rules
from lotsplit.schedule import Lot, LotItem, Schedule, undivided_lot


def solve(plan: TenderPlan, rules: Rules) -> Found:
    """Cut the items of each pool in turn. Limits that lots share are not looked at, nor numbers of lots."""
    begun = time.perf_counter()
    market = Market(plan, rules)
    lots: list[Lot] = []
    for package in plan.packages:
        if not package.divisible:
            lots.append(undivided_lot(package))
            continue
        own: list[Lot] = []
        for items in pools_of(package, plan, rules).values():
            for held in _cut(items, median_sme_limit(market, package, items)):
                own.append(_lot(package, len(own) + 1, held))
        lots += own
    return Found(Schedule(tuple(lots)), None, time.perf_counter() - begun, "")


def _cut(items: tuple[Item, ...], target: float) -> list[dict[Item, int]]:
    """Lots of a pool, as parts of items: each is filled with item after item until the target would be passed."""
    lots: list[dict[Item, int]] = [{}]
    together: dict[str, list[Item]] = {}
    for item in items:
        if item.keep_together is not None:
            together.setdefault(item.keep_together, []).append(item)
    for item in items:
        group = [item] if item.keep_together is None else together.pop(item.keep_together, [])
        left = group[0].parts if group else 0
        value = sum(one.value for one in group) / max(1, left)
        while left:
            room = target - sum(one.value * parts / one.parts for one, parts in lots[-1].items())
            able = _have_a_slot([*lots[-1], *group])
            fits = min(left, int(max(0.0, room) / value)) if able and room < float("inf") else left * able
            if not fits and lots[-1]:
                lots.append({})
                continue
            fits = max(1, fits)
            lots[-1].update(dict.fromkeys(group, fits))
            left -= fits
    return lots


def _have_a_slot(items: list[Item]) -> bool:
    months = min(item.finish for item in items) - max(item.start for item in items) + 1
    return months >= max(item.min_months for item in items)


def _lot(package: Package, number: int, held: dict[Item, int]) -> Lot:
    """From the earliest month that all its items allow to the latest."""
    start, finish = max(item.start for item in held), min(item.finish for item in held)
    parts = tuple(LotItem(item.id, item.quantity * count / item.parts) for item, count in held.items())
    return Lot(f"{package.id}-{number:02d}", package.id, parts, start, finish - start + 1)
