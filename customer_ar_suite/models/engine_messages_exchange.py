"""Sentences for the engine's errors about exchange rates and payment cycles."""

EXCHANGE_MESSAGES = {
    "rate_missing": lambda env, p: env._(
        "There is no exchange rate of %(currency)s on or before %(day)s. Enter or import one.",
        **p,
    ),
    "rate_file_unknown": lambda env, p: env._(
        "This is no file of exchange rates that can be read: it needs a column with the date "
        "and columns with currency (or pair) and rate, or one column per currency."
    ),
    "too_many_rates": lambda env, p: env._(
        "The file has more than %(limit)s exchange rates. Split it and load the parts.",
        **p,
    ),
    "rate_not_readable": lambda env, p: env._(
        "Row %(row)s, %(column)s: “%(value)s” is no exchange rate above zero. Correct it.",
        **p,
    ),
    "rate_currency_unreadable": lambda env, p: env._(
        "Row %(row)s: “%(value)s” names no currency. Write its code, for example USD.",
        **p,
    ),
    "cycle_not_known": lambda env, p: env._(
        "“%(value)s” is no period of a payment cycle.", **p
    ),
    "cycle_out_of_range": lambda env, p: env._(
        "Payment cycle: %(value)s is not between 0 and %(limit)s (%(field)s).", **p
    ),
    "cycle_day_needs_month": lambda env, p: env._(
        "Payment cycle: a fixed day (%(value)s) needs the month it is in. Enter 1 or more "
        "months after.",
        **p,
    ),
    "cycle_day_or_days": lambda env, p: env._(
        "Payment cycle: due on day %(value)s or %(days)s days after, not both. Clear one.",
        **p,
    ),
}
