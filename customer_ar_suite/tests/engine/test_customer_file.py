"""A customer file: headers found, rows read, faults named, plan made."""

from decimal import Decimal
from difflib import SequenceMatcher

from hypothesis import given, settings
from hypothesis import strategies as st

from ...engine.customer_file.blocks import join
from ...engine.customer_file.checking import run_checks
from ...engine.customer_file.checks import CHECKS
from ...engine.customer_file.checks.tax_id import is_valid, one_slip
from ...engine.customer_file.fields import FIELDS, is_field
from ...engine.customer_file.footer import split_footer
from ...engine.customer_file.headers import (
    ENOUGH,
    _names,
    is_known,
    propose,
    signature,
)
from ...engine.customer_file.plan import Existing, build
from ...engine.customer_file.rows import Column, CustomerRow, Settings, read_rows
from ...engine.tabular.table import CellFault, RawRow
from .case import EngineCase

SETTINGS = Settings(
    country="CN",
    countries={"cn": "CN", "中国": "CN", "germany": "DE", "德国": "DE"},
    references={
        "payment_term": {"30 days": 7, "月结": 0},
        "tags": {"vip": 1, "重要": 2},
    },
)


def read(headings, *rows):
    mapping = [Column(i, h, h) for i, h in enumerate(headings) if h]
    return run_checks(
        read_rows(
            [RawRow(n, tuple(r)) for n, r in enumerate(rows, 2)], mapping, SETTINGS
        ),
        SETTINGS,
    )


def codes(row):
    return [finding.code for finding in row.findings]


class TestHeaders(EngineCase):
    def test_chinese_and_english_headings(self):
        expected = {
            "客户名称*": "name", "单位名称": "name", "公司名称": "name",
            "税号（统一社会信用代码）": "vat", "纳税人识别号": "vat",
            "手机": "phone", "联系电话": "phone", "联系人": "contact_name",
            "联系人电话": "contact_phone", "开户行": "bank_name", "账号": "bank_account",
            "地址": "street", "省": "state", "市": "city", "邮箱": "email",
            "信用额度(元)": "credit_limit", "账期": "payment_term", "业务员": "salesperson",
            "客户编码": "ref", "Customer No.": "ref", "E-Mail": "email", "Zip / Postal": "",
            "VAT number": "vat", "Company_Name": "name", "Adress": "street",
            "IBAN": "bank_account",
            "收货人": "delivery_name", "Shipping City": "delivery_city",
            "联系人2": "contact_name#2", "第二联系人电话": "contact_phone#2",
            "账号二": "bank_account#2", "户名": "bank_holder",
            "Bank Account (3)": "bank_account#3", "开票信息 / 税号": "vat",
            "收货地址 / 邮编": "delivery_zip", "SAP 2 Code": "",
            "未导入原因 / Not imported because": "",
            "注册资本": "", "状态": "", "gender": "", "主要联系电话": "phone",
        }  # fmt: skip
        for heading, field in expected.items():
            self.assertEqual(propose([heading])[0].field, field, heading)

    def test_a_field_is_given_once_to_the_surest_heading(self):
        found = propose(["主要联系电话", "电话", "Name"])
        self.assertEqual([m.field for m in found], ["", "phone", "name"])

    def test_dimensions_are_names_too(self):
        self.assertEqual(propose(["行业"], {"行业": "dim_3"})[0].field, "dim_3")

    def test_synonyms_are_unambiguous(self):
        seen = {}
        for field in FIELDS.values():
            for name in field.synonyms:
                self.assertEqual(
                    seen.setdefault(name.casefold(), field.code), field.code, name
                )

    def test_layout_is_recognised_whatever_the_order(self):
        self.assertEqual(
            signature(["客户 名称", "Tel."]), signature(["tel", "客户名称*"])
        )
        self.assertNotEqual(signature(["a"]), signature(["b"]))

    def test_second_numbers_belong_to_the_second_person(self):
        found = propose(["电话", "联系人", "联系人2", "电话2", "邮箱2"])
        self.assertEqual(
            [m.field for m in found][2:],
            ["contact_name#2", "contact_phone#2", "contact_email#2"],
        )
        self.assertEqual([m.field for m in propose(["名称", "电话2"])], ["name", ""])

    def test_the_only_address_is_the_customers_own(self):
        found = propose(["Name", "Billing Street", "Billing City", "Shipping City"])
        self.assertEqual(
            [m.field for m in found], ["name", "street", "city", "delivery_city"]
        )
        found = propose(["Name", "Street", "Billing Street"])
        self.assertEqual([m.field for m in found], ["name", "street", "invoice_street"])

    def test_technical_fields_are_out_of_reach(self):
        for code in (
            "user_ids",
            "company_id",
            "create_uid",
            "dim_",
            "dim_1/x",
            "parent_id/vat",
        ):
            self.assertFalse(is_field(code), code)


QUICK = settings(max_examples=200, deadline=None, derandomize=True, database=None)


class TestSlips(EngineCase):
    @QUICK
    @given(st.data())
    def test_a_name_that_cannot_be_meant_is_left_out_only_then(self, data):
        # given a name of a field with some letters exchanged, added or left out
        name = data.draw(st.sampled_from(sorted(n for n in _names() if n.isascii())))
        letters = list(name)
        for _slip in range(data.draw(st.integers(0, 3))):
            place = data.draw(st.integers(0, len(letters) - 1))
            letters[place] = data.draw(
                st.sampled_from(["", "x", "e", letters[place] * 2])
            )
        heading = "".join(letters)
        # then it is found as if all names had been compared in full
        best = max(
            (
                SequenceMatcher(None, heading, other).ratio()
                for other in _names()
                if len(heading) >= 5 and abs(len(other) - len(heading)) <= 2
            ),
            default=0.0,
        )
        if best * 0.85 >= ENOUGH:
            self.assertTrue(is_known(heading), heading)


class TestRows(EngineCase):
    def test_values_are_typed(self):
        row = read(
            ["country", "phone", "credit_limit", "vat", "payment_term", "tags", "ref"],
            [
                "德国",
                "030 901820",
                "1,000.50",
                "de 136 695 976",
                "30 DAYS",
                "VIP、重要",
                Decimal(7),
            ],
        )[0]
        self.assertEqual(codes(row), [])
        self.assertEqual(
            dict(row.values),
            {
                "country": "DE", "phone": "+4930901820", "credit_limit": Decimal("1000.50"),
                "vat": "DE136695976", "payment_term": 7, "tags": (1, 2), "ref": "7",
            },
        )  # fmt: skip

    def test_faults_are_findings_with_their_place(self):
        row = read(
            ["name", "email", "phone", "credit_limit", "payment_term", "country"],
            ["A", "a@", "12", "1.000,50", "月结", "Atlantis"],
        )[0]
        self.assertEqual(
            sorted(codes(row)),
            sorted([
                "country_unknown", "email_not_readable", "phone_not_readable",
                "amount_not_readable", "reference_ambiguous",
            ]),
        )  # fmt: skip
        severity = {finding.code: finding.severity for finding in row.findings}
        self.assertEqual(severity["phone_not_readable"], "warning")
        self.assertEqual(severity["email_not_readable"], "error")
        self.assertEqual(row.findings[0].params["row"], 2)

    def test_a_second_number_is_told(self):
        row = read(["name", "phone"], ["A", "13800138000 / 13900139000"])[0]
        self.assertEqual(row.values["phone"], "+8613800138000")
        self.assertEqual(codes(row), ["phone_more_ignored"])

    @settings(max_examples=25, derandomize=True, deadline=None)
    @given(
        st.lists(
            st.one_of(st.text(max_size=20), st.decimals(), st.booleans()), max_size=29
        )
    )
    def test_reading_is_total(self, cells):
        headings = list(FIELDS)
        cells = [
            CellFault("#N/A") if isinstance(c, Decimal) and not c.is_finite() else c
            for c in cells
        ]
        row = read(headings, cells)[0]
        for finding in row.findings:
            self.assertEqual(finding.params["row"], 2)


class TestBlocks(EngineCase):
    HEAD = ("ref", "name", "contact_name", "contact_phone", "bank_account", "city")

    def joined(self, *rows, head=HEAD):
        mapping = [Column(i, h, h) for i, h in enumerate(head)]
        raw = [RawRow(n, tuple(r)) for n, r in enumerate(rows, 2)]
        return join(read_rows(raw, mapping, SETTINGS))

    def test_rows_below_a_customer_bring_more_of_it(self):
        rows = self.joined(
            ["C1", "甲", "王丽", "13800138000", "622202", "上海"],
            ["", "", "李娜", "", "", ""],
            ["", "", "", "", "622203", ""],
            ["C2", "乙", "", "", "", ""],
        )
        self.assertEqual(
            [(row.number, row.more) for row in rows], [(2, (3, 4)), (5, ())]
        )
        self.assertEqual(
            dict(rows[0].values),
            {
                "ref": "C1", "name": "甲", "city": "上海", "contact_name": "王丽",
                "contact_phone": "+8613800138000", "bank_account": "622202",
                "contact_name#2": "李娜", "bank_account#2": "622203",
            },
        )  # fmt: skip
        self.assertEqual(codes(rows[0]), ["row_continues", "row_continues"])

    def test_a_repeated_customer_with_another_contact_is_one(self):
        rows = self.joined(
            ["C1", "甲", "王丽", "", "", "上海"],
            ["C2", "乙", "赵六", "", "", ""],
            ["C1", "甲", "李娜", "13800138000", "", "上海"],
            ["C1", "甲", "李娜", "13900139000", "622203", "上海"],
        )
        self.assertEqual([row.more for row in rows], [(4, 5), ()])
        self.assertEqual(rows[0].values["contact_phone#2"], "+8613800138000")
        self.assertEqual(rows[0].values["bank_account"], "622203")
        # two numbers of one person: the first stays, the other is told
        self.assertEqual(codes(rows[0]), ["entry_differs"])

    def test_what_is_no_continuation_stays_a_row(self):
        rows = self.joined(
            ["C1", "甲", "王丽", "", "", "上海"],
            ["C1", "甲", "李娜", "", "", "北京"],  # says something else
            ["C1", "甲", "王丽", "", "", "上海"],  # adds nothing
            ["", "", "", "", "", "上海"],  # a city alone
        )
        self.assertEqual([row.number for row in rows], [2, 3, 4, 5])
        # nothing continues what is not named
        rows = self.joined(["", "", "王丽", "", "", ""], ["", "", "李娜", "", "", ""])
        self.assertEqual(len(rows), 2)

    def test_there_is_an_end(self):
        many = [["", "", f"P{n}", "", "", ""] for n in range(1000)]
        rows = self.joined(["C1", "甲", "", "", "", ""], *many)
        self.assertLess(len(rows[0].entries("contact")), 61)
        self.assertIn("too_many_entries", codes(rows[0]))

    def test_no_row_is_lost(self):
        rows = [["C1", "甲", "a", "", "", ""], ["", "", "b", "", "", ""]] * 3
        found = self.joined(*rows)
        self.assertEqual(sum(1 + len(row.more) for row in found), len(rows))


class TestFooter(EngineCase):
    def test_totals_and_signatures_at_the_end(self):
        rows = [
            ("1", "Ada"), ("小计", "", "7"), ("2", "Total SE"), ("合计：", "2 家"),
            ("制表人：李", "审核：王"), ("Printed on 1 May",),
        ]  # fmt: skip
        body = split_footer([RawRow(n, row) for n, row in enumerate(rows, 2)])
        self.assertEqual([row.number for row in body.rows], [2, 3, 4])
        self.assertEqual(len(body.footer), 3)


class TestChecks(EngineCase):
    def test_parts_of_a_file_know_of_each_other(self):
        rows = read(("ref", "name"), ("A-1", "One"), ("B-1", "Two"), ("A 1", "Three"))
        seen = {}
        bare = [CustomerRow(row.number, row.values) for row in rows]
        first = run_checks(bare[:2], SETTINGS, seen=seen)
        (last,) = run_checks(bare[2:], SETTINGS, seen=seen)
        self.assertEqual([codes(row) for row in first], [[], []])
        self.assertEqual(codes(last), ["twice_in_file"])
        self.assertEqual(last.findings[0].params["first"], 2)

    def test_registered(self):
        self.assertEqual(
            [code for code, _label in CHECKS.selection()],
            [
                "bank_account", "contact_person", "mandatory", "tax_id", "total_row",
                "twice_in_file",
            ],
        )  # fmt: skip

    def test_tax_ids(self):
        for number in ("91310116052958608G", "913101203509708598"):
            self.assertIs(is_valid(number, "CN"), True)
            self.assertIs(is_valid(number[:-1] + "Z", "CN"), False)
        self.assertIs(is_valid("DE136695976", "CN"), False)
        self.assertIs(is_valid("FR40303265045", "DE"), True)
        self.assertIsNone(is_valid("12", ""))

    def test_one_slip_is_proposed(self):
        self.assertEqual(one_slip("9131O116052958608G"), "91310116052958608G")
        # a swap at the front is also explained by other slips: nothing is proposed
        self.assertEqual(one_slip("19310116052958608G"), "")
        self.assertEqual(one_slip("1234"), "")
        row = read(["name", "vat"], ["A", "9131O116052958608G"])[0]
        self.assertEqual(codes(row), ["tax_id_wrong_meant"])
        self.assertEqual(row.findings[0].params["meant"], "91310116052958608G")

    def test_accounts(self):
        faults = {
            "DE89370400440532013000": [],
            "DE89370400440532013001": ["iban_wrong"],
            "6222021234567890123": [],
            "12": ["bank_account_wrong"],
        }
        for account, expected in faults.items():
            self.assertEqual(
                codes(read(["name", "bank_account"], ["A", account])[0]), expected
            )
        lonely = read(["name", "bank_name"], ["A", "工商银行"])[0]
        self.assertEqual(codes(lonely), ["bank_without_account"])

    def test_totals_are_no_customers(self):
        rows = read(
            ["ref", "name"], ["合计：", "36 家"], ["", "Total"], ["1", "Total SE"]
        )
        self.assertEqual(
            [codes(row) for row in rows], [["row_is_total"], ["row_is_total"], []]
        )

    def test_twice_and_nameless(self):
        rows = read(
            ["name", "ref"],
            ["A", "1"],
            ["B", "0-1"],
            ["C", "01"],
            ["", ""],
            ["D", ""],
            ["d", ""],
        )
        self.assertEqual(
            [codes(row) for row in rows],
            [[], [], ["twice_in_file"], ["customer_not_named"], [], ["twice_in_file"]],
        )
        self.assertEqual(rows[2].findings[0].params["first"], 3)


class TestPlan(EngineCase):
    def plan(self, headings, rows, *existing):
        return build(read(headings, *rows), existing).rows

    def test_create_update_same(self):
        there = Existing(5, {"ref": "C1", "name": "Old", "phone": "+86 138 0013 8000"})
        plans = self.plan(
            ["ref", "name", "phone"],
            [["c-1", "New", "13800138000"], ["C2", "Second", ""], ["C1", "", ""]],
            there,
        )
        self.assertEqual([p.status for p in plans], ["update", "create", "conflict"])
        changes = {c.field: (c.old, c.new) for c in plans[0].changes}
        self.assertEqual(changes, {"ref": ("C1", "c-1"), "name": ("Old", "New")})
        self.assertEqual((plans[0].partner_id, plans[0].matched_by), (5, "ref"))
        self.assertEqual(self.plan(["ref"], [["C1"]], there)[0].status, "same")

    def test_empty_cells_erase_nothing(self):
        there = Existing(5, {"ref": "C1", "name": "A", "city": "Wien"})
        self.assertEqual(
            self.plan(["ref", "name", "city"], [["C1", "A", " "]], there)[0].status,
            "same",
        )

    def test_weaker_keys_do_not_join_what_stronger_ones_tell_apart(self):
        there = Existing(5, {"ref": "C1", "name": "A", "vat": "91310116052958608G"})
        plans = self.plan(["ref", "name"], [["C2", "A"]], there)
        self.assertEqual(plans[0].status, "create")
        plans = self.plan(
            ["ref", "name", "vat"], [["C2", "A", "91310116052958608G"]], there
        )
        self.assertEqual(
            (plans[0].status, codes(plans[0].row)), ("conflict", ["tax_id_taken"])
        )
        plans = self.plan(["name"], [["a"]], there)
        self.assertEqual((plans[0].status, plans[0].matched_by), ("update", "name"))

    def test_conflicts(self):
        one = Existing(1, {"ref": "C1", "name": "A"})
        two = Existing(2, {"name": "B", "vat": "91310116052958608G"})
        twin = Existing(3, {"name": "A"})
        plans = self.plan(["ref", "vat"], [["C1", "91310116052958608G"]], one, two)
        self.assertEqual(
            (plans[0].status, codes(plans[0].row)), ("conflict", ["matches_several"])
        )
        self.assertEqual(self.plan(["name"], [["A"]], one, twin)[0].status, "conflict")
        gone = Existing(4, {"ref": "C4", "name": "D"}, archived=True)
        plans = self.plan(["ref"], [["C4"]], gone)
        self.assertEqual(
            (plans[0].status, codes(plans[0].row)), ("conflict", ["matches_archived"])
        )

    def test_shared_mailbox_needs_the_name(self):
        one = Existing(1, {"name": "A", "email": "office@x.cn"})
        two = Existing(2, {"name": "B", "email": "office@x.cn"})
        plans = self.plan(["name", "email"], [["B", "Office@x.cn"]], one, two)
        self.assertEqual((plans[0].status, plans[0].partner_id), ("same", 2))

    def test_contacts_and_accounts(self):
        there = Existing(
            1,
            {"ref": "C1", "name": "A"},
            beside={
                "bank": [{"bank_account": "123456"}],
                "contact": [{"contact_name": "Wang Li", "contact_email": "w@x.cn"}],
            },
        )
        head = ["ref", "contact_name", "contact_email", "bank_account"]
        self.assertEqual(
            self.plan(head, [["C1", "Wang Li", "w@x.cn", "12 34 56"]], there)[0].status,
            "same",
        )
        plans = self.plan(head, [["C1", "Li Na", "l@x.cn", "999999"]], there)
        self.assertEqual(
            [c.field for c in plans[0].changes],
            ["contact_name", "contact_email", "bank_account"],
        )

    def test_errors_do_nothing(self):
        plans = self.plan(["name", "email"], [["A", "bad"], ["", "a@b.cn"]])
        self.assertEqual([p.status for p in plans], ["error", "error"])
        self.assertFalse(plans[0].changes)

    @settings(max_examples=25, derandomize=True, deadline=None)
    @given(
        st.lists(
            st.tuples(st.sampled_from(["", "1", "2"]), st.sampled_from(["", "A", "B"]))
        )
    )
    def test_applying_a_plan_leaves_nothing_to_do(self, rows):
        # given any file, when its creations are there, then the same file creates nothing
        plans = self.plan(["ref", "name"], rows)
        made = [
            Existing(i, dict(p.row.values))
            for i, p in enumerate(plans, 1)
            if p.status == "create"
        ]
        again = build([p.row for p in plans if p.status == "create"], made).rows
        self.assertEqual({p.status for p in again} - {"same", "conflict"}, set())
