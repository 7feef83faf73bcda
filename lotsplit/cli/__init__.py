"""The commands. Each reads its options, calls `lotsplit.run` and shows what came of it; nothing is worked out here."""

from __future__ import annotations

import gc
import os
import sys

import click

import lotsplit
from lotsplit.cli.check import check
from lotsplit.cli.evaluate import evaluate
from lotsplit.cli.example import example
from lotsplit.cli.optimize import optimize
from lotsplit.cli.rules import rules
from lotsplit.cli.template import template
from lotsplit.cli.terminal import DEBUG, DoorsThatTell, Terminal


@click.group(cls=DoorsThatTell, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(lotsplit.__version__, package_name="lotsplit")
@click.pass_context
def commands(context: click.Context) -> None:
    """Divide a public tender plan into lots that small and medium enterprises can carry.

    \b
    lotsplit template plan.xlsx     an empty plan to fill in
    lotsplit check plan.xlsx        what is wrong with it, if anything
    lotsplit optimize plan.xlsx     the lot schedule, in plan-lots.xlsx

    Exit status: 0 done; 1 a defect of lotsplit's own; 2 wrong usage; 3 the plan or schedule has errors, or a file
    cannot be read or written; 4 no schedule meets all constraints; 130 stopped by Ctrl-C.
    """
    context.obj = Terminal()


for command in (optimize, check, evaluate, template, example, rules):
    commands.add_command(command)


def main() -> None:
    """The `lotsplit` command."""
    for stream in (sys.stdout, sys.stderr):
        # A title in the plan may hold letters that an old console cannot show; the figures still must.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    if not os.environ.get(DEBUG):
        # A zip file given up on a full disk complains once more, with a traceback, when it is collected.
        sys.unraisablehook = lambda unraisable: None
    # large plans are some hundred thousand small objects, which would be looked through again and again
    gc.set_threshold(50_000, 50, 100)
    commands(prog_name="lotsplit")
