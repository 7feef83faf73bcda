"""Bin packing as a tender plan: how near lotsplit comes to the known optimum of the classic instances, beside first and best fit.

    python tests/benchmarks/bin_packing.py [--file ORLIB.txt] [--class u120 t60 ...] [--seeds 1 2 3] [--time-limit 60]

Instances are Falkenauer's (Journal of Heuristics 2, 1996), generated anew from their recipe or read in the text format of the
OR-Library (Beasley 1990). One package of indivisible items of one trade, place and month is divided for one segment of SMEs
whose largest contract is the bin. By the model (docs/model.md) with every firm sure to bid, no scale elasticity and no
single bids, a lot within the bin is won by SMEs (p = 1, P0 = P1 = 0) and costs F; a larger one has no eligible firm: it is
thin and p = 0, P0 = 1. With V the plan's value, W F the weighted cost of a lot, L lots of which those of a set O are too
large, and u lots' worth of F for the undivided plan (2 where it is too large, since it is tendered again; otherwise 1):

    objective = V - 2 sum of v over O - W F (L + |O| - u)

W F is half a bin. Too large a lot of value v, cut by first fit, makes k lots of which any two next to each other exceed a bin
C, so that k - 1 < 2 v / C. That costs less than 2 v / C times C / 2 = v and brings 2 v: no lot of an optimum is too large, and
among divisions without such lots the objective falls by W F for every lot. Its optimum is therefore the one of bin packing,
and a bound B on it proves that no fewer than u + (V - B) / (W F) lots do. The gap asked for is just below a lot's cost.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from math import ceil
from pathlib import Path

import numpy as np

from lotsplit.optimizer import optimize
from lotsplit.plan import Item, Package, Supplier, TenderPlan, month
from lotsplit.rules import Rules
from lotsplit.schedule import Schedule

CLASSES = ("u120", "u250", "u500", "u1000", "t60", "t120", "t249", "t501")
MONTH = month(2027, 1)
# money for a size of 1
PRICE = 1000
# of what a lot costs: a smaller gap proves the number of lots
PART_OF_A_LOT = 0.999


class Unreadable(ValueError):
    """A file that is not in the OR-Library's format: one sentence with the line."""


@dataclass(frozen=True, slots=True)
class Instance:
    """Items to put into as few bins as possible. capacity, sizes: whole numbers, in units of 10 to the minus `decimals`.

    best: the fewest bins known, None where nobody says.
    """

    name: str
    capacity: int
    sizes: tuple[int, ...]
    decimals: int = 0
    best: int | None = None


# -- the OR-Library's format --------------------------------------------------------------------------------------------


def read(text: str) -> list[Instance]:
    """Instances in the OR-Library's format. Raises Unreadable."""
    lines = [(number, line.split()) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    last = len(text.splitlines()) + 1
    rest = iter(lines)
    line, words = next(rest, (1, []))
    count = _whole(line, words[0] if len(words) == 1 else " ".join(words), "the number of instances")
    instances = [_read_one(rest, last) for _ in range(count)]
    for line, words in rest:
        raise Unreadable(f'line {line}: found "{" ".join(words)}" after the last of {count} instances.')
    return instances


def write(instances: Sequence[Instance]) -> str:
    """The same instances as text that reads back; 0 as best known where there is none (OR-Library's format)."""
    lines = [str(len(instances))]
    for one in instances:
        capacity, *sizes = (f"{Decimal(size).scaleb(-one.decimals):f}" for size in (one.capacity, *one.sizes))
        lines += [f" {one.name}", f" {capacity} {len(sizes)} {one.best or 0}", *sizes]
    return "\n".join(lines) + "\n"


def _read_one(rest: Iterator[tuple[int, list[str]]], last: int) -> Instance:
    line, words = next(rest, (last, []))
    if len(words) != 1:
        raise Unreadable(f'line {line}: found "{" ".join(words)}", expected the name of an instance.')
    name = words[0]
    line, words = next(rest, (last, []))
    if len(words) != 3:
        raise Unreadable(f'line {line}: found "{" ".join(words)}", expected capacity, items and best known of {name}.')
    capacity = _positive(line, words[0], "a capacity")
    count = _whole(line, words[1], "a number of items")
    best = _whole(line, words[2], "the best known number of bins", least=0)
    sizes: list[Decimal] = []
    while len(sizes) < count:
        line, words = next(rest, (last, [""]))
        for word in words:
            sizes.append(_positive(line, word, f"size {len(sizes) + 1} of the {count} of {name}"))
            if sizes[-1] > capacity:
                raise Unreadable(f"line {line}: found a size of {word} in {name}, expected at most {capacity}.")
    if len(sizes) > count:
        raise Unreadable(f"line {line}: found {len(sizes)} sizes of {name}, expected {count}.")
    decimals = max(max(0, -int(number.as_tuple().exponent)) for number in (capacity, *sizes))
    in_units = [int(number.scaleb(decimals)) for number in (capacity, *sizes)]
    return Instance(name, in_units[0], tuple(in_units[1:]), decimals, best or None)


def _whole(line: int, word: str, what: str, least: int = 1) -> int:
    if not (word.isascii() and word.isdigit() and int(word) >= least):
        raise Unreadable(f'line {line}: found "{word}", expected {what}: a whole number of at least {least}.')
    return int(word)


def _positive(line: int, word: str, what: str) -> Decimal:
    try:
        number = Decimal(word)
    except InvalidOperation:
        number = Decimal(0)
    if not (number.is_finite() and number > 0):
        raise Unreadable(f'line {line}: found "{word}", expected {what}: a number above 0.')
    return number


# -- the recipes --------------------------------------------------------------------------------------------------------


def make(name: str, seed: int) -> Instance:
    """An instance of a class by its name, "u" or "t" and the number of items (Falkenauer 1996, section 5)."""
    kind, count = name[0], int(name[1:])
    draw = np.random.default_rng([count, seed])
    return {"u": _uniform, "t": _triplets}[kind](f"{name}-{seed}", count, draw)


def _uniform(name: str, count: int, draw: np.random.Generator) -> Instance:
    """Whole sizes from 20 to 100, each as likely, in bins of 150."""
    return Instance(name, 150, tuple(draw.integers(20, 101, count).tolist()))


def _triplets(name: str, count: int, draw: np.random.Generator) -> Instance:
    """Bins of 100.0 filled by three: one of 38.0 to 49.0, one from 25.0 to half of what is left, and the rest."""
    if count % 3:
        raise ValueError(f"{count} items are no triplets")
    first = draw.integers(380, 491, count // 3)
    second = draw.integers(250, (1000 - first) // 2 + 1)
    sizes = np.concatenate([first, second, 1000 - first - second])
    return Instance(name, 1000, tuple(draw.permutation(sizes).tolist()), 1, count // 3)


# -- what others say ----------------------------------------------------------------------------------------------------


def first_fit(instance: Instance) -> int:
    """Bins by first-fit decreasing (Johnson 1974)."""
    return _decreasing(instance, lambda able: able[0])


def best_fit(instance: Instance) -> int:
    """Bins by best-fit decreasing (Johnson 1974)."""
    return _decreasing(instance, min)


def _decreasing(instance: Instance, choose: Callable[[list[tuple[int, int]]], tuple[int, int]]) -> int:
    """Bins used when the largest item goes first, each into the bin chosen among the (room, number) of those it fits."""
    room: list[int] = []
    for size in sorted(instance.sizes, reverse=True):
        able = [(left, number) for number, left in enumerate(room) if left >= size]
        if able:
            room[choose(able)[1]] -= size
        else:
            room.append(instance.capacity - size)
    return len(room)


def lower_bound(instance: Instance) -> int:
    """L2 of Martello and Toth (Discrete Applied Mathematics 28, 1990): the best over thresholds a of those that need own bins, and the rest."""
    capacity, sizes = instance.capacity, instance.sizes
    large = [size for size in sizes if 2 * size > capacity]
    small = [size for size in sizes if 2 * size <= capacity]
    most = 0
    for least in {0, *small}:
        shared = [size for size in large if size <= capacity - least]
        room = len(shared) * capacity - sum(shared)
        left = sum(size for size in small if size >= least) - room
        most = max(most, len(large) + max(0, -(-left // capacity)))
    return most


# -- the plan -----------------------------------------------------------------------------------------------------------


def plan_of(instance: Instance) -> tuple[TenderPlan, Rules]:
    """The tender plan whose best division has the fewest lots (see above), and its rules."""
    price = PRICE / 10**instance.decimals
    items = tuple(
        Item(f"I{number:04d}", "P1", "", "45000000", "Here", size * price, 1.0, "piece", 1.0, False, MONTH, MONTH, 1)
        for number, size in enumerate(instance.sizes, start=1)
    )
    firms = Supplier(
        "S1", "Firms", "small", ("*",), ("*",),
        count=100, max_contract=instance.capacity * price, bid_probability=1.0,
    )  # fmt: skip
    own = {
        "extra_cost_weight": 5.0,
        "lot_fixed_cost": instance.capacity * price / 2 / 5.0,
        "scale_elasticity": 0.0,
        "single_bid_premium": 0.0,
        "plan_start": MONTH,
        "plan_months": 1,
    }
    plan = TenderPlan((Package("P1", instance.name, items, nature="works"),), MONTH, 1, (firms,))
    return plan, Rules(**own, origins=dict.fromkeys(own, "workbook"))


def lots_proven(bound: float, plan: TenderPlan, rules: Rules) -> int:
    """The fewest lots that a bound on the objective leaves possible (see above)."""
    each = rules.extra_cost_weight * rules.lot_fixed_cost
    whole = 1 if plan.value <= (plan.suppliers[0].max_contract or 0.0) else 2
    return max(1, ceil(whole + (plan.value - bound) / each - 1e-4))


@dataclass(frozen=True, slots=True)
class Found:
    """What lotsplit found. lots: their number, None where there is no schedule. too_large: lots that exceed a bin.

    proven: no fewer lots are possible, by its bound.
    """

    lots: int | None
    too_large: int
    proven: int
    seconds: float
    stop: str


def solve(instance: Instance, time_limit: float) -> Found:
    """Has lotsplit pack an instance."""
    plan, rules = plan_of(instance)
    gap = PART_OF_A_LOT * rules.extra_cost_weight * rules.lot_fixed_cost / plan.value
    begun = time.perf_counter()
    result = optimize(plan, rules, gap=gap, time_limit=time_limit)
    seconds = time.perf_counter() - begun
    contents = [] if result.schedule is None else sizes_of_lots(instance, plan, result.schedule)
    return Found(
        None if result.schedule is None else len(contents),
        sum(sum(sizes) > instance.capacity for sizes in contents),
        lots_proven(result.bound, plan, rules),
        seconds,
        result.stop.value,
    )


def sizes_of_lots(instance: Instance, plan: TenderPlan, schedule: Schedule) -> list[list[int]]:
    """The sizes of the items in each lot. Raises ValueError where they are not all items, once each."""
    size = {item.id: size for item, size in zip(plan.items, instance.sizes, strict=True)}
    if sorted(item.item_id for lot in schedule.lots for item in lot.items) != sorted(size):
        raise ValueError(f"the lots of {instance.name} do not hold every item once")
    return [[size[item.item_id] for item in lot.items] for lot in schedule.lots]


# -- the comparison -----------------------------------------------------------------------------------------------------

HEADERS = (
    "instance", "items", "L2", "best known", "first fit", "best fit", "lotsplit", "too large", "at least, by its bound",
    "seconds", "stop", "remark",
)  # fmt: skip


def row(instance: Instance, found: Found) -> list[str]:
    """A line of the table."""
    least, first, best = lower_bound(instance), first_fit(instance), best_fit(instance)
    known = min(first, best, instance.best or first)
    carried = found.lots is not None and not found.too_large
    remarks = []
    if carried and found.lots == max(least, found.proven):
        remarks.append("proved optimal" if found.lots == least else "proved optimal by its own bound alone")
    if found.proven > (min(known, found.lots or known) if carried else known):
        remarks.append("PROOF ERROR: fewer are possible than its bound says")
    if carried and (found.lots or 0) > known:
        remarks.append(f"{(found.lots or 0) - known} more than known to be enough")
    return [
        instance.name,
        str(len(instance.sizes)),
        str(least),
        str(instance.best or "-"),
        str(first),
        str(best),
        str(found.lots or "-"),
        str(found.too_large),
        str(found.proven),
        f"{found.seconds:.1f}",
        found.stop,
        "; ".join(remarks),
    ]


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description="Compare lotsplit with bin-packing heuristics and bounds.")
    parser.add_argument("--file", type=Path, help="instances in the OR-Library's format, in place of generated ones")
    parser.add_argument("--class", dest="classes", nargs="+", choices=CLASSES, default=["u120", "t60"])
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3])
    parser.add_argument("--time-limit", type=float, default=60.0)
    given = parser.parse_args()
    if given.file is None:
        instances = [make(name, seed) for name in given.classes for seed in given.seeds]
    else:
        try:
            instances = read(given.file.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, Unreadable) as problem:
            sys.exit(f"{given.file}: {problem}")
    print("| " + " | ".join(HEADERS) + " |\n|" + " --- |" * len(HEADERS))
    for instance in instances:
        print("| " + " | ".join(row(instance, solve(instance, given.time_limit))) + " |", flush=True)


if __name__ == "__main__":
    main()
