from typing import Any

from numpy.typing import NDArray

from lotsplit.optimizer.lots.arrays import Floats, Ints

def whole_lots(
    value: Floats,
    parts: Ints,
    parent: Ints,
    extra_first: Ints,
    extra: Ints,
    edges: Floats,
    curve_first: Ints,
    x: Floats,
    y: Floats,
    service: Ints,
    needed: Ints,
    fill: int,
    groups: int,
    width: float,
    slope: float,
    least: float,
    price: Floats,
    spare: Floats,
    profit: Floats,
    counts: Ints,
    /,
) -> int: ...
def two_lots(
    unit_value: Floats,
    holds: Ints,
    curve_first: Ints,
    x: Floats,
    y: Floats,
    slope: float,
    least: float,
    /,
) -> float: ...
def eliminate(
    value: Floats,
    parts: Ints,
    price: Floats,
    holds: Ints,
    curve_first: Ints,
    x: Floats,
    y: Floats,
    beside: Floats,
    service: Ints,
    services: Ints,
    width: float,
    largest: float,
    target: float,
    most_lots: int,
    most_nodes: int,
    counts: Ints,
    /,
) -> tuple[int, float]: ...
def fill(gain: Floats, lost: Floats, fewest: int, best: Floats, /) -> None: ...
def sum_loads(
    lots: tuple[Ints | Floats, ...], sets: tuple[Ints | Floats, ...], months: int, table: Floats, /
) -> None: ...
def lay_out(
    lots: tuple[Ints | Floats, ...],
    sets: tuple[Ints | Floats, ...],
    months: int,
    column_first: Ints,
    lot_first: Ints,
    most: Floats,
    /,
) -> tuple[bytes, bytes, bytes]: ...
def improve(
    given: tuple[NDArray[Any], ...],
    state: tuple[Floats | Ints, ...],
    weight: float,
    penalty: float,
    width: float,
    order: Ints,
    sweeps: int,
    /,
) -> None: ...
def charge(
    sets: Ints, set_first: Ints, supplier: Ints, chance: Floats, low: Ints, high: Ints, price: Floats, table: Floats, /
) -> None: ...
def best_slots(
    options: tuple[NDArray[Any], ...],
    contents: tuple[Floats | Ints, ...],
    prices: tuple[Floats, ...],
    budget: Floats,
    load: Floats,
    weights: tuple[float, float, float, float, float],
    profit: Floats,
    row: Ints,
    start: Ints,
    /,
) -> None: ...
def mix_curves(
    pools: Ints,
    table: tuple[Ints, ...],
    amounts: tuple[Floats, ...],
    prices: tuple[Floats, ...],
    rules: tuple[float, float, float, float, float, float, float, float, float],
    /,
) -> tuple[bytes, bytes, bytes]: ...
def curve_profits(
    values: Floats, profits: Floats, first: Ints, mix: Ints, value: Floats, profit: Floats, /
) -> None: ...
def regroup(
    curves: tuple[Floats | Ints, ...],
    units: tuple[Floats | Ints, ...],
    packings: tuple[NDArray[Any], ...],
    latest: int,
    bundles: int,
    patience: int,
    sweeps: int,
    refills: int,
    gain: float,
    /,
) -> tuple[bytes, bytes]: ...
def give_back() -> None: ...
