"""The example plans: the committed files are what the script makes, and they read without a problem."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from lotsplit.workbook import read_plan

EXAMPLES = Path(__file__).parents[2] / "examples"
NAMES = ("first-plan.xlsx", "regional-stimulus.xlsx", "packages-only.xlsx")


def _parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as book:
        return {name: book.read(name) for name in book.namelist()}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("examples")
    subprocess.run([sys.executable, str(EXAMPLES / "make_examples.py"), str(folder)], check=True)
    return folder


@pytest.mark.parametrize("name", NAMES)
def test_the_committed_file_is_what_the_script_makes(name: str, made: Path) -> None:
    # Part by part: how hard the zip is pressed depends on the machine's zlib, what is in it does not.
    assert _parts(made / name) == _parts(EXAMPLES / name)


def test_every_workbook_in_the_folder_is_made_by_the_script(made: Path) -> None:
    assert {p.name for p in EXAMPLES.glob("*.xlsx")} == {p.name for p in made.iterdir()} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_it_reads_without_a_problem(name: str) -> None:
    _, _, problems = read_plan(EXAMPLES / name)
    assert problems == ()


def test_the_stimulus_programme_has_what_its_page_says() -> None:
    plan, rules, _ = read_plan(EXAMPLES / "regional-stimulus.xlsx")
    assert len(plan.packages) == 44
    assert len(plan.items) == 342
    assert len(plan.suppliers) == 66
    assert plan.months == 24
    assert {item.region for item in plan.items} == {
        "XV111", "XV112", "XV113", "XV121", "XV122", "XV123", "XV131", "XV132",
    }  # fmt: skip
    assert sum(not package.divisible for package in plan.packages) == 4
    assert rules.trade_digits == 4


def test_the_list_of_packages_has_neither_items_nor_suppliers() -> None:
    plan, _, _ = read_plan(EXAMPLES / "packages-only.xlsx")
    assert plan.suppliers == ()
    assert [package.items[0].id for package in plan.packages] == [package.id for package in plan.packages]
    assert all(package.items[0].parts == 100 for package in plan.packages if package.divisible)
