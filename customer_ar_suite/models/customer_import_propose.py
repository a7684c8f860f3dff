from odoo import fields, models
from odoo.exceptions import UserError

from ..engine.correction import propose
from ..engine.customer_file.rows import NOTE

#: what the reader of files does not bring into form by itself -> kind of its corrections
KINDS = {
    "ref": "code", "vat": "tax_id", "company_registry": "code", "street": "address",
    "street2": "address", "city": "place", "contact_name": "person",
}  # fmt: skip
PROPOSED = "correction_proposed"


class CustomerImportBatch(models.Model):
    """The dry run shows what could be written better, as the form does."""

    _inherit = "customer.import.batch"

    def _checked(self, rows, run):
        rows = super()._checked(rows, run)
        if not self.company_id.ar_propose_corrections:
            return rows
        return [self._ar_with_proposals(row, run.settings.country) for row in rows]

    def _ar_with_proposals(self, row, country):
        person = row.values.get("is_company") is False
        kinds = {"name": "person" if person else "company", **KINDS}
        values = {key: row.text(key) for key in kinds if row.text(key)}
        country = row.text("country") or country
        found = propose(values, kinds, country)
        return row.with_findings(
            row.finding(
                NOTE,
                PROPOSED,
                one.field,
                one.before,
                key=one.field,
                after=one.after,
                kinds=",".join(one.kinds),
            )
            for one in found
        )

    def _prepare_row(self, plan, raw, names):
        values = super()._prepare_row(plan, raw, names)
        proposed = any(one.code == PROPOSED for one in plan.row.findings)
        return {**values, "has_correction": proposed}

    def _take_corrections(self, rows):
        """Put the proposed values into the cells, and check these rows once more."""
        self.ensure_one()
        places = {line._key(): line.position for line in self.mapping_ids}
        for row in rows:
            for finding in row.findings or ():
                params = finding["params"]
                if finding["code"] == PROPOSED and params["key"] in places:
                    place = places[params["key"]]
                    self._set_cell(row, row.number, place, params["after"])
        # sudo: that a row was corrected is the import's to write
        rows.sudo().is_corrected = True
        self._check_again(rows)


class CustomerImportRow(models.Model):
    _inherit = "customer.import.row"

    has_correction = fields.Boolean(string="Correction Proposed", readonly=True)

    def action_take_corrections(self):
        """Take the proposed corrections of these rows over."""
        self.check_access("write")
        rows = self.filtered("has_correction")
        if not rows:
            raise UserError(self.env._("No correction is proposed for these rows."))
        for batch, own in rows.grouped("batch_id").items():
            batch._check_clerk()
            batch._check_step("check")
            batch._take_corrections(own)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
