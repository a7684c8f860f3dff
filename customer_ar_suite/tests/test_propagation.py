"""GATE3: a customer is closed; no readable model of the registry shows any sign of him."""

import json

import psycopg2

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .access_oracle import Row
from .common_grants import ACCOUNTANT, GrantCase

LOUD = (
    "odoo.addons.base.models.ir_rule",
    "odoo.models",
    "odoo.orm.models",
    "odoo.sql_db",
)
TARGETS = {
    "res.partner",
    "res.partner.bank",
    "account.move",
    "account.move.line",
    "account.payment",
    "account.bank.statement.line",
}
NAME, ACCOUNT, AMOUNT, EMAIL = (
    "Zanzibar Secretive",
    "ZZ99SECRET",
    98765.43,
    "zz@secret.example",
)
CANARIES = (NAME, ACCOUNT, "98765.43", "98,765.43", EMAIL, "ZANZ")
ROLES = (
    *ACCOUNTANT,
    *(
        f"customer_ar_suite.customer_ar_suite_group_{role}"
        for role in ("customer_reviewer", "collector", "credit_manager")
    ),
    "analytic.group_analytic_accounting",
)


@tagged("post_install", "-at_install")
class TestPropagation(GrantCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.closed = cls.classified(
            NAME, {"region": "europe"}, email=EMAIL, ref="ZANZ", vat=False
        )
        cls.open = cls.classified("Public Open", {"region": "asia"})
        cls.hang_on(cls.closed, AMOUNT, ACCOUNT)
        cls.hang_on(cls.open, 12.34, "AA11OPEN")
        cls.user = cls.granted_user("sweep", [Row("region", "asia")], ROLES)

    @classmethod
    def hang_on(cls, partner, amount, account):
        child = cls.contact(partner, f"{partner.name} Jo", email=partner.email)
        tag = cls.env["res.partner.category"].create({"name": "All"})
        (partner | child).category_id = tag
        bank = cls.env["res.partner.bank"].create(
            {"acc_number": account, "partner_id": partner.id}
        )
        partner.message_post(body=partner.name, partner_ids=partner.ids)
        partner.activity_schedule(summary=partner.name, user_id=cls.env.user.id)
        cls.env["ir.attachment"].create(
            {"name": partner.name, "res_model": "res.partner", "res_id": partner.id}
        )
        plan = cls.env["account.analytic.plan"].search([], limit=1) or cls.env[
            "account.analytic.plan"
        ].create({"name": "Plan"})
        analytic = cls.env["account.analytic.account"].create(
            {"name": partner.name, "plan_id": plan.id, "partner_id": partner.id}
        )
        cls.env["account.analytic.line"].create(
            {
                "name": partner.name,
                "account_id": analytic.id,
                "partner_id": partner.id,
                "amount": amount,
            }
        )
        invoice = cls.invoice(partner, amount, "2026-05-01", ref=partner.name)
        invoice.message_post(body=partner.name, partner_ids=partner.ids)
        cls.match(
            invoice, cls.payment(partner, amount, "2026-05-02", memo=partner.name)
        )
        open_invoice = cls.invoice(
            partner, amount, "2026-06-01", partner_bank_id=cls.own_bank().id
        )
        cls.credit_note(partner, amount, "2026-06-02", ref=partner.name)
        line = cls.bank_line(amount, "2026-06-03", open_invoice.name, partner=partner)
        line.partner_bank_id = bank
        run = cls.env["ar.match.run"].create(
            {"company_id": cls.company.id, "as_of_date": cls.AS_OF}
        )
        run.action_match()
        cls.issue(partner)
        if "product.supplierinfo" in cls.env:
            cls.env["product.supplierinfo"].create(
                {
                    "partner_id": partner.id,
                    "product_tmpl_id": cls.env["product.template"]
                    .create({"name": "Part"})
                    .id,
                    "price": amount,
                }
            )

    @classmethod
    def own_bank(cls):
        return cls.env["res.partner.bank"].create(
            {
                "acc_number": f"OWN{cls.env['res.partner.bank'].search_count([])}",
                "partner_id": cls.company.partner_id.id,
                "allow_out_payment": True,
            }
        )

    @classmethod
    def issue(cls, partner):
        issuer = cls.user_with("ar_accountant", login=f"issuer-{partner.id}")
        cls.env["ar.statement"].with_user(issuer).with_company(cls.company)._issue(
            cls.company,
            cls.env["ar.statement.layout"].search([], limit=1),
            cls.AS_OF,
            partner_ids=partner.ids,
        )

    # -- what is swept -----------------------------------------------------------------

    def models(self, only=None):
        """Every readable model with a stored many2one to what belongs to customers."""
        for name in only or sorted(self.env.registry):
            model = self.as_user(self.user, name)
            if model._abstract or not model.has_access("read"):
                continue
            targets = [
                field.name
                for field in model._fields.values()
                if field.type == "many2one"
                and field.comodel_name in TARGETS
                and field.store
                and model._has_field_access(field, "read")
            ]
            if targets or name == "res.partner":
                yield model, targets

    def channels(self, model, targets):
        """(channel, call) of every way a client has to get at records."""
        names = [
            name
            for name, field in model._fields.items()
            if model._has_field_access(field, "read")
            and field.type not in ("binary", "properties", "properties_definition")
            and (field.store or field.type in ("many2one", "monetary", "char"))
            and not field.company_dependent
        ]
        shown = {name: {"fields": {"display_name": {}}} for name in targets}
        shown["display_name"] = {}
        yield "search_read", lambda: model.search_read([], names)
        yield "web_search_read", lambda: model.web_search_read([], shown)
        yield "name_search", lambda: model.name_search("", limit=None)
        yield (
            "export_data",
            lambda: model.search([]).export_data(
                ["display_name", *(f"{name}/display_name" for name in targets)]
            ),
        )
        for name in targets:
            yield (
                f"group by {name}",
                lambda name=name: model.formatted_read_group([], [name], ["__count"]),
            )
        closed = self.closed_ids(model, targets)
        if closed:
            records = model.browse(closed)
            yield "read", lambda: [record.read(names) for record in records]
            yield "web_read", lambda: [record.web_read(shown) for record in records]
            yield "copy", lambda: [record.copy().read(names) for record in records[:1]]
            yield "name", lambda: records.mapped("display_name")

    def closed_ids(self, model, targets):
        """Records that lead to the closed customer, found with all rights."""
        if model._name == "res.partner":
            return (self.closed | self.closed.child_ids).ids
        found = set()
        for name in targets:
            comodel = model._fields[name].comodel_name
            path = name if comodel == "res.partner" else f"{name}.partner_id"
            found |= set(
                self.env[model._name]
                .with_context(active_test=False)
                .search([(path, "child_of", self.closed.ids)])
                .ids
            )
        return sorted(found)

    def leaks(self, only=None):
        found, count = [], 0
        for model, targets in self.models(only):
            for channel, call in self.channels(model, targets):
                count += 1
                answer = self.ask(call)
                if any(canary in answer for canary in CANARIES):
                    found.append(f"{model._name}: {channel}")
            oracle = self.ask(partial_count(model, targets))
            if oracle not in ("", "0"):
                found.append(f"{model._name}: counts him")
        return found, count

    def ask(self, call):
        """The answer as text; nothing if it was refused."""
        with self.rolled_back(), mute_logger(*LOUD):
            try:
                return json.dumps(call(), default=str, ensure_ascii=False)
            except (AccessError, UserError, psycopg2.IntegrityError):
                return ""
        return ""

    def test_no_model_shows_a_closed_customer(self):
        found, count = self.leaks()
        self.assertEqual(found, [])
        self.assertGreater(count, 200)

    def test_the_sweep_finds_a_missing_rule(self):
        for model in (
            "res.partner.bank",
            "account.invoice.report",
            "account.payment",
            "account.analytic.line",
            "ar.statement",
        ):
            rule = self.env.ref(
                f"customer_ar_suite.ar_grant_{model.replace('.', '_')}_see"
            )
            with self.subTest(model), self.rolled_back():
                rule.active = False
                self.assertTrue(self.leaks([model])[0])
            self.env.registry.clear_cache()


def partial_count(model, targets):
    """Does a condition on the closed customer find anything?"""

    def count():
        if model._name == "res.partner":
            return model.search_count([("name", "like", NAME)])
        return sum(
            model.search_count([(f"{name}.name", "like", NAME)])
            for name in targets
            if model._fields[name].comodel_name == "res.partner"
        )

    return count
