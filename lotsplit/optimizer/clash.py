"""When no schedule keeps every limit: which limits clash, and the least by which each would have to give way (model, section 6)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lotsplit.limits import LOTS_PER_MONTH, MIN_LOT_VALUE
from lotsplit.optimizer.lots.arrays import UNDIVIDED, Floats
from lotsplit.optimizer.lots.rows import Lots, Rows, Weights, join, no_prices
from lotsplit.optimizer.lots.runs import places_of_runs
from lotsplit.optimizer.lots.slots import best_slots, lots_of, price_tables
from lotsplit.optimizer.master.columns import Columns
from lotsplit.optimizer.pricing.pricer import Pricer
from lotsplit.optimizer.rounding.closing import LotProgram
from lotsplit.optimizer.rounding.incumbent import Incumbent
from lotsplit.optimizer.solver import Clock, Status
from lotsplit.plan import iso_month
from lotsplit.result import Relaxation

ENOUGH = 1e-7
MOST_LOTS = 30_000
# nodes of an integer program over every lot that a schedule can hold, and over some of them
NODES, NODES_OF_SOME = 20_000, 100


@dataclass(frozen=True)
class Clash:
    """The relaxations that let a schedule exist, least in sum (each relative to its limit), and whether that is proven.

    lots: a schedule that needs just these (None: none found).
    """

    relaxations: tuple[Relaxation, ...]
    proven: bool
    lots: Lots | None


def least_relaxations(pricer: Pricer, columns: Columns, nearest: Incumbent | None, solver: str, clock: Clock) -> Clash:
    """Find out which limits have to give way, and by how much at least. nearest: what breaks them least so far."""
    rows = pricer.rows
    lots, whole = _every_lot(pricer, columns)
    feasibility = Pricer(rows, Weights(0.0, 0.0, 0.0, 0.0), pricer.loads, pricer.small, pricer.wide, pricer.undivided)
    cost = np.array([1.0 / row.scale for row in rows.rows])
    closed = LotProgram(feasibility, lots, solver, clock, elastic=cost).solve(NODES if whole else NODES_OF_SOME, 1e-9)
    if nearest is not None and (closed.lots is None or cost @ nearest.excess < cost @ closed.slack):
        return Clash(_relaxations(rows, nearest.excess), False, nearest.lots)
    if closed.lots is None:
        return Clash(_structural(pricer), False, None)
    return Clash(_relaxations(rows, closed.slack), whole and closed.status is Status.OPTIMAL, closed.lots)


def _relaxations(rows: Rows, slack: Floats) -> tuple[Relaxation, ...]:
    """The limits that have to give way, each by the most of its rows."""
    found: list[Relaxation] = []
    worst: dict[str, tuple[float, str]] = {}
    for row, some in zip(rows.rows, slack.tolist(), strict=True):
        if some > ENOUGH * row.scale:
            amount = some / row.scale if row.limit.unit == "share" else some
            scope = iso_month(rows.contents.plan.first_month + row.month) if row.limit.kind == LOTS_PER_MONTH else ""
            if amount > worst.get(row.limit.id, (0.0, ""))[0]:
                worst[row.limit.id] = (amount, scope)
    for limit in rows.limits:
        if limit.id in worst:
            found.append(Relaxation(limit, *worst[limit.id]))
    return tuple(found)


def _every_lot(pricer: Pricer, columns: Columns) -> tuple[Lots, bool]:
    """Every lot in every slot where they are few, otherwise the best slot of each content and all lots of the columns."""
    contents = pricer.rows.contents
    options = contents.all_options()
    first = contents.first[options.content]
    slots = contents.last[options.content] - first + 2 - options.months
    if slots.sum() <= MOST_LOTS:
        line = np.repeat(np.arange(len(options)), slots)
        wait = places_of_runs(0, slots)
        return _allowed(pricer, lots_of(contents, options, line, first[line] + wait)), not len(pricer.wide)
    best = best_slots(
        contents, price_tables(pricer.rows, no_prices(pricer.rows), pricer.weights, pricer.loads), options
    )
    rows = np.flatnonzero(np.isfinite(best.profit))
    return _allowed(pricer, join([best.lots(rows), columns.lots])), False


def _allowed(pricer: Pricer, lots: Lots) -> Lots:
    """Without the packages that may not stay whole."""
    contents = pricer.rows.contents
    whole = contents.pool[lots.content] == UNDIVIDED
    return lots.take(~whole | pricer.may_stay_whole[contents.package[lots.content]])


def _structural(pricer: Pricer) -> tuple[Relaxation, ...]:
    """No packing of some pool at all: only the least lot value can forbid that."""
    limits = [limit for limit in pricer.rows.limits if limit.kind == MIN_LOT_VALUE]
    missing: Floats = np.zeros(0)
    contents = pricer.rows.contents
    for pool in contents.pools:
        smallest = min(unit.part_value * unit.parts for unit in pool.units)
        missing = np.append(missing, smallest)
    if not limits or not len(missing):
        return ()
    return (Relaxation(limits[0], max(0.0, limits[0].amount - float(missing.min()))),)
