"""Core's sample company with its chart of accounts, made once for many test classes.

With it, in the same way, a second company, and people who work there.
"""

import json
from typing import ClassVar
from unittest.mock import patch

from odoo import SUPERUSER_ID, Command, api
from odoo.models import BaseModel
from odoo.modules.registry import Registry
from odoo.tests.common import TransactionCase, get_db_name

from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.addons.base.tests.common import BaseCommon

from .common_models import restore_caches, state_of
from .common_people import keep_people

#: where a database tells that the records are there, and which they are
PARAMETER = "customer_ar_suite.test_books"


class Books(AccountTestInvoicingCommon):
    """What core's class of that kind offers, found instead of made where it is kept.

    To make it takes seconds, in each class. A database that ``./dev test`` has prepared
    by :func:`keep_books` has it already; in any other, each class makes its own.
    """

    #: what :meth:`setup_other_company` returns: nobody works there until it is asked for
    kept_other: ClassVar = {}

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

    @classmethod
    def setup_other_company(cls, **values):
        kept = {name: one.with_env(cls.env) for name, one in cls.kept_other.items()}
        company = kept.get("company")
        if not kept or company in cls.env.user.company_ids or values.keys() - {"name"}:
            return super().setup_other_company(**values)
        company.name = values.get("name", company.name)
        cls.env.user.company_ids = [Command.link(company.id)]
        return kept

    def setUp(self):
        self.addCleanup(restore_caches, self.registry, state_of(self.registry))
        super().setUp()


def keep_books(env):
    """Make the records in this database and note which they are."""

    def begin(cls):
        cls.env = api.Environment(env.cr, SUPERUSER_ID, {})

    class Maker(AccountTestInvoicingCommon):
        """Core's class as it is."""

    before = {*vars(Maker), "env"}
    with patch.object(TransactionCase, "setUpClass", classmethod(begin)):
        Maker.setUpClass()
    Maker.kept_other = _other(Maker)
    made = {name: vars(Maker)[name] for name in set(vars(Maker)) - before}
    keep_people(env, made["company_data"]["company"])
    text = json.dumps({name: _noted(made[name]) for name in sorted(made)})
    _parameters(env.cr).set_param(PARAMETER, text)
    env.cr.flush()


def _other(cls):
    """The second company with its chart of accounts, where nobody works."""
    other = cls.setup_other_company()
    cls.env.user.company_ids -= other["company"]
    return other


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
