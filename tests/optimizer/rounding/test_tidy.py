"""Lots in equally good slots lie in the longest and then earliest ones that keep every limit."""

from __future__ import annotations

import numpy as np
import pytest

from lotsplit.optimizer.rounding import tidy
from lotsplit.optimizer.rounding.incumbent import assess
from lotsplit.optimizer.rounding.tidy import tidied


def test_what_is_tidied_holds_the_same_and_is_worth_no_less(search):
    best = search.schedules.best
    once = tidied(search.pricer, best)
    assert once.feasible
    assert once.value >= best.value - 1e-6
    assert np.array_equal(once.lots.content, best.lots.content)
    assert tidied(search.pricer, once).value >= once.value - 1e-6


def test_lots_that_cannot_all_move_move_by_halves(search, monkeypatch):
    lots = search.schedules.best.lots
    contents = search.pricer.rows.contents
    # to their first months: too many at once, but some of them may
    waits = np.flatnonzero((lots.start > contents.first[lots.content]) & (contents.pool[lots.content] >= 0))
    assert len(waits) >= 5
    wanted = tidy._placed(lots, waits, lots.take(waits))
    wanted.start[waits] = contents.first[lots.content[waits]]
    assert not assess(search.pricer, wanted).feasible
    monkeypatch.setattr(tidy, "_preferred", lambda pricer, some: wanted)
    monkeypatch.setattr(tidy, "NOISE", 1.0)
    found = tidied(search.pricer, search.schedules.best)
    assert found.feasible
    moved = found.lots.start != lots.start
    assert 1 <= moved.sum() < len(waits)
    assert found.lots.start[moved] == pytest.approx(wanted.start[moved])
