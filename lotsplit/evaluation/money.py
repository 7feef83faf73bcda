"""What lots cost (model, section 4)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lotsplit.rules import Rules

Floats = NDArray[np.float64]


def scale_cost(value: Floats, pool_value: Floats, elasticity: Floats) -> Floats:
    """What is lost in economies of scale by lots of these values in pools of these values: v (V / v)^e - v."""
    return value * (np.expm1(elasticity * np.log(pool_value / value)))


def single_bid_cost(value: Floats, scale: Floats, single_bid: Floats, rules: Rules) -> Floats:
    """What single bids cost: (v + scale cost) b P1."""
    return (value + scale) * (rules.single_bid_premium * single_bid)


def procedure_cost(no_bid: Floats, rules: Rules) -> Floats:
    """What the procedures cost: F (1 + P0), since a lot without bids is tendered again."""
    return rules.lot_fixed_cost * (1.0 + no_bid)
