"""Random tiny plans whose best schedule can be found by trying all, with every kind of constraint, most of them binding.

Every feature draws from its own stream, so a feature can be switched off to locate a failure and the rest stays.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Collection
from dataclasses import replace

from lotsplit.plan import Budget, CurveRow, Item, Package, Region, Supplier, TenderPlan, month
from lotsplit.rules import Rules
from lotsplit.schedule import Schedule
from oracle.brute import best
from oracle.evaluate import Figures, budget_cost, evaluate, region_share, whole_package
from oracle.market import lineage

FEATURES = (
    "budgets",
    "capacity",
    "cash",
    "consortia",
    "cross_regions",
    "curve",
    "elasticity",
    "keep_together",
    "lot_numbers",
    "lots_per_month",
    "marked",
    "min_bidders",
    "min_lot_value",
    "mixed",
    "priorities",
    "region_floors",
    "reserved",
    "share_floor",
    "steps",
    "strengths",
    "subcontracting",
    "turnover",
    "weight",
)

TRADES = ("45210000", "45233000-9", "4523", "71300000", "road signs")
REGIONS = ("XA1", "XA2", "XB12", "Isle")
PARENTS = (Region("Isle", parent="Far"), Region("Far"), Region("XA"), Region("XB1"))


def tiny_plan(seed: int, without: Collection[str] = ()) -> tuple[TenderPlan, Rules]:
    """A plan of 1 to 3 packages. Raises oracle.brute.TooLarge where a floor or ceiling would need too long to set."""
    maker = _Maker(seed, frozenset(without))
    plan, rules = maker.unlimited()
    return maker.limited(plan, rules)


class _Maker:
    def __init__(self, seed: int, without: frozenset[str]) -> None:
        assert without <= set(FEATURES), f"no such feature: {sorted(without - set(FEATURES))}"
        self.seed, self.without = seed, without

    def draw(self, feature: str, place: object = "") -> random.Random:
        """The stream of a feature at one place of the plan."""
        return random.Random(f"{self.seed} {feature} {place}")

    def has(self, feature: str, chance: float = 0.5) -> bool:
        return feature not in self.without and self.draw(feature, "has").random() < chance

    # What is tendered and who there is

    def unlimited(self) -> tuple[TenderPlan, Rules]:
        """The plan without what binds several packages together: budgets, floors, lots per month."""
        r = self.draw("plan")
        months = r.choice((2, 2, 3, 3, 4, 6))
        first = month(2027, r.randint(1, 12))
        count = r.choice((1, 2, 2, 3, 3)) if months < 5 else r.choice((1, 2))
        most_items = r.choice((2, 3, 4)) if count < 3 and months < 5 else r.choice((2, 3))
        packages = tuple(self.package(f"P{n}", first, months, most_items) for n in range(1, count + 1))
        regions = PARENTS
        if self.has("priorities"):
            d = self.draw("priorities")
            regions = tuple(replace(row, priority=d.choice((None, 0.5, 1.0, 1.5, 2.0))) for row in PARENTS)
        plan = TenderPlan(packages, first, months, self.suppliers(packages), regions)
        if self.has("curve", 0.12):
            plan = replace(plan, suppliers=(), curve=self.curve(plan))
        return plan, self.rules(plan)

    def package(self, key: str, first: int, months: int, most_items: int) -> Package:
        r, home = self.draw("package", key), self.draw("plan", "home")
        trade, region = home.choice(TRADES), home.choice(REGIONS)
        if r.random() < 0.3:
            trade, region = r.choice(TRADES), r.choice(REGIONS)
        mixed = self.has("mixed", 0.6) and self.draw("mixed", key).random() < 0.4
        items = [
            self.item(f"{key}-{n}", key, trade, region, mixed, first, months)
            for n in range(r.randint(min(2, most_items - 1), most_items))
        ]
        if self.has("keep_together", 0.4) and len(items) > 2:
            d = self.draw("keep_together", key)
            pair = d.sample(range(len(items)), 2)
            one = items[pair[0]]
            for place in pair:
                items[place] = replace(
                    items[place],
                    trade=one.trade,
                    region=one.region,
                    start=one.start,
                    finish=one.finish,
                    min_months=one.min_months,
                    keep_together="a",
                )
        parts = sum(item.parts for item in items)
        least, most = 1, None
        if self.has("lot_numbers", 0.4):
            d = self.draw("lot_numbers", key)
            least = d.choice((1, 1, 2)) if parts > 2 else 1
            most = d.choice((None, None, max(least, 2), least))
        elasticity = None
        if self.has("elasticity", 0.4):
            elasticity = self.draw("elasticity", key).choice((None, 0.0, 0.1, 0.3))
        return Package(
            key,
            f"Package {key}",
            tuple(items),
            nature=r.choice(("works", "supplies", "services")),
            fund=r.choice(("ERDF", "State", None)),
            divisible=not (self.has("marked", 0.3) and self.draw("marked", key).random() < 0.3),
            min_lots=least,
            max_lots=most,
            scale_elasticity=elasticity,
        )

    def item(
        self, key: str, package: str, trade: str | None, region: str | None, mixed: bool, first: int, months: int
    ) -> Item:
        r, d = self.draw("item", key), self.draw("steps", key)
        if mixed:
            m = self.draw("mixed", key)
            trade = m.choice((trade, trade, *TRADES, None))
            region = m.choice((region, region, *REGIONS, None))
        length = r.choice((months, r.randint(min(2, months), months)))
        start = first + r.randint(0, months - length)
        steps = d.choice((1, 2, 3, 4)) if self.has("steps", 0.5) and d.random() < 0.4 else 1
        step = d.choice((1.0, 5.0, 0.5))
        return Item(
            key,
            package,
            f"Item {key}",
            trade,
            region,
            value=float(r.randint(20, 500) * 1000),
            quantity=steps * step,
            unit="km",
            step=step,
            divisible=steps > 1,
            start=start,
            finish=start + length - 1,
            min_months=r.choice((1, r.randint(1, length))),
        )

    def suppliers(self, packages: tuple[Package, ...]) -> tuple[Supplier, ...]:
        r = self.draw("suppliers")
        items = [item for package in packages for item in package.items]
        typical = sum(item.value for item in items) / len(items)
        length = max(item.finish for item in items) - min(item.start for item in items) + 1
        count = r.randint(2, 5)
        sizes = ["small", "large", *(r.choice(("micro", "small", "medium", "large")) for _ in range(count - 2))]
        return tuple(self.supplier(f"S{n}", size, typical, length) for n, size in enumerate(sizes))

    def supplier(self, key: str, size: str, typical: float, length: int) -> Supplier:
        r = self.draw("supplier", key)
        sme = size != "large"
        leads = key in ("S0", "S1")  # one small firm and one large one that can do most things
        trades = tuple(r.sample(("45", "4523", "71", "Road Signs"), r.randint(1, 3)))
        regions = tuple(r.sample(("XA", "XB", "XA1", "Far", "Isle"), r.randint(1, 3)))
        s = Supplier(
            key,
            f"Supplier {key}",
            size,
            ("*",) if r.random() < (0.9 if leads else 0.5) else trades,
            ("*",) if r.random() < (0.9 if leads else 0.6) else regions,
            count=r.choice((1, 2, 3)) if leads else r.choice((1, 1, 2, 5, 40)),
            max_contract=_round(typical * r.uniform(0.8, 2.5)) if sme and r.random() < 0.8 else None,
            min_contract=_round(typical * r.uniform(0.2, 1.5)) if not sme and r.random() < 0.4 else 0.0,
            bid_probability=r.choice((None, 0.5, 0.9, 1.0)) if leads else r.choice((None, None, 0.0, 0.3, 1.0)),
        )
        if self.has("turnover", 0.3):
            d = self.draw("turnover", key)
            if d.random() < 0.4:
                limit = None if d.random() < 0.7 else s.max_contract
                s = replace(s, max_contract=limit, turnover=_round(typical * d.uniform(0.8, 6)))
        if sme and self.has("capacity", 0.6):
            d = self.draw("capacity", key)
            if d.random() < 0.9:
                taken = d.choice((0.0, 0.0, _round(typical * d.uniform(0, 0.3))))
                s = replace(
                    s,
                    count=d.choice((1, 1, min(s.count, 2))),
                    bid_probability=d.choice((s.bid_probability, 0.8, 1.0)),
                    monthly_capacity=_round(typical * d.uniform(0.7, 2.0) / length) + taken,
                    commitments=taken,
                )
        if sme and self.has("cash", 0.4):
            d = self.draw("cash", key)
            if d.random() < 0.7:
                s = replace(s, working_capital=_round(typical * d.uniform(0.2, 1.5)))
        if self.has("consortia", 0.3):
            d = self.draw("consortia", key)
            if d.random() < 0.5:
                s = replace(s, consortium_size=d.choice((2, 3)))
        if self.has("strengths", 0.4):
            s = replace(s, strength=self.draw("strengths", key).choice((0.25, 0.7, 1.0, 2.0, 3.5)))
        return s

    def curve(self, plan: TenderPlan) -> tuple[CurveRow, ...]:
        d = self.draw("curve", "rows")
        rows = []
        for nature in ("works", "supplies", "services"):
            share = d.uniform(0.6, 1.0)
            start = 0.0
            for _ in range(d.randint(1, 4)):
                rows.append(CurveRow(nature, start, round(share, 3)))
                start += _round(d.uniform(20_000, 300_000))
                share *= d.uniform(0.5, 1.0)
        d.shuffle(rows)
        return tuple(rows)

    def rules(self, plan: TenderPlan) -> Rules:
        r = self.draw("rules")
        values: dict[str, object] = {
            "lot_fixed_cost": r.choice((0.0, 500.0, 2000.0, 10_000.0)),
            "scale_elasticity": r.choice((0.0, 0.02, 0.02, 0.1)),
            "single_bid_premium": r.choice((0.0, 0.1, 0.1, 0.3)),
            "fiscal_year_start": r.choice((1, 1, 4, 10)),
            "trade_digits": r.choice((2, 3, 3, 4)),
        }
        if self.has("weight", 0.6):
            values["extra_cost_weight"] = self.draw("weight").choice((0.0, 0.0, 0.5, 1.0, 2.0, 20.0, 100.0))
        if self.has("subcontracting", 0.4):
            values["subcontracting"] = self.draw("subcontracting").choice((0.0, 0.2, 0.7, 1.0))
        if self.has("min_bidders", 0.4):
            values["min_bidders"] = self.draw("min_bidders").choice((0, 2, 3, 6))
        if self.has("min_lot_value", 0.3):
            values["min_lot_value"] = _round(self.draw("min_lot_value").uniform(20_000, 300_000))
        if self.has("cross_regions", 0.4):
            values["lots_cross_regions"] = "same_parent"
        if self.has("reserved", 0.35):
            d = self.draw("reserved")
            values["reserve_max_value"] = _round(d.uniform(20_000, 600_000))
            values["reserve_max_share"] = d.choice((0.1, 0.3, 0.6, 1.0))
        if self.has("cash", 0.4):
            d = self.draw("cash")
            values["payment_months"] = d.choice((0.0, 1.0, 1.5, 2.0, 3.0))
            values["advance_payment"] = d.choice((0.0, 0.0, 0.2, 0.5))
        return Rules(**values)  # type: ignore[arg-type]

    # What binds the packages together, measured by what would be best without it

    def limited(self, plan: TenderPlan, rules: Rules) -> tuple[TenderPlan, Rules]:
        """The plan with ceilings and floors, set about where they begin to bind."""
        wanted = [feature for feature in ("budgets", "share_floor", "region_floors") if self.has(feature)]
        if not wanted and not self.has("lots_per_month", 0.4):
            return plan, rules
        free = self.measured(plan, rules)
        if self.has("lots_per_month", 0.4):
            busiest = max(Counter(f.lot.start for f in free.lots).values())
            rules = replace(
                rules, max_lots_per_month=max(1, busiest - self.draw("lots_per_month").choice((0, 1, 1, 2)))
            )
        if "share_floor" in wanted:
            d = self.draw("share_floor")
            most = self.measured(plan, replace(rules, extra_cost_weight=0.0))
            rules = replace(rules, min_sme_share=_between(d, free.sums.share, most.sums.share))
        if "region_floors" in wanted:
            plan = replace(plan, regions=self.floors(plan, rules, free))
        if "budgets" in wanted:
            plan = replace(plan, budgets=self.budgets(plan, rules, free))
        return plan, rules

    def measured(self, plan: TenderPlan, rules: Rules, *, for_cost: bool = False) -> Figures:
        """The figures of the best schedule (of the undivided plan where there is none)."""
        rules = replace(rules, max_lots_per_month=None, min_sme_share=None)
        found = best(plan, rules, for_cost=for_cost).schedule
        return evaluate(plan, rules, found or Schedule(tuple(whole_package(package) for package in plan.packages)))

    def floors(self, plan: TenderPlan, rules: Rules, free: Figures) -> tuple[Region, ...]:
        rows = {row.id: row for row in plan.regions}
        held = sorted({r for item in plan.items for r in lineage(plan, item.region)})
        for region in held:
            d = self.draw("region_floors", region)
            if d.random() < 0.5:
                favoured = replace(
                    plan, regions=(*(r for r in plan.regions if r.id != region), Region(region, priority=50))
                )
                most = self.measured(favoured, rules)
                shares = [region_share(plan, region, list(figures.lots)) for figures in (free, most)]
                if shares[1] > shares[0] + 1e-4 or d.random() < 0.15:
                    rows[region] = replace(rows.get(region, Region(region)), min_sme_share=_between(d, *shares))
        return tuple(rows.values())

    def budgets(self, plan: TenderPlan, rules: Rules, free: Figures) -> tuple[Budget, ...]:
        """One to three ceilings of random scope, between what the best schedule takes of them and what must be."""
        d = self.draw("budgets", "rows")
        cheap = self.measured(plan, rules, for_cost=True)
        years = sorted({_year(m, rules) for m in range(plan.first_month, plan.first_month + plan.months)})
        rows: list[Budget] = []
        wanted = d.choice((1, 1, 2, 3))
        for _ in range(12):
            scope = Budget(
                d.choice((None, None, "ERDF", "State")),
                d.choice((None, None, "XA", "XA1", "XB", "Far")),
                d.choice((None, *years, *years)),
                1.0,
            )
            probe = replace(plan, budgets=(scope,))
            used, least = (sum(budget_cost(probe, rules, 0, f) for f in figures.lots) for figures in (free, cheap))
            ceiling = least + d.uniform(-0.05, 0.95) * (used - least)
            shifts = scope.year is not None and len(years) > 1
            if shifts and d.random() < 0.6:
                ceiling = used * d.uniform(0.5, 0.97)
            idle = used - least < 100 and not shifts
            if len(rows) < wanted and used > 0 and (not idle or d.random() < 0.1):
                rows.append(replace(scope, ceiling=max(1.0, round(max(ceiling, 0.2 * used), 2))))
        return tuple(rows)


def _between(d: random.Random, reached: float, most: float) -> float:
    """A floor a little below or above what is reached anyhow, rarely above the most there is."""
    floor = reached + d.uniform(0.0, 1.02) * max(0.0, most - reached)
    return min(1.0, max(0.0, round(floor - 0.00005, 4)))


def _year(m: int, rules: Rules) -> int:
    return m // 12 if m % 12 + 1 >= rules.fiscal_year_start else m // 12 - 1


def _round(value: float) -> float:
    return float(round(value, -3))
