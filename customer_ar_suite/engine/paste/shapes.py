"""What a line without a label is, by what it looks like.

>>> kind_of("上海测试贸易有限公司"), kind_of("中国银行上海市徐汇支行"), kind_of("张伟")
('name', 'bank_name', 'contact_name')
>>> kind_of("上海市浦东新区张江路88号"), kind_of("Acme Trading Ltd."), kind_of("12 High Street")
('address', 'name', 'address')
>>> kind_of("Kind regards,")
''
"""

from __future__ import annotations

import re

from ..party_name import is_chinese

_CN_COMPANY = re.compile(
    r"(公司|工厂|[^分]厂|商行|经营部|门市部|事务所|合作社|研究院|研究所|医院|学校|大学|学院|"
    r"中学|酒店|饭店|超市|商店|工作室|服务部|合伙企业(\(有限合伙\))?|有限合伙\)?|集团|中心|协会|委员会|局)$"
)
_CN_BRANCH = re.compile(r"公司[\u4e00-\u9fff()]{2,12}(分公司|分厂|办事处|营业部)$")
_CN_BANK = re.compile(
    r"银行|信用社|农商行|信用联社|邮储|财务公司.*支行|(支行|分行|营业部)$"
)
_CN_ADDRESS = re.compile(
    r"(省|自治区|市|区|县|镇|乡|州|旗).*"
    r"(路|街|道|巷|弄|村|号|楼|室|园|大厦|广场|座|栋|幢)"
    r"|(路|街|大道|巷|弄)[\s\d零一二三四五六七八九十百]+.*号"
)
_SURNAMES = set(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许邓韩冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏"
    "吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃"
    "武钱戴严莫孔向常汤欧柳温洪季章文牛童康倪瞿俞翁"
)  # fmt: skip
_TITLES = re.compile(r"(先生|女士|小姐|经理|总监|总经理|会计|主任|主管|老师|总|工)$")
_EN_FORM = re.compile(
    r"\b(ltd|limited|inc|incorporated|llc|llp|plc|corp|corporation|co|company|gmbh|ag|kg|ohg|"
    r"ug|e\.?\s?k|b\.?\s?v|n\.?\s?v|s\.?\s?a|s\.?\s?a\.?\s?s|sarl|s\.?à\.?r\.?l|s\.?\s?r\.?\s?l|"
    r"s\.?\s?p\.?\s?a|s\.?\s?l|oy|ab|as|aps|pty|pte|bhd|kft|s\.?r\.?o|sp\. z o\.o|group|"
    r"holding|"
    r"holdings|partners)\b\.?\s*(&\s*co\.?\s*(kg|kgaa|ohg)?)?\.?$",
    re.IGNORECASE,
)
_EN_BANK = re.compile(
    r"\b(bank|banque|banco|banca|sparkasse|volksbank|raiffeisen\w*|landesbank|barclays|hsbc|"
    r"natwest|santander|rabobank|bnp paribas|credit agricole|crédit agricole|lloyds|citibank|"
    r"abn amro|ing|deutsche bank|commerzbank|société générale)\b",
    re.IGNORECASE,
)
_EN_STREET = re.compile(
    r"\b(street|st|road|rd|avenue|ave|lane|ln|drive|dr|boulevard|blvd|square|sq|way|court|"
    r"place|plaza|quay|park|row|close|terrace|suite|floor|unit|building|house|rue|quai|allée|"
    r"chemin|place|via|viale|piazza|calle|avenida|paseo|plaza|laan|straat|gracht|kade|weg|"
    r"po box|p\.o\. box|postfach|postbus)\b\.?"
    r"|\w(straße|strasse|str\.|weg|platz|allee|gasse|ring|damm|ufer|straat|laan|gracht|kade|"
    r"plein|dijk|singel|weg)\b",
    re.IGNORECASE,
)
_ZIP_CITY = re.compile(
    r"^((?:[A-Z]{1,3}-)?\d{4,5}(?:\s?[A-Z]{2})?)\s+([^\W\d_][\w' .\-/()]+)$"
    r"|^([^\W\d_][\w' .-]+?),?\s+"
    r"([A-Z]{2}\s+\d{5}(?:-\d{4})?|[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2})$"
)
_PERSON = re.compile(
    r"^(?:(?:mr|mrs|ms|dr|herr|frau|m|mme|dhr|mevr)\.?\s+)?"
    r"[A-ZÀ-Ý][\w'’-]+(?:\s+(?:[A-ZÀ-Ý]\.|van|von|der|den|de|di|da|del|la|le|el|al|ten|ter|zu|bin))*"
    r"(?:\s+[A-ZÀ-Ý][\w'’-]+){1,2}$",
    re.IGNORECASE,
)
_CAPITALS = re.compile(r"^[A-ZÀ-Ý]")
_PHRASES = re.compile(
    r"^(hello|hi|hallo|bonjour|hey)\b|regards|sincerely|thank|cheers|dear|grüße|grüssen|cordialement|salutations|groet|"
    r"saludos|manager|director|officer|head of|account|sales|finance|purchas|engineer|"
    r"assistant|president|leiter|buchhaltung|vertrieb|einkauf|geschäftsführ|controller|"
    r"clerk|consultant|owner|founder|secretary|procurement|registered|confidential|invoice|"
    r"details|information|资料|信息|开票|如下|请|谢谢|发票|专票|普票|敬|祝|您好|你好|增值税",
    re.IGNORECASE,
)
COUNTRIES = frozenset((
    "germany", "deutschland", "france", "netherlands", "the netherlands", "nederland",
    "united kingdom", "uk", "england", "great britain", "usa", "united states", "spain",
    "españa", "italy", "italia", "belgium", "belgië", "belgique", "austria", "österreich",
    "switzerland", "schweiz", "china", "p.r. china", "中国", "ireland", "denmark", "sweden",
    "norway", "finland", "poland", "canada", "australia",
))  # fmt: skip


def kind_of(text: str) -> str:
    """``name``, ``bank_name``, ``address``, ``contact_name``, ``country`` or nothing."""
    line = text.strip(" ,，。;；.")
    if not line:
        return ""
    if line.casefold() in COUNTRIES:
        return "country"
    if is_chinese(line):
        return _chinese(line)
    return _western(line)


def _chinese(line: str) -> str:
    flat = line.replace(" ", "").replace("（", "(").replace("）", ")")
    if _CN_BANK.search(flat) and not _CN_COMPANY.search(flat):
        return "bank_name"
    if _CN_COMPANY.search(flat) or _CN_BRANCH.search(flat):
        return "" if len(flat) < 4 or _PHRASES.match(flat) else "name"
    if _CN_ADDRESS.search(flat):
        return "address"
    return "contact_name" if is_chinese_person(flat) else ""


def is_chinese_person(text: str) -> bool:
    """Two to four characters of which the first is a common family name."""
    name = _TITLES.sub("", text) or text
    return (
        2 <= len(name) <= 3
        and name[0] in _SURNAMES
        and all("\u4e00" <= c <= "\u9fff" for c in name)
        and not _PHRASES.search(name)
    )


def _western(line: str) -> str:
    if _EN_BANK.search(line) and not _EN_STREET.search(line):
        if not _EN_FORM.search(line) or re.search(r"bank\b", line, re.IGNORECASE):
            return "bank_name"
    if _EN_FORM.search(line) and not line[:1].isdigit():
        return "name"
    if _ZIP_CITY.match(line) or (re.search(r"\d", line) and _EN_STREET.search(line)):
        return "address"
    if not _PHRASES.search(line) and _PERSON.match(line) and _CAPITALS.match(line):
        return "contact_name"
    return ""


def split_zip_city(line: str) -> tuple[str, str] | None:
    """Post code and town of a line that is nothing else.

    >>> split_zip_city("10115 Berlin"), split_zip_city("London SW1A 1AA")
    (('10115', 'Berlin'), ('SW1A 1AA', 'London'))
    """
    match = _ZIP_CITY.match(line.strip(" ,"))
    if not match:
        return None
    return (match[1], match[2]) if match[1] else (match[4], match[3])
