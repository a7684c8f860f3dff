"""GATE1 over HTTP: what answers from outside, asked by each role and by those without one."""

import json
import logging
import random
from collections import Counter
from datetime import timedelta
from typing import NamedTuple
from unittest.mock import patch

from passlib.context import CryptContext

from odoo import fields, http
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common_gates import CANARY, FUZZ, LOUD, ROLES, GateCase

_logger = logging.getLogger(__name__)

STRANGERS = ("nobody", "portal", "employee")
KINDS = ("none", "own", "foreign", "fuzz")
#: the ORM's writing methods and the right each of them needs
WRITES = {
    "create": "create",
    "name_create": "create",
    "copy": "create",
    "load": "create",
    "write": "write",
    "web_save": "write",
    "action_archive": "write",
    "action_unarchive": "write",
    "unlink": "unlink",
}
#: what the ORM does with records; with none of them it does nothing
ON_RECORDS = {
    *("read", "web_read", "write", "unlink", "copy", "export_data"),
    *("action_archive", "action_unarchive"),
}
SAMPLES = 200
#: a call may wait while the machine is busy
PATIENCE = 120
#: keys of this test are looked up thousands of times: what they are hashed with is cheap
QUICK_HASH = CryptContext(["pbkdf2_sha512"], pbkdf2_sha512__rounds=1)
KEY_CONTEXT = "odoo.addons.base.models.res_users.KEY_CRYPT_CONTEXT"
#: errors that mean "no"; whatever else is raised is a defect
REFUSALS = (
    "odoo.exceptions.",
    "odoo.http.SessionExpiredException",
    "werkzeug.exceptions.",
)


class Case(NamedTuple):
    """One call: who, what, with which records, with which context, by which door."""

    actor: str
    model: str
    method: str
    kind: str
    context: int
    door: str


class GateHttpCase(GateCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # the gate calls far more often than a user may log in
        cls.env["ir.config_parameter"].set_param("auth_totp.policy", "")

    def setUp(self):
        super().setUp()
        self.home, self.theirs = self.two_companies()
        self.actors = {
            name: self.actor(name, self.home) for name in (*STRANGERS[1:], *ROLES)
        }
        self.keys = {name: self.api_key(user) for name, user in self.actors.items()}
        self.contexts = ({}, *self.forged_contexts())
        self.assertGreater(self.plant_canaries(self.theirs), 50)
        self.samples = {}
        self.openers = {name: self.log_in(name) for name in (*STRANGERS, *ROLES)}

    def api_key(self, user):
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        keys = self.env["res.users.apikeys"].with_user(user).sudo()
        with patch(KEY_CONTEXT, QUICK_HASH):
            return keys._generate("rpc", "gate", tomorrow)

    def log_in(self, name):
        """A browser in which the actor is logged in; it stays so for all his calls."""
        self.session = None  # the one of the actor before is still needed
        login = self.actors[name].login if name in self.actors else None
        session = self.authenticate(login, login)
        self.addCleanup(http.root.session_store.delete, session)
        self.opener.trust_env = False  # asks the environment for proxies at each call
        return self.opener

    # -- cases ----------------------------------------------------------------------------

    def cases(self):
        """Every method × everybody × every kind of argument × every context.

        What would be asked in the same words again is left out: a method of the model with
        other ids, records of a company that has none. So is what cannot tell of the suite:
        how the ORM alone treats no records, nonsense, and keys of a context; and what comes
        with the call of somebody who is sent away at the door.
        """
        for number, (model, method) in enumerate(self.methods()):
            for kind, context in self.questions(model, method):
                door = ("call_kw", "json2")[(number + context) % 2]
                for actor in (*STRANGERS[1:], *ROLES):
                    yield Case(actor, model._name, method, kind, context, door)
            for door in ("call_kw", "json2"):
                yield Case("nobody", model._name, method, "none", 0, door)

    def questions(self, model, method):
        """(kind, context) of the calls of a method that differ."""
        is_ours, asked = self.is_ours(model, method), []
        for kind in KINDS:
            words = self.words(model, method, kind)
            if words in asked or not (is_ours or self.tells(model, method, kind)):
                continue
            asked.append(words)
            is_long = kind == "foreign" or (is_ours and kind != "fuzz")
            is_long &= not self.is_empty(model, method, kind)
            for context in range(len(self.contexts) if is_long else 1):
                yield kind, context

    def tells(self, model, method, kind):
        """Is it worth asking a method of the ORM, to which we have added nothing?"""
        return kind != "fuzz" and not self.is_empty(model, method, kind)

    def is_empty(self, model, method, kind):
        """Are there no records, though there could be some?"""
        known = self.ids(model, "own") or self.ids(model, "foreign")
        return kind == "none" and known and self.takes_records(model, method)

    def words(self, model, method, kind):
        """(records, arguments) of a call."""
        ids = self.ids(model, kind)
        fuzz = FUZZ[len(method) % len(FUZZ)] if kind == "fuzz" else None
        records = ids if self.takes_records(model, method) else None
        return records, self.keywords(model, method, ids, fuzz)

    def ids(self, model, kind):
        if (model._name, kind) not in self.samples:
            self.samples[model._name, kind] = self.ids_of(model, kind)
        return self.samples[model._name, kind]

    def ids_of(self, model, kind):
        """A record of ours or of theirs; of what belongs to no company, any."""
        company = {"own": self.home, "foreign": self.theirs}.get(kind)
        if kind == "own" and not self.company_path(model):
            return self.sample(model)
        return self.sample(model, company) if company else []

    # -- calling --------------------------------------------------------------------------

    def ask(self, case):
        """(error name or None, answer as text) of the call over HTTP."""
        records, keywords = self.words(self.env[case.model], case.method, case.kind)
        keywords["context"] = self.contexts[case.context]
        if case.door == "json2":
            return self.ask_json2(case, records, keywords)
        return self.ask_call_kw(case, records, keywords)

    def post(self, path, body, **headers):
        headers["Content-Type"] = "application/json"
        return self.url_open(path, json.dumps(body), headers=headers, timeout=PATIENCE)

    def ask_json2(self, case, records, keywords):
        body = dict(keywords)
        if records is not None:
            body["ids"] = records
        headers = {}
        if case.actor in self.keys:
            headers["Authorization"] = f"bearer {self.keys[case.actor]}"
        self.opener = self.openers["nobody"]
        answer = self.post(f"/json/2/{case.model}/{case.method}", body, **headers)
        if answer.status_code == 200:
            return None, answer.text
        return self.error_name(answer), answer.text

    def error_name(self, answer):
        try:
            return answer.json().get("name") or "?"
        except ValueError:
            return f"werkzeug.exceptions.{answer.status_code}"

    def ask_call_kw(self, case, records, keywords):
        self.opener = self.openers[case.actor]
        params = {
            "model": case.model,
            "method": case.method,
            "args": [] if records is None else [records],
            "kwargs": keywords,
        }
        path = f"/web/dataset/call_kw/{case.model}/{case.method}"
        answer = self.post(path, {"params": params})
        if answer.status_code != 200:
            return f"werkzeug.exceptions.{answer.status_code}", answer.text
        body = answer.json()
        if "error" in body:
            return body["error"]["data"]["name"], answer.text
        return None, json.dumps(body.get("result"))

    # -- judging --------------------------------------------------------------------------

    def findings(self, cases):
        """What is wrong, one line each; ``self.tally`` counts what came out."""
        self.before = self.checksum()
        self.before_theirs = self.checksum(self.theirs)
        self.tally, self.known = Counter(), self.written()
        quiet = ("odoo.addons.rpc", "odoo.addons.base.models.res_users", "werkzeug")
        savepoint = self.env.cr.savepoint()
        try:
            with mute_logger(*LOUD, *quiet):
                return [
                    found for case in cases if (found := self.finding(case, savepoint))
                ]
        finally:
            savepoint.close()

    def finding(self, case, savepoint):
        """What is wrong with one call; its traces go."""
        stolen = changed = []
        try:
            error, text = self.ask(case)
            written = self.written()
            if written != self.known and not error:
                changed = self.changed(self.before, since=self.known)
                stolen = changed and self.changed(self.before_theirs, self.theirs)
        finally:
            savepoint.rollback()
        if written != self.known and not error:  # what was remembered of it goes too
            self.env.registry.clear_all_caches()
        self.known = written
        self.tally["refused" if error else "changed" if changed else "answered"] += 1
        fault = self.fault(case, error, text, changed)
        if stolen and case.kind == "foreign":
            fault = f"changed {stolen} of another company"
        return fault and f"{case}: {fault}"

    def fault(self, case, error, text, changed):
        records = self.ids(self.env[case.model], case.kind)
        if error:
            if not records and "Expected singleton" in text:
                return None
            defect = not error.startswith(REFUSALS)
            plain = case.kind != "fuzz" and not self.parameters(
                self.env[case.model], case.method
            )
            return f"raised {error}: {text[:300]}" if defect and plain else None
        if CANARY in text:
            return "told the name of another company's record"
        # of no record the ORM tells nothing, politely
        nothing = case.method == "load" and '"ids": false' in text
        nothing |= not records and case.method in ON_RECORDS and not changed
        if case.actor in STRANGERS and not nothing:
            return f"answered: {text[:200]}"
        if changed and case.actor == "auditor":
            return f"the auditor changed {changed}"
        operation = WRITES.get(case.method)
        if changed and operation:
            user = self.actors[case.actor]
            if not self.env[case.model].with_user(user).has_access(operation):
                return f"changed {changed} without the right to {operation}"
        return None


@tagged("post_install", "-at_install")
class TestGateHttp(GateHttpCase):
    def test_sample_of_all_calls(self):
        everything = list(self.cases())
        cases = random.Random(20261121).sample(everything, SAMPLES)
        found = self.findings(cases)
        self.assertFalse(found, "\n".join(found))
        # the sample is not one of refusals alone, nor of answers alone
        self.assertGreater(self.tally["refused"], SAMPLES / 4)
        self.assertGreater(self.tally["answered"] + self.tally["changed"], 5)
        # and whoever has the right gets an answer through both doors
        for door in ("call_kw", "json2"):
            case = Case("collector", "ar.statement", "search_read", "own", 0, door)
            error, text = self.ask(case)
            self.assertFalse(error, text)


@tagged("post_install", "-at_install", "-standard", "long_gates")
class TestGateHttpWhole(GateHttpCase):
    def test_every_call(self):
        cases = self.shard(self.cases())
        found = self.findings(cases)
        methods = {(case.model, case.method) for case in cases}
        _logger.info("%s calls of %s methods", len(cases), len(methods))
        _logger.info("%s; %s findings", dict(self.tally), len(found))
        self.assertFalse(found, "\n".join(found))
        self.assertTrue(self.tally["refused"])
