"""Sentences for what validation rules find; a label of the field stands before each."""

import json

from ..engine.validation.base import Finding


def _rule_broken(env, params):
    """A finding that a row of an import keeps as data; its rule may be gone."""
    rules = env["customer.validation.rule"]
    finding = Finding(
        params["rule_id"],
        params["field"],
        "",
        params["fault"],
        json.loads(params["details"]),
    )
    # sudo: whether the rule is still there; its sentence is for everybody it concerns
    if not rules.browse(finding.rule_id).sudo().exists():
        return env._(
            "Row %(row)s broke a rule that was deleted since.", row=params["row"]
        )
    return env._(
        "Row %(row)s, %(finding)s",
        row=params["row"],
        finding=rules._finding_text(finding),
    )


def _correction_proposed(env, params):
    reasons = env["res.partner"]._ar_correction_kinds()
    kinds = [reasons[kind] for kind in params["kinds"].split(",") if kind in reasons]
    return env._(
        "Row %(row)s, column “%(column)s”: “%(value)s” could be written “%(after)s” "
        "(%(reasons)s).",
        row=params["row"],
        column=params["column"],
        value=params["value"],
        after=params["after"],
        reasons=", ".join(kinds),
    )


RULE_MESSAGES = {
    "correction_proposed": _correction_proposed,
    "rule_required": lambda env, p: env._("Enter a value."),
    "rule_format": lambda env, p: env._(
        "“%(value)s” does not have the format %(pattern)s.", **p
    ),
    "rule_too_short": lambda env, p: env._(
        "“%(value)s” has %(size)s characters; at least %(limit)s are needed.", **p
    ),
    "rule_too_long": lambda env, p: env._(
        "The value has %(size)s characters; at most %(limit)s are allowed.", **p
    ),
    "rule_too_low": lambda env, p: env._(
        "%(value)s is below the limit of %(limit)s.", **p
    ),
    "rule_too_high": lambda env, p: env._(
        "%(value)s is above the limit of %(limit)s.", **p
    ),
    "rule_not_allowed": lambda env, p: env._(
        "“%(value)s” is not one of the values allowed: %(allowed)s.", **p
    ),
    "rule_tax_id": lambda env, p: env._(
        "“%(value)s” is not a tax ID of %(country)s: its length or its check character is "
        "wrong.",
        **p,
    ),
    "rule_tax_id_meant": lambda env, p: env._(
        "The check character of “%(value)s” is wrong. Perhaps %(meant)s is meant.", **p
    ),
    "rule_uscc": lambda env, p: env._(
        "“%(value)s” is not a unified social credit code: 18 characters, the last of which "
        "follows from the others.",
        **p,
    ),
    "rule_account": lambda env, p: env._(
        "“%(value)s” is not an account number, or the check digits of the IBAN are wrong.",
        **p,
    ),
    "rule_email": lambda env, p: env._("“%(value)s” is not one e-mail address.", **p),
    "rule_phone": lambda env, p: env._(
        "“%(value)s” is not a telephone number of the country (%(country)s). Foreign "
        "numbers begin with + and the code of their country.",
        **p,
    ),
    "invoice_no_due_date": lambda env, p: env._(
        "There are neither payment terms nor a due date of its own. Enter one of them."
    ),
    "invoice_reference_twice": lambda env, p: env._(
        "The reference “%(value)s” is on other invoices of this customer, too: %(others)s.",
        **p,
    ),
    "invoice_amount_unusual": lambda env, p: env._(
        "%(amount)s is far from what this customer is usually invoiced: the middle of "
        "%(count)s invoices of two years is %(median)s.",
        **p,
    ),
    "pattern_wrong": lambda env, p: env._(
        "The format “%(value)s” cannot be read: look at its character %(position)s.",
        **p,
    ),
    "pattern_refused": lambda env, p: env._(
        "“%(value)s” cannot be used in a format. Use characters, classes such as [A-Z] or "
        "\\d, groups, | and quantifiers.",
        **p,
    ),
    "pattern_too_big": lambda env, p: env._(
        "The format is too large (%(value)s). Make it shorter.", **p
    ),
    "rule_broken": _rule_broken,
}
