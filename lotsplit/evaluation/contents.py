"""What lots hold, by the model's section 3: pools, values, windows, and which rules of shape a schedule breaks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import isclose

from lotsplit.evaluation.figures import Check, LotItemFigures
from lotsplit.plan import Item, Package, TenderPlan, iso_month, trade_key
from lotsplit.rules import Rules
from lotsplit.schedule import Lot, Schedule

QUANTITY_TOLERANCE = 1e-9

PoolKey = tuple[str, str | None, str | None]


def pool_key(item: Item, plan: TenderPlan, rules: Rules) -> PoolKey:
    """The pool of an item: package, trade key and region key; only items of one pool may share a lot."""
    region = plan.region_tree.key(item.region, rules.lots_cross_regions == "same_parent")
    return item.package_id, trade_key(item.trade, rules.trade_digits), region


def pools_of(package: Package, plan: TenderPlan, rules: Rules) -> dict[PoolKey, tuple[Item, ...]]:
    """The pools of a package, in the order in which its items first name them."""
    pools: dict[PoolKey, list[Item]] = {}
    for item in package.items:
        pools.setdefault(pool_key(item, plan, rules), []).append(item)
    return {key: tuple(items) for key, items in pools.items()}


@dataclass(frozen=True, slots=True)
class Content:
    """A lot's parts with their values; items that the plan does not have are left out (and reported by shape_checks)."""

    lot: Lot
    package: Package
    parts: tuple[LotItemFigures, ...]
    items: tuple[Item, ...]
    value: float
    pool_value: float
    whole_pool: bool


def content_of(lot: Lot, plan: TenderPlan, pool_values: dict[PoolKey, float], rules: Rules) -> Content:
    """The value of a lot and of its parts. An undivided lot's pool is the lot itself (model, section 4)."""
    known = [part for part in lot.items if part.item_id in plan.item_by_id]
    items = tuple(plan.item_by_id[part.item_id] for part in known)
    parts = tuple(
        LotItemFigures(
            item.id, part.quantity, item.value * (part.quantity / item.quantity), part.quantity / item.quantity
        )
        for part, item in zip(known, items, strict=True)
    )
    value = sum(part.value for part in parts)
    pools = {pool_key(item, plan, rules) for item in items}
    pool_value = value if lot.undivided else sum(pool_values[key] for key in pools)
    whole = lot.undivided or isclose(value, pool_value, rel_tol=QUANTITY_TOLERANCE)
    return Content(lot, plan.package_by_id[lot.package_id], parts, items, value, pool_value, whole)


def shape_checks(contents: list[Content], plan: TenderPlan, schedule: Schedule, rules: Rules) -> tuple[Check, ...]:
    """One Check for each rule of shape: held, or broken once for each lot or item that breaks it."""
    checks: list[Check] = []
    for rule, breaches in (
        ("every item lies wholly in lots", _not_whole(plan, schedule)),
        ("indivisible items stay whole, divisible ones go in whole steps", _not_in_steps(contents)),
        ("items kept together share one lot", _torn_apart(plan, schedule)),
        ("a lot holds items of its own package only", _foreign_items(contents)),
        ("a lot holds items of one pool (same trade key, same region key)", _mixed_pools(contents, plan, rules)),
        ("a lot's months lie in the window of each of its items", _outside_windows(contents)),
        ("a lot lasts at least as long as each of its items needs", _too_short(contents)),
        ("a package marked not divisible is one undivided lot", _divided_against_mark(plan, schedule)),
        ("an undivided lot is the whole package, from earliest start to latest finish", _false_undivided(contents)),
        (
            "lots are reserved only where the rule reserve_max_value lets them be",
            _reserved_without_rule(contents, rules),
        ),
    ):
        found = list(breaches)
        checks.extend(Check(rule, scope, "", None, None, False, what) for scope, what in found)
        if not found:
            checks.append(Check(rule, "", "", None, None, True))
    return tuple(checks)


Breaches = Iterator[tuple[str, str]]


def _not_whole(plan: TenderPlan, schedule: Schedule) -> Breaches:
    held: dict[str, float] = {}
    for lot in schedule.lots:
        for part in lot.items:
            held[part.item_id] = held.get(part.item_id, 0.0) + part.quantity
    for item in plan.items:
        quantity = held.get(item.id, 0.0)
        if not isclose(quantity, item.quantity, rel_tol=QUANTITY_TOLERANCE):
            much = "too little" if quantity < item.quantity else "too much"
            yield item.id, f"lots hold {quantity:g} of {item.quantity:g} {item.unit}".rstrip() + f": {much}"


def _not_in_steps(contents: list[Content]) -> Breaches:
    for content in contents:
        for part, item in zip(content.parts, content.items, strict=True):
            steps = part.quantity / item.quantity * item.parts
            if part.quantity <= 0 or not isclose(steps, round(steps), rel_tol=QUANTITY_TOLERANCE, abs_tol=1e-9):
                whole = "the whole item" if item.parts == 1 else f"a multiple of {item.step:g}"
                yield content.lot.id, f"holds {part.quantity:g} of item {item.id}, which goes by {whole}"


def _torn_apart(plan: TenderPlan, schedule: Schedule) -> Breaches:
    place: dict[str, set[str]] = {}
    for lot in schedule.lots:
        for part in lot.items:
            place.setdefault(part.item_id, set()).add(lot.id)
    for package in plan.packages:
        groups: dict[str, set[str]] = {}
        for item in package.items:
            if item.keep_together is not None:
                groups.setdefault(item.keep_together, set()).update(place.get(item.id, set()))
        for key, lots in groups.items():
            if len(lots) > 1:
                yield package.id, f"items kept together as {key} are in lots {', '.join(sorted(lots))}"


def _foreign_items(contents: list[Content]) -> Breaches:
    for content in contents:
        for item in content.items:
            if item.package_id != content.package.id:
                yield content.lot.id, f"holds item {item.id} of package {item.package_id}"


def _mixed_pools(contents: list[Content], plan: TenderPlan, rules: Rules) -> Breaches:
    for content in contents:
        if content.lot.undivided:
            continue
        pools = {pool_key(item, plan, rules)[1:] for item in content.items}
        if len(pools) > 1:
            words = sorted("/".join(key or "any" for key in pool) for pool in pools)
            yield content.lot.id, f"mixes the pools {', '.join(words)}"


def _outside_windows(contents: list[Content]) -> Breaches:
    for content in contents:
        lot = content.lot
        for item in () if lot.undivided else content.items:
            if lot.start < item.start or lot.last_month > item.finish:
                yield (
                    lot.id,
                    f"is delivered {iso_month(lot.start)} to {iso_month(lot.last_month)},"
                    f" item {item.id} from {iso_month(item.start)} to {iso_month(item.finish)}",
                )


def _too_short(contents: list[Content]) -> Breaches:
    for content in contents:
        for item in () if content.lot.undivided else content.items:
            if content.lot.months < item.min_months:
                yield content.lot.id, f"lasts {content.lot.months} months, item {item.id} needs {item.min_months}"


def _divided_against_mark(plan: TenderPlan, schedule: Schedule) -> Breaches:
    lots: dict[str, list[Lot]] = {}
    for lot in schedule.lots:
        lots.setdefault(lot.package_id, []).append(lot)
    for package in plan.packages:
        own = lots.get(package.id, [])
        if not package.divisible and not (len(own) == 1 and own[0].undivided):
            yield (
                package.id,
                f"is marked not divisible and has {len(own)} lots" + (" (not undivided)" if len(own) == 1 else ""),
            )


def _false_undivided(contents: list[Content]) -> Breaches:
    for content in contents:
        if not content.lot.undivided:
            continue
        items = content.package.items
        start, finish = min(i.start for i in items), max(i.finish for i in items)
        if {p.item_id for p in content.parts} != {i.id for i in items} or any(
            not isclose(p.share, 1.0, rel_tol=QUANTITY_TOLERANCE) for p in content.parts
        ):
            yield content.lot.id, "is marked undivided and does not hold the whole package"
        elif (content.lot.start, content.lot.last_month) != (start, finish):
            yield content.lot.id, f"is marked undivided and is not delivered {iso_month(start)} to {iso_month(finish)}"


def _reserved_without_rule(contents: list[Content], rules: Rules) -> Breaches:
    for content in contents:
        if content.lot.reserved and rules.reserve_max_value is None:
            yield content.lot.id, "is reserved, and the rules let no lot be"
