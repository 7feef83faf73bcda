"""The sheets of a lot schedule that are read back: Lots and Lot items, as the report writes them and an officer edits them."""

from __future__ import annotations

from lotsplit.sheets.columns import Column, Sheet

LOTS = Sheet(
    "Lots",
    "The lots, one a row. start, finish, undivided, reserved and locked may be edited; the figures are worked out anew.",
    (
        Column("lot_id", "unique key: the package and a number", required=True),
        Column("package_id", "the package it is a part of", required=True),
        Column("title", "of the package"),
        Column("trade", "trades of its items", "list"),
        Column("regions", "regions of its items", "list"),
        Column("value", "value at the plan's prices", "money"),
        Column("cost", "value with lost economies of scale, single bids and procedure", "money"),
        Column("start", "first day of the first month of delivery", "date", required=True),
        Column("finish", "last day of the last month of delivery", "date", required=True),
        Column("months", "months of delivery", "whole", "months", least=1),
        Column("undivided", "whether it is its whole package, left as one lot", "yes/no", blank="no"),
        Column("reserved", "whether it is open to SMEs alone", "yes/no", blank="no"),
        Column("eligible_smes", "SMEs that can carry it", "whole", "firms"),
        Column("eligible_suppliers", "firms that can carry it", "whole", "firms"),
        Column("expected_bids", "bids to expect", "number", "bids"),
        Column("no_bid_probability", "chance that nobody bids", "share"),
        Column("single_bid_probability", "chance that exactly one firm bids", "share"),
        Column("sme_win_probability", "chance that an SME wins", "share"),
        Column("expected_sme_value", "what SMEs win of it on average", "money"),
        Column(
            "limited_by",
            "what keeps it from being larger",
            "choice",
            choices=("contract", "capacity", "cash", "window", "pool", "cost"),
        ),
        Column("locked", "whether it stays as it is when the plan is optimised again", "yes/no", blank="no"),
        Column("flags", "what to look at"),
    ),
    required=True,
    key="lot_id",
)

LOT_ITEMS = Sheet(
    "Lot items",
    "What each lot holds. quantity may be edited: value and share follow from it.",
    (
        Column("lot_id", "the lot", required=True),
        Column("item_id", "the item", required=True),
        Column("description", "of the item"),
        Column("region", "of the item"),
        Column("quantity", "how much of the item, in its unit", "number", "units", required=True, least=0, above=True),
        Column("unit", "of the item"),
        Column("value", "value of this part at the plan's prices", "money"),
        Column("share", "part of the item", "share", "of the item"),
    ),
    required=True,
)
