"""Who can carry a lot, and who wins it (model, section 2)."""

from lotsplit.market.bidders import Bidders, bidders_of
from lotsplit.market.odds import Market
from lotsplit.market.participation import ParticipationCurve, curve_of
from lotsplit.market.sets import SetColumns
from lotsplit.market.winning import no_bid_and_single_bid, win_chances, winning_tables

__all__ = [
    "Bidders",
    "Market",
    "ParticipationCurve",
    "SetColumns",
    "bidders_of",
    "curve_of",
    "no_bid_and_single_bid",
    "win_chances",
    "winning_tables",
]
