"""The compact model in PuLP, solved by CBC or by HiGHS."""

from __future__ import annotations

import re
import tempfile
import time
from math import isfinite
from pathlib import Path

import highspy
import pulp
from compact import NotModelled, TooLarge, compact_of
from found import Found
from linear import Statement
from pieces import THOUSAND

from lotsplit.plan import TenderPlan
from lotsplit.rules import Rules

# at its own tolerance CBC called a schedule optimal, of a tiny plan, that another beat by 29,000
CAREFUL = ["primalT 1e-8"]


def solve(plan: TenderPlan, rules: Rules, time_limit: float, solver: str, threads: int = 1) -> Found:
    """The schedule that "cbc" or "highs" finds for the compact model; building the model counts as time."""
    begun = time.perf_counter()
    try:
        compact = compact_of(plan, rules)
    except (TooLarge, NotModelled) as reason:
        return Found(None, None, time.perf_counter() - begun, str(reason))
    statement = Statement(compact)
    problem, columns = stated(statement)
    left = time_limit - (time.perf_counter() - begun)
    size = f"{len(columns):,} columns, {len(statement.model.rows):,} rows"
    if left <= 0:
        return Found(None, None, time.perf_counter() - begun, f"no time left after building: {size}")
    status, bound = (_by_cbc if solver == "cbc" else _by_highs)(problem, left, threads)
    values = [column.varValue for column in columns]
    schedule = None
    if problem.sol_status in (pulp.LpSolutionOptimal, pulp.LpSolutionIntegerFeasible) and None not in values:
        schedule = statement.schedule(values)
    if bound is not None:
        bound = (statement.model.constant - bound) * THOUSAND
    note = f"{compact.setting.menu.name}: {status}; {size}"
    return Found(schedule, bound if compact.proves else None, time.perf_counter() - begun, note)


def stated(statement: Statement) -> tuple[pulp.LpProblem, list[pulp.LpVariable]]:
    """The model as a minimisation in PuLP, so that no bound changes its sign on the way, and its columns in order."""
    model = statement.model
    problem = pulp.LpProblem("compact", pulp.LpMinimize)
    columns = [
        problem.add_variable(f"x{n}", 0, upper, pulp.LpInteger if whole else pulp.LpContinuous)
        for n, (upper, whole) in enumerate(zip(model.upper, model.whole))
    ]
    problem += pulp.LpAffineExpression((column, -profit) for column, profit in zip(columns, model.profit))
    for entries, least, most in model.rows:
        left = pulp.LpAffineExpression((columns[n], amount) for n, amount in entries)
        if least == most:
            problem += left == least
            continue
        if isfinite(most):
            problem += left <= most
        if isfinite(least):
            problem += left >= least
    return problem, columns


def _by_highs(problem: pulp.LpProblem, seconds: float, threads: int) -> tuple[str, float | None]:
    """HiGHS's own status and bound. Its presolve took 31 of 32 seconds of a plan of 12 items, 3 of which are enough without it."""
    problem.solve(pulp.HiGHS(msg=False, threads=threads, timeLimit=seconds, gapRel=1e-6, presolve="off"))
    highs = problem.solverModel
    information = highs.getInfo()
    if information.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        problem.sol_status = pulp.LpSolutionNoSolutionFound
    bound = information.mip_dual_bound
    return highs.modelStatusToString(highs.getModelStatus()).lower(), bound if isfinite(bound) else None


def _by_cbc(problem: pulp.LpProblem, seconds: float, threads: int) -> tuple[str, float | None]:
    """What the log of CBC says of status and bound; PuLP passes neither on."""
    path = getattr(pulp.PULP_CBC_CMD, "pulp_cbc_path", None) or "cbc"
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        problem.solve(
            pulp.COIN_CMD(path=path, msg=False, threads=threads, timeLimit=seconds, options=CAREFUL, logPath=str(log))
        )
        words = log.read_text()
    status = re.findall(r"^Result - (.*)$", words, re.MULTILINE)
    bound = re.findall(r"^(?:Lower bound|Objective value): +(\S+)$", words, re.MULTILINE)
    if not status:
        return "infeasible" if "infeasible" in words else "no result", None
    return status[-1].strip().lower(), float(bound[-1]) if bound else None
