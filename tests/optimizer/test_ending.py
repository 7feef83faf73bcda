"""What a search may say of its answer."""

from __future__ import annotations

import math
import time

import pytest

from lotsplit.optimizer.ending import stop_of
from lotsplit.optimizer.solver import Clock
from lotsplit.result import Stop

VALUE, ASKED = 1e6, 1e3


@pytest.mark.parametrize(
    ("gap", "stopped", "left", "hurried", "expected"),
    [
        (0.0, False, 10, False, Stop.OPTIMAL),
        # proven is proven, however the search ended
        (0.05, True, -1, True, Stop.OPTIMAL),
        (0.2, False, 10, False, Stop.GAP),
        (1e3, False, 10, True, Stop.GAP),
        (1e3, True, 10, False, Stop.INTERRUPTED),
        (1e3, False, -1, False, Stop.TIME_LIMIT),
        (2e3, False, 10, True, Stop.TIME_LIMIT),
        (2e3, False, 10, False, Stop.NO_PROGRESS),
        # without a schedule nothing is proven
        (math.inf, False, 10, False, Stop.NO_PROGRESS),
    ],
)
def test_only_what_is_proven_is_called_optimal(gap, stopped, left, hurried, expected):
    clock = Clock(time.monotonic() + left, lambda: stopped)
    assert stop_of(gap, VALUE, ASKED, clock, hurried) is expected
