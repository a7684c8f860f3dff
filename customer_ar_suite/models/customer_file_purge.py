from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

DAYS = "customer_ar_suite.import_file_days"


class CustomerFilePurge(models.AbstractModel):
    """Files that came from outside are removed some days after their work is done.

    A model that inherits it has the file in ``_purge_field`` and says which of its records
    are finished. What the file became (customers, bank lines, counters, the SHA-256 that
    recognises it) stays.
    """

    _name = "customer.file.purge"
    _description = "Removal of Files"

    _purge_field = None

    purged_at = fields.Datetime(
        string="File Removed",
        readonly=True,
        copy=False,
        help="The file and the rows as they were read have been removed; what became of "
        "them stays.",
    )

    def _purge_domain(self):
        """Which records need their file no more."""
        raise NotImplementedError

    def _purge_more(self):
        """Remove what was copied out of the file."""

    @api.model
    def _purge_days(self):
        """After how many days; none: files are kept."""
        # sudo: one number of the settings
        value = self.env["ir.config_parameter"].sudo().get_param(DAYS)
        return max(int(value or 0), 0)

    @api.model
    def _cron_purge_files(self):
        """Remove the files of everything that was finished long enough ago."""
        days = self._purge_days()
        if not days:
            return
        before = fields.Datetime.now() - timedelta(days=days)
        for name in sorted(
            self.env.registry.descendants(["customer.file.purge"], "_inherit")
        ):
            model = self.env[name]
            if not model._abstract:
                due = model.search(
                    [
                        ("purged_at", "=", False),
                        ("write_date", "<", before),
                        *model._purge_domain(),
                    ],
                    limit=200,
                )
                due._purge_files()

    def _purge_files(self):
        """Remove file and rows now; for the job, and for the erasure of a person's data."""
        if not self:
            return
        # sudo: bookkeeping of the file, which users have no right to write
        records = self.sudo()
        records._purge_more()
        records.write({self._purge_field: False, "purged_at": fields.Datetime.now()})
        self.env["customer.audit.entry"]._ar_log("file.purge", self)


class CustomerImportBatch(models.Model):
    _name = "customer.import.batch"
    _inherit = ["customer.import.batch", "customer.file.purge"]

    _purge_field = "file_data"

    def action_resume_run(self):
        """Not without the rows of the file."""
        self._check_run_access()
        if any(batch.purged_at for batch in self):
            raise UserError(
                self.env._("The file of this import has been removed. Load it again.")
            )
        return super().action_resume_run()

    def _purge_domain(self):
        return [("run_state", "in", ["done", "cancelled"])]

    def _purge_more(self):
        rows = self.env["customer.import.row"].search([("batch_id", "in", self.ids)])
        rows.write({"raw": False, "values": False, "diff": False, "findings": False})
        self.write({"head_raw": False})
        mappings = self.env["customer.import.mapping"]
        mappings.search([("batch_id", "in", self.ids)]).write({"samples": False})


class ArBankImport(models.Model):
    _name = "ar.bank.import"
    _inherit = ["ar.bank.import", "customer.file.purge"]

    _purge_field = "file"

    def _purge_domain(self):
        return [
            ("state", "in", ["confirmed", "cancelled"]),
            ("run_state", "!=", "running"),
        ]
