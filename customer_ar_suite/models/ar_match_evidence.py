"""The translated sentence for each piece of evidence, and the names of the rules.

The engine says ``exact_amount`` and 5000; here a reader learns what that means. Proposals
store codes, so every reader gets the sentence in his own language. A test compares the
codes with those of ``engine/matching/rules``.
"""

from ..engine.money import from_minor

SENTENCES = {
    "invoice_number": lambda env, p: env._("The payer quotes %(numbers)s.", **p),
    "invoice_less_credit": lambda env, p: env._(
        "The payer quotes %(numbers)s; less the credit note %(credits)s it is exact.",
        **p,
    ),
    "order_number": lambda env, p: env._(
        "The payer quotes the customer's reference %(numbers)s.", **p
    ),
    "remittance": lambda env, p: env._(
        "A remittance advice of the payer names these %(count)s items.", **p
    ),
    "discount": lambda env, p: env._(
        "The difference of %(amount)s is the discount the payment terms allow.", **p
    ),
    "tolerance": lambda env, p: env._(
        "%(amount)s less than what is open: within the tolerance.", **p
    ),
    "tolerance_more": lambda env, p: env._(
        "%(amount)s more than what is open: within the tolerance.", **p
    ),
    "similar_text": lambda env, p: env._(
        "The text shares %(count)s words with the reference; amount and date are near.",
        **p,
    ),
    "oldest_first": lambda env, p: env._(
        "The oldest %(count)s items of the payer, as asked for; nothing else says so.",
        **p,
    ),
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
    "order_number": lambda env: env._("Order number or payment reference in the text"),
    "remittance": lambda env: env._("Remittance advice"),
    "discount": lambda env: env._("Discount of the payment terms"),
    "tolerance": lambda env: env._("Amount within tolerance"),
    "similar_text": lambda env: env._("Text like the reference of the item"),
    "oldest_first": lambda env: env._("Oldest first (on request)"),
}

#: the words of an evidence class (``engine/matching/quality.py``), for readers
CLASS_WORDS = {
    "invoice_number": lambda env: env._("invoice number"),
    "invoice_less_credit": lambda env: env._("invoice number, less a credit note"),
    "order_number": lambda env: env._("customer's reference"),
    "remittance": lambda env: env._("remittance advice"),
    "discount": lambda env: env._("discount of the terms"),
    "tolerance": lambda env: env._("within tolerance"),
    "tolerance_more": lambda env: env._("within tolerance, more paid"),
    "similar_text": lambda env: env._("similar text, near amount"),
    "oldest_first": lambda env: env._("oldest first"),
    "exact_amount": lambda env: env._("exact amount"),
    "exact_total": lambda env: env._("exact total of several items"),
    "combination": lambda env: env._("combination"),
    "combination_all": lambda env: env._("all open items"),
    "combination_oldest": lambda env: env._("oldest items"),
    "combination_partly": lambda env: env._("combination, not all tried"),
    "payer": lambda env: env._("known payer"),
    "payer_alias": lambda env: env._("learned payer"),
    "payer_tax_id": lambda env: env._("tax id of the payer"),
    "payer_name": lambda env: env._("name of the payer"),
    "payer_in_text": lambda env: env._("payer named in the text"),
    "payer_similar": lambda env: env._("similar name"),
    "payer_differs": lambda env: env._("another customer's account"),
    "ambiguous": lambda env: env._("several solutions fit"),
    "deducted": lambda env: env._("with a deduction"),
    "short": lambda env: env._("less than is open"),
    "rest": lambda env: env._("with a remainder"),
}


def class_sentence(env, code):
    """An evidence class as a reader understands it; ``~`` becomes a share of strength."""
    words = []
    for word in (code or "").split():
        name, _weak, strength = word.rstrip("!").partition("~")
        build = CLASS_WORDS.get(name)
        shown = build(env) if build else name
        words.append(f"{shown} ({int(strength) * 10} %)" if strength else shown)
    return " + ".join(words)


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
