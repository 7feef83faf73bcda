"""The few exceptions that leave lotsplit, each carrying what the officer is told and the exit status of the command."""

from __future__ import annotations

from collections.abc import Sequence

from lotsplit.problems import Problem


class LotsplitError(Exception):
    """Anything that stops a run with a plain sentence. `exit_status` is the command's (docs: Commands)."""

    exit_status = 3


class Unreadable(LotsplitError):
    """A file that cannot be read at all: missing, damaged, encrypted, not a workbook, unreasonably large."""


class PlanErrors(LotsplitError):
    """A plan or a schedule with errors: `problems` holds all of them, errors and warnings, in reading order."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(p) for p in self.problems if p.stops))


class Unwritable(LotsplitError):
    """An output that cannot be written, or must not be replaced; whatever was there is still whole."""


class WrongUsage(LotsplitError):
    """A command or call that asks for something that does not exist."""

    exit_status = 2


class NoSchedule(LotsplitError):
    """No schedule meets every constraint. The message names the clashing limits and the least relaxation of each."""

    exit_status = 4


class Interrupted(LotsplitError):
    """Stopped by Ctrl-C before there was any schedule."""

    exit_status = 130
