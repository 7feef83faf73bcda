"""What a lot of each mix of a wide pool brings at given prices, as a curve over its value.

A curve takes a lot of the value asked for to hold any of the mix's units, whatever they sum up to.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from lotsplit.optimizer.arrays import Floats, Ints
from lotsplit.optimizer.compiled import kernel, there_is_a_kernel
from lotsplit.optimizer.lines import Lines, curve_points
from lotsplit.optimizer.mixes import WideUnits
from lotsplit.optimizer.slots import PriceTables


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
