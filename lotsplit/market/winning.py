"""Who wins a lot: exact chances of every type of bidder (model, section 2, the integral over x).

With x = exp(-t) the integral runs over t in (0, infinity), where the integrand is smooth at every strength; with
t = exp(y) it falls off on both sides of y, and the trapezoidal rule converges faster than any power of the step
(Trefethen and Weideman, SIAM Review 56, 2014): at a step of 1/4 its error is below 1e-14. All types share one grid, so
that a set of eligible types costs one sum of rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lotsplit.market.bidders import Bidders, Floats, Ints

STEP = 0.25
# of tables worked on together: what a cache holds
ENTRIES_AT_ONCE = 131_072


@dataclass(frozen=True)
class WinningTables:
    """For every supplier row and grid point: log of the chance that none of its bidders is ahead, and its own rate of winning.

    log_none, rate: one row a supplier, one column a grid point. log_no_bid: log of the chance that none bids, without the certain bidders.
    """

    log_none: Floats
    rate: Floats
    log_no_bid: Floats
    single_rate: Floats
    certain: Floats


def winning_tables(bidders: Bidders) -> WinningTables:
    """Tabulate the integrand of every supplier row on one grid fine and wide enough for any eligible set of them."""
    n, pi, w = bidders.count, bidders.probability, bidders.strength
    counted = (n > 0) & (pi > 0)
    total_rate = max(1.0, float(np.sum((n * pi * w)[counted])))
    slowest = float(np.min(w[counted])) if counted.any() else 1.0
    start = np.floor(np.log(1e-18 / total_rate) / STEP)
    stop = np.ceil(np.log(45.0 / slowest) / STEP)
    t = np.exp(STEP * np.arange(start, stop + 1))

    wt = np.outer(w, t)
    survival = np.exp(-wt)
    p = pi[:, None]
    none = (1.0 - p) + p * survival
    with np.errstate(divide="ignore", invalid="ignore"):
        log_one = np.where(wt < 0.5, np.log1p(p * np.expm1(-wt)), np.log(none))
        log_one = np.where(p == 1.0, -wt, log_one)
        rate = np.where(p == 1.0, 1.0, p * survival / none)
    rate *= (n * w)[:, None] * (t * STEP)[None, :]

    uncertain = pi < 1.0
    with np.errstate(divide="ignore"):
        log_no_bid = np.where(uncertain, n * np.log1p(-np.where(uncertain, pi, 0.0)), 0.0)
        single_rate = np.where(uncertain, n * pi / np.where(uncertain, 1.0 - pi, 1.0), 0.0)
    return WinningTables(
        log_none=n[:, None] * log_one,
        rate=rate,
        log_no_bid=log_no_bid,
        single_rate=single_rate,
        certain=np.where(uncertain, 0.0, n),
    )


def win_chances(tables: WinningTables, members: Ints, sizes: Ints) -> Floats:
    """q of each member of some eligible sets: the chance that one of that row's bidders wins. members: supplier rows, set after set."""
    chances = np.empty(len(members))
    first = np.cumsum(sizes) - sizes
    grid = tables.rate.shape[1]
    for size in np.unique(sizes[sizes > 0]).tolist():
        alike = first[sizes == size]
        at_once = max(1, ENTRIES_AT_ONCE // (size * grid))
        for low in range(0, len(alike), at_once):
            place = alike[low : low + at_once, None] + np.arange(size)
            rows = members[place]
            none = np.exp(tables.log_none[rows].sum(axis=1))
            chances[place] = np.matmul(tables.rate[rows], none[:, :, None])[:, :, 0]
    return chances


def no_bid_and_single_bid(tables: WinningTables, members: Ints, sizes: Ints) -> tuple[Floats, Floats]:
    """P0 and P1 of some eligible sets: the chances of no bid, and of exactly one. members: supplier rows, set after set."""
    line = np.repeat(np.arange(len(sizes)), sizes)

    def total(of_row: Floats) -> Floats:
        return np.bincount(line, of_row[members], minlength=len(sizes)).astype(np.float64)

    certain, without_the_certain = total(tables.certain), np.exp(total(tables.log_no_bid))
    single = without_the_certain * total(tables.single_rate)
    single = np.where(certain > 0.0, np.where(certain == 1.0, without_the_certain, 0.0), single)
    return np.where(certain > 0.0, 0.0, without_the_certain), single
