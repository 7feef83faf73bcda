"""The best packing of a small pool at given profits, by dynamic programming over what is left (model, section 8).

best(x) = max over contents c <= x that hold some of the first unit left in x, of profit(c) + best(x - c). Contents are
numbered by their counts in a mixed radix, so that x - c is a subtraction of numbers. States x with as many parts are
worked out together, over all pools.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import prod

import numpy as np

from lotsplit.optimizer.lots.arrays import Floats, Ints
from lotsplit.optimizer.lots.runs import places_of_runs

# A plan of few pools affords wider ones solved exactly; 8 indivisible items (256 states, 6,561 pairs) always are.
MOST_STATES_OF_FEW = 1_200
MOST_PAIRS_OF_FEW = 300_000
MOST_PAIRS_OF_ALL = 1_000_000
MOST_STATES = 300
MOST_PAIRS = 8_000


def pairs_of(shape: tuple[int, ...]) -> int:
    """An upper bound on the number of pairs (x, c): the work of solving one pool of this shape."""
    product = 1
    for parts in shape:
        product *= (parts + 1) * (parts + 2) // 2
    return product


def small_shapes(shapes: list[tuple[int, ...]]) -> set[tuple[int, ...]]:
    """Which of a plan's shapes are solved exactly."""

    def small(most_states: int, most_pairs: int) -> list[tuple[int, ...]]:
        return [s for s in shapes if prod(n + 1 for n in s) <= most_states and pairs_of(s) <= most_pairs]

    few = small(MOST_STATES_OF_FEW, MOST_PAIRS_OF_FEW)
    if sum(pairs_of(shape) for shape in few) <= MOST_PAIRS_OF_ALL:
        return set(few)
    return set(small(MOST_STATES, MOST_PAIRS))


def all_counts(shape: tuple[int, ...]) -> Ints:
    """Every content of a pool but the empty one: one row each, in order of number."""
    grids = np.indices([parts + 1 for parts in shape]).reshape(len(shape), -1).T
    return grids[1:].astype(np.int64)


@dataclass(frozen=True)
class Shape:
    """The pairs (x, c) of pools of one shape, state after state, states by number of parts.

    order: the states, but for the empty one. parts: of each of them. first: of its pairs. content, rest: c and x - c.
    """

    states: int
    order: Ints
    parts: Ints
    first: Ints
    content: Ints
    rest: Ints


@lru_cache(maxsize=256)
def shape_of(shape: tuple[int, ...]) -> Shape:
    """Work out the pairs of a shape, once."""
    counts = np.vstack([np.zeros((1, len(shape)), dtype=np.int64), all_counts(shape)])
    radix = np.ones(len(shape), dtype=np.int64)
    for k in range(len(shape) - 2, -1, -1):
        radix[k] = radix[k + 1] * (shape[k + 1] + 1)
    total = counts.sum(axis=1)
    order = np.argsort(total, kind="stable")[1:]
    contents, sizes = [], []
    for state in order.tolist():
        inside = np.indices([c + 1 for c in counts[state]]).reshape(len(shape), -1).T @ radix
        lead = int((counts[state] > 0).argmax())
        contents.append(inside[counts[inside, lead] > 0])
        sizes.append(len(contents[-1]))
    content = np.concatenate(contents)
    rest = np.repeat(order, sizes) - content
    return Shape(len(counts), order, total[order], np.cumsum([0, *sizes[:-1]]), content, rest)


@dataclass(frozen=True)
class Layer:
    """States of all pools with the same number of parts, and their pairs: those of states[k] from offsets[k] on."""

    states: Ints
    offsets: Ints
    content: Ints
    rest: Ints


class Partitions:
    """All packings of some pools: the states of all pools one after another, `first` of each pool, its empty one.

    end: one past the last of each pool, which is the whole pool.
    """

    def __init__(self, shapes: list[tuple[int, ...]]) -> None:
        known = [shape_of(shape) for shape in shapes]
        self.end: Ints = np.cumsum(np.array([shape.states for shape in known], dtype=np.int64))
        self.first: Ints = self.end - np.array([shape.states for shape in known], dtype=np.int64)
        self._parts = np.zeros(int(self.end[-1]) if len(known) else 0, dtype=np.int64)
        self.layers: list[Layer] = []
        if known:
            self._add_layers(known)

    def _add_layers(self, known: list[Shape]) -> None:
        """Sort the states of all pools by number of parts, and their pairs with them."""
        firsts = self.first.tolist()
        states = np.concatenate([shape.order + first for shape, first in zip(known, firsts, strict=True)])
        parts = np.concatenate([shape.parts for shape in known])
        sizes = np.concatenate([np.diff(np.append(shape.first, len(shape.content))) for shape in known])
        content = np.concatenate([shape.content + first for shape, first in zip(known, firsts, strict=True)])
        rest = np.concatenate([shape.rest + first for shape, first in zip(known, firsts, strict=True)])
        self._parts[states] = parts
        order = np.argsort(parts, kind="stable")
        offsets = np.concatenate([[0], np.cumsum(sizes[order])])
        pair = places_of_runs((np.cumsum(sizes) - sizes)[order], sizes[order])
        content, rest = content[pair].astype(np.int32), rest[pair].astype(np.int32)
        cuts = np.searchsorted(parts[order], np.arange(1, int(parts.max()) + 2)).tolist()
        for low, high in pairwise(cuts):
            begin, end = int(offsets[low]), int(offsets[high])
            self.layers.append(
                Layer(states[order[low:high]], offsets[low : high + 1] - begin, content[begin:end], rest[begin:end])
            )

    def best_values(self, profits: Floats) -> Floats:
        """The value of the best packing of every state, from the profit of every state as the content of one lot.

        Minus infinity where no packing exists; profits of empty states are ignored.
        """
        best = np.full(len(profits), -np.inf)
        best[self.first] = 0.0
        for layer in self.layers:
            best[layer.states] = np.maximum.reduceat(profits[layer.content] + best[layer.rest], layer.offsets[:-1])
        return best

    def best_packing(self, pool: int, profits: Floats, best: Floats) -> list[int]:
        """The contents (as states) of a best packing of a whole pool (by place), from all profits and best values."""
        packing = []
        state, empty = int(self.end[pool]) - 1, int(self.first[pool])
        while state != empty:
            layer = self.layers[int(self._parts[state]) - 1]
            place = int(layer.states.searchsorted(state))
            low, high = int(layer.offsets[place]), int(layer.offsets[place + 1])
            rest = layer.rest[low:high]
            pick = int((profits[layer.content[low:high]] + best[rest]).argmax())
            packing.append(int(layer.content[low + pick]))
            state = int(rest[pick])
        return packing
