"""Part of the work in a second process, where the system can split one off and there is a second core.

What is asked comes as tasks, the same whether or not there is a second process, so that results do not depend on it. Each
process begins with one; those left go to whoever is free. A second process that ends before its answers is replaced by
this one.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import chain
from typing import BinaryIO, Generic, TypeVar

from lotsplit.optimizer.compiled import give_back
from lotsplit.optimizer.solver import Clock

Task = TypeVar("Task")
Answer = TypeVar("Answer")

# this process and the second one, as the numbers of the tasks they begin with
HERE, BESIDE = 0, 1
# bytes of a task's number
NUMBER = 2


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

    def answers(self, tasks: Sequence[Task]) -> list[Answer]:
        """The answers to some tasks, in their order. Every other one is more likely to be worked out in the second process."""
        found: dict[int, Answer] = {}
        if len(tasks) > 1 and self._ask(tasks):
            found = self._work(tasks, HERE)
            if self._clock.stopped():
                self._interrupt()
            try:
                failed, beside, linear, integer = pickle.load(self._from_child)
            except (EOFError, OSError, pickle.UnpicklingError):
                failed = True
            if failed:
                self.close()
            else:
                self._clock.linear_programs += linear
                self._clock.integer_programs += integer
                found |= beside
        return [found[n] if n in found else self._function(task) for n, task in enumerate(tasks)]

    def close(self) -> None:
        """End the second process."""
        if self._child:
            child, self._child = self._child, 0
            for pipe in (self._to_child, self._from_child):
                with suppress(OSError):
                    pipe.close()
            for end in chain(*self._waiting):
                os.close(end)
            with suppress(ProcessLookupError, ChildProcessError):
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)

    def _ask(self, tasks: Sequence[Task]) -> bool:
        if not self._child:
            return False
        for number in range(2, len(tasks)):
            os.write(self._waiting[number % 2][1], number.to_bytes(NUMBER))
        try:
            pickle.dump(tasks, self._to_child)
            self._to_child.flush()
        except OSError:
            self.close()
            return False
        return True

    def _work(self, tasks: Sequence[Task], side: int) -> dict[int, Answer]:
        """The answers to a first task, and to those that wait for one of the two processes or else for the other."""
        found = {side: self._function(tasks[side])}
        give_back()
        for waiting in (side, 1 - side):
            with suppress(BlockingIOError):
                while True:
                    number = int.from_bytes(os.read(self._waiting[waiting][0], NUMBER))
                    found[number] = self._function(tasks[number])
                    give_back()
        return found

    def _interrupt(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self._child, signal.SIGINT)

    def _split_off(self) -> None:
        task_out, task_in = os.pipe()
        answer_out, answer_in = os.pipe()
        self._waiting = os.pipe(), os.pipe()
        for out, _ in self._waiting:
            os.set_blocking(out, False)
        # the collector of the second process need not touch what is there now: its pages stay shared
        gc.freeze()
        try:
            with warnings.catch_warnings():
                # from Python 3.12 on warned of where there are other threads: the bar's touches nothing that the search needs
                warnings.simplefilter("ignore", DeprecationWarning)
                child = os.fork()
        except OSError:
            gc.unfreeze()
            for end in (task_out, task_in, answer_out, answer_in, *chain(*self._waiting)):
                os.close(end)
            return
        if child:
            gc.unfreeze()
        else:
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
                asked = pickle.load(tasks)
                linear, integer = self._clock.linear_programs, self._clock.integer_programs
                failed, found = False, None
                try:
                    found = self._work(asked, BESIDE)
                except Exception:
                    failed = True
                linear, integer = self._clock.linear_programs - linear, self._clock.integer_programs - integer
                pickle.dump((failed, found, linear, integer), answers)
                answers.flush()
        finally:
            os._exit(0)


def side_by_side(function: Callable[[Task], Answer], tasks: Sequence[Task], clock: Clock) -> list[Answer]:
    """The answers to some tasks by a function that changes nothing, worked out side by side."""
    beside = Beside(function, clock)
    try:
        return beside.answers(tasks)
    finally:
        beside.close()


def _second_core() -> bool:
    """Whether a second process can be split off, and has a core to run on."""
    return hasattr(os, "fork") and hasattr(os, "sched_getaffinity") and len(os.sched_getaffinity(0)) > 1
