from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

FIGURES = "customer.category.figure"


class CustomerCategoryDashboard(models.AbstractModel):
    """From the dashboard to what stands behind it, and out of the system."""

    _inherit = "customer.category.dashboard"

    # -- drill-down -----------------------------------------------------------------------

    @api.model
    def action_open(self, options, category_id, figure):
        """Who stands behind a figure: the customers, or their rows of the report."""
        self._check_reader()
        dimension, companies, first, last = self._asked(options)
        column = dimension._column_name()
        chosen = Domain.TRUE
        if category_id is not None:
            chosen = Domain(column, "=", int(category_id) or False)
        if figure == "count":
            return {
                **self.env["ir.actions.act_window"]._for_xml_id(
                    "customer_ar_suite.res_partner_action_customers"
                ),
                "domain": list(self._customer_domain(dimension, companies) & chosen),
                "context": {"res_partner_search_mode": "customer"},
            }
        figures, _currency = self._figures(companies, first, last)
        figures.check_access("read")
        if figure not in figures._ar_sums:
            raise UserError(self.env._("This column cannot be opened."))
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "customer_ar_suite.customer_category_figure_action"
            ),
            "name": dimension.name,
            "domain": list(chosen & Domain(figure, "!=", 0)),
            "context": self._keys(figures, options),
        }

    @api.model
    def _keys(self, figures, options):
        """What the next view needs to show the same: period, currency, one company."""
        keys = figures._view_context()
        if options.get("company_id"):
            keys["allowed_company_ids"] = figures.env.companies.ids
        return keys

    @api.model
    def action_pivot(self, options):
        """The same figures as a pivot one can turn."""
        self._check_reader()
        dimension, companies, first, last = self._asked(options)
        figures, _currency = self._figures(companies, first, last)
        figures.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_ar_suite.customer_category_figure_action"
        )
        return {
            **action,
            "views": sorted(action["views"], key=lambda view: view[1] != "pivot"),
            "domain": [],
            "context": {
                **self._keys(figures, options),
                "group_by": [dimension._column_name()],
                "pivot_row_groupby": [dimension._column_name()],
            },
        }

    # -- export ---------------------------------------------------------------------------

    @api.model
    def action_download(self, options, file_type):
        """The table as workbook or PDF."""
        self._check_reader()
        dimension, companies, first, last = self._asked(options)
        figures, _currency = self._figures(companies, first, last)
        figures.check_access("read")
        return figures.action_download(file_type, [], [dimension._column_name()])

    @api.model
    def action_picture(self, options):
        """Whether the charts may leave the system as a picture, and its name; noted."""
        self._check_reader()
        dimension, companies, first, last = self._asked(options)
        figures, _currency = self._figures(companies, first, last)
        figures.check_access("read")
        figures._check_export(Domain.TRUE)
        period = f"{first} {last}"
        self.env["customer.audit.entry"]._ar_log_event(
            "report.export",
            FIGURES,
            {"file_type": "png", "dimension": dimension.code, "period": period},
        )
        return {"name": f"{dimension.name} {period}.png".replace("/", "-")}
