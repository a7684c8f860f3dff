"""Sample data, after all else: what is guarded beyond the usual, seen behind a mask, removed.

Policies come last, so that nothing the sample writes before has to be asked for. Those that
hold for customers of all companies are switched off again: what waits goes on waiting, and
whoever tries out the sample enters bank accounts and categories of his own.
"""

from odoo import api, fields, models

PORTAL = "base.group_portal"
GROUP = "customer_ar_suite.customer_ar_suite_group_"
PEOPLE = ("customer_clerk", "customer_reviewer", "credit_manager", "ar_accountant")
#: from, below, approvals: the larger a limit, the more people look at it
BANDS = ((20_000, 100_000, 1), (100_000, 0, 2))
LIMIT = ("C20012", 150_000)
ACCOUNT = ("C20006", "NL43DEMO0123456782")
CONFIRMATION = b"""Confirmation of a bank account

We called the customer back on the number of our records. The account is theirs.
"""
#: category that only a second person changes: dimension, customer, new category
CATEGORY = ("type", "C20006", "distributor")
REASONS = {
    "limit": "Framework contract for two years; figures of the bank are attached to it.",
    "account": "The customer has changed its bank and was called back.",
    "unmask": "Letter of guarantee to be renewed",
}
GUARANTOR = "guarantor_C20004"
#: a customer's bookkeeper who may sign in to the portal: customer, name; login = password
VISITOR = ("C20004", "Marijke van Rijswijk", "portal_customer")
REMOVED = "customer_import_mistake"


class ArDemo(models.AbstractModel):
    """Bands of amounts, a bank account and a category that wait, a group's grant."""

    _inherit = "ar.demo"

    @api.model
    def _load_suite(self):
        result = super()._load_suite()
        self._load_guards()
        return result

    @api.model
    def _load_guards(self):
        """In a demo database only: real users get no policies and grants from a sample."""
        people = {
            role: self.env.ref(f"customer_ar_suite.ar_demo_user_{role}", False)
            for role in PEOPLE
        }
        if self._sample("change_policy_limit_0") or not all(people.values()):
            return
        self._load_limit_bands(people)
        self._load_guarded_account(people["customer_clerk"])
        self._load_guarded_category(people["customer_clerk"])
        self._load_group_grant()
        self._load_visitor()
        self._load_unmasked(people["customer_reviewer"])
        removed = self._sample(REMOVED)
        if removed:
            removed._purge_files()

    def _policy(self, field_name, names, *vals_list):
        field = self.env["ir.model.fields"]._get("res.partner", field_name)
        common = {
            "field_id": field.id,
            "company_id": self._company("nl").id,
            "approver_group_id": self.env.ref(f"{GROUP}customer_reviewer").id,
        }
        policies = self.env["customer.change.policy"].create(
            [{**common, **vals} for vals in vals_list]
        )
        return self._keep(policies, names)

    def _asked(self, ref):
        """The request about the customer that was made last."""
        return self._in_company("customer.change.request", "nl").search(
            [("partner_id", "=", self._sample(f"customer_{ref}").id)],
            order="id desc",
            limit=1,
        )

    # -- four eyes ------------------------------------------------------------------------

    def _load_limit_bands(self, people):
        """A large limit that one person has approved and another one has not yet."""
        self._policy(
            "credit_limit",
            [f"change_policy_limit_{number}" for number in range(len(BANDS))],
            *(
                {
                    "amount_from": low,
                    "amount_to": high,
                    "approver_count": count,
                    "approver_ids": [fields.Command.set(people["ar_accountant"].ids)],
                }
                for low, high, count in BANDS
            ),
        )
        ref, amount = LIMIT
        manager = people["credit_manager"]
        profile = self._sample(f"credit_profile_{ref}")
        self._in_company("ar.credit.profile", "nl").with_user(manager).browse(
            profile.id
        ).limit_amount = amount
        request = self._asked(ref)
        request.with_user(manager)._explain(REASONS["limit"], [])
        request.with_user(people["customer_reviewer"]).action_approve()
        self._keep(request, ["change_request_limit"])

    def _load_guarded_account(self, clerk):
        """A new bank account in the archive, with the paper that proves it; e-mails told."""
        policy = self._policy(
            "bank_ids",
            ["change_policy_bank_accounts"],
            {"needs_reason": True, "needs_document": True, "with_email": True},
        )
        ref, number = ACCOUNT
        account = (
            self._in_company("res.partner.bank", "nl")
            .with_user(clerk)
            .create(
                {
                    "partner_id": self._sample(f"customer_{ref}").id,
                    "acc_number": number,
                }
            )
        )
        self._keep(account, ["guarded_account"])
        request = self._asked(ref)
        request.with_user(clerk)._explain(
            REASONS["account"], [("call back.txt", CONFIRMATION)]
        )
        self._keep(request, ["change_request_account"])
        policy.active = False
        domain = [("model", "=", request._name), ("res_id", "=", request.id)]
        # sudo: as if the queue had been worked off; nothing of a sample leaves
        self.env["mail.mail"].sudo().search(domain).write({"state": "sent"})

    def _load_guarded_category(self, clerk):
        """The type of a customer, on which its discounts hang, changes by two people."""
        code, ref, wanted = CATEGORY
        prefix = "customer_ar_suite.customer_"
        dimension = self.env.ref(f"{prefix}dimension_{code}", False)
        category = self.env.ref(f"{prefix}category_{code}_{wanted}", False)
        if not (dimension and dimension.active and category):
            return
        name = dimension._column_name()
        policy = self._policy(name, [f"change_policy_{code}"], {})
        customer = self._sample(f"customer_{ref}")
        self._in_company("res.partner", "nl").browse(customer.id).with_user(
            clerk
        ).write({name: category.id})
        self._keep(self._asked(ref), ["change_request_category"])
        policy.active = False

    # -- grants, masks, files -------------------------------------------------------------

    def _load_group_grant(self):
        """A desk that looks after customers abroad: what a member sees, all of them see."""
        region = self.env.ref("customer_ar_suite.customer_category_region_apac", False)
        member = self.env.ref("customer_ar_suite.ar_demo_user_sales_dewit", False)
        if not (region and region.dimension_id.active and member):
            return
        desk = self.env["res.groups"].create(
            {
                "name": self.env._("Export Desk"),
                "user_ids": [fields.Command.set(member.ids)],
            }
        )
        grant = self.env["customer.category.grant"].create(
            {
                "group_id": desk.id,
                "dimension_id": region.dimension_id.id,
                "category_id": region.id,
                "can_edit": False,
                "note": self.env._("Answers questions of customers abroad."),
            }
        )
        self._keep(desk, ["group_export_desk"])
        self._keep(grant, ["category_grant_group"])

    def _load_visitor(self):
        """Somebody of a customer, who sees his own papers in the portal."""
        ref, name, login = VISITOR
        customer = self._sample(f"customer_{ref}")
        contact = self._in_company("res.partner", "nl").create(
            {
                "name": name,
                "function": "Bookkeeper",
                "parent_id": customer.id,
                "email": f"{login}@vanrijswijk.example",
                "lang": customer.lang,
            }
        )
        user = self._in_company("res.users", "nl").create(
            {
                "login": login,
                "partner_id": contact.id,
                "company_id": self._company("nl").id,
                "company_ids": [fields.Command.set(self._company("nl").ids)],
                "group_ids": [fields.Command.set(self.env.ref(PORTAL).ids)],
            }
        )
        self._keep(contact, ["portal_contact"])
        self._keep(user, ["portal_user"])
        self._give_password(user)

    def _load_unmasked(self, reviewer):
        """Why somebody looked at what is encrypted; only where there is a key."""
        guarantor = self._sample(GUARANTOR)
        if guarantor:
            person = self._in_company("res.partner", "nl").with_user(reviewer)
            person.browse(guarantor.id)._ar_unmask(REASONS["unmask"])
