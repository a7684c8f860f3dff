"""The words people put before a value: which field they announce.

>>> [(s.codes, s.text) for s in segments("税 号：9131  电话: 021-5888", 1)]
[(('vat',), '9131'), (('phone',), '021-5888')]
>>> segments("Kind regards", 3)
[Segment(codes=(), text='Kind regards', line=3, exact=True)]
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import NamedTuple

from ..party_name import is_chinese

_CHINESE = {
    ("name",): (
        "单位名称 公司名称 企业名称 客户名称 开票名称 发票抬头 开票抬头 购买方名称 "
        "购方名称 购货单位 单位全称 公司全称 户名 账户名称 抬头 名称 公司 单位 公司名稱 "
        "名稱 開票名稱"
    ),
    ("vat",): (
        "统一社会信用代码 社会信用代码 信用代码 纳税人识别号 纳税人识别码 税务登记号 "
        "纳税人税号 公司税号 企业税号 单位税号 税号 统一社会信用代码/纳税人识别号 "
        "纳税人识别号/统一社会信用代码 統一社會信用代碼 納稅人識別號 稅號"
    ),
    ("address",): (
        "注册地址 公司地址 单位地址 开票地址 经营地址 联系地址 通讯地址 办公地址 "
        "详细地址 收票地址 住所 地址 註冊地址"
    ),
    ("phone",): (
        "注册电话 公司电话 单位电话 开票电话 联系电话 办公电话 固定电话 电话号码 座机 "
        "电话 電話 公司座机"
    ),
    ("contact_phone",): ("手机号码 手机号 手机 移动电话 联系手机 手機"),
    ("fax",): ("传真号码 传真 傳真"),
    ("bank_name",): (
        "开户银行名称 开户行名称 开户银行 基本户开户行 开户支行 开户行 银行名称 银行 "
        "開戶銀行 開戶行"
    ),
    ("bank_account",): (
        "银行账号 银行帐号 开户账号 开户帐号 银行卡号 对公账号 基本户账号 账户号码 账号 "
        "帐号 银行账户 账户 賬號 帳號"
    ),
    ("email",): ("电子邮箱地址 电子邮箱 电子邮件 收票邮箱 邮箱地址 邮箱 邮件 電郵"),
    ("contact_name",): (
        "开票联系人 业务联系人 收票人 联系人姓名 联系人 经办人 收件人 姓名 聯繫人"
    ),
    ("website",): ("公司网址 公司网站 网址 网站 官网"),
    ("zip",): ("邮政编码 邮编"),
    ("ignore",): (
        "税率 开票类型 发票类型 发票内容 备注 日期 法定代表人 法人代表 法人 注册资本 "
        "成立日期 营业期限 经营范围 类型 开票项目 QQ 微信号 微信"
    ),
    ("address", "phone"): (
        "地址及电话 地址、电话 地址和电话 地址/电话 地址电话 地址,电话"
    ),
    ("bank_name", "bank_account"): (
        "开户行及账号 开户行及帐号 开户银行及账号 开户银行及帐号 开户行、账号 "
        "开户行和账号 开户行账号 开户行/账号 开户银行账号 开户行,账号 银行及账号"
    ),
    ("contact_name", "contact_phone"): (
        "联系人及电话 联系人/电话 联系人、电话 联系人电话"
    ),
}
_WESTERN = {
    ("name",): "company name|company|legal name|account name|customer name|customer|firma|"
    "firmenname|unternehmen|bill to|invoice to|société|raison sociale|bedrijfsnaam|bedrijf",
    ("vat",): "vat registration number|vat reg no|vat number|vat no|vat id|vat|tax id|"
    "tax number|tax no|ust-idnr|ust-id-nr|ust-id|ust id|uid|btw-nummer|btw nr|btw|n° tva|"
    "no tva|tva intracommunautaire|numéro de tva|tva|p.iva|partita iva|cif|nif|tin|ein|abn",
    ("address",): "registered address|billing address|postal address|office address|"
    "address|adresse|anschrift|adres|dirección|indirizzo",
    ("phone",): "telephone|phone number|phone no|phone|office phone|office|tel no|tel|"
    "telefon|téléphone|telefoon|teléfono|ph|direct line|direct|t|p",
    ("contact_phone",): "mobile phone|mobile|cell phone|cell|mobil|mobiel|handy|gsm|"
    "portable|m|c",
    ("fax",): "telefax|facsimile|fax|f",
    ("bank_name",): "bank name|beneficiary bank|bank|kreditinstitut|banque",
    ("bank_account",): "bank account number|bank account no|bank account|account number|"
    "account no|acct no|a/c no|a/c|account|iban|kontonummer|konto|rekeningnummer|compte",
    ("bic",): "swift code|swift/bic|bic/swift|swift|bic",
    ("email",): "e-mail address|email address|e-mail|email|mail|courriel|e",
    ("contact_name",): "contact person|contact name|contact|attention|attn|"
    "ansprechpartner|kontakt|contactpersoon|your contact",
    ("website",): "website|web site|internet|homepage|web|url|site web|w",
    ("any_name",): "name",
    ("ignore",): "registered in|company registration number|company registration no|"
    "company reg no|company no|registration no|reg no|handelsregister|amtsgericht|hrb|"
    "kvk-nummer|kvk|siret|siren|rcs|date|sort code|geschäftsführer|managing director|"
    "director|ref|order no|invoice no|skype|linkedin",
}  # fmt: skip

#: one letter, or a word of everyday speech: a label only with a colon
_WEAK = re.compile(r"[a-z]|office|direct|company|customer|bank|account|name|contact|date|"
                   r"ref|site web|web|mail|internet|director|director|单位|公司|银行|名称|"
                   r"类型|日期|账户|住所|姓名|法人|邮件", re.IGNORECASE)  # fmt: skip
_COLON = r"\s*[:;：；=＝]\s*|\s+[-–—]\s+|\s*[.．]\s*(?=[\w+(])"
_SIMILAR = 0.74


class Segment(NamedTuple):
    """A piece of a line: the fields its label announces (none: no label), and the rest.

    ``exact`` is false where the label was only recognised by likeness.
    """

    codes: tuple[str, ...]
    text: str
    line: int
    exact: bool = True


def _table() -> dict[str, tuple[str, ...]]:
    chinese = {
        word: codes for codes, words in _CHINESE.items() for word in words.split()
    }
    return chinese | {
        word: codes for codes, words in _WESTERN.items() for word in words.split("|")
    }


LABELS = _table()
_LONGEST = sorted(LABELS, key=len, reverse=True)


def _pattern(word: str) -> str:
    if not is_chinese(word):
        inner = r"\s*".join(map(re.escape, word.split(" ")))
        inner = inner.replace(r"\-", r"[-\s]?").replace(r"\.", r"\.?")
        return rf"(?<![\w]){inner}\.?(?:\s*(?:no|nr|number)\.?)?(?![\w])"
    return r"\s*".join(map(re.escape, word))


_LABEL = re.compile(
    "(?P<label>" + "|".join(map(_pattern, _LONGEST)) + r")"
    rf"(?P<mark>(?:\s*\([^()]{{0,12}}\))?(?:{_COLON})?)",
    re.IGNORECASE,
)
_KEY = re.compile(r"[\s.]+")
_BY_KEY = {_KEY.sub("", word).casefold(): codes for word, codes in LABELS.items()}
_FUZZY = [w for w in LABELS if len(w) >= 3 and is_chinese(w)]
_UNKNOWN = re.compile(r"^\s*([^\d:：;]{2,14}?)\s*[:：;]\s*(.*)$")
_BREAK = re.compile(r"[\s,，;；|/、。)\]】]$")


def segments(line: str, number: int) -> list[Segment]:
    """``line`` cut at its labels."""
    found = [match for match in _LABEL.finditer(line) if _is_label(line, match)]
    if not found:
        return [_by_likeness(line, number)]
    cut = []
    if head := line[: found[0].start()].strip(" ,，;；|/、-•*·"):
        cut.append(Segment((), head, number))
    for match, after in zip(found, [*found[1:], None], strict=True):
        text = line[match.end() : after.start() if after else None]
        cut.append(Segment(_codes(match["label"]), _trim(text), number))
    return cut


def _is_label(line: str, match: re.Match[str]) -> bool:
    marked = bool(re.search(r"[:：;；=＝.．–—-]", match["mark"]))
    word = _KEY.sub("", match["label"]).casefold()
    starts = not line[: match.start()].strip(" \t•*·-–—|>[【(0123456789.、)")
    if _WEAK.fullmatch(word) or _WEAK.fullmatch(match["label"].strip()):
        # «t 020 …» of a signature is one, too
        short = len(word) == 1 and re.match(r"\s*[+(\d]", line[match.end() :])
        weak = bool(re.search(r"[:：;；=＝]", match["mark"])) or bool(short and starts)
        return weak and (starts or bool(_BREAK.search(line[: match.start()])))
    rest = line[match.end() :].strip()
    if starts:
        return marked or not rest or _begins_value(word, rest, match)
    broken = bool(_BREAK.search(line[: match.start()]))
    if not is_chinese(word):
        return broken and (marked or bool(re.match(r"[+(\d]", rest)))
    return marked or (broken and bool(rest))


def _begins_value(word: str, rest: str, match: re.Match[str]) -> bool:
    """Without a colon: a space, or a value that does not go on with the word."""
    spaced = match.end() > len(match.string.rstrip()) or match.string[
        match.end() - len(match["mark"]) : match.end() + 1
    ].startswith((" ", "\t"))
    if not is_chinese(word):
        return spaced and bool(re.match(r"[A-Z+(\d]", rest))
    return len(word) >= 2 and not rest.startswith(("的", "是", "为空"))


def _codes(label: str) -> tuple[str, ...]:
    key = _KEY.sub("", label).casefold()
    if key in _BY_KEY:
        return _BY_KEY[key]
    for ending in ("number", "no", "nr"):
        if key.endswith(ending) and key[: -len(ending)] in _BY_KEY:
            return _BY_KEY[key[: -len(ending)]]
    return _BY_KEY.get(key.replace("-", ""), ("ignore",))


def _trim(text: str) -> str:
    return text.strip().strip(",，;；|、。•*·").strip()


def _by_likeness(line: str, number: int) -> Segment:
    """A label with one character misread is the label it resembles."""
    match = _UNKNOWN.match(line)
    if match:
        word = _KEY.sub("", match[1])
        best = max(_FUZZY, key=lambda known: _likeness(known, word))
        if _likeness(best, word) >= _SIMILAR:
            return Segment(LABELS[best], _trim(match[2]), number, exact=False)
    return Segment((), line.strip(), number)


def _likeness(known: str, word: str) -> float:
    if abs(len(known) - len(word)) > 2:
        return 0.0
    if len(known) == len(word) == 3 and sum(map(str.__eq__, known, word)) == 2:
        return 0.8
    return SequenceMatcher(None, known, word).ratio()
