from odoo import fields, models


class ArScoreUpload(models.TransientModel):
    """Asks for a file of external scores and whose it is; decides nothing."""

    _name = "ar.score.upload"
    _inherit = "ar.table.upload.mixin"
    _description = "Upload External Scores"
    _check_company_auto = True

    source_id = fields.Many2one(
        "ar.score.source", required=True, check_company=True, ondelete="cascade"
    )
    scored_on = fields.Date(
        string="Day of the Scores", help="Where no column of the file says it."
    )

    def action_read(self):
        """Read the file and show its columns; nothing is taken over."""
        self.check_access("write")
        self.ensure_one()
        imports = self.env["ar.score.import"]
        imports._check_loader()
        self._check_company_active()
        self.source_id.check_access("read")
        one = imports._upload(
            self.filename or self.env._("External Scores"),
            self._content(),
            self.company_id,
            self.source_id,
            scored_on=self.scored_on,
            number_format=self.number_format,
            date_order=self.date_order,
        )
        return one._action_form()
