"""One net under the whole addon: what every model, method, view, cron must keep to.

New code is covered because it is found, not because somebody remembered it. A failure
names the thing and says what to do.
"""

import ast
import re
from pathlib import Path

from lxml import etree

from odoo.exceptions import AccessError
from odoo.service.model import get_public_method
from odoo.tests import new_test_user, tagged
from odoo.tools.safe_eval import safe_eval

from ..models.engine_messages import MESSAGES
from .common_module import MODULE, PREFIX, ModuleCase

ROOT = Path(__file__).parents[1]
#: words in the names of models that hold evidence: decisions, seals, consents …
EVIDENCE = re.compile(
    r"\b(audit|anchor|seal|decision|vote|tombstone|consent|evidence|proof|unmask\w*|review)\b"
    r"(?!.*\b(rule|profile|policy|setting)\b)"
)
#: evidence people add a note to; all else of it is refused by the model
NOTED = {"customer.category.review": {"perm_write"}}
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


@tagged("post_install", "-at_install")
class TestModuleAccess(ModuleCase):
    """GATE2: rights and rules of every model."""

    def test_every_model_has_access_lines_for_roles_only(self):
        outsiders = self.env.ref("base.group_portal") | self.env.ref(
            "base.group_public"
        )
        for model in self.suite_models():
            with self.subTest(model._name):
                lines = self.env["ir.model.access"].search(
                    [("model_id.model", "=", model._name)]
                )
                self.assertTrue(lines, "add lines to security/ir.model.access.csv")
                for line in lines:
                    self.assertTrue(line.group_id, f"{line.name} names no group")
                    self.assertNotIn(
                        line.group_id, outsiders, f"{line.name}: open to outsiders"
                    )

    def test_every_model_with_a_company_has_a_company_rule(self):
        found = 0
        for model in self.suite_models(transient=False):
            paths = list(self.company_paths(model))
            if not paths:
                continue
            found += 1
            with self.subTest(model._name):
                rules = self.env["ir.rule"].search(
                    [("model_id.model", "=", model._name), ("groups", "=", False)]
                )
                domains = [rule.domain_force or "" for rule in rules]
                self.assertTrue(
                    any(
                        "company_ids" in domain and path in domain
                        for domain in domains
                        for path in paths
                    ),
                    f"belongs to a company by {paths}, but no global record rule says so",
                )
        self.assertGreater(found, 15)

    def company_paths(self, model, depth=2):
        """Paths of required many2one fields of the suite that end at a company.

        A field that may be empty counts where it stands on the model itself: shared
        records are allowed by the rule, records of other companies are not.
        """
        for name, field in model._fields.items():
            if field.type != "many2one" or not (field.store or field.related):
                continue
            if field.comodel_name == "res.company" and name == "company_id":
                yield name
            elif field.required and depth:
                inner = self.env[field.comodel_name]
                if inner._original_module == MODULE:
                    for path in self.company_paths(inner, depth - 1):
                        yield f"{name}.{path}"

    def test_evidence_is_written_by_nobody(self):
        """Whatever its name calls evidence is locked, or at least no group may write it."""
        found = 0
        for model in self.suite_models(transient=False):
            if not EVIDENCE.search(model._name):
                continue
            found += 1
            with self.subTest(model._name):
                lines = self.env["ir.model.access"].search(
                    [("model_id.model", "=", model._name)]
                )
                rights = {"perm_create", "perm_write", "perm_unlink"}
                for right in rights - NOTED.get(model._name, set()):
                    self.assertFalse(any(lines.mapped(right)), right)
        self.assertGreater(found, 3)

    def test_auditor_reads_everything_and_writes_nothing(self):
        auditor = new_test_user(self.env, "ar_gate_auditor", f"{PREFIX}auditor")
        for model in self.suite_models(transient=False):
            as_auditor = model.with_user(auditor)
            with self.subTest(model._name):
                self.assertTrue(
                    as_auditor.has_access("read"), "the auditor cannot read it"
                )
                for operation in ("create", "write", "unlink"):
                    self.assertFalse(
                        as_auditor.has_access(operation), f"the auditor may {operation}"
                    )

    def test_employee_without_a_role_reads_nothing(self):
        employee = new_test_user(self.env, "ar_gate_employee", "base.group_user")
        for model in self.suite_models():
            with self.subTest(model._name):
                for operation in ("read", "create", "write", "unlink"):
                    self.assertFalse(
                        model.with_user(employee).has_access(operation),
                        f"every employee may {operation}",
                    )

    def test_locked_rows_are_written_by_nobody(self):
        """No group has the right, and ``create`` and ``write`` refuse superusers too."""
        mixin = self.env.registry["ar.locked.mixin"]
        locked = [m for m in self.suite_models() if isinstance(m, mixin)]
        self.assertTrue(locked)
        for model in locked:
            with self.subTest(model._name):
                lines = self.env["ir.model.access"].search(
                    [("model_id.model", "=", model._name)]
                )
                for right in ("perm_create", "perm_write", "perm_unlink"):
                    self.assertFalse(any(lines.mapped(right)), right)
                one = model.sudo().with_context(active_test=False).search([], limit=1)
                for call in (
                    lambda m=model: m.sudo().create([{}]),
                    lambda m=model: m.sudo().write({}),
                    *([one.unlink] if one else []),
                ):
                    with self.assertRaises(AccessError):
                        call()

    def test_what_points_to_a_customer_inherits_the_rule_mixin(self):
        mixin = self.env.registry["ar.partner.rule.mixin"]
        for model in self.suite_models(transient=False):
            paths = [
                field.name
                for field in model._fields.values()
                if field.type == "many2one"
                and field.comodel_name == "res.partner"
                and field.store
                and not field.related
            ]
            if not paths:
                continue
            with self.subTest(model._name):
                self.assertIsInstance(
                    model,
                    mixin,
                    f"{paths} point to res.partner: inherit ar.partner.rule.mixin",
                )
                self.check_partner_paths(model)

    def check_partner_paths(self, model):
        for path in model._ar_partner_paths():
            target = model
            for name in path.split("."):
                field = target._fields[name]
                self.assertTrue(field.store, f"{path}: rules cannot follow {name}")
                target = self.env[field.comodel_name]
            self.assertEqual(target._name, "res.partner", path)


@tagged("post_install", "-at_install")
class TestModuleScreens(ModuleCase):
    """Every menu, action, view and button works for every role that sees it."""

    def test_every_button_has_a_public_method(self):
        views = self.env["ir.ui.view"].search(
            [("model_data_id.module", "=", MODULE), ("model", "!=", False)]
        )
        self.assertTrue(views)
        for view in views:
            self.check_buttons(
                view, self.env[view.model], etree.fromstring(view.arch_db)
            )

    def check_buttons(self, view, model, node):
        for child in node:
            inner = model
            if child.tag == "field" and len(child):
                field = model._fields.get(child.get("name"))
                inner = (
                    self.env[field.comodel_name]
                    if field and field.comodel_name
                    else model
                )
            if child.tag == "button" and child.get("type") == "object":
                with self.subTest(view=view.xml_id, button=child.get("name")):
                    method = get_public_method(model, child.get("name"))
                    self.assertTrue(method)
                    # the web client calls buttons with ids, of no record with none
                    self.assertFalse(getattr(method, "_api_model", False))
            self.check_buttons(view, inner, child)

    def test_every_menu_opens_for_every_role_that_sees_it(self):
        menus = self.env["ir.ui.menu"].search([])
        ours = {
            id_
            for id_, xmlid in menus.get_external_id().items()
            if xmlid.startswith(MODULE)
        }
        for role in ROLES:
            user = new_test_user(self.env, f"ar_gate_{role}", f"{PREFIX}{role}")
            visible = self.env(user=user)["ir.ui.menu"]._visible_menu_ids() & ours
            opening = self.env["ir.ui.menu"].browse(sorted(visible)).filtered("action")
            self.assertTrue(opening, f"{role} sees no menu of the suite")
            for menu in opening:
                if menu.action._name == "ir.actions.act_window":
                    with self.subTest(role=role, menu=menu.complete_name):
                        self.open_action(user, menu.action.id)

    def open_action(self, user, action_id):
        """What the web client asks for: views, then the records of the first one."""
        env = self.env(user=user)
        action = env["ir.actions.act_window"]._for_xml_id(
            self.env["ir.actions.act_window"]
            .browse(action_id)
            .get_external_id()[action_id]
        )
        names = {"uid": user.id, "active_id": False, "active_ids": [], "context": {}}
        context = safe_eval(action["context"] or "{}", dict(names))
        model = env[action["res_model"]].with_context(**context)
        views = [tuple(view) for view in action["views"]]
        search = action.get("search_view_id")
        loaded = model.get_views([*views, (search[0] if search else False, "search")])
        for view_type in ("list", "kanban"):
            if view_type in loaded["views"]:
                arch = etree.fromstring(loaded["views"][view_type]["arch"])
                shown = [
                    node.get("name")
                    for node in arch.iter("field")
                    if not any(parent.tag == "field" for parent in node.iterancestors())
                ]
                domain = action["domain"] or "[]"
                model.web_search_read(
                    safe_eval(domain, dict(names))
                    if isinstance(domain, str)
                    else domain,
                    {name: {} for name in shown},
                    limit=5,
                )


@tagged("post_install", "-at_install")
class TestModuleEngineMessages(ModuleCase):
    """Every error of the engine has a sentence, and no sentence lacks its error."""

    def trees(self):
        for folder in (
            "engine",
            "models",
        ):  # models read foreign files in a child process
            for path in sorted((ROOT / folder).rglob("*.py")):
                if not path.name.startswith("engine_messages"):
                    yield path, ast.parse(path.read_text(encoding="utf-8"))

    def error_classes(self):
        tree = ast.parse((ROOT / "engine/errors.py").read_text(encoding="utf-8"))
        return {node.name for node in tree.body if isinstance(node, ast.ClassDef)}

    def test_every_code_has_a_sentence(self):
        classes, missing = self.error_classes(), []
        for path, tree in self.trees():
            for node in ast.walk(tree):
                if (
                    isinstance(node, ast.Call)
                    and getattr(node.func, "id", getattr(node.func, "attr", ""))
                    in classes
                    and node.args
                    and isinstance(node.args[0], ast.Constant)
                    and node.args[0].value not in MESSAGES
                ):
                    missing.append(f"{path.name}:{node.lineno} {node.args[0].value}")
        self.assertFalse(missing, "add sentences to models/engine_messages.py")

    def test_every_sentence_has_its_code(self):
        literals = {
            node.value
            for _path, tree in self.trees()
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        self.assertFalse(
            set(MESSAGES) - literals, "no file of engine/ or models/ names these codes"
        )


@tagged("post_install", "-at_install")
class TestModuleCrons(ModuleCase):
    def test_every_cron_can_run_twice(self):
        """Running again on an unchanged world changes nothing (INV22)."""
        data = self.env["ir.model.data"].search(
            [("module", "=", MODULE), ("model", "=", "ir.cron")]
        )
        crons = (
            self.env["ir.cron"]
            .with_context(active_test=False)
            .browse(data.mapped("res_id"))
        )
        self.assertTrue(crons)
        for cron in crons:
            with self.subTest(cron.cron_name), self.enter_registry_test_mode():
                self.assertTrue(cron.method_direct_trigger() is True)
                self.env.invalidate_all()
                before = self.checksum()
                self.assertTrue(cron.method_direct_trigger() is True)
                self.env.invalidate_all()
                self.assertEqual(self.changed(before), [])
