"""The sheet Checks: every constraint held or broken, with the price of its limit; then every flag and every warning."""

from __future__ import annotations

from collections.abc import Sequence

from lotsplit.evaluation import Check, Evaluation
from lotsplit.plan import TenderPlan
from lotsplit.problems import Problem
from lotsplit.report.rows import Value, check_row
from lotsplit.report.statement import price_sentence
from lotsplit.report.workbook.book import GREEN, RED
from lotsplit.report.workbook.page import Cells, Figure, Page
from lotsplit.result import Result
from lotsplit.sheets.report import CHECKS

FOUND_WIDTH = 42
PRICE_WIDTH = 34
_KINDS = {"money": "money", "share": "share", "lots": "lots"}


def write_checks(
    page: Page, plan: TenderPlan, evaluation: Evaluation, result: Result | None, warnings: Sequence[Problem]
) -> None:
    """Broken constraints first, then those that hold, flags of lots and packages, and warnings of the plan."""
    broken = evaluation.broken
    held = [check for check in evaluation.checks if check.held]
    rows = [_check(check, result, page.book.currency) for check in (*broken, *held)]
    rows += [_note("flag", "lot", lot.lot.id, flag) for lot in evaluation.lots for flag in lot.flags]
    rows += [
        _note("flag", "undivided plan", p.package_id, "thin: too few firms could carry the package as one contract")
        for p in evaluation.packages
        if p.thin_undivided
    ]
    rows += [_note("warning", "tender plan", str(w.source or ""), _sentence(w)) for w in warnings]
    placed = page.table(CHECKS, rows)
    page.set_width(placed.columns["found"], FOUND_WIDTH)
    page.set_width(placed.columns["price"], PRICE_WIDTH)
    page.sheet.set_tab_color(RED if broken else GREEN)
    page.finish()


def _check(check: Check, result: Result | None, currency: str) -> Cells:
    price = result.prices.get(check.limit.id) if result is not None and check.limit is not None else None
    row = check_row(check, price)
    status = "held" if check.held else "broken"
    cells: Cells = {"status": Figure(status, status)}
    cells |= {name: row[name] for name in ("check", "scope", "found")}
    for name in ("limit", "reached"):
        if row[name] is not None:
            cells[name] = Figure(row[name], _KINDS[check.unit])
    if row["margin"] is not None:
        cells["margin"] = Figure(*_margin(row["margin"], check.unit))
    if price is not None and result is not None and check.limit is not None:
        cells["price"] = price_sentence(check.limit, price, currency, result.aim)
    return cells


def _margin(margin: Value, unit: str) -> tuple[Value, str]:
    assert isinstance(margin, float)
    if unit == "share":
        return 100 * margin, "points"
    return margin, f"{unit} change"


def _note(status: str, about: str, scope: str, found: str) -> Cells:
    return {"status": Figure(status, status), "check": about, "scope": scope, "found": found}


def _sentence(warning: Problem) -> str:
    # The cell stands in a column of its own.
    return str(Problem(warning.kind, None, warning.found, warning.expected, warning.hint))
