"""From fractional columns to a schedule: coordinate ascent over pools by true marginal value (model, section 8).

Every pool holds one of its candidate columns, or its package is left undivided. In turn each pool takes the candidate
that is worth most given all others: its gain, less the overflow it adds, less a penalty for what it breaks of the limits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lotsplit.limits import SHARE_FLOOR
from lotsplit.optimizer.arrays import Floats, Ints
from lotsplit.optimizer.columns import Columns, loads_of_lots
from lotsplit.optimizer.pricing import Pricer
from lotsplit.optimizer.rows import Prices

SWEEPS = 4
# of a limit: how far from it a price rises by its whole range
WIDTHS = (0.1, 0.03, 0.01)
COLUMNS_AT_ONCE = 500


@dataclass(frozen=True)
class Candidates:
    """Candidate columns with their load by cell (each cell once): those of column k are at first[k] to first[k + 1]."""

    columns: Columns
    first: Ints
    cell: Ints
    load: Floats


def candidates_of(pricer: Pricer, columns: Columns, which: Ints) -> Candidates:
    """The loads of some columns (of the others nothing is kept), worked out some columns at a time."""
    owner = columns.column_of_lot()
    contents = pricer.rows.contents
    cells = max(1, len(contents.plan.suppliers) * contents.months)
    sizes = np.zeros(len(columns), dtype=np.int64)
    cell, load = [np.zeros(0, dtype=np.int32)], [np.zeros(0)]
    for low in range(0, len(columns), COLUMNS_AT_ONCE):
        some = which[(which >= low) & (which < low + COLUMNS_AT_ONCE)]
        lots = np.flatnonzero(np.isin(owner, some))
        triples = loads_of_lots(contents, pricer.loads, columns.lots.take(lots))
        keys, inverse = np.unique(owner[lots][triples.lot] * cells + triples.cell, return_inverse=True)
        load.append(np.bincount(inverse, triples.load, minlength=len(keys)).astype(np.float64))
        cell.append((keys % cells).astype(np.int32))
        sizes += np.bincount(keys // cells, minlength=len(columns))
    return Candidates(columns, np.concatenate([[0], np.cumsum(sizes)]), np.concatenate(cell), np.concatenate(load))


class Ascent:
    """A choice of columns being improved. `penalty`: money per scale by which a limit is broken."""

    def __init__(self, pricer: Pricer, candidates: Candidates, groups: dict[int, Ints], penalty: float) -> None:
        self.pricer, self.candidates, self.groups, self.penalty = pricer, candidates, groups, penalty
        rows, contents = pricer.rows, pricer.rows.contents
        self.scale = np.array([row.scale for row in rows.rows])
        self.share_rows = rows.by_kind.get(SHARE_FLOOR, [])
        bidders = contents.market.bidders
        self.most = np.repeat(np.where(pricer.loads.limited, bidders.row_capacity, np.inf), contents.months)
        self.pools_of: dict[int, list[int]] = {}
        for pool in contents.pools:
            self.pools_of.setdefault(pool.package, []).append(pool.index)
        self.reached = np.zeros(len(rows.rows))
        self.load = np.zeros(len(self.most))
        self.overflow = 0.0
        self.chosen: dict[int, int] = {}
        self._entries: dict[bytes, tuple[Ints, Ints]] = {}
        self.width = 0.0
        self.cell_price = np.zeros(len(self.most))
        self.row_price = np.zeros(len(rows.rows))

    def put(self, group: int, column: int) -> None:
        """Choose a column."""
        self._shift(column, 1.0)
        self.chosen[group] = column

    def drop(self, group: int) -> int:
        """Take a chosen column back."""
        column = self.chosen.pop(group)
        self._shift(column, -1.0)
        return column

    def _shift(self, column: int, sign: float) -> None:
        c = self.candidates
        part = slice(c.first[column], c.first[column + 1])
        cells, load = c.cell[part], c.load[part]
        before = self.load[cells]
        after = before + sign * load
        most = self.most[cells]
        self.load[cells] = after
        self.overflow += float((np.maximum(0.0, after - most) - np.maximum(0.0, before - most)).sum())
        self.reached += sign * c.columns.amounts[:, column]

    def worth(self, columns: Ints) -> Floats:
        """What each of some columns would add to the choice as it stands."""
        if self.width > 0:
            return self._smooth_worth(columns)
        c = self.candidates
        where, owner = self._entries_of(columns)
        cells = c.cell[where]
        load, most = self.load[cells], self.most[cells]
        added = np.maximum(0.0, load + c.load[where] - most) - np.maximum(0.0, load - most)
        over = np.bincount(owner, added, minlength=len(columns))
        gains: Floats = c.columns.gain[columns] - self.pricer.weights.overflow * over
        if len(self.scale):
            reached = self.reached[:, None] + c.columns.amounts[:, columns]
            now = self.reached.copy()
            for n in self.share_rows:
                reached[n] += self.overflow + over
                now[n] += self.overflow
            most = self.pricer.rows.most
            excess = np.maximum(0.0, reached - most[:, None]) - np.maximum(0.0, now - most)[:, None]
            gains -= self.penalty * (excess / self.scale[:, None]).sum(axis=0)
        return gains

    def _smooth_worth(self, columns: Ints) -> Floats:
        """As worth, with prices that rise through those of the linear program where a limit is reached."""
        c = self.candidates
        where, owner = self._entries_of(columns)
        cells = c.cell[where]
        width = self.width * np.where(np.isfinite(self.most[cells]), self.most[cells], 1.0) + 1e-6
        position = self.cell_price[cells] + (self.load[cells] - self.most[cells]) / width
        added = width * (_ramp(position + c.load[where] / width) - _ramp(position))
        over = np.bincount(owner, added, minlength=len(columns))
        gains: Floats = c.columns.gain[columns] - self.pricer.weights.overflow * over
        if len(self.scale):
            slope = (self.pricer.rows.unit / (self.width * self.scale))[:, None]
            now = self.row_price[:, None] + slope * (self.reached - self.pricer.rows.most)[:, None]
            after = now + slope * c.columns.amounts[:, columns]
            paid = (np.maximum(0.0, after) ** 2 - np.maximum(0.0, now) ** 2) / (2 * slope)
            gains -= paid.sum(axis=0)
        return gains

    def _entries_of(self, columns: Ints) -> tuple[Ints, Ints]:
        """The places of some columns' loads, and which column each belongs to."""
        key = columns.tobytes()
        if key not in self._entries:
            first = self.candidates.first
            sizes = first[columns + 1] - first[columns]
            owner = np.repeat(np.arange(len(columns)), sizes)
            where = np.arange(len(owner)) - np.repeat(np.cumsum(sizes) - sizes, sizes) + first[columns][owner]
            self._entries[key] = (where, owner)
        return self._entries[key]

    def start(self, first: dict[int, int]) -> None:
        """Begin with these columns."""
        for group, column in first.items():
            self.put(group, column)

    def improve(self, order: Ints) -> None:
        """Sweep over packages in this order until nothing gets better."""
        for sweep in range(SWEEPS):
            improved = [self._improve_package(int(package), switch=sweep == 0) for package in order]
            if not any(improved):
                return

    def _improve_package(self, package: int, switch: bool) -> bool:
        pools, whole = self.pools_of.get(package, []), -1 - package
        better = False
        if whole not in self.chosen:
            for pool in pools:
                better |= self._improve_group(pool)
        elif len(self.groups.get(whole, ())) > 1:
            better |= self._improve_group(whole)
        if switch and pools and len(self.groups.get(whole, ())):
            better |= self._switch(package, pools, whole)
        return better

    def _improve_group(self, group: int) -> bool:
        old = self.drop(group)
        options = self.groups[group]
        worth = self.worth(options)
        best = int(np.argmax(worth))
        at = np.flatnonzero(options == old)
        if len(at) and worth[best] <= worth[at[0]] + 1e-9 * abs(worth[at[0]]) + 1e-9:
            self.put(group, old)
            return False
        self.put(group, int(options[best]))
        return True

    def _switch(self, package: int, pools: list[int], whole: int) -> bool:
        """Leave a package undivided, or divide one that is, if that is worth more."""
        if any(len(self.groups.get(pool, ())) == 0 for pool in pools):
            return False
        was_whole = whole in self.chosen
        old = {group: self.drop(group) for group in ([whole] if was_whole else pools)}
        if was_whole:
            divided = 0.0
            for pool in pools:
                worth = self.worth(self.groups[pool])
                best = int(np.argmax(worth))
                divided += float(worth[best])
                self.put(pool, int(self.groups[pool][best]))
            new = {pool: self.drop(pool) for pool in pools}
            now = float(self.worth(np.array([old[whole]]))[0])
            gain = divided - now
        else:
            worth = self.worth(self.groups[whole])
            best = int(np.argmax(worth))
            new = {whole: int(self.groups[whole][best])}
            now = 0.0
            for pool in pools:
                now += float(self.worth(np.array([old[pool]]))[0])
                self.put(pool, old[pool])
            for pool in pools:
                self.drop(pool)
            gain = float(worth[best]) - now
        take = gain > 1e-9 * abs(now) + 1e-9
        for group, column in (new if take else old).items():
            self.put(group, column)
        return take

    def columns(self) -> Ints:
        """The columns chosen."""
        return np.array(sorted(self.chosen.values()), dtype=np.int64)


def _ramp(position: Floats) -> Floats:
    """The integral of a price that rises from 0 to 1 between 0 and 1."""
    inside = np.clip(position, 0.0, 1.0)
    summed: Floats = 0.5 * inside * inside + np.maximum(0.0, position - 1.0)
    return summed


def round_by_ascent(
    pricer: Pricer,
    columns: Columns,
    weights: Floats,
    candidates: Ints,
    prices: Prices,
    penalties: tuple[float, ...],
    seed: int,
) -> Ints:
    """Start every pool at its heaviest column, then ascend: at first on prices that rise gently, then under rising penalties.

    Gives the columns chosen.
    """
    groups: dict[int, list[int]] = {}
    for column in candidates.tolist():
        groups.setdefault(columns.group[column], []).append(column)
    arrays = {group: np.array(members, dtype=np.int64) for group, members in groups.items()}
    ascent = Ascent(pricer, candidates_of(pricer, columns, candidates), arrays, penalties[0])
    ascent.start(_heaviest(pricer, arrays, weights))
    packages = len(pricer.rows.contents.plan.packages)
    draw = np.random.default_rng(seed)
    most = max(pricer.weights.overflow, 1e-9)
    ascent.cell_price, ascent.row_price = np.minimum(1.0, prices.capacity.ravel() / most), prices.rows
    for ascent.width in WIDTHS:
        ascent.improve(draw.permutation(packages))
    ascent.width = 0.0
    for penalty in penalties:
        ascent.penalty = penalty
        ascent.improve(draw.permutation(packages))
    return ascent.columns()


def _heaviest(pricer: Pricer, groups: dict[int, Ints], weights: Floats) -> dict[int, int]:
    """Per package: undivided if that has most of its weight (or nothing else is known), otherwise each pool's heaviest column."""
    contents = pricer.rows.contents
    pools: dict[int, list[int]] = {n: [] for n in range(len(contents.plan.packages))}
    for pool in contents.pools:
        pools[pool.package].append(pool.index)
    first: dict[int, int] = {}
    for package, own in pools.items():
        whole = groups.get(-1 - package, np.zeros(0, dtype=np.int64))
        divisible = own and all(pool in groups for pool in own)
        if len(whole) and (not divisible or weights[whole].sum() > 0.5):
            first[-1 - package] = int(whole[np.argmax(weights[whole])])
        elif divisible:
            for group in own:
                first[group] = int(groups[group][np.argmax(weights[groups[group]])])
    return first
