"""The curves of wide pools by the compiled kernel: what their lots are made of, laid out once for all prices.

Curves of a million points and more are worked out anew at every price; kept is only what does not depend on it: which eligible
set the lots of a group of suppliers have from which value on, and which windows and places the mixes of a pool have.
"""

from __future__ import annotations

from itertools import product

import numpy as np

from lotsplit.limits import MONEY_TOLERANCE
from lotsplit.market import Market
from lotsplit.optimizer.arrays import Contents, Floats, Ints
from lotsplit.optimizer.compiled import kernel
from lotsplit.optimizer.curves import Curves
from lotsplit.optimizer.lines import least_values, values_between
from lotsplit.optimizer.mixes import WideUnits
from lotsplit.optimizer.slots import LOT_TIE, RESERVED_TIE, PriceTables


class LineTable:
    """Some wide pools, as the kernel takes them. A *line* is a window, a group of suppliers and a place of one pool."""

    def __init__(self, contents: Contents, wide: list[WideUnits]) -> None:
        self.contents, self.wide = contents, wide
        lines: list[tuple[int, ...]] = []
        lowest: list[float] = []
        groups: dict[int, int] = {}
        line_first, mix_first, use_first, between_first = [0], [0], [0], [0]
        use: list[int] = []
        between, low = [], []
        for units in wide:
            pool = units.pool
            known: dict[tuple[int, ...], int] = {}
            profiles = sorted({contents.pure_profile(contents.place(p)) for u in pool.units for p, _ in u.place_values})
            lows = least_values(units)
            between.append(values_between(contents, pool, lows))
            for mix in units.mixes:
                for group, profile in product(mix.groups, profiles):
                    key = mix.first, mix.last, group, profile
                    number = known.setdefault(key, len(lines))
                    if number == len(lines):
                        row = groups.setdefault(group, len(groups))
                        lines.append((mix.first, mix.last, mix.least, row, profile))
                        lowest.append(float(between[-1][0]))
                    elif mix.least < lines[number][2]:
                        lines[number] = (*lines[number][:2], mix.least, *lines[number][3:])
                    use.append(number)
                use_first.append(len(use))
            low.extend(lows)
            line_first.append(len(lines))
            mix_first.append(len(low))
            between_first.append(between_first[-1] + len(between[-1]))
        first, last, least, group_row, profile_of = (np.array(column) for column in zip(*lines, strict=True))
        self.mix_first = np.array(mix_first)
        self._most = np.array([units.pool.value for units in wide])
        highest = np.repeat(self._most, np.diff(line_first))
        step_first, starts, sets = _steps(
            contents, list(groups), (first, last, least, group_row), np.array(lowest), highest
        )
        self._table = (
            *(np.array(line_first), self.mix_first, np.array(between_first), first, last, least, group_row, profile_of),
            *(np.array([mix.least for units in wide for mix in units.mixes]), np.array(use_first), np.array(use)),
            *(step_first, *sets, np.array([len(groups)])),
        )
        self._package = np.array([units.pool.package for units in wide])
        elasticity = contents.elasticity[self._package]
        self._amounts = self._most, elasticity, np.concatenate(between), np.array(low), starts

    def curves(self, which: Ints, tables: PriceTables) -> Curves:
        """The curves of some of the pools, by place, at some prices."""
        rules, nothing = self.contents.rules, np.zeros(0)
        odds = self.contents.market.columns()
        reservable = self.contents.reservable_values(self._most[:1] * 0.0)
        found = kernel.mix_curves(
            np.ascontiguousarray(which),
            self._table,
            self._amounts,
            (
                *(tables.lot[self._package], *map(np.ascontiguousarray, (odds.sme_win, odds.no_bid, odds.single_bid))),
                *(odds.thin.astype(np.float64), tables.worth, tables.start),
                nothing if tables.budget is None else tables.budget,
                nothing if tables.load is None else tables.load.table(),
            ),
            (
                *(rules.lot_fixed_cost, rules.single_bid_premium, rules.min_lot_value - MONEY_TOLERANCE),
                (rules.reserve_max_value or 0.0) + MONEY_TOLERANCE if len(reservable) else 0.0,
                *(tables.reserve, tables.weights.cost, tables.weights.thin, LOT_TIE, RESERVED_TIE),
            ),
        )
        values, profits, first = (np.frombuffer(one, dtype) for one, dtype in zip(found, "ddq", strict=True))
        return Curves(values, profits, first, np.repeat(self._most[which], np.diff(self.mix_first)[which]))


def _steps(
    contents: Contents, groups: list[int], lines: tuple[Ints, ...], lowest: Floats, highest: Floats
) -> tuple[Ints, Floats, tuple[Ints, Ints]]:
    """The steps of every group at every duration, as far as lots reach; and the eligible sets, open and reserved, from each start on.

    groups: of the market. lines: first, last and least month, and place of the group, of each. lowest, highest: values of lots.
    """
    first, last, least, row = lines
    counts, starts = [], []
    open_sets: list[Ints] = []
    reserved_sets: list[Ints] = []
    for months in range(1, contents.months + 1):
        mine = np.flatnonzero((least <= months) & (months <= last - first + 1))
        low, high = np.full(len(groups), np.inf), np.full(len(groups), -np.inf)
        np.minimum.at(low, row[mine], lowest[mine])
        np.maximum.at(high, row[mine], highest[mine])
        met = np.flatnonzero(np.isfinite(low)).tolist()
        found = _starts(contents.market, [groups[n] for n in met], months, low[met], high[met])
        count = np.zeros(len(groups), dtype=np.int64)
        count[met] = [len(some) for some in found]
        group_of = np.repeat(np.array(groups), count)
        start = np.concatenate([np.zeros(0), *found])
        counts.append(count)
        starts.append(start)
        opened, reserved = np.full(len(start), -1), np.full(len(start), -1)
        if len(start):
            opened = contents.market.sets_of_groups(group_of, months, start)
        held = np.flatnonzero(np.isin(start, contents.reservable_values(start)))
        if len(held):
            reserved[held] = contents.market.sets_of_groups(group_of[held], months, start[held], reserved=True)
        open_sets.append(opened)
        reserved_sets.append(reserved)
    step_first = np.concatenate([[0], np.cumsum(np.concatenate(counts))])
    return step_first, np.concatenate(starts), (np.concatenate(open_sets), np.concatenate(reserved_sets))


def _starts(market: Market, groups: list[int], months: int, low: Floats, high: Floats) -> list[Floats]:
    """Of each of some groups the least value of a lot, and all starts of steps up to the highest."""
    market.work_out_steps(groups, months)
    found = []
    for group, least, most in zip(groups, low.tolist(), high.tolist(), strict=True):
        starts = market.steps(group, months).starts
        begin, end = np.searchsorted(starts, [least, most], side="right")
        found.append(np.concatenate([[least], starts[begin:end]]))
    return found
