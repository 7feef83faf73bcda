"""What columns use up of the limits, in few numbers: many prices are tried on the same columns (volume.py)."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from lotsplit.optimizer.arrays import Floats, Ints
from lotsplit.optimizer.compiled import kernel, there_is_a_kernel
from lotsplit.optimizer.rows import Lots, Prices, Rows
from lotsplit.optimizer.slots import SetLoads


@dataclass(frozen=True)
class Entries:
    """Entries of some columns, column after column. One a lot and limited SME: the load in every month from begin to end.

    begin, end: places in a table of suppliers by months and one more. sizes: entries of each column. And one a column and
    row that it touches: row_column, row, amount.
    """

    begin: Ints
    end: Ints
    rate: Floats
    sizes: Ints
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
        self._known = Entries(whole, whole, money, whole, whole, whole, money)
        self._first = np.zeros(1, dtype=np.int64)

    def add(self, lots: Lots, sizes: Ints, amounts: Floats) -> None:
        """Take in columns: their lots one after another, how many each has, and what each puts into every row."""
        lot, member = self.loads.members(lots.sets)
        begin = self.loads.suppliers[member] * (self.months + 1) + lots.start[lot]
        rate = self.loads.chances[member] * (self.rows.contents.value[lots.content] / lots.months)[lot]
        column = np.repeat(np.arange(len(sizes)), sizes)[lot]
        touched, row = np.nonzero(amounts.T)
        self._fresh.append(
            Entries(
                begin,
                begin + lots.months[lot],
                rate,
                np.bincount(column, minlength=len(sizes)),
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
            self._first = np.cumsum(np.concatenate([[0], self._known.sizes]))
        return self._known

    def charges(self, prices: Prices) -> Floats:
        """What every column pays at some prices."""
        use = self.entries()
        charges = np.bincount(use.row_column, use.amount * prices.rows[use.row], minlength=self.size).astype(np.float64)
        if prices.capacity.any():
            table = np.zeros((self.suppliers, self.months + 1))
            np.cumsum(prices.capacity, axis=1, out=table[:, 1:])
            if there_is_a_kernel():
                kernel.add_charges(table, self._first, use.begin, use.end, use.rate, charges)
            else:
                flat, column = table.ravel(), np.repeat(np.arange(self.size), use.sizes)
                charges += np.bincount(column, use.rate * (flat[use.end] - flat[use.begin]), minlength=self.size)
        return charges

    def of(self, columns: Ints, weights: Floats) -> tuple[Floats, Floats]:
        """What some columns, by their weights, put on every supplier in every month, and into every row."""
        use = self.entries()
        weight_of = np.zeros(self.size)
        weight_of[columns] = weights
        sizes = use.sizes[columns]
        place = np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes - self._first[columns], sizes)
        rate = use.rate[place] * np.repeat(weights, sizes)
        cells = self.suppliers * (self.months + 1)
        change = np.bincount(use.begin[place], rate, cells) - np.bincount(use.end[place], rate, cells)
        load = np.cumsum(change.reshape(self.suppliers, -1), axis=1)[:, :-1]
        reached = np.bincount(use.row, use.amount * weight_of[use.row_column], minlength=len(self.rows.rows))
        return load, reached.astype(np.float64)
