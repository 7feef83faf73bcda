"""What a euro of a wide pool brings less for where it lies, at given prices.

Where a pool spans several places, a curve takes every lot to lie where it pays most. In any one slot what a lot brings is linear in
how much of its value lies where (of budgets, and of what SME awards are worth). Whatever is added for every euro in a place is added
to every packing of the pool alike, as all of its value lies in some lot: so curves are made as if places were alike, but for slots, and
what was added is taken off bounds. Otherwise a lot in a place whose budget is short would seem to be worth what one elsewhere is.

How much less a euro brings in a place depends on the lot: large lots, which SMEs seldom win, bring as little everywhere as where their
awards are worth little. So bounds look at ranges of values, each with curves and amounts of its own (ranges.py).
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np

from lotsplit.optimizer.bounds.goods import Known
from lotsplit.optimizer.bounds.ranges import Range, part_of
from lotsplit.optimizer.lots.arrays import Contents, Floats
from lotsplit.optimizer.lots.slots import PriceTables
from lotsplit.optimizer.packings.curves import Curves
from lotsplit.optimizer.packings.line_table import LineTable
from lotsplit.optimizer.packings.mixes import WideUnits

# values at which places are compared; ranges that are told apart; of a euro: what it may bring less or more in one of them, at first
MOST_VALUES, MOST_RANGES, ALIKE = 400, 6, 0.01


class PlaceRates:
    """Some wide pools, and what a euro of each brings at most in each of its places. With the compiled kernel only."""

    def __init__(self, contents: Contents, wide: list[WideUnits]) -> None:
        alone = [_in_single_places(units) for units in wide]
        every = [units for some in alone for units in some]
        self._first = np.cumsum([0, *map(len, alone)])
        self._table = LineTable(contents, every) if every else None
        self._wide = wide

    def alone(self, pool: int, tables: PriceTables) -> Curves | None:
        """The curves of one pool (by place in the list) as if all of it lay in one of its places, for each of them; none where there
        is only one."""
        which = np.arange(self._first[pool], self._first[pool + 1])
        return None if self._table is None or not len(which) else self._table.curves(which, tables)

    def ranges(self, pool: int, alone: Curves, tables: PriceTables, table: LineTable, less: Floats) -> list[Range]:
        """What lots of one pool that spans several places bring, by their value; `less` of its places is made up for all.

        alone: its curves place by place. table: the lines of all pools. None where no value is one of lots in every place.
        """
        units, found = self._wide[pool], []
        values, rates = self._by_value(pool, alone)
        by_place = rates.max(axis=1, keepdims=True, initial=-np.inf) - rates
        for begin, end in _alike(by_place):
            low = 0.0 if begin == 0 else float(values[begin])
            high = np.inf if end == len(values) else float(values[end])
            mine = by_place[begin:end]
            made_up = (mine.min(axis=0) + mine.max(axis=0)) / 2
            curves = table.curves(np.array([pool]), tables, [made_up])
            found.append(part_of(units, curves, units.value_by_profile @ (made_up - less), low, high))
        return found

    def _by_value(self, pool: int, alone: Curves) -> tuple[Floats, Floats]:
        """Some values of lots of a pool, ascending, and how much a euro of a lot so large brings in each place (a column each)."""
        mixes = len(self._wide[pool].mixes)
        values = np.unique(alone.values)
        values = values[:: 1 + len(values) // MOST_VALUES]
        every = np.arange(len(alone.first) - 1)
        profits = alone.profit(np.repeat(every, len(values)), np.tile(values, len(every)))
        rates = profits.reshape(-1, mixes, len(values)).max(axis=1).T / values[:, None]
        known = np.isfinite(rates).all(axis=1)
        return values[known], rates[known]

    def less(self, pool: int, alone: Curves | None) -> Floats:
        """How much less a euro of one pool brings in each of its places than where it brings most."""
        if alone is None:
            return np.zeros(1)
        rates = np.append(alone.profits / alone.values, -np.inf)
        mixes = len(self._wide[pool].mixes)
        most = np.maximum.reduceat(rates, np.minimum(alone.first[:-1:mixes], len(rates) - 1))
        found: Floats = np.where(np.isfinite(most), most.max() - most, 0.0)
        return found


def added_to(known: Known, by_unit: Floats) -> Known:
    """What is known of a pool, with something added for every part of each unit."""
    return replace(
        known,
        profits=known.profits + known.packing @ by_unit,
        other_profits=known.other_profits + known.others @ by_unit,
    )


def _in_single_places(units: WideUnits) -> list[WideUnits]:
    """The pool as if all of it lay in one place, for each of several."""
    if len(units.profiles) == 1:
        return []
    return [
        replace(units, mixes=tuple(replace(mix, profiles=(profile,)) for mix in units.mixes))
        for profile in units.profiles
    ]


def _alike(by_value: Floats) -> list[tuple[int, int]]:
    """Runs of lines that are nearly alike, each from one on and up to another; as nearly as gives no more than a few runs."""
    alike = ALIKE
    while len(by_value):
        cuts, least, most = [0], by_value[0], by_value[0]
        for n, line in enumerate(by_value):
            least, most = np.minimum(least, line), np.maximum(most, line)
            if (most - least).max() > alike:
                cuts.append(n)
                least = most = line
        if len(cuts) <= MOST_RANGES:
            return list(pairwise([*cuts, len(by_value)]))
        alike *= 1.5
    return []
