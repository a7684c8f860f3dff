"""Blocks as people send them, with what they say: invented, by seed.

The layouts here are other ones than those of the parser's own tests and doctests: how
people mix labels, leave them out, join two values in a line, and what scanning makes of it.
"""

import random
from typing import NamedTuple

from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_10

CITIES = (
    ("杭州市", "浙江省", "0571", "330106", ("西湖区", "余杭区", "滨江区")),
    ("深圳市", "广东省", "0755", "440305", ("南山区", "福田区", "龙岗区")),
    ("北京市", "", "010", "110108", ("海淀区", "朝阳区", "丰台区")),
    ("成都市", "四川省", "028", "510107", ("武侯区", "锦江区", "青羊区")),
    ("苏州市", "江苏省", "0512", "320505", ("虎丘区", "吴中区", "工业园区")),
    ("武汉市", "湖北省", "027", "420111", ("洪山区", "江汉区", "武昌区")),
)
WORDS = [
    "华信",
    "恒通",
    "鼎盛",
    "瑞丰",
    "天成",
    "博远",
    "嘉禾",
    "锦程",
    "金桥",
    "远大",
    "联创",
    "新源",
    "宏图",
    "卓越",
    "万邦",
    "中瑞",
    "海纳",
    "立达",
]
TRADES = [
    "科技",
    "贸易",
    "机电设备",
    "供应链管理",
    "电子商务",
    "建筑工程",
    "医疗器械",
    "食品",
    "包装材料",
    "信息技术",
    "化工",
    "纺织",
]
FORMS = ["有限公司", "有限公司", "有限公司", "有限责任公司", "股份有限公司"]
ROADS = [
    "文三路",
    "科技园路",
    "中关村大街",
    "天府大道",
    "星湖街",
    "珞喻路",
    "解放路",
    "人民南路",
    "创业大道",
    "建设路",
]
BANKS = [
    "中国工商银行",
    "中国农业银行",
    "中国建设银行",
    "招商银行",
    "交通银行",
    "中国民生银行",
    "浦发银行",
    "中信银行",
    "兴业银行",
]
BRANCHES = ["支行", "分行营业部", "高新支行", "科技支行", "城东支行", "开发区支行"]
FAMILY, GIVEN = "王李张刘陈杨赵黄周吴徐孙", "伟芳娜敏静强磊洋艳勇军杰娟涛明超"
PINYIN = [
    "wangwei",
    "liufang",
    "chenmin",
    "zhanglei",
    "finance",
    "fapiao",
    "caiwu",
    "invoice",
    "sales01",
    "kaipiao",
]
HOSTS = ("163.com", "qq.com", "ruifeng.com.cn", "126.com")
MOBILE = ("38", "39", "50", "86", "77")
PLACE_LABELS = ("地址、电话", "地址电话", "地址及电话", "地址/电话")
BANK_LABELS = ("开户行及账号", "开户行、账号", "开户银行及帐号")
#: how fields are announced; several in one tuple are used at random
CN_LABELS = {
    "name": (
        "单位名称",
        "公司名称",
        "名称",
        "开票抬头",
        "购买方名称",
        "企业名称",
        "公司全称",
    ),
    "vat": (
        "税号",
        "纳税人识别号",
        "统一社会信用代码",
        "社会信用代码",
        "公司税号",
        "信用代码",
    ),
    "address": ("地址", "注册地址", "单位地址", "公司地址", "开票地址"),
    "phone": ("电话", "注册电话", "联系电话", "公司电话", "座机"),
    "bank_name": ("开户行", "开户银行", "开户行名称", "银行名称"),
    "bank_account": ("账号", "银行账号", "银行帐号", "帐号", "开户账号"),
    "email": ("邮箱", "收票邮箱", "电子邮箱", "E-mail"),
    "contact_name": ("联系人", "收件人", "开票联系人"),
    "contact_phone": ("手机", "手机号", "联系手机"),
}
COLONS = ("：", ":", "： ", ": ", " ： ", "\t", " ")
FULL = str.maketrans(
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-",
    "０１２３４５６７８９ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ－",
)
SLIPS = {"0": "O", "1": "l", "5": "S", "8": "B", "2": "Z"}

EN_NAMES = (
    "Northgate Supplies Ltd",
    "Harrow & Finch Limited",
    "Blue Anchor Foods plc",
    "Cedar Point Logistics LLC",
    "Meridian Tools Inc.",
    "Whitcombe Timber Ltd.",
)
DE_NAMES = (
    "Krause Werkzeugbau GmbH",
    "Seidel & Söhne OHG",
    "Nordlicht Handels GmbH & Co. KG",
    "Albrecht Maschinen AG",
    "Bäckerei Lindner e.K.",
)
NL_NAMES = ("De Vries Techniek B.V.", "Waterland Groep N.V.", "Bakker Import B.V.")
FR_NAMES = (
    "Ateliers Moreau SARL",
    "Lefèvre Distribution SAS",
    "Transports Girard S.A.",
)
PEOPLE = {
    "GB": ("Helen Marsh", "Oliver Grant", "Priya Shah", "Thomas Reid"),
    "DE": ("Katrin Vogel", "Jürgen Brandt", "Stefan Keller", "Anja Richter"),
    "NL": ("Sanne de Boer", "Pieter van Dam", "Lotte Jansen"),
    "FR": ("Claire Dubois", "Antoine Girard", "Sophie Laurent"),
}
PLACES = {
    "GB": (
        ("48 Mill Lane", "LS1 4DY", "Leeds"),
        ("7 Harbour Road", "BS1 5TY", "Bristol"),
        ("Unit 3, 21 Station Street", "M1 2JQ", "Manchester"),
    ),
    "DE": (
        ("Gartenweg 14", "70173", "Stuttgart"),
        ("Lindenallee 3a", "50667", "Köln"),
        ("Hafenstraße 120", "20457", "Hamburg"),
    ),
    "NL": (
        ("Keizersgracht 201", "1016 DS", "Amsterdam"),
        ("Parkweg 8", "3011 AB", "Rotterdam"),
    ),
    "FR": (
        ("15 rue des Lilas", "69003", "Lyon"),
        ("8 avenue Foch", "31000", "Toulouse"),
    ),
}
PHONES = {
    "GB": ("+44 113 496 {:04d}", "+44 161 715 {:04d}"),
    "DE": ("+49 711 2203{:04d}", "+49 40 3080{:04d}"),
    "NL": ("+31 20 624 {:04d}", "+31 10 413 {:04d}"),
    "FR": ("+33 4 72 41 {:02d} {:02d}", "+33 5 61 22 {:02d} {:02d}"),
}
EU_BANKS = {
    "GB": ("Barclays Bank", "HSBC UK Bank plc"),
    "DE": ("Commerzbank Stuttgart", "Sparkasse KölnBonn", "Volksbank Hamburg"),
    "NL": ("ABN AMRO Bank", "Rabobank"),
    "FR": ("BNP Paribas Lyon", "Société Générale"),
}
COUNTRY = {
    "GB": "United Kingdom",
    "DE": "Germany",
    "NL": "The Netherlands",
    "FR": "France",
}


class Block(NamedTuple):
    """A text, what it says, and the kind of text it is."""

    text: str
    expected: dict
    kind: str
    country: str


def blocks(count=600, seed=20261122):
    """``count`` blocks: three quarters Chinese invoicing data, one quarter Western."""
    rng = random.Random(seed)
    made = []
    for index in range(count):
        western = index % 4 == 3
        made.append(_western(rng) if western else _chinese(rng))
    return made


# -- Chinese --------------------------------------------------------------------------------


def _customer(rng):
    city, province, area, region, districts = rng.choice(CITIES)
    base = f"9{rng.choice('1133')}{region}" + "".join(
        rng.choice("0123456789")
        if i < 5 or rng.random() < 0.6
        else rng.choice("ABCEFGHJKLMNPQRTUWXY")
        for i in range(9)
    )
    street = f"{rng.choice(ROADS)}{rng.randint(1, 999)}号"
    if rng.random() < 0.6:
        room = f"{rng.randint(101, 2500)}室"
        street += f"{rng.randint(1, 20)}{rng.choice('栋幢号楼')}{room}"
    number = f"{rng.randint(2, 8)}{rng.randint(100, 999)}{rng.randint(1000, 9999)}"
    number = number if len(area) == 4 or area in ("010", "028", "027") else number[:7]
    return {
        "name": city[:2] + rng.choice(WORDS) + rng.choice(TRADES) + rng.choice(FORMS),
        "vat": base + uscc.calc_check_digit(base),
        "address": province + city + rng.choice(districts) + street,
        "phone": (area, number),
        "bank_name": f"{rng.choice(BANKS)}{city[:2]}{rng.choice(BRANCHES)}",
        "bank_account": "".join(
            rng.choice("0123456789") for _ in range(rng.choice((12, 15, 16, 17, 19)))
        ).replace("0", "6", 1),
        "email": f"{rng.choice(PINYIN)}@{rng.choice(HOSTS)}",
        "contact_name": rng.choice(FAMILY)
        + "".join(rng.sample(GIVEN, rng.choice((1, 2)))),
        "contact_phone": f"1{rng.choice(MOBILE)}{rng.randint(10**7, 10**8 - 1)}",
    }


def _expected(values):
    area, number = values["phone"]
    return values | {
        "phone": f"+86{area[1:]}{number}",
        "contact_phone": "+86" + values["contact_phone"],
    }


def _shown(rng, values):
    """How the values are written in this block."""
    area, number = values["phone"]
    spelled = rng.choice(
        (
            f"{area}-{number}",
            f"{area} {number}",
            f"({area}){number}",
            f"{area}{number}",
            f"{area}-{number[:4]} {number[4:]}",
        )
    )
    account = values["bank_account"]
    if rng.random() < 0.4:
        account = " ".join(account[i : i + 4] for i in range(0, len(account), 4))
    mobile = values["contact_phone"]
    if rng.random() < 0.3:
        mobile = f"{mobile[:3]} {mobile[3:7]} {mobile[7:]}"
    return values | {"phone": spelled, "bank_account": account, "contact_phone": mobile}


def _chinese(rng):
    values = _customer(rng)
    shown, truth = _shown(rng, values), _expected(values)
    kind = rng.choice(
        (
            "labelled",
            "labelled",
            "joined",
            "unlabelled",
            "one line",
            "own line",
            "mixed",
        )
    )
    codes = ["name", "vat", "address", "phone", "bank_name", "bank_account"]
    if rng.random() < 0.5:
        codes.append("email")
    if rng.random() < 0.5:
        codes += ["contact_name", "contact_phone"]
    lines = _cn_lines(rng, kind, codes, shown)
    if rng.random() < 0.3:
        lines.insert(
            0,
            rng.choice(
                (
                    "开票资料",
                    "增值税专用发票开票信息如下：",
                    "您好，我司开票信息：",
                    "【开票信息】",
                )
            ),
        )
    if rng.random() < 0.2:
        lines.append(rng.choice(("谢谢！", "请开增值税专用发票", "烦请核对，谢谢")))
    text = ("  " if kind == "one line" else "\n").join(lines)
    scanned = rng.random() < 0.3
    if scanned:
        text = _scan(rng, text, shown)
        kind += ", scanned"
    elif rng.random() < 0.25:
        text = text.translate(FULL) if rng.random() < 0.5 else text.replace(":", "：")
        if "email" in codes:
            text = text.replace(shown["email"].translate(FULL), shown["email"])
    return Block(text, {code: truth[code] for code in codes}, f"cn {kind}", "CN")


def _cn_lines(rng, kind, codes, shown):
    colon = rng.choice(COLONS[:5])

    def labelled(code):
        return f"{rng.choice(CN_LABELS[code])}{colon}{shown[code]}"

    if kind == "unlabelled":
        people = [c for c in codes if c.startswith("contact")]
        rest = [c for c in codes if c not in people]
        lines = [shown[c] for c in rest]
        if people:
            lines.append(f"{shown['contact_name']} {shown['contact_phone']}")
        rng.shuffle(lines)
        return lines
    if kind == "joined":
        lines = [labelled("name"), labelled("vat")]
        lines.append(
            f"{rng.choice(PLACE_LABELS)}{colon}{shown['address']} {shown['phone']}"
        )
        lines.append(
            f"{rng.choice(BANK_LABELS)}{colon}"
            f"{shown['bank_name']} {shown['bank_account']}"
        )
        lines += [labelled(code) for code in codes[6:]]
        rng.shuffle(lines)
        return lines
    if kind == "own line":
        return [
            part
            for code in codes
            for part in (
                f"{rng.choice(CN_LABELS[code])}{colon.strip() or '：'}",
                shown[code],
            )
        ]
    if kind == "mixed":
        lines = [shown["name"], labelled("vat"), shown["address"], labelled("phone")]
        lines += [labelled("bank_name"), labelled("bank_account")]
        lines += [labelled(code) for code in codes[6:]]
        return lines
    if kind == "labelled":
        codes = rng.sample(codes, len(codes))
        if rng.random() < 0.3:
            return [f"{i}、{labelled(code)}" for i, code in enumerate(codes, start=1)]
    if kind == "one line" and colon == "\t":
        colon = "："
    return [labelled(code) for code in codes]


def _scan(rng, text, shown):
    """What scanning does: letters for digits, spaces, a colon that is none."""
    for code in ("vat", "bank_account", "phone"):
        value = shown[code]
        places = [i for i, char in enumerate(value) if char in SLIPS and i > 1]
        if places and value in text and rng.random() < 0.5:
            at = rng.choice(places)
            text = text.replace(
                value, value[:at] + SLIPS[value[at]] + value[at + 1 :], 1
            )
    if rng.random() < 0.4:
        text = text.replace("：", "；" if rng.random() < 0.5 else ": ", 1)
    if rng.random() < 0.4:
        name = shown["name"]
        text = (
            text.replace(name, " ".join(name), 1) if f"：{name}" not in text else text
        )
    if rng.random() < 0.4:
        text = text.replace("@", " @")
    return text


# -- Western --------------------------------------------------------------------------------


def _western(rng):
    country = rng.choice(("GB", "DE", "NL", "FR"))
    names = {"GB": EN_NAMES, "DE": DE_NAMES, "NL": NL_NAMES, "FR": FR_NAMES}[country]
    street, code, city = rng.choice(PLACES[country])
    person = rng.choice(PEOPLE[country])
    name = rng.choice(names)
    first = person.split()[0].lower().replace("ü", "ue")
    domain = "".join(c for c in name.split()[0].lower() if c.isascii() and c.isalpha())
    phone = rng.choice(PHONES[country]).format(rng.randint(10, 99), rng.randint(10, 99))
    if country != "FR":
        phone = rng.choice(PHONES[country]).format(rng.randint(1000, 9999))
    values = {
        "name": name,
        "address": street,
        "zip": code,
        "city": city,
        "phone": phone,
        "email": f"{first}@{domain}.{'com' if country == 'GB' else country.lower()}",
        "contact_name": person,
        "vat": _vat(rng, country),
        "bank_account": _iban(rng, country),
        "bank_name": rng.choice(EU_BANKS[country]),
    }
    truth = values | {"phone": phone.replace(" ", "")}
    kind = rng.choice(
        ("signature", "signature bar", "letter head", "invoicing", "bank")
    )
    text, codes = globals()[f"_{kind.replace(' ', '_')}"](rng, values, country)
    return Block(text, {c: truth[c] for c in codes}, f"western {kind}", country)


def _town(values, country):
    if country == "GB":
        return f"{values['city']} {values['zip']}"
    return f"{values['zip']} {values['city']}"


def _signature(rng, v, country):
    greeting = {
        "GB": "Kind regards,",
        "DE": "Mit freundlichen Grüßen",
        "NL": "Met vriendelijke groet,",
        "FR": "Cordialement,",
    }
    role = {
        "GB": "Head of Finance",
        "DE": "Leiter Einkauf",
        "NL": "Sales Manager",
        "FR": "Directeur commercial",
    }
    tel = rng.choice(
        {
            "GB": ("Tel:", "T", "Phone:"),
            "DE": ("Tel.:", "Telefon"),
            "NL": ("T:", "Tel"),
            "FR": ("Tél. :", "T."),
        }[country]
    )
    lines = [greeting[country], "", v["contact_name"], role[country], "", v["name"]]
    lines += [v["address"], _town(v, country), f"{tel} {v['phone']}", v["email"]]
    codes = ("contact_name", "name", "address", "zip", "city", "phone", "email")
    return "\n".join(lines), codes


def _signature_bar(rng, v, country):
    bar = rng.choice((" | ", " · ", "  "))
    lines = [v["contact_name"], v["name"], bar.join((v["address"], _town(v, country)))]
    lines.append(bar.join((f"T: {v['phone']}", f"E: {v['email']}")))
    codes = ("contact_name", "name", "address", "zip", "city", "phone", "email")
    return "\n".join(lines), codes


def _letter_head(rng, v, country):
    lines = [v["name"], v["address"], _town(v, country), COUNTRY[country], v["vat"]]
    codes = ["name", "address", "zip", "city", "vat"]
    return "\n".join(lines), codes


def _invoicing(rng, v, country):
    label = {"GB": "VAT No", "DE": "USt-IdNr.", "NL": "BTW-nummer", "FR": "N° TVA"}[
        country
    ]
    lines = [
        f"{rng.choice(('Company', 'Company name'))}: {v['name']}",
        f"Address: {v['address']}, {_town(v, country)}",
        f"{label}: {v['vat']}",
        f"Contact: {v['contact_name']}",
        f"E-Mail: {v['email']}",
        f"Telephone: {v['phone']}",
    ]
    rng.shuffle(lines)
    codes = ("name", "address", "zip", "city", "vat", "contact_name", "email", "phone")
    return "\n".join(lines), codes


def _bank(rng, v, country):
    grouped = " ".join(v["bank_account"][i : i + 4] for i in range(0, 40, 4)).strip()
    lines = [
        v["name"],
        f"Bank: {v['bank_name']}",
        f"IBAN {grouped}",
        f"VAT: {v['vat']}",
    ]
    rng.shuffle(lines)
    return "\n".join(lines), ("name", "bank_name", "bank_account", "vat")


def _vat(rng, country):
    digits = "".join(rng.choice("123456789") for _ in range(9))
    if country == "DE":
        return "DE" + digits[:8] + mod_11_10.calc_check_digit(digits[:8])
    if country == "FR":
        siren = _luhn(digits[:8])
        return f"FR{(12 + 3 * (int(siren) % 97)) % 97:02d}{siren}"
    if country == "NL":
        while (
            rest := sum(
                int(d) * w for d, w in zip(digits, range(9, 1, -1), strict=False)
            )
            % 11
        ) == 10:
            digits = "".join(rng.choice("123456789") for _ in range(9))
        return f"NL{digits[:8]}{rest}B01"
    total = sum(int(d) * w for d, w in zip(digits, range(8, 1, -1), strict=False))
    return f"GB{digits[:7]}{97 - (total % 97) if total % 97 else 97:02d}"


def _luhn(digits):
    total = sum(
        sum(divmod(int(d) * (2 if i % 2 == 0 else 1), 10))
        for i, d in enumerate(reversed(digits))
    )
    return f"{digits}{-total % 10}"


def _iban(rng, country):
    digits = "".join(rng.choice("0123456789") for _ in range(20))
    bban = {
        "GB": f"BARC{digits[:14]}",
        "DE": digits[:18],
        "NL": f"ABNA{digits[:10]}",
        "FR": None,
    }[country]
    if country == "FR":
        head = digits[: 21 - 1]
        number = int(head[:5]) * 89 + int(head[5:10]) * 15 + int(head[10:20] + "1") * 3
        bban = f"{head}1{97 - number % 97:02d}"
    if country == "NL":
        bban = "ABNA" + _nl_account(digits[:9])
    number = "".join(str(int(char, 36)) for char in f"{bban}{country}00")
    return f"{country}{98 - int(number) % 97:02d}{bban}"


def _nl_account(digits):
    total = sum(int(d) * w for d, w in zip(digits, range(10, 1, -1), strict=True))
    last = -total % 11
    return f"{digits}{last}" if last < 10 else _nl_account(f"{int(digits) + 1:09d}")
