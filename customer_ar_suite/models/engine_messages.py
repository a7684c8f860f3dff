"""The translated sentence for each error code of the engine.

Each sentence says where and what to do. ``tests/test_module.py`` compares the codes raised
under ``engine/`` with the keys below, both ways.
"""

from odoo.exceptions import UserError

MESSAGES = {
    "unknown_code": lambda env, p: env._(
        "“%(value)s” is not a %(kind)s this version knows. "
        "Update the suite or remove the record that names it.",
        **p,
    ),
    "allocation_not_positive": lambda env, p: env._(
        "An allocation must be a positive amount, not %(amount)s.", **p
    ),
    "allocation_unknown": lambda env, p: env._(
        "An allocation names a receipt or an open item that is not part of this selection. "
        "Refresh the screen and try again.",
        **p,
    ),
    "receipt_over_applied": lambda env, p: env._(
        "More is applied than was received on the bank line. Reduce the allocations.", **p
    ),
    "item_over_applied": lambda env, p: env._(
        "More is applied than is open on the item. Reduce the allocation.", **p
    ),
    # statements of account
    "statement_out_of_balance": lambda env, p: env._(
        "The statement does not add up in %(currency)s: opening %(opening)s + movements "
        "%(movements)s, closing %(closing)s, aging %(aging)s (in minor units). It was not "
        "issued. Check the customer's journal items and reconciliations in this currency.",
        **p,
    ),
    "statement_snapshot_unknown": lambda env, p: env._(
        "This statement was issued by a later version of the suite (snapshot format "
        "%(version)s). Update the suite to show it.",
        **p,
    ),
}


def engine_message(env, error):
    """The sentence for ``error`` in the user's language; unknown codes show the code."""
    build = MESSAGES.get(error.code)
    return build(env, error.params) if build else str(error)


def user_error(env, error):
    """``error`` of the engine as the exception Odoo shows without a traceback."""
    return UserError(engine_message(env, error))
