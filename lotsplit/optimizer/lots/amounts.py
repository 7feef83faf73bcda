"""What lots, or columns, put into the coupling rows, where it is anything: few of many rows each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lotsplit.optimizer.lots.runs import places_of_runs

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Amounts:
    """Entries (row, amount), owner after owner and row after row: those of an owner from its place in `first` to the next."""

    first: Ints
    row: Ints
    amount: Floats

    def __len__(self) -> int:
        return len(self.first) - 1

    @cached_property
    def owners(self) -> Ints:
        """The owner of each entry."""
        return np.repeat(np.arange(len(self)), np.diff(self.first))

    def take(self, which: Ints) -> Amounts:
        """Those of some owners, in their order."""
        sizes = np.diff(self.first)[which]
        first = np.cumsum([0, *sizes])
        place = places_of_runs(self.first[which], sizes)
        return Amounts(first, self.row[place], self.amount[place])

    def together(self, sizes: Ints) -> Amounts:
        """Those of owners one after another added up, so many for each new owner."""
        rows = int(self.row.max(initial=0)) + 1
        key = np.repeat(np.arange(len(sizes)), sizes)[self.owners] * rows + self.row
        keys, inverse = np.unique(key, return_inverse=True)
        amount = np.bincount(inverse, self.amount, minlength=len(keys)).astype(np.float64)
        return Amounts(np.searchsorted(keys // rows, np.arange(len(sizes) + 1)), keys % rows, amount)

    def by_row(self, rows: int, weights: Floats | None = None) -> Floats:
        """What all owners, by their weights (each 1), put into each of so many rows."""
        amount = self.amount if weights is None else self.amount * weights[self.owners]
        return np.bincount(self.row, amount, minlength=rows).astype(np.float64)

    def at(self, prices: Floats) -> Floats:
        """What every owner pays at some prices of the rows."""
        return np.bincount(self.owners, self.amount * prices[self.row], minlength=len(self)).astype(np.float64)


def by_owner(owners: int, entries: list[tuple[Ints, int, Floats]]) -> Amounts:
    """Amounts from entries row after row: of each row the owners that touch it, and with how much."""
    owner = np.concatenate([np.zeros(0, dtype=np.int64), *(touching for touching, _, _ in entries)])
    row = np.repeat(np.array([n for _, n, _ in entries], dtype=np.int64), [len(own) for own, _, _ in entries])
    amount = np.concatenate([np.zeros(0), *(amounts for _, _, amounts in entries)])
    order = np.argsort(owner, kind="stable")
    return Amounts(np.searchsorted(owner[order], np.arange(owners + 1)), row[order], amount[order])


def joined(parts: list[Amounts]) -> Amounts:
    """The owners of each part after those before."""
    counts = np.concatenate([np.diff(part.first) for part in parts])
    return Amounts(
        np.cumsum([0, *counts]),
        np.concatenate([part.row for part in parts]),
        np.concatenate([part.amount for part in parts]),
    )
