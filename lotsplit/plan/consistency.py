"""Whether a plan holds together: one function a check, the list of checks at the bottom (workbook, What is checked).

A check yields Problems and never raises. All of them run on every plan, so that an officer is told everything at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator

from lotsplit.plan.given import Given
from lotsplit.plan.months import fiscal_year, iso_month
from lotsplit.plan.records import Budget, Item, Package, Supplier
from lotsplit.plan.regions import EVERYWHERE
from lotsplit.plan.trades import EVERYTHING, trades_match
from lotsplit.problems import (
    BAND_TWICE,
    BUDGET_OUTSIDE_PLAN,
    BUDGET_UNREACHED,
    BUDGET_WITHOUT_ITEMS,
    CONTRACTS_REVERSED,
    CURVE_INCOMPLETE,
    FLOOR_WITHOUT_ITEMS,
    MIN_LOTS_ABOVE_MAX,
    NO_CONSORTIUM,
    REGION_ABOVE_ITSELF,
    STEP_DOES_NOT_DIVIDE,
    TOGETHER_IN_TWO_POOLS,
    TOGETHER_WITHOUT_TIME,
    TOO_FEW_PARTS,
    TOO_MANY_POOLS,
    UNKNOWN_FUND,
    UNUSED_REGION,
    UNUSED_TRADE,
    WINDOW_OUTSIDE_PLAN,
    WINDOW_REVERSED,
    WINDOW_TOO_SHORT,
    Known,
    Problem,
    Source,
    nearest,
)

_WINDOW = ("earliest_start", "latest_finish")


def quantity_is_whole_steps(given: Given) -> Iterator[Problem]:
    """A quantity is a whole multiple of its step."""
    for item in given.plan.items:
        parts = item.quantity / item.step
        if abs(parts - round(parts)) > 1e-6 * max(1.0, parts) and given.sure(item.source, "quantity", "quantity_step"):
            found = f"quantity {item.quantity:g} is not a whole multiple of quantity_step {item.step:g}"
            hint = "give a step that divides it, or set divisible to no" if item.divisible else "leave the step blank"
            yield Problem(STEP_DOES_NOT_DIVIDE, given.cell(item.source, "quantity"), found, "a whole multiple", hint)


def window_ends_after_it_starts(given: Given) -> Iterator[Problem]:
    """A window of delivery ends after it starts."""
    for item in given.plan.items:
        if item.finish < item.start and given.sure(item.source, *_WINDOW):
            found = f"latest_finish {iso_month(item.finish)} is before earliest_start {iso_month(item.start)}"
            where = given.cell(item.source, "latest_finish")
            yield Problem(WINDOW_REVERSED, where, found, "a finish after the start")


def window_holds_least_months(given: Given) -> Iterator[Problem]:
    """A window of delivery holds min_months."""
    for item in given.plan.items:
        months = item.finish - item.start + 1
        if 0 < months < item.min_months and given.sure(item.source, *_WINDOW, "min_months"):
            found = (
                f"min_months {item.min_months} is longer than the window from {iso_month(item.start)}"
                f" to {iso_month(item.finish)}"
            )
            where = given.cell(item.source, "min_months")
            yield Problem(WINDOW_TOO_SHORT, where, found, f"at most {months}", "widen the window or lower min_months")


def window_lies_in_plan(given: Given) -> Iterator[Problem]:
    """A window of delivery lies in the plan's span."""
    plan = given.plan
    span = f"{iso_month(plan.first_month)} to {iso_month(plan.last_month)}, the plan's span"
    for item in plan.items:
        if not given.sure(item.source, *_WINDOW):
            continue
        if item.start < plan.first_month or item.start > plan.last_month:
            found = f"earliest_start {iso_month(item.start)} lies outside the plan"
            yield Problem(WINDOW_OUTSIDE_PLAN, given.cell(item.source, "earliest_start"), found, f"a month from {span}")
        if item.finish > plan.last_month or item.finish < plan.first_month:
            found = f"latest_finish {iso_month(item.finish)} lies outside the plan"
            yield Problem(WINDOW_OUTSIDE_PLAN, given.cell(item.source, "latest_finish"), found, f"a month from {span}")


def _kept_together(package: Package) -> dict[str, list[Item]]:
    groups: dict[str, list[Item]] = defaultdict(list)
    for item in package.items:
        if item.keep_together is not None:
            groups[item.keep_together].append(item)
    return groups


def kept_together_shares_pool(given: Given) -> Iterator[Problem]:
    """Items kept together share a pool, unless their package stays undivided."""
    for package in given.plan.packages:
        if not package.divisible:
            continue
        for key, items in _kept_together(package).items():
            sure = [item for item in items if given.sure(item.source, "cpv", "region", "keep_together")]
            other = next((item for item in sure if given.pool(item) != given.pool(sure[0])), None)
            if other is not None:
                trade, region = (a != b for a, b in zip(given.pool(other), given.pool(sure[0])))
                differing = " and ".join(name for name, differs in (("trade", trade), ("region", region)) if differs)
                found = f'keep_together "{key}" joins item {other.id} with {sure[0].id}, of another {differing}'
                expected = "items that a lot may hold together"
                yield Problem(TOGETHER_IN_TWO_POOLS, given.cell(other.source, "keep_together"), found, expected)


def kept_together_shares_time(given: Given) -> Iterator[Problem]:
    """Items kept together have a common window that holds the longest min_months, unless their package stays undivided."""
    for package in given.plan.packages:
        if not package.divisible:
            continue
        for key, items in _kept_together(package).items():
            sure = [item for item in items if given.sure(item.source, *_WINDOW, "min_months", "keep_together")]
            if len(sure) < 2:
                continue
            start, finish = max(item.start for item in sure), min(item.finish for item in sure)
            least = max(item.min_months for item in sure)
            if finish - start + 1 < least:
                common = f"{finish - start + 1} months in common" if finish >= start else "no month in common"
                found = f'the items with keep_together "{key}" have {common}'
                where = given.cell(sure[-1].source, "keep_together")
                yield Problem(TOGETHER_WITHOUT_TIME, where, found, f"a common window of at least {least} months")


def least_lots_not_above_most(given: Given) -> Iterator[Problem]:
    """min_lots is not above max_lots."""
    for package in given.plan.packages:
        if package.max_lots is not None and package.min_lots > package.max_lots:
            found = f"min_lots {package.min_lots} is above max_lots {package.max_lots}"
            yield Problem(MIN_LOTS_ABOVE_MAX, given.cell(package.source, "min_lots"), found, "at most max_lots")


def least_lots_can_be_made(given: Given) -> Iterator[Problem]:
    """A package has as many parts as it must have lots: the parts of divisible items, each other item or group one."""
    for package in given.plan.packages:
        if package.min_lots <= 1:
            continue
        where = given.cell(package.source, "min_lots")
        if not package.divisible:
            found = f"min_lots is {package.min_lots}, but divisible is no"
            yield Problem(TOO_FEW_PARTS, where, found, "1 or blank for a package that is not divided")
            continue
        if not all(given.sure(item.source, "quantity", "quantity_step", "divisible") for item in package.items):
            continue
        most = sum(item.parts for item in package.items if item.keep_together is None) + len(_kept_together(package))
        if most < package.min_lots:
            found = f"min_lots is {package.min_lots}, but at most {most} can be made of package {package.id}"
            yield Problem(TOO_FEW_PARTS, where, found, f"at most {most}", "make more items divisible, or lower it")


def most_lots_hold_every_pool(given: Given) -> Iterator[Problem]:
    """A package that must be divided may have a lot for each of its pools."""
    for package in given.plan.packages:
        if package.max_lots is None or package.min_lots <= 1 or not package.divisible:
            continue
        if not all(given.sure(item.source, "cpv", "region") for item in package.items):
            continue
        pools = len({given.pool(item) for item in package.items})
        if package.min_lots <= package.max_lots < pools:
            found = f"max_lots is {package.max_lots}, but {pools} trades and regions of package {package.id} must not share a lot"
            where = given.cell(package.source, "max_lots")
            yield Problem(TOO_MANY_POOLS, where, found, f"at least {pools}", "or set min_lots to 1")


def no_region_above_itself(given: Given) -> Iterator[Problem]:
    """No region is its own ancestor. Each circle is told once."""
    tree, told = given.plan.region_tree, set[str]()
    for region in given.plan.regions:
        path = list(tree.upwards(region.id))
        if region.id not in told and tree.parent(path[-1]) == region.id:
            told.update(path)
            circle = " in ".join([*path, region.id])
            found = (
                f"region {region.id} lies in itself: {circle}"
                if len(path) > 1
                else f"region {region.id} is its own parent"
            )
            yield Problem(
                REGION_ABOVE_ITSELF, given.cell(region.source, "parent"), found, "a parent that lies outside it"
            )


def floor_has_items(given: Given) -> Iterator[Problem]:
    """A region with a least SME share has items in it."""
    known = Known(given.item_regions)
    for region in given.plan.regions:
        if region.min_sme_share is None or region.id in given.item_regions or "region" in given.unsure_columns:
            continue
        found = f'min_sme_share is asked of region "{region.id}", in which no item lies'
        hint = known.hint(region.id)
        yield Problem(FLOOR_WITHOUT_ITEMS, given.cell(region.source, "region"), found, "a region with items", hint)


def _matching(given: Given, budget: Budget) -> list[Item]:
    within = given.plan.region_tree.within
    return [
        item
        for (fund, region), items in given.items_by_scope.items()
        if budget.fund in (None, fund) and (budget.region is None or within(region, budget.region))
        for item in items
    ]


def budget_matches(given: Given) -> Iterator[Problem]:
    """A ceiling's fund exists, some item matches it, and its year lies in the plan and is reached by a matching item."""
    funds = {package.fund for package in given.plan.packages if package.fund is not None}
    for budget in given.plan.budgets:
        if not given.sure(budget.source, "fund", "region", "year"):
            continue
        if budget.fund is not None and budget.fund not in funds:
            found, hint = f'fund "{budget.fund}" is not the fund of any package', nearest(budget.fund, funds)
            yield Problem(UNKNOWN_FUND, given.cell(budget.source, "fund"), found, "a fund as in Packages", hint)
            continue
        items = _matching(given, budget)
        if not items and not {"fund", "region"} & given.unsure_columns:
            yield _unmatched(given, budget)
        if budget.year is not None:
            yield from _year_is_reached(given, budget, budget.year, items)


def _unmatched(given: Given, budget: Budget) -> Problem:
    of = f' of fund "{budget.fund}"' if budget.fund is not None else ""
    found = f'no item{of} lies in region "{budget.region}"'
    hint = "" if budget.region in given.item_regions else nearest(budget.region or "", given.item_regions)
    return Problem(
        BUDGET_WITHOUT_ITEMS, given.cell(budget.source, "region"), found, "a ceiling that matches an item", hint
    )


def _year_is_reached(given: Given, budget: Budget, year: int, items: list[Item]) -> Iterator[Problem]:
    plan, starts = given.plan, given.fiscal_year_start
    first, last = fiscal_year(plan.first_month, starts), fiscal_year(plan.last_month, starts)
    where = given.cell(budget.source, "year")
    if not first <= year <= last:
        found, expected = f"year {year} lies outside the plan", f"a fiscal year from {first} to {last}"
        yield Problem(BUDGET_OUTSIDE_PLAN, where, found, expected)
    elif items and not any(fiscal_year(i.start, starts) <= year <= fiscal_year(i.finish, starts) for i in items):
        yield Problem(BUDGET_UNREACHED, where, f"no item that matches this ceiling can be delivered in {year}")


def contracts_not_reversed(given: Given) -> Iterator[Problem]:
    """A supplier's smallest contract is not above the largest it, or its consortium, can carry."""
    for supplier in given.plan.suppliers:
        columns = ("min_contract", "max_contract", "turnover", "consortium_size")
        largest = _largest_contract(supplier, given.turnover_ratio)
        if largest is not None and supplier.min_contract > largest and given.sure(supplier.source, *columns):
            of = "max_contract" if supplier.max_contract is not None else "turnover / turnover_ratio"
            found = f"min_contract {supplier.min_contract:,.0f} is above {of}, {largest:,.0f}"
            where = given.cell(supplier.source, "min_contract")
            yield Problem(CONTRACTS_REVERSED, where, found, "at most the largest contract")


def _largest_contract(supplier: Supplier, turnover_ratio: float) -> float | None:
    if supplier.max_contract is not None:
        return supplier.max_contract * supplier.consortium_size
    return None if supplier.turnover is None else supplier.turnover / turnover_ratio * supplier.consortium_size


def consortium_can_be_formed(given: Given) -> Iterator[Problem]:
    """A segment has the firms for at least one consortium."""
    for supplier in given.plan.suppliers:
        if supplier.count < supplier.consortium_size and given.sure(supplier.source, "count", "consortium_size"):
            found = f"consortium_size {supplier.consortium_size} is more than the segment's {supplier.count} firms: it never bids"
            yield Problem(NO_CONSORTIUM, given.cell(supplier.source, "consortium_size"), found)


def served_regions_have_items(given: Given) -> Iterator[Problem]:
    """Some item lies in each region that a supplier serves."""
    if "region" in given.unsure_columns:
        return
    known = Known(given.item_regions)
    for supplier in given.plan.suppliers:
        for region in supplier.regions:
            if region != EVERYWHERE and region not in given.item_regions:
                found = f'supplier {supplier.id} serves region "{region}", in which no item lies'
                yield Problem(UNUSED_REGION, given.cell(supplier.source, "regions"), found, hint=_hint(region, known))


def served_trades_have_items(given: Given) -> Iterator[Problem]:
    """Some item has each trade that a supplier serves."""
    if "cpv" in given.unsure_columns:
        return
    names = {item.trade for item in given.plan.items if item.trade is not None}
    served, known = dict[str, bool](), Known(names)
    for supplier in given.plan.suppliers:
        for trade in supplier.trades:
            if trade not in served:
                served[trade] = trade == EVERYTHING or any(trades_match(trade, name) for name in names)
            if not served[trade]:
                found = f'supplier {supplier.id} serves trade "{trade}", which no item has'
                yield Problem(UNUSED_TRADE, given.cell(supplier.source, "trades"), found, hint=_hint(trade, known))


def _hint(name: str, known: Known) -> str:
    """What a supplier's region or trade that no item has may have meant. Codes are not words: the nearest says nothing."""
    if "," in name:
        return 'separate the names by ";"'
    return "" if any(c.isdigit() for c in name) else known.hint(name)


def curve_is_complete(given: Given) -> Iterator[Problem]:
    """The plan's own curve has a row from 0 for each nature that occurs, and no band twice."""
    curve = given.plan.curve
    if curve is None:
        return
    seen: set[tuple[str, float]] = set()
    for row in curve:
        if (row.nature, row.from_value) in seen and given.sure(row.source, "nature", "from_value"):
            found = f"the band of {row.nature} from {row.from_value:,.0f} is there already"
            yield Problem(BAND_TWICE, given.cell(row.source, "from_value"), found, "each band once")
        seen.add((row.nature, row.from_value))
    if {"nature", "from_value"} & given.unsure_columns:
        return
    for nature in sorted({package.nature for package in given.plan.packages}):
        if (nature, 0.0) not in seen:
            sheet = next((row.source.sheet for row in curve if row.source is not None), "Curve")
            found = f"there is no row from value 0 for {nature}, which the plan holds"
            yield Problem(CURVE_INCOMPLETE, Source(sheet), found, "a row with from_value 0 for each nature")


Check = Callable[[Given], Iterator[Problem]]

CHECKS: tuple[Check, ...] = (
    quantity_is_whole_steps,
    window_ends_after_it_starts,
    window_holds_least_months,
    window_lies_in_plan,
    kept_together_shares_pool,
    kept_together_shares_time,
    least_lots_not_above_most,
    least_lots_can_be_made,
    most_lots_hold_every_pool,
    no_region_above_itself,
    floor_has_items,
    budget_matches,
    contracts_not_reversed,
    consortium_can_be_formed,
    served_regions_have_items,
    served_trades_have_items,
    curve_is_complete,
)


def inconsistencies(given: Given) -> tuple[Problem, ...]:
    """Everything that is wrong or doubtful about a plan, by the checks in their order, each once."""
    return tuple(dict.fromkeys(problem for check in CHECKS for problem in check(given)))
