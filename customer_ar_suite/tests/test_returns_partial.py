"""A part of an earlier receipt comes back: what it had paid with that part is open again."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common_tour import TourCase
from .test_adjustments import AdjustmentCommon


class PartialReturnCommon(AdjustmentCommon):
    def returnable(self, out, search=""):
        """What the screen shows for the money that went out, by receipt."""
        review = self.env["ar.match.review"].with_user(self.clerk)
        return {row["line_id"]: row for row in review.get_returnable(out.id, search)}

    def offered(self, out, receipt):
        return self.returnable(out)[receipt.id]

    def taken(self, amount, on, text, account="NL1", **values):
        """Money that went back to the account it came from, as far as the bank says."""
        return self.bank_line(-amount, on, text, account_number=account, **values)

    def give_back(self, out, receipt, parts, reason=None):
        model = self.env["ar.match.proposal"].with_user(self.clerk)
        proposal = model.browse(
            model.set_return(
                out.id, receipt.id, reason.id if reason else False, parts=parts
            )
        )
        self.apply(proposal)
        return proposal

    def as_offered(self, out, receipt):
        """The rows the screen sends when nothing is changed on it."""
        return [
            [part["item_id"], part["source_id"], part["amount"]]
            for part in self.offered(out, receipt)["parts"]
            if part["amount"]
        ]

    def paid(self, *amounts):
        """Invoices, and the receipt that has paid them all."""
        invoices = [
            self.invoice(self.acme, amount, f"2026-05-0{day}")
            for day, amount in enumerate(amounts, 1)
        ]
        receipt = self.bank_line(
            sum(amounts), "2026-05-20", "pmt", partner=self.acme, account_number="NL1"
        )
        self.apply(self.choose(receipt, [(one, one.amount_total) for one in invoices]))
        return invoices, receipt


@tagged("post_install", "-at_install")
class TestPartialReturn(PartialReturnCommon):
    def residuals(self, invoices):
        return [invoice.amount_residual for invoice in invoices]

    def test_a_part_of_one_invoice(self):
        # given an invoice that has been paid, and a third of the money that goes back
        (invoice,), receipt = self.paid(300)
        before = self.gl_by_account()
        out = self.taken(100, "2026-06-01", "RETURN in part")
        row = self.offered(out, receipt)
        self.assertFalse(row["is_whole"] or row["is_exact"])
        # then the screen proposes that third
        self.assertEqual([part["amount"] for part in row["parts"]], [100])
        proposal = self.give_back(out, receipt, self.as_offered(out, receipt))
        self.assertEqual(proposal.state, "applied")
        self.assertEqual(
            (invoice.amount_residual, invoice.payment_state), (100, "partial")
        )
        self.assertTrue(out.is_reconciled)
        self.assertTrue(receipt.is_reconciled)
        # when another part goes back, no more is offered than is still paid
        again = self.taken(200, "2026-06-02", "RETURN the rest")
        row = self.offered(again, receipt)
        self.assertEqual([part["paid"] for part in row["parts"]], [200])
        second = self.give_back(again, receipt, self.as_offered(again, receipt))
        self.assertEqual(
            (invoice.amount_residual, invoice.payment_state), (300, "not_paid")
        )
        third = self.taken(250, "2026-06-03", "RETURN once more")
        self.assertFalse(self.returnable(third))
        # when undone in turn, the invoice is paid again and the books are as before
        self.undo(second)
        self.assertEqual(invoice.amount_residual, 100)
        self.undo(proposal)
        self.assertEqual((invoice.amount_residual, invoice.payment_state), (0, "paid"))
        (out | again | third).move_id.button_draft()
        (out | again | third).move_id.unlink()
        self.assertEqual(self.gl_by_account(), before)

    def test_one_of_several_invoices(self):
        # given a receipt for three invoices, and the money of one that goes back
        invoices, receipt = self.paid(100, 250, 75)
        out = self.bank_line(-250, "2026-06-01", "RETURN")
        proposal = self.give_back(out, receipt, self.as_offered(out, receipt))
        self.assertEqual(self.residuals(invoices), [0, 250, 0])
        self.undo(proposal)
        self.assertEqual(self.residuals(invoices), [0, 0, 0])

    def test_amounts_that_the_user_chooses(self):
        # given a receipt for two invoices, and 130 that go back
        invoices, receipt = self.paid(100, 200)
        out = self.taken(130, "2026-06-01", "RETURN")
        # then the last one paid is proposed, and the user may decide otherwise
        rows = self.offered(out, receipt)["parts"]
        self.assertEqual([part["amount"] for part in rows], [0, 130])
        chosen = [
            [part["item_id"], part["source_id"], amount]
            for part, amount in zip(rows, (90, 40), strict=True)
        ]
        proposal = self.give_back(out, receipt, chosen)
        self.assertEqual(self.residuals(invoices), [90, 40])
        self.undo(proposal)
        self.assertEqual(self.residuals(invoices), [0, 0])

    def test_a_charge_besides_the_part(self):
        (invoice,), receipt = self.paid(300)
        cost = self.reason("Return fee", "write_off", clerk=50)
        out = self.taken(106, "2026-06-01", "RETURN")
        ((item, source, _amount),) = self.as_offered(out, receipt)
        with self.assertRaisesRegex(UserError, "reason"), self.env.cr.savepoint():
            self.give_back(out, receipt, [[item, source, 100]])
        proposal = self.give_back(out, receipt, [[item, source, 100]], cost)
        self.assertEqual(invoice.amount_residual, 100)
        self.assertEqual(self.balance(cost.account_id), 6)
        self.undo(proposal)
        self.assertEqual(self.balance(cost.account_id), 0)

    def test_a_deduction_goes_back_with_the_whole_document_only(self):
        # given two invoices, one of them paid less a bank charge of 10
        one = self.invoice(self.acme, 300, "2026-05-01")
        two = self.invoice(self.acme, 200, "2026-05-02")
        receipt = self.bank_line(490, "2026-05-20", "pmt")
        self.apply(
            self.choose(receipt, [(one, 300), (two, 200)], [(one, self.fee, 10, "")])
        )
        # when a part of the first goes back, the charge stays
        out = self.bank_line(-100, "2026-06-01", f"RETURN {one.name}")
        item, other = self.offered(out, receipt)["parts"]
        self.assertEqual((item["paid"], item["less"]), (300, 10))
        first = self.give_back(
            out, receipt, [[item["item_id"], item["source_id"], 100]]
        )
        self.assertEqual((one.amount_residual, two.amount_residual), (100, 0))
        self.assertEqual(self.balance(self.fee.account_id), 10)
        self.undo(first)
        # when all of it goes back, the money is 290 and the charge is no more
        back = self.bank_line(-290, "2026-06-02", f"RETURN {one.name}")
        self.assertEqual(
            [part["amount"] for part in self.offered(back, receipt)["parts"]], [300, 0]
        )
        self.give_back(back, receipt, self.as_offered(back, receipt))
        self.assertEqual((one.amount_residual, two.amount_residual), (300, 0))
        self.assertEqual(self.balance(self.fee.account_id), 0)

    def test_what_cannot_be_is_refused(self):
        (invoice,), receipt = self.paid(300)
        other = self.invoice(self.acme, 50, "2026-05-01")
        out = self.taken(100, "2026-06-01", "RETURN")
        ((item, source, _amount),) = self.as_offered(out, receipt)
        for parts in (
            [],
            [[item, source, 0]],
            [[item, source, -100]],
            [[item, source, 300.01]],
            [[item, source, 50], [item, source, 50]],
            [[self.open_line(other).id, source, 100]],
            [[item, self.open_line(other).id, 100]],
            [[item, source, "x"]],
            [[item, source, "nan"]],
        ):
            with (
                self.assertRaises(UserError, msg=str(parts)),
                self.env.cr.savepoint(),
            ):
                self.give_back(out, receipt, parts)
        self.assertEqual(invoice.amount_residual, 0)

    def test_one_journal_item_that_paid_several_documents(self):
        # given a receipt that core has booked with one journal item for two invoices
        invoices = [
            self.invoice(self.acme, amount, "2026-05-01") for amount in (100, 200)
        ]
        receipt = self.bank_line(300, "2026-05-20", "pmt", partner=self.acme)
        _liquidity, suspense, _others = receipt._seek_for_lines()
        suspense.write(
            {"account_id": self.receivable_account.id, "partner_id": self.acme.id}
        )
        for invoice in invoices:
            (suspense | self.open_line(invoice)).reconcile()
        out = self.bank_line(-120, "2026-06-01", f"RETURN {invoices[0].name}")
        first, second = self.offered(out, receipt)["parts"]
        # when parts of both go back, nobody could say which keeps how much: refused
        split = [
            [first["item_id"], first["source_id"], 60],
            [second["item_id"], second["source_id"], 60],
        ]
        proposal = self.give_back(out, receipt, split)
        self.assertEqual(proposal.state, "stale")
        self.assertEqual(self.residuals(invoices), [0, 0])
        # when one goes back whole and a part of the other, the rest stays where it was
        whole = [
            [first["item_id"], first["source_id"], 100],
            [second["item_id"], second["source_id"], 20],
        ]
        proposal = self.give_back(out, receipt, whole)
        self.assertEqual(self.residuals(invoices), [100, 20])
        self.undo(proposal)
        self.assertEqual(self.residuals(invoices), [0, 0])
        # and a part of the first alone leaves the second paid
        proposal = self.give_back(
            self.bank_line(-30, "2026-06-02", "RETURN"),
            receipt,
            [[first["item_id"], first["source_id"], 30]],
        )
        self.assertEqual(self.residuals(invoices), [30, 0])


@tagged("post_install", "-at_install")
class TestReturnGrounds(PartialReturnCommon):
    """Only what something speaks for is offered; who knows better searches."""

    def test_a_receipt_of_anybody_is_not_offered(self):
        # given a larger receipt, and money out of which nothing points to it
        invoices, receipt = self.paid(100, 200)
        out = self.bank_line(-130, "2026-06-01", "RETURN")
        self.assertFalse(self.returnable(out))
        # when the user searches, by text, customer or document, he finds it
        for search in ("pmt", self.acme.name, invoices[1].name):
            self.assertIn(receipt.id, self.returnable(out, search), search)
        self.assertFalse(self.returnable(out, "nobody at all"))
        # and takes back what he chooses
        parts = self.returnable(out, "pmt")[receipt.id]["parts"]
        rows = [[one["item_id"], one["source_id"], one["amount"]] for one in parts]
        self.give_back(out, receipt, rows[1:])
        self.assertEqual([one.amount_residual for one in invoices], [0, 130])

    def test_each_ground_is_enough_and_is_told(self):
        invoices, receipt = self.paid(100, 200, 50)
        receipt.partner_name = "ACME Trading Ltd."
        for why, amount, values in (
            ("same amount", 350, {}),
            ("nearly the same amount", 360, {}),
            ("amount of documents it paid", 200, {}),
            ("same bank account", 130, {"account_number": "NL1"}),
            ("same customer", 130, {"partner": self.acme}),
            ("same payer name", 130, {"partner_name": "ACME Trading Ltd."}),
            ("document is quoted", 130, {"text": f"back {invoices[0].name}"}),
        ):
            with self.subTest(why):
                out = self.bank_line(-amount, "2026-06-01", **values)
                self.assertEqual(self.offered(out, receipt)["why"], why)

    def test_the_strongest_ground_comes_first(self):
        # given receipts of which one only nearly has the amount, one is quoted
        _invoices, first = self.paid(300)
        other = self.invoice(self.bravo, 900, "2026-05-01")
        quoted = self.bank_line(900, "2026-05-20", "pmt", partner=self.bravo)
        self.apply(self.choose(quoted, [(other, 900)]))
        out = self.bank_line(-295, "2026-06-01", f"RETURN {other.name}")
        self.assertEqual(list(self.returnable(out)), [quoted.id, first.id])

    def test_another_company_and_other_rights_see_nothing(self):
        _invoices, receipt = self.paid(300)
        out = self.bank_line(-300, "2026-06-01", "RETURN")
        self.assertEqual(list(self.returnable(out)), [receipt.id])
        with self.assertRaises(AccessError):
            self.env["ar.match.review"].with_user(
                self.user_with("collector")
            ).get_returnable(out.id, "pmt")


@tagged("post_install", "-at_install")
class TestPartialReturnTour(PartialReturnCommon, TourCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")

    def work(self, lang):
        self.accountant.lang = lang
        invoices, _receipt = self.paid(100, 200)
        self.taken(130, "2026-06-02", "RETURN in part")
        self.start_tour(
            "/odoo/reconcile-receipts",
            "customer_ar_suite_partial_return",
            login=self.accountant.login,
            timeout=120,
        )
        self.env.invalidate_all()
        self.assertEqual([one.amount_residual for one in invoices], [30, 100])

    def test_english(self):
        self.work("en_US")

    def test_chinese(self):
        self.work("zh_CN")
