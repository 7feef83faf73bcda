"""Every constraint of a plan that has an amount, as a Limit: the one list that check, master row, clash, price and report read.

What has no amount (items whole, windows, one pool a lot) is the shape of a lot and is checked in evaluation.contents.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lotsplit.plan import Budget, TenderPlan
from lotsplit.problems import Source
from lotsplit.rules import Rules

BUDGET = "budget"
LOTS_PER_MONTH = "lots per month"
MIN_LOTS = "min lots"
MAX_LOTS = "max lots"
SHARE_FLOOR = "SME share"
REGION_FLOOR = "SME share of region"
MIN_LOT_VALUE = "min lot value"
RESERVE_VALUE = "reserved lot value"
RESERVE_SHARE = "reserved share"

MONEY_TOLERANCE = 0.005
CEILING_TOLERANCE = 1e-9
SHARE_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Limit:
    """One constraint: at most or at least an amount, over a scope.

    kind: one of the names above. unit: "money", "lots" or "share". For a budget, fund, region and year are its
    scope (None: all); region also of a region's floor; package_id of lots per package. `amount` of RESERVE_SHARE
    is a share of the plan's value; of MIN_LOT_VALUE and RESERVE_VALUE it holds for each lot on its own, of
    LOTS_PER_MONTH for each month.
    """

    id: str
    kind: str
    sentence: str
    at_most: bool
    amount: float
    unit: str
    fund: str | None = None
    region: str | None = None
    year: int | None = None
    package_id: str | None = None
    source: Source | None = field(default=None, compare=False)

    def holds(self, reached: float) -> bool:
        """Whether what was reached keeps to the limit, by the tolerances of the model's preamble."""
        if self.unit == "money":
            slack = MONEY_TOLERANCE + (CEILING_TOLERANCE * abs(self.amount) if self.kind == BUDGET else 0.0)
        else:
            slack = SHARE_TOLERANCE
        return reached <= self.amount + slack if self.at_most else reached >= self.amount - slack


def budget_name(budget: Budget) -> str:
    """A budget row in words: "budget ERDF 2027, North"; one without scope is "budget of the whole plan"."""
    scope = ", ".join(
        part for part in (" ".join(str(x) for x in (budget.fund, budget.year) if x is not None), budget.region) if part
    )
    return f"budget {scope}" if scope else "budget of the whole plan"


def limits_of(plan: TenderPlan, rules: Rules) -> tuple[Limit, ...]:
    """All limits of a plan, in a fixed order: budgets, months, packages, floors, lot values, reserved lots."""
    return (
        *_budget_ceilings(plan),
        *_lots_per_month(rules),
        *_lots_of_packages(plan),
        *_share_floors(plan, rules),
        *_lot_values(rules),
    )


def _budget_ceilings(plan: TenderPlan) -> list[Limit]:
    """A ceiling for each row of Budgets."""
    limits: list[Limit] = []
    for number, b in enumerate(plan.budgets, start=1):
        limits.append(
            Limit(
                f"budget-{number}",
                BUDGET,
                f"{budget_name(b)}: cost at most",
                True,
                b.ceiling,
                "money",
                fund=b.fund,
                region=b.region,
                year=b.year,
                source=b.source,
            )
        )
    return limits


def _lots_per_month(rules: Rules) -> list[Limit]:
    """Most lots that start in one month."""
    limits: list[Limit] = []
    if rules.max_lots_per_month is not None:
        limits.append(
            Limit(
                "lots-per-month",
                LOTS_PER_MONTH,
                "lots of the whole plan starting in any one month: at most",
                True,
                float(rules.max_lots_per_month),
                "lots",
            )
        )
    return limits


def _lots_of_packages(plan: TenderPlan) -> list[Limit]:
    """Fewest and most lots of every package that is not marked undivided."""
    limits: list[Limit] = []
    for package in plan.packages:
        if not package.divisible:
            continue
        if package.min_lots > 1:
            limits.append(
                Limit(
                    f"min-lots-{package.id}",
                    MIN_LOTS,
                    f"lots of package {package.id}: at least",
                    False,
                    float(package.min_lots),
                    "lots",
                    package_id=package.id,
                    source=package.source,
                )
            )
        if package.max_lots is not None:
            limits.append(
                Limit(
                    f"max-lots-{package.id}",
                    MAX_LOTS,
                    f"lots of package {package.id}: at most",
                    True,
                    float(package.max_lots),
                    "lots",
                    package_id=package.id,
                    source=package.source,
                )
            )
    return limits


def _share_floors(plan: TenderPlan, rules: Rules) -> list[Limit]:
    """Least SME share of the plan and of regions."""
    limits: list[Limit] = []
    if rules.min_sme_share is not None:
        limits.append(
            Limit(
                "sme-share",
                SHARE_FLOOR,
                "expected SME share of the whole plan: at least",
                False,
                rules.min_sme_share,
                "share",
            )
        )
    for region in plan.regions:
        if region.min_sme_share is not None:
            limits.append(
                Limit(
                    f"sme-share-{region.id}",
                    REGION_FLOOR,
                    f"expected SME share of region {region.id}: at least",
                    False,
                    region.min_sme_share,
                    "share",
                    region=region.id,
                    source=region.source,
                )
            )
    return limits


def _lot_values(rules: Rules) -> list[Limit]:
    """Least value of lots, and what may be reserved."""
    limits: list[Limit] = []
    if rules.min_lot_value > 0:
        limits.append(
            Limit(
                "min-lot-value",
                MIN_LOT_VALUE,
                "value of every lot: at least",
                False,
                rules.min_lot_value,
                "money",
            )
        )
    if rules.reserve_max_value is not None:
        limits.append(
            Limit(
                "reserve-max-value",
                RESERVE_VALUE,
                "value of every reserved lot: at most",
                True,
                rules.reserve_max_value,
                "money",
            )
        )
        limits.append(
            Limit(
                "reserve-max-share",
                RESERVE_SHARE,
                "share of the plan's value in reserved lots: at most",
                True,
                rules.reserve_max_share,
                "share",
            )
        )
    return limits
