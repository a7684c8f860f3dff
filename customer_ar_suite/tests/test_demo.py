from datetime import timedelta

from odoo import fields
from odoo.tests import TransactionCase, tagged
from odoo.tools.safe_eval import safe_eval

from ..demo import tables
from ..models.ar_demo import COMPANIES, SAMPLE

ROLES = (
    "customer_clerk",
    "customer_reviewer",
    "ar_clerk",
    "ar_accountant",
    "collector",
    "credit_manager",
    "auditor",
)


@tagged("post_install", "-at_install")
class TestDemo(TransactionCase):
    """A demo file that fails leaves nothing but a warning; these tests make it a failure."""

    def sample(self, name):
        return self.env.ref(f"{SAMPLE}.{name}")

    def samples(self, prefix, model):
        data = self.env["ir.model.data"].search(
            [
                ("module", "=", SAMPLE),
                ("model", "=", model),
                ("name", "=like", f"{prefix}%"),
            ]
        )
        records = self.env[model].browse(data.mapped("res_id"))
        self.assertEqual(records, records.exists())
        return records

    def test_installed(self):
        module = self.env.ref("base.module_customer_ar_suite")
        self.assertTrue(module.demo, "the demo data have not been installed")

    def test_companies(self):
        for code, values in COMPANIES.items():
            company = self.sample(f"company_{code}")
            self.assertEqual(company.currency_id.name, values["currency"])
            self.assertEqual(company.account_fiscal_country_id.code, values["country"])
            for currency, (number, _bank) in values["banks"].items():
                journal = self.sample(f"journal_{code}_{currency.lower()}")
                self.assertEqual(journal.bank_account_id.acc_number, number)

    def test_report_favourites(self):
        favourites = self.samples("favourite_", "ir.filters")
        self.assertEqual(len(favourites), 6)
        for favourite in favourites:
            report = self.env[favourite.model_id]
            domain = safe_eval(favourite.domain)
            groups = safe_eval(favourite.context)["group_by"]
            report._read_group(domain, groups, ["__count"])

    def test_customers(self):
        for row in tables.customers():
            partner = self.sample(f"customer_{row.ref}")
            self.assertEqual((partner.name, partner.lang), (row.name, row.lang))
            expected, _code = partner._run_vat_checks(partner.country_id, row.vat)
            self.assertEqual(partner.vat or "", expected, row.ref)
            company = self.sample(f"company_{row.companies[0]}")
            self.assertTrue(partner.with_company(company).property_payment_term_id)

    def test_users(self):
        for role in ROLES:
            user = self.env.ref(f"customer_ar_suite.ar_demo_user_{role}")
            self.assertEqual(user.login, role)
            group = f"customer_ar_suite.customer_ar_suite_group_{role}"
            self.assertTrue(user.has_group(group))
            self.assertEqual(len(user.company_ids), 2)
        auditor = self.env.ref("customer_ar_suite.ar_demo_user_auditor")
        self.assertFalse(auditor.has_group("account.group_account_invoice"))

    def test_story(self):
        """Fourteen months, every awkward kind of receipt, and no document left in draft."""
        invoices = self.samples("invoice_", "account.move")
        today = fields.Date.context_today(invoices[0])
        self.assertGreater(len(invoices), 400)
        self.assertEqual(set(invoices.mapped("state")), {"posted"})
        first = min(invoices.mapped("invoice_date"))
        self.assertLess(first, today - timedelta(days=400))
        self.assertLessEqual(max(invoices.mapped("date")), today)
        self.assertLessEqual(
            {"paid", "partial", "not_paid"}, set(invoices.mapped("payment_state"))
        )
        instalments = invoices.filtered(
            lambda move: len(move.line_ids.filtered("date_maturity")) == 3
        )
        self.assertTrue(instalments)
        currencies = set(invoices.currency_id.mapped("name"))
        self.assertEqual(currencies, {"CNY", "EUR", "USD"})

    def test_open_items(self):
        """Unapplied cash, credit left over, something due for more than 120 days."""
        companies = self.sample("company_cn") + self.sample("company_nl")
        today = fields.Date.context_today(companies)
        items = self.env["ar.ledger"]._open_items(today, company_ids=companies.ids)
        kinds = {item.kind for item in items if item.residual}
        self.assertLessEqual({"invoice", "credit_note", "payment"}, kinds)
        oldest = min(item.due_date for item in items if item.kind == "invoice")
        self.assertLess(oldest, today - timedelta(days=120))
        overpaid = [
            item for item in items if item.kind == "payment" and item.residual < 0
        ]
        self.assertGreater(len(overpaid), 5)

    def test_suppliers_among_customers(self):
        for row in (row for row in tables.customers() if row.supplier):
            bill = self.sample(f"bill_{row.ref}_0")
            self.assertEqual(bill.state, "posted")

    def test_categories(self):
        """Everybody has a category in every dimension; some have grown."""
        partners = self.samples("customer_C", "res.partner")
        history = self.env["customer.category.assignment"].search(
            [
                ("partner_id", "in", partners.ids),
                ("dimension_id.code", "in", ("industry", "size", "region", "type")),
            ]
        )
        now = history.filtered(lambda one: not one.valid_to)
        self.assertEqual(len(now), 4 * len(partners))
        self.assertTrue(history - now)

    def test_bank_files_of_other_formats(self):
        ready = self.sample("bank_import_cn_eur")
        self.assertEqual((ready.format_code, ready.state), ("mt940", "staged"))
        held = self.sample("bank_import_nl_usd")
        self.assertEqual((held.format_code, held.state), ("ofx", "held"))

    def test_bank_files(self):
        """Per company one file is in the books, one waits; proposals in every state."""
        for code in COMPANIES:
            self.assertEqual(self.sample(f"bank_import_{code}_0").state, "confirmed")
            waiting = self.sample(f"bank_import_{code}_1")
            self.assertIn(waiting.state, ("staged", "held"))
            self.assertTrue(waiting.new_count)
        proposals = self.env["ar.match.proposal"].search([])
        self.assertLessEqual(
            {"proposed", "accepted", "rejected", "applied"},
            set(proposals.mapped("state")),
        )

    def test_customer_files(self):
        applied = self.sample("customer_import_0")
        self.assertEqual((applied.step, applied.error_count), ("done", 0))
        self.assertTrue(self.env["res.partner"].search([("ref", "=", "C10201")]))
        for name in ("customer_import_1", "customer_import_2"):
            waiting = self.sample(name)
            self.assertEqual(waiting.step, "check")
            self.assertTrue(waiting.create_count)
            self.assertTrue(waiting.update_count)
            self.assertTrue(waiting.fault_count)
        self.assertFalse(self.env["res.partner"].search([("ref", "=", "C10101")]))

    def test_contacts_of_a_file_and_an_import_undone(self):
        several = self.sample("customer_import_several")
        self.assertEqual((several.continued_count, several.footer_count), (2, 2))
        first = several.row_ids.partner_id.filtered(lambda one: one.ref == "C10301")
        self.assertEqual(
            sorted(first.child_ids.mapped("type")),
            ["contact"] * 3 + ["delivery"] * 2 + ["invoice"],
        )
        self.assertEqual(len(first.bank_ids), 2)
        mistake = self.sample("customer_import_mistake")
        undo = self.sample("customer_import_undo")
        self.assertEqual((mistake.step, mistake.undo_id), ("undone", undo))
        self.assertEqual((undo.removed_count, undo.kept_count), (2, 1))

    def test_statements(self):
        languages = set()
        for code in COMPANIES:
            statements = self.samples(f"statement_{code}_", "ar.statement")
            self.assertTrue(statements)
            languages |= set(statements.partner_id.mapped("lang"))
        self.assertEqual(languages, {"en_US", "zh_CN"})

    def test_confirmations(self):
        """Agreed, differing, superseded, waiting, late: in both companies' languages."""
        states, languages, late = set(), set(), False
        for code in COMPANIES:
            letters = self.samples(f"confirmation_{code}_", "ar.confirmation")
            states |= set(letters.mapped("state"))
            languages |= set(letters.mapped("language"))
            late |= any(letters.mapped("is_overdue"))
            self.assertTrue(all(letters.mapped("is_intact")))
            self.assertTrue(all(letters.reply_ids.mapped("is_intact")))
        self.assertEqual(
            states, {"issued", "sent", "agreed", "differing", "superseded"}
        )
        self.assertEqual(languages, {"en_US", "zh_CN"})
        self.assertTrue(late)
        # one went by e-mail with its paper, and nothing is left to leave the house
        mails = self.env["mail.mail"].search([("model", "=", "ar.confirmation")])
        self.assertTrue(mails.attachment_ids)
        self.assertEqual(set(mails.mapped("state")), {"sent"})

    def test_closings(self):
        """One waits per company, one is done with its tombstone, one is refused."""
        self.assertEqual(self.sample("closing_idle").state, "requested")
        self.assertEqual(self.sample("closing_idle_cn").state, "requested")
        done = self.sample("closing_twice")
        self.assertEqual((done.state, done.partner_id.id), ("done", False))
        stone = self.env["customer.tombstone"].search([("request_id", "=", done.id)])
        self.assertTrue(stone.is_intact)
        refused = self.sample("closing_owing")
        self.assertEqual(refused.state, "draft")
        self.assertTrue(refused.stop_count)

    def test_a_closing_that_two_approve(self):
        waiting = self.sample("closing_idle")
        self.assertEqual((waiting.needed, len(waiting.vote_ids)), (2, 1))
        self.assertTrue(waiting.deputy_ids)

    def test_nothing_is_sent(self):
        """E-mails of Odoo's own sample documents may wait; none of ours does."""
        data = self.env["ir.model.data"].search([("module", "=", SAMPLE)])
        ours = {(one.model, one.res_id) for one in data}
        mails = self.env["mail.mail"].search([("state", "=", "outgoing")])
        self.assertFalse(
            [
                (mail.model, mail.res_id)
                for mail in mails
                if (mail.model or "").startswith(("ar.", "customer."))
                or (mail.model, mail.res_id) in ours
            ]
        )

    def test_access_reviews(self):
        """One signed, one begun; the administrator's own conflicts, one of them accepted."""
        signed, begun = (self.sample(f"access_review_nl_{n}") for n in range(2))
        self.assertEqual((signed.state, begun.state), ("signed", "open"))
        self.assertTrue(signed.is_intact)
        self.assertEqual((signed.remove_count, begun.open_count > 5), (1, True))
        conflicts = self.env["customer.access.conflict"].search([])
        self.assertLessEqual({"open", "accepted"}, set(conflicts.mapped("state")))

    def test_approvals(self):
        """Requests in every state, and a new customer in every state."""
        company = self.sample("company_nl")
        requests = self.env["customer.change.request"].search(
            [("company_id", "=", company.id)]
        )
        self.assertLessEqual(
            {
                "pending",
                "approved",
                "partly",
                "rejected",
                "stale",
                "expired",
                "cancelled",
            },
            set(requests.mapped("state")),
        )
        pending = requests.filtered(lambda request: request.state == "pending")
        self.assertEqual(set(pending.mapped("is_complete")), {True, False})
        self.assertTrue(requests.evidence_ids)
        news = self.samples("new_customer_", "res.partner").sorted("id")
        self.assertEqual(
            news.mapped("ar_approval_state"), ["entered", "review", "approved"]
        )

    def test_corrections(self):
        for code in ("cn", "nl"):
            search = self.env.ref(f"{SAMPLE}.correction_run_{code}")
            self.assertTrue(search.open_count)
            self.assertTrue(search.refused_count)
            self.assertTrue(search.written_count)
            self.assertEqual(search.company_id.ar_validation_level, "warn")

    def test_data_quality(self):
        """Two audits per company, findings in every hand, proposals, alerts."""
        for code in COMPANIES:
            first, second = (self.sample(f"quality_run_{code}_{n}") for n in range(2))
            self.assertEqual((first.run_state, second.run_state), ("done", "done"))
            self.assertTrue(first.new_count)
            self.assertFalse(first.error_count + second.error_count)
            self.assertFalse(self.sample(f"quality_plan_{code}").is_on)
        states = set(self.env["customer.quality.finding"].search([]).mapped("state"))
        self.assertLessEqual({"open", "in_work", "accepted", "closed"}, states)
        self.assertEqual(self.sample("proposal_order_form").state, "agreed")
        self.assertEqual(self.sample("proposal_postal_code").state, "filed")
        clerk = self.env.ref("customer_ar_suite.ar_demo_user_customer_clerk")
        alerts = self.env["customer.alert"].search([("user_id", "=", clerk.id)])
        self.assertLessEqual({"export", "unmask"}, set(alerts.mapped("signal")))
        self.assertNotIn(clerk, alerts.activity_ids.user_id)

    def test_loading_twice_changes_nothing(self):
        count = self.env["account.move"].search_count([])
        loader = self.env["ar.demo"]
        loader._load_companies()
        loader._load_story()
        loader._load_suite()
        self.assertEqual(self.env["account.move"].search_count([]), count)

    def test_ledger(self):
        """Advances count as unapplied, bills stand in every state, the books are proven."""
        bills = self.samples("bill_note_", "ar.bill")
        self.assertEqual(
            set(bills.mapped("state")),
            {"draft", "received", "discounted", "endorsed", "collected", "dishonoured"},
        )
        company = self.sample("company_cn")
        today = fields.Date.context_today(company)
        items = self.env["ar.ledger"]._open_items(today, company_ids=company.ids)
        self.assertEqual(sum(item.is_advance for item in items), 2)
        payables = self.env["ar.ledger"]._payables(today, company_ids=company.ids)
        self.assertTrue(payables)
        check = self.sample("ar_check_0")
        self.assertEqual(
            check.finding_ids.mapped(lambda one: (one.code, one.problem)), []
        )
        self.assertEqual(check.state, "green")
        undone = self.env["ar.reconciliation.history"].search(
            [("is_undone", "=", True)]
        )
        self.assertTrue(undone)


@tagged("post_install", "-at_install")
class TestDemoDifferences(TransactionCase):
    """What customers did not pay, in every state a user should have seen."""

    def sample(self, name):
        return self.env.ref(f"{SAMPLE}.{name}")

    def test_differences(self):
        for code in ("nl", "cn"):
            fee = self.sample(f"adjustment_type_bank_fee_{code}")
            self.assertTrue(fee.account_id and fee.limit_ids)
        self.assertEqual(self.sample("adjusted_applied").state, "applied")
        waiting = self.sample("adjusted_waiting")
        self.assertEqual(
            (waiting.state, waiting.approval_state), ("accepted", "requested")
        )
        back = self.sample("return")
        self.assertEqual((back.kind, back.state), ("return", "applied"))
        self.assertTrue(all(back.allocation_ids.mapped("item_line_id.amount_residual")))
        part = self.sample("part_return")
        self.assertEqual((part.kind, part.state), ("return", "applied"))
        item = part.allocation_ids.item_line_id
        self.assertTrue(0 < item.amount_residual < item.balance)
        staged = self.sample("staged_accepted")
        self.assertEqual(staged.state, "accepted")
        self.assertEqual(staged.import_line_id.import_id.state, "staged")
        advice = self.sample("remittance")
        self.assertTrue(advice.line_ids and advice.total_amount)
        refund = self.sample("refund")
        self.assertEqual(refund.state, "approved")
        self.assertEqual(refund.payment_id.state, "draft")
