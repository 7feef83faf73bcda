"""lotsplit optimize: divide a plan into lots."""

from __future__ import annotations

from pathlib import Path

import click

from lotsplit.cli.options import (
    Finite,
    Share,
    force_option,
    json_option,
    output_option,
    plan_argument,
    quiet_option,
    set_option,
)
from lotsplit.cli.terminal import Search, Terminal


@click.command()
@plan_argument
@output_option("The lot schedule; default PLAN-lots.xlsx beside PLAN.")
@json_option("Write the schedule and all its figures as JSON too.")
@set_option
@click.option(
    "--minimise",
    type=click.Choice(["cost"]),
    help="The least cost at which the SME share of --min-sme-share is reached, instead of the best balance.",
)
@click.option("--min-sme-share", type=Share(), metavar="S", help="Least expected SME share of the plan: 0.4 or 40%.")
@click.option(
    "--gap",
    type=Share(),
    metavar="G",
    default=0.001,
    show_default=True,
    help="End the search when no schedule can be better by more than this share of the plan's value; 0 asks for proof.",
)
@click.option(
    "--time-limit",
    type=Finite(min=0, min_open=True, max=7 * 24 * 3600),
    metavar="SECONDS",
    default=300.0,
    show_default=True,
    help="Longest time to search.",
)
@click.option(
    "--solver",
    type=click.Choice(["highs", "cbc"]),
    default="highs",
    show_default=True,
    help="Solver of the linear and integer programs; cbc where it is installed.",
)
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True, help="Of the search.")
@force_option
@quiet_option
@click.pass_obj
def optimize(
    terminal: Terminal,
    plan: Path,
    output: Path | None,
    json_file: Path | None,
    settings: dict[str, str],
    minimise: str | None,
    min_sme_share: float | None,
    gap: float,
    time_limit: float,
    solver: str,
    seed: int,
    force: bool,
) -> None:
    """Divide a plan into lots and write the lot schedule.

    Ctrl-C ends the search; the best schedule found so far is written.

    \b
    Example: lotsplit optimize plan.xlsx --set lot_fixed_cost=3000
    Example: lotsplit optimize plan.xlsx --minimise cost --min-sme-share 40% -o cheapest.xlsx
    """
    from lotsplit import Aim, Stop, run

    if min_sme_share is not None:
        if "min_sme_share" in settings:
            raise click.UsageError("min_sme_share is given twice: by --min-sme-share and by --set.")
        settings = {**settings, "min_sme_share": f"{min_sme_share:.12f}"}
    schedule = output or run.schedule_path(plan)
    run.refuse([schedule, json_file], [plan], force)
    terminal.remark(f"reading {plan}")
    question = run.read(plan, settings)
    terminal.problems(question.warnings)
    with Search(terminal).shown() as progress:
        answer = run.optimize(
            question,
            aim=Aim.COST if minimise == "cost" else Aim.OBJECTIVE,
            gap=gap,
            time_limit=time_limit,
            solver=solver,
            seed=seed,
            progress=progress,
        )
        # The search may have taken minutes, in which somebody else may have written there.
        run.refuse([schedule, json_file], [plan], force)
        progress.report("writing", None, None)
        run.write(answer, schedule, json_file)
    terminal.sentences(run.headline(answer))
    terminal.written(schedule, json_file)
    if answer.result is not None and answer.result.stop is Stop.INTERRUPTED:
        terminal.remark("stopped by Ctrl-C: this is the best schedule found so far")
