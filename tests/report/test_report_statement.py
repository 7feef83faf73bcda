"""The sentences of the report, and the amounts in them."""

from __future__ import annotations

from dataclasses import replace
from math import inf, sqrt
from typing import Any

import pytest

from lotsplit.limits import Limit, limits_of
from lotsplit.report import check_words, headline
from lotsplit.report.assumptions import assumptions_sentence
from lotsplit.report.key_figures import play_of_chance
from lotsplit.report.statement import (
    bids_sentence,
    cost_sentence,
    limits_sentence,
    price_sentence,
    quality_sentence,
    share_sentence,
    sureness_sentence,
    undivided_sentence,
)
from lotsplit.report.words import (
    amount,
    count,
    listed,
    money,
    money_at_most,
    money_change,
    percent,
    points,
)
from lotsplit.result import Aim, Stop
from lotsplit.schedule import Schedule, undivided_plan


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (money(41_234.56, "EUR"), "41,235 EUR"),
        (money(0.31, "EUR"), "0.31 EUR"),
        (money(99.0, "EUR"), "99 EUR"),
        (money(-0.001, "EUR"), "0 EUR"),
        (money(-3_000.0, "EUR"), "-3,000 EUR"),
        (money_change(3_000.0, "EUR"), "+3,000 EUR"),
        (money_change(1e-9, "EUR"), "0 EUR"),
        (money_change(-1e-9, "EUR"), "0 EUR"),
        (money_at_most(40_312.0, "EUR"), "40,400 EUR"),
        (money_at_most(40_300.0, "EUR"), "40,300 EUR"),
        (money_at_most(1_118_426.0, "EUR"), "1,120,000 EUR"),
        (money_at_most(12.3, "EUR"), "12.30 EUR"),
        (money_at_most(-5.0, "EUR"), "1 EUR"),
        (percent(0.5234), "52.3 %"),
        (percent(-1e-9), "0.0 %"),
        (points(0.213), "+21.3 points"),
        (points(-0.05), "-5.0 points"),
        (points(1e-9), "0.0 points"),
        (count(1, "lot"), "1 lot"),
        (count(2_400, "lot"), "2,400 lots"),
        (amount(0.3, "share", "EUR"), "30.0 %"),
        (amount(9.0, "lots", "EUR"), "9 lots"),
        (listed(["a"]), "a"),
        (listed(["a", "b", "c"]), "a, b and c"),
        (listed(list("abcdefg")), "a, b, c, d, e and 2 more"),
    ],
)
def test_amounts_in_words(text: str, expected: str) -> None:
    assert text == expected


def test_the_share_is_told_by_value_and_by_number(market: Any) -> None:
    after, before = market.evaluation.totals, market.evaluation.undivided
    sentence = share_sentence(market.evaluation)
    for share in (
        after.expected_sme_share,
        before.expected_sme_share,
        after.expected_sme_lot_share,
        before.expected_sme_lot_share,
    ):
        assert percent(share) in sentence
    assert "In 6 lots" in sentence


def test_the_play_of_chance_is_the_standard_deviation(market: Any) -> None:
    half = tuple(replace(lot, sme_win_probability=0.5, value=100.0) for lot in market.evaluation.lots[:4])
    assert play_of_chance(half) == pytest.approx(sqrt(4 * 0.25) / 4)
    certain = tuple(replace(lot, sme_win_probability=1.0) for lot in half)
    assert play_of_chance(certain) == 0
    assert play_of_chance(()) == 0


def test_a_gain_over_what_nobody_could_carry_is_told_apart(market: Any) -> None:
    assert market.evaluation.undivided.thin_value == 240_000
    assert "240,000 EUR lie in packages that too few firms could carry whole" in sureness_sentence(
        market.rules, market.evaluation
    )


def test_a_curve_says_that_it_overstates(curve: Any) -> None:
    sentence = sureness_sentence(curve.rules, curve.evaluation)
    assert f"At half the effect the share is {percent(curve.evaluation.half_effect_share)}" in sentence
    assert "overstates" in sentence
    assert "not counted" in bids_sentence(curve.evaluation)
    assert "sample that is not random" in assumptions_sentence(curve.plan, curve.rules, curve.evaluation)


def test_the_cost_is_told_in_its_three_parts(market: Any) -> None:
    after, before = market.evaluation.totals, market.evaluation.undivided
    sentence = cost_sentence(market.rules, market.evaluation)
    for name, part in (
        ("lost economies of scale", after.scale_cost - before.scale_cost),
        ("single bids", after.single_bid_cost - before.single_bid_cost),
        ("procedures", after.procedure_cost - before.procedure_cost),
    ):
        assert f"{name} {money_change(part, 'EUR')}" in sentence
    assert ("more" if market.evaluation.extra_cost > 0 else "less") in sentence


def test_an_undivided_schedule_costs_the_same(market: Any, make_case: Any) -> None:
    same = make_case(schedule=undivided_plan(market.plan))
    assert cost_sentence(same.rules, same.evaluation).startswith("It costs as much as the undivided plan")


def test_what_is_broken_is_named_with_its_figures(market: Any) -> None:
    (broken,) = market.evaluation.broken
    expected = f"budget FRK26: cost at most 500,000 EUR, reached {money(broken.reached, 'EUR')}"
    assert check_words(broken, "EUR") == expected
    assert f"1 of {len(market.evaluation.checks)} constraints is broken: {expected}." in limits_sentence(
        market.rules, market.evaluation
    )


def test_when_all_holds_it_says_so(curve: Any) -> None:
    assert (
        limits_sentence(curve.rules, curve.evaluation)
        == f"Every one of {len(curve.evaluation.checks)} constraints holds."
    )


def test_a_rule_of_shape_says_what_is_wrong(market: Any, make_case: Any) -> None:
    lots = market.evaluation.schedule.lots
    torn = make_case(schedule=Schedule(lots[1:]))
    words = [check_words(check, "EUR") for check in torn.evaluation.broken]
    assert "every item lies wholly in lots (SCHOOL-1): lots hold 0 of 1 piece: too little" in words


def test_packages_not_divided_are_named_with_the_reason(market: Any) -> None:
    assert (
        undivided_sentence(market.evaluation, market.result)
        == "1 of 3 packages is not divided: 1 marked so by the plan (BRIDGE)."
    )


def test_that_undivided_is_best_is_said_only_of_a_search(market: Any, make_case: Any) -> None:
    whole = make_case(schedule=undivided_plan(market.plan))
    assert "no better division found" in undivided_sentence(whole.evaluation, whole.result)
    assert "best" not in undivided_sentence(whole.evaluation, None)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, "could add more than 40,400 EUR (1.98 % of the plan's value)"),
        ({"stop": Stop.OPTIMAL}, "It is proven optimal, after 12 seconds"),
        ({"stop": Stop.TIME_LIMIT}, "stopped at its time limit"),
        ({"stop": Stop.NO_PROGRESS}, "neither schedule nor bound moved"),
        (
            {"stop": Stop.INTERRUPTED, "bound": inf},
            "no bound was proven. The search stopped because it was interrupted",
        ),
        ({"seconds": 0.2}, "after less than a second"),
        ({"aim": Aim.COST, "bound": 1e6}, "could cost less by more than"),
    ],
)
def test_how_good_the_answer_is(market: Any, change: dict[str, Any], expected: str) -> None:
    sentence = quality_sentence(market.plan, market.rules, market.evaluation, replace(market.result, **change))
    assert expected in sentence
    assert ("optimal" in sentence) == (change.get("stop") is Stop.OPTIMAL)


@pytest.mark.parametrize(
    ("bids", "verdict"), [(2.0, "Fewer than that"), (3.5, "In keeping with that"), (6.0, "More than that")]
)
def test_implied_bids_are_held_against_those_seen(market: Any, bids: float, verdict: str) -> None:
    totals = replace(market.evaluation.totals, expected_bids=6 * bids)
    sentence = bids_sentence(replace(market.evaluation, totals=totals))
    assert f"{bids:.1f} bids a lot" in sentence
    assert verdict in sentence


def test_every_default_that_is_assumed_is_named_as_an_assumption(market: Any) -> None:
    sentence = assumptions_sentence(market.plan, market.rules, market.evaluation)
    assumed, rest = sentence.split(". ", 1)
    assert assumed == (
        "Assumptions, not facts: lot_fixed_cost 2,000 EUR, scale_elasticity 0.02, subcontracting 50.0 %,"
        " bid_probability_micro 10.0 %, bid_probability_small 17.0 %, bid_probability_medium 30.0 %,"
        " bid_probability_large 40.0 %"
    )
    assert rest.startswith(
        "A judgement: extra_cost_weight 5. Taken over from sources elsewhere: single_bid_premium 10.0 %"
    )


def test_what_the_plan_sets_or_does_not_use_is_no_assumption(market: Any) -> None:
    rules = replace(market.rules, origins={"lot_fixed_cost": "workbook"})
    own = tuple(replace(s, bid_probability=0.2) if s.size == "large" else s for s in market.plan.suppliers)
    sentence = assumptions_sentence(replace(market.plan, suppliers=own), rules, market.evaluation)
    assert "lot_fixed_cost" not in sentence
    assert "bid_probability_large" not in sentence
    assert "3 of 4 supplier rows" in sentence


def test_prices_are_told_by_the_unit_of_their_limit(market: Any) -> None:
    limits: dict[str, Limit] = {limit.id: limit for limit in limits_of(market.plan, market.rules)}
    for key, price, aim, expected in (
        (
            "budget-1",
            0.31,
            Aim.OBJECTIVE,
            "one more EUR of this budget would add about 0.31 EUR to the objective, at the margin",
        ),
        ("budget-1", 0.31, Aim.COST, "one more EUR of this budget would save about 0.31 EUR, at the margin"),
        (
            "lots-per-month",
            1_200.0,
            Aim.OBJECTIVE,
            "one more lot a month would add about 1,200 EUR to the objective, at the margin",
        ),
        (
            "sme-share-FRK26",
            50_000.0,
            Aim.OBJECTIVE,
            "one point less of this floor would add about 500 EUR to the objective, at the margin",
        ),
        ("max-lots-DESKS", 0.0, Aim.OBJECTIVE, "a looser limit is worth nothing at the margin"),
    ):
        assert price_sentence(limits[key], price, "EUR", aim) == expected


def test_every_kind_of_limit_has_its_words(market: Any) -> None:
    rules = replace(market.rules, min_sme_share=0.1, min_lot_value=10.0)
    two = replace(market.plan.packages[0], min_lots=2)
    plan = replace(market.plan, packages=(two, *market.plan.packages[1:]))
    limits = limits_of(plan, rules)
    assert len({limit.kind for limit in limits}) == 9
    for limit in limits:
        assert "would add about" in price_sentence(limit, 1_000.0, "EUR", Aim.OBJECTIVE)


def test_the_headline_begins_with_the_share_and_ends_with_how_good_it_is(market: Any) -> None:
    lines = headline(market.plan, market.rules, market.evaluation, market.result)
    assert lines[0] == share_sentence(market.evaluation)
    assert lines[-1] == quality_sentence(market.plan, market.rules, market.evaluation, market.result)
    assert len(lines) == 6
