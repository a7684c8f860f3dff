from array import array
from bisect import bisect_left
from decimal import Decimal

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import split_every

from ..engine.customer_file.blocks import join
from ..engine.customer_file.checking import run_checks
from ..engine.customer_file.fields import (
    DIMENSION_PREFIX,
    GROUP_OF,
    base,
    is_reference,
)
from ..engine.customer_file.footer import end_of_body
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
#: rows of a file that are read, compared and kept at a time
_PART_SIZE = 2_000


class DryRun:
    """What the parts of one dry run share; nothing of it grows with what a row says."""

    def __init__(self, settings, columns):
        self.settings = settings
        self.columns = columns
        #: customers, rows that continue one, and the total of their limits, so far
        self.customers = self.continued = self.limits = 0
        #: is there one part only?
        self.is_whole = True
        #: for the checks: first row of each key
        self.seen = {}
        self._loaded = {}

    @property
    def may_continue(self):
        """Are there columns of what a customer can have several of?"""
        return any(base(column.field) in GROUP_OF for column in self.columns)

    def has(self, load):
        """Has ``once`` called it?"""
        return load.__name__ in self._loaded

    def once(self, load):
        """What ``load`` gives, called for the first part only."""
        if not self.has(load):
            self._loaded[load.__name__] = load()
        return self._loaded[load.__name__]


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
            batch._dry_run()
        return True

    def action_back_to_mapping(self):
        """Forget the dry run and change how the columns are read."""
        self._check_clerk()
        self._check_step("check")
        self._forget_check()

    def _forget_check(self):
        # sudo: rows of a dry run are made and dropped by the import alone
        batches = self.sudo()
        for batch in batches:
            batch._drop_rows()
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

    def _dry_run(self):
        """Read, check, compare and keep the file part by part: none of it is held whole."""
        _table, sheet = self._load_table()
        start = self._header_position(sheet) + 1
        rows, run = sheet.rows, self._begin_run(self._load_settings())
        for raw, part in self._parts(rows, start, run):
            plan = self._decided(self._load_part(part, run))
            self._apply_part(plan, {row.number: row for row in raw}, run)
        self._finish_parts(run)
        self._apply_totals(len(rows) - start, run)

    def _begin_run(self, settings):
        return DryRun(settings, self._columns())

    def _parts(self, rows, start, run):
        """(rows of the file, customers made of them), part by part.

        Rows sent by another system stand for themselves. Where rows may continue an earlier
        one, all customers are put together before the first part goes on.
        """
        if self.kind == "api":
            raw = rows[start:]
            yield raw, read_rows(raw, run.columns, run.settings)
            return
        end = end_of_body(rows)
        run.is_whole = end - start <= _PART_SIZE
        parts = (
            rows[place : min(place + _PART_SIZE, end)]
            for place in range(start, end, _PART_SIZE)
        )
        if run.may_continue:
            yield from self._joined_parts(rows, start, parts, run)
            return
        for raw in parts:
            yield raw, read_rows(raw, run.columns, run.settings)

    def _joined_parts(self, rows, start, parts, run):
        numbers = array("L")

        def read():
            for raw in parts:
                numbers.extend(row.number for row in raw)
                yield from read_rows(raw, run.columns, run.settings)

        for part in split_every(_PART_SIZE, join(read()), list):
            own = sorted(n for row in part for n in (row.number, *row.more))
            yield [rows[start + bisect_left(numbers, n)] for n in own], part

    def _load_part(self, rows, run):
        """What these rows would do."""
        rows = self._refuse_closed(self._checked(rows, run), run)
        # clear: compares the file with what is stored; what the user sees of it is masked
        with clear_values():
            existing = self._load_existing(rows, run)
        return self._compared(build(rows, existing), run)

    def _compared(self, plan, run):
        """The plan with the customers that new ones may be, see customer_import_duplicates."""
        return plan

    def _checked(self, rows, run):
        """The rows with what all checks say of them."""
        return run_checks(rows, run.settings, seen=run.seen)

    def _decided(self, plan):
        """The plan with what its sender says, see customer_import_api."""
        return plan

    def _finish_parts(self, run):
        """What can be said of the rows only when all of them are known."""

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

    def _apply_part(self, plan, raw, run):
        """Keep what was read and found as rows of this import."""
        names = self._reference_names(plan)
        if plan.rows:
            self._enter_rows([self._prepare_row(one, raw, names) for one in plan.rows])
        run.customers += len(plan.rows)
        run.continued += sum(len(one.row.more) for one in plan.rows)
        run.limits += sum(one.row.values.get("credit_limit", 0) for one in plan.rows)

    def _apply_totals(self, read, run):
        # sudo: figures of the dry run are the import's
        self.sudo().write(
            {
                "checked_at": fields.Datetime.now(),
                "read_count": read,
                "continued_count": run.continued,
                "footer_count": read - run.customers - run.continued,
                "limit_total": float(run.limits),
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
            "findings": list(map(kept_finding, row.findings)),
            "diff": self._diff(plan.changes, names),
        }

    def _diff(self, changes, names):
        """Changes as they are shown: field, old, new."""
        return [
            [
                c.field,
                "" if c.old == "" else self._shown_old(c, names),
                _shown(c.field, c.new, names),
            ]
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


def kept_finding(finding):
    """A finding as JSON keeps it."""
    params = {
        key: value if isinstance(value, (int, str)) else str(value)
        for key, value in finding.params.items()
    }
    return {"severity": finding.severity, "code": finding.code, "params": params}


def _shown(code, value, names):
    """A value as a person reads it in the list of changes."""
    if is_reference(code):
        found = value if isinstance(value, tuple) else (value,)
        return ", ".join(names[code].get(v, "") for v in found if v)
    if isinstance(value, bool):
        return "✓" if value else "✗"
    return str(value)
