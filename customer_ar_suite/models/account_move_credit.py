from odoo import api, fields, models
from odoo.exceptions import UserError

from .ar_credit_check import VERDICTS, Paper

#: documents that raise what a customer owes
CHARGING = ("out_invoice", "out_receipt")


class AccountMove(models.Model):
    """Invoices are judged before they are posted, by whatever route."""

    _inherit = "account.move"
    _ar_stage = "invoice"

    ar_credit_verdict = fields.Selection(
        VERDICTS,
        string="Credit Check",
        compute="_compute_ar_credit",
        search="_search_ar_credit_verdict",
        groups="account.group_account_invoice,account.group_account_readonly",
    )
    ar_credit_text = fields.Text(
        string="Why It Is Held",
        compute="_compute_ar_credit",
        groups="account.group_account_invoice,account.group_account_readonly",
    )
    ar_release_requested = fields.Boolean(
        compute="_compute_ar_release_requested",
        groups="account.group_account_invoice,account.group_account_readonly",
    )

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
        judged = drafts._ar_judge_each()
        check = self.env["ar.credit.check"]
        for move in self:
            found = judged.get(move)
            move.ar_credit_verdict = found.verdict if found else "free"
            move.ar_credit_text = found and "\n".join(
                check._sentences(found.hits, move.company_id)
            )

    def _compute_ar_release_requested(self):
        # sudo: that it has been asked for is told on the document
        asked = self.env["ar.credit.release"].sudo()
        waiting = asked.search(
            [("move_id", "in", self._origin.ids), ("state", "=", "requested")]
        ).move_id
        for move in self:
            move.ar_release_requested = move._origin in waiting

    def _search_ar_credit_verdict(self, operator, values):
        """Drafts by what would become of them now."""
        if operator != "in":
            return NotImplemented
        # sudo: ids only; the reader's rules on entries apply to what is found
        drafts = self.sudo().search(
            [
                ("state", "=", "draft"),
                ("move_type", "in", CHARGING),
                ("company_id", "in", self.env.companies.ids),
            ]
        )
        judged = drafts._ar_judge_each()
        by_verdict = {move.id: found.verdict for move, found in judged.items()}
        found = [id_ for id_, one in by_verdict.items() if one in values]
        if "free" not in values:
            return [("id", "in", found)]
        return [("id", "not in", list(by_verdict.keys() - set(found)))]

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
                    move.company_id.root_id.id,
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

    def _ar_judge_credit(self):
        """What would become of these if they were posted together, in this order."""
        return self.env["ar.credit.check"]._judge(self._ar_papers(), "invoice")

    def _ar_judge_each(self):
        """What would become of each if it were posted alone."""
        return self.env["ar.credit.check"]._judge(
            self._ar_papers(), "invoice", alone=True
        )

    # -- posting --------------------------------------------------------------------------

    def _ar_check_posting(self):
        charging = self.filtered(lambda move: move.move_type in CHARGING)
        judgements = self.env["ar.credit.judgement"]
        looks = []
        if charging:
            # sudo: whose headroom is taken
            self.env["ar.credit.check"]._lock(
                charging.sudo().commercial_partner_id.ids,
                charging.sudo().company_id.root_id.ids,
            )
            papers = charging.sorted("id")._ar_papers()
            looks = self.env["ar.credit.check"]._look(papers, self._ar_stage)
        try:
            result = super()._ar_check_posting()
        except UserError:
            judgements._keep_refused(looks)
            raise
        judgements._keep(looks, "passed")
        if charging:
            releases = self.env["ar.credit.release"]._covering(charging)
            self.env["ar.credit.release"].union(*releases.values())._use()
        return result

    def _ar_posting_blocks(self):
        blocks = super()._ar_posting_blocks()
        check = self.env["ar.credit.check"]
        for move, found in self.sorted("id")._ar_judge_credit().items():
            if found.verdict in ("approve", "block"):
                reasons = check._sentences(found.hits, move.company_id)
                if found.verdict == "approve":
                    reasons.append(
                        self.env._("Ask for a release with the button on the document.")
                    )
                blocks.setdefault(move, []).extend(reasons)
        return blocks

    # -- buttons --------------------------------------------------------------------------

    def action_ar_ask_release(self):
        """Ask somebody to let this document pass."""
        self.check_access("read")
        self.env["ar.credit.release.ask"].check_access("create")
        self.ensure_one()
        if self.ar_credit_verdict != "approve":
            raise UserError(self.env._("This document needs no release, or gets none."))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Request a Release"),
            "res_model": "ar.credit.release.ask",
            "view_mode": "form",
            "target": "new",
            "context": {"default_move_id": self.id},
        }

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
