from ast import literal_eval
from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..engine.money import from_minor
from .ar_confirmation import KINDS, LIVE
from .ar_confirmation_issue import Ask
from .engine_messages import engine_message

#: what may be written of a run once its letters are being issued
_ALWAYS = {"name"}


class ArConfirmationRun(models.Model):
    """Letters to a selection of customers: who, what is asked, and what came back."""

    _name = "ar.confirmation.run"
    _inherit = ["ar.run.mixin"]
    _description = "Confirmation Letters to a Selection"
    _order = "as_of_date desc, id desc"

    _run_item_model = "ar.confirmation.run.item"

    name = fields.Char(required=True, default=lambda self: self._default_name())
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.company,
    )
    kind = fields.Selection(KINDS, string="Form", required=True, default="positive")
    as_of_date = fields.Date(
        string="As of",
        required=True,
        default=lambda self: fields.Date.context_today(self).replace(day=1)
        - timedelta(days=1),
    )
    reply_by_date = fields.Date(
        string="Reply by",
        required=True,
        default=lambda self: fields.Date.context_today(self)
        + timedelta(days=self.env.company.ar_confirmation_reply_days),
    )
    with_items = fields.Boolean(
        string="Enclose Open Items",
        default=True,
        help="The open items behind each balance on pages of their own; never with a "
        "blank letter.",
    )
    auditor_name = fields.Char(
        string="Auditor",
        default=lambda self: self.env.company.ar_auditor_name,
        help="If named, the letter is written for the audit and replies go to the auditor.",
    )
    auditor_address = fields.Text(
        string="Reply Address",
        default=lambda self: self.env.company.ar_auditor_address,
        help="Empty: the address of our company.",
    )
    selection = fields.Selection(
        [
            ("open", "All customers with a balance"),
            ("largest", "The largest balances"),
            ("overdue", "All customers with overdue items"),
            ("chosen", "The customers listed below"),
        ],
        string="Customers",
        required=True,
        default="open",
    )
    partner_ids = fields.Many2many(
        "res.partner", "ar_confirmation_run_partner_rel", string="Chosen Customers"
    )
    largest_count = fields.Integer(string="How Many", default=20)
    minimum_amount = fields.Monetary(
        string="Balance at Least", currency_field="company_currency_id"
    )
    partner_domain = fields.Char(
        string="Only Customers That Match", default="[]", required=True
    )
    with_zero = fields.Boolean(
        string="Also Without Balance",
        help="Chosen customers who owe nothing confirm that they owe nothing.",
    )
    company_currency_id = fields.Many2one(related="company_id.currency_id")
    item_ids = fields.One2many(
        "ar.confirmation.run.item", "run_id", string="Selected Customers"
    )
    confirmation_ids = fields.One2many(
        "ar.confirmation", "run_id", string="Letters", readonly=True
    )
    receivable_amount = fields.Monetary(
        string="All Receivables",
        currency_field="company_currency_id",
        readonly=True,
        copy=False,
        help="Of the company on that day, when the selection was made.",
    )

    _largest_positive = models.Constraint(
        "CHECK (largest_count > 0)", "Choose at least one customer."
    )

    @api.depends("name", "as_of_date")
    def _compute_display_name(self):
        for run in self:
            run.display_name = f"{run.name or ''} · {run.as_of_date or ''}"

    @api.model
    def _default_name(self):
        return self.env._("Balance Confirmation")

    @api.onchange("company_id")
    def _onchange_company_id(self):
        self.auditor_name = self.company_id.ar_auditor_name
        self.auditor_address = self.company_id.ar_auditor_address

    def write(self, vals):
        """What is asked stays as it was once letters have been issued."""
        frozen = vals.keys() - _ALWAYS
        own = {"run_state", "started_at", "finished_at", "stopped_because"}
        if frozen - own and any(run.run_state != "draft" for run in self):
            raise UserError(
                self.env._(
                    "The letters of this selection are issued: it stays as it is."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_drafts(self):
        if any(run.run_state != "draft" for run in self):
            raise UserError(
                self.env._("A selection whose letters were issued is not deleted.")
            )

    # -- preview --------------------------------------------------------------------------

    def action_preview(self):
        """Choose the customers and show what their letters would say; writes no letter."""
        self._check_run_access()
        self.ensure_one()
        if self.run_state != "draft":
            raise UserError(self.env._("The letters of this selection are issued."))
        self._check_input()
        # sudo: the rows of this run, which the user may write; figures are read by his rights
        self.item_ids.sudo().unlink()
        balances = self._load_balances()
        chosen = self._choose(balances)
        if not chosen:
            raise UserError(
                self.env._(
                    "No customer of %(company)s fits on %(day)s.",
                    company=self.company_id.name,
                    day=self.as_of_date,
                )
            )
        reasons = self._exclusions(chosen)
        digits = self.company_currency_id.decimal_places
        # sudo: as above
        self.env["ar.confirmation.run.item"].sudo().create(
            [
                {
                    "run_id": self.id,
                    "company_id": self.company_id.id,
                    "partner_id": partner_id,
                    "balance_amount": float(from_minor(balances[partner_id], digits)),
                    "is_excluded": partner_id in reasons,
                    "exclude_reason": reasons.get(partner_id),
                }
                for partner_id in chosen
            ]
        )
        self.receivable_amount = float(from_minor(sum(balances.values()), digits))
        return True

    def _check_input(self):
        if self.company_id not in self.env.companies:
            raise UserError(
                self.env._(
                    "Switch to the company %(name)s to issue its letters.",
                    name=self.company_id.display_name,
                )
            )
        today = fields.Date.context_today(self)
        if self.as_of_date > today:
            raise UserError(
                self.env._("Balances of a future day cannot be confirmed yet.")
            )
        if self.reply_by_date <= self.as_of_date:
            raise UserError(
                self.env._(
                    "The day to answer by must be after %(day)s.", day=self.as_of_date
                )
            )
        if self.selection == "chosen" and not self.partner_ids:
            raise UserError(self.env._("Choose at least one customer."))

    def _load_balances(self):
        """What each customer owes by the general ledger, in the company's minor units."""
        balances = defaultdict(int)
        for row in self.env["ar.ledger"]._balances(
            self.as_of_date, company_ids=self.company_id.ids
        ):
            balances[row.partner_id] += row.amount_company
        return balances

    def _choose(self, balances):
        """Ids of the customers asked, the largest balance first."""
        wanted = set(self._candidates(balances))
        floor = self.minimum_amount
        digits = self.company_currency_id.decimal_places
        if floor > 0:
            wanted = {
                id_
                for id_ in wanted
                if float(from_minor(abs(balances[id_]), digits)) >= floor
            }
        domain = self._partner_filter() & Domain("id", "in", list(wanted))
        partners = self.env["res.partner"].with_context(active_test=False)
        found = partners.search(domain).ids
        found.sort(key=lambda id_: (-abs(balances[id_]), id_))
        return found[: self.largest_count] if self.selection == "largest" else found

    def _partner_filter(self):
        """The condition the user put together; he finds only what he may see."""
        try:
            return Domain(literal_eval(self.partner_domain or "[]"))
        except (ValueError, SyntaxError, TypeError):
            raise UserError(
                self.env._(
                    "The condition on customers cannot be read. Put it together anew."
                )
            ) from None

    def _candidates(self, balances):
        if self.selection == "chosen":
            return self.partner_ids.commercial_partner_id.ids
        if self.selection == "overdue":
            items = self.env["ar.ledger"]._open_items(
                self.as_of_date, company_ids=self.company_id.ids
            )
            return {
                item.partner_id
                for item in items
                if item.residual > 0 and item.due_date < self.as_of_date
            }
        return [id_ for id_, balance in balances.items() if id_ and balance]

    def _exclusions(self, partner_ids):
        """Why a letter to some of them would be of no use, by customer."""
        balances = self._load_balances()
        asked = self.env["ar.confirmation"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("as_of_date", "=", self.as_of_date),
                ("partner_id", "in", partner_ids),
                ("state", "in", LIVE),
            ]
        )
        numbers = {letter.partner_id.id: letter.name for letter in asked}
        reasons = {}
        for partner in self.env["res.partner"].browse(partner_ids):
            if partner.id in numbers:
                reasons[partner.id] = self.env._(
                    "Asked already: %(number)s", number=numbers[partner.id]
                )
            elif not balances[partner.id] and not self.with_zero:
                reasons[partner.id] = self.env._("No balance on this day")
            elif not (partner.street or partner.city or partner.zip):
                reasons[partner.id] = self.env._("No address")
        return reasons

    # -- run ------------------------------------------------------------------------------

    def _check_run_access(self):
        self.env["ar.confirmation"]._check_may_issue()
        self.check_access("write")

    def action_issue(self):
        """Issue the letters of the preview, without those excluded."""
        self._check_run_access()
        self.ensure_one()
        self._check_input()
        if not self.item_ids:
            self.action_preview()
        left_out = self.item_ids.filtered("is_excluded")
        self._set_item_state(left_out, "skipped")
        if left_out == self.item_ids:
            raise UserError(self.env._("All customers of this selection are excluded."))
        self._start_run()
        return True

    def _apply_items(self, items):
        confirmations = self.env["ar.confirmation"]
        letters, errors = confirmations._issue(
            self.company_id, self._ask(), items.partner_id.ids, self
        )
        by_partner = {letter.partner_id: letter for letter in letters}
        for item in items:
            if letter := by_partner.get(item.partner_id):
                # sudo: the link is written by the run alone
                item.sudo().confirmation_id = letter
                continue
            error = errors.get(item.partner_id.id)
            self._set_item_state(
                item,
                "error",
                engine_message(self.env, error)
                if error
                else self.env._("You may not see this customer."),
            )

    def _ask(self):
        return Ask(
            self.kind,
            self.as_of_date,
            self.reply_by_date,
            self.with_items,
            (self.auditor_name or "").strip(),
            self.auditor_address or "",
        )

    # -- letters --------------------------------------------------------------------------

    def action_print(self):
        """All letters of the selection that count, in one PDF."""
        self.check_access("read")
        return self._live_letters().action_print()

    def action_mark_sent(self):
        """All printed letters left the house."""
        self.env["ar.confirmation"]._check_may_issue()
        self.check_access("read")
        self._live_letters().action_mark_sent()

    def _live_letters(self):
        letters = self.confirmation_ids.filtered(lambda one: one.state in LIVE)
        if not letters:
            raise UserError(self.env._("No letter of this selection counts any more."))
        return letters

    def action_open_letters(self):
        """The letters, in a list; from a button with a state only those."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_ar_suite.ar_confirmation_action"
        )
        action["domain"] = [("run_id", "in", self.ids)]
        action["context"] = {}
        return action


class ArConfirmationRunItem(models.Model):
    """One customer of a selection: gets a letter, or not and why."""

    _name = "ar.confirmation.run.item"
    _inherit = ["ar.run.item.mixin", "ar.partner.rule.mixin"]
    _ar_is_money = True
    _description = "Customer of a Confirmation Selection"
    _order = "run_id desc, is_excluded, balance_amount desc, id"
    _rec_name = "partner_id"

    run_id = fields.Many2one(
        "ar.confirmation.run",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    company_currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    balance_amount = fields.Monetary(
        string="Balance", currency_field="company_currency_id", readonly=True
    )
    is_excluded = fields.Boolean(string="Leave Out")
    exclude_reason = fields.Char(string="Why Left Out")
    confirmation_id = fields.Many2one(
        "ar.confirmation", string="Letter", readonly=True, index="btree_not_null"
    )

    _one_letter = models.Constraint(
        "UNIQUE (run_id, partner_id)", "Each customer is listed once."
    )

    def write(self, vals):
        """Users say who is left out, until the letters are issued."""
        mine = {"is_excluded", "exclude_reason"}
        if not self.env.su:
            if vals.keys() - mine:
                raise UserError(self.env._("Only who is left out can be changed here."))
            if any(item.run_id.run_state != "draft" for item in self):
                raise UserError(self.env._("The letters of this selection are issued."))
        return super().write(vals)

    def _ar_merge_partners(self, source_ids, target_id):
        """Merged customers are listed once: the rows of those that disappear go."""
        rows = self.search([("partner_id", "in", [*source_ids, target_id])])
        for run_rows in rows.grouped("run_id").values():
            keep = run_rows.filtered(lambda row: row.partner_id.id == target_id)
            (run_rows - (keep or run_rows)[:1]).unlink()
