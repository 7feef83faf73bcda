"""Wide pools: which units may share a lot.

A *mix* is a window and a set of services (trades, regions) that lots of a pool can have; its units are those that fit.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np

from lotsplit.optimizer.lots.arrays import Bools, Contents, Floats, Ints
from lotsplit.optimizer.lots.pools import Pool
from lotsplit.optimizer.lots.services import UNKNOWN, ServiceSets, service_sets

# More different first or last months than these are taken together: a wider window. Where there is time for more mixes, as many are
# told apart as give no more than that.
MOST_EDGES, EDGES_WITH_TIME = 4, (48, 36, 24, 16, 12, 8, 6)
# sets of several services told apart where there are more than a few services: however little time there is, and before windows are where
# there is time, of so many mixes one
LEAST_SETS, SETS_WITH_TIME, MIXES_FOR_SETS = 8, 128, 4
NONE = -1


@dataclass(frozen=True)
class Mix:
    """What lots of one window and one set of services share. groups: of suppliers. units: those that fit, by place.

    services: bits, of its units. profiles: of the places that some of the units lie in.
    """

    first: int
    last: int
    least: int
    groups: tuple[int, ...]
    units: Bools
    services: int
    profiles: tuple[int, ...]


@dataclass(frozen=True)
class Share:
    """Some units of a pool, by place: all, or those of one service. mix: the one that has most of their value."""

    units: list[int]
    value: float
    mix: int


@dataclass(frozen=True)
class WideUnits:
    """The units of a wide pool by mix. first, last, least: of each unit, by level. shares: all units; where
    there are several services, also those of each.

    levels: of every first month, last month and least number of months, a line each; those that no unit has mean nothing.

    mix_of: the number of the mix of lots with a (level of first month, of last month, of least number of months, set of services).
    profiles: of the places that some of the pool lies in. value_by_profile: of a part of each unit, how much lies in each.
    """

    pool: Pool
    part_value: Floats
    parts: Ints
    first: Ints
    last: Ints
    least: Ints
    levels: Ints
    sets: ServiceSets
    mixes: tuple[Mix, ...]
    mix_of: Ints
    shares: tuple[Share, ...]
    profiles: tuple[int, ...]
    value_by_profile: Floats

    @property
    def service(self) -> Ints:
        """The bit of the service of each unit."""
        return self.sets.of_unit

    def services_held(self) -> Ints:
        """Of every mix the services (bits) that its lots have units of: of each of them; below 0, of any two and more of them."""
        services = np.array([mix.services for mix in self.mixes], dtype=np.int64)
        found: Ints = np.where(self.sets.few | (services & (services - 1) == 0), services, -services)
        return found


def wide_units(contents: Contents, pool: Pool, most: int = 0) -> WideUnits:
    """Work out the mixes of a pool. most: mixes that there is time for."""
    units = pool.columns
    windows = max(len(np.unique(months)) for months in (units.first, units.last, units.least))
    told_apart = (*EDGES_WITH_TIME, MOST_EDGES) if windows > MOST_EDGES else (MOST_EDGES,)
    for edges in told_apart if most else ():
        found = _with_edges(contents, pool, edges, most, min(SETS_WITH_TIME, most // MIXES_FOR_SETS))
        if len(found.mixes) <= most:
            return found
    return _with_edges(contents, pool, MOST_EDGES, most, LEAST_SETS)


def _with_edges(contents: Contents, pool: Pool, most: int, most_mixes: int, least_sets: int) -> WideUnits:
    units = pool.columns
    profiles, value_by_profile = _by_profile(contents, pool)
    edges = (
        _edges(units.first, pool, most, down=True),
        _edges(units.last, pool, most, down=False),
        _edges(units.least, pool, most, down=True),
    )
    every_month = np.arange(contents.months + 1)
    levels = np.array(
        [
            np.searchsorted(edges[0], every_month, side="right") - 1,
            np.searchsorted(edges[1], every_month, side="left"),
            np.searchsorted(edges[2], every_month, side="right") - 1,
        ]
    )
    first, last, least = levels[0, units.first], levels[1, units.last], levels[2, units.least]
    sets = service_sets(contents, pool, max(least_sets, most_mixes // prod(map(len, edges))))
    place = _places_of_mixes(edges, (first, last, least), sets)
    a, b, c, number = place.where
    windows = zip(
        edges[0][a].tolist(), edges[1][b].tolist(), edges[2][c].tolist(), number.tolist(), place.fit, strict=True
    )
    mixes = [
        Mix(
            *(low, high, months, sets.groups[of], inside, int(np.bitwise_or.reduce(sets.of_unit[inside]))),
            _profiles_of(inside, value_by_profile, profiles),
        )
        for low, high, months, of, inside in windows
    ]
    return WideUnits(
        pool,
        units.part_value,
        units.parts,
        first,
        last,
        least,
        levels,
        sets,
        tuple(mixes),
        place.mix_of,
        _shares(mixes, np.flatnonzero(number != sets.others), units.part_value * units.parts, sets.of_unit),
        profiles,
        value_by_profile,
    )


@dataclass(frozen=True)
class _Places:
    """Of every mix (line) the levels of its window and its set of services (where, a column each), and the units that fit; and the
    other way round (mix_of)."""

    where: tuple[Ints, Ints, Ints, Ints]
    fit: Bools
    mix_of: Ints


def _places_of_mixes(edges: tuple[Ints, Ints, Ints], level: tuple[Ints, Ints, Ints], sets: ServiceSets) -> _Places:
    """The mixes that there are units for. level: of first month, last month and least number of months of each unit."""
    (first, last, least), bits = level, sets.of_unit
    shape = (len(edges[0]), len(edges[1]), len(edges[2]))
    a, b, c = (axis.ravel() for axis in np.meshgrid(*map(np.arange, shape), indexing="ij"))
    in_window = (first <= a[:, None]) & (last >= b[:, None]) & (least <= c[:, None])
    found: list[tuple[Ints, Ints]] = []
    fits: list[Bools] = []
    for number in np.flatnonzero(sets.allowed).tolist():
        fit = in_window & ((bits & sets.allowed[number]) == bits)
        # of lots in which there are units with every one of these limits
        held = (np.where(fit, first, -1).max(axis=1) == a) & (np.where(fit, last, shape[1]).min(axis=1) == b)
        held &= (np.where(fit, least, -1).max(axis=1) == c) & (edges[1][b] - edges[0][a] + 1 >= edges[2][c])
        there = np.bitwise_or.reduce(np.where(fit, bits, 0), axis=1)
        held &= there & (there - 1) > 0 if number == sets.others else sets.set_of(there) == number
        found.append((np.flatnonzero(held), np.full(held.sum(), number)))
        fits.append(fit[held])
    window, number_of = (np.concatenate(column) for column in zip(*found, strict=True))
    order = np.lexsort((number_of, window))
    window, number_of = window[order], number_of[order]
    mix_of = np.full((len(a), len(sets.allowed)), NONE)
    mix_of[window, number_of] = np.arange(len(window))
    if sets.others != UNKNOWN:
        # lots of sets that are not told apart are taken for such with fewer suppliers: of all services in the window
        all_there = sets.set_of(np.bitwise_or.reduce(np.where(in_window, bits, 0), axis=1))
        untold = [*(n for n, some in enumerate(sets.allowed) if n and not some), sets.others]
        mix_of[:, untold] = mix_of[np.arange(len(a)), all_there][:, None]
    return _Places(
        (a[window], b[window], c[window], number_of), np.concatenate(fits)[order], mix_of.reshape(*shape, -1)
    )


def _by_profile(contents: Contents, pool: Pool) -> tuple[tuple[int, ...], Floats]:
    """The profiles of single places of a pool, and how much of a part of each unit lies in each."""
    of_place = {place: contents.pure_profile(contents.place(place)) for place in pool.places}
    profiles = tuple(sorted(of_place.values()))
    value = np.zeros((len(pool.units), len(profiles)))
    for number, unit in enumerate(pool.units):
        for place, some in unit.place_values:
            value[number, profiles.index(of_place[place])] += some
    return profiles, value


def _profiles_of(units: Bools, value_by_profile: Floats, profiles: tuple[int, ...]) -> tuple[int, ...]:
    if len(profiles) == 1:
        return profiles
    return tuple(np.array(profiles)[(value_by_profile[units] > 0).any(axis=0)].tolist())


def _shares(mixes: list[Mix], real: Ints, value: Floats, bits: Ints) -> tuple[Share, ...]:
    """All units, and those of each service. real: places of the mixes that lots can be of."""
    held = np.full(len(mixes), -1.0)
    held[real] = np.array([mixes[n].units for n in real.tolist()]) @ value
    services = np.array([mix.services for mix in mixes])
    shares = [Share(list(range(len(value))), float(value.sum()), int(np.argmax(held)))]
    several = np.unique(bits)
    for bit in several.tolist() if len(several) > 1 else []:
        own = np.where(services == bit, held, -1.0)
        shares.append(Share(np.flatnonzero(bits == bit).tolist(), float(value[bits == bit].sum()), int(np.argmax(own))))
    return tuple(shares)


def _edges(months: Ints, pool: Pool, most: int, down: bool) -> Ints:
    """Different months, at most so many; a month between two is taken for the one that widens the window."""
    edges = np.unique(months)
    if len(edges) > most:
        value = pool.columns.parts * pool.columns.part_value
        widest = int(edges[0] if down else edges[-1])
        # the widest must stay, of the others those with most value
        ranked = sorted(edges.tolist(), key=lambda month: (month != widest, -float(value[months == month].sum())))
        edges = np.array(sorted(ranked[:most]))
    return edges
