"""Coordinate ascent over groups of candidates by true marginal value (model, section 8).

Every group holds one of its candidates: a pool one of its columns, or one lot one of its slots. In turn each group takes the
candidate that is worth most given all others: its gain, less the overflow it adds, less a penalty for what it breaks of the
limits.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lotsplit.limits import SHARE_FLOOR
from lotsplit.optimizer.compiled import kernel, there_is_a_kernel
from lotsplit.optimizer.lots.amounts import Amounts
from lotsplit.optimizer.lots.arrays import Floats, Ints
from lotsplit.optimizer.lots.rows import Lots, Prices
from lotsplit.optimizer.lots.runs import places_of_runs
from lotsplit.optimizer.master.columns import LOTS_AT_ONCE, loads_of_lots
from lotsplit.optimizer.pricing.pricer import Pricer

SWEEPS = 4
NONE = -1

Block = tuple[Ints, Ints, Floats, Ints]
"""What some candidates put on cells: candidate, cell, load and group."""

LaidOut = tuple[Ints, NDArray[np.int32], Floats]
"""Where the cells of each candidate begin, cell and load."""


@dataclass(frozen=True)
class Candidates:
    """Candidates group after group (from column_first of each on): gain, and what each puts on cells (supplier, month) and rows.

    cell, load: of each candidate from cell_first on; cells that no choice can overload are left out. There are tens of millions of
    them: numbers of cells are short. row, amount: the same, from row_first on.
    """

    column_first: Ints
    gain: Floats
    cell_first: Ints
    cell: NDArray[np.int32]
    load: Floats
    row_first: Ints
    row: Ints
    amount: Floats


def candidates_of(
    pricer: Pricer, column_first: Ints, lots: Lots, sizes: Ints, gain: Floats, amounts: Amounts
) -> Candidates:
    """Lay candidates out. lots: one candidate after another, of `sizes` each. amounts: of each candidate."""
    laid_out = _laid_out_by_kernel if there_is_a_kernel() and pricer.loads.limited.any() else _laid_out
    cell_first, cell, load = laid_out(pricer, column_first, lots, sizes)
    return Candidates(column_first, gain, cell_first, cell, load, amounts.first, amounts.row, amounts.amount)


def _laid_out_by_kernel(pricer: Pricer, column_first: Ints, lots: Lots, sizes: Ints) -> LaidOut:
    """What candidates put on the cells that some choice of them can overload: where those of each begin, cell, load."""
    loads, contents = pricer.loads, pricer.rows.contents
    loads.update(int(lots.sets.max(initial=-1)) + 1)
    found = kernel.lay_out(
        (lots.sets, lots.start, lots.months, contents.value[lots.content] / lots.months),
        (loads.first, loads.suppliers, loads.chances),
        contents.months,
        np.ascontiguousarray(column_first),
        np.cumsum([0, *sizes]),
        limits_of_cells(pricer),
    )
    cell_first, cell, load = (np.frombuffer(one, dtype) for one, dtype in zip(found, "qid", strict=True))
    return cell_first, cell, load


def _laid_out(pricer: Pricer, column_first: Ints, lots: Lots, sizes: Ints) -> LaidOut:
    """The same without the kernel."""
    cells = max(1, len(pricer.rows.contents.plan.suppliers) * pricer.rows.contents.months)
    highest = np.zeros(cells)
    for _, cell, load, group in _loads(pricer, column_first, lots, sizes, cells):
        _add_highest(highest, cell, load, group)
    overloaded = highest > limits_of_cells(pricer)
    # laying them out again takes a while, keeping them more memory than all the rest
    some = [
        (column[open_], cell[open_], load[open_])
        for column, cell, load, _ in _loads(pricer, column_first, lots, sizes, cells)
        for open_ in [overloaded[cell]]
    ]
    column, cell, load = (np.concatenate([block[k] for block in some]) for k in range(3))
    return np.searchsorted(column, np.arange(len(sizes) + 1)), cell.astype(np.int32), load


def _loads(pricer: Pricer, column_first: Ints, lots: Lots, sizes: Ints, cells: int) -> Iterator[Block]:
    """What candidates put on cells, some groups at once."""
    lot_first = np.cumsum([0, *sizes])
    of_group = lot_first[column_first]
    owner = np.repeat(np.arange(len(sizes)), sizes)
    group_of = np.repeat(np.arange(len(of_group) - 1), np.diff(column_first))
    low = 0
    while low < len(of_group) - 1:
        high = int(np.searchsorted(of_group, of_group[low] + LOTS_AT_ONCE, side="right")) - 1
        high = max(low + 1, high)
        some = np.arange(of_group[low], of_group[high])
        triples = loads_of_lots(pricer.rows.contents, pricer.loads, lots.take(some))
        column, cell, load = owner[some][triples.lot], triples.cell, triples.load
        if (sizes != 1).any():
            # lots of one candidate may meet on a cell
            keys, inverse = np.unique(column * cells + cell, return_inverse=True)
            load = np.bincount(inverse, load, minlength=len(keys)).astype(np.float64)
            column, cell = keys // cells, keys % cells
        yield column, cell, load, group_of[column]
        low = high


def _add_highest(highest: Floats, cell: Ints, load: Floats, group: Ints) -> None:
    """Add to each cell the most that some groups can put on it: of each its highest load."""
    if len(cell):
        key = group * len(highest) + cell
        order = np.argsort(key, kind="stable")
        starts = np.flatnonzero(np.diff(key[order], prepend=-1))
        np.add.at(highest, cell[order[starts]], np.maximum.reduceat(load[order], starts))


def limits_of_cells(pricer: Pricer) -> Floats:
    """What each cell can take on."""
    contents = pricer.rows.contents
    limits = np.where(pricer.loads.limited, contents.market.bidders.row_capacity, np.inf)
    return np.repeat(limits, contents.months).astype(np.float64)


@dataclass(frozen=True)
class State:
    """A choice: of each group a candidate (or NONE), with what all together come to."""

    chosen: Ints
    load: Floats
    reached: Floats
    overflow: Floats

    def copy(self) -> State:
        """A copy to be changed."""
        return State(self.chosen.copy(), self.load.copy(), self.reached.copy(), self.overflow.copy())


class Ascent:
    """A choice of candidates being improved.

    packages: the groups of each, which are all chosen or none of them. whole: of each package the group that stands for it
    when none is (or NONE). penalty: money per scale by which a limit is broken. width: how far from a limit, of it, prices
    rise through those of the linear program; 0 for the limits as they are.
    """

    def __init__(
        self, pricer: Pricer, candidates: Candidates, packages: list[list[int]], whole: list[int], prices: Prices
    ) -> None:
        self.pricer, self.candidates, self.packages, self.whole = pricer, candidates, packages, whole
        self.penalty, self.width = 0.0, 0.0
        rows, most = pricer.rows, max(pricer.weights.overflow, 1e-9)
        self.scale = np.array([row.scale for row in rows.rows])
        self.shares = np.zeros(len(rows.rows))
        self.shares[rows.by_kind.get(SHARE_FLOOR, [])] = 1.0
        self.most = limits_of_cells(pricer)
        self.cell_price, self.row_price = np.minimum(1.0, prices.capacity.ravel() / most), prices.rows
        groups = len(candidates.column_first) - 1
        self.state = State(
            np.full(groups, NONE, dtype=np.int64), np.zeros(len(self.most)), np.zeros(len(rows.rows)), np.zeros(1)
        )

    def start(self, columns: Ints) -> None:
        """Choose candidates of groups of which none is chosen, one of each."""
        c, state = self.candidates, self.state
        state.chosen[np.searchsorted(c.column_first, columns, side="right") - 1] = columns
        cells = places_of_runs(c.cell_first[columns], np.diff(c.cell_first)[columns])
        rows = places_of_runs(c.row_first[columns], np.diff(c.row_first)[columns])
        state.load[:] += np.bincount(c.cell[cells], c.load[cells], minlength=len(state.load))
        state.reached[:] += np.bincount(c.row[rows], c.amount[rows], minlength=len(state.reached))
        state.overflow[0] = np.maximum(0.0, state.load - self.most).sum()

    def put(self, group: int, column: int) -> None:
        """Choose a candidate."""
        self._shift(column, 1.0)
        self.state.chosen[group] = column

    def drop(self, group: int) -> int:
        """Take a choice back; gives it."""
        column = int(self.state.chosen[group])
        self.state.chosen[group] = NONE
        self._shift(column, -1.0)
        return column

    def _shift(self, column: int, sign: float) -> None:
        c, state = self.candidates, self.state
        cells = slice(c.cell_first[column], c.cell_first[column + 1])
        cell = c.cell[cells]
        before, most = state.load[cell], self.most[cell]
        after = before + sign * c.load[cells]
        state.load[cell] = after
        state.overflow[0] += float((np.maximum(0.0, after - most) - np.maximum(0.0, before - most)).sum())
        rows = slice(c.row_first[column], c.row_first[column + 1])
        state.reached[c.row[rows]] += sign * c.amount[rows]

    def worth(self, group: int) -> Floats:
        """What each candidate of a group of which none is chosen would add to the choice of the other groups."""
        c, state = self.candidates, self.state
        low, high = c.column_first[group], c.column_first[group + 1]
        size = int(high - low)
        cells = slice(c.cell_first[low], c.cell_first[high])
        of_cell = np.repeat(np.arange(size), np.diff(c.cell_first[low : high + 1]))
        cell, load = c.cell[cells], c.load[cells]
        most = self.most[cell]
        if self.width > 0:
            width = self.width * most + 1e-6
            position = self.cell_price[cell] + (state.load[cell] - most) / width
            over = np.bincount(of_cell, (_ramp(position + load / width) - _ramp(position)) * width, minlength=size)
        else:
            room = state.load[cell] - most
            over = np.bincount(of_cell, np.maximum(0.0, room + load) - np.maximum(0.0, room), minlength=size)
        rows = slice(c.row_first[low], c.row_first[high])
        of_row = np.repeat(np.arange(size), np.diff(c.row_first[low : high + 1]))
        row, amount = c.row[rows], c.amount[rows]
        above = state.reached[row] - self.pricer.rows.most[row]
        if self.width > 0:
            slope = self.pricer.rows.unit[row] / (self.width * self.scale[row])
            now = self.row_price[row] + slope * above
            after = np.maximum(0.0, now + slope * amount)
            lost = (after * after - np.maximum(0.0, now) ** 2) / (2 * slope)
        else:
            above = above + self.shares[row] * state.overflow[0]
            after = np.maximum(0.0, above + amount + self.shares[row] * over[of_row])
            lost = self.penalty * (after - np.maximum(0.0, above)) / self.scale[row]
        worth: Floats = (
            c.gain[low:high] - self.pricer.weights.overflow * over - np.bincount(of_row, lost, minlength=size)
        )
        return worth

    def improve(self, order: Ints) -> None:
        """Sweep over packages in this order until nothing gets better."""
        if there_is_a_kernel():
            self._improve_by_kernel(order)
            return
        for sweep in range(SWEEPS):
            improved = [self._improve_package(int(package), switch=sweep == 0) for package in order]
            if not any(improved):
                return

    def _improve_by_kernel(self, order: Ints) -> None:
        c, state = self.candidates, self.state
        own = (
            np.cumsum([0, *(len(groups) for groups in self.packages)]),
            np.array([group for groups in self.packages for group in groups], dtype=np.int64),
            np.array(self.whole, dtype=np.int64),
        )
        given = (
            *(c.column_first, c.cell_first, c.row_first, c.row, *own),
            *(c.gain, c.load, c.amount, self.most, self.cell_price),
            *(self.pricer.rows.most, self.scale, self.pricer.rows.unit, self.shares, self.row_price),
            c.cell,
        )
        kernel.improve(
            given,
            (state.load, state.reached, state.overflow, state.chosen),
            self.pricer.weights.overflow,
            self.penalty,
            self.width,
            order,
            SWEEPS,
        )

    def _improve_package(self, package: int, switch: bool) -> bool:
        groups, whole = self.packages[package], self.whole[package]
        better = False
        if whole == NONE or self.state.chosen[whole] == NONE:
            for group in groups:
                better |= group != NONE and self._improve_group(group)
        else:
            better |= self._improve_group(whole)
        if switch and groups and whole != NONE:
            better |= self._switch(groups, whole)
        return better

    def _improve_group(self, group: int) -> bool:
        first = int(self.candidates.column_first[group])
        if self.candidates.column_first[group + 1] - first == 1:
            return False
        old = self.drop(group)
        worth = self.worth(group)
        best, now = int(np.argmax(worth)), float(worth[old - first])
        better = bool(worth[best] > now + 1e-9 * abs(now) + 1e-9)
        self.put(group, first + best if better else old)
        return better

    def _switch(self, groups: list[int], whole: int) -> bool:
        """Leave a package undivided, or divide one that is, if that is worth more."""
        if NONE in groups:
            return False
        first = self.candidates.column_first
        was_whole = self.state.chosen[whole] != NONE
        old = {group: self.drop(group) for group in ([whole] if was_whole else groups)}
        worth = self.worth(whole)
        way = old[whole] if was_whole else int(first[whole] + np.argmax(worth))
        undivided, divided = float(worth[way - first[whole]]), 0.0
        new = {}
        for group in groups:
            worth = self.worth(group)
            new[group] = int(first[group] + np.argmax(worth)) if was_whole else old[group]
            divided += float(worth[new[group] - first[group]])
            self.put(group, new[group])
        gain, now = (divided - undivided, undivided) if was_whole else (undivided - divided, divided)
        take = gain > 1e-9 * abs(now) + 1e-9
        if take != was_whole:
            for group in groups:
                self.drop(group)
            self.put(whole, way)
        return take

    def value(self) -> float:
        """What the choice comes to, less the penalty for what it breaks."""
        state, chosen = self.state, self.columns()
        overflow = float(state.overflow[0])
        broken = np.maximum(0.0, state.reached + self.shares * overflow - self.pricer.rows.most - 1e-9 * self.scale)
        gain = float(self.candidates.gain[chosen].sum())
        return gain - self.pricer.weights.overflow * overflow - self.penalty * float((broken / self.scale).sum())

    def columns(self) -> Ints:
        """The candidates chosen, in order."""
        return np.sort(self.state.chosen[self.state.chosen != NONE])


def _ramp(position: Floats) -> Floats:
    """The integral of a price that rises from 0 to 1 between 0 and 1."""
    inside = np.minimum(np.maximum(position, 0.0), 1.0)
    summed: Floats = inside * (position - 0.5 * inside)
    return summed
