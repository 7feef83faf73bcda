"""A bound on what a wide pool can bring in one or two lots: any two mixes that together hold it, and any values of their lots.

With two lots the value of one settles the other's, so that both are looked up on their curves and nothing is averaged, as it is
where lots pay for what they hold (goods.py). More lots than two are bounded there, at prices of their own.
"""

from __future__ import annotations

import numpy as np

from lotsplit.optimizer.bounds.goods import Known
from lotsplit.optimizer.bounds.heights import NEVER
from lotsplit.optimizer.compiled import kernel, there_is_a_kernel
from lotsplit.optimizer.lots.arrays import Floats
from lotsplit.optimizer.packings.curves import Curves
from lotsplit.optimizer.packings.mixes import WideUnits


def bounds_of_two_lots(wide: list[WideUnits], first_mix: list[int], known: list[Known], curves: Curves) -> Floats:
    """An upper bound on the profit of any packing of each pool in one or two lots; at least that of the packing known.

    curves: with chords that are nowhere below them. first_mix: of each pool, as these count mixes. NEVER, which bounds
    nothing, without the compiled kernel.
    """
    bounds = np.full(len(wide), NEVER)
    if not there_is_a_kernel():
        return bounds
    for n, (units, first, one) in enumerate(zip(wide, first_mix, known, strict=True)):
        end = first + len(units.mixes)
        points = curves.first[first : end + 1]
        value, profit = curves.points_of_mixes(first, end)
        best = float(one.profits.sum())
        bounds[n] = kernel.two_lots(
            units.part_value * units.parts,
            np.array([mix.units for mix in units.mixes], dtype=np.int64),
            points - points[0],
            value,
            np.where(np.isfinite(profit), profit, NEVER),
            best / units.pool.value if np.isfinite(best) else 0.0,
            best if np.isfinite(best) else NEVER,
        )
    return bounds
