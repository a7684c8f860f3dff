from odoo import api, fields, models
from odoo.exceptions import UserError


class ArNettingPropose(models.TransientModel):
    """How much to set off, in which currency, on which day: makes a draft entry."""

    _name = "ar.netting.propose"
    _inherit = "ar.wizard.company.mixin"
    _description = "Propose an Offset"

    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, readonly=True
    )
    allowed_currency_ids = fields.Many2many(
        "res.currency", compute="_compute_allowed_currency_ids"
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        compute="_compute_currency_id",
        store=True,
        readonly=False,
        domain="[('id', 'in', allowed_currency_ids)]",
    )
    receivable_item_ids = fields.Many2many(
        "account.move.line", compute="_compute_items", string="Owed by the Customer"
    )
    payable_item_ids = fields.Many2many(
        "account.move.line", compute="_compute_items", string="Owed to the Customer"
    )
    receivable_amount = fields.Monetary(
        string="Customer Owes", compute="_compute_items"
    )
    payable_amount = fields.Monetary(string="We Owe", compute="_compute_items")
    most_amount = fields.Monetary(string="At Most", compute="_compute_items")
    amount = fields.Monetary(
        string="Set Off",
        compute="_compute_amount",
        store=True,
        readonly=False,
        required=True,
    )
    date = fields.Date(
        required=True, default=lambda self: fields.Date.context_today(self)
    )
    journal_id = fields.Many2one(
        "account.journal",
        required=True,
        check_company=True,
        domain="[('type', '=', 'general'), ('company_id', '=', company_id)]",
        compute="_compute_journal_id",
        store=True,
        readonly=False,
    )

    @api.model
    def _currencies(self, customer):
        """The currencies in which this customer both owes and is owed."""
        items = self.env["ar.netting"]._items(customer, self.env.company)
        first, *others = items.values()
        shared = first.currency_id
        for other in others:
            shared &= other.currency_id
        return shared

    @api.depends("partner_id", "company_id")
    def _compute_allowed_currency_ids(self):
        for wizard in self:
            wizard.allowed_currency_ids = wizard._currencies(wizard.partner_id)

    @api.depends("allowed_currency_ids")
    def _compute_currency_id(self):
        for wizard in self:
            allowed = wizard.allowed_currency_ids
            own = wizard.company_id.currency_id
            wizard.currency_id = own if own in allowed else allowed[:1]

    @api.depends("partner_id", "company_id", "currency_id")
    def _compute_items(self):
        nettings = self.env["ar.netting"]
        for wizard in self:
            currency = wizard.currency_id
            empty = dict.fromkeys(("asset_receivable", "liability_payable"), [])
            items = (
                nettings._items(wizard.partner_id, wizard.company_id, currency)
                if currency
                else empty
            )
            wizard.receivable_item_ids = items["asset_receivable"]
            wizard.payable_item_ids = items["liability_payable"]
            wizard.receivable_amount = sum(
                wizard.receivable_item_ids.mapped("amount_residual_currency")
            )
            wizard.payable_amount = -sum(
                wizard.payable_item_ids.mapped("amount_residual_currency")
            )
            wizard.most_amount = (
                nettings._most(wizard.partner_id, wizard.company_id, currency)
                if currency
                else 0
            )

    @api.depends("most_amount")
    def _compute_amount(self):
        for wizard in self:
            wizard.amount = wizard.most_amount

    @api.depends("company_id")
    def _compute_journal_id(self):
        for wizard in self:
            wizard.journal_id = self.env["account.journal"].search(
                [("type", "=", "general"), ("company_id", "=", wizard.company_id.id)],
                limit=1,
            )

    def action_propose(self):
        """Make the draft entry and show it with what it would settle."""
        nettings = self.env["ar.netting"]
        nettings._check_accountant()
        self.check_access("read")
        self.ensure_one()
        self._check_company_active()
        self.partner_id.check_access("read")
        self.journal_id.check_access("read")
        if self.journal_id.type != "general":
            raise UserError(self.env._("Choose a journal of miscellaneous entries."))
        netting = nettings._propose(
            self.partner_id.commercial_partner_id,
            self.company_id,
            self.currency_id,
            self.date,
            self.journal_id,
            self.amount,
        )
        return netting._get_records_action(context={})
