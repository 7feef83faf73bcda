"""The objective of a schedule (model, section 6), and its sums."""

from __future__ import annotations

from math import fsum

from lotsplit.evaluation.figures import Totals
from lotsplit.evaluation.lots import LotColumns
from lotsplit.plan import TenderPlan
from lotsplit.rules import Rules


def largest_priority(plan: TenderPlan) -> float:
    """Pi: the largest priority of any item's region, at least 1."""
    return max(1.0, max(plan.priority(item.region) for item in plan.items))


def totals_of(columns: LotColumns, plan: TenderPlan, rules: Rules) -> Totals:
    """The sums over a schedule's lots."""
    won = columns.value * columns.sme_win
    value, overflow = fsum(columns.value), fsum(columns.loads.overflow.ravel())
    sme_value = fsum(won) - overflow
    bids = fsum(columns.bids)
    reserved = [c.value for c in columns.contents if c.lot.reserved]
    return Totals(
        value=value,
        lots=len(columns.value),
        cost=fsum(columns.cost),
        scale_cost=fsum(columns.scale),
        single_bid_cost=fsum(columns.single),
        procedure_cost=fsum(columns.procedure),
        expected_sme_value=sme_value,
        overflow=overflow,
        weighted_sme_value=fsum(columns.priority * won) - largest_priority(plan) * overflow,
        expected_sme_share=sme_value / value if value else 0.0,
        expected_sme_lot_share=fsum(columns.sme_win) / len(columns.value) if len(columns.value) else 0.0,
        expected_bids=bids,
        bidders_cost=bids * rules.bid_cost,
        reserved_value=fsum(reserved),
        thin_value=fsum(columns.value[columns.thin]),
    )


def objective_of(totals: Totals, undivided: Totals, rules: Rules) -> float:
    """A_w - W * extra cost - value of thin lots."""
    extra_cost = totals.cost - undivided.cost
    return totals.weighted_sme_value - rules.extra_cost_weight * extra_cost - totals.thin_value


def least_cost_aim(totals: Totals, undivided: Totals) -> float:
    """What `--minimise cost` maximises: minus the extra cost, minus the value of thin lots (which nobody could carry)."""
    return -(totals.cost - undivided.cost) - totals.thin_value
