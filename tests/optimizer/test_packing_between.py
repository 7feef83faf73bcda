"""Where a limit has room for some lots of a packing, but not for all: packings of few lots more."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from test_wide_bounds import some

from lotsplit.evaluation import evaluate
from lotsplit.optimizer import optimize
from lotsplit.optimizer.packing import partly_merged
from lotsplit.optimizer.pools import pools_of_plan
from lotsplit.plan import Item, Package, Supplier, TenderPlan
from lotsplit.result import Stop
from lotsplit.rules import Rules

FIRMS = (
    Supplier("large", "large", "large", ("45",), ("*",), count=2),
    Supplier("small", "small", "small", ("45",), ("*",), count=40, max_contract=200_000.0),
)


def plan_of(items: int, trades: int = 1, months: int = 24, parts: int = 1, **limits) -> TenderPlan:
    """One package of like items, in turn of some trades."""
    its = tuple(
        Item(
            f"I{n}",
            "P",
            f"item {n}",
            f"45{100 + n % trades}000",
            "XA1",
            100_000.0 + 100 * (n % 7),
            quantity=float(parts),
            unit="piece",
            step=1.0,
            divisible=parts > 1,
            start=24_324,
            finish=24_323 + months,
            min_months=1,
        )
        for n in range(items)
    )
    return TenderPlan((Package("P", "package", its, nature="works", **limits),), 24_324, months, FIRMS)


def test_a_package_that_may_have_ten_lots_of_forty_gets_them():
    """Every lot brings as much as any other: at no price are some of them better than all or none."""
    plan = plan_of(40, max_lots=10)
    rules = Rules()
    result = optimize(plan, rules)
    found = evaluate(plan, rules, result.schedule)
    assert not found.broken
    assert len(result.schedule.lots) == 10
    # nine of forty items to small firms
    assert found.objective >= 0.15 * plan.value


def test_a_package_with_fewer_lots_than_pools_stays_undivided():
    plan, rules = plan_of(12, trades=3, max_lots=2), Rules(trade_digits=5)
    assert pools_of_plan(plan, rules) == []
    divided = replace(plan, packages=(replace(plan.packages[0], min_lots=2),))
    assert len(pools_of_plan(divided, rules)) == 3
    impossible = optimize(divided, rules)
    assert impossible.schedule is None
    assert impossible.proven
    result = optimize(plan, rules)
    assert [lot.undivided for lot in result.schedule.lots] == [True]
    assert result.stop is Stop.OPTIMAL


def test_packings_between_hold_all_and_have_windows():
    most = 0
    for priced in some(range(60)):
        for units, pool in zip(priced.wide, priced.pools, strict=True):
            of = pool.columns
            alone = [tuple(row) for row in np.diag(pool.shape).tolist()]
            found = partly_merged(units, alone, np.arange(len(alone), dtype=np.float64), 2)
            assert len(found) == max(0, len(alone) - 1)
            for packing in found:
                assert np.sum(packing, axis=0).tolist() == list(pool.shape)
                for lot in packing:
                    held = np.array(lot) > 0
                    assert of.last[held].min() - of.first[held].max() + 1 >= of.least[held].max()
            most = max(most, len(found))
    assert most >= 2
