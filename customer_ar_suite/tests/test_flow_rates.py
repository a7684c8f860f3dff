"""Imported exchange rates: preview, apply, by hand, undo, rights; the central bank."""

import base64
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ..engine.rate_file.tables import Reading
from ..models.ar_rate_fetch import ArRateImport
from .common import ArCommon, date

TEXT = "Date,Currency,Rate\n2026-06-30,EUR,0.9\n2026-06-29,EUR,0.8\n2026-06-30,XAU,1\n"
ECB = """<?xml version="1.0"?><gesmes:Envelope xmlns:gesmes="g" xmlns="x"><Cube>
<Cube time='2026-06-29'><Cube currency='USD' rate='1.25'/><Cube currency='GBP' rate='0.5'/>
</Cube></Cube></gesmes:Envelope>"""


@tagged("post_install", "-at_install")
class TestRates(ArCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.eur = cls.foreign_currency("EUR", rates=(("2026-06-01", 0.8),))
        cls.admin = cls.user_with("administrator", login="rate_admin")
        cls.accountant = cls.user_with("ar_accountant", login="rate_accountant")
        cls.rates = cls.env["res.currency.rate"]

    def stage(self, text=TEXT, user=None, **reading):
        imports = self.env["ar.rate.import"].with_user(user or self.admin)
        return imports._stage(
            "rates.csv",
            text.encode(),
            self.company,
            Reading(self.company.currency_id.name, **reading),
        )

    def rate_of(self, day, currency=None):
        return self.rates.search(
            [
                ("currency_id", "=", (currency or self.eur).id),
                ("company_id", "=", self.company.id),
                ("name", "=", day),
            ]
        )

    def statuses(self, staged):
        return {
            (line.currency_code, str(line.date)): line.status
            for line in staged.line_ids
        }

    def test_nothing_is_written_before_it_is_applied(self):
        staged = self.stage()
        self.assertEqual(
            self.statuses(staged),
            {
                ("EUR", "2026-06-30"): "new",
                ("EUR", "2026-06-29"): "new",
                ("XAU", "2026-06-30"): "unknown",
            },
        )
        self.assertEqual((staged.new_count, staged.problem_count), (2, 1))
        self.assertFalse(self.rate_of("2026-06-30"))
        staged.action_apply()
        rate = self.rate_of("2026-06-30")
        self.assertAlmostEqual(rate.rate, 0.9)
        self.assertEqual((rate.ar_origin, staged.state), ("file", "applied"))
        self.assertTrue(rate.ar_imported_at)
        self.assertEqual(staged.applied_by_id, self.admin)

    def test_through_the_upload_dialog(self):
        form = Form(self.env["ar.rate.import.upload"].with_user(self.accountant))
        form.file_data = base64.b64encode(
            "日期,货币对,中间价\n2026-06-30,EUR/USD,1.25\n".encode("gb18030")
        )
        action = form.save().action_stage()
        staged = self.env["ar.rate.import"].browse(action["res_id"])
        self.assertAlmostEqual(staged.line_ids.inverse_rate, 1.25)
        self.assertAlmostEqual(staged.line_ids.rate, 0.8)

    def test_by_hand_is_not_overwritten_unless_ticked(self):
        by_hand = self.rates.create(
            {
                "name": "2026-06-30",
                "rate": 0.85,
                "currency_id": self.eur.id,
                "company_id": self.company.id,
            }
        )
        self.assertEqual(by_hand.ar_origin, "manual")
        staged = self.stage()
        self.assertEqual(self.statuses(staged)["EUR", "2026-06-30"], "manual")
        staged.action_apply()
        self.assertAlmostEqual(by_hand.rate, 0.85)
        # the same file once more, and now it is ticked
        again = self.stage()
        self.assertEqual(self.statuses(again)["EUR", "2026-06-29"], "same")
        line = again.line_ids.filtered(lambda one: one.status == "manual")
        line.with_user(self.admin).is_chosen = True
        again.action_apply()
        self.assertAlmostEqual(by_hand.rate, 0.9)
        self.assertEqual(by_hand.ar_origin, "file")
        # and undone
        again.action_undo()
        self.assertAlmostEqual(by_hand.rate, 0.85)
        self.assertEqual(by_hand.ar_origin, "manual")
        # the first import is still there
        self.assertAlmostEqual(self.rate_of("2026-06-29").rate, 0.8)

    def test_undo_leaves_what_somebody_changed_since(self):
        staged = self.stage()
        staged.action_apply()
        self.rate_of("2026-06-30").rate = 0.77
        self.assertEqual(self.rate_of("2026-06-30").ar_origin, "manual")
        staged.action_undo()
        self.assertAlmostEqual(self.rate_of("2026-06-30").rate, 0.77)
        self.assertFalse(self.rate_of("2026-06-29"))
        self.assertEqual(staged.state, "undone")
        self.assertIn("06/30/2026", staged.fault_text)

    def test_what_came_by_hand_since_the_preview_is_asked_about(self):
        staged = self.stage()
        self.rates.create(
            {
                "name": "2026-06-30",
                "rate": 0.85,
                "currency_id": self.eur.id,
                "company_id": self.company.id,
            }
        )
        staged.action_apply()
        self.assertAlmostEqual(self.rate_of("2026-06-30").rate, 0.85)

    def test_imported_rates_are_replaced_by_later_imports(self):
        self.stage().action_apply()
        later = self.stage("Date,Currency,Rate\n2026-06-30,EUR,0.95\n")
        self.assertEqual(set(self.statuses(later).values()), {"replace"})
        later.action_apply()
        self.assertAlmostEqual(self.rate_of("2026-06-30").rate, 0.95)

    def test_a_slip_of_the_pen_is_not_ticked(self):
        staged = self.stage("Date,Currency,Rate\n2026-06-30,EUR,9.0\n")
        self.assertEqual(staged.jump_count, 1)
        with self.assertRaises(UserError):
            staged.action_apply()

    def test_bad_files_say_what_is_wrong(self):
        for text, part in (
            ("Name,City\nA,B\n", "no file of exchange rates"),
            ("<?xml version='1.0'?><!DOCTYPE a []><a/>", "DTD"),
        ):
            with self.assertRaises(UserError) as caught:
                self.stage(text)
            self.assertIn(part.lower(), str(caught.exception).lower())
        staged = self.stage("Date,Currency,Rate\n2026-06-30,EUR,abc\n")
        self.assertIn("Row 2", staged.fault_text)

    def test_rights(self):
        staged = self.stage(user=self.accountant)
        staged.action_check()
        with self.assertRaises(AccessError):
            staged.action_apply()
        with self.assertRaises(AccessError):
            staged.write({"state": "applied"})
        line = staged.line_ids[0]
        line.write({"rate_text": "5", "is_chosen": False})
        self.assertNotEqual(line.rate_text, "5")
        with self.assertRaises(AccessError):
            self.stage(user=self.user_with("customer_clerk")).read(["name"])
        for step in ("action_undo", "action_fetch", "action_choose_manual"):
            with self.assertRaises(AccessError):
                getattr(staged, step)()
        staged.action_cancel()
        with self.assertRaises(UserError):
            staged.with_user(self.admin).action_apply()

    def test_nobody_says_where_a_rate_comes_from(self):
        rate = self.rates.create(
            {
                "name": "2026-06-15",
                "rate": 0.7,
                "currency_id": self.eur.id,
                "company_id": self.company.id,
                "ar_origin": "ecb",
            }
        )
        self.assertEqual(rate.ar_origin, "manual")
        rate.write({"ar_origin": "file"})
        self.assertEqual(rate.ar_origin, "manual")

    # -- the central bank -----------------------------------------------------------------

    def test_the_central_bank_is_off_by_default(self):
        self.assertEqual(self.company.ar_rate_source, "none")
        cron = self.env.ref("customer_ar_suite.ar_rate_import_cron")
        self.assertFalse(cron.active)
        with patch.object(ArRateImport, "_fetch_ecb") as fetch:
            self.env["res.company"].search([]).ar_rate_source = "none"
            self.env["ar.rate.import"]._cron_fetch()
            fetch.assert_not_called()
            with self.assertRaises(UserError):
                self.env["ar.rate.import"].with_user(self.admin).action_fetch()

    def test_the_daily_fetch_applies_what_is_new_and_asks_about_the_rest(self):
        self.company.ar_rate_source = "ecb"
        by_hand = self.rates.create(
            {
                "name": "2026-06-29",
                "rate": 0.79,
                "currency_id": self.eur.id,
                "company_id": self.company.id,
            }
        )
        gbp = self.foreign_currency("GBP", rates=(("2026-06-01", 0.4),))
        imports = self.env["ar.rate.import"]
        with patch.object(ArRateImport, "_fetch_ecb", lambda self: ECB.encode()):
            imports._cron_fetch()
            staged = imports.search([("origin", "=", "ecb")], limit=1)
            # EUR 1 = USD 1.25, GBP 0.5: USD 1 = EUR 0.8 = GBP 0.4
            self.assertAlmostEqual(self.rate_of("2026-06-29", gbp).rate, 0.4)
            self.assertAlmostEqual(by_hand.rate, 0.79)
            self.assertEqual((staged.state, staged.manual_count), ("applied", 1))
            # the next day brings the same: nothing is left lying about but the question
            count = imports.search_count([])
            by_hand.rate = 0.8
            imports._cron_fetch()
            self.assertEqual(imports.search_count([]), count)

    def test_future_rates_wait(self):
        day = fields.Date.add(fields.Date.context_today(self.env.user), days=3)
        staged = self.stage(f"Date,Currency,Rate\n{day},EUR,0.9\n")
        self.assertEqual(set(self.statuses(staged).values()), {"future"})
        self.assertEqual(date(2026, 6, 30), self.AS_OF)
