import base64
import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.mimetypes import guess_mimetype

from ..engine.approval import payload_hash

DOCUMENTS = ("application/pdf", "image/png", "image/jpeg", "image/tiff", "image/webp")
MOST_BYTES = 20 * 1024 * 1024
REASONS = [
    ("payment_in_transit", "Payment on its way"),
    ("goods_in_transit", "Goods or invoice on their way"),
    ("not_received", "Invoice not received"),
    ("price", "Price or quantity disputed"),
    ("goods_returned", "Goods returned, credit note missing"),
    ("credit_missing", "Credit note or discount missing"),
    ("other_period", "Booked in another period"),
    ("unknown", "Not in our books"),
    ("error", "Booking error"),
    ("other", "Other"),
]


class ArConfirmationReply(models.Model):
    """What a customer answered, as staff entered it: bound to the letter's fingerprint.

    Written once. A reply that was entered wrongly is set aside, not corrected.
    """

    _name = "ar.confirmation.reply"
    _description = "Reply to a Balance Confirmation"
    _inherit = ["ar.locked.mixin", "ar.partner.rule.mixin"]
    _ar_partner_path = "confirmation_id.partner_id"
    _ar_is_money = True
    _order = "id desc"
    _rec_name = "signer_name"

    confirmation_id = fields.Many2one(
        "ar.confirmation", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    answer = fields.Selection(
        [("agreed", "Agrees"), ("differing", "Differs")], required=True, readonly=True
    )
    is_current = fields.Boolean(
        string="Counts", default=True, readonly=True, help="Not set aside."
    )
    signer_name = fields.Char(string="Signed by", required=True, readonly=True)
    signer_title = fields.Char(string="Job Title", readonly=True)
    replied_on = fields.Date(string="Date on the Reply", required=True, readonly=True)
    with_chop = fields.Boolean(string="Company Chop", readonly=True)
    note = fields.Text(readonly=True)
    document = fields.Binary(string="Scan of the Reply", attachment=True, readonly=True)
    document_name = fields.Char(string="File Name", readonly=True)
    document_hash = fields.Char(string="Fingerprint of the Scan", readonly=True)
    line_ids = fields.One2many(
        "ar.confirmation.reply.line", "reply_id", string="Differences", readonly=True
    )
    entered_by_id = fields.Many2one(
        "res.users", string="Entered by", required=True, readonly=True
    )
    entered_at = fields.Datetime(string="Entered on", required=True, readonly=True)
    snapshot_hash = fields.Char(
        string="Fingerprint of the Letter",
        required=True,
        readonly=True,
        help="Of the figures the customer answered to.",
    )
    amounts = fields.Json(readonly=True)
    reply_hash = fields.Char(
        string="Fingerprint of the Reply", required=True, readonly=True
    )
    is_intact = fields.Boolean(
        string="Unchanged",
        compute="_compute_is_intact",
        help="Reply and scan are as they were entered, and belong to this letter.",
    )

    @api.depends("reply_hash")
    def _compute_is_intact(self):
        for reply in self:
            # sudo: the bytes of the scan are compared, not shown
            known = reply.sudo().with_context(bin_size=False)
            scan = base64.b64decode(known.document or b"")
            reply.is_intact = (
                known.snapshot_hash == known.confirmation_id.snapshot_hash
                and (known.document_hash or "") == (_sha256(scan) if scan else "")
                and known.reply_hash == known._hash()
            )

    def _hash(self):
        """One value for everything that was entered."""
        self.ensure_one()
        return payload_hash(
            [
                [self.confirmation_id.id, self.snapshot_hash, self.answer],
                [self.signer_name, self.signer_title or "", str(self.replied_on)],
                [self.with_chop, self.note or "", self.document_hash or ""],
                sorted((self.amounts or {}).items()),
                [line._plain() for line in self.line_ids.sorted("id")],
                [self.entered_by_id.id, fields.Datetime.to_string(self.entered_at)],
            ]
        )

    @api.model
    def _enter(self, letter, values, amounts, lines, document=None):
        """Write down the reply to ``letter``; the caller checked who asks.

        :param amounts: what the customer's books say, by currency
        :param document: scan of the reply, bytes
        """
        _check_document(self.env, document)
        reply = self._insert(
            [
                {
                    **values,
                    "confirmation_id": letter.id,
                    "company_id": letter.company_id.id,
                    "snapshot_hash": letter.snapshot_hash,
                    "amounts": {
                        currency.name: amount for currency, amount in amounts.items()
                    },
                    "document": document and base64.b64encode(document),
                    "document_hash": _sha256(document) if document else False,
                    "entered_by_id": self.env.uid,
                    "entered_at": fields.Datetime.now(),
                    "reply_hash": "-",
                }
            ]
        )
        reply.line_ids._insert(
            [
                {**line, "reply_id": reply.id, "company_id": reply.company_id.id}
                for line in lines
            ]
        )
        reply.invalidate_recordset(["line_ids"])
        reply._set(reply_hash=reply._hash())
        return reply

    def _set_aside(self):
        self._set(is_current=False)

    def action_open_document(self):
        """The scan, in the browser."""
        self.check_access("read")
        self.ensure_one()
        self._ar_check_export()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/document",
            "target": "new",
        }


class ArConfirmationReplyLine(models.Model):
    """One difference: our item against theirs, and why."""

    _name = "ar.confirmation.reply.line"
    _description = "Difference in a Reply"
    _inherit = ["ar.locked.mixin", "ar.partner.rule.mixin"]
    _ar_partner_path = "reply_id.confirmation_id.partner_id"
    _ar_is_money = True
    _order = "reply_id desc, id"
    _rec_name = "reason"

    reply_id = fields.Many2one(
        "ar.confirmation.reply",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    confirmation_id = fields.Many2one(related="reply_id.confirmation_id", store=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    move_id = fields.Many2one(
        "account.move", string="Our Document", readonly=True, ondelete="set null"
    )
    our_reference = fields.Char(string="Our Number", readonly=True)
    our_amount = fields.Monetary(readonly=True)
    their_reference = fields.Char(string="Their Number", readonly=True)
    their_amount = fields.Monetary(readonly=True)
    difference_amount = fields.Monetary(string="Difference", readonly=True)
    reason = fields.Selection(REASONS, required=True, readonly=True)
    note = fields.Char(string="Remark", readonly=True)

    def action_open_letter(self):
        """The letter that was answered."""
        self.check_access("read")
        self.ensure_one()
        return self.confirmation_id._get_records_action(context={})

    def _plain(self):
        return [
            self.currency_id.name,
            [self.our_reference or "", repr(self.our_amount)],
            [self.their_reference or "", repr(self.their_amount)],
            [self.reason, self.note or ""],
        ]


def _check_document(env, document):
    """A scan is a picture or a PDF, and not endless; it is kept, never opened by us."""
    if not document:
        return
    if len(document) > MOST_BYTES:
        raise UserError(
            env._("The scan has more than 20 MB. Scan it with less detail.")
        )
    if guess_mimetype(document) not in DOCUMENTS:
        raise UserError(env._("Attach the reply as PDF, PNG, JPEG, TIFF or WebP."))


def _sha256(content):
    return hashlib.sha256(content).hexdigest()
