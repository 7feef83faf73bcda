"""The report in sentences: what SMEs win more, how sure that is, what it costs, what holds, what it rests on.

Used by the Summary sheet and by the terminal. Every figure comes from the evaluation; "optimal" is said only of what
is proven (model, section 7).
"""

from __future__ import annotations

from lotsplit.evaluation import Check, Evaluation, PackageFigures
from lotsplit.evaluation.statements import LEFT_UNDIVIDED, MARKED_UNDIVIDED, ONE_LOT
from lotsplit.limits import (
    BUDGET,
    LOTS_PER_MONTH,
    MAX_LOTS,
    MIN_LOT_VALUE,
    MIN_LOTS,
    MONEY_TOLERANCE,
    REGION_FLOOR,
    RESERVE_SHARE,
    RESERVE_VALUE,
    SHARE_FLOOR,
    Limit,
)
from lotsplit.plan import TenderPlan
from lotsplit.report.key_figures import play_of_chance, room_above
from lotsplit.report.words import amount, count, listed, money, money_at_most, money_change, percent, points
from lotsplit.result import Aim, Result, Stop
from lotsplit.rules import Rules

_STOPS = {
    Stop.GAP: "at the gap asked for",
    Stop.TIME_LIMIT: "at its time limit",
    Stop.NO_PROGRESS: "because neither schedule nor bound moved any more",
    Stop.INTERRUPTED: "because it was interrupted",
}

_OF_LIMIT = {
    BUDGET: "of this budget",
    LOTS_PER_MONTH: "a month",
    MIN_LOTS: "of this package",
    MAX_LOTS: "of this package",
    SHARE_FLOOR: "of this floor",
    REGION_FLOOR: "of this floor",
    MIN_LOT_VALUE: "of least value",
    RESERVE_VALUE: "a reserved lot",
    RESERVE_SHARE: "in reserved lots",
}

EVIDENCE = (
    "Research is divided on whether lots help SMEs. Across the EU they draw more SME bids, but raise the chance of"
    " winning only for lots up to some 25,000 euro (Hoekman and Taş 2022). In 380 German award files the number of lots"
    " made no significant difference (Glas and Eßig 2018). For EU works of 2018 to 2022 lots need not attract SMEs, but"
    " raise their chance of winning (Nemec 2024). In Swedish cleaning contracts SMEs came less where contracts were"
    " larger, and also where there were more of them, of which they then won more (Strömbäck 2015)."
)


def headline(plan: TenderPlan, rules: Rules, evaluation: Evaluation, result: Result | None) -> list[str]:
    """The short summary for the terminal, one sentence or two a line, the most important first."""
    return [
        share_sentence(evaluation),
        sureness_sentence(rules, evaluation),
        cost_sentence(rules, evaluation),
        limits_sentence(rules, evaluation),
        undivided_sentence(evaluation, result),
        quality_sentence(plan, rules, evaluation, result),
    ]


def share_sentence(evaluation: Evaluation) -> str:
    """How much more SMEs win, by value and by number."""
    after, before = evaluation.totals, evaluation.undivided
    gain = points(after.expected_sme_share - before.expected_sme_share)
    return (
        f"In {count(after.lots, 'lot')} SMEs can be expected to win {percent(after.expected_sme_share)} of the value, against"
        f" {percent(before.expected_sme_share)} undivided ({gain}); by number {percent(after.expected_sme_lot_share)} of"
        f" the lots, against {percent(before.expected_sme_lot_share)} of the packages."
    )


def sureness_sentence(rules: Rules, evaluation: Evaluation) -> str:
    """How sure the share is: play of chance, half the effect of a curve, packages that nobody could carry whole."""
    spread, before = play_of_chance(evaluation.lots), play_of_chance(evaluation.undivided_lots)
    sentences = [
        "These are averages: chance alone, who happens to bid and win, moves the share of one round of tenders by"
        f" {100 * spread:.1f} points either way (standard deviation; {100 * before:.1f} points undivided)."
    ]
    if evaluation.half_effect_share is not None:
        sentences.append(
            f"At half the effect the share is {percent(evaluation.half_effect_share)}: the table it is read from compares"
            " contracts with one another, not one contract divided, and so overstates what dividing gains."
        )
    if evaluation.undivided.thin_value > 0:
        sentences.append(
            f"Of the undivided plan {money(evaluation.undivided.thin_value, rules.currency)} lie in packages that too few firms"
            " could carry whole: a gain over those says less than a gain over what somebody could have carried."
        )
    return " ".join(sentences)


def cost_sentence(rules: Rules, evaluation: Evaluation) -> str:
    """What it costs, and why: scale, single bids, procedures, each less the undivided plan's."""
    after, before, currency = evaluation.totals, evaluation.undivided, rules.currency
    extra = evaluation.extra_cost
    parts = (
        f"lost economies of scale {money_change(after.scale_cost - before.scale_cost, currency)},"
        f" single bids {money_change(after.single_bid_cost - before.single_bid_cost, currency)},"
        f" procedures {money_change(after.procedure_cost - before.procedure_cost, currency)}"
    )
    if abs(extra) < MONEY_TOLERANCE:
        return f"It costs as much as the undivided plan ({parts})."
    verb = "more" if extra > 0 else "less"
    text = f"It costs {money(abs(extra), currency)} {verb} than the undivided plan ({_fine_percent(abs(extra) / before.cost)}): {parts}."
    gain = after.expected_sme_value - before.expected_sme_value
    if extra > 0 and gain > 0:
        text += f" For each {currency} of it SMEs can expect {money(gain / extra, currency)} more in awards."
    return text


def limits_sentence(rules: Rules, evaluation: Evaluation) -> str:
    """Whether every constraint holds, naming the first that do not; and how many lots carry a flag."""
    broken = evaluation.broken
    if not broken:
        text = f"Every one of {count(len(evaluation.checks), 'constraint')} holds."
    else:
        first = "; ".join(check_words(check, rules.currency) for check in broken[:3])
        more = f"; and {len(broken) - 3:,} more, on the sheet Checks" if len(broken) > 3 else ""
        text = f"{len(broken):,} of {count(len(evaluation.checks), 'constraint')} {_is_are(len(broken))} broken: {first}{more}."
    flagged = sum(1 for lot in evaluation.lots if lot.flags)
    if flagged:
        thin = evaluation.totals.thin_value
        text += f" {count(flagged, 'lot carries a flag', 'lots carry a flag')}"
        text += f", among them thin lots worth {money(thin, rules.currency)}." if thin > 0 else "."
    return text


def check_words(check: Check, currency: str) -> str:
    """A constraint in one clause: the rule, what is asked for, where, and what is reached or wrong."""
    text = check.rule
    if check.required is not None:
        text += f" {amount(check.required, check.unit, currency)}"
    if check.scope:
        text += f" ({check.scope})"
    if check.reached is not None:
        text += f", reached {amount(check.reached, check.unit, currency)}"
    return f"{text}: {check.found}" if check.found else text


def not_divided(evaluation: Evaluation) -> list[PackageFigures]:
    """The packages that are one lot, the largest first."""
    kept = [p for p in evaluation.packages if p.status in (MARKED_UNDIVIDED, LEFT_UNDIVIDED, ONE_LOT)]
    return sorted(kept, key=lambda p: -p.part.value)


def undivided_sentence(evaluation: Evaluation, result: Result | None) -> str:
    """Which packages are not divided, by why they are not; that it is best so is said only of what was searched."""
    total, kept = len(evaluation.packages), not_divided(evaluation)
    if not kept:
        return f"All {count(total, 'package')} are divided." if total > 1 else "The package is divided."
    words = {
        MARKED_UNDIVIDED: "marked so by the plan",
        LEFT_UNDIVIDED: "left undivided, no better division found" if result is not None else "left undivided",
        ONE_LOT: "in one lot, with nothing to divide or no better division found"
        if result is not None
        else "in one lot",
    }
    clauses = []
    for status, why in words.items():
        ids = [p.package_id for p in kept if p.status == status]
        if ids:
            clauses.append(f"{len(ids):,} {why} ({listed(ids)})")
    return f"{len(kept):,} of {count(total, 'package')} {_is_are(len(kept))} not divided: {'; '.join(clauses)}."


def undivided_reasons(evaluation: Evaluation, most: int = 3) -> list[str]:
    """The divide-or-explain statements of the largest packages that are not divided, each with its package."""
    return [f"{p.package_id}: {p.statement}" for p in not_divided(evaluation)[:most]]


def quality_sentence(plan: TenderPlan, rules: Rules, evaluation: Evaluation, result: Result | None) -> str:
    """How good the answer is, in words and money; "optimal" only where it is proven."""
    if result is None:
        return "This schedule was scored as it is, not searched for: how far it is from the best is not known."
    room = room_above(evaluation, result)
    if result.stop is Stop.OPTIMAL:
        better = "costs less" if result.aim is Aim.COST else "scores higher on the objective"
        return f"It is proven optimal, after {_duration(result.seconds)}: no other division that keeps the limits {better}."
    stopped = f"The search stopped {_STOPS[result.stop]}, after {_duration(result.seconds)}."
    if room is None:
        return f"How far it is from the best is not known: no bound was proven. {stopped}"
    most = f"{money_at_most(room, rules.currency)} ({_fine_percent(max(room, 0.0) / plan.value)} of the plan's value)"
    if result.aim is Aim.COST:
        return f"No other division that keeps the limits could cost less by more than {most}. {stopped}"
    return (
        f"No other division could add more than {most} to the objective: expected SME awards, less"
        f" {rules.extra_cost_weight:g} {rules.currency} for each {rules.currency} of extra cost and the value of thin lots. {stopped}"
    )


def bids_sentence(evaluation: Evaluation) -> str:
    """The bids that the probabilities imply, against those seen in the EU; or that a curve has none."""
    if evaluation.participation == "curve":
        return "Bids are not counted: without a supplier register nobody's capacity, trade or number of bids is known."
    after = evaluation.totals.expected_bids / evaluation.totals.lots if evaluation.totals.lots else 0.0
    before = evaluation.undivided.expected_bids / evaluation.undivided.lots
    if after < 3:
        verdict = "Fewer than that: the register may be incomplete, or the probabilities too low."
    elif after > 4:
        verdict = "More than that: the probabilities may be too high, and savings on single bids too."
    else:
        verdict = "In keeping with that."
    return (
        f"The bid probabilities imply {after:.1f} bids a lot ({before:.1f} undivided); 3 to 4 are seen in the EU"
        f" (European Court of Auditors 2023: 3.2 in 2021; Sweden: 4.3 in 2018). {verdict}"
    )


def price_sentence(limit: Limit, price: float, currency: str, aim: Aim) -> str:
    """What one unit more room under a limit (a share: one point of a hundred) is worth at the margin, in words: an estimate."""
    worth = abs(price) / 100 if limit.unit == "share" else abs(price)
    if worth < MONEY_TOLERANCE:
        return "a looser limit is worth nothing at the margin"
    unit = {"money": currency, "lots": "lot", "share": "point"}[limit.unit]
    room = f"one more {unit}" if limit.at_most else f"one {unit} less"
    about = money(worth, currency)
    gain = f"save about {about}" if aim is Aim.COST else f"add about {about} to the objective"
    return f"{room} {_OF_LIMIT[limit.kind]} would {gain}, at the margin"


def _fine_percent(share: float) -> str:
    """Small shares need another digit: "0.41 %"."""
    return f"{100 * share:.2f} %" if share < 0.1 else percent(share)


def _is_are(number: int) -> str:
    return "is" if number == 1 else "are"


def _duration(seconds: float) -> str:
    return "less than a second" if seconds < 1 else count(round(seconds), "second")
