"""Sentences for what is found in opening items and in what other systems send."""

OPENING_MESSAGES = {
    "opening_no_customer": lambda env, p: env._(
        "Row %(row)s names no customer. Enter the customer code, tax ID or name.", **p
    ),
    "opening_customer_unknown": lambda env, p: env._(
        "Row %(row)s: no customer “%(value)s” is known here. Choose one, or import the "
        "customer first.",
        **p,
    ),
    "opening_customer_ambiguous": lambda env, p: env._(
        "Row %(row)s: several customers are “%(value)s”. Choose one.", **p
    ),
    "opening_currency_unknown": lambda env, p: env._(
        "Row %(row)s, %(column)s: “%(value)s” is no active currency. Correct it, or activate "
        "the currency.",
        **p,
    ),
    "opening_no_date": lambda env, p: env._(
        "Row %(row)s has neither a document date nor a due date. Enter one.", **p
    ),
    "opening_after_cut_over": lambda env, p: env._(
        "Row %(row)s, %(column)s: %(value)s is after the cut-over date %(cut_over)s. Such a "
        "document is entered in the new system.",
        **p,
    ),
    "opening_due_before": lambda env, p: env._(
        "Row %(row)s, %(column)s: due on %(value)s, before the date of the document.",
        **p,
    ),
    "opening_no_due_date": lambda env, p: env._(
        "Row %(row)s has no due date; it is taken as due on %(day)s.", **p
    ),
    "opening_sign": lambda env, p: env._(
        "Row %(row)s, %(column)s: %(value)s is negative, but the row is an invoice or a bill. "
        "Correct the amount or the kind of document.",
        **p,
    ),
    "opening_kind_unknown": lambda env, p: env._(
        "Row %(row)s, %(column)s: “%(value)s” is no kind of document known here. Write "
        "invoice, credit note, receipt or bill.",
        **p,
    ),
    "opening_no_rate": lambda env, p: env._(
        "Row %(row)s: there is no exchange rate of %(value)s on or before %(cut_over)s. Enter "
        "one, or give the amount in company currency.",
        **p,
    ),
    "opening_company_amount": lambda env, p: env._(
        "Row %(row)s, %(column)s: %(value)s does not go with the open amount: another sign, or "
        "another figure in the company's own currency.",
        **p,
    ),
    "opening_rate_far": lambda env, p: env._(
        "Row %(row)s, %(column)s: %(value)s is far from the exchange rate of the cut-over "
        "date (%(rate)s). Check it.",
        **p,
    ),
    "opening_no_number": lambda env, p: env._(
        "Row %(row)s has no document number. Only receipts may come without one.", **p
    ),
    "opening_nothing": lambda env, p: env._(
        "Row %(row)s: nothing is open; the row is left out.", **p
    ),
    "opening_booked": lambda env, p: env._(
        "Row %(row)s: %(value)s of this customer is in the books already.", **p
    ),
    "opening_twice": lambda env, p: env._(
        "Row %(row)s: %(value)s of this customer stands in row %(first)s already.", **p
    ),
    "opening_instalment": lambda env, p: env._(
        "Row %(row)s: %(value)s stands in row %(first)s, too, with another due date; both are "
        "taken as instalments.",
        **p,
    ),
    # rows another system sent
    "external_key_twice": lambda env, p: env._(
        "Row %(row)s: the key “%(value)s” stands in several rows of the call. Send it once.",
        **p,
    ),
    "external_key_gone": lambda env, p: env._(
        "Row %(row)s: the key “%(value)s” meant a customer that has been deleted. An "
        "administrator can remove the key, so that it may mean another one.",
        **p,
    ),
    "external_key_similar": lambda env, p: env._(
        "Row %(row)s: a customer with the same name or e-mail exists. Send “link” with its id "
        "if “%(value)s” is this customer, or “new” if it is another one.",
        **p,
    ),
    "external_key_taken": lambda env, p: env._(
        "Row %(row)s: the customer has the key “%(other)s” already; “%(value)s” would be a "
        "second one. Merge the two records in the other system.",
        **p,
    ),
    "external_key_differs": lambda env, p: env._(
        "Row %(row)s: code or tax ID belong to another customer than the key “%(value)s”. "
        "Correct the row, or merge the customers.",
        **p,
    ),
    "external_customer_unknown": lambda env, p: env._(
        "Row %(row)s: the customer of “%(value)s” is not one you may change.", **p
    ),
    "external_customer_archived": lambda env, p: env._(
        "Row %(row)s: the customer of “%(value)s” is archived or closed. Reopen it first.",
        **p,
    ),
}
