"""The lot schedule as JSON, for programs (workbook.md, "The same as JSON"): the same rows as the workbook, at full precision."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from lotsplit import __version__
from lotsplit.evaluation import Evaluation
from lotsplit.market import bidders_of
from lotsplit.plan import TenderPlan, first_day, iso_month
from lotsplit.report.key_figures import key_figures
from lotsplit.report.rows import (
    Row,
    budget_rows,
    check_row,
    lot_item_rows,
    lot_row,
    package_row,
    region_row,
    supplier_row,
)
from lotsplit.result import Result
from lotsplit.rules import Rules
from lotsplit.whole_file import whole_file


def schedule_json(plan: TenderPlan, rules: Rules, evaluation: Evaluation, result: Result | None) -> dict[str, Any]:
    """A schedule as plain data: numbers unrounded, days as "YYYY-MM-DD", yes or no as true or false, None for none.

    summary: report.key_figures. lots: the columns of Lots, and items with those of Lot items. packages, regions,
    suppliers: the columns of those sheets, further columns of the input included (region null: items without one).
    budgets: budget (in words), fund, region, year (null: all), ceiling, cost, left, used, status ("held" or "broken").
    checks: check, kind, scope, unit ("money", "lots", "share" or ""), limit, reached, margin, held, found, and price,
    what one more unit of the limit would add to the aim at the margin, an estimate (null where no linear program says it). With a participation curve
    suppliers is empty, and firms, bids and their probabilities are 0, because they do not apply.
    """
    bidders = bidders_of(plan.suppliers, rules)
    prices = result.prices if result is not None else {}
    return {
        "lotsplit": __version__,
        "plan": {
            "file": plan.file_name,
            "sha256": plan.sha256,
            "currency": rules.currency,
            "first_month": iso_month(plan.first_month),
        },
        "rules": _rules(rules),
        "participation": evaluation.participation,
        "summary": key_figures(plan, rules, evaluation, result),
        "lots": [
            {**_plain(lot_row(lot, plan)), "items": [_plain(row) for row in lot_item_rows(lot, plan)]}
            for lot in evaluation.lots
        ],
        "packages": [_plain(package_row(package, plan)) for package in evaluation.packages],
        "regions": [_plain(region_row(part, plan)) for part in evaluation.regions],
        "budgets": [_plain(row) for row in budget_rows(evaluation)],
        "suppliers": [_plain(supplier_row(s, n, plan, bidders)) for n, s in enumerate(evaluation.suppliers)],
        "checks": [
            _plain(check_row(check, prices.get(check.limit.id) if check.limit else None)) for check in evaluation.checks
        ],
    }


def write_json(path: Path, plan: TenderPlan, rules: Rules, evaluation: Evaluation, result: Result | None) -> None:
    """Write a schedule as JSON, whole or not at all. Raises Unwritable.

    The same schedule gives the same bytes. A figure that is not finite raises ValueError, for it is no JSON.
    """
    document = schedule_json(plan, rules, evaluation, result)
    with whole_file(path) as temporary, temporary.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(_lines(document))


def _lines(document: dict[str, Any]) -> Iterator[str]:
    """A line for each record of a list and for everything else: Python's quick encoder does not indent."""
    encode = json.JSONEncoder(allow_nan=False, ensure_ascii=False).encode
    for place, (name, value) in enumerate(document.items()):
        yield f"{',' if place else '{'}\n {encode(name)}: "
        if isinstance(value, list) and value:
            yield "[\n  " + encode(value[0])
            yield from (",\n  " + encode(record) for record in value[1:])
            yield "\n ]"
        else:
            yield encode(value)
    yield "\n}\n"


def _rules(rules: Rules) -> dict[str, Any]:
    start = rules.plan_start
    return rules.as_dict() | {"plan_start": first_day(start).isoformat() if start is not None else None}


def _plain(row: Row) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()}
