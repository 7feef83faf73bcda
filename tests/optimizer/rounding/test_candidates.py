"""Which columns take part where a choice of them breaks limits, and what an integer master makes of these."""

from __future__ import annotations

import numpy as np
import pytest

from lotsplit.optimizer.rounding import candidates
from lotsplit.optimizer.rounding.candidates import in_limits
from lotsplit.optimizer.rounding.incumbent import assess


@pytest.fixture
def broken(search):
    """A choice of columns that breaks some limits: the best schedule with other columns of a pool or two."""
    schedules, columns = search.schedules, search.columns
    chosen = search.columns.of_lots(schedules.best.lots)
    draw = np.random.default_rng(1)
    for _ in range(2_000):
        tried = chosen.copy()
        for place in draw.integers(0, len(chosen), 4).tolist():
            tried[place] = draw.choice(columns.of_group[columns.group[chosen[place]]])
        found = assess(search.pricer, search.columns.lots_in(tried))
        if found.excess.any():
            return np.sort(tried), np.flatnonzero(found.excess > 0)
    raise AssertionError("no choice breaks a limit")


def test_packages_in_the_limits_get_their_best_columns_and_no_others(search, broken, monkeypatch):
    chosen, limits = broken
    found = in_limits(search.master, chosen, limits, search.prices)
    assert set(chosen.tolist()) < set(found.tolist())
    touching = {
        search.master.package_of(search.columns.group[column])
        for column in chosen.tolist()
        if np.isin(limits, search.rows.amounts(search.columns.lots_of(column)).row).any()
    }
    others = np.setdiff1d(found, chosen).tolist()
    assert {search.master.package_of(search.columns.group[column]) for column in others} <= touching
    assert np.array_equal(in_limits(search.master, chosen, limits[:0], search.prices), chosen)
    monkeypatch.setattr(candidates, "MOST_PACKAGES", 0)
    assert np.array_equal(in_limits(search.master, chosen, limits, search.prices), chosen)


def test_a_choice_that_breaks_limits_is_mended_and_closed_columns_stay_out(search, broken):
    chosen, _ = broken
    schedules, nothing = search.schedules, np.zeros(0, dtype=np.int64)
    mended = schedules._mended(chosen, search.prices, nothing)
    assert not assess(search.pricer, search.columns.lots_in(mended)).excess.any()
    assert np.array_equal(schedules._mended(mended, search.prices, nothing), mended)
    fresh = np.setdiff1d(mended, chosen)
    again = schedules._mended(chosen, search.prices, fresh)
    assert not np.isin(again, fresh).any()
