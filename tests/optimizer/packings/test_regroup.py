"""Regrouped packings at random prices, against every packing of pools small enough to try them all."""

from __future__ import annotations

import numpy as np
import pytest
from priced_pools import regrouped_near_optimum, some

from lotsplit.optimizer.compiled import kernel
from lotsplit.optimizer.packings import mixes as mixes_room
from lotsplit.optimizer.packings import regroup
from lotsplit.optimizer.packings.regroup import QUICK, THOROUGH, regrouped


@pytest.mark.parametrize(("with_kernel", "effort"), [(True, QUICK), (True, THOROUGH), (False, QUICK)])
def test_regrouping_keeps_every_part_and_finds_most_optima_of_small_pools(with_kernel, effort, monkeypatch):
    monkeypatch.setattr(regroup, "there_is_a_kernel", lambda: with_kernel and kernel is not None)
    pools, best = regrouped_near_optimum(effort)
    assert pools >= 60
    assert best >= 0.6 * pools


@pytest.mark.parametrize(("with_kernel", "effort"), [(True, QUICK), (True, THOROUGH), (False, QUICK)])
def test_lots_of_a_regrouped_packing_have_a_window(with_kernel, effort, monkeypatch):
    """Also where curves take different windows together."""
    monkeypatch.setattr(regroup, "there_is_a_kernel", lambda: with_kernel and kernel is not None)
    monkeypatch.setattr(mixes_room, "MOST_EDGES", 1)
    without_one = 0
    for priced in some(range(140)):
        alone = [[tuple(row) for row in np.diag(pool.shape).tolist()] for pool in priced.pools]
        found = regrouped(priced.wide, priced.first_mix, priced.curves(), alone, effort, np.random.default_rng(1))
        for pool, packing in zip(priced.pools, found, strict=True):
            of = pool.columns
            without_one += of.last.min() - of.first.max() + 1 < of.least.max()
            for lot in packing:
                held = np.array(lot) > 0
                assert of.last[held].min() - of.first[held].max() + 1 >= of.least[held].max()
    assert without_one >= 10
