from datetime import timedelta
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ..engine.errors import EngineError
from ..engine.rate_file.plan import Books, Known, plan_rates
from ..engine.rate_file.tables import Reading
from ..identity import ar_identity_required
from .engine_messages import engine_message, user_error
from .safe_io import run_parser

_PREFIX = "customer_ar_suite.customer_ar_suite_group_"
READERS = ("ar_accountant", "administrator")
DIRECTIONS = [
    ("units", "1 company currency = … foreign"),
    ("value", "1 foreign = … company currency"),
    ("value_100", "100 foreign = … company currency"),
    ("safe", "As SAFE publishes (100 foreign = … CNY)"),
]
#: what may be applied, and what is unless somebody says otherwise
APPLICABLE = ("new", "replace", "manual")
CHOSEN = ("new", "replace")
#: rates further back than this do not say what is usual
_LOOK_BACK = timedelta(days=60)
_DIGITS = 12


class ArRateImport(models.Model):
    """Exchange rates on their way in: read, compared with what is there, applied, undone.

    Reading writes no rate. What somebody entered by hand is overwritten only where he who
    applies ticks it.
    """

    _name = "ar.rate.import"
    _description = "Import of Exchange Rates"
    _inherit = ["ar.staged.file.mixin"]

    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    origin = fields.Selection(
        [("file", "File"), ("ecb", "European Central Bank")],
        required=True,
        readonly=True,
        default="file",
    )
    direction = fields.Selection(
        DIRECTIONS, string="Rates Mean", required=True, readonly=True, default="units"
    )
    fault_text = fields.Text(string="Rows Not Read", readonly=True, copy=False)
    line_ids = fields.One2many("ar.rate.import.line", "import_id", string="Rates")
    new_count = fields.Integer(string="New", compute="_compute_counts")
    replace_count = fields.Integer(string="Replaced", compute="_compute_counts")
    manual_count = fields.Integer(string="Entered by Hand", compute="_compute_counts")
    same_count = fields.Integer(string="Unchanged", compute="_compute_counts")
    problem_count = fields.Integer(string="Not Usable", compute="_compute_counts")
    jump_count = fields.Integer(string="Far from the Last", compute="_compute_counts")

    @api.depends("line_ids.status", "line_ids.jump_percent")
    def _compute_counts(self):
        counts = {
            (one.id, status): (count, jumps)
            for one, status, count, jumps in self.env[
                "ar.rate.import.line"
            ]._read_group(
                [("import_id", "in", self.ids)],
                ["import_id", "status"],
                ["__count", "is_jump:array_agg"],
            )
        }
        for one in self:
            of = {s: counts.get((one.id, s), (0, [])) for s in self._statuses()}
            one.new_count = of["new"][0]
            one.replace_count = of["replace"][0]
            one.manual_count = of["manual"][0]
            one.same_count = of["same"][0]
            one.problem_count = sum(
                count for s, (count, _j) in of.items() if s not in (*APPLICABLE, "same")
            )
            one.jump_count = sum(sum(map(bool, jumps)) for _c, jumps in of.values())

    @api.model
    def _statuses(self):
        return [code for code, _label in self.env["ar.rate.import.line"].STATUSES]

    def write(self, vals):
        if not self.env.su and not set(vals) <= {"line_ids"}:
            raise AccessError(self.env._("Imported exchange rates cannot be edited."))
        return super().write(vals)

    # -- reading --------------------------------------------------------------------------

    @api.model
    def _stage(self, name, content, company, reading=None, origin="file"):
        """Read a file, compare it with the rates there are; nothing is written yet."""
        reading = reading or Reading(company.currency_id.name)
        try:
            found = run_parser(
                "rate_file.reader:read_rates", content, filename=name, reading=reading
            )
        except EngineError as error:
            raise user_error(self.env, error) from error
        if not found.quotes and not found.faults:
            raise UserError(self.env._("%(file)s names no exchange rate.", file=name))
        staged = self._stage_file(
            name,
            content,
            company,
            origin=origin,
            direction=reading.direction,
            fault_text=self._fault_text(found.faults),
        )
        # sudo: lines of a file are written by its steps; see _stage_file
        staged.sudo()._load_lines(found.quotes)
        return staged

    @api.model
    def _fault_text(self, faults):
        shown = [engine_message(self.env, fault) for fault in faults[:50]]
        if len(faults) > len(shown):
            shown.append(self.env._("… and %(count)s more.", count=len(faults) - 50))
        return "\n".join(shown)

    def _load_lines(self, quotes):
        self.ensure_one()
        currencies = self.env["res.currency"].search([("active", "=", True)])
        by_code = {currency.name: currency.id for currency in currencies}
        planned = plan_rates(quotes, self._load_books(quotes, currencies))
        self.line_ids = [fields.Command.clear()] + [
            fields.Command.create(
                {
                    "row": one.row,
                    "date": one.day,
                    "currency_code": one.currency,
                    "currency_id": by_code.get(one.currency),
                    "rate_text": f"{one.rate:f}",
                    "old_rate_text": f"{one.old:f}" if one.old else False,
                    "status": one.status,
                    "jump_percent": one.jump,
                    # what looks like a slip of the pen waits for a look
                    "is_chosen": one.status in CHOSEN and not one.jump,
                }
            )
            for one in planned
        ]

    def _load_books(self, quotes, currencies):
        """The company's rates around the days of the file."""
        company = self.company_id.root_id
        days = [quote.day for quote in quotes] or [fields.Date.context_today(self)]
        # sudo: rates are read by everybody
        rows = (
            self.env["res.currency.rate"]
            .sudo()
            .search_fetch(
                [
                    ("company_id", "=", company.id),
                    ("name", ">=", min(days) - _LOOK_BACK),
                    ("name", "<=", max(days)),
                ],
                ["name", "rate", "currency_id", "ar_origin"],
            )
        )
        own = self._own_rate()
        return Books(
            self.company_currency_id.name,
            fields.Date.context_today(self),
            frozenset(currencies.mapped("name")),
            {
                (row.currency_id.name, row.name): Known(
                    exact(row.rate) / own, row.ar_origin == "manual"
                )
                for row in rows
            },
        )

    def _own_rate(self):
        """The latest technical rate of the company's own currency, usually 1."""
        rates = self.env["res.currency.rate"]
        root = self.company_id.root_id
        return exact(rates._get_last_rates_for_companies(root)[root])

    # -- buttons --------------------------------------------------------------------------

    def action_check(self):
        """Compare again with the rates there are now; choices begin anew."""
        self._check_role("ar_accountant", "administrator")
        self._take_step("staged", lambda one: one._reload())

    @ar_identity_required("rate_apply", "company_id")
    def action_apply(self):
        """Write the chosen rates; the old ones are kept for undoing."""
        self._check_role("administrator")
        self._take_step("staged", lambda one: one._apply())

    @ar_identity_required("undo", "company_id")
    def action_undo(self):
        """Put back what was there before, but for what somebody has changed since."""
        self._check_role("administrator")
        self._take_step("applied", lambda one: one._undo())

    def action_cancel(self):
        """Give up a file that was only read."""
        self._check_role("ar_accountant", "administrator")
        self._take_step("staged", lambda one: one._set(state="cancelled"))

    def action_choose_manual(self):
        """Overwrite what was entered by hand, too, for all rates of the file."""
        self._check_role("administrator")
        for one in self:
            one._check_state("staged")
        # sudo: a choice on staged rows; the role was checked
        self.sudo().line_ids.filtered(
            lambda line: line.status == "manual"
        ).is_chosen = True

    def _check_role(self, *roles):
        if not any(self.env.user.has_group(_PREFIX + role) for role in roles):
            raise AccessError(
                self.env._("Your role does not allow this step with exchange rates.")
            )
        self.check_access("read")

    # -- applying -------------------------------------------------------------------------

    def _reload(self):
        """Statuses of the staged lines by the rates of this moment."""
        lines = self.sudo().line_ids  # sudo: staged rows, see _stage_file
        books = self._load_books(
            [line._quote() for line in lines],
            self.env["res.currency"].search([("active", "=", True)]),
        )
        for line in lines:
            known = books.rates.get((line.currency_code, line.date))
            line._compare(known)

    def _apply(self):
        self._reload()
        # sudo: rates belong to the company; the role was checked, the values are the file's
        chosen = self.sudo().line_ids.filtered("is_chosen")
        if not chosen:
            raise UserError(
                self.env._("No rate of %(file)s is chosen.", file=self.name)
            )
        chosen._write_rates(self._own_rate())
        self._set_applied()
        self._log("rates.apply", {"count": len(chosen)})

    def _undo(self):
        # sudo: see _apply
        lines = self.sudo().line_ids.filtered("is_applied")
        kept = lines._restore_rates(self._own_rate())
        self._set(state="undone")
        self._log("rates.undo", {"count": len(lines - kept), "kept": len(kept)})
        if kept:
            self._set(
                fault_text=self.env._(
                    "Not put back, because somebody changed them since: %(rates)s",
                    rates=", ".join(
                        f"{line.currency_code} {format_date(self.env, line.date)}"
                        for line in kept[:20]
                    ),
                )
            )


def exact(number):
    """A stored rate as the decimal it was meant to be."""
    return Decimal(f"{number:.{_DIGITS}g}")
