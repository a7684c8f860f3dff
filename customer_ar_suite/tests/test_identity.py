"""Proof of identity before sensitive actions: over HTTP with a session, and without one."""

import base64
import hashlib
import json
import time
from contextlib import contextmanager
from unittest.mock import patch
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from odoo import fields
from odoo.exceptions import RedirectWarning, UserError
from odoo.fields import Command
from odoo.http import root
from odoo.tests import JsonRpcException, new_test_user, tagged
from odoo.tests.common import HttpCase
from odoo.tools import mute_logger

from ..identity import ar_identity_required
from .common_customers import PREFIX

LOUD = ("odoo.http", "odoo.addons.base.models.res_users", "odoo.addons.rpc.controllers")
CHECK = "res.users.identitycheck"


def plain(data):
    """Bytes as WebAuthn writes them in JSON."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


class Authenticator:
    """A passkey: signs what a server asks, as the chip of a phone would."""

    def __init__(self, origin):
        self.origin, self.count = origin, 0
        self.id = plain(hashlib.sha256(origin.encode()).digest())
        self.key = ec.generate_private_key(ec.SECP256R1())

    @property
    def public_key(self):
        """The key as COSE writes it: elliptic curve P-256, x and y."""
        numbers = self.key.public_key().public_numbers()
        x, y = (number.to_bytes(32, "big") for number in (numbers.x, numbers.y))
        head = bytes.fromhex("a5010203262001215820")
        return plain(head + x + bytes.fromhex("225820") + y)

    def sign(self, challenge, is_verified=True):
        """The answer to a challenge; ``is_verified``: the finger was on the sensor."""
        self.count += 1
        host = urlsplit(self.origin).hostname.encode()
        flags = bytes([0b101 if is_verified else 0b001])
        data = hashlib.sha256(host).digest() + flags + self.count.to_bytes(4, "big")
        client = json.dumps(
            {
                "type": "webauthn.get",
                "challenge": challenge,
                "origin": self.origin,
                "crossOrigin": False,
            }
        ).encode()
        signed = data + hashlib.sha256(client).digest()
        return json.dumps(
            {
                "id": self.id,
                "rawId": self.id,
                "type": "public-key",
                "clientExtensionResults": {},
                "response": {
                    "authenticatorData": plain(data),
                    "clientDataJSON": plain(client),
                    "signature": plain(self.key.sign(signed, ec.ECDSA(SHA256()))),
                },
            }
        )


class IdentityCase(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.maker = cls.account("maker", f"{PREFIX}customer_clerk")
        cls.checker = cls.account("checker", f"{PREFIX}customer_reviewer")
        cls.partner = cls.env["res.partner"].create({"name": "Ada", "vat": "OLD"})
        field = cls.env["ir.model.fields"]._get("res.partner", "vat")
        cls.env["customer.change.policy"].create({"field_id": field.id})

    @classmethod
    def account(cls, name, groups, **values):
        values.setdefault("email", f"{name}@identity.example")
        return new_test_user(cls.env, f"ar_id_{name}", groups, **values)

    def setUp(self):
        super().setUp()
        self.addCleanup(self.registry.clear_cache)

    def rule(self, code, scope="everywhere", companies=()):
        rule = self.env["ar.identity.rule"].search([("code", "=", code)])
        rule.write({"scope": scope, "company_ids": [Command.set(list(companies))]})
        return rule

    def log_in(self, user, checked=None):
        """A session of the browser; ``checked``: when its user last proved who he is."""
        extra = {} if checked is None else {"identity-check-last": checked}
        self.authenticate(user.login, user.login, session_extra=extra)

    def call(self, model, method, ids, **context):
        """A click: what the web client asks, with the cookie of the session."""
        return self.make_jsonrpc_request(
            f"/web/dataset/call_kw/{model}/{method}",
            {
                "model": model,
                "method": method,
                "args": [ids],
                "kwargs": {"context": context},
            },
        )

    def refused(self):
        return mute_logger(*LOUD), self.assertRaises(JsonRpcException)

    def confirm(self, dialog, secret, user=None):
        return self.call(CHECK, "run_check", [dialog["res_id"]], password=secret)

    def change(self, value="NEW"):
        """A request that waits for the checker."""
        self.partner.with_user(self.maker).write({"vat": value})
        return self.env["customer.change.request"].search([], limit=1)

    def entries(self, event):
        return self.env["customer.audit.entry"].search([("event", "=", event)])


@tagged("post_install", "-at_install")
class TestIdentity(IdentityCase):
    def test_shipped_off_but_for_deletions(self):
        rules = self.env["ar.identity.rule"].search([])
        on = rules.filtered(lambda rule: rule.scope != "off")
        self.assertEqual(on.mapped("code"), ["closing_approve"])
        self.assertGreater(len(rules), 5)

    def test_off_asks_nothing(self):
        request = self.change()
        self.log_in(self.checker)
        self.assertTrue(self.call(request._name, "action_approve", request.ids))
        self.assertEqual((request.state, self.partner.vat), ("approved", "NEW"))

    def test_password_is_asked_and_then_it_is_done(self):
        self.rule("change_approve")
        request = self.change()
        self.log_in(self.checker)
        # when the button is pressed, whatever the client says in its context
        for context in (
            {},
            {"password": self.checker.login, "identity-check-last": 9e9},
        ):
            dialog = self.call(request._name, "action_approve", request.ids, **context)
            # then a dialog comes, and nothing is decided
            self.assertEqual(dialog["res_model"], CHECK)
            self.assertEqual(request.state, "pending")
        # a wrong password decides nothing either
        muted, raised = self.refused()
        with muted, raised:
            self.confirm(dialog, "wrong")
        self.env.invalidate_all()
        self.assertEqual(request.state, "pending")
        # the right one does what was asked for, and it is logged
        self.assertTrue(self.confirm(dialog, self.checker.login))
        self.env.invalidate_all()
        self.assertEqual((request.state, self.partner.vat), ("approved", "NEW"))
        entry = self.entries("identity.confirmed")
        self.assertRecordValues(
            entry, [{"res_id": request.id, "user_id": self.checker.id}]
        )
        # and holds for some minutes
        second = self.change("NEWER")
        self.assertIs(self.call(second._name, "action_approve", second.ids), True)
        self.env.invalidate_all()
        self.assertEqual(second.state, "approved")

    def test_a_proof_grows_old(self):
        self.rule("change_approve")
        request = self.change()
        self.log_in(self.checker, checked=time.time() - 601)
        dialog = self.call(request._name, "action_approve", request.ids)
        self.assertEqual(dialog["res_model"], CHECK)
        self.log_in(self.checker, checked=time.time() - 590)
        self.assertIs(self.call(request._name, "action_approve", request.ids), True)

    def test_the_dialog_of_somebody_else_is_of_no_use(self):
        self.rule("change_approve")
        request = self.change()
        self.log_in(self.maker)
        dialog = self.call(request._name, "action_approve", request.ids)
        self.log_in(self.checker)
        muted, raised = self.refused()
        with muted, raised:
            self.confirm(dialog, self.checker.login)
        # and the maker who confirms himself is still the maker
        self.log_in(self.maker)
        muted, raised = self.refused()
        with muted, raised:
            self.confirm(dialog, self.maker.login)
        self.env.invalidate_all()
        self.assertEqual(request.state, "pending")

    def test_decisions_in_the_dialog_of_a_request_too(self):
        self.rule("change_approve")
        request = self.change()
        self.log_in(self.checker)
        action = self.call(request._name, "action_review", request.ids)
        review = action["res_model"], [action["res_id"]]
        dialog = self.call(review[0], "action_confirm", review[1])
        self.assertEqual(dialog["res_model"], CHECK)
        self.assertEqual(request.state, "pending")
        self.confirm(dialog, self.checker.login)
        self.env.invalidate_all()
        self.assertEqual(request.state, "approved")

    def test_interfaces_are_refused(self):
        """JSON-2 with a key, XML-RPC with a password: no dialog there, so no action."""
        self.rule("change_approve")
        request = self.change()
        inf = fields.Datetime.add(fields.Datetime.now(), days=1)
        keys = self.env["res.users.apikeys"].with_user(self.checker)
        key = keys._generate("rpc", "test", inf)
        with mute_logger(*LOUD):
            answer = self.url_open(
                f"/json/2/{request._name}/action_approve",
                data=json.dumps({"ids": request.ids}),
                headers={
                    "Authorization": f"bearer {key}",
                    "Content-Type": "application/json",
                },
            )
        self.assertEqual(answer.status_code, 422)
        self.assertIn("not available to interfaces", answer.json()["message"])
        rpc = self.xmlrpc_object.execute_kw
        with mute_logger(*LOUD), self.assertRaisesRegex(Exception, "interfaces"):
            rpc(
                self.env.cr.dbname,
                self.checker.id,
                self.checker.login,
                request._name,
                "action_approve",
                [request.ids],
            )
        # nor do jobs, which have no session either
        with self.assertRaisesRegex(UserError, "interfaces and jobs"):
            request.with_user(self.checker).action_approve()
        self.env.invalidate_all()
        self.assertEqual(request.state, "pending")

    def test_the_company_of_the_record_counts_not_that_of_the_client(self):
        ours = self.env.company
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.checker.company_ids += other
        self.rule("change_approve", "companies", ours.ids)
        request = self.change()
        self.assertEqual(request.company_id, ours)
        self.log_in(self.checker)
        dialog = self.call(
            request._name,
            "action_approve",
            request.ids,
            allowed_company_ids=[other.id, ours.id],
        )
        self.assertEqual(dialog["res_model"], CHECK)
        self.rule("change_approve", "companies", other.ids)
        self.assertIs(self.call(request._name, "action_approve", request.ids), True)

    def test_an_action_without_a_rule_is_checked(self):
        rules = self.env["ar.identity.rule"]
        self.assertTrue(rules._is_demanded("unheard_of", self.env.company))
        self.rule("undo").unlink()
        self.assertTrue(rules._is_demanded("undo", self.env.company))

    def test_rules_and_policies_themselves(self):
        """Switching a check off needs the check."""
        rule = self.rule("policy")
        administrator = self.account("administrator", f"{PREFIX}administrator")
        policies = self.env["customer.change.policy"].with_user(administrator)
        policy = policies.search([], limit=1)
        grants = self.env["customer.category.grant"].with_user(administrator)
        dimension = self.env["customer.dimension"].search([], limit=1)
        grant = {"user_id": self.maker.id, "dimension_id": dimension.id}
        for change in (
            lambda: rule.with_user(administrator).write({"scope": "off"}),
            lambda: policy.write({"approver_count": 2}),
            lambda: policy.write({"active": False}),
            policy.unlink,
            policy.copy,
            lambda: grants.create(grant),
        ):
            with (
                patch.object(type(rule), "_is_confirmed", lambda self: False),
                self.assertRaises(RedirectWarning),
                self.env.cr.savepoint(),
            ):
                change()
        self.log_in(administrator, checked=time.time())
        self.make_jsonrpc_request(
            "/web/dataset/call_kw/ar.identity.rule/write",
            {
                "model": rule._name,
                "method": "write",
                "args": [rule.ids, {"scope": "off"}],
                "kwargs": {},
            },
        )
        self.env.invalidate_all()
        self.assertEqual(rule.scope, "off")
        self.assertTrue(self.entries("identity.write"))

    def test_the_button_of_the_message_confirms(self):
        administrator = self.account("administrator", f"{PREFIX}administrator")
        self.log_in(administrator)
        action = self.env.ref("customer_ar_suite.ar_identity_rule_confirm")
        dialog = self.make_jsonrpc_request(
            "/web/action/run", {"action_id": action.id, "context": {}}
        )
        self.assertEqual(dialog["res_model"], CHECK)
        self.confirm(dialog, administrator.login)
        session = root.session_store.get(self.session.sid)
        self.assertGreater(session["identity-check-last"], time.time() - 60)

    def test_authenticator_code(self):
        from odoo.addons.auth_totp.models.totp import (
            TOTP,
            hotp,
        )

        self.rule("change_approve")
        request = self.change()
        secret = b"twenty bytes secret."
        self.checker.sudo().totp_secret = base64.b32encode(secret).decode()
        code = f"{hotp(secret, int(time.time() / 30)):06}"
        self.assertIsNotNone(TOTP(secret).match(int(code)))
        self.log_in(self.checker)
        dialog = self.call(request._name, "action_approve", request.ids)
        check = self.env[CHECK].browse(dialog["res_id"])
        self.assertTrue(check.with_user(self.checker).has_totp)
        check.use_totp = True
        self.env.flush_all()
        for wrong in (
            "",
            "abcdef",
            self.checker.login,
            f"{(int(code) + 7) % 10**6:06}",
        ):
            muted, raised = self.refused()
            with muted, raised:
                self.confirm(dialog, wrong)
        self.assertTrue(self.confirm(dialog, f"{code[:3]} {code[3:]}"))
        self.env.invalidate_all()
        self.assertEqual(request.state, "approved")
        # who has no app cannot use its codes
        self.maker.sudo().password = "none"
        self.assertFalse(self.env[CHECK].with_user(self.maker).create({}).has_totp)

    def test_passkey(self):
        # given an approver with a passkey
        parts = urlsplit(self.env["auth.passkey.key"].get_base_url())
        phone = Authenticator(f"{parts.scheme}://{parts.netloc}")
        self.give(self.checker, phone)
        self.rule("change_approve")
        request = self.change()
        self.log_in(self.checker)
        # when he approves
        dialog = self.call(request._name, "action_approve", request.ids)
        # then the dialog asks for the passkey
        check = self.env[CHECK].browse(dialog["res_id"])
        self.assertEqual(check.auth_method, "webauthn")
        # and no other key, no old challenge, no missing finger, no password will do
        thief = Authenticator(phone.origin)
        old = phone.sign(self.challenge())
        self.challenge()
        for wrong in (
            thief.sign(self.challenge()),
            old,
            phone.sign(self.challenge(), is_verified=False),
        ):
            muted, raised = self.refused()
            with muted, raised:
                self.confirm(dialog, wrong)
            self.env.invalidate_all()
            self.assertEqual(request.state, "pending")
        # the right one approves at once
        self.assertTrue(self.confirm(dialog, phone.sign(self.challenge())))
        self.env.invalidate_all()
        self.assertEqual(request.state, "approved")
        self.assertEqual(self.entries("identity.confirmed").res_id, request.id)

    def give(self, user, phone):
        """Register the passkey; Odoo's own dialog needs the browser's."""
        key = (
            self.env["auth.passkey.key"]
            .with_user(user)
            .sudo()
            .create({"name": "Phone", "credential_identifier": phone.id})
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE auth_passkey_key SET public_key = %s WHERE id = %s",
            [phone.public_key, key.id],
        )
        self.env.invalidate_all()
        self.registry.clear_cache()

    def challenge(self):
        """What the browser is asked to sign."""
        return self.make_jsonrpc_request("/auth/passkey/start-auth", {})["challenge"]

    def test_a_message_closes_the_dialog(self):
        """What answers with a notification would leave the dialog open."""
        self.log_in(self.checker)
        notification = {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"message": "x"},
        }
        self.rule("change_approve")
        request = self.change()
        dialog = self.call(request._name, "action_approve", request.ids)
        with self.told(notification):
            action = self.confirm(dialog, self.checker.login)
        self.assertEqual(
            action["params"]["next"]["type"], "ir.actions.act_window_close"
        )

    @contextmanager
    def told(self, action):
        method = ar_identity_required("change_approve", "company_id")(
            lambda records: dict(action)
        )
        model = type(self.env["customer.change.request"])
        with patch.object(model, "action_approve", method):
            yield
