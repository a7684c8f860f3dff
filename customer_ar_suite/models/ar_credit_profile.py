import operator as op
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine.exposure import Ceiling, Parts, position
from ..engine.money import from_minor, to_minor

#: what only the profile's own steps write
HOLD_FIELDS = frozenset({"is_on_hold", "hold_reason", "hold_by_id", "hold_since"})
OWNER_FIELDS = frozenset({"partner_id", "company_id"})
COMPARISONS = {
    "=": op.eq,
    "!=": op.ne,
    "<": op.lt,
    "<=": op.le,
    ">": op.gt,
    ">=": op.ge,
    "in": lambda figure, values: figure in values,
}
#: figures of an exposure as fields: component of the engine → field
PART_FIELDS = {name: f"{name}_amount" for name in Parts._fields}


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
        "res.company", required=True, default=lambda self: self.env.company
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
    cover_ids = fields.One2many("ar.credit.cover", "profile_id", string="Cover")
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
        string="Trust",
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

    # -- live figures ---------------------------------------------------------------------

    def _positions(self, today):
        """{profile: (Parts, Position, exposure row or None)}, one question for all."""
        ledger = self.env["ar.ledger"]
        rows = ledger._exposures(today, self.partner_id.ids, self.company_id.ids)
        allowed = self._ceilings(today)
        found = {}
        for profile in self:
            row = rows.get((profile.partner_id.id, profile.company_id.id))
            parts = row.parts if row else Parts()
            found[profile] = (parts, position(parts, allowed[profile]), row)
        return found

    def _ceilings(self, today):
        """{profile: Ceiling} in company currency; each profile is converted once."""
        granted, covers = self._granted(today), self._covered(today)
        ceilings = {}
        for profile in self:
            limit, digits = profile.limit_amount, profile.currency_id.decimal_places
            if not limit:
                ceilings[profile] = Ceiling()
                continue
            shares = [
                to_minor(limit, digits),
                granted.get(profile.id, 0),
                covers.get(profile.id, 0),
            ]
            ceilings[profile] = Ceiling(*profile._to_company(shares, today))
        return ceilings

    def _to_company(self, amounts, today):
        """Minor units of the limit's currency as those of the company's."""
        own, target = self.currency_id, self.company_id.currency_id
        if own == target:
            return amounts
        # sudo: rates are no secret
        rate = own.sudo()._get_conversion_rate(own, target, self.company_id, today)
        return [
            to_minor(
                from_minor(amount, own.decimal_places) * _exact(rate),
                target.decimal_places,
            )
            for amount in amounts
        ]

    def _granted(self, today):
        """{profile id: temporary limits in force, minor units}."""
        return self._sums(
            "ar.credit.temporary.limit",
            [
                ("state", "=", "approved"),
                ("valid_from", "<=", today),
                ("valid_to", ">=", today),
            ],
            "amount",
        )

    def _covered(self, today):
        """{profile id: cover in force, minor units}."""
        return self._sums(
            "ar.credit.cover",
            [
                ("valid_from", "<=", today),
                "|",
                ("valid_to", "=", False),
                ("valid_to", ">=", today),
            ],
            "covered_amount",
        )

    def _sums(self, model, domain, field):
        # sudo: parts of a figure of profiles the reader may see
        groups = (
            self.env[model]
            .sudo()
            ._read_group(
                [("profile_id", "in", self._origin.ids), *domain],
                ["profile_id"],
                [f"{field}:sum"],
            )
        )
        return {
            profile.id: to_minor(total, profile.currency_id.decimal_places)
            for profile, total in groups
        }

    @api.depends(
        "partner_id", "company_id", "limit_amount", "currency_id", "cover_ids.amount"
    )
    def _compute_exposure(self):
        """Of profiles being entered, too: those of the customer they are for."""
        today = fields.Date.context_today(self)
        ready = self.filtered(lambda one: one.partner_id and one.company_id)
        positions = ready._positions(today)
        for profile in self:
            parts, where, row = positions.get(
                profile, (Parts(), position(Parts(), Ceiling()), None)
            )
            digits = profile.company_id.currency_id.decimal_places
            profile.exposure_amount = from_minor(where.exposure, digits)
            profile.allowed_amount = from_minor(where.allowed or 0, digits)
            profile.headroom_amount = from_minor(where.headroom or 0, digits)
            profile.used_percent = where.used_percent
            for component, amount in zip(Parts._fields, parts, strict=True):
                profile[PART_FIELDS[component]] = from_minor(amount, digits)
            profile.overdue_amount = from_minor(row.overdue if row else 0, digits)
            profile.oldest_due_date = row.oldest_due if row else False

    @api.depends("temporary_limit_ids.state", "cover_ids.amount")
    def _compute_ceiling(self):
        today = fields.Date.context_today(self)
        granted, covers = self._granted(today), self._covered(today)
        for profile in self:
            digits = profile.currency_id.decimal_places
            profile.temporary_amount = from_minor(
                granted.get(profile._origin.id, 0), digits
            )
            profile.cover_amount = from_minor(
                covers.get(profile._origin.id, 0), digits
            )

    @api.depends("valid_from", "valid_to", "limit_amount")
    @api.depends_context("tz")
    def _compute_limit_state(self):
        today = fields.Date.context_today(self)
        for profile in self:
            if not profile.limit_amount:
                profile.limit_state = "none"
            elif profile.valid_to and profile.valid_to < today:
                profile.limit_state = "expired"
            elif profile.valid_from and profile.valid_from > today:
                profile.limit_state = "early"
            else:
                profile.limit_state = "valid"

    @api.depends("partner_id", "company_id")
    def _compute_terms(self):
        for company, profiles in self.grouped("company_id").items():
            for profile in profiles:
                partner = profile.partner_id.with_company(company)
                profile.payment_term_id = partner.property_payment_term_id
                profile.trust = partner.trust

    @api.depends("is_on_hold", "hold_reason", "hold_by_id", "hold_since")
    @api.depends_context("lang", "tz")
    def _compute_hold_text(self):
        for profile in self:
            profile.hold_text = profile.is_on_hold and self.env._(
                "On hold since %(day)s by %(user)s: %(reason)s",
                day=fields.Date.to_string(
                    fields.Datetime.context_timestamp(profile, profile.hold_since)
                ),
                # sudo: the name of a colleague
                user=profile.hold_by_id.sudo().name,
                reason=profile.hold_reason,
            )

    # -- searching by live figures --------------------------------------------------------

    def _search_exposure_amount(self, operator, value):
        return self._search_figure("exposure_amount", operator, value)

    def _search_headroom_amount(self, operator, value):
        return self._search_figure("headroom_amount", operator, value)

    def _search_used_percent(self, operator, value):
        return self._search_figure("used_percent", operator, value)

    def _search_figure(self, name, operator, value):
        """Profiles whose figure of today compares so; those without a limit have none."""
        compare = COMPARISONS.get(operator)
        if not compare:
            return NotImplemented
        profiles = self.search([])
        if name != "exposure_amount":
            profiles = profiles.filtered("limit_amount")
        return [
            ("id", "in", profiles.filtered(lambda one: compare(one[name], value)).ids)
        ]

    def _search_limit_state(self, operator, values):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        profiles = self.search(
            [
                "|",
                ("limit_amount", "=", 0),
                "|",
                ("valid_to", "<", today),
                ("valid_from", ">", today),
            ]
        )
        found = profiles.filtered(lambda one: one.limit_state in values)
        if "valid" not in values:
            return [("id", "in", found.ids)]
        return [("id", "not in", (profiles - found).ids)]

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
            super(ArCreditProfile, profile).write(
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

    # -- drill-down -----------------------------------------------------------------------

    def action_view_drafts(self):
        """The customer's draft invoices."""
        self.check_access("read")
        return self._part_action("draft_invoices")

    def action_view_bills(self):
        """The customer's bills and cheques at risk."""
        self.check_access("read")
        return self._part_action("bills")

    def action_view_unapplied(self):
        """Payments and credit notes not yet applied."""
        self.check_access("read")
        return self._part_action("unapplied")

    def action_view_open_items(self):
        """Invoices and entries not yet paid."""
        self.check_access("read")
        return self._part_action("open_items")

    def _part_action(self, component):
        model, name, domain = self._part_records(component)
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": "list,form",
            "domain": [("company_id", "in", self.company_id.ids), *domain],
            "context": {"create": False},
        }

    def _part_records(self, component):
        """(model, title, domain) of what a component is made of; extend per component."""
        partners = self.partner_id.ids
        if component == "draft_invoices":
            return (
                "account.move",
                self.env._("Draft Invoices"),
                [
                    ("state", "=", "draft"),
                    ("move_type", "in", ("out_invoice", "out_receipt")),
                    ("commercial_partner_id", "in", partners),
                ],
            )
        if component == "bills":
            return (
                "ar.bill",
                self.env._("Bills and Cheques"),
                [("is_at_risk", "=", True), ("partner_id", "child_of", partners)],
            )
        is_owed = component == "open_items"
        return (
            "account.move.line",
            self.env._("Invoices and Entries")
            if is_owed
            else self.env._("Unapplied Cash and Credits"),
            [
                ("partner_id", "child_of", partners),
                ("account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
                ("amount_residual", ">" if is_owed else "<", 0),
            ],
        )

    # -- merges ---------------------------------------------------------------------------

    def _ar_merge_partners(self, source_ids, target_id):
        """The target's limit counts; what the sources had besides it moves over."""
        own = {
            profile.company_id: profile
            for profile in self.search([("partner_id", "=", target_id)])
        }
        for profile in self.search([("partner_id", "in", source_ids)], order="id"):
            target = own.setdefault(profile.company_id, profile)
            if target == profile:
                super(ArCreditProfile, profile).write({"partner_id": target_id})
                continue
            profile.temporary_limit_ids._set(profile_id=target.id)
            profile.cover_ids.profile_id = target
            if profile.is_on_hold and not target.is_on_hold:
                target._set_hold(True, profile.hold_reason)
            profile.unlink()


def _exact(rate):
    """A rate as the decimal it is written as."""
    return Decimal(repr(rate))
