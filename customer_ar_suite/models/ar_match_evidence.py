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
    "combination": lambda env, p: env._(
        "%(count)s of %(open)s open items add up exactly; by chance that happens once in "
        "%(odds)s times.",
        **p,
    ),
    "combination_all": lambda env, p: env._(
        "All %(count)s open items of the customer add up exactly.", **p
    ),
    "combination_oldest": lambda env, p: env._(
        "The %(count)s oldest of %(open)s open items add up exactly; by chance that happens "
        "once in %(odds)s times.",
        **p,
    ),
    "combination_partly": lambda env, p: env._(
        "%(count)s of %(open)s open items add up exactly; there are too many to try every "
        "selection.",
        **p,
    ),
    "payer": lambda env, p: env._("The payer is this customer."),
    "payer_alias": lambda env, p: env._(
        "Earlier receipts of this payer were from this customer."
    ),
    "payer_tax_id": lambda env, p: env._("The text quotes the customer's tax id."),
    "payer_name": lambda env, p: env._("The payer has the customer's name."),
    "payer_in_text": lambda env, p: env._("The text names the customer."),
    "payer_similar": lambda env, p: env._("The payer's name is like the customer's."),
    "payer_differs": lambda env, p: env._("The payer is another customer."),
    "manual": lambda env, p: env._("Chosen by %(user)s.", **p),
}

RULE_NAMES = {
    "invoice_number": lambda env: env._("Invoice number in the payment text"),
    "exact_amount": lambda env: env._("Exact amount"),
    "payer": lambda env: env._("Payer is the customer"),
    "combination": lambda env: env._("Combination of open items"),
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
