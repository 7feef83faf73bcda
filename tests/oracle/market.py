"""Who can carry a lot and who wins it (model, section 2), by counting cases instead of by its integral."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import product

from lotsplit.plan import TenderPlan
from lotsplit.rules import Rules

SME = {"micro", "small", "medium"}
HALF_A_CENT = 0.005
UNLIMITED = math.inf

Number = float | Fraction
Type = tuple[int, Number, Number]
"""Like bidders: how many, the chance that one bids, its strength."""


# Winning


def chances_by_subsets(types: Sequence[Type]) -> list[Number]:
    """The chance of each type to win, by going through every set of firms that may bid. Exact for Fractions."""
    firms = [(kind, pi, w) for kind, (n, pi, w) in enumerate(types) for _ in range(n)]
    wins: list[Number] = [Fraction(0) for _ in types]
    for bids in product((False, True), repeat=len(firms)):
        probability: Number = Fraction(1)
        for bid, (_, pi, _) in zip(bids, firms, strict=True):
            probability *= pi if bid else 1 - pi
        strength = sum(w for bid, (_, _, w) in zip(bids, firms, strict=True) if bid)
        for bid, (kind, _, w) in zip(bids, firms, strict=True):
            if bid:
                wins[kind] += probability * w / strength
    return wins


def chances_by_counts(types: Sequence[Type]) -> list[Number]:
    """The same by how many firms of each type bid: exact for Fractions, exactly rounded sums for floats."""
    terms: list[list[Number]] = [[] for _ in types]
    for counts in product(*(range(n + 1) for n, _, _ in types)):
        probability: Number = 1
        for k, (n, pi, _) in zip(counts, types, strict=True):
            probability *= math.comb(n, k) * pi**k * (1 - pi) ** (n - k)
        strength = sum(k * w for k, (_, _, w) in zip(counts, types, strict=True))
        for kind, k in enumerate(counts):
            if k:
                terms[kind].append(probability * (k * types[kind][2]) / strength)
    return [_exact_sum(some) for some in terms]


def _exact_sum(terms: list[Number]) -> Number:
    if any(isinstance(term, Fraction) for term in terms):
        return sum(terms, Fraction(0))
    return math.fsum(terms)


def _binomial(n: int, pi: float) -> list[float]:
    if pi in (0.0, 1.0):
        return [float(k == n * pi) for k in range(n + 1)]
    mode = min(n, int((n + 1) * pi))
    masses = [0.0] * (n + 1)
    masses[mode] = 1.0
    for k in range(mode, n):
        masses[k + 1] = masses[k] * (n - k) / (k + 1) * pi / (1 - pi)
    for k in range(mode, 0, -1):
        masses[k - 1] = masses[k] * k / (n - k + 1) * (1 - pi) / pi
    whole = math.fsum(masses)
    return [mass / whole for mass in masses]


def chances_by_convolution(types: Sequence[Type]) -> list[float]:
    """The same where all firms are equally strong, for any number of firms: one winner among 1 + K bidders.

    A firm that bids wins with the mean of 1 / (1 + K), K the bids of the others, whose distribution is the
    convolution of their binomials.
    """
    assert len({w for _, _, w in types}) == 1
    wins = []
    for kind, (n, pi, _) in enumerate(types):
        others = [1.0]
        for other, (m, chance, _) in enumerate(types):
            masses = _binomial(m - (other == kind), float(chance))
            rivals = [0.0] * (len(others) + len(masses) - 1)
            for i, one in enumerate(others):
                if one > 1e-40:
                    for j, mass in enumerate(masses):
                        rivals[i + j] += one * mass
            others = rivals
        wins.append(n * float(pi) * math.fsum(mass / (1 + k) for k, mass in enumerate(others)))
    return wins


def chances_by_race(types: Sequence[Type]) -> list[float]:
    """The same for any strengths and numbers, as a race: a bidder of strength w arrives after an exponential time.

    The first to arrive wins, which it does with chance w over the strengths of all bidders. The integral over the
    winner's time t in (0, inf) is taken by the double exponential rule t = exp(u - exp(-u)), on ever finer grids.
    """
    slowest = min(float(w) for _, _, w in types)
    first, last = -4.0, math.log(800.0 / slowest) + 1.0
    step, previous = 0.125, None
    while True:
        nodes = [first + i * step for i in range(math.ceil((last - first) / step) + 1)]
        wins = [math.fsum(step * _arrival(types, kind, u) for u in nodes) for kind in range(len(types))]
        if previous is not None and all(abs(a - b) <= 1e-14 * abs(a) for a, b in zip(wins, previous, strict=True)):
            return wins
        assert step > 1e-4, f"no convergence for {types}"
        step, previous = step / 2, wins


def _arrival(types: Sequence[Type], kind: int, u: float) -> float:
    """Density of a win of this type at t(u), times dt/du."""
    t = math.exp(u - math.exp(-u))
    exponent = 0.0
    for other, (n, pi, w) in enumerate(types):
        rivals = n - (other == kind)
        if not rivals or not pi:
            continue
        arrived = -math.expm1(-float(w) * t)  # chance that a bidder has arrived by t
        late = -float(w) * t if pi == 1 else math.log1p(-float(pi) * arrived)
        exponent += rivals * late
    n, pi, w = types[kind]
    exponent -= float(w) * t
    if exponent < -740:
        return 0.0
    return n * float(pi) * float(w) * math.exp(exponent) * t * (1 + math.exp(-u))


@cache
def win_chances(types: tuple[Type, ...]) -> tuple[float, ...]:
    """The chance of each type to win, by the plainest of the methods above that is quick enough."""
    if not types:
        return ()
    if math.prod(n + 1 for n, _, _ in types) <= 600:
        return tuple(float(q) for q in chances_by_counts(types))
    if len({w for _, _, w in types}) == 1 and sum(n for n, _, _ in types) <= 300:
        return tuple(chances_by_convolution(types))
    return tuple(chances_by_race(types))


def no_bid(types: Sequence[Type]) -> float:
    """P0: the chance that nobody bids."""
    return math.prod(float(1 - pi) ** n for n, pi, _ in types)


def single_bid(types: Sequence[Type]) -> float:
    """P1: the chance that exactly one firm bids."""
    return math.fsum(
        n
        * float(pi)
        * float(1 - pi) ** (n - 1)
        * math.prod(float(1 - chance) ** m for other, (m, chance, _) in enumerate(types) if other != kind)
        for kind, (n, pi, _) in enumerate(types)
    )


# Trades and regions


def cpv(trade: str) -> str | None:
    """A CPV code without check digit and trailing zeros; None for a free name."""
    code = re.fullmatch(r"([0-9]+)(-[0-9])?", trade)
    if code is None or len(code.group(1)) > 9:
        return None
    return code.group(1)[:8].rstrip("0")


def serves_trade(offered: Sequence[str], trade: str | None) -> bool:
    """Rule 1: whether one of a supplier's trades covers a trade; an item without trade is anybody's."""
    if trade is None:
        return True
    for own in offered:
        if own == "*" or own.lower() == trade.lower():
            return True
        a, b = cpv(own), cpv(trade)
        if a is not None and b is not None and (a[: len(b)] == b or b[: len(a)] == a):
            return True
    return False


def parent_of(plan: TenderPlan, region: str) -> str | None:
    """The parent by the Regions sheet; otherwise, of a NUTS-shaped code, the code less its last character."""
    for row in plan.regions:
        if row.id == region and row.parent is not None:
            return row.parent
    country, rest = region[:2], region[2:]
    capitals = set("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    digits = set("0123456789")
    if len(country) == 2 and set(country) <= capitals and set(rest) <= capitals | digits:
        if len(rest) == 1:
            return country
        if len(rest) in (2, 3) and set(rest) & digits:
            return region[:-1]
    return None


def lineage(plan: TenderPlan, region: str | None) -> list[str]:
    """A region and all above it, nearest first."""
    line: list[str] = []
    while region is not None:
        line.append(region)
        region = parent_of(plan, region)
    return line


def serves_region(plan: TenderPlan, offered: Sequence[str], region: str | None) -> bool:
    """Rule 2: whether a supplier's regions cover a region; an item without region is anybody's."""
    return region is None or "*" in offered or any(own in lineage(plan, region) for own in offered)


# Bidders


@dataclass(frozen=True)
class Bidders:
    """The bidders of one supplier row, firms or consortia, with the limits of one of them."""

    row: int
    size: str
    number: int
    chance: float
    strength: float
    least: float
    most: float
    capacity: float
    cash: float
    trades: tuple[str, ...]
    regions: tuple[str, ...]

    @property
    def sme(self) -> bool:
        return self.size in SME


def bidders_of(plan: TenderPlan, rules: Rules) -> list[Bidders]:
    """Each supplier row with its blanks filled and consortia formed; rows too small for one consortium have none."""
    rows = []
    for row, s in enumerate(plan.suppliers):
        k = s.consortium_size
        most, capacity = s.max_contract, s.monthly_capacity
        if most is None and s.turnover is not None:
            most = s.turnover / rules.turnover_ratio
        if capacity is None and s.turnover is not None:
            capacity = s.turnover / 12
        chance = s.bid_probability
        if chance is None:
            chance = {
                "micro": rules.bid_probability_micro,
                "small": rules.bid_probability_small,
                "medium": rules.bid_probability_medium,
                "large": rules.bid_probability_large,
            }[s.size]
        rows.append(
            Bidders(
                row,
                s.size,
                s.count // k,
                chance,
                s.strength,
                s.min_contract,
                UNLIMITED if most is None else k * most,
                UNLIMITED if capacity is None else k * max(0.0, capacity - s.commitments),
                UNLIMITED if s.working_capital is None else k * s.working_capital,
                s.trades,
                s.regions,
            )
        )
    return [b for b in rows if b.number]


Part = tuple[str | None, str | None, float]
"""A part of a lot: trade, region, value."""


def is_eligible(
    plan: TenderPlan,
    rules: Rules,
    bidder: Bidders,
    parts: Sequence[Part],
    months: int,
    *,
    undivided: bool,
    reserved: bool,
) -> bool:
    """Rules 1 to 6 for one bidder of a row."""
    value = math.fsum(v for _, _, v in parts)
    if not all(serves_trade(bidder.trades, trade) for trade, _, _ in parts):
        own_work = math.fsum(v for trade, _, v in parts if serves_trade(bidder.trades, trade))
        if not undivided or own_work < (1 - rules.subcontracting) * value - HALF_A_CENT:
            return False
    if not all(serves_region(plan, bidder.regions, region) for _, region, _ in parts):
        return False
    if not bidder.least - HALF_A_CENT <= value <= bidder.most + HALF_A_CENT:
        return False
    if value / months > bidder.capacity + HALF_A_CENT:
        return False
    financed = max(0.0, min(1.0, rules.payment_months / months) - rules.advance_payment)
    if value * financed > bidder.cash + HALF_A_CENT:
        return False
    return bidder.sme or not reserved


@dataclass(frozen=True)
class Odds:
    """What section 2 says of one lot. wins: chance of each supplier row that is eligible."""

    p: float
    p0: float
    p1: float
    bids: float
    firms: int
    smes: int
    wins: dict[int, float]


def odds(
    plan: TenderPlan,
    rules: Rules,
    parts: Sequence[Part],
    months: int,
    *,
    undivided: bool = False,
    reserved: bool = False,
) -> Odds:
    """The chances of a lot with a register of suppliers."""
    able = [
        b
        for b in bidders_of(plan, rules)
        if is_eligible(plan, rules, b, parts, months, undivided=undivided, reserved=reserved)
    ]
    types = tuple((b.number, b.chance, b.strength) for b in able)
    wins = win_chances(types)
    return Odds(
        p=math.fsum(q for b, q in zip(able, wins, strict=True) if b.sme),
        p0=no_bid(types),
        p1=single_bid(types),
        bids=math.fsum(n * pi for n, pi, _ in types),
        firms=sum(b.number for b in able),
        smes=sum(b.number for b in able if b.sme),
        wins={b.row: q for b, q in zip(able, wins, strict=True)},
    )


def curve_share(plan: TenderPlan, nature: str, value: float) -> float:
    """The SME win share of a plan's own participation curve: the highest band that begins not above the value."""
    assert plan.curve is not None
    bands = [row for row in plan.curve if row.nature == nature and row.from_value <= value + HALF_A_CENT]
    return max(bands, key=lambda row: row.from_value).sme_win_share
