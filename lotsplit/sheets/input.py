"""The sheets of a tender plan: every column an officer may fill in, with what a blank cell means (workbook.md, docs: The tender plan)."""

from __future__ import annotations

from lotsplit.rules import RULES
from lotsplit.sheets.columns import Column, Sheet

_TRADE = ("trade", "cpv_code")
_REGION = ("nuts", "nuts_code")


def _key(name: str, meaning: str) -> Column:
    return Column(name, meaning, required=True)


def _window(of: str, least: str) -> tuple[Column, Column, Column]:
    return (
        Column("earliest_start", "first month of delivery: a day in it, or the month", "date", blank=of),
        Column("latest_finish", "last month of delivery: a day in it, or the month", "date", blank=of),
        Column("min_months", "least time of delivery", "whole", "months", blank=least, least=1),
    )


PACKAGES = Sheet(
    "Packages",
    "The planned procurements: one need, one notice each.",
    (
        _key("package_id", "unique key"),
        Column("title", "what is procured", required=True),
        Column(
            "nature",
            "works, supplies or services",
            "choice",
            blank="services",
            choices=("works", "supplies", "services"),
        ),
        Column(
            "cpv",
            "trade of the package's items that name none: a CPV code or a free name",
            "trade",
            blank="no trade: every supplier serves it",
            spellings=_TRADE,
        ),
        Column(
            "region",
            "region of items that name none: a NUTS code or a free name",
            blank="no region: every supplier serves it",
            spellings=_REGION,
        ),
        Column(
            "value",
            "estimated value net of VAT; a package without items is one item of 100 parts that lots hold whole",
            "money",
            blank="the sum of its items",
            least=0,
            above=True,
        ),
        Column("fund", "funding source, for budgets"),
        Column("buyer", "contracting authority"),
        Column("procedure", "open, restricted, negotiated, ...: sets the notice periods", blank="open"),
        Column("divisible", "whether it may be divided into lots", "yes/no", blank="yes"),
        Column("reason", "why it is not divided; goes into the divide-or-explain statement"),
        Column("min_lots", "least number of lots", "whole", "lots", blank="1", least=1),
        Column("max_lots", "most lots", "whole", "lots", blank="unlimited", least=1),
        Column("award_limit", "most lots one tenderer may win", "whole", "lots", blank="none", least=1),
        Column(
            "scale_elasticity",
            "economies of scale of this package",
            "share",
            "exponent",
            blank="the rule",
            least=0,
            most=1,
        ),
        *_window("the plan's whole span", "1"),
    ),
    required=True,
    key="package_id",
)

ITEMS = Sheet(
    "Items",
    "The lines of the packages: each delivered in one region, in one trade, within a window of months.",
    (
        _key("item_id", "unique key"),
        _key("package_id", "the package it belongs to"),
        Column("description", "what is delivered"),
        Column("cpv", "trade: a CPV code or a free name", "trade", blank="the package's", spellings=_TRADE),
        Column("region", "region: a NUTS code or a free name", blank="the package's", spellings=_REGION),
        Column("quantity", "how much, in units", "number", "units", blank="1", least=0, above=True),
        Column("unit", "what the quantity counts"),
        Column(
            "unit_price",
            "estimated price of one unit net of VAT; it or value is needed",
            "money",
            "a unit",
            blank="value / quantity",
            least=0,
            above=True,
        ),
        Column(
            "value",
            "estimated value of the whole item net of VAT; it or unit_price is needed",
            "money",
            blank="quantity x unit_price",
            least=0,
            above=True,
        ),
        Column(
            "divisible",
            "whether it may be shared among lots",
            "yes/no",
            blank="yes if quantity > quantity_step, otherwise no",
        ),
        Column("quantity_step", "smallest part a lot may hold", "number", "units", blank="1", least=0, above=True),
        *_window("the package's", "the package's; 1"),
        Column("keep_together", "items of a package with the same key share one lot, whole"),
    ),
    key="item_id",
)

SUPPLIERS = Sheet(
    "Suppliers",
    "The firms that may bid, or segments of like firms. Without them a participation curve is used.",
    (
        _key("supplier_id", "unique key"),
        Column("name", "name of the firm or segment"),
        Column("count", "number of like firms", "whole", "firms", blank="1", least=1),
        Column(
            "size",
            "size class; micro, small and medium are SMEs",
            "choice",
            required=True,
            choices=("micro", "small", "medium", "large"),
        ),
        Column("trades", "trades it serves: CPV codes or free names; * for all", "trades", required=True),
        Column("regions", "regions it serves, each with all regions below it; * for all", "list", required=True),
        Column(
            "max_contract",
            "largest contract one firm can carry",
            "money",
            blank="turnover / turnover_ratio where turnover is given, otherwise no limit",
            least=0,
        ),
        Column("turnover", "yearly turnover of one firm", "money", "a year", least=0),
        Column("working_capital", "what one firm can finance until it is paid", "money", blank="no limit", least=0),
        Column("consortium_size", "firms of the segment that bid together", "whole", "firms", blank="1", least=1),
        Column("min_contract", "smallest contract it bids for", "money", blank="0", least=0),
        Column(
            "monthly_capacity",
            "value one firm can deliver in a month",
            "money",
            "a month",
            blank="turnover / 12, otherwise no limit",
            least=0,
        ),
        Column("commitments", "value a month one firm is already committed to", "money", "a month", blank="0", least=0),
        Column(
            "bid_probability",
            "chance that one firm bids for a lot it can carry",
            "share",
            blank="by size, from Rules",
            least=0,
            most=1,
        ),
        Column("strength", "weight among bidders", "number", blank="1", least=0, above=True),
    ),
    key="supplier_id",
)

REGIONS = Sheet(
    "Regions",
    "The regions that need a parent, a floor or a priority. A region needs no row here.",
    (
        _key("region", "a NUTS code or a free name, unique"),
        Column("name", "name for the report"),
        Column("parent", "the region it lies in", blank="for a NUTS code, the code less its last character"),
        Column(
            "min_sme_share",
            "least SME share in it, with all regions below it",
            "share",
            "of the value",
            blank="none",
            least=0,
            most=1,
        ),
        Column(
            "priority",
            "weight of its SME awards in the objective",
            "number",
            blank="that of the region it lies in, otherwise 1",
            least=0,
        ),
    ),
    key="region",
)

BUDGETS = Sheet(
    "Budgets",
    "Ceilings on cost over what matches fund, region and fiscal year; a blank cell matches all.",
    (
        Column("fund", "funding source, as in Packages", blank="all"),
        Column("region", "region, with all regions below it", blank="all"),
        Column(
            "year",
            "fiscal year, named by the calendar year in which it starts",
            "whole",
            blank="all",
            least=1900,
            most=2200,
        ),
        Column("ceiling", "most that may be spent", "money", required=True, least=0, above=True),
    ),
)

CURVE = Sheet(
    "Curve",
    "A participation curve of one's own: the share SMEs win, by nature of contract and band of lot value.",
    (
        Column(
            "nature",
            "works, supplies or services",
            "choice",
            blank="all three",
            choices=("works", "supplies", "services"),
        ),
        Column("from_value", "lot value from which on the share holds", "money", required=True, least=0),
        Column("sme_win_share", "share of such contracts won by SMEs", "share", required=True, least=0, most=1),
        Column("source", "where the figure comes from"),
    ),
)

RULES_SHEET = Sheet(
    "Rules",
    "The rules of the plan that differ from their defaults; each rule's value is read by its own kind.",
    (
        Column("rule", "name of the rule, unique", "text", required=True, choices=tuple(rule.name for rule in RULES)),
        Column("value", "its value; `none` for no limit, where the rule may be without", required=True),
    ),
    key="rule",
)

INPUT_SHEETS: tuple[Sheet, ...] = (PACKAGES, ITEMS, SUPPLIERS, REGIONS, BUDGETS, CURVE, RULES_SHEET)
