"""A customer file goes in: upload, mapping, dry run, apply; through the screens' methods."""

import base64
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_import import HEADINGS, TAX_A, TAX_B, TAX_C, ImportCase
from .engine.workbooks import make_xls, make_xlsx

RUN_LOG = "odoo.addons.customer_ar_suite.models.ar_run_mixin"
FILE = HEADINGS + (
    f"T-1,上海测试有限公司,{TAX_A},021-62345678,a@test.cn,上海\n"
    f"T-2,北京样品厂,{TAX_B},13800138000,b@test.cn,北京\n"
    "\n"
    f"T-3,广州贸易公司,{TAX_C},,c@test.cn,广州\n"
)


@tagged("post_install", "-at_install")
class TestImportFlow(ImportCase):
    def test_from_file_to_customers(self):
        # given a GB18030 file, when it is uploaded, its columns are known
        before = self.partners()
        batch = self.upload(FILE.encode("gb18030"))
        self.assertEqual(batch.step, "mapping")
        self.assertEqual((batch.encoding_found, batch.read_count), ("gb18030", 3))
        self.assertEqual(
            batch.mapping_ids.mapped("field_code"),
            ["ref", "name", "vat", "phone", "email", "city"],
        )
        self.assertIn("上海测试有限公司", batch.mapping_ids[1].samples)
        # when the dry run is made, nothing is written
        batch.action_check()
        self.assertEqual((batch.step, batch.create_count), ("check", 3))
        self.assertEqual((self.partners(), batch.empty_count), (before, 1))
        self.assertEqual(
            batch.read_count,
            batch.create_count + batch.update_count + batch.same_count
            + batch.conflict_count + batch.fault_count,
        )  # fmt: skip
        # a text file proves nothing about its end: its totals have to be confirmed
        with self.assertRaisesRegex(
            UserError, "3 rows and the last one .*广州贸易公司"
        ):
            batch.action_apply()
        batch.totals_confirmed = True
        # when it is applied, the customers are there
        batch.action_apply()
        self.assertEqual(
            (batch.step, batch.done_count, batch.error_count), ("done", 3, 0)
        )
        first = batch.row_ids[0].partner_id
        self.assertRecordValues(
            first,
            [
                {
                    "name": "上海测试有限公司", "ref": "T-1", "vat": TAX_A, "city": "上海",
                    "phone": "+862162345678", "email": "a@test.cn", "is_company": True,
                    "customer_rank": 1, "country_id": self.env.ref("base.cn").id,
                }
            ],
        )  # fmt: skip
        self.assertEqual(self.partners(), before + 3)
        entries = self.env["customer.audit.entry"].search(
            [("event", "=", "import_create"), ("res_id", "=", first.id)]
        )
        self.assertEqual(entries.user_id, self.clerk)

    def test_second_file_updates_what_differs_only(self):
        self.dry_run(FILE).action_apply()
        partner = self.env["res.partner"].search([("ref", "=", "T-1")])
        changed = FILE.replace("a@test.cn", "new@test.cn") + "T-4,新客户,,,,\n"
        batch = self.dry_run(changed)
        self.assertEqual(self.statuses(batch), ["update", "same", "same", "create"])
        row = batch.row_ids[0]
        self.assertEqual(row.diff, [["email", "a@test.cn", "new@test.cn"]])
        self.assertIn("<del", row.diff_html)
        self.assertEqual((row.partner_id, row.matched_by), (partner, "ref"))
        batch.action_apply()
        self.assertEqual(partner.email, "new@test.cn")
        self.assertEqual(row.sudo().before_json, {"email": "a@test.cn"})
        self.assertEqual(row.sudo().after_json, {"email": "new@test.cn"})
        # and loaded once more it would do nothing
        again = self.dry_run(
            changed, user=self.administrator, reason="to see that nothing changes"
        )
        self.assertEqual(set(self.statuses(again)), {"same"})

    def test_workbooks(self):
        rows = [
            ["某某有限公司客户资料表"],
            ["客户编号", "客户名称*", "税号（统一社会信用代码）", "信用"],
            ["T-1", "甲", TAX_A, ""],
        ]
        for make, name in ((make_xlsx, "a.xlsx"), (make_xls, "b.xls")):
            batch = self.dry_run(make(rows), name)
            self.assertEqual((batch.header_row, self.statuses(batch)), (2, ["create"]))
            self.assertEqual(batch.row_ids.values["vat"], TAX_A)

    def test_template_is_read_back(self):
        for lang in ("en_US", "zh_CN"):
            self.env["res.lang"]._activate_lang(lang)
            batches = self.env["customer.import.batch"].with_user(self.clerk)
            content = batches.with_context(lang=lang)._template_xlsx()
            batch = self.dry_run(content, f"{lang}.xlsx", user=self.clerk)
            self.assertTrue(all(batch.mapping_ids.mapped("field_code")), lang)
            self.assertEqual(
                (self.statuses(batch), self.findings(batch)), (["create"], {})
            )
            self.assertEqual(
                batch.row_ids.values["bank_account"], "6222021234567890123"
            )
            batch.action_cancel_run()

    def test_everything_a_row_can_carry(self):
        dimension = self.new_dimension("industry_test", name="行业测试")
        self.env["account.payment.term"].create({"name": "测试账期45"})
        parent = self.customers("集团公司测试")
        tag = self.env["res.partner.category"].create({"name": "重要客户测试"})
        head = (
            "名称,国家,省份,地址,网站,联系人,联系人电话,职务,开户行,账号,账期,业务员,"
            "语言,标签,上级单位,备注,行业测试\n"
        )
        text = head + (
            "全能公司,中国,广东,天河路1号,www.test.cn,王丽,13800138000,采购,工商银行,"
            "6222021234567890123,测试账期45,ar_test_customer_clerk,English,重要客户测试,"
            "集团公司测试,第一行,Light\n"
        )
        batch = self.dry_run(text)
        self.assertEqual(self.findings(batch), {})
        batch.action_apply()
        self.assertEqual(batch.error_count, 0, batch.row_ids.run_error)
        partner = batch.row_ids.partner_id
        self.assertEqual(partner.state_id, self.env.ref("base.state_cn_GD"))
        self.assertEqual(partner.website, "http://www.test.cn")
        self.assertEqual(partner.property_payment_term_id.name, "测试账期45")
        self.assertEqual((partner.user_id, partner.lang), (self.clerk, "en_US"))
        self.assertEqual((partner.category_id, partner.parent_id), (tag, parent))
        self.assertEqual(partner[dimension._column_name()].name, "Light")
        self.assertEqual(partner.bank_ids.acc_number, "6222021234567890123")
        self.assertEqual(partner.bank_ids.bank_id.name, "工商银行")
        self.assertFalse(partner.bank_ids.allow_out_payment)
        self.assertEqual(
            [(c.name, c.phone, c.function) for c in partner.child_ids],
            [("王丽", "+8613800138000", "采购")],
        )
        self.assertIn("第一行", partner.comment)
        # and again: nothing is new; a second contact is added, the first one corrected
        partner.parent_id = False
        more = text.replace(",集团公司测试,", ",,").replace("采购", "经理")
        batch = self.dry_run(more)
        self.assertEqual([d[0] for d in batch.row_ids.diff], ["contact_function"])
        batch.action_apply()
        self.assertEqual(partner.child_ids.function, "经理")
        self.assertEqual(len(partner.bank_ids), 1)
        batch = self.dry_run(more.replace("王丽", "李娜"))
        batch.action_apply()
        self.assertEqual(sorted(partner.child_ids.mapped("name")), ["李娜", "王丽"])

    def test_mapping_by_hand_and_profile(self):
        text = "Weird,Other,城市\nT-9,Nine,Wien\n"
        batch = self.upload(text)
        self.assertEqual(batch.mapping_ids.mapped("field_code"), [False, False, "city"])
        with self.assertRaisesRegex(UserError, "No column is the name"):
            batch.action_check()
        batch.mapping_ids[0].field_code = "ref"
        batch.mapping_ids[1].field_code = "name"
        batch.action_save_profile()
        batch.action_check()
        self.assertEqual(
            batch.row_ids.values, {"ref": "T-9", "name": "Nine", "city": "Wien"}
        )
        # the next file with these headings, in another order, is mapped by itself
        other = self.upload("城市,Other,Weird\nGraz,Ten,T-10\n")
        self.assertEqual(
            other.mapping_ids.mapped("field_code"), ["city", "name", "ref"]
        )
        self.assertTrue(other.profile_id)

    def test_reading_can_be_overridden(self):
        batch = self.upload("a;b;c\n1;2,5;3\nName;City;Ref\nAda;Wien;T-7\n")
        batch.header_row = 3
        batch.action_reparse()
        self.assertEqual(
            batch.mapping_ids.mapped("field_code"), ["name", "city", "ref"]
        )
        batch.action_check()
        self.assertEqual(self.statuses(batch), ["create"])
        self.assertFalse(batch.totals_confirmed)
        batch.action_back_to_mapping()
        self.assertEqual((batch.step, len(batch.row_ids)), ("mapping", 0))
        batch.write({"encoding": "utf-16"})
        with self.assertRaises(UserError):
            batch.action_reparse()

    def test_conflicts_wait_for_a_choice(self):
        one, two = self.customers("双胞胎公司", "双胞胎公司")
        batch = self.dry_run(
            "名称,城市\n双胞胎公司,上海\n其他公司,北京\n其他公司,天津\n"
        )
        self.assertEqual(self.statuses(batch), ["conflict", "create", "conflict"])
        self.assertEqual(
            self.findings(batch), {2: ["matches_several"], 4: ["twice_in_file"]}
        )
        rows = batch.row_ids.sorted("number")
        rows[0].write({"partner_id": two.id, "choice": "update"})
        batch.action_apply()
        self.assertEqual((one.city, two.city), (False, "上海"))
        self.assertEqual(rows.mapped("run_state"), ["done", "done", "skipped"])
        self.assertEqual(batch.done_count, 2)

    def test_internal_users_are_out_of_reach(self):
        admin = self.administrator.partner_id
        admin.write({"email": "boss@test.cn", "ref": "T-77"})
        batch = self.dry_run("编号,名称,邮箱\nT-77,Boss,evil@test.cn\n")
        self.assertEqual(self.statuses(batch), ["create"])

    def test_customers_of_other_companies_are_not_touched(self):
        other = self.env["res.company"].create({"name": "Other Import Company"})
        self.env["res.partner"].create(
            {
                "name": "Theirs",
                "ref": "T-88",
                "company_id": other.id,
                "is_company": True,
            }
        )
        batch = self.dry_run("编号,名称\nT-88,Ours\n")
        self.assertEqual(self.statuses(batch), ["create"])


@tagged("post_install", "-at_install")
class TestImportBadInput(ImportCase):
    def refused(self, content, message, filename="x.csv", **values):
        before = self.partners(), self.env["customer.import.batch"].search_count([])
        with self.assertRaisesRegex(UserError, message), self.env.cr.savepoint():
            self.dry_run(content, filename, **values)
        after = self.partners(), self.env["customer.import.batch"].search_count([])
        self.assertEqual(after, before)

    def test_files_that_cannot_be_read(self):
        whole = make_xlsx([["名称"], ["甲"]])
        self.refused(" ", "empty")
        self.refused(b"<html><table></table></html>", "HTML", "客户.xls")
        self.refused(whole[: len(whole) // 2], "damaged", "客户.xlsx")
        self.refused(b"name\n" + b"x" * 10_000_000, "Row 2, column A.*10000000")
        self.refused("Имя,Город\nПример,Москва\n".encode("cp1251"), "encoding")
        self.refused("状态,金额\n开业,100\n", "No column is the name")
        self.refused("a\0b", "NUL|empty")

    def test_a_csv_named_xlsx_is_read_all_the_same(self):
        batch = self.dry_run(FILE, "customers.xlsx")
        self.assertEqual((batch.kind, batch.create_count), ("csv", 3))

    def test_rows_with_faults_are_named_and_left_out(self):
        text = HEADINGS + (
            f"T-1,甲,{TAX_A[:-1]}H,abc,a@test.cn,\n"
            f"T-2,乙,{TAX_B},12,not-a-mail,\n"
            ",,,,,上海\n"
            "T-3,丙,,abc,,\n"
            f"T-3,丁,{TAX_C},,,\n"
        )
        batch = self.dry_run(text)
        self.assertEqual(
            self.statuses(batch), ["error", "error", "error", "create", "conflict"]
        )
        self.assertEqual(
            self.findings(batch),
            {
                2: ["phone_not_readable", "tax_id_wrong"],
                3: ["phone_not_readable", "email_not_readable"],
                4: ["customer_not_named"],
                5: ["phone_not_readable"],
                6: ["twice_in_file"],
            },
        )
        bad = batch.row_ids[0]
        self.assertIn("Row 2, column “统一社会信用代码”", bad.finding_text)
        with self.assertRaisesRegex(UserError, "only be skipped"):
            bad.choice = "create"
        before = self.partners()
        batch.action_apply()
        self.assertEqual(self.partners(), before + 1)

    def test_a_file_without_countries_is_of_the_country_its_tax_ids_name(self):
        # given a company elsewhere
        self.env.company.country_id = self.env.ref("base.nl")
        # when a file with Chinese credit codes is loaded, then it is read as Chinese
        batch = self.upload(FILE)
        self.assertEqual(batch.country_id, self.env.ref("base.cn"))
        # and codes that are no such thing say nothing about the country
        other = self.upload("Code,Name,Tax ID\nN-1,Vis B.V.,NL847316178B01\n")
        self.assertEqual(other.country_id, self.env.ref("base.nl"))

    def test_the_same_file_twice(self):
        first = self.upload(FILE)
        self.refused(FILE, "loaded on")
        self.refused(FILE, "loaded on", "another name.csv")
        self.refused(FILE, "loaded on", reason="a clerk's reason does not count")
        wizard = (
            self.env["customer.import.upload"]
            .with_user(self.clerk)
            .new({"file_data": base64.b64encode(FILE.encode())})
        )
        self.assertEqual(wizard.first_batch_id._origin, first)
        self.assertEqual(wizard.action_open_first()["res_id"], first.id)
        # the web client saves wizards with sizes in place of contents
        saved = (
            self.env["customer.import.upload"]
            .with_user(self.clerk)
            .with_context(bin_size=True)
            .create({"file_data": base64.b64encode(FILE.encode())})
        )
        self.env.invalidate_all()
        self.assertEqual(saved.first_batch_id, first)
        again = self.upload(FILE, user=self.administrator, reason="lost the first one")
        self.assertEqual(again.first_batch_id, first)
        self.assertEqual(again.override_reason, "lost the first one")
        # a cancelled import does not count
        first.action_cancel_run()
        self.assertFalse(self.upload(FILE, user=self.administrator).first_batch_id)

    def test_credit_limit_needs_accounting_rights(self):
        text = '名称,信用额度\n额度公司,"50,000.00"\n'
        self.refused(text, "no right")
        batch = self.dry_run(text, user=self.administrator)
        batch.action_apply()
        self.assertEqual(batch.row_ids.partner_id.credit_limit, 50000)


@tagged("post_install", "-at_install")
class TestImportRun(ImportCase):
    def many(self, count, tag="run"):
        return HEADINGS + "".join(
            f"T-{tag}-{i},公司{tag}{i},,,m{i}@{tag}.cn,\n" for i in range(count)
        )

    def test_kill_and_resume_neither_loses_nor_doubles(self):
        batch = self.dry_run(self.many(30))
        before = self.partners()
        with patch.object(type(batch), "_run_interactive_limit", 0):
            batch.action_apply()  # goes to the background
        self.assertEqual((batch.run_state, batch._count_todo()), ("running", 30))
        with patch.object(type(batch), "_run_chunk_size", 10):
            batch._process_items(batch._next_items())
            # killed in the middle of the second chunk: its transaction is gone
            try:
                with self.env.cr.savepoint():
                    batch._process_items(batch._next_items())
                    raise KeyboardInterrupt
            except KeyboardInterrupt:
                self.env.invalidate_all()
            self.assertEqual((batch.done_count, self.partners()), (10, before + 10))
            batch.action_apply()  # resumed
        self.env.invalidate_all()
        self.assertEqual((batch.run_state, batch.done_count), ("done", 30))
        self.assertEqual(self.partners(), before + 30)
        refs = (
            self.env["res.partner"].search([("ref", "=like", "T-run-%")]).mapped("ref")
        )
        self.assertEqual(len(set(refs)), 30)

    def test_in_the_background(self):
        batch = self.dry_run(self.many(12, "bg"))
        with patch.object(type(batch), "_run_interactive_limit", 0):
            batch.action_apply()
        cron = self.env.ref("customer_ar_suite.ar_run_cron")
        with (
            self.enter_registry_test_mode(),
            patch.object(type(batch), "_run_chunk_size", 5),
        ):
            cron.method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual((batch.run_state, batch.done_count), ("done", 12))
        self.assertEqual(batch.row_ids.partner_id.create_uid, self.clerk)

    @mute_logger(RUN_LOG)
    def test_one_bad_row_costs_few_steps(self):
        # given forty rows of which one cannot be created
        batch = self.dry_run(self.many(40, "few"))
        partner_class, sizes = type(self.env["res.partner"]), []
        create = partner_class.create

        def fail_on_thirty(records, vals_list):
            sizes.append(len(vals_list))
            if any(vals.get("ref") == "T-few-30" for vals in vals_list):
                raise ValueError("The thirtieth one fails")
            return create(records, vals_list)

        # when
        with patch.object(partner_class, "create", fail_on_thirty):
            batch.action_apply()
        # then the others went through together, in what is left when halving
        self.assertEqual((batch.done_count, batch.error_count), (39, 1))
        self.assertEqual(sizes[:3], [40, 20, 20])
        self.assertLess(len(sizes), 15)

    @mute_logger(RUN_LOG)
    def test_one_bad_row_does_not_stop_the_others(self):
        batch = self.dry_run(self.many(8, "one"))
        partner_class = type(self.env["res.partner"])
        create = partner_class.create

        def fail_on_five(records, vals_list):
            if any(vals.get("ref") == "T-one-5" for vals in vals_list):
                raise ValueError("The fifth one fails")
            return create(records, vals_list)

        with patch.object(partner_class, "create", fail_on_five):
            batch.action_apply()
        self.assertEqual(
            (batch.run_state, batch.done_count, batch.error_count), ("done", 7, 1)
        )
        failed = batch.row_ids.filtered(lambda row: row.run_state == "error")
        self.assertIn("fifth", failed.finding_text)
        batch.action_resume_run()
        self.env.invalidate_all()
        self.assertEqual((batch.done_count, batch.error_count), (8, 0))

    def test_a_customer_entered_meanwhile_is_not_doubled(self):
        batch = self.dry_run(self.many(3, "mean"))
        self.env["res.partner"].create(
            {"name": "Quick", "ref": "T-mean-1", "is_company": True}
        )
        batch.action_apply()
        self.assertEqual((batch.done_count, batch.error_count), (2, 1))
        self.assertIn("since the dry run", batch.row_ids.sorted("number")[1].run_error)

    def test_cancelled_runs_stop(self):
        batch = self.dry_run(self.many(5, "stop"))
        batch.action_cancel_run()
        with self.assertRaises(UserError):
            batch.action_apply()
        self.assertEqual(batch.step, "cancelled")
        # and nobody has ever decided to apply this one
        before = self.partners()
        with self.assertRaisesRegex(UserError, "not been started"):
            batch.action_resume_run()
        self.assertEqual(self.partners(), before)

    def test_a_finished_run_cannot_be_resumed(self):
        batch = self.dry_run(self.many(2, "fin"))
        batch.action_apply()
        with self.assertRaisesRegex(UserError, "Nothing of this run"):
            batch.action_resume_run()
        self.assertEqual(batch.run_state, "done")

    @mute_logger(RUN_LOG)
    def test_a_right_taken_away_ends_that_run_and_no_other(self):
        # given two imports waiting for a worker, of two clerks
        other = self.role_user("administrator_too", "administrator")
        mine = self.dry_run(self.many(3, "mine"))
        theirs = self.dry_run(self.many(3, "theirs"), user=other)
        for batch in (mine, theirs):
            with patch.object(type(batch), "_run_interactive_limit", 0):
                batch.action_apply()
        # when the first clerk loses the role before the worker comes
        role = self.env.ref("customer_ar_suite.customer_ar_suite_group_customer_clerk")
        self.clerk.group_ids -= role
        cron = self.env.ref("customer_ar_suite.ar_run_cron")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()
        # then nothing of it is applied and the form says why; the other one is done
        mine, theirs = mine.sudo(), theirs.sudo()
        self.assertEqual((mine.run_state, mine.done_count), ("cancelled", 0))
        self.assertTrue(mine.stopped_because)
        self.assertEqual((theirs.run_state, theirs.done_count), ("done", 3))

    def test_statements_do_not_grow_with_the_rows(self):
        def statements(count, tag):
            batch = self.dry_run(self.many(count, tag))
            rows = batch.row_ids.browse(batch.row_ids.ids)
            batch._prepare_run()
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            batch._process_items(rows)
            self.env.flush_all()
            return self.env.cr.sql_log_count - start

        statements(2, "warm")
        few, many = statements(5, "few"), statements(105, "many")
        # the ORM inserts a hundred rows per statement; nothing else may grow
        self.assertLessEqual(many - few, 10, f"{few} for 5 rows, {many} for 105")


@tagged("post_install", "-at_install")
class TestImportRights(ImportCase):
    def test_employees_can_do_nothing(self):
        batch = self.dry_run(FILE)
        stranger = batch.with_user(self.employee)
        for method in (
            "action_check", "action_apply", "action_reparse", "action_back_to_mapping",
            "action_save_profile", "action_cancel_run", "action_resume_run",
            "action_view_rows", "action_view_customers",
        ):  # fmt: skip
            with self.assertRaises(AccessError, msg=method), self.env.cr.savepoint():
                getattr(stranger, method)()
        with self.assertRaises(AccessError):
            stranger.read(["name"])
        with self.assertRaises(AccessError):
            stranger.row_ids[:1].read(["name"])
        with self.assertRaises(AccessError):
            self.env["customer.import.upload"].with_user(self.employee).create({})

    def test_clerks_choose_and_nothing_else(self):
        batch = self.dry_run(FILE)
        row = batch.row_ids[0]
        for record, vals in (
            (row, {"values": {"name": "Evil"}}),
            (row, {"status": "create"}),
            (row, {"run_state": "done"}),
            (batch, {"sha256": "0"}),
            (batch, {"run_state": "draft"}),
            (batch, {"company_id": self.env.company.id}),
            (batch.mapping_ids[0], {"position": 9}),
        ):
            # AccessError is a UserError
            with self.assertRaises(UserError, msg=str(vals)), self.env.cr.savepoint():
                record.write(vals)
        for model in (
            "customer.import.batch",
            "customer.import.row",
            "customer.import.mapping",
        ):
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.clerk).create({})
        row.choice = "skip"
        batch.action_apply()
        self.assertEqual((row.run_state, batch.done_count), ("skipped", 2))

    def test_auditors_read_only(self):
        auditor = self.role_user("auditor")
        batch = self.dry_run(FILE).with_user(auditor)
        self.assertEqual(batch.create_count, 3)
        self.assertTrue(batch.row_ids[0].finding_text is not None)
        with self.assertRaises(AccessError):
            batch.action_apply()
        with self.assertRaises(AccessError):
            batch.write({"name": "x"})

    def test_mapping_reaches_allowed_fields_only(self):
        batch = self.upload(FILE)
        # not a field at all, not a dimension, taken by another column
        for code in ("user_ids", "company_id", "dim_0", "create_uid", "name"):
            with self.assertRaises(ValidationError, msg=code), self.env.cr.savepoint():
                batch.mapping_ids[0].write({"field_code": code})
            self.env.invalidate_all()

    def test_other_companies_do_not_see_it(self):
        batch = self.upload(FILE)
        other = self.env["res.company"].create({"name": "Other Company"})
        self.clerk.write({"company_ids": [Command.link(other.id)]})
        seen = batch.with_context(allowed_company_ids=other.ids)
        with self.assertRaises(AccessError):
            seen.read(["name"])
