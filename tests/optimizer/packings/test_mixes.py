"""Which windows of a pool are told apart."""

from __future__ import annotations

from priced_pools import some

from lotsplit.optimizer.packings import mixes as mixes_room
from lotsplit.optimizer.packings.mixes import wide_units


def test_more_windows_are_told_apart_where_there_is_time_for_them(monkeypatch):
    monkeypatch.setattr(mixes_room, "MOST_EDGES", 1)
    more = 0
    for priced in some(range(60)):
        for pool, units in zip(priced.pools, priced.wide, strict=True):
            many = wide_units(priced.contents, pool, most=250)
            assert len(units.mixes) <= len(many.mixes) <= 250
            more += len(many.mixes) > len(units.mixes)
    assert more >= 20
