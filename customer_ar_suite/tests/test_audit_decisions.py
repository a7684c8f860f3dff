"""Who decides in the database, or with a script of the server, is found out by the check."""

from odoo.tests import tagged

from ..models.customer_audit_decisions import CHANGES, CLOSINGS
from .common_audit import AuditCase
from .common_closing import ClosingCase
from .test_change_request import ChangeCase

#: what somebody with the server's own rights may run, and what of the request gives it away
CHANGE_TRICKS = {
    "UPDATE customer_change_request SET state = 'approved', checker_id = {user}"
    " WHERE id = {open}": "state",
    "UPDATE customer_change_request SET state = 'pending' WHERE id = {done}": "state",
    "UPDATE customer_change_request SET state = 'rejected' WHERE id = {done}": "state",
    "UPDATE customer_change_request SET payload_hash = 'x' WHERE id = {done}": (
        "payload_hash"
    ),
    "UPDATE customer_change_decision SET user_id = {other} WHERE request_id = {done}": (
        "votes"
    ),
    "UPDATE customer_change_decision SET verdict = 'rejected'"
    " WHERE request_id = {done}": "votes",
    "DELETE FROM customer_change_decision WHERE request_id = {done}": "votes",
    "INSERT INTO customer_change_decision (request_id, line_id, company_id, user_id,"
    " maker_id, verdict, payload_hash, decided_at) SELECT request_id, id, company_id,"
    " {user}, {maker}, 'approved', 'x', now() FROM customer_change_line"
    " WHERE request_id = {open}": "votes",
    "DELETE FROM customer_change_request WHERE id = {done}": "id, votes",
}
CLOSING_TRICKS = {
    "UPDATE customer_closing_request SET state = 'done', checker_id = {user}"
    " WHERE id = {open}": "state",
    "UPDATE customer_closing_request SET state = 'draft' WHERE id = {done}": "state",
    "UPDATE customer_closing_vote SET user_id = {other} WHERE request_id = {done}": (
        "votes"
    ),
    "DELETE FROM customer_closing_vote WHERE request_id = {done}": "votes",
    "INSERT INTO customer_closing_vote (request_id, company_id, user_id, maker_id,"
    " verdict, payload_hash, decided_at) SELECT id, company_id, {user}, {maker},"
    " 'approved', payload_hash, now() FROM customer_closing_request"
    " WHERE id = {open}": "votes",
}


class TricksCase:
    """Each trick in turn, from the same untouched state."""

    def odd(self, document):
        return self.env["customer.audit.check.item"]._odd_decisions(document)

    def check_tricks(self, document, tricks, pending, done):
        names = {
            "open": pending.id,
            "done": done.id,
            "user": self.checker.id,
            "other": self.auditor.id,
            "maker": self.maker.id,
        }
        self.assertEqual(self.odd(document), [], "untouched")
        for trick, what in tricks.items():
            with self.subTest(trick):
                savepoint = self.env.cr.savepoint()
                self.env.cr.execute(trick.format(**names))
                self.assertTrue(self.env.cr.rowcount)
                self.env.invalidate_all()
                of = pending if "{open}" in trick else done
                self.assertEqual(self.odd(document), [(of.id, what)])
                savepoint.close()
        self.assertEqual(self.odd(document), [], "untouched again")


@tagged("post_install", "-at_install")
class TestAuditChangeDecisions(TricksCase, AuditCase, ChangeCase):
    def setUp(self):
        super().setUp()
        self.auditor = self.account("auditor", "base.group_user")
        self.guard("vat")
        self.done = self.ask({"vat": "NEW1"})
        self.done.with_user(self.checker).action_approve()
        self.pending = self.ask({"vat": "NEW2"})

    def test_each_trick_is_named(self):
        self.check_tricks(CHANGES, CHANGE_TRICKS, self.pending, self.done)

    def test_a_script_of_the_server_shows_in_the_check(self):
        # given a server action written by an administrator
        action = self.env["ir.actions.server"].create(
            {
                "name": "Tidy up",
                "model_id": self.env["ir.model"]._get_id("customer.change.request"),
                "state": "code",
                "code": 'env.cr.execute("UPDATE customer_change_request SET'
                f" state = 'approved', checker_id = {self.checker.id}"
                f' WHERE id = {self.pending.id}")',
            }
        )
        # when it has been run and the auditor checks the log
        action.run()
        self.seal()
        check = self.env["customer.audit.check"]._start_check()
        # then the check names the request
        found = check.finding_ids.filtered(lambda one: one.code == "decision_differs")
        self.assertEqual(
            found.mapped("detail"),
            [f"customer.change.request,{self.pending.id}: state"],
        )
        self.assertEqual(check.verdict, "bad")

    def test_erased_details_are_no_forgery(self):
        entries = self.env["customer.audit.entry"].search(
            [("model", "=", self.done._name), ("res_id", "=", self.done.id)]
        )
        self.assertTrue(entries)
        self.sql(
            "UPDATE customer_audit_entry SET payload = NULL, salt = NULL"
            " WHERE id = ANY(%s) RETURNING id",
            entries.ids,
        )
        self.assertEqual(self.odd(CHANGES), [])


@tagged("post_install", "-at_install")
class TestAuditClosingDecisions(TricksCase, ClosingCase):
    def test_each_trick_is_named(self):
        done = self.closed()
        pending = self.ask(customer=self.new_customer("Bob Ltd"))
        self.check_tricks(CLOSINGS, CLOSING_TRICKS, pending, done)
