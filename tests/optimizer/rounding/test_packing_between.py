"""Where a limit has room for some lots of a packing, but not for all: packings of few lots more."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
from like_items import plan_of
from priced_pools import some

from lotsplit.evaluation import evaluate
from lotsplit.limits import MAX_LOTS
from lotsplit.optimizer import optimize
from lotsplit.optimizer.packings.packing import partly_merged, partly_taken
from lotsplit.optimizer.packings.regroup import QUICK
from lotsplit.optimizer.rounding.between import pack_between
from lotsplit.optimizer.search import Search
from lotsplit.optimizer.solver import Clock
from lotsplit.plan import Package
from lotsplit.result import Aim, Silent, Stop
from lotsplit.rules import Rules


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


def test_packings_with_lots_that_cannot_be_are_left_out():
    """The second package has two items without a common month, each of less than a lot must have: it can only stay undivided."""
    plan = plan_of(40, max_lots=10)
    early, late = (
        replace(item, id=f"J{n}", package_id="Q", value=40_000.0, quantity=2_000.0, divisible=True)
        for n, item in enumerate(plan.packages[0].items[:2])
    )
    items = (replace(early, finish=early.start + 2), replace(late, start=late.start + 10))
    plan = replace(plan, packages=(*plan.packages, Package("Q", "second", items, nature="works")))
    rules = Rules(min_lot_value=90_000.0)
    clock = Clock(time.monotonic() + 60, lambda: False)
    search = Search(plan, rules, Aim.OBJECTIVE, 0.001 * plan.value, "highs", 0, clock, Silent())
    search.run()
    pack_between(search.schedules, search.prices, QUICK)
    search.pricer.wide.close()
    contents, columns = search.contents, search.columns
    for number, group in enumerate(columns.group):
        lots = columns.lots_of(number).content.tolist()
        if group >= 0:
            held = np.sum([contents.counts[row] for row in lots], axis=0)
            assert held.tolist() == list(contents.pools[group].shape)
    assert contents.pools[-1].package not in {contents.pools[group].package for group in columns.group if group >= 0}
    schedule = search.result().schedule
    assert not evaluate(plan, rules, schedule).broken
    assert [lot.undivided for lot in schedule.lots if lot.package_id == "Q"] == [True]


def test_a_package_with_fewer_lots_than_pools_stays_undivided():
    plan, rules = plan_of(12, trades=3, max_lots=2), Rules(trade_digits=5)
    clock = Clock(time.monotonic() + 60, lambda: False)
    search = Search(plan, rules, Aim.OBJECTIVE, 0.001 * plan.value, "highs", 0, clock, Silent())
    search.run()
    assert [group for group in search.columns.group if group >= 0] == []
    result = search.result()
    assert [lot.undivided for lot in result.schedule.lots] == [True]
    assert result.stop is Stop.OPTIMAL
    # where it must be divided, no schedule can be
    divided = replace(plan, packages=(replace(plan.packages[0], min_lots=2),))
    impossible = optimize(divided, rules)
    assert impossible.schedule is None
    assert impossible.proven


def test_the_limit_on_lots_of_such_a_package_may_be_what_has_to_give_way():
    """Three pools of one item each: with three lots SMEs win most of it, with two lots it stays whole and they win nothing."""
    plan, rules = plan_of(3, trades=3, max_lots=2), Rules(trade_digits=5, min_sme_share=0.7)
    result = optimize(plan, rules)
    assert result.schedule is None
    assert result.proven
    assert [(one.limit.kind, one.amount) for one in result.relaxations] == [(MAX_LOTS, 1.0)]


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


def test_lots_that_take_a_part_of_another_hold_all_and_have_windows():
    met = 0
    for priced in some(range(60)):
        for units, pool in zip(priced.wide, priced.pools, strict=True):
            of, parts = pool.columns, np.array(pool.shape)
            half = parts // 2
            found = partly_taken(units, [tuple(half.tolist()), tuple((parts - half).tolist())]) if half.any() else []
            for packing in found:
                assert np.sum(packing, axis=0).tolist() == list(pool.shape)
                for lot in packing:
                    held = np.array(lot) > 0
                    assert held.any()
                    assert of.last[held].min() - of.first[held].max() + 1 >= of.least[held].max()
            met += len(found)
    assert met
    assert partly_taken(units, [tuple(row) for row in np.eye(6, len(units.parts), dtype=int)]) == []
