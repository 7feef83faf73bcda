"""A plan of one package, left undivided: solved by trying every slot, so that the linear program need not mix it with divisions."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from lotsplit.optimizer.incumbent import Incumbent, assess
from lotsplit.optimizer.pricing import Pricer
from lotsplit.optimizer.rows import no_prices
from lotsplit.optimizer.slots import every_slot, lots_of
from lotsplit.optimizer.solver import Clock


def best_undivided(pricer: Pricer, clock: Clock, found: Callable[[Incumbent], bool]) -> float:
    """At most what the package of a plan of one brings undivided; minus infinity of any other plan. found: is given the ways met."""
    contents = pricer.rows.contents
    options = contents.all_options()
    options = options.take(np.flatnonzero(np.isin(options.content, pricer.undivided[pricer.apart])))
    if not len(options):
        return -np.inf
    # limits and overflow can only take something off what a slot brings by itself
    row, start, profit = every_slot(contents, options, pricer.tables(no_prices(pricer.rows)))
    most = -np.inf
    for n in np.argsort(-profit, kind="stable").tolist():
        if profit[n] <= most or clock.over():
            return max(most, float(profit[n]))
        way = assess(pricer, lots_of(contents, options, row[n : n + 1], start[n : n + 1]))
        found(way)
        if way.feasible:
            most = max(most, way.value)
    return most
