"""Options that several commands share, each declared once."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

import lotsplit
from lotsplit.cli.terminal import Terminal
from lotsplit.problems import nearest

Command = TypeVar("Command", bound=Callable[..., Any])


class Finite(click.FloatRange):
    """A number within a range; "nan", which no comparison refuses, is none."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number. Raises BadParameter."""
        number = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(f"{value} is not a finite number.", param, ctx)
        return float(number)


class Share(Finite):
    """A share between 0 and 1, also as a percentage: "0.4" or "40 %"."""

    name = "share"

    def __init__(self) -> None:
        super().__init__(min=0, max=1)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The share. Raises BadParameter."""
        if isinstance(value, str) and value.rstrip().endswith("%"):
            hundredths: Any = value.rstrip()[:-1].rstrip()
            value = click.FLOAT.convert(hundredths, param, ctx) / 100
        return super().convert(value, param, ctx)


def ends_in_xlsx(ctx: click.Context, param: click.Parameter, path: Path | None) -> Path | None:
    """Refuse a name under which an Excel workbook would not open."""
    if path is not None and path.suffix.lower() != ".xlsx":
        raise click.BadParameter(f"{path} does not end in .xlsx.", ctx, param)
    return path


def output_option(what: str) -> Callable[[Command], Command]:
    """-o, --output FILE."""
    return click.option(
        "-o", "--output", type=click.Path(path_type=Path), callback=ends_in_xlsx, metavar="FILE", help=what
    )


def plan_argument(command: Command) -> Command:
    """PLAN: the workbook, or the folder of CSV files."""
    return click.argument("plan", type=click.Path(path_type=Path))(command)


def json_option(what: str) -> Callable[[Command], Command]:
    """--json FILE."""
    return click.option("--json", "json_file", type=click.Path(path_type=Path), metavar="FILE", help=what)


def force_option(command: Command) -> Command:
    """--force."""
    return click.option("--force", is_flag=True, help="Replace output files that exist already.")(command)


def _be_quiet(ctx: click.Context, param: click.Parameter, quiet: bool) -> None:
    terminal = ctx.find_object(Terminal)
    if terminal is not None:
        terminal.quiet = quiet


def quiet_option(command: Command) -> Command:
    """--quiet."""
    return click.option("--quiet", is_flag=True, expose_value=False, callback=_be_quiet, help="Show errors only.")(
        command
    )


def _settings(ctx: click.Context, param: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    known = [rule.name for rule in lotsplit.RULES]
    settings: dict[str, str] = {}
    for text in given:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not equals or not value:
            raise click.BadParameter(f"{text!r} is not RULE=VALUE.", ctx, param)
        if name not in known:
            hint = nearest(name, known) or "`lotsplit rules` lists them"
            raise click.BadParameter(f'there is no rule "{name}" ({hint}).', ctx, param)
        if name in settings:
            raise click.BadParameter(f"{name} is set twice.", ctx, param)
        settings[name] = value
    return settings


def set_option(command: Command) -> Command:
    """--set RULE=VALUE, repeatable."""
    return click.option(
        "--set",
        "settings",
        multiple=True,
        metavar="RULE=VALUE",
        callback=_settings,
        help="Set a rule, whatever the plan says; may be given again for other rules.",
    )(command)
