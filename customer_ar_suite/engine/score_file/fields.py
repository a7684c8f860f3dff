"""The fields a file of scores may fill, and what people call them."""

from __future__ import annotations

from collections.abc import Sequence

from ..tabular.synonyms import Named, best, index, match

SYNONYMS: dict[str, tuple[str, ...]] = {
    "vat": (
        "tax id", "vat", "vat number", "vat id", "vat no", "tax number", "tin", "税号",
        "纳税人识别号", "统一社会信用代码", "信用代码", "社会信用代码",
    ),
    "registry": (
        "registry", "registry number", "registration number", "registration no",
        "company number", "company registration", "company id", "commercial register",
        "kvk", "kvk number", "siren", "duns", "d-u-n-s", "crefo", "注册号", "工商注册号",
        "企业注册号", "登记号",
    ),
    "ref": (
        "customer no", "customer number", "customer code", "customer id", "debtor no",
        "client code", "your reference", "客户编码", "客户编号", "客户代码",
    ),
    "name": (
        "customer", "customer name", "name", "company", "company name", "client",
        "debtor", "business name", "legal name", "客户名称", "客户", "公司名称", "企业名称",
        "单位名称",
    ),
    "score": (
        "score", "rating", "credit score", "credit rating", "grade", "index", "risk score",
        "credit index", "评分", "信用评分", "等级", "信用等级", "评级", "得分", "分数",
    ),
    "scored_on": (
        "date", "score date", "rating date", "as of", "valid from", "issued", "issue date",
        "report date", "日期", "评分日期", "评级日期", "报告日期", "出具日期",
    ),
    "expires_on": (
        "expiry", "expiry date", "expires", "expires on", "valid to", "valid until",
        "expiration date", "有效期", "有效期至", "到期日", "失效日期", "截止日期",
    ),
    "advised_limit": (
        "limit", "credit limit", "recommended limit", "advised limit", "maximum credit",
        "credit opinion", "建议额度", "信用额度", "授信额度", "额度",
    ),
}  # fmt: skip

_NAMES = index(SYNONYMS)


def propose(headings: Sequence[str]) -> list[Named]:
    """A field for each heading of a file of scores."""
    return match(headings, _NAMES)


def is_known(heading: str) -> bool:
    """Is this text the name of a field? Tells a header from a title or a record."""
    return bool(best(heading, _NAMES)[0])
