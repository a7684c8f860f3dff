"""What tests of merges share: customers with something to move, and pictures of tables."""

from odoo.fields import Command
from odoo.tools import SQL

from .common_books import Books
from .common_people import PREFIX, person

#: evidence: it grows by whatever happens, and is never taken back
EVIDENCE = (
    "customer_audit_entry",
    "customer_merge%",
    "mail_message",
    "mail_tracking_value",
    "mail_message_res_partner%",
    "ar_item_history",
    "ar_reconciliation_history",
    "bus_bus",
    "customer_duplicate%",
    "ir_%",
)


class MergeCase(Books):
    """A clerk who merges, a reviewer who approves, two customers that are one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.company_data["company"]
        cls.env = cls.env(user=cls.env.ref("base.user_root"))
        cls.env = cls.env(
            context=dict(cls.env.context, allowed_company_ids=cls.company.ids)
        )
        cls.clerk = cls.account("clerk", f"{PREFIX}customer_clerk")
        cls.reviewer = cls.account("reviewer", f"{PREFIX}customer_reviewer")
        cls.keep = cls.new_customer("Ada Ltd", ref="C1", phone="+31 20 555 0100")
        cls.twin = cls.new_customer("Ada Limited", ref="C2", email="ap@ada.example")

    @classmethod
    def account(cls, name, groups):
        return person(
            cls.env,
            f"ar_merge_{name}",
            groups,
            email=f"{name}@merge.example",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    @classmethod
    def new_customer(cls, name, **values):
        return cls.env["res.partner"].create(
            {
                "name": name,
                "is_company": True,
                "customer_rank": 1,
                "company_id": cls.company.id,
                **values,
            }
        )

    def setUp(self):
        super().setUp()
        # another transaction sees nothing of a test; tests_system/test_merge.py asks it
        self.patch(self.registry["customer.merge"], "_check_late", lambda merge: None)

    def invoice(self, partner, amount=100.0, number=1):
        """``number`` posted invoices at once."""
        line = {"name": "test line", "price_unit": amount}
        invoices = self.env["account.move"].create(
            [
                {
                    "move_type": "out_invoice",
                    "partner_id": partner.id,
                    "invoice_date": "2019-01-01",
                    "invoice_line_ids": [Command.create(line)],
                }
            ]
            * number
        )
        invoices.action_post()
        return invoices

    def pay(self, invoice, amount=None):
        values = {"amount": amount} if amount else {}
        return (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create(values)
            ._create_payments()
        )

    def merge(self, keep=None, *twins, user=None, **values):
        """A merge with its dry run, as the clerk prepares it."""
        keep = keep or self.keep
        others = self.env["res.partner"].union(*twins) if twins else self.twin
        merge = (
            self.env["customer.merge"]
            .with_user(user or self.clerk)
            .create(
                [
                    {
                        "survivor_id": keep.id,
                        "partner_ids": [Command.set(others.ids)],
                        "reason": "The same",
                        **values,
                    }
                ]
            )
        )
        merge.action_check()
        return merge

    def merged(self, *args, **values):
        merge = self.merge(*args, **values)
        self.assertFalse(merge.stop_text)
        merge.action_merge()
        self.env.invalidate_all()
        return merge

    def tables(self):
        """All tables that can name a customer, evidence left out."""
        found = self.env["customer.merge.place"]._places()
        return sorted(
            table
            for table in {*found, "customer_vault_entry"}
            if not any(_like(table, one) for one in EVIDENCE)
        )

    def picture(self, tables=None):
        """{table: {row}} of everything, without who wrote a row last and when."""
        self.env.flush_all()
        return {
            table: {
                row
                for (row,) in self.env.execute_query(
                    SQL(
                        "SELECT (to_jsonb(t) - 'write_date' - 'write_uid')::text FROM %s t",
                        SQL.identifier(table),
                    )
                )
                # who follows the merge itself
                if '"customer.merge"' not in row
            }
            for table in tables or self.tables()
        }

    def assertSamePicture(self, before, after):
        for table, rows in before.items():
            self.assertEqual(sorted(rows - after[table]), [], table)
            self.assertEqual(sorted(after[table] - rows), [], table)

    def assertNothingLost(self, before, after):
        """As many rows as before, in every table."""
        for table, rows in before.items():
            self.assertEqual(len(rows), len(after[table]), table)


def _like(table, pattern):
    if pattern.endswith("%"):
        return table.startswith(pattern[:-1])
    return table == pattern
