"""Wide pools, whose packings are too many to try: what a lot of a given value could bring at most, and the bound from it.

Between two steps of the eligible set a lot's reduced profit is convex in its value (cost is concave), so within any range
of values it is largest at an end of a step or of the range. A relaxed lot may hold any mix of the pool's units of the
value asked for; its suppliers serve some union of trades that the pool can form.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lotsplit.evaluation import procedure_cost, scale_cost, single_bid_cost
from lotsplit.limits import MONEY_TOLERANCE
from lotsplit.optimizer.arrays import Contents, Floats, Ints
from lotsplit.optimizer.pools import Pool, Unit
from lotsplit.optimizer.slots import PriceTables

CELLS_OF_A_LOT = 16
MOST_CELLS = 400


@dataclass(frozen=True)
class Kind:
    """Units of a pool that a relaxed lot cannot tell apart: one window, least duration and set of possible groups."""

    first: int
    last: int
    least: int
    groups: tuple[int, ...]
    units: tuple[int, ...]


def kinds_of(contents: Contents, pool: Pool) -> tuple[Kind, ...]:
    """The kinds of a pool's units, with every group of suppliers that a lot holding such a unit can have."""
    package = contents.plan.packages[pool.package]

    def serves(units: list[Unit]) -> int:
        trades = frozenset().union(*(u.trades for u in units))
        regions = {place[1] for u in units for place, _ in u.place_values}
        return contents.market.group(package, trades, regions)

    by_service: dict[tuple[frozenset[str], frozenset[str | None]], list[int]] = {}
    for n, unit in enumerate(pool.units):
        regions = frozenset(place[1] for place, _ in unit.place_values)
        by_service.setdefault((unit.trades, regions), []).append(n)
    services = [pool.units[members[0]] for members in by_service.values()]
    kinds: dict[tuple[int, int, int, tuple[int, ...]], list[int]] = {}
    for members in by_service.values():
        groups = _unions(contents, pool.units[members[0]], services, serves)
        for n in members:
            unit = pool.units[n]
            kinds.setdefault((unit.first, unit.last, unit.min_months, groups), []).append(n)
    return tuple(Kind(*key, tuple(units)) for key, units in kinds.items())


def _unions(contents: Contents, unit: Unit, services: list[Unit], serves: object) -> tuple[int, ...]:
    """The groups of all unions of services that hold one of them, told apart by who is in them."""
    assert callable(serves)
    unions: dict[bytes, list[Unit]] = {}
    start = serves([unit])
    unions[contents.market.group_members(start).tobytes()] = [unit]
    for other in services:
        for union in list(unions.values()):
            wider = [*union, other]
            unions.setdefault(contents.market.group_members(serves(wider)).tobytes(), wider)
    return tuple(sorted(serves(union) for union in unions.values()))


@dataclass(frozen=True)
class RelaxedLots:
    """Points (value, most profit) of one kind, at the ends of steps and of cells, ascending in value."""

    value: Floats
    profit: Floats


def relaxed_lots(contents: Contents, tables: PriceTables, pool: Pool, kind: Kind, cells: Floats) -> RelaxedLots:
    """What lots holding a unit of this kind can bring at most, by value. cells: further values to look at."""
    values, profits = [], []
    span = kind.last - kind.first + 1
    least_value = min(pool.units[n].part_value for n in kind.units)
    places = sorted({contents.place(place) for unit in pool.units for place, _ in unit.place_values})
    profiles = [contents.pure_profile(place) for place in places]
    for group in kind.groups:
        for months in range(kind.least, span + 1):
            ends = contents.market.ends(group, months)
            points = np.concatenate([ends, np.nextafter(ends, np.inf), cells, [least_value, pool.value]])
            points = np.unique(points[(points >= least_value * (1 - 1e-12)) & (points <= pool.value)])
            if contents.rules.min_lot_value > 0:
                points = points[(points >= contents.rules.min_lot_value - MONEY_TOLERANCE) | (points == pool.value)]
            for reserved in (False, True):
                held = contents.reservable_values(points) if reserved else points
                if len(held):
                    values.append(held)
                    profits.append(_profit(contents, tables, pool, kind, group, months, reserved, held, profiles))
    if not values:
        return RelaxedLots(np.zeros(0), np.zeros(0))
    value, profit = np.concatenate(values), np.concatenate(profits)
    order = np.argsort(value, kind="stable")
    return RelaxedLots(value[order], profit[order])


def _profit(
    contents: Contents,
    tables: PriceTables,
    pool: Pool,
    kind: Kind,
    group: int,
    months: int,
    reserved: bool,
    value: Floats,
    profiles: list[int],
) -> Floats:
    market, rules = contents.market, contents.rules
    sets: Ints = market.sets(group, months, value, reserved)
    odds = market.columns()
    scale = scale_cost(value, np.full(len(value), pool.value), np.full(len(value), contents.elasticity[pool.package]))
    extra = scale + single_bid_cost(value, scale, odds.single_bid[sets], rules)
    extra = extra + procedure_cost(odds.no_bid[sets], rules)
    starts = np.arange(kind.first, kind.last - months + 2)
    best = np.full(len(value), -np.inf)
    for profile in profiles:
        base = odds.sme_win[sets] * value * tables.worth[profile] - tables.weights.cost * extra
        base -= tables.weights.thin * np.where(odds.thin[sets], value, 0.0) + tables.lot[pool.package]
        if reserved:
            base -= tables.reserve * value
        table = base[:, None] - tables.start[starts][None, :]
        if tables.budget is not None:
            paid = tables.budget[profile]
            table -= ((value + extra) / months)[:, None] * (paid[starts + months] - paid[starts])[None, :]
        if tables.load is not None:
            load = tables.load.table()[sets]
            table -= (value / months)[:, None] * (load[:, starts + months] - load[:, starts])
        best = np.maximum(best, table.max(axis=1))
    return best


def wide_bound(contents: Contents, tables: PriceTables, pool: Pool, kinds: tuple[Kind, ...]) -> float:
    """An upper bound on the profit of any packing of a wide pool: the smaller of two.

    By rates: a unit lies in some lot at least as large as one part of it, so it adds at most its value times the best
    profit per value of such lots. By counting lots: total value x price + the best choice of relaxed lots that pay that
    price for their value, their values rounded down to cells that must fit into the pool (a knapsack), for the best price.
    """
    rough = []
    for kind in kinds:
        parts: Floats = np.array(sorted({pool.units[n].part_value for n in kind.units}))
        rough.append(relaxed_lots(contents, tables, pool, kind, parts))
    by_rates = 0.0
    for kind, lots in zip(kinds, rough, strict=True):
        if not len(lots.value):
            return -np.inf
        rate = lots.profit / lots.value
        best_from = np.maximum.accumulate(rate[::-1])[::-1]
        for n in kind.units:
            unit = pool.units[n]
            place = int(np.searchsorted(lots.value, unit.part_value * (1 - 1e-12)))
            by_rates += unit.parts * unit.part_value * float(best_from[min(place, len(rate) - 1)])
    top = max(rough, key=lambda lots: float((lots.profit / lots.value).max()))
    typical = float(top.value[np.argmax(top.profit / top.value)])
    cells = int(min(MOST_CELLS, max(32, np.ceil(CELLS_OF_A_LOT * pool.value / typical))))
    edges = (pool.value / cells * np.arange(1, cells + 1)).astype(np.float64)
    fine = [relaxed_lots(contents, tables, pool, kind, edges) for kind in kinds]
    return min(by_rates, _counting_bound(pool, kinds, fine, cells))


def _counting_bound(pool: Pool, kinds: tuple[Kind, ...], lots: list[RelaxedLots], cells: int) -> float:
    """The knapsack bound. Each kind's value has a price of its own: its best profit per value, less a common discount.

    A lot of several kinds brings at most what the lot of each would, and pays prices in proportion to its value of each,
    so that it gains no more than the best of its kinds alone.
    """
    rates = np.array([float((x.profit / x.value).max()) for x in lots])
    values = np.array([sum(pool.units[n].parts * pool.units[n].part_value for n in kind.units) for kind in kinds])
    value = np.concatenate([x.value for x in lots])
    spare = np.concatenate([x.profit - rate * x.value for x, rate in zip(lots, rates, strict=True)])
    order = np.argsort(value, kind="stable")
    value, spare = value[order], spare[order]
    # a value on the edge of two cells counts as the lower one's, which only helps the lot
    cell = np.minimum(np.floor(value / (pool.value / cells) * (1 - 1e-12)).astype(np.int64), cells)
    starts = np.flatnonzero(np.diff(cell, prepend=-1))
    number = cell[starts]
    jumps = number[number > 0]

    def bounds(discounts: Floats) -> Floats:
        gain = np.maximum.reduceat(spare[None, :] + discounts[:, None] * value[None, :], starts, axis=1)
        gains = gain[:, number > 0]
        best = np.zeros((len(discounts), cells + 1))
        for size in range(1, cells + 1):
            fits = int(np.searchsorted(jumps, size, side="right"))
            best[:, size] = best[:, size - 1]
            if fits:
                with_one = (gains[:, :fits] + best[:, size - jumps[:fits]]).max(axis=1)
                best[:, size] = np.maximum(best[:, size], with_one)
        proven: Floats = float(rates @ values) - discounts * pool.value + best[:, cells]
        if number[0] == 0:
            proven[gain[:, 0] > 0] = np.inf
        return proven

    discounts = float(np.abs(rates).max()) * np.array([0.0, 0.01, 0.03, 0.06, 0.1, 0.2, 0.35, 0.6, 1.0, 2.0])
    first = bounds(discounts)
    best = int(np.argmin(first))
    low, high = discounts[max(best - 1, 0)], discounts[min(best + 1, len(discounts) - 1)]
    return float(min(first[best], bounds(np.linspace(low, high, 7)[1:-1]).min()))
