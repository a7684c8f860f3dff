"""A dimension on a database with data and changed views: upgraded, and the suite removed."""

from __future__ import annotations

from tools.dev import odoo_run

from . import worker
from .test_uninstall import EXPORT, KEY, LEFT, REMOVE

#: a dimension, and another process that uses it: a column reloads the registry
CREATE = """
env["customer.dimension"].create(
    {"name": "Colour", "code": "colour", "mode": "both", "description": "Made by hand"})
env.cr.commit()
"""
USE = """
dimension = env["customer.dimension"].search([("code", "=", "colour")])
column = dimension._column_name()
then = column.replace("_id", "_then_id")
red, blue = env["customer.category"].create(
    [{"name": name, "dimension_id": dimension.id} for name in ("Red", "Blue")])
partners = env["res.partner"].create(
    [{"name": "Life %s" % n, "is_company": True, "customer_rank": 1} for n in range(20)])
for number, partner in enumerate(partners):
    partner[column] = red if number % 2 else blue
dimension.name = "Paint"
form = env.ref("base.view_partner_form")
env["ir.ui.view"].create([
    {"name": "life: column", "model": "res.partner", "inherit_id": form.id, "priority": 99,
     "arch": '<field name="website" position="after"><field name="%s"/>'
             '<field name="barcode" invisible="%s"/></field>' % (column, column)},
    {"name": "life: page", "model": "res.partner", "inherit_id": form.id, "priority": 99,
     "arch": '<xpath expr="//group[@name=\\'ar_card_credit\\']" position="inside">'
             '<field name="barcode"/></xpath>'},
    {"name": "life: list", "model": "res.partner", "priority": 99,
     "arch": '<list><field name="name"/><field name="ar_is_important"/>'
             '<field name="%s"/></list>' % column},
    {"name": "life: entries", "model": "account.move.line", "priority": 99,
     "arch": '<pivot><field name="%s" type="row"/><field name="date"/></pivot>' % then},
])
env["ir.filters"].create([
    {"name": "life", "model_id": "res.partner", "context": repr({"group_by": [column]})},
    {"name": "life then", "model_id": "account.move.line",
     "domain": repr([(then, "!=", False)])},
    {"name": "life suite", "model_id": "customer.category.assignment"},
    {"name": "plain", "model_id": "res.partner"},
])
env["ir.exports"].create({"name": "life", "resource": "res.partner", "export_fields": [
    (0, 0, {"name": "name"}), (0, 0, {"name": column + "/name"})]})
env.cr.commit()
"""
SHOW = """
form = env.ref("base.view_partner_form")
arch = env["res.partner"].get_view(form.id, "form")["arch"]
for name in ("life: list", "life: entries"):
    view = env["ir.ui.view"].search([("name", "=", name)])
    env[view.model].get_view(view.id, view.type)
for model, kinds in (("res.partner", ("form", "list", "kanban", "search")),
                     ("account.move.line", ("list", "search")),
                     ("account.move", ("form", "list", "search"))):
    env[model].get_views([(False, kind) for kind in kinds])
print("SHOWN", "barcode" in arch, "x_customer_dim" in arch)
"""
#: what follows works with the registry of the upgraded, or removed, suite
ANEW = """
from odoo import api
from odoo.modules.registry import Registry
env.cr.commit()
{how}
env.cr.rollback()
env = api.Environment(Registry(env.cr.dbname).cursor(), 1, {{}})
"""
UPGRADE = ANEW.format(
    how="Registry.new(env.cr.dbname, update_module=True,"
    " upgrade_modules=['customer_ar_suite'])"
)
DATA = """
SELECT md5(string_agg(a::text, E'\n' ORDER BY a.id)) FROM customer_category_assignment a
UNION ALL SELECT string_agg(name || relation, ',' ORDER BY model, name) FROM ir_model_fields
           WHERE name LIKE 'x\\_customer\\_dim%'
UNION ALL SELECT md5(string_agg(arch_db::text, E'\n' ORDER BY id)) FROM ir_ui_view
           WHERE name LIKE 'life:%'
"""
TRACES = """
SELECT 'field', model || '.' || name FROM ir_model_fields WHERE name LIKE 'x\\_customer\\_%'
UNION ALL SELECT 'column', table_name || '.' || column_name FROM information_schema.columns
           WHERE column_name LIKE 'x\\_customer\\_%'
UNION ALL SELECT 'view', name FROM ir_ui_view WHERE arch_db::text ~ 'x_customer_|"ar_is_'
UNION ALL SELECT 'filter', name FROM ir_filters
           WHERE concat(domain, context, sort) LIKE '%x\\_customer%'
              OR model_id LIKE 'customer.%'
UNION ALL SELECT 'export', name FROM ir_exports_line WHERE name LIKE 'x\\_customer%'
"""


def test_from_the_cradle_to_the_grave(database, tmp_path, monkeypatch):
    monkeypatch.setenv("CUSTOMER_AR_AUDIT_KEY", KEY)
    # given a dimension in use, and views, filters and exports made of it
    worker.script(database, CREATE)
    assert "SHOWN True True" in worker.script(database, USE + SHOW)
    # when the suite is upgraded, nothing of it changes; once more in the long tests
    before = odoo_run.sql(database, DATA)
    for _again in range(2 if worker.LONG else 1):
        printed = worker.script(database, UPGRADE + SHOW)
        assert "SHOWN True True" in printed, printed[-3000:]
        assert " ERROR " not in printed, printed[-3000:]
        assert odoo_run.sql(database, DATA) == before
    # and when it is removed, nothing of it is left and all views open
    export = EXPORT.format(path=str(tmp_path / "log.jsonl.gz"))
    printed = worker.script(database, export + ANEW.format(how=REMOVE) + SHOW)
    assert "SHOWN True False" in printed, printed[-3000:]
    assert odoo_run.sql(database, TRACES) == []
    assert odoo_run.sql(database, LEFT) == []
    rows = odoo_run.sql(
        database,
        "SELECT name, active FROM ir_ui_view WHERE name LIKE 'life:%' ORDER BY name",
    )
    # what hung on a page of the suite is switched off, the rest works without the column
    assert rows == [
        "life: column\tt",
        "life: entries\tt",
        "life: list\tt",
        "life: page\tf",
    ]
    kept = odoo_run.sql(database, "SELECT name FROM ir_filters WHERE name = 'plain'")
    assert kept == ["plain"]
    names = "SELECT count(*) FROM res_partner WHERE name LIKE 'Life %'"
    assert odoo_run.sql(database, names) == ["20"]
