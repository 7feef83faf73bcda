"""lotsplit check: read and check a plan only."""

from __future__ import annotations

from pathlib import Path

import click

from lotsplit.cli.options import force_option, json_option, plan_argument, quiet_option, set_option
from lotsplit.cli.terminal import Terminal


@click.command()
@plan_argument
@click.option(
    "--annotate",
    type=click.Path(path_type=Path),
    metavar="COPY.xlsx",
    help="Write a copy of the workbook with a note on each cell that has a problem.",
)
@json_option("Write the problems as JSON too.")
@set_option
@force_option
@quiet_option
@click.pass_context
def check(
    context: click.Context,
    plan: Path,
    annotate: Path | None,
    json_file: Path | None,
    settings: dict[str, str],
    force: bool,
) -> None:
    """Read a plan and tell everything that is wrong with it.

    Problems go to stderr, a line each, with sheet and cell; warnings begin with "warning:". The exit status is 3
    when there are errors.

    \b
    Example: lotsplit check plan.xlsx
    Example: lotsplit check plan.xlsx --annotate plan-marked.xlsx
    """
    from lotsplit import PlanErrors, run

    terminal: Terminal = context.obj
    run.refuse([annotate, json_file], [plan], force)
    question, problems = run.check(plan, settings, annotated=annotate, json_file=json_file)
    terminal.problems(problems)
    errors = sum(problem.stops for problem in problems)
    warnings = len(problems) - errors
    if question is not None:
        given, currency = question.plan, question.rules.currency
        terminal.result(
            f"{plan}: {_count(len(given.packages), 'package')}, {_count(len(given.items), 'item')},"
            f" {_count(len(given.suppliers), 'supplier or segment', 'suppliers or segments')},"
            f" value {given.value:,.2f} {currency}"
        )
    terminal.result(f"{plan}: {_count(errors, 'error')}, {_count(warnings, 'warning')}")
    terminal.written(annotate, json_file)
    if errors:
        context.exit(PlanErrors.exit_status)


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"
