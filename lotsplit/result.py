"""What any optimiser owes: a schedule, a proven bound, why it stopped, the price of each limit; or the least relaxations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from lotsplit.limits import Limit
from lotsplit.schedule import Schedule


class Stop(StrEnum):
    """Why a search ended (model, section 7). OPTIMAL is said only of what is proven."""

    OPTIMAL = "optimal"
    GAP = "gap"
    TIME_LIMIT = "time limit"
    NO_PROGRESS = "no progress"
    INTERRUPTED = "interrupted"


class Aim(StrEnum):
    """What is optimised: the objective of the model's section 6, or the least cost at which the floors are reached."""

    OBJECTIVE = "objective"
    COST = "cost"


@dataclass(frozen=True, slots=True)
class Relaxation:
    """By how much a limit would have to give way: `amount` in the limit's own unit, above 0."""

    limit: Limit
    amount: float
    scope: str = ""


@dataclass(frozen=True, slots=True)
class SolverRecord:
    """Which solver ran, and how much: for the Run sheet. compiled: whether the search had its compiled kernel."""

    name: str
    version: str
    linear_programs: int
    integer_programs: int
    columns: int
    compiled: bool = False


@dataclass(frozen=True)
class Result:
    """The outcome of a search.

    schedule: None when no schedule meets every limit; then `relaxations` says what clashes, and `proven` whether
    that is certain. bound: proven upper bound on the aim of any schedule (for Aim.COST: of minus the extra cost
    minus the value of thin lots). prices: limit id to what one more unit of it would add to the aim at the
    margin, by the last linear program, where that says it: an estimate, not a bound.
    """

    schedule: Schedule | None
    bound: float
    stop: Stop
    seconds: float
    aim: Aim = Aim.OBJECTIVE
    prices: Mapping[str, float] = field(default_factory=dict)
    relaxations: tuple[Relaxation, ...] = ()
    proven: bool = True
    solver: SolverRecord | None = None
    seconds_by_phase: Mapping[str, float] = field(default_factory=dict)


class Progress(Protocol):
    """Told what the search is doing; asked whether to stop."""

    def report(self, phase: str, share: float | None, gap: float | None) -> None:
        """A phase began or something improved: SME share found so far and proven gap, where there are any."""

    def stopped(self) -> bool:
        """Whether the user has asked to stop."""


class Silent:
    """A Progress that says nothing and never stops."""

    def report(self, phase: str, share: float | None, gap: float | None) -> None:
        """Nothing."""

    def stopped(self) -> bool:
        """Never."""
        return False
