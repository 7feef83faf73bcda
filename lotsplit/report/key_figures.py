"""The key figures of a schedule beside those of the undivided plan: what JSON, Summary and terminal all tell (workbook.md)."""

from __future__ import annotations

from math import fsum, isfinite, sqrt

from lotsplit.evaluation import Evaluation, LotFigures, least_cost_aim
from lotsplit.plan import TenderPlan
from lotsplit.result import Aim, Result
from lotsplit.rules import Rules

Figure = str | float | int


def key_figures(plan: TenderPlan, rules: Rules, evaluation: Evaluation, result: Result | None) -> dict[str, Figure]:
    """The summary of a schedule by name; what does not apply is left out.

    Money in the plan's currency, shares between 0 and 1, gap and relative_gap by the model's section 7. Only with a
    participation curve: expected_sme_share_half_effect. Only where rules ask for it: expected_sme_jobs. Only with a
    result: bound, gap, relative_gap (where a bound was proven), stop_reason, seconds. Only for Aim.COST: aim ("cost")
    and aim_value, minus the extra cost minus the value of thin lots, which bound and gap are then about.
    """
    after, before = evaluation.totals, evaluation.undivided
    figures: dict[str, Figure] = {
        "value": after.value,
        "lots": after.lots,
        "packages": len(plan.packages),
        "cost": after.cost,
        "extra_cost": evaluation.extra_cost,
        "scale_cost": after.scale_cost - before.scale_cost,
        "single_bid_cost": after.single_bid_cost - before.single_bid_cost,
        "procedure_cost": after.procedure_cost - before.procedure_cost,
        "expected_sme_value": after.expected_sme_value,
        "overflow": after.overflow,
        "expected_sme_share": after.expected_sme_share,
        "expected_sme_lot_share": after.expected_sme_lot_share,
    }
    if evaluation.half_effect_share is not None:
        figures["expected_sme_share_half_effect"] = evaluation.half_effect_share
    figures["expected_bids"] = after.expected_bids
    figures["bidders_cost"] = after.bidders_cost
    if rules.jobs_per_million is not None:
        figures["expected_sme_jobs"] = after.expected_sme_value * rules.jobs_per_million / 1_000_000
    figures |= {
        "reserved_value": after.reserved_value,
        "thin_value": after.thin_value,
        "undivided_expected_sme_share": before.expected_sme_share,
        "undivided_expected_sme_lot_share": before.expected_sme_lot_share,
        "undivided_cost": before.cost,
        "undivided_expected_bids": before.expected_bids,
        "undivided_thin_value": before.thin_value,
        "objective": evaluation.objective,
    }
    return figures | _search_figures(plan, evaluation, result)


def _search_figures(plan: TenderPlan, evaluation: Evaluation, result: Result | None) -> dict[str, Figure]:
    if result is None:
        return {}
    figures: dict[str, Figure] = {}
    if result.aim is Aim.COST:
        figures |= {"aim": result.aim.value, "aim_value": aim_value(evaluation, result)}
    room = room_above(evaluation, result)
    if room is not None:
        figures |= {
            "bound": result.bound,
            "gap": room / plan.value,
            "relative_gap": room / max(abs(result.bound), 1.0),
        }
    return figures | {"stop_reason": result.stop.value, "seconds": result.seconds}


def aim_value(evaluation: Evaluation, result: Result) -> float:
    """What the schedule reaches of what was optimised, recomputed from the lots."""
    if result.aim is Aim.COST:
        return least_cost_aim(evaluation.totals, evaluation.undivided)
    return evaluation.objective


def room_above(evaluation: Evaluation, result: Result) -> float | None:
    """By how much any schedule could at most do better (bound less aim), in money; None where no bound was proven."""
    return result.bound - aim_value(evaluation, result) if isfinite(result.bound) else None


def play_of_chance(lots: tuple[LotFigures, ...]) -> float:
    """The standard deviation of the SME share of the value from one round of tenders to the next, between 0 and 1.

    Lots are counted as independent and overflow is not: sqrt(sum p (1 - p) v^2) / sum v.
    """
    value = fsum(lot.value for lot in lots)
    variance = fsum(max(0.0, lot.sme_win_probability * (1.0 - lot.sme_win_probability)) * lot.value**2 for lot in lots)
    return sqrt(variance) / value if value else 0.0
