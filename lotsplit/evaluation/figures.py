"""What evaluation finds out about a schedule: plain records, every figure recomputed from the lots (model, sections 2 to 6).

Money in the plan's currency, shares and probabilities between 0 and 1, months as whole numbers (plan.months).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lotsplit.limits import Limit
from lotsplit.schedule import Lot, Schedule


@dataclass(frozen=True, slots=True)
class LotItemFigures:
    """A part of an item in a lot: its quantity, value (share times the item's) and share of the item."""

    item_id: str
    quantity: float
    value: float
    share: float


@dataclass(frozen=True, slots=True)
class LotFigures:
    """A lot with all its figures.

    trades, regions: of its items, each once, in order of name. expected_sme_value: value times win probability, before
    overflow; overflow: the part of it that SMEs could not take on. limited_by: contract, capacity, cash, window, pool or cost. flags: in words.
    """

    lot: Lot
    items: tuple[LotItemFigures, ...]
    trades: tuple[str, ...]
    regions: tuple[str, ...]
    value: float
    pool_value: float
    scale_cost: float
    single_bid_cost: float
    procedure_cost: float
    eligible_smes: int
    eligible_suppliers: int
    expected_bids: float
    no_bid_probability: float
    single_bid_probability: float
    sme_win_probability: float
    overflow: float
    priority: float
    thin: bool
    limited_by: str
    flags: tuple[str, ...]

    @property
    def cost(self) -> float:
        """Value plus scale, single-bid and procedure cost (model, section 4)."""
        return self.value + self.scale_cost + self.single_bid_cost + self.procedure_cost

    @property
    def expected_sme_value(self) -> float:
        """What SMEs win of the lot on average, before overflow."""
        return self.sme_win_probability * self.value


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums over a schedule. scale, single_bid and procedure cost are absolute here, not less the undivided plan's.

    expected_sme_value: A of the model's section 5, overflow taken off. expected_sme_share: A / value.
    """

    value: float
    lots: int
    cost: float
    scale_cost: float
    single_bid_cost: float
    procedure_cost: float
    expected_sme_value: float
    overflow: float
    weighted_sme_value: float
    expected_sme_share: float
    expected_sme_lot_share: float
    expected_bids: float
    bidders_cost: float
    reserved_value: float
    thin_value: float


@dataclass(frozen=True, slots=True)
class PartFigures:
    """Schedule and undivided plan side by side for one part of the plan (a package, region, trade or size class).

    key: the part's name ("" for items without one). lots: lots that touch it. value, cost: of the parts of lots in it. sme_value: overflow taken off in
    proportion to load. share: sme_value / value (of a size class: of the whole plan's value).
    """

    key: str
    value: float
    lots: int
    cost: float
    sme_value: float
    share: float
    undivided_cost: float
    undivided_sme_value: float
    undivided_share: float
    overflow: float = 0.0


@dataclass(frozen=True, slots=True)
class PackageFigures:
    """A package before and after, and why it is divided or not.

    status: "divided", "one lot" (one pool, one ordinary lot), "left undivided" (best so) or "marked undivided".
    statement: the divide-or-explain statement, in one or two sentences an officer may put in the file.
    """

    package_id: str
    part: PartFigures
    status: str
    statement: str
    thin_undivided: bool


@dataclass(frozen=True, slots=True)
class SupplierFigures:
    """A supplier row: what it can be expected to win.

    firms: bidders of the row (consortia counted as one). capacity: of the row in a month, None for no limit.
    expected_value: sum over lots of its win chance times value, before overflow. peak_load, peak_month: the largest
    expected load in a month. overflow: over all months (SMEs only).
    """

    supplier_id: str
    firms: int
    eligible_lots: int
    eligible_value: float
    expected_value: float
    undivided_eligible_packages: int
    undivided_expected_value: float
    capacity: float | None
    peak_load: float
    peak_month: int | None
    overflow: float


@dataclass(frozen=True, slots=True)
class Check:
    """A constraint and how the schedule stands to it.

    limit: for those with an amount. rule: the constraint in words. scope: the month, lot or package concerned, if one.
    required, reached: in `unit` ("money", "lots", "share", "" for rules without an amount, whose `found` says what is wrong).
    """

    rule: str
    scope: str
    unit: str
    required: float | None
    reached: float | None
    held: bool
    found: str = ""
    limit: Limit | None = field(default=None)


@dataclass(frozen=True)
class Evaluation:
    """Every figure of a schedule, and the undivided plan's beside it.

    loads: by supplier index, the expected load per month of the plan. objective: model, section 6.
    half_effect_share: with a participation curve only. participation: "market" or "curve".
    checks: all constraints; `broken` those not held. parts by region, trade ("" for none), size.
    """

    schedule: Schedule
    participation: str
    lots: tuple[LotFigures, ...]
    totals: Totals
    undivided: Totals
    undivided_lots: tuple[LotFigures, ...]
    objective: float
    half_effect_share: float | None
    packages: tuple[PackageFigures, ...]
    regions: tuple[PartFigures, ...]
    trades: tuple[PartFigures, ...]
    sizes: tuple[PartFigures, ...]
    suppliers: tuple[SupplierFigures, ...]
    checks: tuple[Check, ...]
    loads: Mapping[int, tuple[float, ...]]

    @property
    def broken(self) -> tuple[Check, ...]:
        """The constraints that the schedule does not keep."""
        return tuple(check for check in self.checks if not check.held)

    @property
    def extra_cost(self) -> float:
        """Cost less the undivided plan's; may be negative."""
        return self.totals.cost - self.undivided.cost
