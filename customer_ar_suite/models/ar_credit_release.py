from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine.credit_hold import Hit
from .ar_credit_grant_mixin import APPROVERS

TODO = "mail.mail_activity_data_todo"


class ArCreditRelease(models.Model):
    """A held document passes: once, up to an amount, until a day.

    What the rules had found when it was asked for is kept with it.
    """

    _name = "ar.credit.release"
    _description = "Credit Release"
    _inherit = ["ar.credit.grant.mixin", "mail.thread", "mail.activity.mixin"]
    _grant_event = "credit.release"
    _order = "id desc"
    _rec_name = "document_name"
    _mail_post_access = "read"

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    document_name = fields.Char(string="Document", readonly=True)
    asked_amount = fields.Monetary(string="Requested Amount", readonly=True)
    amount = fields.Monetary(
        string="Released up to",
        readonly=True,
        help="In company currency. A document over more is held again.",
    )
    used_at = fields.Datetime(string="Used on", readonly=True)
    hits_json = fields.Json(readonly=True, groups=".")
    hits_text = fields.Text(string="Why It Was Held", compute="_compute_hits_text")

    @api.depends("hits_json")
    @api.depends_context("lang")
    def _compute_hits_text(self):
        # sudo: the sentences tell readers of a release what was found
        for release in self.sudo():
            found = [Hit(*hit) for hit in release.hits_json or ()]
            release.hits_text = "\n".join(
                self.env["ar.credit.check"]._sentences(found, release.company_id)
            )

    @api.depends(lambda self: ("document_name", *self._document_fields()))
    @api.depends_context("lang")
    def _compute_display_name(self):
        """The document's name in the reader's language; once it is gone, the name it had."""
        for release in self:
            # sudo: the release tells the name of its document to all who may read it
            document = release.sudo()._document()
            release.display_name = (
                document.display_name if document else release.document_name
            )

    # -- documents ------------------------------------------------------------------------

    @api.model
    def _document_field(self, record):
        """The field that points to such a document."""
        for name in self._document_fields():
            if self._fields[name].comodel_name == record._name:
                return name
        return None

    @api.model
    def _document_values(self, record):
        return {self._document_field(record): record.id}

    @api.model
    def _request(self, vals):
        """One open request per document; those who decide are told."""
        field = next(name for name in self._document_fields() if vals.get(name))
        # sudo: whether somebody has asked already
        if self.sudo().search_count(
            [(field, "=", vals[field]), ("state", "=", "requested")], limit=1
        ):
            raise UserError(self.env._("A release has been requested already."))
        release = self._ask([vals])
        document = release._document()
        looks = self.env["ar.credit.check"]._look(
            document._ar_papers(), document._ar_stage
        )
        self.env["ar.credit.judgement"]._keep(looks, "asked")
        release._tell_approvers()
        return release

    def _tell_approvers(self):
        """A reminder for the credit managers of the company; no e-mail."""
        # sudo: who asks need not see who decides
        group = self.env.ref(APPROVERS[0]).sudo()
        # sudo: the mixin's own rows
        for release in self.sudo().with_context(mail_activity_quick_update=True):
            for user in group.user_ids.filtered("active") - release.requested_by_id:
                if release.company_id in user.company_ids:
                    release.activity_schedule(
                        TODO,
                        date_deadline=release.valid_to,
                        summary=self.env._("Decide on a credit release"),
                        user_id=user.id,
                    )

    def _decide(self, state, note="", **vals):
        result = super()._decide(state, note, **vals)
        self.sudo().activity_unlink([TODO])  # sudo: nobody is reminded any more
        return result

    @api.model
    def _document_fields(self):
        """Fields that point to held documents; extend for further kinds."""
        return ["move_id"]

    def _document(self):
        """What was held."""
        self.ensure_one()
        for name in self._document_fields():
            if self[name]:
                return self[name]
        return None

    @api.model
    def _covering(self, records):
        """{document: release in force}, the largest one where there are several."""
        if not records:
            return {}
        field = self._document_field(records)
        # sudo: whether a document may pass does not depend on who posts it
        releases = self.sudo().search(
            [
                (field, "in", records.ids),
                ("state", "=", "approved"),
                ("valid_to", ">=", fields.Date.context_today(self)),
            ],
            order="amount",
        )
        return {release[field]: release for release in releases}

    def _known_codes(self):
        """What was known of the document when its release was asked for."""
        # sudo: compared, not shown
        return sorted({Hit(*hit).code for hit in self.sudo().hits_json or ()})

    def _left(self):
        """Up to which amount it lets pass."""
        return self.amount

    def _use(self):
        """The document has passed: it does so once."""
        if self:
            # sudo: whoever posts uses it
            self.sudo()._set(state="used", used_at=fields.Datetime.now())
            self._log_step("use")

    def action_open_document(self):
        """The held document."""
        self.check_access("read")
        self.ensure_one()
        document = self._document()
        if not document:
            raise UserError(self.env._("The document is gone."))
        return document.get_formview_action()

    def action_approve(self):
        """Ask for amount and day, then let it pass."""
        return self._ask_decision("approved")

    def action_reject(self):
        """Ask why, then refuse."""
        return self._ask_decision("rejected")

    def _ask_decision(self, verdict):
        self.check_access("read")
        self._check_approver()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Release")
            if verdict == "approved"
            else self.env._("Refuse"),
            "res_model": "ar.credit.decide",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_release_id": self.id,
                "default_verdict": verdict,
            },
        }
