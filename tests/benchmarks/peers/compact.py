"""What a compact model of a plan chooses among: potential lots, the choices of each, and packages left undivided.

A *potential lot* belongs to a unit, the largest one it may hold (so no two lots of one content exist under two numbers),
and takes smaller units of the pool besides. It takes at most one *choice*: a slot, what services it holds, whether it is
reserved, and a piece (pieces.py), whose lines overstate its profit a little and understate its cost.

So with every slot, every lot and every mix of services among the choices, the model is a relaxation of the plan: its optimum,
and any bound on it, is an upper bound on the true objective. Budgets see a cost that is a little too small, the objective a
profit that is a little too large, all else is exact. Where that is too large, the next menu leaves something out and proves
nothing: lots of large steps of divisible items, then few slots and few lots.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import ceil, inf, isfinite

import numpy as np
from pieces import MOST_SERVICES, THOUSAND, Choice, Menu, Piece, PoolPieces, Setting, Unit, piece_of

from lotsplit.evaluation import pools_of
from lotsplit.limits import MONEY_TOLERANCE
from lotsplit.market import Market
from lotsplit.plan import Item, Package, TenderPlan
from lotsplit.rules import Rules

MENUS = (
    Menu("complete", slots=True, lots=True, steps=True, chord=0.0002, most_columns=60_000),
    Menu("large steps", slots=True, lots=True, steps=False, chord=0.001, most_columns=60_000),
    Menu("few slots and lots", slots=False, lots=False, steps=True, chord=0.001, most_columns=150_000),
)


class TooLarge(Exception):
    """The model has more columns than a solver is given."""


class NotModelled(Exception):
    """The plan has something that the compact model has no words for."""


@dataclass
class PotentialLot:
    """A lot that may be: `units` of its pool from its own unit (the first) down. after: the lot of the same unit before it."""

    package: int
    region: str | None
    units: list[int]
    choices: list[Choice]
    after: int | None


@dataclass(frozen=True)
class Whole:
    """A package left undivided, with its exact figures (no chord)."""

    package: int
    start: int
    months: int
    reserved: bool
    piece: Piece


@dataclass
class Compact:
    """All choices of a plan. units: of all pools, those of a pool by falling value. proves: whether a bound of the model holds."""

    setting: Setting
    proves: bool
    units: list[Unit] = field(default_factory=list)
    unit_package: list[int] = field(default_factory=list)
    lots: list[PotentialLot] = field(default_factory=list)
    wholes: list[Whole] = field(default_factory=list)
    columns: int = 0


def compact_of(plan: TenderPlan, rules: Rules) -> Compact:
    """The choices by the first menu that is not too large. Raises TooLarge, NotModelled."""
    for menu in MENUS[:-1]:
        try:
            return choices_of(plan, rules, menu)
        except TooLarge:
            continue
    return choices_of(plan, rules, MENUS[-1])


def choices_of(plan: TenderPlan, rules: Rules, menu: Menu) -> Compact:
    """The choices of every package. Raises TooLarge, NotModelled."""
    found = Compact(Setting(plan, rules, Market(plan, rules), menu), menu.complete)
    for number, package in enumerate(plan.packages):
        found.wholes += _wholes(found.setting, number)
        if package.divisible:
            for items in pools_of(package, plan, rules).values():
                _add_pool(found, number, items)
        found.columns += 1
        if found.columns > menu.most_columns:
            rows = 2 * sum(len(lot.choices) for lot in found.lots)
            raise TooLarge(
                f"model too large to build: over {found.columns:,} columns and {rows:,} rows"
                f" after {number + 1} of {len(plan.packages)} packages, even with {menu.name}"
            )
    return found


def _add_pool(found: Compact, number: int, items: tuple[Item, ...]) -> None:
    setting, package = found.setting, found.setting.plan.packages[number]
    if len({_seen_as(setting.plan, item) for item in items}) > 1:
        raise NotModelled("lots may hold items of regions that budgets, floors or priorities tell apart")
    target = median_sme_limit(setting.market, package, items)
    units = sorted(_units(setting, package, items, target), key=lambda unit: -unit.value)
    first = len(found.units)
    found.units += units
    found.unit_package += [number] * len(units)
    found.proves = found.proves and len({unit.service for unit in units}) <= MOST_SERVICES
    pieces = PoolPieces(setting, package, units)
    for place, unit in enumerate(units):
        able = [n for n in range(place, len(units)) if n == place or _together(unit, units[n])]
        before = None
        for _ in range(_copies(setting.menu, package, unit, target)):
            choices = list(pieces.choices(place, able))
            if not choices:
                break
            found.lots.append(PotentialLot(number, items[0].region, [first + n for n in able], choices, before))
            before = len(found.lots) - 1
            found.columns += len(able) + 2 * len(choices)
            if found.columns > setting.menu.most_columns:
                return


def _seen_as(plan: TenderPlan, item: Item) -> tuple[object, ...]:
    """What budgets, floors and priorities see of an item's region."""
    within = plan.region_tree.within
    budgets = tuple(b.region is None or within(item.region, b.region) for b in plan.budgets)
    floors = tuple(within(item.region, r.id) for r in plan.regions if r.min_sme_share is not None)
    return plan.priority(item.region), budgets, floors


def _units(setting: Setting, package: Package, items: tuple[Item, ...], target: float) -> Iterator[Unit]:
    groups: dict[object, list[Item]] = {}
    for item in items:
        groups.setdefault(item.id if item.keep_together is None else ("together", item.keep_together), []).append(item)
    month = setting.plan.first_month
    for group in groups.values():
        value, parts = sum(item.value for item in group), group[0].parts if len(group) == 1 else 1
        if not setting.menu.steps:
            parts = _large_steps(parts, value, target)
        served = setting.market.group(package, {i.trade for i in group}, {i.region for i in group})
        yield Unit(
            tuple(group),
            parts,
            value / parts / THOUSAND,
            max(i.start for i in group) - month,
            min(i.finish for i in group) - month,
            max(i.min_months for i in group),
            tuple(setting.market.group_members(served).tolist()),
        )


def _large_steps(parts: int, value: float, target: float) -> int:
    """In how many equal parts, of whole steps, an item falls that are no larger than a target."""
    wanted = min(parts, ceil(value / target))
    return next(count for count in range(max(1, wanted), parts + 1) if parts % count == 0)


def _together(one: Unit, other: Unit) -> bool:
    shared = min(one.last, other.last) - max(one.first, other.first) + 1
    return shared >= max(one.min_months, other.min_months)


def median_sme_limit(market: Market, package: Package, items: tuple[Item, ...]) -> float:
    """The median contract limit of the small and medium firms that serve some items, of all where none does; infinite without any."""
    group = market.group(package, {item.trade for item in items}, {item.region for item in items})
    bidders = market.bidders
    for rows in (market.group_members(group), np.arange(len(bidders.count))):
        rows = rows[bidders.is_sme[rows] & np.isfinite(bidders.most[rows])]
        firms = np.repeat(bidders.most[rows], bidders.count[rows].astype(int))
        if len(firms):
            return float(np.median(firms))
    return inf


def _copies(menu: Menu, package: Package, unit: Unit, target: float) -> int:
    """How many lots may have a unit as their largest: all that can be, or those of the median size and one more."""
    most = unit.parts if package.max_lots is None else min(unit.parts, package.max_lots)
    return most if menu.lots or not isfinite(target) else min(most, 1 + ceil(unit.value * THOUSAND / target))


def _wholes(setting: Setting, number: int) -> Iterator[Whole]:
    """A package undivided, open and where it may be reserved, unless it must be divided."""
    plan, rules, package = setting.plan, setting.rules, setting.plan.packages[number]
    if package.divisible and package.min_lots > 1:
        return
    start, finish = min(i.start for i in package.items), max(i.finish for i in package.items)
    months, value = finish - start + 1, package.value
    group = setting.market.undivided_group(package)
    priority = sum(plan.priority(i.region) * i.value for i in package.items) / value
    may = rules.reserve_max_value is not None and value <= rules.reserve_max_value + MONEY_TOLERANCE
    for reserved in (False, True) if may else (False,):
        chosen = setting.market.sets_of_groups(np.array([group]), months, np.array([value]), reserved)
        piece = piece_of(setting, int(chosen[0]), months, (value, value), value, 0.0, priority)
        yield Whole(number, start - plan.first_month, months, reserved, piece)
