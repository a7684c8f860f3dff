from odoo import api, models
from odoo.tools import SQL

from .customer_audit_trigger import OPERATIONS, PREFIX


class CustomerAuditPolicy(models.Model):
    """Puts the triggers into the database and takes them out."""

    _inherit = "customer.audit.policy"

    @api.model
    def _tell_actor(self):
        """Say who acts in this transaction, where the rows themselves do not tell."""
        self.env.cr.execute(
            SQL("SELECT set_config('customer_ar.actor', %s, true)", str(self.env.uid))
        )

    @api.model
    def _installed(self):
        """{table: fingerprint} of what the database records at this moment."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT class.relname, max(obj_description(proc.oid, 'pg_proc')),
                       bool_and(trigger.tgenabled = 'O'), count(*)
                  FROM pg_trigger trigger
                  JOIN pg_class class ON class.oid = trigger.tgrelid
                  JOIN pg_proc proc ON proc.oid = trigger.tgfoid
                 WHERE proc.proname LIKE %s AND NOT trigger.tgisinternal
                   AND class.relnamespace = current_schema::regnamespace
                 GROUP BY class.relname, proc.oid
                """,
                PREFIX.replace("_", r"\_") + "%",
            )
        )
        return {
            table: print_ if is_on else None for table, print_, is_on, _count in rows
        }

    @api.model
    def _install(self, wanted):
        """Let the database record what is wanted, no more and no less."""
        installed = self._installed()
        execute = self.env.cr.execute
        wanted = {table.name: table for table in wanted}
        if stale := {
            name
            for name, table in wanted.items()
            if installed.get(name) != table.fingerprint()
        }:
            # several servers may start at once
            execute(
                SQL("SELECT pg_advisory_xact_lock(hashtext('customer_audit_record'))")
            )
            self._install_hiding()
        for name in sorted(stale):
            for statement in wanted[name].create():
                execute(statement)
        for name in sorted(installed.keys() - wanted.keys()):
            for operation in OPERATIONS:
                execute(
                    SQL(
                        "DROP TRIGGER IF EXISTS %s ON %s",
                        SQL.identifier(f"customer_audit_{operation}"),
                        SQL.identifier(name),
                    )
                )

    @api.model
    def _install_hiding(self):
        """How a value is digested: with a salt of its own and a pepper of the database."""
        # sudo: only the database uses it
        parameters = self.env["ir.config_parameter"].sudo()
        pepper = parameters.get_param("customer_ar_suite.audit_pepper")
        if not pepper:
            self.env.cr.execute(
                SQL("SELECT gen_random_uuid()::text || gen_random_uuid()")
            )
            (pepper,) = self.env.cr.fetchone()
            parameters.set_param("customer_ar_suite.audit_pepper", pepper)
        self.env.cr.execute(
            SQL(
                """CREATE OR REPLACE FUNCTION customer_audit_hide(
                          value jsonb, salt text DEFAULT gen_random_uuid()::text)
                   RETURNS jsonb LANGUAGE sql STRICT AS $ar$
                   SELECT to_jsonb('sha256:' || salt || ':' || encode(sha256(convert_to(
                          %s || salt || (value #>> '{}'), 'UTF8')), 'hex')) $ar$""",
                pepper,
            )
        )
