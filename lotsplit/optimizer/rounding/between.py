"""Packings between those that the linear program mixes: of a package that it divides between ways, no schedule can take half of each."""

from __future__ import annotations

import numpy as np

from lotsplit.optimizer.lots.rows import Prices
from lotsplit.optimizer.master.program import Point
from lotsplit.optimizer.packings.regroup import Effort
from lotsplit.optimizer.rounding.schedules import Schedules

# times the prices of the linear program at which packings take less of what is scarce; lot sizes to start from
DEARER, TARGETS = (1.15, 1.4, 1.8, 2.5, 4.0, 8.0), 2


def pack_between(schedules: Schedules, prices: Prices, effort: Effort) -> tuple[Point, Prices] | None:
    """The best packings at dearer prices, and such with a few lots fewer at a time; the solution of the linear program with them.

    Where every lot brings as much as any other, no prices tell that some of them are as good as all or none.
    """
    pricer, columns = schedules.pricer, schedules.columns
    for times in DEARER:
        if schedules.clock.over():
            break
        dearer = Prices(times * prices.rows, times * prices.capacity)
        pricer.wide.widen(dearer, np.arange(len(pricer.wide)), TARGETS, effort, schedules.seed)
        schedules.add_packings(dearer)
    between = pricer.wide.between(prices) if pricer.wide else []
    best = pricer.price(prices, prove=False).best
    may_be = pricer.may_be_divided[pricer.package_of_pool]
    # lots below the least value have no slot
    possible = [
        (pool, packing) for pool, packing in between if may_be[pool] and np.isfinite(best.profit[packing]).all()
    ]
    if possible:
        lots = best.lots(np.array([row for _, packing in possible for row in packing], dtype=np.int64))
        columns.add([pool for pool, _ in possible], [len(packing) for _, packing in possible], lots)
    solved = schedules.master.solve()
    return None if solved is None else solved[:2]
