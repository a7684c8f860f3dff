import base64
import binascii

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from .ar_bank_import_upload import MAX_BYTES

#: fields of the layout that a guess fills, with the engine's name for them
_GUESSED = {
    "date_column": "date",
    "value_date_column": "value_date",
    "amount_column": "amount",
    "debit_column": "debit",
    "credit_column": "credit",
    "sign_column": "sign",
    "status_column": "status",
    "balance_column": "balance",
    "currency_column": "currency",
    "account_column": "account",
    "bank_reference_column": "bank_reference",
    "text_column": "text",
    "counterparty_column": "counterparty",
    "counterparty_account_column": "counterparty_account",
    "date_order": "date_order",
    "number_format": "number_format",
    "delimiter": "delimiter",
}
_LISTS = (
    "debit_marks",
    "credit_marks",
    "neutral_marks",
    "unbooked_marks",
    "footer_marks",
)

_HEAD, _CELL = Markup("<th>%s</th>"), Markup("<td>%s</td>")


class ArBankLayoutDefine(models.TransientModel):
    """A bank's file nobody described yet: sample in, columns proposed, result shown live."""

    _name = "ar.bank.layout.define"
    _description = "New Bank File Layout from a Sample"
    _inherit = ["ar.bank.layout.mixin"]
    _check_company_auto = True

    name = fields.Char(string="Bank")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    journal_id = fields.Many2one(
        "account.journal",
        check_company=True,
        domain="[('type', 'in', ('bank', 'cash', 'credit')), ('company_id', '=', company_id)]",
        help="For files that do not name their account.",
    )
    date_column = fields.Char(required=False)
    sample = fields.Binary(attachment=False)
    sample_name = fields.Char()
    headings = fields.Char(readonly=True)
    preview = fields.Html(compute="_compute_preview", sanitize=False)

    @api.onchange("sample")
    def _onchange_sample(self):
        """Propose what the headings and values of the sample suggest."""
        if not self.sample:
            return None
        try:
            guess = self.env["ar.bank.csv.profile"]._guess_layout(
                self._sample_bytes(), self.sample_name or ""
            )
        except UserError as error:
            return {"warning": {"title": self.env._("Sample"), "message": str(error)}}
        profile = guess.profile
        for field, name in _GUESSED.items():
            self[field] = getattr(profile, name) or False
        for name in _LISTS:
            self[name] = "|".join(getattr(profile, name)) or False
        self.headings = " · ".join(filter(None, guess.headings))
        self.name = self.name or profile.name
        return None

    @api.depends(
        "sample",
        "currency_id",
        "journal_id",
        "encoding",
        "is_debit_negative",
        "is_inverted",
        "code_column",
        *_GUESSED,
        *_LISTS,
    )
    def _compute_preview(self):
        for wizard in self:
            wizard.preview = wizard._preview() if wizard.sample else False

    def action_create_layout(self):
        """Keep the layout; from now on files with these headings are recognised."""
        self.ensure_one()
        if not self.env.user.has_group(
            "customer_ar_suite.customer_ar_suite_group_administrator"
        ):
            raise AccessError(self.env._("Only an administrator defines layouts."))
        self.check_access("read")
        if not self.sample:
            raise UserError(self.env._("Choose a sample first."))
        self._read_sample()  # a layout that does not read its own sample is of no use
        shared = self.env["ar.bank.layout.mixin"]._fields.keys() - set(
            models.MAGIC_COLUMNS
        )
        values = {
            name: self[name].id if self._fields[name].relational else self[name]
            for name in shared
            if name in self._fields and self._fields[name].store
        }
        layout = self.env["ar.bank.csv.profile"].create(
            {
                **values,
                "name": self.name or self.sample_name,
                "journal_id": self.journal_id.id,
                "company_id": self.company_id.id,
            }
        )
        return layout._get_records_action(context={})

    def _sample_bytes(self):
        try:
            data = base64.b64decode(self.sample, validate=True)
        except (binascii.Error, ValueError) as error:
            raise UserError(self.env._("The sample cannot be read.")) from error
        if len(data) > MAX_BYTES:
            raise UserError(
                self.env._(
                    "%(file)s is too large: %(size).1f MB, at most %(limit)s MB.",
                    file=self.sample_name,
                    size=len(data) / 1e6,
                    limit=MAX_BYTES // 1_000_000,
                )
            )
        return data

    def _read_sample(self):
        """What the sample becomes through this layout.

        :raises UserError: what keeps the layout from reading it
        """
        return self.env["ar.bank.csv.profile"]._preview_layout(
            self._sample_bytes(), self.sample_name or "", self._layout(self.journal_id)
        )

    # -- preview --------------------------------------------------------------------------

    def _preview(self):
        if not self.date_column or not (
            self.amount_column or (self.debit_column and self.credit_column)
        ):
            return self._notice(
                self.env._("Name the date column, and one amount column or two.")
            )
        try:
            found = self._read_sample()
        except UserError as error:
            return self._notice(str(error))
        return self._totals_table(found.totals) + self._lines_table(found.lines)

    def _notice(self, text):
        return Markup('<div class="alert alert-warning mb-0">%s</div>') % text

    def _totals_table(self, totals):
        heads = (
            self.env._("Account"),
            self.env._("Lines"),
            self.env._("Money In"),
            self.env._("Money Out"),
            self.env._("Opening"),
            self.env._("Closing"),
            self.env._("Adds Up"),
        )
        answers = {
            True: self.env._("Yes"),
            False: self.env._("No"),
            None: self.env._("No balance column"),
        }
        rows = [
            (
                f"{one.account or '–'} {one.currency}",
                one.lines,
                f"{one.money_in:,}",
                f"{one.money_out:,}",
                "–" if one.opening is None else f"{one.opening:,}",
                "–" if one.closing is None else f"{one.closing:,}",
                answers[one.adds_up],
            )
            for one in totals
        ]
        return self._html_table(heads, rows)

    def _lines_table(self, lines):
        heads = (
            self.env._("Date"),
            self.env._("Amount"),
            self.env._("Payer"),
            self.env._("Text"),
            self.env._("Booked"),
        )
        rows = [
            (
                format_date(self.env, one.day),
                f"{one.amount:,} {one.currency}",
                one.counterparty or "–",
                one.text,
                self.env._("Yes") if one.is_booked else self.env._("No"),
            )
            for one in lines
        ]
        return self._html_table(heads, rows)

    def _html_table(self, heads, rows):
        def cells(cell, values):
            return Markup().join(cell % value for value in values)

        row_of = Markup("<tr>%s</tr>")
        body = Markup().join(row_of % cells(_CELL, row) for row in rows)
        return Markup(
            '<table class="table table-sm o_list_table"><thead><tr>%s</tr></thead>'
            "<tbody>%s</tbody></table>"
        ) % (cells(_HEAD, heads), body)
