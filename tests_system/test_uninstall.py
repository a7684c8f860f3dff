"""The real removal, on a copy with sample data: refused, exported, gone, installed again."""

from __future__ import annotations

import os

import pytest

from tools.dev import nest, odoo_run
from tools.dev.base import SUITE, DevError, checkout_key
from tools.dev.installed import installed

from . import worker

KEY = "2026:the key of the server in these tests"

REMOVE = """
admin = env.ref("base.user_admin")
env.ref("base.module_customer_ar_suite").with_user(admin).button_immediate_uninstall()
"""
EXPORT = """
import base64
from pathlib import Path
env["customer.audit.policy"].action_recommended()
env.ref("base.partner_admin").city = "Watched"
env.cr.commit()
env["customer.audit.seal"]._seal_all()
env.cr.commit()
wizard = env["customer.audit.export"].with_user(env.ref("base.user_admin")).create({{}})
wizard.action_export()
Path({path!r}).write_bytes(base64.b64decode(wizard.export_data_file))
env.cr.commit()
"""
#: what is not ours must be the same before and after; sample salespeople go with the suite
CORE = """
SELECT (SELECT md5(string_agg(concat_ws('|', id, name, ref, vat, email, phone, street, active,
                                        parent_id, company_id), E'\n' ORDER BY id))
          FROM res_partner WHERE COALESCE(email, '') NOT LIKE 'sales\\_%.example'),
       (SELECT md5(string_agg(concat_ws('|', id, move_id, account_id, partner_id, debit, credit,
                                        amount_residual, reconciled, date), E'\n' ORDER BY id))
          FROM account_move_line),
       (SELECT md5(string_agg(concat_ws('|', id, name, state, date, amount_total), E'\n'
                              ORDER BY id)) FROM account_move),
       (SELECT md5(string_agg(concat_ws('|', id, acc_number, partner_id, active), E'\n'
                              ORDER BY id)) FROM res_partner_bank),
       (SELECT count(*) FROM account_partial_reconcile)
"""
#: whatever of ours could be left behind
LEFT = """
SELECT 'table', table_name::text FROM information_schema.tables
 WHERE table_schema = 'public' AND (table_name LIKE 'customer\\_%' OR table_name LIKE 'ar\\_%')
UNION ALL SELECT 'column', table_name || '.' || column_name FROM information_schema.columns
 WHERE table_schema = 'public' AND (column_name LIKE 'ar\\_%' OR column_name LIKE 'x\\_ar\\_%')
UNION ALL SELECT 'function', proname::text FROM pg_proc
 WHERE pronamespace = 'public'::regnamespace
   AND (proname LIKE 'customer\\_%' OR proname LIKE 'ar\\_%')
UNION ALL SELECT 'trigger', tgname::text FROM pg_trigger
 WHERE NOT tgisinternal AND (tgname LIKE 'customer\\_%' OR tgname LIKE 'ar\\_%')
UNION ALL SELECT 'external id', name::text FROM ir_model_data
 WHERE module = 'customer_ar_suite'
   -- sample users stand on documents that stay: Odoo keeps them, and their roles
   AND model NOT IN ('res.users', 'res.partner', 'res.groups')
UNION ALL SELECT 'rule', name::text FROM ir_rule WHERE domain_force LIKE '%\\_ar\\_%'
UNION ALL SELECT 'model', model::text FROM ir_model
 WHERE model LIKE 'customer.%' OR model LIKE 'ar.%'
UNION ALL SELECT 'index', indexname::text FROM pg_indexes WHERE indexname LIKE '%\\_removal'
UNION ALL SELECT 'cron', cron_name::text FROM ir_cron WHERE cron_name ILIKE '%audit log%'
ORDER BY 1, 2
"""


@pytest.fixture
def sample():
    """A copy of the database with sample data."""
    name = f"ar_{checkout_key()}_sample_t{os.getpid()}"
    with odoo_run.passing_database(installed(SUITE), name):
        yield name


def test_uninstall_after_the_export(sample, tmp_path, monkeypatch):
    monkeypatch.setenv("CUSTOMER_AR_AUDIT_KEY", KEY)
    with nest.nest(sample):
        # given a log that was never exported, the removal is refused
        with pytest.raises(DevError, match="Export the whole log first"):
            worker.script(sample, REMOVE)
        assert _state(sample) == "installed"
        # when it was exported, which the stand-alone checker finds whole
        export = tmp_path / "log.jsonl.gz"
        worker.script(sample, EXPORT.format(path=str(export)))
        assert worker.verified(export, KEY) == "INTACT"
        before = odoo_run.sql(sample, CORE)
        worker.script(sample, REMOVE)
    # then the suite is gone with all it had, and nothing else has changed
    assert _state(sample) == "uninstalled"
    assert odoo_run.sql(sample, LEFT) == []
    assert odoo_run.sql(sample, CORE) == before
    # plain Odoo, started anew, works; the suite can be installed again, without new samples
    worker.script(
        sample,
        "partner = env['res.partner'].create({'name': 'After'})\n"
        "partner.write({'city': 'There'})\npartner.unlink()\nenv.cr.commit()\n"
        "env['ir.module.module'].search([]).demo = False\nenv.cr.commit()\n"
        "env.ref('base.module_customer_ar_suite').button_immediate_install()\n",
    )
    assert _state(sample) == "installed"


def _state(database: str) -> str:
    (state,) = odoo_run.sql(
        database, "SELECT state FROM ir_module_module WHERE name = 'customer_ar_suite'"
    )
    return state
