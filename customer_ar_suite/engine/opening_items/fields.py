"""The fields a file of open items may fill, and what people call them."""

from __future__ import annotations

from collections.abc import Sequence

from ..tabular.synonyms import Named, best, index, match
from ..text import fold

INVOICE, CREDIT_NOTE, RECEIPT, BILL = "invoice", "credit_note", "receipt", "bill"
KINDS = (INVOICE, CREDIT_NOTE, RECEIPT, BILL)

SYNONYMS: dict[str, tuple[str, ...]] = {
    "customer_ref": (
        "customer no", "customer number", "customer code", "customer id", "account no",
        "account number", "account code", "debtor no", "debtor number", "debtor code",
        "client code", "客户编码", "客户编号", "客户代码", "客户号", "往来单位编码",
        "单位编码", "客商编码", "客户ID",
    ),
    "customer_name": (
        "customer", "customer name", "name", "company", "company name", "client",
        "client name", "debtor", "debtor name", "account name", "客户名称", "客户",
        "客户全称", "单位名称", "往来单位", "往来单位名称", "公司名称", "客商名称", "购货单位",
    ),
    "customer_vat": (
        "tax id", "vat", "vat number", "vat id", "tax number", "税号", "纳税人识别号",
        "统一社会信用代码", "信用代码",
    ),
    "number": (
        "invoice", "invoice no", "invoice number", "document", "document no",
        "document number", "doc no", "number", "no", "voucher no", "bill no",
        "receipt no", "transaction no", "发票号", "发票号码", "单据号", "单据编号", "编号",
        "单号", "凭证号", "票号", "票据号", "票据号码", "收款单号",
    ),
    "reference": (
        "reference", "ref", "customer reference", "your reference", "po", "po number",
        "purchase order", "order no", "order number", "description", "memo", "text",
        "参考号", "参考", "摘要", "备注", "订单号", "合同号", "说明",
    ),
    "kind": (
        "type", "document type", "doc type", "transaction type", "kind", "类型",
        "单据类型", "业务类型", "款项类型", "性质",
    ),
    "invoice_date": (
        "invoice date", "document date", "doc date", "date", "posting date",
        "transaction date", "receipt date", "issue date", "开票日期", "发票日期", "单据日期",
        "日期", "业务日期", "记账日期", "收款日期", "出票日期",
    ),
    "due_date": (
        "due date", "due", "due on", "maturity", "maturity date", "net due date",
        "payment due", "到期日", "到期日期", "应收日期", "付款到期日", "应付日期",
    ),
    "currency": (
        "currency", "currency code", "curr", "ccy", "币种", "币别", "货币", "原币币种",
    ),
    "amount": (
        "amount", "open amount", "balance", "outstanding", "outstanding amount",
        "open balance", "amount due", "residual", "remaining amount", "unpaid", "余额",
        "未收金额", "未核销金额", "应收余额", "金额", "原币金额", "原币余额", "欠款",
        "欠款金额", "期初余额", "期末余额", "未清金额",
    ),
    "debit": ("debit", "debit amount", "借方", "借方金额", "借方余额", "应收金额"),
    "credit": ("credit", "credit amount", "贷方", "贷方金额", "贷方余额"),
    "company_amount": (
        "amount in company currency", "local amount", "amount in local currency",
        "base amount", "home currency amount", "local currency amount", "base balance",
        "本币金额", "本币余额", "本位币金额", "本位币余额", "人民币金额", "折合人民币",
    ),
}  # fmt: skip

#: what a column of kinds says; folded
_KIND_WORDS: dict[str, tuple[str, ...]] = {
    INVOICE: (
        "invoice", "inv", "si", "ri", "sales invoice", "debit note", "debit memo",
        "发票", "销售发票", "应收", "应收单", "应收款", "其他应收单", "销售", "蓝字发票",
    ),
    CREDIT_NOTE: (
        "credit note", "credit", "credit memo", "cn", "cm", "crn", "refund", "return",
        "红字发票", "贷项", "贷项通知单", "退货", "红字", "红票", "折让",
    ),
    RECEIPT: (
        "receipt", "payment", "advance", "deposit", "prepayment", "pmt", "on account",
        "收款", "收款单", "预收", "预收款", "预收账款", "未核销收款", "定金",
    ),
    BILL: (
        "bill", "bill receivable", "note", "note receivable", "promissory note", "cheque",
        "check", "draft", "票据", "应收票据", "承兑", "承兑汇票", "银行承兑汇票",
        "商业承兑汇票", "支票",
    ),
}  # fmt: skip
#: the customer's cell of a row that adds up the others
_TOTAL_WORDS = frozenset(
    ("total", "totals", "grand total", "sum", "合计", "总计", "小计", "共计")
)

_NAMES = index(SYNONYMS)
_KINDS_BY_WORD = {
    fold(word): kind for kind, words in _KIND_WORDS.items() for word in words
}


def propose(headings: Sequence[str]) -> list[Named]:
    """A field for each heading of a file of open items."""
    return match(headings, _NAMES)


def is_known(heading: str) -> bool:
    """Is this text the name of a field? Tells a header from a title or a record."""
    return bool(best(heading, _NAMES)[0])


def kind_of(text: str) -> str:
    """The kind a cell names, ``""`` when it is none of them.

    >>> kind_of("Credit Note"), kind_of("预收款"), kind_of("Journal")
    ('credit_note', 'receipt', '')
    """
    return _KINDS_BY_WORD.get(fold(text), "")


def is_total(text: str) -> bool:
    """Does a row with this customer only add up others?

    >>> is_total("合 计"), is_total("Total:"), is_total("Total Energies")
    (True, True, False)
    """
    word = fold(text).rstrip(":： ")
    return word in _TOTAL_WORDS or word.replace(" ", "") in _TOTAL_WORDS
