"""Columns of the master: whole packings of a pool, or whole packages left undivided, as plain data that knows its lots."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from lotsplit.optimizer.arrays import Contents, Floats, Ints
from lotsplit.optimizer.rows import LOT_COLUMNS, Lots, Prices, Rows, Weights, no_prices
from lotsplit.optimizer.slots import SetLoads, price_tables
from lotsplit.optimizer.use import Use


def lot_gains(rows: Rows, lots: Lots, weights: Weights) -> Floats:
    """What each lot adds to the aim by itself, overflow apart."""
    contents = rows.contents
    worth = price_tables(rows, no_prices(rows), weights, SetLoads(contents)).worth
    value = contents.value[lots.content]
    gains: Floats = (
        lots.sme_win * value * worth[contents.profile[lots.content]]
        - weights.cost * lots.extra
        - weights.thin * np.where(lots.thin, value, 0.0)
    )
    return gains


class Columns:
    """A growing list of columns. group: of each column, its pool or, for a package left undivided, minus 1 minus the package."""

    def __init__(self, rows: Rows, weights: Weights, loads: SetLoads) -> None:
        self.rows, self.weights, self.set_loads = rows, weights, loads
        self.group: list[int] = []
        self.gain = np.zeros(0)
        self.amounts = np.zeros((len(rows.rows), 0))
        self.first = [0]
        self._chunks: list[Lots] = []
        self._number: dict[tuple[tuple[int, int, int, bool], ...], int] = {}
        self._lots: Lots | None = None
        self.of_group: dict[int, list[int]] = {}
        self.use = Use(rows, loads)

    def __len__(self) -> int:
        return len(self.group)

    @property
    def lots(self) -> Lots:
        """All lots of all columns, column after column."""
        if self._lots is None:
            joined = [np.concatenate([getattr(c, name) for c in self._chunks]) for name in LOT_COLUMNS]
            self._lots = Lots(*joined)
            self._chunks = [self._lots]
        return self._lots

    def lots_of(self, column: int) -> Lots:
        """The lots of one column."""
        return self.lots.take(np.arange(self.first[column], self.first[column + 1]))

    def column_of_lot(self) -> Ints:
        """The column of each lot."""
        return np.repeat(np.arange(len(self)), np.diff(self.first))

    def add(self, groups: list[int], sizes: list[int], lots: Lots) -> Ints:
        """Add columns, given by group and number of lots each, lots one after another; those known already are left out."""
        keep_columns: list[int] = []
        keep_lots: list[int] = []
        place = 0
        for number, (size, key) in enumerate(zip(sizes, _keys(sizes, lots), strict=True)):
            if key not in self._number:
                self._number[key] = len(self) + len(keep_columns)
                keep_columns.append(number)
                keep_lots.extend(range(place, place + size))
            place += size
        if not keep_columns:
            return np.zeros(0, dtype=np.int64)
        fresh = lots.take(np.array(keep_lots, dtype=np.int64))
        new = np.arange(len(self), len(self) + len(keep_columns))
        counts = np.array([sizes[n] for n in keep_columns])
        starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
        gains = lot_gains(self.rows, fresh, self.weights)
        self.gain = np.concatenate([self.gain, np.add.reduceat(gains, starts)])
        amounts = (
            np.add.reduceat(self.rows.amounts(fresh), starts, axis=1)
            if len(self.rows.rows)
            else np.zeros((0, len(new)))
        )
        self.amounts = np.concatenate([self.amounts, amounts], axis=1)
        for number, column in zip(keep_columns, new.tolist(), strict=True):
            self.group.append(groups[number])
            self.of_group.setdefault(groups[number], []).append(column)
            self.first.append(self.first[-1] + sizes[number])
        self._chunks.append(fresh)
        self.use.add(fresh, counts, amounts)
        self._lots = None
        return new

    def numbers(self, groups: list[int], sizes: list[int], lots: Lots) -> Ints:
        """The columns of some packings, given as to `add`; those not known yet are added."""
        self.add(groups, sizes, lots)
        return np.array([self._number[key] for key in _keys(sizes, lots)], dtype=np.int64)

    def reduced_profits(self, prices: Prices) -> Floats:
        """The reduced profit of every column at some prices."""
        profits: Floats = self.gain - self.use.charges(prices)
        return profits

    def breaking(self) -> Ints:
        """The columns that break a limit by themselves, whatever others are chosen."""
        most = self.rows.most[:, None]
        over = self.amounts > most * (1 + 1e-9) + 1e-6
        # of a floor others can give more
        over[(self.amounts < 0).any(axis=1)] = False
        return np.flatnonzero(over.any(axis=0))

    def load_on(self, supplier: int, month: int, first_lot: int = 0) -> Floats:
        """The monthly load that each lot (from a given one on) puts on a supplier in a month."""
        lots = self.lots.take(np.arange(first_lot, self.first[-1]))
        self.set_loads.update(int(lots.sets.max(initial=-1)) + 1)
        chance = np.zeros(len(self.set_loads.first) - 1)
        mine = self.set_loads.suppliers == supplier
        chance[self.set_loads.sets[mine]] = self.set_loads.chances[mine]
        active = (lots.start <= month) & (month < lots.start + lots.months)
        load: Floats = np.where(active, chance[lots.sets] * self.rows.contents.value[lots.content] / lots.months, 0.0)
        return load


def _keys(sizes: list[int], lots: Lots) -> list[tuple[tuple[int, int, int, bool], ...]]:
    """What tells packings apart."""
    every = list(
        zip(lots.content.tolist(), lots.months.tolist(), lots.start.tolist(), lots.reserved.tolist(), strict=True)
    )
    cuts = np.cumsum([0, *sizes]).tolist()
    return [tuple(sorted(every[low:high])) for low, high in pairwise(cuts)]


@dataclass(frozen=True)
class LoadTriples:
    """Loads of lots on limited SMEs as triples (lot, cell, load); a cell is supplier times months plus month."""

    lot: Ints
    cell: Ints
    load: Floats


def loads_of_lots(contents: Contents, set_loads: SetLoads, lots: Lots) -> LoadTriples:
    """The load of each lot on every limited SME in every month of its slot."""
    # one line a (lot, member), then one a (lot, member, month)
    lot, entry = set_loads.members(lots.sets)
    rate = set_loads.chances[entry] * (contents.value[lots.content] / lots.months)[lot]
    months = lots.months[lot]
    line = np.repeat(np.arange(len(lot)), months)
    month = np.arange(len(line)) - np.repeat(np.cumsum(months) - months, months) + lots.start[lot][line]
    return LoadTriples(lot[line], set_loads.suppliers[entry][line] * contents.months + month, rate[line])
