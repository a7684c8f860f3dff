"""Who paid: names that are the same, names that only look it, what was learned."""

from ...engine.matching.identify import Alias, Directory, Party, alias_key
from ...engine.party_name import likeness, name_key
from .case import EngineCase
from .test_matching import receipt

PARTIES = [
    Party(1, "Acme Trading Ltd.", "NL001234567B01"),
    Party(2, "Acme Trading & Transport GmbH"),
    Party(3, "上海会畅企业管理咨询有限公司", "91310000MA1FL0AAXX"),
    Party(4, "上海荟昌企业管理咨询有限公司"),
    Party(5, "Müller, Jörg"),
    Party(6, "Twin Towers B.V."),
    Party(7, "Twin Towers N.V."),
    Party(8, "Bo AG"),
]


def found(aliases=(), **values):
    """Partner and reason for a receipt; (0, "") if nobody is identified."""
    money = receipt(1, values.pop("text", ""), **values)
    payer = Directory(PARTIES, aliases, likeness()).identify(money)
    return (payer.partner_id, payer.code) if payer else (0, "")


class TestNames(EngineCase):
    def test_the_same_name_however_it_is_written(self):
        for one, other in (
            ("ACME TRADING LIMITED", "Acme Trading Ltd."),
            ("acme-trading, inc", "Acme Trading"),
            ("Société Zola S.A.R.L.", "SOCIETE ZOLA SARL"),
            ("Zola B.V.", "Zola bv"),
            ("Ａｃｍｅ　Ｔｒａｄｉｎｇ", "Acme Trading Co., Ltd."),
            ("上海测试贸易有限责任公司", "上海测试贸易有限公司"),
            ("北京（东方）贸易公司", "北京(东方)贸易有限公司"),
        ):
            with self.subTest(one):
                self.assertEqual(name_key(one), name_key(other))

    def test_other_names_stay_other_names(self):
        for one, other in (
            ("Acme Trading", "Acme Transport"),
            ("上海会畅企业管理咨询有限公司", "上海荟昌企业管理咨询有限公司"),
            ("中国银行股份有限公司上海分行", "中国银行股份有限公司北京分行"),
        ):
            self.assertNotEqual(name_key(one), name_key(other))


class TestIdentify(EngineCase):
    def test_by_what_the_bank_says(self):
        for expected, values in {
            (1, "payer_tax_id"): {"text": "vat nl001234567b01 thanks"},
            (1, "payer_name"): {"payer_name": "ACME TRADING LIMITED"},
            (2, "payer_name"): {"payer_name": "Acme Trading + Transport GMBH"},
            (3, "payer_name"): {"payer_name": "上海会畅企业管理咨询有限公司"},
            (4, "payer_in_text"): {"text": "上海荟昌企业管理咨询有限公司货款"},
            (2, "payer_in_text"): {"text": "from Acme Trading and Transport, rent"},
            (5, "payer_similar"): {"payer_name": "Jörg Müller"},
            (1, "payer_similar"): {"payer_name": "Acme Tradng Ltd"},
            (9, "payer"): {"partner": 9, "payer_name": "ACME TRADING LIMITED"},
        }.items():
            with self.subTest(values):
                self.assertEqual(found(**values), expected)

    def test_what_fits_two_or_says_too_little_is_nobody(self):
        for values in (
            {"payer_name": "Twin Towers"},
            {"payer_name": "Bo"},
            {"text": "bo"},
            {"payer_name": "上海企业管理咨询有限公司"},
            {"text": "Twin Towers, Acme Trading"},
            {"payer_name": "Somebody Else"},
            {},
        ):
            with self.subTest(values):
                self.assertEqual(found(**values), (0, ""))

    def test_what_was_learned_comes_first(self):
        account = alias_key("account", "NL91 ABNA 0417 1643 00")
        name = alias_key("name", "Factoring House")
        learned = [Alias(5, "account", account), Alias(1, "name", name)]
        # given an account and a name learned from earlier receipts
        payer = {"payer_account": "NL91ABNA0417164300", "payer_name": "Acme Trading"}
        self.assertEqual(found(learned, **payer), (5, "payer_alias"))
        payer = {"payer_name": "Factoring House Ltd"}
        self.assertEqual(found(learned, **payer), (1, "payer_alias"))
        # then one that was learned for two customers identifies neither
        both = [*learned, Alias(2, "name", name)]
        self.assertEqual(found(both, **payer), (0, ""))
