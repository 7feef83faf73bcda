"""Faults while writing: one sentence, and the old file is whole or the new one is. The real command, real faults."""

from __future__ import annotations

import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from doors import EXAMPLES, Run

OLD = b"the old file, with an officer's edits"


def on_a_disk(folder: Path, options: str, script: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a shell script where `folder` is a small disk of its own; it is gone when the script ends, or is killed."""
    folder.mkdir()
    disk = [
        "unshare",
        "--mount",
        "sh",
        "-c",
        f'mount -t tmpfs -o {options} none "$0" || exit 99; {script}',
        str(folder),
    ]
    try:
        told = subprocess.run(
            [*disk, *map(str, arguments)], capture_output=True, text=True, timeout=120, check=False, cwd=folder.parent
        )
    except FileNotFoundError:
        pytest.skip("there is no unshare here")
    if told.returncode == 99 or "unshare" in told.stderr:
        pytest.skip("making a disk takes rights that this user has not")
    return told


def test_on_a_full_disk_one_sentence_and_the_old_file(command: str, plan: Path, tmp_path: Path) -> None:
    script = 'cp "$3" "$0/lots.xlsx"; "$1" optimize "$2" -o "$0/lots.xlsx" --force --quiet; s=$?; cat "$0/lots.xlsx"; ls -A "$0"; exit $s'
    old = tmp_path / "old"
    old.write_bytes(OLD)
    told = on_a_disk(tmp_path / "disk", "size=8k", script, command, plan, old)
    assert told.returncode == 3
    assert told.stderr == f"Error: {tmp_path}/disk/lots.xlsx cannot be written: no space left on device\n"
    assert told.stdout == OLD.decode() + "lots.xlsx\n"


def test_a_read_only_folder_is_told_before_the_work(command: str, plan: Path, tmp_path: Path) -> None:
    script = '"$1" optimize "$2" -o "$0/lots.xlsx"'
    told = on_a_disk(tmp_path / "disk", "size=64k,ro", script, command, plan)
    assert told.returncode == 3
    assert "cannot be written" in told.stderr
    assert len(told.stderr.splitlines()) == 1


def test_a_file_in_place_of_the_folder_is_told_before_the_work(lotsplit: Run, plan: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    told = lotsplit("optimize", plan, "-o", "file/lots.xlsx")
    assert told.returncode == 3
    assert len(told.stderr.splitlines()) == 1
    assert "file/lots.xlsx cannot be written" in told.stderr


@pytest.mark.parametrize("delay", [0.0, 0.05, 0.2])
def test_killed_while_writing_the_old_file_or_the_new_one_is_whole(command: str, tmp_path: Path, delay: float) -> None:
    target = tmp_path / "lots.xlsx"
    target.write_bytes(OLD)
    arguments = ["optimize", EXAMPLES / "first-plan.xlsx", "-o", target, "--force", "--quiet"]
    writer = subprocess.Popen([command, *map(str, arguments)], cwd=tmp_path)
    deadline = time.monotonic() + 100
    while not list(tmp_path.glob(".lotsplit-*")) and writer.poll() is None and time.monotonic() < deadline:
        time.sleep(0.001)
    time.sleep(delay)
    writer.kill()
    writer.wait()
    if target.read_bytes() != OLD:
        with zipfile.ZipFile(target) as book:
            assert book.testzip() is None
            assert "xl/workbook.xml" in book.namelist()
    elif delay == 0.0:
        assert list(tmp_path.glob(".lotsplit-*")), "the process ended before it began to write"


def test_an_output_that_is_open_elsewhere_is_replaced_and_the_reader_keeps_the_old_one(
    lotsplit: Run, plan: Path, tmp_path: Path
) -> None:
    target = tmp_path / "lots.xlsx"
    target.write_bytes(OLD)
    with target.open("rb") as reader:
        told = lotsplit("optimize", plan, "-o", target, "--force")
        assert told.returncode == 0
        assert reader.read() == OLD
    assert zipfile.is_zipfile(target)


def test_a_target_that_the_system_holds_fast_is_told_and_stays(command: str, plan: Path, tmp_path: Path) -> None:
    # The nearest thing here to a file that another program has locked: renaming onto a mounted file fails.
    script = 'cp "$3" "$0/lots.xlsx"; mount --bind "$0/lots.xlsx" "$0/lots.xlsx"; "$1" optimize "$2" -o "$0/lots.xlsx" --force --quiet; s=$?; cat "$0/lots.xlsx"; ls -A "$0"; exit $s'
    old = tmp_path / "old"
    old.write_bytes(OLD)
    told = on_a_disk(tmp_path / "disk", "size=10m", script, command, plan, old)
    assert told.returncode == 3
    assert told.stderr == f"Error: {tmp_path}/disk/lots.xlsx cannot be written: device or resource busy\n"
    assert told.stdout == OLD.decode() + "lots.xlsx\n"


def test_a_reader_of_the_results_that_goes_away_is_no_defect(command: str, tmp_path: Path) -> None:
    pipe = f'"{command}" rules | head -1; exit "${{PIPESTATUS[0]}}"'
    told = subprocess.run(["bash", "-c", pipe], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "defect" not in told.stderr
    assert "Traceback" not in told.stderr
    assert sys.platform == "win32" or told.stdout.startswith("currency = EUR")
