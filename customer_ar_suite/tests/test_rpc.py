"""GATE1: what can be called from outside, called by those who must not."""

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_model import IrModelAccess
from odoo.addons.base.models.ir_rule import IrRule

from .common_gates import CANARY, FORGED_CONTEXT, LOUD, ORM_METHODS, GateCase
from .common_module import MODULE, PREFIX

#: records of Odoo that a dialog could be given by their ids
CORE = (
    "account.account",
    "account.bank.statement.line",
    "account.journal",
    "account.move",
    "account.move.line",
    "res.company",
    "res.partner",
)
#: methods that read and do nothing else, unless the database says so
READING = ("read", "web_read", "search_read", "web_search_read", "formatted_read_group")
#: what is known of the caller may be known to the next call as well
CALLER = ("res.company", "res.groups", "res.users")


@tagged("post_install", "-at_install")
class TestModuleRpc(GateCase):
    """GATE1: no public method lets anybody do what he is not entitled to."""

    def setUp(self):
        super().setUp()
        # whom one could ask instead is looked up for each refusal, of which there are
        # thousands here; what refusals of the suite say is tested elsewhere
        for core in (IrModelAccess, IrRule):
            self.patch(core, "_make_access_error", lambda *_args: AccessError("no"))

    def attempt(self, user, model, name, arguments, context, watch=True):
        """Call as ``user``; (outcome, tables changed). Leaves no trace.

        The outcome is None when access was refused. ``watch``: look for changes.
        """
        changed, refused, written = [], False, None
        asked, touched = self.env.cr.sql_log_count, True
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
            text = str(result)
            outcome = None if nothing else f"returned {text[:60]}"
            if CANARY in text:
                outcome = f"told the name of another company's record: {outcome}"
            if watch and (written := self.written()) != self.known:
                changed = self.changed(self.before, self.only_company, self.known)
        except AccessError:
            outcome, refused = None, True
            # before anything was asked of the database: nothing is to be taken back
            touched = self.env.cr.sql_log_count != asked
        except UserError as error:
            # the ORM's methods may refuse in other words; ours begin with the right to act
            refused = name in ORM_METHODS
            outcome = None if refused else f"raised UserError: {str(error)[:80]}"
        except Exception as error:  # noqa: BLE001 - whatever it raises is the finding
            outcome = f"raised {type(error).__name__}: {str(error)[:80]}"
        finally:
            pending = self.env.transaction.field_dirty or self.env.transaction.tocompute
            if name in READING and not pending and written == self.known:
                self.forget_records()
            else:
                if touched:
                    self.savepoint.rollback()
                if pending or not refused:
                    self.env.transaction.clear()
            if watch and not refused:
                self.known = self.written() if written is None else written
        return outcome, changed

    def forget_records(self):
        """Empty the cache as for a new request, but for what tells who the caller is."""
        for field in list(self.env.transaction.field_data):
            if field.model_name not in CALLER:
                field._invalidate_cache(self.env)
        self.env.cr.cache.clear()

    def sweep(
        self, user, judge, company=None, contexts=({}, FORGED_CONTEXT), watch=True
    ):
        """What ``judge`` finds wrong when ``user`` calls everything.

        With ``company``: on its records, and only changes of its rows count. Without
        ``watch``: whoever is to be refused everything need not be watched for changes.
        """
        self.before = self.checksum(company) if watch else {}
        self.known, self.only_company = self.written(), company
        # one for all: each call is taken back to it
        self.savepoint = self.env.cr.savepoint()
        found, samples = [], {}
        for model, name in self.methods():
            if model not in samples:
                samples[model] = self.sample(model, company)
            if company and not samples[model]:
                continue
            arguments = self.arguments(model, name, samples[model])
            # what the ORM does without us listens to no key of a context
            for context in contexts if self.is_ours(model, name) else contexts[:1]:
                outcome, changed = self.attempt(
                    user, model, name, arguments, context, watch
                )
                if judge(outcome, changed):
                    how = " with a forged context" if context else ""
                    found.append(
                        f"{model._name}.{name}{how}: {outcome} {changed or ''}"
                    )
        self.savepoint.close()
        self.assertTrue(any(samples.values()), "the sweep found nothing to call")
        return found

    def test_strangers_are_refused_by_every_method(self):
        """The first line of a public method is a check: strangers get an AccessError."""
        strangers = [
            new_test_user(self.env, "ar_gate_employee", "base.group_user"),
            new_test_user(self.env, "ar_gate_portal", "base.group_portal"),
        ]
        for user in strangers:
            found = self.sweep(
                user, lambda outcome, _changed: outcome is not None, watch=False
            )
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

    def test_another_companys_users_neither_change_nor_read_ours(self):
        home, ours = self.two_companies()
        self.assertGreater(self.plant_canaries(ours), 50)
        stranger = new_test_user(
            self.env,
            "ar_gate_elsewhere",
            ",".join(f"{PREFIX}{role}" for role in ("administrator", "credit_manager")),
            company_id=home.id,
            company_ids=[Command.set(home.ids)],
        )
        found = self.sweep(
            stranger,
            lambda outcome, changed: bool(changed) or "told" in (outcome or ""),
            ours,
            ({}, *self.forged_contexts()),
        )
        if found:
            self.fail(f"{home.name} got at data of {ours.name}:\n" + "\n".join(found))

    # -- dialogs --------------------------------------------------------------------------

    def test_dialogs_given_records_of_another_company(self):
        """A dialog is anybody's to create: what is put into it is checked when it acts."""
        home, self.only_company = self.two_companies()
        self.plant_canaries(self.only_company)
        self.before = self.checksum(self.only_company)
        tried, found = 0, []
        for role in ("administrator", "credit_manager", "customer_reviewer"):
            user = self.actor(role, home)
            for model in self.suite_models():
                if not model._transient or not model.with_user(user).has_access(
                    "create"
                ):
                    continue
                for name, value in self.foreign_values(model):
                    tried += 1
                    found += self.misuse(user, model, name, value)
        self.assertGreater(tried, 10)
        self.assertFalse(found, "\n".join(found))

    def foreign_values(self, model):
        """(field, value) for each field of a dialog that can name a foreign record."""
        for name, field in model._fields.items():
            inner = self.env[field.comodel_name] if field.relational else None
            if inner is None or field.related or not field.store:
                continue
            if inner._transient and field.type == "one2many":
                for inner_name, value in self.foreign_values(inner):
                    if inner_name != field.inverse_name:
                        yield name, [Command.create({inner_name: value})]
            elif inner._original_module == MODULE or inner._name in CORE:
                ids = self.sample(inner, self.only_company)
                if inner._name == "res.company":
                    ids = self.only_company.ids
                if ids:
                    many = field.type != "many2one"
                    yield name, [Command.set(ids)] if many else ids[0]

    def misuse(self, user, model, field, value):
        """What goes wrong when the dialog holds a foreign record and every button is used."""
        buttons = [None] + [
            name
            for name in self.methods_of(model)
            if name not in ORM_METHODS and not self.parameters(model, name)
        ]
        for button in buttons:
            savepoint, written = self.env.cr.savepoint(), self.written()
            where = f"{user.login}: {model._name}.{button or 'read'} with {field}"
            try:
                with mute_logger(*LOUD):
                    seen = self.press(
                        self.env(user=user)[model._name], button, {field: value}
                    )
                if CANARY in seen:
                    yield f"{where} told the name of another company's record"
                if changed := self.changed(self.before, self.only_company, written):
                    yield f"{where} changed {changed}"
            except (UserError, IntegrityError):
                pass  # refused: that is what is wanted
            except Exception as error:  # noqa: BLE001 - whatever it raises is the finding
                yield f"{where} raised {type(error).__name__}: {str(error)[:200]}"
            finally:
                savepoint.close()

    def press(self, model, button, values):
        """What the user sees who makes such a dialog and presses this button."""
        dialog = model.create(values)
        self.env.flush_all()
        self.env.invalidate_all()
        if not button:
            return str(dialog.read())
        records = [dialog.ids] if self.takes_records(model, button) else []
        seen = str(call_kw(model, button, records, {}))
        self.env.flush_all()
        return seen
