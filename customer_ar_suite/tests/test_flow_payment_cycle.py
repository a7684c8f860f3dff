"""Payment cycles: due dates by every path, giving them, history, mirror, rhythms."""

from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import ArCommon, date

PREFIX = "customer_ar_suite."


class CycleCase(ArCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cycles = cls.env["ar.payment.cycle"]
        cls.month_end_30 = cls.env.ref(f"{PREFIX}ar_payment_cycle_month_end_30")
        cls.next_25 = cls.env.ref(f"{PREFIX}ar_payment_cycle_next_month_25")
        cls.clerk = cls.user_with("customer_clerk", login="cycle_clerk")
        cls.manager = cls.user_with("credit_manager", login="cycle_manager")
        cls.acme = cls.customer("Acme Ltd")

    def give(self, cycle, *customers, user=None, reason=""):
        """As the dialog does it."""
        wizard = (
            self.env["ar.payment.cycle.assign"]
            .with_user(user or self.clerk)
            .create(
                {
                    "cycle_id": cycle.id,
                    "partner_ids": [Command.set([c.id for c in customers])],
                    "reason": reason,
                }
            )
        )
        return wizard.action_apply()

    def held(self, customer):
        return self.env["ar.payment.cycle.assignment"].search(
            [("partner_id", "=", customer.id), ("valid_to", "=", False)]
        )


@tagged("post_install", "-at_install")
class TestPaymentCycle(CycleCase):
    def test_no_payment_term_before_a_cycle_is_used(self):
        terms = self.env["account.payment.term"].with_context(active_test=False)
        self.assertFalse(
            self.env.ref(f"{PREFIX}ar_payment_cycle_year_end_30").payment_term_id
        )
        self.give(self.month_end_30, self.acme)
        term = terms.search([("ar_cycle_id", "=", self.month_end_30.id)])
        self.assertEqual(term.name, self.month_end_30.name)

    def test_due_dates_of_invoices_follow_the_cycle_by_every_path(self):
        self.give(self.month_end_30, self.acme)
        term = self.month_end_30.payment_term_id
        # by the form
        form = Form(
            self.env["account.move"].with_context(default_move_type="out_invoice")
        )
        form.partner_id = self.acme
        form.invoice_date = date(2026, 1, 10)
        with form.invoice_line_ids.new() as line:
            line.name = "Goods"
            line.price_unit = 100
            line.tax_ids.clear()
        move = form.save()
        self.assertEqual(move.invoice_payment_term_id, term)
        self.assertEqual(self.receivable_lines(move).date_maturity, date(2026, 3, 2))
        # by create, posted
        move = self.invoice(self.acme, 100, date(2026, 2, 1), terms=term)
        line = self.receivable_lines(move)
        self.assertEqual(line.date_maturity, date(2026, 3, 30))
        # in the ledger
        (item,) = self.env["ar.ledger"]._open_items(
            self.AS_OF, partner_ids=self.acme.ids
        )
        self.assertEqual(item.due_date, date(2026, 3, 30))
        # by core's own calculation
        terms = term._compute_terms(
            date_ref=date(2026, 12, 5),
            currency=self.company.currency_id,
            company=self.company,
            tax_amount=0,
            tax_amount_currency=0,
            untaxed_amount=100,
            untaxed_amount_currency=100,
            sign=1,
        )
        self.assertEqual(terms["line_ids"][0]["date"], date(2027, 1, 30))

    def test_changing_a_cycle_moves_later_invoices_only_and_is_logged(self):
        cycle = self.cycles.create({"name": "Own", "code": "own", "delay_days": 10})
        term = cycle._ensure_payment_terms()
        before = self.invoice(self.acme, 10, date(2026, 1, 5), terms=term)
        cycle.delay_days = 20
        after = self.invoice(self.acme, 10, date(2026, 1, 5), terms=term)
        self.assertEqual(before.invoice_date_due, date(2026, 2, 10))
        self.assertEqual(after.invoice_date_due, date(2026, 2, 20))
        entry = self.env["customer.audit.entry"].search(
            [("event", "=", "payment_cycle.change"), ("res_id", "=", cycle.id)]
        )
        self.assertEqual(entry.payload["delay_days"], [10, 20])

    def test_working_days_of_the_company(self):
        cycle = self.cycles.create(
            {"name": "Shifted", "code": "shifted", "delay_days": 1, "shift": "next"}
        )
        # 31 January 2026 + 1 = Sunday
        self.assertEqual(cycle._due_date(date(2026, 1, 5)), date(2026, 2, 2))
        # and the Monday is a holiday, from midnight to midnight
        calendar = self.company.resource_calendar_id
        calendar.tz = "Asia/Shanghai"
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Spring Festival",
                "calendar_id": calendar.id,
                "company_id": self.company.id,
                "date_from": "2026-02-01 16:00:00",
                "date_to": "2026-02-02 15:59:59",
            }
        )
        self.assertEqual(cycle._due_date(date(2026, 1, 5)), date(2026, 2, 3))
        term = cycle._ensure_payment_terms()
        move = self.invoice(self.acme, 10, date(2026, 1, 5), terms=term)
        self.assertEqual(move.invoice_date_due, date(2026, 2, 3))

    def test_contradictions_are_explained(self):
        for values in ({"due_day": 25}, {"delay_days": -1}, {"cut_off_day": 40}):
            with self.assertRaises(UserError):
                self.cycles.create({"name": "X", "code": "x", **values})
        with self.assertRaises(ValidationError):
            self.env["account.payment.term"].create(
                {
                    "name": "No cycle",
                    "line_ids": [Command.create({"delay_type": "ar_cycle"})],
                }
            )

    def test_a_used_cycle_stays(self):
        self.give(self.month_end_30, self.acme)
        with self.assertRaises(UserError):
            self.month_end_30.unlink()

    # -- giving it ------------------------------------------------------------------------

    def test_dialog_shows_old_and_new_and_gives_the_cycle(self):
        self.acme.property_payment_term_id = self.terms((100, 30))
        form = Form(self.env["ar.payment.cycle.assign"].with_user(self.clerk))
        form.cycle_id = self.next_25
        form.partner_ids.add(self.acme)
        wizard = form.save()
        (line,) = wizard.line_ids
        self.assertEqual(line.old_term_id.name, "100% 30d")
        self.assertEqual(line.new_name, self.next_25.name)
        self.assertFalse(line.needs_approval)
        wizard.action_apply()
        self.assertEqual(self.acme.ar_payment_cycle_id, self.next_25)
        row = self.held(self.acme)
        self.assertEqual((row.cycle_id, row.source), (self.next_25, "assign"))
        self.assertEqual(row.user_id, self.clerk)

    def test_contacts_have_the_cycle_of_their_company(self):
        contact = self.contact(self.acme)
        self.give(self.next_25, contact)
        self.assertEqual(self.acme.ar_payment_cycle_id, self.next_25)
        self.assertEqual(contact.ar_payment_cycle_id, self.next_25)
        self.assertEqual(len(self.held(self.acme)), 1)
        self.assertFalse(self.held(contact))

    def test_history_whatever_way_the_terms_change(self):
        self.give(self.next_25, self.acme, reason="contract")
        first = self.held(self.acme)
        self.assertEqual(first.reason, "contract")
        first.sudo()._set(valid_from=first.valid_from - timedelta(days=40))
        # on the card, by the payment terms
        self.acme.property_payment_term_id = self.month_end_30._ensure_payment_terms()
        second = self.held(self.acme)
        today = fields.Date.context_today(self.acme)
        self.assertEqual((second.cycle_id, second.source), (self.month_end_30, "term"))
        self.assertEqual(first.valid_to, today - timedelta(days=1))
        # once more the same day: corrected, not begun anew
        self.acme.property_payment_term_id = self.next_25.payment_term_id
        self.assertEqual(self.held(self.acme), second)
        self.assertEqual(second.cycle_id, self.next_25)
        # and none
        self.acme.property_payment_term_id = self.terms((100, 30))
        self.assertFalse(self.held(self.acme))
        self.assertFalse(self.acme.ar_payment_cycle_id)

    def test_new_customers_begin_with_the_cycle_of_their_terms(self):
        term = self.next_25._ensure_payment_terms()
        new = self.customer("New Ltd", property_payment_term_id=term.id)
        self.assertEqual(self.held(new).cycle_id, self.next_25)

    def test_search_by_cycle(self):
        other = self.customer("Other Ltd")
        self.give(self.next_25, self.acme)
        both = self.acme | other
        found = self.env["res.partner"].search(
            [("ar_payment_cycle_id", "=", self.next_25.id), ("id", "in", both.ids)]
        )
        self.assertEqual(found, self.acme)
        found = self.env["res.partner"].search(
            [("ar_payment_cycle_id", "=", False), ("id", "in", both.ids)]
        )
        self.assertEqual(found, other)
        found = self.env["res.partner"].search(
            [("ar_payment_cycle_id", "!=", False), ("id", "in", both.ids)]
        )
        self.assertEqual(found, self.acme)
        self.assertEqual(self.next_25.customer_count, 1)

    def test_another_company_has_its_own(self):
        other = self.setup_other_company()["company"]
        self.give(self.next_25, self.acme)
        self.assertFalse(self.acme.with_company(other).ar_payment_cycle_id)
        own = self.cycles.create(
            {"name": "Theirs", "code": "theirs", "company_id": other.id}
        )
        with self.assertRaises(UserError):
            self.acme._ar_assign_cycle(own, "assign")

    def test_guarded_terms_await_approval(self):
        policy = self.env.ref(f"{PREFIX}customer_change_policy_payment_terms")
        policy.active = True
        self.addCleanup(self.registry.clear_cache)
        form = Form(self.env["ar.payment.cycle.assign"].with_user(self.clerk))
        form.cycle_id = self.next_25
        form.partner_ids.add(self.acme)
        self.assertTrue(form.guarded_count)
        action = form.save().action_apply()
        self.assertEqual(action["params"]["type"], "warning")
        self.assertFalse(self.acme.ar_payment_cycle_id)
        self.assertFalse(self.held(self.acme))
        request = self.env["customer.change.request"].search(
            [("partner_id", "=", self.acme.id), ("state", "=", "pending")]
        )
        self.assertEqual(len(request), 1)
        reviewer = self.user_with(
            "customer_reviewer", login="cycle_reviewer", email="r@example.org"
        )
        # the reviewer came after the request: he gets a new one
        request.with_user(self.clerk).action_cancel()
        self.give(self.next_25, self.acme)
        request = self.env["customer.change.request"].search(
            [("partner_id", "=", self.acme.id), ("state", "=", "pending")]
        )
        request.with_user(reviewer).action_approve()
        self.assertEqual(self.acme.ar_payment_cycle_id, self.next_25)
        self.assertEqual(self.held(self.acme).cycle_id, self.next_25)

    def test_rights(self):
        accountant = self.user_with("ar_accountant", login="cycle_accountant")
        with self.assertRaises(AccessError):
            self.give(self.next_25, self.acme, user=accountant)
        with self.assertRaises(AccessError):
            self.next_25.with_user(self.clerk).write({"delay_months": 2})
        self.give(self.next_25, self.acme)
        with self.assertRaises(AccessError):
            self.held(self.acme).sudo().write({"reason": "forged"})

    def test_merged_customers(self):
        other = self.customer("Twin Ltd")
        self.give(self.next_25, other)
        self.give(self.month_end_30, self.acme)
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (other | self.acme).ids, self.acme
        )
        self.assertEqual(self.held(self.acme).cycle_id, self.month_end_30)
        self.assertEqual(
            self.env["ar.payment.cycle.assignment"].search_count(
                [("partner_id", "=", self.acme.id)]
            ),
            2,
        )

    # -- the mirror -----------------------------------------------------------------------

    def test_the_dimension_mirrors_the_cycle(self):
        dimension = self.env.ref(f"{PREFIX}customer_dimension_payment_cycle")
        self.addCleanup(self.registry.reset_changes)
        self.give(self.next_25, self.acme)
        dimension.active = True
        column = dimension._column_name()
        acme = self.env["res.partner"].browse(self.acme.id)
        self.assertEqual(acme[column].code, "next_month_25")
        self.give(self.month_end_30, acme)
        acme.invalidate_recordset([column])
        self.assertEqual(acme[column].code, "month_end_30")
        assignment = self.env["customer.category.assignment"].search(
            [("partner_id", "=", acme.id), ("dimension_id", "=", dimension.id)]
        )
        self.assertEqual(set(assignment.mapped("source")), {"mirror"})
        with self.assertRaises(UserError):
            other = dimension.category_ids.filtered(lambda c: c.code == "next_month_25")
            acme.with_user(self.clerk).write({column: other.id})

    # -- what others build on -------------------------------------------------------------

    def test_next_due_dates_and_expected_payments(self):
        self.give(self.next_25, self.acme)
        once = self.customer("Once Ltd")
        self.give(self.env.ref(f"{PREFIX}ar_payment_cycle_once_30"), once)
        both = self.acme | once
        self.assertEqual(
            both._ar_next_due_dates(date(2026, 6, 26)),
            {self.acme.id: date(2026, 7, 25)},
        )
        late = self.invoice(self.acme, 100, date(2026, 3, 2), due=date(2026, 4, 25))
        soon = self.invoice(once, 50, date(2026, 6, 10), due=date(2026, 7, 10))
        found = both._ar_expected_payments(self.AS_OF)
        self.assertEqual(
            found,
            {
                self.acme.id: [
                    (
                        self.receivable_lines(late).id,
                        self.company.currency_id.id,
                        10000,
                        date(2026, 7, 25),
                    )
                ],
                once.id: [
                    (
                        self.receivable_lines(soon).id,
                        self.company.currency_id.id,
                        5000,
                        date(2026, 7, 10),
                    )
                ],
            },
        )


@tagged("post_install", "-at_install")
class TestPaymentRhythm(CycleCase):
    """Customers whose real rhythm is another than agreed."""

    @classmethod
    def pays(cls, customer, cycle, count=8):
        """Invoices every 30 days, each paid in full when ``cycle`` says."""
        cls.all_pay([customer], cycle, count)

    @classmethod
    def all_pay(cls, customers, cycle, count):
        """The same for several customers, everything of a kind at once."""
        due = cycle._engine().due_date
        days = [date(2025, 9, 3) + timedelta(days=30 * n) for n in range(count)]
        cls.settled(
            [
                (
                    customer,
                    100 + number,
                    on,
                    on + timedelta(days=30),
                    [(due(on), 100 + number)],
                )
                for customer in customers
                for number, on in enumerate(days)
            ]
        )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.once_30 = cls.env.ref(f"{PREFIX}ar_payment_cycle_once_30")
        cls.pays(cls.acme, cls.next_25)
        cls.keeper = cls.customer("Keeper Ltd")
        cls.pays(cls.keeper, cls.once_30)
        cls.rare = cls.customer("Rare Ltd")
        cls.pays(cls.rare, cls.next_25, count=3)

    def review(self, user=None, **values):
        run = (
            self.env["ar.payment.rhythm.run"]
            .with_user(user or self.manager)
            .create({"as_of_date": date(2026, 6, 30), **values})
        )
        run.action_start()
        return run.with_env(self.env)

    def row(self, run, customer):
        return run.rhythm_ids.filtered(lambda one: one.partner_id == customer)

    def test_who_differs_is_listed_with_evidence(self):
        run = self.review()
        self.assertEqual(run.run_state, "done")
        found = self.row(run, self.acme)
        self.assertEqual((found.finding, found.cycle_id), ("proposal", self.next_25))
        # the invoices of 1 and 31 January were paid together
        self.assertEqual((found.payment_count, found.invoice_count), (7, 8))
        self.assertEqual(found.share, 100)
        self.assertEqual((found.cadence, found.usual_day), ("monthly", 25))
        self.assertIn("explains 100 % of 8 invoices", found.evidence)
        self.assertEqual(self.row(run, self.keeper).finding, "fits")
        self.assertFalse(self.row(run, self.rare))
        # nothing has changed
        self.assertFalse(self.acme.ar_payment_cycle_id)

    def test_accepting_and_rejecting(self):
        other = self.customer("Another Ltd")
        self.pays(other, self.next_25)
        rows = self.review().rhythm_ids
        accepted = rows.filtered(lambda one: one.partner_id == self.acme)
        refused = rows.filtered(lambda one: one.partner_id == other)
        accepted.with_user(self.clerk).action_accept()
        refused.with_user(self.clerk).action_reject()
        self.assertEqual((accepted.state, refused.state), ("accepted", "rejected"))
        self.assertEqual(self.acme.ar_payment_cycle_id, self.next_25)
        self.assertEqual(self.held(self.acme).source, "proposal")
        self.assertFalse(other.ar_payment_cycle_id)
        with self.assertRaises(UserError):
            accepted.with_user(self.clerk).action_accept()
        # a later review remembers both, and keeps the decisions of this one
        again = self.review()
        self.assertEqual(self.row(again, other).finding, "fits")
        self.assertNotEqual(self.row(again, self.acme).state, "open")
        self.assertTrue((accepted | refused).exists())
        self.assertEqual(
            self.env["ar.payment.rhythm"].search(
                [("run_id", "!=", again.id), ("company_id", "=", self.company.id)]
            ),
            accepted | refused,
        )

    def test_guarded_terms_are_requested(self):
        self.env.ref(f"{PREFIX}customer_change_policy_payment_terms").active = True
        self.addCleanup(self.registry.clear_cache)
        row = self.row(self.review(), self.acme)
        row.with_user(self.clerk).action_accept()
        self.assertEqual(row.state, "requested")
        self.assertFalse(self.acme.ar_payment_cycle_id)

    def test_rights(self):
        for user in (self.clerk, self.user_with("collector")):
            with self.assertRaises(AccessError):
                self.review(user)
        row = self.row(self.review(), self.acme)
        with self.assertRaises(AccessError):
            row.with_user(self.manager).action_accept()
        with self.assertRaises(AccessError):
            row.with_user(self.clerk).write({"state": "accepted"})

    def test_credit_notes_are_no_payments(self):
        other = self.customer("Returns Ltd")
        for number in range(6):
            on = date(2026, 1, 3) + timedelta(days=20 * number)
            self.match(
                self.invoice(other, 10, on),
                self.credit_note(other, 10, on + timedelta(days=9)),
            )
        self.assertFalse(self.row(self.review(), other))

    def test_settings_have_limits(self):
        for values in ({"min_share": 0}, {"tolerance_days": 99}, {"min_payments": 1}):
            with self.assertRaises(ValidationError):
                self.review(**values)

    def test_lateness_feeds_the_forecast(self):
        self.review()
        invoice = self.invoice(self.acme, 10, date(2026, 6, 3), due=date(2026, 7, 3))
        (row,) = self.acme._ar_expected_payments(self.AS_OF)[self.acme.id]
        late = self.env["ar.payment.rhythm"]._lateness(self.acme.ids, self.company)
        self.assertEqual(row[3], date(2026, 7, 3) + timedelta(days=late[self.acme.id]))
        self.assertTrue(invoice)

    def test_statements_do_not_grow_with_customers(self):
        many = [self.customer(f"Many {number}") for number in range(5)]
        self.all_pay(many, self.next_25, count=5)
        run = self.env["ar.payment.rhythm.run"].create({"as_of_date": self.AS_OF})
        run._load_customers()
        items = run.rhythm_ids
        counts = []
        for chunk in (items[:2], items):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            run._apply_items(chunk)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertGreater(len(items), 6)
        self.assertLessEqual(counts[1], counts[0] + 2, counts)

    def test_giving_a_cycle_to_many_takes_no_more_statements(self):
        partners = self.env["res.partner"].create(
            [{"name": f"Bulk {n}", "is_company": True} for n in range(60)]
        )
        self.month_end_30._ensure_payment_terms()
        counts = []
        for chunk in (partners[:5], partners[5:]):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            chunk._ar_assign_cycle(self.month_end_30, "assign")
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 3, counts)
        self.assertEqual(self.month_end_30.customer_count, 60)

    def test_the_scheduled_review_is_off_and_runs_once_a_day(self):
        cron = self.env.ref(f"{PREFIX}ar_payment_rhythm_cron")
        self.assertFalse(cron.active)
        runs = self.env["ar.payment.rhythm.run"].with_user(
            self.env.ref("base.user_root")
        )
        runs._cron_review()
        count = runs.search_count([])
        runs._cron_review()
        self.assertEqual(runs.search_count([]), count)
