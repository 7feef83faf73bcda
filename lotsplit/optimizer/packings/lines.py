"""Lots of many values, durations, groups of suppliers and places, from which the curves of mixes are made.

Between two steps of the eligible set a lot's reduced profit is convex in its value (cost is concave), so within any range
of values it is largest at an end of a step or of the range.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from itertools import product

import numpy as np

from lotsplit.limits import MONEY_TOLERANCE
from lotsplit.optimizer.lots.arrays import Contents, Floats, Ints, Options, joined
from lotsplit.optimizer.lots.pools import Pool
from lotsplit.optimizer.lots.runs import places_of_runs
from lotsplit.optimizer.lots.slots import PriceTables, best_waits
from lotsplit.optimizer.packings.mixes import WideUnits

# neighbouring points of a curve differ by this factor at most, so that a chord is near the curve
RATIO = 1.2


@dataclass(frozen=True)
class Points:
    """What lots can bring at most, sorted by mix, duration and value. mix: counted over all pools asked for.

    curve: which of the curves (one duration, group of suppliers, place, reserved or not) each point lies on, ascending.
    """

    mix: Ints
    curve: Ints
    value: Floats
    profit: Floats


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


def lines_of(contents: Contents, wide: list[WideUnits]) -> Lines:
    """Values of all mixes of some pools, on both sides of every step, and between them so near that they grow by RATIO."""
    lines: list[tuple[int, ...]] = []
    values: list[Floats] = []
    # which mixes use which lines, and the least value of their lots
    uses: list[tuple[int, int]] = []
    lows: list[float] = []
    for units in wide:
        pool = units.pool
        known: dict[tuple[int, ...], int] = {}
        own_lows = least_values(units)
        between = values_between(contents, pool, own_lows)
        for mix, low in zip(units.mixes, own_lows, strict=True):
            durations = range(mix.least, mix.last - mix.first + 2)
            for months, group, profile in product(durations, mix.groups, mix.profiles):
                line = (pool.index, pool.package, mix.first, mix.last, mix.least, group, profile, months)
                key = (mix.first, mix.last, group, profile, months)
                if key not in known:
                    ends = contents.market.sides(group, months)
                    ends = ends[bisect_left(ends, between[0]) : bisect_left(ends, pool.value)]
                    known[key] = len(lines)
                    lines.append(line)
                    values.append(np.concatenate([ends, between]))
                uses.append((len(lows), known[key]))
            lows.append(low)
    return _lines(contents, np.array(lines), values, np.array(uses), np.array(lows))


def least_values(units: WideUnits) -> list[float]:
    """The least value of a lot of each mix of a pool."""
    return [float(units.part_value[mix.units].min()) * (1 - 1e-12) for mix in units.mixes]


def values_between(contents: Contents, pool: Pool, lows: list[float]) -> Floats:
    """Values of lots of a pool whatever the steps: the least of every mix first, then growing by a ratio, and borders of rules."""
    low, rules = min(lows), contents.rules
    borders = [rules.min_lot_value - MONEY_TOLERANCE, (rules.reserve_max_value or 0.0) + MONEY_TOLERANCE]
    grid = pool.value * RATIO ** -np.arange(float(int(np.log(pool.value / low) / np.log(RATIO)) + 1))
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
    option = places_of_runs(low, high - low)
    use, option = use[at[option] >= lows[uses[use, 0]]], option[at[option] >= lows[uses[use, 0]]]
    curve = 2 * use + options.reserved[option]
    return Lines(table, options, option, at[option], uses[use, 0], np.cumsum(np.diff(curve, prepend=-1) != 0) - 1)


def curve_points(lines: Lines, tables: PriceTables) -> Points:
    """What the lots of some lines bring at some prices."""
    profit = best_waits(lines.table, lines.options, tables)[0]
    return Points(lines.mix, lines.curve, lines.value, profit[lines.option])
