"""Wide pools: which units may share a lot.

A *mix* is a window and a set of services (trades, regions) that lots of a pool can have; its units are those that fit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lotsplit.optimizer.arrays import Bools, Contents, Floats, Ints
from lotsplit.optimizer.pools import Pool, Service

# More different first or last months than these are taken together: a wider window. Where there is time for more mixes, as many are
# told apart as give no more than that.
MOST_EDGES, EDGES_WITH_TIME = 4, (24, 16, 12, 8, 6)
# Of more services than MOST_SERVICES (for which whole_lots.c has layers) several are taken together (suppliers of any union), of more
# than MOST_BITS all.
MOST_SERVICES = 3
MOST_BITS = 8
NONE = -1


@dataclass(frozen=True)
class Mix:
    """What lots of one window and one set of services share. groups: of suppliers. units: those that fit, by place.

    services: bits. Of a pool with more than MOST_SERVICES all bits stand for any several services. profiles: of the places that some
    of the units lie in.
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
    """The units of a wide pool by mix. first, last, least: of each unit, by level; service: its bit. shares: all units; where
    there are several services, also those of each.

    levels: of every first month, last month and least number of months, a line each; those that no unit has mean nothing.

    mix_of: the number of the mix of lots with a (level of first month, level of last month, bits of services).
    profiles: of the places that some of the pool lies in. value_by_profile: of a part of each unit, how much lies in each.
    """

    pool: Pool
    part_value: Floats
    parts: Ints
    first: Ints
    last: Ints
    least: Ints
    levels: Ints
    service: Ints
    mixes: tuple[Mix, ...]
    mix_of: Ints
    shares: tuple[Share, ...]
    profiles: tuple[int, ...]
    value_by_profile: Floats

    def services_held(self) -> Ints:
        """Of every mix the services (bits) that its lots have units of: of each of them; below 0, of any two and more of them."""
        services = np.array([mix.services for mix in self.mixes], dtype=np.int64)
        told_apart = (len(np.unique(self.service)) <= MOST_SERVICES) | (services & (services - 1) == 0)
        found: Ints = np.where(told_apart, services, -services)
        return found


def wide_units(contents: Contents, pool: Pool, most: int = 0) -> WideUnits:
    """Work out the mixes of a pool. most: mixes that there is time for."""
    units = pool.columns
    windows = max(len(np.unique(months)) for months in (units.first, units.last, units.least))
    for edges in EDGES_WITH_TIME if most and windows > MOST_EDGES else ():
        found = _with_edges(contents, pool, edges)
        if len(found.mixes) <= most:
            return found
    return _with_edges(contents, pool, MOST_EDGES)


def _with_edges(contents: Contents, pool: Pool, most: int) -> WideUnits:
    units = pool.columns
    profiles, value_by_profile = _by_profile(contents, pool)
    first_edges = _edges(units.first, pool, most, down=True)
    last_edges = _edges(units.last, pool, most, down=False)
    least_edges = _edges(units.least, pool, most, down=True)
    every_month = np.arange(contents.months + 1)
    levels = np.array(
        [
            np.searchsorted(first_edges, every_month, side="right") - 1,
            np.searchsorted(last_edges, every_month, side="left"),
            np.searchsorted(least_edges, every_month, side="right") - 1,
        ]
    )
    first, last, least = levels[0, units.first], levels[1, units.last], levels[2, units.least]
    bits, groups_of = _services(contents, pool)
    mix_of = np.full((len(first_edges), len(last_edges), len(least_edges), int(bits.max()) * 2), NONE)
    every = int(np.bitwise_or.reduce(bits))
    masks = np.array(_masks(every))
    a, b, c, mask = (axis.ravel() for axis in np.meshgrid(*map(np.arange, mix_of.shape[:3]), masks, indexing="ij"))
    fit = (first <= a[:, None]) & (last >= b[:, None]) & (least <= c[:, None]) & ((bits & mask[:, None]) == bits)
    # of lots in which there are units with every one of these limits
    held = (np.where(fit, first, -1).max(axis=1) == a) & (np.where(fit, last, len(last_edges)).min(axis=1) == b)
    there = np.bitwise_or.reduce(np.where(fit, bits, 0), axis=1)
    # all together stand for any several
    any_several = (mask == every) & (every.bit_count() > MOST_SERVICES) & (there & (there - 1) > 0)
    held &= (np.where(fit, least, -1).max(axis=1) == c) & ((there == mask) | any_several)
    held &= last_edges[b] - first_edges[a] + 1 >= least_edges[c]
    a, b, c, mask, fit = a[held], b[held], c[held], mask[held], fit[held]
    mix_of[a, b, c, mask] = np.arange(len(mask))
    windows = zip(
        first_edges[a].tolist(), last_edges[b].tolist(), least_edges[c].tolist(), mask.tolist(), fit, strict=True
    )
    mixes = [
        Mix(low, high, months, groups_of(some), inside, some, _profiles_of(inside, value_by_profile, profiles))
        for low, high, months, some, inside in windows
    ]
    several = [some for some in range(mix_of.shape[3]) if some not in masks and some.bit_count() > 1]
    mix_of[..., several] = mix_of[..., -1:]
    return WideUnits(
        pool,
        units.part_value,
        units.parts,
        first,
        last,
        least,
        levels,
        bits,
        tuple(mixes),
        mix_of,
        _shares(mixes, units.part_value * units.parts, bits),
        profiles,
        value_by_profile,
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


def _shares(mixes: list[Mix], value: Floats, bits: Ints) -> tuple[Share, ...]:
    held = np.array([mix.units for mix in mixes]) @ value
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


def _masks(every: int) -> list[int]:
    """The sets of services, as bits, that are told apart: all of few, of more each by itself and all together."""
    if every.bit_count() <= MOST_SERVICES:
        return list(range(1, every + 1))
    return [*(1 << n for n in range(every.bit_count())), every]


def _services(contents: Contents, pool: Pool) -> tuple[Ints, Callable[[int], tuple[int, ...]]]:
    """The bit of each unit's service, and the groups of suppliers that lots with some of the bits can have."""
    package, market = contents.plan.packages[pool.package], contents.market

    def group(members: list[Service]) -> int:
        return market.group(
            package, frozenset().union(*(t for t, _ in members)), frozenset().union(*(r for _, r in members))
        )

    # services of the same suppliers are one: a lot of both has those suppliers too
    classes: dict[bytes, tuple[int, Service]] = {}
    class_of = [
        classes.setdefault(market.group_members(group([service])).tobytes(), (len(classes), service))[0]
        for service in pool.columns.services
    ]
    number = np.array(class_of)[pool.columns.service]
    services = [service for _, service in classes.values()]

    def of(mask: int) -> tuple[int, ...]:
        return (group([s for n, s in enumerate(services) if mask >> n & 1]),)

    if len(services) <= MOST_SERVICES:
        return 1 << number, of
    # unions of several services, one for each set of suppliers that any of them has
    unions: dict[bytes, list[Service]] = {}
    wider = [[service] for service in services]
    while wider:
        held = wider.pop()
        for union in ([*held, service] for service in services if service not in held):
            key = market.group_members(group(union)).tobytes()
            if key not in unions:
                unions[key] = union
                wider.append(union)
    several = tuple(sorted({group(union) for union in unions.values()}))
    if len(services) <= MOST_BITS:
        return 1 << number, lambda mask: of(mask) if mask.bit_count() == 1 else several
    every = tuple(sorted({*several, *(group([service]) for service in services)}))
    return np.ones(len(number), dtype=np.int64), lambda mask: every
