from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ..models.ar_checks.base import PROOFS
from .common import ArCommon, date

BASE = "odoo.addons.customer_ar_suite.models.customer_ar_check"


@tagged("post_install", "-at_install")
class TestArCheck(ArCommon):
    """Sound books are green; every fault planted past Odoo is found and named."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.acme = cls.customer("Acme Ltd")
        cls.open_invoice = cls.invoice(cls.acme, 100, date(2026, 3, 1))
        cls.paid = cls.invoice(cls.acme, 200, date(2026, 3, 2))
        cls.payment_200 = cls.payment(cls.acme, 200, date(2026, 3, 20))
        cls.match(cls.paid, cls.payment_200)
        cls.part = cls.invoice(cls.acme, 300, date(2026, 3, 3))
        cls.payment_50 = cls.payment(cls.acme, 50, date(2026, 3, 21))
        cls.match(cls.part, cls.payment_50)
        cls.open_line = cls.receivable_lines(cls.open_invoice)
        cls.paid_line = cls.receivable_lines(cls.paid)
        cls.part_line = cls.receivable_lines(cls.part)

    def prove(self, since=None):
        """{(proof, problem)} found in the books of the company."""
        self.env.flush_all()
        self.env.invalidate_all()
        check = self.env["customer.ar.check"]._prove(self.company, self.AS_OF, since)
        self.assertFalse([one.error for one in check.result_ids if one.error])
        self.check = check
        return {(one.code, one.problem) for one in check.finding_ids}

    def plant(self, statement, *params):
        """Change the books past Odoo, and past the recorder of the history."""
        self.env.flush_all()
        self.env.cr.execute(SQL(statement, *params))  # pylint: disable=sql-injection
        self.env.invalidate_all()

    def finding(self, code, problem):
        found = self.check.finding_ids.filtered(
            lambda one: (one.code, one.problem) == (code, problem)
        )
        self.assertTrue(found, (code, problem))
        return found[0]

    # -- sound books ----------------------------------------------------------------------

    def test_sound_books_are_green(self):
        self.assertEqual(self.prove(), set())
        self.assertEqual((self.check.state, self.check.red_count), ("green", 0))
        self.assertEqual(
            self.check.result_ids.mapped("code"), [proof.code for proof in PROOFS]
        )
        # neither bank statements nor overrides of limits here
        for result in self.check.result_ids.filtered(
            lambda one: one.code not in ("inv6", "inv13")
        ):
            self.assertGreater(result.checked_count, 0, result.code)

    def test_unusual_but_sound_books_are_green(self):
        # given another payer, a third currency, a draft payment, an advance account, a branch
        euro = self.foreign_currency("EUR", [("2026-01-01", 2.0), ("2026-04-01", 4.0)])
        bolt = self.customer("Bolt Ltd")
        self.match(
            self.invoice(self.acme, 70, date(2026, 4, 1)),
            self.payment(bolt, 70, date(2026, 4, 2)),
        )
        self.match(
            self.invoice(bolt, 500, date(2026, 2, 1), currency=euro),
            self.payment(bolt, 500, date(2026, 5, 2), currency=euro),
        )
        self.match(
            self.invoice(bolt, 500, date(2026, 2, 1), currency=euro),
            self.payment(bolt, 90, date(2026, 5, 2)),
        )
        self.payment_50.move_id.button_draft()
        self.assertEqual(self.prove(), set())

    # -- planted faults -------------------------------------------------------------------

    def test_residual_changed(self):
        self.plant(
            "UPDATE account_move_line SET amount_residual = 101 WHERE id = %s",
            self.open_line.id,
        )
        self.assertEqual(
            self.prove(),
            {("inv1", "customer"), ("inv1", "total"), ("inv3", "residual")},
        )
        # expected 100 + 250 of the part payment, found one more
        fault = self.finding("inv1", "customer")
        self.assertEqual(
            (fault.partner_id, fault.company_id), (self.acme, self.company)
        )
        self.assertEqual((fault.expected_amount, fault.found_amount), (350, 351))
        self.assertEqual(fault.difference_amount, 1)
        line = self.finding("inv3", "residual")
        self.assertEqual((line.expected_amount, line.found_amount), (100, 101))
        self.assertEqual(line.action_open()["res_id"], self.open_invoice.id)
        self.assertIn("outside Odoo", line.description)

    def test_entry_out_of_balance(self):
        line = self.open_invoice.line_ids - self.open_line
        self.plant("UPDATE account_move_line SET balance = -99 WHERE id = %s", line.id)
        self.assertEqual(self.prove(), {("inv1", "entry")})
        self.assertEqual(self.finding("inv1", "entry").found_amount, 1)

    def test_bucket_set_that_makes_no_sense(self):
        buckets = self.env["ar.aging.bucket.set"].create(
            {"name": "Odd", "limits": "0,30", "company_id": self.company.id}
        )
        self.plant(
            "UPDATE ar_aging_bucket_set SET limits = '30,0' WHERE id = %s", buckets.id
        )
        self.assertEqual(self.prove(), {("inv2", "limits")})
        self.assertEqual(self.finding("inv2", "limits").res_id, buckets.id)

    def test_open_item_marked_as_reconciled(self):
        self.plant(
            "UPDATE account_move_line SET reconciled = TRUE WHERE id = %s",
            self.open_line.id,
        )
        self.assertEqual(
            self.prove(), {("inv1", "customer"), ("inv1", "total"), ("inv3", "flag")}
        )

    def test_residual_in_document_currency(self):
        self.plant(
            "UPDATE account_move_line SET amount_residual_currency = 99 WHERE id = %s",
            self.open_line.id,
        )
        self.assertEqual(self.prove(), {("inv3", "residual_currency")})

    def test_more_reconciled_than_there_is(self):
        self.plant(
            """UPDATE account_partial_reconcile SET amount = 400,
               debit_amount_currency = 400, credit_amount_currency = 400
               WHERE debit_move_id = %s""",
            self.part_line.id,
        )
        self.plant(
            """UPDATE account_move_line SET amount_residual = -100,
               amount_residual_currency = -100 WHERE id = %s""",
            self.part_line.id,
        )
        self.assertIn(("inv3", "too_much"), self.prove())

    def test_negative_reconciliation(self):
        self.plant(
            "UPDATE account_partial_reconcile SET amount = -50 WHERE debit_move_id = %s",
            self.part_line.id,
        )
        self.assertIn(("inv4", "negative"), self.prove())

    def test_reconciliation_between_accounts_and_trees(self):
        other = self.receivable_account.copy({"name": "Receivables, export"})
        self.plant(
            "UPDATE account_move_line SET account_id = %s WHERE id = %s",
            other.id,
            self.paid_line.id,
        )
        self.assertIn(("inv4", "account"), self.prove())
        stranger = self.setup_other_company(name="Other Ltd")["company"]
        self.plant(
            "UPDATE account_move_line SET company_id = %s WHERE id = %s",
            stranger.id,
            self.receivable_lines(self.payment_50).id,
        )
        self.assertIn(("inv4", "tree"), self.prove())

    def test_full_reconciliation_that_does_not_sum_to_nothing(self):
        self.plant(
            "UPDATE account_move_line SET balance = 199 WHERE id = %s",
            self.paid_line.id,
        )
        self.assertIn(("inv4", "group"), self.prove())
        self.assertEqual(self.finding("inv4", "group").found_amount, -1)

    def test_marks_that_do_not_agree(self):
        self.plant(
            "UPDATE account_move_line SET matching_number = NULL WHERE id = %s",
            self.part_line.id,
        )
        self.plant(
            "UPDATE account_move_line SET matching_number = 'P1' WHERE id = %s",
            self.open_line.id,
        )
        self.plant(
            "UPDATE account_move_line SET full_reconcile_id = %s WHERE id = %s",
            self.paid_line.full_reconcile_id.id,
            self.receivable_lines(self.payment_50).id,
        )
        self.plant(
            "UPDATE account_move_line SET reconciled = FALSE WHERE id = %s",
            self.receivable_lines(self.payment_50).id,
        )
        found = self.prove()
        for problem in ("unmarked", "mark", "full"):
            self.assertIn(("inv5", problem), found)

    def test_reconciliation_deleted_past_odoo(self):
        self.plant(
            "DELETE FROM account_partial_reconcile WHERE debit_move_id = %s",
            self.part_line.id,
        )
        # the history has seen it; the marks and residuals have not
        self.assertLessEqual(
            {("inv5", "mark"), ("inv3", "residual")}, found := self.prove()
        )
        self.assertFalse({code for code, _problem in found} & {"known"})

    # -- bank -----------------------------------------------------------------------------

    def statements(self):
        """Two statements: 0 + 100 = 100, 100 - 30 = 70."""
        journal = self.bank_journal.copy({"name": "Proven Bank", "code": "PRB"})
        statements = self.env["account.bank.statement"]
        for amount, on, opening in (
            (100, date(2026, 4, 1), 0),
            (-30, date(2026, 4, 2), 100),
        ):
            line = self.bank_line(amount, on, journal=journal)
            statements |= statements.create(
                {
                    "line_ids": [fields.Command.set(line.ids)],
                    "balance_start": opening,
                    "balance_end_real": opening + amount,
                }
            )
        return journal, statements.sorted("id")

    def test_bank_statements_that_follow_each_other(self):
        _journal, (first, second) = self.statements()
        self.assertEqual(self.prove(), set())
        self.plant(
            "UPDATE account_bank_statement SET balance_end_real = 90 WHERE id = %s",
            first.id,
        )
        self.assertEqual(self.prove(), {("inv6", "closing"), ("inv6", "opening")})
        self.assertEqual(self.finding("inv6", "closing").res_id, first.id)
        fault = self.finding("inv6", "opening")
        self.assertEqual((fault.res_id, fault.expected_amount), (second.id, 90))

    def test_bank_account_that_left_the_statements(self):
        journal, _statements = self.statements()
        move = self.env["account.move"].create(
            {
                "journal_id": self.misc_journal.id,
                "date": date(2026, 4, 3),
                "line_ids": [
                    fields.Command.create(
                        {"account_id": account.id, "balance": balance}
                    )
                    for account, balance in (
                        (journal.default_account_id, 5),
                        (self.company_data["default_account_revenue"], -5),
                    )
                ],
            }
        )
        move.action_post()
        self.assertEqual(self.prove(), {("inv6", "ledger")})
        fault = self.finding("inv6", "ledger")
        self.assertEqual((fault.expected_amount, fault.found_amount), (70, 75))
        self.assertEqual(fault.res_id, journal.id)

    # -- history --------------------------------------------------------------------------

    def test_changes_that_were_not_recorded(self):
        self.plant("ALTER TABLE account_move_line DISABLE TRIGGER USER")
        self.assertIn(("known", "stopped"), self.prove())
        self.plant(
            "UPDATE account_move_line SET date_maturity = '2027-01-01', balance = 120,"
            " amount_residual = 120 WHERE id = %s",
            self.open_line.id,
        )
        self.plant("ALTER TABLE account_move_line ENABLE TRIGGER USER")
        self.assertIn(("known", "item"), self.prove())
        self.plant("ALTER TABLE account_partial_reconcile DISABLE TRIGGER USER")
        self.plant(
            "DELETE FROM account_partial_reconcile WHERE debit_move_id = %s",
            self.part_line.id,
        )
        self.plant("ALTER TABLE account_partial_reconcile ENABLE TRIGGER USER")
        self.assertIn(("known", "match"), self.prove())

    # -- the run --------------------------------------------------------------------------

    def test_it_only_reads(self):
        tables = ("account_move", "account_move_line", "account_partial_reconcile")

        def writes():
            self.env.flush_all()
            return self.env.execute_query(
                SQL(
                    "SELECT relname, pg_stat_get_xact_tuples_inserted(oid),"
                    " pg_stat_get_xact_tuples_updated(oid),"
                    " pg_stat_get_xact_tuples_deleted(oid)"
                    " FROM pg_class WHERE relname = ANY(%s) ORDER BY 1",
                    list(tables),
                )
            )

        before = writes()
        self.prove()
        self.assertEqual(writes(), before)

    def test_only_what_was_touched(self):
        # given a fault older than the last proof, and one since
        self.plant(
            "UPDATE account_move_line SET amount_residual_currency = 1,"
            " write_date = '2020-01-01' WHERE id = %s",
            self.open_line.id,
        )
        self.env.cr.execute(
            "UPDATE account_move_line SET write_date = '2020-01-01' WHERE company_id = %s",
            [self.company.id],
        )
        self.env.cr.execute(
            "UPDATE ar_reconciliation_history SET known_from = '2020-01-01'"
        )
        since = fields.Datetime.now() - timedelta(days=1)
        self.assertEqual(self.prove(since), set())
        counts = {one.code: one.checked_count for one in self.check.result_ids}
        self.assertEqual(counts["inv3"], 0)
        self.assertEqual(self.prove(), {("inv3", "residual_currency")})

    def test_a_proof_that_breaks_stops_no_other(self):
        proof = PROOFS.get("inv2")

        def broken(*_args):
            raise ZeroDivisionError("nothing to divide")

        self.patch(type(proof), "prove", broken)
        with mute_logger(BASE):
            check = self.env["customer.ar.check"]._prove(self.company, self.AS_OF)
        self.assertEqual(check.state, "failed")
        errors = {one.code: one.error for one in check.result_ids if one.error}
        self.assertEqual(errors, {"inv2": "nothing to divide"})

    def test_questions_do_not_grow_with_customers(self):
        self.prove()
        proofs = self.env["customer.ar.check"]
        env = proofs.sudo().env

        def questions():
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            proofs._prove(self.company, self.AS_OF)
            self.assertTrue(env)
            return self.env.cr.sql_log_count - before

        few = questions()
        for partner in self.customers_named("Customer", 5):
            self.match(
                self.invoice(partner, 10, date(2026, 4, 1)),
                self.payment(partner, 4, date(2026, 4, 2)),
            )
        questions()  # reads again what was forgotten while the documents were made
        self.assertLessEqual(questions(), few)

    def test_who_may(self):
        checks = self.env["customer.ar.check"]
        for role in ("auditor", "ar_clerk", "collector"):
            with self.assertRaises(AccessError):
                checks.with_user(self.user_with(role)).action_check_now()
        accountant = self.user_with("ar_accountant")
        action = checks.with_user(accountant).action_check_now()
        check = checks.browse(action["res_id"])
        self.assertEqual(check.company_ids, self.company)
        # findings of another company stay hidden
        self.plant(
            "UPDATE account_move_line SET amount_residual = 101 WHERE id = %s",
            self.open_line.id,
        )
        self.prove()
        other = self.setup_other_company(name="Other Ltd")["company"]
        stranger = self.user_with("auditor", company=other)
        found = self.env["customer.ar.check.finding"].with_user(stranger).search([])
        self.assertFalse(found.filtered(lambda one: one.company_id == self.company))

    def test_health(self):
        checks = self.env["customer.ar.check"]
        self.prove()
        self.assertEqual(checks._health(self.company), self.check)
        settings = self.env["res.config.settings"].create({})
        self.assertEqual(settings.ar_check_state, "green")
        other = self.setup_other_company(name="Other Ltd")["company"]
        self.assertFalse(checks._health(other))

    def test_cron_writes_nothing_on_unchanged_books(self):
        checks = self.env["customer.ar.check"].sudo()
        checks._cron_check()
        count = checks.search_count([])
        checks._cron_check()
        self.assertEqual(checks.search_count([]), count)
        self.invoice(self.acme, 1, date(2026, 5, 1))
        self.env.cr.execute("UPDATE account_move_line SET write_date = now()")
        checks._cron_check()
        self.assertEqual(checks.search_count([]), count + 1)
