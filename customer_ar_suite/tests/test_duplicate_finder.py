"""Duplicates: who is in the books already, told on the form, by RPC and for files."""

from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from .common import ArCommon


class DuplicateCommon(ArCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.finder = cls.env["customer.duplicate.finder"]
        cls.kestrel = cls.customer(
            "Kestrel Optics Limited",
            vat="GB123456782",
            ref="K-100",
            phone="+44 20 7946 0018",
            email="accounts@kestrel-optics.example",
            street="12 Harbour Street",
            zip="SW1A 1AA",
            city="London",
            country_id=cls.env.ref("base.uk").id,
        )
        cls.mingyuan = cls.customer(
            "上海明远贸易有限公司", company_registry="91310115MA1H7K3X2P"
        )

    def found(self, finder=None, **values):
        finder = self.finder if finder is None else finder
        (matches,) = finder._find([finder._customer(1, values)]).values() or [[]]
        return matches

    def ids(self, **values):
        found = self.finder._find([self.finder._customer(1, values)])
        return [match.partner_id for match in found.get(1, [])]


@tagged("post_install", "-at_install")
class TestDuplicateFinder(DuplicateCommon):
    def test_finds_by_every_number_alone(self):
        # given only one value that is the same, written differently
        self.env["res.partner.bank"].create(
            {"partner_id": self.kestrel.id, "acc_number": "GB33BUKB20201555555555"}
        )
        for values in (
            {"vat": "gb 123 4567 82"},
            {"ref": "k 100"},
            {"phone": "020 7946 0018"},
            {"email": "Accounts@Kestrel-Optics.example"},
            {"accounts": ["GB33 BUKB 2020 1555 5555 55"]},
        ):
            # then it brings up the customer
            self.assertEqual(self.ids(**values), self.kestrel.ids, values)
        self.assertEqual(self.ids(vat="91310115ma1h7k3x2p"), self.mingyuan.ids)

    def test_finds_names_with_slips_and_variants(self):
        self.assertEqual(self.ids(name="KESTRL OPTICS LTD."), self.kestrel.ids)
        self.assertEqual(
            self.ids(name="明遠貿易（上海）股份有限公司"), self.mingyuan.ids
        )
        self.assertEqual(self.ids(name="Osprey Optics Ltd"), [])

    def test_says_why_with_points(self):
        (match,) = self.found(name="Kestrel Optics", phone="02079460018")
        self.assertTrue(match.is_likely and match.is_exact)
        self.assertEqual(
            {reason.code: reason.points for reason in match.reasons},
            {"name_same": 10, "phone_same": 8},
        )
        said = self.env["customer.duplicate.weight"]._sentences(match.reasons)
        self.assertEqual(said[0], "The names are alike (kestrel optics)")

    def test_weights_and_threshold_are_settings(self):
        self.assertTrue(self.ids(name="Kestrel Optics"))
        self.company.ar_duplicate_threshold = 99
        self.assertFalse(self.ids(name="Kestrel Optics"))
        weight = self.env["customer.duplicate.weight"].search(
            [("code", "=", "name_same")]
        )
        weight.points = 30
        self.assertTrue(self.ids(name="Kestrel Optics"))
        with self.assertRaises(ValidationError):
            weight.points = 99

    def test_keys_follow_every_change(self):
        # by the ORM
        self.kestrel.name = "Buzzard Lenses Ltd"
        self.assertFalse(self.ids(name="Kestrel Optics"))
        self.assertTrue(self.ids(name="Buzzard Lenses"))
        # of a contact
        contact = self.contact(self.kestrel, phone="+44 161 496 0777")
        self.assertEqual(self.ids(phone="0161 496 0777"), self.kestrel.ids)
        contact.unlink()
        # around it: found by the fingerprint
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET name = 'Falcon Glass' WHERE id = %s",
            self.kestrel.ids,
        )
        self.assertGreater(self.env["customer.duplicate.index"]._refresh_stale(), 0)
        self.assertEqual(self.ids(name="Falcon Glass"), self.kestrel.ids)
        self.assertEqual(self.env["customer.duplicate.index"]._refresh_stale(), 0)

    def test_other_companies_are_not_told(self):
        other = self.setup_other_company()["company"]
        self.kestrel.company_id = other
        self.assertFalse(self.ids(vat="GB123456782", name="Kestrel Optics"))
        row = self.finder._customer(1, {"name": "Kestrel Optics"})
        found = self.finder._find([row], other)
        self.assertEqual(found[1][0].partner_id, self.kestrel.id)

    def test_a_hidden_customer_is_told_by_his_number_only(self):
        clerk = self.user_with("customer_clerk")
        self.hide(self.kestrel, clerk)
        finder = self.finder.with_user(clerk)
        # given what a clerk may guess: nothing is told
        self.assertFalse(self.found(finder, name="Kestrel Optics", phone="02079460018"))
        # given the number itself: that there is one, and whom to ask, but not who
        (match,) = self.found(finder, name="Kestrel Optics", vat="GB123456782")
        self.assertTrue(match.is_hidden)
        self.assertEqual((match.partner_id, match.score), (0, 0.0))
        shown = self.env["res.partner"].with_user(clerk)._ar_show_matches([match])
        self.assertNotIn("Kestrel", shown)
        self.assertNotIn("7946", shown)
        self.assertIn("Ask ", shown)

    def hide(self, partner, user):
        dimension = self.env.ref("customer_ar_suite.customer_dimension_industry")
        category = self.env["customer.category"].create(
            {"name": "Open", "code": "dup_open", "dimension_id": dimension.id}
        )
        self.env["customer.category.grant"].create(
            {
                "user_id": user.id,
                "dimension_id": dimension.id,
                "category_id": category.id,
            }
        )
        self.assertFalse(partner.with_user(user).has_access("read"))

    def test_what_is_masked_cannot_be_guessed(self):
        self.env["ir.config_parameter"].set_param("customer_ar_suite.masking", "True")
        self.env.registry.clear_cache()
        clerk, reviewer = (
            self.user_with("ar_clerk"),
            self.user_with("customer_reviewer"),
        )
        for user, count in ((clerk, 0), (reviewer, 1)):
            finder = self.finder.with_user(user)
            self.assertEqual(len(self.found(finder, phone="02079460018")), count)

    def test_statements_do_not_grow_with_rows(self):
        rows = [
            self.finder._customer(
                n, {"name": f"Kestrel Optics {n}", "vat": f"GB12345{n}"}
            )
            for n in range(1, 400)
        ]
        self.finder._find(rows[:60])
        with self.assertQueryCount(6):
            self.finder._find(rows[:60])
        with self.assertQueryCount(6):
            self.finder._find(rows)

    def test_inside_a_file(self):
        rows = {
            1: {"name": "Northwind Papers Ltd", "phone": "0161 496 0001"},
            2: {"name": "Southgate Tools"},
            3: {"name": "NORTHWIND PAPERS", "phone": "+44 161 4960001"},
            4: {"name": "Westfield Foods", "vat": "GB999999973"},
            5: {"name": "Eastham Rail", "vat": "GB 9999 99973"},
        }
        customers = {key: self.finder._customer(key, row) for key, row in rows.items()}
        pairs = list(self.finder._find_inside(customers.values()))
        self.assertEqual([pair[:2] for pair in pairs], [(1, 3), (4, 5)])

    def test_a_small_file_is_searched_at_once_like_a_large_one(self):
        # given rows some of which are alike, one of them in the books, and very common words
        rows = [
            self.finder._customer(
                n,
                {
                    "name": f"Harbour Works {n // 2} Ltd",
                    "city": "London",
                    "phone": f"020 7946 {n // 3:04d}",
                },
            )
            for n in range(1, 90)
        ]
        rows.append(self.finder._customer(90, {"name": "Kestrel Optics Ltd"}))
        # when both ways are gone
        found, pairs = self.finder._find_among(rows, self.company)
        inside = self.finder._find_inside(rows)
        # then they tell the same
        self.assertEqual(
            {key: matches for key, matches in found.items() if matches},
            {
                key: matches
                for key, matches in self.finder._find(rows).items()
                if matches
            },
        )
        self.assertEqual(found[90][0].partner_id, self.kestrel.id)
        pairs = sorted(pairs, key=lambda pair: pair[:2])
        self.assertTrue(pairs)
        self.assertEqual(pairs, list(inside))


@tagged("post_install", "-at_install")
class TestDuplicateForm(DuplicateCommon):
    def test_shown_before_saving(self):
        clerk = self.user_with("customer_clerk")
        with Form(self.env["res.partner"].with_user(clerk)) as form:
            form.name = "Kestrel Optix"
            form.email = "accounts@kestrel-optics.example"
            self.assertIn("Kestrel Optics Limited", form.ar_duplicate_warning)
            self.assertIn(
                f"/odoo/res.partner/{self.kestrel.id}", form.ar_duplicate_warning
            )
            form.name = "Osprey & Sons"
            form.email = "info@osprey.example"
            self.assertFalse(form.ar_duplicate_warning)

    def test_switched_off(self):
        self.company.ar_duplicate_banner = False
        with Form(self.env["res.partner"]) as form:
            form.name = "Kestrel Optics"
            self.assertFalse(form.ar_duplicate_warning)

    def test_markup_in_names_stays_text(self):
        self.customer("Kestrel <script>alert(1)</script>")
        new = self.env["res.partner"].new({"name": "Kestrel <script>alert(1)</script>"})
        self.assertNotIn("<script>", new.ar_duplicate_warning)

    def test_a_second_tax_id_is_refused_where_wanted(self):
        clerk = self.user_with("customer_clerk")
        partners = self.env["res.partner"].with_user(clerk)
        values = {"name": "Another", "is_company": True, "vat": "GB 123 4567 82"}
        # off at installation: nothing is blocked
        partners.create(values)
        self.company.ar_duplicate_block = True
        with self.assertRaisesRegex(ValidationError, "belongs to"):
            partners.create(values)
        other = partners.create({"name": "Third", "is_company": True})
        with self.assertRaisesRegex(ValidationError, "belongs to"):
            other.write({"company_registry": "GB123456782"})
        # contacts of the customer share his number
        self.contact(self.kestrel, "Jo", vat="GB123456782")
