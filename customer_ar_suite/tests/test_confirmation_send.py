"""Confirmation letters sent by e-mail: who gets which paper, once, and what is told."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import date
from .test_confirmation import ConfirmationCommon


@tagged("post_install", "-at_install")
class TestConfirmationSend(ConfirmationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.globex = cls.customer("Globex Ltd", email="info@globex.example")
        cls.books = cls.env["res.partner"].create(
            {
                "name": "Accounts Payable",
                "parent_id": cls.globex.id,
                "type": "invoice",
                "email": "ap@globex.example",
            }
        )
        cls.initech = cls.customer("Initech Ltd", email="money@initech.example")
        cls.silent = cls.customer("Silent Ltd")
        cls.asked = cls.globex | cls.initech | cls.silent
        for partner in cls.asked:
            cls.invoice(partner, 10, date(2026, 6, 1))

    def mails(self, letters):
        domain = [("model", "=", "ar.confirmation"), ("res_id", "in", letters.ids)]
        return self.env["mail.mail"].sudo().search(domain)

    def test_each_reachable_customer_gets_his_letter_once(self):
        # given a selection whose letters are issued
        run = self.run_of(selection="chosen", partner_ids=self.asked.ids)
        run.action_preview()
        run.item_ids.is_excluded = False
        run.action_issue()
        of = {letter.partner_id: letter for letter in run.confirmation_ids}
        # when
        told = run.action_send_email()
        # then the contact for invoices comes before the customer, each with his own paper
        mails = self.mails(run.confirmation_ids)
        self.assertEqual(
            {mail.res_id: mail.recipient_ids for mail in mails},
            {of[self.globex].id: self.books, of[self.initech].id: self.initech},
        )
        for mail in mails:
            letter = self.env["ar.confirmation"].browse(mail.res_id)
            self.assertIn(letter.name, mail.subject)
            self.assertEqual(mail.state, "outgoing")
            (paper,) = mail.attachment_ids
            self.assertTrue(paper.raw.startswith(b"%PDF"))
            self.assertIn(letter.partner_id.name, "".join(self.pages(paper.raw)))
            self.assertEqual(
                self.events(letter)[-2:], ["confirmation_sent", "confirmation_emailed"]
            )
        states = {partner: letter.state for partner, letter in of.items()}
        self.assertEqual(
            states,
            {self.globex: "sent", self.initech: "sent", self.silent: "issued"},
        )
        self.assertIn("Silent Ltd", told["params"]["message"])
        # when somebody clicks once more: nobody is written twice
        with self.assertRaisesRegex(UserError, "Silent Ltd"):
            run.action_send_email()
        with self.assertRaisesRegex(UserError, "already"):
            of[self.globex].action_send_email()
        self.assertEqual(self.mails(run.confirmation_ids), mails)
        # what came back may go again
        of[self.globex].action_returned()
        of[self.globex].action_send_email()
        self.assertEqual(len(self.mails(of[self.globex])), 2)

    def test_who_must_not_be_written_to_is_not(self):
        self.env["mail.blacklist"].sudo().create({"email": "ap@globex.example"})
        letters = self.letters(self.globex | self.initech)
        letters.action_send_email()
        self.assertEqual(self.mails(letters).recipient_ids, self.globex | self.initech)

    def test_without_template_nothing_is_sent(self):
        self.env.ref("customer_ar_suite.ar_confirmation_mail_letter").sudo().unlink()
        letters = self.letters(self.globex)
        with self.assertRaisesRegex(UserError, "deleted"), self.env.cr.savepoint():
            letters.action_send_email()
        letters.invalidate_recordset()
        self.assertEqual(letters.state, "issued")
        self.assertFalse(self.mails(letters))

    def test_only_those_who_issue_letters_send_them(self):
        letters = self.letters(self.globex)
        for role in ("auditor", "collector"):
            user = self.user_with(role)
            with self.subTest(role=role), self.assertRaises(AccessError):
                letters.with_user(user).action_send_email()
        self.assertFalse(self.mails(letters))
