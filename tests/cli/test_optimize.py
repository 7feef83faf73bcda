"""lotsplit optimize, from the plan to the files: what is asked for is what is done, and what is told is so."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from doors import Run

SHORT_OF_MONEY = {
    "Packages": "package_id,title,fund,region,value,earliest_start,latest_finish\n"
    "A,Roof,ERDF,North,1000000,2027-01-01,2027-12-31\n",
    "Budgets": "fund,region,year,ceiling\nERDF,North,2027,400000\n",
}


def document(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def test_the_schedule_is_written_beside_the_plan_and_the_key_figures_are_told(lotsplit: Run, plan: Path) -> None:
    told = lotsplit("optimize", plan, "--json", "lots.json")
    assert told.returncode == 0
    summary = document(plan.with_name("lots.json"))["summary"]
    share = f"{100 * summary['expected_sme_share']:.1f} %"
    assert told.stdout.startswith(f"In {summary['lots']} lots SMEs can be expected to win {share} of the value")
    assert told.stdout.splitlines()[-2:] == [f"written: {plan.with_name('plan-lots.xlsx')}", "written: lots.json"]
    lots = openpyxl.load_workbook(plan.with_name("plan-lots.xlsx"))["Lots"]
    assert lots.max_row > summary["lots"]
    assert "Traceback" not in told.stderr


def test_what_optimize_reports_is_what_evaluate_says_of_the_file(lotsplit: Run, plan: Path, tmp_path: Path) -> None:
    assert lotsplit("optimize", plan, "--json", "optimized.json").returncode == 0
    assert lotsplit("evaluate", plan, "plan-lots.xlsx", "--json", "evaluated.json").returncode == 0
    optimized, evaluated = document(tmp_path / "optimized.json"), document(tmp_path / "evaluated.json")
    of_the_search = {"bound", "gap", "relative_gap", "stop_reason", "seconds"}
    assert of_the_search <= set(optimized["summary"])
    assert of_the_search.isdisjoint(evaluated["summary"])
    for name, figure in evaluated["summary"].items():
        assert optimized["summary"][name] == pytest.approx(figure, rel=1e-9), name
    assert [lot["lot_id"] for lot in optimized["lots"]] == [lot["lot_id"] for lot in evaluated["lots"]]


def test_the_same_plan_and_seed_give_the_same_json_apart_from_the_seconds(lotsplit: Run, plan: Path) -> None:
    texts = []
    for name in ("one.json", "two.json"):
        assert lotsplit("optimize", plan, "--json", name, "--seed", "7", "--force").returncode == 0
        lines = plan.with_name(name).read_text(encoding="utf-8").splitlines()
        texts.append([line for line in lines if '"seconds"' not in line])
    assert texts[0] == texts[1]


def test_rules_of_the_command_line_win_and_say_where_they_came_from(lotsplit: Run, plan: Path) -> None:
    told = lotsplit("optimize", plan, "--set", "lot_fixed_cost=12,345.50", "--set", "bid_cost=0", "--json", "lots.json")
    assert told.returncode == 0
    rules = document(plan.with_name("lots.json"))["rules"]
    assert rules["lot_fixed_cost"] == 12345.5
    assert rules["bid_cost"] == 0
    sheet = openpyxl.load_workbook(plan.with_name("plan-lots.xlsx"))["Rules"]
    row = next(row for row in sheet.iter_rows(values_only=True) if row[0] == "lot_fixed_cost")
    assert "command line" in row


def test_the_least_cost_of_a_share_costs_no_more_and_reaches_it(lotsplit: Run, plan: Path, tmp_path: Path) -> None:
    share = ["--min-sme-share", "40%", "--gap", "0"]
    assert lotsplit("optimize", plan, *share, "--json", "best.json").returncode == 0
    assert lotsplit("optimize", plan, *share, "--minimise", "cost", "--force", "--json", "least.json").returncode == 0
    best, least = document(tmp_path / "best.json"), document(tmp_path / "least.json")
    assert least["rules"]["min_sme_share"] == best["rules"]["min_sme_share"] == 0.4
    assert least["summary"]["expected_sme_share"] >= 0.4 - 1e-9
    assert least["summary"]["cost"] <= best["summary"]["cost"] + 0.005


def test_a_least_cost_of_no_share_is_wrong_usage(lotsplit: Run, plan: Path) -> None:
    told = lotsplit("optimize", plan, "--minimise", "cost", "--quiet")
    assert told.returncode == 2
    assert told.stderr == (
        "Error: the least cost of which SME share? Give --min-sme-share, or min_sme_share in the sheet Rules or Regions\n"
    )
    assert not plan.with_name("plan-lots.xlsx").exists()


def test_where_nothing_fits_the_answer_is_what_clashes_and_by_how_much(
    lotsplit: Run, sheets: Callable[..., Path], tmp_path: Path
) -> None:
    told = lotsplit("optimize", sheets(**SHORT_OF_MONEY), "--quiet")
    assert told.returncode == 4
    assert told.stdout == ""
    name, _, short = told.stderr.splitlines()[-1].partition(": ")
    assert name == "budget ERDF 2027, North"
    amount = float(short.removesuffix(" EUR short").replace(",", ""))
    # Undivided it costs its value, a procedure and, on average, something for the chance of single bids.
    assert 500_000 < amount < 700_000
    assert [path.name for path in tmp_path.iterdir()] == ["plan"]


def test_with_the_least_relaxation_given_there_is_a_schedule(lotsplit: Run, sheets: Callable[..., Path]) -> None:
    folder = sheets(**SHORT_OF_MONEY)
    told = lotsplit("optimize", folder, "--quiet")
    amount = float(told.stderr.split()[-3].replace(",", ""))
    budgets = folder / "Budgets.csv"
    budgets.write_text(f"fund,region,year,ceiling\nERDF,North,2027,{400_000 + amount + 0.01:.2f}\n", encoding="utf-8")
    assert lotsplit("optimize", folder, "--quiet").returncode == 0
    budgets.write_text(f"fund,region,year,ceiling\nERDF,North,2027,{400_000 + amount - 100:.2f}\n", encoding="utf-8")
    assert lotsplit("optimize", folder, "--quiet", "--force").returncode == 4


def test_cbc_solves_too_or_one_line_says_how_to_get_it(lotsplit: Run, plan: Path, tmp_path: Path) -> None:
    told = lotsplit("optimize", plan, "--solver", "cbc", "--json", "cbc.json", "--quiet")
    if told.returncode == 2:
        assert len(told.stderr.splitlines()) == 1
        assert "CBC" in told.stderr
        return
    assert told.returncode == 0
    assert lotsplit("optimize", plan, "--json", "highs.json", "--quiet", "--force").returncode == 0
    cbc, highs = document(tmp_path / "cbc.json"), document(tmp_path / "highs.json")
    assert cbc["summary"]["objective"] == pytest.approx(
        highs["summary"]["objective"], abs=0.002 * highs["summary"]["value"]
    )


def test_quiet_leaves_nothing_of_a_run_that_goes_well(lotsplit: Run, plan: Path) -> None:
    told = lotsplit("optimize", plan, "--quiet")
    assert (told.returncode, told.stdout, told.stderr) == (0, "", "")
    assert plan.with_name("plan-lots.xlsx").exists()


def test_warnings_go_to_stderr_and_errors_stop(lotsplit: Run, sheets: Callable[..., Path]) -> None:
    folder = sheets(
        Packages="package_id,title,value,region\nA,Roof,1000,North\n",
        Suppliers="supplier_id,size,trades,regions\nS1,small,*,*\nS2,small,*,Atlantis\n",
    )
    told = lotsplit("optimize", folder)
    assert told.returncode == 0
    assert "warning: Suppliers!D3" in told.stderr
    assert "warning: " not in told.stdout
    (folder / "Packages.csv").write_text("package_id,title,value\nA,Roof,minus one\n", encoding="utf-8")
    told = lotsplit("optimize", folder, "--force")
    assert told.returncode == 3
    assert "Packages!C2: " in told.stderr
    assert told.stdout == ""
