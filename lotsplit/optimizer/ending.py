"""Why a search ended: what it may say of its answer (model, section 7); and what it used."""

from __future__ import annotations

from importlib.metadata import version

from lotsplit.optimizer.compiled import there_is_a_kernel
from lotsplit.optimizer.solver import Clock
from lotsplit.result import SolverRecord, Stop

# of the plan's value: a gap within which an answer counts as proven the best
PROOF = 1e-7


def stop_of(gap: float, value: float, asked: float, clock: Clock, hurried: bool) -> Stop:
    """Why a search ended that left this gap. gap, asked: money. value: of the plan. hurried: steps were left out for want of time."""
    if gap <= PROOF * value:
        return Stop.OPTIMAL
    if clock.stopped():
        return Stop.INTERRUPTED
    if clock.left() <= 0:
        return Stop.TIME_LIMIT
    if gap <= asked:
        return Stop.GAP
    return Stop.TIME_LIMIT if hurried else Stop.NO_PROGRESS


def record_of(solver: str, clock: Clock, columns: int) -> SolverRecord:
    """What a search used: its solver, programs solved, columns, and whether the compiled kernel was there."""
    found = version("highspy") if solver == "highs" else f"through PuLP {version('pulp')}"
    return SolverRecord(solver, found, clock.linear_programs, clock.integer_programs, columns, there_is_a_kernel())
