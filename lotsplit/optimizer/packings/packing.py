"""Packings of wide pools: where they start from, and those that are kept."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import chain, permutations

import numpy as np

from lotsplit.optimizer.lots.arrays import Bools, Contents, Floats, Ints
from lotsplit.optimizer.lots.pools import Pool
from lotsplit.optimizer.packings.curves import Curves
from lotsplit.optimizer.packings.mixes import WideUnits, wide_units
from lotsplit.optimizer.packings.regroup import Packing


@dataclass
class WidePool:
    """A pool too wide to try every content: its units, and the packings found so far, as content rows."""

    pool: Pool
    units: WideUnits
    packings: list[tuple[int, ...]] = field(default_factory=list)
    known: dict[tuple[int, ...], int] = field(default_factory=dict)
    seen: set[tuple[int, ...]] = field(default_factory=set)

    @staticmethod
    def of(contents: Contents, pool: Pool, mixes: int) -> WidePool:
        """A wide pool without packings yet. mixes: that there is time for."""
        return WidePool(pool, wide_units(contents, pool, mixes))


def add_lots(contents: Contents, wide: WidePool, lots: Packing) -> list[int]:
    """Take in what some lots hold; gives the rows of new contents."""
    fresh = [counts for counts in dict.fromkeys(lots) if counts not in wide.known]
    rows: list[int] = []
    if fresh:
        rows = contents.add(wide.pool, np.array(fresh, dtype=np.int64)).tolist()
        # the same tuples as there, not others like them
        wide.known.update((contents.counts[row], row) for row in rows)
    return rows


def keep(contents: Contents, wide: WidePool, packings: list[Packing]) -> list[int]:
    """Keep some packings; gives the rows of new contents."""
    rows = add_lots(contents, wide, list(chain.from_iterable(packings)))
    for packing in packings:
        key = tuple(sorted(wide.known[counts] for counts in packing))
        if key not in wide.seen:
            wide.seen.add(key)
            wide.packings.append(key)
    return rows


def best_size(curves: Curves, first_mix: int, units: WideUnits) -> float:
    """The size that pays most per value, of any mix: that of most value may not pay at all where others do."""
    mixes = slice(first_mix, first_mix + len(units.mixes))
    return float(curves.targets[mixes, 0][np.argmax(curves.rates[mixes, 0])])


def first_packing(curves: Curves, first_mix: int, units: WideUnits, number: int) -> Packing:
    """Units by best fit into lots of a size that pays; those of each service by themselves where that pays more."""
    every, *each = units.shares
    rates = curves.rates[:, number]
    apart = sum(float(rates[first_mix + one.mix]) * one.value for one in each)
    shares = each if each and apart > float(rates[first_mix + every.mix]) * every.value else [every]
    packing: Packing = []
    for one in shares:
        size = float(curves.targets[first_mix + one.mix, number])
        packing.extend(best_fit(units.pool, min(size, one.value), one.units))
    return packing


# of a lot in a linear program: less of it is not taken
MUCH = 0.2


def completed(curves: Curves, first_mix: int, units: WideUnits, weighed: list[tuple[float, Ints]]) -> Packing:
    """A packing of weighed lots, the heaviest first while there is enough for them, and of what is left by best fit."""
    rest = units.parts.copy()
    packing: Packing = []
    for weight, counts in sorted(weighed, key=lambda one: (-one[0], one[1].tolist())):
        held = counts > 0
        times = int(min((rest[held] // counts[held]).min(), max(1, round(weight))))
        if weight < MUCH or not times or not _fit_together(units, held):
            continue
        packing.extend([tuple(counts.tolist())] * times)
        rest -= times * counts
    if rest.any():
        left = tuple(replace(unit, parts=int(n)) for unit, n in zip(units.pool.units, rest, strict=True))
        size = min(float(curves.targets[first_mix + units.shares[0].mix, 0]), units.pool.value)
        packing.extend(best_fit(replace(units.pool, units=left), size, np.flatnonzero(rest).tolist()))
    return packing


# packings between one of many lots and one of few
MOST_BETWEEN = 24


def partly_merged(units: WideUnits, packing: Packing, profits: Floats, most: int) -> list[Packing]:
    """Packings that keep some lots of one, those that bring most, and put all others together where they share a window.

    profits: of its lots. most: lots that the pool may have.
    """
    if len(packing) < 2:
        return []
    order = np.argsort(-profits, kind="stable").tolist()
    kept = {*np.linspace(0, len(packing) - 2, MOST_BETWEEN).round().astype(np.int64).tolist()}
    if 0 < most < len(packing):
        kept.add(most - 1)
    return [
        [*(packing[n] for n in order[:some]), *_merged(units, [packing[n] for n in order[some:]])]
        for some in sorted(kept)
    ]


# lots of a packing that may take from each other, and how much
FEW_LOTS, TAKEN = 5, (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64)


def partly_taken(units: WideUnits, packing: Packing) -> list[Packing]:
    """Packings in which one lot of few takes a part of another: no prices make one of two lots a little larger, only ever all of it."""
    lots = np.array(packing, dtype=np.int64)
    found: list[Packing] = []
    for taker, giver in permutations(range(len(lots)), 2) if len(lots) <= FEW_LOTS else ():
        if not _fit_together(units, (lots[taker] > 0) | (lots[giver] > 0)):
            continue
        for share in TAKEN:
            taken = np.rint(share * lots[giver]).astype(np.int64)
            if 0 < taken.sum() < lots[giver].sum():
                other = lots.copy()
                other[taker] += taken
                other[giver] -= taken
                found.append([tuple(lot.tolist()) for lot in other])
    return found


def _merged(units: WideUnits, lots: Packing) -> Packing:
    merged: list[Ints] = []
    for lot in np.array(lots, dtype=np.int64):
        for place, other in enumerate(merged):
            if _fit_together(units, lot + other > 0):
                merged[place] = lot + other
                break
        else:
            merged.append(lot)
    return [tuple(lot.tolist()) for lot in merged]


def _fit_together(units: WideUnits, held: Bools) -> bool:
    """Whether some units can share a lot: the windows of mixes may be wider than theirs."""
    of = units.pool.columns
    return bool(of.last[held].min() - of.first[held].max() + 1 >= of.least[held].max())


def best_fit(pool: Pool, target: float, which: list[int]) -> Packing:
    """Best-fit decreasing of some units: whole ones into the fullest lot that has room, divisible ones filling up."""
    room = target * (1 + 1e-9)
    lots: list[list[int]] = []
    space: list[float] = []
    windows: list[tuple[int, int, int]] = []

    def together(lot: int, unit: int) -> tuple[int, int, int] | None:
        first, last, least = windows[lot]
        u = pool.units[unit]
        first, last, least = max(first, u.first), min(last, u.last), max(least, u.min_months)
        return (first, last, least) if last - first + 1 >= least else None

    def put(lot: int, unit: int, parts: int, window: tuple[int, int, int]) -> None:
        lots[lot][unit] += parts
        space[lot] -= parts * pool.units[unit].part_value
        windows[lot] = window

    for unit in sorted(
        which, key=lambda n: (pool.units[n].parts > len(pool.units[n].items), -pool.units[n].part_value)
    ):
        left, value = pool.units[unit].parts, pool.units[unit].part_value
        for lot in sorted((n for n, free in enumerate(space) if free >= value), key=space.__getitem__):
            fits = min(left, int(space[lot] / value))
            window = together(lot, unit)
            if window is not None:
                put(lot, unit, fits, window)
                left -= fits
            if left == 0:
                break
        while left:
            u = pool.units[unit]
            lots.append([0] * len(pool.units))
            space.append(room)
            windows.append((u.first, u.last, u.min_months))
            fits = min(left, max(1, int(room / value)))
            put(len(lots) - 1, unit, fits, windows[-1])
            left -= fits
    return [tuple(lot) for lot in lots]
