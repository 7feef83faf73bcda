"""The best slot of every possible lot at given prices (model, section 8: independent of all other lots)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lotsplit.limits import BUDGET, LOTS_PER_MONTH, MAX_LOTS, MIN_LOTS, REGION_FLOOR, RESERVE_SHARE, SHARE_FLOOR
from lotsplit.optimizer.compiled import kernel, there_is_a_kernel
from lotsplit.optimizer.lots.arrays import UNDIVIDED, Bools, Contents, Floats, Ints, Options
from lotsplit.optimizer.lots.rows import Lots, Prices, Rows, Weights
from lotsplit.optimizer.lots.runs import places_of_runs

# entries of a table of slots worked on at once
BLOCK = 32_768

# Ties go to fewer lots, then fewer reserved ones: amounts per euro of the pool, far above rounding noise of the sums
# and far below any figure that is shown.
LOT_TIE = 1e-10
RESERVED_TIE = 1e-11


class SetLoads:
    """The win chances of limited SMEs in every eligible set, as triples (set, supplier, chance), kept up to date.

    first: where the triples of each set begin.
    """

    def __init__(self, contents: Contents) -> None:
        self.market = contents.market
        bidders = self.market.bidders
        self.limited = bidders.is_sme & np.isfinite(bidders.capacity) & (bidders.count > 0)
        self.suppliers = np.zeros(0, dtype=np.int64)
        self.chances = np.zeros(0)
        self.first = np.zeros(1, dtype=np.int64)

    def update(self, count: int) -> None:
        """Take in the sets met since the last time, up to `count`."""
        known = len(self.first) - 1
        if count <= known or not self.limited.any():
            return
        sizes, members, chances = self.market.sets.from_set(known, count)
        counted = self.limited[members]
        sets = np.repeat(np.arange(len(sizes)), sizes)[counted]
        self.suppliers = np.concatenate([self.suppliers, members[counted]])
        self.chances = np.concatenate([self.chances, chances[counted]])
        fresh = np.cumsum(np.bincount(sets, minlength=len(sizes)))
        self.first = np.concatenate([self.first, self.first[-1] + fresh])

    def sets_from(self, number: int) -> Ints:
        """The set of each triple, from a set on."""
        return np.repeat(np.arange(number, len(self.first) - 1), np.diff(self.first[number:]))

    def members(self, sets: Ints) -> tuple[Ints, Ints]:
        """The limited SMEs of some sets, one line each: which of the sets given, and the place of the triple."""
        self.update(int(sets.max(initial=-1)) + 1)
        if len(self.first) == 1:
            nothing = np.zeros(0, dtype=np.int64)
            return nothing, nothing
        first = self.first[sets]
        members = self.first[sets + 1] - first
        line = np.repeat(np.arange(len(sets)), members)
        return line, places_of_runs(first, members)


class LoadPrices:
    """The price of a unit of monthly load by eligible set, cumulative over months; sets met later are added on demand."""

    def __init__(self, contents: Contents, prices: Floats, loads: SetLoads) -> None:
        self._contents, self._loads, self._prices = contents, loads, np.ascontiguousarray(prices)
        charged = prices != 0
        self._charged: Bools = np.asarray(charged.any(axis=1))
        # months of each supplier that are charged at all: the first, and the one after the last
        self._low = np.where(self._charged, charged.argmax(axis=1), 0)
        self._high = np.where(self._charged, prices.shape[1] - charged[:, ::-1].argmax(axis=1), 0)
        self._table = np.zeros((0, contents.months + 1))

    def table(self) -> Floats:
        """One row a set, one column a month and one before the first."""
        known, number = len(self._table), len(self._contents.market.columns().sme_win)
        if known < number:
            fresh = self.of(np.arange(known, number))
            self._table = np.concatenate([self._table, fresh]) if known else fresh
        return self._table

    def of(self, sets: Ints) -> Floats:
        """The same of some sets alone."""
        loads = self._loads
        loads.update(int(sets.max(initial=-1)) + 1)
        if not len(loads.suppliers):
            return np.zeros((len(sets), self._contents.months + 1))
        table = np.empty((len(sets), self._contents.months + 1))
        if there_is_a_kernel():
            given = loads.first, loads.suppliers, loads.chances, self._low, self._high, self._prices
            kernel.charge(sets, *given, table)
            return table
        line, place = loads.members(sets)
        charged = self._charged[loads.suppliers[place]]
        line, place = line[charged], place[charged]
        suppliers, chances = loads.suppliers[place], loads.chances[place]
        table[:, 0] = 0.0
        for month, price in enumerate(np.ascontiguousarray(self._prices.T), 1):
            table[:, month] = np.bincount(line, chances * price[suppliers], minlength=len(sets))
        return np.cumsum(table, axis=1, out=table)


@dataclass(frozen=True)
class PriceTables:
    """Prices as each lot meets them: cumulative over months, so that a slot costs one subtraction.

    worth: of a euro of expected SME award, by profile. budget: of a euro of cost, by profile and month (None: nothing).
    load: of a unit of monthly load, by eligible set (None: nothing). start: by first month. lot: by package, and how much
    more it is of one left undivided. reserve: of a euro in reserved lots. weights: what is maximised.
    """

    worth: Floats
    budget: Floats | None
    load: LoadPrices | None
    start: Floats
    lot: Floats
    more_undivided: Floats
    reserve: float
    weights: Weights


def price_tables(rows: Rows, prices: Prices, weights: Weights, loads: SetLoads) -> PriceTables:
    """Spread the prices of rows over profiles, sets, months and packages."""
    contents, y = rows.contents, prices.rows
    profile, place, share, count = contents.profile_table()

    def of(kind: str) -> list[int]:
        return rows.by_kind.get(kind, [])

    worth_of_place: Floats = weights.sme * rows.priority + sum(float(y[n]) for n in of(SHARE_FLOOR))
    for n in of(REGION_FLOOR):
        worth_of_place = worth_of_place + y[n] * rows.in_place[n]
    worth = np.bincount(profile, share * worth_of_place[place], minlength=count).astype(np.float64)

    budget = None
    priced = [n for n in of(BUDGET) if y[n] > 0]
    if priced:
        by_place = np.einsum("r,rp,rt->pt", y[priced], rows.in_place[priced], rows.in_month[priced])
        by_profile = np.zeros((count, contents.months))
        np.add.at(by_profile, profile, share[:, None] * by_place[place])
        budget = _cumulative(by_profile)

    load = LoadPrices(contents, prices.capacity, loads) if prices.capacity.any() else None
    start = np.zeros(contents.months)
    for n in of(LOTS_PER_MONTH):
        start[rows.rows[n].month] += y[n]
    lot, more_undivided = np.zeros(len(contents.plan.packages)), np.zeros(len(contents.plan.packages))
    for n in of(MAX_LOTS):
        lot[rows.rows[n].package] += y[n]
        more_undivided[rows.rows[n].package] += y[n] * (rows.rows[n].most - 1.0)
    for n in of(MIN_LOTS):
        lot[rows.rows[n].package] -= y[n]
    reserve = sum(float(y[n]) for n in of(RESERVE_SHARE))
    return PriceTables(worth, budget, load, start, lot, more_undivided, reserve, weights)


def _cumulative(table: Floats) -> Floats:
    summed: Floats = np.concatenate([np.zeros((len(table), 1)), np.cumsum(table, axis=1)], axis=1)
    return summed


@dataclass(frozen=True)
class Best:
    """Per content: the best reduced profit, and the option (row) and first month that give it.

    profit is minus infinity where a content has no option.
    """

    profit: Floats
    row: Ints
    start: Ints
    options: Options
    contents: Contents

    def lots(self, which: Ints) -> Lots:
        """The best lots of some contents, in their order."""
        return lots_of(self.contents, self.options, self.row[which], self.start[which])


def lots_of(contents: Contents, options: Options, rows: Ints, start: Ints) -> Lots:
    """Some options (rows) as lots from some first months on."""
    some, odds = options.take(rows), contents.market.columns()
    content, sets = some.content.astype(np.int64), some.sets.astype(np.int64)
    return Lots(
        *(content, some.months.astype(np.int64), start, some.reserved, sets, odds.sme_win[sets], odds.thin[sets]),
        *(some.extra, contents.value[content] + some.extra),
    )


def base_profit(contents: Contents, options: Options, tables: PriceTables) -> Floats:
    """The reduced profit of options before anything that depends on the first month."""
    rows, weights, odds = options.content, tables.weights, contents.market.columns()
    value, pool_value = contents.value[rows], contents.pool_value[rows]
    profit = odds.sme_win[options.sets] * value * tables.worth[contents.profile[rows]]
    profit -= weights.cost * options.extra
    profit -= weights.thin * np.where(odds.thin[options.sets], value, 0.0)
    profit -= tables.lot[contents.package[rows]]
    profit -= np.where(contents.pool[rows] == UNDIVIDED, tables.more_undivided[contents.package[rows]], 0.0)
    profit -= LOT_TIE * pool_value
    profit -= np.where(options.reserved, tables.reserve * value + RESERVED_TIE * pool_value, 0.0)
    return profit


def slot_blocks(contents: Contents, options: Options) -> Iterator[tuple[Ints, int]]:
    """Rows of options in blocks, with the number of first months of each block: those with as many go together."""
    slots = contents.last[options.content] - contents.first[options.content] + 2 - options.months
    order = np.argsort(slots.astype(np.int16), kind="stable")
    low = 0
    while low < len(order):
        # as many slots as the block's last row has, found by halving a first guess from below
        high = min(len(order), low + max(1, BLOCK // int(slots[order[low]])))
        while (high - low) * int(slots[order[high - 1]]) > 2 * BLOCK and high > low + 1:
            high = (low + high + 1) // 2
        yield order[low:high], int(slots[order[high - 1]])
        low = high


def slot_profits(
    contents: Contents, options: Options, rows: Ints, slots: int, tables: PriceTables, base: Floats
) -> Floats:
    """Reduced profit of a block of options (rows) by months waited after the window opens; minus infinity past its end."""
    content, months = options.content[rows].astype(np.int64), options.months[rows].astype(np.int64)
    first = contents.first[content]
    spare = contents.last[content] - first + 1 - months
    waits = np.arange(slots)
    start = np.minimum(first[:, None] + waits, (contents.months - months)[:, None])
    profit: Floats = base[rows][:, None] - tables.start[start]
    if tables.budget is not None:
        paid = _over_slots(tables.budget, contents.profile[content], start, months)
        paid *= ((contents.value[content] + options.extra[rows]) / months)[:, None]
        profit -= paid
    if tables.load is not None:
        loaded = _over_slots(tables.load.table(), options.sets[rows].astype(np.int64), start, months)
        loaded *= (contents.value[content] / months)[:, None]
        profit -= loaded
    profit[waits > spare[:, None]] = -np.inf
    return profit


def _over_slots(cumulative: Floats, lines: Ints, start: Ints, months: Ints) -> Floats:
    """Sums over slots of `months` months, from cumulative sums: for each line of the table by first months."""
    place = (lines * cumulative.shape[1])[:, None] + start
    flat = cumulative.ravel()
    summed: Floats = flat[place + months[:, None]] - flat[place]
    return summed


def best_waits(contents: Contents, options: Options, tables: PriceTables) -> tuple[Floats, Ints]:
    """Of every option the most that any slot brings, and the months waited for it: ties go to the earliest."""
    base = base_profit(contents, options, tables)
    waits = np.zeros(len(base), dtype=np.int64)
    if tables.budget is None and tables.load is None and not tables.start.any():
        return base, waits
    best = np.empty(len(base))
    for rows, slots in slot_blocks(contents, options):
        table = slot_profits(contents, options, rows, slots, tables, base)
        wait = table.argmax(axis=1)
        waits[rows] = wait
        best[rows] = table[np.arange(len(rows)), wait]
    return best, waits


def best_slots(contents: Contents, tables: PriceTables, options: Options) -> Best:
    """The best option and slot of every content: ties go to the longest, then the earliest."""
    size = len(contents)
    profit = np.full(size, -np.inf)
    row, start = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
    best = Best(profit, row, start, options, contents)
    if len(options) and there_is_a_kernel():
        _find_by_kernel(best, tables)
    elif len(options):
        brings, waits = best_waits(contents, options, tables)
        first = np.flatnonzero(np.diff(options.content, prepend=-1))
        content = options.content[first]
        most = np.maximum.reduceat(brings, first)
        enough = np.repeat(most - 1e-12 * contents.value[content], np.diff(first, append=len(brings)))
        good = np.flatnonzero(brings >= enough)
        chosen = good[np.flatnonzero(np.diff(options.content[good], prepend=-1))]
        profit[content], row[content] = brings[chosen], chosen
        start[content] = contents.first[content] + waits[chosen]
    return best


def _find_by_kernel(best: Best, tables: PriceTables) -> None:
    contents, options, weights, nothing = best.contents, best.options, tables.weights, np.zeros(0)
    odds = contents.market.columns()
    kernel.best_slots(
        (options.content, options.months, options.reserved, options.sets, options.extra),
        (contents.first, contents.last, contents.profile, contents.package, contents.value, contents.pool_value),
        (np.ascontiguousarray(odds.sme_win), odds.thin.astype(np.float64), tables.worth, tables.lot, tables.start),
        nothing if tables.budget is None else tables.budget,
        nothing if tables.load is None else tables.load.table(),
        (weights.cost, weights.thin, tables.reserve, LOT_TIE, RESERVED_TIE),
        *(best.profit, best.row, best.start),
    )
    if tables.more_undivided.any():
        # of all options of one alike
        whole = contents.pool == UNDIVIDED
        best.profit[whole] -= tables.more_undivided[contents.package[whole]]


def every_slot(contents: Contents, options: Options, tables: PriceTables) -> tuple[Ints, Ints, Floats]:
    """Every slot of some options: option (row), first month, and reduced profit."""
    base = base_profit(contents, options, tables)
    rows, starts, profits = [], [], []
    for block, slots in slot_blocks(contents, options):
        profit = slot_profits(contents, options, block, slots, tables, base)
        line, wait = np.nonzero(profit > -np.inf)
        rows.append(block[line])
        starts.append(contents.first[options.content[block[line]]] + wait)
        profits.append(profit[line, wait])
    return np.concatenate(rows), np.concatenate(starts), np.concatenate(profits)


def best_lots_of(contents: Contents, options: Options, tables: PriceTables, most: int) -> Lots:
    """The best slots of the contents of some options, at most so many each, as lots: content after content."""
    row, start, profit = every_slot(contents, options, tables)
    order = np.lexsort((start, row, -profit, options.content[row]))
    row, start = row[order], start[order]
    first = np.flatnonzero(np.diff(options.content[row], prepend=-1))
    rank = places_of_runs(0, np.diff(np.append(first, len(row))))
    return lots_of(contents, options, row[rank < most], start[rank < most])
