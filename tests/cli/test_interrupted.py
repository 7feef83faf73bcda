"""Ctrl-C: real signals to the real command."""

from __future__ import annotations

import json
import signal
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from doors import EXAMPLES


@contextmanager
def optimizing(command: str, folder: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    arguments = [
        "optimize",
        str(EXAMPLES / "regional-stimulus.xlsx"),
        "-o",
        "lots.xlsx",
        "--json",
        "lots.json",
        *options,
    ]
    process = subprocess.Popen(
        [command, *arguments], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def wait_for(process: subprocess.Popen[str], text: str) -> None:
    assert process.stderr is not None
    for line in process.stderr:
        if text in line:
            return
    pytest.fail(f"the command ended before it said {text!r}")


def test_while_optimizing_the_best_schedule_so_far_is_written(command: str, tmp_path: Path) -> None:
    with optimizing(command, tmp_path, "--gap", "0") as process:
        wait_for(process, "expected SME share")
        for _ in range(3):
            process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "stopped by Ctrl-C: this is the best schedule found so far" in stderr
    assert "written: lots.xlsx" in stdout
    with zipfile.ZipFile(tmp_path / "lots.xlsx") as book:
        assert book.testzip() is None
    document = json.loads((tmp_path / "lots.json").read_text(encoding="utf-8"))
    assert document["summary"]["stop_reason"] == "interrupted"
    assert all(check["held"] for check in document["checks"])


def test_before_there_is_a_schedule_a_sentence_and_130(command: str, tmp_path: Path) -> None:
    with optimizing(command, tmp_path) as process:
        wait_for(process, "reading")
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == 130
    assert stdout == ""
    assert stderr.splitlines()[-1].startswith("Error: stopped before there was ")
    assert "Traceback" not in stderr
    assert list(tmp_path.iterdir()) == []
