"""Which package a dive settles next: the linear program is solved again with it, so that all others make room.

A package that the linear program divides between columns, or that a schedule leaves with far worse ones than there are,
cannot be settled by itself where limits bind: whatever it takes breaks one of them.
"""

from __future__ import annotations

import numpy as np

from lotsplit.optimizer.lots.arrays import Floats, Ints
from lotsplit.optimizer.lots.rows import Prices
from lotsplit.optimizer.master.program import Master

Settled = tuple[int, list[int]]
"""A package and its columns: one that leaves it undivided, or one of each of its pools."""


def stuck(
    master: Master, prices: Prices, weights: Floats, chosen: Ints, much: float, tried: set[int]
) -> Settled | None:
    """The package not tried yet that loses most at these prices by the columns chosen; None where none loses so much.

    weights: of all columns in the linear program.
    """
    worst, package = much, -1
    for candidate, loss in losses(master, prices, chosen).items():
        if candidate not in tried and loss > worst:
            worst, package = loss, candidate
    return None if package < 0 else (package, _heaviest(master, weights, package))


def losses(master: Master, prices: Prices, chosen: Ints) -> dict[int, float]:
    """What every package loses at some prices by the columns chosen, against its best ones."""
    columns = master.columns
    profit = columns.reduced_profits(prices)
    most = {group: max(float(profit[c]) for c in members) for group, members in columns.of_group.items()}
    now = dict.fromkeys(master.pools_of, 0.0)
    for column in chosen.tolist():
        now[master.package_of(columns.group[column])] += float(profit[column])
    lost = {}
    for package, pools in master.pools_of.items():
        ways = [most[-1 - package]] if -1 - package in most else []
        if pools and all(pool in most for pool in pools):
            ways.append(sum(most[pool] for pool in pools))
        lost[package] = max(ways) - now[package]
    return lost


def most_fractional(master: Master, weights: Floats, much: float, tried: set[int]) -> Settled | None:
    """The package not tried yet of which most money is divided between columns; None where it is not so much."""
    worst, package = much, -1
    for candidate, pools in master.pools_of.items():
        if candidate in tried or not pools:
            continue
        columns = _heaviest(master, weights, candidate)
        value = [master.columns.rows.contents.pools[pool].value for pool in pools]
        if master.columns.group[columns[0]] < 0:
            value = [sum(value)]
        divided = sum(v * (1.0 - float(weights[c])) for v, c in zip(value, columns, strict=True))
        if divided > worst:
            worst, package = divided, candidate
    return None if package < 0 else (package, _heaviest(master, weights, package))


def _heaviest(master: Master, weights: Floats, package: int) -> list[int]:
    """The columns of a package with most weight in the linear program: its undivided one where that has more than half."""
    of_group, pools = master.columns.of_group, master.pools_of[package]
    whole = of_group.get(-1 - package, [])
    if not pools or float(weights[whole].sum()) > 0.5 or not all(pool in of_group for pool in pools):
        return [max(whole, key=lambda c: float(weights[c]))]
    return [max(of_group[pool], key=lambda c: float(weights[c])) for pool in pools]


def others_of(master: Master, settled: list[Settled]) -> Ints:
    """All columns of some packages but those that they are settled with."""
    groups = [group for package, _ in settled for group in (-1 - package, *master.pools_of[package])]
    own = np.isin(np.array(master.columns.group), groups)
    own[[column for _, kept in settled for column in kept]] = False
    return np.flatnonzero(own)
