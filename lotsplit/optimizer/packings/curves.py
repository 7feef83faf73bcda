"""What a lot of each mix of a wide pool brings at given prices, as a curve over its value.

A curve takes a lot of the value asked for to hold any of the mix's units, whatever they sum up to.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from lotsplit.optimizer.compiled import kernel, there_is_a_kernel
from lotsplit.optimizer.lots.arrays import Contents, Floats, Ints
from lotsplit.optimizer.lots.runs import places_of_runs
from lotsplit.optimizer.lots.slots import PriceTables
from lotsplit.optimizer.packings.lines import Points, curve_points, lines_of
from lotsplit.optimizer.packings.mixes import WideUnits

# of a value: the two sides of a step are kept this far apart
APART = 1e-9
# a lot of a value this little less than that of a point has the point's profit: sums of values are rounded
SAME = 1e-12
POOLS_AT_ONCE = 16


class Curves:
    """The curves of all mixes of some wide pools at some prices, for looking up many lots at once.

    values, profits: of points, mix after mix (from first[n] of mix n on) by ascending value; between two points a curve is at
    most the line through both. most: of a lot of each mix, the value of its pool.
    """

    TARGETS = 3

    def __init__(self, values: Floats, profits: Floats, first: Ints, most: Floats) -> None:
        self.values, self.profits, self.first, self.most = values, profits, first, most

    @cached_property
    def targets(self) -> Floats:
        """For each mix (one row) the values that bring most per value, well apart from each other; its best again where it has fewer."""
        sizes = np.diff(self.first)
        some = np.flatnonzero(sizes)
        starts = self.first[some]
        rate = self.profits / self.values
        found = np.repeat(self.most[:, None], self.TARGETS, axis=1)
        count = np.zeros(len(some), dtype=np.int64)
        for number in range(self.TARGETS):
            most = np.maximum.reduceat(rate, starts)
            first = np.flatnonzero(rate == np.repeat(most, sizes[some]))
            best = self.values[first[np.searchsorted(first, starts)]]
            there = np.isfinite(most)
            found[some[there], number] = best[there]
            count += there
            each = np.repeat(best, sizes[some])
            rate[np.abs(self.values - each) <= 0.1 * each] = -np.inf
        again = np.arange(self.TARGETS) % np.maximum(count, 1)[:, None]
        found[some] = np.take_along_axis(found[some], again, axis=1)
        return found

    @cached_property
    def rates(self) -> Floats:
        """What lots of the values in `targets` bring per value."""
        mixes = np.repeat(np.arange(len(self.most)), self.TARGETS).reshape(self.targets.shape)
        rates: Floats = self.profit(mixes, self.targets) / self.targets
        return rates

    def points_of(self, mix: int) -> tuple[Floats, Floats]:
        """Values and profits of the points of a mix."""
        return self.points_of_mixes(mix, mix + 1)

    def points_of_mixes(self, mix: int, end: int) -> tuple[Floats, Floats]:
        """The points of some mixes one after another, up to mix number `end`."""
        points = slice(self.first[mix], self.first[end])
        return self.values[points], self.profits[points]

    @cached_property
    def _keys(self) -> Floats:
        """Mix and value of all points in one ascending number each."""
        mix = np.repeat(np.arange(len(self.most)), np.diff(self.first))
        keys: Floats = mix + 0.5 * self.values / self.most[mix]
        return keys

    def profit(self, mixes: Ints, values: Floats) -> Floats:
        """What lots of these mixes and values bring; 0 for empty ones, minus infinity for a mix that there is not."""
        if there_is_a_kernel():
            profits = np.empty(values.shape)
            kernel.curve_profits(
                self.values,
                self.profits,
                self.first,
                np.ascontiguousarray(mixes),
                np.ascontiguousarray(values),
                profits,
            )
            return profits
        asked, last = values * (1 - SAME), len(self.values) - 1
        first, end = np.minimum(self.first[mixes], last), self.first[mixes + 1]
        none, single = (mixes < 0) | (end <= first), end == first + 1
        none |= asked < self.values[first] * (1 - APART)
        right = np.searchsorted(self._keys, mixes + 0.5 * asked / self.most[mixes])
        right = np.minimum(np.clip(right, first + 1, np.maximum(end - 1, first + 1)), last)
        # keys of many mixes are not as fine as values
        right += (self.values[right] < asked) & (right + 1 < end)
        right -= (self.values[right - 1] >= asked) & (right - 1 > first)
        left = np.where(single, right, right - 1)
        low, high = self.values[left], self.values[right]
        share = np.clip((asked - low) / np.where(single, 1.0, high - low), 0.0, 1.0)
        with np.errstate(invalid="ignore"):
            found = self.profits[left] + share * (self.profits[right] - self.profits[left])
        found = np.where(single, self.profits[first], found)
        return np.where(values <= 0, 0.0, np.where(none | np.isnan(found), -np.inf, found))


def curves_of(contents: Contents, wide: list[WideUnits], tables: PriceTables) -> Curves:
    """The curves of some wide pools; the compiled kernel works them out another way (line_table.py)."""
    parts = []
    for low in range(0, len(wide), POOLS_AT_ONCE):
        some = wide[low : low + POOLS_AT_ONCE]
        parts.append(best_curves(curve_points(lines_of(contents, some), tables), some))
    values, profits, most = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("values", "profits", "most")
    )
    sizes = np.concatenate([np.diff(part.first) for part in parts])
    return Curves(values, profits, np.cumsum(np.append(0, sizes)), most)


def best_curves(points: Points, wide: list[WideUnits]) -> Curves:
    """Of all curves of each mix the best at every value of any of them."""
    most = np.array([units.pool.value for units in wide for _ in units.mixes])
    mixes = len(most)
    share = points.value / most[points.mix]
    jump = (np.diff(share, prepend=-1.0) < APART * share) & (np.diff(points.curve, prepend=-1) == 0)
    share = share * (1 + APART * jump)
    keys, first = np.unique(points.mix + 0.5 * share, return_index=True)
    values = (points.value * (1 + APART * jump))[first]
    mix_of_key = np.floor(keys + 1e-13).astype(np.int64)
    first_key = np.searchsorted(mix_of_key, np.arange(mixes + 1))
    starts = np.flatnonzero(np.diff(points.curve, prepend=-1))
    ends = np.append(starts[1:], len(share)) - 1
    of_curve = points.mix[starts]
    count = first_key[of_curve + 1] - first_key[of_curve]
    line = np.repeat(np.arange(len(starts)), count)
    place = places_of_runs(first_key[of_curve], count)
    asked = keys[place] - of_curve[line]
    found = np.interp(line + asked, points.curve + 0.5 * share, points.profit)
    outside = (asked < 0.5 * share[starts][line] - 1e-13) | (asked > 0.5 * share[ends][line] + 1e-13)
    found[outside] = -np.inf
    profits = np.full(len(keys), -np.inf)
    np.maximum.at(profits, place, found)
    return Curves(values, profits, first_key, most)
