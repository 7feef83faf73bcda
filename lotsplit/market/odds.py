"""The odds of lots: which bidders are eligible, and what follows from that, each eligible set worked out once.

For given trades, regions and duration the eligible set is a step function of the lot's value (model, section 2): its
steps lie at the bidders' limits. A *group* is what is fixed before value and duration are known: the suppliers that
serve a lot's trades and regions (or, with a participation curve, the nature of the contract).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from lotsplit.limits import MONEY_TOLERANCE, SHARE_TOLERANCE
from lotsplit.market.bidders import Bidders, Bools, Floats, Ints, bidders_of
from lotsplit.market.participation import ParticipationCurve, curve_of
from lotsplit.market.sets import EligibleSets, Rows, SetColumns
from lotsplit.market.winning import winning_tables
from lotsplit.plan import Package, TenderPlan, trades_match
from lotsplit.rules import Rules


@dataclass
class StepTable:
    """The steps of several groups at one duration, one group after another, so that lots of all are looked up at once.

    place: of each group. starts: of each step but the first of its group. values: all of them, ascending. keys: of each of
    them: place of the group x (1 + number of values) + rank of the start. sets: number of each step's eligible set, open lots in the first
    row and reserved ones in the second, -1 where no lot has met it yet.
    """

    place: dict[int, int]
    starts: Floats
    values: Floats
    keys: Ints
    sets: Ints

    @staticmethod
    def empty() -> StepTable:
        """A table of no groups."""
        whole = np.zeros(0, dtype=np.int64)
        return StepTable({}, np.zeros(0), np.zeros(0), whole, np.zeros((2, 0), dtype=np.int64))

    def extended(self, groups: list[int], more: list[Floats]) -> StepTable:
        """The table with some groups more, given with the starts of their steps."""
        place = {group: n for n, group in enumerate([*self.place, *groups])}
        old_place = self.keys // (1 + len(self.values))
        starts = np.concatenate([self.starts, *more])
        owner = np.concatenate([old_place, np.repeat(len(self.place) + np.arange(len(groups)), [len(m) for m in more])])
        values = np.unique(starts)
        keys = owner * (1 + len(values)) + 1 + values.searchsorted(starts)
        sets = np.concatenate([self.sets, np.full((2, len(starts) + len(place) - self.sets.shape[1]), -1)], axis=1)
        return StepTable(place, starts, values, keys, sets)

    def start_of(self, numbers: Ints) -> Ints:
        """Of some steps by number: 1 + the place of its start among all starts; 0 for the first step of a group."""
        groups = len(self.place)
        first = self.keys.searchsorted(np.arange(groups) * (1 + len(self.values)), side="right") + np.arange(groups)
        group = np.searchsorted(first, numbers, side="right") - 1
        found: Ints = np.where(numbers == first[group], 0, numbers - group)
        return found

    def numbers(self, places: Ints, values: Floats) -> Ints:
        """The number of the step of each lot value, counted over all groups."""
        rank = self.values.searchsorted(values, side="right")
        found: Ints = self.keys.searchsorted(places * (1 + len(self.values)) + rank, side="right") + places
        return found


class Market:
    """Odds of any lot of one plan under one set of rules. Eligible sets are numbered as they are met."""

    def __init__(self, plan: TenderPlan, rules: Rules) -> None:
        self.rules = rules
        self._plan = plan
        self.bidders: Bidders = bidders_of(plan.suppliers, rules)
        self._groups: dict[object, int] = {}
        self._group_members: list[Ints] = []
        self._group_nature: list[str] = []
        self._trade_rows: dict[str, Bools] = {}
        self._region_rows: dict[str, Bools] = {}
        self._steps: dict[tuple[int, int], Floats] = {}
        self._step_tables: dict[int, StepTable] = {}
        self._largest: dict[int, Floats] = {}

    @cached_property
    def participation(self) -> str:
        """ "market" with a supplier register, "curve" without one."""
        return "market" if self._plan.suppliers else "curve"

    @cached_property
    def curve(self) -> ParticipationCurve:
        """The participation curve: the plan's own, otherwise the built-in one."""
        return curve_of(self._plan)

    @cached_property
    def sets(self) -> EligibleSets:
        """The eligible sets met so far."""
        return EligibleSets(self.bidders, winning_tables(self.bidders), self.rules.min_bidders)

    # -- groups ----------------------------------------------------------------------------------------------------

    def group(self, package: Package, trades: Iterable[str | None], regions: Iterable[str | None]) -> int:
        """The group of an ordinary lot of a package: its suppliers serve every trade and every region (rules 1 and 2)."""
        if self.participation == "curve":
            return self._curve_group(package.nature)
        key = (frozenset(trades) - {None}, frozenset(regions) - {None})
        if key not in self._groups:
            serves = self._serves_regions(key[1])
            for trade in key[0]:
                serves = serves & self._serves_trade(str(trade))
            self._add_group(key, serves)
        return self._groups[key]

    def undivided_group(self, package: Package) -> int:
        """The group of an undivided package: its suppliers serve the trades of enough of its value, and every region."""
        if self.participation == "curve":
            return self._curve_group(package.nature)
        key = ("undivided", package.id)
        if key not in self._groups:
            of_trade: dict[str | None, float] = {}
            for item in package.items:
                of_trade[item.trade] = of_trade.get(item.trade, 0.0) + item.value
            served = np.zeros(len(self.bidders.count))
            for trade, value in of_trade.items():
                served += value * (1.0 if trade is None else self._serves_trade(trade))
            enough = served / package.value >= 1.0 - self.rules.subcontracting - SHARE_TOLERANCE
            self._add_group(key, enough & self._serves_regions(item.region for item in package.items))
        return self._groups[key]

    def _add_group(self, key: object, serves: Bools) -> None:
        self._groups[key] = len(self._group_members)
        self._group_members.append(np.flatnonzero(serves & (self.bidders.count > 0)))
        self._group_nature.append("")

    def group_members(self, group: int) -> Ints:
        """The supplier rows of a group (none with a participation curve)."""
        return self._group_members[group]

    def _serves_trade(self, trade: str) -> Bools:
        if trade not in self._trade_rows:
            self._trade_rows[trade] = np.array(
                [any(trades_match(t, trade) for t in s.trades) for s in self._plan.suppliers], dtype=np.bool_
            )
        return self._trade_rows[trade]

    def _serves_regions(self, regions: Iterable[str | None]) -> Bools:
        serves = np.ones(len(self._plan.suppliers), dtype=np.bool_)
        for region in set(regions) - {None}:
            assert region is not None
            if region not in self._region_rows:
                areas = {"*", *self._plan.region_tree.upwards(region)}
                self._region_rows[region] = np.array(
                    [not areas.isdisjoint(s.regions) for s in self._plan.suppliers], dtype=np.bool_
                )
            serves = serves & self._region_rows[region]
        return serves

    # -- eligible sets ---------------------------------------------------------------------------------------------

    def steps(self, group: int, months: int) -> Floats:
        """The steps of a group's eligible set at one duration: the least value of each but the first, ascending."""
        self.work_out_steps([group], months)
        return self._steps[group, months]

    def sides(self, group: int, months: int) -> Floats:
        """The values on both sides of every step, ascending: the end of one, and the start of the next."""
        starts = self.steps(group, months)
        return np.stack([np.nextafter(starts, 0.0), starts], axis=1).ravel()

    def work_out_steps(self, groups: Iterable[int], months: int) -> None:
        """Work out the steps of several groups together, which is quicker than one by one; those known stay."""
        groups = [group for group in groups if (group, months) not in self._steps]
        if not groups:
            return
        if self.participation == "curve":
            starts = [self.curve.steps(self._group_nature[group]) - MONEY_TOLERANCE for group in groups]
            owner = np.repeat(np.arange(len(groups)), [len(own) for own in starts])
            start = np.concatenate(starts)
        else:
            members = np.concatenate([self._group_members[group] for group in groups])
            owner = np.repeat(np.arange(len(groups)), [len(self._group_members[group]) for group in groups])
            largest = self._largest_value(months)[members]
            smallest = self.bidders.smallest_value()[members]
            above = np.flatnonzero(np.isfinite(largest))
            start = np.concatenate([np.nextafter(largest[above], np.inf), smallest])
            owner = np.concatenate([owner[above], owner])
        order = np.lexsort((start, owner))
        owner, start = owner[order], start[order]
        new = (np.diff(owner, prepend=-1) != 0) | (np.diff(start, prepend=-np.inf) != 0)
        new &= start > 0
        owner, start = owner[new], start[new]
        cuts = np.searchsorted(owner, np.arange(len(groups) + 1)).tolist()
        for group, (low, high) in zip(groups, pairwise(cuts), strict=True):
            self._steps[group, months] = start[low:high]

    def sets_of_groups(self, groups: Ints, months: int, values: Floats, reserved: bool = False) -> Ints:
        """The eligible set of each lot, as its number (rules 1 to 6); columns() has what follows from it. groups: of each lot."""
        met, inverse = np.unique(groups, return_inverse=True)
        table = self._step_table(months, met.tolist())
        place = np.array([table.place[group] for group in met.tolist()], dtype=np.int64)
        steps = table.numbers(place[inverse], values)
        known = table.sets[int(reserved)]
        unknown = np.unique(steps[known[steps] < 0])
        if len(unknown):
            first = table.numbers(place, np.full(len(place), -np.inf))
            group_of = np.argsort(first)[np.searchsorted(np.sort(first), unknown, side="right") - 1]
            starts = np.concatenate([[0.0], table.starts])[table.start_of(unknown)]
            known[unknown] = self._step_sets(met[group_of].tolist(), starts, months, reserved)
        found: Ints = known[steps]
        return found

    def _step_table(self, months: int, groups: list[int]) -> StepTable:
        """The steps of all groups met so far at one duration, these among them."""
        table = self._step_tables.get(months, StepTable.empty())
        new = [group for group in groups if group not in table.place]
        if new or months not in self._step_tables:
            self.work_out_steps(new, months)
            table = table.extended(new, [self.steps(group, months) for group in new])
            self._step_tables[months] = table
        return table

    def _largest_value(self, months: int) -> Floats:
        if months not in self._largest:
            self._largest[months] = self.bidders.largest_value(months, self.rules)
        return self._largest[months]

    def _step_sets(self, groups: list[int], starts: Floats, months: int, reserved: bool) -> Ints:
        """The eligible set at the start of one step of each of some groups."""
        if self.participation == "curve":
            pairs = zip(groups, starts.tolist(), strict=True)
            return np.array([self._curve_set(self._group_nature[group], start) for group, start in pairs])
        sizes = [len(self._group_members[group]) for group in groups]
        members = np.concatenate([self._group_members[group] for group in groups])
        value = np.repeat(starts, sizes)
        carries = (value <= self._largest_value(months)[members]) & (self.bidders.smallest_value()[members] <= value)
        if reserved:
            carries &= self.bidders.is_sme[members]
        step = np.repeat(np.arange(len(groups)), sizes)[carries]
        return self.sets.numbers(members[carries], np.bincount(step, minlength=len(groups)))

    def columns(self) -> SetColumns:
        """What follows from each eligible set met so far, one row a set."""
        return self.sets.columns()

    def members(self, number: int) -> Rows:
        """The supplier rows of an eligible set."""
        return self.sets.members(number)

    def chances(self, number: int) -> Floats:
        """q of each member of an eligible set, in the order of members()."""
        return self.sets.chances(number)

    # -- participation curve ---------------------------------------------------------------------------------------

    def _curve_group(self, nature: str) -> int:
        key = ("nature", nature)
        if key not in self._groups:
            self._groups[key] = len(self._group_members)
            self._group_members.append(np.zeros(0, dtype=np.int64))
            self._group_nature.append(nature)
        return self._groups[key]

    def _curve_set(self, nature: str, value: float) -> int:
        share = float(self.curve.win_probability(nature, np.array([value]))[0])
        return self.sets.band(("band", nature, value), share)

    def ends(self, group: int, months: int) -> Floats:
        """The largest value of each step of the eligible set, ascending (without infinity): where good lots end."""
        return np.nextafter(self.steps(group, months), 0.0)
