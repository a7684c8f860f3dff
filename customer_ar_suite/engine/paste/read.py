"""A pasted block -> the fields of a customer, each with a confidence and its line.

>>> block = read_block("名称：上海测试贸易有限公司\\n税号：91310116052958608G\\n"
...                    "开户行及账号：中国银行上海徐汇支行 4355 6789 0123", "CN")
>>> [(r.code, r.value, r.confidence) for r in block]
[('name', '上海测试贸易有限公司', 92), ('vat', '91310116052958608G', 98), \
('bank_name', '中国银行上海徐汇支行', 92), ('bank_account', '435567890123', 92)]
"""

from __future__ import annotations

import re
from typing import NamedTuple

from ..party_name import is_chinese
from ..text import clean
from . import shapes
from .labels import Segment, segments
from .values import (
    LABELLED,
    LIKELY,
    MENDED,
    PROVEN,
    READERS,
    WEAK,
    read_account,
    read_email,
    read_phones,
    read_site,
    read_text,
    read_vat,
    unspaced,
)

#: what a block can give, in the order in which it is shown
CODES = (
    "name", "vat", "address", "zip", "city", "country", "phone", "bank_name",
    "bank_account", "bic", "email", "website", "contact_name", "contact_phone",
)  # fmt: skip
#: longer texts are no signature and no 开票资料
LONGEST = 20_000

_PHONE = re.compile(
    r"(?<![\w@.])\+?\(?\d[\d\s().\-–/]{5,}\d(?:\s?(?:转|ext\.?|x)\s?\d{1,6})?(?![\w@])"
)
_CODE = re.compile(
    r"(?<![A-Za-z0-9])[0-9A-Za-z|!](?:\s?[0-9A-Za-z|!]){14,19}(?![A-Za-z0-9])"
)
_EU = re.compile(
    r"(?<![A-Za-z0-9])[A-Z]{2,3}\s?(?:[0-9A-Z]\s?\.?){8,12}(?![A-Za-z0-9])"
)
_IBAN = re.compile(
    r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{1,4}){3,8}(?![A-Za-z0-9])"
)
_DIGITS = re.compile(r"(?<![\w+])\d(?:[\s-]?[\dOolISBZ]){8,29}(?!\w)")
_PIECES = re.compile(r"\s*[|;；·•,，]\s*|\s{2,}|\s+[-–—/]\s+")
_COUNTRY_CODES = {
    "germany": "DE", "deutschland": "DE", "france": "FR", "netherlands": "NL",
    "the netherlands": "NL", "nederland": "NL", "united kingdom": "GB", "uk": "GB",
    "england": "GB", "great britain": "GB", "usa": "US", "united states": "US",
    "spain": "ES", "españa": "ES", "italy": "IT", "italia": "IT", "belgium": "BE",
    "belgië": "BE", "belgique": "BE", "austria": "AT", "österreich": "AT",
    "switzerland": "CH", "schweiz": "CH", "china": "CN", "p.r. china": "CN", "中国": "CN",
    "ireland": "IE", "denmark": "DK", "sweden": "SE", "norway": "NO", "finland": "FI",
    "poland": "PL", "canada": "CA", "australia": "AU",
}  # fmt: skip


class Reading(NamedTuple):
    """One field found: what it is, how sure that is, and the line it came from."""

    code: str
    value: str
    confidence: int
    line: int
    source: str


def read_block(text: str, country: str = "") -> list[Reading]:
    """The fields of a block, best reading of each; ``country`` where it does not say."""
    return _Block(text[:LONGEST], country).read()


class _Block:
    def __init__(self, text: str, country: str) -> None:
        self.lines = [_line(line) for line in re.split(r"[\r\n\t]+", text)]
        self.country = _country_of(self.lines, country)
        self.found: list[Reading] = []
        self.phones: list[Reading] = []

    def read(self) -> list[Reading]:
        pending: tuple[str, ...] = ()
        last: Segment | None = None
        for number, line in enumerate(self.lines, start=1):
            for segment in segments(line, number) if line else ():
                if segment.codes and not segment.text:
                    pending = segment.codes
                    continue
                if not segment.codes and pending:
                    segment, pending = segment._replace(codes=pending), ()
                elif segment.codes:
                    pending = ()
                if segment.codes:
                    self._labelled(segment)
                    last = segment
                elif not (last and self._goes_on(last, segment)):
                    self._unlabelled(segment.text, number)
                    last = None
        return self._best()

    # -- with a label ---------------------------------------------------------------------

    def _labelled(self, segment: Segment) -> None:
        codes, text = segment.codes, unspaced(segment.text)
        if codes == ("ignore",) or codes == ("fax",):
            return
        if codes == ("any_name",):
            person = shapes.kind_of(text) == "contact_name"
            codes = ("contact_name",) if person else ("name",)
        less = 0 if segment.exact else 15
        if codes == ("address", "phone"):
            text = self._take_tail_phone(text, segment.line, less)
            codes = ("address",)
        if codes == ("contact_name", "contact_phone"):
            text = self._take_tail_phone(text, segment.line, less, "contact_phone")
            codes = ("contact_name",)
        if codes in (("bank_name", "bank_account"), ("bank_name",), ("bank_account",)):
            self._bank(text, segment.line, less)
            return
        self._one(codes[0], text, segment.line, less)

    def _one(self, code: str, text: str, line: int, less: int) -> None:
        if code == "vat":
            value, confidence = read_vat(text, self.country)
        elif code in ("phone", "contact_phone"):
            for value, confidence in read_phones(text, self.country):
                self._phone(code, value, confidence - less, line)
            return
        elif code == "address":
            self._address(text, line, LABELLED - less)
            return
        else:
            if code == "contact_name":
                text = self._take_tail_phone(text, line, 10, "contact_phone")
            value, confidence = READERS[code](text)
        if value:
            self._add(code, value, confidence - less, line)

    def _bank(self, text: str, line: int, less: int) -> None:
        """Bank and account, whichever of them the text holds."""
        match = _IBAN.search(text) or _last(_DIGITS, text)
        if not match and not is_chinese(text):
            value, confidence = read_account(text) if _digits(text) >= 6 else ("", 0)
            if value:
                self._add("bank_account", value, confidence - less, line)
                return
        if not match and _digits(text) >= 8:
            match = _last(re.compile(r"[0-9OolISB|][0-9OolISB|\s-]{7,}$"), text)
        if match:
            value, confidence = read_account(match[0])
            if value:
                self._add("bank_account", value, confidence - less, line)
            text = text[: match.start()] + text[match.end() :]
        name = read_text(re.sub(r"(账号|帐号|IBAN|Account)\W*$", "", text))[0]
        if name and not name.isdigit() and len(name) > 1:
            self._add("bank_name", name, LABELLED - less, line)

    def _take_tail_phone(
        self, text: str, line: int, less: int, code: str = "phone"
    ) -> str:
        match = _last(_PHONE, text)
        if not match:
            return text
        read = read_phones(match[0], self.country)
        for value, confidence in read:
            self._phone(code, value, confidence - less, line)
        return text[: match.start()].rstrip(" ,，;；、/") if read else text

    def _goes_on(self, last: Segment, segment: Segment) -> bool:
        """A long value that was broken into lines."""
        if last.codes[0] != "address" or segment.line != last.line + 1:
            return False
        text, kind = segment.text, shapes.kind_of(segment.text)
        if read_email(text)[0] or _PHONE.search(text) or kind in ("name", "bank_name"):
            return False
        if is_chinese(text):
            if (
                not re.search(r"[路街号楼室层座栋幢园厦区]", text)
                or kind == "contact_name"
            ):
                return False
            before = next(
                (r for r in reversed(self.found) if r.code == "address"), None
            )
            if before:
                self.found.remove(before)
                self.found.append(before._replace(value=before.value + text))
            return True
        if kind in ("address", "country"):
            self._address(text, segment.line, LABELLED)
            return True
        return False

    # -- without one ----------------------------------------------------------------------

    def _unlabelled(self, text: str, line: int) -> None:
        text = self._take_shapes(text, line)
        if not read_text(text)[0]:
            return
        barred = "|" in text
        if barred or not self._shape(text, line):
            for piece in text.split("|") if barred else _PIECES.split(text):
                if not self._shape(piece, line) and is_chinese(piece):
                    for word in piece.split():
                        self._shape(word, line)

    def _take_shapes(self, text: str, line: int) -> str:
        """What shows by itself what it is; returns what is left of the text."""
        for reader, code in ((read_email, "email"), (read_site, "website")):
            value, confidence = reader(text)
            if value:
                self._add(code, value, confidence - 3, line)
                text = _without(text, value)
        for pattern, taken in (
            (_IBAN, self._iban),
            (_CODE, self._code),
            (_EU, self._code),
            (_PHONE, self._number),
            (_DIGITS, self._number),
        ):
            for match in list(pattern.finditer(text)):
                if taken(match[0], line):
                    text = text.replace(match[0], " | ", 1)
        return text.strip(" |,，;；、")

    def _iban(self, text: str, line: int) -> bool:
        value, confidence = read_account(text)
        if confidence != PROVEN:
            return False
        return self._add("bank_account", value, PROVEN - 3, line)

    def _code(self, text: str, line: int) -> bool:
        value, confidence = read_vat(text, self.country)
        if confidence not in (PROVEN, MENDED):
            return False
        if text[:2].isdigit() and len(value) != 18:
            return False  # without its letters a number may be anything
        return self._add("vat", value, confidence - 3, line)

    def _number(self, text: str, line: int) -> bool:
        """A telephone number or an account, by its length and how it is written."""
        read = read_phones(text, self.country)
        digits = _digits(text)
        if read and (digits <= 12 or text.strip().startswith("+")):
            for value, confidence in read:
                mobile = re.match(r"\+861[3-9]", value)
                self._phone("phone", value, confidence - (12 if mobile else 8), line)
            return True
        if digits < 9 or (digits < 12 and not is_chinese(text)) or digits > 30:
            return False
        value, _confidence = read_account(text)
        return bool(value) and self._add("bank_account", value, LIKELY - 5, line)

    def _shape(self, text: str, line: int) -> bool:
        kind = shapes.kind_of(text)
        if not kind:
            return False
        value = read_text(text)[0]
        if kind == "address":
            self._address(value, line, LIKELY)
        elif kind == "country":
            self._add("country", _COUNTRY_CODES[value.casefold()], LIKELY, line)
        else:
            sure = WEAK + 15 if kind == "contact_name" else LIKELY
            self._add(kind, value, sure, line)
        return True

    # -- what was found -------------------------------------------------------------------

    def _address(self, text: str, line: int, confidence: int) -> None:
        """Street, and post code and town where a Western address says which they are."""
        if is_chinese(text):
            code = re.match(r"^(\d{6})\s+|.*?[,，\s(]*邮编\W*(\d{6})", text)
            if code and (number := code[1] or code[2]):
                self._add("zip", number, confidence, line)
                text = text.replace(number, "", 1)
            self._add("address", read_text(text)[0], confidence, line)
            return
        street = []
        for part in re.split(r"\s*[,;|]\s*", text):
            town = shapes.split_zip_city(part)
            if town:
                self._add("zip", town[0], confidence, line)
                self._add("city", town[1], confidence, line)
            elif part.casefold() in shapes.COUNTRIES:
                self._add("country", _COUNTRY_CODES[part.casefold()], confidence, line)
            elif part:
                street.append(part)
        known = {r.code for r in self.found}
        if street and "city" in {r.code for r in self.found if r.line == line}:
            known = known - {"address"}
        if len(street) > 1 and _zip_only(street[-1]):
            self._add("zip", street.pop(), confidence, line)
            self._add("city", street.pop(), confidence, line)
        if street and "address" not in known:
            self._add("address", ", ".join(street), confidence, line)

    def _phone(self, code: str, value: str, confidence: int, line: int) -> None:
        self.phones.append(
            Reading(code, value, confidence, line, self.lines[line - 1][:200])
        )

    def _add(self, code: str, value: str, confidence: int, line: int) -> bool:
        self.found.append(
            Reading(code, value, confidence, line, self.lines[line - 1][:200])
        )
        return True

    def _best(self) -> list[Reading]:
        """The surest reading per field; a second number is the contact person's."""
        best: dict[str, Reading] = {}
        for reading in [*self.found, *self.phones]:
            known = best.get(reading.code)
            if reading.value and (not known or reading.confidence > known.confidence):
                best[reading.code] = reading
        taken = {
            best[code].value for code in ("phone", "contact_phone") if code in best
        }
        spare = [r for r in self.phones if r.value not in taken]
        if "phone" in best and "contact_phone" not in best and spare:
            best["contact_phone"] = spare[0]._replace(code="contact_phone")
        return [best[code] for code in CODES if code in best]


def _line(text: str) -> str:
    """A line in visible form; wide gaps between Western values are kept as separators."""
    if not is_chinese(text):
        text = re.sub(r"(?<=\S)(?:\s{2,}|\s+[·•]\s+)(?=\S)", " | ", text)
    return unspaced(clean(text))


def _country_of(lines: list[str], country: str) -> str:
    """The country a block speaks of: its own words, then the prefix of its numbers."""
    text = "\n".join(lines)
    if is_chinese(text):
        return country if country in ("CN", "HK", "TW", "MO") else "CN"
    for line in reversed(lines):
        last = re.split(r"[,|]\s*", line)[-1].strip(" .").casefold()
        if last in _COUNTRY_CODES:
            return _COUNTRY_CODES[last]
    for pattern in (_IBAN, _EU):
        if match := pattern.search(text):
            prefix = match[0][:2]
            if prefix in _COUNTRY_CODES.values():
                return prefix
    return country


def _digits(text: str) -> int:
    return sum(char.isdigit() for char in text)


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    found = list(pattern.finditer(text))
    return found[-1] if found else None


def _zip_only(text: str) -> bool:
    return bool(
        re.fullmatch(r"[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}|\d{4,5}(\s?[A-Z]{2})?", text)
    )


def _without(text: str, value: str) -> str:
    """``text`` without a value that may be written with spaces and in another case."""
    spaced = r"\s*".join(map(re.escape, value)).replace(r"\.", r"[.,]")
    return re.sub(spaced, " | ", text, count=1, flags=re.IGNORECASE)
