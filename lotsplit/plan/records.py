"""The records of a tender plan: packages, items, suppliers, regions, budgets, as the officer gave them.

Immutable; equality ignores the source cells. Money is net of VAT in the plan's currency; months are whole
numbers (plan.months). Blank cells are resolved where the sheet alone decides (an item takes its package's trade,
region and window); what depends on the rules is resolved in `market` and `evaluation`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from lotsplit.plan.months import Month
from lotsplit.plan.regions import RegionTree
from lotsplit.problems import Source

Cell = str | float | int | bool | None
Extra = tuple[tuple[str, Cell], ...]

NATURES = ("works", "supplies", "services")
SIZES = ("micro", "small", "medium", "large")
SME_SIZES = ("micro", "small", "medium")


@dataclass(frozen=True, slots=True)
class Item:
    """A line of a package, delivered in one region, in one trade, within a window of months (model, section 1).

    value: of the whole item, above 0. quantity, step: above 0, quantity a whole multiple of step.
    trade, region: None means that every supplier serves it. start, finish: window of months, both included.
    keep_together: items of a package with the same key share one lot, whole.
    """

    id: str
    package_id: str
    description: str
    trade: str | None
    region: str | None
    value: float
    quantity: float
    unit: str
    step: float
    divisible: bool
    start: Month
    finish: Month
    min_months: int
    keep_together: str | None = None
    extra: Extra = ()
    source: Source | None = field(default=None, compare=False)

    @property
    def parts(self) -> int:
        """How many parts the item can be shared among lots in: 1 when it stays whole."""
        if not self.divisible or self.keep_together is not None:
            return 1
        return max(1, round(self.quantity / self.step))


@dataclass(frozen=True, slots=True)
class Package:
    """A planned procurement: one need, one notice (workbook, Packages). `divisible` False: marked to stay undivided.

    min_lots >= 1; max_lots, award_limit: None is unlimited; scale_elasticity: None takes the rule.
    """

    id: str
    title: str
    items: tuple[Item, ...]
    nature: str = "services"
    fund: str | None = None
    buyer: str | None = None
    procedure: str = "open"
    divisible: bool = True
    reason: str = ""
    min_lots: int = 1
    max_lots: int | None = None
    award_limit: int | None = None
    scale_elasticity: float | None = None
    extra: Extra = ()
    source: Source | None = field(default=None, compare=False)

    @property
    def value(self) -> float:
        """The sum of its items."""
        return sum(item.value for item in self.items)


@dataclass(frozen=True, slots=True)
class Supplier:
    """A firm, or a segment of `count` like firms (workbook, Suppliers). None: not given.

    Limits are of one firm; how blanks are filled from turnover and rules is in market.bidders.
    """

    id: str
    name: str
    size: str
    trades: tuple[str, ...]
    regions: tuple[str, ...]
    count: int = 1
    max_contract: float | None = None
    turnover: float | None = None
    working_capital: float | None = None
    consortium_size: int = 1
    min_contract: float = 0.0
    monthly_capacity: float | None = None
    commitments: float = 0.0
    bid_probability: float | None = None
    strength: float = 1.0
    extra: Extra = ()
    source: Source | None = field(default=None, compare=False)

    @property
    def is_sme(self) -> bool:
        """Whether the size class is micro, small or medium."""
        return self.size in SME_SIZES


@dataclass(frozen=True, slots=True)
class Region:
    """A row of the Regions sheet. priority None: that of the nearest ancestor that has one, otherwise 1."""

    id: str
    name: str = ""
    parent: str | None = None
    min_sme_share: float | None = None
    priority: float | None = None
    source: Source | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Budget:
    """A ceiling on cost over what matches fund, region (with all below it) and fiscal year; None matches all."""

    fund: str | None
    region: str | None
    year: int | None
    ceiling: float
    source: Source | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class CurveRow:
    """A band of the participation curve: from this lot value on, SMEs win this share (0 to 1)."""

    nature: str
    from_value: float
    sme_win_share: float
    provenance: str = ""
    source: Source | None = field(default=None, compare=False)


@dataclass(frozen=True)
class TenderPlan:
    """A whole tender plan. `first_month` is month 0; `months` the length of the plan's span.

    curve: the plan's own participation curve, None for the built-in one; it is used only where there are no suppliers.
    file_name, sha256: of the workbook (of a folder: of its files in order of name), for the audit trail.
    """

    packages: tuple[Package, ...]
    first_month: Month
    months: int
    suppliers: tuple[Supplier, ...] = ()
    regions: tuple[Region, ...] = ()
    budgets: tuple[Budget, ...] = ()
    curve: tuple[CurveRow, ...] | None = None
    file_name: str = ""
    sha256: str = ""

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """All items, package by package."""
        return tuple(item for package in self.packages for item in package.items)

    @cached_property
    def item_by_id(self) -> dict[str, Item]:
        """Items by their key."""
        return {item.id: item for item in self.items}

    @cached_property
    def package_by_id(self) -> dict[str, Package]:
        """Packages by their key."""
        return {package.id: package for package in self.packages}

    @cached_property
    def region_tree(self) -> RegionTree:
        """The tree of regions."""
        return RegionTree({r.id: r.parent for r in self.regions if r.parent is not None})

    @cached_property
    def value(self) -> float:
        """The value of all items."""
        return sum(item.value for item in self.items)

    @property
    def last_month(self) -> Month:
        """The last month of the plan's span."""
        return self.first_month + self.months - 1

    def priority(self, region: str | None) -> float:
        """The priority of a region: its own, otherwise its nearest ancestor's, otherwise 1 (model, section 5)."""
        if region is None:
            return 1.0
        given = self._priorities
        return next((given[r] for r in self.region_tree.upwards(region) if r in given), 1.0)

    @cached_property
    def _priorities(self) -> dict[str, float]:
        return {r.id: r.priority for r in self.regions if r.priority is not None}
