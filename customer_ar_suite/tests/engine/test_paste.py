"""Pasted blocks: each field right, how sure it is, and what is not there stays empty."""

import logging
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from ...engine.paste.compare import compare
from ...engine.paste.labels import LABELS, segments
from ...engine.paste.read import read_block
from ...engine.paste.values import mend_uscc, read_account, read_vat
from .case import EngineCase, examples
from .paste_blocks import blocks

USCC = "91310116052958608G"
_logger = logging.getLogger(__name__)


def fields(text, country="CN"):
    return {reading.code: reading.value for reading in read_block(text, country)}


class TestPasteBlock(EngineCase):
    def test_labelled_in_any_order_and_punctuation(self):
        parts = {
            "name": ("名 称：", "上海测试贸易有限公司"),
            "vat": ("纳税人识别号:", USCC),
            "address": ("地址；", "上海市浦东新区张江路88号"),
            "phone": ("电话 ", "021-58881234"),
            "bank_name": ("开户行=", "中国银行上海徐汇支行"),
            "bank_account": ("帐号：", "4355 6789 0123 4567"),
        }
        expected = {code: value for code, (_label, value) in parts.items()} | {
            "phone": "+862158881234",
            "bank_account": "4355678901234567",
        }
        for order in (list(parts), list(reversed(parts)), sorted(parts)):
            text = "\n".join("".join(parts[code]) for code in order)
            self.assertEqual(fields(text), expected)

    def test_full_width(self):
        text = (
            "税号：９１３１０１１６０５２９５８６０８Ｇ\n账号：４３５５６７８９０１２３\n"
            "电话：０２１－５８８８１２３４"
        )
        self.assertEqual(
            fields(text),
            {"vat": USCC, "bank_account": "435567890123", "phone": "+862158881234"},
        )

    def test_nothing_is_made_up(self):
        for text in (
            "",
            "\n\n",
            "Kind regards",
            "请尽快开票，谢谢！",
            "123",
            "Hello Bob,",
        ):
            with self.subTest(text):
                self.assertEqual(fields(text), {})

    def test_fax_is_no_telephone(self):
        self.assertEqual(
            fields("电话：021-58881234\n传真：021-58881235"), {"phone": "+862158881234"}
        )

    def test_account_is_no_tax_id_and_no_telephone(self):
        self.assertEqual(
            fields("6222021001116245702\n13800138000"),
            {"bank_account": "6222021001116245702", "phone": "+8613800138000"},
        )

    def test_confidence_and_source(self):
        sure, doubtful, mended = (
            read_block(text, "CN")[0]
            for text in (
                f"税号：{USCC}",
                f"税号：{USCC[:-1]}H",
                f"税号：{USCC.replace('0', 'O', 1)}",
            )
        )
        self.assertEqual((sure.value, sure.confidence), (USCC, 98))
        self.assertEqual((mended.value, mended.confidence), (USCC, 70))
        self.assertEqual((doubtful.confidence, doubtful.line), (50, 1))
        self.assertIn("税号", doubtful.source)

    def test_label_with_a_misread_character(self):
        self.assertEqual(segments("统一社会信用代玛:91", 1)[0].codes, ("vat",))
        self.assertFalse(segments("统一社会信用代玛:91", 1)[0].exact)

    def test_every_label_announces_its_fields(self):
        for label, codes in LABELS.items():
            with self.subTest(label):
                [segment] = segments(f"{label}: 12345678", 1)
                self.assertEqual(segment.codes, codes)

    @examples(25)
    @given(st.text(max_size=400))
    def test_any_text_is_read_without_an_error(self, text):
        for reading in read_block(text, "CN"):
            self.assertTrue(reading.value)
            self.assertTrue(0 <= reading.confidence <= 100)


class TestPasteCorpus(EngineCase):
    """At least 95 % of the fields of 600 invented blocks; what is filled wrongly counts."""

    def test_fields_right(self):
        right, total, wrong = Counter(), Counter(), []
        kinds_right, kinds = Counter(), Counter()
        for block in blocks():
            found = fields(block.text, block.country)
            for code in block.expected.keys() | (found.keys() - {"country"}):
                total[code] += 1
                kinds[block.kind] += 1
                if found.get(code) == block.expected.get(code):
                    right[code] += 1
                    kinds_right[block.kind] += 1
                else:
                    wrong.append((block, code, found.get(code)))
        share = sum(right.values()) / sum(total.values())
        report = "\n".join(
            f"{name:26} {good[name] / count[name]:7.1%} of {count[name]}"
            for good, count in ((right, total), (kinds_right, kinds))
            for name in sorted(count)
        )
        _logger.info(
            "paste corpus: %.2f %% of %s fields\n%s",
            100 * share,
            sum(total.values()),
            report,
        )
        samples = "\n".join(
            f"{code}: {value!r} for {block.expected.get(code)!r} in\n{block.text}\n"
            for block, code, value in wrong[:12]
        )
        self.assertGreaterEqual(share, 0.95, samples)
        for code, count in total.items():
            self.assertGreaterEqual(right[code] / count, 0.90, f"{code}\n{samples}")


class TestPasteValues(EngineCase):
    def test_every_single_slip_of_a_credit_code_is_mended_or_said(self):
        """Never another company's number: what is mended is the number meant."""
        for at in range(2, 17):
            for slip in "OISZB":
                misread = USCC[:at] + slip + USCC[at + 1 :]
                meant = mend_uscc(misread)
                if meant:
                    value, confidence = read_vat(misread, "CN")
                    self.assertLess(confidence, 90)
                    self.assertEqual(value, meant)

    def test_iban_proves_itself(self):
        self.assertEqual(
            read_account("GB33 BUKB 2020 1555 5555 55"), ("GB33BUKB20201555555555", 98)
        )
        self.assertLess(read_account("GB33 BUKB 2020 1555 5555 56")[1], 90)


class TestCompare(EngineCase):
    PAGE = (
        "营 业 执 照\n统一社会信用代码  91310116052958608G\n名 称 上海测试贸易有限公司\n"
        "住 所 上海市浦东新区张江路88号501室\n电话 021-5888 1234\n"
        "开户行 中国银行上海徐汇支行  账号 4355 6789 0123 4567"
    )

    def test_verdicts(self):
        for code, value, verdict in (
            ("name", "上海测试贸易有限公司", "found"),
            ("name", "上海测式贸易有限公司", "differs"),
            ("name", "北京大河食品厂", "missing"),
            ("vat", USCC, "found"),
            ("vat", USCC[:-1] + "K", "differs"),
            ("address", "上海市浦东新区张江路88号 501室", "found"),
            ("phone", "+862158881234", "found"),
            ("phone", "+862158881235", "differs"),
            ("bank_account", "4355678901234567", "found"),
            ("bank_account", "4355678901234568", "differs"),
            ("email", "a@b.cn", "missing"),
        ):
            with self.subTest(code=code, value=value):
                self.assertEqual(compare(code, value, self.PAGE).verdict, verdict)

    def test_says_what_stands_there_and_where(self):
        found = compare("vat", USCC[:-1] + "K", self.PAGE)
        self.assertEqual((found.nearest, found.line), (USCC, 2))

    def test_without_text_nothing_is_claimed(self):
        for text in ("", "  \n "):
            self.assertEqual(compare("name", "Acme", text).verdict, "no_text")
        self.assertEqual(compare("name", "", self.PAGE).verdict, "no_text")

    @examples(25)
    @given(st.text(max_size=60), st.text(max_size=300))
    def test_what_is_in_the_text_is_found(self, value, text):
        page = f"{text}\nx {value} y"
        verdict = compare("name", value, page).verdict
        self.assertIn(verdict, ("found", "no_text", "missing"))
