"""Which packages are packed anew beside each other, and what they may hold, where the best schedule is far behind (schedules.py).

A neighbourhood of the best schedule that an integer program can search (Shaw, Principles and Practice of Constraint Programming,
1998): where few lots may start in a month, a package that would pay more divided has no room until many others move.
"""

from __future__ import annotations

import numpy as np

from lotsplit.optimizer.lots.arrays import Ints
from lotsplit.optimizer.lots.rows import Prices
from lotsplit.optimizer.master.program import Master

# of the packages that lose most, so many in turn come first
IN_TURN = 8
# of each pool
BEST_COLUMNS = 8


def in_turn(lost: dict[int, float], turn: int, draw: np.random.Generator) -> list[int]:
    """All packages: one of those that lose most, and the others in an order in which those that lose more tend to come first."""
    packages, losses = np.array(list(lost)), np.maximum(0.0, np.array(list(lost.values())))
    first = int(np.argsort(-losses, kind="stable")[turn % min(IN_TURN, len(losses))])
    weights = np.log(losses + 0.05 * losses.mean() + 1e-9) + draw.gumbel(size=len(losses))
    weights[first] = np.inf
    order: list[int] = packages[np.argsort(-weights, kind="stable")].tolist()
    return order


def contents_around(master: Master, prices: Prices, packages: list[int], held: Ints, most: int) -> Ints:
    """What is held now, and of the first packages what their best columns at some prices hold: at most so many, of one all."""
    columns = master.columns
    profit = columns.reduced_profits(prices)
    found: set[int] = set()
    for package in packages:
        own: set[int] = set()
        for group in (-1 - package, *master.pools_of[package]):
            for column in sorted(columns.of_group.get(group, []), key=lambda c: (-profit[c], c))[:BEST_COLUMNS]:
                own.update(columns.lots.content[columns.first[column] : columns.first[column + 1]].tolist())
        if found and len(found) + len(own) > most:
            break
        found |= own
    return np.array(sorted(found | set(held.tolist())), dtype=np.int64)
