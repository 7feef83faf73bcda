"""Outputs are refused before any work when something would be lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from doors import Run

from lotsplit.run import schedule_path

OLD = b"the old file, with an officer's edits"


@pytest.mark.parametrize(
    ("plan", "schedule"),
    [
        ("plan.xlsx", "plan-lots.xlsx"),
        ("a/b/plan.2027.ods", "a/b/plan.2027-lots.xlsx"),
    ],
)
def test_the_schedule_goes_beside_the_plan(plan: str, schedule: str) -> None:
    assert schedule_path(Path(plan)) == Path(schedule)


def test_the_schedule_of_a_folder_goes_beside_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "plan.2027"
    folder.mkdir()
    assert schedule_path(folder) == tmp_path / "plan.2027-lots.xlsx"
    monkeypatch.chdir(folder)
    assert schedule_path(Path(".")).resolve() == tmp_path / "plan.2027-lots.xlsx"


@pytest.mark.parametrize(
    "arguments",
    [
        ["optimize", "broken.xlsx", "-o", "old.xlsx"],
        ["optimize", "broken.xlsx", "-o", "new.xlsx", "--json", "old.xlsx"],
        ["evaluate", "broken.xlsx", "broken.xlsx", "-o", "old.xlsx"],
        ["evaluate", "broken.xlsx", "broken.xlsx", "--json", "old.xlsx"],
        ["check", "broken.xlsx", "--annotate", "old.xlsx"],
        ["check", "broken.xlsx", "--json", "old.xlsx"],
        ["template", "old.xlsx"],
        ["rules", "--json", "old.xlsx"],
    ],
)
def test_an_existing_file_is_refused_before_the_plan_is_read(
    lotsplit: Run, tmp_path: Path, arguments: list[str]
) -> None:
    # The plan cannot be read: being told of the output shows that it was looked at first.
    (tmp_path / "broken.xlsx").write_bytes(b"no workbook")
    (tmp_path / "old.xlsx").write_bytes(OLD)
    told = lotsplit(*arguments)
    assert told.returncode == 2
    assert told.stderr == "Error: old.xlsx exists already and may hold edits; give --force to replace it\n"
    assert told.stdout == ""
    assert (tmp_path / "old.xlsx").read_bytes() == OLD


@pytest.mark.parametrize(
    "arguments",
    [
        ["optimize", "plan.xlsx", "-o", "plan.xlsx"],
        ["optimize", "plan.xlsx", "-o", "link.xlsx"],
        ["optimize", "plan.xlsx", "--json", "./plan.xlsx"],
        ["evaluate", "other.xlsx", "plan.xlsx", "-o", "plan.xlsx"],
        ["check", "plan.xlsx", "--annotate", "plan.xlsx"],
    ],
)
def test_an_output_that_is_an_input_is_refused_even_when_forced(
    lotsplit: Run, plan: Path, tmp_path: Path, arguments: list[str]
) -> None:
    before = plan.read_bytes()
    (tmp_path / "link.xlsx").symlink_to(plan)
    told = lotsplit(*arguments, "--force")
    assert told.returncode == 2
    assert "is an input of this run" in told.stderr
    assert plan.read_bytes() == before


def test_a_sheet_of_a_folder_is_an_input(lotsplit: Run, sheets: Callable[..., Path]) -> None:
    folder = sheets(Packages="package_id,title,value\nA,Roof,1000\n")
    told = lotsplit("check", folder, "--json", folder / "Packages.csv", "--force")
    assert told.returncode == 2
    assert "is an input of this run" in told.stderr


def test_two_outputs_in_one_file_are_refused(lotsplit: Run, plan: Path) -> None:
    told = lotsplit("optimize", plan, "-o", "lots.xlsx", "--json", "./lots.xlsx")
    assert told.returncode == 2
    assert "is named for two outputs" in told.stderr


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("nowhere/lots.xlsx", "there is no folder"),
        ("folder.xlsx", "not an ordinary file"),
        ("x" * 300 + ".xlsx", "file name too long"),
    ],
)
def test_a_place_that_cannot_be_written_is_told_before_the_work(
    lotsplit: Run, plan: Path, tmp_path: Path, output: str, sentence: str
) -> None:
    (tmp_path / "folder.xlsx").mkdir()
    told = lotsplit("optimize", plan, "-o", output, "--force")
    assert told.returncode == 3
    assert len(told.stderr.splitlines()) == 1
    assert sentence in told.stderr
