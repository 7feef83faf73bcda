"""Wide pools: which units may share a lot, and what a lot of them brings at given prices, as a curve over its value.

A *mix* is a window and a set of services (trades, regions) that lots of a pool can have; its units are those that fit.
Between two steps of the eligible set a lot's reduced profit is convex in its value (cost is concave), so within any range
of values it is largest at an end of a step or of the range. A curve takes a lot of the value asked for to hold any of the
mix's units, whatever they sum up to.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np

from lotsplit.limits import MONEY_TOLERANCE
from lotsplit.optimizer.arrays import Bools, Contents, Floats, Ints, Options, joined
from lotsplit.optimizer.compiled import kernel, there_is_a_kernel
from lotsplit.optimizer.pools import Pool
from lotsplit.optimizer.slots import PriceTables, best_waits

# More different first or last months than these are taken together: a wider window. Of more services than MOST_SERVICES
# several are taken together (suppliers of any union), of more than MOST_BITS all.
MOST_EDGES = 4
MOST_SERVICES = 3
MOST_BITS = 8
NONE = -1

Service = tuple[frozenset[str], frozenset[str | None]]


@dataclass(frozen=True)
class Mix:
    """What lots of one window and one set of services share. groups: of suppliers. units: those that fit, by place.

    services: bits. Of a pool with more than MOST_SERVICES all bits stand for any several services.
    """

    first: int
    last: int
    least: int
    groups: tuple[int, ...]
    units: Bools
    services: int


@dataclass(frozen=True)
class WideUnits:
    """The units of a wide pool by mix. first, last: of each unit, by level; service: its bit.

    mix_of: the number of the mix of lots with a (level of first month, level of last month, bits of services).
    """

    pool: Pool
    part_value: Floats
    parts: Ints
    first: Ints
    last: Ints
    least: Ints
    service: Ints
    mixes: tuple[Mix, ...]
    mix_of: Ints


def wide_units(contents: Contents, pool: Pool) -> WideUnits:
    """Work out the mixes of a pool."""
    units = pool.units
    for unit in units:
        for place, _ in unit.place_values:
            contents.pure_profile(contents.place(place))
    first_edges, first = _levels(np.array([u.first for u in units]), pool, down=True)
    last_edges, last = _levels(np.array([u.last for u in units]), pool, down=False)
    bits, groups_of = _services(contents, pool)
    least_edges, least = _levels(np.array([u.min_months for u in units]), pool, down=True)
    mixes: list[Mix] = []
    mix_of = np.full((len(first_edges), len(last_edges), len(least_edges), int(bits.max()) * 2), NONE)
    masks = _masks(int(np.bitwise_or.reduce(bits)))
    for a, b, c, mask in product(*(range(n) for n in mix_of.shape[:3]), masks):
        fit = (first <= a) & (last >= b) & (least <= c) & ((bits & mask) == bits)
        if not fit.any() or first[fit].max() < a or last[fit].min() > b or least[fit].max() < c:
            continue
        if np.bitwise_or.reduce(bits[fit]) == mask and last_edges[b] - first_edges[a] + 1 >= least_edges[c]:
            mix_of[a, b, c, mask] = len(mixes)
            mixes.append(Mix(int(first_edges[a]), int(last_edges[b]), int(least_edges[c]), groups_of(mask), fit, mask))
    several = [mask for mask in range(mix_of.shape[3]) if mask not in masks and mask.bit_count() > 1]
    mix_of[..., several] = mix_of[..., -1:]
    return WideUnits(
        pool,
        np.array([u.part_value for u in units]),
        np.array(pool.shape),
        first,
        last,
        least,
        bits,
        tuple(mixes),
        mix_of,
    )


def _levels(months: Ints, pool: Pool, down: bool) -> tuple[Ints, Ints]:
    """Different months, at most MOST_EDGES, and the level of each unit; a month between two widens the window."""
    edges = np.unique(months)
    if len(edges) > MOST_EDGES:
        value = np.array([u.parts * u.part_value for u in pool.units])
        widest = int(edges[0] if down else edges[-1])
        # the widest must stay, of the others those with most value
        ranked = sorted(edges.tolist(), key=lambda month: (month != widest, -float(value[months == month].sum())))
        edges = np.array(sorted(ranked[:MOST_EDGES]))
    level = np.searchsorted(edges, months, side="right") - 1 if down else np.searchsorted(edges, months, side="left")
    return edges, level


def _masks(every: int) -> list[int]:
    """The sets of services, as bits, that are told apart: all of few, of more each by itself and all together."""
    if every.bit_count() <= MOST_SERVICES:
        return list(range(1, every + 1))
    return [*(1 << n for n in range(every.bit_count())), every]


def _services(contents: Contents, pool: Pool) -> tuple[Ints, Callable[[int], tuple[int, ...]]]:
    """The bit of each unit's service, and the groups of suppliers that lots with some of the bits can have."""
    package, market = contents.plan.packages[pool.package], contents.market

    def group(members: list[Service]) -> int:
        return market.group(
            package, frozenset().union(*(t for t, _ in members)), frozenset().union(*(r for _, r in members))
        )

    # services of the same suppliers are one: a lot of both has those suppliers too
    classes: dict[bytes, tuple[int, Service]] = {}
    number = []
    for unit in pool.units:
        service = unit.trades, frozenset(place[1] for place, _ in unit.place_values)
        key = market.group_members(group([service])).tobytes()
        number.append(classes.setdefault(key, (len(classes), service))[0])
    services = [service for _, service in classes.values()]

    def of(mask: int) -> tuple[int, ...]:
        return (group([s for n, s in enumerate(services) if mask >> n & 1]),)

    if len(services) <= MOST_SERVICES:
        return 1 << np.array(number), of
    # unions of several services, one for each set of suppliers that any of them has
    unions: dict[bytes, list[Service]] = {}
    wider = [[service] for service in services]
    while wider:
        held = wider.pop()
        for union in ([*held, service] for service in services if service not in held):
            key = market.group_members(group(union)).tobytes()
            if key not in unions:
                unions[key] = union
                wider.append(union)
    several = tuple(sorted({group(union) for union in unions.values()}))
    if len(services) <= MOST_BITS:
        return 1 << np.array(number), lambda mask: of(mask) if mask.bit_count() == 1 else several
    every = tuple(sorted({*several, *(group([service]) for service in services)}))
    return np.ones(len(number), dtype=np.int64), lambda mask: every


@dataclass(frozen=True)
class Points:
    """What lots can bring at most, sorted by mix, duration and value. mix: counted over all pools asked for.

    curve: which of the curves (one duration, group of suppliers, place, reserved or not) each point lies on, ascending.
    """

    mix: Ints
    curve: Ints
    value: Floats
    profit: Floats


def every_duration(mix: Mix) -> list[int]:
    """All durations that lots of a mix can have."""
    return list(range(mix.least, mix.last - mix.first + 2))


def some_durations(mix: Mix) -> list[int]:
    """A few durations of a mix that show where its lots pay."""
    span = mix.last - mix.first + 1
    return sorted({max(mix.least, min(span, round(span * part))) for part in (1, 0.75, 0.55, 0.4, 0.25, 0.1)})


# neighbouring values of a curve that only guides the search; that of a bound is in relaxed.py
RATIO = 1.5


def search_lines(contents: Contents, wide: list[WideUnits]) -> Lines:
    """Lines of a few durations, for looking up."""
    return lines_of(contents, wide, some_durations, RATIO)


@dataclass(frozen=True)
class Lines:
    """Where curves are worked out: the lots to try, as options of contents in a table of their own.

    Mixes of one window share lots. option, value, mix, curve: of every point, in the order of Points.
    """

    table: Contents
    options: Options
    option: Ints
    value: Floats
    mix: Ints
    curve: Ints


def lines_of(contents: Contents, wide: list[WideUnits], durations: Callable[[Mix], list[int]], ratio: float) -> Lines:
    """Values of all mixes of some pools, on both sides of every step, and between them so near that they grow by `ratio`."""
    lines: list[tuple[int, ...]] = []
    values: list[Floats] = []
    # which mixes use which lines, and the least value of their lots
    uses: list[tuple[int, int]] = []
    lows: list[float] = []
    for units in wide:
        pool = units.pool
        profiles = sorted({contents.pure_profile(contents.place(p)) for u in pool.units for p, _ in u.place_values})
        known: dict[tuple[int, ...], int] = {}
        own_lows = [float(units.part_value[mix.units].min()) * (1 - 1e-12) for mix in units.mixes]
        between = _between(contents, pool, own_lows, ratio)
        for mix, low in zip(units.mixes, own_lows, strict=True):
            for months, group, profile in product(durations(mix), mix.groups, profiles):
                line = (pool.index, pool.package, mix.first, mix.last, mix.least, group, profile, months)
                key = (mix.first, mix.last, group, profile, months)
                if key not in known:
                    ends = contents.market.steps(group, months).sides
                    ends = ends[bisect_left(ends, between[0]) : bisect_left(ends, pool.value)]
                    known[key] = len(lines)
                    lines.append(line)
                    values.append(np.concatenate([ends, between]))
                uses.append((len(lows), known[key]))
            lows.append(low)
    return _lines(contents, np.array(lines), values, np.array(uses), np.array(lows))


def _between(contents: Contents, pool: Pool, lows: list[float], ratio: float) -> Floats:
    """Values of lots of a pool whatever the steps: the least of every mix first, then growing by a ratio, and borders of rules."""
    low, rules = min(lows), contents.rules
    borders = [rules.min_lot_value - MONEY_TOLERANCE, (rules.reserve_max_value or 0.0) + MONEY_TOLERANCE]
    grid = pool.value * ratio ** -np.arange(float(int(np.log(pool.value / low) / np.log(ratio)) + 1))
    return np.unique(np.concatenate([grid, lows, [v for v in borders if low < v < pool.value]]))


def _lines(contents: Contents, lines: Ints, values: list[Floats], uses: Ints, lows: Floats) -> Lines:
    table = contents.scratch()
    sizes = np.array([len(v) for v in values])
    pool, package, first, last, least, group, profile, months = np.repeat(lines, sizes, axis=0).T.copy()
    value = np.concatenate(values)
    pool_value = np.array([p.value for p in contents.pools])[pool]
    rows = table.append(pool, package, value, first, last, least, group, profile, pool_value, value == pool_value)
    options = joined([part for m in np.unique(months).tolist() for part in table.options_of(rows[months == m], m)])
    line = np.repeat(np.arange(len(lines)), sizes)
    order = np.lexsort((value[options.content], options.reserved, line[options.content]))
    options = options.take(order)
    # every use of a line takes its options from the least value of the mix on
    line, at = line[options.content], value[options.content]
    low, high = (np.searchsorted(line, uses[:, 1], side) for side in ("left", "right"))
    use = np.repeat(np.arange(len(uses)), high - low)
    option = np.arange(len(use)) - np.repeat(np.cumsum(high - low) - (high - low), high - low) + low[use]
    use, option = use[at[option] >= lows[uses[use, 0]]], option[at[option] >= lows[uses[use, 0]]]
    curve = 2 * use + options.reserved[option]
    return Lines(table, options, option, at[option], uses[use, 0], np.cumsum(np.diff(curve, prepend=-1) != 0) - 1)


def curve_points(lines: Lines, tables: PriceTables) -> Points:
    """What the lots of some lines bring at some prices."""
    profit = best_waits(lines.table, lines.options, tables)[0]
    return Points(lines.mix, lines.curve, lines.value, profit[lines.option])


class Curves:
    """The curves of all mixes of some wide pools at some prices, for looking up many lots at once; no proof."""

    TARGETS = 3

    def __init__(self, lines: Lines, tables: PriceTables, wide: list[WideUnits]) -> None:
        points = curve_points(lines, tables)
        most = np.array([units.pool.value for units in wide for _ in units.mixes])
        self.half = 0.5 / most
        mixes = len(most)
        # where a curve is asked for: at all points of its mix; the two sides of a step must stay apart in the key
        share = points.value / most[points.mix]
        jump = np.diff(share, prepend=-1.0) < 1e-9 * share
        share = share * (1 + 1e-9 * jump)
        keys = np.unique(points.mix + 0.5 * share)
        mix_of_key = np.floor(keys + 1e-13).astype(np.int64)
        first_key = np.searchsorted(mix_of_key, np.arange(mixes + 1))
        starts = np.flatnonzero(np.diff(points.curve, prepend=-1))
        ends = np.append(starts[1:], len(share)) - 1
        of_curve = points.mix[starts]
        count = first_key[of_curve + 1] - first_key[of_curve]
        line = np.repeat(np.arange(len(starts)), count)
        place = np.arange(len(line)) - np.repeat(np.cumsum(count) - count, count) + first_key[of_curve][line]
        asked = keys[place] - of_curve[line]
        found = np.interp(line + asked, points.curve + 0.5 * share, points.profit)
        outside = (asked < 0.5 * share[starts][line] - 1e-13) | (asked > 0.5 * share[ends][line] + 1e-13)
        found[outside] = -np.inf
        profits = np.full(len(keys), -np.inf)
        np.maximum.at(profits, place, found)
        self.keys, self.profits, self.first = keys, profits, first_key

    @cached_property
    def targets(self) -> Floats:
        """For each mix (one row) the values that bring most per value, well apart from each other; its best again where it has fewer."""
        sizes = np.diff(self.first)
        some = np.flatnonzero(sizes)
        mix, starts = np.repeat(np.arange(len(sizes)), sizes), self.first[some]
        value = (self.keys - mix) / self.half[mix]
        rate = self.profits / value
        found = np.repeat(1.0 / self.half[:, None], self.TARGETS, axis=1)
        count = np.zeros(len(some), dtype=np.int64)
        for number in range(self.TARGETS):
            most = np.maximum.reduceat(rate, starts)
            first = np.flatnonzero(rate == np.repeat(most, sizes[some]))
            best = value[first[np.searchsorted(first, starts)]]
            there = np.isfinite(most)
            found[some[there], number] = best[there]
            count += there
            each = np.repeat(best, sizes[some])
            rate[np.abs(value - each) <= 0.1 * each] = -np.inf
        again = np.arange(self.TARGETS) % np.maximum(count, 1)[:, None]
        found[some] = np.take_along_axis(found[some], again, axis=1)
        return found

    def points_of(self, mix: int) -> tuple[Floats, Floats]:
        """Values and profits of the points of a mix; between two points its curves are below the line through both."""
        return self.points_of_mixes(mix, mix + 1)

    def points_of_mixes(self, mix: int, end: int) -> tuple[Floats, Floats]:
        """The points of some mixes one after another, up to mix number `end`."""
        points = slice(self.first[mix], self.first[end])
        of = np.repeat(np.arange(mix, end), np.diff(self.first[mix : end + 1]))
        return (self.keys[points] - of) / self.half[of], self.profits[points]

    def profit(self, mixes: Ints, values: Floats) -> Floats:
        """What lots of these mixes and values bring; 0 for empty ones, minus infinity for a mix that there is not."""
        if there_is_a_kernel():
            profits = np.empty(values.shape)
            kernel.curve_profits(
                self.keys,
                self.profits,
                self.half,
                self.first,
                np.ascontiguousarray(mixes),
                np.ascontiguousarray(values),
                profits,
            )
            return profits
        key = mixes + values * self.half[mixes] * (1 - 1e-12)
        first, end = self.first[mixes], self.first[mixes + 1]
        none = (mixes < 0) | (end - first < 2)
        first = np.minimum(first, len(self.keys) - 2)
        right = np.clip(np.searchsorted(self.keys, key), first + 1, np.maximum(end - 1, first + 1))
        low, high = self.keys[right - 1], self.keys[right]
        share = np.clip((key - low) / (high - low), 0.0, 1.0)
        with np.errstate(invalid="ignore"):
            found = self.profits[right - 1] + share * (self.profits[right] - self.profits[right - 1])
        nothing = none | np.isnan(found) | (key < self.keys[first] - 1e-9)
        return np.where(values <= 0, 0.0, np.where(nothing, -np.inf, found))
