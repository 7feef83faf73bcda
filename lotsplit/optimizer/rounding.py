"""From fractional columns to a schedule, by coordinate ascent (ascent.py): over the columns of pools, and lot by lot over slots."""

from __future__ import annotations

import numpy as np

from lotsplit.optimizer.arrays import Floats, Ints
from lotsplit.optimizer.ascent import NONE, Ascent, candidates_of
from lotsplit.optimizer.columns import Columns, lot_gains
from lotsplit.optimizer.pricing import Pricer
from lotsplit.optimizer.rows import Lots, Prices, join
from lotsplit.optimizer.slots import best_lots_of

# of a limit: how far from it a price rises by its whole range
WIDTHS = (0.1, 0.03, 0.01)
# slots that a lot may move to
MOST_SLOTS = 30


def round_by_ascent(
    pricer: Pricer,
    columns: Columns,
    weights: Floats,
    candidates: Ints,
    prices: Prices,
    penalties: tuple[float, ...],
    seeds: list[int],
    widths: tuple[float, ...],
) -> Ints:
    """Start every pool at its heaviest column, then ascend: at first on prices that rise gently, then under rising penalties.

    seeds: of the orders in which packages are visited, one ascent each. widths: how gently. Gives the columns of the best choice.
    """
    group = np.array(columns.group)[candidates]
    order = np.argsort(group, kind="stable")
    candidates, group = candidates[order], group[order]
    names, first = np.unique(group, return_index=True)
    place = {name: n for n, name in enumerate(names.tolist())}
    starts = np.array(columns.first)
    sizes = np.diff(starts)[candidates]
    lots = np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes - starts[candidates], sizes)
    table = candidates_of(
        pricer,
        np.append(first, len(candidates)),
        columns.lots.take(lots),
        sizes,
        columns.gain[candidates],
        columns.amounts[:, candidates],
    )
    packages: list[list[int]] = [[] for _ in pricer.rows.contents.plan.packages]
    for pool in pricer.rows.contents.pools:
        packages[pool.package].append(place.get(pool.index, NONE))
    whole = [place.get(-1 - package, NONE) for package in range(len(packages))]
    ascent = Ascent(pricer, table, packages, whole, prices)
    _start(ascent, weights[candidates])
    return candidates[_climb(ascent, penalties, seeds, widths)]


def _start(ascent: Ascent, weights: Floats) -> None:
    """Per package: undivided if that has most of its weight (or nothing else is known), otherwise each pool's heaviest column."""
    first = ascent.candidates.column_first

    def heaviest(group: int) -> int:
        return int(first[group] + np.argmax(weights[first[group] : first[group + 1]]))

    for groups, whole in zip(ascent.packages, ascent.whole, strict=True):
        divisible = bool(groups) and NONE not in groups
        if whole != NONE and (not divisible or weights[first[whole] : first[whole + 1]].sum() > 0.5):
            ascent.put(whole, heaviest(whole))
        elif divisible:
            for group in groups:
                ascent.put(group, heaviest(group))


def _climb(ascent: Ascent, penalties: tuple[float, ...], seeds: list[int], widths: tuple[float, ...]) -> Ints:
    """Ascend from where it stands, in an order a seed; the candidates of the best choice met."""
    start, packages = ascent.state, len(ascent.packages)
    best, most = ascent.columns(), -np.inf
    for seed in seeds:
        draw = np.random.default_rng(seed)
        ascent.state = start.copy()
        for ascent.width in widths:
            ascent.improve(draw.permutation(packages))
        ascent.width = 0.0
        for ascent.penalty in penalties:
            ascent.improve(draw.permutation(packages))
        if ascent.value() > most:
            best, most = ascent.columns(), ascent.value()
    return best


def move_by_ascent(pricer: Pricer, lots: Lots, prices: Prices, penalties: tuple[float, ...], seeds: list[int]) -> Lots:
    """Move lots, each by itself, to other slots of its content, as columns are chosen in rounding; what they hold stays."""
    contents = pricer.rows.contents
    found = best_lots_of(contents, contents.options_known(lots.content), pricer.tables(prices), MOST_SLOTS)
    low, high = (np.searchsorted(found.content, lots.content, side) for side in ("left", "right"))
    owner = np.repeat(np.arange(len(lots)), high - low)
    place = np.arange(len(owner)) - np.repeat(np.cumsum(high - low) - (high - low) - low, high - low)
    group = np.concatenate([np.arange(len(lots)), owner])
    order = np.argsort(group, kind="stable")
    every = join([lots, found.take(place)]).take(order)
    first = np.searchsorted(group[order], np.arange(len(lots) + 1))
    table = candidates_of(
        pricer,
        first,
        every,
        np.ones(len(every), dtype=np.int64),
        lot_gains(pricer.rows, every, pricer.weights),
        pricer.rows.amounts(every),
    )
    ascent = Ascent(pricer, table, [[n] for n in range(len(lots))], [NONE] * len(lots), prices)
    for n, column in enumerate(first[:-1].tolist()):
        ascent.put(n, column)
    return every.take(_climb(ascent, penalties, seeds, WIDTHS))
