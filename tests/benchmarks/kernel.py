"""The compiled kernel beside NumPy, loop by loop, on the calls that one search makes.

python tests/benchmarks/kernel.py [PLAN.xlsx]   (default: the regional example)
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np

from lotsplit.optimizer import beside, compiled, optimize
from lotsplit.optimizer.bounds import fillings
from lotsplit.optimizer.lots import slots
from lotsplit.optimizer.master.columns import Columns
from lotsplit.optimizer.packings import curves, line_table, regroup
from lotsplit.optimizer.pricing import pricer as pricing
from lotsplit.optimizer.pricing import wide
from lotsplit.optimizer.rounding import ascent, schedules
from lotsplit.workbook import read_plan

REGIONAL = Path(__file__).parents[2] / "examples" / "regional-stimulus.xlsx"


class Timed:
    """Runs a function with the kernel and without it, and adds up the seconds of each."""

    def __init__(self, function) -> None:
        self.function, self.calls, self.seconds, self.without = function, 0, 0.0, 0.0

    def __call__(self, *arguments, **options):
        if compiled.kernel is None:
            # within another loop that is being tried without it
            return self.function(*arguments, **options)
        begin = time.perf_counter()
        found = self.function(*arguments, **options)
        self.seconds += time.perf_counter() - begin
        kernel, compiled.kernel = compiled.kernel, None
        begin = time.perf_counter()
        with np.errstate(all="ignore"):
            self.function(*arguments, **options)
        self.without += time.perf_counter() - begin
        compiled.kernel = kernel
        self.calls += 1
        return found


def main(plan_file: Path) -> None:
    """Optimise one plan in one process and print a line for each loop."""
    plan, rules, _ = read_plan(plan_file)
    beside._second_core = lambda: False
    best, looked_up, climbed = Timed(slots.best_slots), Timed(curves.Curves.profit), Timed(ascent.Ascent.improve)
    pricing.best_slots = wide.best_slots = best
    curves.Curves.profit = lambda self, *arguments: looked_up(self, *arguments)
    filled = fillings._fill = Timed(fillings._fill)
    regrouped = wide.regrouped = Timed(regroup.regrouped)
    charged = Timed(slots.LoadPrices.of)
    slots.LoadPrices.of = lambda self, *arguments: charged(self, *arguments)
    summed, laid_out_cells = Timed(Columns._sum_loads), Timed(schedules.choice_of_columns)
    Columns._sum_loads = lambda self, *arguments: summed(self, *arguments)
    schedules.choice_of_columns = laid_out_cells
    made = Timed(None)
    improve, laid_out = ascent.Ascent.improve, line_table.LineTable.curves

    def by_table(self, which, tables):
        begin = time.perf_counter()
        found = laid_out(self, which, tables)
        made.seconds += time.perf_counter() - begin
        kernel, compiled.kernel = compiled.kernel, None
        begin = time.perf_counter()
        curves.curves_of(self.contents, [self.wide[n] for n in which.tolist()], tables)
        made.without += time.perf_counter() - begin
        compiled.kernel = kernel
        made.calls += 1
        return found

    line_table.LineTable.curves = by_table

    def both(self, order):
        before = self.state.copy()
        begin = time.perf_counter()
        improve(self, order)
        climbed.seconds += time.perf_counter() - begin
        after, self.state = self.state, before
        kernel, compiled.kernel = compiled.kernel, None
        begin = time.perf_counter()
        improve(self, order)
        climbed.without += time.perf_counter() - begin
        compiled.kernel = kernel
        self.state = after
        climbed.calls += 1

    ascent.Ascent.improve = both
    schedules.ORDERS = 2
    optimize(plan, rules)
    loops = {
        "prices of load": charged, "loads of columns": summed, "candidates": laid_out_cells, "best slots": best, "curves of mixes": made, "profits on curves": looked_up, "lots by cells": filled, "coordinate ascent": climbed,
        "regrouping": regrouped,
    }  # fmt: skip
    for name, timed in loops.items():
        if not timed.calls:
            continue
        ratio = timed.without / timed.seconds
        print(
            f"{name:20} {timed.calls:6} calls  {timed.seconds:7.3f} s  NumPy {timed.without:7.3f} s  {ratio:5.1f} times"
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else REGIONAL)
