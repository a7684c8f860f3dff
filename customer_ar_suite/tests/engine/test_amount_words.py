import re

from hypothesis import given
from hypothesis import strategies as st

from ...engine.amount_words import chinese, in_words
from .case import EngineCase, examples

FIGURES = dict(zip("零壹贰叁肆伍陆柒捌玖", range(10), strict=True))
PLACES = {"拾": 10, "佰": 100, "仟": 1000}
PARTS = "角分厘毫"


def read_whole(words: str) -> int:
    """The number some financial numerals name: a second, independent reading."""
    for unit, size in (("亿", 10**8), ("万", 10**4)):
        high, found, low = words.rpartition(unit)
        if found:
            return read_whole(high) * size + read_whole(low)
    total, figure = 0, 0
    for char in words:
        if char in PLACES:
            total, figure = total + figure * PLACES[char], 0
        else:
            figure = FIGURES[char]
    return total + figure


def read(words: str, digits: int) -> int:
    """Minor units of an amount in financial numerals."""
    sign = -1 if words.startswith("负") else 1
    whole, _unit, rest = words.removeprefix("负").removesuffix("整").rpartition("元")
    fraction = 0
    for figure, part in re.findall(rf"([{''.join(FIGURES)}])([{PARTS}])", rest):
        fraction += FIGURES[figure] * 10 ** (digits - 1 - PARTS.index(part))
    return sign * (read_whole(whole) * 10**digits + fraction)


class TestAmountWords(EngineCase):
    @examples(200)
    @given(st.integers(-(10**17), 10**17), st.sampled_from([0, 2, 3, 4]))
    def test_chinese_words_give_the_amount_back(self, minor, digits):
        self.assertEqual(read(chinese(minor, digits), digits), minor)

    @examples(200)
    @given(st.integers(0, 10**17))
    def test_chinese_words_keep_the_form_of_the_rules(self, fen):
        words = chinese(fen, 2)
        # one 零 at a time, never before a unit; 整 exactly where 元 ends the amount
        self.assertNotIn("零零", words)
        if fen >= 100:
            self.assertIsNone(re.search("零[拾佰仟万亿元]", words), words)
        self.assertEqual(words.endswith("元整"), fen % 100 == 0)
        # an amount of ten begins with 壹, so that nothing can be put before it
        self.assertFalse(words.startswith("拾"))

    def test_published_examples(self):
        """The examples of the rules for filling in bills and vouchers, first variant."""
        for fen, words in (
            (140950, "壹仟肆佰零玖元伍角"),
            (600714, "陆仟零柒元壹角肆分"),
            (168032, "壹仟陆佰捌拾元零叁角贰分"),
            (10700053, "壹拾万柒仟元零伍角叁分"),
            (1640902, "壹万陆仟肆佰零玖元零贰分"),
            (32504, "叁佰贰拾伍元零肆分"),
        ):
            self.assertEqual(chinese(fen, 2), words)

    def test_currency_and_language(self):
        for minor, digits, currency, language, words in (
            (12345, 2, "CNY", "zh_CN", "人民币壹佰贰拾叁元肆角伍分"),
            (-12300, 2, "USD", "zh_CN", "美元负壹佰贰拾叁元整"),
            (1500, 0, "JPY", "zh_CN", "日元壹仟伍佰元整"),
            (1234, 3, "BHD", "en_US", "One Bahraini dinar and 234/1000"),
            (1500, 0, "JPY", "en_US", "One thousand, five hundred Japanese yen"),
            (250, 2, "EUR", "fr_FR", "Deux euros 50/100"),
            (1, 2, "TWD", "zh_TW", "新台幣壹分"),
            (100, 2, "EUR", "tlh", ""),
        ):
            with self.subTest(currency=currency, language=language):
                self.assertEqual(in_words(minor, digits, currency, language), words)
