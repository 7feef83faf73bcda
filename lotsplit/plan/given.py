"""What the consistency checks are given: a plan, the rules concerned, and the cells it was read from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from lotsplit.plan.records import Item, TenderPlan
from lotsplit.plan.trades import trade_key
from lotsplit.problems import Source


def _own(source: Source | None, column: str) -> Source | None:
    return source


@dataclass(frozen=True)
class Given:
    """A plan and what the checks need besides: the rules concerned, as plain values, and the cells it was read from.

    cell: the cell of a column for a record's row (of a value taken over from the package, the package's cell).
    unread: for a record's row, the columns that could not be read: their problem is told, nothing follows from them.
    """

    plan: TenderPlan
    trade_digits: int = 3
    same_parent: bool = False
    turnover_ratio: float = 2.0
    fiscal_year_start: int = 1
    cell: Callable[[Source | None, str], Source | None] = _own
    unread: Mapping[Source | None, frozenset[str]] = field(default_factory=dict)

    def sure(self, source: Source | None, *columns: str) -> bool:
        """Whether all these columns of a row were read."""
        return not self.unread.get(source, frozenset()) & set(columns)

    @cached_property
    def unsure_columns(self) -> frozenset[str]:
        """The columns that were not read in some row or other."""
        return frozenset(column for columns in self.unread.values() for column in columns)

    @cached_property
    def item_regions(self) -> frozenset[str]:
        """The regions of all items with all their ancestors."""
        regions = {item.region for item in self.plan.items if item.region is not None}
        return frozenset(above for region in regions for above in self.plan.region_tree.upwards(region))

    @cached_property
    def items_by_scope(self) -> dict[tuple[str | None, str | None], list[Item]]:
        """The items of each fund and region, which are few."""
        found: dict[tuple[str | None, str | None], list[Item]] = defaultdict(list)
        for package in self.plan.packages:
            for item in package.items:
                found[package.fund, item.region].append(item)
        return found

    def pool(self, item: Item) -> tuple[str | None, str | None]:
        """What the items of one pool have in common: trade key and region key (model, section 3)."""
        return trade_key(item.trade, self.trade_digits), self.plan.region_tree.key(item.region, self.same_parent)
