"""Better packings of wide pools: two lots at a time are taken apart and put together again in the best way.

The parts of the two lots become bundles, few enough to try every division of them (exact). What is tried is worked out in
a table of its own, and only the lots of better packings are kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import prod

import numpy as np

from lotsplit.optimizer.arrays import Contents, Floats, Ints
from lotsplit.optimizer.exact import all_counts, best_packing, best_values, pairs_of
from lotsplit.optimizer.pools import Pool
from lotsplit.optimizer.slots import PriceTables, best_slots

MOST_STATES = 160
MOST_PAIRS = 2_000
PAIRS_OF_A_POOL = 6

Packing = list[tuple[int, ...]]
"""The counts of each lot."""


@dataclass
class Trial:
    """Two lots of a packing (by place), their bundles, and the rows of every content of these in the trial table."""

    packing: int
    lots: tuple[int, int]
    vectors: Ints
    shape: tuple[int, ...]
    rows: Ints


def regrouped(
    contents: Contents, pools: list[Pool], packings: list[Packing], price: Callable[[], PriceTables], sweep: int
) -> list[Packing | None]:
    """For each pool and its packing a better one, or None. price: gives the price tables, once the trial contents are known."""
    table = contents.scratch()
    trials: list[Trial] = []
    for number, (pool, packing) in enumerate(zip(pools, packings, strict=True)):
        for lots in _pairs(pool, packing, sweep):
            trial = _trial(table, pool, number, packing, lots)
            if trial is not None:
                trials.append(trial)
    if not trials:
        return [None for _ in packings]
    table.make_options(np.arange(len(table)))
    best = best_slots(table, price(), table.longest_options())
    better: list[Packing | None] = [None for _ in packings]
    touched: set[tuple[int, int]] = set()
    for trial in trials:
        places = {(trial.packing, lot) for lot in trial.lots}
        if places & touched:
            continue
        found = _better(trial, packings[trial.packing], best.profit)
        if found is not None:
            touched |= places
            whole = better[trial.packing] or [*packings[trial.packing]]
            for lot in trial.lots:
                whole[lot] = ()
            better[trial.packing] = whole + found
    return [None if packing is None else [lot for lot in packing if lot] for packing in better]


def _pairs(pool: Pool, packing: Packing, sweep: int) -> list[tuple[int, int]]:
    """Pairs of lots to regroup: the smallest with others, and neighbours in value; other ones in every sweep."""
    values = [sum(c * u.part_value for c, u in zip(lot, pool.units, strict=True)) for lot in packing]
    order = sorted(range(len(packing)), key=lambda n: (values[n], n))
    step = 1 + sweep % max(1, len(order) - 1) if len(order) > 1 else 1
    pairs = [(order[0], other) for other in order[1:3]]
    pairs += [(order[n], order[(n + step) % len(order)]) for n in range(sweep % 2, len(order), 2)]
    distinct = {(min(a, b), max(a, b)) for a, b in pairs if a != b}
    return sorted(distinct)[:PAIRS_OF_A_POOL]


def _trial(table: Contents, pool: Pool, number: int, packing: Packing, lots: tuple[int, int]) -> Trial | None:
    parts = [sum(packing[lot][n] for lot in lots) for n in range(len(pool.units))]
    for pieces in (12, 6, 4, 3, 2, 1):
        vectors: list[tuple[int, ...]] = []
        shape: list[int] = []
        for n, count in enumerate(parts):
            chunk = max(1, count // pieces)
            for size, times in ((chunk, count // chunk), (count % chunk, 1)):
                if size and times:
                    vectors.append(tuple(size if k == n else 0 for k in range(len(parts))))
                    shape.append(times)
        if prod(n + 1 for n in shape) <= MOST_STATES and pairs_of(tuple(shape)) <= MOST_PAIRS:
            matrix = np.array(vectors, dtype=np.int64)
            rows = table.add(pool, all_counts(tuple(shape)) @ matrix)
            return Trial(number, lots, matrix, tuple(shape), np.concatenate([[-1], rows]))
    return None


def _better(trial: Trial, packing: Packing, profit: Floats) -> Packing | None:
    profits = profit[trial.rows]
    profits[0] = 0.0
    value = best_values(trial.shape, profits[None, :])[0]
    if not np.isfinite(value[-1]):
        return None
    rows = best_packing(trial.shape, profits, value)
    counts = all_counts(trial.shape)
    found = [tuple((counts[row - 1] @ trial.vectors).tolist()) for row in rows]
    if sorted(found) == sorted(packing[lot] for lot in trial.lots):
        return None
    return found
