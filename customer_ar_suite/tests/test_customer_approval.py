"""New customers are invoiced once somebody else has approved them, where a company says so."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.service.model import call_kw
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .common import ArCommon, date
from .common_customers import PREFIX
from .common_import import HEADINGS, TAX_A, TAX_B, ImportCase

LOUD = ("odoo.sql_db", "odoo.orm.models", "odoo.addons.base.models.ir_rule")
MAY = date(2026, 5, 4)
REFUSED = "has not been approved"


class ApprovalCase(ArCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(user=cls.env.ref("base.user_root"))
        cls.env = cls.env(
            context={**cls.env.context, "allowed_company_ids": cls.company.ids}
        )
        cls.env["res.company"].search([]).ar_customers_need_approval = False
        cls.old = cls.customer("Old Ltd")
        cls.maker = cls.user_with("customer_clerk", login="ap_maker")
        cls.checker = cls.user_with("customer_reviewer", login="ap_checker")
        cls.accountant = cls.user_with("ar_accountant", login="ap_accountant")
        cls.administrator = cls.user_with("administrator", login="ap_admin")
        cls.company.ar_customers_need_approval = True

    @classmethod
    def user_with(cls, *roles, login=None, **values):
        """Different people have different addresses."""
        login = login or f"ap_{'_'.join(roles) or 'employee'}"
        values.setdefault("email", f"{login}@example.org")
        return super().user_with(*roles, login=login, **values)

    def setUp(self):
        super().setUp()
        self.registry.clear_cache()
        self.addCleanup(self.registry.clear_cache)

    def new(self, name="New Ltd", user=None, **values):
        """A customer as a clerk enters it."""
        values = {"name": name, "is_company": True, "customer_rank": 1} | values
        partners = self.env["res.partner"].with_user(user or self.maker)
        return partners.create(values).sudo(False).with_env(self.env)

    def many(self, count):
        partners = self.env["res.partner"].with_user(self.maker)
        made = partners.create(
            [{"name": f"Bulk {n}", "is_company": True} for n in range(count)]
        )
        return made.with_env(self.env)

    def request_of(self, partner):
        requests = self.env["customer.change.request"]
        return requests.search([("partner_id", "in", partner.ids)])

    def ask(self, partner, user=None):
        partner.with_user(user or self.maker).action_request_approval()
        return self.request_of(partner).filtered(lambda one: one.state == "pending")

    def approved(self, partner):
        self.ask(partner).with_user(self.checker).action_approve()
        return partner

    def draft(self, partner, move_type="out_invoice"):
        return self.init_invoice(
            move_type,
            partner=partner,
            invoice_date=MAY,
            amounts=[100],
            taxes=[],
            company=self.company,
        )


@tagged("post_install", "-at_install")
class TestCustomerApproval(ApprovalCase):
    """Entered, in review, approved."""

    def test_off_at_installation(self):
        self.assertFalse(
            self.env["res.company"].default_get([])
            or self.env["res.company"].create({"name": "X"}).ar_customers_need_approval
        )
        # sample companies may have switched it on
        self.env["res.company"].search([]).ar_customers_need_approval = False
        partner = self.new()
        self.assertEqual(partner.ar_approval_state, "approved")
        self.draft(partner).action_post()

    def test_existing_customers_count_as_approved(self):
        self.assertEqual(self.old.ar_approval_state, "approved")
        self.draft(self.old).action_post()

    def test_entered_reviewed_approved_invoiced(self):
        partner = self.new()
        invoice = self.draft(partner)
        self.assertEqual(partner.ar_approval_state, "entered")
        self.assertTrue(partner.with_company(self.company).ar_approval_shown)
        with self.assertRaisesRegex(UserError, REFUSED):
            invoice.action_post()
        # when
        request = self.ask(partner)
        self.assertEqual(
            (request.kind, partner.ar_approval_state), ("approval", "review")
        )
        self.assertIn(self.checker, request.activity_ids.user_id)
        self.assertRecordValues(
            request.line_ids, [{"old_text": "Not Approved", "new_text": "Approved"}]
        )
        with self.assertRaisesRegex(UserError, REFUSED):
            invoice.action_post()
        request.with_user(self.checker).action_approve()
        # then
        self.assertEqual(partner.ar_approval_state, "approved")
        self.assertFalse(partner.ar_approval_shown)
        invoice.action_post()
        self.assertEqual(invoice.state, "posted")

    def test_rejected_withdrawn_expired_can_be_asked_for_again(self):
        partner = self.new()
        request = self.ask(partner)
        lines = dict.fromkeys(request.line_ids.ids, "rejected")
        request.with_user(self.checker)._decide(lines, "No such street")
        self.assertEqual(partner.ar_approval_state, "entered")
        request = self.ask(partner)
        request.with_user(self.maker).action_cancel()
        self.assertEqual(partner.ar_approval_state, "entered")
        request = self.ask(partner)
        request._set(expires_on=fields.Date.today() - timedelta(days=1))
        self.env["customer.change.request"]._cron_expire()
        self.assertEqual(
            (request.state, partner.ar_approval_state), ("expired", "entered")
        )
        self.assertEqual(self.approved(partner).ar_approval_state, "approved")

    def test_card_changed_meanwhile_is_asked_for_again(self):
        partner = self.new(street="Quay 1")
        for change in (
            lambda: partner.with_user(self.maker).write({"street": "Quay 2"}),
            lambda: self.env["res.partner.bank"]
            .with_user(self.maker)
            .create({"partner_id": partner.id, "acc_number": "666"}),
        ):
            request = self.ask(partner)
            change()
            request.with_user(self.checker).action_approve()
            self.assertEqual(
                (request.state, partner.ar_approval_state), ("stale", "entered")
            )

    def test_through_the_form(self):
        model = self.env["res.partner"].with_user(self.maker)
        with Form(model.with_company(self.company)) as form:
            form.name = "Form Ltd"
        partner = form.record
        self.assertTrue(partner.ar_approval_shown)
        action = partner.action_request_approval()
        self.assertIn("1", action["params"]["message"])
        self.assertEqual(partner.ar_approval_state, "review")

    def test_found_in_the_list_of_new_customers(self):
        partner = self.new()
        action = self.env.ref("customer_ar_suite.res_partner_action_approval")
        view = self.env["res.partner"].get_views([(False, "search")])
        self.assertIn("ar_not_approved", view["views"]["search"]["arch"])
        found = self.env["res.partner"].search(
            [("parent_id", "=", False), ("ar_approval_state", "!=", "approved")]
        )
        self.assertIn(partner, found)
        self.assertNotIn(self.old, found)
        self.assertIn("ar_not_approved", action.context)

    def test_switch_brings_its_policy_and_is_logged(self):
        policy = self.env.ref("customer_ar_suite.customer_change_policy_new_customer")
        self.assertTrue(policy.active)
        entry = self.env["customer.audit.entry"].search(
            [("event", "=", "approval.switch"), ("res_id", "=", self.company.id)]
        )
        self.assertEqual(entry[:1].payload, {"on": True})
        policy.active = False
        with self.assertRaisesRegex(UserError, "No policy"):
            self.ask(self.new())

    def test_settings_page_switches_it(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        settings = self.env["res.config.settings"].with_company(other)
        settings.create({"ar_customers_need_approval": True}).execute()
        self.assertTrue(other.ar_customers_need_approval)


@tagged("post_install", "-at_install")
class TestCustomerApprovalPosting(ApprovalCase):
    """Whatever posts a sales document asks first."""

    def test_every_document_of_sale(self):
        partner = self.new()
        for move_type in ("out_invoice", "out_refund", "out_receipt"):
            with self.subTest(move_type), self.assertRaisesRegex(UserError, REFUSED):
                self.draft(partner, move_type).action_post()
        bill = self.draft(partner, "in_invoice")
        bill.action_post()
        self.assertEqual(bill.state, "posted", "purchases are another matter")

    def test_every_path(self):
        partner = self.new()
        for path, call in (
            ("button", lambda move: move.action_post()),
            ("engine", lambda move: move._post(soft=False)),
            ("state", lambda move: move.write({"state": "posted"})),
            (
                "batch",
                lambda move: self.env["validate.account.move"]
                .with_context(active_model="account.move", active_ids=move.ids)
                .create({"force_post": True})
                .validate_move(),
            ),
            (
                "rpc by an accountant",
                lambda move: call_kw(
                    self.env(user=self.accountant)["account.move"],
                    "action_post",
                    [move.ids],
                    {"context": {"su": True, "validate_analytic": False}},
                ),
            ),
            (
                "state by rpc",
                lambda move: call_kw(
                    self.env(user=self.accountant)["account.move"],
                    "write",
                    [move.ids, {"state": "posted"}],
                    {},
                ),
            ),
            ("system", lambda move: move.with_user(self.accountant).sudo()._post()),
        ):
            move = self.draft(partner)
            with self.subTest(path), self.assertRaisesRegex(UserError, REFUSED):
                call(move)
            self.assertEqual(move.state, "draft")

    def test_date_of_the_future_is_no_way_around(self):
        """Core moves the date to today after the question which drafts wait."""
        move = self.draft(self.new())
        move.invoice_date = False
        move.date = fields.Date.context_today(move) + timedelta(days=40)
        with self.assertRaisesRegex(UserError, REFUSED):
            move._post(soft=True)

    def test_recurring_and_scheduled_ones(self):
        partner = self.new()
        move = self.draft(partner)
        move.write({"auto_post": "monthly", "date": MAY})
        self.run_scheduled()
        self.assertEqual(move.state, "draft")
        self.approved(partner)
        self.run_scheduled()
        self.assertEqual(move.state, "posted")

    def run_scheduled(self):
        """What core's cron does every night, with its commits."""
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            self.env(cr=cr)["account.move"]._autopost_draft_entries()
        self.env.invalidate_all()

    def test_import_cannot_post(self):
        partner = self.new()
        result = (
            self.env["account.move"]
            .with_user(self.accountant)
            .load(
                ["move_type", "partner_id/.id", "invoice_line_ids/name", "state"],
                [["out_invoice", str(partner.id), "x", "posted"]],
            )
        )
        self.assertFalse(result["ids"])

    def test_one_of_many_stops_the_batch_and_is_named(self):
        partner = self.new("Nobody Knows Ltd")
        moves = self.draft(self.old) | self.draft(partner)
        with self.assertRaisesRegex(UserError, "Nobody Knows Ltd") as caught:
            moves.action_post()
        self.assertNotIn("Old Ltd", str(caught.exception))

    def test_company_behind_a_contact_counts(self):
        partner = self.new()
        contact = self.contact(partner)
        with self.assertRaisesRegex(UserError, REFUSED):
            self.draft(contact).action_post()
        self.approved(partner)
        self.draft(contact).action_post()

    def test_contact_made_a_customer_of_its_own_is_new(self):
        contact = (
            self.env["res.partner"]
            .with_user(self.maker)
            .create({"name": "Jo", "parent_id": self.old.id})
        )
        contact.write({"parent_id": False, "is_company": True})
        with self.assertRaisesRegex(UserError, REFUSED):
            self.draft(contact.with_env(self.env)).action_post()

    def test_other_companies_are_not_concerned(self):
        partner = self.new()
        other = self.env["res.company"].create({"name": "Elsewhere"})
        other.ar_customers_need_approval = True
        self.company.ar_customers_need_approval = False
        self.assertFalse(partner.ar_approval_shown)
        invoice = self.draft(partner)
        invoice.action_post()
        self.assertEqual(invoice.state, "posted")
        # a customer entered meanwhile is new to all of them
        self.assertEqual(self.new("Other Ltd").ar_approval_state, "entered")


@tagged("post_install", "-at_install")
class TestCustomerApprovalAttacks(ApprovalCase):
    def test_creator_and_editor_do_not_approve(self):
        """Not the clerk who entered it, though another asks; not who edited it last."""
        both = f"{self.maker.login}_2"
        creator = self.user_with("customer_clerk", "customer_reviewer", login=both)
        editor = self.user_with("customer_clerk", "customer_reviewer", login="ap_edit")
        partner = self.new(user=creator)
        partner.with_user(editor).city = "Lyon"
        self.env(user=editor).flush_all()  # as at the end of his request
        request = self.ask(partner)
        for user in (self.maker, creator, editor, self.administrator):
            with self.subTest(user.login), self.assertRaises(UserError):
                request.with_user(user).action_approve()
            self.assertEqual(partner.ar_approval_state, "review")
        with self.assertRaises(UserError):
            request.sudo().action_approve()
        request.with_user(self.checker).action_approve()
        self.assertEqual(partner.ar_approval_state, "approved")

    def test_who_approved_a_change_is_no_editor(self):
        field = self.env["ir.model.fields"]._get("res.partner", "vat")
        self.env["customer.change.policy"].create({"field_id": field.id})
        partner = self.new(vat="BE0477472701")
        self.request_of(partner).with_user(self.checker).action_approve()
        self.assertEqual(partner.write_uid, self.checker)
        self.assertEqual(self.approved(partner).ar_approval_state, "approved")

    def test_nobody_writes_the_state(self):
        partner = self.new()
        vals = {"ar_approval_state": "approved"}
        holder = self.new("Holder")
        for user in (self.maker, self.checker, self.administrator, self.accountant):
            env = self.env(user=user)
            model = env["res.partner"]
            for route, call in (
                ("write", lambda m=model: call_kw(m, "write", [partner.ids, vals], {})),
                (
                    "web_save",
                    lambda m=model: call_kw(
                        m, "web_save", [partner.ids, vals], {"specification": {}}
                    ),
                ),
                (
                    "command",
                    lambda m=model: m.browse(holder.id).write(
                        {"child_ids": [Command.update(partner.id, vals)]}
                    ),
                ),
                (
                    "load",
                    lambda m=model: self.must_load(
                        m, [".id", "ar_approval_state"], [str(partner.id), "approved"]
                    ),
                ),
                ("sudo", lambda m=model: m.browse(partner.id).sudo().write(vals)),
            ):
                with (
                    self.subTest(user=user.login, route=route),
                    mute_logger(*LOUD),
                    self.assertRaises(AccessError),
                ):
                    call()
                self.env.invalidate_all()
                self.assertEqual(partner.ar_approval_state, "entered")

    def must_load(self, model, names, row):
        result = model.load(names, [row])
        if not result["ids"]:
            raise AccessError(str(result["messages"]))

    def test_nobody_begins_approved(self):
        model = self.env["res.partner"].with_user(self.maker)
        vals = {"name": "Sly Ltd", "ar_approval_state": "approved"}
        default = {"default_ar_approval_state": "approved"}
        known = self.old.with_user(self.maker)
        for route, make in (
            ("create", lambda: model.create(vals)),
            ("defaults", lambda: model.with_context(**default).create({"name": "Sly"})),
            ("copy", lambda: known.copy()),
            ("copy with values", lambda: known.copy({"ar_approval_state": "approved"})),
            ("system", lambda: model.sudo().create(vals)),
            (
                "load",
                lambda: model.browse(
                    model.load(
                        ["name", "ar_approval_state"], [["Sly Ltd", "approved"]]
                    )["ids"]
                ),
            ),
            (
                "command",
                lambda: known.write({"child_ids": [Command.create(vals)]})
                and known.child_ids,
            ),
            ("name_create", lambda: model.browse(model.name_create("Sly Ltd")[0])),
        ):
            with self.subTest(route):
                made = make()
                self.assertEqual(
                    set(made.sudo().mapped("ar_approval_state")), {"entered"}
                )

    def test_merge_does_not_approve(self):
        partner = self.new("Twin Ltd")
        source = self.customer("Twin Ltd.")
        self.company.ar_customers_need_approval = False
        approved = self.customer("Twin Limited")
        self.company.ar_customers_need_approval = True
        self.assertEqual(approved.ar_approval_state, "approved")
        self.env["base.partner.merge.automatic.wizard"].create(
            {
                "partner_ids": [Command.set((source | approved | partner).ids)],
                "dst_partner_id": partner.id,
            }
        ).action_merge()
        self.assertEqual(partner.ar_approval_state, "entered")

    def test_who_may_not_write_customers_cannot_ask(self):
        partner = self.new()
        for user in (self.checker, self.user_with("auditor"), self.user_with()):
            with mute_logger(*LOUD), self.assertRaises(AccessError):
                partner.with_user(user).action_request_approval()


@tagged("post_install", "-at_install")
class TestCustomerApprovalBulk(ApprovalCase):
    """A file of new customers: asked for and approved in one go each."""

    def statements(self, call):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        call()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_number_of_statements_does_not_grow(self):
        few, many = self.many(30), self.many(150)
        model = self.env["res.partner"].with_user(self.maker)
        asking = [
            self.statements(lambda p=p: model.browse(p.ids).action_request_approval())
            for p in (few, many)
        ]
        self.assertLessEqual(asking[1], asking[0] + 10)
        pending = [self.request_of(p).with_user(self.checker) for p in (few, many)]
        self.assertEqual([len(one) for one in pending], [30, 150])
        deciding = [
            self.statements(lambda r=r: r.with_env(r.env).action_approve())
            for r in pending
        ]
        self.assertLessEqual(deciding[1], deciding[0] + 10)
        states = set((few | many).mapped("ar_approval_state"))
        self.assertEqual(states, {"approved"})

    def test_one_invalid_stops_no_other(self):
        partners = self.many(200)
        partners.with_user(self.maker).action_request_approval()
        requests = self.request_of(partners)
        broken = requests[100]
        self.env.cr.execute(
            "UPDATE customer_change_line SET new_json = '\"evil\"' WHERE request_id = %s",
            [broken.id],
        )
        self.env.invalidate_all()
        action = requests.with_user(self.checker).action_approve()
        self.assertIn("199", action["params"]["title"])
        self.assertIn(broken.partner_id.name, action["params"]["message"])
        self.assertEqual(broken.state, "pending")
        self.assertEqual(set((requests - broken).mapped("state")), {"approved"})
        # once more: nothing is decided twice
        with self.assertRaises(UserError):
            (requests - broken).with_user(self.checker).action_approve()
        self.assertEqual(len((requests - broken).decision_ids), 199)

    def test_value_the_customers_rules_refuse_stops_no_other(self):
        field = self.env["ir.model.fields"]._get("res.partner", "parent_id")
        self.env["customer.change.policy"].create({"field_id": field.id})
        self.company.ar_customers_need_approval = False
        top, child, other = (self.customer(name) for name in ("Top", "Child", "Other"))
        model = self.env["res.partner"].with_user(self.maker)
        model.browse(child.id).parent_id = top.id
        model.browse(other.id).parent_id = top.id
        requests = self.request_of(child | other)
        # meanwhile the system puts the parent under its child: approving would be a circle
        top.parent_id = child
        requests.with_user(self.checker).action_approve()
        states = {one.partner_id: one.state for one in requests}
        self.assertEqual((states[child], states[other]), ("pending", "approved"))


@tagged("post_install", "-at_install")
class TestCustomerApprovalImport(ImportCase):
    def test_a_file_of_new_customers(self):
        self.addCleanup(self.registry.clear_cache)
        self.env.company.ar_customers_need_approval = True
        batch = self.dry_run(
            HEADINGS + f"T-1,Ada Ltd,{TAX_A},,,上海\nT-2,Bo Ltd,{TAX_B},,,上海\n"
        )
        batch.action_apply()
        partners = batch.row_ids.partner_id
        self.assertEqual(batch.unapproved_count, 2)
        self.assertEqual(set(partners.mapped("ar_approval_state")), {"entered"})
        with self.assertRaises(AccessError):
            batch.with_user(self.employee).action_request_approval()
        # when the clerk sends them for approval, both by one step
        batch.action_request_approval()
        batch.invalidate_recordset()
        self.assertEqual(batch.unapproved_count, 0)
        requests = self.env["customer.change.request"].search(
            [("partner_id", "in", partners.ids)]
        )
        self.assertEqual(requests.mapped("together_count"), [2, 2])
        with self.assertRaises(UserError):
            requests.with_user(self.clerk).action_approve()
        checker = new_test_user(
            self.env, "ap_imp", f"{PREFIX}customer_reviewer", email="ap_imp@example.org"
        )
        requests = self.env["customer.change.request"].with_user(checker)
        # the list was frozen before this reviewer came
        with self.assertRaises(UserError):
            requests.search([("partner_id", "in", partners.ids)]).action_approve()
