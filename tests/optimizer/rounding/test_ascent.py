"""Coordinate ascent: what a choice comes to, and lots that move to other slots, against the lots worked out anew."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lotsplit.optimizer.master import columns as columns_room
from lotsplit.optimizer.master.columns import loads_of_lots
from lotsplit.optimizer.rounding import ascent as ascent_room
from lotsplit.optimizer.rounding.ascent import NONE, Ascent, candidates_of, limits_of_cells
from lotsplit.optimizer.rounding.choices import WIDTHS, choice_of_columns, choice_of_slots, climbed
from lotsplit.optimizer.rounding.incumbent import assess


def penalised(search, lots):
    found = assess(search.pricer, lots)
    return found.value - 100 * search.plan.value * float((found.excess / search.master.scales).sum())


def test_every_change_of_a_choice_is_worth_what_was_said(search):
    columns, pricer = search.columns, search.pricer
    groups = {}
    for column, group in enumerate(columns.group):
        if group >= 0:
            groups.setdefault(group, []).append(column)
    order = np.array([column for members in groups.values() for column in members])
    first = np.cumsum([0, *(len(members) for members in groups.values())])
    sizes = np.diff(columns.first)[order]
    lots = np.concatenate([np.arange(columns.first[c], columns.first[c + 1]) for c in order])
    table = candidates_of(
        pricer, first, columns.lots.take(lots), sizes, columns.gain[order], columns.amounts.take(order)
    )
    ascent = Ascent(pricer, table, [[n] for n in range(len(groups))], [NONE] * len(groups), search.prices)
    ascent.penalty = 10.0 * search.plan.value
    # what counts as broken leaves out 1e-9 of every limit
    noise = 1e-9 * ascent.penalty * len(pricer.rows.rows)
    draw = np.random.default_rng(3)
    for group in range(len(groups)):
        ascent.put(group, int(draw.integers(first[group], first[group + 1])))
    for group in draw.permutation(len(groups)).tolist():
        old = ascent.drop(group)
        worth, without = ascent.worth(group), ascent.value()
        for column in (first[group], first[group + 1] - 1, old):
            ascent.put(group, int(column))
            assert ascent.value() - without == pytest.approx(worth[column - first[group]], rel=1e-6, abs=noise)
            ascent.drop(group)
        ascent.put(group, old)
    # all chosen at once they come to the same
    at_once = Ascent(pricer, table, [[n] for n in range(len(groups))], [NONE] * len(groups), search.prices)
    at_once.start(ascent.columns())
    assert (at_once.state.chosen == ascent.state.chosen).all()
    for name in ("load", "reached", "overflow"):
        np.testing.assert_allclose(getattr(at_once.state, name), getattr(ascent.state, name), rtol=1e-9, atol=1e-3)
    chosen = columns.lots.take(np.isin(columns.column_of_lot(), order[ascent.columns()]))
    found = loads_of_lots(pricer.rows.contents, pricer.loads, chosen)
    most = limits_of_cells(pricer)
    overflow = np.maximum(0, np.bincount(found.cell, found.load, minlength=len(most)) - most).sum()
    assert ascent.state.overflow[0] == pytest.approx(overflow, abs=1.0)
    assert overflow > 0


def moved_lots(search, lots, seeds):
    ascent, every = choice_of_slots(search.pricer, lots, search.prices)
    start = ascent.columns().tolist()
    moved = every.take(climbed(ascent, (search.plan.value, 100 * search.plan.value), seeds, WIDTHS))
    assert ascent.columns().tolist() == start
    return moved


def test_lots_that_move_hold_what_they_held_and_keep_their_windows(search):
    lots, contents = search.schedules.best.lots, search.pricer.rows.contents
    moved = moved_lots(search, lots, [1, 2])
    assert np.array_equal(np.sort(moved.content), np.sort(lots.content))
    assert (moved.start >= contents.first[moved.content]).all()
    assert (moved.start + moved.months - 1 <= contents.last[moved.content]).all()


def test_lots_that_break_limits_move_to_where_fewer_are_broken(search):
    lots, contents = search.schedules.best.lots, search.pricer.rows.contents
    crowded = replace(lots, start=contents.first[lots.content])
    assert assess(search.pricer, crowded).excess.any()
    # of one order alone a limit or two may stay broken
    moved = moved_lots(search, crowded, [1, 2, 3, 4])
    assert penalised(search, moved) > penalised(search, crowded)
    assert not assess(search.pricer, moved).excess.any()


def test_a_packing_known_keeps_its_number(search):
    columns = search.columns
    some = [3, 0, len(columns) - 1]
    lots = columns.lots.take(np.concatenate([np.arange(columns.first[c], columns.first[c + 1]) for c in some]))
    sizes = [columns.first[c + 1] - columns.first[c] for c in some]
    before = len(columns)
    assert columns.numbers([columns.group[c] for c in some], sizes, lots).tolist() == some
    assert len(columns) == before


def every_choice(search):
    """Candidates of one lot each, and of several lots that meet on cells."""
    lots, columns = search.schedules.best.lots, search.columns
    of_lots = choice_of_slots(search.pricer, lots, search.prices)[0].candidates
    weights, every = np.zeros(len(columns)), np.arange(len(columns))
    of_columns = choice_of_columns(search.pricer, columns, weights, every, search.prices)[0].candidates
    return of_lots, of_columns


def test_candidates_are_laid_out_the_same_in_blocks_of_lots_and_by_the_kernel(search, monkeypatch):
    given = every_choice(search)
    for module in (ascent_room, columns_room):
        monkeypatch.setattr(module, "there_is_a_kernel", lambda: False)
    at_once = every_choice(search)
    monkeypatch.setattr(ascent_room, "LOTS_AT_ONCE", 500)
    in_blocks = every_choice(search)
    for one, *others in zip(given, at_once, in_blocks, strict=True):
        assert len(one.cell) > 1000
        for other in others:
            for name in ("cell_first", "cell", "load", "row_first", "row", "amount"):
                assert np.array_equal(getattr(one, name), getattr(other, name))
