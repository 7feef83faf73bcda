"""What the tests of the commands share: the types and places of conftest's fixtures."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

EXAMPLES = Path(__file__).parents[2] / "examples"
Run = Callable[..., "subprocess.CompletedProcess[str]"]
