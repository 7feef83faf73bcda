"""What lots of wide pools hold, as arrays over many lots at once, and which mix each lot is of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lotsplit.optimizer.lots.arrays import Floats, Ints
from lotsplit.optimizer.packings.mixes import NONE, WideUnits


@dataclass(frozen=True)
class Holding:
    """What lots hold, as arrays of one shape: value, latest first month, earliest last one, longest least duration, services."""

    value: Floats
    first: Ints
    last: Ints
    least: Ints
    service: Ints


EARLIEST, LATEST = 0, 1 << 12
"""Months that any unit's are at or after, at or before."""


@dataclass(frozen=True)
class Units:
    """The units of all pools, one after another. first_unit: of each pool. levels: of each, as its mixes have them.

    services: where more than a few, how many, otherwise 0. sets: of services, that are told apart. step: from one to another by one more
    service (see services.py), those of each pool from step_place on.
    """

    value: Floats
    first: Ints
    last: Ints
    least: Ints
    service: Ints
    pool: Ints
    first_unit: Ints
    levels: Ints
    mix_table: Ints
    mix_place: Ints
    lasts: Ints
    leasts: Ints
    services: Ints
    sets: Ints
    step: Ints
    step_place: Ints
    pool_value: Floats

    def mix(self, pool: Ints, held: Holding) -> Ints:
        """The mix of lots, NONE where they cannot be; of empty lots (no service) it means nothing."""
        empty, too_short = held.service == 0, held.last - held.first + 1 < held.least
        neither = ~empty & ~too_short
        first, last, least = (np.where(neither, months, 0) for months in (held.first, held.last, held.least))
        place = self.levels[pool, 0, first] * self.lasts[pool] + self.levels[pool, 1, last]
        place = place * self.leasts[pool] + self.levels[pool, 2, least]
        place = self.mix_place[pool] + place * self.sets[pool] + self._set(pool, held.service)
        found: Ints = np.where(empty, 0, np.where(neither, self.mix_table[np.where(neither, place, 0)], NONE))
        return found

    def _set(self, pool: Ints, held: Ints) -> Ints:
        """The sets of services (bits) of lots."""
        services, found = self.services[pool], np.zeros_like(held)
        for service in range(int(self.services.max())):
            has = (held >> service & 1).astype(np.bool_) & (service < services)
            place = self.step_place[pool] + found * services + service
            found = np.where(has, self.step[np.where(has, place, 0)], found)
        return np.where(services > 0, found, held)

    def with_unit(self, held: Holding, unit: Ints) -> Holding:
        """The lots of each row with some of a unit added (but for its value); NONE: as they are."""
        at = np.maximum(unit, 0)
        real = unit >= 0
        return Holding(
            held.value,
            np.maximum(held.first, np.where(real, self.first[at], EARLIEST)[:, None]),
            np.minimum(held.last, np.where(real, self.last[at], LATEST)[:, None]),
            np.maximum(held.least, np.where(real, self.least[at], 0)[:, None]),
            held.service | np.where(real, self.service[at], 0)[:, None],
        )


def units_of(wide: list[WideUnits], first_mix: list[int]) -> Units:
    """Join the units of some pools, whose mixes are numbered from first_mix on."""
    sizes = [len(w.parts) for w in wide]
    tables = [
        np.where(w.mix_of >= 0, w.mix_of + offset, NONE).ravel() for w, offset in zip(wide, first_mix, strict=True)
    ]
    return Units(
        value=np.concatenate([w.part_value for w in wide]),
        first=np.concatenate([w.pool.columns.first for w in wide]),
        last=np.concatenate([w.pool.columns.last for w in wide]),
        least=np.concatenate([w.pool.columns.least for w in wide]),
        service=np.concatenate([w.service for w in wide]),
        pool=np.repeat(np.arange(len(wide)), sizes),
        first_unit=np.cumsum([0, *sizes]),
        levels=np.array([w.levels for w in wide]),
        mix_table=np.concatenate(tables),
        mix_place=np.cumsum([0] + [len(t) for t in tables])[:-1],
        lasts=np.array([w.mix_of.shape[1] for w in wide]),
        leasts=np.array([w.mix_of.shape[2] for w in wide]),
        services=np.array([w.sets.step.shape[1] for w in wide]),
        sets=np.array([w.mix_of.shape[3] for w in wide]),
        step=np.concatenate([w.sets.step.ravel() for w in wide]),
        step_place=np.cumsum([0, *(w.sets.step.size for w in wide[:-1])]),
        pool_value=np.array([w.pool.value for w in wide]),
    )
