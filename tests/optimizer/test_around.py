"""Packing a few packages anew, where the lots of all others may move to other months."""

from __future__ import annotations

import numpy as np
from test_diving import farthest_behind

from lotsplit.optimizer import schedules
from lotsplit.optimizer.around import IN_TURN, contents_around, in_turn


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


def test_packages_that_no_other_step_divides_are_divided_when_the_lots_of_others_move(monkeypatch):
    monkeypatch.setattr(schedules, "IDLE_AROUND", 1)
    behind = farthest_behind(19, (1,), ())
    monkeypatch.setattr(schedules, "IDLE_AROUND", 0)
    assert behind < 0.7 * farthest_behind(19, (1,), ())
