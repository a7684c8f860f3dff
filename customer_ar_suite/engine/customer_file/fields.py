"""The fields a customer file may fill: an allow-list.

A mapping can name these codes and ``dim_<id>`` for a classification; nothing else of a
partner can be reached from a file. What a customer has several of (contact persons, bank
accounts, addresses) is numbered: ``contact_name`` is the first, ``contact_name#2`` the
second.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

DIMENSION_PREFIX = "dim_"


class Field(NamedTuple):
    """One importable field: its code, how its cells are read, and what people call it."""

    code: str
    kind: str
    synonyms: tuple[str, ...]
    max_length: int = 255


def _field(code: str, kind: str, synonyms: str, max_length: int = 255) -> Field:
    return Field(
        code, kind, tuple(part.strip() for part in synonyms.split(",")), max_length
    )


_ALL = (
    _field(
        "name", "text",
        "name, customer name, customer, company, company name, account name, client, "
        "client name, business name, legal name, organisation, organization, 客户名称, "
        "名称, 单位名称, 公司名称, 客户, 客户全称, 企业名称, 公司, 公司全称, 单位, "
        "往来单位, 往来单位名称, 购货单位, 客户姓名, 开票名称, 抬头, 发票抬头, "
        "客戶名稱, 公司名稱, 氏名, 顧客名",
    ),
    _field(
        "ref", "code",
        "customer no, customer number, customer code, customer id, code, reference, "
        "ref, account number, account no, account id, account, client id, client code, "
        "no, number, id, internal reference, external id, 客户编码, 客户编号, "
        "客户代码, 编码, 编号, 代码, 客户号, 往来单位编码, 单位编码, 客户ID, 序列号, "
        "客戶編號",
        64,
    ),
    _field(
        "vat", "tax",
        "tax id, vat, vat number, vat no, vat id, tax number, tax no, tin, gst number, "
        "abn, ust id, uid, siren vat, 税号, 统一社会信用代码, 纳税人识别号, "
        "税务登记号, 信用代码, 社会信用代码, 统一信用代码, 税务登记证号, 纳税号, "
        "公司税号, 单位税号, 企业税号, 統一編號, 稅號",
        64,
    ),
    _field(
        "company_registry", "code",
        "company registry, registration number, registry number, company number, "
        "company id, commercial register, 注册号, 工商注册号, 营业执照号, "
        "营业执照注册号, 登记号",
        64,
    ),
    _field(
        "is_company", "boolean",
        "is a company, is company, company customer, 是否公司, 是否企业, 公司客户",
    ),
    _field(
        "email", "email",
        "email, e-mail, mail, email address, e-mail address, company email, 邮箱, "
        "电子邮箱, 电子邮件, 邮件, 公司邮箱, 邮箱地址, 收票邮箱, email地址, "
        "メールアドレス, 電郵",
    ),
    _field(
        "phone", "phone",
        "phone, telephone, tel, phone number, telephone number, mobile, mobile phone, "
        "cell, cell phone, company phone, contact number, 电话, 手机, 联系电话, "
        "电话号码, 手机号, 手机号码, 固定电话, 座机, 公司电话, 单位电话, 联系方式, "
        "移动电话, 注册电话, 電話, 電話番号",
    ),
    _field(
        "website", "text",
        "website, web site, url, homepage, web, 网站, 网址, 官网, 主页",
    ),
    _field(
        "street", "text",
        "street, address, address 1, address line 1, street address, company address, "
        "adress, 地址, 详细地址, 注册地址, 公司地址, 单位地址, "
        "联系地址, 通讯地址, 街道, 街道地址, 开票地址, 经营地址, 办公地址, 住所, "
        "住所1, 地址1",
    ),
    _field(
        "street2", "text",
        "street 2, address 2, address line 2, adress 2, suite, floor, 地址2, 地址补充, "
        "门牌号, 住所2",
    ),
    _field(
        "city", "text",
        "city, town, place, 市, 城市, 所在城市, 地市, 市区町村",
    ),
    _field(
        "zip", "code",
        "zip, zip code, postal code, postcode, post code, 邮编, 邮政编码, 郵便番号, "
        "郵遞區號",
        24,
    ),
    _field(
        "state", "reference",
        "state, province, region, county, federal state, 省, 省份, 省市, 所在省份, 州, "
        "省/市, 省/直辖市, 都道府県",
    ),
    _field(
        "country", "country",
        "country, country name, country code, nation, 国家, 国别, 国家/地区, 所在国家",
    ),
    _field(
        "contact_name", "text",
        "contact, contact person, contact name, attention, attn, contact first name, "
        "联系人, 联系人姓名, 主要联系人, 负责人, 业务联系人, 聯絡人",
    ),
    _field(
        "contact_function", "text",
        "job position, position, function, job title, contact function, title, 职位, "
        "职务, 岗位",
    ),
    _field(
        "contact_email", "email",
        "contact email, contact e-mail, contact person email, 联系人邮箱, "
        "联系人电子邮箱, 联系人邮件",
    ),
    _field(
        "contact_phone", "phone",
        "contact phone, contact mobile, contact telephone, contact person phone, "
        "联系人电话, 联系人手机, 联系人手机号, 联系人联系方式",
    ),
    _field(
        "bank_account", "bank",
        "bank account, bank account number, account number bank, iban, "
        "bank account no, 账号, 银行账号, 银行帐号, 帐号, 开户账号, 对公账号, "
        "银行卡号, 开户行账号, 基本户账号, 账户",
        64,
    ),
    _field(
        "bank_name", "text",
        "bank, bank name, bank branch, 开户行, 开户银行, 银行名称, 银行, 开户行名称, "
        "开户支行",
    ),
    _field(
        "bank_bic", "code",
        "bic, swift, swift code, bic/swift, 联行号, 行号, SWIFT代码",
        32,
    ),
    _field(
        "bank_holder", "text",
        "account holder, name of account, 户名, 开户名, 账户名, 账户名称, 银行户名",
    ),
    _field(
        "payment_term", "reference",
        "payment term, payment terms, terms, terms of payment, credit terms, 账期, "
        "付款条件, 收款条件, 付款方式, 结算方式, 信用期, 收款期限, 付款期限",
    ),
    _field(
        "payment_cycle", "reference",
        "payment cycle, settlement cycle, billing cycle, 结算周期, 付款周期, 回款周期, "
        "账期周期, 对账周期",
    ),
    _field(
        "credit_limit", "money",
        "credit limit, limit, credit line, 信用额度, 授信额度, 信用限额, 额度",
    ),
    _field(
        "annual_revenue", "money",
        "annual revenue, annual turnover, revenue, turnover, yearly revenue, 年营业额, "
        "年收入, 营业额, 年营收, 年销售额, 营业收入",
    ),
    _field(
        "headcount", "integer",
        "headcount, employees, number of employees, staff, staff count, 员工人数, "
        "员工数, 人数, 职工人数, 公司人数",
    ),
    _field(
        "salesperson", "reference",
        "salesperson, sales person, sales rep, sales representative, account manager, "
        "owner, responsible, 业务员, 销售员, 销售人员, 业务经理, 客户经理, 销售代表, "
        "负责业务员, 跟单员, 销售",
    ),
    _field(
        "lang", "reference",
        "language, lang, 语言, 语种",
    ),
    _field(
        "tags", "tags",
        "tags, tag, labels, 标签, 客户标签",
    ),
    _field(
        "parent", "reference",
        "parent company, parent, parent customer, group, head office, 上级单位, "
        "母公司, 总公司, 上级客户",
    ),
    _field(
        "comment", "lines",
        "comment, comments, notes, note, remark, remarks, memo, description, 备注, "
        "说明, 附注, 备注说明, 備註",
        5000,
    ),
)  # fmt: skip

#: what the parts of a further address are called, behind the word for its kind
_ADDRESS_PARTS = (
    ("name", "text", "name, contact, contact person, 联系人, 名称"),
    ("street", "text", "address, street, address 1, street 1, 地址, 详细地址, 街道"),
    ("street2", "text", "address 2, street 2, 地址2"),
    ("city", "text", "city, town, 城市, 市"),
    ("zip", "code", "zip, zip code, postal code, postcode, 邮编, 邮政编码"),
    ("state", "reference", "state, province, region, state province, 省, 省份"),
    ("country", "country", "country, 国家, 国家地区"),
    ("phone", "phone", "phone, telephone, mobile, tel, 电话, 手机, 联系电话, 联系方式"),
    ("email", "email", "email, e-mail, mail, 邮箱, 电子邮箱"),
)  # fmt: skip
_ADDRESS_KINDS = {
    "delivery": (
        ("delivery", "shipping", "ship to", "deliver to", "delivery address",
         "shipping address", "收货", "送货", "配送", "交货", "收货地址", "送货地址"),
        {"name": "consignee, ship to, 收货人, 收件人, 收货人姓名, 收货单位",
         "phone": "收货人电话, 收货人手机, 收货电话, 收件人电话",
         "street": "收货人地址, 收件地址"},
    ),
    "invoice": (
        ("invoice", "invoicing", "billing", "bill to", "invoice address",
         "billing address", "寄票", "收票", "账单", "收票地址", "寄票地址"),
        {"name": "bill to, 收票人, 收票人姓名, 发票收件人",
         "phone": "收票人电话, 收票人手机, 收票电话",
         "street": "发票邮寄地址, 发票地址, 收票人地址",
         "email": "收票人邮箱"},
    ),
}  # fmt: skip


def _address_fields() -> Iterator[Field]:
    taken = {name.casefold() for field in _ALL for name in field.synonyms}
    for kind, (words, more) in _ADDRESS_KINDS.items():
        for part, reading, names in _ADDRESS_PARTS:
            found = [f"{w} {n.strip()}" for w in words for n in names.split(",")]
            found += [n.strip() for n in more.get(part, "").split(",") if n]
            found = [name for name in found if name.casefold() not in taken]
            taken.update(name.casefold() for name in found)
            length = 24 if part == "zip" else 255
            yield Field(f"{kind}_{part}", reading, tuple(found), length)


FIELDS = {field.code: field for field in (*_ALL, *_address_fields())}

#: fields whose cells name a record of the database
REFERENCES = frozenset(
    code for code, field in FIELDS.items() if field.kind in ("reference", "tags")
)

#: what a customer can have several of, stored beside it: group -> its fields
CONTACT = ("contact_name", "contact_function", "contact_email", "contact_phone")
BANK = ("bank_account", "bank_name", "bank_bic", "bank_holder")
GROUPS: dict[str, tuple[str, ...]] = {
    "contact": CONTACT,
    "bank": BANK,
    **{
        kind: tuple(f"{kind}_{part}" for part, _reading, _names in _ADDRESS_PARTS)
        for kind in _ADDRESS_KINDS
    },
}
GROUP_OF = {code: group for group, codes in GROUPS.items() for code in codes}
ADDRESSES = tuple(_ADDRESS_KINDS)

#: more of one kind than any customer has; a file that says so is read wrongly
MAX_ENTRIES = 60


def numbered(code: str, number: int) -> str:
    """The key of the ``number``-th entry of a field.

    >>> numbered("contact_name", 1), numbered("contact_name", 2)
    ('contact_name', 'contact_name#2')
    """
    return f"{code}#{number}" if number > 1 else code


@lru_cache(maxsize=4096)
def parted(key: str) -> tuple[str, int]:
    """Field and number of a key.

    >>> parted("contact_name#2"), parted("name")
    (('contact_name', 2), ('name', 1))
    """
    if "#" not in key:
        return key, 1
    code, _, number = key.partition("#")
    return code, int(number or 1)


def base(key: str) -> str:
    """The field of a key."""
    return key.partition("#")[0]


def is_field(key: str) -> bool:
    """May a column be mapped to ``key``?

    >>> is_field("vat"), is_field("dim_12"), is_field("user_ids"), is_field("dim_x")
    (True, True, False, False)
    >>> is_field("bank_account#2"), is_field("vat#2"), is_field("bank_account#x")
    (True, False, False)
    """
    code, mark, number = key.partition("#")
    if mark and (code not in GROUP_OF or not re.fullmatch("[2-9]|[1-5][0-9]", number)):
        return False
    return code in FIELDS or (
        code.startswith(DIMENSION_PREFIX) and code[len(DIMENSION_PREFIX) :].isdigit()
    )


@lru_cache(maxsize=4096)
def is_reference(key: str) -> bool:
    """Do the cells of this field name records?"""
    return base(key) in REFERENCES or key.startswith(DIMENSION_PREFIX)
