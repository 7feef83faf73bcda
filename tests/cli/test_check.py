"""lotsplit check: everything that is wrong, at once, with its cell; and the status."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from doors import Run

WRONG = """package_id,title,value,latest_finish,earliest_start
A,Roof of the town hall,-5,2027-06-30,2027-03-01
B,Windows,1000,2027-01-31,2027-03-01
"""
WARNED = """supplier_id,size,trades,regions
S1,small,*,*
S2,small,*,Atlantis
"""


def test_a_good_plan(lotsplit: Run, plan: Path) -> None:
    told = lotsplit("check", plan)
    assert told.returncode == 0
    assert told.stderr == ""
    assert "packages" in told.stdout
    assert "0 errors, 0 warnings" in told.stdout


def test_all_problems_are_told_at_once_each_with_its_cell(lotsplit: Run, sheets: Callable[..., Path]) -> None:
    told = lotsplit("check", sheets(Packages=WRONG, Suppliers=WARNED))
    assert told.returncode == 3
    lines = told.stderr.splitlines()
    assert [line.partition(": ")[0] for line in lines if not line.startswith("warning")] == [
        "Packages!C2",
        "Packages!D3",
    ]
    assert [line for line in lines if line.startswith("warning: Suppliers!D3: ") and "Atlantis" in line]
    assert "2 errors, 1 warning" in told.stdout


def test_warnings_alone_do_not_stop(lotsplit: Run, sheets: Callable[..., Path]) -> None:
    folder = sheets(Packages="package_id,title,value,region\nA,Roof,1000,North\n", Suppliers=WARNED)
    told = lotsplit("check", folder)
    assert told.returncode == 0
    assert "warning: Suppliers!D3" in told.stderr
    quiet = lotsplit("check", folder, "--quiet")
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, "", "")


def test_quiet_leaves_the_errors(lotsplit: Run, sheets: Callable[..., Path]) -> None:
    told = lotsplit("check", sheets(Packages=WRONG, Suppliers=WARNED), "--quiet")
    assert told.returncode == 3
    assert told.stdout == ""
    assert len(told.stderr.splitlines()) == 2
    assert "warning" not in told.stderr


def test_the_problems_as_json(lotsplit: Run, sheets: Callable[..., Path], tmp_path: Path) -> None:
    told = lotsplit("check", sheets(Packages=WRONG, Suppliers=WARNED), "--json", "problems.json")
    assert told.returncode == 3
    problems = json.loads((tmp_path / "problems.json").read_text(encoding="utf-8"))["problems"]
    assert [(p["sheet"], p["cell"], p["severity"]) for p in problems if p["severity"] == "error"] == [
        ("Packages", "C2", "error"),
        ("Packages", "D3", "error"),
    ]
    assert all(p["sentence"] in told.stderr for p in problems)
    assert all(p["code"] and p["found"] for p in problems)


def test_the_marked_copy_has_a_note_on_the_cell(lotsplit: Run, plan: Path, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(plan)
    sheet = book["Packages"]
    header = next(cell for row in sheet.iter_rows() for cell in row if cell.value == "Package ID")
    cell = header.offset(row=2)
    cell.value = header.offset(row=1).value
    book.save(plan)
    told = lotsplit("check", plan, "--annotate", "marked.xlsx")
    assert told.returncode == 3
    assert f"Packages!{cell.coordinate}" in told.stderr
    marked = openpyxl.load_workbook(tmp_path / "marked.xlsx")
    assert marked["Packages"][cell.coordinate].comment is not None


def test_a_copy_over_the_plan_itself_is_refused(lotsplit: Run, plan: Path) -> None:
    before = plan.read_bytes()
    told = lotsplit("check", plan, "--annotate", plan, "--force")
    assert told.returncode == 2
    assert "is an input of this run" in told.stderr
    assert plan.read_bytes() == before


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "there is no such file"),
        (b"", "empty"),
        (b"Dear colleague, the plan will follow.", "not a"),
        (b"PK\x03\x04 and then nothing", "damaged"),
    ],
)
def test_what_cannot_be_read_is_told_in_one_line(
    lotsplit: Run, tmp_path: Path, content: bytes | None, sentence: str
) -> None:
    if content is not None:
        (tmp_path / "bad.xlsx").write_bytes(content)
    told = lotsplit("check", "bad.xlsx")
    assert told.returncode == 3
    assert len(told.stderr.splitlines()) == 1
    assert sentence in told.stderr


def test_a_rule_from_the_command_line_is_checked_with_the_plan(lotsplit: Run, plan: Path) -> None:
    assert lotsplit("check", plan, "--set", "scale_elasticity=0.05").returncode == 0
    told = lotsplit("check", plan, "--set", "scale_elasticity=five")
    assert told.returncode == 2
    assert told.stderr.startswith("Error: --set: scale_elasticity")
    assert "five" in told.stderr
    assert len(told.stderr.splitlines()) == 1


def test_a_plan_that_is_copied_under_another_name_reads_the_same(lotsplit: Run, plan: Path) -> None:
    other = Path(shutil.copy(plan, plan.with_name("été 2027 [draft].xlsx")))
    told = lotsplit("check", other)
    assert told.returncode == 0
    assert "[draft]" in told.stdout
