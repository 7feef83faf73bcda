"""What a euro of a wide pool brings less for where it lies, at given prices.

Where a pool spans several places, a curve takes every lot to lie where it pays most. In any one slot what a lot brings is linear in
how much of its value lies where (of budgets, and of what SME awards are worth). Whatever is added for every euro in a place is added
to every packing of the pool alike, as all of its value lies in some lot: so curves are made as if places were alike, but for slots, and
what was added is taken off bounds. Otherwise a lot in a place whose budget is short would seem to be worth what one elsewhere is.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lotsplit.optimizer.bounds.goods import Known
from lotsplit.optimizer.lots.arrays import Contents, Floats
from lotsplit.optimizer.lots.slots import PriceTables
from lotsplit.optimizer.packings.line_table import LineTable
from lotsplit.optimizer.packings.mixes import WideUnits


class PlaceRates:
    """Some wide pools, and what a euro of each brings at most in each of its places. With the compiled kernel only."""

    def __init__(self, contents: Contents, wide: list[WideUnits]) -> None:
        alone = [_in_single_places(units) for units in wide]
        every = [units for some in alone for units in some]
        self._first = np.cumsum([0, *map(len, alone)])
        self._table = LineTable(contents, every) if every else None

    def less(self, pool: int, tables: PriceTables) -> Floats:
        """How much less a euro of one pool (by place in the list) brings in each of its places than where it brings most."""
        which = np.arange(self._first[pool], self._first[pool + 1])
        if self._table is None or not len(which):
            return np.zeros(1)
        curves = self._table.curves(which, tables)
        rates = np.append(curves.profits / curves.values, -np.inf)
        mixes = (len(curves.first) - 1) // len(which)
        most = np.maximum.reduceat(rates, np.minimum(curves.first[:-1:mixes], len(rates) - 1))
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
