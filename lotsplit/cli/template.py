"""lotsplit template: an empty plan to fill in."""

from __future__ import annotations

from pathlib import Path

import click

import lotsplit
from lotsplit.cli.options import ends_in_xlsx, force_option
from lotsplit.cli.terminal import Terminal


@click.command()
@click.argument("file", type=click.Path(path_type=Path), callback=ends_in_xlsx)
@force_option
@click.pass_obj
def template(terminal: Terminal, file: Path, force: bool) -> None:
    """Write an empty plan workbook to fill in.

    With guidance, drop-down lists and a note on every header.

    \b
    Example: lotsplit template plan.xlsx
    """
    from lotsplit import run

    run.refuse([file], [], force)
    lotsplit.write_template(file)
    terminal.written(file)
