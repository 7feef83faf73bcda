"""The coupling rows: every Limit that ties pools together, as a row "at most", and the prices of these rows.

A row's amount is what a lot puts into it; floors are turned round, so that every price is at least 0. Capacity rows
(supplier, month) are many and few bind: they are added when violated (model, section 8). A package left undivided takes
all the lots that it may have, so that half of it makes no room for lots of the other half.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lotsplit.evaluation import largest_priority
from lotsplit.limits import (
    BUDGET,
    CEILING_TOLERANCE,
    LOTS_PER_MONTH,
    MAX_LOTS,
    MIN_LOTS,
    MONEY_TOLERANCE,
    REGION_FLOOR,
    RESERVE_SHARE,
    SHARE_FLOOR,
    SHARE_TOLERANCE,
    Limit,
    limits_of,
)
from lotsplit.optimizer.lots.amounts import Amounts, by_owner
from lotsplit.optimizer.lots.arrays import UNDIVIDED, Bools, Contents, Floats, Ints
from lotsplit.optimizer.lots.runs import places_of_runs
from lotsplit.plan import TenderPlan, fiscal_year
from lotsplit.result import Aim
from lotsplit.rules import Rules

# The part of the model's tolerance that a row grants; the rest is left to the solver's own.
ALLOWED = 0.999


@dataclass(frozen=True)
class Row:
    """A coupling row: lots' amounts add up to at most `most`. scale: what a violation of 1 means, for comparing limits.

    month: of lots per month. package: number, of lots per package. positive: False for floors, turned round.
    """

    limit: Limit
    most: float
    scale: float
    month: int = -1
    package: int = -1


class Rows:
    """The rows of a plan, and where each limit applies: by place (fund, region) and month."""

    def __init__(self, contents: Contents) -> None:
        plan, rules = contents.plan, contents.rules
        self.contents = contents
        self.limits = limits_of(plan, rules)
        self.places = list(contents.places)
        self.rows: list[Row] = []
        number = {package.id: n for n, package in enumerate(plan.packages)}
        for limit in self.limits:
            if limit.kind == BUDGET:
                most = limit.amount + ALLOWED * (MONEY_TOLERANCE + CEILING_TOLERANCE * limit.amount)
                self.rows.append(Row(limit, most, max(1.0, limit.amount)))
            elif limit.kind == LOTS_PER_MONTH:
                scale = max(1.0, limit.amount)
                self.rows.extend(Row(limit, limit.amount, scale, month=t) for t in range(plan.months))
            elif limit.kind == MAX_LOTS:
                self.rows.append(
                    Row(limit, limit.amount, max(1.0, limit.amount), package=number[str(limit.package_id)])
                )
            elif limit.kind == MIN_LOTS:
                self.rows.append(
                    Row(limit, -limit.amount, max(1.0, limit.amount), package=number[str(limit.package_id)])
                )
            elif limit.kind == SHARE_FLOOR:
                self.rows.append(Row(limit, -(limit.amount - ALLOWED * SHARE_TOLERANCE) * plan.value, plan.value))
            elif limit.kind == REGION_FLOOR:
                inside = sum(i.value for i in plan.items if plan.region_tree.within(i.region, str(limit.region)))
                self.rows.append(Row(limit, -(limit.amount - ALLOWED * SHARE_TOLERANCE) * inside, inside))
            elif limit.kind == RESERVE_SHARE and limit.amount < 1.0:
                self.rows.append(Row(limit, limit.amount * plan.value, plan.value))
        self.by_kind: dict[str, list[int]] = {}
        for n, row in enumerate(self.rows):
            self.by_kind.setdefault(row.limit.kind, []).append(n)
        self.most = np.array([row.most for row in self.rows], dtype=np.float64)
        self.in_place = np.array(
            [[self._applies(row.limit, place) for place in self.places] for row in self.rows], dtype=np.bool_
        ).reshape(len(self.rows), len(self.places))
        self.in_month = np.array(
            [
                [
                    row.limit.year is None
                    or fiscal_year(plan.first_month + t, rules.fiscal_year_start) == row.limit.year
                    for t in range(plan.months)
                ]
                for row in self.rows
            ],
            dtype=np.bool_,
        ).reshape(len(self.rows), plan.months)
        # what a unit of each row is worth, roughly: a euro, or the value of a pool for a lot
        lot = plan.value / max(1, len(contents.pools))
        counted = (LOTS_PER_MONTH, MAX_LOTS, MIN_LOTS)
        self.unit: Floats = np.array([lot if row.limit.kind in counted else 1.0 for row in self.rows], dtype=np.float64)
        self.priority = np.array([plan.priority(region) for _, region in self.places])
        # cumulative months of each budget's year, so that a slot's share is one subtraction
        self.upto = np.concatenate([np.zeros((len(self.rows), 1)), np.cumsum(self.in_month, axis=1)], axis=1)

    def _applies(self, limit: Limit, place: tuple[str | None, str | None]) -> bool:
        fund, region = place
        if limit.fund is not None and limit.fund != fund:
            return False
        return limit.region is None or self.contents.plan.region_tree.within(region, limit.region)

    def _shares(self, row: int, table: tuple[Ints, Ints, Floats, int]) -> Floats:
        """How much of the value of each profile lies where a row's limit applies. table: of profiles."""
        profile, place, share, count = table
        shares: Floats = np.bincount(profile, share * self.in_place[row, place], minlength=count).astype(np.float64)
        return shares

    def limit_prices(self, prices: Prices) -> dict[str, float]:
        """What one more unit of each limit would add at the margin: of all its rows together (every month of lots per month)."""
        found: dict[str, float] = {}
        for row, price in zip(self.rows, prices.rows.tolist(), strict=True):
            share = row.limit.unit == "share"
            whole = self.contents.plan.value if share and row.limit.region is None else row.scale if share else 1.0
            found[row.limit.id] = price * whole + found.get(row.limit.id, 0.0)
        return found

    def amounts(self, lots: Lots) -> Amounts:
        """What each lot puts into each row that it touches."""
        contents = self.contents
        profile, package = contents.profile[lots.content], contents.package[lots.content]
        table = contents.profile_table()
        # lots profile after profile: of many budgets few profiles are in each
        order = np.argsort(profile, kind="stable")
        first = np.searchsorted(profile[order], np.arange(table[3] + 1))
        entries: list[tuple[Ints, int, Floats]] = []
        for n, row in enumerate(self.rows):
            kind = row.limit.kind
            if kind == BUDGET:
                shares = self._shares(n, table)
                some = np.flatnonzero(shares)
                sizes = np.diff(first)[some]
                lot, inside = order[places_of_runs(first[some], sizes)], np.repeat(shares[some], sizes)
                start, months = lots.start[lot], lots.months[lot]
                in_year = (self.upto[n][start + months] - self.upto[n][start]) / months
                entries.append((lot[in_year > 0], n, (lots.cost[lot] * in_year * inside)[in_year > 0]))
            elif kind in (SHARE_FLOOR, REGION_FLOOR):
                # all lots: overflow counts in a floor of the share, whatever the lot itself wins
                inside = np.ones(len(lots)) if kind == SHARE_FLOOR else self._shares(n, table)[profile]
                amount = -lots.sme_win * contents.value[lots.content] * inside
                lot = np.arange(len(lots)) if kind == SHARE_FLOOR else np.flatnonzero(amount)
                entries.append((lot, n, amount[lot]))
            elif kind == RESERVE_SHARE:
                lot = np.flatnonzero(lots.reserved)
                entries.append((lot, n, contents.value[lots.content[lot]]))
            else:
                lot = np.flatnonzero(lots.start == row.month if kind == LOTS_PER_MONTH else package == row.package)
                amount = np.full(len(lot), -1.0 if kind == MIN_LOTS else 1.0)
                if kind == MAX_LOTS:
                    amount[contents.pool[lots.content[lot]] == UNDIVIDED] = row.most
                entries.append((lot, n, amount))
        return by_owner(len(lots), entries)


@dataclass(frozen=True)
class Lots:
    """Lots as columns: content, duration, first month, eligible set and what follows from them."""

    content: Ints
    months: Ints
    start: Ints
    reserved: Bools
    sets: Ints
    sme_win: Floats
    thin: Bools
    extra: Floats
    cost: Floats

    def __len__(self) -> int:
        return len(self.content)

    def take(self, which: Ints | Bools) -> Lots:
        """Some of the lots."""
        return Lots(*(getattr(self, name)[which] for name in LOT_COLUMNS))


LOT_COLUMNS = ("content", "months", "start", "reserved", "sets", "sme_win", "thin", "extra", "cost")


def join(parts: list[Lots]) -> Lots:
    """Lots one after another."""
    return Lots(*(np.concatenate([getattr(part, name) for part in parts]) for name in LOT_COLUMNS))


@dataclass(frozen=True)
class Weights:
    """What is maximised: sme x weighted SME awards - cost x extra cost - thin x thin value - overflow x overflow."""

    sme: float
    cost: float
    thin: float
    overflow: float


def weights_of(aim: Aim, plan: TenderPlan, rules: Rules) -> Weights:
    """What an aim maximises (model, section 6)."""
    if aim is Aim.COST:
        return Weights(sme=0.0, cost=1.0, thin=1.0, overflow=0.0)
    return Weights(sme=1.0, cost=rules.extra_cost_weight, thin=1.0, overflow=largest_priority(plan))


@dataclass(frozen=True)
class Prices:
    """A price, at least 0, for each coupling row and each capacity row (supplier, month; others cost nothing)."""

    rows: Floats
    capacity: Floats


def mean_of(prices: list[Prices]) -> Prices:
    """The mean of some prices."""
    return Prices(np.mean([p.rows for p in prices], axis=0), np.mean([p.capacity for p in prices], axis=0))


def no_prices(rows: Rows) -> Prices:
    """Every limit for nothing."""
    suppliers = len(rows.contents.plan.suppliers)
    return Prices(np.zeros(len(rows.rows)), np.zeros((suppliers, rows.contents.months)))
