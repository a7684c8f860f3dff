"""A database with the suite, without demo data, for each system test."""

from __future__ import annotations

import os

import pytest

from tools.dev import odoo_run
from tools.dev.base import SUITE, checkout_key
from tools.dev.installed import installed

from . import nest


@pytest.fixture
def database():
    """A copy of the installed database, as each test's own."""
    name = f"ar_{checkout_key()}_system_t{os.getpid()}"
    source = installed(SUITE, demo=False)
    with odoo_run.passing_database(source, name), nest.nest(name):
        yield name
