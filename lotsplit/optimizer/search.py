"""The search on one screen: column generation over packings, rounding, an integer program over what is left, a proven bound.

Dantzig and Wolfe, Operations Research 8 (1960), for the decomposition; the model's section 8 for what is particular here.
"""

from __future__ import annotations

import time

import numpy as np

from lotsplit.evaluation import largest_priority
from lotsplit.market import Market
from lotsplit.optimizer.arrays import Contents
from lotsplit.optimizer.closing import LotProgram, lots_worth_keeping
from lotsplit.optimizer.columns import Columns
from lotsplit.optimizer.incumbent import Incumbent, assess, schedule_of
from lotsplit.optimizer.master import Master
from lotsplit.optimizer.pools import pools_of_plan
from lotsplit.optimizer.pricing import Priced, Pricer, enumerate_small
from lotsplit.optimizer.rows import Rows, Weights, no_prices
from lotsplit.optimizer.slots import SetLoads
from lotsplit.optimizer.solver import Clock, Status
from lotsplit.plan import TenderPlan
from lotsplit.result import Aim, Progress, Result, Silent, SolverRecord, Stop
from lotsplit.rules import Rules


def weights_of(aim: Aim, plan: TenderPlan, rules: Rules) -> Weights:
    """What an aim maximises (model, section 6)."""
    if aim is Aim.COST:
        return Weights(sme=0.0, cost=1.0, thin=1.0, overflow=0.0)
    return Weights(sme=1.0, cost=rules.extra_cost_weight, thin=1.0, overflow=largest_priority(plan))


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
    begun = time.monotonic()
    progress = Silent() if progress is None else progress
    clock = Clock(begun + time_limit, progress.stopped)
    market = Market(plan, rules)
    pools = pools_of_plan(plan, rules)
    contents = Contents(plan, rules, market, pools)
    undivided = contents.add_undivided()
    small = enumerate_small(contents)
    contents.make_options(np.arange(len(contents)))
    rows, weights, loads = Rows(contents), weights_of(aim, plan, rules), SetLoads(contents)
    pricer = Pricer(rows, weights, loads, small, undivided)
    base = contents.all_options()
    constant = 0.0
    for options in base:
        if not options.reserved:
            mine = np.isin(options.content, undivided)
            constant += weights.cost * float(options.extra[mine].sum())
    columns = Columns(rows, weights, loads)
    master = Master(columns, weights, solver, clock, 10.0 * plan.value)
    priced = pricer.price(no_prices(rows))
    best_priced = priced
    everything = np.arange(len(pools))
    columns.add(*pricer.packings(priced, everything))
    columns.add(*pricer.whole_packages(priced, np.flatnonzero(np.isfinite(priced.undivided_value))))
    incumbent: Incumbent | None = None
    point = None
    for round_ in range(200):
        solved = master.solve()
        if solved is None:
            break
        point, prices = solved
        cells = master.violated_cells(point.weights)
        if cells:
            master.add_capacity_rows(cells)
            continue
        priced = pricer.price(prices)
        if priced.bound < best_priced.bound:
            best_priced = priced
        added = columns.add(*pricer.packings(priced, everything))
        added2 = columns.add(*pricer.whole_packages(priced, np.flatnonzero(np.isfinite(priced.undivided_value))))
        if best_priced.bound - (-point.objective) <= 1e-9 * plan.value or len(added) + len(added2) == 0:
            break
    print(
        "rounds",
        round_,
        "lp",
        -point.objective + constant,
        "bound",
        best_priced.bound + constant,
        "slack",
        point.slack,
        point.missing,
        len(columns),
    )
    master.take_columns()
    answer = master.program.solve_integer(5000)
    if answer.status in (Status.OPTIMAL, Status.FEASIBLE):
        pt = master.point(answer)
        chosen = np.flatnonzero(pt.weights > 0.5)
        cand = assess(pricer, columns.lots.take(np.isin(columns.column_of_lot(), chosen)))
        print("mip", cand.value + constant, cand.feasible)
        if cand.feasible and not (pt.missing > 1e-6).any():
            incumbent = cand
    at_least = -np.inf if incumbent is None else incumbent.value - 1e-9 * plan.value
    bound = best_priced.bound
    lots = lots_worth_keeping(pricer, best_priced, at_least)
    print("kept", None if lots is None else len(lots))
    if lots is not None:
        closed = LotProgram(pricer, lots, solver, clock).solve(50000, 1e-9 * plan.value)
        print("closed", closed.value + constant, closed.bound + constant, closed.status)
        bound = min(bound, max(closed.bound, at_least))
        if closed.lots is not None:
            cand = assess(pricer, closed.lots)
            if cand.feasible and (incumbent is None or cand.value > incumbent.value):
                incumbent = cand
    if incumbent is None:
        return Result(None, bound + constant, Stop.OPTIMAL, time.monotonic() - begun, aim)
    return Result(
        schedule_of(contents, incumbent.lots),
        max(bound, incumbent.value) + constant,
        Stop.OPTIMAL,
        time.monotonic() - begun,
        aim,
        solver=SolverRecord(solver, "", clock.linear_programs, clock.integer_programs, len(columns)),
    )
