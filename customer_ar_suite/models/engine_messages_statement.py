"""Why one customer of a statement run is not served; part of the engine's messages."""

STATEMENT_MESSAGES = {
    "statement_customer_archived": lambda env, p: env._(
        "The customer is archived. Restore it, or leave it out of the run.", **p
    ),
    "statement_customer_restricted": lambda env, p: env._(
        "The processing of this person's data is restricted: nothing may be sent.", **p
    ),
    "statement_email_missing": lambda env, p: env._(
        "No e-mail address. Enter one on the customer or its contact for invoices.", **p
    ),
    "statement_email_invalid": lambda env, p: env._(
        "The e-mail address is not valid. Correct it on the customer or contact.", **p
    ),
    "statement_email_opted_out": lambda env, p: env._(
        "This address is on the list of those who want no e-mail. Send it by post.", **p
    ),
    "statement_address_missing": lambda env, p: env._(
        "No postal address. Enter street or city of the customer.", **p
    ),
    "statement_figures_changed": lambda env, p: env._(
        "The figures have changed since the preview. Try again, and confirm.", **p
    ),
    "statement_nothing_to_show": lambda env, p: env._(
        "The customer was merged with another one, or is hidden from you.", **p
    ),
    "statement_is_cancelled": lambda env, p: env._(
        "The statement was cancelled; it is not sent.", **p
    ),
    "statement_template_missing": lambda env, p: env._(
        "The e-mail template was deleted. Choose another one and try again.", **p
    ),
    "statement_way_changed": lambda env, p: env._(
        "It would go another way than confirmed. Try again, and confirm.", **p
    ),
}
