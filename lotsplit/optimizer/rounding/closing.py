"""Closing the gap of small plans: an integer program over every lot that an improving schedule can still hold.

With the best packings at the last prices known, a lot can be in a better schedule only if the bound, with the best packing
*through that lot* in place of the best packing of its pool, still exceeds the best schedule found. The lots left over go
into a set-partitioning program with all limits, whose optimum is the plan's (reduced-cost fixing, then branching).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from lotsplit.limits import SHARE_FLOOR
from lotsplit.optimizer.lots.arrays import UNDIVIDED, Floats, Ints
from lotsplit.optimizer.lots.rows import Lots, Prices, join
from lotsplit.optimizer.lots.runs import places_of_runs
from lotsplit.optimizer.lots.slots import base_profit, every_slot, lots_of, slot_blocks, slot_profits
from lotsplit.optimizer.master.columns import LoadTriples, loads_of_lots, lot_gains
from lotsplit.optimizer.pricing.pricer import Priced, Pricer
from lotsplit.optimizer.solver import Answer, Clock, ColumnBlock, LinearProgram, Status

# lots that an integer program is stated over, where every content is known and where wide pools have others
MOST_LOTS, MOST_OF_WIDE = 60_000, 4_000
# nodes that it may take: of a proof over so many lots, and otherwise
NODES, NODES_OTHERWISE, LOTS_TO_PROVE = 20_000, 300, 5_000


def close(pricer: Pricer, priced: Priced, at_least: float, gap: float, solver: str, clock: Clock) -> Closed | None:
    """The best schedule of the lots that one of at least this value can hold; None where these are too many."""
    lots = lots_worth_keeping(pricer, priced, at_least, MOST_OF_WIDE if pricer.wide else MOST_LOTS)
    if lots is None:
        return None
    nodes = NODES if len(lots) <= LOTS_TO_PROVE and not pricer.wide else NODES_OTHERWISE
    return LotProgram(pricer, lots, solver, clock).solve(nodes, gap)


def lots_worth_keeping(pricer: Pricer, priced: Priced, at_least: float, most: int) -> Lots | None:
    """Every lot, slot by slot, that a schedule of at least this value can hold; None where there are more than `most`."""
    contents = pricer.rows.contents
    rest = _best_around(pricer, priced)
    package = contents.package
    package_value = np.where(np.isfinite(priced.package_value), priced.package_value, 0.0)
    spare = (priced.bound if np.isfinite(priced.bound) else 0.0) - package_value[package] + rest
    # of every content at least its best lot
    through_best = priced.best.profit + spare
    if np.count_nonzero((through_best >= at_least) & (through_best > -np.inf)) > most:
        return None
    kept: list[Lots] = []
    total = 0
    options = priced.best.options
    base = base_profit(contents, options, priced.tables)
    for rows, slots in slot_blocks(contents, options):
        content = options.content[rows]
        through = slot_profits(contents, options, rows, slots, priced.tables, base) + spare[content][:, None]
        line, wait = np.nonzero((through >= at_least) & (through > -np.inf))
        total += len(line)
        if total > most:
            return None
        kept.append(lots_of(contents, options, rows[line], contents.first[content[line]] + wait))
    return join(kept) if kept else None


def lots_in_every_month(pricer: Pricer, prices: Prices, which: Ints, most: int | None = None) -> Lots:
    """Lots of some contents that start in every month they can (or the best `most` of them), each as long as is best at some prices."""
    contents = pricer.rows.contents
    options = contents.options_known(which)
    row, start, profit = every_slot(contents, options, pricer.tables(prices))
    order = np.lexsort((row, -profit, start, options.content[row]))
    row, start, profit = row[order], start[order], profit[order]
    first = (np.diff(options.content[row], prepend=-1) != 0) | (np.diff(start, prepend=-1) != 0)
    row, start, profit = row[first], start[first], profit[first]
    if most is not None:
        order = np.lexsort((-profit, options.content[row]))
        begin = np.flatnonzero(np.diff(options.content[row], prepend=-1))
        rank = places_of_runs(0, np.diff(np.append(begin, len(row))))
        kept = np.sort(order[rank < most])
        row, start = row[kept], start[kept]
    return lots_of(contents, options, row, start)


def _best_around(pricer: Pricer, priced: Priced) -> Floats:
    """Per content: the best that its package can add with a lot of this content, the lot itself apart."""
    contents = pricer.rows.contents
    rest = np.full(len(contents), -np.inf)
    in_package: dict[int, list[int]] = {}
    for pool in contents.pools:
        in_package.setdefault(pool.package, []).append(pool.index)
    pool_value = priced.pool_value + pricer.ties
    partitions = pricer.small.partitions
    for pool, first, end in zip(pricer.small.pools, partitions.first, partitions.end, strict=True):
        others = sum(float(pool_value[k]) for k in in_package[pool.package] if k != pool.index)
        # what is left beside a content is the state as far from the end as the content is from the start
        left = priced.values[first:end][-2::-1]
        rest[pricer.small.rows[first + 1 : end]] = left + others + pricer.ties[pool.index]
    of_packings, begin = pricer.wide.values(priced.best.profit).tolist(), pricer.wide.first().tolist()
    for wide, (low, high) in zip(pricer.wide.pools, pairwise(begin), strict=True):
        others = sum(float(pool_value[k]) for k in in_package[wide.pool.package] if k != wide.pool.index)
        for value, packing in zip(of_packings[low:high], wide.packings, strict=True):
            if np.isfinite(value):
                rows = np.array(packing)
                rest[rows] = np.maximum(rest[rows], value - priced.best.profit[rows] + others)
    whole = pricer.undivided[pricer.may_stay_whole]
    rest[whole] = pricer.undivided_ties[pricer.may_stay_whole]
    return rest


@dataclass(frozen=True)
class Closed:
    """The outcome: the lots chosen (None: nothing found), the program's value and proven bound (maximised, constant apart).

    slack: by coupling row, in the row's unit, where limits were elastic.
    """

    lots: Lots | None
    value: float
    bound: float
    status: Status
    slack: Floats


class LotProgram:
    """The integer program over lots. `elastic`: the cost of slack per coupling row and scale, or None to hold every limit."""

    def __init__(self, pricer: Pricer, lots: Lots, solver: str, clock: Clock, elastic: Floats | None = None) -> None:
        self.pricer, self.lots = pricer, lots
        rows, contents = pricer.rows, pricer.rows.contents
        money = contents.plan.value / 1e4 if elastic is None else 1.0
        self.program = LinearProgram(solver, clock, unit=money)
        self.coupling = [self.program.add_row(-np.inf, row.most) for row in rows.rows]
        self.cover: dict[tuple[int, int], int] = {}
        for pool in contents.pools:
            for n, unit in enumerate(pool.units):
                self.cover[pool.index, n] = self.program.add_row(float(unit.parts), float(unit.parts))
        self.marked = {
            n: self.program.add_row(1.0, 1.0) for n, p in enumerate(contents.plan.packages) if not p.divisible
        }
        self._add_slack(elastic)
        self.triples: LoadTriples = loads_of_lots(contents, pricer.loads, lots)
        self.cells: dict[int, int] = {}
        self._first = self.program.columns
        self._add_lots(lots)

    def _add_slack(self, elastic: Floats | None) -> None:
        """One slack column for every row; those of rows that must hold are fixed at 0 (a row in PuLP is never empty)."""
        count = len(self.program.lower)
        coupling = len(self.coupling)
        cost, upper = np.zeros(count), np.zeros(count)
        if elastic is not None:
            cost[:coupling] = elastic
            upper[:coupling] = np.inf
        signs = np.where(np.arange(count) < coupling, -1.0, 1.0)
        self.program.add_columns(ColumnBlock(cost, upper, np.arange(count + 1), np.arange(count), signs))

    def _add_lots(self, lots: Lots) -> None:
        rows, contents = self.pricer.rows, self.pricer.rows.contents
        amounts = rows.amounts(lots)
        gains = lot_gains(rows, lots, self.pricer.weights)
        starts: list[int] = [0]
        where: list[int] = []
        entries: list[float] = []
        upper: list[float] = []
        for k, content in enumerate(lots.content.tolist()):
            touched = slice(amounts.first[k], amounts.first[k + 1])
            where.extend(self.coupling[n] for n in amounts.row[touched])
            entries.extend(amounts.amount[touched].tolist())
            pool, package = int(contents.pool[content]), int(contents.package[content])
            if pool != UNDIVIDED:
                counts = contents.counts[content]
                held = [(n, c) for n, c in enumerate(counts) if c]
                where.extend(self.cover[pool, n] for n, _ in held)
                entries.extend(float(c) for _, c in held)
                upper.append(float(min(contents.pools[pool].shape[n] // c for n, c in held)))
            else:
                self._cover_whole(package, where, entries)
                upper.append(1.0)
            starts.append(len(where))
        self.program.add_columns(
            ColumnBlock(
                -gains,
                np.array(upper),
                np.array(starts),
                np.array(where, dtype=np.int64),
                np.array(entries, dtype=np.float64),
                integer=True,
            )
        )

    def _cover_whole(self, package: int, where: list[int], entries: list[float]) -> None:
        """An undivided package covers every unit of it."""
        if package in self.marked:
            where.append(self.marked[package])
            entries.append(1.0)
        for pool in self.pricer.rows.contents.pools:
            if pool.package == package:
                for n, unit in enumerate(pool.units):
                    where.append(self.cover[pool.index, n])
                    entries.append(float(unit.parts))

    def add_cells(self, cells: Ints) -> None:
        """Add capacity rows (cell: supplier times months plus month) with their overflow."""
        contents = self.pricer.rows.contents
        bidders, months = contents.market.bidders, contents.months
        share_rows = [self.coupling[n] for n in self.pricer.rows.by_kind.get(SHARE_FLOOR, [])]
        for cell in cells.tolist():
            mine = self.triples.cell == cell
            columns, inverse = np.unique(self.triples.lot[mine], return_inverse=True)
            load: Floats = np.bincount(inverse, self.triples.load[mine], minlength=len(columns)).astype(np.float64)
            supplier = cell // months
            most = float(bidders.row_capacity[supplier])
            self.cells[cell] = self.program.add_filled_row(-np.inf, most, self._first + columns, load)
        width = 1 + len(share_rows)
        rows = [r for cell in cells.tolist() for r in (self.cells[cell], *share_rows)]
        self.program.add_columns(
            ColumnBlock(
                np.full(len(cells), self.pricer.weights.overflow),
                np.full(len(cells), np.inf),
                np.arange(len(cells) + 1) * width,
                np.array(rows, dtype=np.int64),
                np.tile(np.array([-1.0] + [1.0] * len(share_rows)), len(cells)),
            )
        )

    def overloaded(self, counts: Floats) -> Ints:
        """Cells without a row that a choice of lots overloads."""
        contents = self.pricer.rows.contents
        bidders, months = contents.market.bidders, contents.months
        size = len(contents.plan.suppliers) * months
        load = np.bincount(self.triples.cell, self.triples.load * counts[self.triples.lot], minlength=size)
        most = np.repeat(np.where(self.pricer.loads.limited, bidders.row_capacity, np.inf), months)
        over = np.flatnonzero(load > most * (1 + 1e-9) + 1e-6)
        return np.array([c for c in over.tolist() if c not in self.cells], dtype=np.int64)

    def solve(self, nodes: int, gap: float, known: Ints | None = None) -> Closed:
        """Solve, adding capacity rows until none is missing. known: how often each lot is in a solution to start from."""
        if len(self.triples.cell):
            self.add_cells(self._cells_at_risk())
        start = None if known is None else self._start(known)
        answer: Answer = self.program.solve_integer(nodes, gap, start)
        bound = -answer.bound
        while answer.status in (Status.OPTIMAL, Status.FEASIBLE):
            counts = np.round(answer.values[self._first : self._first + len(self.lots)])
            missing = self.overloaded(counts)
            if len(missing) == 0:
                chosen = self.lots.take(np.repeat(np.arange(len(self.lots)), counts.astype(np.int64)))
                slack = answer.values[: len(self.coupling)]
                return Closed(chosen, -answer.objective, bound, answer.status, slack)
            self.add_cells(missing)
            answer = self.program.solve_integer(nodes, gap)
            bound = -answer.bound
        return Closed(None, -np.inf, bound, answer.status, np.zeros(len(self.coupling)))

    def _start(self, known: Ints) -> Floats:
        """A solution in the program's columns: slack, lots, and overflow on the cells that have rows."""
        contents = self.pricer.rows.contents
        size = len(contents.plan.suppliers) * contents.months
        load = np.bincount(self.triples.cell, self.triples.load * known[self.triples.lot], minlength=size)
        cells = np.array(list(self.cells), dtype=np.int64)
        overflow = np.maximum(0.0, load[cells] - contents.market.bidders.row_capacity[cells // contents.months])
        return np.concatenate([np.zeros(self._first), known, overflow])

    def _cells_at_risk(self) -> Ints:
        """Cells that could be overloaded if every lot were chosen: few in small plans, so all are stated at once."""
        counts = np.ones(len(self.lots))
        risky = self.overloaded(counts)
        return risky if len(risky) <= 400 else risky[:0]
