"""Core's sample company with its chart of accounts, made once for many test classes.

With it, in the same way, somebody of each role who works there.
"""

import json
from typing import ClassVar
from unittest.mock import patch

from passlib.context import CryptContext

from odoo import SUPERUSER_ID, Command, api
from odoo.models import BaseModel
from odoo.modules.registry import Registry
from odoo.tests.common import TransactionCase, get_db_name, new_test_user

from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.addons.base.tests.common import BaseCommon

#: where a database tells that the records are there, and which they are
PARAMETER = "customer_ar_suite.test_books"
#: the groups of those who are kept: a plain employee, a role, two
KEPT_ROLES = (
    (),
    ("administrator",),
    ("ar_accountant",),
    ("ar_clerk",),
    ("auditor",),
    ("collector",),
    ("credit_manager",),
    ("customer_clerk",),
    ("customer_reviewer",),
    ("customer_clerk", "customer_reviewer"),
)
PREFIX = "customer_ar_suite.customer_ar_suite_group_"


class Books(AccountTestInvoicingCommon):
    """What core's class of that kind offers, found instead of made where it is kept.

    ``kept_people`` are archived accounts by their roles, see :func:`employee`.

    To make it takes seconds, in each class. A database that ``./dev test`` has prepared
    by :func:`keep_books` has it already; in any other, each class makes its own.
    """

    kept_people: ClassVar = {}

    @classmethod
    def setUpClass(cls):
        with Registry(get_db_name()).cursor() as cr:
            kept = _parameters(cr).get_param(PARAMETER)
        if not kept:
            super().setUpClass()
            return
        # past core's classes, each of which would make its part of it
        super(BaseCommon, cls).setUpClass()
        for name, value in json.loads(kept).items():
            setattr(cls, name, _found(cls.env, value))
        cls.env = cls.company.env

    def setUp(self):
        self.addCleanup(_restore, self.registry, _state(self.registry))
        super().setUp()


def _state(registry):
    """What Odoo has cached, and whether its models were changed since."""
    caches = registry._Registry__caches
    kept = {name: cache.snapshot for name, cache in caches.items()}
    return kept, (registry.registry_sequence, registry.registry_invalidated)


def _restore(registry, state):
    """Fill the caches that core empties after a test, unless it changed the models.

    The database is what it was before the test, and so is all that was computed of it:
    the next test need not compute rights, rules and views once more.
    """
    kept, models = state
    if models == (registry.registry_sequence, registry.registry_invalidated):
        for name, cache in registry._Registry__caches.items():
            cache.update(kept[name])


def keep_books(env):
    """Make the records in this database and note which they are."""

    def begin(cls):
        cls.env = api.Environment(env.cr, SUPERUSER_ID, {})

    class Maker(AccountTestInvoicingCommon):
        """Core's class as it is."""

    before = {*vars(Maker), "env"}
    with patch.object(TransactionCase, "setUpClass", classmethod(begin)):
        Maker.setUpClass()
    made = {name: vars(Maker)[name] for name in set(vars(Maker)) - before}
    made["kept_people"] = _people(env, made["company_data"]["company"])
    text = json.dumps({name: _noted(made[name]) for name in sorted(made)})
    _parameters(env.cr).set_param(PARAMETER, text)
    env.cr.flush()


def employee(env, roles, login, company, **values):
    """Somebody in these roles who works for one company."""
    return new_test_user(
        env,
        login=login,
        groups=groups_of(roles),
        **{
            "company_id": company.id,
            "company_ids": [Command.set(company.ids)],
            **values,
        },
    )


def groups_of(roles):
    """The groups of an employee with these roles of the suite, as core's tests name them."""
    return ",".join(["base.group_user", *(f"{PREFIX}{role}" for role in roles)])


def named(roles, login):
    """What core's tests make of a login, for an account that is there already."""
    return {
        "login": login,
        "name": f"{login} ({groups_of(roles)})",
        "email": f"{login[0]}.{login[0]}@example.com",
        "password": login.ljust(8, "x"),
    }


def _people(env, company):
    """An archived employee for each of the roles: not there until somebody is needed."""

    def _crypt_context(_users):
        # as core's tests have it: hashes that a test may compare in no time
        return CryptContext(["pbkdf2_sha512"], pbkdf2_sha512__rounds=1)

    with patch.object(env.registry["res.users"], "_crypt_context", _crypt_context):
        made = {
            "+".join(roles): employee(
                env, roles, f"kept-{'-'.join(roles) or 'employee'}", company
            )
            for roles in KEPT_ROLES
        }
    env.flush_all()
    people = env["res.users"].union(*made.values())
    people.active = False
    people.partner_id.active = False
    return made


def _parameters(cr):
    return api.Environment(cr, SUPERUSER_ID, {})["ir.config_parameter"]


def _noted(value):
    """An attribute of the class in a form that can be kept: records by their ids."""
    if isinstance(value, BaseModel):
        context = dict(value.env.context)
        return ["records", value._name, value.ids, value.env.uid, context]
    if isinstance(value, dict):
        return ["dict", {key: _noted(one) for key, one in value.items()}]
    return ["value", value]


def _found(env, noted):
    """The attribute again, with this transaction's records."""
    kind, *rest = noted
    if kind == "records":
        model, ids, uid, context = rest
        return env(user=uid, context=context)[model].browse(ids)
    if kind == "dict":
        return {key: _found(env, one) for key, one in rest[0].items()}
    return rest[0]
