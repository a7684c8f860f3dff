"""Base class of tests without a database; runs under pytest and under Odoo's runner."""

import os
import unittest
from pathlib import Path

from hypothesis import HealthCheck, core, settings

try:
    from odoo.tests import BaseCase, tagged

    @tagged("post_install", "-at_install")
    class _Case(BaseCase):
        """Without this class Odoo would run the engine's tests at each install."""

except ImportError:
    _Case = unittest.TestCase

DATA = Path(__file__).parents[1] / "data"


class EngineCase(_Case):
    """Tests of the engine: no Odoo, no SQL, no clock."""

    maxDiff = None

    def assertGolden(self, path: Path, found: str) -> None:
        """``found`` equals the golden file; ``./dev golden`` writes it instead."""
        if os.environ.get("AR_GOLDEN") == "write":
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(found, encoding="utf-8")
        self.assertTrue(path.exists(), f"no golden file {path.name}: run ./dev golden")
        self.assertEqual(found, path.read_text(encoding="utf-8"))


def walk(folder: str, *suffixes: str) -> list[Path]:
    """Sample files under ``tests/data/<folder>`` with one of the suffixes, sorted."""
    return sorted(p for p in (DATA / folder).rglob("*") if p.suffix in suffixes)


def examples(count: int = 25) -> settings:
    """Decorator of a property test: ``count`` examples, the same in every run.

    ``AR_EXAMPLES`` sets another number and ``AR_SEED`` draws other examples:
    ``./dev test-long`` runs thousands.
    """
    seed = os.environ.get("AR_SEED")
    if seed:
        core.global_force_seed = int(seed)
    return settings(
        max_examples=int(os.environ.get("AR_EXAMPLES", count)),
        deadline=None,
        derandomize=not seed,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
