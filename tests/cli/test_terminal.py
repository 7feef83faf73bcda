"""What is shown while a search runs, where it is shown, and what Ctrl-C does to it."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
from pathlib import Path

import pytest
from doors import EXAMPLES, Run

from lotsplit.cli.terminal import Search, Terminal


def test_elsewhere_than_on_a_terminal_a_plain_line_when_the_phase_changes(capsys: pytest.CaptureFixture[str]) -> None:
    with Search(Terminal()).shown() as progress:
        progress.report("packing [1]", None, None)
        progress.report("columns", 0.4321, None)
        progress.report("columns", 0.5, 0.01)
        progress.report("rounding", 0.5, 0.0012)
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.splitlines() == [
        "packing [1]",
        "columns: expected SME share 43.21 %",
        "rounding: expected SME share 50.00 %, gap 0.12 %",
    ]


def test_a_long_phase_is_heard_of_again(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Search, "PAUSE", 0.0)
    with Search(Terminal()).shown() as progress:
        progress.report("columns", 0.4, None)
        progress.report("columns", 0.5, None)
    assert len(capsys.readouterr().err.splitlines()) == 2


def test_a_quiet_terminal_shows_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    terminal = Terminal()
    terminal.quiet = True
    with Search(terminal).shown() as progress:
        progress.report("columns", 0.4, 0.1)
        os.kill(os.getpid(), signal.SIGINT)
        assert progress.stopped()
    assert capsys.readouterr() == ("", "")


def test_interrupts_are_a_wish_to_stop_however_often_they_come(capsys: pytest.CaptureFixture[str]) -> None:
    before = signal.getsignal(signal.SIGINT)
    with Search(Terminal()).shown() as progress:
        assert not progress.stopped()
        for _ in range(3):
            os.kill(os.getpid(), signal.SIGINT)
        assert progress.stopped()
        assert progress.stopped()
    assert capsys.readouterr().err == "stopping: the best schedule found so far will be written\n"
    assert signal.getsignal(signal.SIGINT) is before


def test_in_a_pipe_there_is_no_bar_even_where_colours_are_forced(lotsplit: Run, plan: Path) -> None:
    told = lotsplit("optimize", plan, env={"FORCE_COLOR": "1"})
    assert told.returncode == 0
    assert "\x1b" not in told.stdout + told.stderr
    assert told.stderr.splitlines()[-1] == "writing"


def test_on_a_terminal_there_is_a_bar(command: str, tmp_path: Path) -> None:
    leader, follower = pty.openpty()
    arguments = ["optimize", EXAMPLES / "first-plan.xlsx", "-o", tmp_path / "lots.xlsx"]
    process = subprocess.Popen(
        [command, *map(str, arguments)],
        stdin=follower,
        stdout=subprocess.PIPE,
        stderr=follower,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "120"},
    )
    os.close(follower)
    shown = b""
    try:
        while part := os.read(leader, 4096):
            shown += part
    except OSError:
        pass  # The other end of the terminal is closed.
    assert process.stdout is not None
    results = process.stdout.read()
    process.stdout.close()
    os.close(leader)
    assert process.wait() == 0
    assert b"\x1b[" in shown
    assert b"writing" in shown
    assert b"\x1b" not in results
