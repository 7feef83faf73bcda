"""The best schedule of a tiny plan, by trying them all.

Per package every partition of its items (and their steps) into lots, every slot, every reservation, and leaving it
undivided; then every combination of packages. An alternative is dropped only where another is at least as good in the
objective and in every sum that couples packages (all of which the constraints bound on one side, and of which
overflow is an increasing function), or where no completion can be feasible or better than the best known.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from lotsplit.plan import Item, Package, TenderPlan
from lotsplit.rules import Rules
from lotsplit.schedule import Lot, LotItem, Schedule
from oracle.evaluate import (
    SHARE,
    LotFigures,
    budget_cost,
    lot_figures,
    may_reserve,
    pool_of,
    priority,
    region_won,
    slots_of,
    whole_package,
)
from oracle.market import HALF_A_CENT, bidders_of, lineage


class TooLarge(Exception):
    """The plan has more schedules than anyone wants to wait for."""


Row = tuple[float, ...]


@dataclass(frozen=True)
class Frame:
    """What a lot adds, as a row of numbers of which more is better: profit, won, then the sums that couple packages.

    floors: the least that each number of the whole schedule must come to. Loads stand as negative numbers from column
    `first_load` on; room: what they may come to before they overflow; penalty: what a unit of overflow costs.
    share_floor: what won less overflow must come to.
    """

    plan: TenderPlan
    rules: Rules
    for_cost: bool
    regions: tuple[tuple[str, float], ...]
    months: tuple[int, ...]
    loads: tuple[tuple[int, int], ...]
    floors: np.ndarray
    room: np.ndarray
    penalty: float
    share_floor: float
    prune: bool = True

    @property
    def first_load(self) -> int:
        return len(self.floors) - len(self.loads)

    def row(self, f: LotFigures) -> Row:
        """The row of one lot."""
        won = f.odds.p * f.value
        profit = -f.cost - (f.value if f.thin else 0.0)
        if not self.for_cost:
            weight = self.rules.extra_cost_weight
            profit = f.priority * won - weight * f.cost - (f.value if f.thin else 0.0)
        row = [profit, won if self.share_floor > -np.inf else 0.0]
        row += [region_won(self.plan, region, f)[0] for region, _ in self.regions]
        row += [-budget_cost(self.plan, self.rules, number, f) for number in range(len(self.plan.budgets))]
        row += [-1.0 if f.lot.start == month else 0.0 for month in self.months]
        row.append(-f.value if f.lot.reserved else 0.0)
        for supplier, month in self.loads:
            inside = f.lot.start <= month < f.lot.start + f.lot.months
            row.append(-f.odds.wins.get(supplier, 0.0) * f.value / f.lot.months if inside else 0.0)
        return tuple(row)

    def overflow(self, rows: np.ndarray) -> np.ndarray:
        """The overflow of each of some sums."""
        return np.maximum(0.0, -rows[:, self.first_load :] - self.room).sum(axis=1)


def frame_of(plan: TenderPlan, rules: Rules, *, for_cost: bool, prune: bool = True) -> Frame:
    """The coupling sums of a plan, only those that can matter."""
    regions = []
    for region in plan.regions:
        if region.min_sme_share is not None:
            value = sum(region_won_value(plan, region.id, item) for item in plan.items)
            regions.append((region.id, (region.min_sme_share - SHARE) * value))
    limited = rules.max_lots_per_month is not None
    months = tuple(range(plan.first_month, plan.first_month + plan.months)) if limited else ()
    loads, room = [], []
    share_floor = -np.inf if rules.min_sme_share is None else (rules.min_sme_share - SHARE) * plan.value
    for b in bidders_of(plan, rules):
        if not b.sme or (for_cost and share_floor == -np.inf):
            continue
        for month in range(plan.first_month, plan.first_month + plan.months):
            most = sum(i.value / i.min_months for i in plan.items if may_be_active(plan, i, month))
            if most > b.number * b.capacity or (not prune and b.capacity < np.inf):
                loads.append((b.row, month))
                room.append(b.number * b.capacity)
    floors = [-np.inf, -np.inf, *(least for _, least in regions)]
    floors += [-(b.ceiling + HALF_A_CENT + 1e-9 * b.ceiling) for b in plan.budgets]
    floors += [-float(rules.max_lots_per_month or 0)] * len(months)
    floors.append(-(rules.reserve_max_share + SHARE) * plan.value)
    floors += [-np.inf] * len(loads)
    penalty = 0.0 if for_cost else max([1.0, *(priority(plan, item.region) for item in plan.items)])
    return Frame(
        plan,
        rules,
        for_cost,
        tuple(regions),
        months,
        tuple(loads),
        np.array(floors),
        np.array(room),
        penalty,
        share_floor,
        prune,
    )


def region_won_value(plan: TenderPlan, region: str, item: Item) -> float:
    return item.value if region in lineage(plan, item.region) else 0.0


def may_be_active(plan: TenderPlan, item: Item, month: int) -> bool:
    """Whether an item may be delivered in a month, in a lot of its own or with the whole package."""
    package = plan.package_by_id[item.package_id]
    return min(i.start for i in package.items) <= month <= max(i.finish for i in package.items)


# The ways of one package


@dataclass(frozen=True)
class Way:
    """One way to tender a pool or package: its lots and the sum of their rows."""

    row: Row
    lots: tuple[Lot, ...]


def undominated(ways: list[Way], frame: Frame) -> list[Way]:
    """The ways that no other is at least as good as in every number."""
    if len(ways) < 2 or not frame.prune:
        return ways
    rows = np.array([way.row for way in ways])
    order = np.lexsort((-rows.sum(axis=1), -rows[:, 0]))
    kept = np.empty_like(rows)
    chosen: list[Way] = []
    for place in order:
        if not (kept[: len(chosen)] >= rows[place]).all(axis=1).any():
            kept[len(chosen)] = rows[place]
            chosen.append(ways[place])
    return chosen


MOST_WAYS = 3_000


def sums(firsts: list[Way], seconds: list[Way], frame: Frame) -> list[Way]:
    """Every way of the one together with every way of the other."""
    if len(firsts) * len(seconds) > MOST_WAYS:
        raise TooLarge
    return undominated(
        [
            Way(tuple(x + y for x, y in zip(a.row, b.row, strict=True)), a.lots + b.lots)
            for a, b in product(firsts, seconds)
        ],
        frame,
    )


Content = tuple[int, ...]


def contents(total: Content) -> Iterator[list[Content]]:
    """Every partition of a vector of whole numbers into non-zero vectors, each once, in falling order."""

    def split(rest: Content, largest: Content) -> Iterator[list[Content]]:
        if not any(rest):
            yield []
            return
        for head in product(*(range(most + 1) for most in rest)):
            if any(head) and head <= largest:
                remaining = tuple(r - h for r, h in zip(rest, head, strict=True))
                for tail in split(remaining, head):
                    yield [head, *tail]

    yield from split(total, total)


def pool_ways(frame: Frame, package: Package, items: list[Item]) -> dict[int, list[Way]]:
    """Every way to divide a pool, by number of lots."""
    units: dict[object, list[Item]] = {}
    for item in items:
        units.setdefault(("together", item.keep_together) if item.keep_together is not None else item.id, []).append(
            item
        )
    groups = list(units.values())
    total = tuple(group[0].parts for group in groups)
    pool_value = sum(item.value for item in items)
    least = min(frame.rules.min_lot_value, pool_value) - HALF_A_CENT

    lot_ways: dict[Content, list[Way]] = {}

    def ways_of(content: Content) -> list[Way]:
        if content not in lot_ways:
            held = [(item, k / n) for group, k, n in zip(groups, content, total, strict=True) if k for item in group]
            value = sum(item.value * share for item, share in held)
            parts = tuple(LotItem(item.id, item.quantity * share) for item, share in held)
            ways = []
            for start, months in slots_of([item for item, _ in held]) if value >= least else ():
                for reserved in (False, True) if may_reserve(frame.rules, value) else (False,):
                    lot = Lot("", package.id, parts, start, months, reserved=reserved)
                    ways.append(Way(frame.row(lot_figures(frame.plan, frame.rules, lot)), (lot,)))
            lot_ways[content] = undominated(ways, frame)
        return lot_ways[content]

    found: dict[int, list[Way]] = {}
    for number, partition in enumerate(contents(total)):
        if number > MOST_WAYS:
            raise TooLarge
        if package.max_lots is not None and len(partition) > package.max_lots:
            continue
        ways: list[Way] = [Way((0.0,) * len(frame.floors), ())]
        for content in partition:
            ways = sums(ways, ways_of(content), frame) if ways else []
        found.setdefault(len(partition), []).extend(ways)
        if sum(len(some) for some in found.values()) > 2 * MOST_WAYS:
            raise TooLarge
    return {lots: undominated(ways, frame) for lots, ways in found.items() if ways}


def package_ways(frame: Frame, package: Package) -> list[Way]:
    """Every way to tender a package: divided within its numbers of lots, or whole."""
    ways: list[Way] = []
    if package.divisible:
        pools: dict[object, list[Item]] = {}
        for item in package.items:
            pools.setdefault(pool_of(frame.plan, frame.rules, item), []).append(item)
        by_lots: dict[int, list[Way]] = {0: [Way((0.0,) * len(frame.floors), ())]}
        for items in pools.values():
            joined: dict[int, list[Way]] = {}
            pool = pool_ways(frame, package, items)
            for (a, firsts), (b, seconds) in product(by_lots.items(), pool.items()):
                if package.max_lots is None or a + b <= package.max_lots:
                    joined.setdefault(a + b, []).extend(sums(firsts, seconds, frame))
            by_lots = {lots: undominated(some, frame) for lots, some in joined.items()}
        ways = [way for lots, some in by_lots.items() if lots >= package.min_lots for way in some]
    if not package.divisible or package.min_lots == 1:
        whole = whole_package(package)
        ways.append(Way(frame.row(lot_figures(frame.plan, frame.rules, whole)), (whole,)))
        if may_reserve(frame.rules, package.value):
            whole = replace(whole, reserved=True)
            ways.append(Way(frame.row(lot_figures(frame.plan, frame.rules, whole)), (whole,)))
    return undominated(ways, frame)


# All packages


@dataclass(frozen=True)
class Best:
    """The best schedule of a plan and what the aim comes to; None and None if none keeps to all constraints."""

    schedule: Schedule | None
    aim: float | None


MOST_STEPS = 5_000
MOST_PLAIN = 200_000


def best(plan: TenderPlan, rules: Rules, *, for_cost: bool = False, prune: bool = True) -> Best:
    """The best schedule of a tiny plan. for_cost: of minus the extra cost minus the value of thin lots.

    prune False drops nothing at all, to judge what is dropped otherwise. Raises TooLarge.
    """
    frame = frame_of(plan, rules, for_cost=for_cost, prune=prune)
    ways = [package_ways(frame, package) for package in plan.packages]
    if not all(ways):
        return Best(None, None)
    whole = [lot_figures(plan, rules, whole_package(package)) for package in plan.packages]
    constant = sum(f.cost for f in whole) * (1.0 if for_cost else rules.extra_cost_weight)
    places, profit = _search(frame, [np.array([way.row for way in some]) for some in ways])
    if places is None:
        return Best(None, None)
    lots = [lot for place, some in zip(places, ways, strict=True) for lot in some[place].lots]
    return Best(Schedule(tuple(named(lots))), profit + constant)


def named(lots: list[Lot]) -> list[Lot]:
    """Lots with their numbers within each package."""
    numbers: dict[str, int] = {}
    result = []
    for lot in lots:
        numbers[lot.package_id] = numbers.get(lot.package_id, 0) + 1
        result.append(replace(lot, id=f"{lot.package_id}-{numbers[lot.package_id]:02d}"))
    return result


def _search(frame: Frame, tables: list[np.ndarray]) -> tuple[list[int] | None, float]:
    """The best combination of one row of each table that keeps to the floors."""
    if not frame.prune and math.prod(len(table) for table in tables) > MOST_PLAIN:
        raise TooLarge
    order = sorted(range(len(tables)), key=lambda p: len(tables[p]))
    tables = [tables[p] for p in order]
    # The most that the packages still to come can add to each number.
    hopes = [np.zeros(len(frame.floors))]
    for table in reversed(tables[1:]):
        hopes.insert(0, hopes[0] + table.max(axis=0))
    best_places: list[int] | None = None
    best_profit = -np.inf
    steps = 0

    def descend(level: int, partial: np.ndarray, places: list[int]) -> None:
        nonlocal best_places, best_profit, steps
        steps += 1
        if steps > MOST_STEPS:
            raise TooLarge
        rows = tables[level] + partial
        hoped = rows + hopes[level]
        over = frame.overflow(hoped)
        bounds = hoped[:, 0] - frame.penalty * over
        able = (hoped >= frame.floors - 1e-9).all(axis=1) & (hoped[:, 1] - over >= frame.share_floor - 1e-9)
        for place in np.argsort(-bounds, kind="stable"):
            if not able[place] and frame.prune:
                continue
            if bounds[place] <= best_profit and frame.prune:
                break
            if level + 1 < len(tables):
                descend(level + 1, rows[place], [*places, int(place)])
            elif able[place] and bounds[place] > best_profit:
                best_profit, best_places = float(bounds[place]), [*places, int(place)]

    descend(0, np.zeros(len(frame.floors)), [])
    if best_places is None:
        return None, best_profit
    return [best_places[order.index(p)] for p in range(len(order))], best_profit
