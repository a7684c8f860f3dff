from odoo import api, models
from odoo.exceptions import RedirectWarning, UserError


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Odoo's own merge of contacts, where a company wants the suite's instead."""

    _inherit = "base.partner.merge.automatic.wizard"

    def action_merge(self):
        """Customers with receivables become a merge that can be undone, if so wished."""
        if self._ar_merge_rule(self.partner_ids) == "route":
            merges = self.env["customer.merge"]
            if merges.has_access("create"):
                return merges._open_for(self.dst_partner_id | self.partner_ids)
        return super().action_merge()

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """Every way into core's merge ends here, the automatic one too."""
        partners = self.env["res.partner"].browse(partner_ids)
        self._ar_check_merged(partners)
        if self._ar_merge_rule(partners) != "allow":
            self._ar_refuse(partners)
        return super()._merge(partner_ids, dst_partner, extra_checks)

    @api.model
    def _ar_check_merged(self, partners):
        """What the suite merged has a way back, which needs all of its customers."""
        # sudo: whether a contact was merged, told by its name
        members = self.env["customer.merge.member"].sudo()
        found = members.search(
            [
                ("is_in_force", "=", True),
                "|",
                ("partner_id", "in", partners.ids),
                ("merge_id.survivor_id", "in", partners.ids),
            ]
        )
        if found:
            raise UserError(
                self.env._(
                    "%(names)s: merged by a merge that can be undone. Unmerge it first, or "
                    "merge this way once more.",
                    names=", ".join(found.partner_id.mapped("display_name")),
                )
            )

    @api.model
    def _ar_merge_rule(self, partners):
        """The strictest rule of the companies in which these contacts have receivables."""
        # sudo: whether there are receivables, and what their companies want; no figure
        lines = self.env["account.move.line"].sudo()
        groups = lines._read_group(
            [
                ("partner_id", "in", partners.ids),
                ("account_id.account_type", "=", "asset_receivable"),
            ],
            ["company_id"],
        )
        # sudo: as above, their setting
        companies = self.env["res.company"].sudo()
        wanted = companies.browse([company.id for (company,) in groups])
        rules = set(wanted.mapped("ar_merge_core"))
        return next((one for one in ("refuse", "route") if one in rules), "allow")

    @api.model
    def _ar_refuse(self, partners):
        names = ", ".join(partners.mapped("display_name"))
        text = self.env._(
            "%(names)s: customers with receivables are not merged by this dialog, which "
            "deletes what collides and cannot be undone. Select them in the list of "
            "customers and choose “Merge…” from the gear menu.",
            names=names,
        )
        if self.env["customer.merge"].has_access("create"):
            action = self.env.ref("customer_ar_suite.customer_merge_action")
            raise RedirectWarning(text, action.id, self.env._("Merges"))
        raise UserError(text)
