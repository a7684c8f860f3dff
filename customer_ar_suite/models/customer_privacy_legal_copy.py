import hashlib
import json

from odoo import api, fields, models


class CustomerPrivacyLegalCopy(models.Model):
    """To whom a kept invoice was addressed: all that the law orders to keep of a person.

    Invoices show their customer live; after an erasure that is a pseudonym. The name and
    address the law wants on a document lie here, for auditors and administrators only, and
    are deleted on the day the retention period is over.
    """

    _name = "customer.privacy.legal.copy"
    _description = "Addressee of a Kept Document"
    _inherit = ["ar.locked.mixin", "ar.partner.rule.mixin"]
    _order = "keep_until, id"
    _rec_name = "document"

    partner_id = fields.Many2one(
        "res.partner", string="Person", required=True, index=True, ondelete="restrict"
    )
    move_id = fields.Many2one(
        "account.move", string="Invoice", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one("res.company", required=True, ondelete="restrict")
    document = fields.Char(required=True)
    name = fields.Char(string="Addressee", required=True)
    address = fields.Text()
    tax_number = fields.Char(string="Tax ID of the Addressee")
    keep_until = fields.Date(string="Kept until", required=True, index=True)
    fingerprint = fields.Char(string="SHA-256", required=True)

    @api.model
    def _keep(self, moves, until):
        """Write down the addressees of ``moves``; those written already stay.

        :param until: {id of the move: last day of keeping it}
        """
        # sudo: nobody may write legal copies but erasures, which were checked
        copies = self.sudo()
        done = copies.search([("move_id", "in", moves.ids)]).move_id
        copies._insert([self._values(move, until[move.id]) for move in moves - done])

    def _values(self, move, keep_until):
        partner = move.partner_id
        facts = {
            "document": move.name or "/",
            "name": partner.complete_name or partner.name or "/",
            "address": partner._display_address(without_company=True).strip(),
            "tax_number": partner.vat or False,
        }
        text = json.dumps(facts, sort_keys=True, ensure_ascii=False)
        return {
            **facts,
            "partner_id": partner.id,
            "move_id": move.id,
            "company_id": move.company_id.id,
            "keep_until": keep_until,
            "fingerprint": hashlib.sha256(text.encode()).hexdigest(),
        }

    @api.autovacuum
    def _gc_over(self):
        """The law asks no longer: name, address and the files of the document go."""
        over = self.search([("keep_until", "<", fields.Date.context_today(self))])
        if not over:
            return
        files = self.env["ir.attachment"].search(
            [
                ("id", "!=", 0),  # the files of binary fields too
                ("res_model", "=", "account.move"),
                ("res_id", "in", over.move_id.ids),
            ]
        )
        self.env["customer.audit.entry"]._ar_log(
            "privacy.retention_over",
            over.partner_id,
            by_record={
                partner.id: {"documents": rows.mapped("document")}
                for partner, rows in over.grouped("partner_id").items()
            },
        )
        files.unlink()
        over.unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        """Deleted when the period is over, not a day before."""
        today = fields.Date.context_today(self)
        if any(row.keep_until >= today for row in self):
            self._refuse()
