"""Packings that break a limit by themselves, and the same lots in other months.

Lots that are alike have the same best month, so that a large package starts more lots in one month than may start. The linear
program can take half of such a packing; no schedule can take it.
"""

from __future__ import annotations

import numpy as np

from lotsplit.optimizer.lots.arrays import Ints
from lotsplit.optimizer.lots.rows import Lots, Prices
from lotsplit.optimizer.master.columns import Columns
from lotsplit.optimizer.pricing.pricer import Pricer
from lotsplit.optimizer.rounding.choices import WIDTHS, choice_of_slots, climbed

# packings of a pool, the best ones, whose lots are moved
MOST_OF_POOL = 4


def best_broken(columns: Columns, broken: Ints, prices: Prices, least: float) -> list[int]:
    """The best broken columns of every group whose best one is broken, by at least so much.

    broken: columns that break a limit by themselves.
    """
    profit = columns.reduced_profits(prices)
    unbroken = profit.copy()
    unbroken[broken] = -np.inf
    best: list[int] = []
    for members in columns.of_group.values():
        if profit[members].max() > unbroken[members].max() + least:
            mine = np.intersect1d(broken, members)
            best.extend(mine[np.argsort(-profit[mine], kind="stable")][:MOST_OF_POOL].tolist())
    return best


def with_others(columns: Columns, some: Ints) -> Ints:
    """Those of some columns whose groups have others too."""
    group = np.array(columns.group)
    others = np.delete(group, some)
    return some[np.isin(group[some], others)]


def spread(pricer: Pricer, lots: Lots, prices: Prices, penalties: tuple[float, ...], seed: int) -> Lots:
    """The lots of a packing in months in which they bring most without breaking a limit by themselves, if there are any.

    penalties: of a broken limit, rising.
    """
    ascent, every = choice_of_slots(pricer, lots, prices)
    return every.take(climbed(ascent, penalties, [seed], WIDTHS))
