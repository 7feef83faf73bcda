"""Ties between equally good slots: the longest, then the earliest (model, section 6)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lotsplit.optimizer.arrays import UNDIVIDED
from lotsplit.optimizer.columns import lot_gains
from lotsplit.optimizer.incumbent import Incumbent, assess
from lotsplit.optimizer.pricing import Pricer
from lotsplit.optimizer.rows import LOT_COLUMNS, Lots
from lotsplit.optimizer.slots import lots_of


def tidied(pricer: Pricer, incumbent: Incumbent) -> Incumbent:
    """The same lots, each in the longest and then earliest slot that is as good and keeps every limit."""
    lots = incumbent.lots
    wanted = _preferred(pricer, lots)
    if wanted is None:
        return incumbent
    changed = assess(pricer, wanted)
    if changed.feasible and changed.value >= incumbent.value - 1e-9 * max(1.0, abs(incumbent.value)):
        return changed
    current = incumbent
    for k in range(len(lots)):
        moved = {
            name: np.where(np.arange(len(lots)) == k, getattr(wanted, name), getattr(current.lots, name))
            for name in ("months", "start", "sets", "sme_win", "thin", "extra", "cost")
        }
        trial = replace(current.lots, **moved)
        if len(lots) > 400 or (
            np.array_equal(trial.start, current.lots.start) and np.array_equal(trial.months, current.lots.months)
        ):
            continue
        found = assess(pricer, trial)
        if found.feasible and found.value >= current.value - 1e-12 * max(1.0, abs(current.value)):
            current = found
    return current


def _preferred(pricer: Pricer, lots: Lots) -> Lots | None:
    """For every lot the longest, then earliest slot of its content that gains no less by itself; None if all have it."""
    contents = pricer.rows.contents
    gains = lot_gains(pricer.rows, lots, pricer.weights)
    options = contents.all_options()
    low, high = (np.searchsorted(options.content, lots.content, side) for side in ("left", "right"))
    lot = np.repeat(np.arange(len(lots)), high - low)
    row = np.arange(len(lot)) - np.repeat(np.cumsum(high - low) - (high - low), high - low) + low[lot]
    trial = lots_of(options, row, contents.first[options.content[row]])
    good = lot_gains(pricer.rows, trial, pricer.weights) >= (gains - 1e-12 * np.maximum(1.0, np.abs(gains)))[lot]
    good &= (trial.reserved == lots.reserved[lot]) & (contents.pool[lots.content] != UNDIVIDED)[lot]
    # options of a content are in order: the first that is good
    chosen = np.flatnonzero(good)
    chosen = chosen[np.diff(lot[chosen], prepend=-1) != 0]
    columns = {name: getattr(lots, name).copy() for name in LOT_COLUMNS}
    for name, column in columns.items():
        column[lot[chosen]] = getattr(trial, name)[chosen]
    if np.array_equal(columns["months"], lots.months) and np.array_equal(columns["start"], lots.start):
        return None
    return Lots(**columns)
