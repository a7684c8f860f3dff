"""Simulations: what was judged comes out again, drafts are tried, nothing else is written."""

from contextlib import contextmanager
from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import Form, TransactionCase, tagged
from odoo.tools import SQL

from ..engine.rating.scorecard import rate
from .common_credit import UserError, timedelta
from .test_classification import ClassificationCase
from .test_rating import RatingCase

SAMPLE = "__ar_sample__."
DAY = timedelta(days=1)


class SimulationCase(RatingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.judgements = cls.env["ar.credit.judgement"]

    def judged(self, *partners):
        return self.judgements.search(
            [("partner_id", "in", [one.id for one in partners])], order="id"
        )

    def refused(self, move):
        """Posting as it ends for the user: refused, taken back, and the trace kept."""
        self.assertHeld(move.action_post, move)
        with self.enter_registry_test_mode():
            self.env.cr.postrollback.run()

    def simulation(self, run=True, **values):
        one = (
            self.env["ar.simulation"]
            .with_user(self.manager)
            .create(
                {
                    "name": "Tried",
                    "company_id": self.company.id,
                    "with_past": False,
                    **values,
                }
            )
        )
        if run:
            one.action_start()
            self.assertEqual((one.run_state, one.error_count), ("done", 0))
        return one

    def documents(self, one):
        return one.document_ids.sorted("id")

    @contextmanager
    def unchanged(self, *but):
        """Nothing in the database changes, except in tables that begin so."""
        before = self.fingerprint()
        yield
        self.env.flush_all()
        after = self.fingerprint()
        differing = {name for name in before if before[name] != after[name]}
        self.assertEqual(
            {name for name in differing if not name.startswith(but)}, set()
        )

    def fingerprint(self):
        """{table: number of rows and a hash over all of them}."""
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = current_schema"
            " AND (tablename LIKE 'a%' OR tablename LIKE 'res%'"
            " OR tablename LIKE 'customer%' OR tablename LIKE 'mail%')"
        )
        found = {}
        for (name,) in self.env.cr.fetchall():
            self.env.cr.execute(
                SQL(
                    "SELECT count(*), COALESCE(SUM(hashtext(row::text)::bigint), 0)"
                    " FROM %s AS row",
                    SQL.identifier(name),
                )
            )
            found[name] = self.env.cr.fetchone()
        return found


@tagged("post_install", "-at_install")
class TestJudgements(SimulationCase):
    def test_without_a_rule_nothing_is_kept(self):
        acme = self.customer()
        self.profile(acme, 100)
        self.draft(acme, 900).action_post()
        self.assertFalse(self.judged(acme))

    def test_what_passes_is_kept_with_where_the_customer_stood(self):
        acme = self.customer()
        self.profile(acme, 1000, valid_to=self.today + DAY)
        self.invoice(acme, 300, self.today - 50 * DAY, self.today - 20 * DAY)
        self.rule(action="warn", threshold_percent=50)
        first, second = self.draft(acme, 100), self.draft(acme, 250)
        (first | second).action_post()
        kept = self.judged(acme)
        self.assertEqual(kept.mapped("move_id"), first | second)
        self.assertEqual(kept.mapped("verdict"), ["warn", "warn"])
        # drafts count: what is open and the other draft
        self.assertEqual(kept.mapped("exposure_amount"), [550, 400])
        self.assertEqual(kept.mapped("overdue_amount"), [300, 300])
        self.assertEqual(kept.mapped("allowed_amount"), [1000, 1000])
        self.assertEqual([one._recorded().posted for one in kept], [0, 100_00])
        standing = kept[0]._recorded().standing
        self.assertEqual(standing.valid_to, self.today + DAY)
        self.assertEqual(standing.oldest_due, self.today - 20 * DAY)
        self.assertTrue(all(kept.mapped("is_exact")))

    def test_what_is_refused_leaves_one_trace_however_often_it_is_tried(self):
        acme = self.customer()
        self.profile(acme, 1000)
        self.rule()
        move = self.draft(acme, 1500)
        self.refused(move)
        self.refused(move)
        kept = self.judged(acme)
        self.assertEqual((kept.event, kept.verdict), ("refused", "approve"))
        self.assertIn("500", kept.hits_text)
        self.assertEqual(kept.move_id, move)

    def test_a_trace_of_what_went_with_the_refusal(self):
        acme = self.customer()
        self.rule()
        self.profile(acme, 1000)
        move = self.draft(acme, 1500)
        looks = self.env["ar.credit.check"]._look(move._ar_papers(), "invoice")
        move.unlink()
        kept = self.judgements._insert_refused(looks)
        self.assertFalse(kept.move_id)
        self.assertTrue(kept.document_name)
        with self.assertRaises(UserError):
            kept.action_open_document()
        gone = {**looks[0], "document_ref": "account.move,0", "partner_id": 2**30}
        self.assertFalse(self.judgements._insert_refused([gone]))

    def test_asked_released_passed(self):
        acme = self.customer()
        self.profile(acme, 1000)
        self.rule()
        move = self.draft(acme, 1500)
        self.decide(self.ask(move))
        move.action_post()
        kept = self.judged(acme)
        self.assertEqual(
            [(one.event, one.verdict) for one in kept],
            [("asked", "approve"), ("passed", "released")],
        )
        self.assertTrue(all(kept.mapped("is_exact")))
        self.assertEqual(kept[1].action_open_document()["res_id"], move.id)

    def test_a_customer_on_hold_is_judged_without_any_rule(self):
        acme = self.customer()
        self.profile(acme, 1000)._set_hold(True, "Returned twice")
        self.refused(self.draft(acme, 10))
        kept = self.judged(acme)
        self.assertEqual((kept.verdict, kept.allowed_amount), ("approve", 1000))

    def test_nobody_writes_them(self):
        acme = self.customer()
        self.profile(acme, 1000)
        self.rule()
        self.draft(acme, 10).action_post()
        kept = self.judged(acme)
        for call in (
            lambda: kept.sudo().write({"verdict": "block"}),
            lambda: kept.sudo().unlink(),
            lambda: kept.copy(),
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                call()


@tagged("post_install", "-at_install")
class TestSimulation(SimulationCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.acme, cls.bolt = cls.customer("Acme"), cls.customer("Bolt")
        cls.profile(cls.acme, 1000)
        cls.profile(cls.bolt, 5000)

    def history(self):
        """Acme: 600 passed, 700 held and released. Bolt: 400 passed, late with 300."""
        self.rule()
        self.draft(self.acme, 600).action_post()
        held = self.draft(self.acme, 700)
        self.refused(held)
        self.decide(self.ask(held))
        held.action_post()
        self.invoice(
            self.bolt, 300, self.today - 200 * DAY, self.today - 170 * DAY, post=False
        ).action_post()
        self.draft(self.bolt, 400).action_post()

    def test_under_the_rules_in_force_everything_comes_out_again(self):
        self.history()
        card = self.card()
        self.rate(card)
        one = self.simulation()
        items = one.item_ids.filtered(
            lambda item: item.partner_id in (self.acme | self.bolt)
        )
        self.assertEqual(sum(items.mapped("look_count")), 6)
        self.assertEqual(sum(items.mapped("exact_look_count")), 6)
        self.assertEqual(one.rating_count, one.exact_rating_count)
        self.assertGreater(one.rating_count, 0)
        self.assertTrue(one.is_exact)
        self.assertEqual(set(one.document_ids.mapped("change")), {"same"})
        self.assertEqual((one.held_then_count, one.held_now_count), (1, 1))
        self.assertIn("6", one.proof_text)

    def test_a_draft_by_hand(self):
        """Limits halved: 600 goes over 500. Nobody may be late: Bolt's 400 is held."""
        self.history()
        one = self.simulation(run=False, limits_kind="percent", limit_percent=50)
        one.action_load_rules()
        self.assertEqual(
            (one.rules_kind, one.rule_ids.trigger), ("draft", "over_limit")
        )
        form = Form(one)
        with form.rule_ids.new() as rule:
            rule.name, rule.trigger, rule.action = "Late", "overdue", "block"
            rule.days = 60
        form.save().action_start()
        found = {
            (doc.partner_id.name, doc.amount): (
                doc.verdict_then,
                doc.verdict_now,
                doc.change,
            )
            for doc in self.documents(one)
        }
        self.assertEqual(
            found,
            {
                ("Acme", 600): ("free", "approve", "held"),
                ("Acme", 700): ("approve", "approve", "same"),
                ("Bolt", 400): ("free", "block", "held"),
            },
        )
        self.assertEqual((one.new_held_count, one.new_held_amount), (2, 1000))
        self.assertEqual((one.held_then_amount, one.held_now_amount), (700, 1700))
        self.assertTrue(one.is_exact)
        late = one.document_ids.filtered(lambda doc: doc.amount == 400)
        self.assertIn("300", late.why_now)
        self.assertFalse(late.why_then)
        self.assertIn("1,700", str(one.comparison_html))

    def test_what_a_milder_draft_lets_pass(self):
        self.history()
        one = self.simulation(limits_kind="percent", limit_percent=200)
        freed = one.document_ids
        self.assertEqual((freed.amount, freed.change), (700, "freed"))
        self.assertEqual((one.freed_count, one.freed_amount), (1, 700))
        self.assertEqual(freed.days_then, 0)
        self.assertEqual(
            one.action_view_freed()["domain"][-1], ("change", "=", "freed")
        )

    def test_what_is_held_leaves_the_limit_to_others(self):
        """Of a limit of 500: 600 waits in vain; 300 passes unless the 600 counts as posted."""
        self.invoice(self.acme, 600, self.today - 60 * DAY, self.today - 30 * DAY)
        self.invoice(self.acme, 300, self.today - 50 * DAY, self.today - 20 * DAY)
        for kind, held in (("later", [600]), ("posted", [600, 300])):
            one = self.simulation(
                run=False, with_past=True, rules_kind="draft", limits_kind="percent",
                limit_percent=50,
            )  # fmt: skip
            form = Form(one)
            form.held_kind = kind
            with form.rule_ids.new() as rule:
                rule.name, rule.action = "Limit", "approve"
            form.save().action_start()
            documents = self.documents(one).filtered(
                lambda doc: doc.partner_id == self.acme
            )
            self.assertEqual(documents.mapped("amount"), held)
            self.assertEqual(set(documents.mapped("change")), {"held"})
            self.assertEqual((one.new_held_amount, one.is_exact), (sum(held), True))
            self.assertEqual(one.unsold_amount, sum(held))

    def test_unpaid_long_after_it_was_due_is_a_loss_avoided(self):
        self.rule("overdue", "warn")
        old = self.invoice(
            self.bolt, 900, self.today - 200 * DAY, self.today - 170 * DAY, post=False
        )
        old.action_post()
        one = self.simulation(
            run=False, rules_kind="draft", bad_days=90, limits_kind="percent",
            limit_percent=10,
        )  # fmt: skip
        one.rule_ids.create(
            {"simulation_id": one.id, "name": "Limit", "action": "block"}
        )
        one.action_start()
        self.assertEqual((one.new_held_amount, one.bad_amount), (900, 900))

    def test_nothing_but_the_simulation_is_written(self):
        self.history()
        card = self.card()
        self.rate(card)
        draft = card._new_version()
        one = self.simulation(
            run=False,
            with_past=True,
            scorecard_id=draft.id,
            limits_kind="policy",
            policy_ids=[
                (0, 0, {"grade_id": grade.id, "basis": "none"})
                for grade in self.grades.values()
            ],
        )
        one.action_load_rules()
        with self.unchanged("ar_simulation", "customer_audit_entry"):
            one.action_start()
        self.assertEqual(one.run_state, "done")
        self.assertTrue(one.is_exact)
        self.assertGreater(one.held_now_count, one.held_then_count)

    def test_a_record_that_was_tampered_with_is_found(self):
        self.history()
        wrong = self.judged(self.acme)[1]
        self.env.cr.execute(
            "UPDATE ar_credit_judgement SET verdict = 'free' WHERE id = %s", [wrong.id]
        )
        self.env.invalidate_all()
        self.assertFalse(wrong.is_exact)
        one = self.simulation()
        self.assertFalse(one.is_exact)
        (domain,) = one.action_view_not_exact()["domain"]
        items = self.env["ar.simulation.item"].browse(domain[2])
        self.assertEqual(items.partner_id, self.acme)

    def test_another_scorecard_moves_grades(self):
        self.history()
        card = self.card()
        self.rate(card)
        strict = card._new_version()
        strict.band_ids.filtered(lambda band: band.from_score).unlink()
        one = self.simulation(scorecard_id=strict.id)
        lowest = strict.band_ids.grade_id
        rated = one.item_ids.filtered("grade_then_id")
        self.assertTrue(rated)
        self.assertEqual(rated.grade_now_id, lowest)
        self.assertEqual(rated.mapped("score_then"), rated.mapped("score_now"))
        self.assertTrue(one.is_exact)
        self.assertIn(lowest.name, str(one.migration_html))

    def test_a_scorecard_with_another_window_reads_figures_of_its_own(self):
        self.invoice(self.acme, 100, self.today - 300 * DAY, self.today - 270 * DAY)
        self.rate(self.card())
        short = self.cards.search([("state", "=", "in_force")])._new_version()
        short.month_count = 6
        one = self.simulation(scorecard_id=short.id)
        item = one.item_ids.filtered(lambda i: i.partner_id == self.acme)
        figures = self.env["ar.rating.inputs"]._load(
            self.company, short._window(self.today), self.acme.ids
        )
        expected = rate(short._card(), figures[self.acme.id])
        self.assertEqual(round(item.score_now * 100), expected.score or 0)
        self.assertEqual(item.exact_rating_count, item.rating_count)

    def test_invoices_nobody_looked_at_are_rebuilt_from_the_books(self):
        start = self.today - 60 * DAY
        first = self.invoice(self.acme, 800, start, start + 10 * DAY)
        paid = self.payment(self.acme, 300, start + 5 * DAY)
        self.match(first, paid)
        self.invoice(self.acme, 450, start + 4 * DAY)  # 800 + 450 > 1,000
        self.invoice(self.acme, 400, start + 6 * DAY)  # 950 + 400
        self.invoice(self.bolt, 400, start + 6 * DAY)
        one = self.simulation(run=False, rules_kind="draft", with_past=True)
        one.rule_ids.create(
            {"simulation_id": one.id, "name": "Limit", "action": "approve"}
        )
        one.action_start()
        self.assertFalse(one.error_count)
        docs = one.document_ids.filtered(
            lambda d: d.partner_id in (self.acme | self.bolt)
        )
        self.assertEqual(docs.sorted("day").mapped("amount"), [450, 400])
        self.assertTrue(all(docs.mapped("is_past")))
        hits = [doc.hits_now[0][3] for doc in docs.sudo().sorted("day")]
        self.assertEqual(hits, [250_00, 350_00])

    def test_what_has_been_run_stays_and_is_duplicated(self):
        self.history()
        one = self.simulation(run=False)
        one.action_load_rules()
        one.action_start()
        for call in (
            lambda: one.write({"limit_percent": 10}),
            lambda: one.rule_ids.write({"days": 3}),
            lambda: one.rule_ids.unlink(),
            one.action_start,
            one.action_load_rules,
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                call()
        one.note = "Decided: no"
        again = one.copy()
        self.assertEqual(again.run_state, "draft")
        self.assertEqual(again.rule_ids.mapped("name"), one.rule_ids.mapped("name"))
        again.limit_percent = 70
        again.unlink()
        one.unlink()

    def test_questions_do_not_grow_with_customers(self):
        self.rule()

        def post(count):
            partners = self.customers_named("Customer", count)
            self.env["ar.credit.profile"].create(
                [
                    {
                        "partner_id": partner.id,
                        "company_id": self.company.id,
                        "limit_amount": 100,
                    }
                    for partner in partners
                ]
            )
            self.invoices(partners, 50, self.today)

        post(2)
        self.simulation(limits_kind="percent", limit_percent=10)  # warm
        few = self.count(
            lambda: self.simulation(limits_kind="percent", limit_percent=10)
        )
        post(4)
        many = self.count(
            lambda: self.simulation(limits_kind="percent", limit_percent=10)
        )
        post(12)
        more = self.count(
            lambda: self.simulation(limits_kind="percent", limit_percent=10)
        )
        self.assertLessEqual(more, many + 2, (few, many, more))

    def count(self, call):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        call()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    # -- rights ---------------------------------------------------------------------------

    def test_who_may_run_and_read(self):
        self.history()
        one = self.simulation()
        accountant = self.user_with("ar_accountant")
        auditor = self.user_with("auditor")
        with self.assertRaises(AccessError):
            one.with_user(accountant).read(["name"])
        with self.assertRaises(AccessError):
            self.env["ar.credit.judgement"].with_user(accountant).search([])
        self.assertTrue(one.with_user(auditor).is_exact)
        self.assertTrue(one.with_user(auditor).document_ids.ids)
        draft = self.simulation(run=False)
        for call in (draft.action_start, draft.action_load_rules, draft.unlink):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                call.__func__(draft.with_user(auditor))
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            one.item_ids.with_user(self.manager).write({"look_count": 0})

    def test_another_company_sees_nothing_of_it(self):
        self.history()
        one = self.simulation()
        other = self.setup_other_company(name="Elsewhere")["company"]
        stranger = self.user_with("credit_manager", company=other, companies=other)
        seen = self.env["ar.simulation"].with_user(stranger).search([])
        self.assertNotIn(one, seen)
        kept = self.env["ar.credit.judgement"].with_user(stranger).search([])
        self.assertFalse(kept & self.judged(self.acme))


@tagged("post_install", "-at_install")
class TestSimulationCategories(ClassificationCase):
    def test_month_ends_by_hand(self):
        """Two invoices in twelve months are silver, which he was given in May alone."""
        acme = self.customer()
        for on in ("2026-01-10", "2026-03-20"):
            self.invoice(acme, 100, on)
        self.rule(self.silver, ("invoice_count", "at_least", 2), active=False)
        assignments = self.env["customer.category.assignment"]
        for category, day in ((self.silver, "2026-05-01"), (self.bronze, "2026-06-10")):
            assignments._assign(
                {acme.id: category.id}, self.tier, "rule", date.fromisoformat(day)
            )
        simulation = (
            self.env["ar.simulation"]
            .with_user(self.manager)
            .create(
                {
                    "name": "Silver",
                    "company_id": self.company.id,
                    "date_from": "2026-02-01",
                    "date_to": "2026-06-30",
                    "dimension_id": self.tier.id,
                }
            )
        )
        without = simulation.copy({"with_draft_rules": False})
        count = assignments.search_count([])
        simulation.action_start()
        # from March on silver; February: one invoice; May: he was silver
        (move,) = simulation.move_ids
        self.assertEqual((move.partner_id, move.day), (acme, date(2026, 3, 31)))
        self.assertEqual(move.month_count, 3)
        self.assertEqual(
            (move.category_then_id, move.category_now_id), (self.bronze, self.silver)
        )
        self.assertEqual(simulation.move_count, 1)
        without.action_start()
        # no rule holds: what rules had given would have been taken
        self.assertFalse(without.move_ids.category_now_id)
        self.assertEqual(assignments.search_count([]), count)


@tagged("post_install", "-at_install")
class TestSimulationDemo(TransactionCase):
    def sample(self, name):
        return self.env.ref(SAMPLE + name)

    def test_six_months_of_holds_and_grades_come_out_again(self):
        one = self.sample("simulation_as_it_was")
        self.assertEqual((one.run_state, one.is_exact), ("done", True))
        self.assertGreater(one.look_count, 30)
        self.assertGreater(one.rating_count, 30)
        self.assertGreater(one.held_then_count, 0)
        self.assertEqual(one.held_then_count, one.held_now_count)
        self.assertFalse(one.document_ids.filtered(lambda doc: doc.change != "same"))
        first = min(one.document_ids.mapped("day"))
        self.assertLess(first, date.today() - timedelta(days=60))

    def test_each_look_of_the_sample_by_another_way(self):
        """Rules of the sample, written out: over the limit, nearly over it, a bad grade."""
        judgements = self.env["ar.credit.judgement"].search(
            [("company_id", "=", self.sample("company_nl").id)]
        )
        ranks = self.env["ar.credit.grade"]._ranks()
        bad = ranks[self.env.ref(SAMPLE + "hold_rule_grade").grade_id.id]
        for one in judgements:
            kept = one.record["standing"]
            after = kept["exposure"] + one.company_id._ar_minor(one.amount)
            limit = kept["allowed"]
            expected = "free"
            if limit is not None and after * 10 > limit * 9:
                expected = "warn"
            if kept["grade_rank"] and kept["grade_rank"] >= bad:
                expected = "warn"
            if limit is not None and after > limit:
                expected = "released" if one.event == "passed" else "approve"
            self.assertEqual(one.verdict, expected, one.document_name)

    def test_one_is_tried_one_waits(self):
        lower, draft = self.sample("simulation_lower"), self.sample("simulation_draft")
        self.assertTrue(lower.is_exact)
        self.assertGreater(lower.new_held_count, 0)
        self.assertEqual(draft.run_state, "draft")
        draft.with_user(draft.create_uid).action_start()
        self.assertTrue(draft.is_exact)
        self.assertTrue(draft.migration_html)

    def test_loading_again_changes_nothing(self):
        before = self.env["ar.credit.judgement"].search_count([])
        self.env["ar.demo"]._load_simulations()
        self.assertEqual(self.env["ar.credit.judgement"].search_count([]), before)
