"""What the search shares out: units in pools (model, section 3).

A *unit* is what lots hold whole or in equal parts: an indivisible item, a divisible item by its steps, or the items kept
together. A *pool* is the units of one package that may share a lot. A *profile* is where the value of a lot lies: shares
of (fund, region), by which budgets, floors and priorities see it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lotsplit.evaluation import PoolKey, pools_of
from lotsplit.plan import Item, Package, TenderPlan
from lotsplit.rules import Rules

Place = tuple[str | None, str | None]
"""A fund and a region."""


@dataclass(frozen=True)
class Unit:
    """Items that move as one, in `parts` equal parts of `part_value` each; months count from the plan's first."""

    items: tuple[Item, ...]
    parts: int
    part_value: float
    first: int
    last: int
    min_months: int
    trades: frozenset[str]
    place_values: tuple[tuple[Place, float], ...]


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
    units = [_unit(package, tuple(group), plan) for group in groups.values()]
    return tuple(sorted(units, key=lambda unit: -unit.parts))


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


__all__ = ["Place", "Pool", "PoolKey", "Unit", "pools_of_plan"]
