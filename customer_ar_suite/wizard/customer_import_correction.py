from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine.tabular.cells import unpack
from ..engine.tabular.columns import as_text


class CustomerImportCorrection(models.TransientModel):
    """Corrects the cells of a row and has it checked again; decides nothing."""

    _name = "customer.import.correction"
    _description = "Correct a Row of a Customer Import"

    row_id = fields.Many2one("customer.import.row", required=True, readonly=True)
    finding_text = fields.Text(related="row_id.finding_text", string="Findings")
    line_ids = fields.One2many("customer.import.correction.line", "correction_id")

    @api.constrains("row_id")
    def _check_row(self):
        """Only about rows its user may change: their cells are shown here."""
        # sudo: taken away; Odoo runs constraints with all rights
        self.sudo(False).row_id.check_access("write")

    @api.model
    def _open(self, row):
        """The dialogue for this row."""
        correction = self.create({"row_id": row.id, "line_ids": self._prepare(row)})
        return correction._get_records_action(
            name=self.env._("Correct Row %(row)s", row=row.number),
            target="new",
            context={},
        )

    def _prepare(self, row):
        columns = row.batch_id.mapping_ids.filtered("field_code")
        several = len(row.raw or ()) > 1
        lines = []
        for number, cells in row.raw or ():
            for column in columns:
                place = column.position
                text = as_text(unpack(cells)[place]) if place < len(cells) else ""
                # of the rows below the first one, only what they say
                if text or number == row.number:
                    lines.append(
                        fields.Command.create(
                            {
                                "number": number,
                                "position": place,
                                "heading": f"{column.heading} [{number}]"
                                if several
                                else column.heading,
                                "old_text": text,
                                "new_text": text,
                            }
                        )
                    )
        return lines

    def action_apply(self):
        """Take the corrected cells over and check these rows again."""
        self.ensure_one()
        self.check_access("write")
        row = self.row_id
        row.check_access("write")
        row.batch_id._check_clerk()
        row.batch_id._check_step("check")
        changed = self.line_ids.filtered(
            lambda line: (line.new_text or "") != (line.old_text or "")
        )
        if not changed:
            raise UserError(self.env._("No value has been changed."))
        row.batch_id._correct(
            row,
            [
                (line.number, line.position, line.new_text or "", line.everywhere)
                for line in changed
            ],
        )
        return {"type": "ir.actions.client", "tag": "soft_reload"}


class CustomerImportCorrectionLine(models.TransientModel):
    """One cell of the row."""

    _name = "customer.import.correction.line"
    _description = "Cell of a Row of a Customer Import"

    correction_id = fields.Many2one(
        "customer.import.correction", required=True, ondelete="cascade"
    )
    number = fields.Integer(readonly=True)
    position = fields.Integer(readonly=True)
    heading = fields.Char(string="Column", readonly=True)
    old_text = fields.Char(string="In the File", readonly=True)
    new_text = fields.Char(string="Corrected Value")
    everywhere = fields.Boolean(
        string="In All Rows",
        help="Replace this value in every row that has it in this column.",
    )
