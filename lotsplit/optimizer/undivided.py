"""Packages left undivided: the only one of a plan is solved by trying every slot; and what limits cost beside others."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from lotsplit.limits import MAX_LOTS
from lotsplit.optimizer.lots.arrays import UNDIVIDED
from lotsplit.optimizer.lots.rows import Prices, no_prices
from lotsplit.optimizer.lots.slots import every_slot, lots_of
from lotsplit.optimizer.master.columns import Columns
from lotsplit.optimizer.master.program import Point
from lotsplit.optimizer.pricing.pricer import Pricer
from lotsplit.optimizer.rounding.incumbent import Incumbent, assess
from lotsplit.optimizer.solver import Clock

# of a package: a linear program that leaves less of it undivided does not
LEAST_SHARE = 1e-6


def best_undivided(pricer: Pricer, clock: Clock, found: Callable[[Incumbent], bool]) -> float:
    """At most what the package of a plan of one brings undivided; minus infinity of any other plan. found: is given the ways met."""
    contents = pricer.rows.contents
    options = contents.all_options()
    options = options.take(np.flatnonzero(np.isin(options.content, pricer.undivided[pricer.apart])))
    if not len(options):
        return -np.inf
    row, start, profit = every_slot(contents, options, pricer.tables(no_prices(pricer.rows)))
    # limits and overflow can only take something off what a slot brings by itself; ties have taken off some already
    profit += pricer.undivided_ties[pricer.apart].sum()
    most = -np.inf
    for n in np.argsort(-profit, kind="stable").tolist():
        if profit[n] <= most or clock.over():
            return max(most, float(profit[n]))
        way = assess(pricer, lots_of(contents, options, row[n : n + 1], start[n : n + 1]))
        found(way)
        if way.feasible:
            most = max(most, way.value)
    return most


def prices_of_limits(
    pricer: Pricer, columns: Columns, point: Point | None, prices: Prices, best: Incumbent | None
) -> dict[str, float]:
    """What one more unit of each limit would add at the margin of the linear program, where that says it.

    It does not of the lots of a package that it leaves undivided, which takes all that it may have, however many these are; nor of
    anything where the only package stays undivided, of which it knows divisions alone.
    """
    rows, contents = pricer.rows, pricer.rows.contents
    if pricer.apart.any() and best is not None and (contents.pool[best.lots.content] == UNDIVIDED).any():
        return {}
    undivided = np.zeros(len(contents.plan.packages))
    if point is not None:
        group = np.array(columns.group[: len(point.weights)], dtype=np.int64)
        np.add.at(undivided, -1 - group[group < 0], point.weights[group < 0])
    unsaid = {
        rows.rows[n].limit.id for n in rows.by_kind.get(MAX_LOTS, []) if undivided[rows.rows[n].package] > LEAST_SHARE
    }
    return {limit: price for limit, price in rows.limit_prices(prices).items() if limit not in unsaid}
