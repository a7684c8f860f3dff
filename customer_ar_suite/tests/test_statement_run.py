import io
from datetime import timedelta
from unittest.mock import patch

import openpyxl

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..engine.errors import BalanceError
from .common import date
from .common_statement_run import StatementRunCommon


@tagged("post_install", "-at_install")
class TestStatementRunPreview(StatementRunCommon):
    def test_preview_shows_everything_and_does_nothing(self):
        # given a customer to write to, one without address, one we owe
        good, mute = self.debtor("Good"), self.debtor("Mute", email=False)
        owed = self.debtor("Owed", amount=10)
        self.payment(owed, 60, date(2026, 6, 1))
        statements = self.env["ar.statement"].search_count([])
        mails = self.env["mail.mail"].search_count([])
        # when
        run = self.previewed()
        # then the list has figures, ways, warnings and problems
        self.assertEqual(run.state, "preview")
        self.assertRecordValues(
            self.line(run, good),
            [
                {
                    "balance_amount": 100,
                    "overdue_amount": 100,
                    "channel": "email",
                    "email": "good@customers.example",
                    "language": "en_US",
                    "problem": False,
                    "warning": False,
                }
            ],
        )
        self.assertIn("No e-mail address", self.line(run, mute).problem)
        self.assertIn("owe", self.line(run, owed).warning)
        self.assertEqual(
            (run.ready_count, run.email_count, run.problem_count), (2, 2, 1)
        )
        self.assertEqual(run.balance_amount, 100 + 100 - 50)
        # and nothing was issued or queued
        self.assertEqual(self.env["ar.statement"].search_count([]), statements)
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)

    def test_who(self):
        late, fresh = self.debtor("Late"), self.customer("Fresh")
        self.invoice(fresh, 40, date(2026, 6, 1), date(2026, 8, 1))
        even = self.debtor("Even", 30)
        self.payment(even, 30, date(2026, 6, 2))  # not matched: open, but nothing owed
        idle = self.customer("Idle")
        for values, expected in (
            ({"include": "open"}, late | fresh | even),
            ({"include": "nonzero"}, late | fresh),
            ({"include": "overdue"}, late),
            ({"include": "overdue", "least_overdue_amount": 100}, late),
            ({"include": "overdue", "least_overdue_amount": 100.01}, late.browse()),
            ({"partner_domain": "[('name', '=', 'Fresh')]"}, fresh),
            (
                {
                    "include": "all",
                    "partner_domain": "[('name', 'in', ['Idle','Late'])]",
                },
                late | idle,
            ),
        ):
            with self.subTest(values):
                found = self.previewed(**values).line_ids.partner_id
                self.assertEqual(found, expected)

    def test_categories_of_several_dimensions(self):
        dimensions = self.env["customer.dimension"].create(
            [{"name": name, "code": f"run_{name}"} for name in ("Cycle", "Grade")]
        )
        self.addCleanup(self.registry.reset_changes)
        categories = self.env["customer.category"]
        fast, slow = categories.create(
            [
                {"name": name, "code": name, "dimension_id": dimensions[0].id}
                for name in ("fast", "slow")
            ]
        )
        top = categories.create(
            {"name": "top", "code": "top", "dimension_id": dimensions[1].id}
        )
        child = categories.create(
            {
                "name": "top plus",
                "code": "top_plus",
                "dimension_id": dimensions[1].id,
                "parent_id": top.id,
            }
        )
        one, two, three = (self.debtor(name) for name in ("One", "Two", "Three"))
        assign = self.env["customer.category.assignment"]._assign
        day = date(2026, 1, 1)
        assign(
            {one.id: fast.id, two.id: slow.id, three.id: fast.id},
            dimensions[0], "manual", day, "test",
        )  # fmt: skip
        assign({one.id: child.id, two.id: top.id}, dimensions[1], "manual", day, "test")
        for chosen, expected in (
            (fast, one | three),
            (fast | slow, one | two | three),
            (fast | top, one),
            (top, one | two),
        ):
            run = self.previewed(category_ids=[Command.set(chosen.ids)])
            self.assertEqual(run.line_ids.partner_id, expected, chosen.mapped("name"))

    def test_conditions_that_cannot_be_read(self):
        for text in (
            "__import__('os').getcwd()",
            "[('name', '=', uid)]",
            "[('no_such_field', '=', 1)]",
            "[(",
            "7",
        ):
            with self.subTest(text), self.assertRaises(UserError):
                self.run_of(partner_domain=text)

    def test_warnings_and_problems(self):
        optout = self.debtor("Optout")
        self.env["mail.blacklist"].create({"email": optout.email})
        twin_a, twin_b = (
            self.debtor(f"Twin {n}", email="same@customers.example") for n in "AB"
        )
        wrong = self.debtor("Wrong", email="no at sign")
        gone = self.debtor("Gone")
        gone.active = False
        french = self.debtor("French")
        # a language that was uninstalled
        self.env.cr.execute(
            "UPDATE res_partner SET lang = 'fr_FR' WHERE id = %s", [french.id]
        )
        french.invalidate_recordset()
        bounced = self.debtor("Bounced")
        bounced.message_bounce = 2
        again = self.debtor("Again")
        self.sent(partner_domain="[('name', '=', 'Again')]")
        run = self.previewed()
        for partner, field, text in (
            (optout, "problem", "want no e-mail"),
            (wrong, "problem", "not valid"),
            (gone, "problem", "archived"),
            (twin_a, "warning", "several customers"),
            (twin_b, "warning", "several customers"),
            (french, "warning", "language"),
            (bounced, "warning", "come back"),
            (again, "warning", "already"),
        ):
            with self.subTest(partner.name):
                self.assertIn(text, self.line(run, partner)[field] or "")

    def test_invoice_contact_gets_the_mail(self):
        partner = self.debtor("Head Office")
        self.contact(partner, "AP", type="invoice", email="ap@head.example")
        run = self.previewed()
        self.assertEqual(self.line(run, partner).email, "ap@head.example")

    def test_without_email_by_post_where_allowed(self):
        partner = self.debtor("Paper", email=False, city="Leeds")
        homeless = self.debtor("Homeless", email=False)
        run = self.previewed(or_post=True)
        self.assertEqual(self.line(run, partner).channel, "post")
        self.assertIn("by post", self.line(run, partner).warning)
        self.assertIn("postal address", self.line(run, homeless).problem)
        self.assertEqual((run.email_count, run.post_count), (0, 1))

    def test_ledger_that_disagrees_is_listed_and_never_issued(self):
        good, broken = self.debtor("Good"), self.debtor("Broken")
        build = type(self.env["ar.statement"])._build

        def disagreeing(*args, **kwargs):
            drafts, errors = build(*args, **kwargs)
            kept = [draft for draft in drafts if draft.partner_id != broken.id]
            if len(kept) < len(drafts):
                errors[broken.id] = BalanceError(
                    "statement_out_of_balance", currency="USD", opening=0,
                    movements=1, closing=2, aging=2,
                )  # fmt: skip
            return kept, errors

        with patch.object(type(self.env["ar.statement"]), "_build", disagreeing):
            run = self.previewed()
            self.assertIn("does not add up", self.line(run, broken).problem)
            self.confirm(run)
        self.assertTrue(self.line(run, good).statement_id)
        self.assertFalse(self.line(run, broken).statement_id)
        self.assertEqual(self.line(run, broken).run_state, "error")
        self.assertIn("does not add up", self.line(run, broken).run_error)

    def test_standing_exclusion_and_exclusion_by_hand(self):
        never, today, good = (self.debtor(n) for n in ("Never", "Today", "Good"))
        self.env["ar.statement.exclusion"].with_user(self.clerk).create(
            {"partner_id": never.id, "reason": "asked for none"}
        )
        run = self.previewed()
        self.assertRecordValues(
            self.line(run, never),
            [{"run_state": "skipped", "exclusion_reason": "asked for none"}],
        )
        self.leave_out(self.line(run, today))
        self.assertEqual(self.line(run, today).excluded_by_id, self.collector)
        self.assertEqual((run.excluded_count, run.ready_count), (2, 1))
        # taken back, and left out for good
        self.line(run, today).action_include()
        self.assertEqual(run.excluded_count, 1)
        self.leave_out(self.line(run, today), "insolvent", is_standing=True)
        self.confirm(run)
        self.assertEqual(run.line_ids.statement_id.partner_id, good)
        later = self.previewed(as_of_date=date(2026, 7, 31))
        self.assertEqual(self.line(later, today).exclusion_reason, "insolvent")
        # an exclusion that has ended counts no more
        self.env["ar.statement.exclusion"].search([]).active = False
        later.action_preview()
        self.assertEqual(later.excluded_count, 0)

    def test_changing_what_was_chosen_throws_the_preview_away(self):
        self.debtor("Good")
        run = self.previewed()
        run.name = "Another name"
        self.assertEqual(run.state, "preview")
        run.include = "all"
        self.assertEqual((run.state, len(run.line_ids)), ("draft", 0))
        run.action_preview()
        run.action_back_to_draft()
        self.assertEqual(run.state, "draft")

    def test_a_day_to_come_is_told_and_shows_what_is_posted_so_far(self):
        # given an invoice of today, and one that is booked a week from now
        today = fields.Date.context_today(self.env["ar.statement"])
        partner = self.debtor("Early")
        self.invoice(partner, 7, today + timedelta(days=7))
        for days, is_future, balance in ((0, False, 100), (30, True, 107)):
            day = today + timedelta(days=days)
            wizard = self.env["ar.statement.send"].new({"as_of_date": day})
            run = self.previewed(as_of_date=day)
            self.assertEqual((wizard.is_future, run.is_future), (is_future, is_future))
            self.assertEqual(self.line(run, partner).balance_amount, balance)

    def test_period_must_not_be_reversed(self):
        run = self.run_of(kind="activity", period_start_date=date(2026, 7, 1))
        with self.assertRaisesRegex(UserError, "on or before"):
            run.action_preview()
        run = self.run_of(as_of_date=False)
        with self.assertRaisesRegex(UserError, "which day"):
            run.action_preview()


@tagged("post_install", "-at_install")
class TestStatementRunRights(StatementRunCommon):
    def test_clerk_prepares_and_prints_but_sends_no_email(self):
        self.debtor("Good", city="Leeds")
        run = self.previewed(self.clerk)
        with self.assertRaisesRegex(AccessError, "sent by e-mail by"):
            self.confirm(run)
        self.assertEqual(run.state, "preview")
        # a colleague who may send confirms; his rights do the work
        self.confirm(run, self.collector)
        self.assertEqual((run.state, run.confirmed_by_id), ("done", self.collector))
        by_post = self.sent(self.clerk, channel="post")
        self.assertEqual((by_post.state, by_post.done_count), ("done", 1))

    def test_who_prepares_does_not_send_if_the_company_says_so(self):
        self.debtor("Good")
        self.company.ar_statement_two_people = True
        run = self.previewed()
        with self.assertRaisesRegex(AccessError, "somebody else"):
            self.confirm(run)
        manager = self.user_with("credit_manager")
        # whoever puts customers back has prepared, too
        self.leave_out(run.with_user(manager).line_ids)
        run.with_user(manager).line_ids.action_include()
        with self.assertRaisesRegex(AccessError, "somebody else"):
            self.confirm(run, manager)
        accountant = self.user_with("ar_accountant")
        self.confirm(run, accountant)
        self.assertEqual(run.state, "done")

    def test_nobody_writes_what_the_run_writes(self):
        self.debtor("Good")
        run = self.previewed()
        for values in (
            {"run_state": "done"},
            {"state": "done"},
            {"confirmed_by_id": self.collector.id},
            {"preparer_ids": [Command.clear()]},
            {"kind": "again"},
            {"schedule_id": False},
            {"line_ids": [Command.clear()]},
        ):
            with self.subTest(values), self.assertRaises(AccessError):
                run.write(values)
            with self.assertRaises(AccessError):
                run.create({"as_of_date": self.AS_OF, **values})
        with self.assertRaises(AccessError):
            run.line_ids.write({"email": "thief@example.com"})
        with self.assertRaises(AccessError):
            run.line_ids.unlink()

    def test_auditor_looks_and_moves_nothing(self):
        self.debtor("Good")
        run = self.previewed()
        auditor = self.user_with("auditor")
        mine = run.with_user(auditor)
        self.assertEqual(len(mine.line_ids), 1)
        for call in (
            mine.action_preview, mine.action_confirm, mine.action_cancel_run,
            mine.action_send_sample, mine.line_ids.action_exclude,
            mine.action_download_pdf, mine.action_resume_run,
        ):  # fmt: skip
            with self.subTest(call), self.assertRaises(AccessError):
                call()

    def test_grants_hold(self):
        """A collector who was granted the money of some customers serves those alone."""
        mine, other = self.debtor("Mine"), self.debtor("Other")
        with patch.object(
            type(self.env["res.partner"]),
            "_ar_filtered_right",
            lambda partners, _right: partners.filtered(lambda p: p.name == "Mine"),
        ):
            run = self.previewed(partner_domain="[('name', 'in', ['Mine', 'Other'])]")
        self.assertEqual(run.line_ids.partner_id, mine)
        self.assertFalse(self.line(run, other))


@tagged("post_install", "-at_install")
class TestStatementRunSend(StatementRunCommon):
    def test_from_preview_to_queue(self):
        # given an English and a Chinese customer
        english = self.debtor("English")
        chinese = self.debtor("上海公司", email="cn@customers.example", lang="zh_CN")
        run = self.previewed(release_portal=True)
        # when
        dialog = self.confirm(run)
        # then the dialog named the number, and each got one letter of his own
        self.assertEqual((dialog.email_count, dialog.post_count), (2, 0))
        self.assertEqual((run.state, run.done_count), ("done", 2))
        mails = self.mails(run)
        self.assertEqual(
            sorted(mails.mapped("email_to")),
            ["cn@customers.example", "english@customers.example"],
        )
        self.assertEqual(set(mails.mapped("state")), {"outgoing"})
        for partner, title in ((english, "Statement of account"), (chinese, "")):
            line = self.line(run, partner)
            mail = line.sudo().delivery_id.mail_id
            self.assertIn(line.statement_id.name, mail.subject)
            self.assertIn(title, mail.subject)
            self.assertIn("100", mail.body_html)
            self.assertEqual(
                (mail.model, mail.res_id), ("ar.statement", line.statement_id.id)
            )
            self.assertEqual(len(mail.attachment_ids), 1)
            # the file holds no other customer
            content = mail.attachment_ids.raw.decode()
            self.assertIn(partner.name, content)
            for foreign in (english | chinese) - partner:
                self.assertNotIn(foreign.name, content + mail.body_html)
            self.assertTrue(line.statement_id.portal_released_at)
            self.assertEqual(line.statement_id.state, "issued")
        # and the log says who let it go
        entries = self.env["customer.audit.entry"].search(
            [("event", "=", "statement_run_confirmed"), ("res_id", "=", run.id)]
        )
        self.assertEqual(entries.user_id, self.collector)
        self.assertEqual(entries.payload["email"], 2)

    def test_delivery_follows_the_mail(self):
        partners = [self.debtor(name) for name in ("Sent", "Failed", "Stopped")]
        run = self.sent()
        sent, failed, stopped = (
            self.line(run, partner).sudo().delivery_id for partner in partners
        )
        sent.mail_id.write({"state": "sent"})
        failed.mail_id.write({"state": "exception", "failure_reason": "mailbox full"})
        run.action_stop_mails()
        self.assertRecordValues(
            sent | failed | stopped,
            [
                {"state": "sent", "failure": False},
                {"state": "failed", "failure": "mailbox full"},
                {"state": "cancelled", "failure": False},
            ],
        )
        self.assertEqual(sent.statement_id.state, "sent")
        self.assertEqual(sent.statement_id.sent_by_id, self.collector)
        self.assertEqual(failed.statement_id.state, "issued")
        self.assertEqual(run.undelivered_count, 1)
        # a retry in the mail queue brings it back
        failed.mail_id.mark_outgoing()
        self.assertEqual(failed.state, "queued")
        failed.mail_id.unlink()
        self.assertEqual(failed.state, "cancelled")

    def test_one_failure_stops_nobody_and_is_tried_again_alone(self):
        good, late = self.debtor("Good"), self.debtor("Late", email=False)
        archived = self.debtor("Archived")
        run = self.previewed()
        archived.active = False  # after the preview
        self.confirm(run)
        self.assertEqual((run.state, run.done_count, run.error_count), ("done", 1, 2))
        self.assertIn("archived", self.line(run, archived).run_error)
        first = self.line(run, good).delivery_id
        # when one of them is put right
        late.email = "late@customers.example"
        action = run.action_resume_run()
        self.assertEqual(action["res_model"], "ar.statement.run.confirm")
        self.assertEqual((run.ready_count, run.problem_count), (1, 1))
        self.confirm(run)
        # then he alone is written to
        self.assertEqual((run.done_count, run.error_count), (2, 1))
        self.assertTrue(self.line(run, late).delivery_id)
        self.assertEqual(self.line(run, good).delivery_id, first)
        self.assertEqual(len(self.mails(run)), 2)

    def test_what_was_confirmed_is_what_is_sent(self):
        good, changing = self.debtor("Good"), self.debtor("Changing")
        run = self.previewed()
        self.invoice(changing, 5, date(2026, 6, 1))
        self.confirm(run)
        self.assertTrue(self.line(run, good).statement_id)
        line = self.line(run, changing)
        self.assertEqual((line.run_state, bool(line.statement_id)), ("error", False))
        self.assertIn("changed since the preview", line.run_error)
        # looked at again with the new figures
        run.action_resume_run()
        self.assertEqual(line.balance_amount, 105)
        self.confirm(run)
        self.assertEqual(line.statement_id.balance_amount, 105)

    def test_name_and_address_may_change_meanwhile(self):
        partner = self.debtor("Before")
        run = self.previewed()
        partner.write({"name": "After", "street": "1 New Road"})
        self.confirm(run)
        header = self.line(run, partner).statement_id._matrix().header
        self.assertEqual(header.customer.name, "After")

    def test_confirmed_is_what_the_dialog_showed(self):
        self.debtor("One")
        two = self.debtor("Two")
        run = self.previewed()
        action = run.action_confirm()
        dialogs = self.env["ar.statement.run.confirm"].with_user(self.collector)
        dialog = dialogs.with_context(**action["context"]).create({})
        self.leave_out(self.line(run, two))
        with self.assertRaisesRegex(UserError, "has changed"):
            dialog.action_confirm()
        # numbers made up by a client do not help
        with self.assertRaisesRegex(UserError, "has changed"):
            dialogs.create({"run_id": run.id, "email_count": 2}).action_confirm()
        self.confirm(run)
        self.assertEqual(len(self.mails(run)), 1)
        # and not twice
        with self.assertRaises(UserError):
            dialogs.create({"run_id": run.id, "email_count": 1}).action_confirm()

    def test_mail_goes_by_no_other_way_than_confirmed(self):
        partner = self.debtor("Opts out", city="Leeds")
        run = self.previewed(or_post=True)
        self.env["mail.blacklist"].create({"email": partner.email})
        self.confirm(run)
        self.assertIn("another way", run.line_ids.run_error)
        self.assertFalse(run.line_ids.statement_id)

    def test_deleted_template(self):
        self.debtor("Good")
        template = self.env.ref("customer_ar_suite.ar_statement_mail").copy()
        run = self.previewed(template_id=template.id)
        template.unlink()
        run.invalidate_recordset()
        with self.assertRaisesRegex(UserError, "Choose the e-mail template"):
            self.confirm(run)
        # deleted while a large run is under way
        other = self.env.ref("customer_ar_suite.ar_statement_mail").copy()
        run.template_id = other
        run.action_preview()
        run.sudo()._set_run_state("running", confirmed_by_id=self.collector.id)
        other.unlink()
        run.invalidate_recordset()
        run._process_items(run._next_items())
        self.assertIn("template was deleted", run.line_ids.run_error)
        self.assertFalse(run.line_ids.statement_id)

    def test_printer_that_fails_for_one(self):
        good, bad = self.debtor("Good"), self.debtor("Bad")
        printing = self.printer.side_effect

        def failing(report, html, paper):
            if "Bad" in str(html):
                raise ValueError("printer on fire")
            return printing(report, html, paper)

        self.printer.side_effect = failing
        run = self.sent()
        self.assertEqual(self.line(run, good).run_state, "done")
        self.assertEqual(self.line(run, bad).run_error, "printer on fire")
        # nothing of the failed one is left behind
        self.assertFalse(self.line(run, bad).statement_id)
        self.assertFalse(self.env["ar.statement"].search([("partner_id", "=", bad.id)]))
        self.printer.side_effect = printing
        run.action_resume_run()
        self.confirm(run)
        self.assertEqual((run.done_count, run.error_count), (2, 0))
        self.assertEqual(len(self.mails(run)), 2)

    def test_restricted_person(self):
        partner = self.debtor("Restricted")
        with patch.object(type(partner), "ar_is_restricted", True):
            run = self.previewed()
        self.assertIn("restricted", run.line_ids.problem)

    def test_cancelled_run_sends_nothing(self):
        self.debtor("Good")
        run = self.previewed()
        run.action_cancel_run()
        with self.assertRaises(UserError):
            run.action_resume_run()
        with self.assertRaises(UserError):
            self.env["ar.statement.run.confirm"].with_user(self.collector).create(
                {"run_id": run.id, "email_count": 1}
            ).action_confirm()
        self.assertFalse(run.line_ids.statement_id)

    def test_background_in_chunks(self):
        self.debtors([f"Customer {number:02}" for number in range(23)])
        run = self.sent()
        self.assertEqual((run.state, run.done_count), ("running", 0))
        work = run.with_user(run._run_user())
        done = []
        while (count := work._work_off_chunk()) is not None:
            done.append(count)
        self.assertEqual(done, [20, 3])
        self.assertEqual((run.state, len(self.mails(run))), ("done", 23))

    def test_questions_do_not_grow_with_the_number_of_customers(self):
        self.debtors([f"Customer {number:02}" for number in range(16)], city="Leeds")
        counts = {}
        for channel in ("email", "post"):
            run = self.previewed(channel=channel)
            run.sudo()._set_run_state("running", confirmed_by_id=self.collector.id)
            for size in (1, 1, 3, 11):  # the first fills the caches
                lines = run.line_ids.filtered(lambda one: one.run_state == "todo")
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                run._process_items(lines[:size])
                counts[channel, size] = self.env.cr.sql_log_count - before
            self.assertEqual(
                run.line_ids.mapped("run_state").count("error"), 0, channel
            )
        for channel in ("email", "post"):
            self.assertEqual(counts[channel, 3], counts[channel, 11], (channel, counts))

    def test_preview_questions_do_not_grow(self):
        def asked():
            run = self.run_of()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            run.action_preview()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        self.debtor("First")
        asked()
        few = asked()
        self.debtors([f"More {number}" for number in range(10)])
        self.assertLessEqual(asked(), few + 2)

    def test_sample_leaves_no_trace(self):
        self.debtors([f"Customer {number}" for number in range(5)])
        run = self.previewed()
        models = ("ar.statement", "ar.statement.delivery", "ir.attachment")
        before = [self.env[name].search_count([]) for name in models]
        sequence = self.env.ref("customer_ar_suite.ar_statement_sequence")
        number = sequence.number_next_actual
        last = self.env["mail.mail"].search([], order="id desc", limit=1)
        run.action_send_sample()
        mails = self.env["mail.mail"].search([("id", ">", last.id or 0)])
        self.assertEqual(mails.mapped("email_to"), ["collector@us.example"] * 3)
        self.assertIn("TEST-1", mails[-1].subject + mails[0].subject)
        after = [self.env[name].search_count([]) for name in models]
        self.assertEqual(after[:2], before[:2])
        self.assertEqual(after[2] - before[2], 3)  # the letters of the samples
        self.assertEqual(sequence.number_next_actual, number)
        self.assertEqual(run.state, "preview")


@tagged("post_install", "-at_install")
class TestStatementRunPost(StatementRunCommon, HttpCase):
    def test_letters_and_list_in_the_same_order(self):
        # given customers to post to, one with a name that is a formula
        names = ("Zeta", "Alpha", "=1+1", "Mid")
        for name in names:
            self.debtor(name, street=f"{name} Road 1", city="Leeds", zip="LS1")
        run = self.sent(self.clerk, channel="post")
        self.assertEqual(run.to_post_count, 4)
        order = run.line_ids.sorted("id").partner_id.mapped("name")
        self.assertEqual(order, sorted(names))
        # when
        self.authenticate(self.clerk.login, self.clerk.login)
        action = run.action_download_post_list()
        answer = self.url_open(action["url"])
        # then
        rows = list(
            openpyxl.load_workbook(io.BytesIO(answer.content)).active.iter_rows(
                values_only=True
            )
        )
        self.assertEqual([row[2] for row in rows[1:]], order)
        self.assertEqual([row[0] for row in rows[1:]], [1, 2, 3, 4])
        self.assertEqual(rows[1][3], "=1+1 Road 1")
        self.assertEqual(rows[1][-1], 1)
        with patch.object(
            type(self.env["ir.actions.report"]), "_ar_papers_pdf", autospec=True
        ) as printer:
            printer.return_value = b"%PDF"
            run._print_together("post")
        printed = printer.call_args[0][1]
        self.assertEqual(printed.partner_id.mapped("name"), order)
        # posted
        run.action_mark_posted()
        self.assertEqual(set(run.line_ids.mapped("delivery_state")), {"posted"})
        self.assertEqual(set(run.line_ids.statement_id.mapped("state")), {"sent"})
        with self.assertRaises(UserError):
            run.action_mark_posted()

    def test_files_of_a_run(self):
        self.debtor("Good"), self.debtor("Other")
        run = self.sent(self.clerk, channel="file")
        self.authenticate(self.clerk.login, self.clerk.login)
        answer = self.url_open(run.action_download_zip()["url"])
        self.assertEqual(answer.headers["Content-Type"], "application/zip")
        self.assertEqual(len(run._letter_files()), 2)
        self.assertFalse(self.mails(run))
        # a plain employee and the auditor get nothing
        for user in (self.user_with(), self.user_with("auditor")):
            self.authenticate(user.login, user.login)
            with mute_logger("odoo.http"):
                answer = self.url_open(run.action_download_zip()["url"])
            self.assertEqual(answer.status_code, 404)

    def test_nothing_to_download_yet(self):
        self.debtor("Good")
        run = self.previewed()
        with self.assertRaises(UserError):
            run.action_download_pdf()
