"""One database with the suite, without demo data, for all system tests."""

from __future__ import annotations

import os

import pytest

from tools.dev import odoo_run, template
from tools.dev.base import SUITE, checkout_key

from . import worker

INSTALL = """
env["ir.module.module"].search([("name", "=", "customer_ar_suite")]).button_immediate_install()
"""


@pytest.fixture(scope="session")
def installed():
    """Name of a database with the suite; dropped at the end."""
    name = f"ar_{checkout_key()}_system{os.getpid()}"
    odoo_run.copy_database(template.template(SUITE), name)
    try:
        worker.script(name, "env['ir.module.module'].update_list()\n" + INSTALL)
        yield name
    finally:
        odoo_run.drop_database(name)


@pytest.fixture
def database(installed):
    """A copy of that database, as each test's own."""
    name = f"{installed}_copy"
    odoo_run.copy_database(installed, name)
    try:
        yield name
    finally:
        odoo_run.drop_database(name)
