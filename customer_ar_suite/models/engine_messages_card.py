"""Sentences for the engine's errors about offsets, scores and usage."""

CARD_MESSAGES = {
    "offset_nothing": lambda env, p: env._(
        "There is nothing to set off: either the customer owes nothing in this currency, or "
        "nothing is owed to him."
    ),
    "offset_too_large": lambda env, p: env._(
        "No more can be set off than the smaller of both balances. Lower the amount."
    ),
    "usage_headings": lambda env, p: env._(
        "The file needs columns for the customer, the month, what was counted and the "
        "number. Missing: %(missing)s.",
        **p,
    ),
    "usage_too_many": lambda env, p: env._(
        "The file has more than %(limit)s rows. Split it and load the parts.", **p
    ),
    "usage_negative": lambda env, p: env._(
        "Row %(row)s, %(column)s: “%(value)s” is below zero. Counts are zero or more.",
        **p,
    ),
    "usage_future": lambda env, p: env._(
        "Row %(row)s: %(value)s has not come yet. Load months that have begun.", **p
    ),
}
