"""What the user sees: progress, problems and errors on stderr, results on stdout; and the exit statuses."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import textwrap
import time
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import click

from lotsplit.errors import LotsplitError, PlanErrors
from lotsplit.problems import Problem

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

DEBUG = "LOTSPLIT_DEBUG"
DEFECT_STATUS = 1
INTERRUPTED_STATUS = 130


class Terminal:
    """Where a command speaks. `quiet`: nothing but errors."""

    def __init__(self) -> None:
        self.quiet = False

    def result(self, text: str) -> None:
        """A result, on stdout."""
        if not self.quiet:
            click.echo(text)

    def sentences(self, sentences: Iterable[str]) -> None:
        """Results in sentences, on stdout; on a terminal no line breaks a word."""
        for sentence in sentences:
            if sys.stdout.isatty():
                sentence = textwrap.fill(sentence, shutil.get_terminal_size().columns, subsequent_indent="  ")
            self.result(sentence)

    def written(self, *files: Path | None) -> None:
        """The files that were written, on stdout."""
        for file in files:
            if file is not None:
                self.result(f"written: {file}")

    def remark(self, text: str) -> None:
        """A remark on the run, on stderr."""
        if not self.quiet:
            click.echo(text, err=True)

    def error(self, text: str) -> None:
        """An error, on stderr."""
        click.echo(f"Error: {text}", err=True)

    def problems(self, problems: Iterable[Problem]) -> None:
        """Every problem of a plan or schedule in reading order, a line each."""
        for problem in problems:
            if problem.stops:
                click.echo(str(problem), err=True)
            else:
                self.remark(f"warning: {problem}")


class DoorsThatTell(click.Group):
    """A group in which whatever ends a command ends as a plain sentence and an exit status, never as a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; exit with the status of what stopped it."""
        try:
            return super().invoke(ctx)
        except PlanErrors as error:
            self._terminal(ctx).problems(error.problems)
            ctx.exit(error.exit_status)
        except LotsplitError as error:
            self._terminal(ctx).error(str(error))
            ctx.exit(error.exit_status)
        except KeyboardInterrupt:
            self._terminal(ctx).error("stopped before there was a result; nothing was written")
            ctx.exit(INTERRUPTED_STATUS)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except Exception as error:
            if os.environ.get(DEBUG):
                traceback.print_exc()
            self._terminal(ctx).error(
                f"this is a defect of lotsplit's own ({type(error).__name__}: {error});"
                f" run again with {DEBUG}=1 in the environment for the details to report"
            )
            ctx.exit(DEFECT_STATUS)

    def _terminal(self, ctx: click.Context) -> Terminal:
        return ctx.obj if isinstance(ctx.obj, Terminal) else Terminal()


class Search:
    """The progress of a search, shown on stderr; Ctrl-C asks it to end, and cannot cut off the writing that follows.

    On a terminal a bar with phase, SME share and proven gap; elsewhere a plain line when the phase changes, and
    at most every `PAUSE` seconds within one.
    """

    PAUSE = 5.0

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._interrupted = False
        self._told = False
        self._phase = ""
        self._said_at = 0.0
        self._bar: Bar | None = None

    def report(self, phase: str, share: float | None, gap: float | None) -> None:
        """Show a phase, with the SME share found so far and the proven gap where there are any."""
        if self._terminal.quiet:
            return
        figures = [] if share is None else [f"expected SME share {_percent(share)}"]
        figures += [] if gap is None else [f"gap {_percent(gap)}"]
        if self._bar is not None:
            self._bar.update(self._bar.task_ids[0], phase=phase, figures=", ".join(figures))
        elif phase != self._phase or time.monotonic() - self._said_at >= self.PAUSE:
            click.echo(": ".join([phase, *([", ".join(figures)] if figures else [])]), err=True)
            self._said_at = time.monotonic()
        self._phase = phase

    def stopped(self) -> bool:
        """Whether Ctrl-C was pressed."""
        if self._interrupted and not self._told:
            # Said here and not in the handler, which may have cut into the middle of another write to stderr.
            self._told = True
            self._terminal.remark("stopping: the best schedule found so far will be written")
        return self._interrupted

    @contextmanager
    def shown(self) -> Iterator[Search]:
        """Show the progress, and take Ctrl-C as a wish to stop, until the block ends."""
        before = signal.signal(signal.SIGINT, self._interrupt)
        try:
            if sys.stderr.isatty() and not self._terminal.quiet:
                with _bar() as self._bar:
                    self._bar.add_task("", total=None, phase="", figures="")
                    yield self
            else:
                yield self
        finally:
            self._bar = None
            signal.signal(signal.SIGINT, before)

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        self._interrupted = True


def _bar() -> Bar:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    return Progress(
        TextColumn("{task.fields[phase]}", markup=False),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[figures]}", markup=False),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )


def _percent(share: float) -> str:
    return f"{100 * share:.2f} %"
