"""Random schedules of tiny plans: some that keep to the shape of lots, and the same with one thing broken."""

from __future__ import annotations

import random
from dataclasses import replace

from lotsplit.plan import Item, Package, TenderPlan
from lotsplit.rules import Rules
from lotsplit.schedule import Lot, LotItem, Schedule
from oracle.brute import named
from oracle.evaluate import pool_of, slots_of, whole_package


def random_schedule(plan: TenderPlan, rules: Rules, r: random.Random) -> Schedule:
    """Every item awarded, in one pool a lot, in its window; amounts (budgets, numbers of lots, floors) may be broken."""
    lots: list[Lot] = []
    for package in plan.packages:
        if not package.divisible or (package.min_lots == 1 and r.random() < 0.2):
            lots.append(whole_package(package))
        else:
            lots += _divided(plan, rules, package, r)
    lots = [replace(lot, reserved=rules.reserve_max_value is not None and r.random() < 0.2) for lot in lots]
    return Schedule(tuple(named(lots)))


def _divided(plan: TenderPlan, rules: Rules, package: Package, r: random.Random) -> list[Lot]:
    pools: dict[object, list[Item]] = {}
    for item in package.items:
        pools.setdefault(pool_of(plan, rules, item), []).append(item)
    lots = []
    for items in pools.values():
        bins: list[dict[str, float]] = []
        together: dict[str, dict[str, float]] = {}
        for item in items:
            for _ in range(item.parts):
                part = item.quantity / item.parts
                able = [b for b in bins if slots_of([item, *(plan.item_by_id[key] for key in b)])]
                if item.keep_together in together:
                    chosen = together[item.keep_together]
                elif able and r.random() < 0.5:
                    chosen = r.choice(able)
                else:
                    chosen = {}
                    bins.append(chosen)
                if item.keep_together is not None:
                    together[item.keep_together] = chosen
                chosen[item.id] = chosen.get(item.id, 0.0) + part
        for b in bins:
            start, months = r.choice(slots_of([plan.item_by_id[key] for key in b]) or [(plan.first_month, 1)])
            lots.append(Lot("", package.id, tuple(LotItem(*part) for part in b.items()), start, months))
    return lots


def spoiled(plan: TenderPlan, schedule: Schedule, r: random.Random) -> Schedule:
    """The schedule with one lot changed at random, within the months of the plan; often, not always, a broken one."""
    lots = list(schedule.lots)
    place = r.randrange(len(lots))
    lot = lots[place]
    part = r.choice(lot.items)
    match r.choice(("slot", "slot", "less", "twice", "merge", "split", "undivided", "reserved")):
        case "slot":
            start = r.randrange(plan.first_month, plan.first_month + plan.months)
            months = r.randint(1, plan.first_month + plan.months - start)
            lots[place] = replace(lot, start=start, months=months)
        case "less":
            less = replace(part, quantity=part.quantity * r.choice((0.5, 0.75)))
            lots[place] = replace(lot, items=tuple(less if p is part else p for p in lot.items))
        case "twice":
            lots.append(replace(lot, items=(part,)))
        case "merge" if len(lots) > 1:
            other = lots.pop(r.choice([i for i in range(len(lots)) if i != place]))
            merged = {p.item_id: p.quantity for p in lot.items}
            for p in other.items:
                merged[p.item_id] = merged.get(p.item_id, 0.0) + p.quantity
            lots[lots.index(lot)] = replace(lot, items=tuple(LotItem(*p) for p in merged.items()))
        case "split" if len(lot.items) > 1:
            rest = tuple(p for p in lot.items if p is not part)
            lots[place] = replace(lot, items=rest)
            lots.append(replace(lot, items=(part,)))
        case "undivided":
            lots[place] = replace(lot, undivided=not lot.undivided)
        case _:
            lots[place] = replace(lot, reserved=not lot.reserved)
    return Schedule(tuple(named(lots)))
