"""Eligible sets: each is worked out once, whatever sets are met with it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lotsplit.market import bidders_of, no_bid_and_single_bid, win_chances, winning_tables
from lotsplit.market.sets import EligibleSets
from lotsplit.workbook import read_plan

REGIONAL = Path(__file__).parents[2] / "examples" / "regional-stimulus.xlsx"


@pytest.fixture
def market():
    plan, rules, _ = read_plan(REGIONAL)
    bidders = bidders_of(plan.suppliers, rules)
    tables = winning_tables(bidders)
    return bidders, tables, EligibleSets(bidders, tables, 3)


def numbers(sets, given):
    members = np.concatenate([np.zeros(0, dtype=np.int64), *map(np.array, given)]).astype(np.int64)
    return sets.numbers(members, np.array([len(one) for one in given], dtype=np.int64)).tolist()


def test_sets_are_numbered_as_they_are_met_and_only_once(market):
    _, _, sets = market
    assert numbers(sets, [[3, 7], [], [1, 2, 9], [3, 7], []]) == [0, 1, 2, 0, 1]
    assert numbers(sets, [[7], [1, 2, 9], [2, 9]]) == [3, 2, 4]
    assert numbers(sets, []) == []
    assert len(sets) == 5
    assert [sets.members(n).tolist() for n in range(5)] == [[3, 7], [], [1, 2, 9], [7], [2, 9]]


def test_what_follows_from_a_set_is_that_of_its_members_alone(market):
    bidders, tables, sets = market
    draw = np.random.default_rng(1)
    given = [np.sort(draw.choice(len(bidders.count), size, replace=False)) for size in (0, 1, 5, 12, 30)]
    found = numbers(sets, given[:2]) + numbers(sets, given[2:])
    columns = sets.columns()
    for number, members in zip(found, given, strict=True):
        size = np.array([len(members)])
        chances = win_chances(tables, members, size)
        assert np.array_equal(sets.chances(number), chances)
        assert columns.sme_win[number] == pytest.approx(chances[bidders.is_sme[members]].sum(), abs=1e-12)
        alone = columns.no_bid[number], columns.single_bid[number]
        none, single = no_bid_and_single_bid(tables, members, size)
        assert alone == pytest.approx((none[0], single[0]), abs=1e-12)
        assert columns.firms[number] == bidders.count[members].sum()
        assert columns.sme_firms[number] == bidders.count[members][bidders.is_sme[members]].sum()
        assert columns.thin[number] == (columns.firms[number] < 3)
    sizes, rows, chances = sets.from_set(found[2], found[4])
    assert sizes.tolist() == [5, 12]
    assert np.array_equal(rows, np.concatenate(given[2:4]))
    assert len(chances) == 17


def test_a_band_of_a_participation_curve_is_a_set_without_members(market):
    _, _, sets = market
    first = sets.band(("band", "works", 1e5), 0.4)
    assert sets.band(("band", "works", 1e5), 0.4) == first != sets.band(("band", "works", 2e5), 0.3)
    assert sets.columns().sme_win.tolist() == [0.4, 0.3]
    assert len(sets.members(first)) == 0
