"""Sentences for scorecards that contradict themselves and for files of external scores."""

RATING_MESSAGES = {
    "scorecard_no_weight": lambda env, p: env._(
        "No factor of the scorecard has a weight. Give at least one of them a weight."
    ),
    "scorecard_factor_twice": lambda env, p: env._(
        "“%(factor)s” is on the scorecard twice. Remove one of them.", **p
    ),
    "scorecard_no_steps": lambda env, p: env._(
        "“%(factor)s” has no points for any value. Enter them, or set its weight to 0.",
        **p,
    ),
    "scorecard_steps_order": lambda env, p: env._(
        "“%(factor)s”: a better value must not earn fewer points, and each value stands "
        "there once. Correct its points.",
        **p,
    ),
    "scorecard_points_range": lambda env, p: env._(
        "“%(factor)s”: points are from 0 to 100.", **p
    ),
    "scorecard_bands": lambda env, p: env._(
        "One grade must begin at the score 0, and each score begins one grade only."
    ),
    "score_no_customer": lambda env, p: env._(
        "Row %(row)s names no customer: no tax ID, registry number, customer number or name.",
        **p,
    ),
    "score_missing": lambda env, p: env._("Row %(row)s has no score.", **p),
    "score_off_scale": lambda env, p: env._(
        "Row %(row)s, %(column)s: “%(value)s” is not on the scale of this source. Correct "
        "the row, or the scale.",
        **p,
    ),
    "score_no_date": lambda env, p: env._(
        "Row %(row)s does not say of which day the score is. Enter the day of the scores "
        "above.",
        **p,
    ),
    "score_of_tomorrow": lambda env, p: env._(
        "Row %(row)s, %(column)s: %(value)s is still to come.", **p
    ),
    "score_ends_before": lambda env, p: env._(
        "Row %(row)s, %(column)s: the score ends on %(value)s, before its own day.", **p
    ),
    "score_customer_contradicts": lambda env, p: env._(
        "Row %(row)s: “%(value)s” belongs to another customer than the other numbers of the "
        "row. Choose the customer.",
        **p,
    ),
    "score_customer_unknown": lambda env, p: env._(
        "Row %(row)s: no customer “%(value)s” is known here. Choose one, or leave the row "
        "out.",
        **p,
    ),
    "score_customer_ambiguous": lambda env, p: env._(
        "Row %(row)s: several customers are called “%(value)s”. Choose one.", **p
    ),
    "score_expired": lambda env, p: env._(
        "Row %(row)s: the score counted until %(value)s; it is not taken over.", **p
    ),
    "score_twice": lambda env, p: env._(
        "Row %(row)s: the customer stands in row %(first)s already, with a score of the same "
        "day.",
        **p,
    ),
    "score_known": lambda env, p: env._(
        "Row %(row)s: this score of the customer is known already.", **p
    ),
}
