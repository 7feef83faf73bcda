"""Which columns a schedule is put together from: those that the linear program uses, and others that are nearly as good."""

from __future__ import annotations

import numpy as np

from lotsplit.optimizer.lots.arrays import Floats, Ints
from lotsplit.optimizer.lots.rows import Prices
from lotsplit.optimizer.master.program import Master

FEW_COLUMNS = 1_000
MOST_OF_A_POOL = 16
# of packages in limits that are broken: so many are chosen anew together at most, from so many columns of each pool
MOST_PACKAGES, COLUMNS_TO_MEND = 60, 15


def promising(master: Master, prices: Prices, weights: Floats) -> Ints:
    """Columns in the master's solution, and of each pool the best others at its prices; all where they are few."""
    if len(master.columns) <= FEW_COLUMNS:
        return np.arange(len(master.columns))
    return best_of_pools(master, prices, weights, MOST_OF_A_POOL)


def best_of_pools(master: Master, prices: Prices, weights: Floats, most: int) -> Ints:
    """Columns that have a weight, and of each pool the best others at some prices, at most so many."""
    columns = master.columns
    score = columns.reduced_profits(prices)
    keep = set(np.flatnonzero(weights > 1e-9).tolist())
    for members in columns.of_group.values():
        ranked = sorted(members, key=lambda column: (-score[column], column))
        keep.update(ranked[:most])
    return np.array(sorted(keep), dtype=np.int64)


def in_dispute(master: Master, candidates: Ints, weights: Floats, chosen: Ints) -> Ints:
    """Candidates of the pools on which linear program and best schedule differ, and the common column of all others.

    chosen: the columns of the best schedule. All candidates where they are few.
    """
    if len(candidates) <= FEW_COLUMNS:
        return candidates
    columns, best = master.columns, set(chosen.tolist())
    agreed: set[int] = set()
    for column in best:
        if weights[column] >= 1.0 - 1e-6:
            group = columns.group[column]
            agreed.update([group] if group >= 0 else master.pools_of[-1 - group])
    kept = []
    for column in candidates.tolist():
        group = columns.group[column]
        pools = [group] if group >= 0 else master.pools_of[-1 - group]
        if column in best or not agreed.intersection(pools):
            kept.append(column)
    return np.array(kept, dtype=np.int64)


def in_limits(master: Master, chosen: Ints, limits: Ints, prices: Prices) -> Ints:
    """A choice of columns, and of the packages that it has in some limits the best others at some prices; none of too many packages."""
    columns = master.columns
    amounts = columns.amounts.take(chosen)
    touching = chosen[np.unique(amounts.owners[np.isin(amounts.row, limits)])]
    packages = {master.package_of(columns.group[column]) for column in touching.tolist()}
    if len(packages) > MOST_PACKAGES:
        return chosen
    good = best_of_pools(master, prices, np.zeros(len(columns)), COLUMNS_TO_MEND)
    others = [column for column in good.tolist() if master.package_of(columns.group[column]) in packages]
    return np.union1d(chosen, np.array(others, dtype=np.int64))
