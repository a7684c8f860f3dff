from decimal import Decimal

from odoo import api, fields, models

from ..engine.rate_file.base import Quote
from ..engine.rate_file.plan import Books, Known, plan_rates
from .ar_rate_import import APPLICABLE, exact


class ArRateImportLine(models.Model):
    """One rate of a file: what it is, what was there, whether it is applied."""

    _name = "ar.rate.import.line"
    _description = "Imported Exchange Rate"
    _order = "date desc, currency_code, id"
    _rec_name = "currency_code"

    STATUSES = [
        ("new", "New"),
        ("same", "Unchanged"),
        ("replace", "Replaces an Imported Rate"),
        ("manual", "Entered by Hand: Overwrite?"),
        ("future", "In the Future"),
        ("unknown", "Currency Not Active"),
        ("no_base", "Not in the Company Currency"),
        ("twice", "Twice in the File"),
    ]

    import_id = fields.Many2one(
        "ar.rate.import", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="import_id.company_id", store=True, index=True)
    state = fields.Selection(related="import_id.state", string="State of the File")
    row = fields.Integer(readonly=True, aggregator=None)
    date = fields.Date(required=True, readonly=True)
    currency_code = fields.Char(string="Currency", required=True, readonly=True)
    currency_id = fields.Many2one(
        "res.currency", string="Known Currency", readonly=True, ondelete="set null"
    )
    # exact, as the file says; a number of Odoo would be rounded
    rate_text = fields.Char(required=True, readonly=True)
    old_rate_text = fields.Char(readonly=True)
    rate = fields.Float(
        string="Units per Company Currency",
        compute="_compute_rates",
        digits=(16, 6),
        aggregator=None,
    )
    inverse_rate = fields.Float(
        string="Value of One Unit",
        compute="_compute_rates",
        digits=(16, 6),
        aggregator=None,
        help="In the company's currency.",
    )
    old_inverse_rate = fields.Float(
        string="Value until Now",
        compute="_compute_rates",
        digits=(16, 6),
        aggregator=None,
    )
    status = fields.Selection(STATUSES, required=True, readonly=True)
    jump_percent = fields.Integer(
        string="Change (%)",
        readonly=True,
        aggregator="max",
        help="Against the rate before it, where it looks like a slip of the pen.",
    )
    is_jump = fields.Boolean(compute="_compute_is_jump", store=True)
    is_chosen = fields.Boolean(string="Apply")
    is_applied = fields.Boolean(readonly=True)
    rate_id = fields.Many2one("res.currency.rate", readonly=True, ondelete="set null")
    old_origin = fields.Char(readonly=True)

    @api.depends("rate_text", "old_rate_text")
    def _compute_rates(self):
        for line in self:
            rate = Decimal(line.rate_text or 0)
            old = Decimal(line.old_rate_text or 0)
            line.rate = float(rate)
            line.inverse_rate = float(1 / rate) if rate else 0.0
            line.old_inverse_rate = float(1 / old) if old else 0.0

    @api.depends("jump_percent")
    def _compute_is_jump(self):
        for line in self:
            line.is_jump = bool(line.jump_percent)

    def write(self, vals):
        """Users choose; everything else the steps of the import write."""
        if not self.env.su:
            self.check_access("write")
            chosen = vals.get("is_chosen")
            self = self.filtered(
                lambda line: (
                    line.state == "staged" and (not chosen or line.status in APPLICABLE)
                )
            )
            vals = {name: vals[name] for name in vals.keys() & {"is_chosen"}}
        return super().write(vals)

    # -- comparing ------------------------------------------------------------------------

    def _quote(self):
        return Quote(
            self.row,
            self.date,
            self.import_id.company_currency_id.name,
            self.currency_code,
            Decimal(self.rate_text),
        )

    def _compare(self, known):
        """The status by the rate there is now; a choice survives if it still can."""
        self.ensure_one()
        if self.status not in (*APPLICABLE, "same"):
            return
        books = Books(
            self.import_id.company_currency_id.name,
            fields.Date.context_today(self),
            frozenset([self.currency_code]),
            {(self.currency_code, self.date): known} if known else {},
        )
        (planned,) = plan_rates([self._quote()], books)
        if planned.status != self.status:
            self.write(
                {
                    "status": planned.status,
                    "old_rate_text": f"{planned.old:f}" if planned.old else False,
                    # what came to be by hand since the preview is asked about anew
                    "is_chosen": self.is_chosen
                    and planned.status in APPLICABLE
                    and planned.status != "manual",
                }
            )

    # -- writing --------------------------------------------------------------------------

    def _existing_rates(self):
        """{(currency, day): rate of Odoo} at the days of these lines."""
        rates = self.env["res.currency.rate"].search(
            [
                ("company_id", "=", self.company_id.root_id.id),
                ("currency_id", "in", self.currency_id.ids),
                ("name", "in", list(set(self.mapped("date")))),
            ]
        )
        return {(rate.currency_id.id, rate.name): rate for rate in rates}

    def _write_rates(self, own):
        """Create or overwrite; who, when and from which file stays with the rate."""
        existing = self._existing_rates()
        missing = self.browse()
        for line in self:
            rate = existing.get((line.currency_id.id, line.date))
            if rate is None:
                missing |= line
                continue
            line.write(
                {
                    "rate_id": rate.id,
                    "old_rate_text": f"{exact(rate.rate) / own:f}",
                    "old_origin": rate.ar_origin,
                    "is_applied": True,
                }
            )
            rate._ar_write_imported(line._rate_values(own))
        created = self.env["res.currency.rate"]._ar_create_imported(
            [
                {
                    "name": line.date,
                    "currency_id": line.currency_id.id,
                    "company_id": line.company_id.root_id.id,
                    **line._rate_values(own),
                }
                for line in missing
            ]
        )
        for line, rate in zip(missing, created, strict=True):
            line.write({"rate_id": rate.id, "is_applied": True, "old_rate_text": False})

    def _rate_values(self, own):
        return {
            "rate": float(Decimal(self.rate_text) * own),
            "ar_origin": self.import_id.origin,
            "ar_import_line_id": self.id,
        }

    def _restore_rates(self, own):
        """Put back what was there; return the lines whose rate somebody changed since."""
        kept = self.browse()
        gone = self.env["res.currency.rate"]
        for line in self:
            rate = line.rate_id
            if not rate or rate.ar_import_line_id != line or not line._is_there(own):
                kept |= line
            elif line.old_rate_text:
                rate._ar_write_imported(
                    {
                        "rate": float(Decimal(line.old_rate_text) * own),
                        "ar_origin": line.old_origin,
                        "ar_import_line_id": False,
                    }
                )
            else:
                gone |= rate
        gone.unlink()
        (self - kept).write({"is_applied": False})
        return kept

    def _is_there(self, own):
        """Is the rate still the one that was imported?"""
        known = Known(exact(self.rate_id.rate) / own, False)
        (planned,) = plan_rates(
            [self._quote()],
            Books(
                self.import_id.company_currency_id.name,
                self.date,
                frozenset([self.currency_code]),
                {(self.currency_code, self.date): known},
            ),
        )
        return planned.status == "same"


class ResCurrencyRate(models.Model):
    """Where a rate comes from; whoever edits one by hand makes it his."""

    _inherit = "res.currency.rate"

    ar_origin = fields.Selection(
        [
            ("manual", "By Hand"),
            ("file", "File"),
            ("ecb", "European Central Bank"),
        ],
        string="Source",
        required=True,
        readonly=True,
        default="manual",
        help="Imports never overwrite what was entered by hand without asking.",
    )
    ar_import_line_id = fields.Many2one(
        "ar.rate.import.line",
        string="Import Line",
        readonly=True,
        copy=False,
        ondelete="set null",
    )
    ar_imported_at = fields.Datetime(string="Imported", readonly=True, copy=False)

    @api.model_create_multi
    def create(self, vals_list):
        return super().create(
            [
                {**vals, "ar_origin": "manual"}
                for vals in map(_without_origin, vals_list)
            ]
        )

    def write(self, vals):
        vals = _without_origin(vals)
        if not vals.keys().isdisjoint(("rate", "company_rate", "inverse_company_rate")):
            vals = {**vals, "ar_origin": "manual", "ar_imported_at": False}
        return super().write(vals)

    def _ar_write_imported(self, vals):
        """What an import says, with its source."""
        told = {**vals, "ar_imported_at": fields.Datetime.now()}
        return super().write(told)  # pylint: disable=super-method-mismatch

    @api.model
    def _ar_create_imported(self, vals_list):
        now = fields.Datetime.now()
        told = [{**vals, "ar_imported_at": now} for vals in vals_list]
        return super().create(told)  # pylint: disable=super-method-mismatch


def _without_origin(vals):
    """Nobody says where a rate comes from but the import."""
    ours = {"ar_origin", "ar_import_line_id", "ar_imported_at"}
    return {name: value for name, value in vals.items() if name not in ours}
