"""lotsplit evaluate: score a schedule made or edited by hand."""

from __future__ import annotations

from pathlib import Path

import click

from lotsplit.cli.options import force_option, json_option, output_option, plan_argument, quiet_option, set_option
from lotsplit.cli.terminal import Terminal


@click.command()
@plan_argument
@click.argument("schedule", type=click.Path(path_type=Path))
@output_option("Write the scored schedule as a workbook.")
@json_option("Write the schedule and all its figures as JSON.")
@set_option
@force_option
@quiet_option
@click.pass_obj
def evaluate(
    terminal: Terminal,
    plan: Path,
    schedule: Path,
    output: Path | None,
    json_file: Path | None,
    settings: dict[str, str],
    force: bool,
) -> None:
    """Score a schedule made or edited by hand.

    Every figure of the schedule as it stands, and every rule that it breaks.

    The exit status is 0 also when rules are broken: the figures are then those of the schedule as it stands.

    \b
    Example: lotsplit evaluate plan.xlsx plan-lots.xlsx --output plan-lots-scored.xlsx
    """
    from lotsplit import run

    run.refuse([output, json_file], [plan, schedule], force)
    question = run.read(plan, settings)
    answer = run.evaluate(question, schedule)
    terminal.problems(answer.warnings)
    run.write(answer, output, json_file)
    terminal.sentences(run.headline(answer))
    for broken in run.broken_rules(answer):
        terminal.result(f"broken: {broken}")
    terminal.written(output, json_file)
