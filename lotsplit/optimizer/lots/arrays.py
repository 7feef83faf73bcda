"""The plan as numbers: places, limits as rows, and every possible lot as a row of columns.

A *content* is what a lot holds (counts of a pool's units), an *option* is a content with a duration, reserved or not:
its eligible set, odds and cost are then fixed, and only its first month is still open (slots). Whole packages left
undivided are contents of their own, with one duration and one first month.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lotsplit.evaluation import procedure_cost, scale_cost, single_bid_cost
from lotsplit.limits import MONEY_TOLERANCE
from lotsplit.market import Market
from lotsplit.optimizer.lots.pools import Place, Pool
from lotsplit.plan import TenderPlan
from lotsplit.rules import Rules

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

UNDIVIDED = -1


@dataclass(frozen=True)
class Options:
    """Options, one row each: by content, longest duration first, open before reserved (the order in which ties are settled).

    There are millions of them: numbers are as short as they can be. extra: cost less value.
    """

    content: NDArray[np.int32]
    months: NDArray[np.int16]
    reserved: Bools
    sets: NDArray[np.int32]
    extra: Floats

    def __len__(self) -> int:
        return len(self.content)

    def take(self, which: Ints) -> Options:
        """Some of the options."""
        return Options(*(getattr(self, name)[which] for name in OPTION_COLUMNS))


OPTION_COLUMNS = ("content", "months", "reserved", "sets", "extra")


def joined(parts: list[Options]) -> Options:
    """Options one after another."""
    return Options(*(np.concatenate([getattr(part, name) for part in parts]) for name in OPTION_COLUMNS))


def _no_options() -> Options:
    number = np.zeros(0, dtype=np.int32)
    return Options(number, np.zeros(0, dtype=np.int16), np.zeros(0, dtype=np.bool_), number, np.zeros(0))


CONTENT_COLUMNS = ("pool", "package", "value", "first", "last", "least", "group", "profile", "pool_value", "whole")


class Contents:
    """A growing table of contents: one row each, in order of addition.

    pool: UNDIVIDED for whole packages. counts: parts of each unit. first, last, least: window of months and least
    duration. group: of the market. profile: where the value lies. whole: all of its pool.
    """

    def __init__(self, plan: TenderPlan, rules: Rules, market: Market, pools: list[Pool]) -> None:
        self.plan, self.rules, self.market, self.pools = plan, rules, market, pools
        self.months = plan.months
        self.places: dict[Place, int] = {}
        self._profiles: dict[tuple[tuple[int, float], ...], int] = {}
        self._profile_rows: list[tuple[int, int, float]] = []
        self._profile_columns: Floats = np.zeros((0, 3))
        self.counts: list[tuple[int, ...]] = []
        self.pool = np.zeros(0, dtype=np.int64)
        self.package = np.zeros(0, dtype=np.int64)
        self.value = np.zeros(0)
        self.first = np.zeros(0, dtype=np.int64)
        self.last = np.zeros(0, dtype=np.int64)
        self.least = np.zeros(0, dtype=np.int64)
        self.group = np.zeros(0, dtype=np.int64)
        self.profile = np.zeros(0, dtype=np.int64)
        self.pool_value = np.zeros(0)
        self.whole = np.zeros(0, dtype=np.bool_)
        self._kept = {name: getattr(self, name) for name in CONTENT_COLUMNS}
        self._options = _no_options()
        self._fresh: list[Options] = []
        self.elasticity = np.array(
            [rules.scale_elasticity if p.scale_elasticity is None else p.scale_elasticity for p in plan.packages]
        )
        self.time_matters = (
            rules.max_lots_per_month is not None
            or any(b.year is not None for b in plan.budgets)
            or bool(np.any(market.bidders.is_sme & np.isfinite(market.bidders.capacity)))
        )

    def __len__(self) -> int:
        return len(self.value)

    def scratch(self) -> Contents:
        """An empty table of the same plan that shares places, profiles and market: for contents that are only tried."""
        table = Contents(self.plan, self.rules, self.market, self.pools)
        table.places, table._profiles, table._profile_rows = self.places, self._profiles, self._profile_rows
        table._profile_columns = self._profile_columns
        return table

    # -- places and profiles ---------------------------------------------------------------------------------------

    def place(self, place: Place) -> int:
        """The number of a (fund, region)."""
        return self.places.setdefault(place, len(self.places))

    def _profile_of(self, shares: tuple[tuple[int, float], ...]) -> int:
        if shares not in self._profiles:
            number = len(self._profiles)
            self._profiles[shares] = number
            self._profile_rows.extend((number, place, share) for place, share in shares)
        return self._profiles[shares]

    def pure_profile(self, place: int) -> int:
        """The profile of what lies wholly in one place."""
        return self._profile_of(((place, 1.0),))

    def profile_table(self) -> tuple[Ints, Ints, Floats, int]:
        """Profiles as triples (profile, place, share), and how many profiles there are."""
        if len(self._profile_columns) != len(self._profile_rows):
            self._profile_columns = np.array(self._profile_rows, dtype=np.float64).reshape(-1, 3)
        rows = self._profile_columns
        return rows[:, 0].astype(np.int64), rows[:, 1].astype(np.int64), rows[:, 2], len(self._profiles)

    # -- adding ----------------------------------------------------------------------------------------------------

    def add_undivided(self) -> Ints:
        """Add every package as a whole; gives the row of each."""
        plan, rows = self.plan, []
        for number, package in enumerate(plan.packages):
            first = min(i.start for i in package.items) - plan.first_month
            last = max(i.finish for i in package.items) - plan.first_month
            values: dict[Place, float] = {}
            for item in package.items:
                place = (package.fund, item.region)
                values[place] = values.get(place, 0.0) + item.value
            value = sum(item.value for item in package.items)
            profile = self._profile_of(tuple((self.place(p), v / value) for p, v in values.items()))
            group = self.market.undivided_group(package)
            rows.append((UNDIVIDED, number, value, first, last, last - first + 1, group, profile, value, True))
        self.counts.extend(() for _ in rows)
        columns = [np.array(c) for c in zip(*rows, strict=True)]
        return self.append(*columns)

    def add(self, pool: Pool, counts: Ints) -> Ints:
        """Add contents of one pool, a row of counts each; gives their rows. None may be empty."""
        units, present = pool.columns, counts > 0
        first = np.where(present, units.first, -1).max(axis=1)
        last = np.where(present, units.last, self.months).min(axis=1)
        least = np.where(present, units.least, 0).max(axis=1)
        values = counts * units.part_value
        value = values.sum(axis=1)
        full = np.all(counts == units.parts, axis=1)
        value[full] = pool.value
        size = len(counts)
        self.counts.extend(tuple(row) for row in counts.tolist())
        return self.append(
            np.full(size, pool.index),
            np.full(size, pool.package),
            value,
            first,
            last,
            least,
            self._groups(pool, present),
            self._profiles_of(pool, values, value),
            np.full(size, pool.value),
            full,
        )

    def _groups(self, pool: Pool, present: Bools) -> Ints:
        package = self.plan.packages[pool.package]
        services = pool.columns.services
        if len(services) == 1:
            return np.full(len(present), self.market.group(package, *services[0]))
        has = np.zeros((len(present), len(services)), dtype=np.bool_)
        for unit_number, service in enumerate(pool.columns.service.tolist()):
            has[:, service] |= present[:, unit_number]
        unions, inverse = np.unique(has, axis=0, return_inverse=True)
        groups = []
        for union in unions:
            held = [services[k] for k in np.flatnonzero(union)]
            trades = frozenset().union(*(t for t, _ in held))
            regions = frozenset().union(*(r for _, r in held))
            groups.append(self.market.group(package, trades, regions))
        return np.array(groups, dtype=np.int64)[inverse.ravel()]

    def _profiles_of(self, pool: Pool, values: Floats, value: Floats) -> Ints:
        places = sorted(self.place(p) for p in pool.places)
        if len(places) == 1:
            return np.full(len(value), self.pure_profile(places[0]))
        numbers = [[(self.place(p), v / u.part_value) for p, v in u.place_values] for u in pool.units]
        shares = np.zeros((len(value), len(places)))
        for column, unit in enumerate(numbers):
            for place, share in unit:
                shares[:, places.index(place)] += values[:, column] * share
        shares /= value[:, None]
        return np.array(
            [
                self._profile_of(tuple((p, s) for p, s in zip(places, row, strict=True) if s > 0))
                for row in shares.tolist()
            ],
            dtype=np.int64,
        )

    def append(
        self,
        pool: Ints,
        package: Ints,
        value: Floats,
        first: Ints,
        last: Ints,
        least: Ints,
        group: Ints,
        profile: Ints,
        pool_value: Floats,
        whole: Bools,
    ) -> Ints:
        """Add rows as they are, column by column; gives their numbers."""
        size, end = len(self), len(self) + len(value)
        for name, fresh in zip(
            CONTENT_COLUMNS,
            (pool, package, value, first, last, least, group, profile, pool_value, whole),
            strict=True,
        ):
            kept = self._kept[name]
            if len(kept) < end:
                # room for as many again, so that rows are not copied every time
                kept = np.concatenate([kept[:size], np.zeros(end, dtype=kept.dtype)])
                self._kept[name] = kept
            kept[size:end] = fresh
            setattr(self, name, kept[:end])
        return np.arange(size, end)

    # -- options ---------------------------------------------------------------------------------------------------

    def make_options(self, rows: Ints, with_small: bool = False) -> None:
        """Work out the options of new contents. with_small: also of lots below min_lot_value (to see what clashes)."""
        if not with_small:
            rows = self._large_enough(rows)
        span = self.last[rows] - self.first[rows] + 1
        rows, span = rows[span >= self.least[rows]], span[span >= self.least[rows]]
        if len(rows) == 0:
            return
        last_sets = {reserved: np.full(len(self), -1) for reserved in (False, True)}
        for months in range(int(span.max()), 0, -1):
            now = rows[(span >= months) & (self.least[rows] <= months)]
            for reserved in (False, True):
                held = self._reservable(now) if reserved else now
                if len(held) == 0:
                    continue
                sets = self.market.sets_of_groups(self.group[held], months, self.value[held], reserved)
                if not self.time_matters:
                    # a shorter slot with the same bidders is worth no more
                    longest = last_sets[reserved][held] != sets
                    last_sets[reserved][held] = sets
                    held, sets = held[longest], sets[longest]
                if len(held):
                    self._fresh.append(self._options_at(months, reserved, held, sets))

    def _large_enough(self, rows: Ints) -> Ints:
        return rows[self.whole[rows] | (self.value[rows] >= self.rules.min_lot_value - MONEY_TOLERANCE)]

    def options_of(self, rows: Ints, months: int) -> list[Options]:
        """Options of one duration of some contents, open and reserved, without keeping them."""
        found = []
        rows = self._large_enough(rows)
        for reserved in (False, True):
            held = self._reservable(rows) if reserved else rows
            if len(held):
                sets = self.market.sets_of_groups(self.group[held], months, self.value[held], reserved)
                found.append(self._options_at(months, reserved, held, sets))
        return found

    def reservable_values(self, values: Floats) -> Floats:
        """Those of some lot values that may be reserved; none with a participation curve, which knows no bidders."""
        most = self.rules.reserve_max_value
        if most is None or self.market.participation == "curve":
            return values[:0]
        return values[values <= most + MONEY_TOLERANCE]

    def _reservable(self, rows: Ints) -> Ints:
        allowed = self.reservable_values(self.value[rows])
        return rows[np.isin(self.value[rows], allowed)]

    def _options_at(self, months: int, reserved: bool, rows: Ints, sets: Ints) -> Options:
        odds, value, size = self.market.columns(), self.value[rows], len(rows)
        scale = scale_cost(value, self.pool_value[rows], self.elasticity[self.package[rows]])
        extra = (
            scale
            + single_bid_cost(value, scale, odds.single_bid[sets], self.rules)
            + procedure_cost(odds.no_bid[sets], self.rules)
        )
        return Options(
            rows.astype(np.int32),
            np.full(size, months, dtype=np.int16),
            np.full(size, reserved),
            sets.astype(np.int32),
            extra,
        )

    def all_options(self) -> Options:
        """Every option, in the order of Options."""
        if self._fresh:
            new = joined(self._fresh)
            self._fresh = []
            apart = len(self._options) == 0 or new.content.min() > self._options.content[-1]
            if not apart:
                new = joined([self._options, new])
            new = new.take(np.lexsort((new.reserved, -new.months, new.content)))
            self._options = joined([self._options, new]) if apart else new
        return self._options

    def options_known(self, which: Ints) -> Options:
        """The options of some contents, in the order of Options."""
        every = self.all_options()
        return every.take(np.flatnonzero(np.isin(every.content, which)))
