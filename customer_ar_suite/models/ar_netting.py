from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

from ..engine.errors import EngineError
from ..engine.money import from_minor, to_minor
from ..engine.netting import Side, most, propose
from .engine_messages import user_error

ACCOUNTANT = "customer_ar_suite.customer_ar_suite_group_ar_accountant"
#: account type → sign that makes what is owed positive
SIDES = {"asset_receivable": 1, "liability_payable": -1}


class ArNetting(models.Model):
    """Set off: what a customer owes against what he is owed, by one journal entry.

    The entry is proposed as a draft. Posting it settles the oldest items of both sides;
    taking it back opens them again and reverses the entry.
    """

    _name = "ar.netting"
    _description = "Offset of Receivables and Payables"
    _inherit = ["ar.locked.mixin", "ar.partner.rule.mixin"]
    _ar_is_money = True
    _order = "id desc"

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    date = fields.Date(required=True, readonly=True)
    amount = fields.Monetary(string="Set Off", required=True, readonly=True)
    state = fields.Selection(
        [
            ("draft", "Proposed"),
            ("done", "Settled"),
            ("undone", "Taken Back"),
            ("discarded", "Discarded"),
        ],
        required=True,
        readonly=True,
        default="draft",
    )
    move_id = fields.Many2one(
        "account.move",
        string="Journal Entry",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    reverse_move_id = fields.Many2one(
        "account.move",
        string="Reversal",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    line_ids = fields.One2many("ar.netting.line", "netting_id", readonly=True)
    posted_by_id = fields.Many2one("res.users", readonly=True)
    posted_at = fields.Datetime(readonly=True)

    @api.depends("partner_id", "date", "amount")
    def _compute_display_name(self):
        for netting in self:
            netting.display_name = self.env._(
                "Offset %(customer)s %(amount)s",
                customer=netting.partner_id.display_name or "",
                amount=netting.currency_id.format(netting.amount)
                if netting.currency_id
                else "",
            )

    # -- load -----------------------------------------------------------------------------

    @api.model
    def _items(self, customer, company, currency=None):
        """{account type: open items of both sides}, as the reader may see them."""
        customer, company = customer._origin, company._origin
        found = {}
        for account_type in SIDES:
            domain = customer.with_company(company)._ar_open_domain(account_type)
            if currency:
                domain &= fields.Domain("currency_id", "=", currency._origin.id)
            found[account_type] = self.env["account.move.line"].search(
                domain, order="date_maturity, id"
            )
        return found

    @api.model
    def _sides(self, items):
        """The items as the engine reads them, what is owed positive on both sides."""
        return [
            [
                Side(
                    line.id,
                    line.account_id.id,
                    line.date_maturity or line.date,
                    sign
                    * to_minor(
                        line.amount_residual_currency, line.currency_id.decimal_places
                    ),
                )
                for line in items[account_type]
            ]
            for account_type, sign in SIDES.items()
        ]

    @api.model
    def _most(self, customer, company, currency):
        """The most that can be set off in a currency."""
        limit = most(*self._sides(self._items(customer, company, currency)))
        return float(from_minor(limit, currency.decimal_places))

    @api.model
    def _plan(self, customer, company, currency, amount=None):
        wanted = None if amount is None else to_minor(amount, currency.decimal_places)
        items = self._items(customer, company, currency)
        try:
            return propose(*self._sides(items), wanted)
        except EngineError as error:
            raise user_error(self.env, error) from error

    # -- propose --------------------------------------------------------------------------

    @api.model
    def _propose(self, customer, company, currency, day, journal, amount):
        """A draft entry, and what it would settle."""
        self._check_accountant()
        offset = self._plan(customer, company, currency, amount)
        move = (
            self.env["account.move"]
            .with_company(company)
            .create(
                {
                    "move_type": "entry",
                    "date": day,
                    "journal_id": journal.id,
                    "currency_id": currency.id,
                    "ref": self.env._("Offset %s", customer.display_name),
                    "line_ids": [
                        Command.create(
                            self._prepare_line(
                                customer, company, currency, day, *booked
                            )
                        )
                        for booked in offset.by_account().items()
                    ],
                }
            )
        )
        self._balance_rounding(move)
        digits = currency.decimal_places
        # sudo: rows nobody writes by hand; the role was checked
        netting = self.sudo()._insert(
            [
                {
                    "partner_id": customer.id,
                    "company_id": company.id,
                    "currency_id": currency.id,
                    "date": day,
                    "amount": float(from_minor(offset.amount, digits)),
                    "move_id": move.id,
                }
            ]
        )
        # sudo: as above
        self.env["ar.netting.line"].sudo()._insert(
            [
                {
                    "netting_id": netting.id,
                    "side": side,
                    "item_id": part.line_id,
                    "amount": float(from_minor(part.amount, digits)),
                }
                for side in ("receivable", "payable")
                for part in getattr(offset, side)
            ]
        )
        netting = netting.with_env(self.env)
        netting._log("netting.propose")
        return netting

    @api.model
    def _prepare_line(self, customer, company, currency, day, account_id, booked):
        amount = float(from_minor(booked, currency.decimal_places))
        return {
            "name": self.env._("Offset of receivables and payables"),
            "account_id": account_id,
            "partner_id": customer.id,
            "currency_id": currency.id,
            "amount_currency": amount,
            "balance": currency._convert(amount, company.currency_id, company, day),
        }

    @api.model
    def _balance_rounding(self, move):
        """Converted account by account, the entry may lack a cent: the largest line gets it."""
        rest = move.company_id.currency_id.round(sum(move.line_ids.mapped("balance")))
        if rest:
            largest = max(move.line_ids, key=lambda line: abs(line.balance))
            largest.balance -= rest

    # -- buttons --------------------------------------------------------------------------

    def action_post(self):
        """Post the entry and settle the items it names."""
        self._check_accountant()
        for netting in self:
            netting._check_state("draft")
            netting._post()

    def action_undo(self):
        """Open the items again, and reverse the entry."""
        self._check_accountant()
        for netting in self:
            netting._check_state("done")
            netting._undo()

    def action_discard(self):
        """Give up a proposal; its draft entry is removed."""
        self._check_accountant()
        for netting in self:
            netting._check_state("draft")
            if netting.move_id.state == "posted":
                raise UserError(
                    self.env._(
                        "The entry has been posted already. Settle it, or reverse the entry."
                    )
                )
            netting.move_id.unlink()
            netting._mark(state="discarded")
            netting._log("netting.discard")

    def action_view_entry(self):
        """The journal entry."""
        self.check_access("read")
        self.ensure_one()
        return self.move_id._get_records_action()

    def _check_accountant(self):
        if not self.env.user.has_group(ACCOUNTANT):
            raise AccessError(
                self.env._("Only AR accountants set off receivables and payables.")
            )
        self.check_access("read")

    def _check_state(self, state):
        if self.state != state:
            raise UserError(self.env._("“%s” was decided already.", self.display_name))

    # -- apply ----------------------------------------------------------------------------

    def _post(self):
        if not self.move_id:
            raise UserError(
                self.env._(
                    "The draft entry of “%s” was deleted. Discard it and propose again.",
                    self.display_name,
                )
            )
        # sudo: nobody else settles it at the same time
        self.sudo().lock_for_update()
        self._check_still_open()
        if self.move_id.state == "draft":
            self.move_id._post(soft=False)
        groups = [
            (line, self.line_ids.item_id.filtered(
                lambda item, account=line.account_id: item.account_id == account
            ))
            for line in self.move_id.line_ids
        ]  # fmt: skip
        self.env["ar.allocation"]._settle_entries(groups)
        self._mark(
            state="done",
            posted_by_id=self.env.uid,
            posted_at=fields.Datetime.now(),
        )
        self._log("netting.post")

    def _check_still_open(self):
        """Neither items nor entry have changed since they were proposed."""
        for line in self.line_ids:
            item, sign = line.item_id, 1 if line.side == "receivable" else -1
            left = sign * item.amount_residual_currency if item else 0
            if not item or self.currency_id.compare_amounts(left, line.amount) < 0:
                raise UserError(
                    self.env._(
                        "“%(item)s” has been settled meanwhile, wholly or in part. Discard "
                        "this offset and propose it again.",
                        item=line.display_name,
                    )
                )
        booked = sum(
            line.amount_currency
            for line in self.move_id.line_ids
            if line.amount_currency > 0
        )
        if self.currency_id.compare_amounts(booked, self.amount):
            raise UserError(
                self.env._(
                    "The amount of the draft entry was changed. Discard this offset and "
                    "propose it again."
                )
            )

    def _undo(self):
        # sudo: nobody else takes it back at the same time
        self.sudo().lock_for_update()
        self.move_id.line_ids.remove_move_reconcile()
        reversal = self.move_id._reverse_moves(
            [
                {
                    "date": max(fields.Date.context_today(self), self.date),
                    "ref": self.env._("Offset taken back: %s", self.move_id.name),
                }
            ],
            cancel=True,
        )
        self._mark(state="undone", reverse_move_id=reversal.id)
        self._log("netting.undo")

    def _mark(self, **values):
        # sudo: rows nobody writes by hand; the role was checked
        self.sudo()._set(**values)

    def _log(self, event):
        self.env["customer.audit.entry"].with_company(self.company_id)._ar_log(
            event,
            self,
            {
                "amount": self.amount,
                "currency": self.currency_id.name,
                "entry": self.move_id.name or "",
            },
        )


class ArNettingLine(models.Model):
    """One item that an offset settles, and how much of it."""

    _name = "ar.netting.line"
    _description = "Item of an Offset"
    _inherit = ["ar.locked.mixin", "ar.partner.rule.mixin"]
    _ar_partner_path = "netting_id.partner_id"
    _ar_is_money = True
    _order = "netting_id, side desc, id"

    netting_id = fields.Many2one(
        "ar.netting", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="netting_id.company_id", store=True, index=True
    )
    side = fields.Selection(
        [("receivable", "Owed by the Customer"), ("payable", "Owed to the Customer")],
        required=True,
        readonly=True,
    )
    item_id = fields.Many2one(
        "account.move.line",
        string="Journal Item",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    date_maturity = fields.Date(related="item_id.date_maturity", string="Due Date")
    currency_id = fields.Many2one(related="netting_id.currency_id")
    amount = fields.Monetary(string="Settled", readonly=True)

    @api.depends("item_id")
    def _compute_display_name(self):
        for line in self:
            line.display_name = line.item_id.move_name or self.env._("deleted item")


class CustomerAuditEntry(models.Model):
    """The names of what happens to offsets."""

    _inherit = "customer.audit.entry"

    @api.model
    def _event_names(self):
        return super()._event_names() | {
            "netting.propose": self.env._("Offset Proposed"),
            "netting.post": self.env._("Offset Posted"),
            "netting.undo": self.env._("Offset Taken Back"),
            "netting.discard": self.env._("Offset Discarded"),
        }
