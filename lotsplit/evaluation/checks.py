"""Every Limit of a plan against what a schedule reaches (model, sections 3 to 5)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from math import fsum

from lotsplit.evaluation.figures import Check, Totals
from lotsplit.evaluation.lots import LotColumns
from lotsplit.limits import (
    BUDGET,
    LOTS_PER_MONTH,
    MIN_LOT_VALUE,
    REGION_FLOOR,
    RESERVE_SHARE,
    RESERVE_VALUE,
    SHARE_FLOOR,
    Limit,
)
from lotsplit.plan import Month, TenderPlan, fiscal_year, iso_month
from lotsplit.rules import Rules


def limit_checks(
    limits: tuple[Limit, ...], columns: LotColumns, totals: Totals, plan: TenderPlan, rules: Rules
) -> tuple[Check, ...]:
    """One Check for each limit; for limits of each lot or month one that holds, or one for each that does not."""
    checks: list[Check] = []
    lots_in = _lots_in(columns)
    for limit in limits:
        reached = list(_reached(limit, columns, lots_in, totals, plan, rules))
        broken = [(scope, amount) for scope, amount in reached if not limit.holds(amount)]
        if not reached:
            checks.append(Check(limit.sentence, "", limit.unit, limit.amount, None, True, limit=limit))
            continue
        worst = max(reached, key=lambda pair: pair[1] if limit.at_most else -pair[1])
        for scope, amount in broken or [worst]:
            checks.append(Check(limit.sentence, scope, limit.unit, limit.amount, amount, not broken, limit=limit))
    return tuple(checks)


def _reached(
    limit: Limit,
    columns: LotColumns,
    lots_in: dict[str | None, list[int]],
    totals: Totals,
    plan: TenderPlan,
    rules: Rules,
) -> Iterator[tuple[str, float]]:
    contents = columns.contents
    if limit.kind == BUDGET:
        yield "", budget_cost(limit, columns, lots_in, plan, rules)
    elif limit.kind == LOTS_PER_MONTH:
        starts: dict[int, int] = {}
        for content in contents:
            starts[content.lot.start] = starts.get(content.lot.start, 0) + 1
        for month in sorted(starts):
            yield iso_month(month), float(starts[month])
    elif limit.kind == SHARE_FLOOR:
        yield "", totals.expected_sme_share
    elif limit.kind == REGION_FLOOR:
        yield "", _region_share(limit, columns, plan)
    elif limit.kind == MIN_LOT_VALUE:
        for content in contents:
            if not content.whole_pool:
                yield content.lot.id, content.value
    elif limit.kind == RESERVE_VALUE:
        for content in contents:
            if content.lot.reserved:
                yield content.lot.id, content.value
    elif limit.kind == RESERVE_SHARE:
        yield "", totals.reserved_value / plan.value
    else:
        yield "", float(sum(content.package.id == limit.package_id for content in contents))


def _lots_in(columns: LotColumns) -> dict[str | None, list[int]]:
    """The lots that have something in each region of items, by number."""
    found: dict[str | None, list[int]] = {}
    for n, content in enumerate(columns.contents):
        for region in dict.fromkeys(item.region for item in content.items):
            found.setdefault(region, []).append(n)
    return found


def budget_cost(
    limit: Limit, columns: LotColumns, lots_in: dict[str | None, list[int]], plan: TenderPlan, rules: Rules
) -> float:
    """The cost of the lots, or parts of lots, that a budget matches: by item value, and evenly over the months."""
    parts: list[float] = []
    inside = {region for region in lots_in if limit.region is None or plan.region_tree.within(region, limit.region)}
    cost = columns.cost
    for n in sorted({n for region in inside for n in lots_in[region]}):
        content = columns.contents[n]
        if limit.fund is not None and content.package.fund != limit.fund:
            continue
        lot = content.lot
        in_year = _months_in_year(limit.year, lot.start, lot.months, rules.fiscal_year_start)
        in_region = content.value
        if limit.region is not None:
            in_region = sum(
                part.value for part, item in zip(content.parts, content.items, strict=True) if item.region in inside
            )
        if in_year and in_region:
            parts.append(float(cost[n]) * (in_year / lot.months) * (in_region / content.value))
    return fsum(parts)


@lru_cache(maxsize=65_536)
def _months_in_year(year: int | None, start: Month, months: int, fiscal_year_start: int) -> int:
    if year is None:
        return months
    return sum(fiscal_year(month, fiscal_year_start) == year for month in range(start, start + months))


def _region_share(limit: Limit, columns: LotColumns, plan: TenderPlan) -> float:
    assert limit.region is not None
    won, value = 0.0, 0.0
    for content, chance in zip(columns.contents, columns.sme_win, strict=True):
        for part, item in zip(content.parts, content.items, strict=True):
            if plan.region_tree.within(item.region, limit.region):
                won += chance * part.value
                value += part.value
    return won / value if value else 0.0
