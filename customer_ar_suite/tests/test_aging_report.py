from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import SQL

from ..engine.aging import BucketSet
from .common import ArCommon, date


@tagged("post_install", "-at_install")
class TestAgingReport(ArCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.acme = cls.customer("Acme Ltd")
        cls.bolt = cls.customer("Bolt Ltd")
        cls.sets = cls.env["ar.aging.bucket.set"]
        cls.standard = cls.env.ref("customer_ar_suite.ar_aging_bucket_set_standard")

    def report(self, as_of=None, **context):
        self.env.invalidate_all()  # rows of another date share the ids
        return self.env["ar.aging.report"].with_context(
            ar_as_of=str(as_of or self.AS_OF), **context
        )

    def aged(self, partner, as_of=None, **context):
        """Amounts of ``partner`` by column; columns at zero left out."""
        columns = [
            *(f"bucket_{n}_amount" for n in range(9)),
            "unapplied_amount",
            "residual_amount",
        ]
        ((*sums,),) = self.report(as_of, **context)._read_group(
            [("partner_id", "=", partner.id)], [], [f"{name}:sum" for name in columns]
        )
        return {
            name.removesuffix("_amount"): amount
            for name, amount in zip(columns, sums, strict=True)
            if amount
        }

    # -- bucket sets ----------------------------------------------------------------------

    def test_sql_case_is_the_engine(self):
        # for sets of every shape, each day of eleven years falls into the same bucket
        for limits in ((0,), (0, 30, 60, 90, 120), (30,), (0, 1, 2, 3), (7, 3650)):
            buckets = BucketSet(limits)
            bucket_set = self.sets.new({"limits": ",".join(map(str, limits))})
            rows = self.env.execute_query(
                SQL(
                    "SELECT days, %s FROM generate_series(-200, 3800) AS days",
                    bucket_set._bucket_case(SQL("days")),
                )
            )
            for days, number in rows:
                self.assertEqual(number, buckets.index(days), (limits, days))

    def test_labels(self):
        self.assertEqual(
            self.standard._bucket_labels(),
            ["Not due", "1–30", "31–60", "61–90", "91–120", "> 120"],
        )
        by_invoice = self.sets.create(
            {"name": "Invoice", "basis": "invoice_date", "limits": "7,8 , 30"}
        )
        self.assertEqual(by_invoice._bucket_labels(), ["Up to 7", "8", "9–30", "> 30"])
        self.env["res.lang"]._activate_lang("fr_FR")
        self.assertEqual(len(self.standard.labels.split(" · ")), 6)

    def test_limits_that_make_no_buckets_are_refused(self):
        for limits in ("", "abc", "30, 10", "0, 0", "0; 30", "-5, 0", "1.5", "0,,30"):
            with self.subTest(limits=limits), self.assertRaises(ValidationError):
                self.sets.create({"name": "Bad", "limits": limits or " "})
        too_many = ", ".join(str(10 * number) for number in range(9))
        with self.assertRaises(ValidationError):
            self.sets.create({"name": "Too many", "limits": too_many})

    def test_default_is_the_first_set_of_the_company(self):
        other = self.setup_other_company(name="Other Ltd")["company"]
        theirs = self.sets.create(
            {"name": "Theirs", "sequence": 1, "company_id": other.id, "limits": "0, 10"}
        )
        self.assertEqual(self.sets._default_set(), self.standard)
        self.assertEqual(self.sets._default_set(other), theirs)

    # -- the report -----------------------------------------------------------------------

    def test_buckets_by_hand(self):
        # given items due exactly on the borders seen on 30 June 2026
        for amount, due in (
            (1, date(2026, 7, 15)),  # not due
            (2, date(2026, 6, 30)),  # due today: not overdue
            (4, date(2026, 6, 29)),  # 1 day
            (8, date(2026, 5, 31)),  # 30 days
            (16, date(2026, 5, 30)),  # 31 days
            (32, date(2026, 4, 1)),  # 90 days
            (64, date(2026, 3, 31)),  # 91 days
            (128, date(2026, 3, 2)),  # 120 days
            (256, date(2026, 3, 1)),  # 121 days
        ):
            self.invoice(self.acme, amount, date(2026, 1, 1), due=due)
        # and money and credit not applied to them
        self.payment(self.acme, 50, date(2026, 6, 1))
        self.credit_note(self.acme, 7, date(2026, 1, 1))
        # then each stands in the bucket that names its days, unapplied apart
        self.assertEqual(
            self.aged(self.acme),
            {
                "bucket_0": 3,
                "bucket_1": 12,
                "bucket_2": 16,
                "bucket_3": 32,
                "bucket_4": 192,
                "bucket_5": 256,
                "unapplied": -57,
                "residual": 511 - 57,
            },
        )
        # and Age gives the same sums
        by_age = dict(
            self.report()._read_group(
                [("partner_id", "=", self.acme.id)], ["bucket"], ["residual_amount:sum"]
            )
        )
        self.assertEqual(by_age["unapplied"], -57)
        self.assertEqual(by_age["4"], 192)

    def test_past_date(self):
        invoice = self.invoice(self.acme, 100, date(2026, 1, 1), due=date(2026, 1, 31))
        self.match(invoice, self.payment(self.acme, 40, date(2026, 3, 1)))
        self.assertEqual(
            self.aged(self.acme, date(2026, 2, 10)), {"bucket_1": 100, "residual": 100}
        )
        self.assertEqual(
            self.aged(self.acme, date(2026, 3, 10)), {"bucket_2": 60, "residual": 60}
        )
        self.assertEqual(self.aged(self.acme, date(2025, 12, 31)), {})

    def test_other_bucket_set_by_invoice_date(self):
        own = self.sets.create(
            {"name": "Own", "basis": "invoice_date", "limits": "10, 20"}
        )
        self.invoice(self.acme, 100, date(2026, 6, 15), due=date(2026, 8, 31))
        self.assertEqual(
            self.aged(self.acme, ar_bucket_set_id=own.id),
            {"bucket_1": 100, "residual": 100},
        )

    def test_foreign_currency(self):
        euro = self.foreign_currency("EUR", [("2026-01-01", 2.0)])
        self.invoice(self.acme, 100, date(2026, 6, 15), currency=euro)
        row = self.report().search([("partner_id", "=", self.acme.id)])
        self.assertEqual(row.residual_amount, 50)
        self.assertEqual(row.residual_currency_amount, 100)
        self.assertEqual((row.currency_id, row.overdue_days), (euro, 15))

    def test_columns_describe_the_item(self):
        contact = self.contact(self.acme)
        self.acme.write({"country_id": self.env.ref("base.be").id})
        invoice = self.invoice(contact, 100, date(2026, 6, 15))
        row = self.report().search([("move_id", "=", invoice.id)])
        self.assertEqual(row.partner_id, self.acme)
        self.assertEqual(row.line_id, self.receivable_lines(invoice))
        self.assertEqual(row.country_id.code, "BE")
        self.assertEqual(row.user_id, invoice.invoice_user_id)
        self.assertEqual(row.company_id, self.company)
        self.assertEqual(row.action_open_document()["res_id"], invoice.id)

    def test_category_held_on_the_date(self):
        # given a customer who moved from small to large in May
        dimension = self.env["customer.dimension"].create(
            {"name": "Size", "code": "sz"}
        )
        small, large = self.env["customer.category"].create(
            [
                {"name": name, "dimension_id": dimension.id, "code": name}
                for name in ("Small", "Large")
            ]
        )
        assignments = self.env["customer.category.assignment"]
        for category, since in ((small, date(2026, 1, 1)), (large, date(2026, 5, 1))):
            assignments._assign({self.acme.id: category.id}, dimension, "manual", since)
        self.invoice(self.acme, 100, date(2026, 1, 1))
        self.invoice(self.bolt, 70, date(2026, 1, 1))
        partners = self.acme | self.bolt

        def by_category(as_of, **context):
            return dict(
                self.report(as_of, **context)._read_group(
                    [("partner_id", "in", partners.ids)],
                    ["category_id"],
                    ["residual_amount:sum"],
                )
            )

        none = self.env["customer.category"]
        asked = {"ar_dimension_id": dimension.id}
        self.assertEqual(
            by_category(date(2026, 4, 30), **asked), {small: 100, none: 70}
        )
        self.assertEqual(by_category(date(2026, 5, 1), **asked), {large: 100, none: 70})
        self.assertEqual(by_category(date(2026, 5, 1)), {none: 170})

    def test_headings_follow_the_bucket_set(self):
        own = self.sets.create({"name": "Own", "limits": "0, 10"})
        report = self.report(ar_bucket_view_ref=f"{own.id}:due_date:0, 10")
        fields_info = report.fields_get()
        self.assertEqual(fields_info["bucket_1_amount"]["string"], "1–10")
        self.assertIn(("2", "> 10"), fields_info["bucket"]["selection"])
        arch = etree.fromstring(report.get_view(view_type="list")["arch"])
        self.assertTrue(arch.xpath("//field[@name='bucket_2_amount']"))
        self.assertFalse(arch.xpath("//field[@name='bucket_3_amount']"))
        standard = self.report().get_view(view_type="list")["arch"]
        self.assertIn("bucket_5_amount", standard)

    def test_nonsense_in_the_context_is_ignored(self):
        for value in ("x", "1; DROP", -1, [1], {"a": 1}, True, None, "9" * 9):
            report = self.report(
                ar_bucket_set_id=value, ar_dimension_id=value, ar_bucket_view_ref=value
            )
            self.assertEqual(report._bucket_set(), self.standard)
            self.assertFalse(report._dimension())

    def test_grouped_list_needs_few_statements(self):
        for number in range(5):
            self.invoice(self.customer(f"C {number}"), 10, date(2026, 6, 1))
            report = self.report()
            report._read_group([], [], ["__count"])  # rights and rules are cached now
            with self.assertQueryCount(5):  # bucket set, two settings, accounts, rows
                groups = report._read_group([], ["partner_id"], ["residual_amount:sum"])
            self.assertEqual(len(groups), number + 1)

    # -- rights ---------------------------------------------------------------------------

    def test_who_may_look(self):
        self.invoice(self.acme, 10, date(2026, 6, 1))
        for role in (
            "ar_clerk",
            "ar_accountant",
            "collector",
            "credit_manager",
            "auditor",
            "administrator",
        ):
            user = self.user_with(role)
            rows = (
                self.report()
                .with_user(user)
                .search([("partner_id", "=", self.acme.id)])
            )
            self.assertEqual(len(rows), 1, role)
            self.assertFalse(rows.has_access("write"))
            opened = self.env["ar.aging.open"].with_user(user).action_open_default()
            self.assertEqual(opened["res_model"], "ar.aging.report")
        for user in (
            self.user_with(),
            self.user_with("customer_clerk"),
            self.user_with("customer_reviewer"),
        ):
            with self.assertRaises(AccessError):
                self.report().with_user(user).search([])
            with self.assertRaises(AccessError):
                self.env["ar.aging.open"].with_user(user).action_open_default()

    def test_other_companies_stay_hidden(self):
        other = self.setup_other_company(name="Other Ltd")["company"]
        self.invoice(self.acme, 10, date(2026, 6, 1), company=other)
        report = self.report().with_user(self.user_with("collector"))
        self.assertFalse(report.search([("partner_id", "=", self.acme.id)]))

    # -- the form -------------------------------------------------------------------------

    def test_form_ties_out_and_opens(self):
        invoice = self.invoice(self.acme, 100, date(2026, 1, 1))
        self.match(invoice, self.payment(self.acme, 40, date(2026, 3, 1)))
        clerk = self.user_with("ar_clerk")
        form = Form(self.env["ar.aging.open"].with_user(clerk))
        form.as_of_date = date(2026, 2, 1)
        form.partner_ids.add(self.acme)
        wizard = form.save()
        self.assertTrue(wizard.is_tied_out)
        self.assertRecordValues(
            wizard.tie_out_ids,
            [
                {
                    "company_id": self.company.id,
                    "partner_id": False,
                    "open_amount": 100,
                    "ledger_amount": 100,
                    "difference_amount": 0,
                }
            ],
        )
        action = wizard.action_open()
        rows = (
            self.env["ar.aging.report"]
            .with_user(clerk)
            .with_context(**action["context"])
            .search(action["domain"])
        )
        self.assertEqual(rows.mapped("residual_amount"), [100])

    def test_reconciled_across_customers_is_listed(self):
        # given an invoice of one customer paid with money of another
        self.match(
            self.invoice(self.acme, 100, date(2026, 1, 1)),
            self.payment(self.bolt, 100, date(2026, 3, 1)),
        )
        wizard = self.env["ar.aging.open"].create(
            {"as_of_date": self.AS_OF, "company_ids": self.company.ids}
        )
        total, *different = wizard.tie_out_ids
        self.assertFalse(wizard.is_tied_out)
        self.assertEqual(total.difference_amount, 0)
        self.assertEqual(
            {line.partner_id: line.difference_amount for line in different},
            {self.acme: -100, self.bolt: 100},
        )
        # and the entries behind it can be opened
        opened = self.env["account.move.line"].search(
            wizard.action_open_entries()["domain"]
        )
        self.assertEqual(opened.partner_id, self.acme | self.bolt)

    def test_advances_are_unapplied_whatever_their_sign(self):
        # given an advance of 300, of which 50 were paid back, on an account of its own
        account = self.env["account.account"].create(
            {
                "name": "Advances Received",
                "code": "220399",
                "account_type": "liability_current",
                "reconcile": True,
                "company_ids": [Command.link(self.company.id)],
            }
        )
        self.company.ar_advance_account_ids = account
        customer = self.customer("Advance Ltd")
        for amount in (-300, 50):
            self.entry(customer, amount, date(2026, 1, 5), account=account)
        rows = (
            self.env["ar.aging.report"]
            .with_context(ar_as_of="2026-06-30")
            .search([("partner_id", "=", customer.id)])
        )
        # then both are unapplied, -250 in all, and nothing is overdue or in a bucket
        self.assertEqual(rows.mapped("bucket"), ["unapplied", "unapplied"])
        self.assertEqual(sum(rows.mapped("unapplied_amount")), -250)
        self.assertEqual(sum(rows.mapped("overdue_amount")), 0)
        self.assertEqual(sum(rows.mapped("bucket_5_amount")), 0)
