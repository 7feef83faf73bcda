"""What few of many rows are touched by, against the table of all of them."""

from __future__ import annotations

import numpy as np
import pytest

from lotsplit.optimizer.lots.amounts import by_owner, joined

ROWS = 7


@pytest.fixture
def table():
    draw = np.random.default_rng(4)
    return np.where(draw.random((20, ROWS)) < 0.3, draw.normal(size=(20, ROWS)), 0.0)


def sparse(table):
    return by_owner(len(table), [(np.flatnonzero(column), n, column[column != 0]) for n, column in enumerate(table.T)])


def dense(amounts):
    found = np.zeros((len(amounts), ROWS))
    found[amounts.owners, amounts.row] = amounts.amount
    return found


def test_some_owners_and_sums_of_owners_and_rows(table):
    amounts, draw = sparse(table), np.random.default_rng(5)
    assert np.array_equal(dense(amounts), table)
    which = np.array([3, 0, 19, 3])
    assert np.array_equal(dense(amounts.take(which)), table[which])
    sizes = np.array([4, 1, 10, 5])
    assert np.allclose(dense(amounts.together(sizes)), np.add.reduceat(table, np.cumsum(sizes) - sizes, axis=0))
    weights, prices = draw.random(20), draw.random(ROWS)
    assert np.allclose(amounts.by_row(ROWS), table.sum(axis=0))
    assert np.allclose(amounts.by_row(ROWS, weights), weights @ table)
    assert np.allclose(amounts.at(prices), table @ prices)
    assert np.array_equal(dense(joined([sparse(table[:8]), sparse(table[8:])])), table)


def test_nothing_is_touched():
    amounts = by_owner(3, [])
    assert len(amounts) == 3
    assert len(amounts.together(np.array([2, 1])).row) == 0
    assert amounts.at(np.ones(ROWS)).tolist() == amounts.by_row(3).tolist() == [0.0, 0.0, 0.0]
