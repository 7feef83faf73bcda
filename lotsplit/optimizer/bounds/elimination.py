"""A bound on what any packing of a wide pool brings, by elimination: which lots could a better one than known hold at all?

At any prices of goods (goods.py) a lot brings something above what it pays, and other lots beside it so much at most. Where
both together do not beat a target, no packing that does holds the lot. Often few hundred lots are left; all packings of these
are tried, by what is left to pack, and the best is the most that any packing brings, or the target is. Lots of whole units that
exist, and none of them twice: where prices of goods average lots that cannot stand beside each other, this does not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lotsplit.optimizer.bounds.heights import NEVER
from lotsplit.optimizer.bounds.ranges import Range
from lotsplit.optimizer.compiled import kernel
from lotsplit.optimizer.lots.arrays import Floats
from lotsplit.optimizer.packings.mixes import WideUnits
from lotsplit.optimizer.packings.regroup import Packing
from lotsplit.optimizer.solver import Clock

# of the pool's value: a bound this near the best packing known need not get better
NEAR = 1e-5
# of the pool's value: what rounding errors of sums may come to
ROUNDING = 1e-9
# of a value: so far above it is surely greater
ABOVE = 1e-6
# of pools of more parts than FEW_PARTS that can be left in more states than MOST_STATES too many lots are alike; of more than
# MOST_PARTS it would take long to find out
FEW_PARTS, MOST_STATES, MOST_PARTS = 600, 2.0**62, 2_000
# of pools of more units fewer nodes are tried, as each takes as much longer
MANY_UNITS = 64


@dataclass(frozen=True)
class Effort:
    """How much is tried. lots, nodes: at most. targets: from the best packing known to the bound, one after the other."""

    lots: int
    nodes: int
    targets: tuple[float, ...]


@dataclass(frozen=True)
class Brings:
    """What lots of a pool bring above what they pay. price: of one part of each unit. spare: by range of values, mix and cell
    of value. beside: at most, of any choice of lots, by the cells that they add up to. width: of a cell."""

    price: Floats
    spare: Floats
    beside: Floats
    width: float


def least_bound(
    units: WideUnits,
    ranges: list[Range],
    brings: Brings,
    best: float,
    bound: float,
    effort: Effort,
    clock: Clock,
) -> tuple[float, Packing]:
    """A closer bound than one known, and a better packing than the best one known (none: an empty one), where these can be had.

    best, bound: what the best packing brings, and any at most. No target is begun when the time is over. With the
    compiled kernel only.
    """
    value = units.pool.value
    paid = float(brings.price @ units.parts)
    packing: Packing = []
    if _too_many_ways(units):
        return bound, packing
    for part in effort.targets:
        target = best + NEAR * value + part * (bound - best)
        if target >= bound or clock.over():
            break
        found, most = _eliminated(units, ranges, brings, target - paid, effort)
        packing = found or packing
        if np.isfinite(most):
            return min(bound, most + paid + ROUNDING * value), packing
    return bound, packing


def _too_many_ways(units: WideUnits) -> bool:
    # their product may be too large for a number
    parts, log_of_states = int(units.parts.sum()), float(np.log(units.parts + 1.0).sum())
    return parts > MOST_PARTS or (parts > FEW_PARTS and log_of_states > np.log(MOST_STATES))


def _eliminated(
    units: WideUnits, ranges: list[Range], brings: Brings, target: float, effort: Effort
) -> tuple[Packing, float]:
    """The best packing that brings more than the target above what it pays (none: empty); and what none exceeds, or infinity."""
    order = np.argsort(-units.part_value, kind="stable")
    hopeful = _through(brings) > target
    of_range, mixes = np.nonzero(hopeful.any(axis=2))
    # above the last cell in which a lot beats the target
    largest = (np.flatnonzero(hopeful.any(axis=(0, 1))).max(initial=0) + 1) * brings.width
    points = [ranges[n].points[mix] for n, mix in zip(of_range.tolist(), mixes.tolist(), strict=True)]
    price = [brings.price + ranges[n].less for n in of_range.tolist()]
    profits = np.concatenate([np.zeros(0), *(y for _, y in points)])
    counts = np.zeros((int(units.parts.sum()), len(order)), dtype=np.int64)
    made, most = kernel.eliminate(
        units.part_value[order],
        units.parts[order],
        np.array(price).reshape(-1, len(order))[:, order].copy(),
        np.array([units.mixes[mix].units[order] for mix in mixes], dtype=np.int64),
        np.cumsum([0, *(len(x) for x, _ in points)]),
        np.concatenate([np.zeros(0), *(x for x, _ in points)]),
        np.where(np.isfinite(profits), profits, NEVER),
        brings.beside,
        units.service[order],
        units.services_held()[mixes],
        brings.width,
        float(largest) * (1 + ABOVE),
        target,
        effort.lots,
        effort.nodes * MANY_UNITS // max(MANY_UNITS, len(order)),
        counts,
    )
    packing = np.zeros_like(counts[:made])
    packing[:, order] = counts[:made]
    return [tuple(lot) for lot in packing.tolist()], most


def _through(brings: Brings) -> Floats:
    """The most that lots of each range and mix bring with all beside them, by cells of their value."""
    cells = brings.spare.shape[2]
    # a lot in a cell counts as that many cells or one more
    left = brings.beside[::-1]
    through: Floats = brings.spare + np.maximum(left[:cells], left[1 : cells + 1])
    return through
