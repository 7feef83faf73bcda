"""Eligible sets met so far, each worked out once: who is in them, who wins, and what follows for a lot (model, section 2)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lotsplit.market.bidders import Bidders, Bools, Floats, Ints
from lotsplit.market.winning import WinningTables, no_bid_and_single_bid, win_chances

# supplier rows: there are many of them, in short numbers
Rows = NDArray[np.int32]
FIGURES = 7


@dataclass
class SetColumns:
    """One row per eligible set: SME win probability, P0, P1, expected bids, eligible firms, whether it is thin."""

    sme_win: Floats
    no_bid: Floats
    single_bid: Floats
    bids: Floats
    firms: Floats
    sme_firms: Floats
    thin: Bools


class EligibleSets:
    """A growing list of eligible sets, numbered in the order in which they are met.

    A set is known by two sums of random numbers of 64 bits drawn for each of its suppliers: no two of all sets that plans can
    have are likely ever to share both.
    """

    def __init__(self, bidders: Bidders, tables: WinningTables, min_bidders: float) -> None:
        self._bidders, self._tables, self._min_bidders = bidders, tables, min_bidders
        self._marks = np.random.default_rng(0).integers(0, 2**64, size=(2, len(bidders.count)), dtype=np.uint64)
        self._known: dict[object, int] = {}
        # in parts, one after another, that are put together when asked for
        self._sizes = [np.zeros(0, dtype=np.int64)]
        self._members = [np.zeros(0, dtype=np.int32)]
        self._chances = [np.zeros(0)]
        self._figures = [np.zeros((FIGURES, 0))]
        self._first = np.zeros(1, dtype=np.int64)

    def __len__(self) -> int:
        return len(self._known)

    def numbers(self, members: Ints, sizes: Ints) -> Ints:
        """The number of each of some sets; those not met before are worked out. members: supplier rows, set after set."""
        last = np.cumsum(sizes)
        sums = [np.concatenate([np.zeros(1, dtype=np.uint64), np.cumsum(marks[members])]) for marks in self._marks]
        high, low = (total[last] - total[last - sizes] for total in sums)
        order = np.lexsort((low, high))
        # compared, not subtracted: differences of numbers of 64 bits would be rounded
        other = np.ones(len(order), dtype=np.bool_)
        other[1:] = (high[order][1:] != high[order][:-1]) | (low[order][1:] != low[order][:-1])
        # of each set the first time it is met here
        first = np.minimum.reduceat(order, np.flatnonzero(other)) if len(order) else order
        same = np.empty(len(order), dtype=np.int64)
        same[order] = np.cumsum(other) - 1
        met = np.argsort(first)
        numbers, new = np.empty(len(first), dtype=np.int64), []
        for n, key in zip(
            met.tolist(), zip(high[first[met]].tolist(), low[first[met]].tolist(), strict=True), strict=True
        ):
            if key not in self._known:
                new.append(int(first[n]))
                self._known[key] = len(self._known)
            numbers[n] = self._known[key]
        self._add([members[last[n] - sizes[n] : last[n]] for n in new])
        found: Ints = numbers[same]
        return found

    def band(self, key: object, sme_win: float) -> int:
        """The number of a band of a participation curve, which knows no suppliers."""
        if key not in self._known:
            self._known[key] = len(self._known)
            nobody = np.zeros(0, dtype=np.int64)
            self._take(
                np.zeros(1, dtype=np.int64), nobody, np.zeros(0), np.array([[sme_win], *[[0.0]] * (FIGURES - 1)])
            )
        return self._known[key]

    def _add(self, sets: list[Ints]) -> None:
        if not sets:
            return
        b = self._bidders
        members, sizes = np.concatenate(sets), np.array([len(one) for one in sets])
        line = np.repeat(np.arange(len(sets)), sizes)
        chances = win_chances(self._tables, members, sizes)
        no_bid, single_bid = no_bid_and_single_bid(self._tables, members, sizes)

        def total(of_member: Floats) -> Floats:
            return np.bincount(line, of_member, minlength=len(sets)).astype(np.float64)

        count, sme = b.count[members], b.is_sme[members]
        firms, bids = total(count), total(count * b.probability[members])
        sme_win, sme_firms = total(chances * sme), total(count * sme)
        thin = (firms < self._min_bidders).astype(np.float64)
        self._take(sizes, members, chances, np.stack([sme_win, no_bid, single_bid, bids, firms, sme_firms, thin]))

    def _take(self, sizes: Ints, members: Ints, chances: Floats, figures: Floats) -> None:
        self._sizes.append(sizes)
        self._members.append(members.astype(np.int32))
        self._chances.append(chances)
        self._figures.append(figures)

    def _join(self) -> None:
        """Put what was added lately to the rest."""
        if len(self._sizes) > 1:
            self._sizes, self._members = [np.concatenate(self._sizes)], [np.concatenate(self._members)]
            self._chances, self._figures = [np.concatenate(self._chances)], [np.concatenate(self._figures, axis=1)]
            self._first = np.cumsum([0, *self._sizes[0]])

    def columns(self) -> SetColumns:
        """What follows from each eligible set met so far, one row a set."""
        self._join()
        sme_win, no_bid, single_bid, bids, firms, sme_firms, thin = self._figures[0]
        return SetColumns(sme_win, no_bid, single_bid, bids, firms, sme_firms, thin > 0)

    def members(self, number: int) -> Rows:
        """The supplier rows of an eligible set."""
        self._join()
        return self._members[0][self._first[number] : self._first[number + 1]]

    def chances(self, number: int) -> Floats:
        """q of each member of an eligible set, in the order of members()."""
        self._join()
        return self._chances[0][self._first[number] : self._first[number + 1]]

    def from_set(self, number: int, end: int) -> tuple[Ints, Rows, Floats]:
        """The sizes of the sets from a number up to another, and their supplier rows and chances, set after set."""
        self._join()
        places = slice(self._first[number], self._first[end])
        return self._sizes[0][number:end], self._members[0][places], self._chances[0][places]
