from decimal import Decimal

from odoo import models
from odoo.exceptions import UserError

from ..engine.customer_file.blocks import join
from ..engine.customer_file.fields import base
from ..engine.customer_file.plan import Change, ImportPlan, RowPlan, changes_of
from ..engine.customer_file.rows import CustomerRow, read_rows
from ..engine.tabular.cells import pack, unpack
from ..engine.tabular.table import RawRow
from .sensitive_values import clear_values

_REWRITTEN = (
    "number", "name", "ref", "vat", "last_number", "raw", "values", "status", "choice",
    "has_warning", "has_correction", "matched_by", "partner_id", "findings", "diff",
)  # fmt: skip


class CustomerImportBatch(models.Model):
    """After the dry run: another customer is chosen for a row, or the row is corrected."""

    _inherit = "customer.import.batch"

    # -- another choice -------------------------------------------------------------------

    def _check_customers(self, partners):
        """A row reaches customers alone, and those its user may edit."""
        self.ensure_one()
        if len(partners.filtered_domain(self._customers_domain())) < len(partners):
            raise UserError(
                self.env._("Only customers of this company can be chosen for a row.")
            )
        partners.check_access("write")

    def _show_changes(self, rows):
        """What these rows would do to the customers chosen for them."""
        self.ensure_one()
        partners = self._partners().browse(rows.partner_id.ids)
        # clear: compares with what is stored; what the user sees of it is masked
        with clear_values():
            existing = {one.id: one for one in self._read_existing(partners)}
        planned = []
        for row in rows:
            read = row._as_read()
            customer = existing.get(row.partner_id.id)
            if row.choice == "create" or not customer:
                changes = [Change(code, "", new) for code, new in read.values.items()]
            else:
                changes = changes_of(read, customer)
            if row.choice == "merge":
                # what is there stays: a merge fills gaps and adds what stands beside
                changes = [c for c in changes if not c.old]
            planned.append(RowPlan(read, row.status, changes=tuple(changes)))
        names = self._reference_names(ImportPlan(tuple(planned)))
        for row, plan in zip(rows, planned, strict=True):
            # sudo: what a row would do is the import's to say
            row.sudo().diff = self._diff(plan.changes, names)

    # -- correction -----------------------------------------------------------------------

    def _correct(self, row, cells):
        """Replace cells of a row, and the same values of other rows where wanted.

        :param cells: (row of the file, place in it, new text, in all rows)
        """
        self.ensure_one()
        raw = {number: list(held) for number, held in row.raw or ()}
        places = set(self.mapping_ids.mapped("position"))
        rows = row
        for number, position, text, everywhere in cells:
            if number not in raw or position not in places:
                raise UserError(self.env._("This cell is not one of the row."))
            old = raw[number][position] if position < len(raw[number]) else ""
            if everywhere:
                rows |= self._replace(old, position, text)
            self._set_cell(row, number, position, text)
        # sudo: that a row was corrected is the import's to write
        rows.sudo().is_corrected = True
        self._check_again(rows)

    def _replace(self, old, position, text):
        """Put ``text`` in the place of a value wherever a column has it."""
        changed = self.env["customer.import.row"]
        for row in self.row_ids:
            for number, cells in row.raw or ():
                if position < len(cells) and cells[position] == old and old != "":
                    self._set_cell(row, number, position, text)
                    changed |= row
        return changed

    def _set_cell(self, row, number, position, text):
        raw = [[line, list(cells)] for line, cells in row.raw]
        for line, cells in raw:
            if line == number:
                cells += [""] * (position + 1 - len(cells))
                cells[position] = pack([text])[0]
        # sudo: the cells are the file's; users correct them here alone
        row.sudo().raw = raw

    def _check_again(self, rows):
        """Read, check and compare these rows once more, and no others.

        Rows that were double only because of them are looked at as well.
        """
        self.ensure_one()
        rows |= self._doubled_by(rows)
        settings = self._load_settings()
        raw = {row: row._raw_rows() for row in rows}
        found = {
            row: join(read_rows(raw[row], self._columns(), settings)) for row in rows
        }
        read = [one for row in rows.sorted("number") for one in found[row]]
        twins = self._twins_of(read, rows)
        # what is checked already stays the first of two, so that only these rows change
        run = self._begin_run(settings)
        self._checked(twins, run)
        plan = self._load_part(read, run)
        self._rewrite(rows, plan, {r.number: r for one in raw.values() for r in one})

    def _rewrite(self, rows, plan, raw):
        names = self._reference_names(plan)
        # sudo: what a row says is the import's
        own = rows.sudo()
        by_number = {row.number: row for row in own}
        for one in plan.rows:
            values = self._prepare_row(one, raw, names)
            row = by_number.pop(one.row.number, None)
            if row:
                row.write({name: values[name] for name in _REWRITTEN})
            else:
                own.create({**values, "is_corrected": True})
        # a row that now continues another one is no customer of its own
        for row in by_number.values():
            row.unlink()

    def _doubled_by(self, rows):
        """Rows that were found to repeat one of these."""
        numbers = set(rows.mapped("number"))
        suspects = self.env["customer.import.row"].search(
            [("batch_id", "=", self.id), ("status", "=", "conflict")]
        )
        return suspects.filtered(
            lambda row: any(
                finding["code"] == "twice_in_file"
                and finding["params"].get("first") in numbers
                for finding in row.findings or ()
            )
        )

    def _twins_of(self, read, rows):
        """The other rows of this file with a code, tax id or name of these."""
        others = self.env["customer.import.row"].search(
            [
                ("batch_id", "=", self.id),
                ("id", "not in", rows.ids),
                ("status", "!=", "error"),
                "|",
                "|",
                ("ref", "in", [one.text("ref") for one in read if one.text("ref")]),
                ("vat", "in", [one.text("vat") for one in read if one.text("vat")]),
                ("name", "in", [one.text("name")[:200] for one in read]),
            ]
        )
        return [row._as_read() for row in others]


class CustomerImportRow(models.Model):
    """A row between the database and the engine."""

    _inherit = "customer.import.row"

    def _raw_rows(self):
        """The rows of the file that this row is made of."""
        self.ensure_one()
        return [RawRow(number, unpack(cells)) for number, cells in self.raw or ()]

    def _as_read(self):
        """The row as the engine read it, without its findings."""
        self.ensure_one()
        more = tuple(number for number, _cells in (self.raw or ())[1:])
        return CustomerRow(self.number, self._read_values(), more=more)

    def _read_values(self):
        return {
            key: _from_json(base(key), value)
            for key, value in (self.values or {}).items()
        }


def _from_json(code, value):
    if code in ("credit_limit", "annual_revenue"):
        return Decimal(value)
    return tuple(value) if isinstance(value, list) else value
