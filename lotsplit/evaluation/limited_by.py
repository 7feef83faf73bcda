"""What keeps a lot from being larger: the pool, the window, a limit of the SMEs that can carry it, or cost."""

from __future__ import annotations

import numpy as np

from lotsplit.evaluation.contents import Content
from lotsplit.market import Market
from lotsplit.plan import Item
from lotsplit.rules import Rules


def limited_by(content: Content, pool: tuple[Item, ...], eligible_set: int, market: Market, rules: Rules) -> str:
    """ "pool" if the lot holds all of it; "window" if nothing else of the pool fits its months; otherwise the limit
    (contract, capacity or cash) that the first of its SMEs would pass if what fits were added; "cost" if none would.

    With a participation curve a higher band of value counts as "contract".
    """
    if content.whole_pool:
        return "pool"
    lot = content.lot
    held = {part.item_id: part.value for part in content.parts}
    room = sum(
        item.value - held.get(item.id, 0.0)
        for item in pool
        if item.start <= lot.start and lot.last_month <= item.finish and item.min_months <= lot.months
    )
    if room <= 1e-9 * content.value:
        return "window"
    if market.participation == "curve":
        group = market.group(content.package, (), ())
        ends = market.ends(group, lot.months)
        return "contract" if np.any((ends >= content.value) & (ends < content.value + room)) else "cost"
    members = market.members(eligible_set)
    members = members[market.bidders.is_sme[members]]
    limits = {
        "contract": market.bidders.by_contract()[members],
        "capacity": market.bidders.by_capacity(lot.months)[members],
        "cash": market.bidders.by_cash(lot.months, rules)[members],
    }
    first = min(limits, key=lambda name: float(limits[name].min(initial=np.inf)))
    return first if float(limits[first].min(initial=np.inf)) < content.value + room else "cost"
