"""The real command: the installed `lotsplit`, in a process of its own, in an empty folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from doors import EXAMPLES, Run


@pytest.fixture(scope="session")
def command() -> str:
    """The path of the installed `lotsplit`."""
    path = Path(sys.executable).with_name("lotsplit")
    assert path.is_file(), "install lotsplit into the environment that runs the tests"
    return str(path)


@pytest.fixture
def lotsplit(command: str, tmp_path: Path) -> Run:
    """Run `lotsplit ARGUMENTS` in an empty folder; the outcome with its stdout and stderr."""

    def run(*arguments: str | Path, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [command, *map(str, arguments)],
            cwd=tmp_path,
            env={**os.environ, **(env or {})},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """The first example plan, in the folder where the command runs."""
    return Path(shutil.copy(EXAMPLES / "first-plan.xlsx", tmp_path / "plan.xlsx"))


@pytest.fixture
def sheets(tmp_path: Path) -> Callable[..., Path]:
    """Make a plan of CSV files: sheets(Packages="package_id,title,value\\n...")."""

    def make(**tables: str) -> Path:
        folder = tmp_path / "plan"
        folder.mkdir()
        for name, text in tables.items():
            (folder / f"{name}.csv").write_text(text, encoding="utf-8")
        return folder

    return make
