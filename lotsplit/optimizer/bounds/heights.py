"""How high the curves of wide pools reach above lines of some slopes, cell by cell of value: what the bound looks up.

For every mix and cell the most of profit - slope x (value - lower edge of the cell) that any lot with a value in the cell
has, for some slopes. As a function of the slope it is convex, so that between two slopes a chord lies above it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lotsplit.optimizer.lots.arrays import Floats, Ints
from lotsplit.optimizer.packings.lines import Points

NEVER = -1e18
# slopes at which heights are held: about the middle of the prices first tried, in units of their spread
OFFSETS = np.array([-30, -12, -5, -2, -0.7, 0, 0.7, 2, 5, 12, 30.0])


@dataclass(frozen=True)
class Heights:
    """most: one row a mix, one column a cell, one layer a slope. slopes: of each pool. pool: of each mix.

    width: of a cell, in each pool.
    """

    most: Floats
    slopes: Floats
    pool: Ints
    width: Floats

    @property
    def cells(self) -> int:
        """Into how many cells the value of a pool is cut."""
        return int(self.most.shape[1])

    def coarser(self, factor: int) -> Heights:
        """The same in cells `factor` times as wide."""
        mixes, cells, slopes = self.most.shape
        parts = self.most.reshape(mixes, cells // factor, factor, slopes)
        over = np.arange(factor)[:, None] * self.width[self.pool][:, None, None]
        lowered = parts - (over * self.slopes[self.pool][:, None, :])[:, None]
        return Heights(lowered.max(axis=2), self.slopes, self.pool, self.width * factor)

    def of_pools(self, pools: Ints) -> Heights:
        """Those of some pools, which are counted anew."""
        number = np.full(len(self.width), -1)
        number[pools] = np.arange(len(pools))
        mine = number[self.pool] >= 0
        return Heights(self.most[mine], self.slopes[pools], number[self.pool[mine]], self.width[pools])


def heights_of(points: Points, pool_of_mix: Ints, values: Floats, slopes: Floats, cells: int) -> Heights:
    """Heights from points of curves. values: of the pools. slopes: one row a pool."""
    share = points.value / values[pool_of_mix[points.mix]]
    mix, edge, at_edge = _at_edges(points, share, cells)
    cell = np.minimum(np.floor(share * cells * (1 - 1e-12)).astype(np.int64), cells - 1)
    place = np.concatenate([points.mix * cells + cell, mix * cells + edge - 1, mix * cells + edge])
    over = np.concatenate([share * cells - cell, np.ones(len(edge)), np.zeros(len(edge))])
    profit = np.concatenate([points.profit, at_edge, at_edge])
    inside = np.concatenate([np.ones(len(cell), dtype=np.bool_), edge > 0, edge < cells])
    order = np.flatnonzero(inside)[np.argsort(place[inside], kind="stable")]
    place, over, profit = place[order], over[order], profit[order]
    pool = pool_of_mix[place // cells]
    over = over * (values / cells)[pool]
    begin = np.flatnonzero(np.diff(place, prepend=-1))
    most = np.full((len(pool_of_mix) * cells, slopes.shape[1]), NEVER)
    for k in range(slopes.shape[1]):
        most[place[begin], k] = np.maximum.reduceat(profit - slopes[pool, k] * over, begin)
    shaped = np.maximum(most, NEVER).reshape(len(pool_of_mix), cells, -1)
    return Heights(shaped, slopes, pool_of_mix, values / cells)


def _at_edges(points: Points, share: Floats, cells: int) -> tuple[Ints, Ints, Floats]:
    """Mix, number of an edge between cells, and the most that a curve's chord (at least the curve) has there."""
    starts = np.flatnonzero(np.diff(points.curve, prepend=-1))
    ends = np.append(starts[1:], len(share)) - 1
    # the two sides of a step must stay apart in the key
    jump = (np.diff(share, prepend=-1.0) < 1e-9 * share) & (np.diff(points.curve, prepend=-1) == 0)
    key = points.curve + 0.5 * share * (1 + 1e-9 * jump)
    edge = np.arange(cells + 1) / cells
    asked = (np.arange(len(starts))[:, None] + 0.5 * edge).ravel()
    found: Floats = np.interp(asked, key, points.profit).reshape(len(starts), -1)
    found[(edge < share[starts][:, None]) | (edge > share[ends][:, None] * (1 + 1e-12))] = -np.inf
    of_curve = points.mix[starts]
    first = np.flatnonzero(np.diff(of_curve, prepend=-1))
    most = np.maximum.reduceat(found, first, axis=0)
    line, number = np.nonzero(np.isfinite(most))
    return of_curve[first][line], number, most[line, number]
