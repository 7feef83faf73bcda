"""The commands that need no plan."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import openpyxl
from doors import EXAMPLES, Run

from lotsplit.rules import RULES
from lotsplit.run import EXAMPLES as EXAMPLE_NAMES


def test_rules_lists_every_rule_with_default_meaning_and_source(lotsplit: Run) -> None:
    told = lotsplit("rules")
    assert told.returncode == 0
    for rule in RULES:
        default = "none" if rule.default is None else rule.default
        block = told.stdout.partition(f"\n{rule.name} = ")[2] or told.stdout.partition(f"{rule.name} = ")[2]
        first, meaning, source, *_ = block.splitlines()
        assert first.split()[0].replace(",", "") == (f"{default:g}" if isinstance(default, float) else str(default))
        assert meaning.strip() == rule.meaning
        assert source.strip() == f"source: {rule.source}"


def test_rules_as_json(lotsplit: Run, tmp_path: Path) -> None:
    told = lotsplit("rules", "--json", "rules.json")
    assert told.returncode == 0
    document = json.loads((tmp_path / "rules.json").read_text(encoding="utf-8"))
    assert [rule["name"] for rule in document["rules"]] == [rule.name for rule in RULES]
    assert [rule["default"] for rule in document["rules"]] == [rule.default for rule in RULES]
    assert lotsplit("rules", "--json", "rules.json").returncode == 2
    assert lotsplit("rules", "--json", "rules.json", "--force").returncode == 0


def test_example_writes_the_example_plans_as_they_are(lotsplit: Run, tmp_path: Path) -> None:
    told = lotsplit("example", "deep/plans")
    assert told.returncode == 0
    for name in EXAMPLE_NAMES:
        assert (tmp_path / "deep/plans" / name).read_bytes() == (EXAMPLES / name).read_bytes()
        assert f"written: deep/plans/{name}" in told.stdout


def test_example_replaces_nothing_unless_forced(lotsplit: Run, tmp_path: Path) -> None:
    edited = tmp_path / EXAMPLE_NAMES[-1]
    edited.write_bytes(b"edited")
    told = lotsplit("example", ".")
    assert told.returncode == 2
    assert f"{EXAMPLE_NAMES[-1]} exists already" in told.stderr
    assert [path.name for path in tmp_path.iterdir()] == [EXAMPLE_NAMES[-1]]
    assert edited.read_bytes() == b"edited"
    assert lotsplit("example", ".", "--force").returncode == 0
    assert edited.read_bytes() == (EXAMPLES / EXAMPLE_NAMES[-1]).read_bytes()


def test_example_into_a_file_is_told(lotsplit: Run, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    told = lotsplit("example", "file/plans")
    assert told.returncode == 3
    assert told.stderr == "Error: file/plans cannot be made: not a directory\n"


def test_the_wheel_holds_the_example_plans_that_the_command_writes() -> None:
    project = tomllib.loads((EXAMPLES.parent / "pyproject.toml").read_text(encoding="utf-8"))
    included = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert included == {f"examples/{name}": f"lotsplit/example_plans/{name}" for name in EXAMPLE_NAMES}


def test_template_writes_a_workbook_and_replaces_none(lotsplit: Run, tmp_path: Path) -> None:
    told = lotsplit("template", "empty.xlsx")
    assert told.returncode == 0
    assert told.stdout == "written: empty.xlsx\n"
    assert "Packages" in openpyxl.load_workbook(tmp_path / "empty.xlsx").sheetnames
    again = lotsplit("template", "empty.xlsx")
    assert again.returncode == 2
    assert "give --force to replace it" in again.stderr
    assert lotsplit("template", "empty.xlsx", "--force").returncode == 0
