"""Packages and their items from the rows of two sheets: blanks taken over, sums and prices held against each other."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from lotsplit.plan import Item, Month, Package, month_of
from lotsplit.problems import (
    DUPLICATE_KEY,
    NO_VALUE,
    SUM_DISAGREES,
    UNKNOWN_PACKAGE,
    VALUES_DISAGREE,
    WINDOW_REVERSED,
    Known,
    Problem,
    Source,
)
from lotsplit.workbook.tables import Row

_AGREEMENT = 0.001
_CENT = 0.005
_INHERITED = ("cpv", "region", "earliest_start", "latest_finish", "min_months")
_DAY = "%d/%m/%Y"


@dataclass(frozen=True, slots=True)
class Span:
    """The months of the plan: the first, and how many."""

    start: Month
    months: int

    @property
    def finish(self) -> Month:
        """The last month."""
        return self.start + self.months - 1


@dataclass
class PackageRows:
    """The packages read. package_row: of an item's row, its package's. unread: of an item's row, its columns and those it takes over."""

    packages: tuple[Package, ...] = ()
    package_row: dict[Source, Row] = field(default_factory=dict)
    unread: dict[Source | None, frozenset[str]] = field(default_factory=dict)


def read_packages(
    rows: list[Row], item_rows: list[Row], span: Span, told: bool, problems: list[Problem]
) -> PackageRows:
    """Packages with their items. told: whether there is a sheet of packages, so that an unknown package can be told."""
    by_id: dict[str, Row] = {}
    for row in rows:
        by_id.setdefault(row.text("package_id") or "", row)
    result = PackageRows()
    members: dict[str, list[Row]] = defaultdict(list)
    known, doubtful = Known(by_id), set[str]()
    for row in item_rows:
        name = row.text("package_id")
        if name is None:
            doubtful.update(by_id)
        elif name in by_id:
            members[name].append(row)
        elif told and by_id:
            likely = known.nearest(name)
            doubtful.update({likely} if likely else ())
            found, expected = f'there is no package "{name}"', "a package_id of the sheet Packages"
            problems.append(Problem(UNKNOWN_PACKAGE, row.cell("package_id"), found, expected, known.hint(name)))
    for row in (*rows, *item_rows):
        _check_days(row, problems)
    items_by_id = {row.text("item_id"): row for row in item_rows}
    packages = []
    for name, row in by_id.items():
        if name in members:
            items = tuple(_item(item_row, row, span, result, problems) for item_row in members[name])
            if name not in doubtful:
                _check_sum(row, members[name], items, problems)
        else:
            items = _whole_package(row, span, name in doubtful, items_by_id, problems)
        packages.append(_package(row, items))
    result.packages = tuple(packages)
    return result


def _check_days(row: Row, problems: list[Problem]) -> None:
    """A window ends after it starts, to the day, where the row gives both ends."""
    start, finish = row.first_day("earliest_start"), row.last_day("latest_finish")
    if start is not None and finish is not None and finish < start:
        found = f"latest_finish {finish.strftime(_DAY)} is before earliest_start {start.strftime(_DAY)}"
        problems.append(Problem(WINDOW_REVERSED, row.cell("latest_finish"), found, "a finish after the start"))
        row.unread.update(("earliest_start", "latest_finish"))


def _window(row: Row, above: Row | None, span: Span) -> tuple[Month, Month, int]:
    """First month, last month and least months: the row's own, otherwise those above, otherwise the plan's span and 1."""
    start = row.first_day("earliest_start") or (above.first_day("earliest_start") if above else None)
    finish = row.last_day("latest_finish") or (above.last_day("latest_finish") if above else None)
    least = row.whole("min_months") or (above.whole("min_months") if above else None) or 1
    return month_of(start) if start else span.start, month_of(finish) if finish else span.finish, least


def _item(row: Row, above: Row, span: Span, result: PackageRows, problems: list[Problem]) -> Item:
    quantity = row.number("quantity") or 1.0
    step = row.number("quantity_step")
    divisible = row.flag("divisible")
    if divisible is None:
        divisible = quantity > (step or 1.0)
    taken = {name for name in _INHERITED if name not in row.values and name in above.unread}
    if row.unread or taken:
        result.unread[row.source] = frozenset(row.unread | taken)
    result.package_row[row.source] = above
    start, finish, least = _window(row, above, span)
    return Item(
        id=row.text("item_id") or "",
        package_id=above.text("package_id") or "",
        description=row.text("description") or "",
        trade=row.text("cpv") or above.text("cpv"),
        region=row.text("region") or above.text("region"),
        value=_item_value(row, quantity, problems),
        quantity=quantity,
        unit=row.text("unit") or "",
        # What stays whole is one part, unless a step is given to be checked.
        step=step or (1.0 if divisible else quantity),
        divisible=divisible,
        start=start,
        finish=finish,
        min_months=least,
        keep_together=row.text("keep_together"),
        extra=row.extra,
        source=row.source,
    )


def _item_value(row: Row, quantity: float, problems: list[Problem]) -> float:
    """The value given, otherwise quantity x unit_price; both must agree within 0.1 % where both are given."""
    value, price = row.number("value"), row.number("unit_price")
    sure = not row.unread & {"value", "unit_price", "quantity"}
    if value is None and price is None:
        if sure:
            found = f"item {row.text('item_id')} has neither value nor unit_price"
            problems.append(
                Problem(NO_VALUE, row.cell("value" if "value" in row.places else "unit_price"), found, "one of them")
            )
            row.unread.add("value")
        return 1.0
    if value is None:
        return quantity * (price or 1.0)
    if price is not None and sure and not agree(value, quantity * price):
        found = (
            f"value {value:,.2f} is not quantity x unit_price, {quantity:g} x {price:,.2f} = {quantity * price:,.2f}"
        )
        problems.append(
            Problem(
                VALUES_DISAGREE, row.cell("value"), found, "agreement within 0.1 %", "correct one, or leave it blank"
            )
        )
    return value


def agree(one: float, other: float, slack: float = _CENT) -> bool:
    """Whether two figures for the same thing agree within 0.1 %, or within a little where both are little."""
    return abs(one - other) <= _AGREEMENT * max(abs(one), abs(other)) + slack


def _check_sum(row: Row, item_rows: list[Row], items: tuple[Item, ...], problems: list[Problem]) -> None:
    value = row.number("value")
    if value is None or any(r.unread & {"value", "unit_price", "quantity"} for r in item_rows):
        return
    total = sum(item.value for item in items)
    if not agree(value, total):
        found = f"value {value:,.2f} is not the sum of the package's items, {total:,.2f}"
        problems.append(
            Problem(SUM_DISAGREES, row.cell("value"), found, "agreement within 0.1 %", "correct it, or leave it blank")
        )


def _whole_package(
    row: Row, span: Span, doubtful: bool, items_by_id: dict[str | None, Row], problems: list[Problem]
) -> tuple[Item, ...]:
    """A package without items is one item of 100 parts with the package's id (workbook, Packages, value)."""
    name, value = row.text("package_id") or "", row.number("value")
    if value is None and not doubtful and "value" not in row.unread:
        found = f"package {name} has neither a value nor items"
        problems.append(Problem(NO_VALUE, row.cell("value"), found, "one of them"))
    if name in items_by_id:
        found = f'item_id "{name}" is also the id of a package without items, which is an item of that name'
        problems.append(Problem(DUPLICATE_KEY, items_by_id[name].cell("item_id"), found, "a key of its own"))
    start, finish, least = _window(row, None, span)
    divisible = row.flag("divisible") is not False
    return (
        Item(
            id=name,
            package_id=name,
            description=row.text("title") or "",
            trade=row.text("cpv"),
            region=row.text("region"),
            value=value or 1.0,
            quantity=100.0,
            unit="%",
            step=1.0,
            divisible=divisible,
            start=start,
            finish=finish,
            min_months=least,
            source=row.source,
        ),
    )


def _package(row: Row, items: tuple[Item, ...]) -> Package:
    return Package(
        id=row.text("package_id") or "",
        title=row.text("title") or "",
        items=items,
        nature=row.text("nature") or "services",
        fund=row.text("fund"),
        buyer=row.text("buyer"),
        procedure=row.text("procedure") or "open",
        divisible=row.flag("divisible") is not False,
        reason=row.text("reason") or "",
        min_lots=row.whole("min_lots") or 1,
        max_lots=row.whole("max_lots"),
        award_limit=row.whole("award_limit"),
        scale_elasticity=row.number("scale_elasticity"),
        extra=row.extra,
        source=row.source,
    )
