"""The search on one screen: column generation over packings, rounding, an integer program over what is left, a proven bound.

Dantzig and Wolfe, Operations Research 8 (1960), for the decomposition; the model's section 8 for what is particular here.
"""

from __future__ import annotations

import numpy as np

from lotsplit.market import Market
from lotsplit.optimizer.clash import least_relaxations
from lotsplit.optimizer.compiled import give_back, there_is_a_kernel
from lotsplit.optimizer.ending import PROOF, record_of, stop_of
from lotsplit.optimizer.lots.arrays import Contents, Ints
from lotsplit.optimizer.lots.pools import pools_of_plan
from lotsplit.optimizer.lots.rows import Prices, Rows, no_prices, weights_of
from lotsplit.optimizer.lots.slots import SetLoads
from lotsplit.optimizer.master.columns import Columns
from lotsplit.optimizer.master.program import SLACK, Master, Point
from lotsplit.optimizer.master.volume import FAR, Volume
from lotsplit.optimizer.pace import FEW_WIDE, pace_of
from lotsplit.optimizer.packings.curves import Curves
from lotsplit.optimizer.packings.regroup import THOROUGH
from lotsplit.optimizer.phases import Phases
from lotsplit.optimizer.pricing.pricer import Priced, Pricer, enumerate_small, wide_pools
from lotsplit.optimizer.pricing.recent import RecentPrices
from lotsplit.optimizer.rounding.between import pack_between
from lotsplit.optimizer.rounding.branching import branch
from lotsplit.optimizer.rounding.closing import close
from lotsplit.optimizer.rounding.incumbent import assess, schedule_of
from lotsplit.optimizer.rounding.moving import move_around, move_lots
from lotsplit.optimizer.rounding.schedules import EARLY_ORDERS, Schedules
from lotsplit.optimizer.rounding.tidy import tidied
from lotsplit.optimizer.solver import Clock, Status
from lotsplit.optimizer.undivided import best_undivided, prices_of_limits
from lotsplit.plan import TenderPlan
from lotsplit.result import Aim, Progress, Relaxation, Result, Stop
from lotsplit.rules import Rules

ROUNDS = 80
TARGETS = 2
# with more wide pools the volume algorithm prices the master, and whoever stops the search need not wait for a bound
MANY_WIDE = 1_000
# rounds of column generation: in the end, and while no mixture of columns holds every limit
LATE_ROUNDS, ROUNDS_OF_NONE = 12, 60
# of the seconds of the first packings of many wide pools: left for the bound, and for rounding after it
RESERVE = 10.0
# of rounding; and how often packings, columns and rounding are drawn anew, with so much more as their seed, while the best schedule
# is so many times farther behind the linear program than is near enough
TURNS, MORE_LUCK, NEXT_SEED, FAR_ASTRAY = 2, 5, 1_000, 4.0
# of the gap asked for: a stage that brings less brings little
LITTLE = 0.5
# of the plan's value: so far behind the linear program lots are moved by themselves
MOVE_LOTS = 2e-3
# of the pools farthest from their bounds: those packed with more effort, those packed from the lots that the bounds of the kernel
# rest on, and those bounded more closely
LOOSEST, LOOSEST_WITH_KERNEL, CLOSER = 32, 128, 64
FEW_ITEMS = 60


class Search:
    """One search: what is known so far (the best schedule, the bound), and the steps that improve it.

    gap: money. Values and bounds are without the constant of the aim until the result.
    """

    def __init__(
        self,
        plan: TenderPlan,
        rules: Rules,
        aim: Aim,
        gap: float,
        solver: str,
        seed: int,
        clock: Clock,
        progress: Progress,
    ) -> None:
        self.plan, self.rules, self.aim, self.gap = plan, rules, aim, gap
        self.solver, self.seed, self.clock, self.progress = solver, seed, clock, progress
        # small plans go on to the proof; for others the last tenth of the gap is not worth a third of the rounds
        self.enough = PROOF * plan.value if len(plan.items) <= FEW_ITEMS else 0.1 * gap
        self.phases = Phases()
        # every lot won by SMEs at no cost: a bound before there is a better one
        self.bound = (
            sum(plan.priority(item.region) * item.value for item in plan.items) if aim is Aim.OBJECTIVE else 0.0
        )
        self.proven_infeasible = False
        self.relaxations: tuple[Relaxation, ...] = ()
        self.stop = Stop.NO_PROGRESS
        self.phases.begin("reading the market")
        progress.report(self.phases.now, None, None)
        contents = Contents(plan, rules, Market(plan, rules), pools_of_plan(plan, rules))
        undivided = contents.add_undivided()
        small, wide = enumerate_small(contents), wide_pools(contents, clock)
        contents.make_options(np.arange(len(contents)))
        self.contents = contents
        self.weights = weights_of(aim, plan, rules)
        self.rows, loads = Rows(contents), SetLoads(contents)
        self.pricer = Pricer(self.rows, self.weights, loads, small, wide, undivided)
        self.columns = Columns(self.rows, self.weights, loads)
        self.master = Master(self.columns, self.weights, solver, clock, self.pricer.apart)
        self.volume = Volume(self.columns, self.weights, self.master.pools_of, clock)
        self.many_wide = self.by_volume = len(wide) > MANY_WIDE
        self.pace = pace_of(len(wide))
        self.far_behind = self.pace.far_behind * gap
        self.schedules = Schedules(self.pricer, self.columns, self.master, clock, seed, self._report)
        # without wide pools the search goes on to the proof
        self.wanted = gap if wide and len(plan.items) > FEW_ITEMS else PROOF * plan.value
        # at most of the plan's only package, left undivided
        self.undivided = -np.inf
        self.constant = self.weights.cost * self.pricer.undivided_extra()
        self.priced: Priced | None = None
        self.point: Point | None = None
        self.prices: Prices = no_prices(self.rows)
        # seconds kept for the bound and rounding; whether steps were left out for want of time
        self.reserve, self.hurried = 0.0, False
        self.recent = RecentPrices(self.pricer, gap)

    # -- the search ------------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Columns, the bound, more packings of wide pools, a schedule, a better one; for small plans the proof."""
        self.undivided = best_undivided(self.pricer, self.clock, self.schedules.take)
        self._start()
        if self.pricer.wide:
            self._phase("packing pools")
            begun = self.clock.left()
            self._widen(self.prices, np.arange(len(self.pricer.wide)), 0)
            self.reserve = RESERVE * (begun - self.clock.left()) if self.many_wide else 0.0
            self._start()
        self._generate_and_widen()
        if self.hurried:
            # the bound may take what time is left
            self._round()
        # also when the time is over, so that the gap says something; whoever stops the search need not wait for it long
        if self.pricer.wide and not (self.clock.stopped() and self.many_wide):
            self._prove()
        # its memory is not needed any more, and rounding splits off one of its own
        self.pricer.wide.close()
        if not self._reached():
            self._round()
            self._round_again()
            self._branch()
        if not self._reached() and not self.clock.over():
            self._phase("integer program")
            self._improve_by_master()
            self._move_lots()
            if not self._reached() and not self.clock.over():
                self._close()
        if self.schedules.best is None and not self.clock.over():
            self._phase("what clashes")
            self._find_clash()
        self._settle()

    def _start(self) -> None:
        """Columns, and a schedule, of what packings are known at prices of nothing: at first of wide packages undivided only."""
        priced = self.pricer.price(self.prices, prove=False)
        whole = assess(self.pricer, priced.best.lots(self.pricer.undivided))
        self.schedules.take(whole, allowed=bool(self.pricer.may_stay_whole.all()))
        self._take_bound(priced)
        self.pricer.add_to(self.columns, priced, np.arange(len(self.contents.pools)))
        if not self.clock.stopped():
            self.schedules.first(self.prices)

    def _round(self) -> None:
        if self.point is None or (self.clock.stopped() and self.schedules.best is not None):
            return
        self._phase("rounding")
        # what the columns cannot hold together, no choice of them does: there should be time left to see what clashes
        if self.clock.stopped() or (self.pricer.wide and self._lacking() and not self.by_volume):
            self.schedules.round(self.point, self.prices, most=2)
            return
        before = self.point
        if not self.many_wide:
            self.point, self.prices = self.schedules.spread(self.point, self.prices)
        for number in range(TURNS):
            if number and self.clock.over():
                break
            # without the columns that no schedule takes it may lack some that one could
            if number == 1 and self._far_astray(before):
                solved = pack_between(self.schedules, self.prices, self.pace.effort)
                self.point, self.prices = solved or (self.point, self.prices)
            elif number and self.schedules.behind(self.point) <= self.far_behind:
                break
            if number or not self.many_wide:  # many columns are choice enough at first
                self.schedules.vary(self.prices, number)
            self.schedules.round(self.point, self.prices)
            if not self.many_wide:
                self.schedules.reprice(self.prices)
                self.schedules.dive(self.point, self.prices, self.far_behind)
        if self.many_wide and self.schedules.best is not None and not self._reached():
            self.schedules.alternate(self.schedules.best.lots, self.prices)

    def _round_again(self) -> None:
        """Other packings, columns and draws where the schedule is far behind: that may have been bad luck."""
        for _ in range(MORE_LUCK):
            if not self._far_astray(self.point) or self._reached() or self.clock.over():
                return
            self.schedules.seed += NEXT_SEED
            self._phase("packing pools")
            self.pricer.wide.begin(self.pricer.tables)
            self._widen(self.prices, np.arange(len(self.pricer.wide)), self.schedules.seed)
            self.pricer.wide.close()
            self._phase("column generation")
            self._generate(LATE_ROUNDS)
            self._round()

    def _branch(self) -> None:
        """Schedules and a bound from branches on packages that the linear program leaves undivided in part."""
        if self.many_wide or len(self.pricer.wide) > FEW_WIDE or self._reached() or self.clock.over():
            return
        if self.far_behind * FAR_ASTRAY < self._gap() < np.inf:
            self._phase("branching")
            self.bound = branch(self.schedules, self.bound, self.pace.effort, self.wanted)

    def _behind(self) -> float:
        """How far the best schedule is behind the linear program, or only the bound: branches may have brought it nearer."""
        return min(self.schedules.behind(self.point), self._gap())

    def _far_astray(self, point: Point | None) -> bool:
        """Whether the best schedule is so far behind a solution of the linear program that more ways to better ones are tried."""
        return not self.many_wide and self.far_behind * FAR_ASTRAY < self.schedules.behind(point) < np.inf

    def _improve_by_master(self) -> None:
        if self.point is not None and self._behind() > 5 * self.enough:
            self.schedules.improve_by_master(self.point, self.prices, 0.1 * self.gap)

    def _move_lots(self) -> None:
        if self.point is None or len(self.pricer.wide) > FEW_WIDE:
            return
        # of a small plan the linear program may not know the contents that fit beside each other
        behind = self._gap() if len(self.plan.items) <= FEW_ITEMS else self._behind()
        if behind > MOVE_LOTS * self.plan.value:
            move_lots(self.schedules, self.point, self.prices, 0.1 * self.gap, far=self._far_astray(self.point))
        if self.pricer.wide and self._behind() > MOVE_LOTS * self.plan.value:
            move_around(self.schedules, self.prices, 0.1 * self.gap)

    def _find_clash(self) -> None:
        """The limits that clash; where none has to give way, the schedule that shows it."""
        clash = least_relaxations(self.pricer, self.columns, self.schedules.nearest, self.solver, self.clock)
        if clash.lots is not None and self.schedules.take(assess(self.pricer, clash.lots)):
            return
        self.relaxations = clash.relaxations
        self.proven_infeasible = self.proven_infeasible or clash.proven

    def _generate_and_widen(self) -> None:
        """Column generation, and for wide pools more packings at the prices found, in turn, until these bring nothing more."""
        before, idle, which = np.inf, 0, np.arange(len(self.pricer.wide))
        for stage in range(self.pace.stages if self.pricer.wide else 0):
            self._phase("column generation")
            self._generate(self.pace.early_rounds)
            if self.point is None or self.clock.over():
                return
            if self.schedules.best is None:
                # in case that the time is up before the columns are complete
                self._phase("rounding")
                self.schedules.round(self.point, self.prices, most=2, orders=EARLY_ORDERS)
            # the first packings at prices of the linear program bring too much to be left out
            if stage > 0 and self.clock.left() < self.reserve:
                self.hurried = True
                return
            little = before - self.point.objective < max(PROOF * self.plan.value, LITTLE * self.gap)
            before = self.point.objective
            self._phase("packing pools")
            which = self._widen(self.prices, which, stage)
            idle = idle + 1 if little else 0
            if idle >= self.pace.patience or not len(which):
                break
        self._phase("column generation")
        self._generate(LATE_ROUNDS if self.pricer.wide else ROUNDS)

    def _widen(self, prices: Prices, which: Ints, number: int) -> Ints:
        """More packings of some wide pools at some prices; those that have better ones now (all, of the first times)."""
        better = self.pricer.wide.widen(prices, which, TARGETS, self.pace.effort, self.seed + number)
        return better if number else which

    def _prove(self) -> None:
        """The bound at good prices; then better packings and closer bounds where the two are farthest apart."""
        self._phase("bound")
        # split off anew, the second process shares what was found since instead of holding it too
        self.pricer.wide.begin(self.pricer.tables)
        priced = self.pricer.price(self.recent.good(self.prices))
        self._take_bound(priced)
        if self.point is not None and priced.bound + self.point.objective <= 0.5 * self.wanted:
            self._round()
        spare = np.inf if self.point is None else priced.bound + self.point.objective
        if self.point is None or spare <= self.enough or self._reached() or self.clock.over():
            return
        if self.clock.left() < 0.5 * self.reserve:
            self.hurried = True
            return
        most = LOOSEST_WITH_KERNEL if there_is_a_kernel() else LOOSEST
        loosest = self.pricer.loosest(priced, most)
        seed = self.seed + self.pace.stages
        self._phase("packing pools")
        self.pricer.wide.widen(priced.prices, loosest[:LOOSEST], Curves.TARGETS, THOROUGH, seed)
        self._phase("bound")
        priced = self.pricer.refined(priced, loosest[:CLOSER])
        self._take_bound(priced)
        self._phase("packing pools")
        # the closer bound leaves packings behind, of the lots that it rests on
        self.pricer.wide.widen(priced.prices, loosest, 0, self.pace.effort, seed)
        loosest = self.pricer.loosest(priced, LOOSEST)
        self.pricer.wide.widen(priced.prices, loosest, Curves.TARGETS, THOROUGH, seed + 1)
        self._phase("column generation")
        self._generate(LATE_ROUNDS)

    def _generate(self, rounds: int) -> None:
        """Column generation: solve the master, price, add columns, until nothing improves."""
        number = 0
        while number < self._most_rounds(rounds) and not self.clock.over():
            solved = self.volume.solve(self.prices) if self.by_volume else self.master.solve()
            if solved is None:
                return
            self.point, self.prices, thresholds = solved
            number += 1
            priced = self.pricer.price(self.prices, prove=False)
            self._take_bound(priced)
            self.recent.add(priced)
            added = self.pricer.add_improving(self.columns, priced, thresholds)
            ended = not added or priced.estimate + self.point.objective <= self.enough
            if self.by_volume and self._lacking() and (ended or number >= rounds):
                # where every month is full, its prices send all packages from one month to another
                self.by_volume = False
            elif ended and not self._slack_was_cheap():
                return

    def _slack_was_cheap(self) -> bool:
        """Whether no mixture holds every limit only as breaking one cost too little; it is dear from then on."""
        if not self._lacking() or self.by_volume or self.master.slack_is_dear:
            return False
        # at prices so high bounds say little
        self._take_bound(self.pricer.price(self.prices))
        self.master.make_slack_dear()
        return True

    def _most_rounds(self, rounds: int) -> int:
        """Rounds of column generation; more while the columns cannot hold every limit: prices say little of what pays then."""
        return max(rounds, ROUNDS_OF_NONE) if self._lacking() else rounds

    def _lacking(self) -> bool:
        """Whether no mixture of the columns holds every limit (of the volume algorithm: its mean is far from that)."""
        return self.point is not None and self.master.lacking(self.point, FAR if self.by_volume else SLACK)

    def _take_bound(self, priced: Priced) -> None:
        """Keep what proves the best bound so far; until there is any, the last prices."""
        if priced.bound < self.bound or self.priced is None or np.isinf(self.priced.bound):
            self.priced = priced
        self.bound = min(self.bound, max(priced.bound, self.undivided))

    def _close(self) -> None:
        """The integer program over every lot that a better schedule can hold."""
        assert self.priced is not None
        best = self.schedules.best
        at_least = -np.inf if best is None else best.value - PROOF * 0.01 * self.plan.value
        if len(self.priced.best.profit) < len(self.contents):
            # packings were added since: the lots must be priced together
            if len(self.pricer.wide) > FEW_WIDE:
                return
            self.priced = self.pricer.price(self.priced.prices)
        closed = close(self.pricer, self.priced, at_least, PROOF * 0.1 * self.plan.value, self.solver, self.clock)
        if closed is None:
            return
        if closed.lots is not None:
            self.schedules.take(assess(self.pricer, closed.lots))
        if self.pricer.wide:
            return
        if closed.status is Status.INFEASIBLE and self.schedules.best is None and np.isneginf(self.undivided):
            self.proven_infeasible = True
        if closed.status in (Status.OPTIMAL, Status.FEASIBLE):
            self.bound = min(self.bound, max(closed.bound, at_least, self.undivided))

    # -- the outcome -----------------------------------------------------------------------------------------------

    def _reached(self) -> bool:
        """Whether the gap asked for is proven, or of small plans the optimum."""
        return self._gap() <= self.wanted

    def _gap(self) -> float:
        return np.inf if self.schedules.best is None else self.bound - self.schedules.best.value

    def _settle(self) -> None:
        self.stop = stop_of(self._gap(), self.plan.value, self.gap, self.clock, self.hurried)

    def result(self) -> Result:
        """What the search owes."""
        record = record_of(self.solver, self.clock, len(self.columns))
        schedule, best = None, self.schedules.best
        bound = float(self.bound)
        # where its columns cannot hold every limit, the linear program says what breaking one costs
        known = not self._lacking()
        prices = prices_of_limits(self.pricer, self.columns, self.point, self.prices, best) if known else {}
        if best is not None:
            self._phase("tidying")
            best = tidied(self.pricer, best)
            schedule = schedule_of(self.contents, best.lots)
            bound = max(bound, best.value)
        self._phase("")
        return Result(
            schedule,
            bound + self.constant,
            self.stop,
            self.phases.passed(),
            self.aim,
            prices=prices,
            relaxations=self.relaxations,
            proven=schedule is not None or self.proven_infeasible,
            solver=record,
            seconds_by_phase=self.phases.seconds,
        )

    def _phase(self, name: str) -> None:
        give_back()
        self.phases.begin(name)
        if name:
            self._report()

    def _report(self) -> None:
        share = None
        if self.schedules.best is not None:
            share = self.schedules.best.sme_value / self.plan.value
        gap = self._gap() / self.plan.value
        self.progress.report(self.phases.now, share, gap if np.isfinite(gap) else None)
