"""Ties between equally good slots: the longest, then the earliest (model, section 6)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lotsplit.optimizer.arrays import UNDIVIDED, Floats, Ints
from lotsplit.optimizer.columns import loads_of_lots, lot_gains
from lotsplit.optimizer.incumbent import Incumbent, assess
from lotsplit.optimizer.pricing import Pricer
from lotsplit.optimizer.rows import Lots


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
    months, start = lots.months.copy(), lots.start.copy()
    columns = {name: getattr(lots, name).copy() for name in ("sets", "sme_win", "thin", "extra", "cost")}
    done = contents.pool[lots.content] == UNDIVIDED
    for options in contents.all_options():
        where = {int(c): n for n, c in enumerate(options.content)} if not done.all() else {}
        for k in np.flatnonzero(~done & (lots.reserved == options.reserved)):
            row = where.get(int(lots.content[k]))
            if row is None:
                continue
            trial = _one(lots, int(k), options, row)
            gain = float(lot_gains(pricer.rows, trial, pricer.weights)[0])
            if gain >= gains[k] - 1e-12 * max(1.0, abs(float(gains[k]))):
                months[k], start[k] = options.months, contents.first[lots.content[k]]
                for name, column in columns.items():
                    column[k] = getattr(trial, name)[0]
                done[k] = True
    if np.array_equal(months, lots.months) and np.array_equal(start, lots.start):
        return None
    return replace(lots, months=months, start=start, **columns)


def _one(lots: Lots, k: int, options: object, row: int) -> Lots:
    return Lots(
        lots.content[k : k + 1],
        np.array([options.months]),  # type: ignore[attr-defined]
        lots.start[k : k + 1],
        lots.reserved[k : k + 1],
        options.sets[row : row + 1],  # type: ignore[attr-defined]
        options.sme_win[row : row + 1],  # type: ignore[attr-defined]
        options.thin[row : row + 1],  # type: ignore[attr-defined]
        options.extra[row : row + 1],  # type: ignore[attr-defined]
        options.cost[row : row + 1],  # type: ignore[attr-defined]
    )


__all__ = ["Floats", "Ints", "loads_of_lots", "tidied"]
