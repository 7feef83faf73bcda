"""The best choice of lots by cells, against trying every way to make up a pool of one and of two services."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from lotsplit.optimizer.bounds.fillings import fillings_of
from lotsplit.optimizer.bounds.heights import NEVER


def best_of(lots: dict[tuple[int, int], float], left: tuple[int, int], fewest: int) -> float:
    """Lots by how much of two services they hold, as often as wanted, at least `fewest`, holding exactly what is left."""
    if left == (0, 0):
        return 0.0 if fewest <= 0 else -np.inf
    found = [-np.inf]
    for (a, b), worth in lots.items():
        if a + b > 0 and a <= left[0] and b <= left[1]:
            found.append(worth + best_of(lots, (left[0] - a, left[1] - b), fewest - 1))
    return max(found)


def pool(first: int, second: int) -> SimpleNamespace:
    service, parts = ([1, 2], [first, second]) if second else ([1], [first])
    return SimpleNamespace(
        service=np.array(service), parts=np.array(parts), part_value=np.ones(len(parts)),
        pool=SimpleNamespace(value=float(first + second)),
    )  # fmt: skip


@pytest.mark.parametrize("fewest", [1, 3])
@pytest.mark.parametrize("seed", range(30))
def test_no_choice_of_real_lots_brings_more(seed, fewest):
    """Lots of whole numbers of units, each in the cell that begins at its value."""
    draw = np.random.default_rng(seed)
    first, second = int(draw.integers(2, 6)), int(draw.integers(0, 5))
    cells, total = 1, first + second
    kinds, lots, spare = [], {}, []
    for services, (a_max, b_max) in {1: (first, 0), 2: (0, second), 3: (first, second)}.items():
        row = np.full(total, NEVER)
        for a, b in np.ndindex(a_max + 1, b_max + 1):
            if (a > 0) == bool(services & 1) and (b > 0) == bool(services & 2) and a + b < total:
                lots[a, b] = float(draw.normal())
                row[a + b] = max(row[a + b], lots[a, b])
        if (row > NEVER).any():
            kinds.append(services)
            spare.append(row)
    units = pool(first, second)
    found = fillings_of([units], np.zeros(len(kinds), dtype=np.int64), np.array(kinds), np.array([float(cells)]))
    most = found.most(np.array(spare), (fewest,))[0][0][0]
    assert most >= best_of(lots, (first, second), fewest) - 1e-9


def test_services_that_no_lot_mixes_are_made_up_apart():
    """Lots of 6 to 7 bring 1, others lose 10: they make up 20, but not twice 10."""
    spare = np.full((2, 20), -10.0)
    spare[:, 6] = 1.0
    apart = fillings_of([pool(10, 10)], np.zeros(2, dtype=np.int64), np.array([1, 2]), np.array([1.0]))
    together = fillings_of([pool(20, 0)], np.zeros(2, dtype=np.int64), np.array([1, 1]), np.array([1.0]))
    assert together.most(spare, (1,))[0][0][0] == 3.0
    assert apart.most(spare, (1,))[0][0][0] == 2 * (1.0 - 10.0)


def test_a_choice_of_three_lots_at_least_counts_those_too_small_to_fill_a_cell():
    """One lot of all but a little brings 10, tiny ones lose 1 each, others 5: with two tiny ones 8, of three large ones less."""
    spare = np.full((1, 10), -5.0)
    spare[0, 9], spare[0, 0] = 10.0, -1.0
    filling = fillings_of([pool(10, 0)], np.zeros(1, dtype=np.int64), np.array([1]), np.array([1.0]))
    assert filling.most(spare, (1,))[0][0][0] == 10.0
    assert filling.most(spare, (3,))[0][0][0] == 8.0
