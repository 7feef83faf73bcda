"""Every figure of a schedule (model, sections 3 to 6), once more, with dictionaries and loops."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from lotsplit.plan import Item, Package, TenderPlan
from lotsplit.rules import Rules
from lotsplit.schedule import Lot, LotItem, Schedule
from oracle.market import HALF_A_CENT, Odds, bidders_of, cpv, curve_share, lineage, odds, parent_of

SHARE = 1e-9


# Lots


def pool_of(plan: TenderPlan, rules: Rules, item: Item) -> tuple[str, str | None, str | None]:
    """What items of one lot must have in common: package, trade key, region key (section 3)."""
    trade = item.trade
    if trade is not None:
        code = cpv(trade)
        trade = trade.lower() if code is None else (code + "0" * 8)[: rules.trade_digits]
    region = item.region
    if region is not None and rules.lots_cross_regions == "same_parent":
        region = parent_of(plan, region) or region
    return item.package_id, trade, region


def part_value(plan: TenderPlan, part: LotItem) -> float:
    """The value of a quantity of an item."""
    item = plan.item_by_id[part.item_id]
    return item.value * part.quantity / item.quantity


def lot_value(plan: TenderPlan, lot: Lot) -> float:
    return math.fsum(part_value(plan, part) for part in lot.items)


@dataclass(frozen=True)
class LotFigures:
    """What one lot is worth, costs and who wins it; q_ls v_l is the value times odds.wins."""

    lot: Lot
    value: float
    pool_value: float
    odds: Odds
    scale_cost: float
    single_bid_cost: float
    procedure_cost: float
    priority: float
    thin: bool

    @property
    def cost(self) -> float:
        return self.value + self.scale_cost + self.single_bid_cost + self.procedure_cost


def lot_figures(plan: TenderPlan, rules: Rules, lot: Lot) -> LotFigures:
    """All figures of a lot that do not depend on the other lots. A lot over several pools counts all of them as its pool."""
    package = plan.package_by_id[lot.package_id]
    items = [plan.item_by_id[part.item_id] for part in lot.items]
    values = [part_value(plan, part) for part in lot.items]
    value = math.fsum(values)
    if plan.suppliers:
        parts = [(item.trade, item.region, v) for item, v in zip(items, values, strict=True)]
        chances = odds(plan, rules, parts, lot.months, undivided=lot.undivided, reserved=lot.reserved)
        thin = chances.firms < rules.min_bidders
    else:
        chances = Odds(curve_share(plan, package.nature, value), 0.0, 0.0, 0.0, 0, 0, {})
        thin = False
    pools = {pool_of(plan, rules, item) for item in items}
    pool_value = math.fsum(item.value for item in package.items if pool_of(plan, rules, item) in pools)
    if lot.undivided:
        pool_value = value
    elasticity = rules.scale_elasticity if package.scale_elasticity is None else package.scale_elasticity
    at_scale = value * (pool_value / value) ** elasticity
    return LotFigures(
        lot=lot,
        value=value,
        pool_value=pool_value,
        odds=chances,
        scale_cost=at_scale - value,
        single_bid_cost=at_scale * rules.single_bid_premium * chances.p1,
        procedure_cost=rules.lot_fixed_cost * (1 + chances.p0),
        priority=math.fsum(priority(plan, i.region) * v for i, v in zip(items, values, strict=True)) / value,
        thin=thin,
    )


def priority(plan: TenderPlan, region: str | None) -> float:
    """Of the region, otherwise of its nearest ancestor that has one, otherwise 1 (section 5)."""
    given = {row.id: row.priority for row in plan.regions if row.priority is not None}
    return next((given[r] for r in lineage(plan, region) if r in given), 1.0)


def whole_package(package: Package) -> Lot:
    """A package as one undivided lot (section 3)."""
    start = min(item.start for item in package.items)
    finish = max(item.finish for item in package.items)
    parts = tuple(LotItem(item.id, item.quantity) for item in package.items)
    return Lot(f"{package.id}-01", package.id, parts, start, finish - start + 1, undivided=True)


# A whole schedule


@dataclass(frozen=True)
class Sums:
    """The sums over the lots of one schedule. by_key: (kind, key) of a part of the plan to value, cost, SME value."""

    lots: int
    value: float
    cost: float
    scale_cost: float
    single_bid_cost: float
    procedure_cost: float
    expected_sme_value: float
    weighted_sme_value: float
    overflow: float
    share: float
    lot_share: float
    expected_bids: float
    bidders_cost: float
    reserved_value: float
    thin_value: float
    loads: Mapping[tuple[int, int], float]
    overflows: Mapping[tuple[int, int], float]
    lot_overflows: Mapping[str, float]
    by_key: Mapping[tuple[str, str], tuple[float, float, float]]


@dataclass(frozen=True)
class Figures:
    """Everything about a schedule. reached: limit to amount. broken: what is not kept, as (constraint, scope)."""

    lots: tuple[LotFigures, ...]
    sums: Sums
    undivided: Sums
    extra_cost: float
    objective: float
    aim_cost: float
    half_effect_share: float | None
    reached: Mapping[tuple[str, object], float]
    broken: frozenset[tuple[str, object]]


def sums_of(plan: TenderPlan, rules: Rules, lots: list[LotFigures]) -> Sums:
    """Section 5 and the sums of section 4."""
    capacity = {b.row: b.number * b.capacity for b in bidders_of(plan, rules) if b.sme}
    size = {row: supplier.size for row, supplier in enumerate(plan.suppliers)}
    load_terms: dict[tuple[int, int], list[tuple[int, float]]] = defaultdict(list)
    for place, f in enumerate(lots):
        for row, q in f.odds.wins.items():
            for month in range(f.lot.start, f.lot.start + f.lot.months):
                load_terms[row, month].append((place, q * f.value / f.lot.months))
    loads = {key: math.fsum(load for _, load in terms) for key, terms in load_terms.items()}
    overflows = {key: max(0.0, load - capacity[key[0]]) for key, load in loads.items() if key[0] in capacity}
    lost = [0.0] * len(lots)
    size_lost: dict[str, float] = defaultdict(float)
    for key, over in overflows.items():
        size_lost[size[key[0]]] += over
        for place, load in load_terms[key] if over > 0 else ():
            lost[place] += over * load / loads[key]

    won = math.fsum(f.odds.p * f.value for f in lots)
    weighted = math.fsum(f.priority * f.odds.p * f.value for f in lots)
    overflow = math.fsum(overflows.values())
    value = math.fsum(f.value for f in lots)
    worst = max([1.0, *(priority(plan, item.region) for item in plan.items)])
    bids = math.fsum(f.odds.bids for f in lots)

    by_key: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    for f, over in zip(lots, lost, strict=True):
        for part in f.lot.items:
            item = plan.item_by_id[part.item_id]
            v = part_value(plan, part)
            figures = (v, f.cost * v / f.value, (f.odds.p * f.value - over) * v / f.value)
            for kind, key in (("package", item.package_id), ("region", item.region), ("trade", item.trade)):
                for column, figure in enumerate(figures):
                    by_key[kind, key or ""][column] += figure
        for row, q in f.odds.wins.items():
            by_key["size", size[row]][2] += q * f.value
    for name, over in size_lost.items():
        by_key["size", name][2] -= over

    return Sums(
        lots=len(lots),
        value=value,
        cost=math.fsum(f.cost for f in lots),
        scale_cost=math.fsum(f.scale_cost for f in lots),
        single_bid_cost=math.fsum(f.single_bid_cost for f in lots),
        procedure_cost=math.fsum(f.procedure_cost for f in lots),
        expected_sme_value=won - overflow,
        weighted_sme_value=weighted - worst * overflow,
        overflow=overflow,
        share=(won - overflow) / value,
        lot_share=math.fsum(f.odds.p for f in lots) / len(lots),
        expected_bids=bids,
        bidders_cost=bids * rules.bid_cost,
        reserved_value=math.fsum(f.value for f in lots if f.lot.reserved),
        thin_value=math.fsum(f.value for f in lots if f.thin),
        loads=loads,
        overflows=overflows,
        lot_overflows={f.lot.id: over for f, over in zip(lots, lost, strict=True)},
        by_key={key: (a, b, c) for key, (a, b, c) in by_key.items()},
    )


def evaluate(plan: TenderPlan, rules: Rules, schedule: Schedule) -> Figures:
    """Every figure of a schedule, kept or not kept constraints included."""
    lots = [lot_figures(plan, rules, lot) for lot in schedule.lots]
    whole = [lot_figures(plan, rules, whole_package(package)) for package in plan.packages]
    sums, undivided = sums_of(plan, rules, lots), sums_of(plan, rules, whole)
    extra = sums.cost - undivided.cost
    half = None
    if not plan.suppliers:
        before = {f.lot.package_id: f.odds.p for f in whole}
        half = math.fsum(f.value * (f.odds.p + before[f.lot.package_id]) / 2 for f in lots) / sums.value
    reached = amounts_reached(plan, rules, lots, sums)
    return Figures(
        lots=tuple(lots),
        sums=sums,
        undivided=undivided,
        extra_cost=extra,
        objective=sums.weighted_sme_value - rules.extra_cost_weight * extra - sums.thin_value,
        aim_cost=-extra - sums.thin_value,
        half_effect_share=half,
        reached=reached,
        broken=frozenset(broken_limits(plan, rules, lots, reached) | broken_shapes(plan, rules, schedule)),
    )


# Limits


def budget_cost(plan: TenderPlan, rules: Rules, number: int, f: LotFigures) -> float:
    """What a lot costs one row of the budgets: evenly by month, by value of the items (section 4)."""
    row = plan.budgets[number]
    if row.fund is not None and plan.package_by_id[f.lot.package_id].fund != row.fund:
        return 0.0
    inside = math.fsum(
        part_value(plan, part)
        for part in f.lot.items
        if row.region is None or row.region in lineage(plan, plan.item_by_id[part.item_id].region)
    )
    months = 0
    for month in range(f.lot.start, f.lot.start + f.lot.months):
        year = month // 12 if month % 12 + 1 >= rules.fiscal_year_start else month // 12 - 1
        months += row.year is None or row.year == year
    return f.cost * inside / f.value * months / f.lot.months


def amounts_reached(
    plan: TenderPlan, rules: Rules, lots: list[LotFigures], sums: Sums
) -> dict[tuple[str, object], float]:
    """What the schedule comes to under every constraint on a sum of lots."""
    reached: dict[tuple[str, object], float] = {}
    for number in range(len(plan.budgets)):
        reached["budget", number] = math.fsum(budget_cost(plan, rules, number, f) for f in lots)
    if rules.max_lots_per_month is not None:
        starts = Counter(f.lot.start for f in lots)
        for month in range(plan.first_month, plan.first_month + plan.months):
            reached["lots per month", month] = starts[month]
    for package in plan.packages:
        if package.divisible:
            reached["lots", package.id] = sum(f.lot.package_id == package.id for f in lots)
    if rules.min_sme_share is not None:
        reached["SME share", None] = sums.share
    for region in plan.regions:
        if region.min_sme_share is not None:
            reached["SME share of region", region.id] = region_share(plan, region.id, lots)
    if rules.reserve_max_value is not None:
        reached["reserved share", None] = sums.reserved_value / plan.value
    return reached


def region_won(plan: TenderPlan, region: str, f: LotFigures) -> tuple[float, float]:
    """p_l v_l and v_l of the items of a lot in a region and below it."""
    inside = math.fsum(
        part_value(plan, part) for part in f.lot.items if region in lineage(plan, plan.item_by_id[part.item_id].region)
    )
    return f.odds.p * inside, inside


def region_share(plan: TenderPlan, region: str, lots: list[LotFigures]) -> float:
    parts = [region_won(plan, region, f) for f in lots]
    value = math.fsum(v for _, v in parts)
    return math.fsum(won for won, _ in parts) / value if value else math.nan


def broken_limits(
    plan: TenderPlan, rules: Rules, lots: list[LotFigures], reached: Mapping[tuple[str, object], float]
) -> set[tuple[str, object]]:
    """The constraints with an amount that are not kept."""
    broken: set[tuple[str, object]] = set()
    for number, row in enumerate(plan.budgets):
        if reached["budget", number] > row.ceiling + HALF_A_CENT + 1e-9 * row.ceiling:
            broken.add(("budget", number))
    if rules.max_lots_per_month is not None:
        starts = Counter(f.lot.start for f in lots)
        broken |= {("lots per month", month) for month, n in starts.items() if n > rules.max_lots_per_month}
    for package in plan.packages:
        if package.divisible:
            if reached["lots", package.id] < package.min_lots:
                broken.add(("min lots", package.id))
            if package.max_lots is not None and reached["lots", package.id] > package.max_lots:
                broken.add(("max lots", package.id))
    if rules.min_sme_share is not None and reached["SME share", None] < rules.min_sme_share - SHARE:
        broken.add(("SME share", None))
    for region in plan.regions:
        floor = region.min_sme_share
        if floor is not None and reached["SME share of region", region.id] < floor - SHARE:
            broken.add(("SME share of region", region.id))
    if rules.reserve_max_value is not None and reached["reserved share", None] > rules.reserve_max_share + SHARE:
        broken.add(("reserved share", None))
    for f in lots:
        if f.lot.reserved and not may_reserve(rules, f.value):
            broken.add(("reserved lot value", f.lot.id))
        if not f.lot.undivided and f.value < min(rules.min_lot_value, f.pool_value) - HALF_A_CENT:
            broken.add(("min lot value", f.lot.id))
    return broken


def may_reserve(rules: Rules, value: float) -> bool:
    """Whether a lot of this value may be reserved."""
    return rules.reserve_max_value is not None and value <= rules.reserve_max_value + HALF_A_CENT


def slots_of(items: list[Item]) -> list[tuple[int, int]]:
    """Every (start, months) in which a lot of these items may be delivered."""
    first, last = max(i.start for i in items), min(i.finish for i in items)
    least = max(i.min_months for i in items)
    return [(s, d) for s in range(first, last + 1) for d in range(least, last - s + 2)]


def broken_shapes(plan: TenderPlan, rules: Rules, schedule: Schedule) -> set[tuple[str, object]]:
    """The constraints without an amount: everything awarded once, items whole or in steps, pools, windows, undivided."""
    broken: set[tuple[str, object]] = set()
    awarded: dict[str, float] = defaultdict(float)
    holders: dict[tuple[str, str], set[str]] = defaultdict(set)
    for lot in schedule.lots:
        package = plan.package_by_id[lot.package_id]
        items = [plan.item_by_id[part.item_id] for part in lot.items]
        for item, part in zip(items, lot.items, strict=True):
            awarded[item.id] += part.quantity
            if item.package_id != package.id:
                broken.add(("package", lot.id))
            if item.keep_together is not None:
                holders[package.id, item.keep_together].add(lot.id)
            step = item.quantity / item.parts
            if abs(part.quantity / step - round(part.quantity / step)) > 1e-6 or part.quantity <= 0:
                broken.add(("step", lot.id))
        if lot.undivided:
            whole = whole_package(package)
            if {p.item_id: p.quantity for p in lot.items} != {p.item_id: p.quantity for p in whole.items}:
                broken.add(("undivided", lot.id))
            if (lot.start, lot.months) != (whole.start, whole.months):
                broken.add(("slot", lot.id))
            if package.divisible and package.min_lots > 1:
                broken.add(("undivided", lot.id))
        else:
            if not package.divisible:
                broken.add(("undivided", lot.id))
            if len({pool_of(plan, rules, item) for item in items}) > 1:
                broken.add(("pool", lot.id))
            if (lot.start, lot.months) not in slots_of(items):
                broken.add(("slot", lot.id))
    broken |= {("together", key) for key, lots in holders.items() if len(lots) > 1}
    for item in plan.items:
        if not math.isclose(awarded[item.id], item.quantity, rel_tol=1e-9):
            broken.add(("awarded", item.id))
    return broken
