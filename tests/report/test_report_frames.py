"""The analyst's tables, and that nobody else pays for pandas."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from lotsplit.report import frames
from lotsplit.report.workbook.lettering import lines_of, text_width


def test_lots_items_and_packages_as_frames(market: Any) -> None:
    tables = frames(market.plan, market.evaluation)
    assert list(tables) == ["lots", "items", "packages"]
    lots = tables["lots"].set_index("lot_id")
    assert lots["value"].sum() == pytest.approx(market.evaluation.totals.value)
    assert lots.loc["SCHOOL-02", "finish"] == pd.Timestamp("2027-09-30")
    assert pd.api.types.is_datetime64_any_dtype(lots["start"])
    assert list(lots.index[lots["locked"]]) == ["SCHOOL-02"]
    assert list(tables["items"]["lot_id"])[-1] == "BRIDGE-01"
    assert tables["items"]["building"].to_list()[0] == "@north"
    packages = tables["packages"].set_index("package_id")
    assert packages.loc["BRIDGE", "status"] == "marked undivided"
    assert packages["cost"].sum() == pytest.approx(lots["cost"].sum())


def test_a_schedule_without_lots_gives_empty_frames(market: Any, make_case: Any) -> None:
    empty = replace(market.evaluation, lots=())
    tables = frames(market.plan, empty)
    assert len(tables["lots"]) == len(tables["items"]) == 0
    assert "start" in tables["lots"].columns


def test_pandas_is_loaded_only_for_frames() -> None:
    code = "import sys, lotsplit.report; sys.exit('pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_lines_are_counted_between_words() -> None:
    assert lines_of("one", 20.0) == 1
    assert lines_of("one\ntwo", 20.0) == 2
    assert lines_of("twelve twelve twelve", text_width("twelve twelve") + 0.1) == 2
    assert lines_of("twelve twelve twelve", text_width("twelve") + 0.1) == 3
    assert lines_of("0" * 100, 20.0) == 6


def test_wide_letters_take_more_room() -> None:
    assert text_width("WWWW") > text_width("0000") > text_width("iiii")
