"""Searches of generated plans, without some of their steps."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from lotsplit.optimizer.search import Search
from lotsplit.optimizer.solver import Clock
from lotsplit.result import Aim, Silent

sys.path.append(str(Path(__file__).parents[1] / "benchmarks"))
from generate import SIZES, make

LAST_STEPS = ("_branch", "_improve_by_master", "_move_lots", "_close")


def search_of(size: str, number: int, seed: int, without: tuple[str, ...]) -> Search:
    """The search of a generated plan without some steps, at its end."""
    plan, rules = make(SIZES[size], number)
    clock = Clock(time.monotonic() + 120, lambda: False)
    search = Search(plan, rules, Aim.OBJECTIVE, 0.001 * plan.value, "highs", seed, clock, Silent())
    for step in without:
        setattr(search, step, lambda: None)
    search.run()
    search.pricer.wide.close()
    return search
