"""Two that would take the last headroom at the same moment; the bridge that goes away."""

from __future__ import annotations

import os

import pytest

from tools.dev import nest, odoo_run
from tools.dev.base import SUITE, checkout_key
from tools.dev.installed import installed

from . import worker

ROUNDS = worker.LONG or 6
BRIDGE = f"{SUITE}_sale"

PREPARED = """
env["account.chart.template"].try_loading("generic_coa", env.company, False)
env.cr.commit()
"""
#: customers nobody has invoiced yet would collide by their rank alone: they have one
PREPARE = """
from odoo.fields import Command
journals = env["account.journal"].search([
    ("type", "=", "sale"), ("company_id", "=", env.company.id)], limit=1)
journals |= journals.copy({{"name": "Second", "code": "INV2"}})
env["ar.hold.rule"].create({{
    "name": "Limit", "trigger": "over_limit", "action": "approve",
    "counts_drafts": False}})
product = env["product.product"].create({{"name": "Goods", "taxes_id": [Command.clear()]}})
for n in range({rounds}):
    customer = env["res.partner"].create({{
        "name": f"Racer {{n}}", "is_company": True, "customer_rank": 1}})
    profile = env["ar.credit.profile"].create({{
        "partner_id": customer.id, "limit_amount": {own}}})
    if {family}:
        env["ar.credit.family"].create({{
            "name": f"Family {{n}}", "limit_amount": 150,
            "profile_ids": [Command.set(profile.ids)]}})
    for journal in journals:
        if "{model}" == "account.move":
            env["account.move"].create({{
                "move_type": "out_invoice", "partner_id": customer.id,
                "journal_id": journal.id, "invoice_date": "2026-06-01",
                "invoice_line_ids": [Command.create({{
                    "name": "Goods", "price_unit": 100, "tax_ids": [Command.clear()]}})]}})
        else:
            env["sale.order"].create({{
                "partner_id": customer.id, "order_line": [Command.create({{
                    "product_id": product.id, "price_unit": 100}})]}})
env.cr.commit()
"""

RACE = """
import time
from pathlib import Path
from odoo import api
from odoo.exceptions import UserError
from odoo.service.model import retrying
from odoo.tools import mute_logger
folder, me = Path({folder!r}), {me}
customers = env["res.partner"].search([("name", "like", "Racer %")], order="id")
papers = [env[{model!r}].search([("partner_id", "=", one.id)], order="id").ids
          for one in customers]
env.cr.commit()

def wait(name):
    (folder / f"{{name}}.{{me}}").touch()
    while not (folder / f"{{name}}.{{1 - me}}").exists():
        time.sleep(0.002)

wait("start")
with mute_logger("odoo.sql_db", "odoo.service.model"):
    for n, ids in enumerate(papers):
        with env.registry.cursor() as cr:
            mine = api.Environment(cr, 2, {{}})
            paper = mine[{model!r}].browse(ids[me])
            paper.state  # the snapshot is taken
            wait(n)
            try:
                retrying(paper.{method}, mine)
                cr.commit()
                print("PASSED", n)
            except UserError:
                cr.rollback()
                print("HELD", n)
"""

POSTED = """
SELECT count(*), max(total) FROM (
  SELECT sum(amount_total_signed) AS total FROM account_move
   WHERE state = 'posted' AND move_type = 'out_invoice' AND partner_id IN
         (SELECT id FROM res_partner WHERE name LIKE 'Racer %') GROUP BY partner_id) posted
"""
CONFIRMED = """
SELECT count(*), max(total) FROM (
  SELECT sum(amount_total) AS total FROM sale_order
   WHERE state = 'sale' AND partner_id IN
         (SELECT id FROM res_partner WHERE name LIKE 'Racer %') GROUP BY partner_id) confirmed
"""

AFTER = """
from odoo.fields import Command
env["account.chart.template"].try_loading("generic_coa", env.company, False)
env["ar.hold.rule"].create({
    "name": "Limit", "trigger": "over_limit", "action": "approve"})
customer = env["res.partner"].create({
    "name": "Left", "is_company": True, "customer_rank": 1})
profile = env["ar.credit.profile"].create({"partner_id": customer.id, "limit_amount": 150})
move = env["account.move"].create({
    "move_type": "out_invoice", "partner_id": customer.id, "invoice_date": "2026-06-01",
    "invoice_line_ids": [Command.create({
        "name": "Goods", "price_unit": 200, "tax_ids": [Command.clear()]})]})
print("SAYS", move.ar_credit_verdict, profile.exposure_amount)
print("ROWS", env["ar.credit.exposure.report"].search_count([]))
print("RELEASES", env["ar.credit.release"].search_count([]))
for name in ("ar.hold.rule", "ar.credit.release", "ar.credit.profile"):
    env[name].get_views([(False, "form"), (False, "list")])
env.cr.rollback()
"""
REMOVE = """
env.ref("base.module_customer_ar_suite_sale").with_user(
    env.ref("base.user_admin")).button_immediate_uninstall()
"""


@pytest.mark.parametrize(
    ("own", "family"), [(150, False), (0, True)], ids=["limit", "family"]
)
def test_two_invoices_cannot_take_the_same_headroom(books, tmp_path, own, family):
    """Exactly one of two passes: the other is repeated, sees it, and is held."""
    prepare = PREPARE.format(
        rounds=ROUNDS, own=own, family=family, model="account.move"
    )
    _race(books, tmp_path, prepare, "account.move", "action_post", POSTED)


def test_two_orders_cannot_take_the_same_headroom(bridge, tmp_path):
    """The same at confirmation."""
    worker.script(bridge, PREPARED)
    prepare = PREPARE.format(rounds=ROUNDS, own=150, family=False, model="sale.order")
    _race(bridge, tmp_path, prepare, "sale.order", "action_confirm", CONFIRMED)


def test_the_suite_is_whole_without_the_bridge(bridge):
    """The bridge is removed with an order released; what is not its own stays."""
    order = """
from odoo.fields import Command
product = env["product.product"].create({"name": "Goods", "taxes_id": [Command.clear()]})
customer = env["res.partner"].create({"name": "Buyer", "is_company": True})
profile = env["ar.credit.profile"].create({"partner_id": customer.id, "limit_amount": 50})
rule = env["ar.hold.rule"].create({
    "name": "Limit", "trigger": "over_limit", "action": "approve"})
order = env["sale.order"].create({"partner_id": customer.id, "order_line": [
    Command.create({"product_id": product.id, "price_unit": 100})]})
wizard = env["ar.credit.release.ask"].create({"order_id": order.id, "reason": "x"})
wizard.action_ask()
rule.active = False
order.action_confirm()
print("EXPOSED", profile.exposure_amount)
env.cr.commit()
"""
    printed = worker.script(bridge, order)
    assert "EXPOSED 100.0" in printed, printed[-2000:]
    worker.script(bridge, REMOVE)
    state = "SELECT state FROM ir_module_module WHERE name = "
    assert odoo_run.sql(bridge, f"{state}'{BRIDGE}'") == ["uninstalled"]
    assert odoo_run.sql(bridge, f"{state}'{SUITE}'") == ["installed"]
    printed = worker.script(bridge, AFTER)
    assert "SAYS approve 200.0" in printed, printed[-2000:]
    assert "RELEASES 1" in printed, printed[-2000:]


@pytest.fixture(scope="module")
def bridged():
    """The name of the databases with the bridge installed, and what they are copies of."""
    name = f"ar_{checkout_key()}_bridge_t{os.getpid()}"
    source = installed(BRIDGE, demo=False)
    with odoo_run.passing_database(source, name), nest.nest(name):
        yield name, source


@pytest.fixture
def bridge(bridged):
    """A copy of the database with the bridge installed, as each test's own."""
    name, source = bridged
    odoo_run.copy_database(source, name)
    return name


def _race(database, tmp_path, prepare, model, method, question) -> None:
    worker.script(database, prepare)
    scripts = [
        RACE.format(folder=str(tmp_path), me=me, model=model, method=method)
        for me in (0, 1)
    ]
    printed = "\n".join(worker.together(database, *scripts))
    assert printed.count("PASSED") == ROUNDS, printed[-3000:]
    assert printed.count("HELD") == ROUNDS, printed[-3000:]
    count, most = odoo_run.sql(database, question)[0].split("\t")
    assert (int(count), float(most)) == (ROUNDS, 100.0)
