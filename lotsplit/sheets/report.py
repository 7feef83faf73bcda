"""The sheets of a lot schedule that are only written: what the report adds to Lots and Lot items (workbook.md, docs: The lot schedule)."""

from __future__ import annotations

from lotsplit.sheets.columns import Column, Sheet
from lotsplit.sheets.output import LOT_ITEMS, LOTS

_UNDIVIDED = "the same if every package were one contract"

SUMMARY = Sheet(
    "Summary",
    "The answer on one page: the key figures of the schedule, those of the undivided plan, and what they mean.",
    (
        Column("key figure", "what is told"),
        Column("this schedule", "the figure for the lots of this schedule, with its unit"),
        Column("undivided plan", f"{_UNDIVIDED}: the baseline"),
        Column("difference", "this schedule less the undivided plan; shares differ by points of a hundred"),
        Column("in words", "what the figure means, and how far it can be relied on"),
    ),
    key="key figure",
)

_BANDS = (
    Column("lot value", "band of lot value; its upper end belongs to the next band"),
    Column("lots", "lots of this schedule in the band", "whole", "lots"),
    Column("value in lots", "their value", "money"),
    Column("value undivided", "value of the packages in the band, if every package were one contract", "money"),
)
_OF_BAND = "a lot of the band, mean over its lots and undivided packages"

VALUE_BANDS = Sheet(
    "Value bands",
    "Lots by value, against what SMEs can carry (on the sheet Summary, below the charts).",
    (*_BANDS, Column("SMEs that can carry one", f"SMEs that can carry {_OF_BAND}", "number", "firms")),
    key="lot value",
)

VALUE_BANDS_BY_CURVE = Sheet(
    "Value bands",
    "The same where a participation curve stands in for a supplier register.",
    (*_BANDS, Column("SME win probability", f"chance that an SME wins {_OF_BAND}", "share")),
    key="lot value",
)


def _part_columns() -> tuple[Column, ...]:
    return (
        Column("value", "value at the plan's prices", "money"),
        Column("lots", "lots that hold a part of it", "whole", "lots"),
        Column("cost", "value with lost economies of scale, single bids and procedures", "money"),
        Column("undivided_cost", _UNDIVIDED, "money"),
        Column("extra_cost", "cost less undivided_cost", "money"),
        Column("expected_sme_value", "what SMEs win of it on average, work beyond their capacity taken off", "money"),
        Column("undivided_expected_sme_value", _UNDIVIDED, "money"),
        Column("expected_sme_share", "expected_sme_value / value", "share", "of the value"),
        Column("undivided_expected_sme_share", _UNDIVIDED, "share", "of the value"),
    )


_OVERFLOW = Column("overflow", "SME awards lost because the firms' monthly capacity is exceeded", "money")

PACKAGE_RESULTS = Sheet(
    "Packages",
    "Every package before and after, with its divide-or-explain statement.",
    (
        Column("package_id", "unique key"),
        Column("title", "of the package"),
        Column(
            "status",
            "what became of it; left undivided: by the schedule; marked undivided: by the plan",
            "choice",
            choices=("divided", "one lot", "left undivided", "marked undivided", "not scheduled"),
        ),
        Column("statement", "divide-or-explain: how it is divided, or why it is not"),
        *_part_columns(),
        Column("thin_undivided", "whether too few firms could carry it as one contract", "yes/no"),
        Column("award_limit", "most lots one tenderer may win", "whole", "lots", blank="none"),
        Column("nature", "works, supplies or services", "choice", choices=("works", "supplies", "services")),
        Column("buyer", "contracting authority"),
        Column("fund", "funding source"),
        Column("procedure", "kind of procedure"),
    ),
    key="package_id",
)

REGION_RESULTS = Sheet(
    "Regions",
    "SME share before and after, by region; below it by trade and by size class.",
    (
        Column("region", "region of the items"),
        *_part_columns(),
        _OVERFLOW,
        Column("priority", "weight of its SME awards in the objective", "number"),
        Column("min_sme_share", "least SME share asked for", "share", "of the value", blank="none"),
        Column("name", "name of the region, as in the plan"),
        Column("parent", "the region it lies in"),
    ),
    key="region",
)

TRADE_RESULTS = Sheet(
    "Trades",
    "SME share before and after, by trade (on the sheet Regions, below the regions).",
    (Column("trade", "trade of the items", "trade"), *_part_columns(), _OVERFLOW),
    key="trade",
)

SIZE_RESULTS = Sheet(
    "Size classes",
    "What firms of each size class win before and after, as a share of the whole plan; lots are those they can carry"
    " (on the sheet Regions, below the trades). Value and cost are not divided by size.",
    (Column("size", "size class; micro, small and medium are SMEs"), *_part_columns(), _OVERFLOW),
    key="size",
)

BUDGET_RESULTS = Sheet(
    "Budgets",
    "Every ceiling of the plan and the cost that falls under it.",
    (
        Column("budget", "the ceiling in words"),
        Column("fund", "funding source", blank="all"),
        Column("region", "region, with all regions below it", blank="all"),
        Column("year", "fiscal year, named by the calendar year in which it starts", "whole", blank="all"),
        Column("ceiling", "most that may be spent", "money"),
        Column("cost", "cost of the lots, or parts of lots, that fall under it", "money"),
        Column("left", "ceiling less cost; below zero: the ceiling is broken", "money"),
        Column("used", "cost / ceiling", "share", "of the ceiling"),
        Column("status", "held or broken", "choice", choices=("held", "broken")),
    ),
    key="budget",
)

CALENDAR = Sheet(
    "Calendar",
    "A Gantt chart of cells: one column a month of the plan, marked while a lot is delivered.",
    (
        Column("lot_id", "the lot"),
        Column("title", "of the package"),
        Column(
            "kind",
            "what kind of lot it is; it also gives the bar its colour",
            "choice",
            choices=("lot", "undivided", "reserved", "thin"),
        ),
        Column("start", "first day of the first month of delivery", "date"),
        Column("finish", "last day of the last month of delivery", "date"),
    ),
    key="lot_id",
)

CALENDAR_OF_PACKAGES = Sheet(
    "Calendar",
    "The calendar of a schedule of more than 20,000 lots: one row a package, the lots in delivery in each month.",
    (
        Column("package_id", "the package"),
        Column("title", "of the package"),
        Column("lots", "lots of the package", "whole", "lots"),
        Column("start", "first day of the first month of delivery of any lot", "date"),
        Column("finish", "last day of the last month of delivery of any lot", "date"),
    ),
    key="package_id",
)

SUPPLIER_RESULTS = Sheet(
    "Suppliers",
    "What each supplier, or segment of like firms, can carry and is expected to win.",
    (
        Column("supplier_id", "unique key"),
        Column("name", "of the firm or segment"),
        Column("size", "size class", "choice", choices=("micro", "small", "medium", "large")),
        Column("bidders", "firms of the row that bid, a consortium counted as one", "whole", "bidders"),
        Column("bid_probability", "chance that one of them bids for a lot it can carry", "share"),
        Column("eligible_lots", "lots it can carry", "whole", "lots"),
        Column("eligible_value", "their value", "money"),
        Column("undivided_eligible_packages", "packages it could carry as one contract", "whole", "packages"),
        Column("expected_value", "what the row wins on average, before overflow", "money"),
        Column("undivided_expected_value", _UNDIVIDED, "money"),
        Column("capacity", "what the row can deliver in a month", "money", "a month", blank="no limit"),
        Column("peak_load", "its largest expected load in a month", "money", "a month"),
        Column("peak_month", "the month of its largest expected load", "month"),
        Column("peak_use", "peak_load / capacity", "share", "of the capacity"),
        Column("overflow", "expected awards beyond its capacity, over all months (SMEs only)", "money"),
    ),
    key="supplier_id",
)

CHECKS = Sheet(
    "Checks",
    "Every constraint of the plan and how the schedule stands to it; then every flag and every warning.",
    (
        Column(
            "status",
            "held or broken for a constraint; flag or warning for what deserves a look",
            "choice",
            choices=("held", "broken", "flag", "warning"),
        ),
        Column("check", "the constraint, or what the flag is about"),
        Column("scope", "the month, lot, package or cell concerned", blank="the whole plan"),
        Column("limit", "what is asked for, with its unit"),
        Column("reached", "what the schedule has, with its unit"),
        Column("margin", "how far it is from the limit; below zero: by how much it is broken"),
        Column("found", "what is wrong, or what is flagged"),
        Column(
            "price",
            "what one more unit of the limit is worth at the margin, by the last linear program (blank where it does not say that, as beside a package left undivided): an estimate, not a bound",
        ),
    ),
)

RULES_IN_FORCE = Sheet(
    "Rules",
    "Every rule in force: its value, where it came from, and the source of its default.",
    (
        Column("rule", "name of the rule"),
        Column("value", "value in force, with its unit"),
        Column("unit", "unit of the value"),
        Column("from", "where the value came from: default, profile, workbook, command line or the plan's dates"),
        Column(
            "standing",
            "what the value is: an assumption or judgement of lotsplit, a default with a source, or set for this plan",
            "choice",
            choices=("assumption", "judgement", "sourced default", "default", "set for this plan", "no limit"),
        ),
        Column("meaning", "what the rule does"),
        Column("default", "the value where nobody sets one"),
        Column("source of the default", "where the default comes from"),
    ),
    key="rule",
)

RUN = Sheet(
    "Run",
    "The audit trail: input, versions, solver, bound, and why the search stopped.",
    (
        Column("entry", "what is recorded"),
        Column("value", "its value, with its unit"),
        Column("meaning", "what it means"),
    ),
    key="entry",
)

SCHEDULE_SHEETS: tuple[Sheet, ...] = (
    SUMMARY,
    LOTS,
    LOT_ITEMS,
    PACKAGE_RESULTS,
    REGION_RESULTS,
    BUDGET_RESULTS,
    CALENDAR,
    SUPPLIER_RESULTS,
    CHECKS,
    RULES_IN_FORCE,
    RUN,
)
