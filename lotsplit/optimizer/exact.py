"""The best packing of a small pool at given profits, by dynamic programming over what is left (model, section 8).

best(x) = max over contents c <= x that hold some of the first unit left in x, of profit(c) + best(x - c). Contents are
numbered by their counts in a mixed radix, so that x - c is a subtraction of numbers. Pools of one shape share the pairs
(x, c) and are solved together.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import prod

import numpy as np

from lotsplit.optimizer.arrays import Floats, Ints

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
class Layer:
    """States with the same number of parts, and their pairs one state after another."""

    states: Ints
    offsets: Ints
    content: Ints
    rest: Ints


@dataclass(frozen=True)
class Shape:
    """The pairs of all pools of one shape, in layers by number of parts."""

    states: int
    layers: tuple[Layer, ...]


@lru_cache(maxsize=256)
def shape_of(shape: tuple[int, ...]) -> Shape:
    """Work out the pairs of a shape, once."""
    counts = np.vstack([np.zeros((1, len(shape)), dtype=np.int64), all_counts(shape)])
    radix = np.ones(len(shape), dtype=np.int64)
    for k in range(len(shape) - 2, -1, -1):
        radix[k] = radix[k + 1] * (shape[k + 1] + 1)
    lead = np.where(counts.any(axis=1), (counts > 0).argmax(axis=1), -1)
    total = counts.sum(axis=1)
    layers = []
    for parts in range(1, int(total.max()) + 1):
        states = np.flatnonzero(total == parts)
        contents, offsets, size = [], [], 0
        for state in states:
            inside = np.indices([c + 1 for c in counts[state]]).reshape(len(shape), -1).T @ radix
            holds_first = counts[inside, lead[state]] > 0
            contents.append(inside[holds_first])
            offsets.append(size)
            size += len(contents[-1])
        lengths = np.diff(np.array([*offsets, size]))
        content = np.concatenate(contents)
        layers.append(Layer(states, np.array(offsets), content, np.repeat(states, lengths) - content))
    return Shape(len(counts), tuple(layers))


def best_values(shape: tuple[int, ...], profits: Floats) -> Floats:
    """The value of the best packing of every state, for pools of one shape.

    profits: one row a pool, one column a content (number 0 is the empty one, and ignored). Result: the same layout;
    column 0 is 0. Minus infinity where no packing exists.
    """
    best = np.full(profits.shape, -np.inf)
    best[:, 0] = 0.0
    for layer in shape_of(shape).layers:
        step = profits[:, layer.content] + best[:, layer.rest]
        best[:, layer.states] = np.maximum.reduceat(step, layer.offsets, axis=1)
    return best


def best_packing(shape: tuple[int, ...], profits: Floats, best: Floats) -> list[int]:
    """The contents (numbers) of a best packing of the whole pool, from one pool's profits and best values."""
    packing = []
    layers = shape_of(shape).layers
    state = len(best) - 1
    counts_left = len(layers)
    while state:
        layer = layers[counts_left - 1]
        place = int(np.searchsorted(layer.states, state))
        low = layer.offsets[place]
        high = layer.offsets[place + 1] if place + 1 < len(layer.states) else len(layer.content)
        step = profits[layer.content[low:high]] + best[layer.rest[low:high]]
        pick = low + int(np.argmax(step))
        packing.append(int(layer.content[pick]))
        rest = int(layer.rest[pick])
        state = rest
        while counts_left and state and not _holds(layers[counts_left - 1], state):
            counts_left -= 1
    return packing


def _holds(layer: Layer, state: int) -> bool:
    place = int(np.searchsorted(layer.states, state))
    return place < len(layer.states) and int(layer.states[place]) == state
