"""What the search shares out: units in pools (model, section 3).

A *unit* is what lots hold whole or in equal parts: an indivisible item, a divisible item by its steps, the items kept
together, or items of equal parts one after another. A *pool* is the units of one package that may share a lot. A *profile* is where the value of a lot lies: shares
of (fund, region), by which budgets, floors and priorities see it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lotsplit.evaluation import PoolKey, pools_of
from lotsplit.plan import Item, Package, TenderPlan
from lotsplit.rules import Rules

Place = tuple[str | None, str | None]
"""A fund and a region."""


@dataclass(frozen=True)
class Unit:
    """Items that move as one, in `parts` equal parts of `part_value` each; months count from the plan's first.

    Several items are either in one part or alike: their parts come one after another.
    """

    items: tuple[Item, ...]
    parts: int
    part_value: float
    first: int
    last: int
    min_months: int
    trades: frozenset[str]
    place_values: tuple[tuple[Place, float], ...]


Service = tuple[frozenset[str], frozenset[str | None]]
"""The trades and regions that a lot's suppliers must serve."""


@dataclass(frozen=True)
class UnitColumns:
    """The units of a pool, one entry each: parts and value of one, first and last month, least duration.

    services: the different ones. service: which of them each unit has.
    """

    parts: NDArray[np.int64]
    part_value: NDArray[np.float64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    least: NDArray[np.int64]
    services: tuple[Service, ...]
    service: NDArray[np.int64]


@dataclass(frozen=True)
class Pool:
    """Units that may share a lot. value: of all of them. Units are in descending order of parts, so that shapes recur."""

    index: int
    package: int
    units: tuple[Unit, ...]
    value: float
    shape: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "shape", tuple(unit.parts for unit in self.units))

    @cached_property
    def columns(self) -> UnitColumns:
        """The units as columns of numbers."""
        services: dict[Service, int] = {}
        service = [
            services.setdefault((u.trades, frozenset(place[1] for place, _ in u.place_values)), len(services))
            for u in self.units
        ]
        return UnitColumns(
            np.array(self.shape, dtype=np.int64),
            np.array([u.part_value for u in self.units]),
            np.array([u.first for u in self.units], dtype=np.int64),
            np.array([u.last for u in self.units], dtype=np.int64),
            np.array([u.min_months for u in self.units], dtype=np.int64),
            tuple(services),
            np.array(service, dtype=np.int64),
        )

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """Where some of its value lies."""
        return tuple(dict.fromkeys(place for unit in self.units for place, _ in unit.place_values))

    @property
    def states(self) -> int:
        """How many contents a lot of this pool can have, the empty one included."""
        product = 1
        for parts in self.shape:
            product *= parts + 1
        return product


def pools_of_plan(plan: TenderPlan, rules: Rules) -> list[Pool]:
    """The pools of every package that is not marked undivided."""
    pools: list[Pool] = []
    for number, package in enumerate(plan.packages):
        if package.divisible:
            for key, items in pools_of(package, plan, rules).items():
                units = _units(package, items, plan)
                pools.append(Pool(len(pools), number, units, sum(item.value for item in items)))
                assert key[0] == package.id
    return pools


def _units(package: Package, items: tuple[Item, ...], plan: TenderPlan) -> tuple[Unit, ...]:
    groups: dict[object, list[Item]] = {}
    for item in items:
        groups.setdefault(("item", item.id) if item.keep_together is None else ("key", item.keep_together), []).append(
            item
        )
    units = _alike_together([_unit(package, tuple(group), plan) for group in groups.values()])
    return tuple(sorted(units, key=lambda unit: -unit.parts))


def _alike_together(units: list[Unit]) -> list[Unit]:
    """Items whose parts differ in nothing but their names as one unit: of which of them a lot holds some does not matter."""
    alike: dict[object, list[Unit]] = {}
    for number, u in enumerate(units):
        same = (u.part_value, u.first, u.last, u.min_months, u.trades, u.place_values)
        alike.setdefault(same if len(u.items) == 1 else number, []).append(u)
    return [
        replace(some[0], items=tuple(item for u in some for item in u.items), parts=sum(u.parts for u in some))
        for some in alike.values()
    ]


def _unit(package: Package, items: tuple[Item, ...], plan: TenderPlan) -> Unit:
    parts = items[0].parts if len(items) == 1 else 1
    values: dict[Place, float] = {}
    for item in items:
        place = (package.fund, item.region)
        values[place] = values.get(place, 0.0) + item.value / parts
    return Unit(
        items=items,
        parts=parts,
        part_value=sum(item.value for item in items) / parts,
        first=max(item.start for item in items) - plan.first_month,
        last=min(item.finish for item in items) - plan.first_month,
        min_months=max(item.min_months for item in items),
        trades=frozenset(item.trade for item in items if item.trade is not None),
        place_values=tuple(values.items()),
    )


__all__ = ["Place", "Pool", "PoolKey", "Service", "Unit", "UnitColumns", "pools_of_plan"]
