"""A remittance advice of the payer says what the receipt pays."""

from __future__ import annotations

from ...ledger import Receipt
from ..base import RULES, Advice, AdviceRule, Evidence
from ..quotes import quotations


@RULES.register
class RemittanceAdvice(AdviceRule):
    """The documents an advice names, in the amounts it gives, add up to the receipt."""

    code = "remittance"
    label = "Remittance advice"
    keys: tuple[str, ...] = ("remittance",)

    def match_advice(self, receipt: Receipt, advice: Advice) -> Evidence | None:
        if advice.total != receipt.amount:
            return None
        is_quoted = bool(advice.number and quotations(receipt, advice.number))
        params: dict[str, str | int] = {
            "number": advice.number,
            "count": len(advice.lines),
            "advice": advice.id,
        }
        return Evidence(self.code, 100 if is_quoted else 80, params)
