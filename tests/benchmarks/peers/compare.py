"""lotsplit beside what an analyst would use instead, on the same plans, for the same time, scored by lotsplit's evaluation.

    python tests/benchmarks/peers/compare.py --time-limit 60 [--plans "hamlet 1" first-plan] [--methods greedy CP-SAT]

Peers are the undivided plan, the spreadsheet's greedy cut, lotsplit where no item may be divided, and one compact mixed-integer
model (compact.py, pieces.py, linear.py) solved by CBC and HiGHS through PuLP and by CP-SAT (needs ortools), on all cores. A bound
is shown only where it holds for the true objective: of a compact model that leaves out no lot. Each method runs in a process of
its own (HiGHS keeps its number of threads for as long as a process lives). Nothing else heavy should run meanwhile.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import cp_sat
import greedy
import pulp_model
from found import Found

from lotsplit.evaluation import Evaluation, evaluate
from lotsplit.optimizer import optimize
from lotsplit.plan import TenderPlan
from lotsplit.rules import Rules
from lotsplit.schedule import undivided_plan
from lotsplit.workbook import read_plan

sys.path.insert(0, str(Path(__file__).parents[1]))
from generate import SIZES, Size, make

EXAMPLES = Path(__file__).parents[3] / "examples"
OURS = "lotsplit"
WHOLE_ITEMS = "lotsplit, whole items"

Question = tuple[TenderPlan, Rules]
Method = Callable[[TenderPlan, Rules, float], Found]


def _undivided(plan: TenderPlan, rules: Rules, time_limit: float) -> Found:
    return Found(undivided_plan(plan), None, 0.0, "")


def _lotsplit(plan: TenderPlan, rules: Rules, time_limit: float) -> Found:
    begun = time.perf_counter()
    result = optimize(plan, rules, time_limit=time_limit)
    note = result.stop.value
    if result.schedule is None:
        clash = ", ".join(relaxation.limit.id for relaxation in result.relaxations)
        note = f"{'proven' if result.proven else 'not proven'} that these clash: {clash}"
    return Found(result.schedule, result.bound, time.perf_counter() - begun, note)


def _lotsplit_whole_items(plan: TenderPlan, rules: Rules, time_limit: float) -> Found:
    """A schedule of the plan with whole items is one of the plan: if it is better, the search missed it. Its bound is not the plan's."""
    found = _lotsplit(*whole_items((plan, rules)), time_limit)
    return replace(found, bound=None, note=f"whole items: {found.note}")


THREADS = os.cpu_count() or 1

METHODS: Mapping[str, Method] = {
    "undivided": _undivided,
    "greedy": lambda plan, rules, time_limit: greedy.solve(plan, rules),
    "PuLP, CBC": lambda plan, rules, time_limit: pulp_model.solve(plan, rules, time_limit, "cbc", THREADS),
    "PuLP, HiGHS": lambda plan, rules, time_limit: pulp_model.solve(plan, rules, time_limit, "highs", THREADS),
    "CP-SAT": cp_sat.solve,
    WHOLE_ITEMS: _lotsplit_whole_items,
    OURS: _lotsplit,
}


def whole_items(question: Question) -> Question:
    """The same plan with no item divisible: the compact model can then be complete."""
    plan, rules = question
    packages = tuple(
        replace(package, items=tuple(replace(item, divisible=False) for item in package.items))
        for package in plan.packages
    )
    return replace(plan, packages=packages), rules


def small(size: Size, seed: int) -> Question:
    """A generated plan with its budgets raised: as they are, plans so small have no schedule."""
    plan, rules = make(size, seed)
    return replace(plan, budgets=tuple(replace(b, ceiling=EASED * b.ceiling) for b in plan.budgets)), rules


def _example(name: str) -> Question:
    plan, rules, _ = read_plan(EXAMPLES / f"{name}.xlsx")
    return plan, rules


EASED = 1.2
HAMLET = Size(4, 12, 24, 2, 14)
PARISH = Size(6, 20, 24, 4, 14)
VILLAGE = Size(8, 40, 30, 4, 14)

PLANS: Mapping[str, Callable[[], Question]] = {
    "hamlet 1, whole items": lambda: whole_items(small(HAMLET, 1)),
    "hamlet 2, whole items": lambda: whole_items(small(HAMLET, 2)),
    "hamlet 1": lambda: small(HAMLET, 1),
    "hamlet 3": lambda: small(HAMLET, 3),
    "first-plan": lambda: _example("first-plan"),
    "parish 1, whole items": lambda: whole_items(small(PARISH, 1)),
    "parish 1": lambda: small(PARISH, 1),
    "village 1, whole items": lambda: whole_items(small(VILLAGE, 1)),
    "village 1": lambda: small(VILLAGE, 1),
    "town 1": lambda: make(SIZES["town"], 1),
    "regional-stimulus": lambda: _example("regional-stimulus"),
}


@dataclass(frozen=True)
class Run:
    """One method on one plan; figures: of its schedule, None without one."""

    method: str
    found: Found
    figures: Evaluation | None

    @property
    def allowed(self) -> bool:
        """Whether there is a schedule that keeps to every limit."""
        return self.figures is not None and not self.figures.broken


def find(method: str, plan: TenderPlan, rules: Rules, time_limit: float) -> Found:
    """One method on one plan."""
    try:
        return METHODS[method](plan, rules, time_limit)
    except ModuleNotFoundError as missing:
        return Found(None, None, 0.0, f"{missing.name} is not installed")


def run(question: Question, methods: list[str], time_limit: float) -> list[Run]:
    """Every method on one plan."""
    plan, rules = question
    runs = []
    for method in methods:
        if method == WHOLE_ITEMS and not any(item.parts > 1 for item in plan.items):
            continue
        with multiprocessing.get_context("spawn").Pool(1) as process:
            found = process.apply(find, (method, plan, rules, time_limit))
        figures = None if found.schedule is None else evaluate(plan, rules, found.schedule)
        runs.append(Run(method, found, figures))
        print(f"  {method}: {found.seconds:.1f} s", file=sys.stderr)
    return runs


def alarms(runs: list[Run], value: float) -> list[str]:
    """Schedules better than lotsplit's, and allowed schedules above a bound that is said to be proven."""
    said = []
    little = 1e-6 * value
    ours = next((one.figures.objective for one in runs if one.method == OURS and one.figures and one.allowed), None)
    for one in runs:
        if not one.allowed or one.figures is None:
            continue
        reached = one.figures.objective
        if ours is not None and reached > ours + little:
            said.append(f"{one.method} beats {OURS}: {reached:,.0f} to {ours:,.0f} ({(reached - ours) / value:.3%})")
        said += [
            f"{one.method} has {reached:,.0f}, above the bound that {other.method} calls proven, {other.found.bound:,.0f}"
            for other in runs
            if other.found.bound is not None and reached > other.found.bound + little
        ]
    return said


HEADERS = (
    "plan", "packages/items", "method", "objective k", "SME share", "extra cost k", "proven bound k", "gap of value",
    "seconds", "note",
)  # fmt: skip


def row(name: str, plan: TenderPlan, one: Run) -> tuple[str, ...]:
    """A line of the table; the figures of a schedule that breaks a limit are in brackets."""
    found, figures = one.found, one.figures
    size = f"{len(plan.packages)}/{len(plan.items)}"
    bound = "-" if found.bound is None else f"{found.bound / 1e3:,.1f}"
    if figures is None:
        return name, size, one.method, "-", "-", "-", bound, "-", f"{found.seconds:.1f}", found.note
    amounts = (
        f"{figures.objective / 1e3:,.1f}",
        f"{figures.totals.expected_sme_share:.1%}",
        f"{figures.extra_cost / 1e3:,.1f}",
    )
    note = found.note
    if not one.allowed:
        amounts = tuple(f"({amount})" for amount in amounts)
        broken = figures.broken[0]
        more = f" and {len(figures.broken) - 1} more" if len(figures.broken) > 1 else ""
        note = "; ".join(part for part in (f"BREAKS {broken.rule} {broken.scope}".strip() + more, note) if part)
    gap = "-"
    if found.bound is not None and one.allowed:
        # a bound may lie below the objective by rounding
        gap = f"{max(0.0, found.bound - figures.objective) / plan.value:.3%}"
    return name, size, one.method, *amounts, bound, gap, f"{found.seconds:.1f}", note


def main() -> None:
    """Runs and prints."""
    parser = argparse.ArgumentParser(description="Compare lotsplit with other ways to divide a plan.")
    parser.add_argument("--time-limit", type=float, default=60.0)
    parser.add_argument("--plans", nargs="+", choices=list(PLANS), default=list(PLANS))
    parser.add_argument("--methods", nargs="+", choices=list(METHODS), default=list(METHODS))
    given = parser.parse_args()
    lines, said = [HEADERS, ("---",) * len(HEADERS)], []
    for name in given.plans:
        print(name, file=sys.stderr)
        question = PLANS[name]()
        runs = run(question, given.methods, given.time_limit)
        lines += [row(name, question[0], one) for one in runs]
        said += [f"{name}: {what}" for what in alarms(runs, question[0].value)]
    print("\n".join("| " + " | ".join(line) + " |" for line in lines))
    for what in said:
        print(f"\nALARM: {what}")


if __name__ == "__main__":
    main()
