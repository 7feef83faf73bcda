"""From fractional columns to a schedule, by coordinate ascent (ascent.py): over the columns of pools, and lot by lot over slots."""

from __future__ import annotations

import numpy as np

from lotsplit.optimizer.lots.arrays import Floats, Ints
from lotsplit.optimizer.lots.rows import Lots, Prices, join
from lotsplit.optimizer.lots.runs import places_of_runs
from lotsplit.optimizer.lots.slots import best_lots_of
from lotsplit.optimizer.master.columns import Columns, lot_gains
from lotsplit.optimizer.pricing.pricer import Pricer
from lotsplit.optimizer.rounding.ascent import NONE, Ascent, candidates_of, limits_of_cells
from lotsplit.optimizer.rounding.incumbent import sums_of

# of a limit: how far from it a price rises by its whole range
WIDTHS = (0.1, 0.03, 0.01)
# slots that a lot may move to: fewer, but some, of more in all
MOST_SLOTS, LEAST_SLOTS, SLOTS_IN_ALL = 30, 5, 170_000


def choice_of_columns(
    pricer: Pricer, columns: Columns, weights: Floats, candidates: Ints, prices: Prices
) -> tuple[Ascent, Ints]:
    """A choice among some columns that starts at the heaviest of every pool; and the columns in the order of its candidates."""
    group = np.array(columns.group)[candidates]
    order = np.argsort(group, kind="stable")
    candidates, group = candidates[order], group[order]
    names, first = np.unique(group, return_index=True)
    place = {name: n for n, name in enumerate(names.tolist())}
    starts = np.array(columns.first)
    sizes = np.diff(starts)[candidates]
    lots = places_of_runs(starts[candidates], sizes)
    table = candidates_of(
        pricer,
        np.append(first, len(candidates)),
        columns.lots.take(lots),
        sizes,
        columns.gain[candidates],
        columns.amounts.take(candidates),
    )
    packages: list[list[int]] = [[] for _ in pricer.rows.contents.plan.packages]
    for pool in pricer.rows.contents.pools:
        packages[pool.package].append(place.get(pool.index, NONE))
    whole = [place.get(-1 - package, NONE) for package in range(len(packages))]
    ascent = Ascent(pricer, table, packages, whole, prices)
    _start(ascent, weights[candidates])
    return ascent, candidates


def _start(ascent: Ascent, weights: Floats) -> None:
    """Per package: undivided if that has most of its weight (or nothing else is known), otherwise each pool's heaviest column."""
    first = ascent.candidates.column_first

    start: list[int] = []
    for groups, whole in zip(ascent.packages, ascent.whole, strict=True):
        divisible = bool(groups) and NONE not in groups
        if whole != NONE and (not divisible or weights[first[whole] : first[whole + 1]].sum() > 0.5):
            start.append(whole)
        elif divisible:
            start.extend(groups)
    heaviest = [int(first[group] + np.argmax(weights[first[group] : first[group + 1]])) for group in start]
    ascent.start(np.array(heaviest, dtype=np.int64))


def climbed(ascent: Ascent, penalties: tuple[float, ...], seeds: list[int], widths: tuple[float, ...]) -> Ints:
    """The candidates of the best choice met in ascending: at first on prices that rise gently, then under rising penalties.

    seeds: of the orders in which packages are visited, one ascent each from where the choice stands. widths: how gently.
    """
    start, packages = ascent.state, len(ascent.packages)
    # nothing of an ascent before, so that it does not matter which process made it
    ascent.penalty = 0.0
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
    ascent.state = start
    return best


def prices_around(pricer: Pricer, lots: Lots, prices: Prices, width: float) -> Prices:
    """What limits cost that some lots leave so much room in, or break: less than in the linear program, or more.

    As in an ascent: prices rise by their whole range within `width` of a limit, and are those of the linear program at it.
    """
    rows, sums = pricer.rows, sums_of(pricer, lots)
    most = limits_of_cells(pricer)
    limited = np.isfinite(most)
    dearest = max(pricer.weights.overflow, 1e-9)
    room = (sums.load[limited] - most[limited]) / (width * most[limited] + 1e-6)
    capacity = np.zeros(len(most))
    capacity[limited] = np.clip(prices.capacity.ravel()[limited] + dearest * room, 0.0, dearest)
    scale = np.array([row.scale for row in rows.rows])
    of_rows = prices.rows + rows.unit / (width * scale) * (sums.reached - rows.most)
    return Prices(np.maximum(0.0, of_rows), capacity.reshape(prices.capacity.shape))


def choice_of_slots(pricer: Pricer, lots: Lots, prices: Prices) -> tuple[Ascent, Lots]:
    """A choice of a slot for every lot by itself that starts where the lots are; and the lots in the order of its candidates."""
    contents = pricer.rows.contents
    most = min(MOST_SLOTS, max(LEAST_SLOTS, SLOTS_IN_ALL // len(lots)))
    found = best_lots_of(contents, contents.options_known(lots.content), pricer.tables(prices), most)
    low, high = (np.searchsorted(found.content, lots.content, side) for side in ("left", "right"))
    owner = np.repeat(np.arange(len(lots)), high - low)
    place = places_of_runs(low, high - low)
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
    ascent.start(first[:-1])
    return ascent, every
