"""Until when a tombstone tells who the customer was, and what is left of it then."""

import json
from datetime import date

import psycopg2

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common_closing import ClosingCase

#: what is left of a tombstone; everything else is the customer's
LEFT = {
    "kind",
    "maker_id",
    "requested_at",
    "approver_id",
    "approved_at",
    "former_id",
    "digest",
    "request_id",
    "at",
}


@tagged("post_install", "-at_install")
class TestTombstoneRetention(ClosingCase):
    def setUp(self):
        super().setUp()
        with freeze_time("2026-07-01 08:00:00"):
            request = self.ask("delete")
            self.approve(request)
        self.request = request
        self.stone = self.stones(request)

    def register(self, **values):
        """The row of the register for tombstones, as an administrator writes it."""
        rows = self.env["customer.privacy.purpose"].search(
            [("kept_kind", "=", "tombstone")]
        )
        self.assertTrue(rows)
        rows.write(values)
        return rows

    def collect(self, day):
        with freeze_time(f"{day} 12:00:00"):
            self.env["customer.tombstone"]._gc_over()
        self.env.invalidate_all()

    def texts(self):
        """What the database knows of the customer in tombstone, request and their log."""
        self.env.flush_all()
        self.env.cr.execute(
            """SELECT row::text FROM customer_tombstone row WHERE id = %(stone)s
               UNION ALL
               SELECT row::text FROM customer_closing_request row WHERE id = %(request)s
               UNION ALL
               SELECT row::text FROM customer_audit_entry row
                WHERE model IN ('customer.closing.request', 'customer.tombstone')
                  AND res_id IN (%(stone)s, %(request)s)""",
            {"stone": self.stone.id, "request": self.request.id},
        )
        return "\n".join(text for (text,) in self.env.cr.fetchall())

    def test_kept_as_long_as_the_register_says(self):
        self.register(retention_years=3)
        # three years after the end of the fiscal year of 1 July 2026
        self.assertEqual(self.stone.keep_until, date(2029, 12, 31))
        before = self.stone.read(LEFT, load="")[0]
        self.collect("2029-12-31")
        self.assertEqual(self.stone.customer_name, "Ada Ltd")
        self.assertIn("Ada Byron", self.stone.content_html)
        self.collect("2030-01-01")
        self.assertEqual(self.stone.emptied_on, date(2030, 1, 1))
        found = self.texts()
        for text in ("Ada", "OLD1", "a@ada.example", "Out of business"):
            self.assertNotIn(text, found)
        # who decided, when, and the fingerprint of what was there stay
        self.assertEqual(self.stone.read(LEFT, load="")[0], before)
        self.assertTrue(self.stone.is_intact)
        self.assertFalse(self.stone.content_html)
        self.assertEqual(self.stone.display_name, f"Tombstone {self.stone.id}")
        entry = self.env["customer.audit.entry"].search(
            [("model", "=", "customer.tombstone"), ("res_id", "=", self.stone.id)]
        )
        self.assertEqual(entry.mapped("event"), ["tombstone.empty"])
        # once more changes nothing
        self.collect("2031-01-01")
        self.assertEqual(self.stone.emptied_on, date(2030, 1, 1))

    def test_kept_for_good_where_the_register_says_nothing(self):
        self.register(active=False)
        self.assertFalse(self.stone.keep_until)
        self.collect("2099-01-01")
        self.assertEqual(self.stone.customer_name, "Ada Ltd")

    def test_the_longer_period_of_a_country_counts(self):
        self.register().copy(
            {
                "retention_years": 10,
                "country_ids": [(6, 0, self.company.country_id.ids)],
            }
        )
        self.assertEqual(self.stone.keep_until, date(2036, 12, 31))

    def test_nothing_else_is_changed_by_nobody(self):
        emptied = (
            "emptied_on = now(), content = NULL, reason = NULL, customer_name = NULL,"
            " customer_ref = NULL, customer_vat = NULL"
        )
        for change in (
            f"{emptied}, digest = 'x'",
            f"{emptied}, approver_id = {self.second.id}",
            f"{emptied}, at = now()",
            emptied.replace("content = NULL", "content = '{}'"),
            "emptied_on = now()",
            "content = '{}'",
        ):
            with (
                self.subTest(change),
                mute_logger("odoo.sql_db"),
                self.assertRaisesRegex(psycopg2.Error, "append-only"),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(f"UPDATE customer_tombstone SET {change}")
        for user in (self.auditor, self.administrator, self.root):
            with self.assertRaises(AccessError), mute_logger("odoo.orm.models"):
                self.stone.with_user(user).write({"emptied_on": "2026-01-01"})
        # and what was emptied is not filled again
        self.stone._empty()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(psycopg2.Error, "append-only"),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute("UPDATE customer_tombstone SET customer_name = 'x'")

    def test_a_contact_person_who_asks(self):
        """The sweep finds the tombstone; an erasure says until when it is kept."""
        other = self.new_customer("Bea Ltd")
        jo, flo = self.env["res.partner"].create(
            [
                {"name": name, "parent_id": other.id, "email": f"{name}@bea.example"}
                for name in ("Jo", "Flo")
            ]
        )
        with freeze_time("2026-07-01 08:00:00"):
            request = self.ask("close", other)
            self.approve(request)
        stone = self.stones(request)
        found = self.env["customer.privacy.sweep"]._find(jo)["customer.tombstone"]
        self.assertEqual(found.ids, (stone.id,))
        # it tells of others, too: its texts are not handed out
        self.assertFalse(found.own)
        plan = self.env["customer.privacy.plan"]
        (step,) = [
            one
            for one in plan._plan(jo, date(2027, 1, 1))
            if one.model == "customer.tombstone"
        ]
        self.assertEqual(
            (step.treatment, step.until, step.why),
            ("keep", date(2029, 12, 31), "tombstone"),
        )
        (late,) = [
            one
            for one in plan._plan(jo, date(2030, 1, 1))
            if one.model == "customer.tombstone"
        ]
        self.assertEqual((late.treatment, late.ids), ("redact", (stone.id,)))
        stone._ar_privacy_redact(stone.ids, None, "P-1")
        self.env.invalidate_all()
        self.assertFalse(stone.content)
        self.assertFalse(
            self.env["customer.privacy.sweep"]._find(flo).get("customer.tombstone")
        )

    def test_what_is_kept_is_canonical(self):
        self.assertEqual(
            json.loads(self.stone.content)["approvals"][0]["verdict"], "approved"
        )
