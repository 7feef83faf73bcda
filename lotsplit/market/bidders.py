"""The bidders behind the Suppliers sheet: blanks filled from turnover and rules, segments turned into consortia (model, section 2)."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray

from lotsplit.limits import MONEY_TOLERANCE
from lotsplit.plan import Supplier
from lotsplit.rules import Rules

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Bidders:
    """One column per figure, one row per supplier of the plan; limits are of one bidder (a firm or a consortium).

    count: bidders of the row. probability: that one bids. strength: weight among bidders. least, most: contract limits.
    capacity: free capacity a month. cash: what one bidder can finance. Without a limit: infinity.
    """

    count: Floats
    probability: Floats
    strength: Floats
    least: Floats
    most: Floats
    capacity: Floats
    cash: Floats
    is_sme: Bools

    @property
    def row_capacity(self) -> Floats:
        """What all bidders of each row together can deliver in a month: 0 for a row without bidders."""
        return np.where(self.count > 0, np.where(self.count > 0, self.count, 1.0) * self.capacity, 0.0)

    def largest_value(self, months: int, rules: Rules) -> Floats:
        """The largest lot of `months` months that each bidder can carry: contract, capacity and cash (rules 3 to 5)."""
        return np.minimum(np.minimum(self.by_contract(), self.by_capacity(months)), self.by_cash(months, rules))

    def by_contract(self) -> Floats:
        """The largest lot by the contract limit (rule 3), half a cent allowed."""
        return self.most + MONEY_TOLERANCE

    def by_capacity(self, months: int) -> Floats:
        """The largest lot by monthly capacity (rule 4), half a cent a month allowed."""
        return (self.capacity + MONEY_TOLERANCE) * months

    def by_cash(self, months: int, rules: Rules) -> Floats:
        """The largest lot by working capital (rule 5), half a cent allowed."""
        financed = max(0.0, min(1.0, rules.payment_months / months) - rules.advance_payment)
        if financed == 0.0:
            return np.full(len(self.cash), inf)
        return (self.cash + MONEY_TOLERANCE) / financed

    def smallest_value(self) -> Floats:
        """The smallest lot each bidder bids for, half a cent allowed."""
        return self.least - MONEY_TOLERANCE


def bidders_of(suppliers: tuple[Supplier, ...], rules: Rules) -> Bidders:
    """The bidders of a supplier register. Blanks: contract limit from turnover / turnover_ratio, capacity from turnover / 12."""
    by_size = {
        "micro": rules.bid_probability_micro,
        "small": rules.bid_probability_small,
        "medium": rules.bid_probability_medium,
        "large": rules.bid_probability_large,
    }

    def column(values: list[float]) -> Floats:
        return np.array(values, dtype=np.float64)

    return Bidders(
        count=column([float(s.count // s.consortium_size) for s in suppliers]),
        probability=column([by_size[s.size] if s.bid_probability is None else s.bid_probability for s in suppliers]),
        strength=column([s.strength for s in suppliers]),
        least=column([s.min_contract for s in suppliers]),
        most=column([s.consortium_size * _contract_limit(s, rules) for s in suppliers]),
        capacity=column([s.consortium_size * _free_capacity(s) for s in suppliers]),
        cash=column([inf if s.working_capital is None else s.consortium_size * s.working_capital for s in suppliers]),
        is_sme=np.array([s.is_sme for s in suppliers], dtype=np.bool_),
    )


def _contract_limit(supplier: Supplier, rules: Rules) -> float:
    if supplier.max_contract is not None:
        return supplier.max_contract
    return inf if supplier.turnover is None else supplier.turnover / rules.turnover_ratio


def _free_capacity(supplier: Supplier) -> float:
    capacity = supplier.monthly_capacity
    if capacity is None:
        if supplier.turnover is None:
            return inf
        capacity = supplier.turnover / 12
    return max(0.0, capacity - supplier.commitments)
