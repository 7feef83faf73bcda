"""Every kind of problem: a plan that has it and is told so at the right cell, and its like that has it not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lotsplit import problems as declared
from lotsplit.problems import KINDS

Found = list[tuple[str, str]]

# code: (the sheets that have the problem, where it is told, the same put right). Packages, where a case has none, is
# PACKAGES below, and every case starts in March 2027.
PACKAGES = """
Packages
| package_id | title | nature | region | fund | earliest_start | latest_finish | value |
| ROAD | Road | works | North | ERDF | 2027-03-01 | 2028-02-29 | |
"""
ITEMS = """
Items
| item_id | package_id | value |
| R1 | ROAD | 1000 |
"""


def packages(header: str, values: str, more: str = "") -> str:
    """PACKAGES with its columns and one row, and others behind them."""
    return f"""
    Packages
    | package_id | title | region | fund | earliest_start | latest_finish | {header} |
    | ROAD | Road | North | ERDF | 2027-03-01 | 2028-02-29 | {values} |
    {more}"""


def items(header: str, *rows: str) -> str:
    """PACKAGES, and Items with R1, R2, ... of the package ROAD with more columns."""
    lines = "\n".join(f"| R{number} | ROAD | {row} |" for number, row in enumerate(rows, start=1))
    return f"{PACKAGES}\nItems\n| item_id | package_id | {header} |\n{lines}"


def with_sheet(name: str, header: str, *rows: str) -> str:
    """A sound plan, and another sheet."""
    return PACKAGES + ITEMS + f"\n{name}\n| {header} |\n" + "\n".join(f"| {row} |" for row in rows)


def suppliers(header: str, row: str, head: str = "small | * | *") -> str:
    return with_sheet("Suppliers", f"supplier_id | size | trades | regions | {header}", f"S1 | {head} | {row}")


Case = tuple[str, Found, str]
CASES: dict[str, list[Case]] = {
    "missing-sheet": [
        (ITEMS, [("Packages", "missing-sheet")], PACKAGES + ITEMS),
        ("Packages\n| package_id | title | value |", [("Packages", "missing-sheet")], PACKAGES + ITEMS),
    ],
    "duplicate-sheet": [
        (PACKAGES + ITEMS + "\nI_tems\n| a |", [("I_tems", "duplicate-sheet")], PACKAGES + ITEMS + "\nNotes\n| a |")
    ],
    "sheet-spelling": [
        (
            PACKAGES + ITEMS + "\nSupliers\n| a |",
            [("Supliers", "sheet-spelling")],
            PACKAGES + ITEMS + "\nSummary\n| a |",
        )
    ],
    "no-header": [
        (
            PACKAGES + ITEMS + "\nSuppliers\n| Our firms |\n| Ann | small |",
            [("Suppliers", "no-header")],
            PACKAGES + ITEMS + "\nSuppliers",
        )
    ],
    "missing-column": [
        (
            PACKAGES + "\nItems\n| item_id | packge_id | value |\n| R1 | ROAD | 1 |",
            [("Items!row 1", "missing-column")],
            PACKAGES + ITEMS,
        )
    ],
    "duplicate-column": [
        (items("value | Value", "1 | 2"), [("Items!D1", "duplicate-column")], items("value | remark", "1 | 2")),
        (
            items("value | cpv | trade", "1 | 45 | 45"),
            [("Items!E1", "duplicate-column")],
            items("value | cpv", "1 | 45"),
        ),
    ],
    "column-spelling": [
        (
            items("value | quantity_stp", "1 | 2"),
            [("Items!D1", "column-spelling")],
            items("value | colour", "1 | 2"),
        )
    ],
    "column-without-name": [
        (items("value | ", "1 | by Ann"), [("Items!D2", "column-without-name")], items("value | by", "1 | by Ann"))
    ],
    "row-without-key": [
        (
            PACKAGES + ITEMS + "| | | 1000 |",
            [("Items!row 3", "row-without-key")],
            PACKAGES + ITEMS + "|  |",
        ),
        (
            PACKAGES + ITEMS + "| | see the minutes | |",
            [("Items!row 3", "row-without-key")],
            PACKAGES + ITEMS,
        ),
    ],
    "blank": [
        (packages("value", "1", "| RAIL | | North | | | | 2 |"), [("Packages!B3", "blank")], packages("value", "1")),
        (suppliers("name", "Ann", "small |  | *"), [("Suppliers!C2", "blank")], suppliers("name", "Ann")),
        (
            with_sheet("Rules", "rule | value", "bid_cost | "),
            [("Rules!B2", "blank")],
            with_sheet("Rules", "rule | value", "bid_cost | 0"),
        ),
    ],
    "excel-error": [
        (items("value", "#REF!"), [("Items!C2", "excel-error")], items("value", "=1+1")),
        (items("value | note", "1 | #N/A"), [("Items!D2", "excel-error")], items("value | note", "1 | NA")),
    ],
    "not-calculated": [(items("value", "=?"), [("Items!C2", "not-calculated")], items("value", "=1+1"))],
    "not-a-number": [
        (items("value", "about 5"), [("Items!C2", "not-a-number")], items("value", "'5")),
        (items("value", "TRUE"), [("Items!C2", "not-a-number")], items("value", "1")),
        (items("value | quantity", "1 | € 5"), [("Items!D2", "not-a-number")], items("value | quantity", "1 | '5")),
        (items("value | min_months", "1 | 50 %"), [("Items!D2", "not-a-number")], items("value | min_months", "1 | 5")),
    ],
    "ambiguous-number": [
        (items("value", "1,234"), [("Items!C2", "ambiguous-number")], items("value", "1,234.00")),
        (items("value", "'1.234"), [("Items!C2", "ambiguous-number")], items("value", "'1.234", "'5,5")),
    ],
    "foreign-currency": [
        (items("value", "£ 5"), [("Items!C2", "foreign-currency")], items("value", "€ 5")),
        (items("value", "CHF 5"), [("Items!C2", "foreign-currency")], items("value", "EUR 5")),
    ],
    "not-whole": [(suppliers("count", "2.5"), [("Suppliers!E2", "not-whole")], suppliers("count", "2"))],
    "out-of-range": [
        (items("value", "0"), [("Items!C2", "out-of-range")], items("value", "0.01")),
        (items("value | quantity", "1 | -1"), [("Items!D2", "out-of-range")], items("value | quantity", "1 | 1")),
        (suppliers("bid_probability", "30"), [("Suppliers!E2", "out-of-range")], suppliers("bid_probability", "30 %")),
        (suppliers("commitments", "-1"), [("Suppliers!E2", "out-of-range")], suppliers("commitments", "0")),
        (suppliers("strength", "0"), [("Suppliers!E2", "out-of-range")], suppliers("strength", "0.5")),
        (
            packages("min_lots | value", "0 | 5"),
            [("Packages!G2", "out-of-range")],
            packages("min_lots | value", "1 | 5"),
        ),
        (
            with_sheet("Rules", "rule | value", "scale_elasticity | 1.2"),
            [("Rules!B2", "out-of-range")],
            with_sheet("Rules", "rule | value", "scale_elasticity | 1"),
        ),
    ],
    "not-a-date": [
        (
            items("value | latest_finish", "1 | 13/13/2027"),
            [("Items!D2", "not-a-date")],
            items("value | latest_finish", "1 | 12/12/2027"),
        ),
        (
            items("value | latest_finish", "1 | 46500"),
            [("Items!D2", "not-a-date")],
            items("value | latest_finish", "1 | June 2027"),
        ),
    ],
    "not-yes-or-no": [
        (
            items("value | divisible", "1 | maybe"),
            [("Items!D2", "not-yes-or-no")],
            items("value | divisible", "1 | oui"),
        )
    ],
    "not-a-choice": [
        (
            suppliers("name", "Ann", "tiny | * | *"),
            [("Suppliers!B2", "not-a-choice")],
            suppliers("name", "Ann", "Micro | * | *"),
        ),
        (
            with_sheet("Rules", "rule | value", "lots_cross_regions | always"),
            [("Rules!B2", "not-a-choice")],
            with_sheet("Rules", "rule | value", "lots_cross_regions | same parent"),
        ),
        (
            with_sheet("Rules", "rule | value", "currency | Euro"),
            [("Rules!B2", "not-a-choice")],
            with_sheet("Rules", "rule | value", "currency | nok"),
        ),
    ],
    "ambiguous-code": [
        (items("value | cpv", "1 | 3000000"), [("Items!D2", "ambiguous-code")], items("value | cpv", "1 | '03000000"))
    ],
    "duplicate-key": [
        (
            PACKAGES + ITEMS + "| R1 | ROAD | 5 |",
            [("Items!A3", "duplicate-key")],
            PACKAGES + ITEMS + "| r1 | ROAD | 5 |",
        ),
        (
            with_sheet("Rules", "rule | value", "bid_cost | 1", "Bid Cost | 2"),
            [("Rules!A3", "duplicate-key")],
            with_sheet("Rules", "rule | value", "bid_cost | 1", "lot_fixed_cost | 2"),
        ),
        (
            packages("value", "5", "| RAIL | Rail | North | | | | |")
            + "\nItems\n| item_id | package_id | value |\n| ROAD | RAIL | 1 |",
            [("Items!A2", "duplicate-key")],
            packages("value", "5"),
        ),
    ],
    "unknown-package": [
        (
            PACKAGES + ITEMS + "| R2 | RODE | 5 |",
            [("Items!B3", "unknown-package")],
            PACKAGES + ITEMS + "| R2 | ROAD | 5 |",
        ),
        # The package that was meant is not said to lack items as well.
        (
            PACKAGES + "\nItems\n| item_id | package_id | value |\n| R1 | ROAAD | 1000 |",
            [("Items!B2", "unknown-package")],
            PACKAGES + ITEMS,
        ),
    ],
    "unknown-fund": [
        (
            with_sheet("Budgets", "fund | ceiling", "ERFD | 5000"),
            [("Budgets!A2", "unknown-fund")],
            with_sheet("Budgets", "fund | ceiling", "ERDF | 5000"),
        )
    ],
    "unknown-rule": [
        (
            with_sheet("Rules", "rule | value", "min_bider | 1"),
            [("Rules!A2", "unknown-rule")],
            with_sheet("Rules", "rule | value", "min_bidders | 1"),
        )
    ],
    "no-value": [
        (items("quantity | value", "5 | "), [("Items!D2", "no-value")], items("quantity | unit_price", "5 | 2")),
        (PACKAGES, [("Packages!H2", "no-value")], packages("value", "100")),
    ],
    "values-disagree": [
        (
            items("quantity | unit_price | value", "10 | 100 | 1002"),
            [("Items!E2", "values-disagree")],
            items("quantity | unit_price | value", "10 | 100 | 1001"),
        )
    ],
    "sum-disagrees": [
        (packages("value", "1002") + ITEMS, [("Packages!G2", "sum-disagrees")], packages("value", "1001") + ITEMS)
    ],
    "step-does-not-divide": [
        (
            items("value | quantity | quantity_step", "1 | 10 | 4"),
            [("Items!D2", "step-does-not-divide")],
            items("value | quantity | quantity_step", "1 | 0.3 | 0.1"),
        ),
        (
            items("value | quantity", "1 | 2.5"),
            [("Items!D2", "step-does-not-divide")],
            items("value | quantity", "1 | 0.5"),
        ),
        (
            items("value | quantity | divisible", "1 | 2.5 | yes"),
            [("Items!D2", "step-does-not-divide")],
            items("value | quantity | divisible", "1 | 2.5 | no"),
        ),
    ],
    "window-reversed": [
        (
            items("value | earliest_start | latest_finish", "1 | 2027-06-01 | 2027-03-31"),
            [("Items!E2", "window-reversed")],
            items("value | earliest_start | latest_finish", "1 | June 2027 | 2027-06"),
        ),
        # To the day, within one month; and against the package's date.
        (
            items("value | earliest_start | latest_finish", "1 | 2027-06-20 | 2027-06-10"),
            [("Items!E2", "window-reversed")],
            items("value | earliest_start | latest_finish", "1 | 2027-06-10 | 2027-06-20"),
        ),
        (
            items("value | latest_finish", "1 | 2027-02-01"),
            [("Items!D2", "window-reversed")],
            items("value | latest_finish", "1 | 2027-03-01"),
        ),
    ],
    "window-too-short": [
        (
            items("value | latest_finish | min_months", "1 | 2027-04-30 | 3"),
            [("Items!E2", "window-too-short")],
            items("value | latest_finish | min_months", "1 | 2027-05-30 | 3"),
        )
    ],
    "window-outside-plan": [
        (
            with_sheet("Rules", "rule | value", "plan_start | 2027-04-01"),
            [("Packages!F2", "window-outside-plan")],
            with_sheet("Rules", "rule | value", "plan_start | January 2027"),
        ),
        (
            with_sheet("Rules", "rule | value", "plan_months | 11"),
            [("Packages!G2", "window-outside-plan")],
            with_sheet("Rules", "rule | value", "plan_months | 12"),
        ),
    ],
    "no-dates": [
        (
            "Packages\n| package_id | title | value |\n| P | Paper | 5 |",
            [("Packages", "no-dates")],
            "Packages\n| package_id | title | value |\n| P | Paper | 5 |\nRules\n| rule | value |\n| plan_start | 2027-01 |",
        )
    ],
    "together-in-two-pools": [
        (
            items("value | cpv | keep_together", "1 | '45233 | a", "1 | '71300 | a"),
            [("Items!E3", "together-in-two-pools")],
            items("value | cpv | keep_together", "1 | '45233 | a", "1 | '45231 | a", "1 | '71300 | b"),
        ),
        (
            items("value | region | keep_together", "1 | North | a", "1 | South | a"),
            [("Items!E3", "together-in-two-pools")],
            items("value | region | keep_together", "1 | North | a", "1 |  | a"),
        ),
    ],
    "together-without-time": [
        (
            items("value | latest_finish | earliest_start | keep_together", "1 | 2027-05 | | a", "1 | | 2027-06 | a"),
            [("Items!F3", "together-without-time")],
            items("value | latest_finish | earliest_start | keep_together", "1 | 2027-06 | | a", "1 | | 2027-06 | a"),
        ),
        (
            items("value | latest_finish | min_months | keep_together", "1 | 2027-05 | | a", "1 | | 4 | a"),
            [("Items!F3", "together-without-time")],
            items("value | latest_finish | min_months | keep_together", "1 | 2027-05 | | a", "1 | | 3 | a"),
        ),
    ],
    "min-lots-above-max": [
        (
            packages("min_lots | max_lots | value", "3 | 2 | 1"),
            [("Packages!G2", "min-lots-above-max")],
            packages("min_lots | max_lots | value", "2 | 2 | 1"),
        )
    ],
    "too-few-parts": [
        (packages("min_lots", "2") + ITEMS, [("Packages!G2", "too-few-parts")], packages("min_lots", "1") + ITEMS),
        (
            packages("min_lots | value", "101 | 5"),
            [("Packages!G2", "too-few-parts")],
            packages("min_lots | value", "100 | 5"),
        ),
        (
            packages("min_lots", "3")
            + "\nItems\n| item_id | package_id | value | keep_together |\n| a | ROAD | 1 | k |\n| b | ROAD | 1 | k |\n| c | ROAD | 1 | |",
            [("Packages!G2", "too-few-parts")],
            packages("min_lots", "2")
            + "\nItems\n| item_id | package_id | value | keep_together |\n| a | ROAD | 1 | k |\n| b | ROAD | 1 | k |\n| c | ROAD | 1 | |",
        ),
        (
            packages("min_lots | divisible | value", "2 | no | 5"),
            [("Packages!G2", "too-few-parts")],
            packages("min_lots | divisible | value", "2 | yes | 5"),
        ),
    ],
    "too-many-pools": [
        (
            packages("min_lots | max_lots", "2 | 2")
            + "\nItems\n| item_id | package_id | value | region |\n| a | ROAD | 1 | A |\n| b | ROAD | 1 | B |\n| c | ROAD | 1 | C |",
            [("Packages!H2", "too-many-pools")],
            packages("min_lots | max_lots", "1 | 2")
            + "\nItems\n| item_id | package_id | value | region |\n| a | ROAD | 1 | A |\n| b | ROAD | 1 | B |\n| c | ROAD | 1 | C |",
        )
    ],
    "region-above-itself": [
        (
            with_sheet("Regions", "region | parent", "North | Land", "Land | North"),
            [("Regions!B2", "region-above-itself")],
            with_sheet("Regions", "region | parent", "North | Land", "Land | "),
        ),
        (
            with_sheet("Regions", "region | parent", "FR1 | FR10"),
            [("Regions!B2", "region-above-itself")],
            with_sheet("Regions", "region | parent", "FR10 | FR1"),
        ),
    ],
    "floor-without-items": [
        (
            with_sheet("Regions", "region | min_sme_share", "Nrth | 0.3"),
            [("Regions!A2", "floor-without-items")],
            with_sheet("Regions", "region | parent | min_sme_share", "North | Land | ", "Land | | 30 %"),
        )
    ],
    "budget-without-items": [
        (
            with_sheet("Budgets", "fund | region | ceiling", "ERDF | South | 5"),
            [("Budgets!B2", "budget-without-items")],
            with_sheet("Budgets", "fund | region | ceiling", "ERDF | North | 5", " |  | 7"),
        )
    ],
    "budget-outside-plan": [
        (
            with_sheet("Budgets", "year | ceiling", "2029 | 5"),
            [("Budgets!A2", "budget-outside-plan")],
            with_sheet("Budgets", "year | ceiling", "2028 | 5"),
        )
    ],
    "budget-unreached": [
        (
            packages("value", "5", "| RAIL | Rail | South | | | 2029-12-31 | 5 |")
            + "\nBudgets\n| fund | year | ceiling |\n| ERDF | 2029 | 5 |",
            [("Budgets!B2", "budget-unreached")],
            packages("value", "5", "| RAIL | Rail | South | | | 2029-12-31 | 5 |")
            + "\nBudgets\n| fund | year | ceiling |\n| | 2029 | 5 |",
        )
    ],
    "contracts-reversed": [
        (
            suppliers("min_contract | max_contract", "10 | 9"),
            [("Suppliers!E2", "contracts-reversed")],
            suppliers("min_contract | max_contract", "9 | 9"),
        ),
        (
            suppliers("min_contract | turnover", "51 | 100"),
            [("Suppliers!E2", "contracts-reversed")],
            suppliers("min_contract | turnover | consortium_size | count", "51 | 100 | 2 | 2"),
        ),
    ],
    "unused-region": [
        (
            suppliers("name", "A", "small | * | Nord"),
            [("Suppliers!D2", "unused-region")],
            suppliers("name", "A", "small | * | North"),
        )
    ],
    "unused-trade": [
        (
            packages("cpv | value", "'45233120-6 | 5")
            + "\nSuppliers\n| supplier_id | size | trades | regions |\n| S | micro | 45;71 | * |",
            [("Suppliers!C2", "unused-trade")],
            packages("cpv | value", "'45233120-6 | 5")
            + "\nSuppliers\n| supplier_id | size | trades | regions |\n| S | micro | '45 | * |",
        )
    ],
    "no-consortium": [
        (
            suppliers("count | consortium_size", "2 | 3"),
            [("Suppliers!F2", "no-consortium")],
            suppliers("count | consortium_size", "3 | 3"),
        )
    ],
    "curve-incomplete": [
        (
            with_sheet("Curve", "nature | from_value | sme_win_share", "works | 10 | 0.5", "supplies | 0 | 0.5"),
            [("Curve", "curve-incomplete")],
            with_sheet("Curve", "nature | from_value | sme_win_share", "works | 0 | 0.5"),
        )
    ],
    "band-twice": [
        (
            with_sheet("Curve", "nature | from_value | sme_win_share", "works | 0 | 0.5", "works | 0 | 0.4"),
            [("Curve!B3", "band-twice")],
            with_sheet("Curve", "nature | from_value | sme_win_share", "works | 0 | 0.5", "supplies | 0 | 0.4"),
        )
    ],
}

# Told of a schedule, and held in test_read_schedule.py.
OF_SCHEDULES = {"unknown-lot", "unknown-item", "item-twice", "lot-without-items", "months-disagree", "part-disagrees"}
# Told of workbooks that a table in a test cannot show, and held in test_tables.py.
OF_OTHER_WORKBOOKS = {"merged-cells"}

ALL = [(code, *case) for code, cases in CASES.items() for case in cases]


@pytest.mark.parametrize(("code", "broken", "told", "kept"), ALL, ids=[f"{case[0]}-{n}" for n, case in enumerate(ALL)])
def test_a_plan_that_has_it_and_one_that_has_it_not(
    problems_of: Callable[..., Found], code: str, broken: str, told: Found, kept: str
) -> None:
    assert problems_of(broken) == told
    assert {found for _, found in told} == {code}
    assert problems_of(kept) == []


def test_every_kind_has_a_case() -> None:
    codes = [kind.code for kind in KINDS]
    assert sorted({*CASES, *OF_SCHEDULES, *OF_OTHER_WORKBOOKS}) == sorted(codes)
    assert len(codes) == len(set(codes))


def test_every_declared_kind_is_listed() -> None:
    kinds = [value for value in vars(declared).values() if isinstance(value, declared.Kind)]
    assert kinds == list(KINDS)
