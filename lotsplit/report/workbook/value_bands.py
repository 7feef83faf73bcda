"""Lots by value against what SMEs can carry: the rows behind the chart of the sheet Summary."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from lotsplit.evaluation import Evaluation, LotFigures
from lotsplit.report.workbook.page import Cells, Figure

# Limits of bands, in the plan's currency: three a power of ten.
_STEPS = [0.0] + [digit * 10.0**power for power in range(2, 13) for digit in (1.0, 2.5, 5.0)]


def value_band_rows(evaluation: Evaluation, currency: str) -> list[Cells]:
    """One row for each band from that of the smallest lot to that of the largest, undivided packages included.

    The last column is the mean over the lots and undivided packages of the band, blank where it has none: the SMEs that
    can carry one or, with a participation curve, the chance that an SME wins it.
    """
    both = [*evaluation.lots, *evaluation.undivided_lots]
    bands = [_band(lot.value) for lot in both]
    rows: list[Cells] = []
    for band in range(min(bands), max(bands) + 1):
        after = [lot for lot in evaluation.lots if _band(lot.value) == band]
        before = [lot for lot in evaluation.undivided_lots if _band(lot.value) == band]
        row: Cells = {
            "lot value": _words(band, currency),
            "lots": len(after),
            "value in lots": sum(lot.value for lot in after),
            "value undivided": sum(lot.value for lot in before),
        }
        if evaluation.participation == "market":
            mean = _mean(lot.eligible_smes for lot in _both(after, before))
            row["SMEs that can carry one"] = Figure(mean, "left number")
        else:
            mean = _mean(lot.sme_win_probability for lot in _both(after, before))
            row["SME win probability"] = Figure(mean, "left share")
        rows.append(row)
    return rows


def _both(after: list[LotFigures], before: list[LotFigures]) -> list[LotFigures]:
    # A package that stays undivided is the same lot in both plans, and counts once.
    kept = {lot.lot.package_id for lot in after if lot.lot.undivided}
    return after + [lot for lot in before if lot.lot.package_id not in kept]


def _band(value: float) -> int:
    return bisect_right(_STEPS, value) - 1


def _words(band: int, currency: str) -> str:
    if band == 0:
        return f"below {_STEPS[1]:,.0f} {currency}"
    if band == len(_STEPS) - 1:
        return f"{_STEPS[band]:,.0f} {currency} and more"
    return f"{_STEPS[band]:,.0f} to {_STEPS[band + 1]:,.0f} {currency}"


def _mean(values: Iterable[float]) -> float | None:
    numbers = list(values)
    return sum(numbers) / len(numbers) if numbers else None
