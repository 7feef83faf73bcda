"""Regions: NUTS codes or free names in a tree (model, section 1)."""

from __future__ import annotations

import re
from collections.abc import Mapping

_NUTS = re.compile(r"[A-Z]{2}(?:[A-Z0-9]|(?=[A-Z0-9]*[0-9])[A-Z0-9]{2,3})")

EVERYWHERE = "*"


def is_nuts(name: str) -> bool:
    """Whether a name has the shape of a NUTS code below a country: "FR1", "FRK2", "FRK26"; "NORTH" has not."""
    return _NUTS.fullmatch(name) is not None


class RegionTree:
    """The parent of every region: as the Regions sheet says, otherwise a NUTS code less its last character.

    `parents` must be free of circles (checked on reading).
    """

    def __init__(self, parents: Mapping[str, str]) -> None:
        self._parents = dict(parents)
        self._upwards: dict[str, tuple[str, ...]] = {}

    def parent(self, region: str) -> str | None:
        """The region directly above, or None."""
        given = self._parents.get(region)
        if given is not None:
            return given
        return region[:-1] if is_nuts(region) else None

    def upwards(self, region: str) -> tuple[str, ...]:
        """The region itself, then its ancestors, nearest first. Ends at a circle."""
        if region not in self._upwards:
            path: list[str] = []
            current: str | None = region
            while current is not None and current not in path:
                path.append(current)
                current = self.parent(current)
            self._upwards[region] = tuple(path)
        return self._upwards[region]

    def within(self, region: str | None, area: str) -> bool:
        """Whether a region is the area or lies below it; `*` holds every region, and no region lies in none."""
        if area == EVERYWHERE:
            return True
        return region is not None and area in self.upwards(region)

    def key(self, region: str | None, same_parent: bool) -> str | None:
        """What items of one pool have in common: the region, or with `same_parent` the parent of those that have one."""
        if region is None or not same_parent:
            return region
        return self.parent(region) or region
