from odoo import api, fields, models

from .ar_credit_check import Paper

#: documents that raise what a customer owes
CHARGING = ("out_invoice", "out_receipt")
READERS = "account.group_account_invoice,account.group_account_readonly"


class AccountMove(models.Model):
    """Invoices are judged before they are posted, by whatever route."""

    _name = "account.move"
    _inherit = ["account.move", "ar.credit.checked.mixin"]
    _ar_stage = "invoice"

    ar_credit_verdict = fields.Selection(groups=READERS)
    ar_credit_text = fields.Text(groups=READERS)
    ar_release_requested = fields.Boolean(groups=READERS)

    # -- what is seen on a draft ----------------------------------------------------------

    @api.depends(
        *("state", "move_type", "partner_id", "company_id"),
        *("amount_total_signed", "tax_totals"),
    )
    @api.depends_context("lang")
    def _compute_ar_credit(self):
        drafts = self.filtered(
            lambda move: move.state == "draft" and move.move_type in CHARGING
        )
        judged = drafts._ar_judge_credit(alone=True)
        check = self.env["ar.credit.check"]
        for move in self:
            found = judged.get(move)
            move.ar_credit_verdict = found.verdict if found else "free"
            move.ar_credit_text = found and "\n".join(
                check._sentences(found.hits, move.company_id)
            )

    @api.model
    def _ar_waiting_domain(self):
        return [("state", "=", "draft"), ("move_type", "in", CHARGING)]

    # -- judging --------------------------------------------------------------------------

    def _ar_papers(self):
        """These invoices as the credit check looks at them."""
        papers = []
        # sudo: amounts that are compared; nothing of them is shown
        for move in self.sudo():
            if move.move_type not in CHARGING:
                continue
            kept = move._origin
            is_counted = kept.state == "draft" and kept.move_type in CHARGING
            own = (
                move.company_id._ar_minor(max(kept.amount_total_signed, 0))
                if is_counted
                and kept.commercial_partner_id == move.commercial_partner_id
                else 0
            )
            papers.append(
                Paper(
                    self.browse(move.id) if isinstance(move.id, int) else move,
                    move.commercial_partner_id._origin.id,
                    move.company_id.id,
                    move.company_id._ar_minor(move._ar_typed_total()),
                    own,
                    own,
                )
            )
        return papers

    def _ar_typed_total(self):
        """The total in company currency; while it is typed, core keeps it here alone."""
        if isinstance(self.id, int) or not self.tax_totals:
            return self.amount_total_signed
        return self.tax_totals["total_amount"]

    def _ar_debtors(self):
        return self.commercial_partner_id

    # -- posting --------------------------------------------------------------------------

    def _ar_check_posting(self):
        charging = self.filtered(lambda move: move.move_type in CHARGING)
        return charging._ar_pass_credit(super()._ar_check_posting)

    def _ar_posting_blocks(self):
        blocks = super()._ar_posting_blocks()
        for move, reasons in self._ar_credit_blocks().items():
            blocks.setdefault(move, []).extend(reasons)
        return blocks

    # -- buttons --------------------------------------------------------------------------

    def action_view_ar_releases(self):
        """Releases asked for and given for these documents."""
        self.check_access("read")
        self.env["ar.credit.release"].check_access("read")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "customer_ar_suite.ar_credit_release_action"
            ),
            "domain": [("move_id", "in", self.ids)],
            "context": {},
        }
