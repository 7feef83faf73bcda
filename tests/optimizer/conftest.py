"""What several tests of the optimiser share: the regional example, searched once; pools with windows told apart or not."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from lotsplit.optimizer.lots import services as services_room
from lotsplit.optimizer.packings import mixes as mixes_room
from lotsplit.optimizer.search import Search
from lotsplit.optimizer.solver import Clock
from lotsplit.result import Aim, Silent
from lotsplit.workbook import read_plan

REGIONAL = Path(__file__).parents[2] / "examples" / "regional-stimulus.xlsx"


@pytest.fixture(scope="session")
def search():
    """A finished search of the regional example; to be looked at, not changed."""
    plan, rules, _ = read_plan(REGIONAL)
    # tests use it long after it has ended
    clock = Clock(time.monotonic() + 3_600, lambda: False)
    search = Search(plan, rules, Aim.OBJECTIVE, 0.02 * plan.value, "highs", 0, clock, Silent())
    search.run()
    search.pricer.wide.close()
    return search


@pytest.fixture(params=["told apart", "by suppliers", "taken together"])
def mixes(request, monkeypatch):
    """Windows and services told apart, lots of several services by their suppliers, or taken together as those of pools with very many."""
    if request.param != "told apart":
        monkeypatch.setattr(services_room, "MOST_SERVICES", 1)
    if request.param == "taken together":
        monkeypatch.setattr(mixes_room, "MOST_EDGES", 1)
        monkeypatch.setattr(mixes_room, "LEAST_SETS", 1)
    return request.param
