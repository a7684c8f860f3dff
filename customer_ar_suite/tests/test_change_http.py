"""Four eyes over the wire: JSON-2 with an API key, and a visitor of the portal."""

import json
from datetime import timedelta

from odoo import fields, http
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .common_customers import PREFIX

MONEY = "account.group_account_invoice"


@tagged("post_install", "-at_install")
class TestChangeHttp(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.maker = cls.person("maker", f"{PREFIX}customer_clerk,{MONEY}")
        cls.checker = cls.person("checker", f"{PREFIX}customer_reviewer")
        cls.partner = cls.env["res.partner"].create(
            {
                "name": "Ada Ltd",
                "is_company": True,
                "email": "old@example.org",
                "phone": "+31101234567",
                "street": "Quay 1",
                "city": "Rotterdam",
                "zip": "3011",
                "country_id": cls.env.ref("base.nl").id,
            }
        )
        field = cls.env["ir.model.fields"]._get("res.partner", "email")
        cls.policy = cls.env["customer.change.policy"].create({"field_id": field.id})

    def setUp(self):
        super().setUp()
        self.addCleanup(self.registry.clear_cache)

    @classmethod
    def person(cls, name, groups, **values):
        login = f"ar_http_{name}"
        values.setdefault("email", f"{login}@example.org")
        return new_test_user(cls.env, login, groups, **values)

    def requests(self):
        return self.env["customer.change.request"].search(
            [("partner_id", "=", self.partner.id)]
        )

    def json2(self, user, model, method, **arguments):
        """(status, answer) of a call with an API key of ``user``."""
        keys = self.env(user=user)["res.users.apikeys"]
        key = keys.sudo()._generate(
            None, "test", fields.Datetime.now() + timedelta(days=1)
        )
        self.env.flush_all()
        response = self.url_open(
            f"/json/2/{model}/{method}",
            data=json.dumps(arguments),
            headers={
                "Authorization": f"Bearer {key}",
                "Content-Type": "application/json",
            },
        )
        self.env.invalidate_all()
        return response.status_code, response.text

    def test_write_becomes_a_request_and_the_maker_does_not_approve(self):
        forged = {"su": True, "uid": 1, "default_state": "approved"}
        status, text = self.json2(
            self.maker,
            "res.partner",
            "write",
            ids=self.partner.ids,
            vals={"email": "new@example.org", "city": "Delft"},
            context=forged,
        )
        self.assertEqual(status, 200, text)
        self.assertEqual(
            (self.partner.email, self.partner.city), ("old@example.org", "Delft")
        )
        request = self.requests()
        self.assertEqual((request.state, request.maker_id), ("pending", self.maker))
        for model, method, arguments in (
            (request._name, "action_approve", {"ids": request.ids}),
            (
                request._name,
                "write",
                {"ids": request.ids, "vals": {"state": "approved"}},
            ),
            (request._name, "_decide", {"ids": request.ids, "verdicts": {}}),
            (request._name, "_set", {"ids": request.ids, "state": "approved"}),
            (request._name, "_insert", {"vals_list": []}),
            ("customer.change.decision", "create", {"vals_list": [{}]}),
            ("customer.change.line", "unlink", {"ids": request.line_ids.ids}),
            (
                "res.partner",
                "_ar_set_approval",
                {"ids": self.partner.ids, "state": "x"},
            ),
        ):
            with self.subTest(f"{model}.{method}"), mute_logger("odoo.http"):
                status, text = self.json2(
                    self.maker, model, method, **arguments, context=forged
                )
                self.assertGreaterEqual(status, 400, text)
                self.assertEqual(request.state, "pending")
        status, text = self.json2(
            self.checker, request._name, "action_approve", ids=request.ids
        )
        self.assertEqual(status, 200, text)
        self.assertEqual(self.partner.email, "new@example.org")

    def test_visitor_of_the_portal_asks(self):
        visitor = self.person("visitor", "base.group_portal")
        visitor.partner_id.write(
            {"parent_id": False, "name": "Vis Itor", "email": "vis@example.org"}
        )
        self.partner = visitor.partner_id
        self.authenticate(visitor.login, visitor.login)
        response = self.url_open(
            "/my/address/submit",
            data={
                "csrf_token": http.Request.csrf_token(self),
                "partner_id": str(self.partner.id),
                "name": "Vis Itor",
                "email": "evil@example.org",
                "phone": "+31101234567",
                "street": "Quay 9",
                "city": "Rotterdam",
                "zipcode": "3011",
                "zip": "3011",
                "country_id": str(self.env.ref("base.nl").id),
            },
        )
        self.assertEqual(response.status_code, 200)
        self.env.invalidate_all()
        self.assertEqual(self.partner.street, "Quay 9", response.text)
        self.assertEqual(self.partner.email, "vis@example.org")
        request = self.requests()
        self.assertEqual((request.state, request.maker_id), ("pending", visitor))
        self.assertEqual(request.line_ids.new_text, "evil@example.org")
