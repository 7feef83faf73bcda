"""A package that no single change can free: its better columns break a budget unless another package moves too."""

from __future__ import annotations

import time
from types import SimpleNamespace

import numpy as np

from lotsplit.optimizer.room import make_room
from lotsplit.optimizer.rows import Prices
from lotsplit.optimizer.solver import Clock

GAIN = {"A whole": 1.0, "A divided": 10.0, "A divided frugally": 8.0, "B dear": 6.0, "B cheap": 4.0, "C": 5.0}
COST = {"A whole": 1.0, "A divided": 3.0, "A divided frugally": 1.5, "B dear": 4.0, "B cheap": 2.0, "C": 9.0}
NAMES = list(GAIN)


def master(budget: float) -> SimpleNamespace:
    """Pools 0, 1 and 2 of packages A, B and C; A can stay whole. One budget for A and B; C lies elsewhere."""
    amounts = np.array([[COST[name] * (name != "C") for name in NAMES]])
    pools = [SimpleNamespace(package=n) for n in range(3)]
    rows = SimpleNamespace(
        contents=SimpleNamespace(plan=SimpleNamespace(value=100.0), pools=pools), most=np.array([budget])
    )
    columns = SimpleNamespace(
        group=[-1, 0, 0, 1, 1, 2],
        amounts=amounts,
        rows=rows,
        reduced_profits=lambda prices: np.array([GAIN[name] for name in NAMES]),
    )
    clock = Clock(time.monotonic() + 60, lambda: False)
    return SimpleNamespace(
        columns=columns,
        pools_of={0: [0], 1: [1], 2: [2]},
        program=SimpleNamespace(clock=clock, solver="highs"),
        scales=np.array([budget]),
    )


def room(budget: float) -> list[str] | None:
    chosen = np.array([NAMES.index(name) for name in ("A whole", "B dear", "C")])
    prices = Prices(np.zeros(1), np.zeros((0, 0)))
    found = make_room(master(budget), prices, np.arange(6), chosen, [NAMES.index("A divided")], np.array([True]))
    return None if found is None else [NAMES[n] for n in found]


def test_the_others_make_room():
    assert room(5.0) == ["A divided", "B cheap", "C"]


def test_the_package_itself_takes_other_columns_where_there_is_no_room_for_its_best():
    assert room(4.0) == ["A divided frugally", "B cheap", "C"]


def test_no_room_is_no_choice():
    assert room(3.0) is None


def test_whoever_need_not_move_stays():
    assert room(7.0) == ["A divided", "B dear", "C"]
