"""Columns of the master: whole packings of a pool, or whole packages left undivided, as plain data that knows its lots."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from lotsplit.optimizer.compiled import kernel, there_is_a_kernel
from lotsplit.optimizer.lots.amounts import Amounts, by_owner, joined
from lotsplit.optimizer.lots.arrays import UNDIVIDED, Contents, Floats, Ints
from lotsplit.optimizer.lots.rows import Lots, Prices, Rows, Weights, join, no_prices
from lotsplit.optimizer.lots.runs import places_of_runs
from lotsplit.optimizer.lots.slots import LoadPrices, SetLoads, price_tables

# lots whose loads are laid out at once
LOTS_AT_ONCE = 2_000


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
        self.first = np.zeros(1, dtype=np.int64)
        self._chunks: list[Lots] = []
        self._number: dict[bytes, int] = {}
        self._amounts: list[Amounts] = []
        self._slots_known: tuple[Ints, Ints, Ints, Floats] | None = None
        self.of_group: dict[int, list[int]] = {}

    def __len__(self) -> int:
        return len(self.group)

    @property
    def lots(self) -> Lots:
        """All lots of all columns, column after column."""
        if len(self._chunks) != 1:
            self._chunks = [join(self._chunks)]
        return self._chunks[0]

    @property
    def _slots(self) -> tuple[Ints, Ints, Ints, Floats]:
        """The eligible sets of all lots, where the slot of each lot begins and ends in a table of their months (one more), and
        its load a month."""
        if self._slots_known is None or len(self._slots_known[1]) != len(self.lots):
            lots, months = self.lots, self.rows.contents.months + 1
            sets, line = np.unique(lots.sets, return_inverse=True)
            begin = line * months + lots.start
            rate = self.rows.contents.value[lots.content] / lots.months
            self._slots_known = sets, begin, begin + lots.months, rate
        return self._slots_known

    @property
    def amounts(self) -> Amounts:
        """What every column puts into the rows."""
        if len(self._amounts) != 1:
            self._amounts = [joined(self._amounts)] if self._amounts else [by_owner(0, [])]
        return self._amounts[0]

    def lots_of(self, column: int) -> Lots:
        """The lots of one column."""
        return self.lots.take(np.arange(self.first[column], self.first[column + 1]))

    def lots_in(self, columns: Ints) -> Lots:
        """The lots of some columns together, in the order of all."""
        return self.lots.take(np.isin(self.column_of_lot(), columns))

    def column_of_lot(self) -> Ints:
        """The column of each lot."""
        return np.repeat(np.arange(len(self)), np.diff(self.first))

    def add(self, groups: list[int], sizes: list[int], lots: Lots) -> Ints:
        """Add columns, given by group and number of lots each, lots one after another; those known already are left out."""
        keep_columns: list[int] = []
        keep_lots: list[int] = []
        place = 0
        for number, (size, key) in enumerate(zip(sizes, _keys(sizes, lots, self.rows.contents.months), strict=True)):
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
        self.first = np.concatenate([self.first, self.first[-1] + np.cumsum(counts)])
        self._amounts.append(self.rows.amounts(fresh).together(counts))
        for number, column in zip(keep_columns, new.tolist(), strict=True):
            self.group.append(groups[number])
            self.of_group.setdefault(groups[number], []).append(column)
        self._chunks.append(fresh)
        return new

    def numbers(self, groups: list[int], sizes: list[int], lots: Lots) -> Ints:
        """The columns of some packings, given as to `add`; those not known yet are added."""
        self.add(groups, sizes, lots)
        return np.array([self._number[key] for key in _keys(sizes, lots, self.rows.contents.months)], dtype=np.int64)

    def of_lots(self, lots: Lots) -> Ints:
        """The numbers of the columns that some lots make up, pool by pool and package by package; those that are new are added."""
        contents = self.rows.contents
        pool, package = contents.pool[lots.content], contents.package[lots.content]
        group = np.where(pool == UNDIVIDED, -1 - package, pool)
        order = np.argsort(group, kind="stable")
        names, sizes = np.unique(group, return_counts=True)
        return np.sort(self.numbers(names.tolist(), sizes.tolist(), lots.take(order)))

    def reduced_profits(self, prices: Prices) -> Floats:
        """The reduced profit of every column at some prices."""
        profits: Floats = self.gain - self.amounts.at(prices.rows) - self.paid_for_capacity(prices.capacity)
        return profits

    def paid_for_capacity(self, prices: Floats) -> Floats:
        """What every column pays at some prices of capacity."""
        if not prices.any():
            return np.zeros(len(self))
        sets, begin, end, rate = self._slots
        # of a unit of load, by set and month: a lot pays for its slot the difference of two sums
        upto = LoadPrices(self.rows.contents, prices, self.set_loads).of(sets).ravel()
        paid: Floats = np.add.reduceat((upto[end] - upto[begin]) * rate, self.first[:-1])
        return paid

    def use(self, columns: Ints, weights: Floats) -> tuple[Floats, Floats]:
        """What some columns, by their weights, put on every supplier in every month, and into every row."""
        first, lots = self.first, self.lots
        sizes = np.diff(first)[columns]
        place = places_of_runs(first[columns], sizes)
        rate = self._slots[3][place] * np.repeat(weights, sizes)
        load = self._sum_loads(lots.sets[place], lots.start[place], lots.months[place], rate)
        return load, self.amounts.take(columns).by_row(len(self.rows.rows), weights)

    def _sum_loads(self, sets: Ints, start: Ints, duration: Ints, rate: Floats) -> Floats:
        contents, loads = self.rows.contents, self.set_loads
        loads.update(int(sets.max(initial=-1)) + 1)
        suppliers, months = len(contents.plan.suppliers), contents.months
        if there_is_a_kernel() and loads.limited.any():
            table = np.empty((suppliers, months + 1))
            kernel.sum_loads(
                (sets, start, duration, rate), (loads.first, loads.suppliers, loads.chances), months, table
            )
            return table[:, :-1]
        lot, member = loads.members(sets)
        load = loads.chances[member] * rate[lot]
        begin, cells = loads.suppliers[member] * (months + 1) + start[lot], suppliers * (months + 1)
        change = np.bincount(begin, load, cells).astype(np.float64)
        change -= np.bincount(begin + duration[lot], load, cells)
        summed: Floats = np.cumsum(change.reshape(suppliers, -1), axis=1)[:, :-1]
        return summed

    def breaking(self) -> Ints:
        """The columns that break a limit by themselves, whatever others are chosen."""
        amounts, most = self.amounts, self.rows.most * (1 + 1e-9) + 1e-6
        # of a floor others can give more
        most[amounts.row[amounts.amount < 0]] = np.inf
        return np.unique(amounts.owners[amounts.amount > most[amounts.row]])

    def load_on(self, supplier: int, month: int, first_lot: int = 0) -> Floats:
        """The monthly load that each lot (from a given one on) puts on a supplier in a month."""
        lots = self.lots.take(np.arange(first_lot, self.first[-1]))
        self.set_loads.update(int(lots.sets.max(initial=-1)) + 1)
        chance = np.zeros(len(self.set_loads.first) - 1)
        mine = self.set_loads.suppliers == supplier
        chance[self.set_loads.sets_from(0)[mine]] = self.set_loads.chances[mine]
        active = (lots.start <= month) & (month < lots.start + lots.months)
        load: Floats = np.where(active, chance[lots.sets] * self.rows.contents.value[lots.content] / lots.months, 0.0)
        return load


def _keys(sizes: list[int], lots: Lots, months: int) -> list[bytes]:
    """What tells packings apart: their lots (content, duration, first month, reserved) in order, a number each."""
    code = ((lots.content * (months + 1) + lots.months) * months + lots.start) * 2 + lots.reserved
    ordered = code[np.lexsort((code, np.repeat(np.arange(len(sizes)), sizes)))].tobytes()
    cuts = (code.itemsize * np.cumsum([0, *sizes])).tolist()
    return [ordered[low:high] for low, high in pairwise(cuts)]


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
    month = places_of_runs(lots.start[lot], months)
    return LoadTriples(lot[line], set_loads.suppliers[entry][line] * contents.months + month, rate[line])


def load_of_all(contents: Contents, set_loads: SetLoads, lots: Lots) -> Floats:
    """The load of all lots together on every supplier in every month, one supplier after another."""
    load = np.zeros(len(contents.plan.suppliers) * contents.months)
    for low in range(0, len(lots), LOTS_AT_ONCE):
        triples = loads_of_lots(contents, set_loads, lots.take(np.arange(low, min(low + LOTS_AT_ONCE, len(lots)))))
        np.add.at(load, triples.cell, triples.load)
    return load
