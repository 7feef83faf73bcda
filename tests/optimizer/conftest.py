"""What several tests of the optimiser look into: the regional example, searched once."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from lotsplit.optimizer.search import Search
from lotsplit.optimizer.solver import Clock
from lotsplit.result import Aim, Silent
from lotsplit.workbook import read_plan

REGIONAL = Path(__file__).parents[2] / "examples" / "regional-stimulus.xlsx"


@pytest.fixture(scope="session")
def search():
    """A finished search of the regional example; to be looked at, not changed."""
    plan, rules, _ = read_plan(REGIONAL)
    clock = Clock(time.monotonic() + 120, lambda: False)
    search = Search(plan, rules, Aim.OBJECTIVE, 0.02 * plan.value, "highs", 0, clock, Silent())
    search.run()
    search.pricer.wide.close()
    return search
