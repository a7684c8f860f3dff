"""A database with the suite, without demo data, for each system test."""

from __future__ import annotations

import os

import pytest

from tools.dev import nest, odoo_run
from tools.dev.base import SUITE, checkout_key
from tools.dev.installed import installed

from . import worker


@pytest.fixture(scope="session")
def plain():
    """The installed database, which is only copied."""
    return installed(SUITE, demo=False)


@pytest.fixture(scope="session")
def nested(plain):
    """The name of the databases of all tests, for which Odoo is loaded once."""
    name = f"ar_{checkout_key()}_system_t{os.getpid()}"
    with odoo_run.passing_database(plain, name), nest.nest(name):
        yield name


@pytest.fixture(scope="module")
def prepared(plain, nested, request):
    """A copy of it in which the module's PREPARED ran once, to be copied for its tests."""
    odoo_run.copy_database(plain, nested)
    worker.script(nested, request.module.PREPARED)
    name = f"{nested}_prepared"
    with odoo_run.passing_database(nested, name):
        yield name


@pytest.fixture
def books(prepared, nested):
    """A copy of the prepared database, as each test's own."""
    odoo_run.copy_database(prepared, nested)
    return nested


@pytest.fixture
def database(plain, nested):
    """A copy of the installed database, as each test's own."""
    odoo_run.copy_database(plain, nested)
    return nested
