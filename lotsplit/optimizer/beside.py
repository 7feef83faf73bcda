"""Half of the work in a second process, where the system can split one off and there is a second core.

What is asked is divided in the same two parts whether or not there is a second process, so that results do not depend on
it. A second process that ends before its answer is replaced by this one.
"""

from __future__ import annotations

import os
import pickle
import signal
import warnings
from collections.abc import Callable
from contextlib import suppress
from typing import BinaryIO, Generic, TypeVar

from lotsplit.optimizer.solver import Clock

Task = TypeVar("Task")
Answer = TypeVar("Answer")


class Beside(Generic[Task, Answer]):
    """A function whose answers this process and a second one work out side by side.

    The second process is a copy of this one as it is when the object is made; what the function keeps for later calls is
    kept in each. clock: in the second process it stops on an interrupt sent to it, and says nothing; programs solved there
    are counted here.
    """

    def __init__(self, function: Callable[[Task], Answer], clock: Clock) -> None:
        self._function, self._clock = function, clock
        self._child = 0
        if _second_core():
            self._split_off()

    def both(self, mine: Task, other: Task) -> tuple[Answer, Answer]:
        """The answers to two tasks; the other one is worked out in the second process."""
        asked = self._ask(other)
        answer = self._function(mine)
        if asked:
            if self._clock.stopped():
                self._interrupt()
            try:
                failed, beside, linear, integer = pickle.load(self._from_child)
            except (EOFError, OSError, pickle.UnpicklingError):
                failed = True
            if not failed:
                self._clock.linear_programs += linear
                self._clock.integer_programs += integer
                return answer, beside
            self.close()
        return answer, self._function(other)

    def close(self) -> None:
        """End the second process."""
        if self._child:
            child, self._child = self._child, 0
            for pipe in (self._to_child, self._from_child):
                with suppress(OSError):
                    pipe.close()
            with suppress(ProcessLookupError, ChildProcessError):
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)

    def _ask(self, task: Task) -> bool:
        if not self._child:
            return False
        try:
            pickle.dump(task, self._to_child)
            self._to_child.flush()
        except OSError:
            self.close()
            return False
        return True

    def _interrupt(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self._child, signal.SIGINT)

    def _split_off(self) -> None:
        task_out, task_in = os.pipe()
        answer_out, answer_in = os.pipe()
        try:
            with warnings.catch_warnings():
                # from Python 3.12 on warned of where there are other threads: the bar's touches nothing that the search needs
                warnings.simplefilter("ignore", DeprecationWarning)
                child = os.fork()
        except OSError:
            for end in (task_out, task_in, answer_out, answer_in):
                os.close(end)
            return
        if child == 0:
            os.close(task_in)
            os.close(answer_out)
            self._serve(os.fdopen(task_out, "rb"), os.fdopen(answer_in, "wb"))
        os.close(task_out)
        os.close(answer_in)
        self._child = child
        self._to_child: BinaryIO = os.fdopen(task_in, "wb")
        self._from_child: BinaryIO = os.fdopen(answer_out, "rb")

    def _serve(self, tasks: BinaryIO, answers: BinaryIO) -> None:
        """The life of the second process: it ends with the first, whose end closes the pipe."""
        interrupted: list[int] = []
        self._clock.stopped = lambda: bool(interrupted)
        try:
            signal.signal(signal.SIGINT, lambda number, frame: interrupted.append(number))
            while True:
                task = pickle.load(tasks)
                linear, integer = self._clock.linear_programs, self._clock.integer_programs
                failed, answer = False, None
                try:
                    answer = self._function(task)
                except Exception:
                    failed = True
                linear, integer = self._clock.linear_programs - linear, self._clock.integer_programs - integer
                pickle.dump((failed, answer, linear, integer), answers)
                answers.flush()
        finally:
            os._exit(0)


def in_two(function: Callable[[Task], Answer], mine: Task, other: Task, clock: Clock) -> tuple[Answer, Answer]:
    """The answers to two tasks by a function that changes nothing, worked out side by side."""
    beside = Beside(function, clock)
    try:
        return beside.both(mine, other)
    finally:
        beside.close()


def _second_core() -> bool:
    """Whether a second process can be split off, and has a core to run on."""
    return hasattr(os, "fork") and hasattr(os, "sched_getaffinity") and len(os.sched_getaffinity(0)) > 1
