from odoo import api, fields, models
from odoo.tools import ormcache

WHEN = "ar_numbering_when"


class ResCompany(models.Model):
    _inherit = "res.company"

    ar_numbering_when = fields.Selection(
        [
            ("never", "No Numbering"),
            ("manual", "When Asked For"),
            ("created", "When Entered"),
            ("approved", "When Approved"),
        ],
        string="Customer Numbers",
        default="never",
        required=True,
        help="When a new customer without a number gets one. Customers that have a number "
        "keep it. From the day it is switched on a number exists only once.",
    )

    @api.model
    @ormcache()
    def _ar_numbering(self):
        """((company id, when), …) of the companies that number customers."""
        # sudo: read for every contact that is entered, whoever enters it
        companies = self.sudo().search([(WHEN, "!=", "never")])
        return tuple((company.id, company[WHEN]) for company in companies)

    @api.model
    def _ar_numbering_ids(self):
        return [id_ for id_, _when in self._ar_numbering()]

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        if any(vals.get(WHEN, "never") != "never" for vals in vals_list):
            companies._ar_numbering_switched()
        return companies

    def write(self, vals):
        changed = WHEN in vals and self.filtered(lambda c: c[WHEN] != vals[WHEN])
        result = super().write(vals)
        if changed:
            changed._ar_numbering_switched()
        return result

    def _ar_numbering_switched(self):
        """Take in the numbers there are; give the company a pattern to begin with."""
        self.env.registry.clear_cache()
        # sudo: the first pattern and the register belong to the switch
        numberings = self.env["customer.numbering"].sudo()
        for company in self.filtered(lambda one: one[WHEN] != "never"):
            # sudo: the register is kept by the suite
            self.env["customer.number"].sudo()._take_in(company)
            if not numberings.with_context(active_test=False).search_count(
                [("company_id", "=", company.id)], limit=1
            ):
                numberings.create(
                    {"name": self.env._("All Customers"), "company_id": company.id}
                )
        for company in self:
            self.env["customer.audit.entry"].with_company(company)._ar_log(
                "numbering.switch", company, {"when": company[WHEN]}
            )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    ar_numbering_when = fields.Selection(
        related="company_id.ar_numbering_when", readonly=False, required=True
    )
