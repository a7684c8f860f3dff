"""The API: upsert by key, per-row results, repeats, rights; the feed; both over HTTP."""

import json
import re
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from odoo import SUPERUSER_ID, api, fields
from odoo.exceptions import AccessError, ConcurrencyError, UserError
from odoo.sql_db import db_connect
from odoo.tests import BaseCase, HttpCase, get_db_name, tagged
from odoo.tools import mute_logger

from .common_import import TAX_A, TAX_B, ImportCase

DOC = Path(__file__).parents[2] / "docs" / "API.md"


class ApiCase(ImportCase):
    def customer(self, name, **values):
        return self.env["res.partner"].create(
            {"name": name, "is_company": True, "customer_rank": 1, **values}
        )

    def send(self, *rows, user=None, source="shop", **options):
        batches = self.env["customer.import.batch"].with_user(user or self.clerk)
        return batches.api_upsert(list(rows), source, options)

    def one(self, user=None, source="shop", options=None, **row):
        answer = self.send(row, user=user, source=source, **(options or {}))
        return answer["rows"][0]

    def codes(self, told):
        return [finding["code"] for finding in told["findings"]]


@tagged("post_install", "-at_install")
class TestCustomerApi(ApiCase):
    def test_created_same_updated(self):
        """A key is created once, found again, changed; the customer is the same one."""
        first = self.one(key="S1", name="Nieuw B.V.", ref="T-1", city="Hoorn")
        self.assertEqual(first["result"], "created")
        partner = self.env["res.partner"].browse(first["id"])
        self.assertEqual(
            (partner.name, partner.ref, partner.city), ("Nieuw B.V.", "T-1", "Hoorn")
        )
        again = self.one(key="S1", name="Nieuw B.V.", ref="T-1", city="Hoorn")
        self.assertEqual((again["result"], again["id"]), ("same", first["id"]))
        moved = self.one(key="S1", city="Enkhuizen")
        self.assertEqual((moved["result"], moved["id"]), ("updated", first["id"]))
        self.assertEqual((partner.city, partner.name), ("Enkhuizen", "Nieuw B.V."))
        renamed = self.one(key="S1", name="Anders B.V.", ref="T-2")
        self.assertEqual((renamed["result"], partner.ref), ("updated", "T-2"))

    def test_one_bad_row_stops_no_other(self):
        answer = self.send(
            {"key": "A", "name": "Good Ltd", "ref": "T-10"},
            {"key": "B", "name": "Bad Ltd", "email": "nobody"},
            {"key": "C", "name": "Tax Ltd", "vat": TAX_A[:-1] + "A", "country": "CN"},
        )
        results = [row["result"] for row in answer["rows"]]
        self.assertEqual(results[:2], ["created", "refused"])
        self.assertEqual(self.codes(answer["rows"][1]), ["email_not_readable"])
        self.assertIn("nobody", answer["rows"][1]["findings"][0]["text"])
        # a refused key is free
        self.assertEqual(self.one(key="B", name="Bad Ltd")["result"], "created")

    def test_texts_in_the_callers_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        batches = self.env["customer.import.batch"].with_user(self.clerk)
        rows = [{"key": "B", "name": "Bad Ltd", "email": "nobody"}]
        texts = [
            batches.with_context(lang=lang).api_upsert(rows, "shop", {"request": "L1"})[
                "rows"
            ][0]["findings"][0]["text"]
            for lang in ("en_US", "zh_CN")
        ]
        self.assertNotEqual(*texts)

    def test_linked_by_code_and_tax_id(self):
        known = self.customer("Known Ltd", ref="T-20", vat=TAX_B)
        self.assertEqual(
            self.one(key="K", ref="T-20", name="Known Ltd")["id"], known.id
        )
        # the same customer under a second key of the same system: a double over there
        second = self.one(key="K2", ref="T-20", name="Known Ltd")
        self.assertEqual((second["result"], self.codes(second)),
                         ("conflict", ["external_key_taken"]))  # fmt: skip
        other = self.one(key="X9", source="crm", ref="T-20", name="Known Ltd")
        self.assertEqual((other["result"], other["id"]), ("same", known.id))

    def test_alike_is_asked(self):
        """given the same name only, then the caller says who it is"""
        known = self.customer("Alike Ltd")
        asked = self.one(key="A", name="ALIKE LTD", city="Delft")
        self.assertEqual((asked["result"], asked["id"]), ("conflict", known.id))
        self.assertEqual(self.codes(asked), ["external_key_similar"])
        self.assertFalse(known.city)
        told = self.one(key="A", name="Alike Ltd", city="Delft", link=known.id)
        self.assertEqual((told["result"], known.city), ("updated", "Delft"))
        new = self.one(key="B", name="Alike Ltd", new=True)
        self.assertEqual(new["result"], "created")
        self.assertNotEqual(new["id"], known.id)
        # and one who only looks like somebody is not asked about where nobody searches
        known.phone = "+31 20 794 6001"
        for search, result in ((True, "conflict"), (False, "created")):
            answer = self.one(
                key="C",
                name="Alikke Ltd",
                phone=known.phone,
                options={"search_duplicates": search},
            )
            self.assertEqual(answer["result"], result)

    def test_a_key_never_becomes_another_customer(self):
        first = self.one(key="S1", name="One", ref="T-31")
        self.one(key="S2", name="Two", ref="T-32")
        crossed = self.one(key="S1", ref="T-32", city="Gent")
        self.assertEqual(self.codes(crossed), ["external_key_differs"])
        self.env["res.partner"].browse(first["id"]).active = False
        archived = self.one(key="S1", city="Gent")
        self.assertEqual(self.codes(archived), ["external_customer_archived"])

    def test_deleted_and_merged(self):
        first = self.one(key="S1", name="One", ref="T-41")
        kept = self.one(key="S2", name="Two", ref="T-42")
        links = self.env["customer.external.key"]
        link = links.search([("key", "=", "S1"), ("source", "=", "shop")])
        partner = self.env["res.partner"].browse(first["id"])
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge(
            [first["id"], kept["id"]], self.env["res.partner"].browse(kept["id"])
        )
        self.assertFalse(partner.exists())
        self.assertEqual(link.partner_id.id, kept["id"])
        link.sudo().partner_id = False
        gone = self.one(key="S1", name="One")
        self.assertEqual(self.codes(gone), ["external_key_gone"])
        link.sudo().unlink()
        self.assertEqual(self.one(key="S1", name="One again")["result"], "created")

    def test_twice_in_a_call(self):
        answer = self.send({"key": "A", "name": "A"}, {"key": " A", "name": "B"})
        self.assertEqual([row["result"] for row in answer["rows"]], ["refused"] * 2)

    def test_repeated_request(self):
        """The same request: the same answer, nothing done; with other rows: refused."""
        row = {"key": "R", "name": "Repeat Ltd", "ref": "T-50"}
        first = self.send(row, request="r-1")
        count = self.partners()
        self.assertEqual(self.send(row, request="r-1"), first)
        self.assertEqual(self.partners(), count)
        with self.assertRaisesRegex(UserError, "sent before"):
            self.send({**row, "name": "Other"}, request="r-1")

    def test_rehearsal(self):
        count = self.partners()
        answer = self.send({"key": "D", "name": "Dry Ltd"}, dry_run=True)
        self.assertEqual(answer["rows"][0]["result"], "create")
        self.assertEqual(self.partners(), count)
        self.assertFalse(self.env["customer.external.key"].search([("key", "=", "D")]))

    def test_guarded_fields_become_requests(self):
        """What the form would divert, the API diverts."""
        policy = self.env["customer.change.policy"]
        told = self.one(
            key="G", name="Guarded Ltd", ref="T-60", vat=TAX_A, country="CN"
        )
        policy.search([]).active = False
        policy.create({"field_id": self.env.ref("base.field_res_partner__vat").id})
        held = self.one(key="G", vat=TAX_B, country="CN")
        self.assertEqual((held["result"], held["held"]), ("change_request", ["vat"]))
        self.assertEqual(len(held["requests"]), 1)
        both = self.one(key="G", vat=TAX_B, city="Suzhou", country="CN")
        self.assertEqual((both["result"], both["held"]), ("updated", ["vat"]))
        partner = self.env["res.partner"].browse(told["id"])
        self.assertEqual((partner.vat, partner.city), (TAX_A, "Suzhou"))

    def test_rights(self):
        auditor = self.role_user("api_auditor", "auditor")
        with self.assertRaises(AccessError):
            self.one(user=auditor, key="A", name="A")
        with self.assertRaises(AccessError):
            self.env["customer.import.batch"].with_user(self.employee).api_changes()

    def test_calls_that_cannot_be_read(self):
        for rows, source, options in (
            ([], "shop", {}),
            ([{"key": "A"}] * 501, "shop", {}),
            ([{"name": "A"}], "shop", {}),
            (["A"], "shop", {}),
            ([{"key": "A", "name": ["x"]}], "shop", {}),
            ([{"key": "A", "name": "x" * 5001}], "shop", {}),
            ([{"key": "A", "user_ids": 1}], "shop", {}),
            ([{"key": "A", "property_account_receivable_id": 1}], "shop", {}),
            ([{"key": "A", "name": "x"}], "Shop 1", {}),
            ([{"key": "A", "name": "x"}], "shop", {"company_id": 1}),
            ([{"key": "A", "name": "x"}], "shop", {"country": "XX"}),
        ):
            with self.subTest(rows=str(rows)[:60]), self.assertRaises(UserError):
                self.env["customer.import.batch"].with_user(self.clerk).api_upsert(
                    rows, source, options
                )

    def test_internal_users_are_out_of_reach(self):
        mine = self.clerk.partner_id
        told = self.one(key="U", name="x", link=mine.id)
        self.assertEqual(self.codes(told), ["external_customer_unknown"])
        own = self.one(key="U2", name="x", link=self.env.company.partner_id.id)
        self.assertEqual(self.codes(own), ["external_customer_unknown"])

    def test_undone_like_a_file(self):
        """Each call is an import that can be looked at."""
        answer = self.send({"key": "S", "name": "Seen Ltd"}, request="seen")
        batch = self.env["customer.import.batch"].browse(answer["batch"])
        self.assertEqual((batch.step, batch.api_source), ("done", "shop"))
        self.assertEqual(batch.row_ids.external_key, "S")

    def test_five_hundred_rows(self):
        rows = [
            {"key": f"M{n}", "name": f"Many {n}", "ref": f"T-M{n}"} for n in range(500)
        ]
        answer = self.send(*rows)
        self.assertEqual(answer["counts"], {"created": 500})
        self.assertEqual(self.send(*rows)["counts"], {"same": 500})


@tagged("post_install", "-at_install")
class TestCustomerFeed(ApiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.feed = cls.env["customer.feed"]
        cls.feed._switch(True)

    def changes(self, cursor=None, limit=500, user=None, **options):
        batches = self.env["customer.import.batch"].with_user(user or self.clerk)
        return batches.api_changes(cursor, limit, **options)

    def test_off_after_installation(self):
        self.feed._switch(False)
        with self.assertRaisesRegex(UserError, "off"):
            self.changes()

    def test_all_customers_first(self):
        mine = self.customer("Sweep Ltd", ref="T-70")
        seen, cursor, more = {}, None, True
        while more:
            page = self.changes(cursor, 7)
            cursor, more = page["cursor"], page["more"]
            seen |= {change["id"]: change for change in page["changes"]}
        self.assertEqual(seen[mine.id]["values"]["ref"], "T-70")
        visible = (
            self.env["customer.import.batch"].with_user(self.clerk)._api_customers()
        )
        self.assertEqual(set(seen), set(visible.ids))

    def test_cursor_of_another_feed(self):
        for cursor in ("x.f.1.1", "1.2", "", 5, f"{self.feed._epoch()}.f.{10**17}.0"):
            with self.subTest(cursor=cursor):
                if cursor == "":
                    self.assertTrue(self.changes(cursor)["changes"])
                else:
                    with self.assertRaisesRegex(UserError, "Begin again|again"):
                        self.changes(cursor)

    def test_masked_as_on_the_form(self):
        self.customer("Masked Ltd", ref="T-71", phone="+31 20 123 4567")
        rule = self.env.ref("customer_ar_suite.customer_sensitive_field_phone")
        rule.write({"treatment": "mask"})
        self.env["customer.sensitive.field"].search([]).flush_recordset()
        page = self.changes()
        shown = {c["values"]["ref"]: c["values"]["phone"] for c in page["changes"]}
        form = (
            self.env["res.partner"].with_user(self.clerk).search([("ref", "=", "T-71")])
        )
        self.assertEqual(shown["T-71"], form.phone)


@tagged("post_install", "-at_install")
class TestFeedConnections(BaseCase):
    """Two real connections: what commits late is not lost behind a cursor."""

    def setUp(self):
        super().setUp()
        self.made = []
        with self.real() as env:
            self.was_on = bool(env["customer.feed"]._epoch())
            env["customer.feed"]._switch(True)
        self.addCleanup(self.clean)

    @contextmanager
    def real(self):
        with db_connect(get_db_name()).cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {})  # commits at the end

    def clean(self):
        with self.real() as env:
            env["customer.external.key"].search(
                [("source", "=like", "race-%")]
            ).unlink()
            env["customer.import.batch"].search(
                [("api_source", "=like", "race-%")]
            ).unlink()
            env["res.partner"].browse(self.made).exists().unlink()
            if not self.was_on:
                env["customer.feed"]._switch(False)

    def make(self, env, name):
        partner = env["res.partner"].create({"name": name, "is_company": True})
        env.flush_all()
        self.made.append(partner.id)
        return partner.id

    def read(self, cursor):
        with self.real() as env:
            return env["customer.import.batch"].api_changes(cursor, 500)

    def start(self):
        cursor, more = None, True
        while more:
            page = self.read(cursor)
            cursor, more = page["cursor"], page["more"]
        return cursor

    def test_late_commit(self):
        """given T1 begins before T2 and commits after it, then nothing of T1 is lost"""
        cursor = self.start()
        with db_connect(get_db_name()).cursor() as slow:
            late = self.make(api.Environment(slow, SUPERUSER_ID, {}), "Slow Ltd")
            with self.real() as env:
                early = self.make(env, "Quick Ltd")
            page = self.read(cursor)
            # the quick one waits, because the slow one is not over
            self.assertNotIn(late, [c["id"] for c in page["changes"]])
            cursor = page["cursor"]
        page2 = self.read(cursor)
        seen = [c["id"] for c in page["changes"] + page2["changes"]]
        self.assertEqual(
            sorted(i for i in seen if i in (late, early)), sorted((late, early))
        )

    def test_rolled_back_is_not_told(self):
        cursor = self.start()
        with db_connect(get_db_name()).cursor() as lost:
            gone = self.make(api.Environment(lost, SUPERUSER_ID, {}), "Never Ltd")
            lost.rollback()
        self.assertNotIn(gone, [c["id"] for c in self.read(cursor)["changes"]])

    def test_kinds(self):
        cursor = self.start()
        with self.real() as env:
            first, second = self.make(env, "One"), self.make(env, "Two")
        with self.real() as env:
            env["res.partner"].browse(first).write({"city": "Leiden"})
            env["res.partner"].browse(second).write({"active": False})
        told = {c["id"]: c["kind"] for c in self.read(cursor)["changes"]}
        self.assertEqual((told[first], told[second]), ("created", "archived"))
        cursor = self.start()
        with self.real() as env:
            env["res.partner"].browse(first).write({"customer_rank": 9})
        self.assertNotIn(first, [c["id"] for c in self.read(cursor)["changes"]])
        with self.real() as env:
            env["res.partner"].browse(first).write({"city": "Delft"})
            env["res.partner"].browse(second).unlink()
        told = {c["id"]: (c["kind"], c["values"] and c["values"]["city"])
                for c in self.read(cursor)["changes"]}  # fmt: skip
        self.assertEqual(told, {first: ("changed", "Delft"), second: ("deleted", None)})

    @mute_logger("odoo.sql_db")
    def test_two_calls_with_one_key(self):
        """given two calls at once, then the second is taken again and changes nothing"""
        rows, name = [{"key": "RACE", "name": f"Race {uuid4()}"}], f"race-{uuid4()}"
        with db_connect(get_db_name()).cursor() as slow:
            env = api.Environment(slow, SUPERUSER_ID, {})
            env["res.partner"].search_count([])  # the picture both start from
            with self.real() as quick:
                told = quick["customer.import.batch"].api_upsert(rows, name)
                self.made.append(told["rows"][0]["id"])
            with self.assertRaises(ConcurrencyError):
                env["customer.import.batch"].api_upsert(rows, name)
            slow.rollback()
        with self.real() as env:
            again = env["customer.import.batch"].api_upsert(rows, name)
            self.assertEqual(again["rows"][0]["result"], "same")
            self.assertEqual(again["rows"][0]["id"], told["rows"][0]["id"])


@tagged("post_install", "-at_install")
class TestApiHttp(HttpCase):
    """The examples of docs/API.md, as they stand there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = cls.env.ref("customer_ar_suite.customer_ar_suite_group_customer_clerk")
        cls.caller = cls.env["res.users"].create(
            {"name": "Shop", "login": "shop_api", "group_ids": [(4, groups.id)]}
        )
        keys = cls.env["res.users.apikeys"].with_user(cls.caller).sudo()
        until = fields.Datetime.now() + timedelta(days=1)
        cls.key = keys._generate("rpc", "shop", until)
        cls.env["customer.feed"]._switch(True)
        text = DOC.read_text(encoding="utf-8")
        cls.examples = re.findall(
            r'curl -s "\$ODOO(/json/2/\S+)".*?-d \'(.*?)\'\n```', text, re.S
        )

    def call(self, path, body, key=None):
        with mute_logger("odoo.http"):
            return self.url_open(
                path,
                data=json.dumps(body),
                headers={
                    "Authorization": f"bearer {key or self.key}",
                    "Content-Type": "application/json",
                },
            )

    def test_examples_of_the_documentation(self):
        self.assertEqual(len(self.examples), 2)
        (send, body), (ask, question) = self.examples
        body, question = json.loads(body), json.loads(question)
        answer = self.call(send, body)
        self.assertEqual(answer.status_code, 200, answer.text)
        told = answer.json()
        self.assertEqual(told["counts"], {"created": 1, "refused": 1})
        self.assertEqual(self.call(send, body).json(), told)
        seen, more = [], True
        while more:
            page = self.call(ask, question).json()
            seen += page["changes"]
            question["cursor"], more = page["cursor"], page["more"]
        mine = next(c for c in seen if c["key"] == "S-1001")
        self.assertEqual(mine["id"], told["rows"][0]["id"])
        self.assertEqual(mine["values"]["city"], "Purmerend")

    def test_language_of_the_context(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        (send, body), _question = self.examples
        body = json.loads(body)
        texts = set()
        for lang in ("en_US", "zh_CN"):
            body["context"] = {"lang": lang}
            told = self.call(send, body).json()
            texts.add(told["rows"][1]["findings"][0]["text"])
        self.assertEqual(len(texts), 2)

    def test_statuses(self):
        (send, body), _question = self.examples
        body = json.loads(body)
        self.assertEqual(self.call(send, body, key="wrong").status_code, 401)
        self.assertEqual(self.call(send, {"source": "x"}).status_code, 422)
        bad = self.call(send, {**body, "rows": [{"key": "1", "password": "x"}]})
        self.assertEqual(bad.status_code, 422)
        self.assertIn("password", bad.json()["message"])
        self.caller.group_ids = self.env.ref("base.group_user")
        self.assertEqual(self.call(send, body).status_code, 403)
