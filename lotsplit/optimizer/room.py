"""Room for a package that is stuck: it takes better columns, and all packages that share the limits it breaks move aside.

A package whose better columns break a limit, while all others stay, cannot be freed one step at a time. An integer program
moves the others at once: their candidate columns, the limits, and capacity at its prices instead of its rows.
"""

from __future__ import annotations

import numpy as np

from lotsplit.optimizer.arrays import Bools, Floats, Ints
from lotsplit.optimizer.master import Master
from lotsplit.optimizer.rows import Prices
from lotsplit.optimizer.solver import ColumnBlock, LinearProgram, Status

NODES = 200
# of the plan's value: a gap at which the program may stop
NEAR = 1e-4


def make_room(
    master: Master, prices: Prices, candidates: Ints, chosen: Ints, better: list[int], broken: Bools
) -> Ints | None:
    """The columns chosen with better ones for one package, and with others where they share a broken limit.

    better: its best columns; it is divided or not as they have it. broken: rows that break when only these are taken. None
    where the program finds nothing that holds all.
    """
    columns = master.columns
    package_of = np.array([_package(master, group) for group in columns.group])
    stuck = package_of[better[0]]
    shares = (columns.amounts[broken] != 0).any(axis=0)
    others = np.setdiff1d(package_of[chosen[shares[chosen]]], stuck)
    stay = chosen[~np.isin(package_of[chosen], [*others, stuck])]
    known = np.union1d(candidates, chosen)
    free = known[np.isin(package_of[known], others)]
    divided = np.array(columns.group)[known] >= 0
    kind = known[(package_of[known] == stuck) & (divided == (columns.group[better[0]] >= 0))]
    # the best columns alone make a small program; where they leave no room, others of their kind may
    for own in (np.array(better), np.union1d(kind, better)):
        moved = _moved(master, prices, np.union1d(free, own), stay, [*others.tolist(), stuck])
        if moved is not None:
            return moved
    return None


def _moved(master: Master, prices: Prices, free: Ints, stay: Ints, packages: list[int]) -> Ints | None:
    """The columns that stay, and the best choice of the free ones for some packages beside them; None where none is found."""
    columns = master.columns
    value = columns.rows.contents.plan.value
    worth = columns.reduced_profits(Prices(np.zeros_like(prices.rows), prices.capacity))
    left = columns.rows.most - columns.amounts[:, stay].sum(axis=1)
    program = LinearProgram(master.program.solver, master.program.clock, unit=value / 1e4)
    # each limit in its own scale: in money beside numbers of lots HiGHS found the program badly scaled, and once never ended
    coupling = [program.add_row(-np.inf, float(most / scale)) for most, scale in zip(left, master.scales, strict=True)]
    pools = [pool for package in packages for pool in master.pools_of[package] or [-1 - package]]
    cover = {pool: program.add_row(1.0, 1.0) for pool in pools}
    _add(program, master, free, worth, coupling, cover)
    answer = program.solve_integer(NODES, NEAR * value)
    if answer.status not in (Status.OPTIMAL, Status.FEASIBLE):
        return None
    return np.sort(np.concatenate([stay, free[answer.values > 0.5]]))


def _package(master: Master, group: int) -> int:
    return -1 - group if group < 0 else master.columns.rows.contents.pools[group].package


def _add(
    program: LinearProgram, master: Master, free: Ints, worth: Floats, coupling: list[int], cover: dict[int, int]
) -> None:
    """The free columns, each in the limits and in the rows of the pools it covers."""
    columns = master.columns
    starts, rows, entries = [0], [], []
    for column in free.tolist():
        amounts = columns.amounts[:, column] / master.scales
        touched = np.flatnonzero(amounts)
        group = columns.group[column]
        covered = [group] if group >= 0 else master.pools_of[-1 - group] or [group]
        rows.extend([*(coupling[n] for n in touched), *(cover[pool] for pool in covered)])
        entries.extend([*amounts[touched].tolist(), *(1.0 for _ in covered)])
        starts.append(len(rows))
    program.add_columns(
        ColumnBlock(
            -worth[free],
            np.full(len(free), np.inf),
            np.array(starts),
            np.array(rows, dtype=np.int64),
            np.array(entries, dtype=np.float64),
            integer=True,
        )
    )
