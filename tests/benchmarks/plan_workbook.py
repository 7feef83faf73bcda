"""A plan held in records, as a workbook that reads back as the same records."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import xlsxwriter

from lotsplit.plan import Item, Package, Supplier, TenderPlan, first_day, last_day
from lotsplit.rules import Rules

Row = Sequence[object]

_PACKAGES = ["package_id", "title", "nature", "fund", "divisible", "reason", "min_lots", "max_lots"]
_ITEMS = [
    "item_id",
    "package_id",
    "cpv",
    "region",
    "value",
    "quantity",
    "unit",
    "quantity_step",
    "divisible",
    "earliest_start",
    "latest_finish",
    "min_months",
    "keep_together",
]
_SUPPLIERS = [
    "supplier_id",
    "name",
    "count",
    "size",
    "trades",
    "regions",
    "max_contract",
    "working_capital",
    "min_contract",
    "monthly_capacity",
]


def write_plan(path: Path, plan: TenderPlan, rules: Rules) -> None:
    """Writes the workbook, replacing one that is there. Rules that are defaults are left out."""
    book = xlsxwriter.Workbook(
        str(path), {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    day = book.add_format({"num_format": "dd/mm/yyyy"})

    def sheet(name: str, headers: Sequence[str], rows: Iterable[Row]) -> None:
        target = book.add_worksheet(name)
        target.write_row(0, 0, headers)
        dates = [i for i, header in enumerate(headers) if header in ("earliest_start", "latest_finish")]
        for number, row in enumerate(rows, start=1):
            for position, value in enumerate(row):
                if value is not None and value != "":
                    target.write(number, position, value, *([day] if position in dates else []))

    sheet("Packages", _PACKAGES, map(_package, plan.packages))
    sheet("Items", _ITEMS, map(_item, plan.items))
    sheet("Suppliers", _SUPPLIERS, map(_supplier, plan.suppliers))
    sheet("Regions", ("region", "name", "parent"), ((r.id, r.name, r.parent) for r in plan.regions))
    sheet(
        "Budgets",
        ("fund", "region", "year", "ceiling"),
        ((b.fund, b.region, b.year, b.ceiling) for b in plan.budgets),
    )
    set_rules = [(name, value) for name, value in rules.as_dict().items() if rules.origin(name) == "workbook"]
    target = book.add_worksheet("Rules")
    target.write_row(0, 0, ("rule", "value"))
    for number, (name, value) in enumerate(set_rules, start=1):
        target.write(number, 0, name)
        if name == "plan_start":
            target.write_datetime(number, 1, first_day(int(value or 0)), day)
        else:
            target.write(number, 1, value)
    book.close()


def _yes_no(value: bool) -> str:
    return "yes" if value else "no"


def _package(p: Package) -> Row:
    return (p.id, p.title, p.nature, p.fund, _yes_no(p.divisible), p.reason, p.min_lots, p.max_lots)


def _item(i: Item) -> Row:
    return (
        i.id, i.package_id, i.trade, i.region, i.value, i.quantity, i.unit, i.step, _yes_no(i.divisible),
        first_day(i.start), last_day(i.finish), i.min_months, i.keep_together,
    )  # fmt: skip


def _supplier(s: Supplier) -> Row:
    return (
        s.id, s.name, s.count, s.size, "; ".join(s.trades), "; ".join(s.regions),
        s.max_contract, s.working_capital, s.min_contract, s.monthly_capacity,
    )  # fmt: skip
