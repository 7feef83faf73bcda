"""The sheet Run: the audit trail of a schedule."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

from lotsplit import __version__
from lotsplit.evaluation import Evaluation
from lotsplit.plan import TenderPlan, first_day, last_day
from lotsplit.report.key_figures import aim_value, room_above
from lotsplit.report.workbook.page import Cells, Figure, Page
from lotsplit.result import Aim, Result
from lotsplit.rules import Rules
from lotsplit.sheets.report import RUN

_PARTICIPATION = {
    "market": "from the supplier register of the plan",
    "curve": "from a participation curve, for the plan has no supplier register",
}


def write_run(page: Page, plan: TenderPlan, rules: Rules, evaluation: Evaluation, result: Result | None) -> None:
    """Input, versions, then what the search did; a schedule that was only scored has no search."""
    rows = [*_input_rows(plan, evaluation), *_version_rows(), *_search_rows(plan, evaluation, result)]
    page.table(RUN, rows)
    page.finish()


def _row(entry: str, value: Figure, meaning: str) -> Cells:
    return {"entry": Figure(entry, "figure"), "value": value, "meaning": meaning}


def _text(entry: str, value: str, meaning: str) -> Cells:
    return _row(entry, Figure(value, "text"), meaning)


def _input_rows(plan: TenderPlan, evaluation: Evaluation) -> list[Cells]:
    return [
        _text("input file", plan.file_name or "not from a file", "the tender plan that was read"),
        _text("SHA-256", plan.sha256 or "not from a file", "checksum of the input: tells whether it was changed since"),
        _row("first month", Figure(first_day(plan.first_month), "left month"), "first month of the plan"),
        _row("last month", Figure(last_day(plan.last_month), "left month"), "last month of the plan"),
        _text(
            "participation",
            evaluation.participation,
            f"chances that SMEs win, {_PARTICIPATION[evaluation.participation]}",
        ),
    ]


def _version_rows() -> list[Cells]:
    return [
        _text("lotsplit", __version__, "version"),
        _text("Python", platform.python_version(), "version"),
        *(_text(name, _version(name), "version of the library") for name in ("pulp", "highspy", "numpy")),
    ]


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _search_rows(plan: TenderPlan, evaluation: Evaluation, result: Result | None) -> list[Cells]:
    objective = _row(
        "objective",
        Figure(evaluation.objective, "left money"),
        "of this schedule, worked out anew from its lots (model, section 6)",
    )
    if result is None:
        return [_text("search", "none", "the schedule was scored as it is"), objective]
    rows = [
        _text("aim", result.aim.value, "what was optimised: the objective, or the least cost"),
        _text("stop reason", result.stop.value, "why the search ended; optimal only where it is proven"),
        objective,
    ]
    if result.aim is Aim.COST:
        meaning = "reached: minus the extra cost and the value of thin lots"
        rows.append(_row("aim value", Figure(aim_value(evaluation, result), "left money"), meaning))
    rows += _bound_rows(plan, evaluation, result)
    rows.append(_row("seconds", Figure(result.seconds, "left seconds"), "time of the search"))
    rows += [
        _row(f"seconds: {phase}", Figure(seconds, "left seconds"), "time of this phase of the search")
        for phase, seconds in result.seconds_by_phase.items()
    ]
    if result.solver is not None:
        solver = result.solver
        rows += [
            _text("solver", f"{solver.name} {solver.version}".strip(), "of the linear and integer programs"),
            _row("linear programs", Figure(solver.linear_programs, "left whole"), "number solved"),
            _row("integer programs", Figure(solver.integer_programs, "left whole"), "number solved"),
            _row("columns", Figure(solver.columns, "left whole"), "packings looked at"),
            _text(
                "compiled", "yes" if solver.compiled else "no", "without its compiled part the search finds other lots"
            ),
        ]
    return rows


def _bound_rows(plan: TenderPlan, evaluation: Evaluation, result: Result) -> list[Cells]:
    room = room_above(evaluation, result)
    if room is None:
        return [_text("bound", "none proven", "an upper end of what any schedule could reach")]
    return [
        _row(
            "bound",
            Figure(result.bound, "left money"),
            "proven upper end of the aim of any schedule (model, section 7)",
        ),
        _row("gap", Figure(room / plan.value, "left fine share"), "bound less what is reached, per value of the plan"),
        _row(
            "relative gap",
            Figure(room / max(abs(result.bound), 1.0), "left fine share"),
            "bound less what is reached, per bound: the measure of solvers; large where the bound is near zero",
        ),
    ]
