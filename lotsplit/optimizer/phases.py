"""How long each phase of the search takes."""

from __future__ import annotations

import time


class Phases:
    """Seconds by phase, in order of the last time that each was begun."""

    def __init__(self) -> None:
        self.begun = time.monotonic()
        self.seconds: dict[str, float] = {}
        self.now = ""
        self._since = self.begun

    def begin(self, name: str) -> None:
        """End the phase that runs and begin another; an empty name begins none."""
        now = time.monotonic()
        if self.seconds:
            last = next(reversed(self.seconds))
            self.seconds[last] += now - self._since
        self._since = now
        if name:
            self.seconds[name] = self.seconds.pop(name, 0.0)
            self.now = name

    def passed(self) -> float:
        """Seconds since the first phase began."""
        return time.monotonic() - self.begun
