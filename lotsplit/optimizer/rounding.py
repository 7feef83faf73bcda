"""From fractional columns to a schedule: coordinate ascent over pools by true marginal value (model, section 8).

Every pool holds one of its candidate columns, or its package is left undivided. In turn each pool takes the candidate
that is worth most given all others: its gain, less the overflow it adds, less a penalty for what it breaks of the limits.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from lotsplit.limits import SHARE_FLOOR
from lotsplit.optimizer.arrays import Floats, Ints
from lotsplit.optimizer.columns import Columns, loads_of_lots
from lotsplit.optimizer.compiled import kernel, there_is_a_kernel
from lotsplit.optimizer.pricing import Pricer
from lotsplit.optimizer.rows import Prices

SWEEPS = 4
# of a limit: how far from it a price rises by its whole range
WIDTHS = (0.1, 0.03, 0.01)


@dataclass(frozen=True)
class Block:
    """The candidate columns of one group: what each puts on the cells (supplier, month) and rows that any of them touches.

    load: one line a column, one column a cell. amounts: one line a column, one column a row.
    """

    columns: Ints
    gain: Floats
    cells: Ints
    load: Floats
    rows: Ints
    amounts: Floats


def blocks_of(pricer: Pricer, columns: Columns, groups: dict[int, Ints]) -> dict[int, Block]:
    """Blocks of candidate columns by group; cells that no choice of candidates can overload are left out."""
    contents = pricer.rows.contents
    cells = max(1, len(contents.plan.suppliers) * contents.months)
    found: dict[int, tuple[Ints, Ints, Floats]] = {}
    most = np.zeros(cells)
    for group, members in groups.items():
        sizes = [columns.first[column + 1] - columns.first[column] for column in members.tolist()]
        lots = np.concatenate([np.arange(columns.first[c], columns.first[c + 1]) for c in members.tolist()])
        owner = np.repeat(np.arange(len(members)), sizes)
        triples = loads_of_lots(contents, pricer.loads, columns.lots.take(lots))
        keys, inverse = np.unique(owner[triples.lot] * cells + triples.cell, return_inverse=True)
        load = np.bincount(inverse, triples.load, minlength=len(keys)).astype(np.float64)
        found[group] = (keys // cells, keys % cells, load)
        np.maximum.at(highest := np.zeros(cells), keys % cells, load)
        most += highest
    open_ = most > _limits(pricer)
    shares = pricer.rows.by_kind.get(SHARE_FLOOR, [])
    blocks = {}
    for group, members in groups.items():
        owner, cell, load = found[group]
        mine = open_[cell]
        used, place = np.unique(cell[mine], return_inverse=True)
        table = np.zeros((len(members), len(used)))
        table[owner[mine], place] = load[mine]
        amounts = columns.amounts[:, members]
        # overflow counts in a floor of the share
        rows = np.union1d(np.flatnonzero(amounts.any(axis=1)), shares).astype(np.int64)
        blocks[group] = Block(members, columns.gain[members], used, table, rows, amounts[rows].T.copy())
    return blocks


@dataclass(frozen=True)
class Flat:
    """Blocks one after another, as the kernel takes them (Choice in kernel/kernel.h)."""

    whole: tuple[Ints, ...]
    real: tuple[Floats, ...]


def _flat(blocks: dict[int, Block], pools_of: dict[int, list[int]], packages: int) -> Flat:
    def firsts(sizes: Iterable[int]) -> Ints:
        return np.cumsum([0, *sizes])

    place = {group: n for n, group in enumerate(blocks)}
    every = list(blocks.values())
    pools = [[place.get(pool, -1) for pool in pools_of.get(package, [])] for package in range(packages)]
    return Flat(
        (
            firsts(len(block.columns) for block in every),
            firsts(len(block.cells) for block in every),
            np.concatenate([block.cells for block in every]),
            firsts(len(block.rows) for block in every),
            np.concatenate([block.rows for block in every]),
            firsts(block.load.size for block in every),
            firsts(block.amounts.size for block in every),
            firsts(len(own) for own in pools),
            np.array([pool for own in pools for pool in own], dtype=np.int64),
            np.array([place.get(-1 - package, -1) for package in range(packages)]),
        ),
        (
            np.concatenate([block.gain for block in every]),
            np.concatenate([block.load.ravel() for block in every]),
            np.concatenate([block.amounts.ravel() for block in every]),
        ),
    )


def _limits(pricer: Pricer) -> Floats:
    """What each cell can take on."""
    contents = pricer.rows.contents
    limits = np.where(pricer.loads.limited, contents.market.bidders.row_capacity, np.inf)
    return np.repeat(limits, contents.months).astype(np.float64)


class Ascent:
    """A choice of columns being improved. penalty: money per scale by which a limit is broken.

    chosen: of each group the place of its column in the block.
    """

    def __init__(self, pricer: Pricer, blocks: dict[int, Block]) -> None:
        self.pricer, self.blocks, self.penalty = pricer, blocks, 0.0
        rows, contents = pricer.rows, pricer.rows.contents
        self.scale = np.array([row.scale for row in rows.rows])
        self.shares = np.zeros(len(rows.rows))
        self.shares[rows.by_kind.get(SHARE_FLOOR, [])] = 1.0
        self.most = _limits(pricer)
        self.pools_of: dict[int, list[int]] = {}
        for pool in contents.pools:
            self.pools_of.setdefault(pool.package, []).append(pool.index)
        self.reached = np.zeros(len(rows.rows))
        self.load = np.zeros(len(self.most))
        self.overflow = np.zeros(1)
        self.chosen: dict[int, int] = {}
        self.width = 0.0
        self.cell_price = np.zeros(len(self.most))
        self.row_price = np.zeros(len(rows.rows))
        if there_is_a_kernel():
            self._flat = _flat(blocks, self.pools_of, len(contents.plan.packages))

    def put(self, group: int, place: int) -> None:
        """Choose a column."""
        self._shift(group, place, 1.0)
        self.chosen[group] = place

    def drop(self, group: int) -> int:
        """Take a chosen column back."""
        place = self.chosen.pop(group)
        self._shift(group, place, -1.0)
        return place

    def _shift(self, group: int, place: int, sign: float) -> None:
        block = self.blocks[group]
        before, most = self.load[block.cells], self.most[block.cells]
        after = before + sign * block.load[place]
        self.load[block.cells] = after
        self.overflow[0] += float((np.maximum(0.0, after - most) - np.maximum(0.0, before - most)).sum())
        self.reached[block.rows] += sign * block.amounts[place]

    def worth(self, group: int) -> Floats:
        """What each column of a group would add to the choice of the other groups."""
        block = self.blocks[group]
        load, reached = self.load[block.cells], self.reached[block.rows]
        now = self.chosen.get(group)
        if now is not None:
            load, reached = load - block.load[now], reached - block.amounts[now]
        if self.width > 0:
            return self._smooth_worth(block, load, reached)
        room = load - self.most[block.cells]
        over = np.maximum(0.0, room + block.load).sum(axis=1) - float(np.maximum(0.0, room).sum())
        gains: Floats = block.gain - self.pricer.weights.overflow * over
        if len(block.rows):
            shares = self.shares[block.rows]
            without = self.overflow[0] - (0.0 if now is None else float(over[now]))
            above = reached - self.pricer.rows.most[block.rows] + shares * without
            excess = np.maximum(0.0, above + block.amounts + over[:, None] * shares)
            gains -= self.penalty * ((excess - np.maximum(0.0, above)) / self.scale[block.rows]).sum(axis=1)
        return gains

    def _smooth_worth(self, block: Block, load: Floats, reached: Floats) -> Floats:
        """As worth, with prices that rise through those of the linear program where a limit is reached."""
        most = self.most[block.cells]
        width = self.width * most + 1e-6
        position = self.cell_price[block.cells] + (load - most) / width
        over = (_ramp(position + block.load / width) - _ramp(position)) @ width
        gains: Floats = block.gain - self.pricer.weights.overflow * over
        if len(block.rows):
            slope = (self.pricer.rows.unit / (self.width * self.scale))[block.rows]
            now = self.row_price[block.rows] + slope * (reached - self.pricer.rows.most[block.rows])
            after = np.maximum(0.0, now + slope * block.amounts)
            gains -= ((after * after - np.maximum(0.0, now) ** 2) / (2 * slope)).sum(axis=1)
        return gains

    def start(self, first: dict[int, int]) -> None:
        """Begin with these columns, by place."""
        for group, place in first.items():
            self.put(group, place)

    def state(self) -> tuple[Floats, Floats, Floats, dict[int, int]]:
        """The choice as it is now."""
        return self.load.copy(), self.reached.copy(), self.overflow.copy(), dict(self.chosen)

    def begin(self, state: tuple[Floats, Floats, Floats, dict[int, int]]) -> None:
        """Return to a choice."""
        load, reached, overflow, chosen = state
        self.load, self.reached, self.overflow, self.chosen = load.copy(), reached.copy(), overflow.copy(), dict(chosen)

    def improve(self, order: Ints) -> None:
        """Sweep over packages in this order until nothing gets better."""
        if there_is_a_kernel():
            self._improve_by_kernel(order)
            return
        for sweep in range(SWEEPS):
            improved = [self._improve_package(int(package), switch=sweep == 0) for package in order]
            if not any(improved):
                return

    def _improve_by_kernel(self, order: Ints) -> None:
        chosen = np.array([self.chosen.get(group, -1) for group in self.blocks])
        prices = (
            self.cell_price,
            self.pricer.rows.most,
            self.scale,
            self.pricer.rows.unit,
            self.shares,
            self.row_price,
        )
        given = (*self._flat.whole, *self._flat.real, self.most, *prices)
        state = (self.load, self.reached, self.overflow, chosen)
        kernel.improve(given, state, self.pricer.weights.overflow, self.penalty, self.width, order, SWEEPS)
        self.chosen = {group: place for group, place in zip(self.blocks, chosen.tolist(), strict=True) if place >= 0}

    def _improve_package(self, package: int, switch: bool) -> bool:
        pools, whole = self.pools_of.get(package, []), -1 - package
        better = False
        if whole not in self.chosen:
            for pool in pools:
                better |= self._improve_group(pool)
        elif len(self.blocks[whole].columns) > 1:
            better |= self._improve_group(whole)
        if switch and pools and whole in self.blocks:
            better |= self._switch(package, pools, whole)
        return better

    def _improve_group(self, group: int) -> bool:
        old = self.chosen[group]
        if len(self.blocks[group].columns) == 1:
            return False
        worth = self.worth(group)
        best = int(np.argmax(worth))
        if worth[best] <= worth[old] + 1e-9 * abs(worth[old]) + 1e-9:
            return False
        self.drop(group)
        self.put(group, best)
        return True

    def _switch(self, package: int, pools: list[int], whole: int) -> bool:
        """Leave a package undivided, or divide one that is, if that is worth more."""
        if any(pool not in self.blocks for pool in pools):
            return False
        was_whole = whole in self.chosen
        old = {group: self.drop(group) for group in ([whole] if was_whole else pools)}
        if was_whole:
            divided = 0.0
            for pool in pools:
                worth = self.worth(pool)
                best = int(np.argmax(worth))
                divided += float(worth[best])
                self.put(pool, best)
            new = {pool: self.drop(pool) for pool in pools}
            now = float(self.worth(whole)[old[whole]])
            gain = divided - now
        else:
            worth = self.worth(whole)
            best = int(np.argmax(worth))
            new = {whole: best}
            now = 0.0
            for pool in pools:
                now += float(self.worth(pool)[old[pool]])
                self.put(pool, old[pool])
            for pool in pools:
                self.drop(pool)
            gain = float(worth[best]) - now
        take = gain > 1e-9 * abs(now) + 1e-9
        for group, place in (new if take else old).items():
            self.put(group, place)
        return take

    def value(self) -> float:
        """What the choice comes to, less the penalty for what it breaks."""
        gain = sum(float(self.blocks[group].gain[place]) for group, place in self.chosen.items())
        overflow = float(self.overflow[0])
        broken = np.maximum(0.0, self.reached + self.shares * overflow - self.pricer.rows.most - 1e-9 * self.scale)
        return gain - self.pricer.weights.overflow * overflow - self.penalty * float((broken / self.scale).sum())

    def columns(self) -> Ints:
        """The columns chosen."""
        chosen = [int(self.blocks[group].columns[place]) for group, place in self.chosen.items()]
        return np.array(sorted(chosen), dtype=np.int64)


def _ramp(position: Floats) -> Floats:
    """The integral of a price that rises from 0 to 1 between 0 and 1."""
    inside = np.minimum(np.maximum(position, 0.0), 1.0)
    summed: Floats = inside * (position - 0.5 * inside)
    return summed


def round_by_ascent(
    pricer: Pricer,
    columns: Columns,
    weights: Floats,
    candidates: Ints,
    prices: Prices,
    penalties: tuple[float, ...],
    seeds: list[int],
    widths: tuple[float, ...] = WIDTHS,
    fixed: int | None = None,
) -> Ints:
    """Start every pool at its heaviest column, then ascend: at first on prices that rise gently, then under rising penalties.

    seeds: of the orders in which packages are visited, one ascent each. widths: how gently. fixed: a package that keeps its
    heaviest columns until all others have moved. Gives the columns of the best choice.
    """
    groups: dict[int, list[int]] = {}
    for column in candidates.tolist():
        groups.setdefault(columns.group[column], []).append(column)
    arrays = {group: np.array(members, dtype=np.int64) for group, members in groups.items()}
    ascent = Ascent(pricer, blocks_of(pricer, columns, arrays))
    most = max(pricer.weights.overflow, 1e-9)
    ascent.cell_price, ascent.row_price = np.minimum(1.0, prices.capacity.ravel() / most), prices.rows
    ascent.start(_heaviest(pricer, arrays, weights))
    first = ascent.state()
    packages = len(pricer.rows.contents.plan.packages)
    free = np.array([package for package in range(packages) if package != fixed])
    found: list[tuple[float, Ints]] = []
    for seed in seeds:
        draw = np.random.default_rng(seed)
        ascent.begin(first)
        for ascent.width in widths:
            ascent.improve(draw.permutation(free))
        ascent.width, ascent.penalty = 0.0, penalties[0]
        if fixed is not None:
            ascent.improve(draw.permutation(free))
        for penalty in penalties:
            ascent.penalty = penalty
            ascent.improve(draw.permutation(packages))
        found.append((ascent.value(), ascent.columns()))
    return max(found, key=lambda one: one[0])[1]


def _heaviest(pricer: Pricer, groups: dict[int, Ints], weights: Floats) -> dict[int, int]:
    """Per package: undivided if that has most of its weight (or nothing else is known), otherwise each pool's heaviest column; by place."""
    contents = pricer.rows.contents
    pools: dict[int, list[int]] = {n: [] for n in range(len(contents.plan.packages))}
    for pool in contents.pools:
        pools[pool.package].append(pool.index)
    first: dict[int, int] = {}
    for package, own in pools.items():
        whole = groups.get(-1 - package, np.zeros(0, dtype=np.int64))
        divisible = own and all(pool in groups for pool in own)
        if len(whole) and (not divisible or weights[whole].sum() > 0.5):
            first[-1 - package] = int(np.argmax(weights[whole]))
        elif divisible:
            for group in own:
                first[group] = int(np.argmax(weights[groups[group]]))
    return first
