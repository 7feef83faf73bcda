"""Better schedules lot by lot, by integer programs over lots in any month, where whole packings do not fit beside each other."""

from __future__ import annotations

from itertools import product

import numpy as np

from lotsplit.optimizer.lots.rows import Prices, join
from lotsplit.optimizer.master.program import Point
from lotsplit.optimizer.rounding.around import contents_around, in_turn
from lotsplit.optimizer.rounding.candidates import best_of_pools
from lotsplit.optimizer.rounding.closing import LotProgram, lots_in_every_month
from lotsplit.optimizer.rounding.diving import losses
from lotsplit.optimizer.rounding.incumbent import assess
from lotsplit.optimizer.rounding.schedules import LEAST_OF_TURN, Schedules

# columns of each pool whose lots are moved by themselves, with contents of whole units or without: as many of these as give no more
# lots, month by month, than MOST_MOVED
MOST_TO_MOVE, MOST_MOVED = (16, 4, 1), 4_000
MOVE_NODES = 300
# packing a few packages anew: contents, and months of each, to choose from; nodes; turns without a gain
MOST_AROUND, MONTHS_AROUND, NODES_AROUND, IDLE_AROUND = 60, 5, 30, 4


def move_lots(schedules: Schedules, point: Point, prices: Prices, gap: float, *, far: bool) -> None:
    """A schedule of the lots of good columns, each in any month: where whole packings do not fit beside each other.

    far: also where there are too many lots with those of whole units.
    """
    held = np.zeros(0, dtype=np.int64) if schedules.best is None else schedules.best.lots.content
    more = np.concatenate([held, schedules.pricer.wide.whole_units()])
    for most, others in product(MOST_TO_MOVE, (more, held) if far else (more,)):
        columns = best_of_pools(schedules.master, prices, schedules.weights(point), most)
        content = schedules.columns.lots.content[np.isin(schedules.columns.column_of_lot(), columns)]
        lots = lots_in_every_month(schedules.pricer, prices, np.unique(np.concatenate([content, others])))
        if len(lots) <= MOST_MOVED:
            break
    else:
        return
    moved = LotProgram(schedules.pricer, lots, schedules.master.program.solver, schedules.clock).solve(MOVE_NODES, gap)
    if moved.lots is not None:
        schedules.take(assess(schedules.pricer, moved.lots))


def move_around(schedules: Schedules, prices: Prices, gap: float) -> None:
    """Pack a few packages anew, the one that loses most first, while the lots of all others may move to other months.

    The lots that may be chosen are few enough for an integer program that starts from the best schedule; again and again
    while one of the last few brought something.
    """
    tried = idle = 0
    while schedules.best is not None and idle < IDLE_AROUND and not schedules.clock.over():
        best = schedules.best
        lost = losses(schedules.master, prices, schedules.columns.of_lots(best.lots))
        packages = in_turn(lost, tried, np.random.default_rng((schedules.seed, tried)))
        held = contents_around(schedules.master, prices, packages, best.lots.content, MOST_AROUND)
        lots = join([best.lots, lots_in_every_month(schedules.pricer, prices, held, MONTHS_AROUND)])
        known = np.repeat([1, 0], [len(best.lots), len(lots) - len(best.lots)])
        program = LotProgram(schedules.pricer, lots, schedules.master.program.solver, schedules.clock)
        moved = program.solve(NODES_AROUND, gap, known)
        better = moved.lots is not None and schedules.take(assess(schedules.pricer, moved.lots))
        idle = 0 if better and schedules.best.value > best.value + LEAST_OF_TURN * schedules.value else idle + 1
        tried += 1
