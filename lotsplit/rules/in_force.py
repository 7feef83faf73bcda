"""The rules in force for one plan: each value, and where it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from lotsplit.plan import Month
from lotsplit.rules.declared import RULE_BY_NAME, RULES, RuleValue


@dataclass(frozen=True)
class Rules:
    """A value for every declared rule, in its own type; None: no such limit (rules.declared has unit, range and source).

    plan_start is a month as a whole number (plan.months). origins: rule name to "default", "workbook",
    "command line" or "plan" (worked out from the plan's dates); a name that is missing is a default.
    """

    currency: str = "EUR"
    lot_fixed_cost: float = 2000.0
    bid_cost: float = 4100.0
    scale_elasticity: float = 0.02
    single_bid_premium: float = 0.10
    extra_cost_weight: float = 5.0
    min_lot_value: float = 0.0
    min_bidders: int = 1
    max_lots_per_month: int | None = None
    min_sme_share: float | None = None
    trade_digits: int = 3
    lots_cross_regions: str = "never"
    reserve_max_value: float | None = None
    reserve_max_share: float = 1.0
    subcontracting: float = 0.5
    turnover_ratio: float = 2.0
    payment_months: float = 2.0
    advance_payment: float = 0.0
    bid_probability_micro: float = 0.10
    bid_probability_small: float = 0.17
    bid_probability_medium: float = 0.30
    bid_probability_large: float = 0.40
    jobs_per_million: float | None = None
    fiscal_year_start: int = 1
    plan_start: Month | None = None
    plan_months: int | None = None
    origins: Mapping[str, str] = field(default_factory=dict)

    def value(self, name: str) -> RuleValue:
        """The value of a rule by its name. Raises KeyError for a name that is no rule."""
        if name not in RULE_BY_NAME:
            raise KeyError(name)
        value: RuleValue = getattr(self, name)
        return value

    def origin(self, name: str) -> str:
        """Where the value of a rule came from."""
        return self.origins.get(name, "default")

    def as_dict(self) -> dict[str, RuleValue]:
        """All rules in their declared order."""
        return {rule.name: self.value(rule.name) for rule in RULES}


assert {f.name for f in fields(Rules)} - {"origins"} == set(RULE_BY_NAME), (
    "a rule is declared but not in force, or the reverse"
)
