"""What columns use up of the limits, in few numbers: many prices are tried on the same columns (volume.py)."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from lotsplit.optimizer.arrays import Floats, Ints
from lotsplit.optimizer.rows import Lots, Prices, Rows
from lotsplit.optimizer.slots import SetLoads


@dataclass(frozen=True)
class Entries:
    """Entries of some columns, column after column. One a lot and limited SME: the load in every month from begin to end.

    begin, end: places in a table of suppliers by months and one more. And one a column and row that it touches: row_column,
    row, amount.
    """

    column: Ints
    begin: Ints
    end: Ints
    rate: Floats
    row_column: Ints
    row: Ints
    amount: Floats


class Use:
    """A growing list of columns, by what they use."""

    def __init__(self, rows: Rows, loads: SetLoads) -> None:
        self.rows, self.loads, self.months = rows, loads, rows.contents.months
        self.suppliers, self.size = len(rows.contents.plan.suppliers), 0
        self._fresh: list[Entries] = []
        whole, money = np.zeros(0, dtype=np.int64), np.zeros(0)
        self._known = Entries(whole, whole, whole, money, whole, whole, money)
        self._first = np.zeros(1, dtype=np.int64)

    def add(self, lots: Lots, sizes: Ints, amounts: Floats) -> None:
        """Take in columns: their lots one after another, how many each has, and what each puts into every row."""
        lot, member = self.loads.members(lots.sets)
        begin = self.loads.suppliers[member] * (self.months + 1) + lots.start[lot]
        rate = self.loads.chances[member] * (self.rows.contents.value[lots.content] / lots.months)[lot]
        column = np.repeat(np.arange(self.size, self.size + len(sizes)), sizes)[lot]
        touched, row = np.nonzero(amounts.T)
        self._fresh.append(
            Entries(
                column,
                begin,
                begin + lots.months[lot],
                rate,
                touched + self.size,
                row,
                amounts.T[touched, row],
            )
        )
        self.size += len(sizes)

    def entries(self) -> Entries:
        """The entries of all columns."""
        if self._fresh:
            parts = [self._known, *self._fresh]
            self._known = Entries(*(np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(Entries)))
            self._fresh = []
            self._first = np.searchsorted(self._known.column, np.arange(self.size + 1))
        return self._known

    def charges(self, prices: Prices) -> Floats:
        """What every column pays at some prices."""
        use = self.entries()
        charges = np.bincount(use.row_column, use.amount * prices.rows[use.row], minlength=self.size).astype(np.float64)
        if prices.capacity.any():
            table = np.zeros((self.suppliers, self.months + 1))
            np.cumsum(prices.capacity, axis=1, out=table[:, 1:])
            cumulative = table.ravel()
            each = use.rate * (cumulative[use.end] - cumulative[use.begin])
            charges += np.bincount(use.column, each, minlength=self.size)
        return charges

    def of(self, columns: Ints, weights: Floats) -> tuple[Floats, Floats]:
        """What some columns, by their weights, put on every supplier in every month, and into every row."""
        use = self.entries()
        weight_of = np.zeros(self.size)
        weight_of[columns] = weights
        first = self._first[columns]
        sizes = self._first[columns + 1] - first
        place = np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes - first, sizes)
        rate = use.rate[place] * np.repeat(weights, sizes)
        cells = self.suppliers * (self.months + 1)
        change = np.bincount(use.begin[place], rate, cells) - np.bincount(use.end[place], rate, cells)
        load = np.cumsum(change.reshape(self.suppliers, -1), axis=1)[:, :-1]
        reached = np.bincount(use.row, use.amount * weight_of[use.row_column], minlength=len(self.rows.rows))
        return load, reached.astype(np.float64)
