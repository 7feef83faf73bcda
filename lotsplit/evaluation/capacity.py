"""Expected load of every supplier in every month, and what overflows (model, section 5)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lotsplit.market import Market
from lotsplit.plan import TenderPlan

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Loads:
    """Per supplier row and month of the plan: expected load, and the part of it that the row cannot take on (SMEs only).

    of_lots: per lot, the overflow it causes. of_lots_by_supplier: the same, by (lot, supplier row).
    """

    load: Floats
    overflow: Floats
    of_lots: Floats
    of_lots_by_supplier: dict[tuple[int, int], float]


def loads_of(market: Market, plan: TenderPlan, values: Floats, starts: Ints, months: Ints, sets: Ints) -> Loads:
    """Loads of lots given by columns: value, first month (counted from the plan's), months, eligible set.

    Months outside the plan's span (possible in a schedule edited by hand) bear no load. Overflow is taken off the lots
    that cause it in proportion to their load.
    """
    rows, span = len(plan.suppliers), plan.months
    load = np.zeros((rows, span))
    for v, s, d, k in zip(values, starts, months, sets, strict=True):
        first, last = max(0, int(s)), min(span, int(s + d))
        members = market.members(int(k))
        if len(members) and first < last:
            load[members, first:last] += (market.chances(int(k)) * (v / d))[:, None]
    limit = np.where(market.bidders.is_sme, market.bidders.row_capacity, np.inf)
    overflow = np.maximum(0.0, load - limit[:, None]) if rows else load
    of_lots = np.zeros(len(values))
    by_supplier: dict[tuple[int, int], float] = {}
    if overflow.any():
        share = np.divide(overflow, load, out=np.zeros_like(load), where=load > 0)
        upto = np.concatenate([np.zeros((rows, 1)), np.cumsum(share, axis=1)], axis=1)
        over_rows: Bools = np.asarray(overflow.any(axis=1))
        for n, (v, s, d, k) in enumerate(zip(values, starts, months, sets, strict=True)):
            first, last = max(0, int(s)), min(span, int(s + d))
            members = market.members(int(k))
            hit = over_rows[members]
            if first < last and hit.any():
                who = members[hit]
                lost = market.chances(int(k))[hit] * (v / d) * (upto[who, last] - upto[who, first])
                of_lots[n] = lost.sum()
                by_supplier.update({(n, int(row)): float(x) for row, x in zip(who, lost, strict=True) if x > 0})
    return Loads(load, overflow, of_lots, by_supplier)
