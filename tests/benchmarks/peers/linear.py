"""The compact model as columns and rows, for any solver of mixed-integer linear programs, and its solutions as schedules.

amount    parts of a unit in a potential lot, whole
chosen    whether a potential lot takes a choice, whole
value     of a potential lot under a choice, in thousands; 0 under those not taken
whole     whether a package is left undivided, whole
overflow  of a supplier and month, in thousands
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from math import inf

from compact import Compact, Whole
from pieces import THOUSAND, Choice, Unit

from lotsplit.evaluation import evaluate, largest_priority
from lotsplit.limits import CEILING_TOLERANCE, MONEY_TOLERANCE, SHARE_TOLERANCE
from lotsplit.plan import Budget, fiscal_year
from lotsplit.schedule import Lot, LotItem, Schedule, undivided_lot, undivided_plan

Entries = list[tuple[int, float]]


@dataclass
class LinearModel:
    """Columns from 0 to `upper`, rows of (entries, least, most), the profit to be maximised.

    rival: columns with the same number are never above 0 together (what rounding them can do is then less).
    """

    upper: list[float] = field(default_factory=list)
    profit: list[float] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)
    rival: list[int] = field(default_factory=list)
    rows: list[tuple[Entries, float, float]] = field(default_factory=list)
    constant: float = 0.0

    def column(self, upper: float, profit: float = 0.0, whole: bool = True, rival: int | None = None) -> int:
        """A new column's number."""
        self.upper.append(upper)
        self.profit.append(profit)
        self.whole.append(whole)
        self.rival.append(-len(self.upper) if rival is None else rival)
        return len(self.upper) - 1

    def row(self, entries: Entries, least: float = -inf, most: float = inf) -> None:
        """A new row, without entries that are 0 but for rounding."""
        self.rows.append(([(n, amount) for n, amount in entries if abs(amount) > 1e-9], least, most))


class Statement:
    """A compact plan stated as a linear model; the columns of each kind by what they are of."""

    def __init__(self, compact: Compact) -> None:
        self.compact, self.setting, self.model = compact, compact.setting, LinearModel()
        self.amount: dict[tuple[int, int], int] = {}
        self.chosen: dict[tuple[int, int], int] = {}
        self.value: dict[tuple[int, int], int] = {}
        self.choices = [(n, c, choice) for n, lot in enumerate(compact.lots) for c, choice in enumerate(lot.choices)]
        self._months_known: dict[object, int] = {}
        model = self.model
        for n, lot in enumerate(compact.lots):
            for u in lot.units:
                self.amount[n, u] = model.column(compact.units[u].parts)
            for c, choice in enumerate(lot.choices):
                base, slope = choice.piece.profit
                self.chosen[n, c] = model.column(1, base)
                self.value[n, c] = model.column(choice.high, slope, whole=False, rival=n)
        self.whole = [model.column(1, _at_value(whole, whole.piece.profit)) for whole in compact.wholes]
        plan, rules, market = self.setting.plan, self.setting.rules, self.setting.market
        before = evaluate(plan, rules, undivided_plan(plan), market).undivided
        model.constant = rules.extra_cost_weight * before.cost / THOUSAND
        self._hold_all()
        for n in range(len(compact.lots)):
            self._shape(n)
        self._lots_of_packages()
        self._shared_limits()

    # -- the shape of lots -----------------------------------------------------------------------------------------

    def _hold_all(self) -> None:
        """Every unit lies in lots wholly, unless its package is left undivided; a package without lots must be."""
        entries: dict[int, Entries] = {u: [] for u in range(len(self.compact.units))}
        for (_, u), column in self.amount.items():
            entries[u].append((column, 1.0))
        wholes = self._wholes_of_packages()
        for u, unit in enumerate(self.compact.units):
            left = [(column, float(unit.parts)) for column in wholes[self.compact.unit_package[u]]]
            self.model.row(entries[u] + left, unit.parts, unit.parts)
        for number, package in enumerate(self.setting.plan.packages):
            at_least = 0.0 if package.divisible else 1.0
            self.model.row([(column, 1.0) for column in wholes[number]], at_least, 1.0)

    def _wholes_of_packages(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = defaultdict(list)
        for whole, column in zip(self.compact.wholes, self.whole):
            found[whole.package].append(column)
        return found

    def _shape(self, n: int) -> None:
        """One choice at most; a value in its range; its own unit inside; no unit that the choice does not allow."""
        lot, units = self.compact.lots[n], self.compact.units
        choices = list(enumerate(lot.choices))
        used = [(self.chosen[n, c], 1.0) for c, _ in choices]
        self.model.row(used, 0.0, 1.0)
        held = [(self.amount[n, u], -units[u].part_value) for u in lot.units]
        self.model.row([(self.value[n, c], 1.0) for c, _ in choices] + held, 0.0, 0.0)
        for c, choice in choices:
            self.model.row([(self.value[n, c], 1.0), (self.chosen[n, c], -choice.high)], most=0.0)
            self.model.row([(self.value[n, c], 1.0), (self.chosen[n, c], -choice.low)], least=0.0)
        own = self.amount[n, lot.units[0]]
        self.model.row([(own, 1.0), *((column, -1.0) for column, _ in used)], least=0.0)
        for u in lot.units:
            allowed = [(self.chosen[n, c], -float(units[u].parts)) for c, choice in choices if _fits(units[u], choice)]
            self.model.row([(self.amount[n, u], 1.0), *allowed], most=0.0)
        for service in {units[u].service for u in lot.units}:
            claimed = [(self.chosen[n, c], 1.0) for c, choice in choices if service in choice.services]
            there = [(self.amount[n, u], -1.0) for u in lot.units if units[u].service == service]
            if any(len(choice.services) > 1 for choice in lot.choices):
                self.model.row(claimed + there, most=0.0)
        if lot.after is not None:
            self.model.row([(self.amount[lot.after, lot.units[0]], 1.0), (own, -1.0)], least=0.0)

    def _lots_of_packages(self) -> None:
        """Fewest and most lots of each package that is divided."""
        entries: dict[int, Entries] = defaultdict(list)
        for (n, _), column in self.chosen.items():
            entries[self.compact.lots[n].package].append((column, 1.0))
        for number, package in enumerate(self.setting.plan.packages):
            if package.divisible and (package.min_lots > 1 or package.max_lots is not None):
                least = package.min_lots if package.min_lots > 1 else 0
                self.model.row(entries[number], least, inf if package.max_lots is None else package.max_lots)

    # -- what lots share -------------------------------------------------------------------------------------------

    def _shared_limits(self) -> None:
        rules, plan, model = self.setting.rules, self.setting.plan, self.model
        if rules.max_lots_per_month is not None:
            for month in range(plan.months):
                starting = [(self.chosen[n, c], 1.0) for n, c, choice in self.choices if choice.start == month]
                starting += [(col, 1.0) for col, whole in self._wholes() if whole.start == month]
                model.row(starting, most=rules.max_lots_per_month)
        if rules.reserve_max_value is not None:
            held = [(self.value[n, c], 1.0) for n, c, choice in self.choices if choice.reserved]
            held += [(column, whole.piece.high) for column, whole in self._wholes() if whole.reserved]
            model.row(held, most=(rules.reserve_max_share + SHARE_TOLERANCE) * plan.value / THOUSAND)
        for budget in plan.budgets:
            most = budget.ceiling * (1 + CEILING_TOLERANCE) + MONEY_TOLERANCE
            model.row(self._spent(budget), most=most / THOUSAND)
        overflows = self._overflows()
        if rules.min_sme_share is not None:
            least = (rules.min_sme_share - SHARE_TOLERANCE) * plan.value / THOUSAND
            model.row(self._won(None) + [(column, -1.0) for column in overflows], least=least)
        for region in plan.regions:
            if region.min_sme_share is not None:
                value = sum(i.value for i in plan.items if plan.region_tree.within(i.region, region.id))
                least = (region.min_sme_share - SHARE_TOLERANCE) * value / THOUSAND
                model.row(self._won(region.id), least=least)

    def _wholes(self) -> list[tuple[int, Whole]]:
        return list(zip(self.whole, self.compact.wholes))

    def _spent(self, budget: Budget) -> Entries:
        """The cost that a budget sees, by its chord."""
        plan, entries = self.setting.plan, []
        for n, c, choice in self.choices:
            lot = self.compact.lots[n]
            if budget.region is None or plan.region_tree.within(lot.region, budget.region):
                share = self._months_in(budget, choice.start, choice.months) / choice.months
                if share and budget.fund in (None, plan.packages[lot.package].fund):
                    base, slope = choice.piece.cost
                    entries += [(self.chosen[n, c], share * base), (self.value[n, c], share * slope)]
        for column, whole in self._wholes():
            package = plan.packages[whole.package]
            share = self._share_in(package.items, budget.region)
            share *= self._months_in(budget, whole.start, whole.months) / whole.months
            if share and budget.fund in (None, package.fund):
                entries.append((column, share * _at_value(whole, whole.piece.cost)))
        return entries

    def _months_in(self, budget: Budget, start: int, months: int) -> int:
        if budget.year is None:
            return months
        key = budget.year, start, months
        if key not in self._months_known:
            first, begins = self.setting.plan.first_month + start, self.setting.rules.fiscal_year_start
            self._months_known[key] = sum(budget.year == fiscal_year(m, begins) for m in range(first, first + months))
        return self._months_known[key]

    def _share_in(self, items: tuple, region: str | None) -> float:
        within = self.setting.plan.region_tree.within
        inside = sum(i.value for i in items if region is None or within(i.region, region))
        return inside / sum(i.value for i in items)

    def _won(self, region: str | None) -> Entries:
        """What SMEs are expected to win in a region, before overflow."""
        plan, within = self.setting.plan, self.setting.plan.region_tree.within
        won = [
            (self.value[n, c], choice.piece.win)
            for n, c, choice in self.choices
            if region is None or within(self.compact.lots[n].region, region)
        ]
        for column, whole in self._wholes():
            share = self._share_in(plan.packages[whole.package].items, region)
            won.append((column, share * whole.piece.win * whole.piece.high))
        return won

    def _overflows(self) -> list[int]:
        """A column and row for each supplier and month that can have more than it can take on."""
        capacity = self.setting.market.bidders.row_capacity / THOUSAND
        loads: dict[tuple[int, int], Entries] = defaultdict(list)
        most: dict[tuple[int, int], dict[int, float]] = defaultdict(lambda: defaultdict(float))
        columns = [(self.value[n, c], self.compact.lots[n].package, x) for n, c, x in self.choices]
        columns += [(column, whole.package, whole) for column, whole in self._wholes()]
        for column, package, taken in columns:
            whole = isinstance(taken, Whole)
            value = self.setting.plan.packages[package].value / THOUSAND
            for row, load in taken.piece.loads:
                for month in range(taken.start, taken.start + taken.months):
                    loads[row, month].append((column, load * taken.piece.high if whole else load))
                    most[row, month][package] = max(most[row, month][package], load * value)
        overflows = []
        for (row, month), entries in loads.items():
            if sum(most[row, month].values()) > capacity[row]:
                penalty = -largest_priority(self.setting.plan)
                column = self.model.column(sum(most[row, month].values()), penalty, whole=False)
                self.model.row([*entries, (column, -1.0)], most=capacity[row])
                overflows.append(column)
        return overflows

    # -- solutions -------------------------------------------------------------------------------------------------

    def schedule(self, values: list[float]) -> Schedule:
        """The schedule that a solution means."""
        compact, plan = self.compact, self.setting.plan
        lots: list[list[Lot]] = [[] for _ in plan.packages]
        for column, whole in self._wholes():
            if values[column] > 0.5:
                lots[whole.package].append(undivided_lot(plan.packages[whole.package], whole.reserved))
        for n, c, choice in self.choices:
            if values[self.chosen[n, c]] > 0.5:
                lot, number = compact.lots[n], len(lots[compact.lots[n].package]) + 1
                package = plan.packages[lot.package]
                parts = [
                    LotItem(item.id, item.quantity * round(values[self.amount[n, u]]) / compact.units[u].parts)
                    for u in lot.units
                    if round(values[self.amount[n, u]])
                    for item in compact.units[u].items
                ]
                start = plan.first_month + choice.start
                made = Lot(
                    f"{package.id}-{number:02d}", package.id, tuple(parts), start, choice.months, False, choice.reserved
                )
                lots[lot.package].append(made)
        return Schedule(tuple(lot for own in lots for lot in own))


def _fits(unit: Unit, choice: Choice) -> bool:
    """Whether a unit may be delivered in a choice's slot and is of one of its services."""
    inside = unit.first <= choice.start and choice.start + choice.months - 1 <= unit.last
    return inside and unit.min_months <= choice.months and unit.service in choice.services


def _at_value(whole: Whole, line: tuple[float, float]) -> float:
    return line[0] + line[1] * whole.piece.high
