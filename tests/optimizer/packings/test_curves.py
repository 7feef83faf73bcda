"""Curves of wide pools at random prices, against every content of pools small enough to know them all."""

from __future__ import annotations

import numpy as np
from priced_pools import some

from lotsplit.optimizer.packings.lines import curve_points, lines_of


def test_a_curve_is_at_least_what_every_content_brings(mixes):
    compared = 0
    for priced in some(range(60)):
        points, curves = curve_points(lines_of(priced.contents, priced.wide), priced.tables), priced.curves()
        first_mix = 0
        for units, pool in zip(priced.wide, priced.pools, strict=True):
            for row in priced.rows[pool.index]:
                profit, value = priced.best.profit[row], priced.contents.value[row]
                held = np.array(priced.contents.counts[row]) > 0
                if not np.isfinite(profit):
                    continue
                service = np.bitwise_or.reduce(units.service[held])
                window = units.first[held].max(), units.last[held].min(), units.least[held].max()
                mix = units.mix_of[*window, units.sets.set_of(service)]
                assert mix >= 0
                highest = -np.inf
                for curve in np.unique(points.curve[points.mix == first_mix + mix]):
                    on = points.curve == curve
                    v, f = points.value[on], points.profit[on]
                    if v[0] * (1 - 1e-9) <= value <= v[-1] * (1 + 1e-9):
                        highest = max(highest, float(np.interp(value, v, f)))
                assert highest >= profit - 1e-9 * pool.value
                on_curves = curves.profit(np.array([first_mix + mix]), np.array([value]))[0]
                assert on_curves >= profit - 1e-9 * pool.value
                compared += 1
            first_mix += len(units.mixes)
    assert compared >= 400
