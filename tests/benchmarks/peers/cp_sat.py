"""The compact model for OR-Tools' CP-SAT, which knows whole numbers only.

Money columns count cents, and the coefficients of a row are multiplied by a power of ten and rounded. A row gives way by
what rounding can make up (of rival columns only one counts), and so does the objective: every solution of the compact
model is still one, and the bound holds for it as it does for the other solvers.
"""

from __future__ import annotations

import time
from math import ceil, floor, isfinite

from compact import NotModelled, TooLarge, compact_of
from found import Found
from linear import Entries, LinearModel, Statement
from pieces import THOUSAND

from lotsplit.plan import TenderPlan
from lotsplit.rules import Rules

CENTS = round(100 * THOUSAND)
MOST = 1e17


def solve(plan: TenderPlan, rules: Rules, time_limit: float) -> Found:
    """The schedule that CP-SAT finds for the compact model; building the model counts as time."""
    from ortools.sat.python import cp_model

    begun = time.perf_counter()
    try:
        compact = compact_of(plan, rules)
    except (TooLarge, NotModelled) as reason:
        return Found(None, None, time.perf_counter() - begun, str(reason))
    statement = Statement(compact)
    model, columns, scale, slack = stated(statement.model)
    size = f"{len(columns):,} columns, {len(statement.model.rows):,} rows"
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = time_limit - (time.perf_counter() - begun)
    if solver.parameters.max_time_in_seconds <= 0:
        return Found(None, None, time.perf_counter() - begun, f"no time left after building: {size}")
    status = solver.solve(model)
    schedule = None
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        schedule = statement.schedule([solver.value(column) for column in columns])
    bound = None
    if compact.proves and status not in (cp_model.MODEL_INVALID, cp_model.INFEASIBLE):
        bound = ((solver.best_objective_bound + slack) / scale + statement.model.constant) * THOUSAND
    note = f"{compact.setting.menu.name}: {solver.status_name(status).lower()}; {size}"
    return Found(schedule, bound, time.perf_counter() - begun, note)


def stated(model: LinearModel):
    """The model in CP-SAT, its columns in order, and of the objective the scale and what rounding can make up."""
    from ortools.sat.python import cp_model

    made = cp_model.CpModel()
    columns = [
        made.new_int_var(0, round(upper) if whole else ceil(upper * CENTS), "")
        for upper, whole in zip(model.upper, model.whole)
    ]
    for entries, least, most in model.rows:
        numbers, scale, slack = _rounded(model, entries)
        total = cp_model.LinearExpr.weighted_sum([columns[n] for n, _ in entries], numbers)
        if isfinite(most):
            made.add(total <= floor(most * scale + slack))
        if isfinite(least):
            made.add(total >= ceil(least * scale - slack))
    numbers, scale, slack = _rounded(model, list(enumerate(model.profit)))
    made.maximize(cp_model.LinearExpr.weighted_sum(columns, numbers))
    return made, columns, scale, slack


def _rounded(model: LinearModel, entries: Entries) -> tuple[list[int], int, float]:
    """Whole coefficients, their scale, and what rounding can make up: no more than a cent a column, if numbers allow."""
    if all(model.whole[n] and amount == round(amount) for n, amount in entries):
        return [round(amount) for _, amount in entries], 1, 0.0
    scale = CENTS
    while True:
        numbers, slack, total = _rounded_at(model, entries, scale)
        if slack <= scale / CENTS * len(entries) or 10 * total > MOST:
            return numbers, scale, slack
        scale *= 10


def _rounded_at(model: LinearModel, entries: Entries, scale: int) -> tuple[list[int], float, float]:
    """Whole coefficients at a scale, what rounding them and the money columns can make up, and the largest sum there can be."""
    numbers, total = [], 0.0
    slack: dict[int, float] = {}
    for n, amount in entries:
        exact = amount * scale / (1 if model.whole[n] else CENTS)
        most = model.upper[n] * (1 if model.whole[n] else CENTS)
        number = round(exact)
        off = abs(number - exact) * most + (0.0 if model.whole[n] else 0.5 * abs(number))
        slack[model.rival[n]] = max(slack.get(model.rival[n], 0.0), off)
        total += abs(number) * most
        numbers.append(number)
    return numbers, sum(slack.values()), total
