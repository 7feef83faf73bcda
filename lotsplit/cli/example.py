"""lotsplit example: the example plans that come with the package."""

from __future__ import annotations

from pathlib import Path

import click

from lotsplit.cli.options import force_option
from lotsplit.cli.terminal import Terminal


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@force_option
@click.pass_obj
def example(terminal: Terminal, folder: Path, force: bool) -> None:
    """Write the example plans into a folder.

    The folder is made if it is missing.

    \b
    Example: lotsplit example plans
    """
    from lotsplit import write_examples

    terminal.written(*write_examples(folder, force))
