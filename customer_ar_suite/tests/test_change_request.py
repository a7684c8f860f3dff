"""Four eyes on guarded fields: from the write that is held back to the decision."""

from datetime import timedelta

import psycopg2

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.service.model import call_kw
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common_customers import CustomerCase
from .common_import import HEADINGS, TAX_A, TAX_B, ImportCase
from .common_people import PREFIX, person

LOUD = ("odoo.sql_db", "odoo.orm.models", "odoo.addons.base.models.ir_rule")
MONEY = "account.group_account_invoice"
ROLES = (
    "customer_clerk",
    "customer_reviewer",
    "ar_accountant",
    "credit_manager",
    "auditor",
    "administrator",
)
#: what a client might put into the context to slip through
FORGED = {
    "bypass_risk": True,
    "import_file": True,
    "install_mode": True,
    "no_approval": True,
    "skip_validation_check": True,
    "su": True,
    "tracking_disable": True,
    "uid": 1,
    "default_state": "approved",
    "default_checker_id": 1,
}


class ChangeCase(CustomerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = f"{PREFIX}customer_clerk,{MONEY}"
        cls.maker = cls.account("maker", groups)
        reviewer = f"{PREFIX}customer_reviewer,{MONEY}"
        cls.checker = cls.account("checker", reviewer)
        cls.second = cls.account("second", reviewer)
        # sample data have policies and requests of their own
        cls.env["customer.change.policy"].search([]).active = False
        cls.before = cls.env["customer.change.request"].search([]).ids
        cls.terms = cls.env.ref("account.account_payment_term_30days")
        cls.partner = cls.env["res.partner"].create(
            {"name": "Ada Ltd", "is_company": True, "vat": "OLD1", "credit_limit": 100}
        )

    @classmethod
    def account(cls, login, groups, **values):
        values.setdefault("email", f"{login}@example.org")
        return person(cls.env, f"ar_chg_{login}", groups, **values)

    def setUp(self):
        super().setUp()
        self.addCleanup(self.registry.clear_cache)

    def guard(self, *names, **values):
        """Policies for these fields, as an administrator makes them."""
        policies = self.env["customer.change.policy"].with_user(self.administrator)
        for name in names:
            field = self.env["ir.model.fields"]._get("res.partner", name)
            policies |= policies.create({"field_id": field.id, **values})
        return policies

    def as_request_of(self, user):
        """Commands on contacts run as the user of the request; here that is ``user``."""
        transaction = self.env.transaction
        before = transaction.default_env
        transaction.default_env = self.env(user=user)
        self.addCleanup(setattr, transaction, "default_env", before)

    def requests(self, **states):
        wanted = [(name, "=", value) for name, value in states.items()]
        return self.env["customer.change.request"].search(
            [("id", "not in", self.before), *wanted], order="id"
        )

    def ask(self, vals, user=None):
        """The request that a write makes."""
        known = self.requests()
        self.partner.with_user(user or self.maker).write(vals)
        made = self.requests() - known
        made.ensure_one()
        return made

    def review(self, request, user, verdicts, reason=""):
        """Decide in the dialog: {field name: verdict}."""
        action = request.with_user(user).action_review()
        dialog = self.env[action["res_model"]].with_user(user)
        dialog = dialog.browse(action["res_id"])
        for line in dialog.line_ids:
            line.verdict = verdicts.get(line.line_id.field_name, "later")
        dialog.reason = reason
        dialog.action_confirm()

    def events(self, request):
        entries = self.env["customer.audit.entry"].search(
            [("model", "=", request._name), ("res_id", "=", request.id)], order="id"
        )
        return entries.mapped("event")


@tagged("post_install", "-at_install")
class TestChangeRequest(ChangeCase):
    """The flow: asked, decided, applied."""

    def test_off_by_default_is_plain_odoo(self):
        shipped = self.env["customer.change.policy"].with_context(active_test=False)
        shipped = shipped.search([("field_name", "=", "vat")])
        self.assertEqual(shipped.mapped("active"), [False])
        partner = self.partner.with_user(self.maker).with_context(active_test=False)
        partner.write({"vat": "NEW1", "credit_limit": 7})
        self.assertRecordValues(self.partner, [{"vat": "NEW1", "credit_limit": 7}])
        self.assertFalse(self.requests())

    def test_free_part_is_written_and_the_rest_is_one_request(self):
        self.guard("vat", "credit_limit", "property_payment_term_id")
        request = self.ask(
            {
                "vat": "NEW1",
                "credit_limit": 500,
                "property_payment_term_id": self.terms.id,
                "city": "Lyon",
            }
        )
        self.assertRecordValues(
            self.partner,
            [
                {
                    "vat": "OLD1",
                    "credit_limit": 100,
                    "city": "Lyon",
                    "ar_pending_change_count": 1,
                }
            ],
        )
        self.assertRecordValues(
            request.line_ids.sorted("field_name"),
            [
                {"old_text": "100.00", "new_text": "500.00"},
                {"old_text": "", "new_text": self.terms.display_name},
                {"old_text": "OLD1", "new_text": "NEW1"},
            ],
        )
        self.assertEqual(request.maker_id, self.maker)
        self.assertEqual(
            request.activity_ids.user_id & (self.checker | self.second),
            self.checker | self.second,
        )
        request.with_user(self.checker).action_approve()
        self.assertRecordValues(
            self.partner,
            [
                {
                    "vat": "NEW1",
                    "credit_limit": 500,
                    "property_payment_term_id": self.terms.id,
                    "ar_pending_change_count": 0,
                }
            ],
        )
        self.assertRecordValues(
            request, [{"state": "approved", "checker_id": self.checker.id}]
        )
        self.assertFalse(request.activity_ids)
        self.assertEqual(self.events(request)[0], "change.request")
        self.assertEqual(self.events(request)[-1], "change.approved")
        self.assertIn("Tax ID", " ".join(self.partner.message_ids.mapped("body")))

    def test_form_shows_old_value_and_that_it_is_pending(self):
        self.guard("vat")
        partner = self.partner.with_user(self.maker)
        with Form(partner) as form:
            form.vat = "NEW1"
            form.city = "Lyon"
        self.assertRecordValues(
            partner, [{"vat": "OLD1", "city": "Lyon", "ar_pending_change_count": 1}]
        )
        action = partner.action_view_change_requests()
        self.assertEqual(
            self.env[action["res_model"]].search(action["domain"]), self.requests()
        )

    def test_part_of_it(self):
        self.guard("vat", "credit_limit")
        request = self.ask({"vat": "NEW1", "credit_limit": 500})
        with self.assertRaisesRegex(UserError, "why"):
            self.review(request, self.checker, {"vat": "rejected"})
        self.review(request, self.checker, {"credit_limit": "approved"})
        self.assertRecordValues(self.partner, [{"vat": "OLD1", "credit_limit": 100}])
        self.review(request, self.checker, {"vat": "rejected"}, "Not in the register")
        self.assertRecordValues(self.partner, [{"vat": "OLD1", "credit_limit": 500}])
        self.assertEqual(request.state, "partly")
        self.assertIn("Not in the register", request.decision_ids.mapped("reason"))

    def test_overtaken_values_are_not_overwritten(self):
        self.guard("vat", "credit_limit")
        request = self.ask({"vat": "NEW1", "credit_limit": 500})
        self.partner.vat = "SYS1"  # the system, meanwhile
        request.with_user(self.checker).action_approve()
        self.assertRecordValues(self.partner, [{"vat": "SYS1", "credit_limit": 500}])
        self.assertEqual(request.state, "partly")
        other = self.ask({"vat": "NEW2"})
        self.partner.vat = "SYS2"
        other.with_user(self.checker).action_approve()
        self.assertRecordValues(other, [{"state": "stale", "checker_id": False}])
        self.assertEqual(self.partner.vat, "SYS2")

    def test_two_approvals_are_two_people(self):
        self.guard("vat", approver_count=2)
        request = self.ask({"vat": "NEW1"})
        request.with_user(self.checker).action_approve()
        self.assertEqual((request.state, self.partner.vat), ("pending", "OLD1"))
        with self.assertRaises(UserError):
            request.with_user(self.checker).action_approve()
        request.with_user(self.second).action_approve()
        self.assertEqual((request.state, self.partner.vat), ("approved", "NEW1"))

    def test_band_of_amounts(self):
        self.guard("credit_limit", amount_from=1000)
        self.partner.with_user(self.maker).credit_limit = 999
        self.assertEqual(self.partner.credit_limit, 999)
        request = self.ask({"credit_limit": 1000})
        self.assertEqual((request.state, self.partner.credit_limit), ("pending", 999))

    def test_bands_follow_each_other(self):
        self.guard("credit_limit", amount_from=1000, amount_to=5000)
        self.guard("credit_limit", amount_from=5000, approver_count=2)
        for amount, approvals in ((4999.99, 1), (5000, 2)):
            with self.subTest(amount):
                request = self.ask({"credit_limit": amount})
                self.assertEqual(request.line_ids.needed, approvals)
                request.with_user(self.maker).action_cancel()
        # from 5000 down to nothing is no smaller matter
        self.partner.credit_limit = 5000
        request = self.ask({"credit_limit": 0})
        self.assertEqual(request.line_ids.needed, 2)

    def test_only_stored_single_values_of_contacts_can_be_guarded(self):
        fields_of = self.env["ir.model.fields"]._get
        policies = self.env["customer.change.policy"].with_user(self.administrator)
        for model, name in (
            ("res.partner", "category_id"),  # many values
            ("res.partner", "contact_address"),  # computed
            ("res.users", "login"),
        ):
            with self.subTest(name), self.assertRaisesRegex(ValidationError, "guarded"):
                policies.create({"field_id": fields_of(model, name).id})

    def test_a_band_that_nothing_falls_into_is_refused(self):
        for low, high in ((5000, 1000), (1000, 1000)):
            with (
                self.subTest(high),
                mute_logger(*LOUD),
                self.assertRaises(psycopg2.IntegrityError),
                self.env.cr.savepoint(),
            ):
                self.guard("credit_limit", amount_from=low, amount_to=high)

    def test_deputy_after_some_days(self):
        deputy = self.account("deputy", f"{PREFIX}customer_reviewer")
        self.guard(
            "vat",
            approver_group_id=False,
            approver_ids=[Command.set(self.checker.ids)],
            deputy_ids=[Command.set(deputy.ids)],
            deputy_after_days=0,
        )
        request = self.ask({"vat": "NEW1"})
        with self.assertRaises(UserError):
            request.with_user(self.second).action_approve()
        request.with_user(deputy).action_approve()
        self.assertEqual(self.partner.vat, "NEW1")

    def test_withdrawn_and_expired(self):
        self.guard("vat", expiry_days=3)
        request = self.ask({"vat": "NEW1"})
        with self.assertRaises(AccessError):
            request.with_user(self.checker).action_cancel()
        request.with_user(self.maker).action_cancel()
        self.assertEqual(request.state, "cancelled")
        other = self.ask({"vat": "NEW1"})
        self.assertNotEqual(request, other)
        yesterday = fields.Date.today() - timedelta(days=1)
        other._set(expires_on=yesterday)
        with self.assertRaises(UserError):
            other.with_user(self.checker).action_approve()
        for _run in range(2):
            self.env["customer.change.request"]._cron_expire()
        self.assertEqual(other.state, "expired")
        self.assertEqual(self.events(other).count("change.expire"), 1)
        self.assertEqual(self.partner.vat, "OLD1")

    def test_bulk_decides_what_can_be_decided(self):
        self.guard("vat")
        request = self.ask({"vat": "NEW1"})
        other = self.customers("B")
        other.with_user(self.maker).write({"vat": "B1"})
        pending = self.requests(state="pending")
        self.assertEqual(len(pending), 2)
        action = pending.with_user(self.checker).action_review()
        dialog = self.env[action["res_model"]].with_user(self.checker)
        dialog = dialog.browse(action["res_id"])
        request.with_user(self.second).action_approve()  # somebody was faster
        result = dialog.action_confirm()
        self.assertEqual(result["res_id"], dialog.id)
        self.assertIn("decided", dialog.result)
        self.assertEqual(set(pending.mapped("state")), {"approved"})
        self.assertEqual(len(request.decision_ids), 1)

    def test_asked_twice_is_one_request(self):
        self.guard("vat")
        self.ask({"vat": "NEW1"})
        self.partner.with_user(self.maker).write({"vat": "NEW1"})
        self.assertEqual(len(self.requests()), 1)

    def test_decided_in_the_company_it_was_asked_in(self):
        self.guard("credit_limit")
        other = self.env["res.company"].create({"name": "Elsewhere"})
        (self.maker | self.checker).company_ids |= other
        self.partner.with_user(self.maker).with_company(other).credit_limit = 900
        request = self.requests()
        self.assertEqual(request.company_id, other)
        self.assertNotIn(self.second, request.line_ids.approver_ids)
        with mute_logger(*LOUD), self.assertRaises(AccessError):
            request.with_user(self.second).action_approve()
        request.with_user(self.checker).with_context(
            allowed_company_ids=[self.checker.company_id.id, other.id]
        ).action_approve()
        self.assertEqual(self.partner.with_company(other).credit_limit, 900)
        self.assertEqual(self.partner.credit_limit, 100)

    def test_values_of_fields_one_may_not_read_stay_hidden(self):
        self.guard("credit_limit")
        request = self.ask({"credit_limit": 500})
        line = request.line_ids.with_user(self.clerk)
        self.assertEqual((line.old_text, line.new_text), ("•••", "•••"))
        for name in ("old_json", "new_json"):
            with mute_logger(*LOUD), self.assertRaises(AccessError):
                request.line_ids.with_user(self.checker).read([name])


@tagged("post_install", "-at_install")
class TestChangeRoutes(ChangeCase):
    """Guarded fields × ways to write them."""

    def setUp(self):
        super().setUp()
        self.as_request_of(self.maker)
        self.guard("vat", "credit_limit", "property_payment_term_id", "user_id", "name")
        self.new = {
            "vat": "NEW1",
            "credit_limit": 500.0,
            "property_payment_term_id": self.terms.id,
            "user_id": self.second.id,
            "name": "Eve Ltd",
        }

    def routes(self, partner, vals):
        """[(name, call)] of the ways a user can write ``vals`` to ``partner``."""
        env = self.env(user=self.maker)
        columns = list(vals)
        cells = [str(vals[name]) for name in columns]
        keys = [f"{n}/.id" if n.endswith("_id") else n for n in columns]
        parents = env["res.partner"].create({"name": "Holder"})
        model = "res.partner"
        return [
            ("write", lambda: partner.with_user(self.maker).write(vals)),
            ("rpc", lambda: call_kw(env[model], "write", [partner.ids, vals], {})),
            (
                "rpc with a forged context",
                lambda: call_kw(
                    env[model], "write", [partner.ids, vals], {"context": FORGED}
                ),
            ),
            (
                "web_save",
                lambda: call_kw(
                    env[model], "web_save", [partner.ids, vals], {"specification": {}}
                ),
            ),
            (
                "load",
                lambda: env[model].load([".id", *keys], [[str(partner.id), *cells]]),
            ),
            (
                "x2many command",
                lambda: parents.write(
                    {"child_ids": [Command.update(partner.id, vals)]}
                ),
            ),
            ("import", lambda: partner.with_user(self.maker)._ar_write_guarded(vals)),
        ]

    def test_no_route_writes_a_guarded_field(self):
        before = {name: self.partner._ar_plain(name) for name in self.new}
        for index in range(7):
            savepoint = self.env.cr.savepoint()
            name, call = self.routes(self.partner, self.new)[index]
            with self.subTest(name):
                call()
                self.env.flush_all()
                self.env.invalidate_all()
                self.assertEqual(
                    {field: self.partner._ar_plain(field) for field in self.new}, before
                )
                request = self.requests(state="pending", partner_id=self.partner.id)
                self.assertEqual(
                    set(request.line_ids.mapped("field_name")), set(self.new)
                )
            savepoint.close()
            self.env.invalidate_all()

    def test_created_contacts_begin_without(self):
        vals = {"is_company": True, **self.new}
        model = self.env["res.partner"].with_user(self.maker)
        defaults = {f"default_{name}": value for name, value in self.new.items()}
        for route, call in (
            ("create", lambda: model.create(vals)),
            (
                "defaults of the context",
                lambda: model.with_context(**defaults).create(
                    {"name": "Eve Ltd", "is_company": True}
                ),
            ),
            (
                "x2many command",
                lambda: self.partner.with_user(self.maker).write(
                    {"child_ids": [Command.create(vals)]}
                )
                and self.partner.child_ids,
            ),
            (
                "load",
                lambda: model.browse(
                    model.load(
                        ["name", "vat", "credit_limit", "is_company"],
                        [["Eve Ltd", "NEW1", "500", "1"]],
                    )["ids"]
                ),
            ),
        ):
            with self.subTest(route):
                made = call()
                self.assertEqual(made.name, "Eve Ltd")
                self.assertFalse(made.vat)
                self.assertNotEqual(made.sudo().credit_limit, 500)
                self.assertFalse(made.property_payment_term_id)
                asked = self.requests(partner_id=made.id).line_ids
                self.assertIn("vat", asked.mapped("field_name"))
                self.assertNotIn("name", asked.mapped("field_name"))

    def test_copy_begins_without(self):
        copy = self.partner.with_user(self.maker).copy()
        self.assertFalse(copy.vat)

    def test_contacts_take_what_their_company_has_and_no_more(self):
        child = (
            self.env["res.partner"]
            .with_user(self.maker)
            .create({"name": "Bo", "parent_id": self.partner.id})
        )
        self.assertEqual(child.vat, "OLD1")
        child.name = "Bo Smith"
        self.assertEqual(child.name, "Bo Smith")
        self.assertFalse(self.requests())
        child.vat = "NEW1"
        self.assertEqual((child.vat, self.partner.vat), ("OLD1", "OLD1"))
        self.assertEqual(self.requests().partner_id, child.sudo())

    def test_customer_does_not_slip_under_another_company(self):
        shell = self.env["res.partner"].create(
            {"name": "Shell", "is_company": True, "vat": "SHELL"}
        )
        self.ask({"parent_id": shell.id, "is_company": False})
        self.assertEqual((self.partner.vat, self.partner.is_company), ("OLD1", True))
        self.requests().with_user(self.checker).action_approve()
        self.assertEqual(self.partner.commercial_partner_id, shell)

    def test_limit_is_not_reset_through_its_switch(self):
        self.partner.with_user(self.maker).use_partner_credit_limit = False
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(self.partner.credit_limit, 100)

    def test_system_writes_and_is_logged(self):
        self.partner.with_user(self.maker).sudo().vat = "SYS1"
        self.assertEqual(self.partner.vat, "SYS1")
        entry = self.env["customer.audit.entry"].search(
            [("event", "=", "guarded.write"), ("res_id", "=", self.partner.id)]
        )
        self.assertEqual(entry.user_id, self.maker)
        self.assertEqual(entry.payload, {"vat": ["OLD1", "SYS1"]})

    def test_portal_visitor_behind_the_system_asks_too(self):
        visitor = self.account("portal", "base.group_portal")
        self.partner.with_user(visitor).sudo().write({"vat": "NEW1", "city": "Lyon"})
        self.assertRecordValues(self.partner, [{"vat": "OLD1", "city": "Lyon"}])
        self.assertEqual(self.requests().maker_id, visitor)

    def test_what_one_may_not_write_one_cannot_ask_for(self):
        with mute_logger(*LOUD), self.assertRaises(AccessError):
            self.partner.with_user(self.clerk).write({"credit_limit": 1})
        with mute_logger(*LOUD), self.assertRaises(AccessError):
            self.partner.with_user(self.checker).write({"vat": "X"})
        self.assertFalse(self.requests())

    def test_category_of_a_guarded_dimension(self):
        dimension = self.new_dimension()
        column = dimension._column_name()
        self.guard(column)
        red, blue = self.category(dimension, "Red"), self.category(dimension, "Blue")
        request = self.ask({column: red.id})
        self.assertFalse(self.partner[column])
        request.with_user(self.checker).action_approve()
        self.assertEqual(self.partner[column], red)
        self.assertEqual(self.history(self.partner, dimension)[0][0], "Red")
        # the way the import of customers takes
        self.env["customer.category.assignment"].with_user(self.maker)._assign(
            {self.partner.id: blue.id}, dimension, "import", fields.Date.today()
        )
        self.assertEqual(self.partner[column], red)
        self.assertEqual(self.requests(state="pending").line_ids.new_text, "Blue")


@tagged("post_install", "-at_install")
class TestChangeBankAccounts(ChangeCase):
    def setUp(self):
        super().setUp()
        self.guard("bank_ids")
        self.bank = self.env["res.partner.bank"].create(
            {"partner_id": self.partner.id, "acc_number": "111"}
        )

    def as_maker(self):
        return self.env["res.partner.bank"].with_user(self.maker)

    def test_new_account_waits_in_the_archive(self):
        for route in ("create", "command"):
            with self.subTest(route):
                number = f"222{route}"
                if route == "create":
                    self.as_maker().create(
                        {"partner_id": self.partner.id, "acc_number": number}
                    )
                else:
                    command = Command.create({"acc_number": number})
                    self.partner.with_user(self.maker).write({"bank_ids": [command]})
                self.env.invalidate_all()
                self.assertEqual(self.partner.bank_ids, self.bank)
                request = self.requests(state="pending")
                account = request.line_ids.bank_id
                self.assertEqual(account.acc_number, number)
                self.assertIn(number, request.line_ids.new_text)
                account.with_user(self.maker).unlink()
                account.with_user(self.maker).action_unarchive()
                self.assertFalse(account.active)
                request.with_user(self.checker).action_approve()
                self.assertTrue(account.active)
                account.sudo().active = False

    def test_rejected_account_stays_in_the_archive(self):
        account = self.as_maker().create(
            {"partner_id": self.partner.id, "acc_number": "222"}
        )
        request = self.requests()
        self.review(request, self.checker, {"bank_ids": "rejected"}, "Unknown")
        self.assertFalse(account.active)
        self.assertEqual(self.partner.bank_ids, self.bank)
        self.assertIn("222", request.line_ids.new_text)
        # and who takes it out again asks again
        account.action_unarchive()
        self.assertEqual((account.active, len(self.requests())), (False, 2))

    def test_changed_moved_archived_deleted(self):
        other = self.customers("B")
        for what, call in (
            ("number", lambda bank: bank.write({"acc_number": "999"})),
            ("owner", lambda bank: bank.write({"partner_id": other.id})),
            ("archive", lambda bank: bank.action_archive()),
            ("delete", lambda bank: bank.unlink()),
        ):
            with self.subTest(what):
                known = self.requests()
                call(self.bank.with_user(self.maker))
                self.assertRecordValues(
                    self.bank.exists(),
                    [
                        {
                            "acc_number": "111",
                            "partner_id": self.partner.id,
                            "active": True,
                        }
                    ],
                )
                # archive and delete ask for the same
                self.assertEqual(len(self.requests() - known), what != "delete")
        request = self.requests()[0]
        request.with_user(self.checker).action_approve()
        self.assertEqual(self.bank.acc_number, "999")
        # the others were made before: overtaken now
        later = self.requests()[1]
        later.with_user(self.checker).action_approve()
        self.assertEqual((later.state, self.bank.partner_id), ("stale", self.partner))

    def test_accounts_do_not_come_by_merging(self):
        source = self.customers("B")
        self.env["res.partner.bank"].create(
            {"partner_id": source.id, "acc_number": "666"}
        )
        wizard = self.env["base.partner.merge.automatic.wizard"].with_user(self.maker)
        wizard = wizard.create(
            {
                "partner_ids": [Command.set((source | self.partner).ids)],
                "dst_partner_id": self.partner.id,
            }
        )
        with self.assertRaisesRegex(UserError, "merged"):
            wizard.action_merge()


@tagged("post_install", "-at_install")
class TestChangeAttacks(ChangeCase):
    """security.md: maker-checker; each attack is refused and changes nothing."""

    def setUp(self):
        super().setUp()
        self.guard("vat")
        self.request = self.ask({"vat": "NEW1"})

    def assert_untouched(self):
        self.env.invalidate_all()
        self.assertEqual(self.partner.vat, "OLD1")
        self.assertEqual(self.request.state, "pending")
        self.assertFalse(self.request.decision_ids)

    def assert_refused(self, call):
        try:
            with mute_logger(*LOUD), self.env.cr.savepoint():
                call()
                self.env.flush_all()
        except (UserError, psycopg2.Error):  # AccessError is a UserError
            self.assert_untouched()
        else:
            self.fail("not refused")

    def test_rows_are_forged_by_nobody(self):
        """Every role × every row × every way to write it."""
        request, line = self.request, self.request.line_ids
        forged = {
            "customer.change.request": {
                "partner_id": self.partner.id,
                "company_id": request.company_id.id,
                "maker_id": self.maker.id,
                "requested_at": "2026-05-01 00:00:00",
                "expires_on": "2099-01-01",
                "payload_hash": "x",
                "state": "approved",
                "checker_id": self.checker.id,
            },
            "customer.change.line": {"state": "approved", "request_id": request.id},
            "customer.change.decision": {
                "request_id": request.id,
                "line_id": line.id,
                "user_id": self.checker.id,
                "maker_id": self.maker.id,
                "verdict": "approved",
                "payload_hash": request.payload_hash,
                "decided_at": "2026-05-01 00:00:00",
            },
        }
        users = [
            self.role_user(role)
            for role in ROLES
            if role not in ("customer_clerk", "administrator")
        ]
        users += [self.clerk, self.administrator, self.maker, self.checker]
        users.append(self.account("system", "base.group_system"))
        count = 0
        for user in users:
            for model, vals in forged.items():
                ids = line.ids if model.endswith("line") else request.ids
                for method, args in (
                    ("create", [[vals]]),
                    ("write", [ids, vals]),
                    ("unlink", [ids]),
                    ("copy", [ids]),
                    ("web_save", [ids, vals, {}]),
                ):
                    for context in ({}, FORGED):
                        with self.subTest(user=user.login, model=model, method=method):
                            self.assert_refused(
                                lambda m=model,
                                n=method,
                                a=args,
                                c=context,
                                u=user: call_kw(
                                    self.env(user=u)[m], n, a, {"context": c}
                                )
                            )
                            count += 1
                result = (
                    self.env(user=user)[model]
                    .with_context(import_file=True)
                    .load(["state"], [["approved"]])
                    if "state" in self.env[model]._fields
                    and self.env(user=user)[model].has_access("create")
                    else {"ids": False}
                )
                self.assertFalse(result["ids"])
        self.assertGreater(count, 200)

    def test_superuser_code_does_not_write_rows_either(self):
        rows = self.request, self.request.line_ids, self.request.decision_ids
        for record in rows:
            self.assert_refused(lambda r=record: r.sudo().write({"state": "approved"}))
            self.assert_refused(lambda r=record: r.sudo().create([{}]))
        for record in rows[:2]:
            self.assert_refused(lambda r=record: r.sudo().unlink())

    def test_who_may_not_decide(self):
        """Attackers who call approve: table of account → why it must fail."""
        twin_mail = self.account(
            "twin", f"{PREFIX}customer_reviewer", email=self.maker.email
        )
        late = self.account("late", f"{PREFIX}customer_reviewer")
        outsider = self.account("outsider", "base.group_user")
        portal = self.account("portal2", "base.group_portal")
        archived = self.second
        archived.active = False
        demoted = self.account("demoted", f"{PREFIX}customer_reviewer")
        self.request.with_user(self.maker).action_cancel()
        self.request = self.ask({"vat": "NEW2"})
        reviewers = self.env.ref(f"{PREFIX}customer_reviewer")
        # after the request: the maker is promoted, a listed approver loses the role,
        # a new member joins
        self.maker.group_ids |= reviewers
        demoted.group_ids -= reviewers
        new = self.account("new", f"{PREFIX}customer_reviewer")
        (late | demoted).invalidate_recordset()
        for attacker in (
            self.maker,
            self.clerk,
            self.administrator,
            twin_mail,
            new,
            demoted,
            outsider,
            portal,
            archived,
            self.env.ref("base.user_root"),
            self.account("system", "base.group_system"),
        ):
            for context in ({}, FORGED):
                with self.subTest(attacker.login):
                    self.assert_refused(
                        lambda u=attacker, c=context: call_kw(
                            self.env(user=u)["customer.change.request"],
                            "action_approve",
                            [self.request.ids],
                            {"context": c},
                        )
                    )
        self.assert_refused(
            lambda: self.request.with_user(self.maker).sudo().action_approve()
        )
        self.assert_refused(lambda: self.request.sudo().action_approve())
        late_request = self.request.with_user(late)
        late_request.action_approve()
        self.assertEqual(self.request.state, "approved")

    def test_second_account_of_the_same_contact(self):
        reviewers = f"{PREFIX}customer_reviewer"
        other = self.account("alias", reviewers)
        self.env.cr.execute(
            "UPDATE res_users SET partner_id = %s WHERE id = %s",
            [self.maker.partner_id.id, other.id],
        )
        self.env.invalidate_all()
        self.request.with_user(self.maker).action_cancel()
        self.request = self.ask({"vat": "NEW3"})
        self.assert_refused(lambda: self.request.with_user(other).action_approve())

    def test_decided_once(self):
        self.request.with_user(self.checker).action_approve()
        for user, call in (
            (self.second, "action_approve"),
            (self.checker, "action_approve"),
            (self.maker, "action_cancel"),
        ):
            with self.assertRaises(UserError):
                getattr(self.request.with_user(user), call)()
        self.assertEqual(len(self.request.decision_ids), 1)

    def test_payload_changed_under_the_approver(self):
        line = self.request.line_ids
        # given somebody with the database password rewrote what is asked for
        self.env.cr.execute(
            "UPDATE customer_change_line SET new_json = '\"EVIL\"' WHERE id = %s",
            [line.id],
        )
        self.env.invalidate_all()
        self.assert_refused(
            lambda: self.request.with_user(self.checker).action_approve()
        )
        # and its fingerprint with it
        data = line.read(["field_name", "bank_id", "old_json", "new_json"])
        vals = {n: self.request[n].id for n in ("partner_id", "company_id", "maker_id")}
        self.request._set(payload_hash=self.request._hash(vals, data))
        self.assert_refused(
            lambda: self.request.with_user(self.checker).action_approve()
        )

    def test_approver_decides_on_what_he_has_seen(self):
        verdicts = {self.request.line_ids.id: "approved"}
        self.assert_refused(
            lambda: self.request.with_user(self.checker)._decide(verdicts, "", "old")
        )

    def test_lines_of_another_request_are_not_decided_along(self):
        self.guard("credit_limit", approver_ids=[Command.set(self.second.ids)])
        other = self.ask({"credit_limit": 900})
        verdicts = dict.fromkeys((self.request | other).line_ids.ids, "approved")
        self.assert_refused(
            lambda: self.request.with_user(self.checker)._decide(verdicts)
        )
        verdicts = {self.request.line_ids.id: "pending"}
        self.assert_refused(
            lambda: self.request.with_user(self.checker)._decide(verdicts)
        )

    def test_database_refuses_self_approval(self):
        for checker in (None, self.maker.id):
            self.assert_refused(
                lambda c=checker: self.env.cr.execute(
                    "UPDATE customer_change_request SET state = 'approved',"
                    " checker_id = %s WHERE id = %s",
                    [c, self.request.id],
                )
            )

    def test_reader_does_not_close_an_overtaken_request(self):
        self.partner.vat = "SYS1"
        auditor = self.role_user("auditor")
        for user in (auditor, self.maker, self.clerk):
            with self.assertRaises(UserError):
                self.request.with_user(user).action_approve()
        self.assertEqual(self.request.state, "pending")

    def test_customer_with_a_request_is_not_deleted(self):
        self.assert_refused(lambda: self.partner.with_user(self.maker).unlink())

    def test_policy_is_the_administrators(self):
        policy = self.env["customer.change.policy"].search([])
        for user in (self.maker, self.checker, self.role_user("auditor")):
            self.assert_refused(
                lambda u=user: policy.with_user(u).write({"active": False})
            )
        policy.with_user(self.administrator).active = False
        entry = self.env["customer.audit.entry"].search(
            [("event", "=", "policy.write")], limit=1
        )
        self.assertEqual(entry.user_id, self.administrator)


@tagged("post_install", "-at_install")
class TestChangeImport(ImportCase):
    def test_a_file_asks_for_what_is_guarded(self):
        for name in ("email", "vat"):
            self.env["customer.change.policy"].create(
                {"field_id": self.env["ir.model.fields"]._get("res.partner", name).id}
            )
        self.addCleanup(self.registry.clear_cache)
        text = HEADINGS + f"T-1,Ada Ltd,{TAX_A},,a@test.cn,上海\n"
        text += f"T-2,Bo Ltd,{TAX_B},,b@test.cn,上海\n"
        requests = self.env["customer.change.request"]
        known = requests.search([])
        # when a file makes two customers, each is one request
        self.dry_run(text).action_apply()
        made = requests.search([], order="id") - known
        self.assertEqual(made.mapped("partner_id.ref"), ["T-1", "T-2"])
        self.assertEqual(made[0].line_ids.mapped("field_name"), ["email", "vat"])
        self.assertEqual(made.partner_id.mapped("city"), ["上海", "上海"])
        self.assertFalse(any(made.partner_id.mapped("vat")))
        # and once more, with another city: the free part only, nothing is asked twice
        batch = self.dry_run(text.replace("上海", "广州"))
        batch.action_apply()
        self.assertEqual(made.partner_id.mapped("city"), ["广州", "广州"])
        self.assertEqual(requests.search([]) - known, made)
        self.assertEqual(set(batch.row_ids[0].held_json), {"email", "vat"})
