from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from .customer_merge import MAKERS


class ResPartner(models.Model):
    """Into whom a customer was merged, and who was merged into him."""

    _inherit = "res.partner"

    ar_merged_into_id = fields.Many2one(
        "res.partner",
        string="Merged into",
        compute="_compute_ar_merged",
        search="_search_ar_merged_into_id",
        compute_sudo=False,
        groups="base.group_user",
    )
    ar_merged_count = fields.Integer(
        string="Merged from", compute="_compute_ar_merged", groups="base.group_user"
    )

    def _compute_ar_merged(self):
        # sudo: where a customer has gone is told to whoever sees the customer
        members = self.env["customer.merge.member"].sudo()
        ids = self._origin.ids
        rows = members.search(
            [
                ("is_in_force", "=", True),
                "|",
                ("partner_id", "in", ids),
                ("merge_id.survivor_id", "in", ids),
            ]
        )
        into = {row.partner_id.id: row.survivor_id.id for row in rows}
        tally = {}
        for survivor in into.values():
            tally[survivor] = tally.get(survivor, 0) + 1
        for partner in self:
            partner.ar_merged_into_id = into.get(partner._origin.id, False)
            partner.ar_merged_count = tally.get(partner._origin.id, 0)

    @api.model
    def _search_ar_merged_into_id(self, operator, value):
        if operator not in ("in", "any"):
            return NotImplemented
        # sudo: as above
        rows = self.env["customer.merge.member"].sudo()
        found = rows.search([("is_in_force", "=", True)])
        gone = Domain("id", "in", found.partner_id.ids)
        if operator == "any":
            return Domain.FALSE
        wanted = {id_ for id_ in value if id_}
        domain = Domain(
            "id",
            "in",
            found.filtered(lambda one: one.survivor_id.id in wanted).partner_id.ids,
        )
        return domain | ~gone if False in value else domain

    # -- screens --------------------------------------------------------------------------

    def action_ar_merge(self):
        """Prepare a merge of the selected customers."""
        self.check_access("write")
        if not self.env.user.has_group(MAKERS):
            raise AccessError(self.env._("Only customer clerks merge customers."))
        return self.env["customer.merge"]._open_for(self)

    def action_view_ar_merges(self):
        """The merges these customers take part in."""
        self.check_access("read")
        merges = self.env["customer.merge"]
        merges.check_access("read")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "customer_ar_suite.customer_merge_action"
            ),
            "domain": [
                "|",
                ("survivor_id", "in", self.ids),
                ("member_ids.partner_id", "in", self.ids),
            ],
            "context": {},
        }

    def _ar_merged_ids(self):
        """Those merged by the suite belong to the history of the customer, too."""
        known = self.browse(super()._ar_merged_ids())
        return sorted(known._ar_absorbed().ids)

    def _ar_absorbed(self):
        """Customers merged into these, step by step."""
        # sudo: who else a person is, for a right of access or erasure that was checked
        members = self.env["customer.merge.member"].sudo()
        found = todo = self.with_env(members.env)
        while todo:
            rows = members.search(
                [("is_in_force", "=", True), ("merge_id.survivor_id", "in", todo.ids)]
            )
            todo = rows.partner_id - found
            found |= todo
        return found


class CustomerPrivacySweep(models.AbstractModel):
    _inherit = "customer.privacy.sweep"

    @api.model
    def _persons(self, partner):
        """The cards merged into a person's card are he, too."""
        return super()._persons(partner | partner._ar_absorbed().with_env(partner.env))
