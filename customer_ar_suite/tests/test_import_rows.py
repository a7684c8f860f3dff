"""Customer files as they are: several rows per customer, further addresses, corrections."""

import base64

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common_import import TAX_A, TAX_B, ImportCase
from .engine.workbooks import make_xlsx

WIDE = (
    "客户编码,客户名称,联系人,联系人电话,联系人2,电话2,开户行,账号,开户行2,账号2,收货人,收货地址,收货城市,收票地址\n"
    "T-1,甲公司,王丽,13800138000,李娜,13900139000,工商银行,6222021234567890123,"
    "建设银行,6217001234567890123,仓库,浦东大道1号,上海,世纪大道2号\n"
)


@tagged("post_install", "-at_install")
class TestImportSeveral(ImportCase):
    def beside(self, partner):
        """(contacts, accounts, addresses) of a customer, as sets of what they say."""
        children = partner.child_ids
        return (
            {(c.name, c.phone) for c in children if c.type == "contact"},
            {(b.acc_number, b.bank_id.name) for b in partner.bank_ids},
            {
                (c.type, c.name or "", c.street, c.city or "")
                for c in children
                if c.type != "contact"
            },
        )

    EXPECTED = (
        {("王丽", "+8613800138000"), ("李娜", "+8613900139000")},
        {("6222021234567890123", "工商银行"), ("6217001234567890123", "建设银行")},
        {
            ("delivery", "仓库", "浦东大道1号", "上海"),
            ("invoice", "", "世纪大道2号", ""),
        },
    )

    def test_in_one_row(self):
        batch = self.dry_run(WIDE)
        self.assertEqual(self.findings(batch), {})
        self.assertIn("Contact: Name (2)", batch.row_ids.diff_html)
        batch.action_apply()
        self.assertEqual(batch.error_count, 0, batch.row_ids.run_error)
        self.assertEqual(self.beside(batch.row_ids.partner_id), self.EXPECTED)
        # the same in another file changes nothing
        again = self.dry_run(WIDE + "T-2,乙公司" + "," * 12 + "\n")
        self.assertEqual(self.statuses(again), ["same", "create"])
        # one new number of a known contact is all that changes
        other = self.dry_run(WIDE.replace("13900139000", "13700137000"))
        self.assertEqual(
            other.row_ids.diff,
            [["contact_phone#2", "+8613900139000", "+8613700137000"]],
        )
        other.action_apply()
        self.assertEqual(len(other.row_ids.partner_id.child_ids), 4)

    def test_in_several_rows(self):
        head = "编码,名称,联系人,联系人电话,开户行,账号,收货人,收货地址,收货城市,收票地址\n"
        text = head + (
            "T-1,甲公司,王丽,13800138000,工商银行,6222021234567890123,仓库,浦东大道1号,上海,\n"
            ",,李娜,13900139000,建设银行,6217001234567890123,,,,世纪大道2号\n"
            "T-2,乙公司,,,,,,,,\n"
        )
        batch = self.dry_run(text)
        self.assertEqual(self.statuses(batch), ["create", "create"])
        self.assertEqual((batch.read_count, batch.continued_count), (3, 1))
        self.assertEqual(self.findings(batch), {2: ["row_continues"]})
        self.assertFalse(any(batch.row_ids.mapped("has_warning")))
        batch.action_apply()
        first = batch.row_ids.sorted("number")[0].partner_id
        self.assertEqual(self.beside(first), self.EXPECTED)

    def test_merged_headings_title_rows_and_totals(self):
        rows = [
            ["某某公司客户一览表"],
            ["客户编码", "客户名称", "联系人", "", "收货地址", "", "信用额度"],
            ["", "", "姓名", "电话", "地址", "城市", ""],
            ["T-1", "甲公司", "王丽", "13800138000", "浦东大道1号", "上海", 50000],
            ["T-2", "乙公司", "", "", "", "", 20000.5],
            ["合计", "", "", "", "", "", 70000.5],
            ["制表人：李"],
        ]
        batch = self.upload(make_xlsx(rows), "客户.xlsx", user=self.administrator)
        self.assertEqual(
            [line._key() for line in batch.mapping_ids],
            [
                "ref", "name", "contact_name", "contact_phone", "delivery_street",
                "delivery_city", "credit_limit",
            ],
        )  # fmt: skip
        batch.action_check()
        self.assertEqual(self.statuses(batch), ["create", "create"])
        self.assertEqual((batch.footer_count, batch.limit_total), (2, 70000.5))
        # a workbook proves its end by itself
        self.assertFalse(batch.needs_totals)
        batch.action_apply()
        self.assertEqual(batch.done_count, 2)

    def test_a_text_without_an_end_is_told(self):
        batch = self.dry_run("编码,名称\nT-1,甲公司\nT-2,乙公")
        self.assertTrue(batch.open_end)
        self.assertEqual(batch.last_row_text, "T-2 · 乙公")
        # a new dry run asks again
        batch.action_check()
        self.assertTrue(batch.needs_totals)

    def test_numbers_of_a_column_by_hand(self):
        batch = self.upload("编码,名称,主联系,副联系\nT-1,甲公司,王丽,李娜\n")
        lines = batch.mapping_ids.sorted("position")
        lines[2].write({"field_code": "contact_name"})
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            lines[3].write({"field_code": "contact_name"})
        self.env.invalidate_all()
        with self.assertRaisesRegex(ValidationError, "1 to 1"), self.env.cr.savepoint():
            lines[0].write({"number": 2})
        self.env.invalidate_all()
        lines[3].write({"field_code": "contact_name", "number": 2})
        batch.action_save_profile()
        batch.action_check()
        self.assertEqual(
            batch.row_ids.values,
            {
                "ref": "T-1",
                "name": "甲公司",
                "contact_name": "王丽",
                "contact_name#2": "李娜",
            },
        )
        # and the profile keeps the number
        other = self.upload("编码,名称,主联系,副联系\nT-9,丙公司,赵六,钱七\n")
        self.assertEqual(other.mapping_ids.mapped("number"), [1, 1, 1, 2])

    def test_leading_zeros_and_lost_digits(self):
        rows = [
            ["客户编码", "客户名称", "账号"],
            ["000123", "甲公司", "0011223344556677"],
            ["T-2", "乙公司", 6222021234567890123],
            ["T-3", "丙公司", "6.22202E+18"],
        ]
        batch = self.dry_run(make_xlsx(rows), "客户.xlsx")
        self.assertEqual(self.statuses(batch), ["create", "error", "error"])
        self.assertEqual(batch.row_ids[0].values["bank_account"], "0011223344556677")
        self.assertEqual(batch.row_ids[0].ref, "000123")
        self.assertEqual(
            self.findings(batch), {3: ["code_digits_lost"], 4: ["code_digits_lost"]}
        )

    def test_several_files_at_once(self):
        wizard = self.env["customer.import.upload"].with_user(self.clerk).create({})
        texts = {
            "a.csv": "名称\n甲公司\n",
            "b.csv": "名称\n乙公司\n",
            "bad.xls": "<html></html>",
        }
        wizard.more_file_ids = (
            self.env["ir.attachment"]
            .with_user(self.clerk)
            .create(
                [
                    {
                        "name": name,
                        "raw": text.encode(),
                        "res_model": "customer.import.upload",
                    }
                    for name, text in texts.items()
                ]
            )
        )
        attachments = wizard.more_file_ids
        action = wizard.action_parse()
        # two imports; the third file is named with its reason; no copy is left behind
        self.assertIn("bad.xls", action["params"]["message"])
        batches = self.env["customer.import.batch"].search(
            action["params"]["next"]["domain"]
        )
        self.assertEqual(sorted(batches.mapped("name")), ["a.csv", "b.csv"])
        self.assertFalse(attachments.exists())
        # files of others are out of reach
        theirs = self.env["ir.attachment"].create(
            {"name": "x.csv", "raw": b"name\nA\n"}
        )
        wizard = self.env["customer.import.upload"].with_user(self.clerk).create({})
        with self.assertRaises(AccessError):
            wizard.more_file_ids = theirs
            wizard.action_parse()


@tagged("post_install", "-at_install")
class TestImportChoice(ImportCase):
    def test_merge_fills_gaps_and_update_replaces(self):
        one, two = self.customers("旧甲公司", "旧乙公司")
        (one | two).write({"city": "天津"})
        batch = self.dry_run(
            "名称,城市,邮箱,联系人\n新甲公司,上海,a@test.cn,王丽\n新乙公司,北京,b@test.cn,李娜\n"
        )
        first, second = batch.row_ids.sorted("number")
        first.write({"partner_id": one.id, "choice": "merge"})
        second.write({"partner_id": two.id, "choice": "update"})
        # the screen shows what will happen, before it happens
        self.assertEqual(
            [code for code, _old, _new in first.diff], ["email", "contact_name"]
        )
        self.assertIn(["city", "天津", "北京"], second.diff)
        batch.action_apply()
        self.assertEqual(batch.error_count, 0)
        self.assertEqual(
            (one.name, one.city, one.email), ("旧甲公司", "天津", "a@test.cn")
        )
        self.assertEqual(one.child_ids.name, "王丽")
        self.assertEqual(
            (two.name, two.city, two.email), ("新乙公司", "北京", "b@test.cn")
        )

    def test_a_row_reaches_customers_only(self):
        batch = self.dry_run("名称,邮箱\n新甲公司,a@test.cn\n")
        for partner in (self.administrator.partner_id, self.env.company.partner_id):
            with (
                self.assertRaisesRegex(UserError, "Only customers"),
                self.env.cr.savepoint(),
            ):
                batch.row_ids.write({"partner_id": partner.id, "choice": "update"})
            self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "choose the customer"):
            batch.row_ids.choice = "merge"


@tagged("post_install", "-at_install")
class TestImportCorrection(ImportCase):
    TEXT = (
        "编码,名称,税号,邮箱,账期\n"
        f"T-1,甲公司,{TAX_A[:-1]}H,a@test.cn,账期四五\n"
        f"T-2,乙公司,{TAX_B},b@test.cn,账期四五\n"
        "T-2,丙公司,,c@test.cn,\n"
    )

    def correct(self, row, **values):
        """The dialogue of a row, with new values by heading."""
        wizard = self.env["customer.import.correction"].with_user(self.clerk)
        wizard = wizard.browse(row.action_correct()["res_id"])
        for heading, value in values.items():
            text, everywhere = value if isinstance(value, tuple) else (value, False)
            line = wizard.line_ids.filtered(lambda one, h=heading: one.heading == h)
            line.write({"new_text": text, "everywhere": everywhere})
        return wizard.action_apply()

    def test_rows_are_corrected_and_checked_again(self):
        self.env["account.payment.term"].create({"name": "测试账期45"})
        batch = self.dry_run(self.TEXT)
        self.assertEqual(self.statuses(batch), ["error", "error", "conflict"])
        first, second, third = batch.row_ids.sorted("number")
        untouched = third.write_date, third.findings
        # one value here, one in all rows that have it
        self.correct(first, 税号=TAX_A, 账期=("测试账期45", True))
        self.assertEqual(self.statuses(batch), ["create", "create", "conflict"])
        self.assertEqual(first.finding_text, "")
        self.assertEqual((first.is_corrected, third.is_corrected), (True, False))
        self.assertEqual((third.write_date, third.findings), untouched)
        # the code of the second row is corrected: the third is no twin any more
        self.correct(second, 编码="T-22")
        self.assertEqual(self.statuses(batch), ["create"] * 3)
        batch.action_apply()
        self.assertEqual(
            batch.row_ids.sorted("number").partner_id.mapped("ref"),
            ["T-1", "T-22", "T-2"],
        )

    def test_a_correction_may_make_a_twin_or_an_update(self):
        there = self.customers("旧公司")
        there.ref = "T-9"
        batch = self.dry_run("编码,名称\nT-1,甲公司\nT-2,乙公司\n")
        first, second = batch.row_ids.sorted("number")
        self.correct(second, 编码="T-1")
        self.assertEqual(
            (second.status, second.findings[0]["params"]["first"]), ("conflict", 2)
        )
        self.correct(first, 编码="T-9")
        self.assertEqual((first.status, first.partner_id), ("update", there))
        # the conflict was with the row above; that is over
        self.assertEqual(second.status, "create")

    def test_what_cannot_be_corrected(self):
        batch = self.dry_run(self.TEXT)
        row = batch.row_ids[0]
        with self.assertRaisesRegex(UserError, "No value"):
            self.correct(row)
        wizard = self.env["customer.import.correction"].with_user(self.clerk)
        wizard = wizard.browse(row.action_correct()["res_id"])
        # places outside the row are not written
        wizard.line_ids[0].write({"position": 10**6, "new_text": "x"})
        with self.assertRaisesRegex(UserError, "not one of the row"):
            wizard.action_apply()
        stranger = row.with_user(self.employee)
        with self.assertRaises(AccessError):
            stranger.action_correct()
        batch.action_cancel_run()
        with self.assertRaises(UserError):
            self.correct(row, 编码="T-7")


@tagged("post_install", "-at_install")
class TestImportRejected(ImportCase):
    def rejected(self, batch):
        """The workbook of rejected rows, as the browser gets it."""
        action = batch.action_download_rejected()
        self.assertEqual(
            action["url"], f"/customer_ar_suite/import/{batch.id}/rejected.xlsx"
        )
        return batch._rejected_xlsx()

    def test_the_layout_of_the_file_and_back(self):
        rows = [
            ["客户一览表", "", "", ""],
            ["客户编码", "客户名称", "邮箱", "信用额度"],
            ["000123", "甲公司", "bad", 1234.5],
            ["T-2", "乙公司", "b@test.cn", 10],
            ["T-3", "+SUM(A1)", "also bad", ""],
        ]
        batch = self.dry_run(make_xlsx(rows), "客户.xlsx", user=self.administrator)
        batch.action_save_profile()
        batch.action_apply()
        content = self.rejected(batch)
        # given the rejected rows as they come back, nothing corrected
        again = self.upload(content, "客户 - rejected.xlsx", user=self.administrator)
        self.assertEqual(again.sheet_name, batch.sheet_name)
        self.assertEqual(again.profile_id, batch.profile_id)
        self.assertEqual(
            again.mapping_ids.mapped("heading"), batch.mapping_ids.mapped("heading")
        )
        again.action_check()
        self.assertEqual(self.statuses(again), ["error", "error"])
        self.assertEqual(again.row_ids.mapped("name"), ["甲公司", "+SUM(A1)"])
        self.assertEqual(again.row_ids[0].ref, "000123")
        # the amount is the amount, and what begins like a formula is none
        self.assertEqual(
            again.row_ids[0].raw[0][1][:4],
            ["000123", "甲公司", "bad", {"n": "1234.5"}],
        )
        # handing it back once more keeps one column of reasons
        third = self.upload(self.rejected(again), "third.xlsx", user=self.administrator)
        self.assertEqual(len(third.mapping_ids), 4)

    def test_continued_rows_come_back_whole(self):
        text = "编码,名称,邮箱,联系人\nT-1,甲公司,bad,王丽\n,,,李娜\nT-2,乙公司,,\n"
        batch = self.dry_run(text)
        again = self.upload(self.rejected(batch), "again.xlsx")
        again.action_check()
        self.assertEqual((again.read_count, again.continued_count), (2, 1))
        self.assertEqual(again.row_ids.values["contact_name#2"], "李娜")

    def test_nothing_rejected_and_rights(self):
        batch = self.dry_run("名称\n甲公司\n")
        with self.assertRaisesRegex(UserError, "No row"):
            batch.action_download_rejected()
        with self.assertRaises(AccessError):
            batch.with_user(self.employee).action_download_rejected()

    def test_the_download_is_logged(self):
        batch = self.dry_run("名称,邮箱\n甲公司,bad\n")
        self.rejected(batch)
        entry = self.env["customer.audit.entry"].search(
            [("event", "=", "import_rejected"), ("res_id", "=", batch.id)]
        )
        self.assertEqual(entry.user_id, self.clerk)

    def test_upload_through_the_dialogue(self):
        # the file handed back goes the way every file goes
        batch = self.dry_run("名称,邮箱\n甲公司,bad\n")
        wizard = self.env["customer.import.upload"].with_user(self.clerk)
        wizard = wizard.create(
            {
                "file_data": base64.b64encode(self.rejected(batch)),
                "filename": "rejected.xlsx",
            }
        )
        self.assertFalse(wizard.first_batch_id)
        self.assertEqual(wizard.action_parse()["res_model"], "customer.import.batch")


@tagged("post_install", "-at_install")
class TestImportDuplicates(ImportCase):
    def test_customers_in_the_books_are_asked_for(self):
        there = self.customers("浦东大明机械设备有限公司")
        there.write({"phone": "+862162345678", "email": "office@daming.example"})
        batch = self.dry_run(
            "名称,电话,城市\n上海浦东大明机械设备公司,021-62345678,上海\n完全不同的贸易行,,北京\n"
        )
        first, second = batch.row_ids.sorted("number")
        self.assertEqual((first.status, first.choice), ("conflict", "skip"))
        self.assertEqual(first.partner_id, there)
        self.assertIn("大明", first.finding_text)
        self.assertIn(there.display_name, first.candidates_html)
        self.assertEqual((second.status, second.choice), ("create", "create"))
        # when it is merged into the one that is there, nothing is doubled
        first.choice = "merge"
        before = self.partners()
        batch.action_apply()
        self.assertEqual(self.partners(), before + 1)
        self.assertEqual((there.name, there.city), ("浦东大明机械设备有限公司", "上海"))

    def test_rows_that_are_alike(self):
        batch = self.dry_run(
            "名称,电话,地址\n"
            "苏州工业园区恒达电子有限公司,0512-62881234,星湖街100号\n"
            "苏州工业园恒达电子有限公司,0512-62881234,星湖街100号\n"
        )
        first, second = batch.row_ids.sorted("number")
        self.assertEqual(first.status, "create")
        self.assertEqual(second.status, "conflict")
        self.assertEqual(second.findings[0]["params"]["first"], 2)
        second.choice = "create"
        batch.action_apply()
        self.assertEqual(batch.done_count, 2)

    def test_without_a_search_codes_and_tax_ids_still_tell(self):
        # given one who is there with his tax ID, one who looks like him, two who are alike
        self.customers("浦东大明机械设备有限公司").write(
            {"vat": TAX_A, "phone": "+862162345678"}
        )
        content = (
            "名称,税号,电话\n"
            f"大明机械,{TAX_A},021-62345678\n"
            "浦东大明机械设备公司,,021-62345678\n"
            "苏州工业园区恒达电子有限公司,,0512-62881234\n"
            "苏州工业园恒达电子有限公司,,0512-62881234\n"
        )
        self.assertEqual(
            self.statuses(self.dry_run(content)),
            ["update", "conflict", "create", "conflict"],
        )
        # when a clerk leaves the search out
        batch = self.upload(content + "\n", "again.csv", user=self.administrator)
        batch.search_duplicates = False
        batch.action_save_profile()
        batch.action_check()
        # then only the tax ID tells, and files of this layout are read so from now on
        self.assertEqual(self.statuses(batch), ["update", "create", "create", "create"])
        self.assertFalse(self.findings(batch))
        self.assertFalse(self.upload(content + "\n\n", "next.csv").search_duplicates)

    def test_two_codes_tell_two_customers_apart(self):
        there = self.customers("浦东大明机械设备有限公司")
        there.write({"ref": "T-9", "phone": "+862162345678"})
        batch = self.dry_run(
            "编码,名称,电话\nT-1,浦东大明机械设备有限公司,021-62345678\n"
        )
        self.assertEqual(self.statuses(batch), ["create"])
        self.assertEqual(self.findings(batch), {2: ["looks_like"]})
        self.assertTrue(batch.row_ids.has_warning)
