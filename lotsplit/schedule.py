"""A lot schedule: which quantity of which item is awarded in which lot, and when each lot is delivered."""

from __future__ import annotations

from dataclasses import dataclass

from lotsplit.plan import Extra, Month, Package, TenderPlan


@dataclass(frozen=True, slots=True)
class LotItem:
    """A quantity of an item, in the item's own unit. extra: further columns an officer added to Lot items."""

    item_id: str
    quantity: float
    extra: Extra = ()


@dataclass(frozen=True, slots=True)
class Lot:
    """A part of one package, awarded separately and delivered in the months [start, start + months).

    undivided: it is its whole package, left as one lot (model, section 3). reserved: open to SMEs alone.
    locked: the officer wants it kept as it is.
    """

    id: str
    package_id: str
    items: tuple[LotItem, ...]
    start: Month
    months: int
    undivided: bool = False
    reserved: bool = False
    locked: bool = False
    extra: Extra = ()

    @property
    def last_month(self) -> Month:
        """The last month of delivery."""
        return self.start + self.months - 1


@dataclass(frozen=True, slots=True)
class Schedule:
    """All lots of a plan, in order of package and lot."""

    lots: tuple[Lot, ...]


def undivided_lot(package: Package, reserved: bool = False) -> Lot:
    """A package as one lot holding everything, from the earliest start to the latest finish of its items."""
    start = min(item.start for item in package.items)
    finish = max(item.finish for item in package.items)
    items = tuple(LotItem(item.id, item.quantity) for item in package.items)
    return Lot(f"{package.id}-01", package.id, items, start, finish - start + 1, undivided=True, reserved=reserved)


def undivided_plan(plan: TenderPlan) -> Schedule:
    """Every package as one lot: the baseline that every report compares with (model, sections 1 and 3)."""
    return Schedule(tuple(undivided_lot(package) for package in plan.packages))
