from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

#: what only the profile's own steps write
HOLD_FIELDS = frozenset({"is_on_hold", "hold_reason", "hold_by_id", "hold_since"})
OWNER_FIELDS = frozenset({"partner_id", "company_id"})


class ArCreditProfile(models.Model):
    """How much one company risks with one customer.

    The limit kept here is the truth; Odoo's own *Credit Limit* follows it, and what is
    written there follows back (``ar_credit_limit.py``). Exposure and headroom are never
    stored: they are true when they are looked at.
    """

    _name = "ar.credit.profile"
    _description = "Credit Profile"
    _inherit = ["mail.thread", "ar.partner.rule.mixin"]
    _ar_is_money = True
    _rec_name = "partner_id"
    _order = "partner_id, id"
    _check_company_auto = True

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="cascade",
        domain=[("parent_id", "=", False)],
        check_company=True,
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company.root_id,
        domain=[("parent_id", "=", False)],
        help="Branches share their company's profile: what they invoice counts here.",
    )
    currency_id = fields.Many2one(
        "res.currency",
        string="Limit Currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
        tracking=True,
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    limit_amount = fields.Monetary(
        string="Credit Limit",
        tracking=True,
        help="The highest exposure. Zero: no limit has been set, nothing is compared. It is "
        "the limit Odoo shows on the customer, too.",
    )
    valid_from = fields.Date(tracking=True)
    valid_to = fields.Date(
        string="Valid until",
        tracking=True,
        help="The limit is to be looked at again by then; a hold rule may stop documents "
        "after that day.",
    )
    family_id = fields.Many2one(
        "ar.credit.family",
        string="Customer Family",
        index="btree_not_null",
        check_company=True,
        ondelete="set null",
        tracking=True,
        help="Customers that belong together share a limit besides their own.",
    )
    temporary_limit_ids = fields.One2many(
        "ar.credit.temporary.limit", "profile_id", string="Temporary Limits"
    )
    cover_ids = fields.One2many("ar.credit.cover", "profile_id")
    is_on_hold = fields.Boolean(string="On Hold", readonly=True, tracking=True)
    hold_reason = fields.Char(readonly=True, tracking=True)
    hold_by_id = fields.Many2one(
        "res.users", string="Put on Hold by", readonly=True, ondelete="restrict"
    )
    hold_since = fields.Datetime(string="On Hold since", readonly=True)
    asked_json = fields.Json(readonly=True, groups=".")
    version = fields.Integer(
        readonly=True,
        default=0,
        help="Counts decisions on this customer's headroom, so that two at the same moment "
        "do not both take it.",
    )
    note = fields.Text(string="Notes")
    # -- live figures, in company currency
    exposure_amount = fields.Monetary(
        string="Exposure",
        currency_field="company_currency_id",
        compute="_compute_exposure",
        search="_search_exposure_amount",
        help="Open items less unapplied cash, bills in hand, draft invoices and, where "
        "sales orders are used, orders not invoiced. All contacts together.",
    )
    allowed_amount = fields.Monetary(
        string="Allowed Exposure",
        currency_field="company_currency_id",
        compute="_compute_exposure",
        help="Limit, temporary limits and cover, at today's rate.",
    )
    headroom_amount = fields.Monetary(
        string="Headroom",
        currency_field="company_currency_id",
        compute="_compute_exposure",
        search="_search_headroom_amount",
        help="What is left of the allowed exposure; negative: exceeded.",
    )
    used_percent = fields.Integer(
        string="Used (%)", compute="_compute_exposure", search="_search_used_percent"
    )
    open_items_amount = fields.Monetary(
        string="Invoices and Entries",
        currency_field="company_currency_id",
        compute="_compute_exposure",
    )
    unapplied_amount = fields.Monetary(
        string="Unapplied Cash and Credits",
        currency_field="company_currency_id",
        compute="_compute_exposure",
    )
    bills_amount = fields.Monetary(
        string="Bills and Cheques",
        currency_field="company_currency_id",
        compute="_compute_exposure",
    )
    draft_invoices_amount = fields.Monetary(
        string="Draft Invoices",
        currency_field="company_currency_id",
        compute="_compute_exposure",
    )
    orders_amount = fields.Monetary(
        string="Orders not Invoiced",
        currency_field="company_currency_id",
        compute="_compute_exposure",
    )
    overdue_amount = fields.Monetary(
        string="Overdue",
        currency_field="company_currency_id",
        compute="_compute_exposure",
    )
    oldest_due_date = fields.Date(compute="_compute_exposure")
    temporary_amount = fields.Monetary(
        string="Temporary Limit",
        compute="_compute_ceiling",
        help="Granted for today, on top of the limit.",
    )
    cover_amount = fields.Monetary(
        string="Cover in Force",
        compute="_compute_ceiling",
        help="What insurers and guarantors would pay.",
    )
    limit_state = fields.Selection(
        [
            ("none", "No Limit"),
            ("valid", "Valid"),
            ("early", "Not Yet Valid"),
            ("expired", "Expired"),
        ],
        string="Validity",
        compute="_compute_limit_state",
        search="_search_limit_state",
    )
    pending_limit_text = fields.Char(compute="_compute_pending_limit_text")
    payment_term_id = fields.Many2one(
        "account.payment.term", compute="_compute_terms", string="Payment Terms"
    )
    trust = fields.Selection(
        lambda self: self.env["res.partner"]
        ._fields["trust"]
        ._description_selection(self.env),
        compute="_compute_terms",
    )
    hold_text = fields.Char(string="Why on Hold", compute="_compute_hold_text")

    _partner_company_uniq = models.Constraint(
        "UNIQUE(partner_id, company_id)",
        "The customer has a credit profile in this company already.",
    )
    _limit_positive = models.Constraint(
        "CHECK(limit_amount >= 0)", "A credit limit is not negative."
    )
    _validity = models.Constraint(
        "CHECK(valid_to >= valid_from)", "The limit ends before it begins."
    )

    @api.constrains("company_id")
    def _check_keeps_books(self):
        if any(profile.company_id.parent_id for profile in self):
            raise ValidationError(
                self.env._(
                    "Branches share the credit profiles of their company. Choose the company "
                    "at the top."
                )
            )

    # -- what is not written by hand ------------------------------------------------------

    def _check_writable(self, vals):
        if vals.keys() & HOLD_FIELDS:
            raise UserError(
                self.env._("A customer is put on hold and let go by the buttons.")
            )
        if vals.keys() & {"version", "asked_json"}:
            raise UserError(self.env._("This is kept by the suite alone."))

    # -- hold of the customer -------------------------------------------------------------

    def action_release_hold(self):
        """Let the customers' documents pass again."""
        self.check_access("write")
        self._set_hold(False, "")
        return True

    def _set_hold(self, is_on_hold, reason):
        for profile in self:
            was = profile.hold_reason or ""
            profile._keep(
                {
                    "is_on_hold": is_on_hold,
                    "hold_reason": reason or False,
                    "hold_by_id": is_on_hold and self.env.uid,
                    "hold_since": is_on_hold and fields.Datetime.now(),
                }
            )
            self.env["customer.audit.entry"]._ar_log(
                "credit.hold" if is_on_hold else "credit.unhold",
                profile,
                {"reason": reason or was},
            )
