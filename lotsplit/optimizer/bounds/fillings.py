"""The best choice of relaxed lots of a wide pool whose values add up to the pool's: by cells of value, service by service.

A lot of one service (trades and regions served by the same suppliers) takes from the value of that service only. So either
every lot is of one service, and those of each make up its value, or there is a lot of several services beside any others.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lotsplit.optimizer.bounds.heights import NEVER
from lotsplit.optimizer.compiled import kernel, there_is_a_kernel
from lotsplit.optimizer.lots.arrays import Floats, Ints
from lotsplit.optimizer.packings.mixes import WideUnits


@dataclass(frozen=True)
class Fillings:
    """In how many ways the value of a pool can be made up of lots: of all kinds, or of a single service each.

    One line a pool with all kinds of lots, then one for each service of the pools with several, then one for the lots of
    several services of these pools. kinds: of each line, one after another, those of line k from starts[k] on. pool: of
    each line. low, high: cells that a line fills, rounded down and up. parts: how many lots a pool can have. divided: pools
    with several services. mixed: lines of lots of several services, of the pools in `divided` that have any.
    """

    kinds: Ints
    starts: Ints
    pool: Ints
    low: Ints
    high: Ints
    parts: Ints
    services: slice
    divided: Ints
    mixed: Ints

    def most(self, spare: Floats, fewest: tuple[int, ...]) -> tuple[list[Floats], Floats]:
        """The most that lots of each pool bring above what they pay, when their values add up to the pool's: for each number of lots
        at least (1 or 3).

        spare: of each kind of lot in each cell. Either every lot is of one service, and those
        of each make up its value; or there is a lot of several, beside any others. With it, a line a pool, what any number of lots
        of all kinds bring, by the cells that they add up to.
        """
        pools = len(self.parts)
        by_line = np.maximum.reduceat(spare[self.kinds], self.starts, axis=0)
        # lots below a cell can count as nothing: what is lost by one that has to be there, and gained by any number of them
        tiny = by_line[:pools, 0]
        lost = np.minimum(0.0, tiny)[self.pool[: len(self.low)]]
        best = _fill(by_line[: len(self.low)], lost, max(fewest))
        line = np.arange(len(self.low))
        filled = np.minimum(best[:, line, self.low], best[:, line, self.high])
        gained = np.maximum(0.0, tiny) * self.parts
        most = [self._at_least(number, by_line, best, filled) + gained for number in fewest]
        return most, best[0, :pools] + gained[:, None]

    def _at_least(self, number: int, by_line: Floats, best: Floats, filled: Floats) -> Floats:
        """The most of each pool with so many lots at least. filled: what lots that fill a line bring, by their number at least."""
        most: Floats = filled[number, : len(self.parts)].copy()
        if len(self.divided):
            most[self.divided] = self._apart(filled, number)[self.divided]
            owner = self.pool[self.mixed]
            one = by_line[self.mixed]
            counted = np.maximum(one, np.concatenate([one[:, 1:], np.full((len(one), 1), NEVER)], axis=1))
            others = best[number - 1, owner]
            beside = np.maximum((counted + others[:, -2::-1]).max(axis=1, initial=NEVER), one[:, 0] + others[:, -1])
            most[owner] = np.maximum(most[owner], beside)
        return most

    def _apart(self, filled: Floats, number: int) -> Floats:
        """Of each pool the most of lots of one service each: one at least for every service, and where these are too few one more."""
        pools = len(self.parts)
        owner = self.pool[self.services]
        apart: Floats = np.bincount(owner, filled[1, self.services], minlength=pools).astype(np.float64)
        if number == 3:
            more = np.full(pools, NEVER)
            np.maximum.at(more, owner, filled[2, self.services] - filled[1, self.services])
            apart += np.where(np.bincount(owner, minlength=pools) == 2, more, 0.0)
        return apart


def fillings_of(wide: list[WideUnits], pool: Ints, services: Ints, width: Floats) -> Fillings:
    """The fillings of some pools. pool, services: of each kind of lot. width: of a cell."""
    kinds = [np.flatnonzero(pool == n) for n in range(len(wide))]
    owner = list(range(len(wide)))
    values = [w.pool.value for w in wide]
    mixed: list[tuple[int, Ints]] = []
    divided = []
    for n, w in enumerate(wide):
        bits = np.unique(w.service)
        if len(bits) == 1:
            continue
        divided.append(n)
        mine = kinds[n]
        for bit in bits:
            kinds.append(mine[services[mine] == bit])
            owner.append(n)
            values.append(float((w.part_value * w.parts)[w.service == bit].sum()))
        several = mine[~np.isin(services[mine], bits)]
        if len(several):
            mixed.append((n, several))
    cells = np.array(values) / width[owner]
    lines = len(kinds)
    kinds.extend(several for _, several in mixed)
    return Fillings(
        np.concatenate(kinds),
        np.cumsum([0, *(len(k) for k in kinds[:-1])]),
        np.array([*owner, *(n for n, _ in mixed)]),
        np.floor(cells * (1 + 1e-9)).astype(np.int64),
        np.ceil(cells * (1 - 1e-9)).astype(np.int64),
        np.array([w.parts.sum() for w in wide]),
        slice(len(wide), lines),
        np.array(divided, dtype=np.int64),
        np.arange(lines, len(kinds)),
    )


def _fill(most: Floats, lost: Floats, fewest: int) -> Floats:
    """The best choice of lots by the cells they add up to: any number of them, at least 1, ... at least `fewest` (layers).

    most: by cell. A lot counts its cells rounded up or down, so that those of a packing add up to its value, either way.
    lost: by a lot that counts as no cell.
    """
    lines, cells = most.shape
    gain = np.maximum(most, np.concatenate([most[:, 1:], np.full((lines, 1), NEVER)], axis=1))
    best = np.full((fewest + 1, lines, cells + 1), NEVER)
    if there_is_a_kernel():
        kernel.fill(gain, lost, fewest, best)
        return best
    best[0, :, 0] = 0.0
    for size in range(1, cells + 1):
        best[0, :, size] = (gain[:, :size] + best[0, :, size - 1 :: -1][:, :size]).max(axis=1)
    best[1, :, 1:] = best[0, :, 1:]
    best[1, :, 0] = lost
    for number in range(2, fewest + 1):
        before = best[number - 1]
        for size in range(1, cells + 1):
            best[number, :, size] = (gain[:, :size] + before[:, size - 1 :: -1][:, :size]).max(axis=1)
        np.maximum(best[number], before + lost[:, None], out=best[number])
    return best
