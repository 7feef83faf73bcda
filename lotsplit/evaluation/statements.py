"""The divide-or-explain statement of each package (Directive 2014/24/EU, Art. 46(1): divide, or state the main reasons)."""

from __future__ import annotations

from collections.abc import Sequence

from lotsplit.evaluation.contents import pools_of
from lotsplit.evaluation.figures import LotFigures
from lotsplit.plan import Package, TenderPlan
from lotsplit.rules import Rules

DIVIDED = "divided"
ONE_LOT = "one lot"
LEFT_UNDIVIDED = "left undivided"
MARKED_UNDIVIDED = "marked undivided"
NOT_SCHEDULED = "not scheduled"


def package_status(package: Package, lots: Sequence[LotFigures]) -> str:
    """What became of a package: one of the words above."""
    if not lots:
        return NOT_SCHEDULED
    if len(lots) > 1:
        return DIVIDED
    if not package.divisible:
        return MARKED_UNDIVIDED
    return LEFT_UNDIVIDED if lots[0].lot.undivided else ONE_LOT


def package_statement(
    package: Package,
    status: str,
    lots: Sequence[LotFigures],
    before: LotFigures,
    plan: TenderPlan,
    rules: Rules,
) -> str:
    """One or two sentences for the file: how the package is divided, or the main reasons why it is not."""
    if status == NOT_SCHEDULED:
        return "The schedule holds no lot of this package."
    if status == MARKED_UNDIVIDED:
        reason = f": {package.reason}" if package.reason else "; the plan gives no reason, which the file must"
        return f"Not divided, as the plan marks it{reason}."
    if status == DIVIDED:
        pools = len(pools_of(package, plan, rules))
        smallest, largest = min(lot.value for lot in lots), max(lot.value for lot in lots)
        apart = f" that keep {pools} trades or places apart" if pools > 1 else ""
        return (
            f"Divided into {len(lots)} lots{apart}, of {smallest:,.0f} to {largest:,.0f} {rules.currency}, sized to what SMEs can carry."
            + _won(lots, before)
        )
    return "Not divided: " + _why_whole(package, lots[0], plan, rules)


def _won(lots: Sequence[LotFigures], before: LotFigures) -> str:
    value = sum(lot.value for lot in lots)
    after = sum(lot.expected_sme_value for lot in lots) / value
    return f" Expected SME share {after:.0%} instead of {before.sme_win_probability:.0%} undivided (before overflow)."


def _why_whole(package: Package, lot: LotFigures, plan: TenderPlan, rules: Rules) -> str:
    share = f"SMEs can be expected to win {lot.sme_win_probability:.0%} of it as it is"
    if len(package.items) == 1 and package.items[0].parts == 1:
        return f"it is a single item that does not divide; {share}."
    each = f"each further lot costs {rules.lot_fixed_cost:,.0f} {rules.currency}"
    if lot.lot.undivided and len(pools_of(package, plan, rules)) > 1:
        return (
            f"this schedule keeps its trades and places together. By the rules in force {each}, and what separate lots win"
            f" SMEs has to justify that and keep the limits; {share}, a main contractor having up to"
            f" {rules.subcontracting:.0%} done by others."
        )
    return (
        f"this schedule keeps it whole. By the rules in force {each} and lost economies of scale, and what smaller lots win"
        f" SMEs has to justify that and keep the limits; {share}."
    )
