from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..engine.bank_formats import ReadContext
from ..engine.errors import EngineError
from .engine_messages import engine_message
from .safe_io import run_parser


class ArBankCsvProfile(models.Model):
    """How one bank lays out its list of movements: a new bank is a record, not code."""

    _name = "ar.bank.csv.profile"
    _inherit = ["ar.bank.layout.mixin"]
    _description = "Bank File Layout"
    _order = "sequence, name"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        store=True,
        readonly=False,
        help="Empty: the layout is offered in all companies.",
    )
    journal_id = fields.Many2one(
        "account.journal",
        check_company=True,
        domain=[("type", "in", ("bank", "cash", "credit"))],
        help="For files that do not name their account.",
    )

    @api.depends("journal_id")
    def _compute_company_id(self):
        for profile in self:
            profile.company_id = profile.journal_id.company_id or profile.company_id

    @api.constrains("amount_column", "debit_column", "credit_column", "sign_column")
    def _check_amount_columns(self):
        for profile in self:
            two = bool(profile.debit_column and profile.credit_column)
            if two == bool(profile.amount_column):
                raise ValidationError(
                    self.env._(
                        "%s: name either the amount column, or both the money-out and the "
                        "money-in column.",
                        profile.name,
                    )
                )
            if profile.sign_column and not (
                profile.debit_marks and profile.credit_marks
            ):
                raise ValidationError(
                    self.env._(
                        "%s: with a sign column, say which of its values mean money out "
                        "and which money in.",
                        profile.name,
                    )
                )

    def _layouts(self, journal):
        """The engine's description of each layout, for a file of ``journal`` if it is given."""
        return tuple(profile._layout(journal or profile.journal_id) for profile in self)

    # -- samples, read in the child process -----------------------------------------------

    @api.model
    def _guess_layout(self, data, filename):
        """What the headings and values of a sample suggest.

        :raises UserError: what keeps the sample from being read
        """
        return self._parse_sample("guess_layout", data, filename=filename)

    @api.model
    def _preview_layout(self, data, filename, layout):
        """What a sample becomes through ``layout``, an engine description.

        :raises UserError: what keeps the layout from reading the sample
        """
        currencies = self.env["res.currency"].with_context(active_test=False).search([])
        digits = {currency.name: currency.decimal_places for currency in currencies}
        context = ReadContext(filename, digits, (layout,))
        return self._parse_sample("preview_layout", data, context=context)

    def _parse_sample(self, function, data, **values):
        try:
            return run_parser(f"bank_formats.csv_guess:{function}", data, **values)
        except EngineError as error:
            raise UserError(engine_message(self.env, error)) from error
