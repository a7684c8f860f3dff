"""Balance confirmations: letters, replies, what supersedes them, reminders, rights."""

import base64
import json
import unicodedata
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.ar_confirmation_issue import Ask
from .common import date
from .test_flow_statements import StatementCommon

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9"
    "awAAAABJRU5ErkJggg=="
)


class ConfirmationCommon(StatementCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = cls.user_with("ar_accountant")
        # one day for who tests and for the nightly job, also near midnight
        cls.env.ref("customer_ar_suite.ar_confirmation_cron").user_id.tz = "UTC"
        cls.env = cls.env(context=dict(cls.env.context, tz="UTC"))
        cls.today = fields.Date.context_today(cls.env["ar.confirmation"])

    def ask(self, **values):
        return Ask(
            **{
                "kind": "positive",
                "as_of": self.AS_OF,
                "reply_by": self.today + timedelta(days=14),
                **values,
            }
        )

    def letters(self, partners, user=None, **values):
        """Letters to ``partners``, issued by an AR clerk unless told."""
        model = self.env["ar.confirmation"].with_user(user or self.clerk)
        letters, errors = model.with_company(self.company)._issue(
            self.company, self.ask(**values), partners.ids
        )
        self.assertFalse(errors)
        return letters

    def run_of(self, user=None, **values):
        model = self.env["ar.confirmation.run"].with_user(user or self.clerk)
        return model.with_company(self.company).create(
            {"company_id": self.company.id, "as_of_date": self.AS_OF, **values}
        )

    def answer(self, letter, answer="agreed", theirs=None, lines=(), **values):
        """Enter a reply through the dialog; ``theirs`` are amounts by currency code."""
        dialog = (
            self.env["ar.confirmation.answer"]
            .with_user(letter.env.user)
            .create(
                {
                    "confirmation_id": letter.id,
                    "answer": answer,
                    "signer_name": "Jo Clerk",
                    "replied_on": self.today,
                    **values,
                }
            )
        )
        for balance in dialog.balance_ids:
            if balance.currency_id.name in (theirs or {}):
                balance.their_amount = theirs[balance.currency_id.name]
        dialog.line_ids = [fields.Command.create(line) for line in lines]
        return dialog.action_enter()

    def events(self, letter):
        return (
            self.env["customer.audit.entry"]
            .search(
                [("model", "=", "ar.confirmation"), ("res_id", "=", letter.id)],
                order="id",
            )
            .mapped("event")
        )


@tagged("post_install", "-at_install")
class TestConfirmation(ConfirmationCommon):
    def test_from_selection_to_answer(self):
        # given an invoice half paid, an unapplied euro payment, a customer without balance
        partner = self.customer("Globex Ltd", ref="C-1", city="Leeds")
        idle = self.customer("Idle Ltd", city="Leeds")
        homeless = self.customer("No Address Ltd")
        self.foreign_currency("EUR")
        euro = self.env.ref("base.EUR")
        late = self.invoice(partner, 1000, date(2026, 5, 1))
        self.match(late, self.payment(partner, 400, date(2026, 6, 10)))
        self.payment(partner, 80, date(2026, 6, 1), currency=euro)
        self.invoice(homeless, 50, date(2026, 6, 1))
        # when
        run = self.run_of(
            selection="chosen", partner_ids=(partner | idle | homeless).ids
        )
        run.action_preview()
        # then nothing is written yet, and who gets no letter is told why
        self.assertFalse(run.confirmation_ids)
        left_out = {
            i.partner_id: i.exclude_reason for i in run.item_ids if i.is_excluded
        }
        self.assertEqual(set(left_out), {idle, homeless})
        self.assertTrue(all(left_out.values()))
        self.assertEqual(run.receivable_amount, 600 - 40 + 50)
        # when
        run.action_issue()
        # then the letter says what is owed either way
        letter = run.confirmation_ids
        self.assertEqual((run.run_state, len(letter)), ("done", 1))
        self.assertRegex(letter.name, r"BC/\d{4}/\d{5}")
        self.assertRecordValues(
            letter.total_ids,
            [
                {"currency_id": euro.id, "owed_to_us_amount": 0,
                 "owed_by_us_amount": 80, "balance_amount": -80},
                {"currency_id": self.company.currency_id.id, "owed_to_us_amount": 600,
                 "owed_by_us_amount": 0, "balance_amount": 600},
            ],
        )  # fmt: skip
        self.assertEqual(letter.balance_amount, 560)
        # when it is sent and answered
        run.action_mark_sent()
        self.assertEqual(letter.state, "sent")
        self.answer(
            letter, check_code=letter.check_code.lower(), document=base64.b64encode(PNG)
        )
        # then it is confirmed, by a reply bound to its figures
        self.assertEqual((letter.state, letter.replied_on), ("agreed", self.today))
        reply = letter.reply_ids
        self.assertEqual(reply.snapshot_hash, letter.snapshot_hash)
        self.assertTrue(reply.is_intact)
        self.assertEqual(
            self.events(letter),
            ["confirmation_issued", "confirmation_sent", "confirmation_agreed"],
        )
        self.assertAlmostEqual(run.confirmed_coverage, 100 * 560 / 610)
        self.assertEqual((run.agreed_count, run.answer_rate), (1, 100))

    def test_differing_with_lines_and_reasons(self):
        partner = self.customer("Globex Ltd")
        invoice = self.invoice(partner, 1000, date(2026, 6, 1))
        letter = self.letters(partner)
        letter.action_mark_sent()
        # when the customer misses a credit note and has paid something
        self.answer(
            letter,
            "differing",
            {"USD": 850},
            [
                {"move_id": invoice.id, "our_amount": 1000, "their_amount": 900,
                 "reason": "credit_missing", "currency_id": self.company.currency_id.id},
            ],
        )  # fmt: skip
        # then the difference is stated, and how much of it is explained
        self.assertEqual((letter.state, letter.difference_amount), ("differing", -150))
        self.assertRecordValues(
            letter.total_ids,
            [
                {
                    "reply_amount": 850,
                    "difference_amount": -150,
                    "explained_amount": -100,
                }
            ],
        )
        line = letter.reply_ids.line_ids
        self.assertEqual(
            (line.our_reference, line.difference_amount), (invoice.name, -100)
        )
        # and a reply entered by mistake is set aside by an accountant, not changed
        with self.assertRaises(AccessError):
            letter.action_reopen()
        letter.with_user(self.accountant).action_reopen()
        self.assertEqual((letter.state, letter.difference_amount), ("sent", 0))
        self.assertFalse(letter.reply_ids.is_current)
        self.assertFalse(letter.total_ids.is_answered)
        self.answer(letter)
        self.assertEqual(letter.state, "agreed")
        self.assertEqual(
            letter.reply_ids.sorted("id").mapped("is_current"), [False, True]
        )

    def test_blank_letter_is_judged_by_its_amounts(self):
        partners = self.customer("One") | self.customer("Two")
        for partner in partners:
            self.invoice(partner, 300, date(2026, 6, 1))
        one, two = self.letters(partners, kind="blank")
        (one | two).action_mark_sent()
        self.assertNotIn("300.00", one.preview_html)
        self.answer(one, theirs={"USD": 300})
        self.answer(two, theirs={"USD": 299.99})
        self.assertEqual((one.state, two.state), ("agreed", "differing"))
        self.assertEqual(two.difference_amount, -0.01)

    def test_input_of_replies_that_is_refused(self):
        partner = self.customer("Globex Ltd")
        self.invoice(partner, 1000, date(2026, 6, 1))
        letter = self.letters(partner)
        letter.action_mark_sent()
        for values in (
            {"check_code": "0000-0000"},
            {"replied_on": self.AS_OF - timedelta(days=1)},
            {"replied_on": self.today + timedelta(days=1)},
            {"answer": "differing"},
            {"document": base64.b64encode(b"MZ this is a program")},
            {"document": base64.b64encode(b"<html><script>alert(1)</script></html>")},
        ):
            with self.subTest(values), self.assertRaises(UserError):
                self.answer(letter, **values)
        self.assertEqual(letter.state, "sent")
        self.assertFalse(letter.reply_ids)
        self.answer(letter)
        # answered is answered
        with self.assertRaises(UserError):
            self.answer(letter)
        with self.assertRaises(UserError):
            letter.action_cancel()

    def test_the_figures_of_an_issued_statement_are_confirmed(self):
        partner = self.customer("Globex Ltd")
        self.invoice(partner, 70, date(2026, 6, 1))
        statement = self.issue(partner)
        self.invoice(partner, 999, date(2026, 7, 2))  # after that day
        action = statement.action_confirm()
        letter = self.env["ar.confirmation"].browse(action["res_id"])
        self.assertEqual(letter.statement_id, statement)
        self.assertEqual(letter.total_ids.balance_amount, 70)
        self.assertFalse(letter.sudo()._supersede())
        self.invoice(partner, 5, date(2026, 6, 30))
        self.assertEqual(letter.sudo()._supersede(), letter)


@tagged("post_install", "-at_install")
class TestConfirmationSuperseded(ConfirmationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.customer("Globex Ltd")
        cls.first = cls.invoice(cls.partner, 1000, date(2026, 6, 1))

    def test_changed_entries_are_listed(self):
        letter = self.letters(self.partner)
        letter.action_mark_sent()
        self.answer(letter)
        # given entries of later days, and payments applied later: nothing happens
        self.invoice(self.partner, 5, date(2026, 7, 1))
        self.match(self.first, self.payment(self.partner, 200, date(2026, 7, 3)))
        letter.action_check_ledger()
        self.assertEqual(letter.state, "agreed")
        # when somebody books into the past
        late = self.invoice(self.partner, 70, date(2026, 6, 15))
        with self.enter_registry_test_mode():
            self.env.ref(
                "customer_ar_suite.ar_confirmation_cron"
            ).method_direct_trigger()
        letter.invalidate_recordset()
        # then the letter no longer counts, with the entry that did it
        self.assertEqual(
            (letter.state, letter.superseded_on), ("superseded", self.today)
        )
        self.assertRecordValues(
            letter.change_ids,
            [
                {
                    "kind": "added",
                    "number": late.name,
                    "before_amount": 0,
                    "after_amount": 70,
                }
            ],
        )
        self.assertEqual(self.events(letter)[-1], "confirmation_superseded")
        self.assertIn(self.clerk, letter.activity_ids.user_id)
        # and a new one replaces it
        action = letter.action_issue_anew()
        new = self.env["ar.confirmation"].browse(action["res_id"])
        self.assertEqual((new.replaces_id, new.balance_amount), (letter, 1070))
        with self.assertRaises(UserError):
            new.action_issue_anew()

    def test_entry_taken_back_and_entry_with_another_amount(self):
        letter = self.letters(self.partner)
        self.first.button_draft()
        letter.action_check_ledger()
        self.assertEqual(letter.state, "superseded")
        self.assertEqual(letter.change_ids.mapped("kind"), ["removed"])

    def test_reply_to_a_letter_that_no_longer_holds_is_kept_but_confirms_nothing(self):
        letter = self.letters(self.partner)
        letter.action_mark_sent()
        self.credit_note(self.partner, 30, date(2026, 6, 29))
        action = self.answer(letter)
        self.assertEqual(letter.state, "superseded")
        self.assertEqual(action["tag"], "display_notification")
        self.assertEqual(letter.reply_ids.answer, "agreed")

    def test_many_letters_are_compared_with_few_questions(self):
        partners = self.env["res.partner"]
        for i in range(20):
            partner = self.customer(f"Customer {i:02}")
            self.invoice(partner, 100 + i, date(2026, 6, 1))
            partners |= partner
        letters = self.letters(partners).sudo()
        counts = []
        for chosen in (letters[:1], letters[:1], letters):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertFalse(chosen._supersede())
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[-1], counts[-2])


@tagged("post_install", "-at_install")
class TestConfirmationReminders(ConfirmationCommon):
    def letter(self, **values):
        partner = self.customer("Globex Ltd", email="globex@example.com")
        self.invoice(partner, 10, date(2026, 6, 1))
        letter = self.letters(partner, **values)
        letter.action_mark_sent()
        return letter

    def follow_up(self):
        with self.enter_registry_test_mode():
            self.env.ref(
                "customer_ar_suite.ar_confirmation_cron"
            ).method_direct_trigger()
        self.env.invalidate_all()

    def mails(self, letter):
        return (
            self.env["mail.mail"]
            .sudo()
            .search([("model", "=", "ar.confirmation"), ("res_id", "=", letter.id)])
        )

    def test_who_is_responsible_is_reminded_and_the_customer_gets_no_mail(self):
        late = self.letter(reply_by=self.today - timedelta(days=1))
        in_time = self.letter(reply_by=self.today)
        silent = self.letter(kind="negative", reply_by=self.today - timedelta(days=1))
        self.assertEqual(
            self.env["ar.confirmation"].search([("is_overdue", "=", True)])
            & (late | in_time | silent),
            late,
        )
        self.follow_up()
        self.follow_up()  # the same day: once is enough
        self.assertEqual(
            [one.reminder_count for one in (late, in_time, silent)], [1, 0, 0]
        )
        self.assertEqual(late.activity_ids.user_id, self.clerk)
        self.assertFalse(self.mails(late))
        # a week later once more, and then no more
        for days, count in ((6, 1), (7, 2), (30, 2)):
            late.sudo()._set(reminded_on=self.today - timedelta(days=days))
            self.follow_up()
            self.assertEqual(late.reminder_count, count, days)
        # an answer ends it
        self.answer(late)
        self.assertFalse(late.activity_ids)

    def test_mail_only_where_it_is_turned_on(self):
        self.company.ar_confirmation_mail = True
        letter = self.letter(reply_by=self.today - timedelta(days=1))
        letter.action_remind()
        mail = self.mails(letter)
        self.assertEqual(len(mail), 1)
        self.assertIn(letter.name, mail.subject)
        self.assertEqual(mail.recipient_ids, letter.partner_id)


@tagged("post_install", "-at_install")
class TestConfirmationRun(ConfirmationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partners = cls.env["res.partner"]
        for i in range(5):
            partner = cls.customer(f"Customer {i}", city="Leeds")
            cls.invoice(partner, 100 * (i + 1), date(2026, 6, 1))
            cls.partners |= partner

    def chosen(self, **values):
        run = self.run_of(**values)
        run.action_preview()
        return run.item_ids.partner_id

    def test_who_is_asked(self):
        self.assertEqual(self.chosen(selection="open"), self.partners)
        self.assertEqual(
            self.chosen(selection="largest", largest_count=2), self.partners[3:]
        )
        self.assertEqual(
            self.chosen(selection="open", minimum_amount=300), self.partners[2:]
        )
        domain = str([("name", "ilike", "Customer 1")])
        self.assertEqual(
            self.chosen(selection="open", partner_domain=domain), self.partners[1]
        )
        self.assertEqual(self.chosen(selection="overdue"), self.partners)

    def test_input_that_is_refused(self):
        for values in (
            {"selection": "chosen"},
            {"as_of_date": self.today + timedelta(days=1)},
            {"reply_by_date": self.AS_OF},
            {"selection": "open", "partner_domain": "__import__('os')"},
            {"selection": "open", "minimum_amount": 10**9},
        ):
            with self.subTest(values), self.assertRaises(UserError):
                self.run_of(**values).action_preview()

    def test_one_failure_stops_nobody_else(self):
        # given a ledger that disagrees for one of them
        from ..engine.errors import BalanceError

        bad = self.partners[2]
        build = type(self.env["ar.statement"])._build

        def failing(
            model, company, layout, as_of, date_from=None, partner_ids=None, only=None
        ):
            drafts, errors = build(
                model, company, layout, as_of, date_from, partner_ids, only
            )
            error = BalanceError(
                "statement_out_of_balance",
                currency="USD", opening=0, movements=1, closing=2, aging=2,
            )  # fmt: skip
            return [d for d in drafts if d.partner_id != bad.id], {
                **errors,
                bad.id: error,
            }

        self.patch(type(self.env["ar.statement"]), "_build", failing)
        run = self.run_of(selection="open")
        run.action_issue()
        self.assertEqual(run.confirmation_ids.partner_id, self.partners - bad)
        [error] = run.item_ids.filtered(lambda item: item.run_state == "error")
        self.assertEqual(error.partner_id, bad)
        self.assertIn("USD", error.run_error)
        # and it can be tried again once it is repaired
        self.patch(type(self.env["ar.statement"]), "_build", build)
        run.action_resume_run()
        self.assertEqual(run.confirmation_ids.partner_id, self.partners)
        # issued is issued
        with self.assertRaises(UserError):
            run.write({"kind": "blank"})
        with self.assertRaises(UserError):
            run.unlink()
        with self.assertRaises(UserError):
            run.item_ids[0].write({"is_excluded": True})

    def test_nobody_is_asked_twice(self):
        self.run_of(selection="open").action_issue()
        again = self.run_of(selection="open")
        again.action_preview()
        self.assertTrue(all(again.item_ids.mapped("is_excluded")))
        with self.assertRaises(UserError):
            again.action_issue()

    def test_printed_together_and_on_a_control_sheet(self):
        run = self.run_of(
            selection="open", auditor_name="Auditors LLP", auditor_address="1 Wharf"
        )
        run.action_issue()
        action = run.action_print()
        self.assertEqual(
            action["report_name"], "customer_ar_suite.ar_confirmation_document"
        )
        report = self.env["ir.actions.report"]
        pages = self.pages(report._ar_papers_pdf(run.confirmation_ids))
        self.assertEqual(len(pages), 10)  # each with its list of items
        for letter in run.confirmation_ids:
            mine = [text for text in pages if letter.name in text]
            self.assertEqual(len(mine), 2)
            self.assertIn("Auditors LLP", mine[0])
            self.assertIn(letter.check_code, mine[0])
        html = report._render_qweb_html(
            "customer_ar_suite.ar_confirmation_control_report", run.ids
        )[0].decode()
        for letter in run.confirmation_ids:
            self.assertIn(letter.name, html)


@tagged("post_install", "-at_install")
class TestConfirmationRights(ConfirmationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.customer("Secret Customer", city="Leeds")
        cls.invoice(cls.partner, 987654.32, date(2026, 6, 1))
        cls.other_company = cls.setup_other_company(name="Elsewhere")["company"]

    def test_chinese_letter(self):
        partner = self.customer("上海测试贸易有限公司", lang="zh_CN", city="上海")
        self.invoice(partner, 12345.67, date(2026, 6, 1))
        letter = self.letters(partner)
        [page, _items] = self.pages(
            self.env["ir.actions.report"]._ar_papers_pdf(letter)
        )
        text = page.replace(" ", "")
        self.assertIn("12,345.67", text)
        wording = letter._wording("zh_CN")
        for code in (
            "title_positive",
            "agree_positive",
            "differ_positive",
            "no_demand",
        ):
            label = unicodedata.normalize("NFKC", wording.label(code))
            self.assertIn(label.replace(" ", "")[:12], text)
        self.assertIn("2026/06/30", text)

    def test_nobody_writes_letters_or_replies_by_hand(self):
        letter = self.letters(self.partner)
        letter.action_mark_sent()
        self.answer(letter)
        rows = (
            letter, letter.total_ids, letter.reply_ids,
            self.env["ar.confirmation.reply.line"], self.env["ar.confirmation.change"],
        )  # fmt: skip
        for row in rows:
            with self.subTest(row._name):
                with self.assertRaises(AccessError):
                    row.sudo().create([{}])
                with self.assertRaises(AccessError):
                    row.sudo().write({})
                if row:
                    with self.assertRaises(AccessError):
                        row.sudo().unlink()

    def test_whoever_goes_round_the_doors_is_found_out(self):
        letter = self.letters(self.partner)
        letter.action_mark_sent()
        content = json.loads(letter.snapshot)
        content["matrix"]["sections"][0]["closing"] = 1
        self.env.cr.execute(
            "UPDATE ar_confirmation SET snapshot = %s WHERE id = %s",
            (json.dumps(content), letter.id),
        )
        letter.invalidate_recordset()
        self.assertFalse(letter.is_intact)
        for act in (lambda: self.answer(letter), letter._content):
            with self.assertRaises(UserError):
                act()
        # the same for a reply whose scan was exchanged
        other = self.customer("Other")
        self.invoice(other, 5, date(2026, 6, 1))
        good = self.letters(other)
        self.answer(good, document=base64.b64encode(PNG))
        reply = good.reply_ids
        self.assertTrue(reply.is_intact)
        self.env.cr.execute(
            "UPDATE ar_confirmation_reply SET signer_name = 'X' WHERE id = %s",
            (reply.id,),
        )
        reply.invalidate_recordset()
        self.assertFalse(reply.is_intact)

    def test_auditor_reads_and_does_nothing(self):
        letter = self.letters(self.partner)
        seen = letter.with_user(self.user_with("auditor"))
        self.assertEqual(seen.balance_amount, 987654.32)
        self.assertIn("987,654.32", seen.preview_html)
        for method in (
            "action_mark_sent", "action_cancel", "action_reply", "action_returned",
            "action_reopen", "action_check_ledger", "action_remind", "action_issue_anew",
        ):  # fmt: skip
            with self.subTest(method), self.assertRaises(AccessError):
                getattr(seen, method)()
        with self.assertRaises(AccessError):
            self.letters(self.partner, user=seen.env.user)
        with self.assertRaises(AccessError):
            seen._issue_for(self.env["ar.statement"], self.ask())

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_another_company_sees_and_asks_nothing(self):
        letter = self.letters(self.partner)
        stranger = self.user_with("ar_accountant", company=self.other_company)
        model = self.env["ar.confirmation"].with_user(stranger)
        self.assertFalse(model.search([]))
        with self.assertRaises(AccessError):
            model.browse(letter.id).action_print()
        with self.assertRaises(AccessError):
            model._issue(self.company, self.ask(), self.partner.ids)
        dialog = self.env["ar.confirmation.answer"].with_user(stranger)
        with self.assertRaises(AccessError):
            dialog.create(
                {"confirmation_id": letter.id, "signer_name": "X"}
            ).action_enter()

    def test_erased_customer_leaves_the_figures(self):
        letter = self.letters(self.partner).sudo()
        letter._ar_privacy_redact(letter.ids, None, "Customer 1")
        letter.invalidate_recordset()
        self.assertTrue(letter.is_intact)
        content = letter._content()
        self.assertEqual(content.matrix.header.customer.name, "Customer 1")
        self.assertEqual(content.matrix.sections[0].closing, 98765432)
