from odoo import fields, models

SWITCHES = ("ar_validation_level", "ar_propose_corrections")


class ResCompany(models.Model):
    """How strictly a company checks what is entered about its customers."""

    _inherit = "res.company"

    ar_validation_level = fields.Selection(
        [
            ("off", "Do not check"),
            ("warn", "Warn"),
            ("strict", "Strict: rules may block"),
        ],
        string="Check Customer Data",
        default="off",
        required=True,
        help="Warn shows on forms and in imports what breaks a validation rule. Strict also "
        "refuses what breaks a rule that blocks. Values that are there already are never "
        "refused.",
    )
    ar_propose_corrections = fields.Boolean(
        string="Propose Corrections",
        help="While somebody enters a customer, the form proposes corrections of spaces, "
        "full width, legal forms, telephone numbers and tax IDs. Each can be refused.",
    )

    def write(self, vals):
        changed = {
            name: vals[name]
            for name in SWITCHES
            if name in vals and any(company[name] != vals[name] for company in self)
        }
        result = super().write(vals)
        if changed:
            self.env.registry.clear_cache()
            self.env["customer.audit.entry"]._ar_log("validation.switch", self, changed)
        return result


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    ar_validation_level = fields.Selection(
        related="company_id.ar_validation_level", readonly=False, required=True
    )
    ar_propose_corrections = fields.Boolean(
        related="company_id.ar_propose_corrections", readonly=False
    )
