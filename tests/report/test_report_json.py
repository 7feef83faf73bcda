"""The lot schedule as JSON: keys, precision, what is left out."""

from __future__ import annotations

import json
from dataclasses import replace
from math import inf, nan
from pathlib import Path
from typing import Any

import pytest

import lotsplit
from lotsplit.report import schedule_json, write_json
from lotsplit.result import Aim
from lotsplit.rules import RULES
from lotsplit.sheets import LOT_ITEMS, LOTS
from lotsplit.sheets.report import BUDGET_RESULTS, PACKAGE_RESULTS, REGION_RESULTS, SUPPLIER_RESULTS

ALWAYS = {
    "value",
    "lots",
    "packages",
    "cost",
    "extra_cost",
    "scale_cost",
    "single_bid_cost",
    "procedure_cost",
    "expected_sme_value",
    "overflow",
    "expected_sme_share",
    "expected_sme_lot_share",
    "expected_bids",
    "bidders_cost",
    "reserved_value",
    "thin_value",
    "undivided_expected_sme_share",
    "undivided_expected_sme_lot_share",
    "undivided_cost",
    "undivided_expected_bids",
    "undivided_thin_value",
    "objective",
}
SEARCHED = {"bound", "gap", "relative_gap", "stop_reason", "seconds"}


def of(case: Any, result: Any = None) -> dict[str, Any]:
    return schedule_json(case.plan, case.rules, case.evaluation, result)


def test_the_keys_are_those_of_the_specification_in_its_order(market: Any) -> None:
    assert list(of(market)) == [
        "lotsplit",
        "plan",
        "rules",
        "participation",
        "summary",
        "lots",
        "packages",
        "regions",
        "budgets",
        "suppliers",
        "checks",
    ]


def test_a_searched_schedule_has_bound_and_gap(market: Any) -> None:
    summary = of(market, market.result)["summary"]
    assert set(summary) == ALWAYS | SEARCHED
    assert summary["bound"] == market.result.bound
    assert summary["gap"] == pytest.approx(40_312 / market.plan.value, rel=1e-9)
    assert summary["relative_gap"] == pytest.approx(40_312 / abs(market.result.bound), rel=1e-9)
    assert (summary["stop_reason"], summary["seconds"]) == ("gap", 12.3)


def test_a_scored_schedule_has_none(market: Any) -> None:
    assert set(of(market)["summary"]) == ALWAYS


def test_half_the_effect_is_told_with_a_curve_only(curve: Any) -> None:
    document = of(curve)
    assert document["participation"] == "curve"
    assert set(document["summary"]) == ALWAYS | {"expected_sme_share_half_effect"}
    assert document["summary"]["expected_sme_share_half_effect"] == curve.evaluation.half_effect_share
    assert document["suppliers"] == document["budgets"] == []


def test_jobs_are_told_where_asked_for(market: Any, make_case: Any) -> None:
    asked = make_case(rules=replace(market.rules, jobs_per_million=7.0))
    summary = of(asked)["summary"]
    assert set(summary) == ALWAYS | {"expected_sme_jobs"}
    assert summary["expected_sme_jobs"] == pytest.approx(7.0 * summary["expected_sme_value"] / 1_000_000)


def test_gap_and_bound_of_a_least_cost_are_about_the_cost(market: Any) -> None:
    aim = -market.evaluation.extra_cost - market.evaluation.totals.thin_value
    summary = of(market, replace(market.result, aim=Aim.COST, bound=aim + 5_000.0))["summary"]
    assert set(summary) == ALWAYS | SEARCHED | {"aim", "aim_value"}
    assert (summary["aim"], summary["aim_value"]) == ("cost", pytest.approx(aim))
    assert summary["gap"] == pytest.approx(5_000 / market.plan.value)
    assert summary["objective"] == market.evaluation.objective


def test_a_bound_that_was_never_proven_is_left_out(market: Any) -> None:
    summary = of(market, replace(market.result, bound=inf))["summary"]
    assert set(summary) == ALWAYS | {"stop_reason", "seconds"}


def test_the_parts_of_the_extra_cost_add_up(market: Any) -> None:
    summary = of(market)["summary"]
    parts = summary["scale_cost"] + summary["single_bid_cost"] + summary["procedure_cost"]
    assert parts == pytest.approx(summary["extra_cost"], abs=1e-6)
    assert summary["extra_cost"] == pytest.approx(summary["cost"] - summary["undivided_cost"])


def test_lots_and_items_have_the_columns_of_their_sheets(market: Any) -> None:
    lots = of(market)["lots"]
    assert list(lots[1]) == [*(column.name for column in LOTS.columns), "items"]
    assert list(lots[1]["items"][0]) == [column.name for column in LOT_ITEMS.columns]
    assert lots[0]["remark"] == "=check"
    assert lots[0]["items"][0]["building"] == "@north"


def test_days_yes_and_no_and_numbers_are_plain(market: Any) -> None:
    lot, figures = of(market)["lots"][1], market.evaluation.lots[1]
    assert (lot["start"], lot["finish"], lot["months"]) == ("2027-04-01", "2027-09-30", 6)
    assert (lot["undivided"], lot["reserved"], lot["locked"]) == (False, False, True)
    assert lot["cost"] == figures.cost
    assert (lot["trade"], lot["regions"], lot["flags"]) == ("45310000", "FRK26", "")


def test_rules_and_plan_are_told(market: Any) -> None:
    document = of(market)
    assert list(document["rules"]) == [rule.name for rule in RULES]
    assert document["rules"]["plan_start"] == "2027-01-01"
    assert document["rules"]["min_sme_share"] is None
    assert document["lotsplit"] == lotsplit.__version__
    assert document["plan"] == {
        "file": "plan & co.xlsx",
        "sha256": "ab" * 32,
        "currency": "EUR",
        "first_month": "2027-01",
    }


def test_checks_have_margin_and_price(market: Any) -> None:
    checks = {check["check"]: check for check in of(market, market.result)["checks"]}
    broken = checks["budget FRK26: cost at most"]
    assert (broken["held"], broken["unit"], broken["limit"], broken["price"]) == (False, "money", 500_000.0, 0.31)
    assert broken["margin"] == broken["limit"] - broken["reached"] < 0
    floor = checks["expected SME share of region FRK26: at least"]
    assert floor["margin"] == floor["reached"] - floor["limit"] > 0
    whole = checks["every item lies wholly in lots"]
    assert (whole["limit"], whole["reached"], whole["margin"], whole["price"]) == (None, None, None, None)
    assert {check["price"] for check in of(market)["checks"]} == {None}


def test_supplier_without_limit_has_null(market: Any) -> None:
    suppliers = {row["supplier_id"]: row for row in of(market)["suppliers"]}
    assert (suppliers["G"]["capacity"], suppliers["G"]["peak_use"]) == (None, None)
    assert suppliers["F"]["capacity"] == 5 * 900.0
    assert suppliers["E"]["bid_probability"] == market.rules.bid_probability_micro


def test_the_file_is_the_document_and_its_bytes_repeat(market: Any, tmp_path: Path) -> None:
    for name in ("a.json", "b.json"):
        write_json(tmp_path / name, market.plan, market.rules, market.evaluation, market.result)
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()
    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8")) == of(market, market.result)


def test_what_is_not_a_number_is_never_written(market: Any, tmp_path: Path) -> None:
    wrong = replace(market.evaluation, objective=nan)
    with pytest.raises(ValueError, match="JSON"):
        write_json(tmp_path / "a.json", market.plan, market.rules, wrong, None)
    assert list(tmp_path.iterdir()) == []


def test_the_rows_of_every_part_have_the_columns_of_their_sheets(market: Any) -> None:
    document = of(market)
    for name, sheet in (
        ("packages", PACKAGE_RESULTS),
        ("regions", REGION_RESULTS),
        ("budgets", BUDGET_RESULTS),
        ("suppliers", SUPPLIER_RESULTS),
    ):
        assert list(document[name][-1]) == [column.name for column in sheet.columns]
