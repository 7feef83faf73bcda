"""Ties between equally good slots: the longest, then the earliest (model, section 6)."""

from __future__ import annotations

import numpy as np

from lotsplit.optimizer.lots.arrays import UNDIVIDED, Ints
from lotsplit.optimizer.lots.rows import LOT_COLUMNS, Lots
from lotsplit.optimizer.lots.runs import places_of_runs
from lotsplit.optimizer.lots.slots import lots_of
from lotsplit.optimizer.master.columns import lot_gains
from lotsplit.optimizer.pricing.pricer import Pricer
from lotsplit.optimizer.rounding.incumbent import Incumbent, assess, incumbent_of, sums_of

# assessments made, of all lots together: fewer of more lots, as each takes longer
MOST_TRIALS, LOTS_TO_TRY = 400, 200_000
# of the value: rounding noise of a sum
NOISE = 1e-9


def tidied(pricer: Pricer, incumbent: Incumbent) -> Incumbent:
    """The same lots, each in the longest and then earliest slot that is as good and keeps every limit.

    Where not all can move, halves of them are tried, and so on; of very many lots some then stay where they are.
    """
    lots = incumbent.lots
    wanted = _preferred(pricer, lots)
    if wanted is None:
        return incumbent
    least = incumbent.value - NOISE * max(1.0, abs(incumbent.value))
    current, sums = incumbent, sums_of(pricer, lots)
    waiting = [np.flatnonzero((wanted.months != lots.months) | (wanted.start != lots.start))]
    trials = min(MOST_TRIALS, LOTS_TO_TRY // len(lots) + 1)
    while waiting and trials:
        some = waiting.pop()
        trials -= 1
        before, after = current.lots.take(some), wanted.take(some)
        moved = sums.plus(sums_of(pricer, before), -1.0).plus(sums_of(pricer, after), 1.0)
        found = incumbent_of(pricer, _placed(current.lots, some, after), moved)
        if found.feasible and found.value >= least:
            current, sums = found, moved
        elif len(some) > 1:
            waiting.extend([some[len(some) // 2 :], some[: len(some) // 2]])
    # sums of differences carry more rounding noise than those of all lots
    whole = assess(pricer, current.lots)
    return whole if whole.feasible else incumbent


def _placed(lots: Lots, some: Ints, as_these: Lots) -> Lots:
    """The lots, some of them (by place) as others are."""
    columns = {name: getattr(lots, name).copy() for name in LOT_COLUMNS}
    for name, column in columns.items():
        column[some] = getattr(as_these, name)
    return Lots(**columns)


def _preferred(pricer: Pricer, lots: Lots) -> Lots | None:
    """For every lot the longest, then earliest slot of its content that gains no less by itself; None if all have it."""
    contents = pricer.rows.contents
    gains = lot_gains(pricer.rows, lots, pricer.weights)
    options = contents.all_options()
    low, high = (np.searchsorted(options.content, lots.content, side) for side in ("left", "right"))
    lot = np.repeat(np.arange(len(lots)), high - low)
    row = places_of_runs(low, high - low)
    trial = lots_of(contents, options, row, contents.first[options.content[row]])
    good = lot_gains(pricer.rows, trial, pricer.weights) >= (gains - 1e-12 * np.maximum(1.0, np.abs(gains)))[lot]
    good &= (trial.reserved == lots.reserved[lot]) & (contents.pool[lots.content] != UNDIVIDED)[lot]
    # options of a content are in order: the first that is good
    chosen = np.flatnonzero(good)
    chosen = chosen[np.diff(lot[chosen], prepend=-1) != 0]
    wanted = _placed(lots, lot[chosen], trial.take(chosen))
    if np.array_equal(wanted.months, lots.months) and np.array_equal(wanted.start, lots.start):
        return None
    return wanted
