"""What columns use up of the limits, against the loads of their lots month by month."""

from __future__ import annotations

import numpy as np
import pytest

from lotsplit.optimizer.lots.rows import Prices
from lotsplit.optimizer.master import columns as columns_room
from lotsplit.optimizer.master.columns import load_of_all, loads_of_lots


@pytest.fixture
def columns(search):
    return search.columns


def dense(columns):
    """What every column puts into every row, added up lot by lot: one row a row, one column a column."""
    table = np.zeros((len(columns.rows.rows), len(columns)))
    amounts = columns.rows.amounts(columns.lots)
    np.add.at(table, (amounts.row, columns.column_of_lot()[amounts.owners]), amounts.amount)
    return table


def by_month(columns):
    """Column, supplier times months plus month, and load: one line a lot, SME and month."""
    found = loads_of_lots(columns.rows.contents, columns.set_loads, columns.lots)
    return columns.column_of_lot()[found.lot], found.cell, found.load


def test_reduced_profits_are_gains_less_every_row_and_every_month_paid(columns):
    draw = np.random.default_rng(1)
    contents = columns.rows.contents
    shape = (len(contents.plan.suppliers), contents.months)
    prices = Prices(draw.random(len(columns.rows.rows)), draw.random(shape))
    column, cell, load = by_month(columns)
    paid = np.bincount(column, load * prices.capacity.ravel()[cell], minlength=len(columns))
    expected = columns.gain - prices.rows @ dense(columns) - paid
    assert np.allclose(columns.reduced_profits(prices), expected, rtol=1e-9, atol=1e-3)
    assert paid.max() > 0


@pytest.mark.parametrize("kernel", [True, False])
def test_weighted_columns_load_suppliers_and_rows(columns, kernel, monkeypatch):
    if not kernel:
        monkeypatch.setattr(columns_room, "there_is_a_kernel", lambda: False)
    draw = np.random.default_rng(2)
    some = np.sort(draw.choice(len(columns), 200, replace=False))
    weights = draw.random(200)
    load, reached = columns.use(some, weights)
    weight_of = np.zeros(len(columns))
    weight_of[some] = weights
    column, cell, amount = by_month(columns)
    expected = np.bincount(cell, amount * weight_of[column], minlength=load.size)
    assert np.allclose(load.ravel(), expected, rtol=1e-9, atol=1e-3)
    assert np.allclose(reached, dense(columns) @ weight_of, rtol=1e-9, atol=1e-6)
    assert load.max() > 0


def test_loads_summed_up_in_blocks_are_those_of_all_lots_at_once(columns, monkeypatch):
    contents, lots = columns.rows.contents, columns.lots
    cells = len(contents.plan.suppliers) * contents.months
    _, cell, load = by_month(columns)
    monkeypatch.setattr(columns_room, "LOTS_AT_ONCE", 7)
    assert len(lots) > 7
    # added up in the same order: the same to the last bit
    assert np.array_equal(load_of_all(contents, columns.set_loads, lots), np.bincount(cell, load, minlength=cells))
    assert load.sum() > 0
