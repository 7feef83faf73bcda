"""Better packings of wide pools: lots are taken apart, alone or two at a time, and put together again in the best way.

What two lots hold (or one lot and an empty one) is tied into a few bundles; every division of the bundles between the two
is looked up on the curves of their mixes, with one divisible unit filling up to the sizes that pay. The compiled
kernel takes pool after pool, NumPy all of them at once; where that gains nothing more, the kernel also fills several lots
anew. Curves are no proof: what comes out is a packing, to be priced as it is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lotsplit.optimizer.compiled import kernel, there_is_a_kernel
from lotsplit.optimizer.lots.arrays import Bools, Floats, Ints
from lotsplit.optimizer.lots.runs import places_of_runs
from lotsplit.optimizer.packings.curves import Curves
from lotsplit.optimizer.packings.holding import EARLIEST, LATEST, Holding, Units, units_of
from lotsplit.optimizer.packings.mixes import NONE, WideUnits

# of the pool's value: less is not worth a change
LEAST_GAIN = 1e-7


@dataclass(frozen=True)
class Effort:
    """How hard to look. bundles: of each trial. patience: sweeps without a gain after which a pool rests. sweeps: at most.

    refills: how often some lots are filled anew before that (by the kernel; of more than a hundred lots more often).
    """

    bundles: int
    patience: int
    sweeps: int
    refills: int


QUICK = Effort(bundles=5, patience=6, sweeps=40, refills=0)
THOROUGH = Effort(bundles=6, patience=16, sweeps=120, refills=200)

Packing = list[tuple[int, ...]]
"""The counts of each lot."""


@dataclass(frozen=True)
class Entries:
    """What lots hold, sorted by lot: unit (counted over all pools) and how many parts. pool: of each lot, ascending."""

    lot: Ints
    unit: Ints
    count: Ints
    pool: Ints


def regrouped(
    wide: list[WideUnits],
    first_mix: list[int],
    curves: Curves,
    packings: list[Packing],
    effort: Effort,
    draw: np.random.Generator,
) -> list[Packing]:
    """Better packings of some pools, on the curves; as they were where nothing better was found.

    A pool may be there several times, with different packings. first_mix: of each pool, as the curves count mixes.
    """
    units = units_of(wide, first_mix)
    if there_is_a_kernel():
        return _by_kernel(wide, first_mix, units, curves, packings, effort, draw)
    held = _entries(units, packings)
    idle = np.zeros(len(wide), dtype=np.int64)
    for sweep in range(effort.sweeps):
        busy = idle[held.pool] < effort.patience
        if not busy.any():
            break
        held, better = _sweep(units, curves, held, np.flatnonzero(busy), effort.bundles, sweep, draw)
        idle += 1
        idle[better] = 0
    return _packings(units, held)


def _by_kernel(
    wide: list[WideUnits],
    first_mix: list[int],
    units: Units,
    curves: Curves,
    packings: list[Packing],
    effort: Effort,
    draw: np.random.Generator,
) -> list[Packing]:
    """As regrouped, pool by pool, with other random numbers."""
    begin, mixes = np.array(first_mix, dtype=np.int64), np.array([len(w.mixes) for w in wide], dtype=np.int64)
    lots, counts = kernel.regroup(
        (curves.values, curves.profits, curves.first, curves.targets),
        (units.value, units.pool_value, units.first, units.last, units.least, units.service, units.first_unit)
        + (
            units.levels,
            units.mix_table,
            units.mix_place,
            units.lasts,
            units.leasts,
            units.services,
            units.sets,
            units.step,
            units.step_place,
        )
        + (begin, begin + mixes),
        (
            draw.integers(0, 2**63 - 1, len(packings)),
            np.array([len(packing) for packing in packings], dtype=np.int64),
            np.concatenate([np.array(packing, dtype=np.int32).ravel() for packing in packings]),
        ),
        units.levels.shape[2],
        effort.bundles,
        effort.patience,
        effort.sweeps,
        effort.refills,
        LEAST_GAIN,
    )
    sizes = np.frombuffer(lots, dtype=np.int64).tolist()
    flat = np.frombuffer(counts, dtype=np.int32)
    found, low = [], 0
    for size, pool in zip(sizes, wide, strict=True):
        high = low + size * len(pool.parts)
        found.append([tuple(lot) for lot in flat[low:high].reshape(size, len(pool.parts)).tolist()])
        low = high
    return found


def worth(wide: list[WideUnits], first_mix: list[int], curves: Curves, packings: list[Packing]) -> Floats:
    """What packings of some pools bring, on the curves."""
    units = units_of(wide, first_mix)
    held = _entries(units, packings)
    profits: Floats = np.add.reduceat(
        _lot_profits(units, curves, held), np.searchsorted(held.pool, np.arange(len(wide)), side="left")
    )
    return profits


def _entries(units: Units, packings: list[Packing]) -> Entries:
    lots, numbers, counts, pools = [], [], [], []
    number = 0
    for pool, packing in enumerate(packings):
        matrix = np.array(packing, dtype=np.int64)
        lot, unit = np.nonzero(matrix)
        lots.append(lot + number)
        numbers.append(unit + units.first_unit[pool])
        counts.append(matrix[lot, unit])
        pools.extend([pool] * len(matrix))
        number += len(matrix)
    return Entries(np.concatenate(lots), np.concatenate(numbers), np.concatenate(counts), np.array(pools))


def _packings(units: Units, held: Entries) -> list[Packing]:
    packings: list[Packing] = [[] for _ in units.pool_value]
    cuts = np.searchsorted(held.lot, np.arange(len(held.pool) + 1))
    for lot, pool in enumerate(held.pool.tolist()):
        part = slice(cuts[lot], cuts[lot + 1])
        counts = np.zeros(units.first_unit[pool + 1] - units.first_unit[pool], dtype=np.int64)
        counts[held.unit[part] - units.first_unit[pool]] = held.count[part]
        packings[pool].append(tuple(counts.tolist()))
    return packings


@dataclass(frozen=True)
class Trials:
    """Lots to take apart: each with another of its pool, or with an empty one (NONE)."""

    lot: Ints
    other: Ints
    pool: Ints


def _pairs(held: Entries, lots: Ints, draw: np.random.Generator) -> Trials:
    first = np.searchsorted(held.pool, held.pool[lots], side="left")
    size = np.searchsorted(held.pool, held.pool[lots], side="right") - first
    step = 1 + (draw.random(len(lots)) * (size - 1)).astype(np.int64)
    other = first + (lots - first + step) % size
    alone = (size == 1) | (draw.random(len(lots)) < 0.2)
    return Trials(lots, np.where(alone, NONE, other), held.pool[lots])


def _sweep(
    units: Units, curves: Curves, held: Entries, lots: Ints, bundles: int, sweep: int, draw: np.random.Generator
) -> tuple[Entries, Ints]:
    """One trial for each of some lots; the packings as changed, and the pools that got better."""
    trials = _pairs(held, lots, draw)
    trial, side, unit, count = _contents_of(held, trials)
    size = len(trials.lot)
    # one divisible unit of each trial is shared out in any number of parts
    filler = _filler(units, trial, unit, count, size, draw)
    fills = unit == filler[trial]
    fill_count = np.bincount(trial[fills], count[fills], minlength=size).astype(np.int64)
    t, s, u, c = (x[~fills] for x in (trial, side, unit, count))
    halves = (c >= 2) & (draw.random(len(c)) < 0.5)
    part = c[halves] // 2
    c = np.concatenate([np.where(halves, c - c // 2, c), part])
    t, s, u = (np.concatenate([x, x[halves]]) for x in (t, s, u))
    bundle = _bundle(units, t, s, u, c, size, bundles, sweep, draw)
    tied = _tied(units, size, t, u, c, bundle, bundles)
    gain, mask, filled = best_division(units, curves, trials.pool, tied, filler, fill_count)
    before = _lot_profits(units, curves, held)
    old = before[trials.lot] + np.where(trials.other >= 0, before[trials.other], 0.0)
    gain = np.subtract(gain, old, out=gain.copy(), where=np.isfinite(gain))
    chosen = _disjoint(trials, gain, units.pool_value, len(held.pool))
    if not len(chosen):
        return held, trials.pool[:0]
    one = (mask[t] >> bundle & 1).astype(bool)
    fresh = [
        (2 * t + one, u, c),
        (2 * np.arange(size) + 1, filler, filled),
        (2 * np.arange(size), filler, fill_count - filled),
    ]
    key, unit, count = (np.concatenate([f[k] for f in fresh]) for k in range(3))
    keep = np.isin(key // 2, chosen) & (count > 0)
    return _replaced(units, held, trials, chosen, key[keep], unit[keep], count[keep]), np.unique(trials.pool[chosen])


def _contents_of(held: Entries, trials: Trials) -> tuple[Ints, Ints, Ints, Ints]:
    """The entries of both lots of each trial: trial, side, unit, count."""
    cuts = np.searchsorted(held.lot, np.arange(len(held.pool) + 1))
    sides = []
    for side, lots in ((0, trials.lot), (1, trials.other)):
        which = np.flatnonzero(lots >= 0)
        low, high = cuts[lots[which]], cuts[lots[which] + 1]
        trial = np.repeat(which, high - low)
        place = places_of_runs(low, high - low)
        sides.append((trial, np.full(len(trial), side), held.unit[place], held.count[place]))
    return tuple(np.concatenate([s[k] for s in sides]) for k in range(4))  # type: ignore[return-value]


def _filler(units: Units, trial: Ints, unit: Ints, count: Ints, size: int, draw: np.random.Generator) -> Ints:
    """A divisible unit of each trial, NONE where there is none."""
    filler = np.full(size, NONE)
    divisible = np.flatnonzero(count >= 2)
    order = divisible[np.argsort(draw.random(len(divisible)))]
    filler[trial[order]] = unit[order]
    return filler


def _bundle(
    units: Units,
    trial: Ints,
    side: Ints,
    unit: Ints,
    count: Ints,
    size: int,
    bundles: int,
    sweep: int,
    draw: np.random.Generator,
) -> Ints:
    """Which bundle each entry goes to: neighbours by window, by lot and window, or all but the largest together."""
    mixed = draw.random(len(trial))
    window = (units.first[unit] * LATEST + units.last[unit]) * LATEST + units.least[unit]
    service = units.service[unit]
    by_value = -units.value[unit] * count
    ways = ((mixed, service, window, trial), (mixed, service, window, side, trial), (by_value, trial))
    order = np.lexsort(ways[sweep % len(ways)])
    entries = np.bincount(trial, minlength=size)
    first = np.cumsum(entries) - entries
    place = np.empty(len(trial), dtype=np.int64)
    place[order] = np.arange(len(trial)) - first[trial[order]]
    if sweep % 3 == 2:
        return np.minimum(place, bundles - 1)
    return np.where(entries[trial] <= bundles, place, place * bundles // np.maximum(entries[trial], 1))


def _tied(units: Units, size: int, trial: Ints, unit: Ints, count: Ints, bundle: Ints, bundles: int) -> Holding:
    """What the bundles hold: one row a trial, one column a bundle."""
    cell = trial * bundles + bundle
    value = np.bincount(cell, units.value[unit] * count, minlength=size * bundles).astype(np.float64)
    starts = (EARLIEST, LATEST, 0, 0)
    first, last, least, service = (np.full(size * bundles, start, dtype=np.int64) for start in starts)
    np.maximum.at(first, cell, units.first[unit])
    np.minimum.at(last, cell, units.last[unit])
    np.maximum.at(least, cell, units.least[unit])
    np.bitwise_or.at(service, cell, units.service[unit])
    shape = (size, bundles)
    return Holding(
        value.reshape(shape), first.reshape(shape), last.reshape(shape), least.reshape(shape), service.reshape(shape)
    )


def _divisions(one: Holding) -> Holding:
    """What one of two lots holds in every division of the bundles: one row a trial, one column a division."""
    size, bundles = one.value.shape
    starts = (EARLIEST, LATEST, 0, 0)
    values = np.zeros((size, 1 << bundles))
    firsts, lasts, leasts, services = (np.full(values.shape, start, dtype=np.int64) for start in starts)
    for n in range(bundles):
        low, high = slice(0, 1 << n), slice(1 << n, 2 << n)
        values[:, high] = values[:, low] + one.value[:, n, None]
        firsts[:, high] = np.maximum(firsts[:, low], one.first[:, n, None])
        lasts[:, high] = np.minimum(lasts[:, low], one.last[:, n, None])
        leasts[:, high] = np.maximum(leasts[:, low], one.least[:, n, None])
        services[:, high] = services[:, low] | one.service[:, n, None]
    return Holding(values, firsts, lasts, leasts, services)


def best_division(
    units: Units, curves: Curves, pools: Ints, tied: Holding, filler: Ints, fill_count: Ints
) -> tuple[Floats, Ints, Ints]:
    """Of each trial the most that two lots bring, the division, and how many parts of the filler the first lot gets."""
    held = _divisions(tied)
    pool = np.broadcast_to(pools[:, None], held.value.shape)
    each = np.where(filler >= 0, units.value[np.maximum(filler, 0)], 0.0)[:, None]
    total = fill_count[:, None]
    bare = units.mix(pool, held)
    full = units.mix(pool, units.with_unit(held, filler))
    best = curves.profit(bare, held.value) + curves.profit(full, held.value + total * each)[:, ::-1]
    parts = np.zeros(held.value.shape, dtype=np.int64)
    rows = np.flatnonzero(filler >= 0)
    bare, full, value, each, total = bare[rows], full[rows], held.value[rows], each[rows], total[rows]
    for k in range(curves.targets.shape[1]):
        room = curves.targets[np.maximum(full, 0), k] - value
        some = np.clip(np.floor(room / each + 1e-9), 0, total).astype(np.int64)
        one = curves.profit(np.where(some > 0, full, bare), value + some * each)
        other_mix = np.where(some < total, full[:, ::-1], bare[:, ::-1])
        both = one + curves.profit(other_mix, value[:, ::-1] + (total - some) * each)
        better = both > best[rows]
        best[rows] = np.where(better, both, best[rows])
        parts[rows] = np.where(better, some, parts[rows])
    mask = best.argmax(axis=1)
    line = np.arange(len(mask))
    return best[line, mask], mask, parts[line, mask]


def _lot_profits(units: Units, curves: Curves, held: Entries) -> Floats:
    starts = np.searchsorted(held.lot, np.arange(len(held.pool)))
    lots = Holding(
        np.add.reduceat(units.value[held.unit] * held.count, starts),
        np.maximum.reduceat(units.first[held.unit], starts),
        np.minimum.reduceat(units.last[held.unit], starts),
        np.maximum.reduceat(units.least[held.unit], starts),
        np.bitwise_or.reduceat(units.service[held.unit], starts),
    )
    return curves.profit(units.mix(held.pool, lots), lots.value)


def _disjoint(trials: Trials, gain: Floats, pool_value: Floats, lots: int) -> Ints:
    """The best trials that gain something, no two of the same lot."""
    found = np.flatnonzero(gain > LEAST_GAIN * pool_value[trials.pool])
    touched: Bools = np.zeros(lots + 1, dtype=np.bool_)
    chosen = []
    for n in found[np.argsort(-gain[found], kind="stable")].tolist():
        pair = trials.lot[n], trials.other[n]
        if not touched[pair[0]] and (pair[1] < 0 or not touched[pair[1]]):
            touched[pair[0]] = True
            if pair[1] >= 0:
                touched[pair[1]] = True
            chosen.append(n)
    return np.array(sorted(chosen), dtype=np.int64)


def _replaced(units: Units, held: Entries, trials: Trials, chosen: Ints, key: Ints, unit: Ints, count: Ints) -> Entries:
    """The entries with the lots of some trials replaced; key: of the new lots."""
    gone = np.concatenate([trials.lot[chosen], trials.other[chosen]])
    stays = ~np.isin(held.lot, gone)
    lot = np.concatenate([held.lot[stays], len(held.pool) + key])
    unit = np.concatenate([held.unit[stays], unit])
    count = np.concatenate([held.count[stays], count])
    pool = units.pool[unit]
    width = len(units.pool) + 1
    # parts of one unit that came in halves are joined again
    names, inverse = np.unique((pool * (int(lot.max()) + 1) + lot) * width + unit, return_inverse=True)
    counts = np.bincount(inverse, count).astype(np.int64)
    lots, numbers = np.unique(names // width, return_inverse=True)
    return Entries(numbers, names % width, counts, lots // (int(lot.max()) + 1))
