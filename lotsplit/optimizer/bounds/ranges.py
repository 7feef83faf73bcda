"""What lots of a pool bring, range of values by range of values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lotsplit.optimizer.lots.arrays import Floats
from lotsplit.optimizer.packings.curves import Curves
from lotsplit.optimizer.packings.mixes import WideUnits

# of a value: by so much ranges reach over each other, as sums are rounded
OVER = 1e-6


@dataclass(frozen=True)
class Range:
    """Lots whose values lie in a range bring at most what a curve says, less something for every part of each unit that they hold.

    points: values and profits of the curve of each mix. high: no lot of the range has a greater value.
    """

    points: list[tuple[Floats, Floats]]
    less: Floats
    high: float


def all_values(units: WideUnits, curves: Curves, first_mix: int) -> list[Range]:
    """One range of all values, in which lots bring what the curves say. first_mix: of the pool, as the curves count them."""
    points = [curves.points_of(first_mix + mix) for mix in range(len(units.mixes))]
    return [Range(points, np.zeros(len(units.parts)), units.pool.value)]


def part_of(units: WideUnits, curves: Curves, less: Floats, low: float, high: float) -> Range:
    """The part of a pool's curves between two values. less: of every part of each unit."""
    low, high = low * (1 - OVER), min(high * (1 + OVER), units.pool.value)
    return Range([_between(curves, mix, low, high) for mix in range(len(units.mixes))], less, high)


def _between(curves: Curves, mix: int, low: float, high: float) -> tuple[Floats, Floats]:
    x, y = curves.points_of(mix)
    if not len(x) or high < x[0] or low > x[-1]:
        return x[:0], y[:0]
    # a curve begins and ends where its lots do
    low, high = max(low, float(x[0])), min(high, float(x[-1]))
    inside = (x > low) & (x < high)
    ends = curves.profit(np.array([mix, mix]), np.array([low, high]))
    x, y = np.concatenate([[low], x[inside], [high]]), np.concatenate([ends[:1], y[inside], ends[1:]])
    there = np.ones(len(x), dtype=np.bool_)
    there[[0, -1]] = np.isfinite(ends)
    return x[there], y[there]
