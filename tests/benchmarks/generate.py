"""Seeded tender plans of any size, shaped like real ones, as records and as workbooks.

Values are log-normal, pools have a long tail, many firms stand behind a supplier row. Budgets by region and year, monthly
capacity and lots per month are set against what an unconstrained division uses: each binds somewhere, none everywhere.

    python tests/benchmarks/generate.py --size authority --seed 1 plan.xlsx
"""

from __future__ import annotations

import argparse
import math
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from lotsplit.plan import Budget, Item, Package, Region, Supplier, TenderPlan, month
from lotsplit.rules import Rules


@dataclass(frozen=True, slots=True)
class Size:
    """How large a plan is. regions: without those above them."""

    packages: int
    items: int
    suppliers: int
    regions: int
    months: int


SIZES: Mapping[str, Size] = {
    "town": Size(40, 300, 60, 8, 24),
    "authority": Size(300, 6_000, 500, 20, 24),
    "region": Size(1_000, 15_000, 1_500, 32, 24),
    "nation": Size(5_000, 50_000, 5_000, 60, 24),
    "union": Size(20_000, 200_000, 20_000, 240, 36),
}

# CPV code, nature, median value of an item, chance that an item is divisible, unit, weight.
TRADES: tuple[tuple[str, str, float, float, str, float], ...] = (
    ("45214200", "works", 210_000, 0.1, "sites", 5),
    ("45211340", "works", 260_000, 0.1, "sites", 3),
    ("45310000", "works", 70_000, 0.2, "sites", 4),
    ("45331000", "works", 80_000, 0.2, "sites", 4),
    ("45421000", "works", 45_000, 0.5, "pieces", 3),
    ("45261210", "works", 75_000, 0.7, "m2", 3),
    ("45321000", "works", 65_000, 0.8, "m2", 2),
    ("45442100", "works", 28_000, 0.8, "m2", 2),
    ("45233223", "works", 160_000, 0.9, "m2", 5),
    ("45221119", "works", 240_000, 0.0, "sites", 1),
    ("45231300", "works", 150_000, 0.9, "m", 4),
    ("45246400", "works", 190_000, 0.3, "m", 1),
    ("45112700", "works", 50_000, 0.6, "m2", 2),
    ("45252120", "works", 300_000, 0.0, "sites", 1),
    ("45454100", "works", 130_000, 0.0, "sites", 1),
    ("09332000", "works", 60_000, 0.8, "kWp", 2),
    ("30213100", "supplies", 60_000, 1.0, "pieces", 3),
    ("30192000", "supplies", 18_000, 1.0, "pieces", 2),
    ("33192120", "supplies", 55_000, 1.0, "pieces", 2),
    ("33112200", "supplies", 85_000, 0.9, "pieces", 1),
    ("33600000", "supplies", 70_000, 1.0, "packs", 2),
    ("34144910", "supplies", 420_000, 0.9, "pieces", 1),
    ("34928480", "supplies", 25_000, 1.0, "pieces", 1),
    ("35110000", "supplies", 40_000, 0.9, "pieces", 1),
    ("38434500", "supplies", 50_000, 0.9, "pieces", 1),
    ("39160000", "supplies", 35_000, 1.0, "sets", 2),
    ("15800000", "supplies", 45_000, 1.0, "t", 3),
    ("18100000", "supplies", 20_000, 1.0, "pieces", 1),
    ("90911200", "services", 60_000, 0.8, "m2", 4),
    ("90500000", "services", 110_000, 0.7, "t", 2),
    ("77310000", "services", 32_000, 0.8, "ha", 3),
    ("77231600", "services", 40_000, 0.9, "ha", 1),
    ("55524000", "services", 75_000, 0.9, "meals", 2),
    ("60130000", "services", 65_000, 0.9, "routes", 2),
    ("79710000", "services", 50_000, 0.9, "hours", 1),
    ("80530000", "services", 55_000, 0.9, "places", 2),
    ("71221000", "services", 60_000, 0.0, "sites", 2),
    ("71520000", "services", 38_000, 0.8, "hours", 1),
    ("72230000", "services", 120_000, 0.1, "systems", 1),
    ("85312000", "services", 48_000, 0.9, "places", 1),
)
NATURE = {code: nature for code, nature, *_ in TRADES}
FUNDS = ("ERDF", "National", "Own")
FIRST = month(2027, 1)

# Median of the largest contract, share of supplier rows, firms behind a row (mean), chance to bid (as the rules have it).
CLASSES: Mapping[str, tuple[float, float, float, float]] = {
    "micro": (130_000, 0.36, 5.0, 0.10),
    "small": (480_000, 0.36, 3.0, 0.17),
    "medium": (1_900_000, 0.19, 1.5, 0.30),
    "large": (math.inf, 0.09, 1.2, 0.40),
}


def make(size: Size, seed: int) -> tuple[TenderPlan, Rules]:
    """A plan and its rules; the same for the same size and seed."""
    draw = random.Random(seed * 1_000_003 + size.items)
    leaves, regions = _regions(size.regions)
    count = min(len(TRADES), max(8, size.suppliers // 6))
    trades = sorted(TRADES, key=lambda trade: -trade[5])[:count]
    packages = _packages(draw, size, trades, leaves)
    bare = TenderPlan(packages, FIRST, size.months, regions=regions)
    suppliers = _suppliers(draw, size, trades, leaves, bare)
    plan = replace(bare, suppliers=suppliers, budgets=_budgets(draw, bare, leaves))
    rules = Rules(
        plan_start=FIRST,
        plan_months=size.months,
        max_lots_per_month=_lots_per_month(plan),
        origins=dict.fromkeys(("plan_start", "plan_months", "max_lots_per_month"), "workbook"),
    )
    return plan, rules


def _regions(count: int) -> tuple[list[str], tuple[Region, ...]]:
    """Codes in the shape of NUTS: four regions in an area, six areas in a part of the country."""
    leaves, rows = [], {}
    for number in range(count):
        area, last = divmod(number, 4)
        part, middle = divmod(area, 6)
        above = f"XN{'123456789ABCDEF'[part]}"
        between = f"{above}{middle + 1}"
        leaf = f"{between}{last + 1}"
        rows[above] = Region(above, f"Part {above[2:]}")
        rows[between] = Region(between, f"Area {between[2:]}", above)
        rows[leaf] = Region(leaf, f"District {leaf[2:]}", between)
        leaves.append(leaf)
    return leaves, tuple(rows.values())


def _packages(
    draw: random.Random, size: Size, trades: list[tuple[str, str, float, float, str, float]], leaves: list[str]
) -> tuple[Package, ...]:
    by_code = {trade[0]: trade for trade in trades}
    weight = {leaf: draw.lognormvariate(0, 0.6) for leaf in leaves}
    pools = _pools(draw, size, list(by_code.values()), leaves, weight)
    packages, serial = [], 0
    for number, package_pools in enumerate(pools, start=1):
        key = f"P{number:05d}"
        start = draw.randrange(max(1, size.months - 10))
        finish = min(size.months - 1, start + draw.randrange(9, 21))
        items: list[Item] = []
        for (code, region), pool_items in package_pools.items():
            together = draw.random() < 0.04 and pool_items >= 4
            for place in range(pool_items):
                serial += 1
                item = _item(draw, f"I{serial:06d}", key, by_code[code], region, start, finish, size.months)
                if together and place < 2:
                    shared = f"K{serial - place:06d}"
                    item = replace(item, keep_together=shared, start=FIRST + start, finish=FIRST + finish)
                items.append(item)
        marked = draw.random() < 0.05
        packages.append(
            Package(
                key,
                f"Package {number}",
                tuple(items),
                nature=NATURE[items[0].trade or ""],
                fund=draw.choices(FUNDS, (4, 3, 5))[0],
                divisible=not marked,
                reason="one system under one responsibility" if marked else "",
            )
        )
    return tuple(packages)


def _pools(
    draw: random.Random,
    size: Size,
    trades: list[tuple[str, str, float, float, str, float]],
    leaves: list[str],
    weight: Mapping[str, float],
) -> list[dict[tuple[str, str], int]]:
    """For each package the number of items of each trade and region: one each, then the rest by a long-tailed pull."""
    codes, pull = [trade[0] for trade in trades], [trade[5] for trade in trades]
    spread = size.items / size.packages
    packages: list[dict[tuple[str, str], int]] = []
    for _ in range(size.packages):
        main = draw.choices(leaves, [weight[leaf] for leaf in leaves])[0]
        wide = draw.random()
        near = [leaf for leaf in leaves if leaf[:4] == main[:4]]
        places = [main] if wide < 0.6 else near if wide < 0.9 else draw.sample(leaves, min(len(leaves), 8))
        kinds = draw.choices(codes, pull, k=1 if draw.random() < 0.65 else draw.randrange(2, 6))
        wanted = max(1, round(draw.expovariate(1 / (0.3 * spread))))
        keys = {(draw.choice(kinds), draw.choice(places)) for _ in range(wanted)}
        packages.append(dict.fromkeys(sorted(keys), 1))
    slots = [(package, key) for package in packages for key in package]
    pulls = [draw.paretovariate(1.1) for _ in slots]
    left = size.items - len(slots)
    if left < 0:
        raise ValueError("more pools than items")
    while left:
        for package, key in draw.choices(slots, pulls, k=left):
            if package[key] < 60:
                package[key] += 1
                left -= 1
    return packages


def _item(
    draw: random.Random,
    key: str,
    package: str,
    trade: tuple[str, str, float, float, str, float],
    region: str,
    start: int,
    finish: int,
    months: int,
) -> Item:
    code, _, median, divisible_chance, unit, _ = trade
    value = round(min(median * 40, draw.lognormvariate(math.log(median), 1.0)), 2)
    divisible = draw.random() < divisible_chance
    step = float(draw.choice((1, 1, 5, 10, 50))) if divisible else 1.0
    parts = draw.choice((4, 8, 12, 20, 40, 100)) + draw.randrange(4) if divisible else 1
    if draw.random() < 0.25:
        start += draw.randrange(0, 4)
        finish -= draw.randrange(0, 3)
    finish = min(finish, months - 1)
    least = min(finish - start + 1, max(1, round(math.log10(value) - 3.5 + draw.random() * 2)))
    return Item(
        key,
        package,
        "",
        code,
        region,
        value,
        step * parts,
        unit if divisible else "",
        step,
        divisible and parts > 1,
        FIRST + start,
        FIRST + finish,
        least,
    )


def _suppliers(
    draw: random.Random,
    size: Size,
    trades: list[tuple[str, str, float, float, str, float]],
    leaves: list[str],
    plan: TenderPlan,
) -> tuple[Supplier, ...]:
    """First firms of every class and trade that serve all regions, then local ones; capacities follow the demand they meet."""
    codes, pull = [trade[0] for trade in trades], [trade[5] for trade in trades]
    shape = [(code, "*", group) for code in codes for group in ("large", "medium", "small")]
    while len(shape) < size.suppliers:
        leaf = draw.choice(leaves)
        near = draw.random()
        where = leaf if near < 0.35 else leaf[:4] if near < 0.9 else leaf[:3]
        group = draw.choices(list(CLASSES), [row[1] for row in CLASSES.values()])[0]
        shape.append((draw.choices(codes, pull)[0], where, group))
    firms = [1 + min(30, int(draw.expovariate(1 / CLASSES[group][2]))) for _, _, group in shape]
    loads = _expected_loads(plan, leaves, shape, firms)
    rows = []
    for number, ((code, where, group), count, load) in enumerate(zip(shape, firms, loads), start=1):
        median = CLASSES[group][0]
        largest = None if group == "large" else _rounded(draw.lognormvariate(math.log(median), 0.5))
        capacity = (
            None if largest is None else _rounded(max(largest / 14, load / count * draw.lognormvariate(0.25, 0.6)))
        )
        rows.append(
            Supplier(
                f"S{number:05d}",
                f"Firms {number}",
                group,
                (code[: draw.choice((3, 4, 8))],),
                (where,),
                count=count,
                max_contract=largest,
                working_capital=None if largest is None else _rounded(largest * draw.uniform(0.2, 0.5)),
                min_contract=20_000.0 if group == "large" else 0.0,
                monthly_capacity=capacity,
            )
        )
    return tuple(rows)


def _rounded(value: float) -> float:
    """To two digits: firms state such figures roughly."""
    return float(f"{value:.1e}")


def _expected_loads(
    plan: TenderPlan, leaves: list[str], shape: list[tuple[str, str, str]], firms: list[int]
) -> list[float]:
    """What each row can expect to deliver in an average month, if all bidders of a place and trade win alike."""
    demand: dict[tuple[str, str], float] = defaultdict(float)
    for item in plan.items:
        demand[item.trade or "", item.region or ""] += item.value / (plan.months - 4)
    bids: dict[tuple[str, str], float] = defaultdict(float)
    served = []
    for (code, where, group), count in zip(shape, firms):
        places = [leaf for leaf in leaves if where == "*" or leaf.startswith(where)]
        served.append(places)
        for leaf in places:
            bids[code, leaf] += count * CLASSES[group][3]
    return [
        sum(demand[code, leaf] * count * CLASSES[group][3] / bids[code, leaf] for leaf in places)
        for ((code, _, group), count, places) in zip(shape, firms, served)
    ]


def spread(plan: TenderPlan) -> Iterator[tuple[Package, Item, int, float]]:
    """The value of every item by calendar year, spread evenly over its window: what the longest slots use."""
    for package in plan.packages:
        for item in package.items:
            each = item.value / (item.finish - item.start + 1)
            for year in range(item.start // 12, item.finish // 12 + 1):
                months = min(item.finish, year * 12 + 11) - max(item.start, year * 12) + 1
                yield package, item, year, months * each


def _budgets(draw: random.Random, plan: TenderPlan, leaves: list[str]) -> tuple[Budget, ...]:
    """A ceiling for each region and year and for each fund and year: every other region is tight in its first full year."""
    by_region: dict[tuple[str, int], float] = defaultdict(float)
    by_fund: dict[tuple[str, int], float] = defaultdict(float)
    for package, item, year, value in spread(plan):
        by_region[item.region or "", year] += value
        by_fund[package.fund or "", year] += value
    years = sorted({year for _, year in by_region})
    rows = []
    for number, leaf in enumerate(leaves):
        tight = years[number // 2 % (len(years) - 1)] if number % 2 == 0 else None
        for year in years:
            used = by_region[leaf, year]
            if used > 0:
                factor = draw.uniform(*TIGHT) if year == tight else draw.uniform(*LOOSE)
                rows.append(Budget(None, leaf, year, _ceiling(used * factor)))
    for fund in FUNDS:
        for year in years:
            if by_fund[fund, year] > 0:
                rows.append(Budget(fund, None, year, _ceiling(by_fund[fund, year] * draw.uniform(*OF_FUND))))
    return tuple(rows)


def _ceiling(value: float) -> float:
    return float(round(value, -3))


# Of the value spread evenly; the cost of a good division is some per cent above the value.
TIGHT = (0.99, 1.03)
LOOSE = (1.10, 1.25)
OF_FUND = (1.04, 1.12)
# Of the lots that would start in a month if all pools were cut to what a small firm can carry and spread over the plan.
LOTS_LIMIT = 1.8


def _lots_per_month(plan: TenderPlan) -> int:
    pools: dict[tuple[str, str | None, str | None], float] = defaultdict(float)
    for item in plan.items:
        pools[item.package_id, item.trade and item.trade[:3], item.region] += item.value
    lots = sum(max(1, round(value / 450_000)) for value in pools.values())
    return math.ceil(LOTS_LIMIT * lots / plan.months)


def main() -> None:
    """Writes one plan."""
    parser = argparse.ArgumentParser(description="Write a seeded tender plan.")
    parser.add_argument("--size", choices=list(SIZES), default="town")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("path", type=Path)
    given = parser.parse_args()
    from plan_workbook import write_plan

    write_plan(given.path, *make(SIZES[given.size], given.seed))


if __name__ == "__main__":
    main()
