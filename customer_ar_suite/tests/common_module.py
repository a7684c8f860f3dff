"""What the tests of the whole addon share: its models, its tables, their checksum."""

from odoo.tests import TransactionCase
from odoo.tools import SQL

MODULE = "customer_ar_suite"
PREFIX = f"{MODULE}.{MODULE}_group_"
#: models whose rows must not change under a stranger's hands, besides the suite's own
BOOKS = (
    "account.move",
    "account.move.line",
    "account.partial.reconcile",
    "account.bank.statement.line",
    "account.payment",
    "res.partner",
    "res.partner.bank",
    "res.groups",
)


class ModuleCase(TransactionCase):
    def suite_models(self, abstract=False, transient=True):
        """Models defined by the suite, by name."""
        return [
            self.env[name]
            for name, model in sorted(self.env.registry.items())
            if model._original_module == MODULE
            and (abstract or not model._abstract)
            and (transient or not model._transient)
        ]

    def tables(self):
        names = {m._name for m in self.suite_models(transient=False)} | set(BOOKS)
        found = []
        for name in sorted(names):
            model = self.env[name]
            if model._auto:
                found.append(model._table)
        return found

    def checksum(self, company=None):
        """One value that changes when any row of the suite or of the books does."""
        self.env.flush_all()
        sums = {}
        for table in self.tables():
            where = SQL()
            if company is not None:
                self.env.cr.execute(
                    SQL(
                        "SELECT 1 FROM information_schema.columns"
                        " WHERE table_name = %s AND column_name = 'company_id'",
                        table,
                    )
                )
                if not self.env.cr.fetchone():
                    continue
                where = SQL("WHERE row.company_id = %s", company.id)
            self.env.cr.execute(
                SQL(
                    "SELECT count(*), sum(hashtextextended(row::text, 0)) FROM %s AS row %s",
                    SQL.identifier(table),
                    where,
                )
            )
            sums[table] = self.env.cr.fetchone()
        return sums

    def written(self):
        """How many rows of these tables the transaction has written so far.

        Counted by the database, undone writes included: cheap enough to ask for each call,
        so that checksums are made only when something was written at all.
        """
        self.env.cr.execute(
            SQL(
                "SELECT sum(pg_stat_get_xact_tuples_inserted(oid)"
                " + pg_stat_get_xact_tuples_updated(oid)"
                " + pg_stat_get_xact_tuples_deleted(oid))"
                " FROM pg_class WHERE relkind = 'r' AND relname = ANY(%s)",
                self.tables(),
            )
        )
        return self.env.cr.fetchone()[0]

    def changed(self, before, company=None):
        after = self.checksum(company)
        return sorted(table for table in after if after[table] != before.get(table))
