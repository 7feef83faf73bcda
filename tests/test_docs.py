"""The documents: generated pages are fresh, everything that is declared is on them, and links lead somewhere."""

from __future__ import annotations

import importlib.util
import pkgutil
import re
from importlib import import_module
from pathlib import Path
from types import ModuleType

import click
import pytest

import lotsplit
from lotsplit.cli import commands
from lotsplit.problems import KINDS, Kind
from lotsplit.rules import RULES
from lotsplit.sheets import Sheet

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
WRITTEN = sorted([*DOCS.glob("*.md"), ROOT / "README.md"])


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate_docs", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def all_of(kind: type) -> dict[str, object]:
    """Everything of a type that any module of the package names, by module and name."""
    found = {}
    for module in pkgutil.walk_packages(lotsplit.__path__, "lotsplit."):
        for name, value in vars(import_module(module.name)).items():
            if isinstance(value, kind):
                found[f"{module.name}.{name}"] = value
    return found


@pytest.mark.parametrize("name", ["rules.md", "workbook.md", "problems.md", "commands.md"])
def test_a_generated_page_is_fresh(name: str) -> None:
    made = generator().PAGES[name]()
    assert page(name) == made, f"docs/{name} is stale: run python docs/generate.py"


def test_every_generated_page_is_checked() -> None:
    marked = {path.name for path in DOCS.glob("*.md") if path.read_text(encoding="utf-8").startswith("<!-- Made by")}
    assert marked == set(generator().PAGES) == {"rules.md", "workbook.md", "problems.md", "commands.md"}


def test_every_rule_is_documented_with_the_source_of_its_default() -> None:
    lines = page("rules.md").splitlines()
    for rule in RULES:
        assert rule.source
        assert [line for line in lines if line.startswith(f"| `{rule.name}` |") and line.endswith(f"| {rule.source} |")]


def test_every_sheet_and_column_is_documented() -> None:
    sections: dict[str, set[str]] = {}
    for section in page("workbook.md").split("\n### ")[1:]:
        sections.setdefault(section.partition("\n")[0], set()).update(re.findall(r"^\| `([^`]+)` \|", section, re.M))
    missing = [
        f"{place}: {column.name}"
        for place, sheet in all_of(Sheet).items()
        if isinstance(sheet, Sheet)
        for column in sheet.columns
        if column.name not in sections.get(sheet.name, set())
    ]
    assert missing == []


def test_every_kind_of_problem_is_in_the_list_and_documented() -> None:
    declared = {value for value in all_of(Kind).values() if isinstance(value, Kind)}
    assert declared == set(KINDS)
    assert len({kind.code for kind in KINDS}) == len(KINDS)
    errors, warnings = page("problems.md").split("\n## Warnings\n")
    for kind in KINDS:
        assert f"| `{kind.code}` | {kind.title} | {kind.remedy} |" in (errors if kind.stops else warnings)


def test_every_command_and_option_is_documented_with_an_example() -> None:
    sections = dict(section.split("\n", 1) for section in page("commands.md").split("\n## ")[1:])
    assert set(sections) == set(commands.commands)
    for name, command in commands.commands.items():
        assert f"    lotsplit {name}" in sections[name]
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert all(f"`{option}" in sections[name] for option in parameter.opts)
                assert (parameter.help or "").split(";")[0] in sections[name]
            else:
                assert (parameter.metavar or str(parameter.name).upper()) in sections[name].splitlines()[1]


def anchors(text: str) -> set[str]:
    """The places of a page that a link may lead to."""
    headings = re.findall(r"^#+ (.+)$", text, re.M)
    return {re.sub(r"[^\w\- ]", "", heading.casefold()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.name)
def test_every_link_leads_somewhere(path: Path) -> None:
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        to = path if not file else (path.parent / file).resolve()
        if not to.exists() or (anchor and anchor not in anchors(to.read_text(encoding="utf-8"))):
            broken.append(target)
    assert broken == []


def test_the_front_page_leads_to_every_page() -> None:
    text = page("index.md")
    missing = [path.name for path in DOCS.glob("*.md") if path.name != "index.md" and f"({path.name})" not in text]
    assert missing == []
