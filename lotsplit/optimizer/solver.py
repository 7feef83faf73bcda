"""The boundary to the solvers: linear and integer programs stated in PuLP, solved by HiGHS (or CBC), statuses mapped one by one.

Everything is a minimisation, so that no dual changes its sign on the way. Rows and first columns are stated in PuLP; the
mass of later columns goes straight into the HiGHS model that PuLP built, which is then re-solved from its last basis.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import cache
from typing import Any

import highspy
import numpy as np
import pulp

from lotsplit.errors import WrongUsage
from lotsplit.optimizer.lots.arrays import Floats, Ints

SOLVERS = ("highs", "cbc")
# at its own tolerance CBC has called an answer of an integer program optimal that was far from it
CAREFUL = "primalT 1e-8"
# HiGHS's number of its primal simplex
PRIMAL = 4


class Status(Enum):
    """What a run of a solver proved. FEASIBLE: a solution, not proven the best; UNKNOWN: neither solution nor proof."""

    OPTIMAL = auto()
    FEASIBLE = auto()
    INFEASIBLE = auto()
    UNKNOWN = auto()


@dataclass(frozen=True)
class Answer:
    """A solver's answer. bound: proven lower bound on the objective (minus infinity where none). duals: of linear programs only."""

    status: Status
    objective: float
    bound: float
    values: Floats
    duals: Floats


@dataclass
class Clock:
    """When the search must end, and whether the user has asked for it."""

    deadline: float
    stopped: Callable[[], bool]
    linear_programs: int = 0
    integer_programs: int = 0

    def left(self) -> float:
        """Seconds left."""
        return self.deadline - time.monotonic()

    def over(self) -> bool:
        """Whether to stop now."""
        return self.left() <= 0 or self.stopped()


@dataclass
class ColumnBlock:
    """Columns in sparse form: cost, upper bound (lower is 0), and entries of column k in rows[starts[k]:starts[k + 1]]."""

    cost: Floats
    upper: Floats
    starts: Ints
    rows: Ints
    entries: Floats
    integer: bool = False


@dataclass
class LinearProgram:
    """A minimisation that grows: rows with lower and upper sides, columns from 0 up.

    unit: of money; the solver sees costs divided by it, so that they are near 1. Rows stay in euros: their tolerance is.
    primal: solve again by the primal simplex, whose last basis is still feasible when there are columns more.
    """

    solver: str
    clock: Clock
    unit: float = 1.0
    primal: bool = False
    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    blocks: list[ColumnBlock] = field(default_factory=list)
    _highs: Any = None
    _passed_blocks: int = 0

    @property
    def columns(self) -> int:
        """How many columns there are."""
        return sum(len(block.cost) for block in self.blocks)

    def add_row(self, lower: float, upper: float) -> int:
        """Add an empty row before the first solve; gives its number."""
        assert self._highs is None
        self.lower.append(lower)
        self.upper.append(upper)
        return len(self.lower) - 1

    def add_columns(self, block: ColumnBlock) -> None:
        """Add columns; the HiGHS model takes them at its next run and keeps its basis."""
        self.blocks.append(block)

    def add_filled_row(self, lower: float, upper: float, columns: Ints, entries: Floats) -> int:
        """Add a row over the columns there are, also after a solve; gives its number."""
        if self._highs is not None:
            self._pass_columns()
            self._highs.addRow(lower, upper, len(columns), columns.astype(np.int32), entries)
        self.lower.append(lower)
        self.upper.append(upper)
        number = len(self.lower) - 1
        first = 0
        for block in self.blocks:
            size = len(block.cost)
            mine = (columns >= first) & (columns < first + size)
            if mine.any():
                _insert(block, number, columns[mine] - first, entries[mine])
            first += size
        return number

    def set_upper(self, columns: Ints, upper: Floats) -> None:
        """Change the upper bounds of some columns."""
        first = 0
        for block in self.blocks:
            mine = (columns >= first) & (columns < first + len(block.cost))
            block.upper[columns[mine] - first] = upper[mine]
            first += len(block.cost)
        if self._highs is not None:
            self._pass_columns()
            self._highs.changeColsBounds(
                len(columns), columns.astype(np.int32), np.zeros(len(columns)), np.minimum(upper, highspy.kHighsInf)
            )

    def set_cost(self, columns: Ints, cost: Floats) -> None:
        """Change the costs of some columns."""
        first = 0
        for block in self.blocks:
            mine = (columns >= first) & (columns < first + len(block.cost))
            block.cost[columns[mine] - first] = cost[mine]
            first += len(block.cost)
        if self._highs is not None:
            self._pass_columns()
            self._highs.changeColsCost(len(columns), columns.astype(np.int32), cost / self.unit)

    def solve(self) -> Answer:
        """Solve as a linear program, from the last basis where there is one."""
        self.clock.linear_programs += 1
        return _solve_by_cbc(self, integer=False) if self.solver == "cbc" else self._solve_by_highs()

    def solve_integer(self, nodes: int, gap: float = 0.0, start: Floats | None = None) -> Answer:
        """Solve with the columns of integer blocks whole, in a model of its own.

        nodes: most branch-and-bound nodes (a limit that repeats, unlike seconds). gap: absolute gap at which to stop.
        start: a known solution.
        """
        self.clock.integer_programs += 1
        if self.solver == "cbc":
            return _solve_by_cbc(self, integer=True, nodes=nodes, gap=gap)
        highs = self._highs_model(
            LinearProgram(self.solver, self.clock, self.unit, False, self.lower, self.upper, self.blocks)
        )
        _set_options(
            highs,
            mip_max_nodes=nodes,
            mip_max_stall_nodes=max(100, nodes // 2),
            mip_abs_gap=max(gap / self.unit, 1e-9),
            mip_rel_gap=0.0,
            # after one HiGHS has been seen to go on for ever at the root, whatever its limit of time
            mip_allow_restart=False,
            mip_feasibility_tolerance=1e-9,
            random_seed=0,
        )
        first = 0
        for block in self.blocks:
            if block.integer and len(block.cost):
                size = len(block.cost)
                which = np.arange(first, first + size, dtype=np.int32)
                highs.changeColsIntegrality(size, which, np.full(size, 1, dtype=np.uint8))
            first += len(block.cost)
        if start is not None:
            solution = highspy.HighsSolution()
            solution.col_value = start.tolist()
            highs.setSolution(solution)
        return self._run(highs, integer=True)

    # -- HiGHS -----------------------------------------------------------------------------------------------------

    def _solve_by_highs(self) -> Answer:
        if self._highs is None:
            self._highs = self._highs_model(self)
        else:
            self._pass_columns()
            if self.primal:
                _set_options(self._highs, simplex_strategy=PRIMAL)
        return self._run(self._highs, integer=False)

    def _highs_model(self, program: LinearProgram) -> Any:
        """State rows and first columns in PuLP, have it build the HiGHS model, pass the other columns to that."""
        problem = _stated_in_pulp(program, first_only=True)
        # a process keeps its first number of threads, and HiGHS refuses to run with another
        highspy.Highs.resetGlobalScheduler(True)
        with _no_banner():
            solver = pulp.HiGHS(msg=False, threads=1)
            solver.createAndConfigureSolver(problem)
            solver.buildSolverModel(problem)
        highs = problem.solverModel
        _set_options(highs, output_flag=False, threads=1)

        # it must not know this program, which knows the model: the model's memory would never be freed
        clock = self.clock

        def interrupt(kind: Any, message: str, data_out: Any, data_in: Any, user: Any) -> None:
            if clock.stopped():
                data_in.user_interrupt = True

        highs.setCallback(interrupt, None)
        for kind in ("kCallbackSimplexInterrupt", "kCallbackMipInterrupt"):
            highs.startCallback(getattr(highspy.cb.HighsCallbackType, kind))
        program._passed_blocks = 1
        program._highs = highs
        program._pass_columns()
        return highs

    def _pass_columns(self) -> None:
        for block in self.blocks[self._passed_blocks :]:
            size = len(block.cost)
            if size:
                self._highs.addCols(
                    size,
                    block.cost / self.unit,
                    np.zeros(size),
                    np.minimum(block.upper, highspy.kHighsInf),
                    len(block.entries),
                    block.starts[:-1].astype(np.int32),
                    block.rows.astype(np.int32),
                    block.entries,
                )
        self._passed_blocks = len(self.blocks)

    def _run(self, highs: Any, integer: bool) -> Answer:
        _set_options(highs, time_limit=highs.getRunTime() + max(0.0, self.clock.left()))
        highs.run()
        info = highs.getInfo()
        status = _status_of(highs.getModelStatus(), info.primal_solution_status == 2)
        solution = highs.getSolution()
        values = np.array(solution.col_value, dtype=np.float64)
        duals = np.zeros(0) if integer else np.array(solution.row_dual, dtype=np.float64) * self.unit
        objective = info.objective_function_value * self.unit
        proven = info.mip_dual_bound * self.unit if integer else objective
        bound = proven if integer or status is Status.OPTIMAL else -np.inf
        return Answer(status, objective, bound, values, duals)


def _insert(block: ColumnBlock, row: int, columns: Ints, entries: Floats) -> None:
    """Put entries of one more row at the end of some of a block's columns."""
    order = np.argsort(columns)
    places = block.starts[columns[order] + 1]
    block.rows = np.insert(block.rows, places, row)
    block.entries = np.insert(block.entries, places, entries[order])
    more = np.zeros(len(block.cost) + 1, dtype=np.int64)
    np.add.at(more, columns + 1, 1)
    block.starts = block.starts + np.cumsum(more)


def _status_of(status: Any, feasible: bool) -> Status:
    """HiGHS's own status, case by case: a limit that stopped the run is never called optimal."""
    known = highspy.HighsModelStatus
    if status == known.kOptimal:
        return Status.OPTIMAL
    if status in (known.kInfeasible, known.kUnboundedOrInfeasible):
        return Status.INFEASIBLE
    stopped = (
        known.kTimeLimit,
        known.kIterationLimit,
        known.kSolutionLimit,
        known.kInterrupt,
        known.kObjectiveBound,
        known.kObjectiveTarget,
        known.kUnknown,
    )
    if status in stopped:
        return Status.FEASIBLE if feasible else Status.UNKNOWN
    raise RuntimeError(f"HiGHS ended with status {status}")


def _set_options(highs: Any, **options: object) -> None:
    for name, value in options.items():
        if highs.setOptionValue(name, value) == highspy.HighsStatus.kError:
            raise RuntimeError(f"HiGHS does not know option {name} = {value}")


@contextmanager
def _no_banner() -> Any:
    """The first HiGHS object of a process writes its banner to descriptor 1, whatever the options: not into results."""
    if _banner_done():
        yield
        return
    kept, null = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(null, 1)
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(null)


_banner_seen: list[bool] = []


def _banner_done() -> bool:
    seen = bool(_banner_seen)
    _banner_seen.append(True)
    return seen


# -- PuLP and CBC --------------------------------------------------------------------------------------------------


def _stated_in_pulp(program: LinearProgram, first_only: bool, integer: bool = False) -> Any:
    """The program in PuLP: all rows, and its first block of columns or all of them."""
    problem = pulp.LpProblem("lotsplit", pulp.LpMinimize)
    in_rows: list[list[tuple[Any, float]]] = [[] for _ in program.lower]
    costs: list[tuple[Any, float]] = []
    number = 0
    for block in program.blocks[:1] if first_only else program.blocks:
        category = pulp.LpInteger if integer and block.integer else pulp.LpContinuous
        for k in range(len(block.cost)):
            upper = None if block.upper[k] == np.inf else float(block.upper[k])
            variable = problem.add_variable(f"x{number:09d}", 0, upper, category)
            costs.append((variable, float(block.cost[k] / program.unit)))
            for place in range(block.starts[k], block.starts[k + 1]):
                in_rows[block.rows[place]].append((variable, float(block.entries[place])))
            number += 1
    problem += pulp.LpAffineExpression(costs)
    for n, (lower, upper) in enumerate(zip(program.lower, program.upper, strict=True)):
        expression = pulp.LpAffineExpression(in_rows[n])
        if lower == upper:
            problem += (expression == lower), f"r{n:09d}"
        elif upper < np.inf:
            problem += (expression <= upper), f"r{n:09d}"
        else:
            problem += (expression >= lower), f"r{n:09d}"
    return problem


@cache
def _cbc_path() -> str:
    """Where CBC is: what PuLP brings along (until PuLP 4), otherwise what the path finds."""
    for path in (getattr(pulp.PULP_CBC_CMD, "pulp_cbc_path", None), "cbc"):
        if path is not None and pulp.COIN_CMD(path=path, msg=False).available():
            return str(path)
    raise WrongUsage(
        "PuLP finds no CBC on this machine; install CBC (package coinor-cbc or cbcbox), or use --solver highs"
    )


def _solve_by_cbc(program: LinearProgram, integer: bool, nodes: int = 0, gap: float = 0.0) -> Answer:
    """State everything in PuLP and run CBC as a child process; its word counts only with a solution that it calls optimal."""
    problem = _stated_in_pulp(program, first_only=False, integer=integer)
    seconds = max(1.0, program.clock.left())
    options = [CAREFUL, *([f"maxNodes {nodes}"] if integer else [])]
    limits = {"gapAbs": gap / program.unit} if integer else {}
    solver = pulp.COIN_CMD(path=_cbc_path(), msg=False, threads=1, timeLimit=seconds, options=options, **limits)
    problem.solve(solver)
    variables = sorted(problem.variables(), key=lambda v: v.name)
    values = np.array([v.varValue or 0.0 for v in variables])
    cost = np.concatenate([block.cost for block in program.blocks])
    objective = float(cost @ values) if len(values) == len(cost) else np.inf
    if problem.status == pulp.LpStatusInfeasible:
        return Answer(Status.INFEASIBLE, np.inf, np.inf, values, np.zeros(0))
    if problem.status != pulp.LpStatusOptimal:
        return Answer(Status.UNKNOWN, np.inf, -np.inf, values, np.zeros(0))
    proven = problem.sol_status == pulp.LpSolutionOptimal
    duals = np.zeros(0)
    if not integer:
        by_name = {constraint.name: constraint.pi for constraint in _constraints(problem)}
        duals = np.array([by_name[f"r{n:09d}"] or 0.0 for n in range(len(program.lower))]) * program.unit
    bound = objective - gap if proven else -np.inf
    return Answer(Status.OPTIMAL if proven else Status.FEASIBLE, objective, bound, values, duals)


def _constraints(problem: Any) -> Sequence[Any]:
    found = problem.constraints
    return list(found() if callable(found) else found.values())
