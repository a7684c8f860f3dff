from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command, Domain

from ..engine.matching.adjustments import Limit
from ..engine.money import to_minor

_PREFIX = "customer_ar_suite.customer_ar_suite_group_"
_ADMINISTRATOR = f"{_PREFIX}administrator"


class ArAdjustmentType(models.Model):
    """Why less money comes than is owed, or more: a reason, its account, its limits.

    A reason can be chosen once it has an account. What a role may deduct with it per
    customer and day stands in its limits; beyond them somebody else has to approve.
    """

    _name = "ar.adjustment.type"
    _description = "Adjustment Reason"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(string="Reason", required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection(
        [
            ("write_off", "Write-off"),
            ("discount", "Early Payment Discount"),
            ("bank_fee", "Bank Charge"),
            ("withholding", "Tax Withheld by the Customer"),
            ("exchange", "Exchange Difference"),
        ],
        required=True,
        default="write_off",
    )
    account_id = fields.Many2one(
        "account.account",
        check_company=True,
        domain="[('account_type', 'not in', "
        "('asset_receivable', 'liability_payable', 'asset_cash', 'off_balance'))]",
        help="Where what is not paid goes. Without an account the reason cannot be chosen.",
    )
    gain_account_id = fields.Many2one(
        "account.account",
        string="Account for Overpayments",
        check_company=True,
        domain="[('account_type', 'not in', "
        "('asset_receivable', 'liability_payable', 'asset_cash', 'off_balance'))]",
        help="Where it goes if the customer pays more than he owes. Empty: the same account.",
    )
    tax_mode = fields.Selection(
        [
            ("none", "Leave the Tax as It Is"),
            ("invoice", "Reduce the Tax of the Invoice"),
            ("terms", "As the Payment Terms Say"),
        ],
        string="Tax Handling",
        required=True,
        default="none",
        help="Reduce the tax: the amount is split into net and tax as the invoice is.",
    )
    needs_note = fields.Boolean(
        string="Explanation Required",
        help="Whoever chooses the reason says more about it.",
    )
    is_proposed = fields.Boolean(
        string="Proposed by Matching",
        help="Matching proposes this reason for differences up to the tolerance; discounts "
        "only as the payment terms allow them. A human always accepts them.",
    )
    tolerance_amount = fields.Monetary(help="The largest difference proposed.")
    tolerance_percent = fields.Float(
        digits=(5, 2), default=1.0, help="Of what is open on the items paid."
    )
    limit_ids = fields.One2many("ar.adjustment.limit", "type_id", string="Limits")
    used_at = fields.Datetime(readonly=True, copy=False)

    @api.constrains("tolerance_amount", "tolerance_percent")
    def _check_tolerance(self):
        for one in self:
            if one.tolerance_amount < 0 or not 0 <= one.tolerance_percent <= 100:
                raise ValidationError(
                    self.env._("A tolerance is an amount and a share from 0 to 100 %%.")
                )

    # -- shipped reasons --------------------------------------------------------------------

    def action_load_usual(self):
        """Make the usual reasons for the active company, those it does not have yet."""
        if not self.env.user.has_group(_ADMINISTRATOR):
            raise AccessError(
                self.env._("Only administrators of the suite set up reasons.")
            )
        self.check_access("create")
        company = self.env.company
        known = self.with_context(active_test=False).search(
            [("company_id", "=", company.id)]
        )
        kinds = set(known.mapped("kind"))
        self.create(
            [
                {**vals, "company_id": company.id}
                for vals in self._usual_vals(company)
                if vals["kind"] not in kinds
            ]
        )
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def _usual_vals(self, company):
        """Reasons every company knows, with the accounts its chart names for them."""
        exchange = company.expense_currency_exchange_account_id
        return [
            {
                "kind": "discount",
                "name": self.env._("Early payment discount"),
                "account_id": company.account_journal_early_pay_discount_loss_account_id.id,
                "tax_mode": "terms",
                "is_proposed": True,
                "sequence": 10,
                "limit_ids": self._usual_limits(500, 50, 5000),
            },
            {
                "kind": "bank_fee",
                "name": self.env._("Bank charge"),
                "sequence": 20,
                "limit_ids": self._usual_limits(30, 30, 100),
            },
            {
                "kind": "write_off",
                "name": self.env._("Small difference"),
                "tax_mode": "none",
                "sequence": 30,
                "limit_ids": self._usual_limits(5, 20, 500),
            },
            {
                "kind": "withholding",
                "name": self.env._("Withholding tax"),
                "needs_note": True,
                "sequence": 40,
                "limit_ids": self._usual_limits(0, 0, 5000),
            },
            {
                "kind": "exchange",
                "name": self.env._("Exchange difference"),
                "account_id": exchange.id,
                "gain_account_id": company.income_currency_exchange_account_id.id,
                "sequence": 50,
                "limit_ids": self._usual_limits(5, 50, 500),
            },
        ]

    def _usual_limits(self, clerk, accountant, manager):
        limits = [
            ("ar_clerk", clerk, False),
            ("ar_accountant", accountant, False),
            ("credit_manager", manager, False),
            ("administrator", 0, True),
        ]
        return [
            Command.create(
                {
                    "group_id": self.env.ref(f"{_PREFIX}{role}").id,
                    "amount": amount,
                    "is_unlimited": unlimited,
                }
            )
            for role, amount, unlimited in limits
            if amount or unlimited
        ]

    # -- used by flows ----------------------------------------------------------------------

    @api.model
    def _usable(self, company):
        """The reasons that can be chosen in a company."""
        return self.search(
            Domain("company_id", "=", company.id) & Domain("account_id", "!=", False)
        )

    def _account(self, amount):
        """Where an adjustment goes: with its sign, positive means less is paid."""
        self.ensure_one()
        if amount < 0:
            return self.gain_account_id or self.account_id
        return self.account_id

    def _limits_of(self, user):
        """What the roles of a user allow him with this reason.

        :rtype: list[Limit]
        """
        self.ensure_one()
        digits = self.company_id.currency_id.decimal_places
        # sudo: which roles a user has, and what they may, is compared and not shown
        mine = user.sudo().all_group_ids
        return [
            Limit(
                to_minor(limit.amount, digits),
                to_minor(limit.percent, 1),
                limit.is_unlimited,
            )
            # sudo: as above
            for limit in self.sudo().limit_ids
            if limit.group_id in mine
        ]

    def _mark_used(self):
        """Touch the rows: two who use up one limit at the same moment collide here."""
        # sudo: a counter; whoever deducts need not be able to change reasons
        self.sudo().write({"used_at": fields.Datetime.now()})

    def _check_usable(self, company):
        for one in self:
            if one.company_id != company or not one.account_id or not one.active:
                raise UserError(
                    self.env._(
                        "“%(reason)s” cannot be chosen here: it has no account, is archived "
                        "or belongs to another company.",
                        reason=one.name,
                    )
                )


class ArAdjustmentLimit(models.Model):
    """What a role may deduct with a reason, from one customer on one day."""

    _name = "ar.adjustment.limit"
    _description = "Adjustment Limit"
    _order = "type_id, amount, id"

    type_id = fields.Many2one(
        "ar.adjustment.type",
        string="Reason",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="type_id.company_id", store=True, precompute=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    group_id = fields.Many2one(
        "res.groups", string="Role", required=True, ondelete="cascade"
    )
    amount = fields.Monetary(
        string="Per Customer and Day", help="In the company's currency."
    )
    percent = fields.Float(
        string="Share (%)",
        digits=(5, 1),
        default=100.0,
        help="Of what is open on the item. 100: no limit of its own.",
    )
    is_unlimited = fields.Boolean(string="Without Limit")

    _role_once = models.Constraint(
        "UNIQUE(type_id, group_id)", "Each role has one limit per reason."
    )
    _amount_not_negative = models.Constraint(
        "CHECK(amount >= 0 AND percent >= 0 AND percent <= 100)",
        "A limit is an amount from 0 on and a share from 0 to 100 percent.",
    )
