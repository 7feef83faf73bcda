"""What a report rests on: which values in force are assumptions or judgements, and are called so."""

from __future__ import annotations

from lotsplit.evaluation import Evaluation
from lotsplit.market.participation import COUNTS_SOURCE
from lotsplit.plan import TenderPlan, iso_month
from lotsplit.report.words import money, percent
from lotsplit.rules import RULES, Rule, Rules

ASSUMPTION, JUDGEMENT, SOURCED, DEFAULT, GIVEN, NO_LIMIT = (
    "assumption",
    "judgement",
    "sourced default",
    "default",
    "set for this plan",
    "no limit",
)

# With a participation curve nobody's trade, capacity or bid is looked at (model, section 2).
_OF_MARKET_ONLY = {"subcontracting", "single_bid_premium", "min_bidders", "turnover_ratio", "payment_months"}

# Sourced, but measured or laid down for other contracts than this plan's.
_TAKEN_OVER = {"single_bid_premium", "turnover_ratio", "payment_months"}


def standing(rule: Rule, rules: Rules) -> str:
    """What the value of a rule is: set for this plan, no limit, or a default, where it is one assumed, judged or sourced."""
    if rules.origin(rule.name) != "default":
        return GIVEN
    if rules.value(rule.name) is None:
        return NO_LIMIT
    for word in (ASSUMPTION, JUDGEMENT):
        if rule.source.startswith(word):
            return word
    return DEFAULT if rule.source in ("none", "convention") else SOURCED


def value_words(rule: Rule, rules: Rules) -> str:
    """The value of a rule in words with its unit: "2,000 EUR", "50.0 %", "none"."""
    return _words(rule, rules.value(rule.name), rules.currency)


def default_words(rule: Rule, rules: Rules) -> str:
    """The default of a rule in words, in the same way."""
    return _words(rule, rule.default, rules.currency)


def _words(rule: Rule, value: object, currency: str) -> str:
    if value is None:
        return "none"
    if rule.kind == "month" and isinstance(value, int):
        return iso_month(value)
    if isinstance(value, str):
        return value
    assert isinstance(value, int | float)
    if rule.kind == "money":
        return money(value, currency)
    if rule.kind == "share" and rule.unit != "exponent":
        return percent(value)
    return f"{value:g}"


def assumptions_sentence(plan: TenderPlan, rules: Rules, evaluation: Evaluation) -> str:
    """Every assumption and judgement that the figures rest on, named as one with its value."""
    named: dict[str, list[str]] = {ASSUMPTION: [], JUDGEMENT: [], SOURCED: []}
    for rule in RULES:
        word = standing(rule, rules)
        if word in named and _matters(rule.name, plan, evaluation) and (word != SOURCED or rule.name in _TAKEN_OVER):
            named[word].append(f"{rule.name} {value_words(rule, rules)}")
    sentences = []
    if named[ASSUMPTION]:
        sentences.append(f"Assumptions, not facts: {', '.join(named[ASSUMPTION])}.")
    if named[JUDGEMENT]:
        sentences.append(f"A judgement: {', '.join(named[JUDGEMENT])}.")
    if named[SOURCED]:
        sentences.append(f"Taken over from sources elsewhere: {', '.join(named[SOURCED])}.")
    if evaluation.participation == "curve":
        own = (
            "the plan's own table"
            if plan.curve is not None
            else f"the table that comes with lotsplit ({COUNTS_SOURCE})"
        )
        sentences.append(
            f"There is no supplier register: the chance that an SME wins is read from {own}, by nature of contract and"
            " value of lot. It is assumed to hold for this plan."
        )
    else:
        assumed = sum(1 for s in plan.suppliers if s.bid_probability is None)
        if assumed:
            sentences.append(
                f"{assumed:,} of {len(plan.suppliers):,} supplier rows have no bid probability of their own."
            )
        sentences.append(
            "Also assumed: firms bid independently of one another, and those who bid win by their strength alone."
        )
    return " ".join(sentences)


def _matters(name: str, plan: TenderPlan, evaluation: Evaluation) -> bool:
    size = name.removeprefix("bid_probability_")
    if size != name:
        return any(s.size == size and s.bid_probability is None for s in plan.suppliers)
    return evaluation.participation == "market" or name not in _OF_MARKET_ONLY
