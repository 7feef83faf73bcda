"""Which room may import which, and which library: read from the imports themselves, so that the table cannot rot."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import lotsplit

PACKAGE = Path(lotsplit.__file__).parent

# What every room may import: how a sentence is told, and how a file is written whole. `whole_file` is here because
# every writer (report, template, annotate, run) must use the same one, and it knows nothing of plans.
COMMON = {"errors", "problems", "whole_file"}
QUESTION = {"plan", "rules", "market"}
ANSWER = {"schedule", "limits", "evaluation", "result"}

MAY_IMPORT: dict[str, set[str]] = {
    "problems": set(),
    "errors": set(),
    "whole_file": set(),
    "plan": set(),
    "rules": {"plan"},
    # Of the limits only the tolerances of comparisons.
    "market": {"plan", "rules", "limits"},
    "schedule": {"plan"},
    "limits": {"plan", "rules"},
    "evaluation": {"plan", "rules", "market", "schedule", "limits"},
    "result": {"plan", "schedule", "limits"},
    "optimizer": QUESTION | ANSWER,
    "sheets": {"rules"},
    "workbook": {"plan", "rules", "schedule", "sheets"},
    # Of the package itself only its version, which every report names.
    "report": QUESTION | ANSWER | {"sheets", "lotsplit"},
    "run": QUESTION | ANSWER | {"optimizer", "sheets", "workbook", "report", "lotsplit"},
    # The doors know the run and the public verbs, no room behind them.
    "cli": {"run", "lotsplit"},
}

# Inside the room of the search: which folder may import which. What lies beside them (search, clash and others) may import all;
# of it, every folder may import what talks to solvers, kernel and a second process.
SEARCH_MAY_IMPORT: dict[str, set[str]] = {
    "lots": set(),
    "packings": {"lots"},
    "bounds": {"lots", "packings"},
    "master": {"lots"},
    "pricing": {"lots", "packings", "bounds", "master"},
    "rounding": {"lots", "packings", "master", "pricing"},
}
BESIDE_THEM = {"solver", "compiled", "beside", "pace"}

THIRD_PARTY: dict[str, set[str]] = {
    "market": {"numpy"},
    "evaluation": {"numpy"},
    "optimizer": {"numpy", "pulp"},
    "optimizer.solver": {"numpy", "pulp", "highspy"},
    # runs when the package is built, and is not installed
    "optimizer.kernel.build": {"hatchling", "setuptools"},
    "workbook": {"python_calamine", "openpyxl"},
    "workbook.template": {"xlsxwriter"},
    "report": {"xlsxwriter"},
    "report.frames": {"pandas"},
    "cli": {"click", "rich"},
}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def name_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


def imports_of(path: Path) -> Iterator[str]:
    """The full names of everything a file imports, at its top or inside."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import hides which room it comes from"
            assert node.module is not None
            # `from lotsplit import run` names a room, `from lotsplit import Aim` a public noun.
            if node.module == "lotsplit":
                yield from (f"lotsplit.{alias.name}" if is_module(alias.name) else "lotsplit" for alias in node.names)
            else:
                yield node.module


def is_module(name: str) -> bool:
    return (PACKAGE / name).is_dir() or (PACKAGE / f"{name}.py").is_file()


def room_of(imported: str) -> str:
    return imported.split(".")[1] if "." in imported else imported


def rooms() -> set[str]:
    return {name_of(path).split(".")[0] for path in modules()} - {"__init__"}


def test_every_room_has_its_line_in_the_table_and_every_line_its_room() -> None:
    assert rooms() == set(MAY_IMPORT)


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_a_room_imports_only_what_it_may(path: Path) -> None:
    name = name_of(path)
    if name == "__init__":
        # The front page names the public verbs and nouns of all rooms; test_exported holds it.
        return
    room = name.split(".")[0]
    imported = {room_of(other) for other in imports_of(path) if other.split(".")[0] == "lotsplit"}
    assert imported - {room} <= MAY_IMPORT[room] | (COMMON if room not in COMMON else {"errors", "problems"})


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_a_room_uses_only_its_libraries(path: Path) -> None:
    name = name_of(path)
    top = {other.split(".")[0] for other in imports_of(path)} - {"lotsplit", "__future__"} - sys.stdlib_module_names
    candidates = [name.rsplit(".", cut)[0] for cut in range(name.count(".") + 1)]
    allowed = next((THIRD_PARTY[place] for place in candidates if place in THIRD_PARTY), set())
    assert top <= allowed


@pytest.mark.parametrize("folder", SEARCH_MAY_IMPORT)
def test_a_folder_of_the_search_imports_only_what_it_may(folder: str) -> None:
    for path in sorted((PACKAGE / "optimizer" / folder).rglob("*.py")):
        imported = {other.split(".")[2] for other in imports_of(path) if other.startswith("lotsplit.optimizer.")}
        assert imported - {folder} <= SEARCH_MAY_IMPORT[folder] | BESIDE_THEM, path


def test_every_folder_of_the_search_has_its_line() -> None:
    folders = {path.parent.name for path in (PACKAGE / "optimizer").glob("*/__init__.py")}
    assert folders == set(SEARCH_MAY_IMPORT)


def test_no_import_goes_in_a_circle() -> None:
    """Between files, at import time; what is imported inside a function or for type checkers only does not count."""
    graph = {name_of(path): set(at_import_time(path)) for path in modules()}
    done: set[str] = set()

    def walk(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, " -> ".join([*trail[trail.index(name) :], name])
        if name not in done:
            for other in sorted(graph.get(name, ())):
                walk(other, (*trail, name))
            done.add(name)

    for name in graph:
        walk(name, ())


def at_import_time(path: Path) -> Iterator[str]:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom) and node.module is not None and node.module.startswith("lotsplit."):
            base = node.module.removeprefix("lotsplit.")
            for alias in node.names:
                inner = PACKAGE.joinpath(*base.split("."), alias.name)
                yield f"{base}.{alias.name}" if inner.is_dir() or inner.with_suffix(".py").is_file() else base
