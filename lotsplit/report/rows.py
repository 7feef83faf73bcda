"""The records of an evaluation as rows: column name to value, in the order of the columns (sheets.output, sheets.report).

Workbook, JSON and frames all show these rows, each in its own way. Money in the plan's currency, shares between 0 and 1,
days as dates, yes or no as bool, None for what does not apply. Further columns of the input follow the declared ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from math import isfinite

from lotsplit.evaluation import Check, Evaluation, LotFigures, PackageFigures, PartFigures, SupplierFigures
from lotsplit.limits import BUDGET, budget_name
from lotsplit.market import Bidders
from lotsplit.plan import Budget, Extra, TenderPlan, first_day, last_day
from lotsplit.sheets import LOT_ITEMS, LOTS, Sheet, normalised
from lotsplit.sheets.report import PACKAGE_RESULTS, SUPPLIER_RESULTS

LONGEST_NAME = 255

Value = str | float | int | bool | date | None
Row = dict[str, Value]


def lot_row(lot: LotFigures, plan: TenderPlan) -> Row:
    """A row of Lots."""
    return {
        "lot_id": lot.lot.id,
        "package_id": lot.lot.package_id,
        "title": plan.package_by_id[lot.lot.package_id].title,
        "trade": "; ".join(lot.trades),
        "regions": "; ".join(lot.regions),
        "value": lot.value,
        "cost": lot.cost,
        "start": first_day(lot.lot.start),
        "finish": last_day(lot.lot.last_month),
        "months": lot.lot.months,
        "undivided": lot.lot.undivided,
        "reserved": lot.lot.reserved,
        "eligible_smes": lot.eligible_smes,
        "eligible_suppliers": lot.eligible_suppliers,
        "expected_bids": lot.expected_bids,
        "no_bid_probability": lot.no_bid_probability,
        "single_bid_probability": lot.single_bid_probability,
        "sme_win_probability": lot.sme_win_probability,
        "expected_sme_value": lot.expected_sme_value,
        "limited_by": lot.limited_by,
        "locked": lot.lot.locked,
        "flags": "; ".join(lot.flags),
        **further(LOTS, lot.lot.extra),
    }


def lot_item_rows(lot: LotFigures, plan: TenderPlan) -> list[Row]:
    """The rows of Lot items of one lot. What an officer added to a part comes before what the plan says of its item."""
    added = {part.item_id: part.extra for part in lot.lot.items}
    rows: list[Row] = []
    for part in lot.items:
        item = plan.item_by_id[part.item_id]
        rows.append(
            {
                "lot_id": lot.lot.id,
                "item_id": part.item_id,
                "description": item.description,
                "region": item.region,
                "quantity": part.quantity,
                "unit": item.unit,
                "value": part.value,
                "share": part.share,
                **further(LOT_ITEMS, item.extra),
                **further(LOT_ITEMS, added[part.item_id]),
            }
        )
    return rows


def package_row(figures: PackageFigures, plan: TenderPlan) -> Row:
    """A row of Packages."""
    package = plan.package_by_id[figures.package_id]
    return {
        "package_id": package.id,
        "title": package.title,
        "status": figures.status,
        "statement": figures.statement,
        **_part(figures.part),
        "thin_undivided": figures.thin_undivided,
        "award_limit": package.award_limit,
        "nature": package.nature,
        "buyer": package.buyer,
        "fund": package.fund,
        "procedure": package.procedure,
        **further(PACKAGE_RESULTS, package.extra),
    }


def region_row(part: PartFigures, plan: TenderPlan) -> Row:
    """A row of Regions; region None stands for the items that have none."""
    region = part.key or None
    given = next((r for r in plan.regions if r.id == region), None)
    return {
        "region": region,
        **_part(part),
        "overflow": part.overflow,
        "priority": plan.priority(region),
        "min_sme_share": given.min_sme_share if given else None,
        "name": given.name if given else "",
        "parent": plan.region_tree.parent(region) if region else None,
    }


def trade_row(part: PartFigures) -> Row:
    """A row of Trades; trade None stands for the items that have none."""
    return {"trade": part.key or None, **_part(part), "overflow": part.overflow}


def size_row(part: PartFigures) -> Row:
    """A row of Size classes: what its firms win, as a share of the whole plan; lots are those they can carry."""
    return {
        "size": part.key,
        **_part(part),
        "overflow": part.overflow,
        **dict.fromkeys(("value", "cost", "undivided_cost", "extra_cost")),
    }


def _part(part: PartFigures) -> Row:
    return {
        "value": part.value,
        "lots": part.lots,
        "cost": part.cost,
        "undivided_cost": part.undivided_cost,
        "extra_cost": part.cost - part.undivided_cost,
        "expected_sme_value": part.sme_value,
        "undivided_expected_sme_value": part.undivided_sme_value,
        "expected_sme_share": part.share,
        "undivided_expected_sme_share": part.undivided_share,
    }


def budget_rows(evaluation: Evaluation) -> list[Row]:
    """The rows of Budgets, from the checks of budgets."""
    rows: list[Row] = []
    for check in evaluation.checks:
        if check.limit is None or check.limit.kind != BUDGET:
            continue
        limit, cost = check.limit, check.reached or 0.0
        rows.append(
            {
                "budget": budget_name(Budget(limit.fund, limit.region, limit.year, limit.amount)),
                "fund": limit.fund,
                "region": limit.region,
                "year": limit.year,
                "ceiling": limit.amount,
                "cost": cost,
                "left": limit.amount - cost,
                "used": cost / limit.amount,
                "status": "held" if check.held else "broken",
            }
        )
    return rows


def supplier_row(figures: SupplierFigures, number: int, plan: TenderPlan, bidders: Bidders) -> Row:
    """A row of Suppliers: row `number` of the register."""
    supplier = plan.suppliers[number]
    return {
        "supplier_id": supplier.id,
        "name": supplier.name,
        "size": supplier.size,
        "bidders": figures.firms,
        "bid_probability": float(bidders.probability[number]),
        "eligible_lots": figures.eligible_lots,
        "eligible_value": figures.eligible_value,
        "undivided_eligible_packages": figures.undivided_eligible_packages,
        "expected_value": figures.expected_value,
        "undivided_expected_value": figures.undivided_expected_value,
        "capacity": figures.capacity,
        "peak_load": figures.peak_load,
        "peak_month": first_day(figures.peak_month) if figures.peak_month is not None else None,
        "peak_use": figures.peak_load / figures.capacity if figures.capacity else None,
        "overflow": figures.overflow,
        **further(SUPPLIER_RESULTS, supplier.extra),
    }


def check_row(check: Check, price: float | None) -> Row:
    """A constraint with its figures in its own unit. margin: how far from the limit, below zero when broken."""
    margin = None
    if check.required is not None and check.reached is not None:
        at_most = check.limit is None or check.limit.at_most
        margin = check.required - check.reached if at_most else check.reached - check.required
    return {
        "check": check.rule,
        "kind": check.limit.kind if check.limit else "shape of lots",
        "scope": check.scope,
        "unit": check.unit,
        "limit": check.required,
        "reached": check.reached,
        "margin": margin,
        "held": check.held,
        "found": check.found,
        "price": price,
    }


def further(sheet: Sheet, extra: Extra) -> Row:
    """The further columns of the input; one that goes by the name of a column of the sheet is told apart by "(plan)".

    Excel refuses a table with a column name of more than 255 characters.
    """
    if not extra:
        return {}
    taken = _names_of(sheet)
    return {
        f"{name} (plan)" if normalised(name) in taken else name[:LONGEST_NAME]: (
            None if isinstance(value, float) and not isfinite(value) else value
        )
        for name, value in extra
    }


@cache
def _names_of(sheet: Sheet) -> frozenset[str]:
    return frozenset(name for column in sheet.columns for name in column.names)


def columns_of(sheet: Sheet, rows: Iterable[Mapping[str, object]]) -> list[str]:
    """The names of the declared columns, then those of the further ones in the order in which rows first have them."""
    names = [column.name for column in sheet.columns]
    seen = set(names)
    for row in rows:
        if len(row) > len(sheet.columns):
            for name in row:
                if name not in seen:
                    seen.add(name)
                    names.append(name)
    return names
