"""HiGHS and CBC answer the same questions; statuses are told apart; the same plan gives the same schedule."""

from __future__ import annotations

import gc
import subprocess
import sys
import time
import weakref
from pathlib import Path

import numpy as np
import pytest
from oracle.tiny import tiny_plan

from lotsplit.errors import WrongUsage
from lotsplit.evaluation import evaluate
from lotsplit.optimizer import optimize
from lotsplit.optimizer.solver import SOLVERS, Clock, ColumnBlock, LinearProgram, Status


def program(solver: str) -> LinearProgram:
    """Minimise 2 x + 3 y with x + 2 y >= 3 and 7 x + y <= 10; slack costs 100."""
    made = LinearProgram(solver, Clock(time.monotonic() + 20, lambda: False))
    made.add_row(3.0, np.inf)
    made.add_row(-np.inf, 10.0)
    slack = ColumnBlock(
        np.array([100.0, 100.0]), np.full(2, np.inf), np.array([0, 1, 2]), np.array([0, 1]), np.array([1.0, -1.0])
    )
    made.add_columns(slack)
    entries = np.array([1.0, 7.0, 2.0, 1.0])
    made.add_columns(
        ColumnBlock(
            np.array([2.0, 3.0]), np.full(2, np.inf), np.array([0, 2, 4]), np.array([0, 1, 0, 1]), entries, True
        )
    )
    return made


@pytest.mark.parametrize("solver", SOLVERS)
def test_linear_and_integer_programs(solver):
    made = program(solver)
    linear = made.solve()
    assert linear.status is Status.OPTIMAL
    assert linear.objective == pytest.approx(4.5)
    assert linear.duals == pytest.approx([1.5, 0.0])
    whole = made.solve_integer(100)
    assert whole.status is Status.OPTIMAL
    assert whole.objective == pytest.approx(5.0)
    assert whole.values[2:] == pytest.approx([1.0, 1.0])


@pytest.mark.parametrize("solver", SOLVERS)
def test_a_row_added_later_counts(solver):
    made = program(solver)
    made.solve()
    made.add_filled_row(-np.inf, 0.5, np.array([3]), np.array([1.0]))
    answer = made.solve()
    assert answer.values[3] == pytest.approx(0.5)
    assert answer.objective > 4.5


def test_an_infeasible_program_is_called_so():
    made = program("highs")
    made.set_upper(np.arange(4), np.zeros(4))
    assert made.solve().status is Status.INFEASIBLE


def test_what_a_node_limit_stopped_is_not_called_optimal():
    draw = np.random.default_rng(0)
    size = 40
    made = LinearProgram("highs", Clock(time.monotonic() + 20, lambda: False))
    rows = 5
    weights = draw.integers(0, 100, (rows, size)).astype(float)
    for row in range(rows):
        half = float(weights[row].sum() // 2)
        made.add_row(half, half)
    # market split (Cornuejols and Dawande 1999): a few equations over many whole columns, hard for branch and bound
    slack = np.vstack([np.eye(rows), -np.eye(rows)]).reshape(-1)
    made.add_columns(
        ColumnBlock(
            np.ones(2 * rows),
            np.full(2 * rows, np.inf),
            np.arange(2 * rows + 1),
            np.tile(np.arange(rows), 2),
            slack[slack != 0],
        )
    )
    made.add_columns(
        ColumnBlock(
            np.zeros(size),
            np.ones(size),
            np.arange(size + 1) * rows,
            np.tile(np.arange(rows), size),
            weights.T.reshape(-1),
            True,
        )
    )
    answer = made.solve_integer(3)
    assert answer.status in (Status.FEASIBLE, Status.UNKNOWN)
    assert answer.bound < answer.objective - 0.5


def test_cbc_finds_what_highs_finds():
    for seed in (1, 2, 3, 5, 8):
        plan, rules = tiny_plan(seed)
        ours, theirs = (optimize(plan, rules, solver=solver) for solver in SOLVERS)
        assert (ours.schedule is None) == (theirs.schedule is None)
        if ours.schedule is not None and theirs.schedule is not None:
            one, other = (evaluate(plan, rules, r.schedule) for r in (ours, theirs))
            assert other.objective == pytest.approx(one.objective, rel=1e-4, abs=0.01)
            assert not other.broken


def test_an_unknown_solver_is_wrong_usage():
    plan, rules = tiny_plan(1)
    with pytest.raises(WrongUsage, match="there is no solver"):
        optimize(plan, rules, solver="cplex")


def test_the_same_plan_and_seed_give_the_same_schedule():
    for seed in range(6):
        plan, rules = tiny_plan(seed)
        assert optimize(plan, rules, seed=3).schedule == optimize(plan, rules, seed=3).schedule


def test_a_process_in_which_highs_ran_on_two_threads_can_optimise():
    """In a process of its own: HiGHS keeps its number of threads as long as one lives."""
    script = """
import pulp
problem = pulp.LpProblem("first", pulp.LpMinimize)
x = problem.add_variable("x", 0, 1) if hasattr(problem, "add_variable") else pulp.LpVariable("x", 0, 1)
problem += x
problem += x >= 0.5
problem.solve(pulp.HiGHS(msg=False, threads=2))
from lotsplit.workbook import read_plan
from lotsplit.optimizer import optimize
from pathlib import Path
plan, rules, _ = read_plan(Path("examples/first-plan.xlsx"))
print(optimize(plan, rules, time_limit=10).stop.value)
"""
    top = Path(__file__).parents[2]
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=top, timeout=60)
    assert run.stdout.strip().endswith("optimal"), run.stderr


def test_a_linear_program_that_is_not_needed_any_more_gives_its_memory_back():
    """HiGHS keeps what it calls between iterations, which must not keep the program."""
    made = program("highs")
    made.solve()
    seen = weakref.ref(made)
    del made
    gc.collect()
    assert seen() is None
