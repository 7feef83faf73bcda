"""What lots of wide pools hold, as arrays over many lots at once, and which mix each lot is of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lotsplit.optimizer.arrays import Floats, Ints
from lotsplit.optimizer.mixes import NONE, WideUnits


@dataclass(frozen=True)
class Holding:
    """What lots hold, as arrays of one shape: value, levels of the latest first, earliest last and longest least month, services."""

    value: Floats
    first: Ints
    last: Ints
    least: Ints
    service: Ints


EARLIEST, LATEST = 0, 63
"""Levels that any unit's are at or after, at or before."""


@dataclass(frozen=True)
class Units:
    """The units of all pools, one after another. first_unit, first_mix: of each pool."""

    value: Floats
    first: Ints
    last: Ints
    least: Ints
    service: Ints
    pool: Ints
    first_unit: Ints
    mix_table: Ints
    mix_place: Ints
    lasts: Ints
    leasts: Ints
    masks: Ints
    pool_value: Floats

    def mix(self, pool: Ints, held: Holding) -> Ints:
        """The mix of lots, NONE where they cannot be; of empty lots (no service) it means nothing."""
        empty = held.service == 0
        place = (held.first * self.lasts[pool] + held.last) * self.leasts[pool] + held.least
        place = self.mix_place[pool] + place * self.masks[pool] + held.service
        found: Ints = np.where(empty, 0, self.mix_table[np.where(empty, 0, place)])
        return found

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
        first=np.concatenate([w.first for w in wide]),
        last=np.concatenate([w.last for w in wide]),
        least=np.concatenate([w.least for w in wide]),
        service=np.concatenate([w.service for w in wide]),
        pool=np.repeat(np.arange(len(wide)), sizes),
        first_unit=np.cumsum([0, *sizes]),
        mix_table=np.concatenate(tables),
        mix_place=np.cumsum([0] + [len(t) for t in tables])[:-1],
        lasts=np.array([w.mix_of.shape[1] for w in wide]),
        leasts=np.array([w.mix_of.shape[2] for w in wide]),
        masks=np.array([w.mix_of.shape[3] for w in wide]),
        pool_value=np.array([w.pool.value for w in wide]),
    )
