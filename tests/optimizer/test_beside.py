"""A second process gives the same answers as none, and its end is no end of the search."""

from __future__ import annotations

import os
import signal
import time

import numpy as np
import pytest
from oracle.tiny import tiny_plan

from lotsplit.optimizer import beside, optimize
from lotsplit.optimizer.beside import Beside, side_by_side
from lotsplit.optimizer.pricing import wide
from lotsplit.optimizer.solver import Clock

forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot split off a process")


@pytest.fixture
def clock():
    return Clock(time.monotonic() + 60, lambda: False)


@pytest.fixture(params=["two processes", "one process"])
def cores(request, monkeypatch):
    monkeypatch.setattr(beside, "_second_core", lambda: request.param == "two processes")
    return request.param


def told(task):
    if task == "fail":
        raise ValueError(task)
    return task, os.getpid()


@forks
def test_both_answers_come_in_order(cores, clock):
    pair = Beside(told, clock)
    (mine, here), (other, there) = pair.answers(["a", "b"])
    pair.close()
    assert (mine, other) == ("a", "b")
    assert here == os.getpid()
    assert (there == here) == (cores == "one process")


@forks
def test_tasks_left_go_to_whoever_is_free(monkeypatch, clock):
    monkeypatch.setattr(beside, "_second_core", lambda: True)

    def wait(seconds):
        time.sleep(seconds)
        return seconds, os.getpid()

    seconds = [0.5, *(0.01 for _ in range(7))]
    answers = side_by_side(wait, seconds, clock)
    assert [asked for asked, _ in answers] == seconds
    # also those that would have waited for the process that is busy
    assert {process for _, process in answers[1:]} == {answers[1][1]} != {os.getpid()}


@forks
def test_without_a_second_process_all_tasks_are_done_here(cores, clock):
    assert [asked for asked, _ in side_by_side(told, list("abcde"), clock)] == list("abcde")
    assert side_by_side(told, [], clock) == []


@forks
def test_programs_solved_in_either_process_are_counted(cores, clock):
    def solve(programs):
        clock.linear_programs += programs

    side_by_side(solve, [3, 4, 5, 6], clock)
    assert clock.linear_programs == 18


@forks
def test_what_a_process_keeps_stays_with_it(monkeypatch, clock):
    monkeypatch.setattr(beside, "_second_core", lambda: True)
    kept = []

    def keep(task):
        kept.append(task)
        return list(kept)

    pair = Beside(keep, clock)
    assert pair.answers([1, 2]) == [[1], [2]]
    assert pair.answers([3, 4]) == [[1, 3], [2, 4]]
    pair.close()


@forks
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_a_second_process_that_is_killed_is_replaced(end, monkeypatch, clock):
    monkeypatch.setattr(beside, "_second_core", lambda: True)
    pair = Beside(told, clock)
    os.kill(pair.answers(["a", "b"])[1][1], end)
    time.sleep(0.1)
    assert pair.answers(["c", "d"]) == [("c", os.getpid()), ("d", os.getpid())]
    pair.close()


@forks
def test_an_error_in_the_second_process_is_raised_here(monkeypatch, clock):
    monkeypatch.setattr(beside, "_second_core", lambda: True)
    with pytest.raises(ValueError, match="fail"):
        side_by_side(told, ["a", "fail"], clock)


@forks
def test_the_second_process_ends_with_the_object(monkeypatch, clock):
    monkeypatch.setattr(beside, "_second_core", lambda: True)
    pair = Beside(told, clock)
    child = pair.answers(["a", "b"])[1][1]
    pair.close()
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


def test_results_do_not_depend_on_a_second_process(monkeypatch):
    found = []
    monkeypatch.setattr(wide, "FEW_TO_DIVIDE", 2)
    monkeypatch.setattr("lotsplit.optimizer.pricing.exact.MOST_STATES_OF_FEW", 1)
    monkeypatch.setattr("lotsplit.optimizer.pricing.exact.MOST_STATES", 1)
    for second in (True, False):
        monkeypatch.setattr(beside, "_second_core", lambda second=second: second)
        results = [optimize(*tiny_plan(seed)) for seed in range(6)]
        found.append([(r.schedule, None if np.isinf(r.bound) else r.bound, r.solver) for r in results])
    assert found[0] == found[1]
    assert sum(schedule is not None for schedule, *_ in found[0]) >= 3
