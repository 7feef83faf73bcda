"""lotsplit rules: every rule, its default and the source of that default."""

from __future__ import annotations

import textwrap
from pathlib import Path

import click

from lotsplit.cli.options import force_option, json_option
from lotsplit.cli.terminal import Terminal


@click.command()
@json_option("Write the rules as JSON too.")
@force_option
@click.pass_obj
def rules(terminal: Terminal, json_file: Path | None, force: bool) -> None:
    """List every rule, its default and its source.

    A rule is set in the plan's Rules sheet, or by --set RULE=VALUE.

    \b
    Example: lotsplit rules
    """
    from lotsplit import RULES, run

    run.refuse([json_file], [], force)
    for rule in RULES:
        terminal.result(
            f"{rule.name} = {'none' if rule.default is None else _plain(rule.default)}  {rule.unit}".rstrip()
        )
        terminal.result(textwrap.indent(rule.meaning, "    "))
        terminal.result(textwrap.indent(f"source: {rule.source}", "    "))
    if json_file is not None:
        run.write_rules(json_file)
        terminal.written(json_file)


def _plain(value: str | float | int) -> str:
    return value if isinstance(value, str) else f"{value:g}"
