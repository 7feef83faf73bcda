"""Packing a few packages anew, where the lots of all others may move to other months."""

from __future__ import annotations

import numpy as np
from searches import LAST_STEPS, search_of

from lotsplit.optimizer.rounding import moving
from lotsplit.optimizer.rounding.around import IN_TURN, contents_around, in_turn


def test_packages_that_lose_most_take_turns_in_being_the_first():
    lost = {package: float(loss) for package, loss in enumerate((5, 0, 9, 1, 0, 2, 0, 0, 0, 0))}
    orders = [in_turn(lost, turn, np.random.default_rng(turn)) for turn in range(IN_TURN)]
    assert [order[0] for order in orders[:4]] == [2, 0, 5, 3]
    assert all(sorted(order) == list(lost) for order in orders)
    assert np.mean([order.index(2) for order in orders]) < np.mean([order.index(1) for order in orders])


def test_contents_are_those_of_the_first_packages_and_what_is_held(search):
    held = search.schedules.best.lots.content
    contents = search.pricer.rows.contents
    packages = list(range(len(search.plan.packages)))
    few = contents_around(search.master, search.prices, packages, held, 0)
    more = contents_around(search.master, search.prices, packages, held, 60)
    assert set(held.tolist()) <= set(few.tolist()) < set(more.tolist())
    # of one package all, though they are more than asked for
    assert set(contents.package[np.setdiff1d(few, held)].tolist()) == {0}
    assert len(np.setdiff1d(more, held)) <= 60


def test_a_poor_schedule_is_packed_anew_package_by_package(monkeypatch):
    """Few lots may start in a month here, and packages are large: no other step divides one while the rest stays."""
    monkeypatch.setattr(moving, "IDLE_AROUND", 1)
    search = search_of("town", 14, 0, ("_round", *LAST_STEPS))
    relaxed, value = -search.point.objective, search.plan.value
    assert relaxed - search.schedules.best.value > 0.1 * value
    moving.move_around(search.schedules, search.prices, 0.1 * search.gap)
    assert relaxed - search.schedules.best.value < 0.01 * value
