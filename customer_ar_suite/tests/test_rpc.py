"""GATE1: what can be called from outside, called by those who must not."""

import inspect

from odoo import Command, models
from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw, get_public_method
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common_module import MODULE, PREFIX, ModuleCase

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
FORGED_CONTEXT = {
    "active_test": False,
    "check_move_validity": False,
    "force_delete": True,
    "import_file": True,
    "install_mode": True,
    "module_uninstall": True,
    "no_audit": True,
    "skip_readonly_check": True,
    "su": True,
    "tracking_disable": True,
    "uid": 1,
}
#: loggers that report each refusal
LOUD = ("odoo.sql_db", "odoo.orm.models", "odoo.addons.base.models.ir_rule")


@tagged("post_install", "-at_install")
class TestModuleRpc(ModuleCase):
    """GATE1: no public method lets anybody do what he is not entitled to."""

    def methods(self):
        """(model, method name) of all that can be called from outside and is ours."""
        for name in sorted(self.env.registry):
            model = self.env[name]
            if model._abstract:
                continue
            own = model._original_module == MODULE
            for method in sorted(self.public_names(model, own)):
                yield model, method

    def public_names(self, model, own):
        ours, others = set(), set(dir(models.BaseModel))
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

    def arguments(self, model, name, ids):
        """Plausible arguments: the ids of somebody else's records wherever ids are asked."""
        method = getattr(type(model), name)
        args = [] if getattr(method, "_api_model", False) else [ids]
        required = [
            parameter
            for parameter in list(inspect.signature(method).parameters.values())[1:]
            if parameter.default is inspect.Parameter.empty
            and parameter.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
        ]
        samples = {
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
        for parameter in required:
            plural = parameter.name.endswith("ids")
            args.append(samples.get(parameter.name, ids if plural else 1))
        return args

    def sample(self, model, company):
        """Ids of somebody else's record; none if ``company`` has no record of this kind."""
        domain = [("company_id", "=", company.id)] if company else []
        if company and "company_id" not in model._fields:
            return []
        found = model.sudo().with_context(active_test=False).search(domain, limit=1)
        return found.ids or ([] if company else [1])

    def attempt(self, user, model, name, arguments, context):
        """Call as ``user``; (outcome, tables changed). Leaves no trace.

        The outcome is None when access was refused.
        """
        savepoint = self.env.cr.savepoint()
        try:
            with mute_logger(*LOUD):
                result = call_kw(
                    self.env(user=user)[model._name],
                    name,
                    arguments,
                    {"context": context},
                )
                self.env.flush_all()
            nothing = name == "load" and not result["ids"]
            outcome = None if nothing else f"returned {str(result)[:60]}"
            changed = self.changed(self.before, self.only_company)
        except AccessError:
            outcome, changed = None, []
        except UserError as error:
            # the ORM's methods may refuse in other words; ours begin with the right to act
            refused = name in ORM_METHODS
            outcome = None if refused else f"raised UserError: {str(error)[:80]}"
            changed = []
        except Exception as error:  # noqa: BLE001 - whatever it raises is the finding
            outcome, changed = f"raised {type(error).__name__}: {str(error)[:80]}", []
        finally:
            savepoint.rollback()
            self.env.invalidate_all()
        return outcome, changed

    def sweep(self, user, judge, company=None):
        """What ``judge`` finds wrong when ``user`` calls everything.

        With ``company``: on its records, and only changes of its rows count.
        """
        self.before, self.only_company = self.checksum(company), company
        found, samples = [], {}
        for model, name in self.methods():
            if model not in samples:
                samples[model] = self.sample(model, company)
            if company and not samples[model]:
                continue
            arguments = self.arguments(model, name, samples[model])
            for context in ({}, FORGED_CONTEXT):
                outcome, changed = self.attempt(user, model, name, arguments, context)
                if judge(outcome, changed):
                    how = " with a forged context" if context else ""
                    found.append(
                        f"{model._name}.{name}{how}: {outcome} {changed or ''}"
                    )
        self.assertTrue(any(samples.values()), "the sweep found nothing to call")
        return found

    def test_strangers_are_refused_by_every_method(self):
        """The first line of a public method is a check: strangers get an AccessError."""
        strangers = [
            new_test_user(self.env, "ar_gate_employee", "base.group_user"),
            new_test_user(self.env, "ar_gate_portal", "base.group_portal"),
        ]
        for user in strangers:
            found = self.sweep(user, lambda outcome, _changed: outcome is not None)
            if found:
                self.fail(
                    f"{user.login} is not refused; begin these methods with a check of group "
                    "and check_access(), or make them private:\n" + "\n".join(found)
                )

    def test_auditor_changes_nothing_by_any_method(self):
        auditor = new_test_user(self.env, "ar_gate_auditor", f"{PREFIX}auditor")
        found = self.sweep(auditor, lambda _outcome, changed: bool(changed))
        if found:
            self.fail("the auditor changed data:\n" + "\n".join(found))

    def test_another_companys_users_change_nothing_of_ours(self):
        ours = self.env.company
        theirs = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env,
            "ar_gate_elsewhere",
            ",".join(f"{PREFIX}{role}" for role in ("administrator", "credit_manager")),
            company_id=theirs.id,
            company_ids=[Command.set(theirs.ids)],
        )
        found = self.sweep(
            stranger,
            lambda _outcome, changed: bool(changed),
            ours,
        )
        if found:
            self.fail(
                f"{theirs.name} changed data of {ours.name}:\n" + "\n".join(found)
            )
