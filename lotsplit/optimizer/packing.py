"""Packings of wide pools: best-fit decreasing into lots of promising sizes, and small pools of bundles solved exactly.

A *bundle* is a set of parts that stays together; with bundles for units a wide pool becomes a small one, whose best
packing is a packing of the pool. Promising sizes are the ends of the steps at which a lot brings most per value.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from lotsplit.optimizer.arrays import Contents, Floats, Ints
from lotsplit.optimizer.exact import all_counts, pairs_of
from lotsplit.optimizer.pools import Pool
from lotsplit.optimizer.relaxed import Kind, kinds_of, relaxed_lots
from lotsplit.optimizer.slots import PriceTables

MOST_BUNDLE_STATES = 200
MOST_BUNDLE_PAIRS = 5_000
TARGETS = 3


@dataclass
class Bundled:
    """A wide pool as a small one: shape of its bundles, and the content row of every count of bundles (row 0 is empty)."""

    pool: Pool
    shape: tuple[int, ...]
    rows: Ints


@dataclass
class WidePool:
    """A pool too wide to try every content: its kinds, its bundlings, and packings found by best fit (content rows)."""

    pool: Pool
    kinds: tuple[Kind, ...]
    bundled: list[Bundled] = field(default_factory=list)
    packings: list[tuple[int, ...]] = field(default_factory=list)
    known: dict[tuple[int, ...], int] = field(default_factory=dict)
    tried: set[object] = field(default_factory=set)


def wide_pool(contents: Contents, pool: Pool) -> WidePool:
    """A wide pool without packings yet."""
    for unit in pool.units:
        for place, _ in unit.place_values:
            contents.pure_profile(contents.place(place))
    return WidePool(pool, kinds_of(contents, pool))


def widen(contents: Contents, wide: WidePool, tables: PriceTables) -> list[int]:
    """Add packings and bundlings for the sizes that pay at these prices; gives the rows of new contents."""
    fresh: list[int] = []
    for target in _targets(contents, wide, tables):
        key = round(target, 2)
        if key in wide.tried:
            continue
        wide.tried.add(key)
        packing = _best_fit(wide.pool, target)
        if packing is not None:
            wide.packings.append(tuple(_rows(contents, wide, np.array(packing), fresh)))
        bundles = _bundles(wide.pool, target)
        if bundles is not None and bundles not in wide.tried:
            wide.tried.add(bundles)
            vectors = np.array([vector for vector, _ in bundles])
            shape = tuple(count for _, count in bundles)
            rows = _rows(contents, wide, all_counts(shape) @ vectors, fresh)
            wide.bundled.append(Bundled(wide.pool, shape, np.array([-1, *rows])))
    return fresh


def keep_packing(contents: Contents, wide: WidePool, packing: list[tuple[int, ...]]) -> list[int]:
    """Keep a packing found elsewhere; gives the rows of new contents."""
    fresh: list[int] = []
    rows = tuple(sorted(_rows(contents, wide, np.array(packing, dtype=np.int64), fresh)))
    if rows not in wide.tried:
        wide.tried.add(rows)
        wide.packings.append(rows)
    return fresh


def _rows(contents: Contents, wide: WidePool, counts: Ints, fresh: list[int]) -> list[int]:
    keys = [tuple(row) for row in counts.tolist()]
    new = list(dict.fromkeys(key for key in keys if key not in wide.known))
    if new:
        rows = contents.add(wide.pool, np.array(new, dtype=np.int64)).tolist()
        wide.known.update(zip(new, rows, strict=True))
        fresh.extend(rows)
    return [wide.known[key] for key in keys]


def _targets(contents: Contents, wide: WidePool, tables: PriceTables) -> list[float]:
    """Lot sizes that bring most per value, well apart from each other, and equal shares of the pool."""
    pool = wide.pool
    grid: Floats = pool.value / np.arange(1, 33)
    targets: list[float] = []
    for kind in wide.kinds[:3]:
        lots = relaxed_lots(contents, tables, pool, kind, grid)
        for place in np.argsort(-(lots.profit / lots.value), kind="stable"):
            value = float(lots.value[place])
            if all(abs(value - other) > 0.1 * other for other in targets):
                targets.append(value)
            if len(targets) >= TARGETS:
                break
    return [*targets, pool.value, pool.value / 2]


def _best_fit(pool: Pool, target: float) -> list[list[int]] | None:
    """Best-fit decreasing: whole units into the fullest lot that has room, divisible ones filling up; None if nothing fits."""
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

    for unit in sorted(range(len(pool.units)), key=lambda n: (pool.units[n].parts > 1, -pool.units[n].part_value)):
        left, value = pool.units[unit].parts, pool.units[unit].part_value
        for lot in sorted(range(len(lots)), key=lambda n: space[n]):
            fits = min(left, max(0, int(space[lot] / value)))
            window = together(lot, unit) if fits else None
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
    return lots


def _bundles(pool: Pool, target: float) -> tuple[tuple[tuple[int, ...], int], ...] | None:
    """Bundles (parts of each unit, how many such bundles) that make the pool small, as fine as they can be."""
    for pieces in (6, 4, 3, 2, 1):
        bundles = _bundles_of_size(pool, target / pieces)
        shape = tuple(count for _, count in bundles)
        states = 1
        for count in shape:
            states *= count + 1
        if states <= MOST_BUNDLE_STATES and pairs_of(shape) <= MOST_BUNDLE_PAIRS:
            return tuple(sorted(bundles, key=lambda b: -b[1]))
    return None


def _bundles_of_size(pool: Pool, size: float) -> list[tuple[tuple[int, ...], int]]:
    """Divisible units in chunks of about this value and a rest; whole units alone, or small ones of a kind together."""
    bundles: list[tuple[tuple[int, ...], int]] = []
    open_bundles: dict[object, tuple[list[int], float]] = {}
    for n, unit in enumerate(pool.units):
        if unit.parts > 1:
            chunk = min(unit.parts, max(1, int(size / unit.part_value * (1 + 1e-9))))
            vector = tuple(chunk if k == n else 0 for k in range(len(pool.units)))
            bundles.append((vector, unit.parts // chunk))
            rest = unit.parts % chunk
            if rest:
                bundles.append((tuple(rest if k == n else 0 for k in range(len(pool.units))), 1))
            continue
        kind = (unit.first, unit.last, unit.min_months, unit.trades, tuple(place for place, _ in unit.place_values))
        held, value = open_bundles.get(kind, ([0] * len(pool.units), 0.0))
        if value > 0 and value + unit.part_value > size:
            bundles.append((tuple(held), 1))
            held, value = [0] * len(pool.units), 0.0
        held[n] = 1
        open_bundles[kind] = (held, value + unit.part_value)
    bundles.extend((tuple(held), 1) for held, value in open_bundles.values() if value > 0)
    return bundles
