"""The curves of wide pools by the compiled kernel: what their lots are made of, laid out once for all prices.

Curves of a million points and more are worked out anew at every price; kept is only what does not depend on it: which eligible
set the lots of a group of suppliers have from which value on, and which windows and places the mixes of a pool have.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from lotsplit.limits import MONEY_TOLERANCE
from lotsplit.market import Market
from lotsplit.optimizer.compiled import kernel
from lotsplit.optimizer.lots.arrays import Contents, Floats, Ints
from lotsplit.optimizer.lots.slots import LOT_TIE, RESERVED_TIE, PriceTables
from lotsplit.optimizer.packings.curves import Curves
from lotsplit.optimizer.packings.lines import least_values, values_between
from lotsplit.optimizer.packings.mixes import WideUnits


@dataclass(frozen=True)
class WindowLines:
    """A *line* is a window, a group of suppliers and a place of one pool; mixes of a window share lines.

    first, last: months of the window. least: months of the shortest lot of any mix. group: place in `groups`, numbers of the
    market. of_pool, of_mix: where the lines of each pool, and the uses of each mix, begin. use: lines. months: least of each mix.
    """

    first: Ints
    last: Ints
    least: Ints
    group: Ints
    profile: Ints
    groups: list[int]
    of_pool: Ints
    of_mix: Ints
    use: Ints
    months: Ints


def window_lines_of(wide: list[WideUnits]) -> WindowLines:
    """The lines of some pools, pool after pool."""
    lines: list[list[int]] = []
    groups: dict[int, int] = {}
    use: list[int] = []
    of_pool, of_mix = [0], [0]
    for units in wide:
        known: dict[tuple[int, ...], int] = {}
        for mix in units.mixes:
            for group, profile in product(mix.groups, mix.profiles):
                number = known.setdefault((mix.first, mix.last, group, profile), len(lines))
                if number == len(lines):
                    lines.append([mix.first, mix.last, mix.least, groups.setdefault(group, len(groups)), profile])
                lines[number][2] = min(lines[number][2], mix.least)
                use.append(number)
            of_mix.append(len(use))
        of_pool.append(len(lines))
    first, last, least, group_row, place = np.array(lines, dtype=np.int64).reshape(-1, 5).T.copy()
    months = np.array([mix.least for units in wide for mix in units.mixes], dtype=np.int64)
    begins = np.array(of_pool), np.array(of_mix)
    return WindowLines(
        first, last, least, group_row, place, list(groups), *begins, np.array(use, dtype=np.int64), months
    )


class LineTable:
    """Some wide pools, as the kernel takes them."""

    def __init__(self, contents: Contents, wide: list[WideUnits]) -> None:
        self.contents, self.wide = contents, wide
        self._most = np.array([units.pool.value for units in wide])
        self._package = np.array([units.pool.package for units in wide])
        lows = [least_values(units) for units in wide]
        between = [values_between(contents, units.pool, low) for units, low in zip(wide, lows, strict=True)]
        lines = window_lines_of(wide)
        self._of_pool, self._profile = lines.of_pool, lines.profile
        sizes = np.diff(lines.of_pool)
        lowest = np.repeat([values[0] for values in between], sizes)
        step_first, starts, open_sets, reserved_sets = _steps(contents, lines, lowest, np.repeat(self._most, sizes))
        self.mix_first = np.cumsum([0, *(len(low) for low in lows)])
        between_first = np.cumsum([0, *(len(values) for values in between)])
        self._table = (
            *(lines.of_pool, self.mix_first, between_first),
            *(lines.first, lines.last, lines.least, lines.group, lines.profile, lines.months, lines.of_mix, lines.use),
            *(step_first, open_sets, reserved_sets),
        )
        elasticity = contents.elasticity[self._package]
        self._amounts = self._most, elasticity, np.concatenate(between), np.concatenate(lows), starts

    def curves(self, which: Ints, tables: PriceTables, less: list[Floats] | None = None) -> Curves:
        """The curves of some of the pools, by place, at some prices.

        less: of each of these pools, what a euro brings less in each of its places (places.py); it is made up for.
        """
        made_up = np.zeros(len(self._profile))
        for pool, by_place in zip(which.tolist(), less or [], strict=False):
            if by_place.any():
                mine = slice(self._of_pool[pool], self._of_pool[pool + 1])
                made_up[mine] = by_place[np.searchsorted(self.wide[pool].profiles, self._profile[mine])]
        rules, nothing = self.contents.rules, np.zeros(0)
        odds = self.contents.market.columns()
        reservable = self.contents.reservable_values(np.zeros(1))
        found = kernel.mix_curves(
            np.ascontiguousarray(which),
            self._table,
            self._amounts,
            (
                *(tables.lot[self._package], *map(np.ascontiguousarray, (odds.sme_win, odds.no_bid, odds.single_bid))),
                *(odds.thin.astype(np.float64), tables.worth, tables.start),
                nothing if tables.budget is None else tables.budget,
                *(nothing if tables.load is None else tables.load.table(), made_up),
            ),
            (
                *(rules.lot_fixed_cost, rules.single_bid_premium, rules.min_lot_value - MONEY_TOLERANCE),
                (rules.reserve_max_value or 0.0) + MONEY_TOLERANCE if len(reservable) else 0.0,
                *(tables.reserve, tables.weights.cost, tables.weights.thin, LOT_TIE, RESERVED_TIE),
            ),
        )
        values, profits, first = (np.frombuffer(one, dtype) for one, dtype in zip(found, "ddq", strict=True))
        return Curves(values, profits, first, np.repeat(self._most[which], np.diff(self.mix_first)[which]))


def _steps(contents: Contents, lines: WindowLines, lowest: Floats, highest: Floats) -> tuple[Ints, Floats, Ints, Ints]:
    """The steps of every group at every duration, as far as lots reach: where those of each begin (duration after duration), their
    starts, and the eligible sets, open and reserved, from each start on.

    lowest, highest: values of the lots of each line.
    """
    groups = np.array(lines.groups)
    counts, starts = [], []
    open_sets: list[Ints] = []
    reserved_sets: list[Ints] = []
    for months in range(1, contents.months + 1):
        mine = np.flatnonzero((lines.least <= months) & (months <= lines.last - lines.first + 1))
        low, high = np.full(len(groups), np.inf), np.full(len(groups), -np.inf)
        np.minimum.at(low, lines.group[mine], lowest[mine])
        np.maximum.at(high, lines.group[mine], highest[mine])
        met = np.flatnonzero(np.isfinite(low))
        found = _starts(contents.market, groups[met].tolist(), months, low[met], high[met])
        count = np.zeros(len(groups), dtype=np.int64)
        count[met] = [len(some) for some in found]
        group_of, start = np.repeat(groups, count), np.concatenate([np.zeros(0), *found])
        opened, reserved = np.full(len(start), -1), np.full(len(start), -1)
        if len(start):
            opened = contents.market.sets_of_groups(group_of, months, start)
        held = np.flatnonzero(np.isin(start, contents.reservable_values(start)))
        if len(held):
            reserved[held] = contents.market.sets_of_groups(group_of[held], months, start[held], reserved=True)
        counts.append(count)
        starts.append(start)
        open_sets.append(opened)
        reserved_sets.append(reserved)
    step_first = np.concatenate([[0], np.cumsum(np.concatenate(counts))])
    return step_first, np.concatenate(starts), np.concatenate(open_sets), np.concatenate(reserved_sets)


def _starts(market: Market, groups: list[int], months: int, low: Floats, high: Floats) -> list[Floats]:
    """Of each of some groups the least value of a lot, and all starts of steps up to the highest."""
    market.work_out_steps(groups, months)
    found = []
    for group, least, most in zip(groups, low.tolist(), high.tolist(), strict=True):
        starts = market.steps(group, months)
        begin, end = np.searchsorted(starts, [least, most], side="right")
        found.append(np.concatenate([[least], starts[begin:end]]))
    return found
