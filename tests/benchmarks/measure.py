"""Measures the installed command on generated plans and prints a table.

    python tests/benchmarks/measure.py --size authority --seeds 1 2 3 [--gap 0.001] [--time-limit 300]

Every run is a process of its own: the seconds are those from the command to the file, the memory its peak. Nothing else
heavy should run meanwhile.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import python_calamine
from generate import SIZES, make
from plan_workbook import write_plan


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the command: its exit status, seconds, peak memory of its processes together in MB, and what it wrote."""

    status: int
    seconds: float
    memory: float
    output: dict[str, Any]
    phases: str
    last_words: str


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description="Measure lotsplit on generated plans.")
    parser.add_argument("--size", nargs="+", choices=list(SIZES), default=["town"])
    parser.add_argument("--seeds", nargs="+", type=int, default=[1])
    parser.add_argument("--gap", type=float, default=0.001)
    parser.add_argument("--time-limit", type=float, default=300.0)
    parser.add_argument("--keep", type=Path, help="folder for the plans and schedules (otherwise a temporary one)")
    given = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        for name in given.size:
            for seed in given.seeds:
                plan = folder / f"{name}-{seed}.xlsx"
                write_plan(plan, *make(SIZES[name], seed))
                rows.append(_row(name, seed, run(plan, given.gap, given.time_limit)))
                print(f"measured: {name} {seed}", file=sys.stderr)
    print(_table(rows))


def run(plan: Path, gap: float, time_limit: float) -> Run:
    """Runs `lotsplit optimize` on a plan; the schedule and its JSON are written beside it."""
    schedule, figures = plan.with_name(f"{plan.stem}-lots.xlsx"), plan.with_suffix(".json")
    command = [
        str(Path(sys.executable).with_name("lotsplit")), "optimize", str(plan), "--output", str(schedule),
        "--json", str(figures), "--force", "--gap", str(gap), "--time-limit", str(time_limit),
    ]  # fmt: skip
    with tempfile.TemporaryFile() as words:
        begun = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=words)
        together, look = 0.0, 0.0
        while True:
            ended, status, usage = os.wait4(process.pid, os.WNOHANG)
            if ended:
                break
            passed = time.perf_counter() - begun
            if passed >= look:
                # reading the memory of a large process holds it up, so less and less often
                together = max(together, _memory(process.pid))
                look = 1.1 * passed + 0.1
            time.sleep(0.02)
        seconds = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        words.seek(0)
        last = words.read().decode(errors="replace").strip().splitlines()[-1:]
    written = process.returncode == 0
    return Run(
        process.returncode,
        seconds,
        max(together, usage.ru_maxrss / 1024),
        json.loads(figures.read_text()) if written else {},
        _phases(schedule) if written else "",
        "" if written else " ".join(last),
    )


def _memory(process: int) -> float:
    """What a process and those it has split off hold in memory together, in MB, shared pages once; 0 where the system does not say."""
    try:
        with open(f"/proc/{process}/task/{process}/children") as children:
            family = [process, *map(int, children.read().split())]
        sizes = [Path(f"/proc/{one}/smaps_rollup").read_text() for one in family]
    except (OSError, ValueError):
        return 0.0
    lines = [line.split() for size in sizes for line in size.splitlines()]
    return sum(float(line[1]) for line in lines if line[0] == "Pss:") / 1024


def _phases(schedule: Path) -> str:
    """The seconds of each phase of the search, from the sheet Run."""
    rows = python_calamine.CalamineWorkbook.from_path(str(schedule)).get_sheet_by_name("Run").to_python()
    found = [(str(row[0]), row[1]) for row in rows if str(row[0]).startswith("seconds:")]
    return ", ".join(f"{name.removeprefix('seconds').strip(': ')} {float(str(value)):.1f}" for name, value in found)


def _row(name: str, seed: int, run: Run) -> list[str]:
    if not run.output:
        return [name, str(seed), f"{run.seconds:.1f}", f"exit {run.status}: {run.last_words}"]
    found = run.output["summary"]
    full = [b for b in run.output["budgets"] if not _slack(b)]
    return [
        name,
        str(seed),
        f"{run.seconds:.1f}",
        f"{found['seconds']:.1f}",
        run.phases,
        str(found["stop_reason"]),
        f"{found['objective'] / 1e6:,.3f}",
        f"{found['bound'] / 1e6:,.3f}",
        f"{found['gap']:.3%}",
        f"{found['relative_gap']:.3%}",
        f"{found['value'] / 1e6:,.1f}",
        f"{found['expected_sme_share']:.1%}",
        f"{found['undivided_expected_sme_share']:.1%}",
        f"{found['overflow'] / 1e6:,.2f}",
        f"{found['extra_cost'] / 1e6:,.2f}",
        f"{found['thin_value'] / 1e6:,.2f}",
        str(found["lots"]),
        f"{len(full)} of {len(run.output['budgets'])}",
        f"{run.memory:,.0f}",
    ]


def _slack(budget: dict[str, Any]) -> bool:
    """Whether a ceiling leaves more than half a per cent."""
    return bool(budget["cost"] < 0.995 * budget["ceiling"])


HEADERS = (
    "size", "seed", "seconds", "search", "by phase", "stop", "objective m", "bound m", "gap of value", "relative gap",
    "value m", "SME share", "undivided", "overflow m", "extra cost m", "thin m", "lots", "ceilings reached", "memory MB",
)  # fmt: skip


def _table(rows: list[list[str]]) -> str:
    lines = [HEADERS, ["---"] * len(HEADERS), *(row + [""] * (len(HEADERS) - len(row)) for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


if __name__ == "__main__":
    main()
