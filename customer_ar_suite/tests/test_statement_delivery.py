from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_statement_run import StatementRunCommon


@tagged("post_install", "-at_install")
class TestStatementDelivery(StatementRunCommon):
    def test_sent_again_is_a_new_mail_with_the_same_statement(self):
        partner = self.debtor("Good")
        first = self.sent()
        statement = first.line_ids.statement_id
        # when the customer has lost it, through the button of the line
        action = first.line_ids.action_send_again()
        again = (
            self.env["ar.statement.run"]
            .with_user(self.collector)
            .browse(action["res_id"])
        )
        self.assertEqual((again.kind, again.state), ("again", "preview"))
        self.assertEqual(again.line_ids.statement_id, statement)
        self.assertFalse(again.line_ids.problem)
        self.confirm(again)
        # then nothing is issued anew, and both letters are on record
        self.assertEqual(
            self.env["ar.statement"].search_count([("partner_id", "=", partner.id)]), 1
        )
        rows = statement.delivery_ids.sorted("attempt")
        self.assertEqual(rows.mapped("attempt"), [0, 1])
        mails = rows.sudo().mail_id
        self.assertEqual(len(mails), 2)
        self.assertEqual(len(set(mails.mapped("message_id"))), 2)
        self.assertEqual(len(mails.attachment_ids), 1)  # the same file
        self.assertEqual(self.printer.call_count, 1)

    def test_several_issued_statements_in_one_go(self):
        for name in ("One", "Two", "Three"):
            self.debtor(name)
        run = self.sent(self.clerk, channel="issue")
        self.assertEqual((run.done_count, run.delivery_count), (3, 0))
        statements = run.line_ids.statement_id
        statements[0].with_user(self.clerk).action_cancel()
        with self.assertRaisesRegex(UserError, "cancelled"):
            statements.with_user(self.collector).action_send_email()
        action = statements[1:].with_user(self.collector).action_send_email()
        again = (
            self.env[action["res_model"]]
            .with_user(self.collector)
            .browse(action["res_id"])
        )
        # one is cancelled between preview and confirmation
        statements[1].with_user(self.clerk).action_cancel()
        self.confirm(again)
        self.assertEqual((again.done_count, again.error_count), (1, 1))
        self.assertIn("cancelled", again.failed_line_ids.run_error)

    def test_history_on_the_customer(self):
        partner = self.debtor("Good")
        contact = self.contact(partner)
        self.sent()
        for one in partner | contact:
            mine = one.with_user(self.collector)
            self.assertEqual(mine.ar_statement_delivery_count, 1)
            action = mine.action_view_statement_deliveries()
            found = self.env[action["res_model"]].search(action["domain"])
            self.assertEqual(found.user_id, self.collector)
            self.assertEqual(found.email, "good@customers.example")
        with self.assertRaises(AccessError):
            partner.with_user(self.user_with()).action_view_statement_deliveries()

    def test_bounce(self):
        partner = self.debtor("Bouncing")
        run = self.sent()
        row = run.line_ids.delivery_id
        row.sudo().mail_id.write({"state": "sent"})
        # when the mail server gives it back, days later
        self.env["mail.thread"]._routing_handle_bounce(
            None,
            {
                "bounced_email": partner.email,
                "bounced_partner": partner,
                "bounced_msg_ids": [row.message_ref],
                "bounced_message": row.sudo().mail_id.mail_message_id,
                "body": "<p>User unknown</p>",
                "email_from": "MAILER-DAEMON@customers.example",
                "to": "bounce@us.example",
                "message_id": "<1@customers.example>",
            },
        )
        self.assertEqual((row.state, row.failure), ("bounced", "User unknown"))
        self.assertEqual(run.undelivered_count, 1)
        # an older note of the queue does not make it good
        row.sudo().mail_id.write({"state": "sent"})
        self.assertEqual(row.state, "bounced")
        # the next preview says so
        later = self.previewed(layout_id=self.layouts["compact"].id)
        self.assertIn("come back", later.line_ids.warning)

    def test_once_per_statement_way_and_attempt(self):
        self.debtor("Good")
        run = self.sent()
        row = run.line_ids.delivery_id
        values = {
            name: row[name].id if row._fields[name].relational else row[name]
            for name in (
                "statement_id", "partner_id", "company_id", "channel", "attempt",
                "user_id", "handed_at", "state", "state_at",
            )
        }  # fmt: skip
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            row.sudo()._insert([values])

    def test_nobody_writes_the_history(self):
        self.debtor("Good")
        row = self.sent().line_ids.delivery_id
        for user in (self.collector, self.env.ref("base.user_admin"), None):
            mine = row.with_user(user) if user else row.sudo()
            with self.assertRaises(AccessError):
                mine.write({"state": "sent"})
            with self.assertRaises(AccessError):
                mine.unlink()

    def test_mail_deleted_after_it_was_sent_stays_sent(self):
        self.debtor("Good")
        template = self.env.ref("customer_ar_suite.ar_statement_mail").copy()
        template.auto_delete = True
        run = self.sent(template_id=template.id)
        row = run.line_ids.delivery_id
        mail = row.sudo().mail_id
        mail.write({"state": "sent"})
        mail._postprocess_sent_message(success_pids=[], success_emails=[])
        self.assertFalse(mail.exists())
        row.invalidate_recordset()
        self.assertEqual((row.state, bool(row.sudo().mail_id)), ("sent", False))
