"""What the tests of the whole addon share: its models, its tables, their checksum."""

from functools import cached_property

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

    @cached_property
    def tables(self):
        """Tables of the suite and of the books."""
        names = {m._name for m in self.suite_models(transient=False)} | set(BOOKS)
        found = []
        for name in sorted(names):
            model = self.env[name]
            if model._auto:
                found.append(model._table)
        return found

    @cached_property
    def company_tables(self):
        """Tables of the suite and of the books whose rows name their company."""
        self.env.cr.execute(
            SQL(
                "SELECT c.relname FROM pg_class c JOIN pg_attribute a"
                " ON a.attrelid = c.oid AND a.attname = 'company_id'"
                " WHERE NOT a.attisdropped AND c.relkind = 'r' AND c.relname = ANY(%s)",
                self.tables,
            )
        )
        return {name for (name,) in self.env.cr.fetchall()}

    def checksum(self, company=None, tables=None):
        """One value per table that changes when any row of the suite or of the books does.

        :param tables: only these
        """
        self.env.flush_all()
        wanted = self.tables if tables is None else tables
        if company is not None:
            wanted = [table for table in wanted if table in self.company_tables]
        if not wanted:
            return {}
        where = (
            SQL("WHERE row.company_id = %s", company.id)
            if company is not None
            else SQL()
        )
        self.env.cr.execute(
            SQL(" UNION ALL ").join(
                SQL(
                    "SELECT %s, count(*), sum(hashtextextended(row::text, 0))"
                    " FROM %s AS row %s",
                    table,
                    SQL.identifier(table),
                    where,
                )
                for table in wanted
            )
        )
        return {table: rest for table, *rest in self.env.cr.fetchall()}

    @cached_property
    def numbers(self):
        """{table: number the database knows it by}."""
        self.env.cr.execute(
            SQL(
                "SELECT relname, oid::bigint FROM pg_class"
                " WHERE relkind = 'r' AND relname = ANY(%s)",
                self.tables,
            )
        )
        return dict(self.env.cr.fetchall())

    def written(self):
        """{table: rows written} in this transaction so far.

        Counted by the database, undone writes included: cheap enough to ask for each call,
        so that checksums are made only of what was written at all.
        """
        self.env.cr.execute(
            SQL(
                """
                SELECT name, written
                  FROM unnest(%s, %s::oid[]) known(name, oid), LATERAL (
                       SELECT pg_stat_get_xact_tuples_inserted(oid)
                              + pg_stat_get_xact_tuples_updated(oid)
                              + pg_stat_get_xact_tuples_deleted(oid)) count(written)
                 WHERE written > 0
                """,
                list(self.numbers),
                list(self.numbers.values()),
            )
        )
        return dict(self.env.cr.fetchall())

    def changed(self, before, company=None, since=None):
        """Tables with other rows than ``before``.

        :param since: what had been :meth:`written` at that time; spares the other tables
        """
        self.env.flush_all()
        tables = None
        if since is not None:
            tables = [t for t, n in self.written().items() if n != since.get(t, 0)]
        after = self.checksum(company, tables)
        return sorted(table for table in after if after[table] != before.get(table))
