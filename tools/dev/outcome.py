"""The numbers of passed and failed tests."""

from __future__ import annotations

from typing import NamedTuple


class Outcome(NamedTuple):
    """Numbers of tests for the closing line."""

    passed: int
    failed: int

    def also(self, other: Outcome) -> Outcome:
        """Return both outcomes together."""
        return Outcome(self.passed + other.passed, self.failed + other.failed)

    def close(self) -> int:
        """Print the closing line and return the exit code."""
        print(f"{self.passed} passed, {self.failed} failed", flush=True)
        return 1 if self.failed or not self.passed else 0
