"""Lets pytest import the engine and its tests without Odoo."""

import sys
import types
from pathlib import Path

ROOT = Path(__file__).parent

for name in ("customer_ar_suite", "customer_ar_suite.tests"):
    package = types.ModuleType(name)
    package.__path__ = [str(ROOT / name.replace(".", "/"))]
    sys.modules.setdefault(name, package)


def pytest_collection_modifyitems(items):
    """Let ``-k property`` (``./dev test-long property``) find the property tests."""
    for item in items:
        if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
            item.extra_keyword_matches.add("property")
