"""The participation curve: counts, how they become a curve, how it is read, and what its page says of it."""

from __future__ import annotations

import math
from pathlib import Path

import make_participation_counts as counting
import numpy as np
import pytest

from lotsplit.market.participation import BandCount, ParticipationCurve, built_in_counts, built_in_curve, curve_of
from lotsplit.plan import NATURES, CurveRow, Item, Package, TenderPlan

PAGE = Path(__file__).parents[2] / "docs" / "participation-curve.md"
ITEM = Item("A", "P", "", None, None, 100.0, 1.0, "", 1.0, False, 24000, 24001, 1)


def plan(curve: tuple[CurveRow, ...] | None) -> TenderPlan:
    return TenderPlan((Package("P", "A package", (ITEM,)),), 24000, 2, curve=curve)


# -- reading a curve ---------------------------------------------------------------------------------------------------


def test_the_band_is_the_one_with_the_largest_from_value_not_above_the_lot_to_half_a_cent() -> None:
    curve = ParticipationCurve(
        (
            CurveRow("works", 1000.0, 0.5),
            CurveRow("works", 0.0, 0.9),
            CurveRow("services", 0.0, 0.3),
        )
    )
    values = np.array([0.0, 999.98, 999.994, 999.996, 1000.0, 5e9])
    assert curve.win_probability("works", values).tolist() == [0.9, 0.9, 0.9, 0.5, 0.5, 0.5]
    assert curve.win_probability("services", values).tolist() == [0.3] * 6
    assert curve.steps("works").tolist() == [0.0, 1000.0]
    with pytest.raises(ValueError, match="no row for supplies"):
        curve.win_probability("supplies", values)


def test_a_plan_brings_its_own_curve_or_takes_the_built_in_one() -> None:
    own = (CurveRow("services", 0.0, 0.4, "our own awards 2025"),)
    assert curve_of(plan(own)).rows == own
    assert curve_of(plan(None)) is built_in_curve()


# -- the built-in curve ------------------------------------------------------------------------------------------------


def test_counts_cover_every_nature_and_band_once() -> None:
    counts = built_in_counts()
    assert [(c.nature, c.from_value) for c in counts] == [(n, float(b)) for n in NATURES for b in counting.BANDS]
    for c in counts:
        assert 0 < c.sme_weight <= c.weight <= c.notices <= c.contracts
        assert c.sme_contracts <= c.contracts
    # The weights of a notice add up to 1, so that all add up to a number of notices (four decimals are kept).
    assert sum(c.weight for c in counts) == pytest.approx(321, abs=0.002)


@pytest.mark.parametrize("nature", NATURES)
def test_the_curve_is_the_nearest_non_increasing_one(nature: str) -> None:
    bands = [c for c in built_in_counts() if c.nature == nature]
    got = built_in_curve().win_probability(nature, np.array([c.from_value for c in bands]))

    def mean(part: list[BandCount]) -> float:
        return sum(c.sme_weight for c in part) / sum(c.weight for c in part)

    # The min-max formula of isotonic regression, an account of the answer independent of how it is computed.
    for i in range(len(bands)):
        want = min(max(mean(bands[s : t + 1]) for t in range(i, len(bands))) for s in range(i + 1))
        assert got[i] == pytest.approx(want, abs=1e-12)
    steps = built_in_curve().steps(nature)
    assert steps[0] == 0
    assert (np.diff(built_in_curve().win_probability(nature, steps)) < 0).all()


def test_each_row_tells_its_source() -> None:
    for row in built_in_curve().rows:
        assert row.provenance.startswith("TED contract award notices 2016-2022, a sample that is not random: ")


# -- making the counts -------------------------------------------------------------------------------------------------

SECOND = """\
notice_id,date_pub,form,nature,procedure,main_cpv,lot_no,value,currency,tenders_received,n_winners,winner_sme
1,20210101,F03,Works,PT_OPEN,45000000,1,90000,EUR,3,1,Y
1,20210101,F03,Works,PT_OPEN,45000000,2,300000,EUR,3,1,N
2,20210101,F15,Works,PT_NEGOTIATED_WITHOUT_PUBLICATION,45000000,,90000,EUR,,1,Y
3,20210101,F03,Works,PT_AWARD_CONTRACT_WITHOUT_CALL,45000000,,90000,EUR,1,1,Y
4,20210101,F03,Services,PT_OPEN,71000000,1,8000000.00,EUR,3,1,Y
4,20210101,F03,Services,PT_OPEN,71000000,1,8000000,EUR,3,1,N
4,20210101,F03,Services,PT_OPEN,71000000,2,1.00,EUR,3,1,Y
4,20210101,F03,Services,PT_OPEN,71000000,3,,,3,1,Y
5,20210101,F03,Supplies,PT_OPEN,33000000,,5000,RON,3,1,Y
6,20210101,F21,Services,PT_OPEN,85000000,,50000,EUR,3,1,Y
7,20210101,F06,Supplies,PT_RESTRICTED,33000000,,100000,EUR,3,2,M
"""
FIRST = """\
notice_id,date_pub,nature,main_cpv,lot_no,value,currency,tenders_received,winner_sme
1,20210101,Works,45000000,1,90000.0,EUR,3,Y
8,20210101,Works,45000000,,99999.99,EUR,2,N
9,20210101,Works,45000000,,90000,EUR,1,Y
10,20210101,Services,85000000,,90000,EUR,4,Y
"""


def test_counting_leaves_out_and_takes_together_as_the_page_says(tmp_path: Path) -> None:
    first, second, output = tmp_path / "first.csv", tmp_path / "second.csv", tmp_path / "counts.csv"
    first.write_text(FIRST)
    second.write_text(SECOND)
    counting.main(first, second, output)
    header, *lines = output.read_text().splitlines()
    assert header == "nature,from_value,notices,contracts,sme_contracts,weight,sme_weight"
    assert [line for line in lines if not line.endswith(",0,0,0,0,0")] == [
        "works,0,2,2,1,1.5,0.5",
        "works,250000,1,1,0,0.5,0",
        "supplies,100000,1,1,0.5,1,0.5",
        "services,5000000,1,1,0.5,1,0.5",
    ]


# -- what the page says ------------------------------------------------------------------------------------------------


def money(value: float) -> str:
    return f"{value:,.0f}"


def counts_table() -> list[str]:
    curve = built_in_curve()
    lines = []
    for c in built_in_counts():
        used = curve.win_probability(c.nature, np.array([c.from_value]))[0]
        lines.append(
            f"| {c.nature} | {money(c.from_value)} | {c.notices} | {c.contracts} | {c.weight:.1f}"
            f" | {c.sme_weight / c.weight:.0%} | {used:.1%} |"
        )
    return lines


def population_shares(nature: str) -> tuple[float, float]:
    """SME share by number and by value, where contract values are lognormal with median 0.4 and mean 2.0 million."""
    variance = 2 * math.log(2.0 / 0.4)
    steps = built_in_curve().steps(nature)
    shares = built_in_curve().win_probability(nature, steps)
    found = []
    # Weighted by value, a lognormal population is lognormal with its logarithm's mean moved up by its variance.
    for centre in (math.log(400_000), math.log(400_000) + variance):
        below = [
            0.5 * (1 + math.erf((math.log(s) - centre) / math.sqrt(2 * variance))) if s > 0 else 0.0 for s in steps
        ]
        parts = np.diff([*below, 1.0])
        found.append(float(shares @ parts))
    return found[0], found[1]


def comparison_table() -> list[str]:
    lines, all_natures = [], []
    for nature in NATURES:
        number, value = population_shares(nature)
        all_natures.append((number, value))
        lines.append(f"| built-in curve, {nature} | {number:.0%} | {value:.0%} |")
    number, value = np.mean(all_natures, axis=0)
    lines.append(f"| built-in curve, the three in equal parts | {number:.0%} | {value:.0%} |")
    return lines


def test_shares_of_a_lognormal_population_agree_with_numbers_drawn_at_random() -> None:
    draws = np.random.default_rng(1).lognormal(math.log(400_000), math.sqrt(2 * math.log(5)), 400_000)
    shares = built_in_curve().win_probability("services", draws)
    number, value = population_shares("services")
    assert shares.mean() == pytest.approx(number, abs=0.005)
    assert (shares * draws).sum() / draws.sum() == pytest.approx(value, abs=0.01)


def test_the_page_shows_the_counts_the_curve_and_the_comparison_as_they_are() -> None:
    page = PAGE.read_text(encoding="utf-8").splitlines()
    missing = [line for line in counts_table() + comparison_table() if line not in page]
    assert missing == []
