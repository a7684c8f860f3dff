from odoo import models
from odoo.fields import Domain


class ArCreditProfile(models.Model):
    """The documents behind a profile's figures, and what becomes of it in a merge."""

    _inherit = "ar.credit.profile"

    # -- drill-down -----------------------------------------------------------------------

    def action_view_drafts(self):
        """The customer's draft invoices."""
        self.check_access("read")
        return self._part_action("draft_invoices")

    def action_view_bills(self):
        """The customer's bills and cheques at risk."""
        self.check_access("read")
        return self._part_action("bills")

    def action_view_unapplied(self):
        """Payments and credit notes not yet applied."""
        self.check_access("read")
        return self._part_action("unapplied")

    def action_view_open_items(self):
        """Invoices and entries not yet paid."""
        self.check_access("read")
        return self._part_action("open_items")

    def _part_action(self, component):
        model, name, domain = self._part_records(component)
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": "list,form",
            "domain": list(
                Domain("company_id", "child_of", self.company_id.ids) & Domain(domain)
            ),
            "context": {"create": False},
        }

    def _part_records(self, component):
        """(model, title, domain) of what a component is made of; extend per component."""
        partners = self.partner_id.ids
        if component == "draft_invoices":
            return (
                "account.move",
                self.env._("Draft Invoices"),
                [
                    ("state", "=", "draft"),
                    ("move_type", "in", ("out_invoice", "out_receipt")),
                    ("commercial_partner_id", "in", partners),
                ],
            )
        if component == "bills":
            return (
                "ar.bill",
                self.env._("Bills and Cheques"),
                [("is_at_risk", "=", True), ("partner_id", "child_of", partners)],
            )
        if component == "unapplied":
            items = self._open_domain("<") | self._suspense_domain()
            return (
                "account.move.line",
                self.env._("Unapplied Cash and Credits"),
                Domain("partner_id", "child_of", partners) & items,
            )
        return (
            "account.move.line",
            self.env._("Invoices and Entries"),
            Domain("partner_id", "child_of", partners) & self._open_domain(">"),
        )

    def _open_domain(self, side):
        return Domain(
            [
                ("account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
                ("amount_residual", side, 0),
            ]
        )

    def _suspense_domain(self):
        """Receipts on suspense, in companies that count them."""
        # sudo: a switch of the company, and accounts that a list is narrowed down to
        companies = self.sudo().company_id.filtered("ar_counts_suspense")
        journals = (
            self.env["account.journal"]
            .sudo()  # sudo: as above
            .search([("company_id", "child_of", companies.ids)])
        )
        return Domain(
            [
                ("account_id", "in", journals.suspense_account_id.ids),
                ("parent_state", "=", "posted"),
                ("statement_line_id.is_reconciled", "=", False),
                ("statement_line_id.amount", ">", 0),
            ]
        )

    # -- merges ---------------------------------------------------------------------------

    def _ar_merge_partners(self, source_ids, target_id):
        """The target's limit counts; what the sources had besides it moves over."""
        own = {
            profile.company_id: profile
            for profile in self.search([("partner_id", "=", target_id)])
        }
        for profile in self.search([("partner_id", "in", source_ids)], order="id"):
            target = own.setdefault(profile.company_id, profile)
            if target == profile:
                profile._keep({"partner_id": target_id})
                continue
            profile.temporary_limit_ids._set(profile_id=target.id)
            profile.cover_ids.profile_id = target
            if profile.is_on_hold and not target.is_on_hold:
                target._set_hold(True, profile.hold_reason)
            profile.unlink()
