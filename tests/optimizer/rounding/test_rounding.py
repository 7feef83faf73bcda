"""Prices around a schedule, and packings that are the best at these."""

from __future__ import annotations

import numpy as np
import pytest
from searches import LAST_STEPS, search_of

from lotsplit.optimizer import search as search_room
from lotsplit.optimizer.rounding.choices import prices_around
from lotsplit.optimizer.rounding.incumbent import sums_of


@pytest.mark.parametrize("width", [0.3, 0.03])
def test_prices_around_a_schedule_rise_where_limits_are_broken_and_fall_where_there_is_room(search, width):
    lots, relaxed = search.schedules.best.lots, search.prices
    found, sums = prices_around(search.pricer, lots, relaxed, width), sums_of(search.pricer, lots)
    rows = search.rows
    broken, scale = sums.reached - rows.most, np.array([row.scale for row in rows.rows])
    apart = (relaxed.rows > 0) & (np.abs(broken) > 1e-6 * scale)
    assert apart.any()
    assert (np.sign(found.rows - relaxed.rows) == np.sign(broken))[apart].all()
    assert not found.rows[(relaxed.rows == 0) & (sums.reached < rows.most)].any()
    limits = np.where(search.pricer.loads.limited, rows.contents.market.bidders.row_capacity, np.inf)[:, None]
    load = sums.load.reshape(relaxed.capacity.shape)
    weight = search.weights.overflow
    assert (load > limits).any()
    assert (found.capacity >= np.minimum(relaxed.capacity, weight) - 1e-9)[load >= limits].all()
    assert (found.capacity <= relaxed.capacity + 1e-9)[load <= limits].all()
    assert np.allclose(found.capacity[load > (1 + width) * limits + 1], weight)
    assert not found.capacity[load < (1 - width) * limits - 1].any()


def test_packings_at_prices_around_a_schedule_make_a_better_one():
    search = search_of("authority", 1, 0, ("_prove", "_round", *LAST_STEPS))
    search.schedules.vary(search.prices, 0)
    search.schedules.round(search.point, search.prices)
    before, columns = search.schedules.best, len(search.columns)
    search.schedules.reprice(search.prices)
    after = search.schedules.best
    assert after.feasible
    assert len(search.columns) > columns
    assert after.value > before.value + 5e-5 * search.plan.value


@pytest.mark.parametrize(("behind", "again"), [(3.9, 0), (4.1, search_room.MORE_LUCK), (np.inf, 0)])
def test_packings_and_rounding_are_drawn_anew_while_the_best_schedule_is_far_astray(search, monkeypatch, behind, again):
    monkeypatch.setattr(search.schedules, "behind", lambda point: behind * search.far_behind)
    monkeypatch.setattr(search, "_reached", lambda: False)
    seeds = []
    for step in ("_widen", "_generate"):
        monkeypatch.setattr(search, step, lambda *given: None)
    monkeypatch.setattr(search, "_round", lambda: seeds.append(search.schedules.seed))
    monkeypatch.setattr(search.schedules, "seed", search.schedules.seed)
    search._round_again()
    assert len(set(seeds)) == len(seeds) == again
