"""What is not paid of items: reasons, limits, approvals, taxes, three currencies, undo."""

from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import date
from .test_flow_bank_to_reconcile import MatchCommon


class AdjustmentCommon(MatchCommon):
    """Reasons with accounts and limits, and short ways to choose them on the screen."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.user_with("credit_manager", "ar_clerk", login="cm")
        cls.loss = cls.company_data["default_account_expense"]
        cls.fee = cls.reason("Bank charge", "bank_fee", clerk=20)
        cls.discount = cls.reason(
            "Discount", "discount", clerk=100, tax_mode="terms", is_proposed=True
        )

    @classmethod
    def reason(cls, name, kind, clerk=0, **values):
        prefix = "customer_ar_suite.customer_ar_suite_group_"
        account = cls.env["account.account"].create(
            {"name": name, "code": f"X{kind[:4]}", "account_type": "expense"}
        )
        limits = [("ar_clerk", clerk), ("credit_manager", 1000)]
        return cls.env["ar.adjustment.type"].create(
            {
                "name": name,
                "kind": kind,
                "company_id": cls.company.id,
                "account_id": account.id,
                "limit_ids": [
                    Command.create(
                        {"group_id": cls.env.ref(f"{prefix}{role}").id, "amount": most}
                    )
                    for role, most in limits
                    if most
                ],
                **values,
            }
        )

    def choose(self, line, parts, adjustments=(), user=None, **values):
        """What the reconciliation screen sends for a bank line."""
        model = self.env["ar.match.proposal"].with_user(user or self.clerk)
        return model.browse(
            model.set_allocations(
                line.id,
                [[self.open_line(move).id, *amounts] for move, *amounts in parts],
                adjustments=[
                    [self.open_line(move).id, reason.id, amount, note]
                    for move, reason, amount, note in adjustments
                ],
                **values,
            )
        )

    def apply(self, proposal):
        result = proposal.with_user(self.accountant).action_apply()
        self.env.invalidate_all()
        return result

    def undo(self, proposal):
        proposal.with_user(self.accountant).action_undo()
        self.env.invalidate_all()

    def balance(self, account):
        return self.gl_by_account().get(account.id, 0)


@tagged("post_install", "-at_install")
class TestAdjustments(AdjustmentCommon):
    def test_a_bank_charge_is_deducted_and_undone(self):
        # given an invoice and a receipt that a bank has shortened
        invoice = self.invoice(self.acme, 1000, "2026-05-01")
        line = self.bank_line(985, "2026-06-01", "pmt")
        before = self.gl_by_account()
        # when the clerk settles it in full, with the reason for the difference
        proposal = self.choose(
            line, [(invoice, 1000)], [(invoice, self.fee, 15, "SWIFT")]
        )
        self.assertEqual((proposal.state, proposal.approval_state), ("accepted", False))
        self.assertEqual((proposal.applied_amount, proposal.remainder_amount), (985, 0))
        self.apply(proposal)
        # then the invoice is paid, the charge is an expense, nothing is on suspense
        self.assertEqual(invoice.payment_state, "paid")
        self.assertTrue(line.is_reconciled)
        self.assertEqual(self.balance(self.fee.account_id), 15)
        self.assertEqual(self.balance(self.bank_journal.suspense_account_id), 0)
        # and the screen shows it with its reason
        page = self.env["ar.match.review"].with_user(self.clerk)
        row = page.get_page(tab="applied")["rows"][0]
        (part,) = row["allocations"]
        self.assertEqual((part["amount"], part["paid"]), (1000, 985))
        self.assertEqual(part["deductions"][0]["reason"], "Bank charge")
        self.assertEqual(part["deductions"][0]["note"], "SWIFT")
        # when undone, then all is as before
        self.undo(proposal)
        self.assertEqual(self.gl_by_account(), before)
        self.assertEqual(invoice.amount_residual, 1000)

    def test_split_over_items_with_partial_and_remainder_as_advance(self):
        one = self.invoice(self.acme, 300, "2026-05-01")
        two = self.invoice(self.acme, 500, "2026-05-02")
        line = self.bank_line(1000, "2026-06-01", "pmt", partner=self.acme)
        proposal = self.choose(
            line,
            [(one, 300), (two, 400)],
            [(one, self.fee, 5, "")],
            keep_as_advance=True,
        )
        self.apply(proposal)
        self.assertEqual((one.amount_residual, two.amount_residual), (0, 100))
        # 1000 - 295 - 400 stay as unapplied money of the customer
        rest = self.receivable_lines(line).filtered("amount_residual")
        self.assertEqual(rest.amount_residual, -305)
        self.undo(proposal)
        self.assertEqual((one.amount_residual, two.amount_residual), (300, 500))

    def test_what_cannot_be_is_refused(self):
        invoice = self.invoice(self.acme, 100, "2026-05-01")
        other = self.invoice(self.acme, 10, "2026-05-01")
        line = self.bank_line(90, "2026-06-01", "pmt")
        data = self.setup_other_company()
        foreign = self.env["ar.adjustment.type"].create(
            {
                "name": "Elsewhere",
                "kind": "write_off",
                "company_id": data["company"].id,
                "account_id": data["default_account_expense"].id,
            }
        )
        noted = self.fee.copy({"name": "Withheld", "needs_note": True})
        bare = self.fee.copy({"name": "Bare", "account_id": False})
        for parts, adjustments in (
            ([(invoice, 100)], [(other, self.fee, 10, "")]),  # of another item
            ([(invoice, 100)], [(invoice, self.fee, 0, "")]),  # nothing
            ([(invoice, 100)], [(invoice, self.fee, 101, "")]),  # more than is settled
            ([(invoice, 110)], [(invoice, self.fee, 20, "")]),  # more than is open
            ([(invoice, 100)], [(invoice, self.fee, "x", "")]),
            ([(invoice, 100)], [(invoice, noted, 10, " ")]),  # not explained
            ([(invoice, 100)], [(invoice, bare, 10, "")]),  # no account
            ([(invoice, 100)], [(invoice, self.fee, 5, "")]),  # 95 of 90 received
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                self.choose(line, parts, adjustments)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.choose(line, [(invoice, 100)], [(invoice, foreign, 10, "")])

    def test_beyond_the_limit_somebody_else_approves(self):
        # given a difference beyond what a clerk may decide
        invoice = self.invoice(self.acme, 1000, "2026-05-01")
        line = self.bank_line(900, "2026-06-01", "pmt")
        proposal = self.choose(
            line, [(invoice, 1000)], [(invoice, self.fee, 100, "claim")]
        )
        # then it waits, and cannot be applied
        self.assertEqual(proposal.approval_state, "requested")
        self.assertEqual(self.apply(proposal)["params"]["type"], "warning")
        self.assertEqual((proposal.state, invoice.amount_residual), ("accepted", 1000))
        release = proposal.release_ids
        self.assertEqual((release.amount, release.partner_id), (100, self.acme))
        # the clerk and his accountant may not approve it
        for user in (self.clerk, self.accountant):
            with self.assertRaises(AccessError):
                release.with_user(user).action_approve()
        # a manager whose limit covers it may
        release.with_user(self.manager).action_approve()
        self.assertEqual(proposal.approval_state, "approved")
        self.apply(proposal)
        self.assertEqual((proposal.state, invoice.amount_residual), ("applied", 0))
        self.assertIn(
            "adjustment.approve",
            self.env["customer.audit.entry"].search([], limit=20).mapped("event"),
        )

    def test_nobody_approves_what_he_asked_for_or_beyond_his_limit(self):
        invoice = self.invoice(self.acme, 5000, "2026-05-01")
        line = self.bank_line(3000, "2026-06-01", "pmt")
        proposal = self.choose(
            line,
            [(invoice, 5000)],
            [(invoice, self.fee, 2000, "")],
            user=self.manager,
        )
        with self.assertRaises(AccessError):
            proposal.release_ids.with_user(self.manager).action_approve()
        second = self.user_with("credit_manager", login="cm2")
        with self.assertRaises(AccessError):  # his limit is 1,000
            proposal.release_ids.with_user(second).action_approve()

    def test_a_refusal_frees_the_receipt(self):
        invoice = self.invoice(self.acme, 1000, "2026-05-01")
        line = self.bank_line(900, "2026-06-01", "pmt")
        proposal = self.choose(line, [(invoice, 1000)], [(invoice, self.fee, 100, "")])
        wizard = (
            self.env["ar.adjustment.refuse"]
            .with_user(self.manager)
            .create({"release_id": proposal.release_ids.id, "note": "ask the bank"})
        )
        wizard.action_refuse()
        self.assertEqual(proposal.state, "rejected")
        self.assertEqual(proposal.release_ids.decision_note, "ask the bank")
        # and taking an acceptance back withdraws the request
        again = self.choose(line, [(invoice, 1000)], [(invoice, self.fee, 100, "")])
        again.with_user(self.clerk).action_reset()
        self.assertEqual(again.release_ids.state, "withdrawn")

    def test_small_differences_add_up_to_the_limit_of_the_day(self):
        states = []
        for _ in range(3):  # 8 + 8 are within 20, 24 are not
            invoice = self.invoice(self.acme, 100, "2026-05-01")
            line = self.bank_line(92, "2026-06-01", "pmt")
            proposal = self.choose(line, [(invoice, 100)], [(invoice, self.fee, 8, "")])
            states.append(proposal.approval_state)
        self.assertEqual(states, [False, False, "requested"])
        # another customer has his own day
        invoice = self.invoice(self.bravo, 100, "2026-05-01")
        line = self.bank_line(92, "2026-06-01", "pmt")
        other = self.choose(line, [(invoice, 100)], [(invoice, self.fee, 8, "")])
        self.assertFalse(other.approval_state)

    def test_who_looked_at_something_else_is_told(self):
        # given two clerks with the same receipt on their screens
        invoice = self.invoice(self.acme, 100, "2026-05-01")
        line = self.bank_line(100, "2026-06-01", "pmt")
        seen = False
        first = self.choose(line, [(invoice, 60)], seen=seen)
        # when the second decides on what he still sees
        other = self.user_with("ar_clerk", login="second")
        with self.assertRaisesRegex(UserError, "Somebody else has worked"):
            self.choose(line, [(invoice, 100)], user=other, seen=seen)
        # then the first decision stands, until he has looked again
        self.assertEqual(first.state, "accepted")
        second = self.choose(line, [(invoice, 100)], user=other, seen=first.id)
        self.assertEqual((first.state, second.state), ("rejected", "accepted"))

    def test_a_closed_period_stays_closed(self):
        invoice = self.invoice(self.acme, 100, "2026-05-01")
        line = self.bank_line(90, "2026-06-01", "pmt")
        proposal = self.choose(line, [(invoice, 100)], [(invoice, self.fee, 10, "")])
        # core does not let a period be closed over open bank lines, unless by other ways
        with patch.object(
            type(self.company), "_validate_locks", lambda self, vals: None
        ):
            self.company.fiscalyear_lock_date = date(2026, 6, 15)
        self.apply(proposal)
        self.assertEqual(proposal.state, "stale")
        self.assertEqual(invoice.amount_residual, 100)

    # -- tax ----------------------------------------------------------------------------------

    def taxed_invoice(self, net, terms=None):
        return self.invoice(
            self.acme,
            net,
            "2026-05-20",
            terms=terms,
            invoice_line_ids=[
                Command.create(
                    {
                        "name": "Goods",
                        "price_unit": net,
                        "tax_ids": [Command.set(self.tax_sale_a.ids)],
                    }
                )
            ],
        )

    def test_a_reason_can_reduce_the_tax(self):
        # given an invoice of 1,000 and 15 % tax, of which 115 are not paid
        self.tax_sale_a.amount = 15
        invoice = self.taxed_invoice(1000)
        bad = self.reason("Bad debt", "write_off", clerk=500, tax_mode="invoice")
        tax_account = invoice.line_ids.filtered("tax_line_id").account_id
        tax_before = self.balance(tax_account)
        line = self.bank_line(1035, "2026-06-01", "pmt")
        proposal = self.choose(line, [(invoice, 1150)], [(invoice, bad, 115, "")])
        self.apply(proposal)
        # then 100 are the loss and 15 the tax
        self.assertEqual(self.balance(bad.account_id), 100)
        self.assertEqual(self.balance(tax_account) - tax_before, 15)
        refund = self.tax_sale_a.refund_repartition_line_ids.filtered(
            lambda part: part.repartition_type == "tax"
        )
        reduced = line.move_id.line_ids.filtered("tax_repartition_line_id")
        self.assertEqual(reduced.tax_repartition_line_id, refund)
        self.undo(proposal)
        self.assertEqual(self.balance(tax_account), tax_before)
        self.assertEqual(invoice.amount_residual, 1150)

    def test_the_discount_of_the_terms_is_proposed(self):
        # given 2 % within 10 days, tax included
        self.tax_sale_a.amount = 15
        terms = self.env["account.payment.term"].create(
            {
                "name": "2% 10",
                "early_discount": True,
                "discount_percentage": 2,
                "discount_days": 10,
                "early_pay_discount_computation": "included",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 100, "nb_days": 30}
                    )
                ],
            }
        )
        invoice = self.taxed_invoice(1000, terms)
        in_time = self.bank_line(1127, "2026-05-29", f"pmt {invoice.name}")
        proposal = self.match()
        # then the invoice is settled in full and the reason is named
        self.assertEqual(proposal.allocation_ids.amount, 1150)
        self.assertEqual(proposal.adjustment_ids.type_id, self.discount)
        self.assertEqual(proposal.adjustment_ids.amount, 23)
        self.assertIn("the payment terms allow", proposal.evidence_text)
        proposal.with_user(self.clerk).action_accept()
        self.apply(proposal)
        self.assertEqual(invoice.payment_state, "paid")
        self.assertEqual(self.balance(self.discount.account_id), 20)
        self.assertTrue(in_time.is_reconciled)
        # one day too late it is simply short
        late = self.taxed_invoice(1000, terms)
        self.bank_line(1127, "2026-05-31", f"pmt {late.name}")
        proposal = self.match()
        self.assertFalse(proposal.adjustment_ids)
        self.assertEqual(proposal.short_amount, 23)

    def test_small_differences_are_proposed_only_when_told(self):
        invoice = self.invoice(self.acme, 1000, "2026-05-01")
        self.bank_line(990, "2026-06-01", f"pmt {invoice.name}")
        proposal = self.match()
        self.assertEqual((proposal.short_amount, len(proposal.adjustment_ids)), (10, 0))
        self.fee.write({"is_proposed": True, "tolerance_amount": 12})
        proposal = self.match()
        self.assertEqual(proposal.adjustment_ids.amount, 10)
        self.assertIn("within the tolerance", proposal.evidence_text)
        self.fee.tolerance_amount = 9
        self.assertFalse(self.match().adjustment_ids)

    # -- currencies ---------------------------------------------------------------------------

    def test_three_currencies(self):
        # given a company in USD, a bank account in EUR (2 per USD), an invoice in GBP (4)
        eur = self.foreign_currency("EUR", [("2020-01-01", 2.0)])
        gbp = self.foreign_currency("GBP", [("2020-01-01", 4.0), ("2026-06-01", 5.0)])
        journal = self.bank_journal.copy({"currency_id": eur.id, "code": "BEUR"})
        invoice = self.invoice(self.acme, 400, "2026-05-01", currency=gbp)  # 100 USD
        line = self.bank_line(180, "2026-06-02", "pmt", journal=journal)  # 90 USD
        before = self.gl_by_account()
        # when it settles 400 GBP, 20 of them for a bank charge
        proposal = self.choose(
            line, [(invoice, 400, 180)], [(invoice, self.fee, 20, "")]
        )
        self.assertEqual(proposal.allocation_ids.paid_amount, 180)
        self.assertEqual(proposal.adjustment_ids.company_amount, 5)
        self.apply(proposal)
        # then 380 GBP for 90 USD make 20 GBP worth 4.74 USD, and 5.26 an exchange loss
        self.assertEqual(invoice.payment_state, "paid")
        self.assertTrue(line.is_reconciled)
        self.assertEqual(self.balance(self.fee.account_id), 4.74)
        loss = self.company.expense_currency_exchange_account_id
        self.assertEqual(self.balance(loss), 5.26)
        self.assertEqual(sum(self.gl_by_account().values()), 0)
        # and undone, the books are as before
        self.undo(proposal)
        self.assertEqual(invoice.amount_residual, 400)
        self.assertEqual(self.gl_by_account(), before)

    def test_an_invoice_in_company_currency_paid_in_another(self):
        eur = self.foreign_currency("EUR", [("2020-01-01", 2.0)])
        journal = self.bank_journal.copy({"currency_id": eur.id, "code": "BEUR"})
        invoice = self.invoice(self.acme, 100, "2026-05-01")
        line = self.bank_line(198, "2026-06-02", "pmt", journal=journal)  # 99 USD
        proposal = self.choose(line, [(invoice, 100, 198)])
        self.apply(proposal)
        self.assertEqual(invoice.payment_state, "paid")
        loss = self.company.expense_currency_exchange_account_id
        self.assertEqual(self.balance(loss), 1)
        self.undo(proposal)
        self.assertEqual(invoice.amount_residual, 100)

    def test_an_item_in_another_currency_needs_both_amounts(self):
        gbp = self.foreign_currency("GBP", [("2020-01-01", 4.0)])
        invoice = self.invoice(self.acme, 400, "2026-05-01", currency=gbp)
        line = self.bank_line(100, "2026-06-02", "pmt", partner=self.acme)
        with self.assertRaisesRegex(UserError, "another currency"):
            self.choose(line, [(invoice, 400)])
        # and the screen offers it with its worth
        review = self.env["ar.match.review"].with_user(self.clerk)
        self.assertFalse(review.get_open_items(line.id))
        (row,) = review.get_open_items(line.id, all_currencies=True)
        self.assertEqual((row["open"], row["worth"]), (400, 100))

    # -- set-up -------------------------------------------------------------------------------

    def test_nothing_is_set_up_until_somebody_does(self):
        other = self.setup_other_company()["company"]
        types = self.env["ar.adjustment.type"]
        self.assertFalse(types._usable(other))
        admin = self.user_with(
            "administrator", company=other, companies=other, login="adm"
        )
        types.with_user(admin).action_load_usual()
        known = types.search([("company_id", "=", other.id)])
        self.assertEqual(
            set(known.mapped("kind")),
            {"discount", "bank_fee", "write_off", "withholding", "exchange"},
        )
        types.with_user(admin).action_load_usual()  # once is enough
        self.assertEqual(types.search_count([("company_id", "=", other.id)]), 5)
        with self.assertRaises(AccessError):
            types.with_user(self.clerk).action_load_usual()

    # -- the plain way ------------------------------------------------------------------------

    def test_the_plain_wizard(self):
        invoice = self.invoice(self.acme, 1000, "2026-05-01")
        self.invoice(self.acme, 70, "2026-05-03")
        line = self.bank_line(990, "2026-06-01", "pmt", partner=self.acme)
        action = self.acme.with_user(self.accountant).action_ar_settle_receipt()
        self.assertEqual(action["context"]["default_statement_line_id"], line.id)
        form = Form(
            self.env["ar.match.settle"]
            .with_user(self.accountant)
            .with_context(**action["context"])
        )
        self.assertEqual(form.receipt_amount, 990)
        with form.line_ids.edit(0) as row:
            self.assertEqual(row.open_amount, 1000)
            row.paid_amount = 990
            row.type_id = self.fee
            self.assertEqual(row.less_amount, 10)
        self.assertEqual(form.remainder_amount, 0)
        form.save().action_apply()
        self.env.invalidate_all()
        self.assertEqual(invoice.payment_state, "paid")

    def test_the_plain_wizard_pays_the_oldest_first(self):
        old = self.invoice(self.acme, 300, "2026-03-01")
        new = self.invoice(self.acme, 300, "2026-05-01")
        line = self.bank_line(400, "2026-06-01", "pmt", partner=self.acme)
        wizard = (
            self.env["ar.match.settle"]
            .with_user(self.accountant)
            .create({"statement_line_id": line.id, "partner_id": self.acme.id})
        )
        wizard.action_fill()
        wizard.action_apply()
        self.env.invalidate_all()
        self.assertEqual((old.amount_residual, new.amount_residual), (0, 200))
