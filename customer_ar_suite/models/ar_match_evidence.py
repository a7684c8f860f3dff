"""The translated sentence for each piece of evidence, and the names of the rules.

The engine says ``exact_amount`` and 5000; here a reader learns what that means. Proposals
store codes, so every reader gets the sentence in his own language. A test compares the
codes with those of ``engine/matching/rules``.
"""

from ..engine.money import from_minor

SENTENCES = {
    "invoice_number": lambda env, p: env._("The payer quotes %(numbers)s.", **p),
    "exact_amount": lambda env, p: env._("Exactly what is open: %(amount)s.", **p),
    "exact_total": lambda env, p: env._(
        "%(count)s items add up exactly to %(amount)s.", **p
    ),
    "payer": lambda env, p: env._("The payer is this customer."),
    "payer_differs": lambda env, p: env._("The payer is another customer."),
    "manual": lambda env, p: env._("Chosen by %(user)s.", **p),
}

RULE_NAMES = {
    "invoice_number": lambda env: env._("Invoice number in the payment text"),
    "exact_amount": lambda env: env._("Exact amount"),
    "payer": lambda env: env._("Payer is the customer"),
}


def sentence(env, evidence, currency):
    """One piece of stored evidence in the reader's language.

    :param evidence: ``{"code": …, "points": …, "params": {…}}``
    :param currency: of the receipt, in which amounts are given
    """
    params = dict(evidence.get("params") or {})
    if "amount" in params:
        amount = from_minor(params["amount"], currency.decimal_places)
        params["amount"] = currency.format(float(amount))
    build = SENTENCES.get(evidence["code"])
    return build(env, params) if build else evidence["code"]
