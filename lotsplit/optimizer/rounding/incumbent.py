"""A choice of lots as a whole: what it is worth, which limits it breaks, and the schedule it stands for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lotsplit.limits import SHARE_FLOOR
from lotsplit.optimizer.lots.arrays import UNDIVIDED, Contents, Floats
from lotsplit.optimizer.lots.rows import Lots
from lotsplit.optimizer.master.columns import load_of_all, lot_gains
from lotsplit.optimizer.pricing.pricer import Pricer
from lotsplit.plan import Item
from lotsplit.schedule import Lot, LotItem, Schedule, undivided_lot


@dataclass(frozen=True)
class Incumbent:
    """Lots that hold everything. value: of the aim, without its constant. excess: by how much each row is broken (0: held).

    sme_value: expected SME awards, overflow taken off.
    """

    lots: Lots
    value: float
    excess: Floats
    sme_value: float

    @property
    def feasible(self) -> bool:
        """Whether every limit is kept."""
        return not self.excess.any()


# Sums of a few thousand lots carry rounding noise; it is far below the tolerances of the model.
NOISE = 1e-10


@dataclass(frozen=True)
class Sums:
    """What some lots come to together: on every supplier in every month, in every row, by themselves for the aim, expected SME awards."""

    load: Floats
    reached: Floats
    gain: float
    awards: float

    def plus(self, others: Sums, sign: float) -> Sums:
        """The same with some lots more, or (-1) less."""
        return Sums(
            self.load + sign * others.load,
            self.reached + sign * others.reached,
            self.gain + sign * others.gain,
            self.awards + sign * others.awards,
        )


def sums_of(pricer: Pricer, lots: Lots) -> Sums:
    """Add up some lots."""
    rows, contents = pricer.rows, pricer.rows.contents
    return Sums(
        load_of_all(contents, pricer.loads, lots),
        rows.amounts(lots).by_row(len(rows.rows)),
        float(lot_gains(rows, lots, pricer.weights).sum()),
        float((lots.sme_win * contents.value[lots.content]).sum()),
    )


def assess(pricer: Pricer, lots: Lots) -> Incumbent:
    """Work out a choice of lots from the lots alone."""
    return incumbent_of(pricer, lots, sums_of(pricer, lots))


def incumbent_of(pricer: Pricer, lots: Lots, sums: Sums) -> Incumbent:
    """The same from what the lots come to."""
    rows, contents = pricer.rows, pricer.rows.contents
    most = np.repeat(np.where(pricer.loads.limited, contents.market.bidders.row_capacity, np.inf), contents.months)
    overflow = float(np.maximum(0.0, sums.load - most).sum())
    reached = sums.reached.copy()
    for n in rows.by_kind.get(SHARE_FLOOR, []):
        reached[n] += overflow
    excess = np.maximum(0.0, reached - rows.most)
    excess[excess <= NOISE * np.array([row.scale for row in rows.rows])] = 0.0
    return Incumbent(lots, sums.gain - pricer.weights.overflow * overflow, excess, sums.awards - overflow)


def schedule_of(contents: Contents, lots: Lots) -> Schedule:
    """The schedule of a choice of lots: package by package, pool by pool, then by first month and value."""
    plan = contents.plan
    order = sorted(
        range(len(lots)),
        key=lambda k: (
            int(contents.package[lots.content[k]]),
            int(contents.pool[lots.content[k]]),
            int(lots.start[k]),
            -float(contents.value[lots.content[k]]),
            contents.counts[lots.content[k]],
            -int(lots.months[k]),
        ),
    )
    made: list[Lot] = []
    number: dict[str, int] = {}
    taken: dict[tuple[int, int], int] = {}
    for k in order:
        row = int(lots.content[k])
        package = plan.packages[int(contents.package[row])]
        if int(contents.pool[row]) == UNDIVIDED:
            made.append(undivided_lot(package, bool(lots.reserved[k])))
            continue
        number[package.id] = number.get(package.id, 0) + 1
        made.append(
            Lot(
                f"{package.id}-{number[package.id]:02d}",
                package.id,
                _lot_items(contents, row, taken),
                plan.first_month + int(lots.start[k]),
                int(lots.months[k]),
                reserved=bool(lots.reserved[k]),
            )
        )
    return Schedule(tuple(made))


def _lot_items(contents: Contents, row: int, taken: dict[tuple[int, int], int]) -> tuple[LotItem, ...]:
    """What a lot holds. taken: by pool and unit, how many parts lots before it hold."""
    pool = contents.pools[int(contents.pool[row])]
    held: list[LotItem] = []
    for number, (unit, count) in enumerate(zip(pool.units, contents.counts[row], strict=True)):
        if count and unit.parts == 1:
            held.extend(LotItem(item.id, item.quantity) for item in unit.items)
        elif count:
            begin = taken.get((pool.index, number), 0)
            taken[pool.index, number] = begin + count
            held.extend(_of_items(unit.items, begin, begin + count))
    position = {item.id: n for n, item in enumerate(contents.plan.packages[pool.package].items)}
    return tuple(sorted(held, key=lambda part: position[part.item_id]))


def _of_items(items: tuple[Item, ...], begin: int, end: int) -> Iterator[LotItem]:
    """Some of the parts of items that come one after another."""
    first = 0
    for item in items:
        count = min(end, first + item.parts) - max(begin, first)
        if count > 0:
            yield LotItem(item.id, item.quantity if count == item.parts else count * (item.quantity / item.parts))
        first += item.parts
