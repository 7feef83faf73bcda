"""One run: read, check, optimise, evaluate, and write whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

# The verbs are taken from the package, which imports a room when its verb is called: checking a plan loads no solver.
import lotsplit
from lotsplit.errors import Interrupted, NoSchedule, PlanErrors, Unwritable, WrongUsage
from lotsplit.limits import BUDGET, REGION_FLOOR, SHARE_FLOOR, limits_of
from lotsplit.plan import TenderPlan
from lotsplit.problems import Problem, Source
from lotsplit.result import Aim, Progress, Relaxation, Result, Silent, Stop
from lotsplit.rules import RULES, Rules
from lotsplit.whole_file import whole_file

if TYPE_CHECKING:
    from lotsplit.evaluation import Evaluation

COMMAND_LINE = Source("--set")
EXAMPLES = ("first-plan.xlsx", "packages-only.xlsx", "regional-stimulus.xlsx")


@dataclass(frozen=True, slots=True)
class Question:
    """A plan as read, the rules in force, and the warnings it was read with."""

    plan: TenderPlan
    rules: Rules
    warnings: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """A question, the figures of a schedule for it, and how the search went (None: the schedule was given)."""

    question: Question
    evaluation: Evaluation
    result: Result | None
    warnings: tuple[Problem, ...]


def refuse(outputs: Sequence[Path | None], inputs: Sequence[Path], force: bool) -> None:
    """Refuse outputs before any long work: what would be lost is not at stake yet.

    Raises WrongUsage for an output that is an input, that is named twice, or that exists while `force` is not given
    (it may hold an officer's edits); Unwritable for one whose folder is missing or may not be written.
    """
    seen: list[Path] = []
    for output in (path for path in outputs if path is not None):
        try:
            if any(_same(output, given) or _is_sheet_of(output, given) for given in inputs):
                raise WrongUsage(f"{output} is an input of this run; choose another file for the output")
            if any(_same(output, other) for other in seen):
                raise WrongUsage(f"{output} is named for two outputs; choose another file for one of them")
            _refuse_existing(output, force)
        except OSError as error:
            raise Unwritable(f"{output} cannot be written: {(error.strerror or str(error)).lower()}") from error
        seen.append(output)


def _refuse_existing(output: Path, force: bool) -> None:
    if output.exists():
        if not output.is_file():
            raise Unwritable(f"{output} cannot be written: it is not an ordinary file")
        if not force:
            raise WrongUsage(f"{output} exists already and may hold edits; give --force to replace it")
    folder = output.resolve().parent
    if not folder.is_dir():
        raise Unwritable(f"{output} cannot be written: there is no folder {folder}")
    if not os.access(folder, os.W_OK):
        raise Unwritable(f"{output} cannot be written: the folder {folder} may not be written to")


def _is_sheet_of(output: Path, plan: Path) -> bool:
    return plan.is_dir() and output.suffix.lower() == ".csv" and _same(output.parent, plan)


def _same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve() or (one.exists() and other.exists() and one.samefile(other))


def schedule_path(plan: Path) -> Path:
    """Where a plan's lot schedule goes when nothing else is said: PLAN-lots.xlsx beside it."""
    whole = plan.resolve()
    name = whole.name if whole.is_dir() else whole.stem
    return plan.parent / f"{name}-lots.xlsx" if plan.name else whole.parent / f"{name}-lots.xlsx"


def read(plan: Path, settings: Mapping[str, str]) -> Question:
    """Read and check a plan; `settings` are rules from the command line.

    Raises Unreadable; PlanErrors; WrongUsage where nothing but the settings is wrong.
    """
    try:
        return Question(*lotsplit.read_plan(plan, settings))
    except PlanErrors as errors:
        wrong = [problem for problem in errors.problems if problem.stops]
        if all(problem.source == COMMAND_LINE for problem in wrong):
            raise WrongUsage("; ".join(map(str, wrong))) from errors
        raise


def optimize(
    question: Question,
    *,
    aim: Aim,
    gap: float,
    time_limit: float,
    solver: str,
    seed: int,
    progress: Progress | None = None,
) -> Answer:
    """Divide a plan into lots and evaluate the division.

    gap: of the plan's value. time_limit: seconds of search. Raises NoSchedule, naming what clashes, when no schedule
    meets every limit; Interrupted when stopped before there was one; WrongUsage for a least cost without a share.
    """
    plan, rules = question.plan, question.rules
    if aim is Aim.COST and not any(limit.kind in (SHARE_FLOOR, REGION_FLOOR) for limit in limits_of(plan, rules)):
        raise WrongUsage(
            "the least cost of which SME share? Give --min-sme-share, or min_sme_share in the sheet Rules or Regions"
        )
    result = lotsplit.optimize(
        plan,
        rules,
        aim=aim,
        gap=gap,
        time_limit=time_limit,
        solver=solver,
        seed=seed,
        progress=progress or Silent(),
    )
    if result.schedule is None:
        if result.stop is Stop.INTERRUPTED:
            raise Interrupted("stopped before there was any schedule; nothing was written")
        raise NoSchedule(_clash(result, rules.currency))
    return Answer(question, lotsplit.evaluate(plan, rules, result.schedule), result, question.warnings)


def evaluate(question: Question, schedule: Path) -> Answer:
    """Score a schedule made or edited by hand. Raises PlanErrors or Unreadable for the schedule's file."""
    given, warnings = lotsplit.read_schedule(schedule, question.plan)
    figures = lotsplit.evaluate(question.plan, question.rules, given)
    return Answer(question, figures, None, (*question.warnings, *warnings))


def write(answer: Answer, workbook: Path | None, json_file: Path | None) -> None:
    """Write the schedule workbook and the JSON, where asked for. Raises Unwritable."""
    plan, rules = answer.question.plan, answer.question.rules
    if workbook is not None:
        lotsplit.write_schedule(workbook, plan, rules, answer.evaluation, answer.result, warnings=answer.warnings)
    if json_file is not None:
        lotsplit.write_json(json_file, plan, rules, answer.evaluation, answer.result)


def headline(answer: Answer) -> list[str]:
    """The key figures of a schedule in a few sentences, the most important first."""
    question = answer.question
    return lotsplit.headline(question.plan, question.rules, answer.evaluation, answer.result)


def broken_rules(answer: Answer) -> list[str]:
    """Every rule that a schedule breaks, in words: what is asked for, where, and what is reached."""
    return [lotsplit.check_words(check, answer.question.rules.currency) for check in answer.evaluation.broken]


def check(
    plan: Path, settings: Mapping[str, str], *, annotated: Path | None, json_file: Path | None
) -> tuple[Question | None, tuple[Problem, ...]]:
    """Everything that is wrong with a plan, and the plan where it can be used; writes the marked copy and the JSON."""
    question = None
    try:
        question = read(plan, settings)
        problems = question.warnings
    except PlanErrors as errors:
        problems = errors.problems
    if annotated is not None:
        lotsplit.annotate(plan, annotated, problems)
    if json_file is not None:
        _write_document(json_file, {"file": plan.name, "problems": [_problem(problem) for problem in problems]})
    return question, problems


def write_rules(json_file: Path) -> None:
    """Every declared rule as JSON: its fields, blank ones as null."""
    _write_document(json_file, {"rules": [asdict(rule) for rule in RULES]})


def write_examples(folder: Path, force: bool = False) -> tuple[Path, ...]:
    """Write the example plans that come with lotsplit into a folder, which is made if it is missing.

    Raises WrongUsage, before anything is written, if one of them exists and `force` is not given; Unwritable.
    """
    packaged = Path(__file__).parent / "example_plans"
    # A source checkout has them beside the package; the wheel puts them inside it.
    source = packaged if packaged.is_dir() else Path(__file__).parent.parent / "examples"
    examples = [source / name for name in EXAMPLES]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unwritable(f"{folder} cannot be made: {(error.strerror or str(error)).lower()}") from error
    targets = tuple(folder / example.name for example in examples)
    refuse(targets, examples, force)
    for example, target in zip(examples, targets, strict=True):
        with whole_file(target) as temporary:
            shutil.copyfile(example, temporary)
    return targets


def _clash(result: Result, currency: str) -> str:
    if not result.relaxations:
        return f"no schedule that meets every limit was found (search ended: {result.stop}); that there is none is not proven"
    opening = (
        "no schedule meets every limit; one would, if these gave way by this much:"
        if result.proven
        else "no schedule that meets every limit was found (that there is none is not proven); one would, with:"
    )
    return "\n".join([opening, *(relaxation_sentence(relaxation, currency) for relaxation in result.relaxations)])


def relaxation_sentence(relaxation: Relaxation, currency: str) -> str:
    """By how much a limit would have to give way: "budget ERDF 2027, North: 1,240,000.00 EUR short"."""
    limit, amount = relaxation.limit, relaxation.amount
    name = limit.sentence.rpartition(":")[0] or limit.sentence
    scope = f", {relaxation.scope}" if relaxation.scope else ""
    if limit.unit == "money":
        quantity = f"{amount:,.2f} {currency}"
    elif limit.unit == "share":
        quantity = f"{amount:.2%} of the value".replace("%", " %")
    else:
        quantity = f"{amount:,.0f} " + ("lot" if round(amount) == 1 else "lots")
    # A ceiling on money is short of it; any other upper limit is exceeded.
    return f"{name}{scope}: {quantity} {'too much' if limit.at_most and limit.kind != BUDGET else 'short'}"


def _problem(problem: Problem) -> dict[str, object]:
    source = problem.source
    return {
        "code": problem.kind.code,
        "severity": "error" if problem.stops else "warning",
        "sheet": source.sheet if source else None,
        "cell": str(source).removeprefix(f"{source.sheet}!") if source and source.row is not None else None,
        "found": problem.found,
        "expected": problem.expected,
        "hint": problem.hint,
        "sentence": str(problem),
    }


def _write_document(path: Path, document: dict[str, object]) -> None:
    with whole_file(path) as temporary:
        text = json.dumps({"lotsplit": lotsplit.__version__, **document}, indent=2, ensure_ascii=False, allow_nan=False)
        temporary.write_text(text + "\n", encoding="utf-8")
