"""The master linear program (Dantzig and Wolfe 1960): one column per packing of a pool, one convexity row per pool.

minimise - gains + overflow x its weight + penalty x slack, subject to: each pool one packing or its package undivided; the
coupling rows; capacity rows (supplier, month), added when violated. Slack makes every limit elastic at a price: a
solution that uses some has found no way to keep the limits.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from lotsplit.limits import SHARE_FLOOR
from lotsplit.optimizer.lots.arrays import Bools, Floats, Ints
from lotsplit.optimizer.lots.rows import Prices, Weights
from lotsplit.optimizer.master.columns import Columns, loads_of_lots
from lotsplit.optimizer.solver import Answer, Clock, ColumnBlock, LinearProgram, Status

# of a limit: what a solution may exceed it by, as noise
SLACK = 1e-7
# columns passed to the program at once
COLUMNS_AT_ONCE = 500
# of the plan's value: what breaking a limit by its whole amount costs at first, and where that turns out to pay
CHEAP_SLACK, DEAR_SLACK = 10.0, 1e4


@dataclass(frozen=True)
class Point:
    """A solution of the master: weight of each column, slack of each coupling row (in the row's unit), missing pools."""

    objective: float
    weights: Floats
    slack: Floats
    missing: Floats
    bound: float
    status: Status


class Master:
    """The master over a list of columns, for one aim. apart: packages that it does not leave undivided.

    penalty: money per scale of slack.
    """

    def __init__(self, columns: Columns, weights: Weights, solver: str, clock: Clock, apart: Bools) -> None:
        self.columns, self.weights, self.apart = columns, weights, apart
        rows = columns.rows
        contents = rows.contents
        self.program = LinearProgram(solver, clock, unit=contents.plan.value / 1e4, primal=True)
        self.coupling = [self.program.add_row(-np.inf, row.most) for row in rows.rows]
        packages_with_pools = {pool.package for pool in contents.pools}
        self.pools_of: dict[int, list[int]] = {n: [] for n in range(len(contents.plan.packages))}
        for pool in contents.pools:
            self.pools_of[pool.package].append(pool.index)
        self.convexity = [self.program.add_row(1.0, 1.0) for _ in contents.pools]
        self.alone = {
            n: self.program.add_row(1.0, 1.0)
            for n in range(len(contents.plan.packages))
            if n not in packages_with_pools
        }
        self.scales = np.array([row.scale for row in rows.rows])
        self.penalty = CHEAP_SLACK * contents.plan.value
        self._set_elastic()
        self.capacity: dict[tuple[int, int], int] = {}
        self.overflow_variable: dict[tuple[int, int], int] = {}
        self.variable: Ints = np.zeros(0, dtype=np.int64)

    def _set_elastic(self) -> None:
        """The first block: slack of every coupling row, and one artificial column for every convexity row."""
        rows = [*self.coupling, *self.convexity, *self.alone.values()]
        signs = np.where(np.arange(len(rows)) < len(self.coupling), -1.0, 1.0)
        self.program.add_columns(
            ColumnBlock(
                self._elastic_cost(),
                np.full(len(rows), np.inf),
                np.arange(len(rows) + 1),
                np.array(rows, dtype=np.int64),
                signs,
            )
        )

    def _elastic_cost(self) -> Floats:
        others = len(self.convexity) + len(self.alone)
        return np.concatenate([self.penalty / self.scales, np.full(others, 10.0 * self.penalty)])

    @property
    def slack_is_dear(self) -> bool:
        """Whether breaking a limit costs as much as it ever does."""
        return self.penalty >= DEAR_SLACK * self.columns.rows.contents.plan.value

    def lacking(self, point: Point, noise: float = SLACK) -> bool:
        """Whether a solution exceeds some limit by more than so much of it."""
        return bool((point.slack > noise * self.scales).any())

    def make_slack_dear(self) -> None:
        """Have breaking a limit cost so much that it never pays."""
        self.penalty = DEAR_SLACK * self.columns.rows.contents.plan.value
        cost = self._elastic_cost()
        self.program.set_cost(np.arange(len(cost)), cost)

    # -- columns and rows ------------------------------------------------------------------------------------------

    def take_columns(self) -> None:
        """Pass the columns that the list has gained to the program, some at once: all that many load takes much memory."""
        total = len(self.columns)
        for low in range(len(self.variable), total, COLUMNS_AT_ONCE):
            self._take(np.arange(low, min(low + COLUMNS_AT_ONCE, total)))

    def _take(self, fresh: Ints) -> None:
        """Pass some columns, which come one after another."""
        columns, amounts = self.columns, self.columns.amounts
        load = self._capacity_entries(fresh)
        starts, rows, entries = [0], [], []
        for column in fresh:
            group = columns.group[column]
            touched = slice(amounts.first[column], amounts.first[column + 1])
            row = [self.coupling[n] for n in amounts.row[touched]]
            entry = amounts.amount[touched].tolist()
            if group >= 0:
                row.append(self.convexity[group])
                entry.append(1.0)
            else:
                package = -1 - group
                own = [self.convexity[p] for p in self.pools_of[package]] or [self.alone[package]]
                row.extend(own)
                entry.extend([1.0] * len(own))
            for cell_row, amount in load.get(int(column), ()):
                row.append(cell_row)
                entry.append(amount)
            rows.extend(row)
            entries.extend(entry)
            starts.append(len(rows))
        first = self.program.columns
        self.program.add_columns(
            ColumnBlock(
                -columns.gain[fresh],
                self._upper(fresh),
                np.array(starts),
                np.array(rows, dtype=np.int64),
                np.array(entries, dtype=np.float64),
                integer=True,
            )
        )
        self.variable = np.concatenate([self.variable, first + np.arange(len(fresh))])

    def _capacity_entries(self, fresh: Ints) -> dict[int, list[tuple[int, float]]]:
        """What new columns put into the capacity rows there are."""
        if not self.capacity:
            return {}
        columns = self.columns
        contents = columns.rows.contents
        first_lot, sizes = columns.first[fresh[0]], np.diff(columns.first)[fresh]
        lots = columns.lots.take(np.arange(first_lot, first_lot + sizes.sum()))
        triples = loads_of_lots(contents, columns.set_loads, lots)
        row_of_cell = np.full(len(contents.plan.suppliers) * contents.months, -1)
        for (supplier, month), row in self.capacity.items():
            row_of_cell[supplier * contents.months + month] = row
        hit = row_of_cell[triples.cell] >= 0
        column = np.repeat(fresh, sizes)[triples.lot[hit]]
        key = column * len(self.program.lower) + row_of_cell[triples.cell[hit]]
        keys, inverse = np.unique(key, return_inverse=True)
        amounts = np.bincount(inverse, triples.load[hit], minlength=len(keys))
        entries: dict[int, list[tuple[int, float]]] = {}
        for k, amount in zip(keys.tolist(), amounts.tolist(), strict=True):
            entries.setdefault(k // len(self.program.lower), []).append((k % len(self.program.lower), amount))
        return entries

    def add_capacity_rows(self, cells: list[tuple[int, int]]) -> None:
        """Add rows for suppliers and months: load - overflow <= what the supplier can take on."""
        columns = self.columns
        bidders = columns.rows.contents.market.bidders
        share_rows = [self.coupling[n] for n in columns.rows.by_kind.get(SHARE_FLOOR, [])]
        for supplier, month in cells:
            load = np.add.reduceat(columns.load_on(supplier, month), columns.first[:-1])
            touched = np.flatnonzero(load > 0)
            most = float(bidders.row_capacity[supplier])
            row = self.program.add_filled_row(-np.inf, most, self.variable[touched], load[touched])
            self.capacity[supplier, month] = row
        first = self.program.columns
        width = 1 + len(share_rows)
        rows = [r for cell in cells for r in (self.capacity[cell], *share_rows)]
        entries = np.tile(np.array([-1.0] + [1.0] * len(share_rows)), len(cells))
        self.program.add_columns(
            ColumnBlock(
                np.full(len(cells), self.weights.overflow),
                np.full(len(cells), np.inf),
                np.arange(len(cells) + 1) * width,
                np.array(rows, dtype=np.int64),
                entries,
            )
        )
        for n, cell in enumerate(cells):
            self.overflow_variable[cell] = first + n

    def violated_cells(self, weights: Floats) -> list[tuple[int, int]]:
        """Suppliers and months without a row that a solution overloads, in order."""
        columns = self.columns
        contents = columns.rows.contents
        if not columns.set_loads.limited.any():
            return []
        used = np.flatnonzero(weights > 1e-9)
        which = np.flatnonzero(np.isin(columns.column_of_lot(), used))
        lots = columns.lots.take(which)
        triples = loads_of_lots(contents, columns.set_loads, lots)
        weight = weights[columns.column_of_lot()[which]]
        bidders = contents.market.bidders
        cells = len(contents.plan.suppliers) * contents.months
        load = np.bincount(triples.cell, triples.load * weight[triples.lot], minlength=cells)
        most = np.repeat(np.where(columns.set_loads.limited, bidders.row_capacity, np.inf), contents.months)
        over = np.flatnonzero(load > most * (1 + 1e-9) + 1e-6)
        found = [(int(c) // contents.months, int(c) % contents.months) for c in over]
        return [cell for cell in found if cell not in self.capacity]

    def package_of(self, group: int) -> int:
        """The package that a group of columns belongs to."""
        return -1 - group if group < 0 else self.columns.rows.contents.pools[group].package

    def close(self, columns: Ints) -> None:
        """Leave some columns out of the linear program."""
        self.take_columns()
        self.program.set_upper(self.variable[columns], np.zeros(len(columns)))

    def open(self, columns: Ints) -> None:
        """Take columns in again."""
        self.take_columns()
        self.program.set_upper(self.variable[columns], self._upper(columns))

    def _upper(self, columns: Ints) -> Floats:
        """How much of some columns may be taken."""
        shut = [self.columns.group[n] < 0 and self.apart[-1 - self.columns.group[n]] for n in columns.tolist()]
        return np.where(shut, 0.0, np.inf)

    # -- solving ---------------------------------------------------------------------------------------------------

    def point(self, answer: Answer) -> Point:
        """An answer of the program in the master's terms."""
        x = answer.values
        coupling = len(self.coupling)
        elastic = coupling + len(self.convexity) + len(self.alone)
        return Point(answer.objective, x[self.variable], x[:coupling], x[coupling:elastic], answer.bound, answer.status)

    def solve_integer(self, candidates: Ints, nodes: int, gap: float, strict: bool, again: bool = True) -> Answer:
        """Solve with whole columns, over some of them; capacity rows that the answer violates are added, and it is solved again.

        strict: without slack. again: otherwise it is solved once, with the capacity rows there are.
        """
        self.take_columns()
        closed = np.setdiff1d(np.arange(len(self.columns)), candidates)
        old = self.program
        program = LinearProgram(old.solver, old.clock, old.unit, False, [*old.lower], [*old.upper])
        for block in old.blocks:
            program.add_columns(replace(block, upper=block.upper.copy()))
        shut = [self.variable[closed]]
        if strict:
            shut.append(np.arange(len(self.coupling) + len(self.convexity) + len(self.alone)))
        for columns in shut:
            program.set_upper(columns, np.zeros(len(columns)))
        answer = program.solve_integer(nodes, gap)
        if again and answer.status in (Status.OPTIMAL, Status.FEASIBLE):
            cells = self.violated_cells(np.round(answer.values[self.variable]))
            if cells:
                self.add_capacity_rows(cells)
                return self.solve_integer(candidates, nodes, gap, strict)
        return answer

    def solve(self) -> tuple[Point, Prices, Floats] | None:
        """Solve the linear program: its point, prices, and what a packing of each pool must beat at them.

        Capacity rows that the solution violates are added, and it is solved again. None where the time is up (or the
        solver found nothing).
        """
        while True:
            solved = self._solve_with_rows_known()
            cells = [] if solved is None else self.violated_cells(solved[0].weights)
            if not cells or self.program.clock.over():
                return solved
            self.add_capacity_rows(cells)

    def _solve_with_rows_known(self) -> tuple[Point, Prices, Floats] | None:
        self.take_columns()
        answer = self.program.solve()
        if answer.status is not Status.OPTIMAL or len(answer.values) != self.program.columns:
            return None
        contents = self.columns.rows.contents
        capacity = np.zeros((len(contents.plan.suppliers), contents.months))
        for (supplier, month), row in self.capacity.items():
            capacity[supplier, month] = max(0.0, -answer.duals[row])
        prices = (
            np.maximum(0.0, -answer.duals[np.array(self.coupling, dtype=np.int64)]) if self.coupling else np.zeros(0)
        )
        thresholds = -answer.duals[np.array(self.convexity, dtype=np.int64)]
        return self.point(answer), Prices(prices, capacity), thresholds
