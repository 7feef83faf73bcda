"""The public names: what `import lotsplit` promises, and what it costs."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import lotsplit

PUBLIC = {
    *("RULES", "Aim", "Budget", "CurveRow", "Evaluation", "Interrupted", "Item", "Limit", "Lot", "LotItem"),
    *("LotsplitError", "NoSchedule", "Package", "PlanErrors", "Problem", "Progress", "Region", "Relaxation", "Result"),
    *("Rule", "Rules", "Schedule", "Source", "Stop", "Supplier", "TenderPlan", "Unreadable", "Unwritable"),
    *(
        "WrongUsage",
        "annotate",
        "check_words",
        "evaluate",
        "frames",
        "headline",
        "limits_of",
        "optimize",
        "read_plan",
        "read_schedule",
    ),
    *("undivided_plan", "write_examples", "write_json", "write_schedule", "write_template"),
}
HEAVY = ("numpy", "pandas", "pulp", "highspy", "openpyxl", "xlsxwriter", "python_calamine", "rich", "click")


def declared_to_type_checkers() -> dict[str, str]:
    """Public name to the room it is imported from, in the block that only type checkers read."""
    tree = ast.parse(Path(lotsplit.__file__).read_text(encoding="utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    found = [node for node in block.body if isinstance(node, ast.ImportFrom)]
    names = {alias.asname or alias.name: str(node.module) for node in found for alias in node.names}
    return {"write_schedule" if name == "_write_workbook" else name: room for name, room in names.items()}


def test_the_public_names_are_these() -> None:
    assert set(lotsplit.__all__) == PUBLIC
    assert set(dir(lotsplit)) >= PUBLIC


def test_type_checkers_are_told_the_same_names_as_users() -> None:
    assert set(declared_to_type_checkers()) == PUBLIC


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_a_public_name_is_the_one_of_its_room(name: str) -> None:
    room = import_module(declared_to_type_checkers()[name])
    inside = {"write_schedule": "write_workbook"}.get(name, name)
    assert getattr(lotsplit, name) is getattr(room, inside)
    assert getattr(lotsplit, name).__doc__


def test_a_name_that_is_not_there_is_told() -> None:
    with pytest.raises(AttributeError, match="no attribute 'optimise'"):
        _ = lotsplit.optimise


def test_importing_lotsplit_loads_no_library() -> None:
    code = f"import lotsplit, sys; print(sorted(set({HEAVY!r}) & set(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_a_verb_and_the_room_it_comes_from_live_together() -> None:
    code = "import lotsplit.optimizer, lotsplit.evaluation, lotsplit; print(lotsplit.optimize, lotsplit.evaluate)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.count("<function") == 2
