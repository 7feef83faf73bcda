"""Makes lotsplit/market/participation_counts.csv of two files of TED contract award notices (docs/participation-curve.md).

Run by hand: python tests/market/make_participation_counts.py AWARDS_2021.csv LOT_AWARDS_2016_2022.csv [OUTPUT.csv]
Without OUTPUT the counts, and those of other choices of notices, are printed only.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

BANDS = (0, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000, 25_000_000)
NATURES = ("works", "supplies", "services")
# Of these forms the winner's size knows "SME" only, never "not an SME": a blank may mean either.
YES_ONLY_FORMS = ("F21", "F22", "F23")
DIRECT_PROCEDURE = "PT_AWARD_CONTRACT_WITHOUT_"
# Divisions of the CPV in which the light regime (forms F21 to F23) lies.
LIGHT_DIVISIONS = ("55", "64", "75", "79", "80", "85", "92", "98")
SME_WON = {"Y": 1.0, "N": 0.0, "M": 0.5}

Row = dict[str, str]


class Award(NamedTuple):
    """A contract, once however many winners its rows repeat it for. sme: the part of its winners that are SMEs."""

    notice: str
    nature: str
    value: float
    sme: float


def read(path: Path) -> dict[str, list[Row]]:
    """The rows of a file by notice."""
    notices: dict[str, list[Row]] = defaultdict(list)
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            notices[row["notice_id"]].append(row)
    return notices


def is_direct(rows: Iterable[Row]) -> bool:
    """Whether a notice of known form tells of a direct award."""
    return any(row["form"] == "F15" or row["procedure"].startswith(DIRECT_PROCEDURE) for row in rows)


def knows_no(rows: Iterable[Row]) -> bool:
    """Whether the form can say that a winner is no SME."""
    return all(row["form"] not in YES_ONLY_FORMS for row in rows)


def competed(rows: Iterable[Row]) -> bool:
    """Whether a notice of unknown form shows a competition, in a form that can say that a winner is no SME."""
    rows = list(rows)
    light = any(row["nature"] == "Services" and row["main_cpv"][:2] in LIGHT_DIVISIONS for row in rows)
    return not light and any(int(row["tenders_received"] or 0) > 1 for row in rows)


def awards_of(rows: Iterable[Row]) -> list[Award]:
    """The contracts of a notice in euro, placeholders left out, rows of one lot and value taken as one contract."""
    won: dict[tuple[str, float], list[float]] = defaultdict(list)
    notice, nature = "", ""
    for row in rows:
        notice, nature = row["notice_id"], row["nature"].lower()
        value = float(row["value"] or 0)
        if row["currency"] == "EUR" and value > 1 and row["winner_sme"] in SME_WON:
            won[row["lot_no"].strip(), value].append(SME_WON[row["winner_sme"]])
    return [Award(notice, nature, value, sum(sme) / len(sme)) for (_, value), sme in won.items()]


def counts_of(awards: Iterable[Award]) -> dict[tuple[str, int], list[float]]:
    """By nature and band: notices, contracts, contracts won by SMEs, weight, weight won by SMEs; a notice weighs 1."""
    awards = list(awards)
    of_notice = Counter(award.notice for award in awards)
    notices: dict[tuple[str, int], set[str]] = defaultdict(set)
    counts = {(nature, band): [0.0] * 5 for nature in NATURES for band in BANDS}
    for award in awards:
        key = award.nature, max(band for band in BANDS if band <= award.value)
        notices[key].add(award.notice)
        weight = 1 / of_notice[award.notice]
        for place, amount in enumerate((1, award.sme, weight, weight * award.sme), start=1):
            counts[key][place] += amount
    for key, names in notices.items():
        counts[key][0] = len(names)
    return counts


def share(awards: Iterable[Award]) -> str:
    """How many notices and contracts, and the share SMEs won, by notice."""
    rows = counts_of(awards).values()
    weight, won = sum(row[3] for row in rows), sum(row[4] for row in rows)
    return f"{weight:5.0f} notices {sum(row[1] for row in rows):5.0f} contracts {won / weight:6.1%} won by SMEs"


def main(first: Path, second: Path, output: Path | None) -> None:
    """Count, print what other choices would have counted, write."""
    known, unknown = read(second), read(first)
    only_first = {notice: rows for notice, rows in unknown.items() if notice not in known}

    def chosen(notices: dict[str, list[Row]], keep: Callable[[list[Row]], bool]) -> list[Award]:
        return [award for rows in notices.values() if keep(rows) for award in awards_of(rows)]

    competitive = chosen(known, lambda rows: not is_direct(rows) and knows_no(rows))
    shown = chosen(only_first, competed)
    print("known form, competitive        ", share(competitive))
    print("unknown form, shown competitive", share(shown))
    print("both: the table                ", share(competitive + shown))
    print("left out: direct awards        ", share(chosen(known, lambda rows: is_direct(rows) and knows_no(rows))))
    print("left out: unknown, not shown   ", share(chosen(only_first, lambda rows: not competed(rows))))
    yes_only = {
        notice: [row | {"winner_sme": row["winner_sme"] or "N"} for row in rows if row["n_winners"] != "0"]
        for notice, rows in known.items()
        if not knows_no(rows) and not is_direct(rows)
    }
    print("left out: F21 to F23, blank=no ", share(chosen(yes_only, lambda rows: True)))
    if output is None:
        return
    with output.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(("nature", "from_value", "notices", "contracts", "sme_contracts", "weight", "sme_weight"))
        for (nature, band), row in counts_of(competitive + shown).items():
            writer.writerow((nature, band, *(f"{amount:.4f}".rstrip("0").rstrip(".") for amount in row)))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]) if len(sys.argv) > 3 else None)
