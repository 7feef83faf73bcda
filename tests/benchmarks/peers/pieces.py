"""What a potential lot of the compact model can be: its slots, and the pieces of value on which its figures are lines.

On a *piece*, a range of values, the eligible firms are the same; a lot of value v costs a v^(1 - e) + c there, concave in v,
and its profit is convex: the chord between the ends of the piece is at most the cost and at least the profit. Pieces are cut
until the chord is off by no more than `Menu.chord` of the value.

Money is in thousands, for the solvers' tolerances.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise
from math import ceil, inf, log, sqrt

import numpy as np

from lotsplit.evaluation import procedure_cost, scale_cost, single_bid_cost
from lotsplit.limits import MONEY_TOLERANCE
from lotsplit.market import Market
from lotsplit.plan import Item, Package, TenderPlan
from lotsplit.rules import Rules

THOUSAND = 1000.0
# services of a pool of which all mixes are choices
MOST_SERVICES = 3

Service = tuple[int, ...]
"""The suppliers that serve a unit."""


@dataclass(frozen=True)
class Menu:
    """What choices a model has. slots, lots, steps: whether all of them; with all three it is complete. chord: error allowed, of a lot's value."""

    name: str
    slots: bool
    lots: bool
    steps: bool
    chord: float
    most_columns: int

    @property
    def complete(self) -> bool:
        """Whether no lot is left out."""
        return self.slots and self.lots and self.steps


@dataclass(frozen=True)
class Setting:
    """The plan, the rules, its market and the menu."""

    plan: TenderPlan
    rules: Rules
    market: Market
    menu: Menu


@dataclass(frozen=True, slots=True)
class Unit:
    """Items that move as one, in equal parts; months count from the plan's first."""

    items: tuple[Item, ...]
    parts: int
    part_value: float
    first: int
    last: int
    min_months: int
    service: Service

    @property
    def value(self) -> float:
        """Of all its parts, in thousands."""
        return self.parts * self.part_value


@dataclass(frozen=True, slots=True)
class Piece:
    """A range of lot values with one eligible set; cost and profit are base + slope x value, the chords. loads: of a euro a month."""

    low: float
    high: float
    win: float
    cost: tuple[float, float]
    profit: tuple[float, float]
    loads: tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A slot, the services in the lot, whether it is reserved, and a piece of which values from low to high can be."""

    start: int
    months: int
    services: frozenset[Service]
    reserved: bool
    piece: Piece
    low: float
    high: float


class PoolPieces:
    """The choices of a pool's lots; pieces are worked out once for services, months and reservation."""

    def __init__(self, setting: Setting, package: Package, units: list[Unit]) -> None:
        self.setting, self.package, self.units = setting, package, units
        self.value = sum(unit.value for unit in units)
        self.least = min(unit.part_value for unit in units)
        self.known: dict[object, list[Piece]] = {}
        services = list(dict.fromkeys(unit.service for unit in units))
        sizes = range(1, len(services) + 1) if len(services) <= MOST_SERVICES else (1, len(services))
        self.mixes = [frozenset(mix) for size in sizes for mix in combinations(services, size)]

    def choices(self, place: int, able: list[int]) -> Iterator[Choice]:
        """The choices of a lot of the unit at `place` that may take the units `able`."""
        own, rules = self.units[place], self.setting.rules
        least = min(rules.min_lot_value / THOUSAND, self.value) - MONEY_TOLERANCE / THOUSAND
        low = max(own.part_value, least)
        for start, months in sorted(_slots(self.setting.menu, own, [self.units[n] for n in able])):
            for mix in (mix for mix in self.mixes if own.service in mix):
                high = sum(self.units[n].value for n in able if self.units[n].service in mix)
                for reserved in (False, True) if rules.reserve_max_value is not None else (False,):
                    for piece in self.pieces(mix, months, reserved):
                        if piece.low <= high and piece.high >= low:
                            ends = max(low, piece.low), min(high, piece.high)
                            yield Choice(start, months, mix, reserved, piece, *ends)

    def pieces(self, mix: frozenset[Service], months: int, reserved: bool) -> list[Piece]:
        """The pieces of lots with some services and a duration, over all values that a lot of the pool can have."""
        key = (mix, months, reserved)
        if key not in self.known:
            self.known[key] = list(self._pieces(mix, months, reserved))
        return self.known[key]

    def _pieces(self, mix: frozenset[Service], months: int, reserved: bool) -> Iterator[Piece]:
        setting, market = self.setting, self.setting.market
        held = [item for unit in self.units if unit.service in mix for item in unit.items]
        group = market.group(self.package, {i.trade for i in held}, {i.region for i in held})
        low, high = self.least * THOUSAND, self.value * THOUSAND
        if reserved:
            high = min(high, (setting.rules.reserve_max_value or 0.0) + MONEY_TOLERANCE)
        if low > high:
            return
        starts = market.steps(group, months)
        ends = [low, *starts[(starts > low) & (starts < high)].tolist(), high]
        middles = (np.array(ends[1:]) + ends[:-1]) / 2
        sets = market.sets_of_groups(np.full(len(middles), group), months, middles, reserved)
        elasticity = elasticity_of(self.package, setting.rules)
        widest = sqrt(8 * setting.menu.chord / max(1e-9, elasticity * setting.rules.extra_cost_weight))
        priority = setting.plan.priority(held[0].region)
        for (one, other), number in zip(pairwise(ends), sets.tolist(), strict=True):
            count = max(1, ceil(log(other / one) / log(1 + widest)))
            for cut in pairwise(np.geomspace(one, other, count + 1).tolist()):
                yield piece_of(setting, number, months, cut, self.value * THOUSAND, elasticity, priority)


def _slots(menu: Menu, own: Unit, others: list[Unit]) -> set[tuple[int, int]]:
    """All slots of a unit; or its whole window, that of all units that may join it, and the halves of both."""
    if menu.slots:
        return {
            (start, last - start + 1)
            for start in range(own.first, own.last + 1)
            for last in range(start + own.min_months - 1, own.last + 1)
        }
    slots = set()
    joint = max(u.first for u in others), min(u.last for u in others)
    for first, last in ((own.first, own.last), joint):
        months = last - first + 1
        half = max(own.min_months, ceil(months / 2))
        slots |= {(first, months), (first, half), (last - half + 1, half)} if months >= own.min_months else set()
    return slots


def elasticity_of(package: Package, rules: Rules) -> float:
    """The package's own scale elasticity, otherwise that of the rules."""
    return rules.scale_elasticity if package.scale_elasticity is None else package.scale_elasticity


def piece_of(
    setting: Setting,
    number: int,
    months: int,
    ends: tuple[float, float],
    pool_value: float,
    elasticity: float,
    priority: float,
) -> Piece:
    """The chords of cost and profit between two lot values of one eligible set."""
    rules, market = setting.rules, setting.market
    odds = market.columns()
    win, thin = float(odds.sme_win[number]), bool(odds.thin[number])
    value = np.array(ends)
    scale = scale_cost(value, np.full(2, pool_value), np.full(2, elasticity))
    single = single_bid_cost(value, scale, np.full(2, odds.single_bid[number]), rules)
    cost = value + scale + single + procedure_cost(np.full(2, odds.no_bid[number]), rules)
    profit = (priority * win - thin) * value - rules.extra_cost_weight * cost
    capacity = market.bidders.row_capacity
    loads = tuple(
        (row, chance / months)
        for row, chance in zip(market.members(number).tolist(), market.chances(number).tolist(), strict=True)
        if market.bidders.is_sme[row] and capacity[row] < inf
    )
    low, high = (value / THOUSAND).tolist()
    return Piece(low, high, win, _chord(value, cost), _chord(value, profit), loads)


def _chord(value: np.ndarray, amount: np.ndarray) -> tuple[float, float]:
    """Base and slope, in thousands, of the line through two points."""
    (low, high), (first, last) = value.tolist(), amount.tolist()
    slope = (last - first) / (high - low) if high > low else first / low
    return (first - slope * low) / THOUSAND, slope
