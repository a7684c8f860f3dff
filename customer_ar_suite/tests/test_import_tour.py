"""An import with mapping, dry run and correction, and its undo, in Chromium."""

from odoo.tests import tagged

from .common_people import PREFIX, person
from .common_tour import TourCase

TEXT = (
    "Code,Zzyzx,City,Email\r\n"
    "TOUR-1,Quayside Pumps,Leith,ap@quayside.example\r\n"
    "TOUR-2,Harbour Lights,Oban,not a mail\r\n"
)


@tagged("post_install", "-at_install")
class TestImportTour(TourCase):
    def take(self, lang):
        self.env["res.lang"]._activate_lang(lang)
        self.env["ir.attachment"].create(
            {
                "name": "mapping.csv",
                "url": "/customer_ar_suite/tour/mapping.csv",
                "type": "binary",
                "raw": TEXT.encode(),
                "public": True,
            }
        )
        user = person(
            self.env,
            login=f"tour_import_{lang}",
            lang=lang,
            groups=f"{PREFIX}customer_clerk",
        )
        self.start_tour("/odoo", "ar_customer_import", login=user.login, timeout=240)
        batch = self.env["customer.import.batch"].search([("create_uid", "=", user.id)])
        self.assertEqual((batch.step, batch.done_count), ("undone", 2))
        self.assertEqual(batch.undo_id.reason, "wrong file")
        gone = self.env["res.partner"].search([("ref", "=like", "TOUR-_")])
        self.assertFalse(gone)

    def test_english(self):
        self.take("en_US")

    def test_chinese(self):
        self.take("zh_CN")
