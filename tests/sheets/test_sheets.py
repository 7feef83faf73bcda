"""The declarations of sheets and columns: sound in themselves, and in step with rules and records."""

from __future__ import annotations

import pytest

from lotsplit.plan import NATURES, SIZES
from lotsplit.rules import RULES
from lotsplit.sheets import (
    BUDGETS,
    CURVE,
    INPUT_SHEETS,
    ITEMS,
    KINDS,
    LOT_ITEMS,
    LOTS,
    NUMERIC_KINDS,
    PACKAGES,
    REGIONS,
    RULES_SHEET,
    SUPPLIERS,
    Sheet,
    normalised,
)

ALL = (*INPUT_SHEETS, LOTS, LOT_ITEMS)


@pytest.mark.parametrize("sheet", ALL, ids=lambda sheet: sheet.name)
def test_a_sheet_is_sound(sheet: Sheet) -> None:
    spellings = [name for column in sheet.columns for name in column.names]
    assert len(spellings) == len(set(spellings))
    assert sheet.meaning
    for column in sheet.columns:
        assert column.kind in KINDS
        assert column.meaning
        assert (
            column.required
            or column.blank
            or column.kind == "text"
            or sheet in (LOTS, LOT_ITEMS)
            or column.name == "turnover"
        )
        assert not (column.required and column.blank)
        assert bool(column.choices) == (column.kind == "choice") or column.name == "rule"
        if column.least is not None or column.most is not None or column.above:
            assert column.kind in NUMERIC_KINDS
    if sheet.key is not None:
        assert sheet.column(sheet.key).required


def test_only_packages_is_required_of_a_plan() -> None:
    assert [sheet.name for sheet in INPUT_SHEETS if sheet.required] == ["Packages"]
    assert len({normalised(sheet.name) for sheet in ALL}) == len(ALL)


def test_choices_are_those_of_the_records_and_rules() -> None:
    assert PACKAGES.column("nature").choices == CURVE.column("nature").choices == NATURES
    assert SUPPLIERS.column("size").choices == SIZES
    assert RULES_SHEET.column("rule").choices == tuple(rule.name for rule in RULES)


@pytest.mark.parametrize(
    ("sheet", "required"),
    [
        (PACKAGES, ["package_id", "title"]),
        (ITEMS, ["item_id", "package_id"]),
        (SUPPLIERS, ["supplier_id", "size", "trades", "regions"]),
        (REGIONS, ["region"]),
        (BUDGETS, ["ceiling"]),
        (CURVE, ["from_value", "sme_win_share"]),
        (RULES_SHEET, ["rule", "value"]),
    ],
)
def test_required_columns(sheet: Sheet, required: list[str]) -> None:
    assert [column.name for column in sheet.columns if column.required] == required


def test_names_are_compared_without_regard_to_case_spaces_and_punctuation() -> None:
    assert normalised(" Earliest-start (month)") == normalised("earliest_start_MONTH")
    assert normalised("Größe") == "grösse"
    assert PACKAGES.column("cpv").names == ("cpv", "trade", "cpvcode")
    with pytest.raises(KeyError):
        PACKAGES.column("colour")
