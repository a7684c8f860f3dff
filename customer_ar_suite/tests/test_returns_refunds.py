"""Money that goes out: returned payments open invoices again, credits are paid back."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common_tour import TourCase
from .test_adjustments import AdjustmentCommon


@tagged("post_install", "-at_install")
class TestReturns(AdjustmentCommon):
    def give_back(self, line, receipt, reason=None):
        model = self.env["ar.match.proposal"].with_user(self.clerk)
        return model.browse(
            model.set_return(line.id, receipt.id, reason.id if reason else False)
        )

    def test_a_returned_payment_opens_the_invoice_again(self):
        # given an invoice that has been paid
        invoice = self.invoice(self.acme, 300, "2026-05-01")
        receipt = self.bank_line(300, "2026-05-20", f"pmt {invoice.name}")
        self.accept_and_apply(self.match())
        self.assertEqual(invoice.payment_state, "paid")
        paid = self.gl_by_account()
        # when the bank takes the money back
        out = self.bank_line(-300, "2026-06-01", "RETURN insufficient funds")
        review = self.env["ar.match.review"].with_user(self.clerk)
        (row,) = review.get_page(tab="outgoing")["rows"]
        self.assertEqual((row["line_id"], row["state"]), (out.id, "outgoing"))
        (offered,) = review.get_returnable(out.id)
        self.assertEqual((offered["line_id"], offered["is_exact"]), (receipt.id, True))
        proposal = self.give_back(out, receipt)
        self.apply(proposal)
        # then the invoice is open again, receipt and return settle each other
        self.assertEqual(proposal.state, "applied")
        self.assertEqual(
            (invoice.amount_residual, invoice.payment_state), (300, "not_paid")
        )
        self.assertTrue(out.is_reconciled)
        self.assertEqual(self.balance(self.bank_journal.suspense_account_id), 0)
        # and undone, it is paid again
        self.undo(proposal)
        self.assertEqual((invoice.amount_residual, invoice.payment_state), (0, "paid"))
        gl = self.gl_by_account()
        suspense = self.bank_journal.suspense_account_id.id
        bank = self.bank_journal.default_account_id.id
        self.assertEqual(gl.pop(suspense), 300)
        self.assertEqual(gl.pop(bank, 0), paid.pop(bank) - 300)
        paid.pop(suspense, None)
        self.assertEqual(gl, paid)

    def test_a_return_takes_the_deduction_back_and_may_cost_a_fee(self):
        invoice = self.invoice(self.acme, 300, "2026-05-01")
        receipt = self.bank_line(290, "2026-05-20", "pmt")
        self.apply(
            self.choose(receipt, [(invoice, 300)], [(invoice, self.fee, 10, "")])
        )
        cost = self.reason("Return fee", "write_off", clerk=50)
        out = self.bank_line(-296, "2026-06-01", "RETURN")
        with self.assertRaisesRegex(UserError, "reason"):
            self.give_back(out, receipt)
        proposal = self.give_back(out, receipt, cost)
        self.apply(proposal)
        self.assertEqual(invoice.amount_residual, 300)
        self.assertEqual(self.balance(self.fee.account_id), 0)
        self.assertEqual(self.balance(cost.account_id), 6)
        self.undo(proposal)
        self.assertEqual(invoice.amount_residual, 0)
        self.assertEqual(self.balance(self.fee.account_id), 10)

    def test_a_return_of_several_items_and_what_has_happened_since(self):
        one = self.invoice(self.acme, 100, "2026-05-01")
        two = self.invoice(self.acme, 200, "2026-05-02")
        receipt = self.bank_line(300, "2026-05-20", f"{one.name}, {two.name}")
        self.accept_and_apply(self.match())
        out = self.bank_line(-300, "2026-06-01", "RETURN")
        proposal = self.give_back(out, receipt)
        self.apply(proposal)
        self.assertEqual((one.amount_residual, two.amount_residual), (100, 200))
        # when one is paid otherwise since, the return cannot be undone
        other = self.bank_line(100, "2026-06-03", "cash")
        self.apply(self.choose(other, [(one, 100)]))
        result = proposal.with_user(self.accountant).action_undo()
        self.assertEqual(result["params"]["type"], "warning")
        self.assertEqual(proposal.state, "applied")
        self.assertEqual(two.amount_residual, 200)

    def test_what_is_no_return(self):
        invoice = self.invoice(self.acme, 300, "2026-05-01")
        receipt = self.bank_line(300, "2026-05-20", "unapplied")
        out = self.bank_line(-300, "2026-06-01", "RETURN")
        with self.assertRaises(UserError):  # nothing was paid by it
            self.give_back(out, receipt)
        self.apply(self.choose(receipt, [(invoice, 300)]))
        with self.assertRaises(UserError):  # money in
            self.give_back(receipt, receipt)
        with self.assertRaises(AccessError):
            self.env["ar.match.proposal"].with_user(
                self.user_with("collector")
            ).set_return(out.id, receipt.id)


@tagged("post_install", "-at_install")
class TestRefunds(AdjustmentCommon):
    def ask(self, user=None):
        action = self.acme.with_user(user or self.clerk).action_ar_refund()
        form = Form(
            self.env["ar.refund.ask"]
            .with_user(user or self.clerk)
            .with_context(**action["context"])
        )
        form.reason = "Customer closes the account"
        wizard = form.save()
        wizard.action_ask()
        return self.env["ar.refund"].search([], limit=1)

    def test_a_credit_is_paid_back(self):
        # given a credit note nobody has used
        credit = self.credit_note(self.acme, 120, "2026-05-01")
        refund = self.ask()
        self.assertEqual((refund.amount, refund.state), (120, "requested"))
        # nobody grants his own, nor asks twice for one credit
        with self.assertRaises(AccessError):
            refund.with_user(self.clerk).action_approve()
        with self.assertRaises(UserError):
            self.ask()
        # when granted, an outgoing payment is proposed as a draft
        refund.with_user(self.manager).action_approve()
        self.assertEqual(refund.state, "approved")
        self.assertEqual(
            (refund.payment_id.payment_type, refund.payment_id.amount),
            ("outbound", 120),
        )
        self.assertEqual(refund.payment_id.state, "draft")
        # and when the bank has paid, the credit is settled with the bank line
        out = self.bank_line(-120, "2026-06-05", "refund", partner=self.acme)
        review = self.env["ar.match.review"].with_user(self.clerk)
        (row,) = review.get_open_items(out.id)
        self.assertEqual(row["open"], -120)
        proposal = self.choose(out, [(credit, -120)])
        self.assertEqual(proposal.kind, "refund")
        self.apply(proposal)
        self.assertEqual(credit.payment_state, "paid")
        self.assertEqual(refund.state, "used")
        self.undo(proposal)
        self.assertEqual((credit.amount_residual, refund.state), (120, "approved"))

    def test_without_credit_there_is_no_refund(self):
        self.invoice(self.acme, 120, "2026-05-01")
        with self.assertRaises(UserError):
            self.ask()


@tagged("post_install", "-at_install")
class TestMatchDifferencesTour(AdjustmentCommon, TourCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")

    def work(self, lang):
        # given a receipt that is short, and one that has come back
        self.accountant.lang = lang
        invoice = self.invoice(self.acme, 200, "2026-05-01")
        short = self.bank_line(190, "2026-06-01", "thank you", partner=self.acme)
        paid = self.invoice(self.bravo, 300, "2026-05-01")
        receipt = self.bank_line(300, "2026-05-20", "debit")
        self.apply(self.choose(receipt, [(paid, 300)]))
        self.bank_line(-300, "2026-06-02", "RETURN")
        # when an accountant settles, undoes, and takes the return
        self.start_tour(
            "/odoo/reconcile-receipts",
            "customer_ar_suite_match_differences",
            login=self.accountant.login,
            timeout=120,
        )
        # then the first is as it was, and the other invoice is open again
        self.env.invalidate_all()
        self.assertEqual((invoice.amount_residual, paid.amount_residual), (200, 300))
        self.assertFalse(short.is_reconciled)
        states = self.env["ar.match.proposal"].search(
            [("statement_line_id", "=", short.id)]
        )
        self.assertEqual(states.mapped("state"), ["undone"])

    def test_english(self):
        self.work("en_US")

    def test_chinese(self):
        self.work("zh_CN")
