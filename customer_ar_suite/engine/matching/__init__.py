"""Which open items does this receipt pay, and why.

Receipts and open items in, proposals out. ``index`` finds candidates without comparing all
pairs, the rules of ``rules`` say what speaks for them, ``propose`` adds the evidence up and
settles conflicts. Nothing here is accepted or booked: a proposal waits for a human.
"""

from .rules import (
    combination,
    discount,
    exact_amount,
    invoice_number,
    oldest_first,
    order_number,
    payer,
    remittance,
    similar_text,
    tolerance,
)

__all__ = [
    "combination",
    "discount",
    "exact_amount",
    "invoice_number",
    "oldest_first",
    "order_number",
    "payer",
    "remittance",
    "similar_text",
    "tolerance",
]
