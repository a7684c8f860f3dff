"""docs/ROLES.md says who may do what; it is written from the database and compared with it."""

import os
from collections import defaultdict
from pathlib import Path

from odoo.tests import tagged

from .common_module import MODULE, PREFIX, ModuleCase

DOCUMENT = Path(__file__).parents[2] / "docs" / "ROLES.md"
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
#: what people ask about of Odoo's own
CORE_MODELS = (
    "res.partner",
    "res.partner.bank",
    "account.move",
    "account.move.line",
    "account.payment",
    "account.bank.statement",
    "account.bank.statement.line",
    "account.partial.reconcile",
    "account.account",
    "account.journal",
    "res.users",
    "res.groups",
    "ir.rule",
)
LETTERS = {"create": "c", "read": "r", "write": "w", "unlink": "d"}
HEAD = """# Roles

Written by `./dev roles` from the access rights of an installed database; a test fails when this
page is out of date. Edit the rights, not the page.

What is shown are the rights on models. Record rules narrow them to the companies and customers
a user works for, and the methods of the suite check more than rights on models: nobody decides
on a request of his own, whatever he may read.
"""


@tagged("post_install", "-at_install")
class TestRoleMatrix(ModuleCase):
    def test_document_is_up_to_date(self):
        if not DOCUMENT.parent.is_dir():
            return  # the addon was installed by itself: nothing to compare with
        text = self.document()
        if os.environ.get("AR_GOLDEN") == "write":
            DOCUMENT.write_text(text)
        found = DOCUMENT.read_text() if DOCUMENT.exists() else ""
        self.assertEqual(
            found, text, "rights have changed: look at them and run ./dev roles"
        )

    def document(self):
        env = self.env(context={"lang": "en_US"})
        groups = {role: env.ref(PREFIX + role) for role in ROLES}
        parts = [HEAD, *self.implied(groups)]
        parts += [
            "## Rights on records of the suite\n",
            "`c` create, `r` read, `w` write, `d` delete. *(dialog)* marks what lives for one "
            "dialog only.\n",
            self.matrix(groups, [m._name for m in self.suite_models()]),
            "## Rights on Odoo's own records\n",
            self.matrix(groups, self.core_models()),
            "## Roles that should not be in one hand\n",
            "Shipped as data; Receivables ▸ Controls ▸ Segregation Rules.\n",
            self.conflicts(env),
        ]
        return "\n".join(parts)

    def table(self, head, rows):
        lines = [head, ["---"] * len(head), *rows]
        return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)

    def label(self, role):
        return role.replace("_", " ")

    # -- what comes with a role -----------------------------------------------------------

    def implied(self, groups):
        everybody = self.env.ref("base.group_user").all_implied_ids
        rows = []
        for role, group in groups.items():
            found = group.all_implied_ids - group - everybody
            ours, others = [], []
            for name in sorted(filter(None, found.get_external_id().values())):
                module, _dot, short = name.partition(".")
                if module != MODULE:
                    others.append(f"`{name}`")
                elif name.removeprefix(PREFIX) in ROLES:
                    ours.append(self.label(short.removeprefix(f"{MODULE}_group_")))
            rows.append(
                [
                    f"**{self.label(role)}**",
                    group.comment or "",
                    ", ".join(ours),
                    ", ".join(others),
                ]
            )
        yield "## What each role is for, and what comes with it\n"
        yield self.table(["Role", "For", "Roles", "Groups of Odoo"], rows)

    def core_models(self):
        """Those people ask about, and all others on which the suite gives a right."""
        data = self.env["ir.model.data"].search(
            [("module", "=", MODULE), ("model", "=", "ir.model.access")]
        )
        lines = self.env["ir.model.access"].browse(data.mapped("res_id"))
        ours = {model._name for model in self.suite_models()}
        others = set(lines.model_id.mapped("model")) - ours - set(CORE_MODELS)
        return [*CORE_MODELS, *sorted(others)]

    # -- models ---------------------------------------------------------------------------

    def matrix(self, groups, names):
        rights = self.rights(groups, names)
        rows = []
        for name in names:
            model = self.env[name]
            dialog = " *(dialog)*" if model._transient else ""
            cells = [rights[name, role] for role in groups]
            rows.append([f"`{name}`{dialog}", *cells])
        return self.table(["Model", *map(self.label, groups)], rows)

    def rights(self, groups, names):
        """{(model, role): letters}; what every employee may do is among it."""
        found = defaultdict(set)
        lines = self.env["ir.model.access"].search([("model_id.model", "in", names)])
        for line in lines:
            for role, group in groups.items():
                if not line.group_id or line.group_id in group.all_implied_ids:
                    found[line.model_id.model, role] |= {
                        letter
                        for operation, letter in LETTERS.items()
                        if line[f"perm_{operation}"]
                    }
        order = list(LETTERS.values())
        return defaultdict(
            str,
            {
                key: "".join(sorted(letters, key=order.index))
                for key, letters in found.items()
            },
        )

    # -- toxic pairs ----------------------------------------------------------------------

    def conflicts(self, env):
        rules = env["customer.access.conflict.rule"].search([])
        names = rules.get_external_id()
        rows = [
            [rule.one_group_id.name, rule.other_group_id.name, rule.name, rule.risk]
            for rule in rules.sorted("sequence")
            if names[rule.id].startswith(MODULE)
        ]
        return self.table(["Role", "And", "Who", "Could"], rows)
