"""Guided entry: five steps, nothing skipped unseen, reviewed by somebody else."""

import base64
import io

from PIL import Image, ImageDraw, ImageFont

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..engine.errors import FileError
from ..models import document_text
from .common_customers import CustomerCase
from .common_people import PREFIX, person

LOUD = ("odoo.sql_db", "odoo.addons.base.models.ir_rule", "odoo.orm.models")
USCC = "91310116052958608G"
NAME = "Zhangjiang Test Trading Ltd"
BLOCK = f"""名称：上海测试贸易有限公司
税号：{USCC}
地址、电话：上海市浦东新区张江路88号 021-58881234
开户行及账号：中国银行上海徐汇支行 4355 6789 0123
联系人：张伟 13800138000"""


def pdf(*lines):
    """A PDF whose pages say these lines, written by hand: a text layer in Helvetica."""
    text = " T* ".join(f"({line}) Tj" for line in lines)
    stream = f"BT /F1 12 Tf 14 TL 72 720 Td {text} ET".encode("latin-1")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, places = io.BytesIO(), []
    out.write(b"%PDF-1.4\n")
    for number, body in enumerate(objects, start=1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 6\n0000000000 65535 f \n")
    for place in places:
        out.write(b"%010d 00000 n \n" % place)
    out.write(b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % start)
    return out.getvalue()


PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJ"
    "RU5ErkJggg=="
)


class EntryCase(CustomerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.company"].search([]).write(
            {"ar_numbering_when": "never", "ar_customers_need_approval": False}
        )
        cls.company = cls.env.company
        cls.reviewer = person(
            cls.env,
            "en_reviewer",
            f"{PREFIX}customer_reviewer",
            email="en_r@example.org",
        )
        cls.clerk.email = "en_clerk@example.org"

    def setUp(self):
        super().setUp()
        self.registry.clear_cache()
        self.addCleanup(self.registry.clear_cache)

    def entry(self, **values):
        values = {
            "name": NAME,
            "vat": "GB980780684",
            "street": "88 Zhangjiang Road",
            "country_id": self.env.ref("base.uk").id,
            "bank_account": "4355678901234567",
            "bank_name": "Bank of Test",
        } | values
        return self.env["customer.entry"].with_user(self.clerk).create(values)

    def add(self, entry, content=None, name="licence.pdf"):
        content = content or pdf(
            NAME, "VAT GB980780684", "88 Zhangjiang Road", "4355678901234567"
        )
        id_ = entry.add_document(name, base64.b64encode(content).decode())
        return self.env["customer.entry.document"].browse(id_)

    def tick(self, entry, user=None):
        items = entry.item_ids.filtered(lambda one: one.step == entry.state)
        items = items.filtered(
            lambda one: not one.is_done and (one.kind == "task" or one.value)
        )
        items.with_user(user or self.clerk).action_toggle()

    def to_step(self, entry, state):
        """Through the screen's own buttons."""
        while entry.state != state:
            if entry.state == "prepare" and not entry.document_ids:
                self.add(entry)
            if entry.state == "enter" and not entry.partner_id:
                entry.action_create_customer()
            self.tick(entry)
            entry.action_next()
        return entry


@tagged("post_install", "-at_install")
class TestCustomerEntry(EntryCase):
    def test_five_steps(self):
        # given a prepared entry, it does not go on before its checklist is done
        entry = self.entry()
        self.assertEqual(entry.state, "prepare")
        with self.assertRaisesRegex(UserError, "not complete"):
            entry.action_next()
        self.to_step(entry, "verify")
        # then what stands in the document is found there
        verdicts = {one.field_code: one.verdict for one in entry.field_ids}
        self.assertEqual(
            {
                code: verdicts[code]
                for code in ("name", "vat", "address", "bank_account")
            },
            dict.fromkeys(("name", "vat", "address", "bank_account"), "found"),
        )
        with self.assertRaisesRegex(UserError, "not complete"):
            entry.action_next()
        self.to_step(entry, "enter")
        self.assertFalse(entry.partner_id)
        entry.action_create_customer()
        partner = entry.partner_id
        self.assertEqual((partner.name, partner.ar_approval_state), (NAME, "entered"))
        self.assertEqual(partner.bank_ids.sanitized_acc_number, "4355678901234567")
        self.to_step(entry, "review")
        # when somebody else approves, with the documents before him
        request = entry.request_id
        self.assertEqual(request.evidence_ids.mapped("name"), ["licence.pdf"])
        request.with_user(self.reviewer).action_approve()
        self.assertEqual((entry.state, partner.ar_approval_state), ("file", "approved"))
        entry.action_next()
        # then it is filed: who, when, and every step with its duration
        self.assertEqual((entry.state, entry.filed_by_id), ("done", self.clerk))
        self.assertEqual(
            entry.step_ids.mapped("step"),
            ["prepare", "verify", "enter", "review", "file"],
        )
        self.assertEqual(set(entry.step_ids.mapped("outcome")), {"done"})
        self.assertNotIn("4355", entry.bank_account)
        log = self.env["customer.audit.entry"].search(
            [("event", "=", "entry.file"), ("res_id", "=", entry.id)]
        )
        self.assertEqual(
            list(log.payload["documents"].values()), entry.document_ids.mapped("sha256")
        )

    def test_installation_switches_nothing_on(self):
        """Review is made though no policy is active and no company demands approval."""
        shipped = self.env.ref("customer_ar_suite.customer_change_policy_new_customer")
        shipped.active = False
        entry = self.to_step(self.entry(), "review")
        self.assertEqual(entry.request_id.state, "pending")
        self.assertFalse(shipped.active)

    def test_who_worked_on_it_does_not_review_it(self):
        both = person(
            self.env,
            "en_both",
            f"{PREFIX}customer_clerk,{PREFIX}customer_reviewer",
            email="en_b@example.org",
        )
        entry = self.entry()
        self.add(entry)
        self.tick(entry, both)
        entry.action_next()
        self.to_step(entry, "review")
        for user in (both, self.clerk):
            with self.subTest(user.login), self.assertRaises(UserError):
                entry.request_id.with_user(user).action_approve()
        self.assertEqual(entry.state, "review")

    def test_rejected_it_goes_back_to_data_entry(self):
        entry = self.to_step(self.entry(), "review")
        request = entry.request_id
        request.with_user(self.reviewer)._decide(
            dict.fromkeys(request.line_ids.ids, "rejected"), "Wrong branch"
        )
        self.assertEqual(entry.state, "enter")
        last = entry.step_ids.filtered(lambda one: one.step == "review")
        self.assertEqual((last.outcome, last.reason), ("returned", "Wrong branch"))
        self.to_step(entry, "review")
        self.assertNotEqual(entry.request_id, request)

    def test_changed_while_in_review_is_asked_again(self):
        entry = self.to_step(self.entry(), "review")
        entry.partner_id.with_user(self.clerk).city = "Leeds"
        entry.request_id.with_user(self.reviewer).action_approve()
        self.assertEqual(entry.state, "enter")
        self.assertEqual(entry.partner_id.ar_approval_state, "entered")

    def test_reviewers_checklist(self):
        entry = self.entry(country_id=self.env.ref("base.cn").id, vat=USCC)
        review = entry.item_ids.filtered(lambda one: one.step == "review")
        review.line_id.sudo().is_required = True
        entry = self.entry(
            country_id=self.env.ref("base.cn").id, vat=USCC, name="Second"
        )
        self.to_step(entry, "review")
        item = entry.item_ids.filtered(lambda one: one.step == "review")
        with self.assertRaisesRegex(UserError, "checklist"):
            entry.request_id.with_user(self.reviewer).action_approve()
        with self.assertRaises(AccessError):
            item.with_user(self.clerk).action_toggle()
        item.with_user(self.reviewer).action_toggle()
        entry.request_id.with_user(self.reviewer).action_approve()
        self.assertEqual(entry.state, "file")

    def test_numbered_when_approved(self):
        self.company.ar_numbering_when = "approved"
        self.env["customer.numbering"].search(
            [("company_id", "=", self.company.id)]
        ).pattern = "EN-{seq:04d}"
        entry = self.to_step(self.entry(), "review")
        self.assertFalse(entry.partner_id.ref)
        entry.request_id.with_user(self.reviewer).action_approve()
        self.assertEqual(entry.customer_number, "EN-0001")

    def test_not_approved_is_not_invoiced(self):
        self.company.ar_customers_need_approval = True
        entry = self.to_step(self.entry(), "review")
        move = self.env["account.move"].new(
            {
                "move_type": "out_invoice",
                "partner_id": entry.partner_id.id,
                "company_id": self.company.id,
            }
        )
        self.assertTrue(move._ar_posting_blocks())

    def test_the_customer_there_already_is_shown(self):
        twin = self.customers("Twin Ltd")
        twin.vat = "GB980780684"
        self.assertIn(twin, self.entry().twin_ids)
        self.assertIn(self.customers(NAME), self.entry().twin_ids)

    def test_given_up(self):
        entry = self.to_step(
            self.entry(contact_name="Jo", phone="+442079460958"), "verify"
        )
        action = entry.action_give_up()
        dialog = (
            self.env[action["res_model"]].with_user(self.clerk).browse(action["res_id"])
        )
        with self.assertRaisesRegex(UserError, "Say why"):
            dialog.action_confirm()
        dialog.reason = "Customer went elsewhere"
        dialog.action_confirm()
        self.assertEqual(entry.state, "cancelled")
        self.assertFalse(entry.contact_name or entry.phone or entry.document_ids)
        with self.assertRaises(UserError):
            entry.action_next()


@tagged("post_install", "-at_install")
class TestCustomerEntryGates(EntryCase):
    def skip(self, entry, user, reason="Long-standing partner of the group"):
        action = entry.with_user(user).action_skip()
        dialog = self.env[action["res_model"]].with_user(user).browse(action["res_id"])
        dialog.reason = reason
        return dialog.action_confirm()

    def test_skipping_takes_a_role_and_a_reason(self):
        entry = self.to_step(self.entry(), "verify")
        with self.assertRaises(AccessError):
            entry.action_skip()
        with self.assertRaises(UserError):
            self.skip(entry, self.administrator, "")
        self.skip(entry, self.administrator)
        self.assertEqual(entry.state, "enter")
        step = entry.step_ids.filtered(lambda one: one.step == "verify")
        self.assertEqual((step.outcome, step.user_id), ("skipped", self.administrator))
        self.assertIn("Long-standing", step.reason)

    def test_review_is_not_skipped_where_customers_are_approved(self):
        self.company.ar_customers_need_approval = True
        entry = self.to_step(self.entry(), "review")
        with self.assertRaises(AccessError):
            self.skip(entry, self.administrator)

    def test_nobody_writes_the_state(self):
        entry = self.entry()
        for user in (self.clerk, self.administrator, self.reviewer, self.env.user):
            for vals in ({"state": "done"}, {"partner_id": 1}, {"maker_id": user.id}):
                with (
                    self.subTest(user=user.login, vals=vals),
                    mute_logger(*LOUD),
                    self.assertRaises(UserError),
                ):
                    entry.with_user(user).write(vals)
        with self.assertRaises(AccessError):
            self.env["customer.entry"].with_user(self.clerk).create(
                {"name": "X", "state": "file"}
            )
        made = (
            self.env["customer.entry"]
            .with_user(self.clerk)
            .with_context(default_state="file", default_maker_id=self.reviewer.id)
            .create({"name": "X"})
        )
        self.assertEqual((made.state, made.maker_id), ("prepare", self.clerk))

    def test_items_steps_and_documents_are_written_by_nobody(self):
        entry = self.entry()
        self.add(entry)
        for rows in (entry.item_ids, entry.step_ids, entry.document_ids):
            with self.subTest(rows._name), mute_logger(*LOUD):
                with self.assertRaises(AccessError):
                    rows.with_user(self.administrator).write({"company_id": 1})
                with self.assertRaises(AccessError):
                    rows.sudo().write({"company_id": 1})
                with self.assertRaises(AccessError):
                    rows.with_user(self.administrator).unlink()
        with self.assertRaises(UserError):
            entry.sudo().unlink()

    def test_a_changed_value_loses_its_tick(self):
        entry = self.to_step(self.entry(), "verify")
        self.tick(entry)
        item = entry.field_ids.filtered(lambda one: one.field_code == "vat")
        self.assertEqual((item.is_done, item.done_by_id), (True, self.clerk))
        entry.vat = "GB980780685"
        self.assertEqual((item.is_done, item.verdict), (False, "differs"))
        self.assertIn("GB980780684", item.nearest)
        item.with_user(self.clerk).action_take_nearest()
        self.assertEqual(item.verdict, "found")

    def test_after_the_review_began_documents_stay(self):
        entry = self.to_step(self.entry(), "review")
        with self.assertRaises(AccessError):
            self.add(entry, PNG, "late.png")
        with self.assertRaises(AccessError):
            entry.document_ids.with_user(self.clerk).action_drop()
        with self.assertRaises(UserError):
            entry.name = "Another"

    def test_a_document_that_was_exchanged_is_not_filed(self):
        entry = self.to_step(self.entry(), "review")
        entry.request_id.with_user(self.reviewer).action_approve()
        entry.document_ids.sudo()._set(file=base64.b64encode(b"%PDF-1.4 forged"))
        with self.assertRaisesRegex(UserError, "not the file"):
            entry.action_next()

    def test_only_papers_come_in(self):
        entry = self.entry()
        for name, content in (
            ("x.html", b"<script>"),
            ("x.pdf", b"MZ"),
            ("x.svg", b"<svg/>"),
            ("x", b""),
        ):
            with self.subTest(name), self.assertRaises(UserError):
                self.add(entry, content or b" ", name)
        broken = self.add(entry, b"%PDF-1.4 broken", "broken.pdf")
        self.assertEqual(broken.read_by, "failed")
        self.assertTrue(broken.trouble_text)
        self.assertEqual(
            self.add(entry, b"%PDF-1.4 broken"), broken, "the same file is one"
        )

    def test_outsiders_see_nothing(self):
        entry = self.entry()
        for user in (
            self.employee,
            person(self.env, "en_col", f"{PREFIX}collector"),
        ):
            with mute_logger(*LOUD), self.assertRaises(AccessError):
                entry.with_user(user).read(["name"])
        with mute_logger(*LOUD), self.assertRaises(AccessError):
            entry.with_user(self.reviewer).action_next()

    def test_other_companies_see_nothing(self):
        entry = self.entry()
        other = self.env["res.company"].create({"name": "Other"})
        self.administrator.write(
            {"company_ids": [(4, other.id)], "company_id": other.id}
        )
        found = (
            self.env["customer.entry"]
            .with_user(self.administrator)
            .with_context(allowed_company_ids=other.ids)
        )
        self.assertFalse(found.search([("id", "=", entry.id)]))


@tagged("post_install", "-at_install")
class TestCustomerPaste(EntryCase):
    def paste(self, text, **values):
        paste = (
            self.env["customer.paste"]
            .with_user(self.clerk)
            .create({"text": text, **values})
        )
        paste._onchange_text()
        return paste

    def test_into_an_entry(self):
        entry = self.entry(
            vat=False,
            street=False,
            bank_account=False,
            bank_name=False,
            country_id=self.env.ref("base.cn").id,
        )
        action = entry.action_paste()
        paste = (
            self.env["customer.paste"].with_user(self.clerk).browse(action["res_id"])
        )
        paste.text = BLOCK
        paste._onchange_text()
        confidence = {line.code: line.confidence for line in paste.line_ids}
        self.assertGreaterEqual(confidence["vat"], 95)
        # one is put right by hand, one is left out
        lines = {line.code: line for line in paste.line_ids}
        lines["contact_name"].value = "张玮"
        lines["contact_phone"].is_taken = False
        paste.action_fill()
        self.assertEqual(
            (entry.name, entry.vat, entry.street, entry.phone),
            ("上海测试贸易有限公司", USCC, "上海市浦东新区张江路88号", "+862158881234"),
        )
        self.assertEqual(
            (entry.bank_name, entry.bank_account, entry.contact_name),
            ("中国银行上海徐汇支行", "435567890123", "张玮"),
        )
        self.assertFalse(entry.contact_phone)

    def test_begins_an_entry_and_shows_who_is_there(self):
        twin = self.customers("Someone")
        twin.write({"vat": USCC, "country_id": self.env.ref("base.cn").id})
        paste = self.paste(BLOCK)
        self.assertIn(twin, paste.twin_ids)
        action = paste.action_fill()
        entry = self.env["customer.entry"].browse(action["res_id"])
        self.assertEqual((entry.vat, entry.state), (USCC, "prepare"))

    def test_into_a_customer_with_the_users_rights(self):
        customer = self.customers("Plain")
        action = customer.with_user(self.clerk).action_ar_paste()
        paste = (
            self.env["customer.paste"].with_user(self.clerk).browse(action["res_id"])
        )
        paste.text = BLOCK
        paste.action_fill()
        self.assertEqual(
            (customer.phone, customer.street),
            ("+862158881234", "上海市浦东新区张江路88号"),
        )
        with mute_logger(*LOUD), self.assertRaises(AccessError):
            customer.with_user(self.reviewer).action_ar_paste()

    def test_nothing_found_says_so(self):
        with self.assertRaisesRegex(UserError, "nothing to take over"):
            self.paste("Kind regards").action_fill()

    def test_pdf_gives_its_text(self):
        paste = self.paste(
            "",
            file=base64.b64encode(
                pdf(
                    "Acme Trading Ltd",
                    "VAT No: GB980780684",
                    "12 High Street",
                    "London SW1A 1AA",
                )
            ),
        )
        paste.action_read_file()
        self.assertEqual(
            {line.code: line.value for line in paste.line_ids}["vat"], "GB980780684"
        )

    def test_without_text_recognition_it_says_what_to_install(self):
        self.patch(document_text.shutil, "which", lambda name: None)
        paste = self.paste("", file=base64.b64encode(PNG))
        with self.assertRaisesRegex(UserError, "tesseract-ocr"):
            paste.action_read_file()
        entry = self.entry()
        picture = self.add(entry, PNG, "photo.png")
        self.assertEqual(picture.read_by, "none")
        with self.assertRaisesRegex(UserError, "tesseract-ocr"):
            picture.with_user(self.clerk).action_read_text()

    def read_by(self, said):
        """A picture read where the recogniser says this, or raises it."""

        def ocr(_picture):
            if isinstance(said, Exception):
                raise said
            return said

        self.patch(document_text.shutil, "which", lambda name: f"/usr/bin/{name}")
        self.patch(document_text, "ocr", ocr)
        picture = self.add(self.entry(name="Acme Trading Ltd"), PNG, "photo.png")
        picture.with_user(self.clerk).action_read_text()
        return picture

    def test_recognised_text_is_kept(self):
        picture = self.read_by("Company: Acme Trading Ltd\nTelephone: 020 7946 0958")
        self.assertEqual(picture.read_by, "ocr")
        self.assertIn("Acme", picture.text)

    def test_what_cannot_be_recognised_is_told(self):
        picture = self.read_by(FileError("ocr_failed"))
        self.assertEqual(picture.read_by, "failed")
        self.assertFalse(picture.text)

    def test_recogniser_of_this_machine(self):
        """The real program where it is installed; where not, what to install is said."""
        small = Image.new("L", (300, 80), 255)
        draw = ImageDraw.Draw(small)
        font = ImageFont.load_default()
        draw.text((8, 8), "Company: Acme Trading Ltd", fill=0, font=font)
        draw.text((8, 32), "Telephone: 020 7946 0958", fill=0, font=font)
        out = io.BytesIO()
        small.resize((1200, 320), Image.LANCZOS).save(out, "PNG")
        hostile = b"\x89PNG\r\n\x1a\n" + b"\xff" * 2000
        if missing := document_text.ocr_missing():
            self.assertEqual(missing, "ocr_not_installed")
            for content in (out.getvalue(), hostile):
                with self.assertRaises(FileError):
                    document_text.ocr(content)
            return
        self.assertIn("Acme", document_text.ocr(out.getvalue()))
        # a hostile picture costs nothing but its child
        with self.assertRaises(FileError):
            document_text.ocr(hostile)
