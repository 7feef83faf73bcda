"""The call of the search, and what it leaves in memory."""

from __future__ import annotations

import gc
import time

from lotsplit.errors import WrongUsage
from lotsplit.optimizer.compiled import give_back
from lotsplit.optimizer.search import Search
from lotsplit.optimizer.solver import SOLVERS, Clock
from lotsplit.plan import TenderPlan
from lotsplit.result import Aim, Progress, Result, Silent
from lotsplit.rules import Rules


def optimize(
    plan: TenderPlan,
    rules: Rules,
    *,
    aim: Aim = Aim.OBJECTIVE,
    gap: float = 0.001,
    time_limit: float = 300.0,
    solver: str = "highs",
    seed: int = 0,
    progress: Progress | None = None,
) -> Result:
    """Divide a plan into lots as well as possible, with a proven bound (model, sections 6 and 7).

    gap: of the plan's value, at which the search may stop; small plans are solved to proven optimality all the same.
    time_limit: seconds of search. solver: "highs" or "cbc" (raises WrongUsage where PuLP finds none). seed: of the
    order in which rounding visits packages. A plan that has no schedule gives a Result without one.
    """
    if solver not in SOLVERS:
        raise WrongUsage(f'there is no solver "{solver}"; expected one of {", ".join(SOLVERS)}')
    progress = Silent() if progress is None else progress
    clock = Clock(time.monotonic() + time_limit, progress.stopped)
    search = Search(plan, rules, aim, gap * plan.value, solver, seed, clock, progress)
    try:
        search.run()
    finally:
        search.pricer.wide.close()
    result = search.result()
    # it refers to itself, and its memory is wanted where the schedule is written
    del search
    gc.collect()
    give_back()
    return result
