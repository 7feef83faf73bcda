"""The figures of every lot of a schedule, as columns (model, sections 2 to 5)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lotsplit.evaluation.capacity import Loads, loads_of
from lotsplit.evaluation.contents import Content, PoolKey, content_of
from lotsplit.evaluation.money import procedure_cost, scale_cost, single_bid_cost
from lotsplit.market import Market
from lotsplit.plan import TenderPlan
from lotsplit.rules import Rules
from lotsplit.schedule import Schedule

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class LotColumns:
    """One row a lot, in the schedule's order. start counts months from the plan's first; sets are the market's eligible sets."""

    contents: list[Content]
    value: Floats
    start: Ints
    months: Ints
    sets: Ints
    sme_win: Floats
    no_bid: Floats
    single_bid: Floats
    bids: Floats
    firms: Floats
    sme_firms: Floats
    thin: Bools
    scale: Floats
    single: Floats
    procedure: Floats
    priority: Floats
    loads: Loads

    @property
    def cost(self) -> Floats:
        """Value plus scale, single-bid and procedure cost."""
        return self.value + self.scale + self.single + self.procedure


def lot_columns(
    schedule: Schedule, plan: TenderPlan, rules: Rules, market: Market, pool_values: dict[PoolKey, float]
) -> LotColumns:
    """Work out every lot of a schedule."""
    contents = [content_of(lot, plan, pool_values, rules) for lot in schedule.lots]
    value = np.array([c.value for c in contents], dtype=np.float64)
    start = np.array([c.lot.start - plan.first_month for c in contents], dtype=np.int64)
    months = np.array([c.lot.months for c in contents], dtype=np.int64)
    sets = _eligible_sets(contents, market)
    columns = market.columns()
    elasticity = np.array(
        [
            rules.scale_elasticity if c.package.scale_elasticity is None else c.package.scale_elasticity
            for c in contents
        ],
        dtype=np.float64,
    )
    pool_value = np.array([c.pool_value for c in contents], dtype=np.float64)
    scale = scale_cost(value, pool_value, elasticity)
    no_bid, single_bid = columns.no_bid[sets], columns.single_bid[sets]
    return LotColumns(
        contents=contents,
        value=value,
        start=start,
        months=months,
        sets=sets,
        sme_win=columns.sme_win[sets],
        no_bid=no_bid,
        single_bid=single_bid,
        bids=columns.bids[sets],
        firms=columns.firms[sets],
        sme_firms=columns.sme_firms[sets],
        thin=columns.thin[sets],
        scale=scale,
        single=single_bid_cost(value, scale, single_bid, rules),
        procedure=procedure_cost(no_bid, rules),
        priority=np.array([_priority(c, plan) for c in contents], dtype=np.float64),
        loads=loads_of(market, plan, value, start, months, sets),
    )


def _eligible_sets(contents: list[Content], market: Market) -> Ints:
    """The eligible set of every lot; those of one duration, open or reserved, are looked up together."""
    alike: dict[tuple[int, bool], list[int]] = {}
    for n, content in enumerate(contents):
        alike.setdefault((content.lot.months, content.lot.reserved), []).append(n)
    sets = np.zeros(len(contents), dtype=np.int64)
    for (months, reserved), lots in alike.items():
        groups = np.array([_group(contents[n], market) for n in lots], dtype=np.int64)
        values = np.array([contents[n].value for n in lots], dtype=np.float64)
        sets[lots] = market.sets_of_groups(groups, months, values, reserved)
    return sets


def _group(content: Content, market: Market) -> int:
    if content.lot.undivided:
        return market.undivided_group(content.package)
    return market.group(content.package, {i.trade for i in content.items}, {i.region for i in content.items})


def _priority(content: Content, plan: TenderPlan) -> float:
    weights = [plan.priority(item.region) for item in content.items]
    if len(set(weights)) == 1:
        return weights[0]
    return sum(w * part.value for w, part in zip(weights, content.parts, strict=True)) / content.value
