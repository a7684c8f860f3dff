"""What the gates share: everything that can be called from outside, and who calls it."""

import inspect
import os
from contextlib import suppress

import psycopg2

from odoo import Command, models
from odoo.exceptions import AccessError
from odoo.service.model import get_public_method
from odoo.tools import SQL, mute_logger

from .common_module import MODULE, PREFIX, ModuleCase
from .common_people import person

#: what a stranger could call on any model, besides the methods of the suite itself
ORM_METHODS = (
    "create",
    "write",
    "unlink",
    "copy",
    "read",
    "web_read",
    "web_save",
    "search_read",
    "web_search_read",
    "formatted_read_group",
    "load",
    "name_create",
    "export_data",
    "action_archive",
    "action_unarchive",
)
#: what a client might put into the context to slip through
FORGED_CONTEXT = {
    "active_test": False,
    "auditlog_disabled_read": True,
    "bypass_audit": True,
    "bypass_risk": True,
    "check_move_validity": False,
    "default_state": "approved",
    "force_delete": True,
    "import_file": True,
    "install_mode": True,
    "mail_notrack": True,
    "module_uninstall": True,
    "no_approval": True,
    "no_audit": True,
    "skip_access_check": True,
    "skip_readonly_check": True,
    "skip_validation_check": True,
    "su": True,
    "sudo": True,
    "tracking_disable": True,
    "uid": 1,
}
ROLES = (
    "customer_clerk",
    "customer_reviewer",
    "ar_clerk",
    "ar_accountant",
    "collector",
    "credit_manager",
    "auditor",
    "administrator",
)
#: stands in texts of another company's records: who reads it has seen too much
CANARY = "ZQX-canary-7719"
#: loggers that report each refusal
LOUD = (
    "odoo.sql_db",
    "odoo.orm.models",
    "odoo.addons.base.models.ir_rule",
    "odoo.http",
)
#: arguments by the name of the parameter; everything else gets ids or 1
SAMPLES = {
    "vals": {},
    "values": {},
    "vals_list": [{}],
    "specification": {"display_name": {}},
    "fields": ["id"],
    "fields_to_export": ["id"],
    "data": [["x"]],
    "domain": [],
    "groupby": [],
    "aggregates": ["__count"],
    "name": "x",
}
FUZZ = ("'; DROP TABLE res_users; --", {"x": [None]}, -1, True)
#: what every model offers
BASE = frozenset(dir(models.BaseModel))


class GateCase(ModuleCase):
    """Finds by itself what can be called; new code is covered because it is there."""

    #: {model: names of its public methods}, looked up once for all tests
    names = {}

    def forged_contexts(self):
        """Keys that some addon listens to; and companies the user does not work for."""
        companies = self.env["res.company"].sudo().search([])
        return FORGED_CONTEXT, {"allowed_company_ids": companies.ids}

    # -- what can be called ---------------------------------------------------------------

    def methods(self):
        """(model, method name) of all that can be called from outside and is ours."""
        for name in sorted(self.env.registry):
            model = self.env[name]
            if not model._abstract:
                for method in self.methods_of(model):
                    yield model, method

    def methods_of(self, model):
        """Names of what can be called on this model and is ours, sorted."""
        if model._name not in self.names:
            self.names[model._name] = sorted(self.public_names(model))
        return self.names[model._name]

    def public_names(self, model):
        own = model._original_module == MODULE
        ours, others = set(), set(BASE)
        for cls in type(model).mro():
            names = {
                n for n, v in vars(cls).items() if callable(v) and not n.startswith("_")
            }
            if getattr(cls, "_module", None) == MODULE:
                ours |= names
            elif getattr(cls, "_module", None):
                others |= names
        # what overrides a method of core on a core model is core's door, not a new one
        names = ours | self.orm_names(model) if own else ours - others
        return {name for name in names if self.is_public(model, name)}

    def is_ours(self, model, name):
        """Is there code of the suite in this method?"""
        return any(
            name in vars(cls) and getattr(cls, "_module", None) == MODULE
            for cls in type(model).mro()
        )

    def orm_names(self, model):
        skip = set() if model._rec_name else {"name_create"}
        if "active" not in model._fields:
            skip |= {"action_archive", "action_unarchive"}
        return {n for n in ORM_METHODS if hasattr(model, n)} - skip

    def is_public(self, model, name):
        try:
            return bool(get_public_method(model, name))
        except (AccessError, AttributeError):
            return False

    # -- with what ------------------------------------------------------------------------

    def parameters(self, model, name):
        """Names of the parameters that have to be given, after the records."""
        method = getattr(type(model), name)
        return [
            parameter.name
            for parameter in list(inspect.signature(method).parameters.values())[1:]
            if parameter.default is inspect.Parameter.empty
            and parameter.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
        ]

    def takes_records(self, model, name):
        return not getattr(getattr(type(model), name), "_api_model", False)

    def keywords(self, model, name, ids, fuzz=None):
        """Plausible arguments: ids of the records wherever ids are asked; or nonsense."""
        found = {}
        for parameter in self.parameters(model, name):
            plural = parameter.endswith("ids")
            found[parameter] = SAMPLES.get(parameter, ids if plural else 1)
            if fuzz is not None:
                found[parameter] = fuzz
        return found

    def arguments(self, model, name, ids):
        records = [ids] if self.takes_records(model, name) else []
        return [*records, *self.keywords(model, name, ids).values()]

    def sample(self, model, company=None):
        """Ids of a record, of ``company`` if given; none if it has none of this kind."""
        domain = []
        if company:
            path = self.company_path(model)
            if not path:
                return []
            domain = [(path, "=", company.id)]
        found = model.sudo().with_context(active_test=False).search(domain, limit=1)
        return found.ids or ([] if company else [1])

    def company_path(self, model, depth=2):
        """Path to the company a record belongs to, or None."""
        if (
            "company_id" in model._fields
            and model._fields["company_id"]._description_searchable
        ):
            return "company_id"
        for name, field in model._fields.items():
            if depth and field.type == "many2one" and field.required and field.store:
                inner = self.env[field.comodel_name]
                if inner._original_module == MODULE:
                    path = self.company_path(inner, depth - 1)
                    if path:
                        return f"{name}.{path}"
        return None

    # -- who calls ------------------------------------------------------------------------

    def two_companies(self):
        """(ours, theirs): the sample companies, whose records fill every model."""
        codes = ("nl", "cn")
        return [self.env.ref(f"__ar_sample__.company_{code}") for code in codes]

    def actor(self, name, company):
        """A user of one company: an employee, a portal user, or somebody with a role."""
        groups = {"employee": "base.group_user", "portal": "base.group_portal"}
        login = f"ar_gate_{name}"
        if known := self.env["res.users"].search([("login", "=", login)]):
            return known
        return person(
            self.env,
            login,
            groups.get(name, f"{PREFIX}{name}"),
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )

    def plant_canaries(self, company):
        """Write the canary into a text of each record of ``company``; return how many."""
        planted = 0
        self.env.flush_all()
        for model in self.suite_models(transient=False):
            name = self.text_field(model)
            path = self.company_path(model)
            if not (name and path and model._auto):
                continue
            ids = model.with_context(active_test=False).search(
                [(path, "=", company.id)]
            )
            # what the database itself guards stays as it is
            with (
                suppress(psycopg2.Error),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(
                    SQL(
                        "UPDATE %s SET %s = %s || '-' || id WHERE id = ANY(%s)",
                        SQL.identifier(model._table),
                        SQL.identifier(name),
                        CANARY,
                        ids.ids,
                    )
                )
                planted += self.env.cr.rowcount
        self.env.invalidate_all()
        return planted

    def text_field(self, model):
        """A stored text without translations or choices, what a record is called first."""
        names = [model._rec_name, *sorted(model._fields)]
        for name in filter(None, names):
            field = model._fields[name]
            if (
                field.type in ("char", "text")
                and field.store
                and not field.translate
                and not field.related
                and not field.compute
                and not getattr(field, "size", None)
            ):
                return name
        return None

    def shard(self, cases):
        """The part of ``cases`` this round of ``./dev test-long gates`` is about."""
        rounds = int(os.environ.get("AR_ROUNDS") or 1)
        number = int(os.environ.get("AR_SEED") or 1) - 1
        return [case for index, case in enumerate(cases) if index % rounds == number]
