"""Lots of many values, durations, groups of suppliers and places, from which the curves of mixes are made.

Between two steps of the eligible set a lot's reduced profit is convex in its value (cost is concave), so within any range
of values it is largest at an end of a step or of the range.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np

from lotsplit.limits import MONEY_TOLERANCE
from lotsplit.market import Market
from lotsplit.optimizer.arrays import Contents, Floats, Ints, Options, joined
from lotsplit.optimizer.mixes import Mix, WideUnits
from lotsplit.optimizer.pools import Pool
from lotsplit.optimizer.slots import PriceTables, best_waits


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
    _work_out_steps(contents.market, wide, durations)
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


def _work_out_steps(market: Market, wide: list[WideUnits], durations: Callable[[Mix], list[int]]) -> None:
    """Work out the steps of all groups of suppliers at once, duration by duration."""
    groups: dict[int, set[int]] = {}
    for mix in (mix for units in wide for mix in units.mixes):
        for months in durations(mix):
            groups.setdefault(months, set()).update(mix.groups)
    for months, some in groups.items():
        market.work_out_steps(sorted(some), months)


def _between(contents: Contents, pool: Pool, lows: list[float], ratio: float) -> Floats:
    """Values of lots of a pool whatever the steps: the least of every mix first, then growing by a ratio, and borders of rules."""
    low, rules = min(lows), contents.rules
    borders = [rules.min_lot_value - MONEY_TOLERANCE, (rules.reserve_max_value or 0.0) + MONEY_TOLERANCE]
    grid = pool.value * ratio ** -np.arange(float(int(np.log(pool.value / low) / np.log(ratio)) + 1))
    return np.unique(np.concatenate([grid, lows, [v for v in borders if low < v < pool.value]]))


def _lines(contents: Contents, lines: Ints, values: list[Floats], uses: Ints, lows: Floats) -> Lines:
    table = contents.scratch()
    sizes = np.array([len(v) for v in values])
    pool, package, first, last, least, group, profile, months = (np.repeat(column, sizes) for column in lines.T)
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


class SearchLines:
    """The lines of a few durations of all wide pools, for looking up; and those of some pools."""

    def __init__(self, contents: Contents, wide: list[WideUnits]) -> None:
        self.lines = lines_of(contents, wide, some_durations, RATIO)
        self.first_mix = np.cumsum([0, *(len(units.mixes) for units in wide)])
        self.first_point = np.searchsorted(self.lines.mix, self.first_mix)
        pools = np.array([*(units.pool.index for units in wide), len(contents.pools)])
        self.first_option = np.searchsorted(self.lines.table.pool[self.lines.options.content], pools)

    def of(self, which: Ints) -> Lines:
        """The lines of some pools, by place."""
        lines = self.lines
        points, point_pool = _ranges(self.first_point, which)
        options, _ = _ranges(self.first_option, which)
        counts = np.diff(self.first_option)[which]
        fewer = self.first_option[which] - (np.cumsum(counts) - counts)
        mixes = np.diff(self.first_mix)[which]
        lower = self.first_mix[which] - (np.cumsum(mixes) - mixes)
        curve = lines.curve[points]
        return Lines(
            lines.table,
            lines.options.take(options),
            lines.option[points] - fewer[point_pool],
            lines.value[points],
            lines.mix[points] - lower[point_pool],
            np.cumsum(np.diff(curve, prepend=-1) != 0) - 1,
        )


def _ranges(first: Ints, which: Ints) -> tuple[Ints, Ints]:
    """The numbers from first[n] up to first[n + 1] of some n, one after another; and to which of these each belongs."""
    sizes = np.diff(first)[which]
    owner = np.repeat(np.arange(len(which)), sizes)
    return np.arange(len(owner)) - (np.cumsum(sizes) - sizes)[owner] + first[which][owner], owner
