"""The participation curve: the share of lots that SMEs win, by nature and value, where there is no supplier register.

Model, section 2, last paragraph. The built-in curve is made of a table of counts (docs/participation-curve.md).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from lotsplit.limits import MONEY_TOLERANCE
from lotsplit.plan import NATURES, CurveRow, TenderPlan

Floats = NDArray[np.float64]

COUNTS_SOURCE = "TED contract award notices 2016-2022, a sample that is not random"


@dataclass(frozen=True, slots=True)
class BandCount:
    """Contracts of one nature and band of value (net of VAT, euro), in the sample that the built-in curve is made of.

    A notice weighs 1, shared evenly among its contracts: weight is what falls into the band, sme_weight the part of
    it that SMEs won. sme_contracts is no whole number where the winners of one contract are of both kinds.
    """

    nature: str
    from_value: float
    notices: int
    contracts: int
    sme_contracts: float
    weight: float
    sme_weight: float


class ParticipationCurve:
    """SME win shares by nature and band of lot value; `rows` has each band with its source, ascending in value."""

    def __init__(self, rows: tuple[CurveRow, ...]) -> None:
        self.rows = tuple(sorted(rows, key=lambda row: (NATURES.index(row.nature), row.from_value)))
        self._steps = {n: np.array([row.from_value for row in self.rows if row.nature == n]) for n in NATURES}
        self._shares = {n: np.array([row.sme_win_share for row in self.rows if row.nature == n]) for n in NATURES}

    def steps(self, nature: str) -> Floats:
        """The lot values from which on each band of a nature holds, ascending; empty for a nature without rows."""
        return self._steps[nature]

    def win_probability(self, nature: str, values: Floats) -> Floats:
        """The SME win share of each lot value: of the row with the largest from_value not above it, to half a cent.

        Values below the first row take the first row (a plan's own curve has a row from 0, checked on reading).
        Raises ValueError for a nature without rows.
        """
        steps = self._steps[nature]
        if not len(steps):
            raise ValueError(f"the participation curve has no row for {nature}")
        band = np.searchsorted(steps - MONEY_TOLERANCE, values, side="right") - 1
        return self._shares[nature][np.maximum(band, 0)]


def curve_of(plan: TenderPlan) -> ParticipationCurve:
    """The plan's own participation curve, otherwise the built-in one."""
    return built_in_curve() if plan.curve is None else ParticipationCurve(plan.curve)


@cache
def built_in_counts() -> tuple[BandCount, ...]:
    """The table of counts, by nature and ascending value."""
    table = resources.files("lotsplit.market").joinpath("participation_counts.csv").read_text(encoding="utf-8")
    return tuple(
        BandCount(
            row["nature"],
            float(row["from_value"]),
            int(row["notices"]),
            int(row["contracts"]),
            float(row["sme_contracts"]),
            float(row["weight"]),
            float(row["sme_weight"]),
        )
        for row in csv.DictReader(table.splitlines())
    )


@cache
def built_in_curve() -> ParticipationCurve:
    """The curve that the counts give: share by notice weight, made non-increasing in value, a row for each share."""
    rows = [row for nature in NATURES for row in _falling([c for c in built_in_counts() if c.nature == nature])]
    return ParticipationCurve(tuple(rows))


def _falling(bands: list[BandCount]) -> list[CurveRow]:
    """The non-increasing shares nearest to those of the bands by weighted least squares.

    Pool adjacent violators: bands whose share is not below that of the band before are taken together with it
    (Ayer, Brunk, Ewing, Reid, Silverman 1955).
    """
    pools: list[list[BandCount]] = []
    for band in bands:
        pools.append([band])
        while len(pools) > 1 and _share(pools[-1]) >= _share(pools[-2]):
            pools[-2:] = [pools[-2] + pools[-1]]
    return [CurveRow(pool[0].nature, pool[0].from_value, _share(pool), _provenance(pool)) for pool in pools]


def _share(pool: list[BandCount]) -> float:
    return sum(band.sme_weight for band in pool) / sum(band.weight for band in pool)


def _provenance(pool: list[BandCount]) -> str:
    contracts, weight = sum(band.contracts for band in pool), sum(band.weight for band in pool)
    return f"{COUNTS_SOURCE}: {contracts} contracts with the weight of {weight:.1f} notices"
