from decimal import Decimal

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import split_every

from ..engine.customer_file.blocks import join
from ..engine.customer_file.checking import run_checks
from ..engine.customer_file.fields import DIMENSION_PREFIX, base, is_reference
from ..engine.customer_file.footer import split_footer
from ..engine.customer_file.plan import CREATE, UPDATE, build
from ..engine.customer_file.rows import WARNING, Column, Settings, read_rows
from ..engine.masking import mask
from ..engine.tabular.cells import pack
from ..engine.tabular.numbers import FORMATS
from .customer_import_mapping import PARTNER_FIELDS
from .sensitive_values import clear_values

#: field code -> the field that may be masked for the clerk
SENSITIVE = {
    "phone": ("res.partner", "phone"),
    "contact_phone": ("res.partner", "phone"),
    "delivery_phone": ("res.partner", "phone"),
    "invoice_phone": ("res.partner", "phone"),
    "bank_account": ("res.partner.bank", "acc_number"),
}
_STAGE_SIZE = 2_000


class CustomerImportBatch(models.Model):
    """The dry run: rows read, checked, compared with the customers there are."""

    _inherit = "customer.import.batch"

    def action_check(self):
        """Show what the file would do; nothing is written but the rows of this import."""
        self._check_clerk()
        self._check_step("mapping", "check")
        for batch in self:
            batch._check_mapping()
            batch._forget_check()
            batch._apply_plan(*batch._load_plan())
        return True

    def action_back_to_mapping(self):
        """Forget the dry run and change how the columns are read."""
        self._check_clerk()
        self._check_step("check")
        self._forget_check()

    def _forget_check(self):
        # sudo: rows of a dry run are made and dropped by the import alone
        batches = self.sudo()
        batches.row_ids.unlink()
        batches.checked_at = False

    def _check_mapping(self):
        self.ensure_one()
        codes = set(self.mapping_ids.mapped("field_code"))
        if not codes & {"name", "ref", "vat"}:
            raise UserError(
                self.env._(
                    "No column is the name, the customer code or the tax ID. Choose the "
                    "field of at least one of them under “Columns”."
                )
            )
        partner = self.env["res.partner"]
        labels = dict(self.env["customer.import.mapping"]._selection_field_code())
        for code in filter(None, codes):
            name = PARTNER_FIELDS.get(code)
            if code.startswith(DIMENSION_PREFIX):
                name = self._dimension_column(code)
            field = partner._fields.get(name)
            if name and not (field and partner._has_field_access(field, "write")):
                raise UserError(
                    self.env._(
                        "You have no right to write “%(field)s”. Leave the field of this "
                        "column empty, or let somebody who has it load the file.",
                        field=labels[code],
                    )
                )

    # -- load -----------------------------------------------------------------------------

    def _load_plan(self):
        """The plan of the file, and its rows as they stand in it."""
        _table, sheet = self._load_table()
        raw = sheet.rows[self._header_position(sheet) + 1 :]
        settings = self._load_settings()
        return self._plan_of(self._read_all(raw, settings), settings), raw, settings

    def _read_all(self, raw, settings):
        """The customers of the file; rows sent by another system stand for themselves."""
        if self.kind == "api":
            return read_rows(raw, self._columns(), settings)
        return join(read_rows(split_footer(raw).rows, self._columns(), settings))

    def _plan_of(self, rows, settings):
        """What these rows would do."""
        rows = self._refuse_closed(self._checked(rows, settings))
        # clear: compares the file with what is stored; what the user sees of it is masked
        with clear_values():
            existing = self._load_existing(rows)
        return self._compared(build(rows, existing))

    def _compared(self, plan):
        """The plan with the customers that new ones may be, see customer_import_duplicates."""
        return plan

    def _checked(self, rows, settings):
        """The rows with what all checks say of them."""
        return run_checks(rows, settings)

    def _columns(self):
        return [
            Column(line.position, line.heading, line._key())
            for line in self.mapping_ids
            if line.field_code
        ]

    def _load_settings(self):
        codes = [code for code in self.mapping_ids.mapped("field_code") if code]
        return Settings(
            country=self.country_id.code or "",
            countries=self._load_countries()
            if any(code.endswith("country") for code in codes)
            else {},
            numbers=FORMATS[self.number_format],
            digits=self.company_id.currency_id.decimal_places,
            references=self._load_references(filter(is_reference, codes)),
        )

    # -- apply: the rows of the dry run ---------------------------------------------------

    def _apply_plan(self, plan, raw, settings):
        """Keep what was read and found as rows of this import."""
        names = self._reference_names(plan)
        by_number = {row.number: row for row in raw}
        rows = (self._prepare_row(one, by_number, names) for one in plan.rows)
        for chunk in split_every(_STAGE_SIZE, rows, list):
            self._enter_rows(chunk)
        continued = sum(len(one.row.more) for one in plan.rows)
        limits = (one.row.values.get("credit_limit", 0) for one in plan.rows)
        # sudo: figures of the dry run are the import's
        self.sudo().write(
            {
                "checked_at": fields.Datetime.now(),
                "read_count": len(raw),
                "continued_count": continued,
                "footer_count": len(raw) - len(plan.rows) - continued,
                "limit_total": float(sum(limits)),
                "totals_confirmed": False,
            }
        )

    def _prepare_row(self, plan, raw, names):
        row = plan.row
        numbers = (row.number, *row.more)
        severities = {finding.severity for finding in row.findings}
        return {
            "batch_id": self.id,
            "number": row.number,
            "name": row.text("name")[:200],
            "ref": row.text("ref"),
            "vat": row.text("vat"),
            "last_number": max(numbers),
            "raw": [[number, pack(raw[number].cells)] for number in numbers],
            "values": {code: _to_json(value) for code, value in row.values.items()},
            "status": plan.status,
            "choice": plan.status if plan.status in (CREATE, UPDATE) else "skip",
            "has_warning": WARNING in severities,
            "matched_by": plan.matched_by,
            "partner_id": plan.partner_id or None,
            "findings": [
                {"severity": f.severity, "code": f.code, "params": _plain(f.params)}
                for f in row.findings
            ],
            "diff": self._diff(plan.changes, names),
        }

    def _diff(self, changes, names):
        """Changes as they are shown: field, old, new."""
        return [
            [c.field, self._shown_old(c, names), _shown(c.field, c.new, names)]
            for c in changes
        ]

    def _shown_old(self, change, names):
        """The stored value a row would replace, as the clerk may see it."""
        shown = _shown(change.field, change.old, names)
        name = SENSITIVE.get(base(change.field))
        if not name or not shown or not isinstance(shown, str):
            return shown
        rule = self.env["customer.sensitive.field"]._rules_of_user().get(name)
        return mask(shown, rule.visible) if rule else shown

    def _reference_names(self, plan):
        """Names of the records that the plan's changes speak of, by field and id."""
        ids = {}
        for row_plan in plan.rows:
            for change in row_plan.changes:
                if is_reference(change.field):
                    for value in (change.old, change.new):
                        found = value if isinstance(value, tuple) else (value,)
                        ids.setdefault(change.field, set()).update(filter(None, found))
        names = {}
        for code, found in ids.items():
            # sudo: names of records that the user's own file or customers name
            records = self.env[self._reference_model(base(code))].sudo().browse(found)
            names[code] = {record.id: record.display_name for record in records}
        return names

    def _reference_model(self, code):
        if code.startswith(DIMENSION_PREFIX):
            return "customer.category"
        return {
            "state": "res.country.state",
            "delivery_state": "res.country.state",
            "invoice_state": "res.country.state",
            "payment_term": "account.payment.term",
            "salesperson": "res.users",
            "lang": "res.lang",
            "tags": "res.partner.category",
            "parent": "res.partner",
        }[code]


def _to_json(value):
    if isinstance(value, Decimal):
        return str(value)
    return list(value) if isinstance(value, tuple) else value


def _plain(params):
    """Parameters of a finding as JSON keeps them."""
    return {
        key: value if isinstance(value, (int, str)) else str(value)
        for key, value in params.items()
    }


def _shown(code, value, names):
    """A value as a person reads it in the list of changes."""
    if is_reference(code):
        found = value if isinstance(value, tuple) else (value,)
        return ", ".join(names[code].get(v, "") for v in found if v)
    if isinstance(value, bool):
        return "✓" if value else "✗"
    return str(value)
