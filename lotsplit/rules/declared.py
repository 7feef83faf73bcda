"""Every rule, declared once: name, kind, default, unit, meaning, source. Reader, `lotsplit rules`, template and docs take it from here.

Defaults and their sources: workbook sheet Rules; where a source says "assumption" the value is one, not a fact.
"""

from __future__ import annotations

from dataclasses import dataclass

RuleValue = str | float | int | None


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that can be set in the workbook or by --set.

    kind: "money", "share" (0 to 1), "whole", "number", "text", "month" or "choice". None as default: no such limit.
    least, most: the range, both included. above: the value must be above `least`, not equal.
    """

    name: str
    kind: str
    default: RuleValue
    unit: str
    meaning: str
    source: str
    least: float | None = None
    most: float | None = None
    above: bool = False
    choices: tuple[str, ...] = ()


_MARION = "27 cents lost per extra dollar won by small firms (Marion 2007) would be 3.7; bid preferences of 5 to 15 % are 20 to 7"
_STUDY = "PwC, London Economics, Ecorys 2011, for the Commission"
_BIDS = (
    "assumption; small to micro as tenders per firm in Sweden 2017 (3.0 to 1.8); the report checks the bids it implies"
    " against the 3 to 4 bids seen per lot in the EU"
)

RULES: tuple[Rule, ...] = (
    Rule("currency", "text", "EUR", "code", "currency of all money in the plan", "convention"),
    Rule(
        "lot_fixed_cost",
        "money",
        2000.0,
        "a lot",
        "what preparing, evaluating and managing one more lot costs the authority",
        f"assumption: a procedure costs an authority 5,500 on average ({_STUDY}); a further lot in it less",
        least=0,
    ),
    Rule(
        "bid_cost",
        "money",
        4100.0,
        "a bid",
        "what one bid costs a bidder; reported only",
        f"22,500 for 5.5 bids ({_STUDY})",
        least=0,
    ),
    Rule(
        "scale_elasticity",
        "share",
        0.02,
        "exponent",
        "economies of scale: unit cost falls by lot size to the power of minus this",
        "assumption; measured values run from 0 to 0.3 for one site or product, about 0 across sites",
        least=0,
        most=1,
    ),
    Rule(
        "single_bid_premium",
        "share",
        0.10,
        "of the cost",
        "what a contract costs more when only one firm bids",
        "Titl 2023: prices fell by 10 % of the estimate where single bids were ruled out",
        least=0,
        most=1,
    ),
    Rule(
        "extra_cost_weight",
        "number",
        5.0,
        "money per money",
        "how much expected SME award justifies one unit of extra cost",
        f"judgement; {_MARION}",
        least=0,
    ),
    Rule(
        "min_lot_value",
        "money",
        0.0,
        "a lot",
        "the least value of a lot that is not all of its pool",
        "none",
        least=0,
    ),
    Rule(
        "min_bidders",
        "whole",
        1,
        "firms",
        "a lot that fewer firms can carry is thin: flagged, and its value taken off the objective",
        "none",
        least=0,
    ),
    Rule(
        "max_lots_per_month",
        "whole",
        None,
        "lots",
        "most lots of the whole plan that start in one month",
        "none",
        least=0,
    ),
    Rule(
        "min_sme_share",
        "share",
        None,
        "of the value",
        "least expected SME share of the whole plan",
        "none",
        least=0,
        most=1,
    ),
    Rule(
        "trade_digits",
        "whole",
        3,
        "digits",
        "leading CPV digits that items of one lot have in common",
        "CPV group: its first three digits",
        least=1,
        most=8,
    ),
    Rule(
        "lots_cross_regions",
        "choice",
        "never",
        "",
        "whether a lot may hold items of several regions: never, or those of the same parent",
        "none",
        choices=("never", "same_parent"),
    ),
    Rule(
        "reserve_max_value",
        "money",
        None,
        "a lot",
        "lots up to this value may be open to SMEs alone, where the law knows reserved lots",
        "none",
        least=0,
    ),
    Rule(
        "reserve_max_share",
        "share",
        1.0,
        "of the value",
        "most of the plan's value that reserved lots may hold together",
        "none",
        least=0,
        most=1,
    ),
    Rule(
        "subcontracting",
        "share",
        0.5,
        "of the value",
        "part of an undivided package that its contractor may have others do",
        "assumption: Directive 2014/24/EU, Arts 63 and 71, knows no general limit",
        least=0,
        most=1,
    ),
    Rule(
        "turnover_ratio",
        "number",
        2.0,
        "turnover per contract",
        "yearly turnover asked of a bidder, in contract values; gives the largest contract where only turnover is known",
        "Directive 2014/24/EU, Art. 58(3)",
        least=0,
        above=True,
    ),
    Rule(
        "payment_months",
        "number",
        2.0,
        "months",
        "months of delivery that a firm finances until it is paid",
        "a month's work is claimed at its end and paid 30 days later (Directive 2011/7/EU, Art. 4)",
        least=0,
    ),
    Rule(
        "advance_payment",
        "share",
        0.0,
        "of the value",
        "part of the value paid in advance",
        "none",
        least=0,
        most=1,
    ),
    Rule(
        "bid_probability_micro",
        "share",
        0.10,
        "",
        "chance that a micro firm bids for a lot it can carry",
        _BIDS,
        least=0,
        most=1,
    ),
    Rule(
        "bid_probability_small",
        "share",
        0.17,
        "",
        "chance that a small firm bids for a lot it can carry",
        _BIDS,
        least=0,
        most=1,
    ),
    Rule(
        "bid_probability_medium",
        "share",
        0.30,
        "",
        "chance that a medium firm bids for a lot it can carry",
        _BIDS,
        least=0,
        most=1,
    ),
    Rule(
        "bid_probability_large",
        "share",
        0.40,
        "",
        "chance that a large firm bids for a lot it can carry",
        _BIDS,
        least=0,
        most=1,
    ),
    Rule(
        "jobs_per_million",
        "number",
        None,
        "jobs per million",
        "jobs directly supported by a million of SME awards; reported only",
        "IMF WP/21/131: 3-7 in advanced, 10-17 in emerging, 16-30 in low-income economies, per million US dollars of infrastructure",
        least=0,
    ),
    Rule(
        "fiscal_year_start",
        "whole",
        1,
        "month",
        "month in which the fiscal year starts",
        "calendar year",
        least=1,
        most=12,
    ),
    Rule(
        "plan_start",
        "month",
        None,
        "month",
        "first month of the plan",
        "the earliest date in the plan; where it has none, next month, with a warning",
    ),
    Rule(
        "plan_months",
        "whole",
        None,
        "months",
        "length of the plan's span",
        "to the latest date in the plan; where it has none, 12",
        least=1,
    ),
)

RULE_BY_NAME: dict[str, Rule] = {rule.name: rule for rule in RULES}
