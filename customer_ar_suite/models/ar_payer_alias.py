from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..engine.masking import mask
from ..engine.matching.identify import Alias, alias_key
from ..engine.party_name import name_key

_ACCOUNTANT = "customer_ar_suite.customer_ar_suite_group_ar_accountant"
#: evidence of a payer who was not identified for sure: worth learning from
_UNSURE = {"payer_in_text", "payer_similar", "payer_differs"}


class ArPayerAlias(models.Model):
    """Accounts and names that have paid for a customer, learned from applied receipts.

    Learned is what an accountant has applied and the books did not know: an account that
    is nobody's, a name that is not the customer's. Each says where it comes from and can be
    revoked; undoing the receipt it was learned from revokes it, too.
    """

    _name = "ar.payer.alias"
    _inherit = ["ar.locked.mixin", "ar.partner.rule.mixin"]
    _description = "Payer Alias"
    _order = "learned_at desc, id desc"
    _rec_name = "value"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    kind = fields.Selection(
        [("account", "Bank Account"), ("name", "Payer Name")],
        string="Known by",
        required=True,
        readonly=True,
    )
    value = fields.Char(
        string="Alias",
        required=True,
        readonly=True,
        help="The payer's name as the bank writes it, or the last digits of the account.",
    )
    key = fields.Char(
        required=True,
        readonly=True,
        index=True,
        groups="base.group_system",  # whole account numbers, to compare with
    )
    proposal_id = fields.Many2one(
        "ar.match.proposal",
        string="Learned from",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    learned_by_id = fields.Many2one("res.users", readonly=True)
    learned_at = fields.Datetime(readonly=True)
    use_count = fields.Integer(
        string="Receipts", readonly=True, help="Receipts applied thanks to it."
    )
    active = fields.Boolean(default=True, readonly=True)
    revoked_by_id = fields.Many2one("res.users", readonly=True)
    revoked_at = fields.Datetime(readonly=True)
    is_ambiguous = fields.Boolean(
        string="Several Customers",
        compute="_compute_is_ambiguous",
        help="Learned for other customers as well: it identifies nobody until one is left.",
    )

    @api.depends("key", "kind", "company_id", "partner_id", "active")
    def _compute_is_ambiguous(self):
        # sudo: that another customer has the alias is told, not which one
        aliases = self.sudo()
        known = aliases._read_group(
            [("key", "in", aliases.mapped("key"))],
            ["company_id", "kind", "key"],
            ["partner_id:count_distinct"],
        )
        several = {(c.id, kind, key) for c, kind, key, count in known if count > 1}
        for alias in aliases:
            place = (alias.company_id.id, alias.kind, alias.key)
            alias.is_ambiguous = alias.active and place in several

    # -- used by the matcher ----------------------------------------------------------------

    @api.model
    def _load_aliases(self, company):
        """What identifies payers in a company.

        :rtype: list[Alias]
        """
        # sudo: an alias of a customer the user may not see makes one he may see ambiguous
        rows = self.sudo().search_fetch(
            [("company_id", "=", company.id)], ["partner_id", "kind", "key"]
        )
        return [
            Alias(row.partner_id.commercial_partner_id.id, row.kind, row.key)
            for row in rows
        ]

    @api.model
    def _learn(self, proposals):
        """Remember who paid in the receipts just applied, and count what helped."""
        found, used = {}, set()
        for proposal in proposals:
            codes = {one["code"] for one in proposal.evidence or []}
            customer = proposal.partner_id.commercial_partner_id
            for kind, value, key in self._traits(proposal):
                place = (proposal.company_id.id, customer.id, kind, key)
                if "payer_alias" in codes:
                    used.add(place)
                elif not customer or not self._is_news(customer, kind, key, codes):
                    continue
                found.setdefault(place, (proposal, value))
        known = self._known(found)
        for alias in known.values():
            place = alias._place()
            if place in used:
                alias._set(use_count=alias.use_count + 1)
        # sudo: nobody has the right to write aliases; who applies receipts was checked
        self.sudo()._insert(
            [
                self._alias_vals(place, *source)
                for place, source in found.items()
                if place not in known and place not in used
            ]
        )

    def _traits(self, proposal):
        """Kind, value and key of what the bank line says of its payer."""
        line = proposal.statement_line_id
        for kind, value in (
            ("account", line.account_number or ""),
            ("name", line.partner_name or ""),
        ):
            if key := alias_key(kind, value):
                yield kind, value, key

    def _is_news(self, customer, kind, key, codes):
        """Do the books not know this of the customer?"""
        if "payer" in codes:
            return False
        if kind == "name":
            return key != name_key(customer.name or "")
        return bool(codes & _UNSURE) or "payer_name" not in codes

    def _known(self, places):
        # sudo: see _load_aliases; nothing of it is shown
        rows = self.sudo().search([("key", "in", [place[3] for place in places])])
        return {row._place(): row for row in rows}

    def _place(self):
        return (self.company_id.id, self.partner_id.id, self.kind, self.key)

    def _alias_vals(self, place, proposal, value):
        company_id, partner_id, kind, key = place
        return {
            "company_id": company_id,
            "partner_id": partner_id,
            "kind": kind,
            "key": key,
            "value": mask(value) if kind == "account" else value,
            "proposal_id": proposal.id,
            "learned_by_id": self.env.uid,
            "learned_at": fields.Datetime.now(),
        }

    @api.model
    def _unlearn(self, proposals):
        """Revoke what was learned from receipts that have been undone."""
        # sudo: what was learned from a receipt the user has just undone
        self.sudo().search([("proposal_id", "in", proposals.ids)])._revoke()

    # -- by hand ------------------------------------------------------------------------------

    def action_revoke(self):
        """Forget these aliases: their payers are not recognised by them any more."""
        self._check_accountant()
        revoked = self.filtered("active")
        revoked._revoke()
        self.env["customer.audit.entry"]._ar_log("payer_alias.revoke", revoked)

    def action_restore(self):
        """Use revoked aliases again."""
        self._check_accountant()
        restored = self.filtered(lambda alias: not alias.active)
        # sudo: nobody has the right to write aliases; the accountant was checked
        restored.sudo()._set(active=True, revoked_by_id=False, revoked_at=False)
        self.env["customer.audit.entry"]._ar_log("payer_alias.restore", restored)

    def _check_accountant(self):
        if not self.env.user.has_group(_ACCOUNTANT):
            raise AccessError(
                self.env._("Only AR accountants may revoke or restore payer aliases.")
            )
        self.check_access("read")

    def _revoke(self):
        # sudo: nobody has the right to write aliases; the callers checked who asks
        self.sudo()._set(
            active=False,
            revoked_by_id=self.env.uid,
            revoked_at=fields.Datetime.now(),
        )
