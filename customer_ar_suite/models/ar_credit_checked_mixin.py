from odoo import api, fields, models
from odoo.exceptions import UserError

from .ar_credit_check import VERDICTS


class ArCreditCheckedMixin(models.AbstractModel):
    """A document that raises what a customer owes: judged before it counts.

    The inheriting model says what stage of a sale it is, how the check looks at it
    (``_ar_papers``), whose headroom it takes, which of it still waits, and which method
    refuses it.
    """

    _name = "ar.credit.checked.mixin"
    _description = "Document under Credit Check"

    #: of the hold rules: "order" or "invoice"
    _ar_stage = None

    ar_credit_verdict = fields.Selection(
        VERDICTS,
        string="Credit Check",
        compute="_compute_ar_credit",
        search="_search_ar_credit_verdict",
    )
    ar_credit_text = fields.Text(string="Why It Is Held", compute="_compute_ar_credit")
    ar_release_requested = fields.Boolean(compute="_compute_ar_release_requested")

    # -- what the inheriting model says ---------------------------------------------------

    def _compute_ar_credit(self):
        raise NotImplementedError

    def _ar_papers(self):
        """A ``Paper`` for each of these that raises what is owed."""
        raise NotImplementedError

    def _ar_debtors(self):
        """The customers whose headroom these take."""
        raise NotImplementedError

    @api.model
    def _ar_waiting_domain(self):
        """Documents that do not count yet."""
        raise NotImplementedError

    # -- what is seen on a document -------------------------------------------------------

    def _compute_ar_release_requested(self):
        # sudo: that it has been asked for is told on the document
        releases = self.env["ar.credit.release"].sudo()
        field = releases._document_field(self)
        waiting = releases.search(
            [(field, "in", self._origin.ids), ("state", "=", "requested")]
        )[field]
        for document in self:
            document.ar_release_requested = document._origin in waiting

    def _search_ar_credit_verdict(self, operator, values):
        """Documents that wait, by what would become of them now."""
        if operator != "in":
            return NotImplemented
        # sudo: ids only; the reader's rules on documents apply to what is found
        waiting = self.sudo().search(
            [*self._ar_waiting_domain(), ("company_id", "in", self.env.companies.ids)]
        )
        judged = waiting._ar_judge_credit(alone=True)
        by_verdict = {document.id: found.verdict for document, found in judged.items()}
        found = [id_ for id_, one in by_verdict.items() if one in values]
        if "free" not in values:
            return [("id", "in", found)]
        return [("id", "not in", list(by_verdict.keys() - set(found)))]

    # -- judging --------------------------------------------------------------------------

    def _ar_judge_credit(self, alone=False):
        """{document: judgement} if these went on together, in this order.

        ``alone``: as if each went on by itself.
        """
        return self.env["ar.credit.check"]._judge(
            self._ar_papers(), self._ar_stage, alone=alone
        )

    def _ar_credit_blocks(self):
        """{document: sentences why it may not go on} of those that are held."""
        check = self.env["ar.credit.check"]
        blocks = {}
        for document, found in self.sorted("id")._ar_judge_credit().items():
            if found.verdict in ("approve", "block"):
                blocks[document] = check._sentences(found.hits, document.company_id)
                if found.verdict == "approve":
                    blocks[document].append(
                        self.env._("Ask for a release with the button on the document.")
                    )
        return blocks

    def _ar_pass_credit(self, refuse):
        """Run ``refuse`` while nobody else can take the headroom; keep what was seen.

        What passes uses its releases.

        :raises UserError: of ``refuse``, for what is held
        """
        if not self:
            return refuse()
        check, judgements = self.env["ar.credit.check"], self.env["ar.credit.judgement"]
        # sudo: whose headroom is taken
        check._lock(self.sudo()._ar_debtors().ids, self.company_id.ids)
        looks = check._look(self.sorted("id")._ar_papers(), self._ar_stage)
        try:
            result = refuse()
        except UserError:
            judgements._keep_refused(looks)
            raise
        judgements._keep(looks, "passed")
        releases = self.env["ar.credit.release"]._covering(self)
        self.env["ar.credit.release"].union(*releases.values())._use()
        return result

    # -- buttons --------------------------------------------------------------------------

    def action_ar_ask_release(self):
        """Ask somebody to let this document pass."""
        self.check_access("read")
        self.env["ar.credit.release.ask"].check_access("create")
        self.ensure_one()
        if self.ar_credit_verdict != "approve":
            raise UserError(self.env._("This document needs no release, or gets none."))
        field = self.env["ar.credit.release"]._document_field(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Request a Release"),
            "res_model": "ar.credit.release.ask",
            "view_mode": "form",
            "target": "new",
            "context": {f"default_{field}": self.id},
        }
