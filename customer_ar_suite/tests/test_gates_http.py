"""GATE1 over HTTP: what answers from outside, asked by each role and by those without one."""

import json
import random
from collections import Counter
from datetime import timedelta
from typing import NamedTuple

from odoo import fields
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common_gates import CANARY, FUZZ, LOUD, ROLES, GateCase

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

    def api_key(self, user):
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        keys = self.env["res.users.apikeys"].with_user(user).sudo()
        return keys._generate("rpc", "gate", tomorrow)

    # -- cases ----------------------------------------------------------------------------

    def cases(self):
        """Every method × everybody × every kind of argument × every context."""
        for number, (model, method) in enumerate(self.methods()):
            for actor in (*STRANGERS, *ROLES):
                for kind in KINDS:
                    tricks = range(len(self.contexts)) if kind != "fuzz" else (0,)
                    for context in tricks:
                        door = ("call_kw", "json2")[(number + context) % 2]
                        yield Case(actor, model._name, method, kind, context, door)

    def ids(self, model, kind):
        if (model._name, kind) not in self.samples:
            company = {"own": self.home, "foreign": self.theirs}.get(kind)
            found = self.sample(model, company) if company else []
            self.samples[model._name, kind] = found
        return self.samples[model._name, kind]

    # -- calling --------------------------------------------------------------------------

    def ask(self, case):
        """(error name or None, answer as text) of the call over HTTP."""
        model = self.env[case.model]
        ids = self.ids(model, case.kind)
        fuzz = FUZZ[len(case.method) % len(FUZZ)] if case.kind == "fuzz" else None
        keywords = self.keywords(model, case.method, ids, fuzz)
        keywords["context"] = self.contexts[case.context]
        records = ids if self.takes_records(model, case.method) else None
        if case.door == "json2":
            return self.ask_json2(case, records, keywords)
        return self.ask_call_kw(case, records, keywords)

    def ask_json2(self, case, records, keywords):
        body = dict(keywords)
        if records is not None:
            body["ids"] = records
        headers = {"Content-Type": "application/json"}
        if case.actor in self.keys:
            headers["Authorization"] = f"bearer {self.keys[case.actor]}"
        self.authenticate(None, None)
        answer = self.url_open(
            f"/json/2/{case.model}/{case.method}", json.dumps(body), headers=headers
        )
        if answer.status_code == 200:
            return None, answer.text
        return self.error_name(answer), answer.text

    def error_name(self, answer):
        try:
            return answer.json().get("name") or "?"
        except ValueError:
            return f"werkzeug.exceptions.{answer.status_code}"

    def ask_call_kw(self, case, records, keywords):
        user = self.actors.get(case.actor)
        self.authenticate(user and user.login, user and user.login)
        params = {
            "model": case.model,
            "method": case.method,
            "args": [] if records is None else [records],
            "kwargs": keywords,
        }
        answer = self.url_open(
            f"/web/dataset/call_kw/{case.model}/{case.method}",
            json.dumps({"params": params}),
            headers={"Content-Type": "application/json"},
        )
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
        self.tally = Counter()
        return [found for case in cases if (found := self.finding(case))]

    def finding(self, case):
        with mute_logger(*LOUD, "odoo.addons.rpc", "odoo.addons.base.models.res_users"):
            savepoint, written = self.env.cr.savepoint(), self.written()
            try:
                error, text = self.ask(case)
                self.env.invalidate_all()
                changed = not error and self.changed(self.before, since=written)
                stolen = changed and self.changed(self.before_theirs, self.theirs)
            finally:
                savepoint.close()
                self.env.invalidate_all()
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
        found = self.findings(self.shard(self.cases()))
        self.assertFalse(found, "\n".join(found))
        self.assertTrue(self.tally["refused"])
