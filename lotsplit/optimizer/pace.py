"""How much of every step a search takes, by how many wide pools its plan has: what one of them costs, and what it matters."""

from __future__ import annotations

from dataclasses import dataclass

from lotsplit.optimizer.packings.regroup import QUICK, THOROUGH, Effort

# so few are also bounded most closely
FEW_WIDE = 60


@dataclass(frozen=True)
class Pace:
    """What a search takes of its steps. effort: of packings.

    stages: how often it generates columns, in so many rounds, and finds more packings at the prices then; it goes on after so many
    stages (patience) that bring little. far_behind: of the gap asked for; rounding goes on while the best schedule is farther
    behind the linear program.
    """

    effort: Effort
    stages: int
    early_rounds: int
    patience: int
    far_behind: float


# one pool may be the whole plan, and its packings all that there is to choose from
OF_FEW = Pace(THOROUGH, stages=20, early_rounds=20, patience=3, far_behind=1.5)
OF_MANY = Pace(QUICK, stages=4, early_rounds=3, patience=1, far_behind=1.0)


def pace_of(wide: int) -> Pace:
    """The pace of a search with so many wide pools."""
    return OF_FEW if wide <= FEW_WIDE else OF_MANY
