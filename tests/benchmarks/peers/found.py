"""What a peer hands back."""

from __future__ import annotations

from dataclasses import dataclass

from lotsplit.schedule import Schedule


@dataclass(frozen=True)
class Found:
    """A schedule (None: none found), the bound proven for the true objective (None: none), seconds, and what there is to say."""

    schedule: Schedule | None
    bound: float | None
    seconds: float
    note: str
