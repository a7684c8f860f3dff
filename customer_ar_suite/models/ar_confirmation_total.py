from odoo import fields, models


class ArConfirmationTotal(models.Model):
    """What a letter says in one currency, and what the customer says to it."""

    _name = "ar.confirmation.total"
    _description = "Confirmed Balance"
    _inherit = ["ar.locked.mixin", "ar.partner.rule.mixin"]
    _ar_partner_path = "confirmation_id.partner_id"
    _ar_is_money = True
    _order = "confirmation_id, id"
    _rec_name = "currency_id"

    confirmation_id = fields.Many2one(
        "ar.confirmation", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    owed_to_us_amount = fields.Monetary(string="Owed to Us", readonly=True)
    owed_by_us_amount = fields.Monetary(
        string="Owed by Us",
        readonly=True,
        help="Payments and credit notes of the customer that are not used yet.",
    )
    balance_amount = fields.Monetary(string="Our Balance", readonly=True)
    is_answered = fields.Boolean(readonly=True)
    reply_amount = fields.Monetary(string="Their Balance", readonly=True)
    difference_amount = fields.Monetary(string="Difference", readonly=True)
    explained_amount = fields.Monetary(
        string="Explained",
        readonly=True,
        help="Part of the difference that the lines of the reply give a reason for.",
    )

    def _clear(self):
        """Nothing is answered any more."""
        self._set(
            is_answered=False, reply_amount=0, difference_amount=0, explained_amount=0
        )
