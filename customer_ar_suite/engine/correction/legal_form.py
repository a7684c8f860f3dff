"""Legal forms in the way registers write them.

Only spellings that mean the same form are brought together: 有限公司 and 有限责任公司, or
Inc. and Corp., are different words in a registered name and stay.

>>> legal_form("Hansa Handels gmbh"), legal_form("Hansa G.M.B.H. & co kg")
('Hansa Handels GmbH', 'Hansa GmbH & Co. KG')
>>> legal_form("Ningbo Trading CO.,LTD"), legal_form("ACME limited"), legal_form("Beta l.l.c.")
('Ningbo Trading Co., Ltd.', 'ACME Limited', 'Beta LLC')
>>> legal_form("上海测试有限 公司"), legal_form("上海测试有限公司(普通合伙)")
('上海测试有限公司', '上海测试有限公司（普通合伙）')
>>> legal_form("Limited Editions"), legal_form("SAS")
('Limited Editions', 'SAS')
"""

from __future__ import annotations

import re

from ..party_name import is_chinese

# Written forms at the end of a name. Source: GLEIF, ISO 20275 Entity Legal Forms code list.
_FORMS = {
    "ab": "AB", "ag": "AG", "aps": "ApS", "asa": "ASA", "bhd": "Bhd",
    "bv": "B.V.", "corp": "Corp.", "corporation": "Corporation", "cv": "C.V.",
    "ek": "e.K.", "gbr": "GbR", "gmbh": "GmbH", "inc": "Inc.",
    "incorporated": "Incorporated", "kft": "Kft.", "kg": "KG", "kgaa": "KGaA",
    "limited": "Limited", "llc": "LLC", "llp": "LLP", "lp": "LP", "ltd": "Ltd",
    "ltda": "Ltda.", "nv": "N.V.", "ohg": "OHG", "oy": "Oy", "oyj": "Oyj", "plc": "PLC",
    "sarl": "SARL", "sas": "SAS", "spa": "S.p.A.", "spzoo": "sp. z o.o.",
    "srl": "S.r.l.", "sro": "s.r.o.", "ug": "UG", "zrt": "Zrt.",
}  # fmt: skip
#: spellings that are as good as the form itself and are left alone
_EQUAL = {
    "ltd": ("Ltd", "Ltd."), "inc": ("Inc", "Inc."), "llc": ("LLC", "L.L.C."),
    "corp": ("Corp", "Corp."), "plc": ("PLC", "plc", "Plc"), "bv": ("B.V.", "BV"),
    "nv": ("N.V.", "NV"), "cv": ("C.V.", "CV"), "srl": ("S.r.l.", "SRL", "S.R.L."),
    "spa": ("S.p.A.", "SpA", "S.P.A."), "sarl": ("SARL", "Sàrl", "S.A.R.L."),
    "sas": ("SAS", "S.A.S."), "lp": ("LP", "L.P."), "llp": ("LLP", "L.L.P."),
    "limited": ("Limited",), "kft": ("Kft.", "Kft"), "ltda": ("Ltda.", "Ltda"),
    "zrt": ("Zrt.", "Zrt"), "sro": ("s.r.o.", "S.r.o."), "spzoo": ("sp. z o.o.",),
}  # fmt: skip
_CO_LTD = re.compile(
    r"[\s,，]*\bco(?:mpany)?\b[\s.,，．]*(?:ltd|limited)\b[.．]?$", re.IGNORECASE
)
_CO_KG = re.compile(r"\s*(?:&|und|u\.)\s*co\.?[\s,]*(kgaa|kg|ohg)\.?$", re.IGNORECASE)
_LAST = re.compile(r"(?P<before>.+[\s,])(?P<form>[^\s,]+(?:\s?z\s?o\.?o\.?)?)$")
_FAMILY = re.compile(r"(pty|pte|pvt|sdn)\.?\s*(ltd|limited|bhd)\.?$", re.IGNORECASE)
_FAMILIES = {"pty": "Pty", "pte": "Pte.", "pvt": "Pvt.", "sdn": "Sdn."}
_CHINESE = re.compile(
    r"(股\s*份\s*)?(有\s*限\s*)(责\s*任\s*)?(公\s*司)[\s.．。]*(?=$|[（(])"
)


def legal_form(name: str, country: str = "") -> str:
    """The name with its legal form as registers write it."""
    if is_chinese(name):
        joined = _CHINESE.sub(lambda found: _together(found[0]), name)
        return re.sub(r"\(([^()]*合伙)\)$", r"（\1）", joined)
    if _CO_LTD.search(name):
        return _co_ltd(name)
    if found := _CO_KG.search(name):
        return _company_and(name[: found.start()], found[1].lower())
    if (found := _FAMILY.search(name)) and found.start():
        return _family(name, found)
    return _last_word(name)


def _co_ltd(name: str) -> str:
    """Only a spelling that nobody registers is changed: no space, no case, wrong stops."""
    if re.search(r"\b(?:Co\.?,? ?Ltd\.?|Company,? Limited|Co\.?,? Limited)$", name):
        if re.search(r"(?:Co\., ?Ltd\.?|Co\.,Ltd\.?|Co Ltd|Co\. Ltd\.?)$", name):
            return re.sub(r"[\s,]*Co\.,\s*Ltd\.?$", " Co., Ltd.", name)
        return name
    return _CO_LTD.sub(" Co., Ltd.", name)


def _company_and(before: str, form: str) -> str:
    return f"{_last_word(before)} & Co. {_FORMS[form]}"


def _family(name: str, found: re.Match[str]) -> str:
    written = {"ltd": "Ltd", "limited": "Limited", "bhd": "Bhd"}[found[2].lower()]
    if found[0] in (f"{found[1].title()} {written}", f"{found[1].title()}. {written}."):
        return name
    return f"{name[: found.start()]}{_FAMILIES[found[1].lower()]} {written}".strip()


def _last_word(name: str) -> str:
    found = _LAST.match(name)
    if not found:
        return name
    form = found["form"]
    key = re.sub(r"[.\s]", "", form).lower()
    written = _FORMS.get(key)
    if not written or form in _EQUAL.get(key, (written,)):
        return name
    return found["before"] + written


def _together(text: str) -> str:
    return re.sub(r"[\s.．。]", "", text)
