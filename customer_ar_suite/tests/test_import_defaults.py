"""New customers of a file: what nobody said of them is as Odoo itself would have it."""

import base64
from itertools import count
from unittest.mock import patch

from odoo.tests import tagged

from .common_import import HEADINGS, ImportCase

#: of each record its own
OWN = {
    "id", "name", "complete_name", "ref", "create_date", "write_date",
    "commercial_partner_id", "commercial_company_name", "ar_duplicate_score",
}  # fmt: skip
PIXEL = base64.b64encode(
    base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJ"
        "RU5ErkJggg=="
    )
)


@tagged("post_install", "-at_install")
class TestImportDefaults(ImportCase):
    def apply(self, numbers):
        """Customers T-… of these numbers, made by an import."""
        rows = "".join(f"T-{n},默认客户{n},,,,\n" for n in numbers)
        batch = self.dry_run(HEADINGS + rows)
        self.assertEqual(self.statuses(batch), ["create"] * len(numbers))
        batch.action_apply()
        self.assertEqual(batch.run_state, "done")
        self.assertEqual([row.run_error for row in batch.row_ids if row.run_error], [])
        return batch.row_ids.sorted("number").partner_id

    def with_defaults(self, defaults):
        """Contacts whose defaults are also what ``defaults()`` gives."""
        partner = self.registry["res.partner"]
        plain = partner.default_get

        def default_get(records, names):
            own = {n: v for n, v in defaults().items() if n in names}
            return plain(records, names) | own

        return patch.object(partner, "default_get", default_get)

    def test_the_last_of_many_is_as_one_made_alone(self):
        # given: a customer made as a user makes one on the form
        partners = self.env["res.partner"].with_user(self.clerk)
        alone = partners.with_context(tracking_disable=True).create(
            {
                "name": "默认客户 9",
                "ref": "T-9",
                "is_company": True,
                "customer_rank": 1,
                "country_id": self.env.ref("base.cn").id,
            }
        )
        # when: more than the two of which defaults are asked for
        made = self.apply([1, 2, 3, 4])
        # then
        names = [
            name
            for name, field in alone._fields.items()
            if field.store and field.column_type and name not in OWN
        ]
        (expected,) = alone.sudo().read(names, load=None)
        for partner in made.sudo():
            (found,) = partner.read(names, load=None)
            self.assertEqual({**found, "id": 0}, {**expected, "id": 0})

    def test_defaults_that_differ_are_each_customers_own(self):
        # given: an addon that gives each contact a number of its own
        numbers = count(1)
        with self.with_defaults(lambda: {"function": f"No. {next(numbers)}"}):
            # when
            made = self.apply([1, 2, 3, 4])
        # then
        self.assertEqual(len(set(made.sudo().mapped("function"))), 4)

    def test_a_default_picture_has_its_thumbnails(self):
        # given
        with self.with_defaults(lambda: {"image_1920": PIXEL}):
            # when
            pictured = self.apply([1, 2, 3])
        blank = self.apply([4])
        # then
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertTrue(all(partner.image_128 for partner in pictured))
        self.assertFalse(blank.image_1920 or blank.image_128 or blank.image_1024)
