"""Which encoding a text is in, with a stated confidence; never a silent guess.

>>> text = decode("客户名称,税号\\n上海测试有限公司,1\\n".encode("gb18030"))
>>> text.encoding, text.confidence > 0.9, text.text[:4]
('gb18030', True, '客户名称')
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from typing import NamedTuple

from ..errors import FileError

#: below this nothing is taken; the user is asked instead
ENOUGH = 0.7

#: what a user may choose, with the name he knows
CHOICES = (
    ("utf-8", "UTF-8"),
    ("gb18030", "GB18030 / GBK (简体中文)"),
    ("big5", "Big5 (繁體中文)"),
    ("utf-16", "UTF-16"),
    ("cp1252", "Windows-1252 / Latin-1 (Western)"),
    ("cp1250", "Windows-1250 (Central European)"),
    ("cp1251", "Windows-1251 (Cyrillic)"),
    ("cp932", "Shift JIS (日本語)"),
    ("euc_kr", "EUC-KR (한국어)"),
)

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Letters and signs that Western European business text is made of.
_WESTERN = frozenset(
    "àáâãäåæçèéêëìíîïñòóôõöøùúûüýÿœšžßðþÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝŒŠŽÐÞ€£°§«»‘’“”–—…·´ºª®©\xa0"
)
_UTF8_SEQUENCE = re.compile(rb"[\xc2-\xf4][\x80-\xbf]+")
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")


class Decoded(NamedTuple):
    """Text, the encoding it was read in and how sure that is (0..1)."""

    text: str
    encoding: str
    confidence: float


def decode(data: bytes, encoding: str | None = None) -> Decoded:
    """The text of a file, in the encoding given or in the one its bytes prove.

    :raises FileError: ``encoding_wrong`` (the given one does not fit), ``encoding_unknown``,
        ``encoding_mixed``, ``file_truncated`` or ``file_has_nul``
    """
    if encoding:
        return _declared(data, encoding)
    for bom, name in _BOMS:
        if data.startswith(bom):
            return _strict(data, name, 1.0)
    if b"\0" in data:
        return _without_bom(data)
    if data.isascii():
        return Decoded(data.decode("ascii"), "utf-8", 1.0)
    try:
        return Decoded(data.decode("utf-8"), "utf-8", 0.99)
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data":
            raise FileError("file_truncated") from None
    _refuse_mixture(data)
    return _most_plausible(data)


def _declared(data: bytes, encoding: str) -> Decoded:
    try:
        name = codecs.lookup(encoding).name
    except LookupError:
        raise FileError("encoding_wrong", encoding=encoding, row=1) from None
    if name in ("gbk", "gb2312"):
        name = "gb18030"
    for bom, bom_name in _BOMS:
        if data.startswith(bom) and bom_name.startswith(name):
            name = bom_name
    return _strict(data, name, 1.0)


def _strict(data: bytes, encoding: str, confidence: float) -> Decoded:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        if error.end >= len(data) and _is_cut(error.reason):
            raise FileError("file_truncated") from None
        row = data[: error.start].count(b"\n") + 1
        raise FileError("encoding_wrong", encoding=encoding, row=row) from None
    if "\0" in text:
        raise FileError("file_has_nul", row=text[: text.index("\0")].count("\n") + 1)
    return Decoded(text, encoding.removesuffix("-sig"), confidence)


def _is_cut(reason: str) -> bool:
    return reason in ("unexpected end of data", "truncated data") or (
        reason.startswith("incomplete multibyte")
    )


def _without_bom(data: bytes) -> Decoded:
    """UTF-16 shows itself by zeros in every second byte of its ASCII part."""
    pairs = max(1, len(data) // 2)
    for encoding, zeros in (("utf-16-le", data[1::2]), ("utf-16-be", data[0::2])):
        share = zeros.count(0) / pairs
        other = (data.count(0) - zeros.count(0)) / pairs
        if share > 0.1 and other < 0.01 and zeros.count(0) >= 4:
            decoded = _strict(data, encoding, 0.9)
            plain = [char for char in decoded.text if char < "\x80"]
            if all(char.isprintable() or char in "\t\r\n" for char in plain):
                return decoded
    raise FileError("file_has_nul", row=data[: data.index(b"\0")].count(b"\n") + 1)


def _refuse_mixture(data: bytes) -> None:
    """Some lines UTF-8, others not: two files were glued together.

    Three multi-byte sequences in a row of valid UTF-8 do not happen by chance in text of
    another encoding.
    """
    foreign, utf8 = 0, 0
    for number, line in enumerate(data.split(b"\n"), 1):
        if line.isascii():
            continue
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            foreign = foreign or number
        else:
            utf8 = utf8 or (number if len(_UTF8_SEQUENCE.findall(line)) >= 3 else 0)
        if foreign and utf8:
            raise FileError("encoding_mixed", row=max(foreign, utf8))


def _most_plausible(data: bytes) -> Decoded:
    scores = []
    for encoding, plausible in _CANDIDATES:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError as error:
            if error.end >= len(data) - 1 and _is_cut(error.reason):
                cut = data[: error.start]
                if plausible(cut, cut.decode(encoding)) >= ENOUGH:
                    raise FileError("file_truncated") from None
            continue
        scores.append((plausible(data, text), encoding, text))
    scores.sort(key=lambda score: -score[0])
    if not scores or scores[0][0] < ENOUGH:
        raise FileError("encoding_unknown")
    if len(scores) > 1 and scores[0][0] - scores[1][0] < 0.05:
        raise FileError("encoding_unknown")
    best, encoding, text = scores[0]
    return Decoded(text, encoding, round(min(best, 0.98), 2))


def _share(
    encoding: str, common: Callable[[int, int], bool]
) -> Callable[[bytes, str], float]:
    """Share of the wide characters that are frequent ones in the language of ``encoding``."""

    def plausible(data: bytes, text: str) -> float:
        wide = [char.encode(encoding) for char in text if ord(char) > 127]
        hits = sum(1 for code in wide if len(code) == 2 and common(code[0], code[1]))
        return hits / len(wide) if wide else 0.0

    return plausible


def _western(data: bytes, text: str) -> float:
    """Accented letters stand alone between ASCII letters; long runs are another script."""
    runs = _HIGH_RUN.findall(data)
    short = sum(1 for run in runs if len(run) <= 2) / len(runs)
    high = [char for char in text if ord(char) > 127]
    known = sum(1 for char in high if char in _WESTERN) / len(high)
    # cannot be told from its neighbours with certainty: 0.9 at most
    return 0.9 * short * known * (known > 0.9)


def _gb_common(lead: int, trail: int) -> bool:
    """First level of GB 2312 (3,755 characters), punctuation and full-width forms."""
    return trail >= 0xA1 and (0xB0 <= lead <= 0xD7 or lead in (0xA1, 0xA3))


def _chinese(data: bytes, text: str) -> float:
    """The first level is sorted by sound: two fifths of it, s to z, is where Korean has
    nothing, so Chinese of some length that never goes there is Korean."""
    score = _share("gb18030", _gb_common)(data, text)
    leads = [char.encode("gb18030")[0] for char in text if ord(char) > 127]
    late = sum(1 for lead in leads if lead >= 0xC9)
    return score if late > 0.05 * len(leads) else 0.5 * score


def _big5_common(lead: int, trail: int) -> bool:
    return 0xA4 <= lead <= 0xC6 or lead in (0xA1, 0xA2)


def _cp932_common(lead: int, trail: int) -> bool:
    """Kana, punctuation and the first level of kanji."""
    return (
        0x88 <= lead <= 0x98 or (lead == 0x81 and trail < 0x80) or lead in (0x82, 0x83)
    )


def _euc_kr_common(lead: int, trail: int) -> bool:
    """Hangul syllables."""
    return 0xB0 <= lead <= 0xC8 and trail >= 0xA1


_CANDIDATES: tuple[tuple[str, Callable[[bytes, str], float]], ...] = (
    ("gb18030", _chinese),
    ("big5", _share("big5", _big5_common)),
    ("cp932", _share("cp932", _cp932_common)),
    ("euc_kr", _share("euc_kr", _euc_kr_common)),
    ("cp1252", _western),
)
