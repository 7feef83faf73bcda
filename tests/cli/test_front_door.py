"""The group: help at once, statuses of wrong usage, and no traceback, whatever happens inside."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest
from click.testing import CliRunner
from doors import Run

from lotsplit.cli import commands

NAMES = ["check", "evaluate", "example", "optimize", "rules", "template"]
HEAVY = ("numpy", "pandas", "pulp", "highspy", "openpyxl", "xlsxwriter", "python_calamine", "rich")


def test_the_commands_are_these() -> None:
    assert sorted(commands.commands) == NAMES


@pytest.mark.parametrize("arguments", [["--help"], ["optimize", "--help"], ["rules"]])
def test_help_and_rules_load_no_heavy_library(arguments: list[str]) -> None:
    code = f"from lotsplit.cli import main; import sys; sys.argv[1:] = {arguments!r}; main()"
    told = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in told.stderr.splitlines()}
    assert "click" in loaded
    assert loaded.isdisjoint(HEAVY)


@pytest.mark.parametrize("name", NAMES)
def test_every_command_has_help_with_an_example(name: str) -> None:
    told = CliRunner().invoke(commands, [name, "--help"])
    assert told.exit_code == 0
    assert f"Example: lotsplit {name}" in told.stdout


def test_every_option_says_what_it_does() -> None:
    for command in commands.commands.values():
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.help, f"{command.name} {parameter.opts}"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "Usage: lotsplit"),
        (["optimise", "plan.xlsx"], "No such command 'optimise'"),
        (["optimize"], "Missing argument 'PLAN'"),
        (["optimize", "plan.xlsx", "--keep", "x"], "No such option"),
        (["optimize", "plan.xlsx", "--gap", "nan"], "nan is not a finite number"),
        (["optimize", "plan.xlsx", "--gap", "-0.1"], "not in the range"),
        (["optimize", "plan.xlsx", "--time-limit", "0"], "not in the range"),
        (["optimize", "plan.xlsx", "--time-limit", "inf"], "not in the range"),
        (["optimize", "plan.xlsx", "--time-limit", "soon"], "'soon' is not a valid"),
        (["optimize", "plan.xlsx", "--seed", "-1"], "not in the range"),
        (["optimize", "plan.xlsx", "--seed", "1.5"], "'1.5' is not a valid integer"),
        (["optimize", "plan.xlsx", "--solver", "gurobi"], "'gurobi' is not one of 'highs', 'cbc'"),
        (["optimize", "plan.xlsx", "--minimise", "lots"], "'lots' is not"),
        (["optimize", "plan.xlsx", "--min-sme-share", "140%"], "not in the range"),
        (["optimize", "plan.xlsx", "--min-sme-share", "nan%"], "not a finite number"),
        (["optimize", "plan.xlsx", "-o", "lots.csv"], "lots.csv does not end in .xlsx"),
        (["optimize", "plan.xlsx", "--set", "lot_fixed_cost"], "is not RULE=VALUE"),
        (["optimize", "plan.xlsx", "--set", "lot_fixed_cost="], "is not RULE=VALUE"),
        (["optimize", "plan.xlsx", "--set", "lot_fixd_cost=1"], 'did you mean "lot_fixed_cost"?'),
        (["optimize", "plan.xlsx", "--set", "bid_cost=1", "--set", "bid_cost=2"], "bid_cost is set twice"),
        (["optimize", "plan.xlsx", "--min-sme-share", "0.4", "--set", "min_sme_share=0.3"], "is given twice"),
        (["template", "plan.xls"], "plan.xls does not end in .xlsx"),
    ],
)
def test_wrong_usage_is_told_and_ends_with_2(lotsplit: Run, arguments: list[str], sentence: str) -> None:
    told = lotsplit(*arguments)
    assert told.returncode == 2
    assert sentence in told.stderr
    assert told.stdout == ""


def failing(error: BaseException) -> click.Group:
    """The group with one more command, which fails: nothing an officer can do is sure to meet a defect."""

    @click.command()
    def fail() -> None:
        raise error

    group = click.Group("lotsplit", commands={"fail": fail})
    group.__class__ = type(commands)
    return group


def test_a_defect_ends_with_1_in_one_sentence_that_says_how_to_get_the_details() -> None:
    told = CliRunner().invoke(failing(ZeroDivisionError("division by zero")), ["fail"], env={"LOTSPLIT_DEBUG": None})
    assert told.exit_code == 1
    assert len(told.stderr.splitlines()) == 1
    assert "ZeroDivisionError: division by zero" in told.stderr
    assert "LOTSPLIT_DEBUG=1" in told.stderr
    assert "Traceback" not in told.output


def test_the_details_of_a_defect_are_shown_to_who_asks_for_them() -> None:
    told = CliRunner().invoke(failing(ZeroDivisionError()), ["fail"], env={"LOTSPLIT_DEBUG": "1"})
    assert told.exit_code == 1
    assert "Traceback" in told.stderr


def test_interrupted_before_there_is_anything_ends_with_130() -> None:
    told = CliRunner().invoke(failing(KeyboardInterrupt()), ["fail"])
    assert told.exit_code == 130
    assert told.stderr == "Error: stopped before there was a result; nothing was written\n"


def test_the_version_is_told(lotsplit: Run) -> None:
    assert lotsplit("--version").stdout == "lotsplit, version 0.1.0\n"


def test_a_console_of_few_letters_gets_the_text_all_the_same(lotsplit: Run) -> None:
    told = lotsplit("rules", env={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"})
    assert told.returncode == 0
    assert "min_sme_share" in told.stdout
