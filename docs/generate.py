"""Writes the reference pages rules.md, workbook.md, problems.md and commands.md from the declarations they describe.

Run by hand after a declaration has changed: python docs/generate.py. tests/test_docs.py fails while a page is stale.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from inspect import cleandoc
from pathlib import Path

import click

from lotsplit.cli import commands
from lotsplit.problems import KINDS
from lotsplit.rules import RULES, Rule
from lotsplit.sheets import INPUT_SHEETS, LOT_ITEMS, LOTS, Column, Sheet, report
from lotsplit.sheets.report import SCHEDULE_SHEETS
from lotsplit.workbook.guidance import default_text

FOLDER = Path(__file__).parent
NOTICE = "<!-- Made by docs/generate.py from the declarations in the code. Change those, then run it again. -->"
KIND_WORDS = {
    "yes/no": "yes or no",
    "date": "day or month",
    "list": "list, separated by `;`",
    "trades": "list of trades, separated by `;`",
    "trade": "CPV code or free name",
    "whole": "whole number",
}


def cell(text: str) -> str:
    """Text as a cell of a table."""
    return text.replace("|", "\\|").replace("*", "\\*").replace("<", "&lt;")


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A table, as lines."""
    lines = [f"| {' | '.join(header)} |", f"| {' | '.join('---' for _ in header)} |"]
    return [*lines, *(f"| {' | '.join(row)} |" for row in rows), ""]


def page(title: str, *lines: str) -> str:
    """A whole page."""
    return "\n".join([NOTICE, "", f"# {title}", "", *lines]).rstrip() + "\n"


def span(least: float | None, most: float | None, above: bool) -> str:
    """The range of a number in words."""
    if least is not None and most is not None:
        return f"from {least:g} to {most:g}"
    if least is None:
        return "" if most is None else f"at most {most:g}"
    return f"above {least:g}" if above else f"at least {least:g}"


def value_of(column: Column | Rule) -> str:
    """What a value of a column or a rule is: its kind, unit, choices and range."""
    if column.kind == "choice":
        return f"one of: {', '.join(column.choices)}"
    unit = f" ({column.unit})" if column.unit else ""
    limits = span(column.least, column.most, column.above)
    return KIND_WORDS.get(column.kind, column.kind) + unit + (f", {limits}" if limits else "")


# -- rules.md ----------------------------------------------------------------------------------------------------------


def rules_page() -> str:
    """Every rule."""
    rows = [(f"`{r.name}`", default_text(r), cell(value_of(r)), cell(r.meaning), cell(r.source)) for r in RULES]
    return page(
        "The rules",
        "A rule is a figure or a choice that holds for the whole plan. Set it on the sheet Rules of the plan, or for one run by",
        "`--set RULE=VALUE`, which wins. The report lists every rule in force and where its value came from. `lotsplit rules` prints this list.",
        "",
        "A default whose source says *assumption* or *judgement* is one: set it, if you know better. Default *none*: no such limit.",
        "How each rule enters the figures is in [The model](model.md).",
        "",
        *table(("rule", "default", "value", "meaning", "source of the default"), rows),
    )


# -- workbook.md -------------------------------------------------------------------------------------------------------


def input_sheet(sheet: Sheet) -> list[str]:
    """A sheet that is read: its columns, and what a blank means."""
    rows = []
    for column in sheet.columns:
        blank = "*required*" if column.required else cell(column.blank)
        others = ", ".join(f"`{name}`" for name in column.spellings)
        rows.append((f"`{column.name}`", cell(column.meaning), cell(value_of(column)), blank, others))
    needed = " **Required.**" if sheet.required else ""
    return [
        f"### {sheet.name}",
        "",
        f"{sheet.meaning}{needed}",
        "",
        *table(("column", "meaning", "value", "blank means", "also called"), rows),
    ]


def output_sheet(sheet: Sheet) -> list[str]:
    """A sheet that is written."""
    rows = [
        (f"`{column.name}`", cell(column.meaning), "date" if column.kind == "date" else cell(value_of(column)))
        for column in sheet.columns
    ]
    return [f"### {sheet.name}", "", sheet.meaning, "", *table(("column", "meaning", "value"), rows)]


def report_tables() -> list[Sheet]:
    """The tables of the lot schedule that are not its sheets proper: below a sheet's table, or in its place."""
    declared = [value for value in vars(report).values() if isinstance(value, Sheet)]
    return [sheet for sheet in declared if sheet not in SCHEDULE_SHEETS]


def workbook_page() -> str:
    """Every sheet and column."""
    read_back = [LOTS, LOT_ITEMS]
    return page(
        "The workbooks",
        "## The tender plan",
        "",
        "One workbook (`.xlsx`, `.xlsm`, `.xls`, `.ods`), or a folder of CSV files named like the sheets. `lotsplit template FILE` writes an empty one.",
        "Names of sheets and columns are matched without regard to case, spaces, underscores and punctuation; columns may stand in any order, below any",
        "title rows. Columns that are not listed here are kept and carried into the lot schedule. Other sheets are not read.",
        "",
        "Money is in one currency, net of VAT. A share may be written `0.3` or `30 %`; a date `2027-03-01`, `01/03/2027` (day first), `March 2027` or `2027-03`.",
        "A value that can be read in two ways is an error that shows both. What else is checked: [Problems](problems.md).",
        "",
        *(line for sheet in INPUT_SHEETS for line in input_sheet(sheet)),
        "## The lot schedule",
        "",
        "The sheets of the workbook that `lotsplit optimize` writes, in their order. Its sheets "
        + " and ".join(sheet.name for sheet in read_back)
        + " are read back by `lotsplit evaluate`;",
        "the figures on them are then worked out anew from the quantities and dates. Columns that only some plans call for are left out of the others.",
        "",
        *(line for sheet in SCHEDULE_SHEETS for line in output_sheet(sheet)),
        "## Further tables of the lot schedule",
        "",
        "They stand on the sheets above, or in the place of one.",
        "",
        *(line for sheet in report_tables() for line in output_sheet(sheet)),
    )


# -- problems.md -------------------------------------------------------------------------------------------------------


def problems_page() -> str:
    """Every kind of problem."""
    header = ("code", "what is wrong", "what to do")
    errors, warnings = (
        [(f"`{kind.code}`", cell(kind.title), cell(kind.remedy)) for kind in KINDS if kind.stops is stops]
        for stops in (True, False)
    )
    return page(
        "Problems",
        "What can be wrong with a plan or a schedule. All problems are told at once, each in a line with its sheet and cell, what was found there and what was",
        "expected. `lotsplit check PLAN --annotate COPY.xlsx` puts each as a note on its cell; `--json` gives them with the codes below.",
        "",
        "## Errors",
        "",
        "A plan with an error is not used: exit status 3.",
        "",
        *table(header, errors),
        "## Warnings",
        "",
        "A warning stops nothing. Read it all the same.",
        "",
        *table(header, warnings),
    )


# -- commands.md -------------------------------------------------------------------------------------------------------


def prose(help_text: str) -> list[str]:
    """A help text as Markdown: what stands as it is in a terminal (after a line of \\b) stands as it is here."""
    lines: list[str] = []
    for paragraph in cleandoc(help_text).split("\n\n"):
        if paragraph.startswith("\b"):
            kept = (line.removeprefix("Example: ") for line in paragraph.split("\n")[1:])
            lines += [*(f"    {line}" for line in kept), ""]
        else:
            lines += [" ".join(line.strip() for line in paragraph.split("\n")), ""]
    return lines


def option_row(option: click.Option) -> tuple[str, str]:
    """An option: how it is written, and what it does."""
    if option.is_flag:
        value = ""
    elif option.metavar:
        value = f" {option.metavar}"
    elif isinstance(option.type, click.Choice):
        value = f" {'|'.join(map(str, option.type.choices))}"
    else:
        value = " NUMBER"
    names = ", ".join(f"`{name}{value}`" for name in option.opts)
    default = f" Default: {option.default:g}." if isinstance(option.default, float) else f" Default: {option.default}."
    return names.replace("|", "\\|"), cell(option.help or "") + (default if option.show_default else "")


def command_section(name: str, command: click.Command) -> list[str]:
    """A command: usage, what it does, its options."""
    arguments = " ".join(
        (parameter.metavar or (parameter.name or "").upper())
        for parameter in command.params
        if isinstance(parameter, click.Argument)
    )
    options = [option_row(p) for p in command.params if isinstance(p, click.Option) and not p.hidden]
    usage = " ".join(part for part in (f"lotsplit {name}", arguments, "[OPTIONS]" if options else "") if part)
    return [f"## {name}", "", f"`{usage}`", "", *prose(command.help or ""), *table(("option", "what it does"), options)]


def commands_page() -> str:
    """Every command."""
    return page(
        "The commands",
        *prose(commands.help or ""),
        "Results go to stdout, progress and problems to stderr. Files are written whole or not at all. A file that exists is replaced only with `--force`.",
        "",
        *(line for name, command in commands.commands.items() for line in command_section(name, command)),
    )


PAGES = {
    "rules.md": rules_page,
    "workbook.md": workbook_page,
    "problems.md": problems_page,
    "commands.md": commands_page,
}


def main() -> None:
    """Write all pages."""
    for name, make in PAGES.items():
        (FOLDER / name).write_text(make(), encoding="utf-8")


if __name__ == "__main__":
    main()
