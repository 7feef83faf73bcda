"""Writes the example plans: `python examples/make_examples.py [FOLDER]` (this folder where none is given).

The same bytes each run: seeded quantities, a fixed date of creation.
"""

from __future__ import annotations

import sys
from pathlib import Path

import first_plan
import packages_only
import regional_stimulus

PLANS = {
    "first-plan.xlsx": first_plan.write,
    "regional-stimulus.xlsx": regional_stimulus.write,
    "packages-only.xlsx": packages_only.write,
}


def main(folder: Path) -> None:
    """Writes every example plan into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, write in PLANS.items():
        write(folder / name)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
